"""The page around the conversation as HTML, and the replies that are put into it; pure functions.

With `turn`, `chips`, `pictures` and `markup` the only place that writes HTML. Every string that came from a document or
a user passes through `markup.verbatim`: HTML, markdown, LaTeX, templates and URLs in it are shown, never interpreted.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from app.answer import Answer
from app.schema import Document, Zone
from app.serving.markup import asks, label, said, verbatim
from app.serving.overview import Overview
from app.serving.pictures import Positions, link_html
from app.serving.texts import LANGUAGES, QUESTIONS, TEXTS
from app.serving.turn import turn_html

TITLE = "出典 Shutten"

_MOST_ZONES = 12
_MOST_EXAMPLES = 6


def catalogue_json() -> str:
    """The texts and the questions of buttons, by language, for the page's script."""
    texts = {**TEXTS, **{f"ask.{name}": words for name, words in QUESTIONS.items()}}
    by_language = {tongue: {name: words.get(tongue, words["ja"]) for name, words in texts.items()} for tongue in LANGUAGES}
    return json.dumps(by_language, ensure_ascii=False).replace("<", "\\u003c")


def page_html(
    documents: Sequence[Document], zones: Sequence[Zone], examples: Sequence[str], overview: Overview, positions: Positions
) -> str:
    """The whole page, with an empty conversation."""
    return (
        f'<div class="page">{_header_html()}<div class="desk"><main class="talk"{label("conversation")}>'
        '<div id="conversation"><section id="welcome">'
        f"{welcome_html(documents, zones, examples, overview, positions)}</section>"
        '<div id="turns"></div></div><div id="announce" class="unseen" role="status"></div>'
        f'<div id="problem" role="alert"></div>{_form_html()}</main>{source_html(documents)}</div></div>'
    )


def _header_html() -> str:
    name, _, latin = TITLE.partition(" ")
    tongues = "".join(f'<option value="{tongue}" lang="{tongue}">{shown}</option>' for tongue, shown in LANGUAGES.items())
    exports = said("export_json", "button", "", " id=export-json type=button") + said(
        "export_markdown", "button", "", " id=export-markdown type=button"
    )
    return (
        f'<header class="masthead"><h1 lang="ja">{name} <span>{latin}</span></h1>{said("tagline", "p")}'
        f'<div class="menubar">{said("open_source", "button", "", " id=open-source type=button")}'
        f'<details id="export" name="chip">{said("export", "summary")}<div class="menu">{exports}</div></details>'
        f"{said('clear', 'button', '', ' id=clear type=button')}"
        f'<select id="language"{label("language")}>{tongues}</select></div></header>'
    )


def _form_html() -> str:
    return (
        '<form id="asking"><textarea id="question" rows="1" autocomplete="off" enterkeyhint="send"'
        f' data-placeholder="placeholder" placeholder="{TEXTS["placeholder"]["ja"]}"{label("question")}></textarea>'
        f"{said('send', 'button', '', ' id=send type=submit')}</form>"
    )


def welcome_html(
    documents: Sequence[Document], zones: Sequence[Zone], examples: Sequence[str], overview: Overview, positions: Positions
) -> str:
    """The empty conversation: which documents answer, what to ask, and what they hold of each zone."""
    names = "、".join(f'<span class="filename" lang="ja">{verbatim(one.name)}</span>' for one in documents[:3])
    if len(documents) > 3:
        names += " " + said("and_more", count=len(documents) - 3)
    questions = "".join(
        f'<button type="button" class="example" lang="ja"{asks(text)}>{verbatim(text)}</button>' for text in examples[:_MOST_EXAMPLES]
    )
    offered = f'<div class="examples" role="group"{label("examples")}>{questions}</div>' if questions else ""
    shown = _cards_html(overview) if overview.zones else _sections_html(zones, positions)
    return (
        f'{said("welcome", "h2")}{said("promise", "p")}<p class="sources">{said("documents")}: {names}</p>{offered}{shown}'
    )


def _sections_html(zones: Sequence[Zone], positions: Positions) -> str:
    """The sections, each a link to its heading."""
    headings = {zone.name: zone for zone in reversed(zones)}
    names = list(dict.fromkeys(zone.name for zone in zones))
    links = "".join(link_html("tag fact", headings[name], name, name, positions) for name in names[:_MOST_ZONES])
    if len(names) > _MOST_ZONES:
        links += said("and_more", count=len(names) - _MOST_ZONES)
    return f'<div class="sections">{links}</div>' if names else ""


def _cards_html(overview: Overview) -> str:
    most = {
        name: max((fact.number or 0.0 for zone in overview.zones for fact in overview.facts(zone, name)), default=0.0)
        for name in overview.measured
    }
    cards = "".join(_card_html(zone, overview, most) for zone in overview.zones[:_MOST_ZONES])
    return f'{said("overview", "h3")}<ul class="cards">{cards}</ul>'


def _card_html(zone: str, overview: Overview, most: Mapping[str, float]) -> str:
    stated = {name: facts for name in overview.attributes if (facts := overview.facts(zone, name))}
    rows = "".join(
        _card_row(name, f'<span lang="ja">{verbatim(facts[0].text)}</span>' + _bar_html(facts[0].number, most.get(name, 0.0)))
        for name, facts in stated.items()
        if name not in overview.listed
    )
    counts = "".join(_card_row(name, said("pieces", count=len(stated[name]))) for name in stated if name in overview.listed)
    button = f'<button type="button" class="card" data-ask-text="ask.zone" data-zones="{verbatim(zone)}">'
    return f'<li>{button}<b lang="ja">{verbatim(zone)}</b>{rows}<span class="counts">{counts}</span></button></li>'


def _card_row(name: str, value: str) -> str:
    return f'<span class="row"><span class="what" lang="ja">{verbatim(name)}</span><span>{value}</span></span>'


def _bar_html(number: float | None, most: float) -> str:
    return f'<span class="bar" style="inline-size:{100 * number / most:.1f}%"></span>' if number and most > 0 else ""


def source_html(documents: Sequence[Document]) -> str:
    """The empty source panel, and which documents there are; `source.js` fetches their texts and fills it."""
    listed = json.dumps([{"name": one.name, "sha256": one.sha256} for one in documents], ensure_ascii=False)
    return (
        f'<aside id="source" data-documents="{verbatim(listed)}"{label("source")}><div class="source-head">{said("source", "h2")}'
        f'<select id="source-select"{label("choose_document")} hidden></select>'
        '<span id="source-name" lang="ja"></span><span id="source-where" lang="ja" aria-live="polite"></span>'
        f"{said('close', 'button', '', ' id=close-source type=button')}</div>"
        f'<nav id="source-zones"{label("sections")} lang="ja" hidden></nav>'
        f'<div id="source-text" tabindex="0" role="region"{label("source")} lang="ja">{said("loading")}</div></aside>'
    )


def reply_html(answers: Sequence[Answer], first: int, reply: int, overview: Overview, positions: Positions) -> str:
    """What the script puts into the conversation in place of its turns from `first` on; `reply` is which request it is to."""
    turns = "".join(turn_html(answer, first + i, overview, positions) for i, answer in enumerate(answers))
    return f'<div class="reply" data-reply="{reply}" data-first="{first}">{turns}</div>'


def problem_html(code: str, message: str, reply: int) -> str:
    """What went wrong with a request, in words; the question itself stays in its box."""
    known = f"error.{code}"
    text = said(known, "div", "problem") if known in TEXTS else f'<div class="problem">{verbatim(message)}</div>'
    return f'<div class="reply" data-reply="{reply}">{text}</div>'

