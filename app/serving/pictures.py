"""An answer's numbers as a bar chart, and its zones side by side as a table; every value opens its source.

A chart is a table whose cells hold bars, so that who cannot see it hears it row by row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from app.answer import Answer
from app.schema import PICKS, Fact
from app.serving.markup import label, said, verbatim
from app.serving.overview import Overview

_STATED = ("look_up", "list")
_MOST_SIDE_BY_SIDE = 4

Positions = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Bar:
    """One zone's number: `text` as the document writes it, 約 and all, `facts` what it stands on."""

    zone: str
    number: float
    text: str
    facts: tuple[Fact, ...]
    chosen: bool


class Span(Protocol):
    """A stretch of a document: a passage, a fact, a heading."""

    @property
    def document(self) -> str:
        """The document's name."""

    @property
    def start(self) -> int:
        """Its first character."""

    @property
    def end(self) -> int:
        """The character behind its last."""


def link_html(kind: str, span: Span, text: str, where: str, positions: Positions, to: Span | None = None, extra: str = "") -> str:
    """A link of some `kind` that opens a stretch of a document (up to the end of `to`); `where` says what place it is."""
    target = f"#cite:{positions[span.document]}:{span.start}:{(to or span).end}"
    return f'<a class="{kind}" lang="ja" href="{target}" title="{verbatim(where)}"{extra}>{verbatim(text)}</a>'


def bars_of(answer: Answer, overview: Overview) -> list[Bar]:
    """The numbers that an answer stands on, zone by zone in its own order; none if there are not two to compare."""
    plan = answer.plan
    wanted = plan.computed or plan.operation in _STATED
    if plan.attribute is None or not wanted or not (plan.counts or plan.attribute in overview.measured):
        return []
    found: dict[str, tuple[Fact, ...]] = {}
    for citation in answer.citations:
        for fact in overview.of_passage(citation.passage.passage_id, plan.attribute):
            if fact.subject is not None and fact not in found.get(fact.subject, ()):
                found[fact.subject] = (*found.get(fact.subject, ()), fact)
    if len(found) < 2 or (not plan.counts and len({fact.unit for facts in found.values() for fact in facts}) > 1):
        return []
    chosen = _chosen(answer)
    return [
        Bar(zone, float(len(facts)), str(len(facts)), facts, zone in chosen)
        if plan.counts
        else Bar(zone, facts[0].number or 0.0, facts[0].text, facts, zone in chosen)
        for zone, facts in found.items()
    ]


def chart_html(answer: Answer, overview: Overview, positions: Positions) -> str:
    """The bar chart of an answer; empty where there is nothing to compare."""
    bars = bars_of(answer, overview)
    if not bars or answer.plan.attribute is None:
        return ""
    largest = max(bar.number for bar in bars) or 1.0
    rows = "".join(_row(bar, largest, positions) for bar in bars)
    title = said("chart_counted" if answer.plan.counts else "chart", "caption", "", what=answer.plan.attribute)
    return f'<table class="chart">{title}<tbody>{rows}</tbody></table>'


def comparison_html(answer: Answer, overview: Overview, positions: Positions) -> str:
    """What is stated of the zones that a question names, side by side; empty unless it names two to four."""
    zones = [zone for zone in answer.plan.subjects if zone in overview.zones]
    if not 2 <= len(zones) <= _MOST_SIDE_BY_SIDE or answer.status != "answered":
        return ""
    head = "".join(f'<th scope="col" lang="ja">{verbatim(zone)}</th>' for zone in zones)
    rows = "".join(
        f'<tr><th scope="row" lang="ja">{verbatim(name)}</th>'
        + "".join(f"<td>{_cell(overview.facts(zone, name), positions)}</td>" for zone in zones)
        + "</tr>"
        for name in overview.attributes
    )
    # Who compares two zones without saying by what wants to see all of it.
    unfolded = " open" if answer.plan.attribute is None or answer.plan.implied else ""
    return (
        f'<details class="comparison"{unfolded}>{said("comparison", "summary")}<div class="wide" tabindex="0" role="region"{label("comparison")}>'
        f"<table><thead><tr>{said('attribute', 'th', '', ' scope=col')}{head}</tr></thead><tbody>{rows}</tbody></table></div></details>"
    )


def _chosen(answer: Answer) -> Sequence[str]:
    complete = answer.completeness
    if answer.plan.operation in PICKS and complete is not None and complete.unmatched:
        return complete.matched
    return answer.plan.subjects if answer.plan.operation in ("position", "share") else ()


def _row(bar: Bar, largest: float, positions: Positions) -> str:
    link = link_html("fact", bar.facts[0], bar.text, bar.zone, positions, to=bar.facts[-1])
    width = f"{100 * max(bar.number, 0.0) / largest:.1f}%"
    return (
        f'<tr{" class=chosen" if bar.chosen else ""}><th scope="row" lang="ja">{verbatim(bar.zone)}</th>'
        f'<td><span class="bar" style="inline-size:{width}"></span></td>'
        f'<td class="number">{link}</td></tr>'
    )


def _cell(facts: Sequence[Fact], positions: Positions) -> str:
    items = [link_html("fact", fact, fact.text, fact.subject or "", positions) for fact in facts]
    if len(items) < 2:
        return "".join(items) or "–"
    return f"<ul>{''.join(f'<li>{item}</li>' for item in items)}</ul>"
