"""The page for everyone: by keyboard, by screen reader, on a phone, in the dark, magnified, in three languages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.browsing import BOX, Served, answers, ask, contrast, expect_in_view, opened

axe = pytest.importorskip("axe_playwright_python.base", reason="axe-playwright-python is not installed")
AXE = Path(axe.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
PHONE = {"viewport": {"width": 360, "height": 740}}
STATES = (
    "虹口の面積は？",
    "面積の大きい順に",
    "徐匯と虹口を比べて",
    "濱江はどの区？",
    "浦東新区の面積は？",
    "徐匯は14平方キロですよね",
    "クルーズに力を入れているのはどの区ですか？",
)


def violations(page: Any) -> list[str]:
    """What axe-core finds serious or critical."""
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [
        f"{item['id']}: {node['html'][:200]} {node['failureSummary'][:300]}"
        for item in found
        if item["impact"] in ("serious", "critical")
        for node in item["nodes"]
    ]


def sideways(page: Any) -> int:
    """By how many pixels the page, or anything in it that is not meant to, scrolls sideways."""
    return int(
        page.evaluate(
            """() => Math.max(...[document.documentElement, ...document.querySelectorAll('#conversation, .turn, #source-text')]
                .map(one => one.scrollWidth - one.clientWidth))"""
        )
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440])
def test_axe_finds_nothing_serious_in_any_state(browser: Any, real: Served, scheme: str, width: int) -> None:
    with opened(browser, real.url, viewport={"width": width, "height": 844}, color_scheme=scheme) as page:
        assert violations(page) == []
        for question in STATES:
            ask(page, question)
        page.evaluate("for (const one of document.querySelectorAll('details')) { one.removeAttribute('name'); one.open = true; }")
        page.click(".turn:last-child .rate >> nth=1")
        page.fill(BOX, "")
        page.click("#send")
        page.wait_for_selector(".problem")
        if width < 860:
            page.evaluate("document.querySelector('#open-source').click()")
        page.wait_for_timeout(400)
        assert violations(page) == []
        assert sideways(page) <= 0


def test_axe_would_find_something(browser: Any, real: Served) -> None:
    # The control.
    with opened(browser, real.url) as page:
        page.evaluate("document.querySelector('#send').style.color = '#5a7bb5'")
        assert any(line.startswith("color-contrast") for line in violations(page))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_tint_can_be_read(browser: Any, real: Served, scheme: str) -> None:
    with opened(browser, real.url, color_scheme=scheme) as page:
        ask(page, "虹口ではどんな施策がありますか？")
        page.wait_for_selector("mark.tint6")
        for tint in range(1, 7):
            assert contrast(page, f"mark.tint{tint}") >= 4.5
            assert contrast(page, f"a.cite.tint{tint}") >= 4.5
        shades = page.eval_on_selector_all("#source-text mark", "all => all.map(one => getComputedStyle(one).backgroundColor)")
        assert len(set(shades)) == 6


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440])
def test_nothing_scrolls_sideways_and_the_whole_page_fits(browser: Any, served: Served, scheme: str, width: int) -> None:
    with opened(browser, served.url, viewport={"width": width, "height": 740}, color_scheme=scheme) as page:
        ask(page, "最後の木は？")
        assert sideways(page) <= 0
        assert page.evaluate("document.documentElement.scrollHeight") <= 740
        for part in ("#conversation", BOX, "#send"):
            box = page.locator(part).bounding_box()
            assert box["height"] >= 40 and box["y"] >= 0 and box["y"] + box["height"] <= 740, part


def test_on_a_phone_the_source_is_a_sheet(browser: Any, served: Served) -> None:
    with opened(browser, served.url, **PHONE) as page:
        ask(page, "最後の木は？")
        assert not page.is_visible("#source"), "it would hide the answer"
        page.click("#turns a.cite")
        page.wait_for_selector("#source-text mark.active", state="visible")
        expect_in_view(page)
        page.keyboard.press("Escape")
        page.wait_for_selector("#source", state="hidden")
        assert page.evaluate("document.activeElement.className").startswith("cite"), "back to where one was reading"
        page.click("#open-source")
        page.click("#close-source")
        page.wait_for_selector("#source", state="hidden")


def test_magnified_twice_nothing_is_lost(browser: Any, real: Served) -> None:
    # A browser's 200 % halves the CSS pixels that a page has.
    with opened(browser, real.url, viewport={"width": 720, "height": 450}, device_scale_factor=2) as page:
        for question in STATES[:4]:
            ask(page, question)
        assert sideways(page) <= 0
        assert page.is_visible(BOX) and page.is_visible("#send")
        assert page.locator("#conversation").bounding_box()["height"] >= 200


def test_by_keyboard_alone(browser: Any, real: Served) -> None:
    with opened(browser, real.url) as page:
        page.wait_for_function("document.activeElement.id === 'question'")
        page.keyboard.type("虹口の面積は？")
        page.keyboard.press("Enter")
        answers(page, 1)
        assert page.evaluate("document.activeElement.id") == "question"
        # Backwards from the box: the follow-ups, the tools, then what is folded, the chips, and the citations.
        seen = []
        for _ in range(24):
            page.keyboard.press("Shift+Tab")
            seen.append(page.evaluate("document.activeElement.closest('[class]').className.split(' ')[0]"))
            shown = page.evaluate(
                "(() => { const at = getComputedStyle(document.activeElement); return at.outlineStyle + at.outlineWidth })()"
            )
            assert shown == "solid2px", seen[-1]
            if seen[-1] == "cite":
                break
        order = [name for i, name in enumerate(seen) if name in ("follow-ups", "rate", "verify", "chip", "cite") and name not in seen[:i]]
        assert order == ["follow-ups", "rate", "verify", "chip", "cite"]
        page.keyboard.press("Enter")
        page.wait_for_selector("mark.active")
        # Forwards to the first chip: open it, choose the next zone.
        for _ in range(3):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.tagName") == "SUMMARY":
                break
        page.keyboard.press("Enter")
        page.wait_for_selector("details.chip[open]")
        page.keyboard.press("Escape")
        page.wait_for_selector("details.chip[open]", state="detached")
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        answers(page, 2)
        assert "黄浦の面積は約14平方キロメートル" in page.inner_text(".turn:last-child .said").replace("[1]", "")


def test_a_screen_reader_is_told_the_answer_and_what_everything_is(browser: Any, real: Served) -> None:
    with opened(browser, real.url) as page:
        ask(page, "虹口の面積は？")
        assert "約4平方キロメートル" in page.inner_text("#announce")
        assert page.get_by_role("link", name="出典1：虹口・面積").count() == 1
        for role, name in (("main", "会話"), ("complementary", "資料"), ("textbox", "質問"), ("button", "役に立った")):
            assert page.get_by_role(role, name=name, exact=True).count() == 1, name
        ask(page, "面積の大きい順に")
        table = page.get_by_role("table", name="面積の図")
        rows = table.get_by_role("row")
        assert rows.count() == 7
        assert rows.nth(0).inner_text().split() == ["宝山", "約50平方キロメートル"]


@pytest.mark.parametrize(
    ("locale", "language", "send", "verdict"),
    [
        ("ja-JP", "ja", "送信", "資料にない名前です"),
        ("en-GB", "en", "Ask", "A name that is not in the document"),
        ("zh-CN", "zh", "发送", "资料中没有这个名称"),
        ("fr-FR", "en", "Ask", "A name that is not in the document"),
    ],
)
def test_the_interface_follows_the_browser(
    browser: Any, real: Served, locale: str, language: str, send: str, verdict: str
) -> None:
    with opened(browser, real.url, locale=locale) as page:
        assert page.evaluate("document.documentElement.lang") == language
        assert page.inner_text("#send") == send
        ask(page, "浦東新区の面積は？")
        assert page.inner_text("#turns .verdict [data-text]") == verdict
        assert page.input_value("#language") == language


def test_the_language_can_be_switched_and_stays(browser: Any, real: Served) -> None:
    with opened(browser, real.url) as page:
        page.click(".card >> nth=0")
        answers(page, 1)
        assert page.inner_text(".asked") == "黄浦について教えてください"
        page.select_option("#language", "en")
        assert page.get_attribute(BOX, "placeholder") == "Ask about the document"
        assert page.inner_text(".turn .verify") == "Prove it again"
        page.reload()
        answers(page, 1)
        assert page.inner_text("#send") == "Ask"
        page.click("#clear")
        page.click(".card >> nth=0")
        answers(page, 1)
        assert page.inner_text(".asked") == "Tell me about 黄浦"
        left = page.evaluate(
            """() => [...document.querySelectorAll('[data-text], [data-label]')].filter(one =>
                /[ぁ-んァ-ヶ]/.test((one.dataset.text ? one.textContent : one.getAttribute('aria-label'))
                    .replace(one.dataset.where || '', '').replace(one.dataset.what || '', ''))).map(one => one.outerHTML)"""
        )
        assert left == []
