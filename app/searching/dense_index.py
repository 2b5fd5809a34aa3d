"""Vectors to nearest passages: FAISS, inner product. The only module that knows FAISS.

How the vectors are kept depends on how many there are: in 32 bit; in 16, which takes half the time; or in 8 and in
cells, of which a search goes through the nearest. Whatever is found is scored again by the vectors as they came, so that
scores are exact for every kind; so is the ranking, but for what lies in cells that were not gone through.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from app.searching.embedding import Vectors

Rows = NDArray[np.int64]
Scores = NDArray[np.float32]
Mask = NDArray[np.bool_]

# From so many vectors on they are searched in 16 bit, which takes half the time (70,752 vectors: 1.9 ms against 4.2, on one
# thread), and the best are scored again in 32: below, a search takes under 1 ms as it is, and the files are half as large.
LARGE = 16_384
# From so many on they lie in cells: going through all of 276,510 takes 7.7 ms in 16 bit, 15.7 in 32 and 8.6 in 8.
HUGE = 262_144
# As many vectors, about, are gone through where there are cells, however many there are. Of 2,765,212 in 2,048 cells that is
# one in 21, takes 6 ms, and finds 99.7 % of the nearest ten passages and 98 % of the nearest hundred (scripts.benchmark_scale).
SEEN = 131_072
# So many allowed vectors are scored one by one.
FEW = 4_096
# By how much a cosine in 16 bit may be off: half a unit of the last of 11 bits, for each component at worst.
_OFF = 2.0**-11
# A search goes through every vector, however few it returns: it asks for so many a passage before it has to ask again.
_CROWD = 4
# Cells are placed by so many vectors each, in so many turns.
_SAMPLE, _TURNS = 48, 8
_CHUNK = 65_536
_INDEX, _ROWS, _EXACT = "index.faiss", "rows.npy", "exact.f32"


class _Exact(Protocol):
    """The vectors as they came, by number."""

    def __getitem__(self, places: Rows, /) -> Vectors: ...


class _Stored:
    """Vectors in a file, read, not mapped: a map would count the neighbours of all that was ever read as memory."""

    def __init__(self, path: Path, dimension: int) -> None:
        self._file = path.open("rb", buffering=0)
        self._dimension = dimension

    def __getitem__(self, places: Rows) -> Vectors:
        found = np.empty((len(places), self._dimension), dtype=np.float32)
        for vector, place in zip(found, places.tolist(), strict=True):
            os.preadv(self._file.fileno(), [vector.data], place * vector.nbytes)
        return found


class DenseIndex:
    """Passages by row number, each with one vector or several; scores are inner products in [-1, 1], higher is better."""

    def __init__(self, index: Any, rows: Rows, exact: _Exact | None) -> None:
        """`rows[i]` is the passage of vector i; `exact` the vectors as they came, unless `index` has them so."""
        self._index = index
        self._rows = rows
        self._exact = exact
        self._cells: int = getattr(index, "nlist", 0)

    @classmethod
    def build(cls, vectors: Vectors, rows: Sequence[int] | Rows) -> DenseIndex:
        """Index `(n, d)` float32 vectors of at most length 1, vector i being one of passage `rows[i]`.

        `vectors` may be a memory map: it is gone through in chunks. Raises ValueError for another type or shape, or for
        values that are not finite.
        """
        if vectors.dtype != np.float32 or vectors.ndim != 2 or len(vectors) != len(rows):
            raise ValueError(f"expected ({len(rows)}, d) float32 vectors, got {vectors.shape} {vectors.dtype}")
        index = _empty(vectors)
        for start in range(0, len(vectors), _CHUNK):
            index.add(_finite(vectors[start : start + _CHUNK]))
        return cls(index, np.asarray(rows, dtype=np.int64), vectors if len(vectors) >= LARGE else None)

    @classmethod
    def open(cls, folder: Path) -> DenseIndex:
        """Open what `save` wrote, by memory map."""
        faiss = _faiss()
        index = faiss.read_index(str(folder / _INDEX), faiss.IO_FLAG_MMAP_IFC)
        exact = folder / _EXACT
        rows = np.asarray(np.load(folder / _ROWS, mmap_mode="r"))
        return cls(index, rows, _Stored(exact, index.d) if exact.is_file() else None)

    def save(self, folder: Path) -> None:
        """Write what `build` made into a folder of its own, made for it."""
        folder.mkdir()
        _faiss().write_index(self._index, str(folder / _INDEX))
        np.save(folder / _ROWS, self._rows)
        if isinstance(self._exact, np.ndarray):
            self._exact.tofile(folder / _EXACT)

    def entities(self) -> Iterator[tuple[int, Vectors]]:
        """Every vector as it came, with the passage that it is of."""
        for start in range(0, len(self._rows), _CHUNK):
            places = np.arange(start, min(start + _CHUNK, len(self._rows)))
            exact = self._index.reconstruct_n(start, len(places)) if self._exact is None else self._exact[places]
            yield from zip(self._rows[places].tolist(), exact, strict=True)

    def search(self, vector: Vectors, k: int, allowed: Mask | None = None) -> tuple[Rows, Scores]:
        """The best `k` rows by their best vector, best first, among those `allowed`; fewer if there are fewer.

        `vector` is `(d,)` float32 of at most length 1. Raises ValueError if it is not finite: FAISS would answer with
        row -1.
        """
        if not np.isfinite(vector).all():
            raise ValueError("the query vector holds NaN or infinity")
        query, total = vector.astype(np.float32), len(self._rows)
        selector, candidates = None, total
        if allowed is not None:
            mask = allowed[self._rows]
            candidates = int(np.count_nonzero(mask))
            if self._exact is not None and candidates <= FEW:
                return self._best(np.flatnonzero(mask), query, k)
            selector = _faiss().IDSelectorBitmap(np.packbits(mask, bitorder="little"))
        wanted, cells = _CROWD * k, self._cells and -(-self._cells * SEEN // max(candidates, 1))
        while True:  # several vectors of one passage may crowd out others: ask for more until there are k passages
            wanted, cells = min(wanted, total), min(cells, self._cells)
            ((scores,), (found,)) = self._index.search(query[None], wanted, params=self._parameters(selector, cells))
            full = found[-1] >= 0  # -1 fills up where fewer are allowed, or in the cells
            found, scores = found[found >= 0], scores[found >= 0]
            whole = cells == self._cells and (wanted == total or not full)
            unseen = -np.inf if whole or self._cells else scores[-1]  # no vector that was not found is better
            if self._exact is None:
                rows, scores = self._by_passage(found, scores, k)
            else:
                unseen += _OFF
                rows, scores = self._best(found, query, k)
            if whole or (len(rows) == k and scores[-1] >= unseen):
                return rows, scores
            wanted, cells = (4 * wanted, cells) if full else (wanted, 4 * cells)

    def _best(self, places: Rows, query: Vectors, k: int) -> tuple[Rows, Scores]:
        """The best `k` passages of some vectors, by their exact scores."""
        assert self._exact is not None
        scores = self._exact[places] @ query
        order = np.argsort(-scores, kind="stable")
        return self._by_passage(places[order], scores[order], k)

    def _by_passage(self, places: Rows, scores: Scores, k: int) -> tuple[Rows, Scores]:
        """The passages of vectors that come best first, each by its first."""
        rows = self._rows[places]
        _, first = np.unique(rows, return_index=True)
        order = np.sort(first)[:k]
        return rows[order], scores[order]

    def _parameters(self, selector: Any, cells: int) -> Any:
        faiss = _faiss()
        return faiss.SearchParametersIVF(sel=selector, nprobe=cells) if cells else faiss.SearchParameters(sel=selector)


def _empty(vectors: Vectors) -> Any:
    """An index of the kind for so many vectors, its cells placed, without any in it."""
    faiss = _faiss()
    count, dimension = vectors.shape
    if count < LARGE:
        return faiss.IndexFlatIP(dimension)
    if count < HUGE:
        return faiss.IndexScalarQuantizer(dimension, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
    cells = 2 ** round(np.log2(count) / 2)
    index = faiss.IndexIVFScalarQuantizer(
        faiss.IndexFlatIP(dimension), dimension, cells, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT, False
    )
    index.cp.niter, index.cp.max_points_per_centroid, index.cp.spherical = _TURNS, _SAMPLE, True
    index.train(_finite(vectors[:: max(1, count // (_SAMPLE * cells))]))
    return index


def _finite(vectors: Vectors) -> Vectors:
    if not np.isfinite(vectors).all():
        raise ValueError("vectors hold NaN or infinity")
    return np.ascontiguousarray(vectors)


def _faiss() -> Any:
    import faiss

    faiss.omp_set_num_threads(1)
    return faiss
