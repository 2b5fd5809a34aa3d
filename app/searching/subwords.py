"""Texts to the subwords of the default model: SentencePiece's Unigram, the likeliest way to cut a text.

Kudo (2018), "Subword Regularization". Own code, because the library `tokenizers` takes 1.3 s and 300 MB to load these
250,002 pieces (this: 0.1 s and 45 MB), and a question has twenty of them.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from app.searching.weights import Weights

_SPACE = "\u2581"
# A character that no piece has costs this much more than the least likely piece, as in SentencePiece.
_UNKNOWN_PENALTY = 10.0
_NEVER = float("-inf")


class Subwords:
    """Cuts texts into the ids of a model's pieces."""

    def __init__(self, weights: Weights) -> None:
        self._scores = weights.scores
        self._folded = weights.folded
        self._unknown = weights.unknown
        self._unknown_score = min(weights.scores) - _UNKNOWN_PENALTY
        special = {weights.start, weights.end, weights.unknown}
        self._ids = {piece: id for id, piece in enumerate(weights.pieces) if id not in special}
        self._longest = max(map(len, self._ids))

    def ids(self, text: str) -> NDArray[np.int64]:
        """The ids of the pieces that make up a text, in order; spaces are folded, and one is put before it."""
        folded = re.sub("  +", " ", text.translate(self._folded))
        return np.array(self._cut((folded if folded.startswith(" ") else f" {folded}").replace(" ", _SPACE)), np.int64)

    def _cut(self, text: str) -> list[int]:
        """Viterbi: for every place the likeliest cut that ends there."""
        ids, scores, length = self._ids, self._scores, len(text)
        best = [0.0, *[_NEVER] * length]
        last = [(0, 0)] * (length + 1)  # where the last piece begins, and which it is
        for start in range(length):
            so_far = best[start]
            if so_far + self._unknown_score > best[start + 1]:
                best[start + 1], last[start + 1] = so_far + self._unknown_score, (start, self._unknown)
            for end in range(start + 1, min(length, start + self._longest) + 1):
                id = ids.get(text[start:end])
                if id is not None and so_far + scores[id] > best[end]:
                    best[end], last[end] = so_far + scores[id], (start, id)
        found = []
        while length > 0:
            length, id = last[length]
            found.append(id)
        return found[::-1]
