"""Arithmetic over numbers of the ledger: pure, exact where the facts are, 約 kept. Never a guess: operands are all there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from app.schema import Fact


@dataclass(frozen=True, slots=True)
class Measure:
    """A number of one subject: what its fact states, or (`unit` None, `counted`) how many facts it has."""

    subject: str
    number: Decimal
    facts: tuple[Fact, ...]
    unit: str | None = None
    approximate: bool = False
    counted: bool = False


@dataclass(frozen=True, slots=True)
class Computation:
    """What came of an operation. `operands` are the measures it stands on, most important first; `chosen` those that it
    picks (a maximum, a filter's matches, a ranking); `number` and `unit` what it computes, None if it only picks."""

    operation: str
    operands: tuple[Measure, ...]
    chosen: tuple[Measure, ...] = ()
    number: Decimal | None = None
    unit: str | None = None
    approximate: bool = False

    def among(self, meant: Sequence[Measure]) -> Computation:
        """The same with only those picked that are among the measures meant."""
        return _picked(self.operation, [measure for measure in self.chosen if measure in meant], self.operands)

    @property
    def number_text(self) -> str:
        """The number as it is shown: 約 if any operand is, at most two decimals."""
        return f"{'約' if self.approximate else ''}{shown(self.number or Decimal(0))}{self.unit or ''}"


def compute(operation: str, constraints: Sequence[str], measures: Sequence[Measure]) -> Computation:
    """Do `operation` over measures of one unit, in the order of the question. Raises ValueError for an unknown one,
    and for another number of measures than 2 where it is between two.

    `constraints` as the plan has them: `nth=2`, `from=min`, `top=3`, `>=20`, `of=ends`.
    """
    wanted = dict(item.split("=", 1) for item in constraints if item.startswith(("nth=", "from=", "top=", "of=")))
    descending = wanted.get("from", "min" if operation == "min" else "max") == "max"
    numbers = [measure.number for measure in measures]
    if operation in ("sum", "mean"):
        measures = within(constraints, measures)
        if not measures:
            raise ValueError(f"no measure meets {list(constraints)}")
        numbers = [measure.number for measure in measures]
        total = sum(numbers, Decimal(0))
        return _result(operation, measures, total if operation == "sum" else total / len(numbers), measures[0].unit)
    ranked = sorted(measures, key=lambda measure: measure.number, reverse=descending)
    if operation in ("max", "min"):
        return _picked(operation, [item for item in ranked if item.number == ranked[0].number], ranked)
    if operation == "nth":
        place = ranked[int(wanted["nth"]) - 1 :][:1]
        return _picked(operation, [item for item in ranked if place and item.number == place[0].number], ranked)
    if operation in ("rank", "compare"):
        return _picked(operation, ranked[: int(wanted.get("top", len(ranked)))], ranked)
    if operation == "filter":
        return _picked(operation, [item for item in ranked if meets(item.number, constraints, numbers)], ranked)
    if operation not in ("difference", "ratio"):
        raise ValueError(f"unknown operation {operation!r}")
    if wanted.get("of") == "ends":
        ranked = [ranked[0], ranked[-1]]
    if len(ranked) != 2:
        raise ValueError(f"{operation} takes 2 measures, not {len(ranked)}")
    larger, smaller = ranked
    if operation == "difference":
        return _result(operation, ranked, larger.number - smaller.number, larger.unit)
    return _result(operation, ranked, larger.number / smaller.number, "倍")


def within(constraints: Sequence[str], measures: Sequence[Measure]) -> list[Measure]:
    """The measures that a sum or a mean is of, where a question bounds them: 「40平方キロ超の区の合計」「上位3つ」."""
    bounds = [item for item in constraints if item[0] in "<>"]
    numbers = [measure.number for measure in measures]
    tops = [int(item.removeprefix("top=")) for item in constraints if item.startswith("top=")]
    if tops:
        largest = "from=min" not in constraints
        measures = sorted(measures, key=lambda measure: measure.number, reverse=largest)[: tops[0]]
    return [measure for measure in measures if meets(measure.number, bounds, numbers)]


def share(parts: Sequence[Measure], measures: Sequence[Measure]) -> Computation:
    """How many per cent some of the measures are of all of them together."""
    total = sum((measure.number for measure in measures), Decimal(0))
    others = [measure for measure in measures if measure not in parts]
    return _result("share", [*parts, *others], 100 * sum((part.number for part in parts), Decimal(0)) / total, "%")


def position(part: Measure, measures: Sequence[Measure], constraints: Sequence[str]) -> Computation:
    """Which place one of the measures takes among all, from 1; equal ones share the better place."""
    ranked = sorted(measures, key=lambda measure: measure.number, reverse="from=min" not in constraints)
    place = next(i for i, measure in enumerate(ranked, 1) if measure.number == part.number)
    return Computation("position", tuple(ranked), (), Decimal(place))


def meets(value: Decimal, constraints: Sequence[str], numbers: Sequence[Decimal] = ()) -> bool:
    """Whether a value keeps every bound (`>=20`, `<5`; `>mean` is that of `numbers`) among the constraints."""
    for constraint in constraints:
        for sign in (">=", "<=", ">", "<", "="):
            if constraint.startswith(sign):
                text = constraint.removeprefix(sign)
                bound = sum(numbers, Decimal(0)) / len(numbers) if text == "mean" else Decimal(text)
                kept = {
                    ">=": value >= bound, "<=": value <= bound, ">": value > bound, "<": value < bound, "=": value == bound
                }[sign]  # fmt: skip
                if not kept:
                    return False
                break
    return True


def bounded(condition: str) -> tuple[str, str]:
    """An attribute and its bound: `施策>=5` is (`施策`, `>=5`)."""
    name = re.split("[<>=]", condition, maxsplit=1)[0]
    return name, condition[len(name) :]


def shown(number: Decimal) -> str:
    """A number to at most two decimals, without trailing zeros.

    >>> shown(Decimal("12.50")), shown(Decimal(193)), shown(Decimal(193) / 7)
    ('12.5', '193', '27.57')
    """
    rounded = number.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    return f"{rounded.normalize():f}"


def _picked(operation: str, chosen: Sequence[Measure], ranked: Sequence[Measure]) -> Computation:
    others = [measure for measure in ranked if measure not in chosen]
    return Computation(operation, (*chosen, *others), tuple(chosen))


def _result(operation: str, operands: Sequence[Measure], number: Decimal, unit: str | None) -> Computation:
    approximate = any(measure.approximate for measure in operands)
    return Computation(operation, tuple(operands), (), number, unit, approximate)

