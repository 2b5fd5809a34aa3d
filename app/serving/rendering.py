"""From data to the page's HTML; pure functions, and the only place that writes HTML.

Knows nothing of Gradio, of the server, or of how an answer came about. Every string that came from a document
or a user passes through `verbatim`: HTML, markdown, LaTeX and URLs in it are shown and never interpreted.
A citation is a link `#cite:DOCUMENT:START:END` (place among the documents, code points, half open), which
`static/page.js` turns into a highlight; a fragment, because the chatbot's sanitiser drops data attributes.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from app.answer import Answer, Citation, segment_json
from app.schema import Document, Passage, Zone

TITLE = "出典 Shutten"
TAGLINE = "資料に書いてあることだけを、出典つきで答えます。"

_STATUS_TAGS = {"refused": "答えられません", "clarify": "確認させてください", "corrected": "資料と異なります"}
_REASON_TAGS = {
    "not_in_document": "資料に記載がありません",
    "attribute_absent": "資料にない項目です",
    "name_unknown": "資料にない名前です",
    "missing_operand": "比べる値が足りません",
    "out_of_scope": "この資料の範囲外です",
    "ambiguous": "どちらのことですか",
    "false_premise": "前提が資料と異なります",
}
# What markdown could read as markup once html.escape is done: all ASCII punctuation and every line break.
_MARKUP = re.compile(r"&#?\w+;|[^0-9A-Za-z \u0080-\U0010ffff]")
_MOST_ZONES = 12


def verbatim(text: str) -> str:
    """HTML that shows exactly `text`: escaped, and what markdown or LaTeX could read turned into entities."""
    return _MARKUP.sub(
        lambda found: found[0] if len(found[0]) > 1 else f"&#{ord(found[0])};", html.escape(text)
    )


def header_html() -> str:
    """The page's title and what it does, in one line."""
    name, _, latin = TITLE.partition(" ")
    return f'<header class="masthead"><h1>{name} <span>{latin}</span></h1><p>{TAGLINE}</p></header>'


def welcome_html(documents: Sequence[Document], zones: Sequence[Zone]) -> str:
    """The empty conversation: which documents answer, and which sections they have."""
    names = "、".join(f'<span class="filename">{verbatim(one.name)}</span>' for one in documents[:3])
    if len(documents) > 3:
        names += f" ほか{len(documents) - 3}件"
    sections = list(dict.fromkeys(zone.name for zone in zones))
    tags = "".join(tag_html(name) for name in sections[:_MOST_ZONES])
    if len(sections) > _MOST_ZONES:
        tags += f'<span class="more">ほか{len(sections) - _MOST_ZONES}</span>'
    listed = f'<div class="sections">{tags}</div>' if sections else ""
    return (
        '<div class="welcome"><h2>資料について、質問してください。</h2>'
        "<p>答えは資料のことばのまま示し、番号を押すと資料の該当箇所が開きます。"
        "書かれていないことは、書かれていないと答えます。</p>"
        f'<p class="sources">資料：{names}</p>{listed}</div>'
    )


def source_html() -> str:
    """The empty source panel; `page.js` fetches the documents and fills it."""
    return (
        '<section class="source" aria-label="資料"><div class="source-head">'
        '<h2>資料</h2><select id="source-select" aria-label="資料を選ぶ" hidden></select>'
        '<span id="source-name"></span><span id="source-where" aria-live="polite"></span></div>'
        '<nav id="source-zones" aria-label="資料の区分" hidden></nav>'
        '<div id="source-text" tabindex="0" lang="ja">読み込んでいます…</div></section>'
    )


def problem_html(message: str) -> str:
    """What went wrong with the last question, in words; the question itself stays in its box."""
    return f'<div class="problem" role="alert">{verbatim(message)}</div>'


def question_html(question: str) -> str:
    """A question in the conversation, as it was typed."""
    return f'<div class="asked">{verbatim(question)}</div>'


def tag_html(text: str) -> str:
    """A small tag: a zone or a kind."""
    return f'<span class="tag">{verbatim(text)}</span>'


def place(passage: Passage) -> str:
    """Where a passage stands, in words: its zone, if it has one, and its kind."""
    return passage.kind if passage.zone is None else f"{passage.zone}・{passage.kind}"


def answer_html(answer: Answer, positions: Mapping[str, int]) -> str:
    """An answer: what sort of answer it is, its segments with their citation marks, and the passages found.

    `positions`: each document's name to its place in the list of documents that the page shows.
    """
    return (
        f'<div class="answer {answer.status}">{_verdict_html(answer)}'
        f'<div class="said" lang="{answer.plan.language}">{"".join(_segments_html(answer, positions))}</div>'
        f"{_passages_html(answer, positions)}</div>"
    )


def _verdict_html(answer: Answer) -> str:
    if answer.status == "answered":
        return ""
    tag = _REASON_TAGS[answer.reason] if answer.reason else _STATUS_TAGS[answer.status]
    return f'<div class="verdict">{tag}</div>'


def _segments_html(answer: Answer, positions: Mapping[str, int]) -> Iterator[str]:
    numbered = {citation.n: citation for citation in answer.citations}
    # Neighbours that stand on the same citations share one set of marks.
    for cited, segments in groupby(answer.segments, key=lambda segment: segment.citations):
        for segment in segments:
            yield f'<span class="{segment_json(segment)["type"]}">{verbatim(segment.text)}</span>'
        marks = "".join(_mark_html(numbered[n], positions) for n in cited if n in numbered)
        if marks:
            yield f'<sup class="marks">{marks}</sup>'


def _mark_html(citation: Citation, positions: Mapping[str, int]) -> str:
    passage = citation.passage
    title = verbatim(place(passage))
    return f'<a class="cite" href="{_fragment(passage, positions)}" title="{title}">[{citation.n}]</a>'


def _fragment(passage: Passage, positions: Mapping[str, int]) -> str:
    return f"#cite:{positions[passage.document]}:{passage.start}:{passage.end}"


def _passages_html(answer: Answer, positions: Mapping[str, int]) -> str:
    if not answer.hits:
        return ""
    rows = "".join(
        f'<li><span class="where">{"".join(map(tag_html, filter(None, (passage.zone, passage.kind))))}</span>'
        f'<a class="passage" href="{_fragment(passage, positions)}" title="{verbatim(place(passage))}">'
        f"{verbatim(passage.text)}</a></li>"
        for passage in (hit.passage for hit in answer.hits)
    )
    return (
        '<details class="related">'
        f'<summary>関連する箇所 <span class="count">{len(answer.hits)}</span></summary>'
        f"<ol>{rows}</ol></details>"
    )
