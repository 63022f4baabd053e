"""Settings from the environment (prefix STEWARD_) and `.env`. The list in README.md is checked against this file."""

import re
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from core.errors import BadSettings


class Settings(BaseSettings):
    """All that an operator can set. Every field has a default that works with no key and no network."""

    model_config = SettingsConfigDict(env_prefix="STEWARD_", env_file=".env", extra="ignore", frozen=True)

    home: Path = Field(Path("var"), description="資料夾：資料庫、模型、索引")
    database_url: str = Field(
        "", description="SQLAlchemy 連線字串，例如 postgresql://帳號@主機/資料庫；空白＝HOME 下的 SQLite 檔"
    )

    llm_model: str = Field("", description="例如 openai:名稱；空白＝只用內建的理解與範本")
    llm_base_url: str = Field("", description="任何 OpenAI 相容服務的網址，例如 https://主機/v1")
    llm_api_key: SecretStr = Field(SecretStr(""), description="該服務的金鑰")
    llm_timeout_s: float = Field(8.0, gt=0, description="等模型幾秒；超過就由內建的理解與範本答完這一輪")
    embeddings: str = Field(
        "", description="含 model.onnx 與 tokenizer.json 的資料夾，或 openai:名稱@網址；空白＝內建模型"
    )

    line_channel_secret: SecretStr = Field(SecretStr(""), description="LINE Messaging API 的 channel secret")
    line_channel_access_token: SecretStr = Field(SecretStr(""), description="LINE 的 channel access token")
    line_api_base: str = Field("", description="改連另一台 LINE 協定的伺服器")
    telegram_bot_token: SecretStr = Field(SecretStr(""), description="Telegram 機器人的 token")
    telegram_secret_token: SecretStr = Field(SecretStr(""), description="Telegram webhook 的驗證標頭")
    telegram_api_base: str = Field("", description="改連另一台 Telegram 協定的伺服器")
    web_session_key: SecretStr = Field(
        SecretStr(""), description="簽網頁 cookie 的祕密，至少 32 個字元；空白＝在 HOME 下產生一次"
    )
    web_embed_sites: str = Field(
        "https://*.hsinchu.gov.tw", description="可以嵌入對話視窗的網站（CSP frame-ancestors 的寫法）"
    )
    web_visit_days: int = Field(7, ge=1, description="網頁 cookie 幾天後失效")
    web_keep_days: int = Field(90, ge=1, description="網頁對話保存幾天（顯示在 /privacy）")
    mqtt_url: str = Field("", description="守護之眼接收事件的 MQTT 伺服器")
    whisper_model: str = Field("", description="語音模型的路徑或名稱；空白＝模型清單的預設")
    voice_engine: Literal["faster-whisper", "openai-whisper", "openai"] = Field(
        "faster-whisper", description="語音轉文字的引擎"
    )
    detector: str = Field("", description="偵測模型（.onnx 或 .pt）的路徑；空白＝內建")

    models_mirror: str = Field("", description="模型檔的鏡像（資料夾或網址），先找這裡再找公開套件")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="記錄到多細")
    log_format: Literal["json", "console"] = Field("json", description="一行一個 JSON，或彩色文字")
    otlp_endpoint: str = Field("", description="OpenTelemetry 收集器（OTLP over HTTP）；空白＝不送出")
    now: datetime | None = Field(None, description="凍結時鐘（只供測試）")
    demo: bool = Field(False, description="在本機位址示範已驗證的縣民（正式環境不可開）")

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
    """The process-wide settings, read once. Raises BadSettings."""
    try:
        return Settings()
    except ValidationError as error:
        raise BadSettings("".join(_complaint(dict(fault)) for fault in error.errors(include_input=False))) from None


def _complaint(fault: dict[str, Any]) -> str:
    """One sentence on one setting. Without the value: it may be a secret, and a log may keep it."""
    name = f"STEWARD_{'_'.join(map(str, fault['loc'])).upper()}"
    limits = fault.get("ctx", {})
    kind = str(fault["type"])
    if kind == "literal_error":
        wanted = "可用的值：" + "、".join(re.findall(r"'([^']*)'", str(limits.get("expected", ""))))
    elif kind in ("greater_than", "greater_than_equal"):
        wanted = f"需要{'大於' if kind == 'greater_than' else '至少'} {limits.get('gt', limits.get('ge'))}"
    elif kind.startswith(("int_", "float_")):
        wanted = "需要數字"
    elif kind.startswith("bool_"):
        wanted = "需要 true 或 false"
    elif kind.startswith("datetime_"):
        wanted = "需要 ISO 8601 時間，例如 2026-11-24T09:00:00+08:00"
    else:
        wanted = str(fault["msg"])
    return f"設定 {name} 的值不能用：{wanted}。請修正環境變數或 .env。"
