"""Texts to the subwords of the default model: SentencePiece's Unigram, the likeliest way to cut a text.

Kudo (2018), "Subword Regularization". Own code, because the library `tokenizers` takes 1.3 s and 300 MB to load these
250,002 pieces, and a question has twenty of them. They are looked up by a hash, all runs of a text at once: a dict of
them takes 0.2 s and 50 MB at each start, this 0.05 s and 10 MB.
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
# Of the polynomial that a run of characters is hashed by, modulo 2^64; odd, so that no character is multiplied away.
_FACTOR = np.uint64(0x9E3779B97F4A7C15)

Hashes = NDArray[np.uint64]


class Subwords:
    """Cuts texts into the ids of a model's pieces."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self._unknown_score = float(weights.scores.min()) - _UNKNOWN_PENALTY
        lengths = np.diff(weights.bounds)
        self._longest = int(lengths.max())
        letters = _letters(weights.text)
        hashes = np.zeros(len(lengths), np.uint64)
        for place in range(self._longest):
            longer = np.flatnonzero(lengths > place)
            hashes[longer] = _extended(hashes[longer], letters[weights.bounds[longer] + place])
        order = np.argsort(hashes)
        order = order[~np.isin(order, [weights.start, weights.end, weights.unknown])]
        self._ids, self._hashes = order, hashes[order]

    def ids(self, text: str) -> NDArray[np.int64]:
        """The ids of the pieces that make up a text, in order; spaces are folded, and one is put before it."""
        folded = re.sub("  +", " ", text.translate(self._weights.folded))
        return np.array(self._cut((folded if folded.startswith(" ") else f" {folded}").replace(" ", _SPACE)), np.int64)

    def _cut(self, text: str) -> list[int]:
        """Viterbi: for every place the likeliest cut that ends there."""
        length = len(text)
        best = [0.0, *[_NEVER] * length]
        last = [(0, 0)] * (length + 1)  # where the last piece begins, and which it is
        for start, pieces in enumerate(self._pieces_in(text)):
            so_far = best[start]
            if so_far + self._unknown_score > best[start + 1]:
                best[start + 1], last[start + 1] = so_far + self._unknown_score, (start, self._weights.unknown)
            for end, id, score in pieces:
                if so_far + score > best[end]:
                    best[end], last[end] = so_far + score, (start, id)
        found = []
        while length > 0:
            length, id = last[length]
            found.append(id)
        return found[::-1]

    def _pieces_in(self, text: str) -> list[list[tuple[int, int, float]]]:
        """For every place the pieces that begin there, shortest first: where they end, their ids and scores."""
        letters = _letters(text)
        hashes = np.zeros((len(text), self._longest), np.uint64)  # of the run from a place of so many characters and one
        for more in range(min(self._longest, len(text))):
            before = hashes[: len(text) - more, more - 1] if more else np.uint64(0)
            hashes[: len(text) - more, more] = _extended(before, letters[more:])
        places = np.searchsorted(self._hashes, hashes).clip(max=len(self._hashes) - 1)
        starts, longer = np.nonzero(self._hashes[places] == hashes)
        ids = self._ids[places[starts, longer]]
        found: list[list[tuple[int, int, float]]] = [[] for _ in text]
        for start, end, id, score in zip(
            starts.tolist(), (starts + longer + 1).tolist(), ids.tolist(), self._weights.scores[ids].tolist(), strict=True
        ):
            if text[start:end] == self._weights.piece(id):  # not another run of the same hash
                found[start].append((end, id, score))
        return found


def _letters(text: str) -> NDArray[np.uint64]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4").astype(np.uint64)


def _extended(hashes: Hashes | np.uint64, letters: NDArray[np.uint64]) -> Hashes:
    """The hashes of runs of characters with one more each."""
    return hashes * _FACTOR + letters + np.uint64(1)
