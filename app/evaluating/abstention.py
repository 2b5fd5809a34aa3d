"""How well `presence` tells questions that the passages answer from those that they do not.

By a human's word, over each query's own candidates, where a set has that; else with the relevant passages taken away.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from app.evaluating.dataset import Dataset, Query
from app.evaluating.risk import auroc
from app.searching.dense_index import Mask
from app.searching.generation import Generation
from app.searching.presence import presence
from app.searching.query import question_terms
from app.searching.retrieval import Retriever

Progress = Callable[[Sequence[Query]], Iterable[Query]]
_Z95 = 1.959963984540054
# Among so many candidates an answer is looked for, as in the labelled sets.
_CANDIDATES = 10


def abstention_json(
    dataset: Dataset, generation: Generation, retriever: Retriever, progress: Progress
) -> dict[str, Any] | None:
    """The AUROC of `presence` with its interval; None for a set that says nothing of what is answered."""
    ids = [passage.passage_id for passage in generation.reading.passages]
    labelled = any(query.answerable is not None for query in dataset.queries)
    there: list[float] = []
    missing: list[float] = []

    def sign(query: Query, allowed: Mask | None) -> float:
        terms = question_terms(generation.tokenizer.tokenize(query.text))
        return presence(retriever.search([query.text], terms, _CANDIDATES, allowed))

    for query in progress(dataset.queries):
        if labelled:
            score = sign(query, np.isin(ids, query.pool) if query.pool else None)
            (there if query.answerable else missing).append(score)
        else:
            there.append(sign(query, None))
            missing.append(sign(query, ~np.isin(ids, list(query.relevant))))
    value = auroc(there, missing)
    if value is None:
        return None
    low, high = interval(value, len(there), len(missing))
    return {
        "by": "label" if labelled else "relevant passages taken away",
        "answerable": len(there), "unanswerable": len(missing), "auroc": {"value": value, "low": low, "high": high},
    }  # fmt: skip


def interval(value: float, positives: int, negatives: int) -> tuple[float, float]:
    """The 95 % interval of an AUROC.

    J. A. Hanley, B. J. McNeil, Radiology 143 (1982), 29-36:
    SE² = (A(1-A) + (p-1)(A/(2-A) - A²) + (n-1)(2A²/(1+A) - A²)) / pn
    """
    square = value * value
    spread = (
        value * (1 - value)
        + (positives - 1) * (value / (2 - value) - square)
        + (negatives - 1) * (2 * square / (1 + value) - square)
    ) / (positives * negatives)
    width = _Z95 * math.sqrt(max(0.0, spread))
    return max(0.0, value - width), min(1.0, value + width)
