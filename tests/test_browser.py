"""The page in a real headless Chromium: what is asked, highlighted, requested, and kept."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from app.schema import Passage
from tests.browsing import (
    BOX,
    ROOT,
    Served,
    answers,
    ask,
    expect_active,
    expect_in_view,
    highlighted,
    opened,
)
from tests.fake_assistant import HOSTILE, PARK, RIVER


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
    page.click("#conversation .related summary")
    page.select_option("#source-select", "0")
    page.click("#conversation a.passage")
    expect_active(page, served.assistant.passage("長さは40キロメートル", document=1))


def test_examples_choices_and_history(page: Any, served: Served) -> None:
    page.click("#welcome button.example >> text=青川の長さは？")
    answers(page, 1)
    page.fill(BOX, "書きかけ")
    page.click("#clear")
    answers(page, 0)
    assert page.input_value(BOX) == "書きかけ"
    ask(page, "面積は？")
    page.fill(BOX, "書きかけ")
    page.click("#conversation button.choice >> text=𠮷田公園")
    answers(page, 2)
    assert page.input_value(BOX) == "書きかけ", "a click on a choice lost what was being typed"
    assert served.assistant.asked == [
        ("青川の長さは？", ()),
        ("面積は？", ()),
        ("𠮷田公園の面積は？", ("面積は？",)),
    ]


def test_a_question_asked_before_the_answer_waits_for_it(page: Any, served: Served) -> None:
    page.evaluate(
        """() => { const box = document.querySelector('#question');
            const enter = () => box.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', bubbles: true, cancelable: true}));
            box.value = '青川の長さは？'; enter(); enter(); box.value = '桜の木は？'; enter(); }"""
    )
    answers(page, 2)
    page.wait_for_timeout(300)
    assert served.assistant.asked == [("青川の長さは？", ()), ("桜の木は？", ("青川の長さは？",))]
    assert page.input_value(BOX) == ""


def test_a_refusal_looks_different_and_clears_the_highlight(page: Any) -> None:
    ask(page, "青川の長さは？")
    page.wait_for_selector("mark.active")
    ask(page, "ヒマラヤの高さは？")
    assert page.inner_text("#turns .answer.refused .verdict [data-text]") == "資料に記載がありません"
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


def test_a_bug_is_said_without_its_secrets(page: Any, served: Served, caplog: pytest.LogCaptureFixture) -> None:
    def fail(*args: object) -> None:
        raise RuntimeError("secret path /home/x")

    served.assistant.ask = fail
    try:
        page.fill(BOX, "青川の長さは？")
        page.press(BOX, "Enter")
        page.wait_for_selector(".problem")
    finally:
        del served.assistant.ask
    assert "内部エラー" in page.inner_text(".problem")
    assert "secret" not in page.content()
    assert "secret" in caplog.text, "the server's log tells"


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
    made = page.locator(f"#turns .turn :is({strange})")
    assert made.evaluate_all("all => all.map(one => one.outerHTML)") == []
    assert page.locator("#source-text :not(article, div, mark)").count() == 0
    assert page.title() == title


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
