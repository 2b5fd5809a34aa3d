"""Vectors kept between runs: an encoder that encodes no text twice, and loses at most one batch when it is stopped.

One file for each encoder: a line with the dimension and the fingerprint, then records of a key (SHA-256 of what is
encoded, and as what) and a vector of little-endian float32. A record that was cut short is dropped.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Literal

import numpy as np

from app.errors import BatchError, OutputError
from app.searching.embedding import Encoder, Vectors

Role = Literal["query", "passage"]
Batch = list[str]
# Goes through the batches as it is given them, and shows how far it is.
Progress = Callable[[Sequence[Batch]], Iterable[Batch]]

# Texts that are encoded and written at a time: what an interruption costs, some seconds.
BATCH = 16
_KEY = 32


class VectorCache:
    """An Encoder in front of another one, with a memory on disk."""

    def __init__(self, encoder: Encoder, folder: Path, progress: Progress) -> None:
        """Read what is there. Raises BatchError for a file that is none of ours, OutputError if it cannot be read."""
        self._encoder = encoder
        self._progress = progress
        self._path = folder / f"{hashlib.sha256(encoder.fingerprint.encode()).hexdigest()[:16]}.vectors"
        self._known: dict[bytes, Vectors] = {}
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if self._path.is_file():
                self._read(self._path.read_bytes())
        except OSError as error:
            raise self._unusable(error) from error

    @property
    def fingerprint(self) -> str:
        """The encoder's own."""
        return self._encoder.fingerprint

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """`(len(texts), d)`; see Encoder."""
        return self._encode(texts, "query")

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """`(len(texts), d)`; see Encoder."""
        return self._encode(texts, "passage")

    def _encode(self, texts: Sequence[str], role: Role) -> Vectors:
        encode = self._encoder.encode_queries if role == "query" else self._encoder.encode_passages
        if not texts:
            return encode([])
        missing = [text for text in dict.fromkeys(texts) if _key(text, role) not in self._known]
        batches = [missing[start : start + BATCH] for start in range(0, len(missing), BATCH)]
        for batch in self._progress(batches) if batches else ():
            self._keep([_key(text, role) for text in batch], encode(batch))
        return np.stack([self._known[_key(text, role)] for text in texts])

    def _keep(self, keys: Sequence[bytes], vectors: Vectors) -> None:
        records = b"".join(key + vector.astype("<f4").tobytes() for key, vector in zip(keys, vectors, strict=True))
        try:
            with self._path.open("ab") as file:
                if file.tell() == 0:
                    file.write(f"{vectors.shape[1]} {self.fingerprint}\n".encode())
                file.write(records)
        except OSError as error:
            raise self._unusable(error) from error
        self._known.update(zip(keys, vectors, strict=True))

    def _read(self, data: bytes) -> None:
        head, line_feed, body = data.partition(b"\n")
        dimension, _, fingerprint = head.decode("utf-8", "replace").partition(" ")
        if not line_feed or not dimension.isdigit() or fingerprint != self.fingerprint:
            raise BatchError(
                "cache_foreign",
                f"{self._path} はこのモデルのベクトルの控えではありません。消すか、--cache で別のフォルダを指定してください。"
                " (not a vector cache of this model: delete it)",
            )
        size = _KEY + 4 * int(dimension)
        whole = len(body) // size * size
        if whole < len(body):  # the last record was being written when the program ended
            with self._path.open("r+b") as file:
                file.truncate(len(head) + 1 + whole)
        rows = np.frombuffer(body[:whole], dtype=[("key", f"V{_KEY}"), ("vector", "<f4", int(dimension))])
        self._known = {key.tobytes(): vector for key, vector in zip(rows["key"], rows["vector"], strict=True)}

    def _unusable(self, error: OSError) -> OutputError:
        return OutputError(
            "cache_unwritable",
            f"ベクトルの控え {self._path} を使えません: {error.strerror}。--cache で別のフォルダを指定してください。"
            " (the vector cache cannot be read or written)",
        )


def _key(text: str, role: Role) -> bytes:
    return hashlib.sha256(f"{role}\0{text}".encode("utf-8", "surrogatepass")).digest()
