"""The exemplar utterances of knowledge/utterances, one YAML file an intent: what the classifier learns from.

A file is `intent`, `role` (who says such things) and `groups`: each group is a list of paraphrases of one idea. A
line may hold choices `[a|b|]` and fillers `{programme}` `{hospital}` `{township}` `{day}` `{time}` `{who}`; it then
stands for a few concrete sentences, chosen by its own checksum so that every machine trains on the same ones.
Groups are kept apart in cross-validation: a paraphrase of a training sentence is no test of it.
"""

import hashlib
import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

from agents.state import Intent, Role
from agents.understanding.normalise import key
from knowledge.records import County

FOLDER = Path(__file__).parents[2] / "knowledge" / "utterances"
FILLINGS = 6  # concrete sentences of one line with choices

_CHOICE = re.compile(r"\[([^\[\]]*\|[^\[\]]*)\]")
_FILLER = re.compile(r"\{(\w+)\}")
_DAYS = ("明天", "後天", "下週三", "禮拜五", "12月8號", "星期二", "12/3", "下禮拜一", "這週四", "大後天")
_TIMES = ("早上九點", "下午兩點半", "十點", "上午八點半", "14:00", "早上7點", "下午三點", "十點半", "中午前", "9:20")
_PEOPLE = ("我媽媽", "我爸", "阿嬤", "阿公", "我先生", "我太太", "婆婆", "我", "岳父", "姑姑")
_PROGRAMMES = ("低收入戶", "租金補貼", "育兒津貼", "敬老卡", "假牙補助", "喘息服務", "身障津貼", "急難救助")
_HOSPITALS = ("東元醫院", "台大竹東院區", "馬偕", "竹東榮總", "仁慈醫院", "中國醫竹北")
_TOWNSHIPS = ("竹北", "竹東", "新埔", "關西", "湖口", "新豐", "芎林", "橫山", "北埔", "寶山", "峨眉", "尖石", "五峰")


@dataclass(frozen=True)
class Exemplar:
    """One sentence, what it means, who says it, and the idea it belongs to."""

    text: str
    intent: Intent
    role: Role
    group: str


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    intent: Intent
    role: Role = "citizen"
    groups: list[list[str]]


def fillers(county: County | None) -> dict[str, Sequence[str]]:
    """Values of the fillers: names from the county's records where there are any, a few usual ones otherwise."""
    programmes: list[str] = []
    hospitals: list[str] = []
    if county is not None:
        for programme in county.programmes.values():
            short = re.sub(r"[（(].*?[）)]", "", programme.name).strip()
            programmes += [name for name in (short, *programme.aliases) if 2 <= len(name) <= 16]
        for place in county.places.values():
            if "院" in place.kind or "hospital" in place.kind:
                hospitals += [place.name, *place.aliases]
    return {
        "programme": sorted(set(programmes)) or _PROGRAMMES,
        "hospital": sorted(set(hospitals)) or _HOSPITALS,
        "township": _TOWNSHIPS,
        "day": _DAYS,
        "time": _TIMES,
        "who": _PEOPLE,
    }


def expand(line: str, values: Mapping[str, Sequence[str]]) -> list[str]:
    """The concrete sentences of one line, without repeats; a line with nothing to fill stands for itself."""
    if not (_CHOICE.search(line) or _FILLER.search(line)):
        return [line]
    sentences: list[str] = []
    seed = zlib.crc32(line.encode())
    for number in range(FILLINGS):
        place = 0

        def pick(options: Sequence[str], number: int = number) -> str:
            nonlocal place
            place += 1
            # The first place walks through its options, so that the fillings differ; the others are scattered.
            step = number if place == 1 else zlib.crc32(f"{seed}/{number}/{place}".encode())
            return options[(seed + step) % len(options)]

        text = _CHOICE.sub(lambda found: pick(found[1].split("|")), line)
        text = _FILLER.sub(lambda found: pick(values[found[1]]), text)
        sentences.append(text.strip())
    return list(dict.fromkeys(sentences))


def source(county: County | None = None, folder: Path = FOLDER) -> bytes:
    """A digest of all that `load` reads. Fifty times as fast as `load`, whose answer it stands for."""
    digest = hashlib.sha256(repr(fillers(county)).encode())
    for path in [*sorted(folder.glob("*.yaml")), Path(__file__)]:
        digest.update(f"\n{path.name}\n".encode() + path.read_bytes())
    return digest.digest()


def load(county: County | None = None, folder: Path = FOLDER) -> list[Exemplar]:
    """All exemplars, repeats dropped. Raises ValueError when one sentence is given two meanings."""
    values = fillers(county)
    found: dict[str, Exemplar] = {}
    for path in sorted(folder.glob("*.yaml")):
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        file = _File.model_validate(yaml.load(path.read_text(encoding="utf-8"), Loader=loader))  # noqa: S506 - safe loaders
        for number, group in enumerate(file.groups):
            for line in group:
                for text in expand(line, values):
                    exemplar = Exemplar(text, file.intent, file.role, f"{path.stem}/{number}")
                    other = found.setdefault(key(text) or text, exemplar)
                    if other.intent != file.intent:
                        raise ValueError(
                            f"{text!r} is {other.intent} in {other.group} and {file.intent} in {path.stem}"
                        )
    return list(found.values())
