"""A generation's index in Milvus: the scores of `EmbeddedStore`, number by number.

The words' hashes and how many passages hold each stay beside the passages, in milvus.json. The server gives the rows with the
highest bounds, and the weights of each; what they score is computed here.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from app.errors import EngineError
from app.schema import Term
from app.searching.dense_index import Mask, Rows, Scores
from app.searching.embedding import Vectors
from app.searching.fusion import Leg
from app.searching.milvus_server import FILE, collection, connect, count
from app.searching.postings import idf, term_hash
from app.searching.store import Found

LIMIT = 16_384  # the most that Milvus returns to one search
# By how much the server's sum of 32 bit products may be off, as a share of it: it may add in another order than we do.
_OFF = 1e-5

Weights = Mapping[int, float]
"""The numbers of the terms that a passage holds, each with its BM25 weight."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A lexical leg's terms' numbers by their hashes, how many passages hold each, and how many passages there are."""

    numbers: Mapping[int, int]
    frequencies: Sequence[int]
    passages: int

    def number(self, term: str) -> int | None:
        """The number of a term, None if no passage holds it."""
        return self.numbers.get(int(term_hash(term)))

    def known(self, alternatives: Iterable[Sequence[str]]) -> list[tuple[int, ...]]:
        """As numbers, the alternatives of which every word is in some passage."""
        found = [[self.number(word) for word in words] for words in alternatives]
        return [tuple(number for number in numbers if number is not None) for numbers in found if numbers and None not in numbers]

    def ceiling(self, terms: Iterable[str]) -> float:
        """See `LexicalIndex`: the sum of the terms' inverse document frequencies."""
        numbers = map(self.number, terms)
        return sum((idf(self.passages, 0 if i is None else self.frequencies[i]) for i in numbers), 0.0)


class MilvusStore:
    """See `Store`; a search is a few requests to the server. Every method raises EngineError if it fails."""

    def __init__(self, address: str, generation: str, folder: Path) -> None:
        """Open what `upload` and `describe` wrote. Raises EngineError if a collection is missing or not whole."""
        self._call = connect(address)
        self._generation = generation
        data = json.loads((folder / FILE).read_text(encoding="utf-8"))
        for leg, expected in data["entities"].items():
            name = collection(generation, leg)
            there = count(self._call, name) if self._call("has_collection", name) else None
            if there != expected:
                raise EngineError(
                    "store_incomplete",
                    f"{address} のコレクション {name} が{'ありません' if there is None else f'不完全です（{there}/{expected} 件）'}。"
                    f"`python -m app index --rebuild --store {address}` で作り直してください。"
                    f" (the collection is {'missing' if there is None else 'incomplete'}: rebuild it with that command)",
                )
        self._words, self._bigrams = (
            Vocabulary({int(term): i for i, term in enumerate(found)}, list(found.values()), data["passages"])
            for found in (data["frequencies"]["words"], data["frequencies"]["bigrams"])
        )
        self._standing = lru_cache(4096)(self._look_up)

    def search(
        self, vector: Vectors, terms: Sequence[Term], pairs: Sequence[str], k: int, allowed: Mask | None = None
    ) -> Found:
        """See `Store`."""
        legs = {"dense": (nothing := _leg([])), "words": nothing, "bigrams": nothing}
        if not np.isfinite(vector).all():
            raise ValueError("the query vector holds NaN or infinity")
        if allowed is not None and not allowed.any():
            return Found(legs, nothing)
        only = "" if allowed is None else runs(allowed)
        legs["dense"] = self._nearest(vector.astype(np.float32), k, only)
        legs["words"], coverage = self._find(terms, k, only)
        legs["bigrams"] = self._pairs(pairs, k, only)
        return Found(legs, coverage)

    def holding(self, term: Term) -> Rows:
        """See `Store`. Raises EngineError if more than `LIMIT` rows hold one of the term's words."""
        known = self._words.known(term.alternatives)
        held = [row for row, weights in self._holders(known) if any(_holds(weights, words) for words in known)]
        return np.array(sorted(held), dtype=np.int64)

    def _nearest(self, vector: Vectors, k: int, only: str) -> Leg:
        wanted = 4 * k  # several vectors of one passage may crowd out others: ask for more until there are k passages
        while True:
            wanted = min(wanted, LIMIT)
            hits = self._hits("dense", vector, wanted, only, [])
            best: dict[int, float] = {}
            for row, score, _ in hits:
                best[row] = max(score, best.get(row, score))
            if len(best) >= k or len(hits) < wanted:
                return _leg(sorted(best.items(), key=lambda item: -item[1])[:k])
            if wanted == LIMIT:
                raise _too_many(f"{k} passages")
            wanted *= 4

    def _find(self, terms: Sequence[Term], k: int, only: str) -> tuple[Leg, Leg]:
        """See `LexicalIndex.find`, of which this is the arithmetic, number by number, for the rows that come into question."""
        bound: dict[int, float] = {}
        parts = []
        ceiling = rarity = 0.0
        for term in terms:
            known = self._words.known(term.alternatives)
            frequency, highest = self._standing(term.alternatives)
            weight = term.weight * idf(self._words.passages, frequency)
            rarity += weight
            ceiling += term.weight * (highest or idf(self._words.passages, 0))
            most: Counter[int] = Counter()
            for words in known:
                most |= Counter(words)
            for number, times in most.items():
                bound[number] = bound.get(number, 0.0) + term.weight * times
            parts.append((np.float32(term.weight), weight, known))

        def score(weights: Weights) -> tuple[np.float32, np.float32]:
            total = covered = np.float32(0)
            for factor, weight, known in parts:
                held = [_sum(weights, words) for words in known if _holds(weights, words)]
                if held:
                    total += factor * max(held)
                    covered = np.float32(float(covered) + weight)
            return total, covered

        best = self._best("words", bound, k, only, score)
        found = _leg([(row, total / np.float32(ceiling)) for row, (total, _) in best])
        return found, _leg([(row, covered / np.float32(rarity)) for row, (_, covered) in best])

    def _pairs(self, pairs: Sequence[str], k: int, only: str) -> Leg:
        numbers = [number for pair in pairs if (number := self._bigrams.number(pair)) is not None]
        ceiling = np.float32(self._bigrams.ceiling(pairs))

        def score(weights: Weights) -> tuple[np.float32]:
            return (_sum(weights, [number for number in numbers if number in weights]) / ceiling,)

        best = self._best("bigrams", {number: float(times) for number, times in Counter(numbers).items()}, k, only, score, float(ceiling))
        return _leg([(row, value) for row, (value,) in best])

    def _best(
        self,
        leg: str,
        bound: Mapping[int, float],
        k: int,
        only: str,
        score: Callable[[Weights], tuple[np.float32, ...]],
        unit: float = 1.0,
    ) -> list[tuple[int, tuple[np.float32, ...]]]:
        """The `k` best rows with their scores, ties by row: what has the highest bound is fetched until no other can be among them.

        `bound` weighs the terms so that no row's score, times `unit`, is more than its inner product with it.
        """
        if not bound:
            return []
        wanted = 4 * k
        while True:
            wanted = min(wanted, LIMIT)
            hits = self._hits(leg, bound, wanted, only, ["vector"])
            scored = [(row, score(weights)) for row, _, weights in hits]
            best = sorted((item for item in scored if item[1][0] > 0), key=lambda item: (-item[1][0], item[0]))[:k]
            if len(hits) < wanted or (len(best) == k and float(best[-1][1][0]) * unit > hits[-1][1] * (1 + _OFF)):
                return best
            if wanted == LIMIT:
                raise _too_many(leg)
            wanted *= 4

    def _look_up(self, alternatives: tuple[tuple[str, ...], ...]) -> tuple[int, float]:
        """How many passages hold a term, and the highest ceiling of its alternatives that any holds (0 if none)."""
        known = self._words.known(alternatives)
        if not known:
            return 0, 0.0
        if len(known) == 1 and len(known[0]) == 1:  # what most terms are: nothing to ask
            frequency, held = self._words.frequencies[known[0][0]], set(known)
        else:
            found = [{words for words in known if _holds(weights, words)} for _, weights in self._holders(known)]
            frequency, held = sum(map(bool, found)), set().union(*found)
        words = self._words
        return frequency, max((sum(idf(words.passages, words.frequencies[i]) for i in one) for one in held), default=0.0)

    def _holders(self, known: Iterable[Sequence[int]]) -> Iterator[tuple[int, Weights]]:
        """The rows with any of these alternatives' rarest words, and what each holds: all that can hold an alternative."""
        rarest = {min(words, key=self._words.frequencies.__getitem__): 1.0 for words in known}
        if not rarest:
            return iter(())
        hits = self._hits("words", rarest, LIMIT, "", ["vector"])
        if len(hits) == LIMIT:
            raise _too_many("words")
        return ((row, weights) for row, _, weights in hits)

    def _hits(self, leg: str, query: Any, limit: int, only: str, fields: list[str]) -> list[tuple[int, float, Weights]]:
        """(row, inner product, weights if asked for) of the best entities, best first."""
        (found,) = self._call(
            "search", collection(self._generation, leg), data=[query], anns_field="vector", limit=limit, filter=only,
            output_fields=["row", *fields], search_params={"metric_type": "IP"},
        )  # fmt: skip
        return [(hit["entity"]["row"], hit["distance"], hit["entity"].get("vector", {})) for hit in found]


def runs(allowed: Mask) -> str:
    """The allowed rows as a filter, by their runs: a zone's are one.

    >>> runs(np.array([False, True, True, False, True]))
    '(row >= 1 and row <= 2) or (row >= 4 and row <= 4)'
    """
    edges = np.flatnonzero(np.diff(np.concatenate([[False], allowed, [False]]).astype(np.int8))).reshape(-1, 2).tolist()
    return " or ".join(f"(row >= {first} and row <= {end - 1})" for first, end in edges)


def _holds(weights: Weights, words: Sequence[int]) -> bool:
    return all(number in weights for number in words)


def _sum(weights: Weights, numbers: Sequence[int]) -> np.float32:
    total = np.float32(0)  # in 32 bit and in this order, as the embedded index adds
    for number in numbers:
        total += np.float32(weights[number])
    return total


def _leg(scored: Sequence[tuple[int, Any]]) -> tuple[Rows, Scores]:
    return np.array([row for row, _ in scored], np.int64), np.array([score for _, score in scored], np.float32)


def _too_many(what: str) -> EngineError:
    return EngineError(
        "store_limit",
        f"Milvus は一度に {LIMIT} 件までしか返さず、{what} の順位が決まりません。--store なしで使ってください。"
        f" (Milvus returns no more than {LIMIT} at once, too few to rank {what}: leave --store out)",
    )
