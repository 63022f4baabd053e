"""The table of settings in README.md: made from core.settings, so that both say the same. `python -m core.settings_table README.md`"""

import sys
from pathlib import Path

from pydantic import SecretStr

from core.settings import Settings

BEGIN, END = "<!-- settings:begin -->", "<!-- settings:end -->"


def table() -> str:
    """All settings as a Markdown table: name, default, what it does."""
    rows = ["| 設定 | 預設 | 說明 |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        value = field.default
        shown = "" if value is None or isinstance(value, SecretStr) else str(value)
        rows.append(f"| `STEWARD_{name.upper()}` | {f'`{shown}`' if shown else '（空白）'} | {field.description} |")
    return "\n".join(rows)


def with_table(text: str) -> str:
    """`text` with today's table between the markers. Raises ValueError when it has no markers."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"找不到 {BEGIN} 與 {END}")
    return f"{before}{BEGIN}\n\n{table()}\n\n{END}{after}"


def main(path: Path) -> None:
    """Bring the table of a file up to date."""
    path.write_text(with_table(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
