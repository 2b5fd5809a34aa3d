"""What the page's HTML is made of: hostile strings stay text, and links carry the contract's offsets."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from app.answer import Answer, Choice, Citation, Completeness, Computed, Echo, Label, Quote, Value
from app.schema import Document, Fact, Hit, Mention, Passage, Plan, Zone
from app.serving import markup, rendering, turn
from app.serving.overview import Overview
from app.serving.texts import LANGUAGES, QUESTIONS, TEXTS
from tests.fake_assistant import HOSTILE, FakeAssistant

FAKE = FakeAssistant()
POSITIONS = {document.name: place for place, document in enumerate(FAKE.documents)}
OVERVIEW = Overview(FAKE.zones, FAKE.facts)
NOTHING = Overview((), ())


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
        return [attributes["href"] for tag, attributes in self.elements if kind in (attributes.get("class") or "").split()]


def answer(question: str) -> Answer:
    return FAKE.ask(question)


def rendered(question: str, overview: Overview = NOTHING) -> Page:
    return Page(turn.answer_html(answer(question), overview, POSITIONS))


@pytest.mark.parametrize(
    "text", [*HOSTILE, "\n\n# 見出し", "    x", "a\r\n\r\nb", "𠮷🌸", "", "'\"&;", "&amp;", "${value}{{value}}@children"]
)
def test_verbatim_is_the_text_and_nothing_else(text: str) -> None:
    shown = markup.verbatim(text)
    assert Page(shown).text == text
    assert Page(shown).elements == []
    # What is left of ASCII punctuation belongs to entities, so that no rule of markdown, LaTeX or a template can begin.
    assert re.fullmatch(r"(?:&#?\w+;|[0-9A-Za-z \x80-\U0010ffff])*", shown)


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("make", [turn.question_html, markup.tag_html])
def test_every_frame_around_a_string_makes_one_element(make: object, text: str) -> None:
    assert callable(make)
    page = Page(make(text))
    assert (len(page.elements), page.text) == (1, text)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_string_stays_within_its_attribute(text: str) -> None:
    page = Page(f"<button{markup.asks(text)}></button>{markup.said('citation', n=1, where=text)}<i{markup.label('citation', n=1, where=text)}></i>")
    assert [tag for tag, _ in page.elements] == ["button", "span", "i"]
    assert page.elements[0][1] == {"data-ask": text}
    assert page.elements[2][1]["aria-label"] == f"出典1：{text}"


@pytest.mark.parametrize("text", HOSTILE)
def test_a_problem_is_shown_verbatim_and_a_known_one_in_the_readers_language(text: str) -> None:
    page = Page(rendering.problem_html("unheard_of", text, 3))
    assert ([tag for tag, _ in page.elements], page.text) == (["div", "div"], text)
    assert page.elements[0][1]["data-reply"] == "3"
    known = Page(rendering.problem_html("question_empty", text, 3))
    assert known.elements[1][1]["data-text"] == "error.question_empty"
    assert text not in known.text


def test_segments_come_in_order_each_followed_by_its_marks() -> None:
    page = rendered("𠮷田公園の面積は？")
    assert page.text.startswith("約12ヘクタール[1]です。池と𠮷野桜の並木[2]")
    size, trees = answer("𠮷田公園の面積は？").citations
    assert page.links("cite") == [
        f"#cite:0:{size.passage.start}:{size.passage.end}",
        f"#cite:0:{trees.passage.start}:{trees.passage.end}",
    ]
    tints = [attributes["class"] for tag, attributes in page.elements if "cite" in (attributes.get("class") or "")]
    assert tints == ["cite tint1", "cite tint2"]


@pytest.mark.parametrize(("between", "marks"), [("で、", "宝山で、約50[1]"), ("\n", "宝山[1]\n約50[1]"), (None, "宝山[1]約50[2]")])
def test_a_mark_is_not_said_twice_in_a_line(between: str | None, marks: str) -> None:
    passages = answer("𠮷田公園の面積は？").citations
    label = () if between is None else (Label(between, "max:1"),)
    second = (2,) if between is None else (1,)
    segments = (Computed("宝山", "max", (1,), (1,)), *label, Value("約50", 50.0, "km", True, second))
    whole = replace(answer("𠮷田公園の面積は？"), segments=segments, citations=passages)
    assert Page(turn.answer_html(whole, NOTHING, POSITIONS)).text.startswith(marks)


def test_related_passages_are_folded_with_zone_and_kind() -> None:
    page = rendered("青川の長さは？")
    folded = [attributes for tag, attributes in page.elements if tag == "details"]
    assert folded == [{"class": "related"}], "one, and not open"
    assert page.text.endswith("関連する箇所 1青川本文長さは40キロメートル")
    assert page.links("passage") == page.links("cite") == ["#cite:1:10:21"]


@pytest.mark.parametrize(
    ("question", "status", "verdict"),
    [
        ("𠮷田公園の面積は？", "answered", ""),
        ("青川の長さは？", "corrected", "≠資料にはこう書かれています"),
        ("面積は？", "clarify", "?どれのことか、お選びください"),
        ("ヒマラヤは？", "refused", "∅資料に記載がありません"),
    ],
)
def test_each_status_says_what_it_is(question: str, status: str, verdict: str) -> None:
    page = rendered(question)
    assert page.elements[0] == ("div", {"class": f"answer {status}"})
    assert page.text.startswith(verdict)
    assert ("verdict" in [attributes.get("class") for _, attributes in page.elements]) == bool(verdict)


def test_a_hostile_passage_adds_no_element() -> None:
    page, plain = rendered("全文"), rendered("最後の木は？")
    assert "\n".join(HOSTILE) in page.text
    # The same elements as around a harmless passage; only its zone and kind may differ.
    assert [tag for tag, _ in page.elements] == [tag for tag, _ in plain.elements]


def test_a_turn_carries_its_answer_as_the_contract_writes_it() -> None:
    for question in ("𠮷田公園の面積は？", "全文", *HOSTILE):
        whole = answer(question)
        source = turn.turn_html(whole, 4, OVERVIEW, POSITIONS)
        record = source[source.index('<template class="record">') + len('<template class="record">') : source.index("</template>")]
        assert json.loads(Page(record).text) == whole.as_json()
        assert Page(source).elements[0] == ("article", {"class": "turn", "data-turn": "4"})


def test_a_reply_says_which_request_it_is_to() -> None:
    page = Page(rendering.reply_html([answer("青川の長さは？"), answer("全文")], 2, 7, OVERVIEW, POSITIONS))
    assert page.elements[0] == ("div", {"class": "reply", "data-reply": "7", "data-first": "2"})
    assert [attributes["data-turn"] for tag, attributes in page.elements if tag == "article"] == ["2", "3"]


def test_welcome_names_documents_and_each_section_once() -> None:
    page = Page(rendering.welcome_html(FAKE.documents, [*FAKE.zones, *FAKE.zones], (), NOTHING, POSITIONS))
    assert "公園 <b>&.txt、川/青川.txt" in page.text
    assert page.text.endswith("𠮷田公園南公園青川")
    assert "card" not in [attributes.get("class") for _, attributes in page.elements]


def test_a_card_says_what_the_ledger_holds() -> None:
    page = Page(rendering.welcome_html(FAKE.documents, FAKE.zones, FAKE.examples, OVERVIEW, POSITIONS))
    cards = [attributes for _, attributes in page.elements if attributes.get("class") == "card"]
    assert [card["data-zones"] for card in cards] == ["𠮷田公園", "南公園"], "nothing is stated of 青川"
    assert page.text.endswith("𠮷田公園面積約12ヘクタール南公園面積約3ヘクタール")
    bars = [attributes["style"] for _, attributes in page.elements if attributes.get("class") == "bar"]
    assert bars == ["inline-size:100.0%", "inline-size:25.0%"]


def test_nothing_of_the_shipped_document_is_in_the_code_of_the_page() -> None:
    names = re.compile("黄浦|徐匯|虹口|楊浦|宝山|閔行|保税|面積|施策|重点|エリア|平方キロ|上海")
    for path in (Path(rendering.__file__).parent).rglob("*.*"):
        if path.suffix in (".py", ".js", ".css"):
            assert not names.search(path.read_text(encoding="utf-8")), path


def test_hostile_names_everywhere_add_no_element() -> None:
    """Zones, attributes, values, file names, words, choices, constraints: all of it from documents and users."""

    def everything(text: str) -> list[str]:
        document = Document(text, text * 2, "0" * 64)
        zones = [Zone(f"{text}{n}", text, 0, 1) for n in (1, 2, 3)]
        facts = [Fact(zone.name, attribute, text, text, 0, 1, f"{zone.name}{attribute}", number, text)
                 for zone in zones for attribute, number in ((f"{text}a", 3.0), (f"{text}b", None), (f"{text}b", None))]  # fmt: skip
        passages = [Passage(fact.passage_id, text, fact.subject, text, text, 0, 1) for fact in facts]
        names = tuple(zone.name for zone in zones)
        plan = Plan("ja", names[:2], f"{text}a", "rank", (Mention(text, 0, 1),), text, constraints=(text, f"then={text}", f">={text}"))
        whole = Answer(
            question=text, status="answered", reason=None, segments=(Echo(text, 0, len(text)), Quote(text, text, 0, 1, (1, 2))),
            citations=tuple(Citation(n, passage) for n, passage in enumerate(passages, 1)),
            hits=tuple(Hit(passage, 1.0, {}) for passage in passages), plan=plan, documents={text: "0"}, index="0",
            choices=(Choice(text, text),), completeness=Completeness(3, 4, names[:1], (*names[1:], text)), id=text,
        )  # fmt: skip
        overview, positions = Overview(zones, facts), {text: 0}
        source = rendering.page_html([document], zones, [text], overview, positions)
        source += rendering.page_html([document], zones, [text], NOTHING, positions)
        for status in ("answered", "clarify", "refused"):
            source += rendering.reply_html([replace(whole, status=status)], 0, 1, overview, positions)
        assert set(re.findall("[$`\\\\{}]|@children", source)) == set(), "a template could read it"
        return [tag for tag, _ in Page(source).elements]

    harmless = everything("あ")
    assert "table" in harmless and "details" in harmless
    for text in (*HOSTILE, "${alert(1)}{{value}}@children", '"><img src=x onerror=alert(1)>', "' onclick='x"):
        assert everything(text) == harmless


# ── The catalogue ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("text", TEXTS)
def test_every_text_is_there_in_every_language_with_the_same_slots(text: str) -> None:
    assert set(TEXTS[text]) == set(LANGUAGES)
    assert len({frozenset(re.findall(r"\{(\w+)\}", words)) for words in TEXTS[text].values()}) == 1


def test_questions_have_japanese_and_the_same_slots() -> None:
    for name, words in QUESTIONS.items():
        assert "ja" in words
        assert len({frozenset(re.findall(r"\{(\w+)\}", text)) for text in words.values()}) == 1, name


def test_no_text_is_left_over() -> None:
    folder = Path(rendering.__file__).parent
    code = "".join(path.read_text(encoding="utf-8") for path in folder.rglob("*.*") if path.suffix in (".py", ".js"))
    code = code.replace((folder / "texts.py").read_text(encoding="utf-8"), "")
    made = ("reason.", "status.", "op.", "with.", "error.")  # by what an answer or an error says
    left = [text for text in TEXTS if not text.startswith(made) and not re.search(rf"[\"']{re.escape(text)}[\"']", code)]
    assert left == []
