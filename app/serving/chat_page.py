"""The chat page: asks one `Assistant`, shows what it answers, and knows nothing else.

The only module that imports Gradio. All HTML comes from `rendering`; what happens in the browser (highlights,
IME) is in `static/page.js`. A session's state is the list of its answers; the conversation is drawn from it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

# Gradio reads this when it is imported, and would otherwise call its makers' servers from ours.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"

import gradio as gr
from fastapi import FastAPI

from app.answer import Answer
from app.errors import ShuttenError
from app.schema import Document, Zone
from app.serving import rendering

_STATIC = Path(__file__).parent / "static"
_FONTS = ["Hiragino Sans", "Noto Sans JP", "Noto Sans CJK JP", "Yu Gothic UI", "Meiryo", "sans-serif"]
_MOST_EXAMPLES = 6
_QUEUE = 64
_WORKERS = 4


class Assistant(Protocol):
    """What every door asks. `ask` may be called from several threads at once; it raises `ShuttenError`."""

    @property
    def documents(self) -> Sequence[Document]:
        """The documents that answers cite."""

    @property
    def zones(self) -> Sequence[Zone]:
        """Their sections, in order."""

    @property
    def examples(self) -> Sequence[str]:
        """Questions to offer to somebody who has not asked anything yet."""

    def ask(self, question: str, history: Sequence[str] = (), id: str | None = None) -> Answer:
        """The answer to `question`, asked after the questions `history`, oldest first."""


def mount(app: FastAPI, assistant: Assistant) -> FastAPI:
    """Serve the page at `/` of `app`, behind whatever routes and middleware it has already."""
    script = (_STATIC / "page.js").read_text(encoding="utf-8")
    gr.mount_gradio_app(
        app,
        build(assistant),
        path="/",
        theme=gr.themes.Base(font=_FONTS, font_mono=["ui-monospace", "monospace"]),
        css=(_STATIC / "page.css").read_text(encoding="utf-8"),
        head=f"<script>{script}</script>",
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


def build(assistant: Assistant) -> gr.Blocks:
    """The page: conversation on one side, source on the other."""
    page: gr.Blocks = gr.Blocks(
        title=rendering.TITLE, analytics_enabled=False, fill_width=True, fill_height=True
    )
    with page:
        turns = gr.State(list[Answer]())
        gr.HTML(rendering.header_html(), elem_id="masthead", padding=False)
        with gr.Row(elem_id="desk"):
            with gr.Column(elem_id="talk", min_width=0):
                chat = gr.Chatbot(
                    elem_id="conversation",
                    show_label=False,
                    height="100%",
                    layout="panel",
                    placeholder=rendering.welcome_html(assistant.documents, assistant.zones),
                    examples=[{"text": question} for question in assistant.examples[:_MOST_EXAMPLES]],
                    buttons=[],
                    latex_delimiters=[],
                    group_consecutive_messages=False,
                    allow_tags=False,
                    feedback_options=None,
                )
                problem = gr.HTML(elem_id="problem", padding=False)
                with gr.Row(elem_id="asking"):
                    box = gr.Textbox(
                        elem_id="question",
                        label="質問",
                        show_label=False,
                        container=False,
                        placeholder="資料について質問する",
                        lines=1,
                        max_lines=5,
                        scale=1,
                        autofocus=True,
                    )
                    send = gr.Button("送信", elem_id="send", variant="primary", scale=0, min_width=72)
                clear = gr.Button("会話を消す", elem_id="clear", scale=0, min_width=0)
            with gr.Column(elem_id="source", min_width=0):
                gr.HTML(rendering.source_html(), elem_id="source-panel", padding=False)

        typed, clicked = _handlers(assistant)
        shown = [chat, problem, turns]
        quiet: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
        gr.on([box.submit, send.click], typed, [box, turns], [*shown, box], **quiet)
        chat.example_select(clicked, [turns], shown, **quiet)
        chat.option_select(clicked, [turns], shown, **quiet)
        clear.click(lambda: ([], "", []), None, shown, **quiet)
    page.queue(max_size=_QUEUE, default_concurrency_limit=_WORKERS)
    return page


def _handlers(assistant: Assistant) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """What happens to a typed and to a clicked question; a failure changes only the line that says it."""
    positions = {document.name: place for place, document in enumerate(assistant.documents)}

    def ask(question: str, turns: list[Answer]) -> tuple[Any, Any, Any]:
        try:
            answer = assistant.ask(question, [turn.question for turn in turns])
        except ShuttenError as error:
            return gr.skip(), rendering.problem_html(error.message), gr.skip()
        turns = [*turns, answer]
        return [message for turn in turns for message in _messages(turn, positions)], "", turns

    def typed(question: str | None, turns: list[Answer]) -> tuple[Any, Any, Any, Any]:
        chat, problem, kept = ask(question or "", turns)
        return chat, problem, kept, gr.skip() if problem else ""

    # Gradio passes the event by its annotation, which it must find as a class, not as a string.
    def clicked(turns: list[Answer], event: gr.SelectData) -> tuple[Any, Any, Any]:
        value = event.value
        return ask(value["text"] if isinstance(value, dict) else str(value), turns)

    clicked.__annotations__["event"] = gr.SelectData
    return typed, clicked


def _messages(turn: Answer, positions: dict[str, int]) -> list[dict[str, Any]]:
    """A question and its answer as Gradio's messages; choices become buttons under the last answer."""
    options = [{"label": choice.text, "value": choice.question} for choice in turn.choices]
    return [
        {"role": "user", "content": rendering.question_html(turn.question)},
        {"role": "assistant", "content": rendering.answer_html(turn, positions), "options": options},
    ]
