"""Settings from the environment (prefix STEWARD_) and `.env`. The list in README.md is checked against this file."""

from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """All that an operator can set. Every field has a default that works with no key and no network."""

    model_config = SettingsConfigDict(env_prefix="STEWARD_", env_file=".env", extra="ignore", frozen=True)

    home: Path = Field(Path("var"), description="data folder: database, models, indexes")
    database_url: str = Field("", description="SQLAlchemy URL; empty = SQLite file under HOME")

    llm_model: str = Field("", description="e.g. openai:NAME; empty = embedded understanding and templates only")
    llm_base_url: str = Field("", description="another server of the OpenAI protocol")
    llm_api_key: SecretStr = Field(SecretStr(""), description="key of that server")
    llm_timeout_s: float = Field(8.0, gt=0, description="after this the turn finishes on the embedded path")
    embeddings: str = Field(
        "", description="folder with model.onnx + tokenizer.json, or openai:NAME@URL; empty = bundled"
    )

    line_channel_secret: SecretStr = Field(SecretStr(""), description="LINE Messaging API channel secret")
    line_channel_access_token: SecretStr = Field(SecretStr(""), description="LINE channel access token")
    line_api_base: str = Field("", description="another server of the LINE protocol")
    telegram_bot_token: SecretStr = Field(SecretStr(""), description="Telegram bot token")
    telegram_secret_token: SecretStr = Field(SecretStr(""), description="secret header of the Telegram webhook")
    telegram_api_base: str = Field("", description="another server of the Telegram protocol")
    web_session_key: SecretStr = Field(
        SecretStr(""), description="signs the chat cookie, 32 characters or more; empty = made once under HOME"
    )
    web_embed_sites: str = Field(
        "https://*.hsinchu.gov.tw", description="sites that may embed the chat (CSP frame-ancestors sources)"
    )
    web_visit_days: int = Field(7, ge=1, description="days after which a browser's chat cookie ends")
    web_keep_days: int = Field(90, ge=1, description="days that web conversations are kept (shown on /privacy)")
    mqtt_url: str = Field("", description="MQTT broker for guardian-eye ingest")
    whisper_model: str = Field("", description="path or name; empty = the default of the models manifest")
    voice_engine: Literal["faster-whisper", "openai-whisper", "openai"] = Field(
        "faster-whisper", description="speech to text"
    )
    detector: str = Field("", description="path to an .onnx or .pt detector; empty = the bundled one")

    models_mirror: str = Field("", description="folder or URL searched for model files before the public packages")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="least severe record that is logged"
    )
    log_format: Literal["json", "console"] = Field("json", description="one JSON object a line, or coloured text")
    otlp_endpoint: str = Field("", description="OpenTelemetry collector (OTLP over HTTP); empty = no export")
    now: datetime | None = Field(None, description="freezes the clock (tests only)")
    demo: bool = Field(False, description="demo riders on loopback (never in production)")

    def resolved_database_url(self) -> str:
        """The SQLAlchemy URL in use: DATABASE_URL with the psycopg 3 driver named, or the SQLite file under HOME."""
        url = self.database_url
        if not url:
            return f"sqlite:///{(self.home / 'steward.sqlite').resolve()}"
        for prefix in ("postgresql://", "postgres://"):
            if url.startswith(prefix):
                return "postgresql+psycopg://" + url.removeprefix(prefix)
        return url


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """The process-wide settings, read once."""
    return Settings()
