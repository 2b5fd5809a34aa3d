"""The question that asks what an answer's plan would ask with another zone or another attribute in it.

The question says everything itself, so that it means the same wherever in a conversation it is asked.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.answer import Answer
from app.schema import Plan
from app.serving.overview import Overview
from app.serving.texts import AND, QUESTIONS

_OF_SEVERAL = ("sum", "mean", "difference", "compare")
_OF_ONE = ("position", "share")
_OF_ALL = ("max", "min", "rank")


def with_zones(answer: Answer, zones: Sequence[str], overview: Overview) -> str:
    """The question of `answer` for other zones; for all of them if there are none."""
    plan = answer.plan
    if len(zones) == len(plan.subjects) and _searches(plan) and all(zone in answer.question for zone in plan.subjects):
        question = answer.question
        for old, new in zip(plan.subjects, zones, strict=True):
            question = question.replace(old, new)
        return question
    return _worded(plan, zones, plan.attribute, overview)


def with_attribute(answer: Answer, attribute: str, overview: Overview) -> str:
    """The question of `answer` for another attribute."""
    return _worded(answer.plan, answer.plan.subjects, attribute, overview)


def about(zone: str, attribute: str, plan: Plan) -> str:
    """The question for one attribute of one zone, in the language of a plan."""
    return QUESTIONS["look_up"][plan.language].format(zones=zone, attribute=attribute)


def _searches(plan: Plan) -> bool:
    return bool(plan.leftover) or plan.attribute is None or plan.operation in ("check", "nth")


def _worded(plan: Plan, zones: Sequence[str], attribute: str | None, overview: Overview) -> str:
    if attribute is None:
        kind = "zone"
    elif (wanted := _kind(plan, zones, attribute, overview)) and plan.language in QUESTIONS[wanted]:
        kind = wanted
    else:  # every zone by name: the attribute alone would be taken for a follow-up about the one spoken of before
        kind, zones = "look_up", zones or overview.zones
    return QUESTIONS[kind][plan.language].format(zones=AND[plan.language].join(zones), attribute=attribute)


def _kind(plan: Plan, zones: Sequence[str], attribute: str, overview: Overview) -> str | None:
    """Which of the questions does the plan's operation again, where it can be done with that attribute."""
    operation = plan.operation
    if not zones and operation in _OF_ALL:
        if attribute in overview.measured:
            return operation
        return f"{operation}_count" if attribute in overview.listed else None
    if attribute in overview.measured:
        possible = _OF_SEVERAL if len(zones) > 1 else _OF_ONE if zones else ()
        return operation if operation in possible else None
    return "count" if plan.counts and len(zones) == 1 and attribute in overview.listed else None
