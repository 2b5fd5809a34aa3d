"""A query to hits: every leg asked, their rankings fused. Knows nothing of plans or answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np

from app.schema import Hit, Term
from app.searching.dense_index import Mask, Rows, Scores
from app.searching.embedding import Encoder, Vectors
from app.searching.fusion import Leg, fuse
from app.searching.generation import Generation
from app.searching.lexical_index import bigram_terms
from app.searching.postings import idf
from app.searching.store import Found

# By how much a share of the question's information counts beside a cosine: fitted on JaQuAD's training half alone (see
# docs/retrieval.md). A cosine is multiplied so that what is added to it, `bonus`, is in deviations of that leg.
WEIGHTS: Mapping[str, float] = {"dense": 60.0, "words": 9.0, "bigrams": 9.0}
CANDIDATES = 100
# Encoding is nearly all that a question costs, and a conversation asks its earlier questions again: 0.4 MB of vectors.
VECTORS = 256


class Retriever:
    """Searches one generation."""

    def __init__(self, generation: Generation, encoder: Encoder) -> None:
        self._generation = generation
        self._encoder = encoder
        self._known_bases: dict[str, tuple[str, ...]] = {}
        self._vector = lru_cache(VECTORS)(self._encode)

    def search(
        self,
        queries: Sequence[str],
        terms: Sequence[Term],
        k: int = 10,
        allowed: Mask | None = None,
        bonus: Scores | None = None,
    ) -> list[Hit]:
        """The best `k` hits among the `allowed` passages (a mask over all of them), best first.

        `queries` are wordings of what is asked, as asked first, for meaning; `terms` the words of it that should be
        found; `bonus` is added to each passage's fused score (one number for each passage, of the size of a deviation
        of the dense leg). The dense score is the mean of the queries' cosines: their vectors' mean, not normalised
        again, gives just that.
        """
        found = self._ask(queries, terms, max(k, CANDIDATES), allowed)
        rows_found, fused = fuse(found.legs, WEIGHTS)
        if bonus is not None:
            fused = fused + bonus[rows_found]
            order = np.lexsort((rows_found, -fused))
            rows_found, fused = rows_found[order], fused[order]
        return self._hits(rows_found[:k], fused[:k], {**found.legs, "coverage": found.coverage})

    def legs(self, queries: Sequence[str], terms: Sequence[Term], k: int = CANDIDATES) -> Mapping[str, Leg]:
        """What each leg finds by itself, its best `k` rows, for `search`'s queries and terms."""
        return self._ask(queries, terms, k, None).legs

    def coverage(self, terms: Sequence[Term]) -> Scores:
        """For every passage the share of the terms that it holds itself, by weight and rarity: in [0, 1].

        Several words for one thing stand together in it, and one that stands in its zone's name alone is none of it:
        総合保税区's measures are not all about 保税.
        """
        passages = len(self._generation.reading.passages)
        covered = np.zeros(passages, dtype=np.float32)
        total = 0.0
        for term in terms:
            rows = self._generation.store.holding(term)
            weight = term.weight * idf(passages, len(rows))
            covered[[row for row in rows.tolist() if self._holds(row, term)]] += weight
            total += weight
        return covered / total if total else covered

    def _ask(self, queries: Sequence[str], terms: Sequence[Term], k: int, allowed: Mask | None) -> Found:
        vector = np.stack([self._vector(query) for query in queries]).mean(axis=0)
        return self._generation.store.search(vector, terms, bigram_terms(queries[0]), k, allowed)

    def _encode(self, query: str) -> Vectors:
        (vector,) = self._encoder.encode_queries([query])
        return np.asarray(vector)

    def _holds(self, row: int, term: Term) -> bool:
        passage = self._generation.reading.passages[row]
        return any(_stands_in(words, self._bases(said)) for words in term.alternatives for said in (passage.text, passage.kind))

    def _bases(self, text: str) -> tuple[str, ...]:
        if text not in self._known_bases:
            tokens = self._generation.tokenizer.tokenize(text)
            self._known_bases[text] = tuple(token.base for token in tokens if token.content)
        return self._known_bases[text]

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


def _stands_in(words: Sequence[str], text: Sequence[str]) -> bool:
    """Whether words stand in a text in their order, with at most one more between: 研究機関 in 研究開発機関.

    >>> _stands_in(("炭素", "金融"), ("金融", "低", "炭素"))
    False
    """
    for i, word in enumerate(text):
        following = iter(text[i : i + len(words) + 1])
        if word == words[0] and all(other in following for other in words):
            return True
    return False
