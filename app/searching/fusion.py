"""One ranking from several legs: a pure function of their scores."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from app.searching.dense_index import Rows, Scores

Leg = tuple[Rows, Scores]


def fuse(legs: Mapping[str, Leg], weights: Mapping[str, float]) -> tuple[Rows, Scores]:
    """Weighted sum of z-scores over every row that a leg found, best first, ties by row.

    Each leg's scores are standardised over the rows that any leg found (mean 0, deviation 1); a row that a leg did
    not find counts as the leg's floor: 0 for word legs, whose scores begin there, the worst score found for the
    dense one. A leg that found nothing, or the same score everywhere, says nothing and adds nothing.
    """
    rows = np.unique(np.concatenate([found for found, _ in legs.values()])) if legs else np.empty(0, np.int64)
    fused = np.zeros(len(rows))
    for name, (found, scores) in legs.items():
        if len(found) == 0:
            continue
        floor = float(scores.min()) if name == "dense" else 0.0
        column = np.full(len(rows), floor)
        column[np.searchsorted(rows, found)] = scores
        spread = column.std()
        if spread > 1e-9:
            fused += weights[name] * (column - column.mean()) / spread
    order = np.lexsort((rows, -fused))
    return rows[order].astype(np.int64), fused[order].astype(np.float32)
