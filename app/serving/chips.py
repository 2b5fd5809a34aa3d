"""What was understood of a question, as chips: its zones, attribute, operation and words. Zones and attribute can be changed.

A chip that can be changed is a `details` with one button for each other question; what a button asks is `rephrasing`'s.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.answer import Answer
from app.serving import rephrasing
from app.serving.markup import asks, label, said, verbatim
from app.serving.overview import Overview
from app.serving.texts import TEXTS

_BOUNDS = (("<=", "≤ "), (">=", "≥ "), ("<", "< "), (">", "> "), ("=", "= "))
_MOST_WORDS = 6


def chips_html(answer: Answer, overview: Overview) -> str:
    """The chips of an answer, in the order 対象・項目・演算・ことば."""
    chips = "".join((*_zones(answer, overview), _attribute(answer, overview), _operation(answer), _words(answer)))
    return f'<div class="plan" role="group"{label("plan")}>{chips}</div>'


def _zones(answer: Answer, overview: Overview) -> Iterator[str]:
    subjects = answer.plan.subjects
    for place, subject in enumerate(subjects):
        others = [zone for zone in overview.zones if zone not in subjects]
        options = [
            (zone, rephrasing.with_zones(answer, (*subjects[:place], zone, *subjects[place + 1 :]), overview)) for zone in others
        ]
        yield _chip("plan.zone", _name(subject), options)
    if not subjects:
        options = [(zone, rephrasing.with_zones(answer, (zone,), overview)) for zone in overview.zones]
        yield _chip("plan.zone", said("plan.all", "b"), options)


def _attribute(answer: Answer, overview: Overview) -> str:
    now = answer.plan.attribute
    options = [(name, rephrasing.with_attribute(answer, name, overview)) for name in overview.attributes if name != now]
    return _chip("plan.attribute", said("plan.any", "b") if now is None else _name(now), options)


def _operation(answer: Answer) -> str:
    name = f"op.{answer.plan.operation}"
    known = said(name, "b") if name in TEXTS else _name(answer.plan.operation)
    return _chip("plan.operation", known + "".join(map(_constraint, answer.plan.constraints)), ())


def _constraint(constraint: str) -> str:
    name, equals, value = constraint.partition("=")
    whole = f"with.{name}.{value}"
    if equals and name and whole in TEXTS:
        return said(whole, "span", "with")
    if equals and f"with.{name}" in TEXTS:
        return said(f"with.{name}", "span", "with", value=value)
    for sign, shown in _BOUNDS:
        if constraint.startswith(sign):
            return f'<span class="with">{verbatim(shown + constraint.removeprefix(sign))}</span>'
    return f'<span class="with">{verbatim(constraint)}</span>'


def _words(answer: Answer) -> str:
    words = list(dict.fromkeys(mention.value for mention in answer.plan.leftover))[:_MOST_WORDS]
    return _chip("plan.words", "".join(map(_name, words)), ()) if words else ""


def _name(text: str) -> str:
    return f'<b lang="ja">{verbatim(text)}</b>'


def _chip(what: str, value: str, options: Sequence[tuple[str, str]]) -> str:
    inside = said(what, "span", "what") + value
    if not options:
        return f'<span class="chip">{inside}</span>'
    buttons = "".join(
        f'<button type="button" lang="ja"{asks(question)}>{verbatim(name)}</button>' for name, question in options
    )
    return f'<details class="chip" name="chip"><summary>{inside}</summary><div class="menu">{buttons}</div></details>'
