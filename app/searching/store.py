"""Where the passages of one generation are searched: the seam between retrieval and the engine that holds the index.

Row i is passage i, in every leg and for every engine. An engine of another kind is held to the embedded one's scores.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from app.schema import Term
from app.searching.dense_index import DenseIndex, Mask, Rows
from app.searching.embedding import Vectors
from app.searching.fusion import Leg
from app.searching.lexical_index import LexicalIndex

_VECTORS, _WORDS, _BIGRAMS = "vectors", "words", "bigrams"


@dataclass(frozen=True, slots=True)
class Found:
    """What the legs found, by their names; and of the rows of the words leg, how much of the terms each covers."""

    legs: Mapping[str, Leg]
    coverage: Leg


class Store(Protocol):
    """Finds rows. Safe to share between threads."""

    def search(
        self, vector: Vectors, terms: Sequence[Term], pairs: Sequence[str], k: int, allowed: Mask | None = None
    ) -> Found:
        """The best `k` rows of every leg among those `allowed`: by a vector, by the terms' words, and by bigrams."""

    def holding(self, term: Term) -> Rows:
        """The rows that hold a term by any of its alternatives, in order."""


class EmbeddedStore:
    """The index in files beside the passages: FAISS, and BM25 over words and over bigrams."""

    def __init__(self, dense: DenseIndex, words: LexicalIndex, bigrams: LexicalIndex) -> None:
        self.dense = dense
        self.words = words
        self.bigrams = bigrams

    @classmethod
    def open(cls, folder: Path) -> EmbeddedStore:
        """Open what `save` wrote, by memory map."""
        return cls(
            DenseIndex.open(folder / _VECTORS), LexicalIndex.open(folder / _WORDS), LexicalIndex.open(folder / _BIGRAMS)
        )

    def save(self, folder: Path) -> None:
        """Write the index into an existing folder."""
        self.dense.save(folder / _VECTORS)
        self.words.save(folder / _WORDS)
        self.bigrams.save(folder / _BIGRAMS)

    def search(
        self, vector: Vectors, terms: Sequence[Term], pairs: Sequence[str], k: int, allowed: Mask | None = None
    ) -> Found:
        """See `Store`."""
        rows, scores, coverage = self.words.find(terms, k, allowed)
        legs: dict[str, Leg] = {
            "dense": self.dense.search(vector, k, allowed),
            "words": (rows, scores),
            "bigrams": self.bigrams.search(pairs, k, allowed),
        }
        return Found(legs, (rows, coverage))

    def holding(self, term: Term) -> Rows:
        """See `Store`."""
        return self.words.holding(term)
