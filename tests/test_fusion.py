"""Fusion by hand: the dense leg standardised, the word legs as they are, weighted and summed."""

from __future__ import annotations

from fractions import Fraction
from math import sqrt

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
    # Dense 0.9, 0.8, 0.7: mean 0.8, deviation √(2/300); so rows 4, 2, 7 get √(3/2), 0, -√(3/2).
    rows, scores = fuse(
        {"dense": leg((4, 0.9), (2, 0.8), (7, 0.7)), "words": leg((7, 0.5), (2, 0.25)), "bigrams": leg((7, 0.75))},
        WEIGHTS,
    )
    deviation = sqrt(Fraction(3, 2))
    expected = {
        4: deviation,
        2: 0 + 2 * Fraction(1, 4),
        7: -deviation + 2 * Fraction(1, 2) + 3 * Fraction(3, 4),
    }
    assert rows.tolist() == [7, 4, 2]  # 2.03, 1.22, 0.50
    assert scores == pytest.approx([float(expected[row]) for row in (7, 4, 2)], abs=1e-5)


def test_a_row_that_the_dense_leg_missed_counts_as_its_worst() -> None:
    rows, scores = fuse({"dense": leg((0, 0.9), (1, 0.7)), "words": leg((5, 0.25))}, WEIGHTS)
    # Mean 0.8, deviation 0.1: +1 and -1; row 5 is -1 too, and 2 · 1/4 above that.
    assert rows.tolist() == [0, 5, 1]
    assert scores == pytest.approx([1, Fraction(-1, 2), -1], abs=1e-5)


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
    assert scores.tolist() == [1.0, 0.0, 0.0]


def test_one_dense_hit_decides_nothing() -> None:
    rows, scores = fuse({"dense": leg((1, 0.9))}, WEIGHTS)
    assert (rows.tolist(), scores.tolist()) == ([1], [0.0])


GRID = st.integers(0, 64).map(lambda step: step / 64)  # exact in float32, so that ties are ties
SCORES = st.dictionaries(st.integers(0, 30), GRID, max_size=15)


@given(dense=SCORES, words=SCORES, scale=st.sampled_from([0.25, 0.5, 2.0, 4.0]), shift=st.integers(-2, 2))
def test_the_order_is_the_same_whatever_the_scale_of_the_cosines(
    dense: dict[int, float], words: dict[int, float], scale: float, shift: int
) -> None:
    moved = {row: scale * score + shift for row, score in dense.items()}
    once = fuse({"dense": leg(*dense.items()), "words": leg(*words.items())}, WEIGHTS)
    again = fuse({"dense": leg(*moved.items()), "words": leg(*words.items())}, WEIGHTS)
    assert sorted(once[0].tolist()) == sorted(set(dense) | set(words))
    by_row = dict(zip(again[0].tolist(), again[1].tolist(), strict=True))
    assert [by_row[row] for row in once[0].tolist()] == pytest.approx(once[1].tolist(), abs=1e-4)
    # The order itself, but for scores that float32 cannot tell apart.
    assert again[1].tolist() == pytest.approx(once[1].tolist(), abs=1e-4)
