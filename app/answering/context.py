"""What a conversation is about after an answer."""

from __future__ import annotations

from dataclasses import dataclass

from app.answer import Answer, Computed
from app.schema import PICKS, Plan


@dataclass(frozen=True, slots=True)
class Context:
    """What the conversation is about after an answer: its plan, the zones that it was about or found, all zones so far
    in the order in which they came up last, and which places of a list were shown, if it was some of one."""

    plan: Plan
    zones: tuple[str, ...]
    trail: tuple[str, ...] = ()
    shown: tuple[int, ...] = ()


def context_of(answer: Answer, before: Context | None = None) -> Context:
    """The context that an answer leaves. A question that was not understood leaves what was before."""
    plan = answer.plan
    if before and answer.status == "refused" and not (plan.subjects or plan.attribute or plan.places):
        return before
    zones = _zones_of(answer, before)
    known = before.trail if before else ()
    trail = (*(zone for zone in known if zone not in zones), *zones)
    return Context(plan, zones, trail, _shown(answer))


def _zones_of(answer: Answer, before: Context | None) -> tuple[str, ...]:
    """The zones that an answer is about, or that it found."""
    plan = answer.plan
    picked = tuple(dict.fromkeys(item.text for item in answer.segments if isinstance(item, Computed) and item.number is None))
    cited = tuple(dict.fromkeys(item.passage.zone for item in answer.citations if item.passage.zone))
    if answer.status == "refused":
        return plan.subjects or (before.zones if before else ())
    if answer.status == "corrected" and not plan.computed and cited and plan.subjects:
        return tuple(zone for zone in cited if zone not in plan.subjects)[:1] or plan.subjects
    if plan.operation in PICKS and picked and plan.operation != "rank":
        return plan.subjects if plan.operation == "compare" else picked
    if plan.subjects:
        return plan.subjects
    if plan.operation in ("sum", "mean", "rank") or not cited:
        return ()
    if answer.completeness is not None:
        return cited if len(answer.completeness.matched) < answer.completeness.of else ()
    return cited[:1]


def _shown(answer: Answer) -> tuple[int, ...]:
    """Which places of its zone's list an answer shows, if it shows some passages of one kind, or one place of a list."""
    if answer.plan.operation == "nth" and not answer.plan.computed:
        return (answer.plan.ordinal,)
    passages = [item.passage for item in answer.citations if item.passage.zone]
    if not passages or answer.plan.computed or answer.plan.operation in ("look_up", "list"):
        return ()
    first = [item for item in passages if (item.zone, item.kind) == (passages[0].zone, passages[0].kind)]
    numbers = [item.passage_id.rpartition("/")[2] for item in first]
    return tuple(int(number) for number in numbers if number.isdigit())
