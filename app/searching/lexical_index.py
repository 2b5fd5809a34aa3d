"""Terms to passages that share them: BM25 over words, and over character bigrams. The only module that knows bm25s."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from app.reading.normalization import normalize
from app.schema import Term, Token
from app.searching.dense_index import Mask, Rows, Scores

# A low K1: that a passage has a word says much, how often says little. See docs/retrieval.md for what was compared.
K1, B = 0.3, 0.75


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


def idf(passages: int, frequency: int) -> float:
    """Inverse document frequency in Lucene's form, for a term that `frequency` of so many passages hold."""
    return math.log(1 + (passages - frequency + 0.5) / (frequency + 0.5))


class LexicalIndex:
    """Passages by row number; scores are shares in (0, 1) of the most that BM25 could give to a query's terms."""

    def __init__(self, index: Any | None) -> None:
        self._index = index  # None when no passage has a term

    @classmethod
    def build(cls, texts: Sequence[Sequence[str]]) -> LexicalIndex:
        """Index one list of terms for each passage."""
        if not any(texts):
            return cls(None)
        import bm25s

        # Numbered here and in order: left to bm25s, the numbers would differ from process to process.
        vocabulary = {term: i for i, term in enumerate(sorted({term for terms in texts for term in terms}))}
        index = bm25s.BM25(k1=K1, b=B, method="lucene")
        ids = [[vocabulary[term] for term in terms] for terms in texts]
        index.index((ids, vocabulary), create_empty_token=False, show_progress=False)
        return cls(index)

    @classmethod
    def open(cls, folder: Path) -> LexicalIndex:
        """Open what `save` wrote, by memory map."""
        if not folder.is_dir():
            return cls(None)
        import bm25s

        return cls(bm25s.BM25.load(str(folder), mmap=True))

    def save(self, folder: Path) -> None:
        """Write the index into a folder; an index without terms writes none."""
        if self._index is not None:
            self._index.save(str(folder), show_progress=False)

    def frequencies(self) -> dict[str, int]:
        """In how many passages each term stands, in the order of the terms' numbers."""
        if self._index is None:
            return {}
        starts = self._index.scores["indptr"]
        numbered = sorted(self._index.vocab_dict.items(), key=lambda item: item[1])
        return {term: int(starts[number + 1] - starts[number]) for term, number in numbered}

    def weights(self) -> Iterator[tuple[int, dict[int, float]]]:
        """Every row that has a term, in order, with its terms' numbers and what BM25 gives for each."""
        if self._index is None:
            return
        matrix = self._index.scores
        columns = np.repeat(np.arange(len(matrix["indptr"]) - 1), np.diff(matrix["indptr"]))
        order = np.argsort(matrix["indices"], kind="stable")
        rows, first = np.unique(matrix["indices"][order], return_index=True)
        for row, place in zip(rows.tolist(), np.split(order, first[1:]), strict=True):
            yield row, dict(zip(columns[place].tolist(), matrix["data"][place].tolist(), strict=True))

    def search(self, terms: Sequence[str], k: int, allowed: Mask | None = None) -> tuple[Rows, Scores]:
        """The best `k` rows that share a term, best first, ties by row; none if no term is known."""
        nothing = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
        if self._index is None:
            return nothing
        known = [term for term in terms if term in self._index.vocab_dict]
        if not known:
            return nothing
        scores = self._index.get_scores(known) / self._ceiling(terms)
        if allowed is not None:
            scores = np.where(allowed, scores, 0.0)
        rows = _best(scores, k)
        return rows, scores[rows].astype(np.float32)

    def find(self, terms: Sequence[Term], k: int, allowed: Mask | None = None) -> tuple[Rows, Scores, Scores]:
        """The best `k` rows that hold any of some terms, by any alternative of each: rows, scores, coverage.

        A score is the share of what BM25 could give, as in `search`, a term counting by its best alternative and its
        weight. Coverage, in [0, 1], is the share of the terms that are there at all, by weight and rarity.
        """
        none = np.empty(0, dtype=np.float32)
        if self._index is None or not terms:
            return np.empty(0, dtype=np.int64), none, none
        passages = int(self._index.scores["num_docs"])
        scores = np.zeros(passages, dtype=np.float32)
        covered = np.zeros(passages, dtype=np.float32)
        ceiling = rarity = 0.0
        for term in terms:
            best = np.zeros(passages, dtype=np.float32)
            highest = 0.0
            for alternative in term.alternatives:
                found, values = self._postings(alternative)
                np.maximum.at(best, found, values)
                if len(found):
                    highest = max(highest, self._ceiling(alternative))
            there = best > 0
            weight = term.weight * idf(passages, int(there.sum()))
            scores += term.weight * best
            covered += weight * there
            rarity += weight
            ceiling += term.weight * (highest or idf(passages, 0))
        if allowed is not None:
            scores = np.where(allowed, scores, 0.0)
        rows = _best(scores, k)
        return rows, (scores[rows] / ceiling).astype(np.float32), (covered[rows] / rarity).astype(np.float32)

    def holding(self, term: Term) -> Rows:
        """The rows that hold a term by any of its alternatives, in order."""
        if self._index is None or not term.alternatives:
            return np.empty(0, dtype=np.int64)
        return np.unique(np.concatenate([self._postings(words)[0] for words in term.alternatives])).astype(np.int64)

    def _postings(self, terms: Sequence[str]) -> tuple[Rows, Scores]:
        """The rows that hold all of these terms, and the sum of what BM25 gives for each."""
        assert self._index is not None
        matrix = self._index.scores
        found: Rows | None = None
        for term in terms:
            column = self._index.vocab_dict.get(term)
            if column is None:
                return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
            place = slice(int(matrix["indptr"][column]), int(matrix["indptr"][column + 1]))
            rows, values = np.asarray(matrix["indices"][place]), np.asarray(matrix["data"][place])
            if found is None:
                found, total = rows, values
            else:
                found, here, there = np.intersect1d(found, rows, assume_unique=True, return_indices=True)
                total = total[here] + values[there]
        assert found is not None
        return found, total

    def _ceiling(self, terms: Sequence[str]) -> float:
        """The sum of the terms' inverse document frequencies: what BM25 (Lucene's form) approaches but never reaches.

        A term that no passage has counts in full, so that a query of which little is found keeps a small share.
        """
        assert self._index is not None
        passages, starts = int(self._index.scores["num_docs"]), self._index.scores["indptr"]
        ceiling = 0.0
        for term in terms:
            row = self._index.vocab_dict.get(term)
            frequency = 0 if row is None else int(starts[row + 1] - starts[row])
            ceiling += idf(passages, frequency)
        return ceiling


def _best(scores: Scores, k: int) -> Rows:
    """The rows of the `k` best scores above 0, best first, ties by row."""
    rows = np.flatnonzero(scores > 0)
    if len(rows) > k:  # whoever ties with the last one stays until the order by row decides
        rows = rows[scores[rows] >= np.partition(scores[rows], -k)[-k]]
    return rows[np.lexsort((rows, -scores[rows]))][:k].astype(np.int64)
