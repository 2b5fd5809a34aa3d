"""A follow-up question to the plan it stands for: what it leaves out is what was asked and answered before.

Deterministic: the earlier questions are the whole state. 「では楊浦は？」 keeps the attribute and changes the zone,
「そこの重点は？」 keeps the zone and changes the attribute.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace

from app.answering.context import Context
from app.answering.counting import asks_count, asks_many, stated_count
from app.answering.numerals import NUMBER, ordinal_of, parse
from app.answering.operations import Operation, asks_smallest, operation_of
from app.answering.references import (
    BOTH,
    DIRECTION,
    EVERYTHING,
    FROM_IT,
    IN_FULL,
    INCLUDING,
    NEXT,
    OTHERS,
    OVER_IT,
    PREVIOUS,
    REFERENCE,
    SEVERAL,
    is_about_zones,
)
from app.answering.repetition import UNITLESS, another_bound, asked_again, other_side, turned
from app.reading.normalization import normalize
from app.schema import Mention, Plan

# What may be left standing when a question gives only a new attribute or a new zone.
_STATING = ("look_up", "list", "search", "nth", "which", "count")
_REST = {">": "<=", ">=": "<", "<": ">=", "<=": ">"}
_OVER_ALL = ("sum", "mean", "max", "min", "rank", "nth")
ORDERED = ("nth", "max", "min", "rank")
_OF_TWO = ("difference", "ratio")
_BETWEEN = (*_OF_TWO, "compare")


def resolve(question: str, plan: Plan, context: Context | None, of_document: Collection[str] = ()) -> Plan:
    """The plan of a question asked in a context; a question that says everything itself stays as it is, and so does one
    for an attribute `of_document`, which no zone has."""
    if context is None or plan.attribute in of_document or (plan.operation == "count" and plan.attribute is None):
        return plan
    text = normalize(question).text
    if context.plan.attribute in of_document and (place := ordinal_of(text)) and not plan.leftover:
        return replace(plan, attribute=context.plan.attribute, operation="nth", constraints=(f"nth={place}",), subjects=())
    heard = plan  # what it is if nothing of the context goes into it: never a computation without an attribute
    if plan.implied and context.plan.attribute and context.plan.computed:  # what is measured is what was measured before
        plan = replace(plan, attribute=None)
    if plan.pointed and (changed := _pointed(text, plan, context)) is not None:
        return changed
    ways = (_another_zone, _the_others, _another_place, _another_operation, _another_attribute)
    found = next((changed for way in ways if (changed := way(text, plan, context)) is not None), plan)
    if found is plan or (found.operation in _OF_TWO and len(found.subjects) != 2 and "of=ends" not in found.constraints):
        return heard
    if found.computed and found.attribute is None and found.operation != "count":
        return replace(found, attribute=context.plan.attribute)
    return found


# ── Ways to follow up ───────────────────────────────────────────────────────────────────────────────────────


def _pointed(text: str, plan: Plan, context: Context) -> Plan | None:
    """「最初の区の施策は？」, 「2番目の区は？」: of the zones that were spoken of, or in the order that was asked for."""
    if context.plan.computed and context.plan.operation in ORDERED:
        return _another_place(text, replace(plan, subjects=()), context)
    if len(context.trail) < max(plan.pointed, 2):
        return None
    return replace(plan, subjects=(context.trail[plan.pointed if plan.pointed < 0 else plan.pointed - 1],))


def _another_zone(text: str, plan: Plan, context: Context) -> Plan | None:
    """「では楊浦は？」: what was asked before, of other zones."""
    before = context.plan
    if not plan.subjects or plan.places or OTHERS.search(text):
        return None
    compares = before.computed or DIRECTION.search(text) or FROM_IT.search(text) or (before.attribute and plan.attribute)
    again = asked_again(text, 2) if compares else None
    if again and again.name in _BETWEEN and len(plan.subjects) == 1 == len(context.zones) and plan.subjects != context.zones:
        attribute = plan.attribute or (before.attribute if before.computed else None) or before.attribute
        return _with(plan, attribute, before, again, (*context.zones, *plan.subjects))
    if plan.leftover or plan.computed or plan.attribute not in (None, before.attribute):
        return plan
    if plan.attribute and before.operation != "count":
        return plan
    if before.places and not before.subjects and before.operation in ("which", "look_up", "search"):
        return replace(plan, places=before.places, attribute=before.attribute, operation="look_up")
    if before.operation == "check":
        return replace(before, subjects=plan.subjects, operation="check" if len(plan.subjects) == 1 else "filter", confirms=True)
    if before.terms and before.operation in ("which", "search"):
        kept = replace(plan, attribute=before.attribute, operation="search", leftover=before.leftover)
        return replace(kept, terms=before.terms, topic=before.topic)
    if before.attribute is None:
        return plan
    if before.counts and len(plan.subjects) == 1 and (stated := stated_count(text)):
        return replace(plan, attribute=before.attribute, operation="check", constraints=("by=count", stated))
    between = before.operation in _BETWEEN and len(plan.subjects) == 2
    if between or (before.operation in ("sum", "mean", "rank", "max", "min") and len(plan.subjects) > 1):
        return replace(plan, attribute=before.attribute, operation=before.operation, constraints=before.constraints)
    kept_operation = before.operation if before.operation == "count" or (before.operation == "nth" and not before.computed) else "look_up"
    if before.counts and before.operation in ("sum", "compare"):
        kept_operation = "count"
    constraints = before.constraints if kept_operation == "nth" or before.constrained("also") else ()
    attribute = before.constraint("then") or before.attribute
    return replace(plan, attribute=attribute, operation=kept_operation, constraints=constraints)


def _the_others(text: str, plan: Plan, context: Context) -> Plan | None:
    """「それ以外の施策は？」: the rest of a list of which some was shown; 「ほかの区は？」: the other zones."""
    before = context.plan
    if not OTHERS.search(text) or plan.subjects or plan.leftover:
        return None
    names = tuple(f"not={zone}" for zone in context.zones)
    bounds = [item for item in before.constraints if item[0] in "<>="]
    if before.operation == "filter" and not plan.computed and len(bounds) == 1 and (sign := re.match("[<>]=?", bounds[0])):
        rest = _REST[sign.group()] + bounds[0][sign.end() :]  # 「残りはどこ？」 are those that do not keep it
        constraints = tuple(rest if item == bounds[0] else item for item in before.constraints if not item.startswith("then="))
        if plan.attribute in (None, before.attribute) or "どこ" in text:
            return _with(plan, before.attribute, before, Operation("filter", constraints), before.subjects)
    again = asked_again(text, 0)
    if again and again.name in _OVER_ALL:
        attribute = plan.attribute or before.attribute
        return _with(plan, attribute, plan if plan.computed else before, Operation(again.name, (*again.constraints, *names)), ())
    if before.terms and is_about_zones(text) and plan.attribute in (None, before.attribute):
        kept = replace(plan, operation="which", constraints=names, leftover=before.leftover, terms=before.terms)
        return replace(kept, topic=before.topic, attribute=before.attribute)
    attribute = plan.attribute or before.attribute
    if len(context.zones) == 1 and context.shown and attribute and not is_about_zones(text):
        without = tuple(f"except={place}" for place in context.shown)
        return replace(plan, subjects=context.zones, attribute=attribute, operation="list", constraints=without)
    if context.zones and attribute:
        return replace(plan, attribute=attribute, operation="look_up", constraints=names)
    return None


def _another_place(text: str, plan: Plan, context: Context) -> Plan | None:
    """「2つ目について詳しく」「その次は？」: another place in the list, or in the order, that was asked for."""
    before = context.plan
    listed = not plan.computed or (plan.implied and plan.operation == "nth" and not DIRECTION.search(text))
    if plan.subjects or plan.leftover or not listed:
        return None
    place, bare = ordinal_of(text), re.search(rf"(?<!\d)({NUMBER})位", text)
    if bare and place is None:
        place = int(parse(bare[1]))
    if place is None and context.shown:
        place = context.shown[-1] + 1 if NEXT.search(text) else context.shown[0] - 1 if PREVIOUS.search(text) else None
    ordered = before.computed and before.operation in ORDERED
    if ordered and (place or NEXT.search(text)):
        then = plan.attribute if plan.attribute not in (None, before.attribute) else None
        then = plan.constraint("then") or then or before.constraint("then")
        return replace(
            plan, attribute=before.attribute, operation="nth", subjects=before.subjects if len(before.subjects) > 1 else (),
            constraints=(
                *(("by=count",) if before.counts else ()),
                f"nth={place or (before.ordinal or 1) + 1}",
                f"from={before.constraint('from') or ('min' if before.operation == 'min' else 'max')}",
                *((f"then={then}",) if then else ()),
            ),
        )  # fmt: skip
    attribute = (plan.attribute if not plan.implied else None) or before.constraint("then") or before.attribute
    if place and attribute and context.zones:
        zones = context.zones[:1]
        return replace(plan, subjects=zones, attribute=attribute, operation="nth", constraints=(f"nth={place}",))
    return None


def _of_one(plan: Plan, zones: tuple[str, ...]) -> Plan:
    """Whether one zone keeps a bound; the mean is one of all zones."""
    return replace(plan, subjects=zones, operation="filter" if "mean" in "".join(plan.constraints) else "check")


def _another_operation(text: str, plan: Plan, context: Context) -> Plan | None:
    """「合計すると？」「では20以上だと？」「じゃあ小さいのは？」: something else done with the same numbers."""
    before = context.plan
    attribute = plan.attribute or before.attribute
    if plan.subjects or plan.leftover or attribute is None:
        return None
    if plan.constraint("then"):
        return plan
    if plan.operation == "filter" and plan.confirms and len(context.zones) == 1 and before.operation != "filter":
        return _of_one(plan, context.zones)
    one = operation_of(text, 1, UNITLESS)
    if one and one.name in ("position", "share") and len(context.zones) == 1:
        counts = ("by=count",) if asks_many(text) and attribute != before.attribute else ()
        return _with(plan, attribute, before, Operation(one.name, (*counts, *one.constraints)), context.zones)
    zones = _several(text, plan, context)
    again = asked_again(text, 2)
    picks = again is None or again.name in ("max", "min", "rank", "nth")
    if picks and before.operation in ("max", "min", "rank") and not REFERENCE.search(text) and len(before.subjects) < 2:
        zones = ()  # what was picked is not what is to be picked from
    if OVER_IT.search(text) and len(context.zones) == 1:
        sign = "<" if asks_smallest(text) else ">"
        return replace(plan, attribute=attribute, operation="filter", constraints=(f"{sign}than", f"than={context.zones[0]}"))
    if plan.attribute not in (None, before.attribute):
        again = asked_again(text, len(zones)) if zones else None
        return None if again is None else _with(plan, attribute, plan, again, zones)
    if again := another_bound(text, plan, before) or other_side(text, plan, before):
        return _with(plan, attribute, before, again, ())
    if IN_FULL.search(text) and len(context.zones) == 1 and before.counts:
        return replace(plan, subjects=context.zones, attribute=attribute, operation="look_up", constraints=())
    adds = (asked_again(text, 2) or Operation("")).name in (("sum", "mean") if before.computed else ("mean",))
    if asks_count(text) and not adds and len(context.zones) == 1 and (before.counts or not before.computed):
        return replace(plan, subjects=context.zones, attribute=attribute, operation="count", constraints=())
    if INCLUDING.search(text) and len(before.subjects) > 1:
        again = None if before.computed else asked_again(text, 0)
        return replace(before, subjects=()) if again is None else _with(plan, attribute, before, again, ())
    again = asked_again(text, len(zones) or len(before.subjects)) or turned(text, plan, before)
    if again is None:
        return None
    if again.name in _BETWEEN and "of=ends" not in again.constraints and len(zones or before.subjects) < 2:
        return None
    if again.name in ("max", "min") and plan.confirms and len(context.zones) == 1:
        zones = context.zones
    if again.name in ("sum", "mean") and not zones and before.attribute is not None and not before.computed and not before.subjects:
        zones = context.zones if len(context.zones) > 1 else ()
    counts = ("by=count",) if asks_many(text) and not before.computed else ()
    return _with(plan, attribute, before, Operation(again.name, (*counts, *again.constraints)), zones or _same_zones(again, before))


def _another_attribute(text: str, plan: Plan, context: Context) -> Plan | None:
    """「そこの重点は？」「重点は？」: something else of the zones that were asked about, or found."""
    if plan.subjects or EVERYTHING.search(text) or not context.zones or plan.places:
        return None
    refers = REFERENCE.search(text) is not None
    zones = _several(text, plan, context) or context.zones
    if plan.confirms and plan.attribute and not plan.computed and len(zones) == 1 and (stated := stated_count(text)):
        return replace(plan, subjects=zones, operation="check", constraints=("by=count", stated))
    if plan.operation in ("check", "filter") and plan.computed and plan.confirms and len(zones) == 1:
        return _of_one(plan, zones)
    if plan.operation == "sum" and plan.counts and len(zones) == 1:  # how many of them does it have
        return replace(plan, subjects=zones, operation="count", constraints=())
    if plan.computed and plan.operation not in ("count", "position"):
        return replace(plan, subjects=zones) if refers and len(zones) > 1 else None
    follows = refers or (plan.attribute is not None and not plan.leftover and plan.operation != "which")
    if refers and plan.operation == "which" and not plan.leftover and context.plan.terms:
        kept = replace(context.plan, operation="which", subjects=(), constraints=())
        return replace(kept, attribute=plan.attribute or kept.attribute)
    if follows and plan.operation in _STATING and (plan.attribute or plan.leftover):
        return replace(plan, subjects=zones, operation="search" if plan.operation == "which" else plan.operation)
    return None


# ── What they share ─────────────────────────────────────────────────────────────────────────────────────────


def _several(text: str, plan: Plan, context: Context) -> tuple[str, ...]:
    """The zones that a question means together: as many of the last as it says, or all that were found."""
    if match := SEVERAL.search(text):
        wanted = 2 if match["both"] or match["n"] == "ふた" else int(parse(match["n"]))
        return context.trail[-wanted:] if len(context.trail) >= wanted > 1 else ()
    if len(context.zones) > 1:
        return context.zones
    again = asked_again(text, 2)
    before = context.plan.operation
    if again is None or len(context.trail) < 2 or (context.plan.computed and before not in ("count", "max", "min")):
        return ()
    if again.name in _BETWEEN or (again.name == "sum" and BOTH.search(text)):
        return context.trail[-2:]
    # 「合計は？」 by itself is that of those which were asked about one after the other.
    return context.trail if again.name in ("sum", "mean") and plan.attribute is None and not context.plan.computed else ()


def _same_zones(again: Operation, before: Plan) -> tuple[str, ...]:
    if again.name == "nth" and before.operation == "nth" and len(before.subjects) < 2:
        return ()
    return before.subjects if len(before.subjects) > 1 else ()


def _with(plan: Plan, attribute: str | None, before: Plan, operation: Operation, zones: tuple[str, ...]) -> Plan:
    counts = before.counts and attribute == before.attribute and "by=count" not in operation.constraints
    constraints = list(dict.fromkeys([*(["by=count"] if counts else []), *operation.constraints]))
    if operation.name == "nth" and before.operation == "nth" and before.constraint("from") and "from=max" in constraints:
        constraints[constraints.index("from=max")] = f"from={before.constraint('from')}"
    nothing: tuple[Mention, ...] = ()
    return replace(
        plan, subjects=zones, attribute=attribute, operation=operation.name, constraints=tuple(constraints),
        leftover=nothing, terms=(), implied=False,
    )  # fmt: skip
