"""Terms to the passages that hold them, with what BM25 gives for each: five arrays, opened by memory map.

A term is known by 64 bits of its hash alone: no dictionary of strings is loaded, however many there are. Of a million
terms two have the same ones in one corpus of 37 million; they would count as one term.
"""

from __future__ import annotations

import hashlib
import math
from array import array
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.searching.dense_index import Scores

# A low K1: that a passage has a word says much, how often says little. See docs/retrieval.md for what was compared.
K1, B = 0.3, 0.75

# Scores worked out at a time while an index is built.
_CHUNK = 1 << 20
_FILES = ("keys", "starts", "peaks", "rows", "values")


def idf(passages: int, frequency: int) -> float:
    """Inverse document frequency in Lucene's form, for a term that `frequency` of so many passages hold."""
    return math.log(1 + (passages - frequency + 0.5) / (frequency + 0.5))


class Postings:
    """Term t is held by the passages `rows[starts[t]:starts[t + 1]]`, rising; BM25 gives each `values`, at most `peaks[t]`."""

    def __init__(
        self,
        passages: int,
        keys: NDArray[np.uint64],
        starts: NDArray[np.int64],
        peaks: Scores,
        rows: NDArray[np.int32],
        values: Scores,
    ) -> None:
        """`keys` are the terms' hashes, rising; there is one start more than there are terms."""
        self.passages = passages
        self._keys, self._starts, self._peaks, self._rows, self._values = keys, starts, peaks, rows, values

    @classmethod
    def build(cls, texts: Iterable[Sequence[str]]) -> Postings:
        """Of one list of terms for each passage: Lucene's BM25 (Kamphuis et al., ECIR 2020)."""
        numbers: dict[str, int] = {}
        told, lengths = array("i"), array("i")
        for terms in texts:
            told.extend(numbers.setdefault(term, len(numbers)) for term in terms)
            lengths.append(len(terms))
        keys, columns = np.unique(np.array([term_hash(term) for term in numbers], dtype=np.uint64), return_inverse=True)
        sizes = np.asarray(lengths, dtype=np.int32)
        pairs = columns[np.asarray(told, dtype=np.int32)].astype(np.int64)
        del told, numbers, columns
        pairs <<= 32
        pairs |= np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)
        pairs.sort()
        first = np.flatnonzero(np.diff(pairs, prepend=-1))
        times = np.diff(first, append=len(pairs)).astype(np.float32)
        pairs = pairs[first]
        rows = pairs.astype(np.int32)
        starts = np.searchsorted(pairs, np.arange(len(keys) + 1, dtype=np.int64) << 32)
        del pairs, first
        rarity = np.array([idf(len(sizes), int(many)) for many in np.diff(starts)], dtype=np.float32)
        damped = K1 * ((1 - B) + B * sizes / max(sizes.mean() if len(sizes) else 0.0, 1e-9))
        values = np.empty(len(rows), dtype=np.float32)
        for start in range(0, len(rows), _CHUNK):
            part = slice(start, start + _CHUNK)
            columns = np.searchsorted(starts, np.arange(start, min(start + _CHUNK, len(rows))), side="right") - 1
            values[part] = rarity[columns] * (times[part] / (damped[rows[part]] + times[part]))
        peaks = np.maximum.reduceat(values, starts[:-1]) if len(keys) else np.empty(0, dtype=np.float32)
        return cls(len(sizes), keys, starts, peaks, rows, values)

    @classmethod
    def open(cls, folder: Path) -> Postings:
        """Open what `save` wrote, by memory map."""
        arrays = [np.asarray(np.load(folder / f"{name}.npy", mmap_mode="r")) for name in _FILES]
        return cls(int(np.load(folder / "passages.npy")), *arrays)

    def save(self, folder: Path) -> None:
        """Write the arrays into a folder of their own, made for them."""
        folder.mkdir()
        np.save(folder / "passages.npy", np.int64(self.passages))
        for name in _FILES:
            np.save(folder / f"{name}.npy", getattr(self, f"_{name}"))

    def term(self, text: str) -> int | None:
        """The number of a term, None if no passage holds it."""
        key = term_hash(text)
        place = int(self._keys.searchsorted(key))
        return place if place < len(self._keys) and self._keys[place] == key else None

    def frequencies(self) -> dict[int, int]:
        """How many passages hold each term, by the term's hash and in the order of the terms' numbers."""
        return dict(zip(self._keys.tolist(), np.diff(self._starts).tolist(), strict=True))

    def by_passage(self) -> Iterator[tuple[int, dict[int, float]]]:
        """Every passage that holds a term, in order: its row, and what BM25 gives it for the number of each of its terms."""
        terms = np.repeat(np.arange(len(self._keys)), np.diff(self._starts))
        order = np.argsort(self._rows, kind="stable")
        rows, first = np.unique(self._rows[order], return_index=True)
        for row, places in zip(rows.tolist(), np.split(order, first[1:]), strict=False):
            yield row, dict(zip(terms[places].tolist(), self._values[places].tolist(), strict=True))

    def frequency(self, term: int | None) -> int:
        """How many passages hold a term."""
        return 0 if term is None else int(self._starts[term + 1] - self._starts[term])

    def peak(self, term: int) -> float:
        """The most that BM25 gives any passage for a term."""
        return float(self._peaks[term])

    def of(self, term: int) -> tuple[NDArray[np.int32], Scores]:
        """The rows that hold a term, rising, and what BM25 gives each."""
        place = slice(int(self._starts[term]), int(self._starts[term + 1]))
        return self._rows[place], self._values[place]


def term_hash(term: str) -> np.uint64:
    """64 bits of a term's BLAKE2b."""
    digest = hashlib.blake2b(term.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return np.uint64(int.from_bytes(digest, "little"))
