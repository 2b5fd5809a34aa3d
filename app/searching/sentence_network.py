"""What clues are worth: a small network, learned by `scripts.learn_sentences`, and what it makes of a question's sentences.

Each sentence is judged beside the ones around it: where the one that shares most with the question tells nothing that is
asked for, the answer often stands next to it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from app.searching.clues import KINDS, Clues, Numbers

PATH = Path(__file__).with_name("sentence_network.json")


class SentenceNetwork:
    """Scores of sentences, by weights as the JSON file has them: `scripts.learn_sentences` writes it."""

    def __init__(self, weights: Mapping[str, Any]) -> None:
        self._asking, self._nouns = (
            {name: np.array(row) for name, row in weights[table].items()} for table in ("asking", "nouns")
        )
        self._layers = {name: np.array(weights[name]) for name in ("hidden", "bias", "out", "direct")}

    def scores(self, clues: Clues) -> Numbers:
        """`(n,)`, higher for what answers better."""
        asked = clues.asked
        none = np.zeros(len(KINDS))
        wanted = self._asking.get(asked.phrase, self._asking.get(asked.word, none)) + self._nouns.get(asked.noun, none)
        measured = np.column_stack([clues.measures, clues.told @ wanted])
        *_, scores = judged(measured, self._layers)
        return scores


@cache
def open_network() -> SentenceNetwork:
    """The one that ships."""
    return SentenceNetwork(json.loads(PATH.read_bytes()))


def judged(measured: Numbers, layers: Mapping[str, Numbers]) -> tuple[Numbers, Numbers, Numbers]:
    """Of `(n, k)`, all that is measured of each sentence: its surroundings, the hidden units' states, the scores."""
    around = surroundings(measured)
    states = np.maximum(around @ layers["hidden"].T + layers["bias"], 0)
    return around, states, np.asarray(states @ layers["out"] + measured @ layers["direct"])


def surroundings(measured: Numbers) -> Numbers:
    """`(n, 3k + 2)` of `(n, k)`: a sentence's own, those of the ones before and behind it, and whether there are such."""
    none = np.zeros((1, measured.shape[1]))
    has = np.ones((len(measured), 2))
    has[0, 0] = has[-1, 1] = 0
    return np.hstack([measured, np.vstack([none, measured[:-1]]), np.vstack([measured[1:], none]), has])
