"""What the page's HTML is made of: hostile strings stay text, and links carry the contract's offsets."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from app.answer import Answer
from app.serving import rendering
from tests.fake_assistant import HOSTILE, FakeAssistant

POSITIONS = {document.name: place for place, document in enumerate(FakeAssistant().documents)}


class Page(HTMLParser):
    """The elements and the text that a browser would make of some HTML."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def links(self, kind: str) -> list[str | None]:
        return [attributes["href"] for tag, attributes in self.elements if attributes.get("class") == kind]


def answer(question: str) -> Answer:
    return FakeAssistant().ask(question)


@pytest.mark.parametrize(
    "text", [*HOSTILE, "\n\n# 見出し", "    x", "a\r\n\r\nb", "𠮷🌸", "", "'\"&;", "&amp;"]
)
def test_verbatim_is_the_text_and_nothing_else(text: str) -> None:
    shown = rendering.verbatim(text)
    assert Page(shown).text == text
    assert Page(shown).elements == []
    # What is left of ASCII punctuation belongs to entities, so that no markdown or LaTeX rule can begin.
    assert re.fullmatch(r"(?:&#?\w+;|[0-9A-Za-z \x80-\U0010ffff])*", shown)


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("make", [rendering.question_html, rendering.problem_html, rendering.tag_html])
def test_every_frame_around_a_string_makes_one_element(make: object, text: str) -> None:
    assert callable(make)
    page = Page(make(text))
    assert (len(page.elements), page.text) == (1, text)
    assert "\n" not in make(text), "a line break would end the HTML block and start markdown"


def test_segments_come_in_order_each_followed_by_its_marks() -> None:
    page = Page(rendering.answer_html(answer("𠮷田公園の面積は？"), POSITIONS))
    assert page.text.startswith("約12ヘクタール[1]です。池と𠮷野桜の並木[2]")
    size, trees = answer("𠮷田公園の面積は？").citations
    assert page.links("cite") == [
        f"#cite:0:{size.passage.start}:{size.passage.end}",
        f"#cite:0:{trees.passage.start}:{trees.passage.end}",
    ]


def test_related_passages_are_folded_with_zone_and_kind() -> None:
    page = Page(rendering.answer_html(answer("青川の長さは？"), POSITIONS))
    folded = [attributes for tag, attributes in page.elements if tag == "details"]
    assert folded == [{"class": "related"}], "one, and not open"
    assert page.text.endswith("関連する箇所 1青川本文長さは40キロメートル")
    assert page.links("passage") == page.links("cite") == ["#cite:1:10:21"]


@pytest.mark.parametrize(
    ("question", "status", "verdict"),
    [
        ("𠮷田公園の面積は？", "answered", ""),
        ("青川の長さは？", "corrected", "前提が資料と異なります"),
        ("面積は？", "clarify", "どちらのことですか"),
        ("ヒマラヤは？", "refused", "資料に記載がありません"),
    ],
)
def test_each_status_says_what_it_is(question: str, status: str, verdict: str) -> None:
    page = Page(rendering.answer_html(answer(question), POSITIONS))
    assert page.elements[0] == ("div", {"class": f"answer {status}"})
    assert page.text.startswith(verdict)
    assert ("verdict" in [attributes.get("class") for _, attributes in page.elements]) == bool(verdict)


def test_a_hostile_passage_adds_no_element() -> None:
    page = Page(rendering.answer_html(answer("全文"), POSITIONS))
    tags = [tag for tag, _ in page.elements]
    assert tags == [
        "div",
        "div",
        "span",
        "sup",
        "a",
        "details",
        "summary",
        "span",
        "ol",
        "li",
        "span",
        "span",
        "a",
    ]
    assert "\n".join(HOSTILE) in page.text


def test_welcome_names_documents_and_each_section_once() -> None:
    fake = FakeAssistant()
    page = Page(rendering.welcome_html(fake.documents, [*fake.zones, *fake.zones]))
    assert "公園 <b>&.txt、川/青川.txt" in page.text
    assert page.text.endswith("𠮷田公園南公園青川")
