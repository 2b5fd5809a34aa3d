"""Arithmetic over measured facts: pure, exact where the facts are, 約 kept. Never a guess: operands are all there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from app.schema import Fact


@dataclass(frozen=True, slots=True)
class Computation:
    """What came of an operation. `operands` are the facts it stands on, most important first; `chosen` those that it
    picks (a maximum, a filter's matches, a ranking); `number` and `unit` what it computes, None if it only picks."""

    operation: str
    operands: tuple[Fact, ...]
    chosen: tuple[Fact, ...] = ()
    number: Decimal | None = None
    unit: str | None = None
    approximate: bool = False

    @property
    def number_text(self) -> str:
        """The number as it is shown: 約 if any operand is, at most two decimals."""
        assert self.number is not None
        return f"{'約' if self.approximate else ''}{shown(self.number)}{self.unit or ''}"


def compute(operation: str, constraints: Sequence[str], facts: Sequence[Fact]) -> Computation:
    """Do `operation` over facts of one unit, in the order of the question. Raises ValueError for an unknown one,
    and for another number of facts than 2 where it is between two.

    `constraints` as the plan has them: `nth=2`, `from=min`, `>=20`.
    """
    wanted = dict(item.split("=", 1) for item in constraints if item.startswith(("nth=", "from=")))
    descending = wanted.get("from", "min" if operation == "min" else "max") == "max"
    ranked = sorted(facts, key=_value, reverse=descending)
    if operation in ("max", "min"):
        best = [fact for fact in ranked if _value(fact) == _value(ranked[0])]
        return _picked(operation, best, ranked)
    if operation == "nth":
        place = int(wanted["nth"])
        return _picked(operation, ranked[place - 1 : place], ranked)
    if operation in ("rank", "compare"):
        return _picked(operation, ranked, ranked)
    if operation == "filter":
        matches = [fact for fact in ranked if meets(_value(fact), constraints)]
        return _picked(operation, matches, ranked)
    if operation == "sum":
        return _result(operation, facts, sum((_value(fact) for fact in facts), Decimal(0)), facts[0].unit)
    if operation == "mean":
        return _result(operation, facts, sum(map(_value, facts), Decimal(0)) / len(facts), facts[0].unit)
    if operation not in ("difference", "ratio"):
        raise ValueError(f"unknown operation {operation!r}")
    if len(facts) != 2:
        raise ValueError(f"{operation} takes 2 facts, not {len(facts)}")
    larger, smaller = sorted(facts, key=_value, reverse=True)
    if operation == "difference":
        return _result(operation, [larger, smaller], _value(larger) - _value(smaller), larger.unit)
    return _result(operation, [larger, smaller], _value(larger) / _value(smaller), "倍")


def meets(value: Decimal, constraints: Sequence[str]) -> bool:
    """Whether a value keeps every bound (`>=20`, `<5`) among the constraints."""
    for constraint in constraints:
        for sign in (">=", "<=", ">", "<"):
            if constraint.startswith(sign):
                bound = Decimal(constraint.removeprefix(sign))
                kept = {">=": value >= bound, "<=": value <= bound, ">": value > bound, "<": value < bound}[sign]
                if not kept:
                    return False
                break
    return True


def shown(number: Decimal) -> str:
    """A number to at most two decimals, without trailing zeros.

    >>> shown(Decimal("12.50")), shown(Decimal(193)), shown(Decimal(193) / 7)
    ('12.5', '193', '27.57')
    """
    rounded = number.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    return f"{rounded.normalize():f}"


def _value(fact: Fact) -> Decimal:
    return Decimal(repr(fact.number))


def _picked(operation: str, chosen: Sequence[Fact], ranked: Sequence[Fact]) -> Computation:
    others = [fact for fact in ranked if fact not in chosen]
    return Computation(operation, (*chosen, *others), tuple(chosen))


def _result(operation: str, operands: Sequence[Fact], number: Decimal, unit: str | None) -> Computation:
    approximate = any(fact.approximate for fact in operands)
    return Computation(operation, tuple(operands), (), number, unit, approximate)
