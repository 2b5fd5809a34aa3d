"""Judges responses against what was expected, and counts: pure functions that a reader can check by hand.

True is right, False is wrong, None is not asked of this question and counts nowhere. Every share lies in
[0, 1], higher is better; every time is in seconds. Knows nothing of which system gave a response.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.answer import Reason, Status
from app.evaluating.questions import Question
from app.schema import Passage

# The normal deviate that leaves 2.5 % in each tail.
_Z95 = 1.959963984540054
_RECALL_DEPTH = 3


@dataclass(frozen=True, slots=True)
class Response:
    """What a system answers: `citations` are what it stands on, `passages` what it found, both best first.

    `confidence`, in [0, 1], is how sure it was that there is an answer; 1.0 for a system that does not say.
    """

    status: Status
    text: str
    citations: tuple[Passage, ...]
    passages: tuple[Passage, ...]
    reason: Reason | None = None
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question asked of one system, and how long it took."""

    question: Question
    response: Response
    seconds: float


@dataclass(frozen=True, slots=True)
class Share:
    """`right` of `of`; no share and no interval of nothing."""

    right: int
    of: int

    @property
    def value(self) -> float | None:
        """The share, in [0, 1]."""
        return self.right / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson's 95 % score interval, honest for few questions and near 1.

        E. B. Wilson, Journal of the American Statistical Association 22 (1927), 209-212:
        centre = (p + z²/2n) / (1 + z²/n); half width = z √(p(1-p)/n + z²/4n²) / (1 + z²/n)
        """
        if not self.of:
            return None
        n, p, z = self.of, self.right / self.of, _Z95
        centre = (p + z * z / (2 * n)) / (1 + z * z / n)
        width = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
        return max(0.0, centre - width), min(1.0, centre + width)


def first_citation_right(question: Question, response: Response) -> bool | None:
    """Whether the first citation holds the expected passage, in an expected zone.

    Without `passage` only the zone counts; without either, or where no answer is expected, nothing does.
    """
    if not _expects_citation(question):
        return None
    return bool(response.citations) and _is_expected(question, response.citations[0])


def recall_at_3(question: Question, response: Response) -> bool | None:
    """Whether any of the first three different passages, cited or else found, is the expected one."""
    if not _expects_citation(question):
        return None
    different = {passage.passage_id: passage for passage in (*response.citations, *response.passages)}
    return any(_is_expected(question, passage) for passage in list(different.values())[:_RECALL_DEPTH])


def answer_right(question: Question, response: Response) -> bool:
    """Whether the status is the expected one and the answer's text holds every expected string."""
    return response.status == question.status and all(holds(response.text, text) for text in question.answer)


def zones_right(question: Question, response: Response) -> bool | None:
    """Whether the citations come from exactly the expected zones; asked only where several are expected."""
    if len(question.zones) < 2:
        return None
    return {passage.zone for passage in response.citations} == set(question.zones)


Measure = Callable[[Question, Response], bool | None]

MEASURES: Mapping[str, Measure] = {
    "first citation": first_citation_right,
    "recall@3": recall_at_3,
    "answer": answer_right,
    "zone set": zones_right,
}


def judgements(question: Question, response: Response) -> dict[str, bool | None]:
    """What every measure says, by its name."""
    return {name: measure(question, response) for name, measure in MEASURES.items()}


def all_right(question: Question, response: Response) -> bool:
    """Whether no measure finds anything wrong."""
    return False not in judgements(question, response).values()


def holds(text: str, part: str) -> bool:
    """Whether `part` stands in `text`, not as a piece of a longer number.

    >>> holds("約14平方キロメートル", "4平方"), holds("4.5倍", "4"), holds("約14平方キロメートル", "14")
    (False, False, True)
    """
    before = r"(?<!\d)(?<!\d[.,])" if part[0].isdigit() else ""
    after = r"(?![.,]?\d)" if part[-1].isdigit() else ""
    return re.search(before + re.escape(part) + after, text) is not None


def share(judgements: Iterable[bool | None]) -> Share:
    """How many are right, of those that count."""
    counted = [judgement for judgement in judgements if judgement is not None]
    return Share(sum(counted), len(counted))


def refusal_precision(outcomes: Iterable[Outcome]) -> Share:
    """Of what was refused, how much should have been."""
    return share(
        outcome.question.status == "refused" for outcome in outcomes if outcome.response.status == "refused"
    )


def refusal_recall(outcomes: Iterable[Outcome]) -> Share:
    """Of what should have been refused, how much was."""
    return share(
        outcome.response.status == "refused" for outcome in outcomes if outcome.question.status == "refused"
    )


def answered_and_right(outcomes: Iterable[Outcome]) -> Share:
    """Of what was answered, how much is right by all measures together; an answer to what is to be refused is wrong."""
    return share(
        all_right(outcome.question, outcome.response)
        for outcome in outcomes
        if outcome.response.status != "refused"
    )


def coverage(outcomes: Iterable[Outcome]) -> Share:
    """Of the answerable questions, how many were answered, rightly or wrongly."""
    return share(
        outcome.response.status != "refused" for outcome in outcomes if outcome.question.status != "refused"
    )


def percentile(values: Sequence[float], percent: int) -> float | None:
    """The smallest value that at least `percent` % of the values do not exceed: nearest rank."""
    if not values:
        return None
    return sorted(values)[max(0, math.ceil(percent * len(values) / 100) - 1)]


def _expects_citation(question: Question) -> bool:
    answers = question.status in ("answered", "corrected")
    return question.passage is not None or (answers and bool(question.zones))


def _is_expected(question: Question, passage: Passage) -> bool:
    in_zone = not question.zones or passage.zone in question.zones
    return in_zone and (question.passage is None or question.passage in passage.text)
