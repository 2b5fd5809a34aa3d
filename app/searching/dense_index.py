"""Vectors to nearest passages: FAISS, exact inner product. The only module that knows FAISS."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.searching.embedding import Vectors

Rows = NDArray[np.int64]
Scores = NDArray[np.float32]
Mask = NDArray[np.bool_]


class DenseIndex:
    """Passages by row number; scores are cosines in [-1, 1], higher is better."""

    def __init__(self, index: Any) -> None:
        self._index = index

    @classmethod
    def build(cls, vectors: Vectors) -> DenseIndex:
        """Index `(n, d)` float32 rows. Raises ValueError for another type, or for values that are not finite."""
        if vectors.dtype != np.float32 or vectors.ndim != 2:
            raise ValueError(f"expected (n, d) float32 vectors, got {vectors.shape} {vectors.dtype}")
        if not np.isfinite(vectors).all():
            raise ValueError("vectors hold NaN or infinity")
        faiss = _faiss()
        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(vectors)
        return cls(index)

    @classmethod
    def open(cls, path: Path) -> DenseIndex:
        """Open what `save` wrote, by memory map."""
        faiss = _faiss()
        return cls(faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC))

    def save(self, path: Path) -> None:
        """Write the index to one file."""
        _faiss().write_index(self._index, str(path))

    def vectors(self) -> Vectors:
        """All `(n, d)` vectors, in row order."""
        rows: Vectors = self._index.reconstruct_n(0, self._index.ntotal)
        return rows

    def search(self, vector: Vectors, k: int, allowed: Mask | None = None) -> tuple[Rows, Scores]:
        """The best `k` rows, best first, among those `allowed`; fewer if there are fewer.

        `vector` is `(d,)` float32. Raises ValueError if it is not finite: FAISS would answer with row -1.
        """
        if not np.isfinite(vector).all():
            raise ValueError("the query vector holds NaN or infinity")
        faiss = _faiss()
        parameters = None
        if allowed is not None:
            rows = np.flatnonzero(allowed).astype(np.int64)
            parameters = faiss.SearchParameters(sel=faiss.IDSelectorBatch(rows))
        k = min(k, int(self._index.ntotal))
        scores, found = self._index.search(vector[None, :].astype(np.float32), k, params=parameters)
        kept = found[0] >= 0  # -1 fills up where fewer than k are allowed
        return found[0][kept], scores[0][kept]


def _faiss() -> Any:
    import faiss

    faiss.omp_set_num_threads(1)
    return faiss
