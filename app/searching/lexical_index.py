"""Terms to the best passages that share them: BM25 over words, and over character bigrams.

Where a query's terms are in few passages, all of these are scored. Where they are in many, it is MaxScore (Turtle and
Flood, 1995): the terms that can give most are added up first, and once no passage without them can be among the best,
what the others give is looked up for the passages that still can. The result is the same, to the last bit.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.reading.normalization import normalize
from app.schema import Term, Token
from app.searching.dense_index import Mask, Rows, Scores
from app.searching.postings import Postings, idf

# Postings of a query up to which adding them all up is as fast as choosing among them.
_FEW = 20_000
# Looking a row up in a list takes as long as adding up so many of the list's.
_LOOKUP = 16
# Sums in 32 bit differ with their order, by at most this share of them.
_ROUNDING = 1e-5


def word_terms(tokens: Iterable[Token]) -> list[str]:
    """The dictionary forms of a text's content words."""
    return [token.base for token in tokens if token.content]


def bigram_terms(text: str) -> list[str]:
    """Overlapping pairs of a text's letters and digits; pairs do not reach across spaces or punctuation.

    >>> bigram_terms("虹口区、AI")
    ['虹口', '口区', 'ai']
    """
    folded = normalize(text).text
    return [
        folded[i : i + 2]
        for i in range(len(folded) - 1)
        if folded[i].isalnum() and folded[i + 1].isalnum()
    ]


@dataclass(frozen=True, slots=True)
class _Clause:
    """What one term of a query gives: `values` to the passages `rows`, which rise, each times `weight`."""

    rows: NDArray[Any]
    values: Scores
    peak: float
    weight: float = 1.0

    @property
    def bound(self) -> float:
        """The most that it gives a passage."""
        return self.weight * self.peak

    def at(self, rows: Rows) -> Scores:
        """What it gives each of some rows, before its weight; 0 to those that do not hold it."""
        if len(self.rows) == 0:
            return np.zeros(len(rows), dtype=np.float32)
        places = np.minimum(np.searchsorted(self.rows, rows.astype(self.rows.dtype)), len(self.rows) - 1)
        return np.where(self.rows[places] == rows, self.values[places], np.float32(0))


class LexicalIndex:
    """Passages by row number; scores are shares in (0, 1) of the most that BM25 could give to a query's terms."""

    def __init__(self, postings: Postings) -> None:
        self.postings = postings

    @classmethod
    def build(cls, texts: Iterable[Sequence[str]]) -> LexicalIndex:
        """Index one list of terms for each passage."""
        return cls(Postings.build(texts))

    @classmethod
    def open(cls, folder: Path) -> LexicalIndex:
        """Open what `save` wrote, by memory map."""
        return cls(Postings.open(folder))

    def save(self, folder: Path) -> None:
        """Write the index into a folder of its own, made for it."""
        self.postings.save(folder)

    def search(self, terms: Sequence[str], k: int, allowed: Mask | None = None) -> tuple[Rows, Scores]:
        """The best `k` rows that share a term, best first, ties by row; none if no term is known."""
        numbers = [self.postings.term(term) for term in terms]
        clauses = [self._clause(number) for number in numbers if number is not None]
        if not clauses:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
        rows, sums = self._candidates(clauses, k, allowed)
        scores = sums / self._ceiling(numbers)
        best = best_places(scores, k)
        return rows[best], scores[best]

    def find(self, terms: Sequence[Term], k: int, allowed: Mask | None = None) -> tuple[Rows, Scores, Scores]:
        """The best `k` rows that hold any of some terms, by any alternative of each: rows, scores, coverage.

        A score is the share of what BM25 could give, as in `search`, a term counting by its best alternative and its
        weight. Coverage, in [0, 1], is the share of the terms that are there at all, by weight and rarity.
        """
        none = np.empty(0, dtype=np.float32)
        passages = self.postings.passages
        clauses, ceiling = [], 0.0
        for term in terms:
            clause, highest = self._any_of(term)
            clauses.append(clause)
            ceiling += term.weight * (highest or idf(passages, 0))
        rows, sums = self._candidates(clauses, k, allowed) if clauses else (np.empty(0, dtype=np.int64), none)
        best = best_places(sums, k)
        rows, sums = rows[best], sums[best]
        covered, rarity = np.zeros(len(rows), dtype=np.float32), 0.0
        for clause in clauses:
            weight = clause.weight * idf(passages, len(clause.rows))
            covered += weight * (clause.at(rows) > 0)
            rarity += weight
        return rows, sums / ceiling if ceiling else sums, covered / rarity if rarity else covered

    def holding(self, term: Term) -> Rows:
        """The rows that hold a term by any of its alternatives, in order."""
        return self._any_of(term)[0].rows.astype(np.int64)

    def _clause(self, number: int) -> _Clause:
        return _Clause(*self.postings.of(number), self.postings.peak(number))

    def _any_of(self, term: Term) -> tuple[_Clause, float]:
        """What a term gives by the best of its alternatives; and the highest of these alternatives' ceilings."""
        found, highest = [], 0.0
        for words in term.alternatives:
            numbers = [self.postings.term(word) for word in words]
            clause = self._all_of([number for number in numbers if number is not None]) if None not in numbers else None
            if clause and len(clause.rows):
                found.append(clause)
                highest = max(highest, self._ceiling(numbers))
        if len(found) == 1:
            (only,) = found
            return _Clause(only.rows, only.values, only.peak, term.weight), highest
        rows = np.concatenate([np.empty(0, dtype=np.int32), *(clause.rows for clause in found)])
        values = np.concatenate([np.empty(0, dtype=np.float32), *(clause.values for clause in found)])
        order = np.argsort(rows, kind="stable")  # merges runs that rise already
        first = np.flatnonzero(np.diff(rows[order], prepend=-1))
        if len(first):
            rows, values = rows[order][first], np.maximum.reduceat(values[order], first)
        return _Clause(rows, values, max((clause.peak for clause in found), default=0.0), term.weight), highest

    def _all_of(self, numbers: Sequence[int]) -> _Clause | None:
        """What several terms give together to the passages that hold them all; None without a term."""
        clauses = [self._clause(number) for number in numbers]
        if len(clauses) < 2:
            return clauses[0] if clauses else None
        rows = min(clauses, key=lambda clause: len(clause.rows)).rows
        values = [clause.at(rows) for clause in clauses]
        held = np.logical_and.reduce([value > 0 for value in values])
        total = values[0][held]
        for value in values[1:]:
            total = total + value[held]
        return _Clause(rows[held], total, sum(clause.peak for clause in clauses))

    def _candidates(self, clauses: Sequence[_Clause], k: int, allowed: Mask | None) -> tuple[Rows, Scores]:
        """Rows in order with the sums of what the clauses give them, above 0: the best `k` allowed ones are among them."""
        total = np.zeros(self.postings.passages, dtype=np.float32)
        if allowed is not None:
            total[~allowed] = -np.inf
        if sum(len(clause.rows) for clause in clauses) <= _FEW:
            for clause in clauses:
                total[clause.rows] += clause.weight * clause.values
            rows = np.flatnonzero(total > 0)
            return rows, total[rows]
        rows = _promising(total, sorted(clauses, key=lambda clause: -clause.bound), k)
        sums = np.zeros(len(rows), dtype=np.float32)
        for clause in clauses:
            sums += clause.weight * clause.at(rows)
        return rows, sums

    def _ceiling(self, numbers: Sequence[int | None]) -> float:
        """The sum of the terms' inverse document frequencies: what BM25 (Lucene's form) approaches but never reaches.

        A term that no passage has counts in full, so that a query of which little is found keeps a small share.
        """
        passages = self.postings.passages
        return sum(idf(passages, self.postings.frequency(number)) for number in numbers)


def _promising(total: Scores, clauses: Sequence[_Clause], k: int) -> Rows:
    """The rows that may be among the best `k` by the sums of clauses, of which the first can give most, in order.

    `total` is 0, or below 0 for rows that may not; it is added to.
    """
    bounds = np.array([clause.bound for clause in clauses])
    rest = np.append(np.cumsum(bounds[::-1])[::-1], 0.0)  # what the clauses from each one on can give
    slack = _ROUNDING * rest[0]
    least = 0.0  # at least k rows have so much
    rows: Rows | None = None  # all that can still be among the best; None before that is known
    for place, clause in enumerate(clauses):
        if rows is None and rest[place] + slack < least:
            rows = np.flatnonzero(total >= least - rest[place] - slack)
        if rows is not None and len(rows) * _LOOKUP < len(clause.rows):
            total[rows] += clause.weight * clause.at(rows)
        else:
            total[clause.rows] += clause.weight * clause.values
        known = clause.rows if rows is None else rows
        if len(known) >= k:
            sums = total[known]
            least = max(least, float(np.partition(sums, -k)[-k]))
            if rows is not None:
                rows = rows[sums >= least - rest[place + 1] - slack]
    return np.flatnonzero((total > 0) & (total >= least - slack)) if rows is None else rows


def best_places(scores: Scores, k: int) -> Rows:
    """The places of the `k` best scores above 0, best first, ties in order."""
    places = np.flatnonzero(scores > 0)
    if len(places) > k:  # whoever ties with the last one stays until the order decides
        places = places[scores[places] >= np.partition(scores[places], -k)[-k]]
    return places[np.lexsort((places, -scores[places]))][:k].astype(np.int64)
