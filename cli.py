"""`steward`: the command line (CONTRACTS 1). Thin: parses, calls a room, prints. Heavy imports happen inside commands."""

import asyncio
import json
import sys
import time
import uuid
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

import cli_operations
from cli_operations import Json, fail, quiet_logs

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="縣民管家")
knowledge_app = typer.Typer(no_args_is_help=True, help="縣府知識：查詢")
app.add_typer(knowledge_app, name="knowledge")
cli_operations.register(app)

Batch = Annotated[Path | None, typer.Option("--batch", help="輸入 JSONL，一行一題")]
Out = Annotated[Path | None, typer.Option("--out", help="輸出 JSONL")]
Row = dict[str, Any]


class BadLine(ValueError):
    """A line of a batch that cannot be worked on; its text becomes the line's `error`."""


def read_rows(path: Path) -> list[Row | BadLine]:
    """The objects of a JSONL file; a broken line stays in its place as a BadLine. Exit 2 when there is no such file."""
    try:
        lines = path.read_bytes().decode("utf-8", errors="replace").split("\n")  # U+2028 may stand in JSON
    except OSError as error:
        fail(f"讀不到輸入檔 {path}：{error.strerror or error}。請確認檔名與權限。", 2)
    rows: list[Row | BadLine] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            rows.append(BadLine(f"第 {number} 行不是 JSON：{error.msg}"))
            continue
        rows.append(row if isinstance(row, dict) else BadLine(f"第 {number} 行不是 JSON 物件"))
    return rows


def check_batch(source: Path | None, target: Path | None) -> None:
    """Exit 2 for a batch that cannot be worked on, before any model is loaded for it."""
    if source is None:
        return
    if target is None:
        fail("--batch 需要同時指定 --out 輸出檔。", 2)
    if not source.is_file():
        fail(f"讀不到輸入檔 {source}：沒有這個檔案。請確認檔名。", 2)


def run_batch(source: Path, target: Path, work: Callable[[Row], Row]) -> None:
    """Work through a JSONL file in order, one result a line, a bar on a terminal, no line able to stop the others."""
    from rich.progress import track

    rows = read_rows(source)
    try:
        handle = target.open("w", encoding="utf-8")
    except OSError as error:
        fail(f"寫不到輸出檔 {target}：{error.strerror or error}。", 2)
    with handle:
        shown: Iterable[Row | BadLine] = track(rows, description="處理中", disable=not sys.stderr.isatty())
        for row in shown:
            if isinstance(row, BadLine):
                result: Row = {"id": None, "error": str(row)}
            else:
                try:
                    result = {"id": row.get("id"), **work(row)}
                except BadLine as error:
                    result = {"id": row.get("id"), "error": str(error)}
            handle.write(json.dumps(result, ensure_ascii=False) + "\n")


# -- ask -----------------------------------------------------------------------------------------------------------------


@app.command()
def ask(
    text: Annotated[str | None, typer.Argument(help="問題")] = None,
    as_json: Json = False,
    batch: Batch = None,
    out: Out = None,
    role: Annotated[str, typer.Option(help="citizen 或 staff")] = "citizen",
    citizen: Annotated[str | None, typer.Option(help="已驗證縣民的代號")] = None,
) -> None:
    """問縣民管家一個問題，或整批對話。"""
    if (text is None) == (batch is None):
        fail("請給一句問題，或用 --batch IN.jsonl --out OUT.jsonl。", 2)
    check_batch(batch, out)
    quiet_logs()
    from agents.wiring import open_assistant

    async def main() -> None:
        async with open_assistant() as assistant:
            if text is not None:
                row = await _converse(assistant, {"role": role, "citizen": citizen, "turns": [text]})
                turn = row["turns"][0]
                typer.echo(json.dumps(turn, ensure_ascii=False) if as_json else _for_people(turn))
                return
            assert batch is not None
            assert out is not None
            loop = asyncio.get_running_loop()

            def work(row: Row) -> Row:
                return asyncio.run_coroutine_threadsafe(_converse(assistant, row), loop).result()

            await asyncio.to_thread(run_batch, batch, out, work)

    asyncio.run(main())


async def _converse(assistant: Any, row: Row) -> Row:
    """One conversation of a batch: its turns in order, each with its result."""
    from agents.state import Turn
    from core import clock

    turns = row.get("turns")
    if not isinstance(turns, list) or not turns or not all(isinstance(t, str) for t in turns):
        raise BadLine("缺少 turns：需要至少一句話的文字陣列。")
    role = row.get("role", "citizen")
    if role not in ("citizen", "staff"):
        raise BadLine("role 只能是 citizen 或 staff。")
    citizen = row.get("citizen")
    if citizen is not None and not isinstance(citizen, str):
        raise BadLine("citizen 需要是文字代號。")
    moment = clock.now()
    if row.get("now") is not None:
        from datetime import datetime

        try:
            moment = clock.as_taipei(datetime.fromisoformat(str(row["now"])))
        except ValueError:
            raise BadLine("now 不是 ISO 8601 時間，例如 2026-11-24T09:00:00+08:00。") from None
    conversation = f"cli:{uuid.uuid4()}"
    results: list[Row] = []
    for place, text in enumerate(turns):
        turn = Turn(
            event_id=f"{conversation}:{place}",
            conversation=conversation,
            text=text,
            role=role,
            citizen=citizen,
            channel="cli",
            now=moment.isoformat(),
        )
        reply, ms = await assistant.answer(turn)
        results.append({**reply.model_dump(mode="json"), "ms": round(ms, 1)})
    return {"turns": results}


def _for_people(turn: Row) -> str:
    lines = [str(turn["reply"])]
    if turn["citations"]:
        lines += ["", "來源："]
        lines += [f"・{c['title']}" + (f" {c['url']}" if c["url"] else "") for c in turn["citations"]]
    return "\n".join(lines)


# -- knowledge -------------------------------------------------------------------------------------------------------------


@knowledge_app.command("search")
def knowledge_search(
    text: Annotated[str | None, typer.Argument(help="查詢")] = None,
    as_json: Json = False,
    batch: Batch = None,
    out: Out = None,
    corpus: Annotated[Path | None, typer.Option(help="自備語料 JSONL：id、text、title")] = None,
    k: Annotated[int, typer.Option(min=1, max=100, help="最多幾筆")] = 10,
) -> None:
    """在縣府知識（或自備語料）裡找最相符的條目。"""
    if (text is None) == (batch is None):
        fail("請給一句查詢，或用 --batch IN.jsonl --out OUT.jsonl。", 2)
    check_batch(batch, out)
    quiet_logs()
    from core.settings import get_settings
    from knowledge import corpus as corpora
    from knowledge.ingest import IngestError, open_county
    from knowledge.model_files import ModelError

    try:
        if corpus is not None:
            rows: list[Row] = []
            for row in read_rows(corpus):
                if isinstance(row, BadLine):
                    fail(f"語料{row}", 2)
                rows.append(row)
            search: Callable[[str, int], list[corpora.Hit]] = corpora.open_corpus(rows, get_settings()).search
        else:
            search = open_county(get_settings()).search
    except ValueError as error:
        fail(str(error), 2)
    except (ModelError, IngestError) as error:
        fail(str(error))

    def work(row: Row) -> Row:
        query = row.get("query")
        if not isinstance(query, str):
            raise BadLine("缺少 query 文字。")
        started = time.perf_counter()
        hits = [{"id": h.id, "score": round(h.score, 6)} for h in search(query, k)]
        return {"hits": hits, "ms": round((time.perf_counter() - started) * 1000, 2)}

    if batch is not None and out is not None:
        run_batch(batch, out, work)
        return
    found = work({"query": text})
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False))
        return
    for hit in found["hits"]:
        typer.echo(f"{hit['score']:8.4f}  {hit['id']}")


def main() -> None:
    """Entry point of the `steward` command: what goes wrong is one line on stderr and an exit code, never a traceback."""
    from core.errors import BadSettings, StewardError

    try:
        code = app(standalone_mode=False)
    except typer.TyperException as error:  # wrong arguments, or none where some are needed
        context, said = getattr(error, "ctx", None), getattr(error, "format_message", error.__str__)()
        usage = f"（用法：{context.command_path} --help）" if context else ""
        typer.echo(said if "\n" in said else f"指令有誤：{said}{usage}", err=True)
        code = 2
    except typer.Abort:
        code = 1
    except StewardError as error:
        typer.echo(str(error), err=True)
        code = 2 if isinstance(error, BadSettings) else 1
    sys.exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    main()
