"""What speaks for and against passages as an answer: a few independent signs, and how much each weighs.

Each is of the language or of the documents, never of particular questions. What no passage has is known from outside.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from app.answering.thesaurus import LIGHT
from app.schema import Hit, Term

# What a logistic model decides by, its weights fitted by `python -m scripts.calibrate`: the best cosine of the first
# passages; how far the first one's is above the mean of those listed; the largest share of the question's words that
# any of them holds; how many nouns the documents have not; how many phrases join one of those to one that they have
# (介護の人材 where there are 人材); the share of the phrases that the first passage has whole; and how many nouns there are.
SIGNS = ("intercept", "cosine", "margin", "covered", "unknown", "mixed", "whole", "nouns")
ANSWERS = (-32.898, 36.344, 40.323, 2.000, -1.005, -1.220, 3.165, 0.388)
# The same where the guide declares no synonyms (`--no-synonyms`): words that are missing say less then.
ANSWERS_UNEXPLAINED = (-37.793, 42.835, 50.800, 1.504, -0.572, -0.325, 2.278, 0.407)
# Below this confidence that the documents answer at all, they do not. Set between answering what they do not say and
# refusing what they do: on the questions of `scripts.calibrate`, each errs in some 3 to 7 of 100.
THRESHOLD = 0.45
_MOST_UNKNOWN = 4
_MOST_NOUNS = 8


def signs(
    terms: Sequence[Term], hits: Sequence[Hit], known: Callable[[Term], bool], held: Callable[[Term], bool]
) -> tuple[float, ...]:
    """The signs by the names in `SIGNS`; `known` are terms that the documents have, `held` those of the first hit."""
    phrases = _phrases(terms)
    has = [[known(term) for term in phrase] for phrase in phrases]
    whole = [all(map(held, phrase)) for phrase in phrases]
    cosines = [hit.legs.get("dense", 0.0) for hit in hits]
    return (
        1.0,
        max(cosines[:3]),
        cosines[0] - sum(cosines) / len(cosines),
        max(hit.legs.get("coverage", 0.0) for hit in hits),
        float(min(sum(one.count(False) for one in has), _MOST_UNKNOWN)),
        float(sum(any(one) and not all(one) for one in has)),
        sum(whole) / len(whole) if whole else 1.0,
        float(min(sum(map(len, phrases)), _MOST_NOUNS)),
    )


def confidence(weights: Sequence[float], values: Sequence[float]) -> float:
    """How likely an answer is, in (0, 1), by the weights and the values of the signs."""
    return 1 / (1 + math.exp(-sum(w * x for w, x in zip(weights, values, strict=True))))


def _phrases(terms: Sequence[Term]) -> list[list[Term]]:
    """The nouns, those that are joined to the one before in one phrase with it."""
    phrases: list[list[Term]] = []
    for term in terms:
        if term.weight <= LIGHT:
            continue
        if term.joined and phrases:
            phrases[-1].append(term)
        else:
            phrases.append([term])
    return phrases
