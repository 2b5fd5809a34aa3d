"""What a follow-up does with the numbers that were asked for before: the same, from another bound, side or end."""

from __future__ import annotations

import re

from app.answering.counting import stated_count
from app.answering.numerals import NUMBER
from app.answering.operations import Operation, asks_smallest, operation_of
from app.answering.references import BACKWARDS, DIRECTION, SIDE
from app.schema import Plan

UNITLESS: dict[str, float] = {"つ": 1.0}


def asked_again(text: str, zones: int) -> Operation | None:
    """What a normalised text wants done with numbers that it does not name, of so many zones."""
    return operation_of(text, zones if zones != 1 else 0, {})


def another_bound(text: str, plan: Plan, before: Plan) -> Operation | None:
    """「では20以上だと？」「6つの方は？」: the filter or check of before with another number."""
    number = re.search(rf"({NUMBER})(?:つ|個|件)?(?:以上|以下|未満|を?超|より)", text)
    if plan.computed and plan.operation != "count" and not plan.implied:
        return None
    if before.operation in ("filter", "check") and number:
        again = operation_of(re.sub(rf"{re.escape(number[1])}(?!つ)", number[1] + "つ", text, count=1), 0, UNITLESS)
        return again if again and again.name == "filter" else None
    if before.operation == "filter" and before.counts and (stated := stated_count(text)):
        return Operation("filter", (stated,))
    return None


def other_side(text: str, plan: Plan, before: Plan) -> Operation | None:
    """「では下回るのは？」: the filter of before with the same bound, from the side that is named."""
    side = SIDE.search(text)
    if before.operation != "filter" or side is None or (plan.computed and not plan.implied) or asked_again(text, 0):
        return None
    sign = "<" if side["below"] else ">"
    return Operation("filter", tuple(sign + item.lstrip("<>=") if item[0] in "<>" else item for item in before.constraints))


def turned(text: str, plan: Plan, before: Plan) -> Operation | None:
    """「逆に？」「じゃあ小さいのは？」: the other end of the same order, or the end that is named."""
    if plan.computed:
        return Operation(plan.operation, plan.constraints)
    if before.operation in ("max", "min", "nth", "rank") and BACKWARDS.search(text) and not DIRECTION.search(text):
        smallest = before.operation == "min" or before.constraint("from") == "min"
        return Operation("max" if smallest else "min")
    if before.computed and DIRECTION.search(text) and plan.operation in ("look_up", "search"):
        return Operation("min" if asks_smallest(text) else "max")
    return None
