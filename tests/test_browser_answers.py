"""What stands under an answer, over the shipped corpus: citations to the character, chips, choices, pictures, what was checked."""

from __future__ import annotations

import re
from typing import Any

import pytest

from app.evaluating.questions import half, read_questions
from app.serving.edition import Edition, Editions
from app.serving.server import create_app
from tests.browsing import ROOT, Served, answers, ask, expect_active, highlighted, opened, serving
from tests.fake_assistant import FakeAssistant

FIFTY = [
    question
    for question in read_questions(ROOT / "corpus/questions/zones.jsonl")
    if half(question.id) == "tuning" and question.status == "answered" and not question.history
][:50]


@pytest.fixture(scope="module")
def talk(browser: Any, real: Served) -> Any:
    """One visit for all that does not mind what was asked before."""
    with opened(browser, real.url) as page:
        yield page


@pytest.fixture
def fresh(talk: Any) -> Any:
    talk.evaluate("document.querySelector('#clear').click()")
    answers(talk, 0)
    return talk


def last(page: Any, selector: str) -> Any:
    return page.locator(f".turn:last-child {selector}")


def chips(page: Any) -> list[str]:
    """The last answer's chips as they read."""
    return [re.sub(r"\s+", " ", text).strip() for text in last(page, ".plan > *").all_inner_texts()]


def change(page: Any, chip: str, to: str) -> None:
    """Choose `to` in the last answer's chip, and wait for the answer."""
    before = page.locator("#turns .turn").count()
    last(page, f"details.chip:has-text('{chip}') summary").first.click()
    last(page, f"details.chip[open] button:text-is('{to}')").click()
    answers(page, before + 1)


def test_there_are_fifty() -> None:
    assert len(FIFTY) == 50


@pytest.mark.parametrize("question", FIFTY, ids=lambda question: question.id)
def test_every_citation_opens_its_characters(fresh: Any, real: Served, question: Any) -> None:
    ask(fresh, question.question)
    answer = real.assistant.ask(question.question)
    texts = {document.name: document.text for document in real.assistant.documents}
    links = fresh.locator("#turns a.cite")
    marked = {citation.n: citation.passage for citation in answer.citations}
    numbers = [int(text.strip("[]")) for text in links.all_inner_texts()]
    assert numbers, "nothing is cited"
    for n in dict.fromkeys(numbers[:6]):
        links.nth(numbers.index(n)).click()
        passage = marked[n]
        expect_active(fresh, passage)
        ((start, end, text),) = highlighted(fresh)
        assert text == texts[passage.document][start:end]
        assert fresh.locator("mark.active").first.evaluate(
            "mark => mark.getBoundingClientRect().height > 0"
        )


def test_chips_say_what_was_understood_and_change_it(fresh: Any) -> None:
    ask(fresh, "虹口の面積は？")
    assert chips(fresh) == ["対象 虹口", "項目 面積", "演算 参照"]
    change(fresh, "対象", "徐匯")
    assert "約45平方キロメートル" in last(fresh, ".said").inner_text()
    assert chips(fresh) == ["対象 徐匯", "項目 面積", "演算 参照"]
    change(fresh, "項目", "施策")
    assert "高品質のインキュベーターの建設推進" in last(fresh, ".said").inner_text()
    assert chips(fresh)[:2] == ["対象 徐匯", "項目 施策"]


def test_chips_keep_the_operation(fresh: Any) -> None:
    ask(fresh, "徐匯と宝山の面積の差は？")
    assert chips(fresh) == ["対象 徐匯", "対象 宝山", "項目 面積", "演算 差"]
    change(fresh, "宝山", "黄浦")
    assert chips(fresh) == ["対象 徐匯", "対象 黄浦", "項目 面積", "演算 差"]
    assert "31平方キロメートル" in last(fresh, ".said").inner_text()


def test_an_order_over_everything_goes_over_to_another_attribute(fresh: Any) -> None:
    ask(fresh, "一番広い区は？")
    change(fresh, "項目", "施策")
    assert chips(fresh) == ["対象 すべて", "項目 施策", "演算 最大 件数で"]


def test_a_chip_of_an_earlier_answer_asks_what_it_says(fresh: Any) -> None:
    ask(fresh, "虹口の面積は？")
    ask(fresh, "重点は？")
    fresh.click(".turn >> nth=0 >> details.chip:has-text('対象') summary")
    fresh.click(".turn >> nth=0 >> details.chip[open] button:text-is('宝山')")
    answers(fresh, 3)
    assert "約50平方キロメートル" in last(fresh, ".said").inner_text()


def test_choices_of_an_ambiguous_question_are_buttons(fresh: Any) -> None:
    ask(fresh, "濱江はどの区？")
    assert last(fresh, ".answer").get_attribute("class") == "answer clarify"
    assert last(fresh, ".choice").all_inner_texts() == [
        "黄浦：濱江中央科学イノベーションエリア",
        "徐匯：西岸濱江エリア",
        "楊浦：濱江国際イノベーションエリア",
    ]
    last(fresh, ".choice").nth(1).click()
    answers(fresh, 2)
    assert last(fresh, ".answer").get_attribute("class") == "answer answered"
    assert "徐匯" in last(fresh, ".said").inner_text()


def test_what_is_said_stands_out_of_what_is_cited(fresh: Any) -> None:
    ask(fresh, "濱江はどの区？")
    last(fresh, "a.cite").nth(1).click()
    fresh.wait_for_function("document.querySelector('mark.quoted')?.textContent === '西岸濱江エリア'")
    ((_, _, cited),) = highlighted(fresh)
    assert cited.startswith("大徐家匯エリア、西岸濱江エリア、"), "all of the passage is marked all the same"
    ask(fresh, "虹口の面積は？")
    fresh.wait_for_function("document.querySelector('mark.active')?.textContent.startsWith('総面積は約4')")
    assert fresh.locator("mark.quoted").count() == 0


def test_the_three_noes_look_different(fresh: Any) -> None:
    looks = {}
    for question in ("浦東新区の面積は？", "徐匯は14平方キロですよね", "濱江はどの区？", "虹口の面積は？"):
        ask(fresh, question)
        box = last(fresh, ".answer")
        kind = box.get_attribute("class").split()[-1]
        sign = last(fresh, ".verdict .sign").all_inner_texts()
        style = box.evaluate("box => { const at = getComputedStyle(box); return at.borderLeftStyle + at.backgroundColor }")
        looks[kind] = (style, *sign)
    assert list(looks) == ["refused", "corrected", "clarify", "answered"]
    assert [look[1:] for look in looks.values()] == [("∅",), ("≠",), ("?",), ()]
    assert len({look[0] for look in looks.values()}) == 4


def test_what_was_checked_unfolds(fresh: Any) -> None:
    ask(fresh, "クルーズに力を入れているのはどの区ですか？")
    line = last(fresh, ".complete summary")
    assert line.inner_text() == "7区画すべてを確認：該当1、非該当6"
    line.click()
    assert last(fresh, ".complete dd >> nth=0").inner_text() == "宝山"
    assert last(fresh, ".complete dd >> nth=1").locator(".tag").count() == 6
    last(fresh, ".complete dd >> nth=1").locator(".tag").first.click()
    fresh.wait_for_function("document.querySelector('mark.active')?.textContent === '黄浦'")


def test_a_bar_for_each_size_each_opens_its_source(fresh: Any, real: Served) -> None:
    ask(fresh, "一番広い区は？")
    rows = last(fresh, ".chart tr")
    assert rows.count() == 7
    assert last(fresh, ".chart .chosen").inner_text().split() == ["宝山", "約50平方キロメートル"]
    widths = rows.locator(".bar").evaluate_all("all => all.map(bar => bar.getBoundingClientRect().width)")
    sizes = [float(re.findall(r"\d+", text)[-1]) for text in rows.all_inner_texts()]
    assert sizes == sorted(sizes, reverse=True)
    for width, size in zip(widths, sizes, strict=True):
        assert width / widths[0] == pytest.approx(size / sizes[0], abs=0.02)
    rows.nth(6).locator("a").click()
    fact = next(fact for fact in real.assistant.facts if fact.subject == "虹口" and fact.attribute == "面積")
    fresh.wait_for_function("document.querySelector('mark.active')?.textContent === '約4平方キロメートル'")
    assert highlighted(fresh) == [(fact.start, fact.end, fact.text)]


def test_zones_side_by_side(fresh: Any) -> None:
    ask(fresh, "徐匯と虹口を比べて")
    assert last(fresh, ".comparison").get_attribute("open") is not None, "it does not say by what"
    assert last(fresh, ".comparison thead th").all_inner_texts() == ["項目", "徐匯", "虹口"]
    cells = {row.split("\t")[0]: row for row in last(fresh, ".comparison tbody tr").all_inner_texts()}
    assert list(cells) == ["エリア", "面積", "重点", "施策"]
    assert "約45平方キロメートル" in cells["面積"] and "約4平方キロメートル" in cells["面積"]
    ask(fresh, "徐匯と宝山の面積の差は？")
    assert last(fresh, ".comparison").get_attribute("open") is None


def test_the_empty_page_shows_every_zone(fresh: Any) -> None:
    cards = fresh.locator(".card")
    assert cards.count() == 7
    first = cards.nth(0).inner_text().split()
    assert first == ["黄浦", "面積", "約14平方キロメートル", "重点", "金融サービスと輸入貿易", "エリア", "4件", "施策", "5件"]
    cards.nth(4).click()
    answers(fresh, 1)
    assert chips(fresh)[0] == "対象 宝山"


def test_follow_ups_ask_about_the_same_zone(fresh: Any) -> None:
    ask(fresh, "虹口の面積は？")
    buttons = last(fresh, ".follow-ups button")
    assert buttons.all_inner_texts() == ["虹口のエリアは？", "虹口の重点は？", "虹口の施策は？"]
    buttons.nth(1).click()
    answers(fresh, 2)
    assert "グリーン・低炭素サービス" in last(fresh, ".said").inner_text()


def test_a_document_without_a_guide_has_no_cards_and_works(browser: Any) -> None:
    plain = FakeAssistant()
    plain.facts = ()
    with serving(create_app(Editions(Edition(plain)))) as url, opened(browser, url) as page:
        assert page.locator(".card, #welcome h3").count() == 0
        page.click("#welcome .sections a >> text=南公園")
        page.wait_for_function("document.querySelector('mark.active')?.textContent === '南公園'")
        ask(page, "𠮷田公園の面積は？")
        assert page.locator("details.chip, .chart, .comparison, .follow-ups").count() == 0
        assert page.locator("span.chip").count() == 3
