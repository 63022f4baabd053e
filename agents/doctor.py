"""The operator's check of everything: what core/doctor.py sees, then models, indexes and law articles."""

from agents.understanding.training import is_trained
from core.doctor import Check, examine_core
from core.settings import Settings
from knowledge import model_files
from knowledge.embeddings import BUNDLED, Embedder, load_embedder
from knowledge.ingest import index_state, read_articles
from knowledge.records import get_county

_INGEST = "請執行 steward ingest。"


def examine(settings: Settings) -> list[Check]:
    """All checks. Loads the text model: that it is there is not yet that it can be read."""
    text_model, embedder = _text_model(settings)
    checks = [*examine_core(settings), text_model, _index(settings), _intents(settings, embedder), _laws(settings)]
    return checks + _optional_models(settings)


def is_fit(checks: list[Check]) -> bool:
    """Whether nothing is broken that the service needs."""
    return not any(check.required and check.ok is False for check in checks)


def _text_model(settings: Settings) -> tuple[Check, Embedder | None]:
    try:
        embedder = load_embedder(settings)
    except model_files.ModelError as error:
        bundled = f"請執行 steward models fetch {BUNDLED}。"
        return Check(
            "text_model", False, str(error), "請修正 STEWARD_EMBEDDINGS。" if settings.embeddings else bundled
        ), None
    if settings.embeddings:
        return Check("text_model", True, f"{embedder.id}，{embedder.dimension} 維"), embedder
    folder = model_files.folder(BUNDLED, settings)
    size = sum(path.stat().st_size for path in folder.iterdir())
    return Check("text_model", True, f"{BUNDLED}，{size / 1e6:.0f} MB，檔案大小相符，可載入"), embedder


def _index(settings: Settings) -> Check:
    try:
        state, passages = index_state(settings)
    except model_files.ModelError as error:
        return Check("index", False, str(error), "請修正 STEWARD_EMBEDDINGS。")
    if state == "ready":
        return Check("index", True, f"{passages} 段")
    return Check("index", False, "還沒有知識索引" if state == "missing" else "知識已更新，索引是舊的", _INGEST)


def _intents(settings: Settings, embedder: Embedder | None) -> Check:
    if embedder is None:
        return Check("intent_model", False, "沒有文字模型，無法確認", "請先修復文字模型。")
    if is_trained(settings, embedder, get_county()):
        return Check("intent_model", True, "已訓練，與目前的例句相符")
    return Check("intent_model", False, "還沒有訓練，或例句已更新", _INGEST)


def _laws(settings: Settings) -> Check:
    count = len(read_articles(settings))
    if count:
        return Check("laws", True, f"{count:,} 條", required=False)
    fix = "請準備條文檔，執行 steward ingest --laws 檔案。"
    return Check("laws", None, "沒有條文；只以縣府方案資料回答，不引用法條", fix, required=False)


def _optional_models(settings: Settings) -> list[Check]:
    """Models that one can do without, with what then works less well."""
    out = []
    for model in model_files.manifest().values():
        if model.default or model.name == BUNDLED:
            continue
        if model_files.installed(model.name, settings):
            out.append(Check(f"model:{model.name}", True, "已安裝", required=False))
        else:
            fix = f"需要時執行 steward models fetch {model.name}。"
            out.append(Check(f"model:{model.name}", None, f"未安裝：{model.without}", fix, required=False))
    return out
