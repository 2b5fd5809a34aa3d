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


# A search goes through every vector, however few it returns: it asks for so many a passage before it has to ask again.
_CROWD = 2


class DenseIndex:
    """Passages by row number, each with one vector or several; scores are inner products in [-1, 1], higher is better."""

    def __init__(self, index: Any) -> None:
        self._index = index

    @classmethod
    def build(cls, vectors: Vectors, rows: Sequence[int]) -> DenseIndex:
        """Index `(n, d)` float32 vectors, vector i being one of passage `rows[i]`.

        Raises ValueError for another type or shape, or for values that are not finite.
        """
        if vectors.dtype != np.float32 or vectors.ndim != 2 or len(vectors) != len(rows):
            raise ValueError(f"expected ({len(rows)}, d) float32 vectors, got {vectors.shape} {vectors.dtype}")
        if not np.isfinite(vectors).all():
            raise ValueError("vectors hold NaN or infinity")
        faiss = _faiss()
        index = faiss.IndexIDMap(faiss.IndexFlatIP(vectors.shape[1]))
        index.add_with_ids(vectors, np.asarray(rows, dtype=np.int64))
        return cls(index)

    @classmethod
    def open(cls, path: Path) -> DenseIndex:
        """Open what `save` wrote, by memory map."""
        faiss = _faiss()
        return cls(faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC))

    def save(self, path: Path) -> None:
        """Write the index to one file."""
        _faiss().write_index(self._index, str(path))

    def search(self, vector: Vectors, k: int, allowed: Mask | None = None) -> tuple[Rows, Scores]:
        """The best `k` rows by their best vector, best first, among those `allowed`; fewer if there are fewer.

        `vector` is `(d,)` float32. Raises ValueError if it is not finite: FAISS would answer with row -1.
        """
        if not np.isfinite(vector).all():
            raise ValueError("the query vector holds NaN or infinity")
        faiss = _faiss()
        parameters = None
        if allowed is not None:
            rows = np.flatnonzero(allowed).astype(np.int64)
            parameters = faiss.SearchParameters(sel=faiss.IDSelectorBatch(rows))
        wanted, total = _CROWD * k, int(self._index.ntotal)
        while True:  # several vectors of one passage may crowd out others: ask for more until there are k passages
            wanted = min(2 * wanted, total)
            scores, found = self._index.search(vector[None, :].astype(np.float32), wanted, params=parameters)
            kept = found[0] >= 0  # -1 fills up where fewer are allowed
            rows, first = np.unique(found[0][kept], return_index=True)  # the first of each is its best
            order = np.sort(first)
            if len(rows) >= k or wanted == total or not kept.all():
                return found[0][kept][order][:k], scores[0][kept][order][:k]


def _faiss() -> Any:
    import faiss

    faiss.omp_set_num_threads(1)
    return faiss
