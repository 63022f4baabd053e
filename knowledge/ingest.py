"""Ingest: from records (and the operator's law file) to an index that can be asked. Does nothing when nothing changed.

llama-index builds the passages into a Chroma collection under STEWARD_HOME, which keeps texts, record ids and vectors
for any tool that wants them. Beside it lies a snapshot of the same vectors with what asking needs (token vectors, the
fitted ranker): it is read with numpy alone, because importing llama-index and Chroma takes four seconds.
"""

import hashlib
import json
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
import yaml

from core.settings import Settings
from knowledge.corpus import read_index, write_index
from knowledge.county import CountySearch, Node, nodes_of
from knowledge.embeddings import Embedder, embedder_id, load_embedder
from knowledge.lexical import Bm25
from knowledge.passages import PassageIndex
from knowledge.ranker import Ranker
from knowledge.records import ROOT, load_county

Progress = Callable[[str, int, int], None]  # (what is being done, done, of how many)
_VERSION = 4
_COLLECTION = "county"
_ARTICLE_KEYS = ("id", "law", "article_no", "content", "url")


class IngestError(RuntimeError):
    """Input that cannot be ingested; says which line and why."""


def ingest(settings: Settings, laws: Path | None = None, progress: Progress | None = None) -> bool:
    """Bring the county's index up to date. Returns whether anything had to be done (a no-op takes some 20 ms).

    `laws`: JSONL of law articles {"id", "law", "article_no", "content", "url"}, kept under STEWARD_HOME from then on.
    Raises IngestError for a bad law file, ValueError for bad records, model_files.ModelError without a model.
    """
    if laws is not None:
        _keep_laws(laws, settings)
    key = _fingerprint(settings)
    if _stored(settings).get("key") == key and _snapshot(settings).is_file():
        return False
    embedder = load_embedder(settings)
    county = load_county()
    nodes = nodes_of(county, read_articles(settings))
    if not nodes:
        raise IngestError("知識庫沒有任何紀錄")
    done = 0

    def advance(count: int) -> None:
        nonlocal done
        done += count
        if progress:
            progress("建立索引", done, len(nodes))

    index = PassageIndex.build([node.text for node in nodes], embedder, advance)
    names = {programme.id: [programme.name, *programme.aliases] for programme in county.programmes.values()}
    statuses = [programme.id for programme in county.programmes.values() if programme.is_status]
    bm25 = Bm25.of([node.text for node in nodes])
    search = CountySearch(nodes, index, embedder, bm25, names, statuses, None)
    if progress:
        progress("校準排序", 0, 1)
    off_topic = yaml.safe_load((ROOT / "off_topic.yaml").read_text(encoding="utf-8"))
    ranker = search.fit_ranker([str(phrase) for phrase in off_topic])
    if progress:
        progress("寫入 Chroma", 0, 1)
    _to_chroma(settings, nodes, index, embedder, key)
    write_index(index, _snapshot(settings))
    np.savez(_terms(settings), allow_pickle=False, **bm25.arrays())
    # The description goes last: without it, or with another key, the index counts as absent.
    _describe(settings, key, embedder, nodes, names, statuses, ranker)
    _open.cache_clear()
    if progress:
        progress("完成", 1, 1)
    return True


def open_county(settings: Settings, progress: Progress | None = None) -> CountySearch:
    """The county's records, ready to be asked; ingested first when the index is missing, stale or damaged."""
    ingest(settings, progress=progress)
    return _open(settings, str(_stored(settings).get("key")))


@lru_cache(maxsize=2)
def _open(settings: Settings, _key: str) -> CountySearch:
    embedder = load_embedder(settings)
    for attempt in range(2):
        stored = _stored(settings)
        index = read_index(_snapshot(settings), len(stored.get("nodes", ())), embedder.dimension)
        bm25 = _read_terms(settings)
        if index is not None and bm25 is not None:
            nodes = [Node(**row) for row in stored["nodes"]]
            return CountySearch(
                nodes, index, embedder, bm25, stored["names"], stored["statuses"], _ranker(stored["ranker"])
            )
        if attempt == 0:  # damaged: make it anew, once
            _description(settings).unlink(missing_ok=True)
            ingest(settings)
    raise IngestError(f"索引 {_snapshot(settings)} 無法讀取")


def index_state(settings: Settings) -> tuple[Literal["ready", "stale", "missing"], int]:
    """Whether the index can be asked as it lies there, and its number of passages. Changes nothing, loads no model."""
    stored = _stored(settings)
    passages = len(stored.get("nodes", ()))
    if not passages or not _snapshot(settings).is_file():
        return "missing", 0
    return ("ready" if stored.get("key") == _fingerprint(settings) else "stale"), passages


def read_articles(settings: Settings) -> list[dict[str, str]]:
    """The law articles that were ingested: id, law, article_no, content, url; [] when there are none."""
    path = _laws(settings)
    if not path.is_file():
        return []
    # Not splitlines(): a text may hold U+2028, which JSON does not escape.
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


def _keep_laws(source: Path, settings: Settings) -> None:
    """Check the operator's file and keep what is needed of it. A file with a bad line changes nothing."""
    kept: list[str] = []
    seen: set[str] = set()
    try:
        lines = source.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise IngestError(f"讀不到法規檔 {source}:{error}") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError:
            raise IngestError(f"{source.name} 第 {number} 行不是 JSON") from None
        missing = [key for key in _ARTICLE_KEYS if not (isinstance(row, dict) and row.get(key))]
        if missing:
            raise IngestError(f"{source.name} 第 {number} 行缺少 {'、'.join(missing)}")
        if str(row["id"]) in seen:
            raise IngestError(f"{source.name} 第 {number} 行的 id {row['id']} 重複")
        seen.add(str(row["id"]))
        kept.append(json.dumps({key: str(row[key]) for key in _ARTICLE_KEYS}, ensure_ascii=False))
    _laws(settings).parent.mkdir(parents=True, exist_ok=True)
    _laws(settings).write_text("".join(line + "\n" for line in kept), encoding="utf-8")


def _fingerprint(settings: Settings) -> str:
    """Of everything the index is made from: records, laws, model, this code's version. Reads no model."""
    digest = hashlib.sha256(f"{_VERSION} {embedder_id(settings)}".encode())
    files = [
        path for path in sorted(ROOT.rglob("*.yaml")) if path.parent.name != "utterances"
    ]  # those are understanding's
    for path in [*files, _laws(settings)]:
        if path.is_file():
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _to_chroma(settings: Settings, nodes: Sequence[Node], index: PassageIndex, embedder: Embedder, key: str) -> None:
    """Replace the collection. Vectors are always ours: Chroma's own embedding function would download a model."""
    import chromadb
    from chromadb.errors import ChromaError
    from llama_index.core.schema import NodeRelationship, RelatedNodeInfo, TextNode
    from llama_index.vector_stores.chroma import ChromaVectorStore

    place = settings.home / "chroma"
    options = chromadb.Settings(anonymized_telemetry=False)
    try:
        client = chromadb.PersistentClient(str(place), settings=options)
        if _COLLECTION in [collection.name for collection in client.list_collections()]:
            client.delete_collection(_COLLECTION)
    except (ChromaError, ValueError, OSError) as error:
        raise IngestError(f"Chroma 資料夾 {place} 無法使用,請移除後重試:{error}") from error
    collection = client.create_collection(
        _COLLECTION,
        metadata={"embedder": embedder.id, "dimension": embedder.dimension, "key": key, "hnsw:space": "cosine"},
        embedding_function=None,
    )
    rows = []
    for number, node in enumerate(nodes):
        row = TextNode(
            id_=f"{node.record}#{number}",
            text=node.text,
            metadata={"record": node.record, "kind": node.kind, "role": node.role},
            embedding=index.vectors[number].tolist(),
        )
        row.relationships[NodeRelationship.SOURCE] = RelatedNodeInfo(node_id=node.record)
        rows.append(row)
    ChromaVectorStore(chroma_collection=collection).add(rows)


def _describe(
    settings: Settings,
    key: str,
    embedder: Embedder,
    nodes: Sequence[Node],
    names: dict[str, list[str]],
    statuses: list[str],
    ranker: Ranker,
) -> None:
    content = {
        "key": key,
        "embedder": embedder.id,
        "dimension": embedder.dimension,
        "nodes": [asdict(node) for node in nodes],
        "names": names,
        "statuses": statuses,
        "ranker": {
            "mean": ranker.mean.tolist(),
            "spread": ranker.spread.tolist(),
            "weights": ranker.weights.tolist(),
            "none": ranker.none,
        },
    }
    path = _description(settings)
    with tempfile.TemporaryDirectory(dir=path.parent) as scratch:
        made = Path(scratch) / path.name
        made.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        shutil.move(made, path)


def _ranker(stored: dict[str, Any]) -> Ranker:
    arrays = {name: np.asarray(stored[name], np.float64) for name in ("mean", "spread", "weights")}
    return Ranker(**arrays, none=float(stored["none"]))


def _stored(settings: Settings) -> dict[str, Any]:
    path = _description(settings)
    try:
        stamp = path.stat()
    except OSError:
        return {}
    return _read_description(path, stamp.st_mtime_ns, stamp.st_size)


@lru_cache(maxsize=2)
def _read_description(path: Path, _changed: int, _size: int) -> dict[str, Any]:
    """A start asks for it three times, and it holds every passage. {} when it is damaged."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _read_terms(settings: Settings) -> Bm25 | None:
    try:
        with np.load(_terms(settings), allow_pickle=False) as content:
            return Bm25({name: content[name] for name in content.files})
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None


def _terms(settings: Settings) -> Path:
    return settings.home / "indexes" / "county-terms.npz"


def _snapshot(settings: Settings) -> Path:
    return settings.home / "indexes" / "county.npz"


def _description(settings: Settings) -> Path:
    return settings.home / "indexes" / "county.json"


def _laws(settings: Settings) -> Path:
    return settings.home / "laws.jsonl"
