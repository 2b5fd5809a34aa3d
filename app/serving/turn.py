"""One turn of the conversation as HTML: a question, its answer with citation marks, and what can be done with it.

Knows nothing of Gradio, of the server, or of how an answer came about. A citation is a link
`#cite:DOCUMENT:START:END` (place among the documents, code points, half open), which `static/source.js` turns into a
highlight. The answer itself, as the contract's JSON, travels along in a `template`: it is what is exported and proved.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import groupby

from app.answer import Answer, Citation, Label, Quote, Segment, Value, segment_json
from app.schema import Passage
from app.serving import rephrasing
from app.serving.chips import chips_html
from app.serving.markup import asks, label, said, tag_html, verbatim
from app.serving.overview import Overview
from app.serving.pictures import Positions, chart_html, comparison_html, link_html

TINTS = 6
_MOST_FOLLOW_UPS = 3
_THUMB = (
    '<svg viewBox="0 0 20 20" aria-hidden="true"><path d="M3 9h3v8H3zM8 17V9l3-6c1.6 0 2 1 2 2l-.6 3H16c1 0 1.6.8 1.4 1.8'
    'l-1.2 5.6c-.2 1-1 1.6-2 1.6z"/></svg>'
)
_SIGNS = {"refused": "∅", "corrected": "≠", "clarify": "?"}


def place(passage: Passage) -> str:
    """Where a passage stands, in words: its zone, if it has one, and its kind."""
    return passage.kind if passage.zone is None else f"{passage.zone}・{passage.kind}"


def turn_html(answer: Answer, number: int, overview: Overview, positions: Positions) -> str:
    """The turn at place `number` of its conversation, counted from 0.

    `positions`: each document's name to its place in the list of documents that the page shows.
    """
    record = json.dumps(answer.as_json(), ensure_ascii=False, separators=(",", ":"))
    return (
        f'<article class="turn" data-turn="{number}">{question_html(answer.question)}'
        f"{answer_html(answer, overview, positions)}{_tools_html()}"
        f"{_follow_ups_html(answer, overview)}"
        f'<template class="record">{verbatim(record)}</template></article>'
    )


def question_html(question: str) -> str:
    """A question in the conversation, as it was typed."""
    return f'<h3 class="asked">{verbatim(question)}</h3>'


def answer_html(answer: Answer, overview: Overview, positions: Positions) -> str:
    """An answer: what sort of answer it is, its segments with their marks, pictures, and what it stands on."""
    return (
        f'<div class="answer {answer.status}">{_verdict_html(answer)}'
        f'<div class="said" lang="{answer.plan.language}">{"".join(_segments_html(answer, positions))}</div>'
        f"{_choices_html(answer)}{chart_html(answer, overview, positions)}{comparison_html(answer, overview, positions)}"
        f"{_complete_html(answer, overview, positions)}{chips_html(answer, overview)}"
        f"{_passages_html(answer, positions)}</div>"
    )


def _verdict_html(answer: Answer) -> str:
    if answer.status == "answered":
        return ""
    text = f"reason.{answer.reason}" if answer.reason else f"status.{answer.status}"
    return f'<div class="verdict"><span class="sign" aria-hidden="true">{_SIGNS[answer.status]}</span>{said(text)}</div>'


def _segments_html(answer: Answer, positions: Positions) -> Iterator[str]:
    numbered = {citation.n: citation for citation in answer.citations}
    # Neighbours that stand on the same citations share one set of marks.
    groups = [(cited, list(segments)) for cited, segments in groupby(answer.segments, key=lambda segment: segment.citations)]
    for i, (cited, segments) in enumerate(groups):
        for segment in segments:
            japanese = isinstance(segment, Quote | Value) or (isinstance(segment, Label) and segment.label == f"word:{segment.text}")
            language = ' lang="ja"' if japanese and answer.plan.language != "ja" else ""
            yield f'<span class="{segment_json(segment)["type"]}"{language}>{_text_html(segment)}</span>'
        marks = "".join(_mark_html(numbered[n], positions) for n in cited if n in numbered)
        if marks and not _is_marked_soon(cited, groups[i + 1 : i + 3]):
            yield f'<sup class="marks">{marks}</sup>'


def _text_html(segment: Segment) -> str:
    """A segment's text, and of a quote of several sentences the one that answers set off."""
    if not isinstance(segment, Quote) or segment.sentence is None:
        return verbatim(segment.text)
    start, end = (place - segment.start for place in segment.sentence)
    before, sentence, after = segment.text[:start], segment.text[start:end], segment.text[end:]
    return f"{verbatim(before)}<strong>{verbatim(sentence)}</strong>{verbatim(after)}"


def _is_marked_soon(cited: Sequence[int], following: Sequence[tuple[Sequence[int], Sequence[Segment]]]) -> bool:
    """Whether the same line goes on to the same citations: 「東で、約50メートル[1]」 needs no [1] behind 東."""
    match following:
        case [((), between), (same, _)]:
            return same == cited and not any("\n" in segment.text for segment in between)
    return False


def _mark_html(citation: Citation, positions: Positions) -> str:
    where = place(citation.passage)
    kind = f"cite tint{(citation.n - 1) % TINTS + 1}"
    return link_html(kind, citation.passage, f"[{citation.n}]", where, positions, extra=label("citation", n=citation.n, where=where))


def _choices_html(answer: Answer) -> str:
    if not answer.choices:
        return ""
    buttons = "".join(
        f'<button type="button" class="choice"{asks(choice.question)}>{verbatim(choice.text)}</button>' for choice in answer.choices
    )
    return f'<div class="choices" role="group"{label("choose")}>{buttons}</div>'


def _complete_html(answer: Answer, overview: Overview, positions: Positions) -> str:
    complete = answer.completeness
    if complete is None:
        return ""
    matched, unmatched = len(complete.matched), len(complete.unmatched)
    text = "complete" if complete.checked == complete.of else "partial"
    line = said(text, "summary", "", of=complete.of, checked=complete.checked, matched=matched, unmatched=unmatched)
    rows = "".join(
        f"<div>{said(name, 'dt')}<dd>{''.join(_checked_html(zone, answer, overview, positions) for zone in zones) or '–'}</dd></div>"
        for name, zones in (("matched", complete.matched), ("unmatched", complete.unmatched))
    )
    return f'<details class="complete">{line}<dl>{rows}</dl></details>'


def _checked_html(zone: str, answer: Answer, overview: Overview, positions: Positions) -> str:
    """A zone that was checked, as a link to what was looked at in it: what it states of the attribute, or its heading."""
    facts = overview.facts(zone, answer.plan.attribute or "")
    heading = overview.headings.get(zone)
    if facts:
        return link_html("tag fact", facts[0], zone, zone, positions, to=facts[-1])
    return tag_html(zone) if heading is None else link_html("tag fact", heading, zone, zone, positions)


def _passages_html(answer: Answer, positions: Positions) -> str:
    if not answer.hits:
        return ""
    rows = "".join(
        f'<li><span class="where">{"".join(map(tag_html, filter(None, (passage.zone, passage.kind))))}</span>'
        f"{link_html('passage', passage, passage.text, place(passage), positions)}</li>"
        for passage in (hit.passage for hit in answer.hits)
    )
    summary = f'<summary>{said("related")} <span class="count">{len(answer.hits)}</span></summary>'
    return f'<details class="related">{summary}<ol>{rows}</ol></details>'


def _follow_ups_html(answer: Answer, overview: Overview) -> str:
    """What else the document says of the one zone that an answer is about."""
    zones = {citation.passage.zone for citation in answer.citations} or set(answer.plan.subjects)
    if answer.completeness is not None and len(answer.completeness.matched) == 1:
        zones = set(answer.completeness.matched)
    if len(zones) != 1 or (zone := next(iter(zones))) is None or zone not in overview.zones:
        return ""
    cited = {citation.passage.kind for citation in answer.citations}
    others = [name for name in overview.attributes if name != answer.plan.attribute and name not in cited]
    questions = [rephrasing.about(zone, name, answer.plan) for name in others[:_MOST_FOLLOW_UPS]]
    buttons = "".join(f'<button type="button"{asks(text)}>{verbatim(text)}</button>' for text in questions)
    return f'<div class="follow-ups" role="group"{label("follow_up")}>{buttons}</div>' if buttons else ""


def _tools_html() -> str:
    return (
        '<div class="tools">'
        f"{said('verify', 'button', 'verify', ' type=button')}{said('copy', 'button', 'copy', ' type=button')}"
        f"{said('link', 'button', 'link', ' type=button')}"
        f'{_thumb_html("up")}{_thumb_html("down")}<span class="outcome" role="status"></span></div>'
    )


def _thumb_html(rating: str) -> str:
    return f'<button type="button" class="rate" data-rating="{rating}" aria-pressed="false"{label(rating)}>{_THUMB}</button>'
