"""Vectors to nearest passages: FAISS, exact inner product. The only module that knows FAISS."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.searching.embedding import Vectors

Rows = NDArray[np.int64]
Scores = NDArray[np.float32]
Mask = NDArray[np.bool_]


# From so many vectors on they are searched in 16 bit, which takes half the time (70,752 vectors: 1.9 ms against 4.2, on one
# thread), and the best are scored again in 32: below, a search takes under 1 ms as it is, and the files are half as large.
LARGE = 16_384
# By how much a cosine in 16 bit may be off: half a unit of the last of 11 bits, for each component at worst.
_OFF = 2.0**-11
# A search goes through every vector, however few it returns: it asks for so many a passage before it has to ask again.
_CROWD = 4
_INDEX, _ROWS, _EXACT = "index.faiss", "rows.npy", "exact.npy"


class DenseIndex:
    """Passages by row number, each with one vector or several; scores are inner products in [-1, 1], higher is better.

    They are exact, and so is the ranking, however the vectors are kept.
    """

    def __init__(self, index: Any, rows: Rows, exact: Vectors | None) -> None:
        """`rows[i]` is the passage of vector i; `exact` the vectors as they came, if `index` has them in 16 bit."""
        self._index = index
        self._rows = rows
        self._exact = exact

    @classmethod
    def build(cls, vectors: Vectors, rows: Sequence[int]) -> DenseIndex:
        """Index `(n, d)` float32 vectors of at most length 1, vector i being one of passage `rows[i]`.

        Raises ValueError for another type or shape, or for values that are not finite.
        """
        if vectors.dtype != np.float32 or vectors.ndim != 2 or len(vectors) != len(rows):
            raise ValueError(f"expected ({len(rows)}, d) float32 vectors, got {vectors.shape} {vectors.dtype}")
        if not np.isfinite(vectors).all():
            raise ValueError("vectors hold NaN or infinity")
        faiss = _faiss()
        large = len(vectors) >= LARGE
        kind = faiss.IndexScalarQuantizer if large else faiss.IndexFlat
        options = [faiss.ScalarQuantizer.QT_fp16] if large else []
        index = kind(vectors.shape[1], *options, faiss.METRIC_INNER_PRODUCT)
        index.add(vectors)
        return cls(index, np.asarray(rows, dtype=np.int64), vectors if large else None)

    @classmethod
    def open(cls, folder: Path) -> DenseIndex:
        """Open what `save` wrote, by memory map."""
        faiss = _faiss()
        exact = folder / _EXACT
        return cls(
            faiss.read_index(str(folder / _INDEX), faiss.IO_FLAG_MMAP_IFC),
            np.load(folder / _ROWS, mmap_mode="r"),
            np.load(exact, mmap_mode="r") if exact.is_file() else None,
        )

    def save(self, folder: Path) -> None:
        """Write the index into a folder of its own, made for it."""
        folder.mkdir()
        _faiss().write_index(self._index, str(folder / _INDEX))
        np.save(folder / _ROWS, self._rows)
        if self._exact is not None:
            np.save(folder / _EXACT, self._exact)

    def search(self, vector: Vectors, k: int, allowed: Mask | None = None) -> tuple[Rows, Scores]:
        """The best `k` rows by their best vector, best first, among those `allowed`; fewer if there are fewer.

        `vector` is `(d,)` float32 of at most length 1. Raises ValueError if it is not finite: FAISS would answer with
        row -1.
        """
        if not np.isfinite(vector).all():
            raise ValueError("the query vector holds NaN or infinity")
        faiss = _faiss()
        query = vector.astype(np.float32)
        parameters = None
        if allowed is not None:
            parameters = faiss.SearchParameters(sel=faiss.IDSelectorBatch(np.flatnonzero(allowed[self._rows])))
        wanted, total = _CROWD * k, len(self._rows)
        while True:  # several vectors of one passage may crowd out others: ask for more until there are k passages
            wanted = min(wanted, total)
            ((scores,), (found,)) = self._index.search(query[None], wanted, params=parameters)
            whole = wanted == total or found[-1] < 0  # -1 fills up where fewer are allowed
            found, scores = found[found >= 0], scores[found >= 0]
            unseen = -np.inf if whole else scores[-1]  # no vector that was not found is better
            if self._exact is not None:
                unseen += _OFF
                scores = self._exact[found] @ query
                order = np.argsort(-scores, kind="stable")
                found, scores = found[order], scores[order]
            rows = self._rows[found]
            _, first = np.unique(rows, return_index=True)  # the first of each is its best
            order = np.sort(first)[:k]
            if whole or (len(order) == k and scores[order[-1]] >= unseen):
                return rows[order], scores[order]
            wanted *= 4


def _faiss() -> Any:
    import faiss

    faiss.omp_set_num_threads(1)
    return faiss
