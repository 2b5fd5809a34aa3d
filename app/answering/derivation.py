"""A computation to an Answer: what was computed, the calculation, every operand with its citation."""

from __future__ import annotations

from collections.abc import Sequence

from app.answer import Answer, Completeness, Computed, Segment
from app.answering.composition import passage_item, state
from app.answering.computation import Computation, Measure, bounded, meets, shown
from app.answering.draft import Draft
from app.answering.ledger import Statement
from app.schema import Hit, Passage

_DIRECTED = ("nth", "rank", "compare", "position")


def derive(
    draft: Draft,
    computation: Computation,
    hits: Sequence[Hit],
    completeness: Completeness | None = None,
    holds: bool | None = None,
    then: Sequence[Statement] = (),
) -> Answer:
    """What was computed: those that it chose first, then `then`, what is stated of them.

    `holds` says whether the question was right to expect it; None if it expected nothing.
    """
    plan, name, chosen = draft.plan, computation.operation, computation.chosen
    where = {bounded(condition)[0] for condition in plan.constrained("where")}
    draft.cite([statement for statement in then if statement.word not in where])
    # A filter and the first few stand on what matches; that nothing does, on everything.
    few = chosen and (name == "filter" or plan.constraint("top"))
    operands = draft.numbers(chosen if few else computation.operands)
    if holds is not None:
        draft.say("yes" if holds else "no")
    word: list[Segment] = [draft.word(plan.attribute or "")]
    parts: dict[str, Sequence[Segment]] = {"word": draft.fill("number_of", {"word": word}) if plan.counts else word}
    if name in ("max", "min", "nth", "compare") and chosen and not (name == "compare" and _is_tied(computation)):
        parts |= {"zone": [_chosen(draft, chosen[0], computation, operands)], "value": [draft.measure(chosen[0])]}
    if name in ("max", "min", "nth"):
        listed = chosen[1:]  # those that share the place
    else:
        listed = chosen if name == "filter" else chosen or computation.operands
    parts["items"] = _items(draft, computation, operands, listed)
    parts["number"] = [_number(draft, computation, operands)]
    if name == "position":
        parts["zone"] = draft.zone_named(plan.subjects[0])
    if name == "ratio":
        larger, smaller = computation.operands
        parts |= {"zone": draft.zone_named(larger.subject), "other": draft.zone_named(smaller.subject)}
        parts |= {"value": [draft.measure(larger)], "divisor": [draft.measure(smaller)]}
    draft.say(_template(draft, computation), parts)
    if name in ("max", "min", "nth") and listed:
        draft.say("tied", parts)
    for statement in then:
        draft.say("next")
        state(draft, statement)
    return _finish(draft, hits, completeness, holds)


def count(
    draft: Draft, measures: Sequence[Measure], hits: Sequence[Hit], announced: Passage | None = None
) -> Answer:
    """How many facts each subject has (one without a name is the document), and all of them, after what announces them."""
    stated = [item for item in draft.plan.constraints if item[0] in "<>="]
    holds = all(meets(measure.number, stated) for measure in measures) if stated else None
    if holds is not None:
        draft.say("yes" if holds else "no")
    if announced is not None:
        draft.announce(announced)
    for measure in measures:
        if measure is not measures[0]:
            draft.say("next")
        items = [segment for fact in measure.facts for segment in draft.fill("item", {"value": [draft.fact(fact)]})]
        zone = draft.zone_named(measure.subject)
        number = draft.measure(measure)
        parts: dict[str, Sequence[Segment]] = {"zone": zone, "word": [draft.word(draft.plan.attribute or "")], "number": [number], "items": items}
        draft.say("count_of" if zone else "count_all", parts)
    return _finish(draft, hits, None, holds)


def count_matches(draft: Draft, passages: Sequence[Passage], hits: Sequence[Hit]) -> Answer:
    """How many passages match what a question says, and all of them."""
    items = [segment for passage in passages for segment in passage_item(draft, passage)]
    numbers = tuple(draft.number(passage.passage_id) for passage in passages)
    number = Computed(str(len(passages)), "count_matches", numbers, numbers, float(len(passages)))
    draft.say("count_matches", {"word": [draft.word(passages[0].kind)], "number": [number], "items": items})
    return draft.finish(hits)


def count_zones(
    draft: Draft, zones: Sequence[tuple[str, Passage]], hits: Sequence[Hit], completeness: Completeness
) -> Answer:
    """How many zones there are, and all of them; each is cited where its section begins."""
    stated = draft.plan.constraint("")
    numbers = tuple(draft.number(passage.passage_id) for _, passage in zones)
    number = Computed(str(len(zones)), "count", numbers, numbers, float(len(zones)))
    items = [segment for zone, _ in zones for segment in draft.fill("item", {"value": draft.zone_named(zone)})]
    holds = None if stated is None else int(stated) == len(zones)
    if holds is not None:
        draft.say("yes" if holds else "no")
    draft.say("count_zones", {"number": [number], "items": items})
    return _finish(draft, hits, completeness, holds)


def check(draft: Draft, measure: Measure, hits: Sequence[Hit]) -> Answer:
    """Yes, or what the document says instead of the number that the question takes for granted."""
    holds = meets(measure.number, draft.plan.constraints)
    word: list[Segment] = [draft.word(draft.plan.attribute or "")]
    parts: dict[str, Sequence[Segment]] = {
        "zone": draft.zone_named(measure.subject),
        "word": draft.fill("number_of", {"word": word}) if measure.counted else word,
        "value": [draft.measure(measure)],
    }
    draft.say("check_yes" if holds else "check_no", parts)
    if measure.counted:
        for fact in measure.facts:
            draft.say("item", {"value": [draft.fact(fact)]})
    return _finish(draft, hits, None, holds)


def _finish(draft: Draft, hits: Sequence[Hit], completeness: Completeness | None, holds: bool | None) -> Answer:
    """The answer, a correction where the question was wrong to expect what it did (`holds` is False)."""
    if holds is False:
        return draft.finish(hits, completeness, "corrected", "false_premise")
    return draft.finish(hits, completeness)


def _template(draft: Draft, computation: Computation) -> str:
    name = computation.operation
    if name == "compare" and _is_tied(computation):
        return "compare_same"
    if name in _DIRECTED:
        name += "_min" if "from=min" in draft.plan.constraints else "_max"
    if name == "filter" and not computation.chosen:
        return "filter_none"
    many = draft.plan.counts and (name in ("max", "min") or name.startswith(_DIRECTED))
    return f"{name}_count" if many else name


def _is_tied(computation: Computation) -> bool:
    return len({measure.number for measure in computation.operands}) == 1


def _items(
    draft: Draft, computation: Computation, operands: tuple[int, ...], measures: Sequence[Measure]
) -> list[Segment]:
    items: list[Segment] = []
    for measure in measures:
        named: Sequence[Segment] = draft.zone_named(measure.subject)
        if computation.chosen:
            named = [_chosen(draft, measure, computation, operands)]
        items += draft.fill("zone_value", {"zone": named, "value": [draft.measure(measure)]})
    return items


def _chosen(draft: Draft, measure: Measure, computation: Computation, operands: tuple[int, ...]) -> Segment:
    """A zone's name as a result: it is the operation that put it there."""
    return Computed(measure.subject, computation.operation, operands, draft.numbers([measure]))


def _number(draft: Draft, computation: Computation, operands: tuple[int, ...]) -> Computed:
    if computation.number is not None:
        number, unit = float(shown(computation.number)), computation.unit
        approximate = computation.approximate if unit else None
        return Computed(computation.number_text, computation.operation, operands, operands, number, unit, approximate)
    counted = draft.plan.ordinal or len(computation.chosen)
    name = "nth" if draft.plan.ordinal else "count"
    return Computed(str(counted), name, operands, operands, float(counted))
