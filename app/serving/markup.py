"""The smallest pieces of the page's HTML: strings shown exactly, and texts of the interface that change language.

A text of the interface is an element with `data-text` (or, for what only a screen reader says, an attribute
`data-label`) and its slots as data attributes: written in Japanese here, said again by `static/texts.js`.
"""

from __future__ import annotations

import html
import re

from app.serving.texts import TEXTS

# What markdown, LaTeX or a template could read as markup once html.escape is done: all ASCII punctuation and every line break.
_MARKUP = re.compile(r"&#?\w+;|[^0-9A-Za-z \u0080-\U0010ffff]")


def verbatim(text: str) -> str:
    """HTML that shows exactly `text`: escaped, and what markdown, LaTeX or a template could read turned into entities."""
    return _MARKUP.sub(
        lambda found: found[0] if len(found[0]) > 1 else f"&#{ord(found[0])};", html.escape(text)
    )


def said(text: str, tag: str = "span", kind: str = "", extra: str = "", /, **slots: object) -> str:
    """An element that says a text of the interface, its slots filled. `extra`: more attributes, as HTML."""
    named = f' class="{kind}"' if kind else ""
    shown = verbatim(_filled(text, slots))
    return f'<{tag}{named} data-text="{text}"{_data(slots)}{extra}>{shown}</{tag}>'


def label(text: str, /, **slots: object) -> str:
    """The attributes that name an element for a screen reader, with a space before them."""
    return f' data-label="{text}"{_data(slots)} aria-label="{verbatim(_filled(text, slots))}"'


def asks(question: str) -> str:
    """The attribute that makes a button ask a question, with a space before it."""
    return f' data-ask="{verbatim(question)}"'


def tag_html(text: str) -> str:
    """A small tag: a zone or a kind."""
    return f'<span class="tag" lang="ja">{verbatim(text)}</span>'


def _filled(text: str, slots: dict[str, object]) -> str:
    return TEXTS[text]["ja"].format(**slots)


def _data(slots: dict[str, object]) -> str:
    return "".join(f' data-{name}="{verbatim(str(value))}"' for name, value in slots.items())
