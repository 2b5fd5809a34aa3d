"""The chat page: asks the current edition, shows what it answers, and knows nothing else.

The only module that imports Gradio. All HTML comes from `rendering`; what happens in the browser is in `static/`. The
server keeps no conversation: the browser sends the questions so far, and since the same questions always get the same
answers, it can have a whole conversation told again, after a reload or a restart of the server.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

# Gradio reads this when it is imported, and would otherwise call its makers' servers from ours.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"

import gradio as gr
from fastapi import FastAPI

from app.errors import InputError, ShuttenError
from app.serving import rendering
from app.serving.edition import Edition, Editions

_LOG = logging.getLogger(__name__)
_STATIC = Path(__file__).parent / "static"
_SCRIPTS = ("texts", "source", "records", "conversation")
_FONTS = ["Hiragino Sans", "Noto Sans JP", "Noto Sans CJK JP", "Yu Gothic UI", "Meiryo", "sans-serif"]
_QUEUE = 64
_AT_ONCE = 4  # requests, or two for each worker: the next is there when it is done with one
_MOST_TURNS = 200
_MOST_TOLD = 10  # turns of one reply: a long conversation is told some turns at a time
# The page's script asks by the event `ask`, and finds the reply in the other component.
_CONNECT = "window.shutten.connect(element, (request) => trigger('ask', request));"
_DELIVER = "watch('value', () => window.shutten.deliver(element));"


def mount(app: FastAPI, editions: Editions, workers: int = 1) -> FastAPI:
    """Serve the page at `/` of `app`, behind whatever routes and middleware it has already."""
    scripts = "".join((_STATIC / f"{name}.js").read_text(encoding="utf-8") for name in _SCRIPTS)
    gr.mount_gradio_app(
        app,
        build(editions, workers),
        path="/",
        theme=gr.themes.Base(font=_FONTS, font_mono=["ui-monospace", "monospace"]),
        css=(_STATIC / "page.css").read_text(encoding="utf-8"),
        head=f"<script>window.shuttenTexts = {rendering.catalogue_json()};\n{scripts}</script>",
        footer_links=[],
        run_history=False,
        show_error=False,
        enable_monitoring=False,
        max_file_size="1kb",
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
    )
    return app


def build(editions: Editions, workers: int = 1) -> gr.Blocks:
    """The page: conversation on one side, source on the other."""
    page: gr.Blocks = gr.Blocks(title=rendering.TITLE, analytics_enabled=False, fill_width=True, fill_height=True)
    with page:
        desk = gr.HTML("", elem_id="desk", js_on_load=_CONNECT, apply_default_css=False)
        reply = gr.HTML("", elem_id="reply", js_on_load=_DELIVER, apply_default_css=False)
        # Not "once": a request that nobody waits for any more must not hold up the next.
        quiet = {"api_visibility": "private", "show_progress": "hidden", "trigger_mode": "multiple"}
        desk.ask(_answering(editions), None, reply, **quiet)
        gr.api(_endpoint(editions), api_name="ask")
    page.queue(max_size=_QUEUE, default_concurrency_limit=max(_AT_ONCE, 2 * workers))

    def show(edition: Edition) -> None:
        known = edition.assistant
        desk.value = rendering.page_html(known.documents, known.zones, known.examples, edition.overview, edition.positions)
        page.config = page.get_config_file()  # what Gradio sends to whoever opens the page from now on

    editions.show(show)
    return page


def _answering(editions: Editions) -> Callable[[Any], str]:
    """What happens to a request of the page: {"questions", "first", "reply"} to the HTML of the turns from `first` on."""

    def answer(event: Any) -> str:
        number, edition = 0, editions.current
        try:
            questions, first, number = _request(event._data)
            answers = [edition.assistant.ask(questions[i], questions[:i]) for i in range(first, len(questions))]
            return rendering.reply_html(answers, first, number, edition.overview, edition.positions)
        except ShuttenError as error:
            return rendering.problem_html(error.code, error.message, number)
        except Exception:  # a bug: the page would wait for a reply that never comes
            _LOG.exception("a request of the page")
            return rendering.problem_html("internal", "", number)

    # Gradio passes the event by its annotation, which it must find as a class, not as a string.
    answer.__annotations__["event"] = gr.EventData
    return answer


def _endpoint(editions: Editions) -> Callable[..., dict[str, Any]]:
    """What `gradio_client` asks: the answer of the contract, or its error object."""

    def ask(question: str, history: list[str]) -> dict[str, Any]:
        try:
            return editions.current.assistant.ask(question, history).as_json()
        except ShuttenError as error:
            return {"error": error.as_json()}

    # Gradio makes the endpoint's description of classes, not of strings.
    ask.__annotations__ |= {"question": str, "history": list[str], "return": dict[str, Any]}
    return ask


def _request(data: Any) -> tuple[list[str], int, int]:
    """What the page's script sends, and nothing else. Raises InputError."""
    match data:
        case {"questions": [*questions], "first": int(first), "reply": int(number)} if (
            all(isinstance(question, str) for question in questions)
            and len(questions) <= _MOST_TURNS
            and 0 <= len(questions) - first <= _MOST_TOLD
            and first >= 0
        ):
            return questions, first, number
    raise InputError("request_invalid", "ページからの要求ではありません。ページを開き直してください。")
