"""Names of parts of a zone: every way to write or shorten one, in a made-up ledger and in the shipped one."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.answering.gazetteer import Gazetteer
from app.assembly import open_library
from app.config import Settings
from app.reading.guide import Synonyms
from app.reading.normalization import normalize
from app.reading.tokenization import Tokenizer
from app.schema import Fact
from app.searching.generation import open_generation


def fact(text: str, subject: str | None, attribute: str = "地区", number: float | None = None) -> Fact:
    return Fact(subject, attribute, text, "made-up", 0, len(text), f"made-up#{subject}/{attribute}", number, "km2" if number else None)


FACTS = [
    fact("横浜開発エリア", "北"),
    fact("約4km2", "北", "面積", 4.0),
    fact("観光の振興", "北", "施策"),
    fact("横浜中央港", "南"),
    fact("神戸港地区(ハーバーランド)", "南"),
    fact("新長崎埠頭", "東"),
    fact("大長崎地区(Nagasaki Bay)", "東"),
    fact("「青い森」地区", "東"),
    fact("みなと", "東"),
    fact("島", "東"),
]
SYNONYMS = [
    Synonyms(("横浜",), {"ja": ("はまの町",), "en": ("Port Town", "square"), "zh": ("滨城市",)}),
    Synonyms(("神戸港地区(ハーバーランド)",), {"ja": ("こうべ港",), "en": ("KB",)}),
    Synonyms(("観光の振興",), {"ja": ("旅の応援",)}),
]
# Written elsewhere in the document too, so that it is no name of a part.
TEXT = "".join(normalize(item.text).text for item in FACTS) + "札幌エリアのほか、神戸にも。"
# Every name that there is, with what it stands for; a name that is a fact as it is stands for that alone.
NAMES = {
    "横浜開発エリア": ["横浜開発エリア"],
    "横浜開発": ["横浜開発エリア"],
    "横浜中央港": ["横浜中央港"],
    "横浜": ["横浜開発エリア", "横浜中央港"],
    "神戸港地区(ハーバーランド)": ["神戸港地区(ハーバーランド)"],
    "神戸港": ["神戸港地区(ハーバーランド)"],
    "ハーバーランド": ["神戸港地区(ハーバーランド)"],
    "新長崎埠頭": ["新長崎埠頭"],
    "新長崎": ["新長崎埠頭"],
    "長崎": ["新長崎埠頭", "大長崎地区(Nagasaki Bay)"],
    "大長崎地区(nagasaki bay)": ["大長崎地区(Nagasaki Bay)"],
    "大長崎": ["大長崎地区(Nagasaki Bay)"],
    "nagasaki bay": ["大長崎地区(Nagasaki Bay)"],
    "「青い森」地区": ["「青い森」地区"],
    "青い森": ["「青い森」地区"],
    "みなと": ["みなと"],
    "観光の振興": ["観光の振興"],
    "はまの町": ["横浜開発エリア", "横浜中央港"],
    "port town": ["横浜開発エリア", "横浜中央港"],
    "滨城市": ["横浜開発エリア", "横浜中央港"],
    "こうべ港": ["神戸港地区(ハーバーランド)"],
}


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return Gazetteer(FACTS, {"地区"}, ["エリア", "地区"], {"北", "南", "東"}, TEXT, SYNONYMS, {"square kilometers"}, Tokenizer())


def named(gazetteer: Gazetteer, question: str) -> list[str]:
    """The names that a question writes, as it writes them."""
    return [question[mention.start : mention.end] for mention in gazetteer.find(normalize(question))]


@pytest.mark.parametrize("name", NAMES)
def test_what_a_name_stands_for(gazetteer: Gazetteer, name: str) -> None:
    assert [item.text for item in gazetteer.facts(name)] == NAMES[name]
    assert named(gazetteer, name) == [name]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("島", "a fact of one character is a word, not a name"),
        ("約4km2", "a measured fact is no name"),
        ("観光", "the facts of this attribute are not names, so no part of one is"),
        ("神戸", "the text writes it elsewhere"),
        ("札幌", "no fact has it"),
        ("開発", "a common noun is no part that names"),
        ("square", "it stands in another word that is declared, square kilometers"),
        ("KB", "two characters are too few"),
        ("旅の応援", "a synonym of what is no name"),
        ("北", "a zone"),
    ],
)
def test_what_is_no_name(gazetteer: Gazetteer, name: str, why: str) -> None:
    assert gazetteer.facts(normalize(name).text) == [], why
    assert named(gazetteer, f"{name}は？") == [], why


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("横浜開発エリアはどこ？", ["横浜開発エリア"]),  # the longest at its place
        ("横浜開発はどこ？", ["横浜開発"]),
        ("横浜と神戸港と長崎", ["横浜", "神戸港", "長崎"]),
        ("新長崎埠頭と新長崎と大長崎", ["新長崎埠頭", "新長崎", "大長崎"]),
        ("ﾊｰﾊﾞｰﾗﾝﾄﾞは？", ["ﾊｰﾊﾞｰﾗﾝﾄﾞ"]),  # as the question writes it
        ("ＮＡＧＡＳＡＫＩ Bayは？", ["ＮＡＧＡＳＡＫＩ Bay"]),
        ("Where is Port Town?", ["Port Town"]),
        ("Where is Airport Town?", []),  # Latin letters: a whole word
        ("Where is Port Townsend?", []),
        ("みなとは？", ["みなと"]),
        ("はみなと", []),  # hiragana that goes on from more of it
        ("「青い森」はどこ", ["青い森"]),
        ("滨城市在哪里", ["滨城市"]),
        ("どの区ですか", []),
        ("", []),
    ],
)
def test_names_in_a_question(gazetteer: Gazetteer, question: str, names: list[str]) -> None:
    assert named(gazetteer, question) == names


def test_a_name_that_is_a_fact_means_just_that() -> None:
    """外灘エリア is not 北外灘エリア, though it stands in it."""
    facts = [fact("浜エリア", "北"), fact("北浜エリア", "南")]
    gazetteer = Gazetteer(facts, {"地区"}, ["エリア"], set(), "浜エリア北浜エリア", [], set(), Tokenizer())
    assert [item.subject for item in gazetteer.facts("浜エリア")] == ["北"]
    assert [item.subject for item in gazetteer.facts("北浜エリア")] == ["南"]
    assert named(gazetteer, "北浜エリアはどこ") == ["北浜エリア"]


def test_the_same_name_in_two_zones_stands_for_both() -> None:
    facts = [fact("中央公園", "北"), fact("中央公園", "南")]
    gazetteer = Gazetteer(facts, {"地区"}, [], set(), "中央公園と中央公園", [], set(), Tokenizer())
    assert [item.subject for item in gazetteer.facts("中央公園")] == ["北", "南"]


def test_a_zones_name_is_the_zone_wherever_it_stands_alone() -> None:
    facts = [fact("長崎エリア", "長崎"), fact("長崎港地区", "南")]
    gazetteer = Gazetteer(facts, {"地区"}, ["エリア", "地区"], {"長崎"}, "長崎エリア長崎港地区", [], set(), Tokenizer())
    assert gazetteer.facts("長崎") == []
    assert named(gazetteer, "長崎の長崎エリア") == ["長崎エリア"]


def test_without_facts_nothing_is_a_name() -> None:
    empty = Gazetteer([], {"地区"}, ["エリア"], {"北"}, "", SYNONYMS, set(), Tokenizer())
    assert (empty.find(normalize("横浜はどこ")), empty.facts("横浜")) == ([], [])


# ── Against the oracle ──────────────────────────────────────────────────────────────────────────────────────


def brute(text: str) -> list[str]:
    """From left to right the longest name at each place that does not go on from, or into, letters of its own kind."""
    found, place = [], 0
    while place < len(text):
        here = [name for name in NAMES if text.startswith(name, place) and bounded(text, place, name)]
        if not here:
            place += 1
            continue
        found.append(max(here, key=len))
        place += len(found[-1])
    return found


def bounded(text: str, place: int, name: str) -> bool:
    before, after = text[:place][-1:], text[place + len(name) :][:1]
    if name[0].isascii():
        return re.match(r"[a-z0-9]", before) is None and re.match(r"[a-z]", after) is None
    return re.fullmatch(r"[ぁ-ゖー]+", name) is None or re.match(r"[ぁ-ゖ]", before) is None


PIECES = [*NAMES, "横", "浜", "エリア", "の", "は", "北", "ー", " ", "a", "神戸", "新", "みな", "と", "地区", "(", "「", "。"]


@given(st.lists(st.sampled_from(PIECES), max_size=7).map("".join))
def test_find_is_what_reading_from_the_left_gives(gazetteer: Gazetteer, text: str) -> None:
    assert [mention.value for mention in gazetteer.find(normalize(text))] == brute(text)


@given(st.lists(st.sampled_from([*PIECES, "ﾊｰﾊﾞｰﾗﾝﾄﾞ", "ＰＯＲＴ　ＴＯＷＮ", "㎢", "が\u3099"]), max_size=6).map("".join))
def test_mentions_are_stretches_of_the_question(gazetteer: Gazetteer, question: str) -> None:
    end = 0
    for mention in gazetteer.find(normalize(question)):
        assert end <= mention.start < mention.end <= len(question)
        assert normalize(question[mention.start : mention.end]).text == mention.value
        assert gazetteer.facts(mention.value)
        end = mention.end


# ── The shipped corpus ──────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def shipped(built: Settings) -> Gazetteer:
    library = open_library(built)
    generation = open_generation(built.index, library.documents)
    (guide,) = library.guides.values()
    zones = [zone.name for zone in generation.reading.zones]
    return Gazetteer(
        generation.reading.facts,
        {item.name for item in guide.attributes if item.names},
        [*guide.nouns, guide.noun],
        {*zones, *(zone + guide.noun for zone in zones)},
        normalize("\n".join(document.text for document in library.documents)).text,
        guide.synonyms,
        {word for unit in guide.units for word in unit.words},
        generation.tokenizer,
    )


@pytest.mark.parametrize(
    ("question", "name", "zones"),
    [
        ("外灘エリアはどの区？", "外灘エリア", ["黄浦"]),
        ("外灘はどの区？", "外灘", ["黄浦"]),
        ("北外灘はどの区？", "北外灘", ["虹口"]),
        ("淮海新天地はどこ", "淮海新天地", ["黄浦"]),
        ("Which zone is the Bund in?", "the Bund", ["黄浦"]),
        ("Where is the North Bund?", "North Bund", ["虹口"]),
        ("Where is People's Square?", "People's Square", ["黄浦"]),
        ("人民广场在哪个区", "人民广场", ["黄浦"]),
        ("濱江はどの区？", "濱江", ["黄浦", "徐匯", "楊浦"]),
        ("漕河涇はどの区？", "漕河涇", ["徐匯", "総合保税区"]),
        ("漕河涇開発区はどの区？", "漕河涇開発区", ["総合保税区"]),
        ("グランドネオベイはどこ", "グランドネオベイ", ["閔行"]),
        ("松江区はどこに入る？", "松江区", ["総合保税区"]),
        ("張江はどの区？", "張江", ["宝山"]),
    ],
)
def test_shipped_names(shipped: Gazetteer, question: str, name: str, zones: list[str]) -> None:
    [mention] = shipped.find(normalize(question))
    assert question[mention.start : mention.end] == name
    assert sorted({item.subject or "" for item in shipped.facts(mention.value)}) == sorted(zones)


@pytest.mark.parametrize("question", ["黄浦の面積は？", "宝山区の施策は？", "over 20 square kilometers", "虹橋は？", "グリーンは？"])
def test_shipped_words_that_name_no_part(shipped: Gazetteer, question: str) -> None:
    assert shipped.find(normalize(question)) == []
