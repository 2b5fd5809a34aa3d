"""A follow-up question to the plan it stands for: what it leaves out is what was asked and answered before.

Deterministic: the earlier questions are the whole state. 「では楊浦は？」 keeps the attribute and changes the zone,
「そこの重点は？」 keeps the zone and changes the attribute.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace

from app.answer import Answer, Computed, Quote
from app.answering.numerals import NUMBER, ordinal_of
from app.answering.operations import Operation, asks_count, asks_smallest, counted, operation_of
from app.reading.normalization import normalize
from app.schema import PICKS, Plan

_ANAPHORA = re.compile(
    r"そこ|その|それ(?!ぞれ)|そちら|同区|同じ(?:区|ところ)|この(?:区|\d|[二三四五六])|ここ|あの|当区|そっち|両(?:区|方|者)|(?:二|2|三|3)つ|前者|後者"
    r"|(?<![a-z])(?:there|its?|that (?:zone|one|area)|those|they|them|their)(?![a-z])|那里|那个|它|其"
)
_EVERYTHING = re.compile(r"各区|全区|全部の区|すべての区|全ての区|どの区も|7区|七区|7つの|区ごと|全体")
_OTHERS = re.compile(
    r"(?:それ|そこ|これ|その区|同区)?(?:以外|の他|のほか)|^(?:他|ほか|残り|あと)(?:の|は|に)"
    r"|(?:その)?(?:他|ほか)(?:の|に)|残り|other|the rest|其他|其余"
)
_DIRECTION = re.compile(r"大き|広|小さ|狭|多|少な|largest|smallest|[大小]")
_NEXT = re.compile(r"(?:その)?次(?:の|は|に)|(?:もう|あと)1つ|next")
_PREVIOUS = re.compile(r"(?:その)?1?つ?前(?:の|は)|previous")
_INCLUDING = re.compile(r"も(?:足|入れ|含め|加え)")
_BOTH = re.compile(r"(?:二|2|ふた)つ|両(?:方|者|区)|合わせ|足")
# What may be left standing when a question gives only a new attribute or a new zone.
_STATING = ("look_up", "list", "search", "nth", "which", "count")
_RESULTS = ("sum", "mean", "difference", "ratio", "compare", "rank")


@dataclass(frozen=True, slots=True)
class Context:
    """What the conversation is about after an answer: its plan, the zones that it was about or found, and, where it
    showed one thing or some of a list, which places of the list those are."""

    plan: Plan
    zones: tuple[str, ...]
    shown: tuple[int, ...] = ()
    earlier: tuple[str, ...] = ()


def context_of(answer: Answer, before: Context | None = None) -> Context:
    """The context that an answer leaves. A refusal changes nothing but what it understood itself."""
    plan = answer.plan
    picked = [item.text for item in answer.segments if isinstance(item, Computed) and item.number is None]
    cited = [citation.passage.zone for citation in answer.citations if citation.passage.zone]
    if answer.status == "refused":
        zones = plan.subjects or (before.zones if before and not plan.places and plan.attribute else ())
    elif answer.status == "corrected" and not plan.computed and cited and plan.subjects:
        zones = tuple(dict.fromkeys(cited))[:1]
    elif plan.operation in ("max", "min", "nth", "compare") and picked:
        ends = picked[:1] if plan.operation == "compare" else picked
        zones = plan.subjects if plan.operation == "compare" else tuple(dict.fromkeys(ends))
    elif plan.operation == "filter" and picked:
        zones = tuple(dict.fromkeys(picked))
    elif plan.subjects:
        zones = plan.subjects
    elif plan.operation in ("sum", "mean", "rank") or not cited:
        zones = ()
    else:
        zones = _found(answer, cited)
    return Context(plan, zones, _shown(answer), before.zones if before else ())


def resolve(question: str, plan: Plan, context: Context | None, of_document: Collection[str] = ()) -> Plan:
    """The plan of a question asked in a context; a question that says everything itself stays as it is, and so does one
    for an attribute `of_document`, which no zone has."""
    if context is None or plan.attribute in of_document:
        return plan
    text = normalize(question).text
    if plan.implied and context.plan.attribute and context.plan.computed:  # what is measured is what was measured before
        plan = replace(plan, attribute=None)
    for way in (_another_zone, _the_others, _another_place, _another_operation, _another_attribute):
        if (changed := way(text, plan, context)) is not None:
            return changed
    return plan


def _another_zone(text: str, plan: Plan, context: Context) -> Plan | None:
    """「では楊浦は？」: what was asked before, of other zones."""
    before = context.plan
    if not plan.subjects or plan.places:
        return None
    if plan.operation == "difference" and len(plan.subjects) == 1:
        return None
    only_zone = plan.attribute is None and not plan.leftover and not plan.computed
    if plan.confirms and before.operation == "check" and only_zone:
        return replace(before, subjects=plan.subjects, confirms=True)
    if plan.attribute and not plan.leftover and plan.attribute == before.attribute and plan.operation == "look_up":
        only_zone = _OTHERS.search(text) is None and before.computed and before.operation in ("count",)
    if not only_zone:
        again = _again(text, len({*plan.subjects, *context.zones}), before)
        if again and again.name in ("difference", "ratio", "compare") and len(plan.subjects) == 1 and len(context.zones) == 1:
            zones = tuple(dict.fromkeys((*context.zones, *plan.subjects)))
            return _with(plan, plan.attribute or before.attribute, before, again, zones)
        return plan
    if before.computed and before.operation in PICKS and before.subjects == () and before.operation != "nth":
        return plan if before.attribute is None else replace(plan, attribute=before.attribute, operation="look_up")
    if before.operation in ("sum", "mean", "rank", "max", "min"):
        excluded = set(context.plan.subjects or ()) != set(plan.subjects) and len(plan.subjects) > 2
        name = before.operation if excluded or len(plan.subjects) > 1 else "look_up"
        constraints = before.constraints if name != "look_up" else ()
        return replace(plan, attribute=before.attribute, operation=name, constraints=constraints)
    if before.attribute is None:
        if not before.terms:
            return plan
        return replace(
            plan, operation="search", leftover=before.leftover, terms=before.terms, topic=before.topic, confirms=False
        )
    kept = before.operation if before.operation in ("count", "nth") else "look_up"
    constraints = before.constraints if kept == "nth" or (kept == "look_up" and before.constrained("also")) else ()
    if before.operation == "which" or (before.leftover and before.operation == "search"):
        return replace(plan, attribute=before.attribute, operation="look_up")
    return replace(plan, attribute=before.attribute, operation=kept, constraints=constraints)


def _the_others(text: str, plan: Plan, context: Context) -> Plan | None:
    """「それ以外の施策は？」: the rest of a list of which some was shown; 「ほかの区は？」: the other zones."""
    before = context.plan
    if not _OTHERS.search(text) or plan.computed or plan.subjects or plan.leftover:
        return None
    attribute = plan.attribute or before.attribute
    same = plan.attribute in (None, before.attribute) or context.plan.attribute is None
    if context.zones and context.shown and same and "区" not in re.sub(r"その区|同区", "", text):
        without = tuple(f"except={place}" for place in context.shown)
        return replace(plan, subjects=context.zones[:1], attribute=plan.attribute or _kind_of(context), operation="list", constraints=without)
    if context.zones and attribute:
        names = tuple(f"not={zone}" for zone in context.zones)
        return replace(plan, attribute=attribute, operation="look_up", constraints=names)
    return None


def _another_place(text: str, plan: Plan, context: Context) -> Plan | None:
    """「2つ目について詳しく」「その次は？」: another place in the list, or in the order, that was asked for."""
    before = context.plan
    if plan.subjects or plan.leftover or (plan.operation == "nth" and plan.constraint("from") and _DIRECTION.search(text)):
        return None
    place = ordinal_of(text)
    bare = re.search(rf"(?:^|では|じゃあ|と)第?({NUMBER})位?(?:番目|番|位)", text)
    if place is None and context.shown and _NEXT.search(text):
        place = context.shown[-1] + 1
    elif place is None and context.shown and _PREVIOUS.search(text):
        place = max(1, context.shown[0] - 1)
    if before.operation in ("nth", "max", "min", "rank") and (before.computed or bare) and (place or _NEXT.search(text)):
        if plan.attribute not in (None, before.attribute):
            return None
        place = place or (before.ordinal or 1) + 1
        direction = before.constraint("from") or ("min" if before.operation == "min" else "max")
        kept = ("by=count",) if before.counts else ()
        return replace(
            plan, attribute=before.attribute, operation="nth", subjects=before.subjects if len(before.subjects) > 1 else (),
            constraints=(*kept, f"nth={place}", f"from={direction}"),
        )  # fmt: skip
    attribute = plan.attribute or (before.attribute if not before.computed or before.operation == "count" else before.constraint("then"))
    listed = not plan.computed or (plan.implied and plan.operation == "nth" and not _DIRECTION.search(text))
    if place and attribute and context.zones and listed:
        constraints = (f"nth={place}",)
        return replace(plan, subjects=context.zones[:1], attribute=attribute, operation="nth", constraints=constraints)
    return None


def _another_operation(text: str, plan: Plan, context: Context) -> Plan | None:
    """「合計すると？」「では20以上だと？」「じゃあ小さいのは？」: something else done with the same numbers."""
    before = context.plan
    if plan.subjects or plan.leftover:
        return None
    attribute = plan.attribute or before.attribute
    if before.attribute is None or (attribute != before.attribute and not (plan.attribute and plan.computed)):
        return None
    refers = _ANAPHORA.search(text) is not None
    number = re.search(rf"({NUMBER})(?:以上|以下|未満|を?超|より)", text)
    exact = counted(text)
    if before.operation == "filter" and before.counts and exact and not number:
        return _with(plan, before.attribute, before, Operation("filter", (f"={exact[0].value.rstrip('つ個件')}",)), ())
    if before.operation in ("filter", "check") and number and not plan.computed:
        again: Operation | None = operation_of(text.replace(number[1], number[1] + "つ", 1), 0, {"つ": 1.0})
        if again and again.name == "filter":
            return _with(plan, before.attribute, before, again, ())
    if plan.computed and plan.attribute and plan.attribute != before.attribute:
        return replace(plan, subjects=context.zones) if refers and len(context.zones) > 1 else None
    pair = tuple(dict.fromkeys((*context.earlier, *context.zones)))
    if asks_count(text) and before.attribute and len(context.zones) == 1 and not before.computed:
        return replace(plan, subjects=context.zones, attribute=before.attribute, operation="count", constraints=())
    if before.computed and _INCLUDING.search(text) and len(before.subjects) > 1:
        return replace(before, subjects=())
    again = _again(text, len(pair), before) or (Operation(plan.operation, plan.constraints) if plan.computed else None)
    if again is None and plan.operation == "look_up" and before.operation in ("max", "min") and _DIRECTION.search(text):
        again = Operation("min" if asks_smallest(text) else "max")
    if again is None and _DIRECTION.search(text) and plan.attribute is None and before.computed:
        again = Operation("min" if asks_smallest(text) else "max")
    if again is None:
        return None
    if again.name == "nth" and before.operation == "nth" and not _DIRECTION.search(text):
        again = Operation("nth", (again.constraints[0], *(item for item in before.constraints if item.startswith("from="))))
    several = context.zones if len(context.zones) > 1 and (before.subjects or refers or again.name in _RESULTS[2:5]) else ()
    if not several and again.name in ("difference", "ratio", "compare", "sum"):
        both = again.name != "sum" or _BOTH.search(text) is not None
        several = pair if len(pair) == 2 and both and len(before.subjects) < 2 else before.subjects
    if again.name in ("max", "min", "rank") and before.computed and not refers and len(before.subjects) < 2:
        several = ()
    if _EVERYTHING.search(text):
        several = ()
    if again.name in ("difference", "ratio", "compare") and len(several) < 2:
        return None
    return _with(plan, before.attribute, before, again, several)


def _another_attribute(text: str, plan: Plan, context: Context) -> Plan | None:
    """「そこの重点は？」「重点は？」: something else of the zones that were asked about, or found."""
    if plan.subjects or _EVERYTHING.search(text) or not context.zones or plan.places:
        return None
    refers = _ANAPHORA.search(text) is not None
    if plan.operation in ("check", "filter") and plan.computed and plan.confirms and len(context.zones) == 1:
        return replace(plan, subjects=context.zones, operation="check")
    if plan.computed and plan.operation not in ("count", "sum"):
        return None
    if plan.operation == "sum" and not (plan.counts and len(context.zones) == 1):
        return replace(plan, subjects=context.zones) if refers and len(context.zones) > 1 else None
    if plan.operation == "sum":  # how many of them does it have
        return replace(plan, subjects=context.zones, operation="count", constraints=())
    follows = refers or (plan.attribute is not None and not plan.leftover and plan.operation != "which")
    if follows and plan.operation in _STATING and (plan.attribute or plan.leftover):
        return replace(plan, subjects=context.zones, operation="search" if plan.operation == "which" else plan.operation)
    return None


def _again(text: str, zones: int, before: Plan) -> Operation | None:
    return operation_of(text, max(zones, 0) if zones != 1 else 0, {}) if before.attribute else None


def _with(plan: Plan, attribute: str | None, before: Plan, operation: Operation, zones: tuple[str, ...]) -> Plan:
    kept = ("by=count",) if before.counts and attribute == before.attribute and "by=count" not in operation.constraints else ()
    return replace(
        plan, subjects=zones, attribute=attribute, operation=operation.name,
        constraints=(*kept, *operation.constraints), leftover=(), terms=(),
    )  # fmt: skip


def _found(answer: Answer, cited: list[str]) -> tuple[str, ...]:
    """The zones that an answer found: all of a filter, else the one that its first citation is of."""
    if answer.completeness is not None and len(answer.completeness.matched) < answer.completeness.of:
        return tuple(dict.fromkeys(cited))
    return (cited[0],) if answer.completeness is None else ()


def _shown(answer: Answer) -> tuple[int, ...]:
    """Which places of its zone's list the first thing shown has: its passage's number, or the place asked for."""
    if answer.plan.operation == "nth" and not answer.plan.computed:
        return (answer.plan.ordinal,)
    quotes = [item for item in answer.segments if isinstance(item, Quote) and item.citations]
    if len(quotes) != 1 or not answer.citations:
        return ()
    number = answer.citations[0].passage.passage_id.rpartition("/")[2]
    return (int(number),) if number.isdigit() else ()


def _kind_of(context: Context) -> str | None:
    return context.plan.constraint("then") or context.plan.attribute
