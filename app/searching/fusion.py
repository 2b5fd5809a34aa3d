"""One ranking from several legs: a pure function of their scores."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from app.searching.dense_index import Rows, Scores

Leg = tuple[Rows, Scores]

DENSE = "dense"


def fuse(legs: Mapping[str, Leg], weights: Mapping[str, float]) -> tuple[Rows, Scores]:
    """The weighted sum of the legs over every row that any of them found, best first, ties by row.

    Every leg's scores are taken as they are, so that they mean the same for every question: cosines, whose differences
    count (a row that the dense leg did not find counts as its worst), and shares of the question's information, 0 to 1.
    Where the words of a question are not in the document, its share is small by itself, and meaning decides.
    """
    rows = np.unique(np.concatenate([found for found, _ in legs.values()])) if legs else np.empty(0, np.int64)
    fused = np.zeros(len(rows))
    for name, (found, scores) in legs.items():
        if len(found) == 0:
            continue
        column = np.full(len(rows), float(scores.min()) if name == DENSE else 0.0)
        column[np.searchsorted(rows, found)] = scores
        fused += weights[name] * column
    order = np.lexsort((rows, -fused))
    return rows[order], fused[order].astype(np.float32)
