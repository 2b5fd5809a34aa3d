"""Learns what clues are worth: `SentenceNetwork`'s weights, from questions whose answers are marked.

A softmax over a passage's sentences, whose likelihood of a right one is made larger: by gradients written out here, and
Adam with decay of the weights (Loshchilov and Hutter, Decoupled Weight Decay Regularization, ICLR 2019), in a rate that
rises and falls again.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.errors import BatchError
from app.evaluating.dataset import Dataset
from app.evaluating.sentence_choice import Marked, holds, marked
from app.reading.tokenization import Tokenizer
from app.searching.clues import KINDS, MEASURES, Clues, Numbers, clues
from app.searching.sentence import sentence_spans
from app.searching.sentence_network import SentenceNetwork, judged

HIDDEN, EPOCHS, BATCH, RATE, DECAY, SEED = 12, 20, 128, 3e-3, 1e-2, 0
# Asking words and nouns of so many articles get numbers of their own: fewer may be what one article is about.
FREQUENT = 40
_MEMORY, _SPREAD, _LEAST = 0.9, 0.999, 1e-8  # Adam's
_WARM = 0.3  # the part of the rounds in which the rate rises

Weights = dict[str, Numbers]


@dataclass(frozen=True, slots=True)
class Example:
    """A question's clues in the passage that answers it, which sentences hold the answer, and the article it is from."""

    article: str
    clues: Clues
    right: NDArray[np.bool_]


def examples(dataset: Dataset, progress: Callable[[Sequence[Marked]], Iterable[Marked]] = iter) -> list[Example]:
    """The questions of a set that mark an answer in one of a passage's several sentences, with their clues.

    Raises BatchError if there are none.
    """
    tokenizer, found = Tokenizer(), []
    for query, passage in progress(marked(dataset)):
        spans = sentence_spans(passage.text)
        right = np.array([holds(span, query.spans) for span in spans], dtype=bool)
        if len(spans) > 1 and right.any():
            gathered = clues(query.text, [passage.text[start:end] for start, end in spans], tokenizer)
            if gathered is not None:
                found.append(Example(passage.zone or passage.passage_id, gathered, right))
    if not found:
        raise BatchError(
            "dataset_unmarked",
            f"{dataset.name} には、いくつかの文のうち一つに答えの位置がある質問がありません。 (no question marks its answer)",
        )
    return found


class Learner:
    """Weights that are being learned: `asking` and `nouns` are tables of KINDS, of which the last row is never learned
    and stands for what is rare."""

    def __init__(self, taught: Sequence[Example]) -> None:
        """Weights by chance, of the words that are frequent in the examples."""
        used = {(example.article, example.clues.asked) for example in taught}
        asking = Counter(name for name, _ in {(name, article) for article, asked in used for name in (asked.word, asked.phrase)})
        nouns = Counter(noun for noun, _ in {(asked.noun, article) for article, asked in used})
        self.asking, self.nouns = (
            {name: row for row, name in enumerate(name for name in sorted(count) if count[name] >= FREQUENT)}
            for count in (asking, nouns)
        )
        random, wide = np.random.default_rng(SEED), len(MEASURES) + 1
        seen = 3 * wide + 2
        self.weights: Weights = {
            "asking": np.zeros((len(self.asking) + 1, len(KINDS))),
            "nouns": np.zeros((len(self.nouns) + 1, len(KINDS))),
            "hidden": random.uniform(-1, 1, (HIDDEN, seen)) / math.sqrt(seen),
            "bias": random.uniform(-1, 1, HIDDEN) / math.sqrt(seen),
            "out": random.uniform(-1, 1, HIDDEN) / math.sqrt(HIDDEN),
            "direct": random.uniform(-1, 1, wide) / math.sqrt(wide),
        }

    def loss(self, batch: Sequence[Example]) -> tuple[float, Weights]:
        """The mean of -ln p(a right sentence), and its gradient."""
        total, gradient = 0.0, {name: np.zeros_like(value) for name, value in self.weights.items()}
        for example in batch:
            total += self._add(example, gradient)
        return total / len(batch), {name: value / len(batch) for name, value in gradient.items()}

    def json(self) -> dict[str, Any]:
        """As `SentenceNetwork` reads it; the tables' sign, which is by chance, such that more of what is asked for is better."""
        weights = {name: value.copy() for name, value in self.weights.items()}
        if weights["direct"][-1] < 0:
            last = weights["hidden"][:, len(MEASURES) : -2 : len(MEASURES) + 1]
            for value in (weights["asking"], weights["nouns"], weights["direct"][-1:], last):
                value *= -1
        rounded = {name: (np.round(value, 4) + 0.0).tolist() for name, value in weights.items()}
        tables = {"asking": self.asking, "nouns": self.nouns}
        return rounded | {
            table: {name: rounded[table][row] for name, row in rows.items()} for table, rows in tables.items()
        }

    def _rows(self, example: Example) -> tuple[int, int]:
        asked = example.clues.asked
        return self.asking.get(asked.phrase, self.asking.get(asked.word, -1)), self.nouns.get(asked.noun, -1)

    def _add(self, example: Example, gradient: Weights) -> float:
        weights, clues_ = self.weights, example.clues
        asking, noun = self._rows(example)
        measured = np.column_stack([clues_.measures, clues_.told @ (weights["asking"][asking] + weights["nouns"][noun])])
        around, states, scores = judged(measured, weights)
        chances, right = _softmax(scores), _softmax(np.where(example.right, scores, -np.inf))
        wrong = chances - right  # how the loss changes with each score
        inner = np.outer(wrong, weights["out"]) * (states > 0)
        gradient["out"] += wrong @ states
        gradient["direct"] += wrong @ measured
        gradient["hidden"] += inner.T @ around
        gradient["bias"] += inner.sum(axis=0)
        wanted = clues_.told.T @ _last_column(measured, inner @ weights["hidden"], wrong * weights["direct"][-1])
        for table, row in (("asking", asking), ("nouns", noun)):
            if row >= 0:
                gradient[table][row] += wanted
        return float(-np.log(chances[example.right].sum()))


def learn(taught: Sequence[Example], progress: Callable[[range], Iterable[int]] = iter) -> Learner:
    """A learner that has seen every example EPOCHS times, in an order by chance that is always the same."""
    learner, random = Learner(taught), np.random.default_rng(SEED)
    means, spreads = ({name: np.zeros_like(value) for name, value in learner.weights.items()} for _ in range(2))
    starts = range(0, len(taught), BATCH)
    rounds, done = EPOCHS * len(starts), 0
    for _ in progress(range(EPOCHS)):
        order = random.permutation(len(taught))
        for start in starts:
            done += 1
            rate = RATE * _share_of_rate(done / rounds)
            _, gradient = learner.loss([taught[row] for row in order[start : start + BATCH]])
            for name, slope in gradient.items():
                means[name] += (1 - _MEMORY) * (slope - means[name])
                spreads[name] += (1 - _SPREAD) * (slope**2 - spreads[name])
                step = means[name] / (1 - _MEMORY**done)
                scale = np.sqrt(spreads[name] / (1 - _SPREAD**done)) + _LEAST
                learner.weights[name] -= rate * (step / scale + DECAY * learner.weights[name])
    return learner


def hits(network: SentenceNetwork, asked: Sequence[Example]) -> NDArray[np.bool_]:
    """For each example, whether the sentence with the best score is right."""
    return np.array([example.right[network.scores(example.clues).argmax()] for example in asked], dtype=bool)


def as_text(weights: Mapping[str, Any]) -> str:
    """JSON with a row of numbers on a line, for a reader and for differences between two of them."""
    text = json.dumps(weights, ensure_ascii=False, separators=(", ", ": "))
    return text.replace("], ", "],\n ").replace("}, ", "},\n").replace("{", "{\n ") + "\n"


def _share_of_rate(done: float) -> float:
    """Of the rate, at a part of all rounds in [0, 1]: a quarter of a wave up, then one down to nothing."""
    part = done / _WARM if done < _WARM else (1 - done) / (1 - _WARM)
    return (1 - math.cos(math.pi * part)) / 2


def _softmax(scores: Numbers) -> Numbers:
    powers = np.exp(scores - scores.max())
    return np.asarray(powers / powers.sum())


def _last_column(measured: Numbers, seen: Numbers, own: Numbers) -> Numbers:
    """How the loss changes with each sentence's last measure, from how it changes with its surroundings and by itself."""
    wide = measured.shape[1]
    itself, before, behind = (seen[:, wide * (block + 1) - 1] for block in range(3))
    slope = own + itself
    slope[:-1] += before[1:]
    slope[1:] += behind[:-1]
    return np.asarray(slope)
