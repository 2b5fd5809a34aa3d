"""A real headless Chromium before a served page: asking, and reading what is highlighted."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI

from app.schema import Passage
from app.serving.feedback import FeedbackStore

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
]
ROOT = Path(__file__).parent.parent
BOX = "#question"
LITTLE = 15_000  # milliseconds; everything here takes some tens of them on a quiet machine


@dataclass
class Served:
    """A running page, the assistant behind it, and what keeps feedback if anything does."""

    url: str
    assistant: Any
    feedback: FeedbackStore | None = None


@contextmanager
def serving(app: FastAPI, port: int = 0) -> Iterator[str]:
    """`app` behind a real server; gives its URL."""
    with socket.create_server(("127.0.0.1", port)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
        finally:
            server.should_exit = True
            thread.join(20)
            assert not thread.is_alive(), "the server did not stop"


@contextmanager
def opened(browser: Any, url: str, path: str = "", patience: float = LITTLE, **context: Any) -> Iterator[Any]:
    """A fresh page at `url`, ready for a question; on leaving: no request elsewhere, no script failed.

    Whatever is waited for comes within `patience` milliseconds.
    """
    strangers: list[str] = []
    failures: list[str] = []

    def requested(request: Any) -> None:
        if not request.url.startswith((url, "data:", "blob:")):
            strangers.append(request.url)

    session = browser.new_context(**{"viewport": {"width": 1440, "height": 900}, "locale": "ja-JP", **context})
    session.on("request", requested)
    page = session.new_page()
    page.set_default_timeout(patience)
    page.on("pageerror", lambda error: failures.append(str(error)))
    try:
        page.goto(url + path)
        page.wait_for_selector(BOX)
        page.wait_for_selector("#source-text .line", state="attached")
        yield page
        assert strangers == []
        assert failures == []
    finally:
        session.close()


def ask(page: Any, question: str) -> None:
    before = page.locator("#turns .answer").count()
    page.fill(BOX, question)
    page.press(BOX, "Enter")
    answers(page, before + 1)


def answers(page: Any, count: int) -> None:
    page.wait_for_function(f"document.querySelectorAll('#turns .answer').length === {count}")


def highlighted(page: Any, kind: str = "active") -> list[tuple[int, int, str]]:
    """The panel's marks as (start, end, text): in code points, over the panel's text nodes."""
    spans: list[tuple[int, int, str]] = []
    at = 0
    script = """() => {
        const walker = document.createTreeWalker(document.getElementById('source-text'), 4);
        const found = [];
        while (walker.nextNode()) {
            const mark = walker.currentNode.parentElement.closest('mark');
            found.push([walker.currentNode.data, mark ? mark.className : '']);
        }
        return found;
    }"""
    for text, name in page.evaluate(script):
        if kind in name.split() and spans and spans[-1][1] == at:
            spans[-1] = (spans[-1][0], at + len(text), spans[-1][2] + text)
        elif kind in name.split():
            spans.append((at, at + len(text), text))
        at += len(text)
    return spans


def expect_active(page: Any, passage: Passage) -> None:
    """The passage, and it alone, is marked as active, within some seconds."""
    wanted = [(passage.start, passage.end, passage.text)]
    deadline = time.monotonic() + LITTLE / 1000
    while highlighted(page) != wanted and time.monotonic() < deadline:
        page.wait_for_timeout(50)
    assert highlighted(page) == wanted


def expect_in_view(page: Any) -> None:
    """The active mark ends up inside the visible part of the panel, and the page itself has not moved."""
    page.wait_for_function(
        """() => {
            const mark = document.querySelector('mark.active').getBoundingClientRect();
            const panel = document.querySelector('#source-text').getBoundingClientRect();
            return mark.top >= panel.top && mark.bottom <= panel.bottom;
        }"""
    )
    assert page.evaluate("[scrollX, scrollY]") == [0, 0]


def contrast(page: Any, selector: str) -> float:
    """The contrast ratio (WCAG) between an element's text and the first background behind it."""
    colours = page.eval_on_selector(
        selector,
        """element => {
            const colour = (of, name) => getComputedStyle(of)[name].match(/[\\d.]+/g).map(Number);
            let behind = element;
            while (colour(behind, 'backgroundColor')[3] === 0) behind = behind.parentElement;
            return [colour(element, 'color'), colour(behind, 'backgroundColor')];
        }""",
    )

    def luminance(colour: list[float]) -> float:
        parts = (value / 255 for value in colour[:3])
        red, green, blue = (x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted(map(luminance, colours))
    return (high + 0.05) / (low + 0.05)
