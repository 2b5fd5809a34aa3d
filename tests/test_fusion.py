"""Fusion by hand: every leg as it is, weighted and summed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.searching.fusion import Leg, fuse

WEIGHTS = {"dense": 1.0, "words": 2.0, "bigrams": 3.0}


def leg(*pairs: tuple[int, float]) -> Leg:
    return np.array([row for row, _ in pairs], np.int64), np.array([score for _, score in pairs], np.float32)


NOTHING = leg()


def test_three_legs_by_hand() -> None:
    rows, scores = fuse(
        {"dense": leg((4, 0.9), (2, 0.8), (7, 0.7)), "words": leg((7, 0.5), (2, 0.25)), "bigrams": leg((7, 0.75))},
        WEIGHTS,
    )
    expected = {4: 0.9, 2: 0.8 + 2 * 0.25, 7: 0.7 + 2 * 0.5 + 3 * 0.75}
    assert rows.tolist() == [7, 2, 4]
    assert scores == pytest.approx([expected[row] for row in (7, 2, 4)])


def test_a_row_that_the_dense_leg_missed_counts_as_its_worst() -> None:
    rows, scores = fuse({"dense": leg((0, 0.9), (1, 0.7)), "words": leg((5, 0.05))}, WEIGHTS)
    assert rows.tolist() == [0, 5, 1]
    assert scores == pytest.approx([0.9, 0.7 + 2 * 0.05, 0.7])


@pytest.mark.parametrize("silent", ["words", "bigrams"])
def test_a_leg_that_finds_nothing_changes_nothing(silent: str) -> None:
    legs = {"dense": leg((0, 0.9), (1, 0.85), (2, 0.7)), "words": leg((2, 0.5)), "bigrams": leg((1, 0.5))}
    del legs[silent]
    without = fuse(legs, WEIGHTS)
    beside = fuse({**legs, silent: NOTHING}, WEIGHTS)
    assert without[0].tolist() == beside[0].tolist()
    assert without[1].tolist() == beside[1].tolist()


def test_a_silent_dense_leg_changes_nothing() -> None:
    words = leg((3, 0.5), (1, 0.25))
    assert fuse({"dense": NOTHING, "words": words}, WEIGHTS)[0].tolist() == [3, 1]
    assert fuse({"dense": NOTHING, "words": words}, WEIGHTS)[1].tolist() == [1.0, 0.5]


def test_nothing_found_is_nothing() -> None:
    for legs in ({}, {"dense": NOTHING}, {"dense": NOTHING, "words": NOTHING}):
        rows, scores = fuse(legs, WEIGHTS)
        assert (rows.tolist(), scores.tolist()) == ([], [])


def test_equal_cosines_decide_nothing_and_ties_go_by_row() -> None:
    rows, scores = fuse({"dense": leg((9, 0.8), (3, 0.8), (5, 0.8)), "words": leg((5, 0.5))}, WEIGHTS)
    assert rows.tolist() == [5, 3, 9]
    assert scores == pytest.approx([0.8 + 2 * 0.5, 0.8, 0.8])


GRID = st.integers(0, 64).map(lambda step: step / 64)  # exact in float32, so that ties are ties
SCORES = st.dictionaries(st.integers(0, 30), GRID, max_size=15)


@given(dense=SCORES, words=SCORES, shift=st.integers(-2, 2))
def test_only_differences_of_cosines_count(dense: dict[int, float], words: dict[int, float], shift: int) -> None:
    once = fuse({"dense": leg(*dense.items()), "words": leg(*words.items())}, WEIGHTS)
    moved = {row: score + shift for row, score in dense.items()}
    again = fuse({"dense": leg(*moved.items()), "words": leg(*words.items())}, WEIGHTS)
    assert sorted(once[0].tolist()) == sorted(set(dense) | set(words))
    assert again[0].tolist() == once[0].tolist()
    assert again[1] == pytest.approx(once[1] + (shift if dense else 0), abs=1e-5)


@given(dense=SCORES, words=SCORES, bigrams=SCORES)
def test_the_fusion_is_the_sum_row_by_row(
    dense: dict[int, float], words: dict[int, float], bigrams: dict[int, float]
) -> None:
    rows, scores = fuse(
        {"dense": leg(*dense.items()), "words": leg(*words.items()), "bigrams": leg(*bigrams.items())}, WEIGHTS
    )
    worst = min(dense.values(), default=0.0)
    oracle = {
        row: dense.get(row, worst) + 2 * words.get(row, 0.0) + 3 * bigrams.get(row, 0.0)
        for row in {*dense, *words, *bigrams}
    }
    assert rows.tolist() == sorted(oracle, key=lambda row: (-oracle[row], row))
    assert scores == pytest.approx([oracle[row] for row in rows.tolist()])
