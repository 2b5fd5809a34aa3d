"""The page in a real headless Chromium: what is asked, highlighted, requested, and kept."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from app.schema import Passage
from app.serving.server import create_app
from tests.fake_assistant import HOSTILE, PARK, RIVER, FakeAssistant

playwright_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
# CI sets this, so that a browser that is missing there is a failure and not a skip.
REQUIRED = "SHUTTEN_REQUIRE_BROWSER" in os.environ
pytestmark = pytest.mark.skipif(
    CHROMIUM is None and not REQUIRED, reason="no Chromium: install Debian's packages chromium and fonts-noto-cjk"
)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
]
ROOT = Path(__file__).parent.parent
BOX = "#question textarea"
LITTLE = 15_000  # milliseconds; everything here takes some tens of them on a quiet machine


@dataclass
class Served:
    """A running page and the assistant behind it."""

    url: str
    assistant: FakeAssistant


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    assistant = FakeAssistant()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        config = uvicorn.Config(create_app(assistant), log_level="warning", timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield Served(f"http://127.0.0.1:{listening.getsockname()[1]}/", assistant)
        finally:
            server.should_exit = True
            thread.join(20)
            assert not thread.is_alive(), "the server did not stop"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def opened(browser: Any, url: str, **context: Any) -> Iterator[Any]:
    """A fresh page at `url`, ready for a question; on leaving: no request elsewhere, no script failed."""
    strangers: list[str] = []
    failures: list[str] = []

    def requested(request: Any) -> None:
        if not request.url.startswith((url, "data:", "blob:")):
            strangers.append(request.url)

    session = browser.new_context(
        **{"viewport": {"width": 1440, "height": 900}, "locale": "ja-JP", **context}
    )
    session.on("request", requested)
    page = session.new_page()
    page.set_default_timeout(LITTLE)
    page.on("pageerror", lambda error: failures.append(str(error)))
    try:
        page.goto(url)
        page.wait_for_selector(BOX)
        page.wait_for_selector("#source-text .line")
        yield page
        assert strangers == []
        assert failures == []
    finally:
        session.close()


@pytest.fixture
def page(browser: Any, served: Served) -> Iterator[Any]:
    served.assistant.asked.clear()
    with opened(browser, served.url) as page:
        yield page


def ask(page: Any, question: str) -> None:
    before = page.locator("#conversation .answer").count()
    page.fill(BOX, question)
    page.press(BOX, "Enter")
    answers(page, before + 1)


def answers(page: Any, count: int) -> None:
    page.wait_for_function(f"document.querySelectorAll('#conversation .answer').length === {count}")


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
        if name == kind and spans and spans[-1][1] == at:
            spans[-1] = (spans[-1][0], at + len(text), spans[-1][2] + text)
        elif name == kind:
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


def test_an_answer_highlights_its_first_citation_and_a_click_the_other(page: Any, served: Served) -> None:
    ask(page, "𠮷田公園の面積は？")
    size, trees = (citation.passage for citation in served.assistant.ask("𠮷田公園の面積は？").citations)
    expect_active(page, size)
    assert highlighted(page, "other") == [(trees.start, trees.end, trees.text)]
    page.click("#conversation a.cite >> text=[2]")
    expect_active(page, trees)
    assert highlighted(page, "other") == [(size.start, size.end, size.text)]
    expect_in_view(page)
    assert page.inner_text("#source-where") == "𠮷田公園・本文"


def test_the_panel_holds_the_document_unaltered_before_and_after_highlights(page: Any) -> None:
    text = "document.querySelector('#source-text').textContent"
    assert page.evaluate(text) == PARK
    ask(page, "𠮷田公園の面積は？")
    ask(page, "最後の木は？")
    assert page.evaluate(text) == PARK
    page.select_option("#source-select", "1")
    page.wait_for_function("document.querySelector('#source-text').textContent.includes('青川')")
    assert page.evaluate(text) == RIVER


def test_a_citation_far_below_and_over_two_lines_is_scrolled_to(page: Any, served: Served) -> None:
    page.evaluate("window.rendered = document.querySelector('#source-text .document')")
    ask(page, "最後の木は？")
    passage = served.assistant.passage("120番の木は桜である。\r\n終わりの一行")
    expect_active(page, passage)
    expect_in_view(page)
    assert page.evaluate("document.querySelector('#source-text').scrollTop") > 1000
    assert page.evaluate("window.rendered.isConnected"), "the document was rendered a second time"


def test_a_citation_of_another_document_opens_it(page: Any, served: Served) -> None:
    ask(page, "青川の長さは？")
    expect_active(page, served.assistant.passage("長さは40キロメートル", document=1))
    assert page.input_value("#source-select") == "1"
    page.click("#conversation summary")
    page.select_option("#source-select", "0")
    page.click("#conversation a.passage")
    expect_active(page, served.assistant.passage("長さは40キロメートル", document=1))


def test_examples_choices_and_history(page: Any, served: Served) -> None:
    page.click("#conversation button.example >> text=青川の長さは？")
    answers(page, 1)
    page.fill(BOX, "書きかけ")
    page.click("#clear")
    answers(page, 0)
    assert page.input_value(BOX) == "書きかけ"
    ask(page, "面積は？")
    page.fill(BOX, "書きかけ")
    page.click("#conversation button.option >> text=𠮷田公園")
    answers(page, 2)
    assert page.input_value(BOX) == "書きかけ", "a click on a choice lost what was being typed"
    assert served.assistant.asked == [
        ("青川の長さは？", ()),
        ("面積は？", ()),
        ("𠮷田公園の面積は？", ("面積は？",)),
    ]


def test_a_refusal_looks_different_and_clears_the_highlight(page: Any) -> None:
    ask(page, "青川の長さは？")
    page.wait_for_selector("mark.active")
    ask(page, "ヒマラヤの高さは？")
    assert page.inner_text("#conversation .answer.refused .verdict") == "資料に記載がありません"
    page.wait_for_function("!document.querySelector('#source-text mark')")


@pytest.mark.parametrize(
    ("question", "message"),
    [("", "質問が空です"), ("  \n ", "質問が空です"), ("長" * 1001, "質問が長すぎます")],
)
def test_an_error_is_said_and_loses_nothing(page: Any, question: str, message: str) -> None:
    ask(page, "青川の長さは？")
    page.fill(BOX, question)
    page.click("#send")
    page.wait_for_selector(".problem")
    assert message in page.inner_text(".problem")
    assert page.input_value(BOX) == question
    answers(page, 1)
    ask(page, "南公園は？")
    page.wait_for_selector(".problem", state="detached")
    assert page.input_value(BOX) == ""


def test_an_engine_error_is_said_and_loses_nothing(page: Any, served: Served) -> None:
    served.assistant.broken = True
    try:
        page.fill(BOX, "青川の長さは？")
        page.press(BOX, "Enter")
        page.wait_for_selector(".problem")
    finally:
        served.assistant.broken = False
    assert "モデルを読み込めません" in page.inner_text(".problem")
    assert page.input_value(BOX) == "青川の長さは？"


def test_enter_within_a_conversion_does_not_send(page: Any, served: Served) -> None:
    page.focus(BOX)
    keyboard = page.context.new_cdp_session(page)
    keyboard.send("Input.imeSetComposition", {"text": "あおかわ", "selectionStart": 4, "selectionEnd": 4})
    keyboard.send(
        "Input.dispatchKeyEvent", {"type": "rawKeyDown", "key": "Enter", "windowsVirtualKeyCode": 229}
    )
    page.evaluate(
        """box => { for (const type of ['keydown', 'keypress']) document.querySelector(box).dispatchEvent(
            new KeyboardEvent(type, {key: 'Enter', isComposing: true, bubbles: true, cancelable: true})) }""",
        BOX,
    )
    page.wait_for_timeout(500)
    assert served.assistant.asked == []
    keyboard.send("Input.insertText", {"text": "青川"})
    assert page.input_value(BOX) == "青川"
    page.press(BOX, "Shift+Enter")
    page.keyboard.type("は？")
    page.press(BOX, "Enter")  # the control: the same key after the conversion does send
    answers(page, 1)
    assert served.assistant.asked == [("青川\nは？", ())]


def test_hostile_text_is_shown_and_makes_nothing(page: Any, served: Served) -> None:
    title = page.title()
    for text in HOSTILE:
        ask(page, text)
    ask(page, "全文")
    asked = page.eval_on_selector_all("#conversation .asked", "all => all.map(one => one.textContent)")
    assert asked == [*HOSTILE, "全文"]
    said = page.eval_on_selector_all("#conversation .echo", "all => all.map(one => one.textContent)")
    assert said == list(HOSTILE)
    assert page.inner_text("#conversation .quote").startswith(HOSTILE[0])
    expect_active(page, served.assistant.passage("\n".join(HOSTILE), document=1))
    strange = (
        "img, script, form, input, style, iframe, strong, em, code, table, h1, .katex, .said a:not(.cite)"
    )
    made = page.locator(f"#conversation .message :is({strange})")
    assert made.evaluate_all("all => all.map(one => one.outerHTML)") == []
    assert page.locator("#source-text :not(article, div, mark)").count() == 0
    assert page.title() == title


@pytest.mark.parametrize("width", [360, 390, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_scrolls_sideways_and_both_halves_are_visible(
    browser: Any, served: Served, width: int, scheme: str
) -> None:
    size = {"width": width, "height": 844}
    with opened(browser, served.url, viewport=size, color_scheme=scheme) as page:
        ask(page, "最後の木は？")
        page.wait_for_selector("mark.active")
        expect_in_view(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate("document.documentElement.scrollHeight") <= 844
        for part in ("#conversation", BOX, "#send", "#source-text"):
            box = page.locator(part).bounding_box()
            assert box["height"] >= 40 and box["y"] >= 0 and box["y"] + box["height"] <= 844, part
        assert contrast(page, "mark.active") >= 4.5
        assert contrast(page, "#conversation .said .quote") >= 4.5


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


def test_real_question(browser: Any, tmp_path: Path) -> None:
    """The shipped command over the shipped corpus: a click on [1] shows what the answer's JSON says."""
    question = "虹口の面積は？"
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "app"]
    index = ["--index", str(tmp_path / "index")]
    reply = subprocess.run(
        [*command, "ask", question, "--json", *index], cwd=ROOT, capture_output=True, text=True, timeout=300
    )
    assert reply.returncode == 0, reply.stderr
    answer = json.loads(reply.stdout)
    cited = answer["citations"][0]
    source = (ROOT / "corpus" / cited["document"]).read_bytes().decode("utf-8")
    assert source[cited["start"] : cited["end"]] == cited["text"]
    server = subprocess.Popen(
        [*command, "chat", "--port", str(port), *index], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        assert server.stdout is not None
        assert server.stdout.readline() == f"http://127.0.0.1:{port}/ で開けます\n"
        with opened(browser, f"http://127.0.0.1:{port}/") as page:
            ask(page, question)
            page.click("#conversation a.cite >> text=[1]")
            passage = Passage(*(cited[name] for name in Passage.__dataclass_fields__))
            expect_active(page, passage)
            expect_in_view(page)
            said = "".join(page.locator("#conversation .said > span").all_text_contents())
            assert said == answer["answer"]
            assert page.evaluate("document.querySelector('#source-text').textContent") == source
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
            raise
