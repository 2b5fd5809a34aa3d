"""How well runs find what is relevant: measures of ir-measures, bootstrap intervals, gains and losses.

Every measure lies in [0, 1], higher is better. Pure functions of runs and judgements.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.evaluating.dataset import Query
from app.evaluating.retrieval_run import Run

MEASURES = ("P@1", "R@10", "RR@10", "nDCG@10")
# Resamples of the queries; with 1,000 the ends of an interval move in the third decimal.
RESAMPLES, SEED = 2000, 0
# A query's measures, `(queries, measures)`.
Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over queries, and the 95 % interval of a bootstrap over them."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """One run against another by P@1: queries that it alone gets right and wrong, and the difference."""

    against: str
    gains: int
    losses: int
    difference: Estimate


def measure(run: Run, queries: Sequence[Query]) -> Values:
    """Each query's measures, in the order of MEASURES; 0 where nothing was found."""
    import ir_measures

    wanted = [ir_measures.parse_measure(name) for name in MEASURES]
    places = {query.id: row for row, query in enumerate(queries)}
    judgements = {query.id: dict(query.relevant) for query in queries}
    ranked = {query.id: dict(ranking) for query, ranking in zip(queries, run.rankings, strict=True) if ranking}
    values = np.zeros((len(queries), len(wanted)))
    if ranked:
        for item in ir_measures.iter_calc(wanted, judgements, ranked):
            values[places[item.query_id], wanted.index(item.measure)] = item.value
    return values


def estimate(values: NDArray[np.float64]) -> tuple[Estimate, ...]:
    """The mean of each column of `(n, m)` with its interval: percentiles 2.5 and 97.5 of the resampled means.

    Efron and Tibshirani, An Introduction to the Bootstrap (1993), section 13.3.
    """
    n = len(values)
    counts = np.random.default_rng(SEED).multinomial(n, np.full(n, 1 / n), size=RESAMPLES)
    low, high = np.percentile(counts @ values / n, [2.5, 97.5], axis=0)
    return tuple(Estimate(*map(float, row)) for row in zip(values.mean(axis=0), low, high, strict=True))


def compare(run: Values, other: Values, against: str) -> Comparison:
    """Query by query: what `run` gets right at the first place and `other` does not, and the other way round."""
    difference = run[:, 0] - other[:, 0]
    return Comparison(
        against, int((difference > 0).sum()), int((difference < 0).sum()), estimate(difference[:, None])[0]
    )


def estimates_json(estimates: Sequence[Estimate]) -> dict[str, Any]:
    """By name of the measure."""
    return {name: asdict(item) for name, item in zip(MEASURES, estimates, strict=True)}


def best_single(values: Mapping[str, Values], made: Sequence[str]) -> str | None:
    """The leg with the best P@1 beside what is `made` of several, the first of equals; None if there is none."""
    return max((leg for leg in values if leg not in made), key=lambda leg: values[leg][:, 0].mean(), default=None)
