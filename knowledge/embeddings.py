"""Text embeddings behind one port: the bundled 8-bit e5, an operator's ONNX folder, or an OpenAI endpoint."""

import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from core.settings import Settings
from knowledge import model_files

Vectors = NDArray[np.float32]
Advance = Callable[[int], None]  # called with the number of texts done since the last call

BUNDLED = "multilingual-e5-small-int8"
_MAX_TOKENS = 512
_THREADS = 2


class Embedder(Protocol):
    """Text to vectors. `id` names model and version: an index made with another id must not be used."""

    @property
    def id(self) -> str:
        """Model and version."""
        ...

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        ...

    def queries(self, texts: Sequence[str]) -> Vectors:
        """Questions → float32 (len(texts), dimension), each of length 1."""
        ...

    def passages(self, texts: Sequence[str], advance: Advance | None = None) -> Vectors:
        """Texts to be found → float32 (len(texts), dimension), each of length 1."""
        ...


@dataclass(frozen=True)
class TokenVectors:
    """The vectors of a text's own tokens (prefix and special tokens left out), for late interaction."""

    ids: NDArray[np.int32]
    states: NDArray[np.float16]  # (tokens, dimension), not normalised


@runtime_checkable
class TokenEmbedder(Embedder, Protocol):
    """An embedder that also shows its token vectors; they come out of the same run."""

    def queries_with_tokens(self, texts: Sequence[str]) -> tuple[Vectors, list[TokenVectors]]:
        """As `queries`, and the tokens of each text."""
        ...

    def passages_with_tokens(
        self, texts: Sequence[str], advance: Advance | None = None
    ) -> tuple[Vectors, list[TokenVectors]]:
        """As `passages`, and the tokens of each text."""
        ...


@dataclass(frozen=True)
class _Style:
    """How a model wants to be used: what is put before a text, and whether the first token or the mean is taken."""

    query: str
    passage: str
    first_token: bool = False


def load_embedder(settings: Settings) -> Embedder:
    """The embedder that the settings choose, loaded once a process.

    Raises model_files.ModelError when its files are missing or unreadable.
    """
    return _load(settings.embeddings, str(settings.home.resolve()), settings)


def embedder_id(settings: Settings) -> str:
    """The id of the embedder that the settings choose, without loading it."""
    choice = settings.embeddings
    if not choice:
        return BUNDLED
    if choice.startswith("openai:"):
        return f"openai:{choice.removeprefix('openai:').partition('@')[0]}"
    folder = Path(choice)
    try:
        stamp = (folder / "model.onnx").stat()
    except OSError as error:
        raise model_files.ModelError(
            f"STEWARD_EMBEDDINGS 指向的資料夾 {folder} 需要有 model.onnx 與 tokenizer.json"
        ) from error
    return f"{folder.name}-{stamp.st_size}-{int(stamp.st_mtime)}"


@lru_cache(maxsize=4)
def _load(choice: str, _home: str, settings: Settings) -> Embedder:
    from knowledge.remembering import remembering

    return remembering(_open(choice, settings))


def _open(choice: str, settings: Settings) -> Embedder:
    if not choice:
        return OnnxEmbedder(model_files.require(BUNDLED, settings), BUNDLED, _Style("query: ", "passage: "))
    if choice.startswith("openai:"):
        name, separator, url = choice.removeprefix("openai:").partition("@")
        if not separator or not name or not url.startswith(("http://", "https://")):
            raise model_files.ModelError("STEWARD_EMBEDDINGS 的格式應為 openai:模型名稱@https://主機/v1")
        return EndpointEmbedder(name, url, settings.llm_api_key.get_secret_value())
    folder = Path(choice)
    if not (folder / "model.onnx").is_file() or not (folder / "tokenizer.json").is_file():
        raise model_files.ModelError(f"STEWARD_EMBEDDINGS 指向的資料夾 {folder} 需要有 model.onnx 與 tokenizer.json")
    return OnnxEmbedder(folder, embedder_id(settings), _style(folder))


def _style(folder: Path) -> _Style:
    """Prefixes and pooling as sentence-transformers folders declare them; e5 models have their known ones."""
    first_token = bool(_declared(folder / "1_Pooling" / "config.json").get("pooling_mode_cls_token", False))
    prompts = _declared(folder / "config_sentence_transformers.json").get("prompts")
    if isinstance(prompts, dict) and prompts:
        passage = prompts.get("passage", prompts.get("document", ""))
        return _Style(str(prompts.get("query", "")), str(passage), first_token)
    if "e5" in folder.name.lower():
        return _Style("query: ", "passage: ", first_token)
    return _Style("", "", first_token)


def _declared(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise model_files.ModelError(f"{path} 不是有效的 JSON:{error}") from error
    return content if isinstance(content, dict) else {}


class OnnxEmbedder:
    """An encoder on onnxruntime. Safe to call from several threads; the interpreter's lock is released meanwhile."""

    def __init__(self, folder: Path, name: str, style: _Style) -> None:
        import onnxruntime as ort
        from onnxruntime.capi import onnxruntime_pybind11_state as failures

        options = ort.SessionOptions()
        # One thread a run: a question costs the least CPU so, and several texts run beside each other (see _embed).
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._session = ort.InferenceSession(
                str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
            )
        except (failures.Fail, failures.InvalidProtobuf, failures.InvalidGraph, failures.NotImplemented) as error:
            raise model_files.ModelError(f"模型 {folder / 'model.onnx'} 無法載入:{error}") from error
        self._inputs = {value.name for value in self._session.get_inputs()}
        self._tokenise = _tokeniser(folder)
        self._style = style
        self._id = name
        self._dimension = int(self._states([0]).shape[-1])

    @property
    def id(self) -> str:
        """Model and version."""
        return self._id

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self._dimension

    def queries(self, texts: Sequence[str]) -> Vectors:
        """Questions → float32 (len(texts), dimension), each of length 1."""
        return self._embed(self._style.query, texts, None)

    def queries_with_tokens(self, texts: Sequence[str]) -> tuple[Vectors, list[TokenVectors]]:
        """As `queries`, and the tokens of each text."""
        tokens: dict[int, TokenVectors] = {}
        vectors = self._embed(self._style.query, texts, None, tokens)
        return vectors, [tokens[index] for index in range(len(texts))]

    def passages_with_tokens(
        self, texts: Sequence[str], advance: Advance | None = None
    ) -> tuple[Vectors, list[TokenVectors]]:
        """As `passages`, and the tokens of each text."""
        tokens: dict[int, TokenVectors] = {}
        vectors = self._embed(self._style.passage, texts, advance, tokens)
        return vectors, [tokens[index] for index in range(len(texts))]

    def passages(self, texts: Sequence[str], advance: Advance | None = None) -> Vectors:
        """Texts to be found → float32 (len(texts), dimension), each of length 1; cut after 512 tokens."""
        return self._embed(self._style.passage, texts, advance)

    def _embed(
        self,
        prefix: str,
        texts: Sequence[str],
        advance: Advance | None,
        collected: dict[int, TokenVectors] | None = None,
    ) -> Vectors:
        out = np.zeros((len(texts), self._dimension), np.float32)
        tokens = self._tokenise([prefix + text for text in texts])
        leading = max(len(self._tokenise([prefix.strip()])[0]) - 1, 1)

        def run(index: int) -> int:
            states = self._states(tokens[index])
            if collected is not None:
                own = slice(leading, max(len(tokens[index]) - 1, leading))
                # An own copy: a view would keep the whole output in memory.
                shown = states[own].astype(np.float16) if states.ndim == 2 else np.zeros((0, 0), np.float16)
                collected[index] = TokenVectors(np.array(tokens[index][own], np.int32), shown)
            out[index] = self._pool(states)
            return index

        # One text a run: batches are no faster on these matrices, cost padding, and would make the 8-bit scale of a
        # text's activations depend on its neighbours. So the same text has the same vector, always.
        with ThreadPoolExecutor(_THREADS) if len(texts) > _THREADS else nullcontext() as pool:
            for _ in pool.map(run, range(len(texts))) if pool else map(run, range(len(texts))):
                if advance:
                    advance(1)
        return out

    def _states(self, tokens: list[int]) -> NDArray[Any]:
        """The model's output for one text: (tokens, dimension), or (dimension,) when the graph pools by itself."""
        ids = np.array([tokens], np.int64)
        feed = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        output = self._session.run(None, {name: value for name, value in feed.items() if name in self._inputs})[0]
        first: NDArray[Any] = np.asarray(output)[0]
        return first

    def _pool(self, states: NDArray[Any]) -> Vectors:
        if states.ndim == 2:
            states = states[0] if self._style.first_token else states.mean(axis=0)
        pooled: Vectors = _unit_length(states[None])[0]
        return pooled


class EndpointEmbedder:
    """An OpenAI-compatible `/embeddings` endpoint."""

    _BATCH = 64

    def __init__(self, name: str, url: str, key: str) -> None:
        from openai import OpenAI

        self._client = OpenAI(base_url=url, api_key=key or "none", timeout=30.0, max_retries=2)
        self._name = name
        self._dimension = int(self._embed(["維度"], None).shape[1])

    @property
    def id(self) -> str:
        """Model and version."""
        return f"openai:{self._name}"

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self._dimension

    def queries(self, texts: Sequence[str]) -> Vectors:
        """Questions → float32 (len(texts), dimension), each of length 1."""
        return self._embed(texts, None)

    def passages(self, texts: Sequence[str], advance: Advance | None = None) -> Vectors:
        """Texts to be found → float32 (len(texts), dimension), each of length 1."""
        return self._embed(texts, advance)

    def _embed(self, texts: Sequence[str], advance: Advance | None) -> Vectors:
        from openai import OpenAIError

        if not texts:
            return np.zeros((0, self._dimension), np.float32)
        rows: list[list[float]] = []
        for start in range(0, len(texts), self._BATCH):
            # An empty string is refused by the protocol.
            batch = [text or " " for text in texts[start : start + self._BATCH]]
            try:
                answer = self._client.embeddings.create(model=self._name, input=batch, encoding_format="float")
            except OpenAIError as error:
                raise model_files.ModelError(f"向量服務 {self._client.base_url} 無法使用:{error}") from error
            if len(answer.data) != len(batch):
                raise model_files.ModelError(f"向量服務 {self._client.base_url} 回傳的筆數不符")
            rows += [row.embedding for row in sorted(answer.data, key=lambda row: row.index)]
            if advance:
                advance(len(batch))
        return _unit_length(np.asarray(rows, np.float32))


def _unit_length(vectors: NDArray[Any]) -> Vectors:
    lengths = np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    return np.asarray(vectors / lengths, np.float32)


def _tokeniser(folder: Path) -> Callable[[list[str]], list[list[int]]]:
    """Texts → token ids with the special tokens around them, at most 512."""
    if (folder / "sentencepiece.model").is_file():
        from sentencepiece import SentencePieceProcessor

        pieces = SentencePieceProcessor(model_file=str(folder / "sentencepiece.model"))
        begin, end = [pieces.bos_id()], [pieces.eos_id()]

        def by_pieces(texts: list[str]) -> list[list[int]]:
            return [begin + ids[: _MAX_TOKENS - 2] + end for ids in pieces.encode(texts)]

        return by_pieces

    from tokenizers import Tokenizer

    library = Tokenizer.from_file(str(folder / "tokenizer.json"))
    library.enable_truncation(_MAX_TOKENS)
    library.no_padding()
    return lambda texts: [encoding.ids for encoding in library.encode_batch(texts)]
