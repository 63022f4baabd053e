"""The operator's commands of `steward` (serve, ingest, doctor, models, eval), and the few things every command shares."""

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

Json = Annotated[bool, typer.Option("--json", help="機器可讀輸出")]
Names = Annotated[list[str] | None, typer.Argument(metavar="[NAME…]", help="模型名稱；不給就是全部該有的")]
models_app = typer.Typer(help="離線模型檔：查看、取得、驗證")

_SETS = ("intents", "facts", "slots", "bad", "faq")
_TITLES = {
    "python": "Python",
    "settings": "設定",
    "home": "資料夾",
    "database": "資料庫",
    "llm": "語言模型",
    "line": "LINE",
    "telegram": "Telegram",
    "text_model": "文字模型",
    "index": "知識索引",
    "intent_model": "意圖模型",
    "laws": "法規條文",
}
_MARKS = {True: "[green]正常[/]", False: "[red]要處理[/]", None: "[dim]未設定[/]"}


def register(app: typer.Typer) -> None:
    """Add this module's commands to the program."""
    for command in (serve, ingest, doctor, evaluate):
        app.command("eval" if command is evaluate else None)(command)
    app.add_typer(models_app, name="models")


def fail(message: str, code: int = 1) -> NoReturn:
    """One clear line on stderr, no traceback. 1: the work failed; 2: arguments or input are wrong."""
    typer.echo(message, err=True)
    raise typer.Exit(code)


def print_json(value: object) -> None:
    """The machine-readable answer of a command: one line on stdout."""
    typer.echo(json.dumps(value, ensure_ascii=False))


def quiet_logs() -> None:
    """Commands speak on stdout; logs go to stderr from WARNING up."""
    from core.settings import get_settings
    from core.telemetry import configure_logging

    configure_logging(get_settings().model_copy(update={"log_level": "WARNING"}))


# -- serving -------------------------------------------------------------------------------------------------------------


def serve(
    host: Annotated[str, typer.Option(help="監聽位址")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="埠號", min=1, max=65535)] = 8000,
) -> None:
    """準備好所需的一切（模型、資料庫、知識），然後啟動服務。"""
    import uvicorn

    _prepare()
    typer.echo(f"縣民管家： http://{host}:{port}", err=True)
    uvicorn.run("server:app_from_environment", factory=True, host=host, port=port, log_config=None, access_log=False)


def ingest(
    laws: Annotated[Path | None, typer.Option(help="法規條文 JSONL（由操作者提供）")] = None,
    as_json: Json = False,
) -> None:
    """更新知識索引與意圖模型；內容沒變就不動。"""
    if laws is not None and not laws.is_file():
        fail(f"讀不到法規檔 {laws}。請確認路徑。", 2)
    _prepare(laws)
    if as_json:
        from core.settings import get_settings
        from knowledge.ingest import index_state, read_articles

        print_json({"passages": index_state(get_settings())[1], "articles": len(read_articles(get_settings()))})


def _prepare(laws: Path | None = None) -> None:
    """Everything that serving needs and that may be missing: models, database, indexes. Quick when nothing changed."""
    quiet_logs()
    from agents.wiring import prepare
    from core.settings import get_settings

    prepare(get_settings(), laws)


# -- looking -------------------------------------------------------------------------------------------------------------


def doctor(as_json: Json = False) -> None:
    """檢查目前設定了什麼、有什麼、連得到什麼，以及現在該做什麼。"""
    quiet_logs()
    from agents.doctor import examine, is_fit
    from core.settings import get_settings

    checks = examine(get_settings())
    fit = is_fit(checks)
    if as_json:
        print_json({"ok": fit, "checks": [check.row() for check in checks]})
    else:
        rows = [
            (_MARKS[check.ok], _TITLES.get(check.id, check.id.removeprefix("model:")), check.detail, check.fix)
            for check in checks
        ]
        _show(("狀態", "項目", "說明", "現在要做的"), rows)
        typer.echo("可以服務。" if fit else "還不能服務：請由上而下處理「要處理」的項目。")
    raise typer.Exit(0 if fit else 1)


def _show(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    """A table on stdout. Only the first column may carry markup: the others hold paths and messages as they are."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    shown = Table()
    for title in head:
        shown.add_column(title, overflow="fold")  # else Rich cuts Chinese, which has no spaces, with an ellipsis
    for first, *rest in rows:
        shown.add_row(first, *(escape(cell) for cell in rest))
    # Into a file or a pipe a row stays whole; a terminal folds it to its width.
    console = Console() if sys.stdout.isatty() else Console(width=160)
    console.print(shown)


# -- models --------------------------------------------------------------------------------------------------------------


@models_app.callback(invoke_without_command=True)
def models(context: typer.Context, as_json: Json = False) -> None:
    """離線模型檔：查看（不給子指令時）、取得、驗證。"""
    if context.invoked_subcommand is None:
        models_list(as_json)


@models_app.command("list")
def models_list(as_json: Json = False) -> None:
    """列出模型清單：用途、大小、是否已安裝。"""
    from core.settings import get_settings
    from knowledge import model_files

    rows: list[dict[str, Any]] = []
    for model in model_files.manifest().values():
        about = model.model_dump(include={"name", "job", "default", "about", "licence", "source", "without"})
        there = model_files.installed(model.name, get_settings()) is not None
        rows.append({**about, "installed": there, "bytes": model.size})
    if as_json:
        print_json({"models": rows})
        return
    state = {True: "[green]已安裝[/]", False: "[dim]未安裝[/]"}
    _show(
        ("狀態", "名稱", "用途", "下載", "沒有它時", "授權"),
        [(state[r["installed"]], r["name"], r["job"], _size(r["bytes"]), r["without"], r["licence"]) for r in rows],
    )


@models_app.command("fetch")
def models_fetch(names: Names = None, as_json: Json = False) -> None:
    """取得並核對模型檔；不給名稱就取得預設需要的。"""
    from core.progress import bar
    from core.settings import get_settings
    from knowledge import model_files

    def work(name: str) -> str:
        with bar(f"取得 {name}") as step:
            return f"已就緒：{model_files.fetch(name, get_settings(), step)}"

    wanted = names or [model.name for model in model_files.manifest().values() if model.default]
    _each_model(wanted, work, as_json)


@models_app.command("verify")
def models_verify(names: Names = None, as_json: Json = False) -> None:
    """逐檔計算雜湊，與安裝時比對；不給名稱就驗證所有已安裝的。"""
    from core.settings import get_settings
    from knowledge import model_files

    def work(name: str) -> str:
        model_files.verify(name, get_settings())
        return "內容與安裝時相同"

    wanted = names or [name for name in model_files.manifest() if model_files.installed(name, get_settings())]
    if not wanted:
        fail("沒有已安裝的模型可以驗證。請先執行 steward models fetch。")
    _each_model(wanted, work, as_json)


def _each_model(names: list[str], work: Callable[[str], str], as_json: bool) -> None:
    """Do it for one model after the other; one that fails does not stop the next. Exit 2 before any work on a wrong name."""
    from knowledge import model_files

    for name in names:
        try:
            model_files.find(name)
        except model_files.ModelError as error:
            fail(str(error), 2)
    rows: list[dict[str, Any]] = []
    for name in dict.fromkeys(names):
        try:
            rows.append({"name": name, "ok": True, "detail": work(name)})
        except model_files.ModelError as error:
            rows.append({"name": name, "ok": False, "detail": str(error)})
        if not as_json:
            typer.echo(f"{name}：{rows[-1]['detail']}", err=not rows[-1]["ok"])
    if as_json:
        print_json({"models": rows})
    raise typer.Exit(0 if all(row["ok"] for row in rows) else 1)


def _size(count: int) -> str:
    return f"{count / 1e6:.0f} MB"


# -- evaluation ----------------------------------------------------------------------------------------------------------


def evaluate(
    only: Annotated[str, typer.Option(help=f"要跑的題庫，以逗號分開：{'、'.join(_SETS)}")] = ",".join(_SETS),
    out: Annotated[Path | None, typer.Option("--out", help="另存報告")] = None,
    as_json: Json = False,
) -> None:
    """以本專案的開發題庫評量，依意圖與面向列出哪裡答錯。"""
    wanted = [name.strip() for name in only.split(",") if name.strip()]
    if not wanted or set(wanted) - set(_SETS):
        fail(f"--only 只能是 {'、'.join(_SETS)}（以逗號分開）。", 2)
    root = Path(__file__).resolve().parent
    if not (root / "tests" / "evals" / "report.py").is_file():
        fail("題庫只在原始碼裡：請在取出的原始碼資料夾執行 make eval。")
    sys.path.insert(0, str(root))  # before any other package that is called `tests`
    from tests.evals.command import run

    try:
        report = run(wanted)
    except RuntimeError as error:
        fail(str(error))
    text = json.dumps(report.as_json(), ensure_ascii=False) if as_json else report.as_text()
    typer.echo(text)
    if out is not None:
        try:
            out.write_text(text + "\n", encoding="utf-8")
        except OSError as error:
            fail(f"寫不到報告檔 {out}：{error.strerror or error}。", 2)
