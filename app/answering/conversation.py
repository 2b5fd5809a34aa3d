"""A follow-up question to the plan it stands for: what it leaves out is what was asked and answered before.

Deterministic: the earlier questions are the whole state. 「では楊浦は？」 keeps the attribute and changes the zone,
「そこの重点は？」 keeps the zone and changes the attribute.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from app.answer import Answer, Computed
from app.answering.operations import asks_smallest, operation_of
from app.answering.planning import ordinal_of
from app.reading.normalization import normalize
from app.schema import COMPUTED, Plan

_ANAPHORA = re.compile(r"そこ|その|それ(?!ぞれ)|そちら|同区|同じ(?:区|ところ)|この区|ここ|あの|当区|そっち|there|its?\b|that zone|那里|那个|它")
_EVERYTHING = re.compile(r"各区|全区|全部の区|すべての区|全ての区|どの区も|7区|七区|区ごと")
_DIRECTION = re.compile(r"大き|広|小さ|狭|largest|smallest|[大小]")
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
        picked = next((item.text for item in answer.segments if isinstance(item, Computed) and item.number is None), None)
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
        if before.operation == "count":
            operation = "count"
        return replace(plan, attribute=before.attribute, operation=operation, constraints=constraints)
    if before.computed and plan.attribute in (None, before.attribute) and not plan.leftover:
        again = operation_of(text, len(before.subjects), ())
        if again is not None:  # another operation over the same: 「平均は？」「3番目は？」
            constraints = again.constraints
            if again.name == "nth" and before.operation == "nth" and not _DIRECTION.search(text):
                constraints = (constraints[0], *before.constraints[1:])
            subjects = before.subjects if again.name in ("sum", "mean", "difference", "ratio", "compare") else ()
            return replace(
                plan, subjects=subjects, attribute=before.attribute, operation=again.name, constraints=constraints
            )
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
