"""The network over clues: against sums written out one by one; and the file that ships."""

from __future__ import annotations

import json

import numpy as np
import pytest

from app.searching.clues import KINDS, MEASURES, Asked, Clues
from app.searching.sentence_network import PATH, SentenceNetwork, surroundings

WIDE = len(MEASURES) + 1


def test_a_sentence_is_seen_beside_its_neighbours() -> None:
    measured = np.array([[1.0], [4.0], [2.0]])
    # Its own, the one before, the one behind, has one before, has one behind.
    assert surroundings(measured).tolist() == [[1, 0, 4, 0, 1], [4, 1, 2, 1, 1], [2, 4, 0, 1, 0]]


@pytest.mark.parametrize("asked", [Asked("何", "何年", "年"), Asked("何", "何駅", "駅"), Asked("", "", "")])
def test_scores_are_the_sums_that_the_weights_say(asked: Asked) -> None:
    random = np.random.default_rng(0)
    asking, nouns = random.normal(size=(2, len(KINDS))), random.normal(size=len(KINDS))
    hidden, bias, out, direct = (random.normal(size=size) for size in ((3, 3 * WIDE + 2), 3, 3, WIDE))
    weights = {"asking": {"何": asking[0], "何年": asking[1]}, "nouns": {"駅": nouns}}
    network = SentenceNetwork(weights | {"hidden": hidden, "bias": bias, "out": out, "direct": direct})
    measures, told = random.normal(size=(4, len(MEASURES))), random.integers(0, 2, (4, len(KINDS))).astype(float)
    wanted = {"何年": asking[1], "何駅": asking[0] + nouns, "": 0 * nouns}[asked.phrase]
    measured = [[*measures[i], sum(told[i] * wanted)] for i in range(4)]
    expected = []
    for i, own in enumerate(measured):
        before, behind = (measured[j] if 0 <= j < 4 else [0.0] * WIDE for j in (i - 1, i + 1))
        seen = [*own, *before, *behind, float(i > 0), float(i < 3)]
        states = [max(0.0, bias[h] + sum(w * x for w, x in zip(hidden[h], seen, strict=True))) for h in range(3)]
        expected.append(sum(out * states) + sum(direct * own))
    assert network.scores(Clues(asked, measures, told)) == pytest.approx(expected)


def test_the_file_that_ships_fits_and_is_small() -> None:
    weights = json.loads(PATH.read_bytes())
    assert {len(row) for table in ("asking", "nouns") for row in weights[table].values()} == {len(KINDS)}
    assert np.shape(weights["hidden"]) == (len(weights["out"]), 3 * WIDE + 2)
    assert (len(weights["bias"]), len(weights["direct"])) == (len(weights["out"]), WIDE)
    assert PATH.stat().st_size < 15_000
