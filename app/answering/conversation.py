"""A follow-up question to the plan it stands for: what it leaves out is what was asked and answered before.

Deterministic: the earlier questions are the whole state. 「では楊浦は？」 keeps the attribute and changes the zone,
「そこの重点は？」 keeps the zone and changes the attribute.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from app.answer import Answer
from app.answering.operations import asks_smallest
from app.answering.planning import ordinal_of
from app.reading.normalization import normalize
from app.schema import COMPUTED, Plan

_ANAPHORA = re.compile(r"そこ|その|それ(?!ぞれ)|そちら|同区|同じ(?:区|ところ)|この区|ここ|あの|当区|そっち|there|its?\b|that zone|那里|那个|它")
_EVERYTHING = re.compile(r"各区|全区|全部の区|すべての区|全ての区|どの区も|7区|七区|区ごと")
# What may be left standing when a question gives only a new attribute or a new zone.
_STATING = ("look_up", "list", "search", "nth")


@dataclass(frozen=True, slots=True)
class Context:
    """What the conversation is about after an answer: its plan, and the zones that it was about or found."""

    plan: Plan
    zones: tuple[str, ...]


def context_of(answer: Answer) -> Context:
    """The context that an answer leaves: the zones asked about, else the one that its first citation is of."""
    zones = answer.plan.subjects
    if not zones and answer.citations and answer.status == "answered":
        picked = next((segment.text for segment in answer.segments if getattr(segment, "op", None)), None)
        zone = answer.citations[0].passage.zone
        zones = (zone,) if zone and answer.plan.operation not in ("sum", "mean", "rank", "filter") else ()
        if picked is not None and answer.plan.operation in ("max", "min", "nth", "compare"):
            zones = (picked,)
    return Context(answer.plan, zones)


def resolve(question: str, plan: Plan, context: Context | None) -> Plan:
    """The plan of a question asked in a context; a question that says everything itself stays as it is."""
    if context is None:
        return plan
    text = normalize(question).text
    before = context.plan
    if plan.subjects:
        if plan.attribute or plan.leftover or before.attribute is None:
            return plan
        operation, constraints = ("nth", before.constraints) if before.ordinal else ("look_up", ())
        return replace(plan, attribute=before.attribute, operation=operation, constraints=constraints)
    ordinal = ordinal_of(text)
    if ordinal and plan.attribute is None and before.attribute and context.zones:
        return replace(
            plan, subjects=context.zones, attribute=before.attribute, operation="nth", constraints=(f"nth={ordinal}",)
        )
    if plan.attribute == before.attribute and before.operation in COMPUTED and plan.operation == "look_up":
        return replace(plan, operation="min" if asks_smallest(text) else "max")
    refers = _ANAPHORA.search(text) is not None
    follows = refers or (plan.attribute is not None and not plan.leftover)
    if follows and plan.operation in _STATING and context.zones and not _EVERYTHING.search(text):
        return replace(plan, subjects=context.zones)
    return plan
