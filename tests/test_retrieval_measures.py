"""Retrieval measures by hand, the bootstrap against its formula, and runs as TREC's tools read them."""

from __future__ import annotations

from math import log2
from pathlib import Path

import numpy as np
import pytest

from app.evaluating.dataset import Query, read_dataset
from app.evaluating.retrieval_measures import MEASURES, best_single, compare, estimate, measure
from app.evaluating.retrieval_run import Run, write_run
from tests.beir import write_set

QUERIES = [Query("q1", "", {"a": 1}), Query("q2", "", {"b": 1}), Query("q3", "", {"c": 1, "d": 1}), Query("q4", "", {"e": 1})]


def ranked(*ids: str) -> list[tuple[str, float]]:
    return [(id, float(-place)) for place, id in enumerate(ids)]


def test_measures_by_hand() -> None:
    # First; third; first and second of two; never.
    run = Run("dense", [ranked("a", "x"), ranked("x", "y", "b"), ranked("d", "c"), []])
    values = measure(run, QUERIES)
    assert MEASURES == ("P@1", "R@10", "RR@10", "nDCG@10")
    assert values == pytest.approx(
        np.array([[1, 1, 1, 1], [0, 1, 1 / 3, 1 / log2(4)], [1, 1, 1, 1], [0, 0, 0, 0]]), abs=1e-6
    )


def test_what_lies_below_the_tenth_place_counts_nowhere() -> None:
    others = [f"x{number}" for number in range(10)]
    assert measure(Run("dense", [ranked(*others, "a")]), QUERIES[:1]).tolist() == [[0, 0, 0, 0]]
    (row,) = measure(Run("dense", [ranked(*others[:9], "a")]), QUERIES[:1])
    assert row == pytest.approx([0, 1, 1 / 10, 1 / log2(11)], abs=1e-6)


def test_a_run_that_finds_nothing_is_worth_nothing() -> None:
    assert not measure(Run("words", [[], []]), QUERIES[:2]).any()


def test_an_interval_is_the_bootstraps() -> None:
    values = np.array([1.0] * 80 + [0.0] * 20)[:, None]
    (found,) = estimate(values)
    # The resampled mean is binomial: 0.8 ± 1.96 √(0.8 · 0.2 / 100)
    assert found.value == pytest.approx(0.8)
    assert (found.low, found.high) == pytest.approx((0.8 - 0.0784, 0.8 + 0.0784), abs=0.012)
    assert estimate(values) == estimate(values)
    (sure,) = estimate(np.ones((7, 1)))
    assert (sure.value, sure.low, sure.high) == (1, 1, 1)


def test_gains_and_losses() -> None:
    one, other = np.zeros((5, 4)), np.zeros((5, 4))
    one[:, 0], other[:, 0] = [1, 1, 1, 0, 0], [0, 0, 1, 1, 0]
    found = compare(one, other, "words")
    assert (found.against, found.gains, found.losses) == ("words", 2, 1)
    assert found.difference.value == pytest.approx(1 / 5)
    assert best_single({"dense": other, "words": one, "fused": one}, ["fused"]) == "words"
    assert best_single({"fused": one}, ["fused"]) is None


def test_a_run_file(tmp_path: Path) -> None:
    dataset = read_dataset(write_set(tmp_path / "set"))
    write_run(tmp_path / "new" / "one.trec", dataset, Run("fused", [[("sea", 1.5), ("sky", 0.25)], [], [("park", 1.0)]]))
    assert (tmp_path / "new" / "one.trec").read_text(encoding="utf-8").splitlines() == [
        "q1 Q0 sea 1 1.5 shutten-fused",
        "q1 Q0 sky 2 0.25 shutten-fused",
        "q3 Q0 park 1 1 shutten-fused",
    ]
