"""Outcomes to figures, tables and lists of misses, as plain text and as Markdown; counts nothing by itself.

Every table has one column a system, so that no figure stands without its baselines.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.evaluating.metrics import (
    MEASURES,
    Measure,
    Outcome,
    Response,
    Share,
    answered_and_right,
    coverage,
    judgements,
    percentile,
    refusal_precision,
    refusal_recall,
    share,
)
from app.evaluating.questions import Question
from app.evaluating.risk import RiskCoverage
from app.evaluating.table import draw, escape

TOTAL = "total"

Outcomes = Mapping[str, Sequence[Outcome]]
_DECISIONS = {
    "refusal precision": refusal_precision,
    "refusal recall": refusal_recall,
    "answered and right": answered_and_right,
    "coverage": coverage,
}
_LATENCY = (50, 95)
_SHOWN = 120  # characters of an answer in a list of misses
_NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Figure:
    """One measure over one category or all: for each system a share, seconds, or None for no such thing."""

    measure: str
    category: str
    questions: int
    values: Mapping[str, Share | float | None]

    def as_json(self) -> dict[str, Any]:
        """All the numbers, unrounded."""
        return {
            "measure": self.measure,
            "category": self.category,
            "questions": self.questions,
            "systems": {name: _value_json(value) for name, value in self.values.items()},
        }


@dataclass(frozen=True, slots=True)
class Miss:
    """A question that the system got wrong, and in which measures."""

    outcome: Outcome
    wrong: tuple[str, ...]
    cause: str | None = None


def figures(outcomes: Outcomes) -> list[Figure]:
    """Every measure, category by category and in total; then what was refused or answered, and latency, over all questions.

    `outcomes` holds the same questions for each system. A measure that no question asks is left out.
    """
    some = next(iter(outcomes.values()))
    categories = list(dict.fromkeys(outcome.question.category for outcome in some))
    found = []
    for name, measure in MEASURES.items():
        for category in [*categories, TOTAL]:
            shares = {system: _judged(measure, several, category) for system, several in outcomes.items()}
            counted = max(item.of for item in shares.values())
            if counted:
                found.append(Figure(name, category, counted, shares))
    for name, count in _DECISIONS.items():
        counts = {system: count(several) for system, several in outcomes.items()}
        found.append(Figure(name, TOTAL, len(some), counts))
    for percent in _LATENCY:
        times = {
            system: percentile([outcome.seconds for outcome in several], percent)
            for system, several in outcomes.items()
        }
        found.append(Figure(f"latency p{percent}", TOTAL, len(some), times))
    return found


def table(figures: Sequence[Figure], *, markdown: bool = False) -> str:
    """The figures, one a row; totals with their 95 % interval."""
    systems = list(figures[0].values) if figures else []
    rows = [["measure", "category", "n", *systems]]
    for figure in figures:
        cells = [_cell(value, interval=figure.category == TOTAL) for value in figure.values.values()]
        rows.append([figure.measure, figure.category, str(figure.questions), *cells])
    return draw(rows, markdown=markdown)


def risk_table(name: str, found: RiskCoverage, *, markdown: bool = False) -> str:
    """What the risk-coverage curve of one system comes to, one number a row, under the system's name."""
    within, operating = found.within, found.operating
    sizes = f"{found.answerable} answerable, {found.refusable} to be refused"
    budget, threshold = f"{100 * found.budget:g} % risk", f"threshold {operating.threshold:g}"
    rows = [
        ["refusing by confidence", name],
        ["AUROC", _NOTHING if found.auroc is None else f"{found.auroc:.3f} ({sizes})"],
        ["AURC", _NOTHING if found.aurc is None else f"{found.aurc:.4f}"],
        [f"coverage at {budget}", _cell(within.coverage if within else Share(0, found.answerable), interval=True)],
        [f"threshold for {budget}", str(within.threshold) if within else _NOTHING],
        [f"coverage at {threshold}", _cell(operating.coverage, interval=True)],
        [f"risk at {threshold}", _cell(operating.risk, interval=True)],
    ]
    return draw(rows, markdown=markdown)


def misses(outcomes: Sequence[Outcome], causes: Mapping[str, str]) -> list[Miss]:
    """The questions that one system got wrong, in their order, each with its cause if `causes` gives one."""
    found = []
    for outcome in outcomes:
        judged = judgements(outcome.question, outcome.response)
        if wrong := tuple(name for name, right in judged.items() if right is False):
            found.append(Miss(outcome, wrong, causes.get(outcome.question.id)))
    return found


def miss_list(misses: Sequence[Miss], *, markdown: bool = False) -> str:
    """Each miss with its category, what was expected, what came, and why."""
    lines = []
    for miss in misses:
        question, response = miss.outcome.question, miss.outcome.response
        parts = {
            "question": question.question,
            "expected": _expected(question),
            "got": _got(response),
            "cause": miss.cause or "(not yet found)",
        }
        head = f"{question.id} [{question.category}] wrong: {', '.join(miss.wrong)}"
        lines.append(f"- **{escape(head)}**" if markdown else head)
        for key, part in parts.items():
            lines.append(f"  - {key}: {escape(part)}" if markdown else f"    {key}: {part}")
    return "\n".join(lines)


def _judged(measure: Measure, outcomes: Sequence[Outcome], category: str) -> Share:
    return share(
        measure(outcome.question, outcome.response)
        for outcome in outcomes
        if category in (TOTAL, outcome.question.category)
    )


def _value_json(value: Share | float | None) -> Any:
    if not isinstance(value, Share):
        return {"seconds": value}
    return {"right": value.right, "of": value.of, "share": value.value, "interval_95": value.interval}


def _cell(value: Share | float | None, *, interval: bool) -> str:
    if isinstance(value, float):
        return f"{1000 * value:.1f} ms"
    if not isinstance(value, Share) or value.value is None or value.interval is None:
        return _NOTHING
    low, high = value.interval
    text = f"{100 * value.value:.1f} % ({value.right}/{value.of})"
    return f"{text} [{100 * low:.0f}–{100 * high:.0f}]" if interval else text


def _expected(question: Question) -> str:
    parts = [question.status, *question.zones]
    if question.passage:
        parts.append(f"[1] 「{question.passage}」")
    if question.answer:
        parts.append("holds " + " ".join(f"「{text}」" for text in question.answer))
    return " ".join(parts)


def _got(response: Response) -> str:
    status = f"{response.status} ({response.reason})" if response.reason else response.status
    text = " ".join(response.text.split())
    text = text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
    first = f" [1] {response.citations[0].passage_id}" if response.citations else ""
    return f"{status}{first} 「{text}」"
