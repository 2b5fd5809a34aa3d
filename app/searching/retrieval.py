"""A query to hits: every leg asked, their rankings fused. Knows nothing of plans or answers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from app.schema import Hit
from app.searching.dense_index import Mask, Rows, Scores
from app.searching.embedding import Encoder
from app.searching.fusion import Leg, fuse
from app.searching.generation import Generation
from app.searching.lexical_index import bigram_terms, word_terms

# Of 0.3, 0.5 and 0.7 for the dense leg on public sets, see README, "How good is it".
WEIGHTS: Mapping[str, float] = {"dense": 0.6, "words": 0.2, "bigrams": 0.2}
CANDIDATES = 100


class Retriever:
    """Searches one generation."""

    def __init__(self, generation: Generation, encoder: Encoder) -> None:
        self._generation = generation
        self._encoder = encoder

    def legs(self, query: str, k: int = CANDIDATES, allowed: Mask | None = None) -> dict[str, Leg]:
        """The best `k` rows and scores of each leg: `dense`, `words`, `bigrams`."""
        generation = self._generation
        vector = self._encoder.encode_queries([query])[0]
        return {
            "dense": generation.dense.search(vector, k, allowed),
            "words": generation.words.search(word_terms(generation.tokenizer.tokenize(query)), k, allowed),
            "bigrams": generation.bigrams.search(bigram_terms(query), k, allowed),
        }

    def search(self, query: str, k: int = 10, allowed: Mask | None = None) -> list[Hit]:
        """The best `k` hits among the `allowed` passages (a mask over all of them), best first."""
        legs = self.legs(query, max(k, CANDIDATES), allowed)
        rows, scores = fuse(legs, WEIGHTS)
        return self._hits(rows[:k], scores[:k], legs)

    def _hits(self, rows: Rows, scores: Scores, legs: Mapping[str, Leg]) -> list[Hit]:
        raw = {
            name: dict(zip(found.tolist(), values.tolist(), strict=True)) for name, (found, values) in legs.items()
        }
        return [
            Hit(
                passage=self._generation.reading.passages[row],
                score=float(score),
                legs={name: float(found[row]) for name, found in raw.items() if row in found},
            )
            for row, score in zip(rows.tolist(), scores.tolist(), strict=True)
        ]

    def mask(self, zones: frozenset[str]) -> Mask:
        """The passages of these zones."""
        return np.array([passage.zone in zones for passage in self._generation.reading.passages])
