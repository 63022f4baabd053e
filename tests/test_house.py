"""The rooms stay rooms: the records load and the shapes of the state survive a round trip."""

import ast
from pathlib import Path

from agents.state import Frame, Intent, Understood

ROOT = Path(__file__).parent.parent


def test_state_survives_json() -> None:
    """A value that comes back from the checkpointer is equal to the one that went in."""
    said = Understood(
        frames=[Frame(intent=Intent.LTC_BOOK, slots={"date": "2026-11-25"}, text="明天的車", confidence=0.9)]
    )
    assert Understood.model_validate(said.model_dump(mode="json")) == said


def test_nothing_imports_the_composition_root() -> None:
    """server.py and cli.py wire rooms together; a room that imported them would close a circle."""
    for room in ("core", "knowledge", "tools", "agents", "bots", "vision"):
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
                names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
                assert not {n.split(".")[0] for n in names} & {"server", "cli"}, path
