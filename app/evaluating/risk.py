"""The refusal decision as selective prediction: how much is answered, and how much of that is wrong, by threshold.

A system that answers where its confidence reaches a threshold t, else refuses, is a selective classifier (f, g) with
g(x) = [confidence(x) ≥ t]. Its selective risk is the share of errors among what it answers; lowering t buys coverage
with risk (R. El-Yaniv, Y. Wiener, JMLR 11 (2010), 1605-1641; Y. Geifman, R. El-Yaniv, NIPS 30 (2017), 4878-4887).
They take coverage over everything asked. Here a question may have no answer, and refusing it is right, so:

    coverage(t) = answerable questions answered at t / answerable questions
    risk(t)     = wrong answers at t / questions answered at t, where an answer to what is to be refused is wrong

Shares in [0, 1]: of coverage higher is better, of risk lower. Pure functions; knows nothing of how an answer came about.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from app.evaluating.metrics import Outcome, Share, all_right, share


@dataclass(frozen=True, slots=True)
class Judged:
    """One question of a run in which the confidence refused nothing.

    `confidence` in [0, 1]; 0.0 with `answers` False where even this run refused, so that no threshold answers it.
    """

    confidence: float
    answers: bool
    answerable: bool
    right: bool

    def answered_at(self, threshold: float) -> bool:
        """Whether a system with this threshold answers."""
        return self.answers and self.confidence >= threshold


@dataclass(frozen=True, slots=True)
class Point:
    """What comes of one threshold. In `risk` what is counted as `right` is what is wrong; of nothing there is none."""

    threshold: float
    coverage: Share
    risk: Share

    def as_json(self) -> dict[str, Any]:
        """All the numbers, unrounded."""
        return {
            "threshold": self.threshold,
            "answerable_answered": self.coverage.right,
            "coverage": self.coverage.value,
            "wrong": self.risk.right,
            "answered": self.risk.of,
            "risk": self.risk.value,
        }


@dataclass(frozen=True, slots=True)
class RiskCoverage:
    """The whole curve, from the highest threshold that answers something to the lowest, and what it comes to.

    `within` is the point of most coverage whose risk is within `budget`; None if every threshold errs more often.
    """

    answerable: int
    refusable: int
    points: tuple[Point, ...]
    auroc: float | None
    aurc: float | None
    budget: float
    within: Point | None
    operating: Point

    @property
    def questions(self) -> int:
        """How many were asked."""
        return self.answerable + self.refusable

    def as_json(self) -> dict[str, Any]:
        """All the numbers, unrounded, with every point."""
        return {
            "answerable": self.answerable,
            "to_be_refused": self.refusable,
            "auroc": self.auroc,
            "aurc": self.aurc,
            "error_budget": self.budget,
            "within_budget": None if self.within is None else self.within.as_json(),
            "operating": self.operating.as_json(),
            "points": [point.as_json() for point in self.points],
        }


def judge(outcome: Outcome) -> Judged:
    """An outcome of the run that the confidence refused nothing in."""
    answers = outcome.response.status != "refused"
    return Judged(
        confidence=outcome.response.confidence if answers else 0.0,
        answers=answers,
        answerable=outcome.question.status != "refused",
        right=all_right(outcome.question, outcome.response),
    )


def risk_coverage(judged: Sequence[Judged], threshold: float, budget: float) -> RiskCoverage:
    """Everything about one run: `threshold` is the shipped one, `budget` the risk that may be taken, in [0, 1]."""
    points = curve(judged)
    answerable = sum(item.answerable for item in judged)
    return RiskCoverage(
        answerable=answerable,
        refusable=len(judged) - answerable,
        points=points,
        auroc=auroc(
            [item.confidence for item in judged if item.answerable],
            [item.confidence for item in judged if not item.answerable],
        ),
        aurc=aurc(points),
        budget=budget,
        within=within_budget(points, budget),
        operating=at(judged, threshold),
    )


def at(judged: Iterable[Judged], threshold: float) -> Point:
    """What comes of one threshold."""
    judged = tuple(judged)
    return Point(
        threshold,
        coverage=share(item.answered_at(threshold) for item in judged if item.answerable),
        risk=share(not item.right for item in judged if item.answered_at(threshold)),
    )


def curve(judged: Sequence[Judged]) -> tuple[Point, ...]:
    """One point for each confidence that something is answered with, falling: between two of them nothing changes."""
    confidences = sorted({item.confidence for item in judged if item.answers}, reverse=True)
    return tuple(at(judged, confidence) for confidence in confidences)


def auroc(answerable: Sequence[float], refusable: Sequence[float]) -> float | None:
    """How likely an answerable question has more confidence than one to be refused; None if all are of one class.

    AUROC = Σ_a Σ_r ([a > r] + [a = r] / 2) / (|answerable| · |refusable|), the Mann-Whitney statistic: J. A. Hanley,
    B. J. McNeil, Radiology 143 (1982), 29-36. 1 separates the classes, 1/2 tells nothing.
    """
    if not answerable or not refusable:
        return None
    ordered = sorted(refusable)
    halves = sum(bisect_left(ordered, value) + bisect_right(ordered, value) for value in answerable)
    return halves / (2 * len(answerable) * len(refusable))


def aurc(points: Sequence[Point]) -> float | None:
    """The area under the risk-coverage curve, over the coverage that is reached; None if nothing answerable is answered.

    AURC = Σ_k (c_k - c_(k-1)) · r_k / c_K, with c_0 = 0: every step of coverage costs the risk at its end, as questions of
    equal confidence come together. Where c_K = 1 and all confidences differ it is the mean risk of Y. Geifman, G. Uziel,
    R. El-Yaniv, ICLR 2019. Dividing by c_K keeps more refusals whatever the threshold from passing for less risk.
    """
    area, before = 0.0, 0.0
    for point in points:
        covered, risk = point.coverage.value, point.risk.value
        if covered is None or risk is None:
            return None
        area += (covered - before) * risk
        before = covered
    return min(1.0, area / before) if before else None


def within_budget(points: Sequence[Point], budget: float) -> Point | None:
    """The point of most coverage whose risk does not exceed `budget`; of equals the highest threshold, which errs least.

    Counted on these questions: no bound for others (for that see the SGR algorithm of Geifman & El-Yaniv 2017).
    """
    affordable = (point for point in points if point.risk.value is not None and point.risk.value <= budget)
    allowed = [point for point in affordable if point.coverage.right]
    return max(allowed, key=lambda point: point.coverage.right, default=None)


def unlike(shipped: Sequence[Outcome], forced: Sequence[Outcome], threshold: float) -> list[str]:
    """The ids of questions that the shipped system does not end as the curve says: answered with that very answer, or
    refused. A follow-up may be one, where an earlier question was forced as well."""
    found = []
    for real, other in zip(shipped, forced, strict=True):
        answered = judge(other).answered_at(threshold)
        same = real.response.text == other.response.text if answered else True
        if not same or answered != (real.response.status != "refused"):
            found.append(real.question.id)
    return found
