"""What an operator must know before people rely on the service: one check a matter, and what to do now.

This module looks at what the core room knows (Python, settings, data folder, database, language model, channels);
agents/doctor.py adds models and indexes. Nothing here changes anything.
"""

import os
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import sqlalchemy as sa
from pydantic import SecretStr

from core import telemetry
from core.db import current_revision, newest_revision
from core.settings import Settings

_PATIENCE_S = 3.0
_LEAST_FREE = 500_000_000  # bytes: a fresh index, its Chroma copy and a model while it is converted
_OPENAI = "https://api.openai.com/v1"
# Read by the test suite alone.
_OF_TESTS = {"STEWARD_CHROMIUM", "STEWARD_SHARED", "STEWARD_TEST_POSTGRES"}


@dataclass(frozen=True)
class Check:
    """One row. `ok`: None = not configured, which is no fault. `required`: the service cannot answer without it."""

    id: str
    ok: bool | None
    detail: str
    fix: str = ""
    required: bool = True

    def row(self) -> dict[str, Any]:
        """The row of CONTRACTS 1."""
        out: dict[str, Any] = {"id": self.id, "ok": self.ok, "detail": self.detail, "required": self.required}
        return out | ({"fix": self.fix} if self.fix else {})


def examine_core(settings: Settings) -> list[Check]:
    """The checks of this room, in the order in which they are best repaired."""
    return [
        _python(),
        _settings(settings),
        _home(settings),
        _database(settings),
        _llm(settings),
        _channel("line", "LINE", settings.line_channel_secret, settings.line_channel_access_token),
        _channel("telegram", "Telegram", settings.telegram_bot_token, settings.telegram_secret_token),
    ]


def _python() -> Check:
    version = ".".join(map(str, sys.version_info[:3]))
    ok = (3, 11) <= sys.version_info[:2] < (3, 13)
    return Check("python", ok, f"Python {version}", "" if ok else "請改用 Python 3.11 或 3.12，再執行 make setup。")


def _settings(settings: Settings) -> Check:
    """Which settings are set. Secrets are only said to be set; a password inside an address is hidden."""
    shown = []
    for name in sorted(settings.model_fields_set):
        value = getattr(settings, name)
        if isinstance(value, SecretStr):
            text = "（已設定）" if value.get_secret_value() else "（空白）"
        else:
            text = telemetry.scrub(telemetry.without_password(str(value)))
        shown.append(f"STEWARD_{name.upper()}={text}")
    known = {f"STEWARD_{name.upper()}" for name in Settings.model_fields} | _OF_TESTS
    strange = sorted(name for name in os.environ if name.upper().startswith("STEWARD_") and name.upper() not in known)
    detail = "、".join(shown) or "全部使用預設值"
    key = settings.web_session_key.get_secret_value()
    if key and len(key) < 32:
        return Check("settings", False, detail, "STEWARD_WEB_SESSION_KEY 至少需要 32 個字元。")
    if strange:
        # Not a fault: another program may share the prefix. But a misspelt name would go unnoticed for long.
        return Check("settings", True, detail, f"不認得 {'、'.join(strange)}，已忽略；請核對拼字。")
    return Check("settings", True, detail)


def _home(settings: Settings) -> Check:
    home = settings.home.resolve()
    if not home.is_dir():
        return Check("home", False, f"沒有資料夾 {home}", "請執行 steward ingest，會建立資料夾並備妥所需的一切。")
    try:
        with tempfile.TemporaryFile(dir=home):
            pass
    except OSError as error:
        return Check("home", False, f"{home} 不能寫入：{error.strerror}", "請修正資料夾的擁有者或權限。")
    free = shutil.disk_usage(home).free
    detail = f"{home}，可寫入，剩 {free / 1e9:.1f} GB"
    if free < _LEAST_FREE:
        return Check("home", False, detail, "空間不足 0.5 GB，請清出空間或改設 STEWARD_HOME。")
    return Check("home", True, detail)


def _database(settings: Settings) -> Check:
    try:
        url = sa.make_url(settings.resolved_database_url())
    except sa.exc.ArgumentError:
        fix = "請改成 postgresql://帳號@主機/資料庫，或清空以使用 SQLite。"
        return Check("database", False, "STEWARD_DATABASE_URL 不是可用的連線字串", fix)
    name = "PostgreSQL" if url.get_backend_name() == "postgresql" else "SQLite"
    where = f"{name} {telemetry.without_password(url.render_as_string())}"
    prepare = "請執行 steward ingest，會更新資料庫結構。"
    options: dict[str, Any] = {}
    if name == "SQLite":
        if not url.database or not Path(url.database).is_file():
            return Check("database", False, f"{where}：還沒有這個檔案", prepare)
    else:
        options["connect_timeout"] = int(_PATIENCE_S)
    try:
        engine = sa.create_engine(url, connect_args=options, poolclass=sa.NullPool)
        current, newest = current_revision(engine), newest_revision()
    except (sa.exc.SQLAlchemyError, ImportError) as error:
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        fix = "請確認資料庫已啟動，且 STEWARD_DATABASE_URL 的主機、帳號與權限正確。"
        return Check("database", False, f"{where}：連不上（{telemetry.scrub(reason)}）", fix)
    if current == newest:
        return Check("database", True, f"{where}，結構 {current}")
    if current is not None and current > newest:
        return Check(
            "database", False, f"{where}，結構 {current} 比程式（{newest}）新", "請改用較新的版本，或還原舊的備份。"
        )
    return Check("database", False, f"{where}，結構 {current or '尚未建立'}，最新為 {newest}", prepare)


def _llm(settings: Settings) -> Check:
    """Whether the endpoint answers. Not required: without it every turn finishes on the embedded path."""
    if not settings.llm_model:
        return Check("llm", None, "未設定；以內建的理解與範本回答", required=False)
    provider, separator, name = settings.llm_model.partition(":")
    if not separator or provider != "openai":
        fix = "請寫成 openai:名稱，並以 STEWARD_LLM_BASE_URL 指向服務。"
        return Check("llm", False, f"{settings.llm_model}：只能連 OpenAI 相容的服務", fix, required=False)
    url = (settings.llm_base_url or _OPENAI).rstrip("/")
    where = telemetry.without_password(url)
    key = settings.llm_api_key.get_secret_value()
    still = "在那之前以內建的理解與範本回答。"
    try:
        answer = httpx.get(
            f"{url}/models", headers={"Authorization": f"Bearer {key}"} if key else {}, timeout=_PATIENCE_S
        )
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        fix = f"請確認 STEWARD_LLM_BASE_URL 與網路；{still}"
        return Check("llm", False, f"{where}：連不上（{type(error).__name__}）", fix, required=False)
    if answer.status_code in (401, 403):
        fix = f"請更新 STEWARD_LLM_API_KEY；{still}"
        return Check("llm", False, f"{where}：金鑰被拒（HTTP {answer.status_code}）", fix, required=False)
    if answer.status_code >= 500 and answer.status_code != httpx.codes.NOT_IMPLEMENTED:  # it need not list its models
        fix = f"請洽服務的管理者；{still}"
        return Check("llm", False, f"{where}：服務故障（HTTP {answer.status_code}）", fix, required=False)
    offered = _offered(answer)
    if offered and name not in offered:
        fix = f"請核對 STEWARD_LLM_MODEL；可用的有 {'、'.join(sorted(offered)[:5])}。"
        return Check("llm", False, f"{where}：沒有模型 {name}", fix, required=False)
    return Check("llm", True, f"{name}，{where} 有回應", required=False)


def _offered(answer: httpx.Response) -> set[str]:
    """The models that an endpoint lists; empty when it does not say."""
    try:
        return {str(row["id"]) for row in answer.json()["data"]}
    except (ValueError, KeyError, TypeError):
        return set()


def _channel(id_: str, name: str, *secrets: SecretStr) -> Check:
    """A channel is configured when both of its secrets are there; one alone is a mistake."""
    there = [bool(secret.get_secret_value()) for secret in secrets]
    if not any(there):
        return Check(id_, None, f"{name} 未設定；網頁對話不受影響", required=False)
    if not all(there):
        return Check(id_, False, f"{name} 只設定了一半", f"{name} 的兩個祕密都要設定，見 README。", required=False)
    # Honest until the channel is there: its settings are read, its webhook does not exist yet.
    return Check(id_, True, f"{name} 已設定；這一版還沒有 {name} 通道，不會收發", required=False)
