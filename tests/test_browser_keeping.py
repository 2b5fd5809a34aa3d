"""What is kept, taken along and sent: reload, restart, links, export, proof, rating."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from app.serving.edition import Edition, Editions
from app.serving.server import create_app
from tests.browsing import BOX, ROOT, Served, answers, ask, opened, serving
from tests.fake_assistant import HOSTILE, FakeAssistant

ASKED = ("虹口の面積は？", "では徐匯は？", "浦東新区の面積は？", "濱江はどの区？", "面積の大きい順に", "徐匯は14平方キロですよね")


def said(page: Any) -> list[str]:
    return list(page.locator("#turns .said").all_inner_texts())


def exported(page: Any, kind: str) -> bytes:
    page.click("#export summary")
    with page.expect_download() as download:
        page.click(f"#export-{kind}")
    return Path(download.value.path()).read_bytes()


def test_an_exported_conversation_is_proved(browser: Any, real: Served, tmp_path: Path) -> None:
    with opened(browser, real.url) as page:
        for question in ASKED:
            ask(page, question)
        data = exported(page, "json")
    history: list[str] = []
    for question, answer in zip(ASKED, json.loads(data)["answers"], strict=True):
        assert answer == real.assistant.ask(question, history).as_json()
        history.append(question)
    file = tmp_path / "conversation.json"
    file.write_bytes(data)
    done = subprocess.run(
        [sys.executable, "-m", "app", "verify", str(file)], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert [line.split("\t")[0] for line in done.stdout.splitlines()] == ["found"] * len(ASKED)


def test_as_markdown_everything_is_seen_and_nothing_read(browser: Any, served: Served) -> None:
    reader = pytest.importorskip("markdown_it").MarkdownIt("commonmark").enable(["table", "strikethrough"])
    asked = ["𠮷田公園の面積は？", *HOSTILE, "全文"]
    with opened(browser, served.url) as page:
        for question in asked:
            ask(page, question)
        tokens = reader.parse(exported(page, "markdown").decode("utf-8"))
    parts = [child for token in tokens for child in token.children or []]
    assert {part.type for part in parts} <= {"text", "text_special", "softbreak", "hardbreak", "entity"}
    assert {token.tag for token in tokens} <= {"h2", "p", "ul", "li", ""}
    headings = [tokens[i + 1] for i, token in enumerate(tokens) if token.type == "heading_open"]
    shown = ["".join(part.content for part in heading.children or []) for heading in headings]
    assert shown == [" ".join(question.split()) for question in asked]
    whole = "".join(part.content for part in parts)
    assert "約12ヘクタール[1]です。池と𠮷野桜の並木[2]" in whole
    assert "[1] 公園 <b>&.txt" in whole


def test_a_reload_tells_the_same_conversation(browser: Any, real: Served) -> None:
    with opened(browser, real.url) as page:
        for question in ASKED[:4]:
            ask(page, question)
        before = said(page)
        page.reload()
        answers(page, 4)
        assert said(page) == before
        ask(page, "そこの重点は？")
        page.click("#clear")
        page.reload()
        page.wait_for_selector("#welcome")
        answers(page, 0)


def test_a_long_conversation_is_told_from_its_end_and_goes_on_meanwhile(browser: Any, served: Served) -> None:
    asked = [f"{n}番の木は？" for n in range(1, 31)]
    with opened(browser, served.url) as page:
        ask(page, "青川の長さは？")
        page.evaluate("asked => localStorage.setItem('shutten-questions', JSON.stringify(asked))", asked)
        served.assistant.asked.clear()
        page.reload()
        page.wait_for_selector(".turn")
        ask_at_once = "青川の長さは？"
        page.fill(BOX, ask_at_once)
        page.press(BOX, "Enter")
        answers(page, 31)
        assert page.locator(".asked").all_inner_texts() == [*asked, ask_at_once]
        assert served.assistant.asked[0] == (asked[22], tuple(asked[:22])), "the end comes first"
        assert (ask_at_once, tuple(asked)) in served.assistant.asked
        assert json.loads(page.evaluate("localStorage.getItem('shutten-questions')")) == [*asked, ask_at_once]
        page.wait_for_function(
            "() => { const all = document.querySelector('#conversation'); return all.scrollTop + all.clientHeight > all.scrollHeight - 60 }"
        )


def having_asked(browser: Any, url: str) -> Any:
    """A page of its own at `url`, on which one question has been answered."""
    page = browser.new_context(locale="ja-JP").new_page()
    page.goto(url)
    page.wait_for_selector(BOX)
    ask(page, "青川の長さは？")
    return page


def test_a_restart_of_the_server_keeps_the_conversation(browser: Any) -> None:
    first, second = FakeAssistant(), FakeAssistant()
    with serving(create_app(Editions(Edition(first)))) as url:
        page = having_asked(browser, url)
    port = int(url.rsplit(":", 1)[1].rstrip("/"))
    page.fill(BOX, "南公園は？")
    page.press(BOX, "Enter")
    page.wait_for_selector(".problem")
    assert page.input_value(BOX) == "南公園は？", "the server is gone, the question is not"
    answers(page, 1)
    with serving(create_app(Editions(Edition(second))), port):
        page.goto(url)
        answers(page, 1)
        ask(page, "南公園は？")
        assert second.asked[-1] == ("南公園は？", ("青川の長さは？",))
        page.context.close()


def test_the_page_goes_on_after_a_restart_without_a_reload(browser: Any) -> None:
    first, second = FakeAssistant(), FakeAssistant()
    with serving(create_app(Editions(Edition(first)))) as url:
        page = having_asked(browser, url)
    with serving(create_app(Editions(Edition(second))), int(url.rsplit(":", 1)[1].rstrip("/"))):
        page.wait_for_timeout(500)
        ask(page, "南公園は？")
        assert second.asked[-1] == ("南公園は？", ("青川の長さは？",))
        page.context.close()


def test_a_link_asks_its_question_once(browser: Any, served: Served) -> None:
    with opened(browser, served.url, "?q=" + quote("青川の長さは？")) as page:
        answers(page, 1)
        assert page.url == served.url
        page.reload()
        answers(page, 1)
        ask(page, "桜の木は？")
        page.goto(served.url + "?q=" + quote(HOSTILE[0]))
        answers(page, 3)
        assert page.locator(".asked >> nth=2").inner_text() == HOSTILE[0]


def test_a_link_that_cannot_be_asked_loses_nothing(browser: Any, served: Served) -> None:
    with opened(browser, served.url) as page:
        ask(page, "青川の長さは？")
        page.goto(served.url + "?q=" + quote("長" * 1001))
        page.wait_for_selector(".problem")
        answers(page, 1)
        assert json.loads(page.evaluate("localStorage.getItem('shutten-questions')")) == ["青川の長さは？"]


def test_an_engine_that_fails_at_a_reload_does_not_forget_the_questions(browser: Any, served: Served) -> None:
    with opened(browser, served.url) as page:
        ask(page, "青川の長さは？")
        served.assistant.broken = True
        try:
            page.reload()
            page.wait_for_selector(".problem")
        finally:
            served.assistant.broken = False
        page.fill(BOX, "南公園は？")
        page.press(BOX, "Enter")
        answers(page, 1)
        assert served.assistant.asked[-1] == ("南公園は？", ("青川の長さは？",))
        page.reload()
        answers(page, 2)


def test_copies_and_links(browser: Any, real: Served) -> None:
    with opened(browser, real.url, permissions=["clipboard-read", "clipboard-write"]) as page:
        ask(page, "虹口の面積は？")
        page.click(".copy")
        page.wait_for_selector(".outcome:text-is('写しました')")
        assert page.evaluate("navigator.clipboard.readText()") == (
            "虹口の面積は約4平方キロメートル[1]です。\n\n"
            "[1] shanghai-ftz-linkage-zones.txt 776–790（虹口・面積）「総面積は約4平方キロメートル」\n"
        )
        page.click(".turn .link")
        page.wait_for_function("navigator.clipboard.readText().then(text => text.startsWith('http'))")
        assert page.evaluate("navigator.clipboard.readText()") == real.url + "?q=" + quote("虹口の面積は？")


def test_the_badge_proves_again(browser: Any, real: Served) -> None:
    with opened(browser, real.url) as page:
        ask(page, "虹口の面積は？")
        page.click(".verify")
        page.wait_for_selector(".verify.proved:text-is('証明できました')")
        # The control: an answer that somebody altered.
        page.evaluate(
            """() => { const record = document.querySelector('template.record').content;
                       record.textContent = record.textContent.replaceAll('約4平方', '約5平方') }"""
        )
        page.click(".verify")
        page.wait_for_selector(".verify.unproved")
        assert page.inner_text(".outcome") != ""


@pytest.mark.parametrize(("rating", "place"), [("up", 0), ("down", 1)])
def test_a_rating_goes_with_its_answer(browser: Any, real: Served, rating: str, place: int) -> None:
    with opened(browser, real.url) as page:
        ask(page, "虹口の面積は？")
        ask(page, "では徐匯は？")
        page.click(f".turn:last-child .rate >> nth={place}")
        page.fill(".rating input", "助かりました")
        page.keyboard.press("Enter")
        page.wait_for_selector(".outcome:text-is('ありがとうございます')")
    assert real.feedback is not None
    kept = real.feedback.read()[0]
    assert (kept.rating, kept.comment, kept.history) == (rating, "助かりました", ("虹口の面積は？",))
    assert kept.answer == json.loads(json.dumps(real.assistant.ask("では徐匯は？", ["虹口の面積は？"]).as_json()))


def test_a_question_of_twenty_megabytes_is_refused_in_words(page: Any, served: Served) -> None:
    page.evaluate("document.querySelector('#question').value = '長'.repeat(7_000_000)")
    page.click("#send")
    page.wait_for_selector(".problem")
    assert "質問が長すぎます" in page.inner_text(".problem")
    assert served.assistant.asked == []


def test_a_dropped_connection_leaves_no_half_answer(page: Any, served: Served) -> None:
    ask(page, "青川の長さは？")
    page.context.set_offline(True)
    page.fill(BOX, "南公園は？")
    page.press(BOX, "Enter")
    page.wait_for_selector(".problem")
    page.context.set_offline(False)
    answers(page, 1)
    page.reload()
    answers(page, 1)
    assert page.locator(".asked").all_inner_texts() == ["青川の長さは？"]
