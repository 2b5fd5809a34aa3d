"""A query to hits: every leg asked, their rankings fused. Knows nothing of plans or answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from app.schema import Hit
from app.searching.dense_index import Mask, Rows, Scores
from app.searching.embedding import Encoder
from app.searching.fusion import Leg, fuse
from app.searching.generation import Generation
from app.searching.lexical_index import bigram_terms, word_terms

# Measured on the tuning half of the sample questions; see README, "How good is it".
WEIGHTS: Mapping[str, float] = {"dense": 1.0, "words": 2.0, "bigrams": 2.0}
CANDIDATES = 100


class Retriever:
    """Searches one generation."""

    def __init__(self, generation: Generation, encoder: Encoder) -> None:
        self._generation = generation
        self._encoder = encoder

    def legs(
        self, queries: Sequence[str], terms: str, k: int = CANDIDATES, allowed: Mask | None = None
    ) -> dict[str, Leg]:
        """The best `k` rows and scores of each leg: `dense` for the queries, `words` and `bigrams` for the terms.

        The dense score is the mean of the queries' cosines: their vectors' mean, not normalised again, gives just that.
        """
        generation = self._generation
        vector = self._encoder.encode_queries(queries).mean(axis=0)
        return {
            "dense": generation.dense.search(vector, k, allowed),
            "words": generation.words.search(word_terms(generation.tokenizer.tokenize(terms)), k, allowed),
            "bigrams": generation.bigrams.search(bigram_terms(terms), k, allowed),
        }

    def search(
        self, queries: Sequence[str], terms: str, k: int = 10, allowed: Mask | None = None, bonus: Scores | None = None
    ) -> list[Hit]:
        """The best `k` hits among the `allowed` passages (a mask over all of them), best first.

        `queries` are wordings of what is asked, for meaning; `terms` the words of it that should be found; `bonus` is
        added to each passage's fused score (one number for each passage, in deviations of the dense leg).
        """
        legs = self.legs(queries, terms, max(k, CANDIDATES), allowed)
        rows, scores = fuse(legs, WEIGHTS)
        if bonus is not None:
            scores = scores + bonus[rows]
            order = np.lexsort((rows, -scores))
            rows, scores = rows[order], scores[order]
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
