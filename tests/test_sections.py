"""Where a question speaks of the documents' sections: by name, as such, or how many; three made-up ones, and the shipped."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.answering.sections import Sections, longest_first
from app.answering.utterance import Utterance
from app.assembly import open_library
from app.config import Settings
from app.reading.guide import Attribute, Guide
from app.reading.normalization import normalize
from app.reading.tokenization import Tokenizer
from app.schema import Mention, Zone
from app.searching.generation import open_generation

GUIDE = Guide(
    noun="区",
    nouns=("地区", "エリア"),
    names={"港": ("みなと", "Minato", "埠頭"), "北港": ("きたみなと",)},
    attributes=(Attribute("広さ", "zone", "本文", {"ja": ("広さ", "エリア")}),),
)
ZONES = [Zone(name, "made-up", 0, len(name)) for name in ("港", "北港", "山手")]
HEADINGS = {name: f"{name}改革推進区" for name in ("港", "北港", "山手")}


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer()


@pytest.fixture(scope="module")
def sections(tokenizer: Tokenizer) -> Sections:
    return Sections([GUIDE], ZONES, HEADINGS, tokenizer)


def named(sections: Sections, question: str) -> str:
    """The zones named, each with the words that name it."""
    return " ".join(f"{item.value}={question[item.start : item.end]}" for item in sections.zones(normalize(question), []))


def test_what_sections_are_called(sections: Sections) -> None:
    """From the headings: what follows the names, and its shorter forms that end in the same word."""
    assert sections.names == ("港", "北港", "山手")
    assert (sections.noun, sections.nouns) == ("区", {"地区", "エリア"})
    assert sections.words == ("改革推進区", "推進区", "改革区", "区")


# Question | the zones that it names, with the words.
NAMED = """
港の広さは                    | 港=港
港区の広さは                  | 港=港区
港の区の広さは                | 港=港の区
港改革推進区の広さは          | 港=港改革推進区
港の改革推進区の広さは        | 港=港の改革推進区
北港は港より広い              | 北港=北港 港=港
港は北港より広い              | 港=港 北港=北港
きたみなと、みなと            | 北港=きたみなと 港=みなと
ミナト                        |
埠頭の広さは                  | 港=埠頭
Minatoの広さは                | 港=Minato
ＭＩＮＡＴＯの広さは          | 港=ＭＩＮＡＴＯ
Minatoku                      |
山手と山手と港                | 山手=山手 山手=山手 港=港
海の広さは                    |
どの区                        |
"""
ROWS = [tuple(cell.strip() for cell in line.split("|")) for line in NAMED.strip().splitlines()]


@pytest.mark.parametrize(("question", "expected"), ROWS, ids=[row[0] for row in ROWS])
def test_the_zones_that_a_question_names(sections: Sections, question: str, expected: str) -> None:
    assert named(sections, question) == expected


def test_a_name_within_the_name_of_a_part_is_not_the_zone(sections: Sections) -> None:
    question = normalize("港公園と山手")
    park = Mention("港公園", 0, 3)
    assert [zone.value for zone in sections.zones(question, [park])] == ["山手"]
    assert [zone.value for zone in sections.zones(question, [])] == ["港", "山手"]


def test_a_word_for_several_zones_names_them_all(tokenizer: Tokenizer) -> None:
    groups = ((("山手", "港"), ("2区", "まちなか")),)
    grouped = Sections([replace(GUIDE, groups=groups)], ZONES, HEADINGS, tokenizer)
    assert named(grouped, "まちなかと北港") == "港=まちなか 山手=まちなか 北港=北港"
    assert named(grouped, "2区の広さは") == "港=2区 山手=2区"
    assert named(grouped, "12区の広さは") == ""
    assert named(grouped, "北港だけ") == "北港=北港"


@pytest.mark.parametrize(
    ("question", "left_out"),
    [
        ("港以外の広さは", {"港"}),
        ("港区以外の区は", {"港"}),
        ("港を除いた区は", {"港"}),
        ("港は除いて", {"港"}),
        ("港抜きで", {"港"}),
        ("港と山手を除いて", {"港", "山手"}),
        ("港の広さは", set()),
        ("以外と広い", set()),
        ("港は意外と広い", set()),
        ("", set()),
    ],
)
def test_zones_that_are_named_to_be_left_out(sections: Sections, question: str, left_out: set[str]) -> None:
    folded = normalize(question)
    said, zones = sections.exclusions(folded, sections.zones(folded, []))
    assert zones == left_out
    assert bool(said) == bool(left_out)
    assert all(question[item.start : item.end] == item.value for item in said)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("港も入れて全部で", ["も入れて"]),
        ("港を含めた合計", ["を含めた"]),
        ("港込みで", ["込みで"]),
        ("港の広さは", []),
        ("港と山手も入れて", []),  # two are not one of all
        ("入れて", []),
    ],
)
def test_a_zone_that_is_named_as_one_of_all(sections: Sections, question: str, said: list[str]) -> None:
    folded = normalize(question)
    assert [item.value for item in sections.inclusions(folded, sections.zones(folded, []))] == said


@pytest.mark.parametrize(
    ("question", "asks"),
    [
        ("どの区ですか", True),
        ("どこの改革推進区が", True),
        ("どのエリアに", True),
        ("船に力を入れる区は", True),
        ("船を造っている区はどこですか", True),
        ("広い区は", True),
        ("船のある改革推進区は", True),
        ("区の広さは", False),
        ("全区の広さは", False),
        ("船を造る", False),
        ("どの船ですか", False),
        ("行政区域は", False),
        ("", False),
    ],
)
def test_whether_a_question_asks_for_a_section(sections: Sections, tokenizer: Tokenizer, question: str, asks: bool) -> None:
    found = sections.asks_which(Utterance(question, tokenizer, "区"))
    assert bool(found) == asks
    assert all(normalize(question[item.start : item.end]).text == item.value for item in found)


@pytest.mark.parametrize(
    ("question", "asks"),
    [
        ("いくつの区がありますか", True),
        ("区はいくつですか", True),
        ("区は全部でいくつ", True),
        ("全部で何区ありますか", True),
        ("改革推進区は何か所ですか", True),
        ("how many zones are there", True),
        ("how many innovation zones", True),
        ("有几个区", True),
        ("区は8つですよね", True),
        ("全部で8つの区", True),
        ("全部で8区ある", True),
        ("区の広さは", False),
        ("船はいくつ", False),
        ("区はどこ", False),
        ("区は8つ以上の船を持つ", False),
        ("how many ships", False),
    ],
)
def test_whether_a_question_asks_how_many_there_are(sections: Sections, question: str, asks: bool) -> None:
    match = sections.asks_count(normalize(question).text)
    assert (match is not None) == asks
    if match and "8" in question:  # what it states
        assert "8" in match.group()


@pytest.mark.parametrize(
    ("text", "rest"),
    [("7つの区の船", "の船"), ("3か所の改革推進区の船", "の船"), ("6つの船", "6つの船"), ("3 zones with ships", " with ships"), ("区の船", "区の船")],
)
def test_a_number_of_sections_counts_nothing_in_them(sections: Sections, text: str, rest: str) -> None:
    assert sections.without_numbers(text) == rest


def test_words_for_sections_as_such(sections: Sections) -> None:
    found = sections.words_in(normalize("改革推進区と改革区と区"))
    assert [item.value for item in found] == ["改革推進区", "改革区"]  # one character may stand in any word


def test_without_a_guide_there_is_nothing_to_call_a_section(tokenizer: Tokenizer) -> None:
    """The zones are paths of headings: they can be named, and that is all."""
    plain = Sections([], [Zone("案内/貸出", "made-up", 0, 2)], {"案内/貸出": "## 貸出"}, tokenizer)
    assert (plain.noun, plain.nouns, plain.words) == ("", frozenset(), ())
    assert [item.value for item in plain.zones(normalize("案内/貸出は"), [])] == ["案内/貸出"]
    assert plain.asks_which(Utterance("どの区ですか", tokenizer, "")) == []
    assert plain.asks_count("区はいくつ") is None
    assert plain.words_in(normalize("区")) == []
    assert plain.without_numbers("7つの区") == "7つの区"


PIECES = (
    "港 北港 北 山手 みなと きたみなと Minato ＭＩＮＡＴＯ 埠頭 改革推進区 区 の は 以外 と を除いて どの いくつ 8つ 公園 a 。 ㎢ が\u3099"
).split()


@given(st.lists(st.sampled_from(PIECES), max_size=8).map("".join), st.tuples(st.integers(0, 20), st.integers(0, 4)))
def test_zones_are_stretches_of_the_question_that_write_their_names(sections: Sections, question: str, place: tuple[int, int]) -> None:
    start = min(place[0], len(question))
    taken = Mention("", start, min(start + place[1], len(question)))
    places = [taken] if taken.end > taken.start else []
    end = 0
    for zone in sections.zones(normalize(question), places):
        assert end <= zone.start < zone.end <= len(question)
        assert all(zone.end <= item.start or item.end <= zone.start for item in places)
        said = normalize(question[zone.start : zone.end]).text
        assert said.startswith(tuple(normalize(word).text for word in (zone.value, *GUIDE.names.get(zone.value, ()))))
        end = zone.end


@given(st.lists(st.sampled_from(PIECES), max_size=8).map("".join))
def test_no_name_is_missed(sections: Sections, question: str) -> None:
    """What is left between the zones writes no zone's name."""
    folded = normalize(question)
    rest, end = "", 0
    for zone in sections.zones(folded, []):
        rest += question[end : zone.start] + "、"
        end = zone.end
    rest += question[end:]
    assert not any(word in rest for word in ("港", "山手", "みなと", "埠頭"))


@given(st.sets(st.text("区連携港ab.+(", min_size=1, max_size=4), min_size=1), st.text("区連携港ab.+(", max_size=12))
def test_longest_first_finds_the_longest_at_each_place(words: set[str], text: str) -> None:
    for match in longest_first(words).finditer(text):
        assert match.group() in words
        assert not any(len(word) > len(match.group()) and text.startswith(word, match.start()) for word in words)


# ── The shipped guide ───────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def shipped(built: Settings) -> Sections:
    library = open_library(built)
    generation = open_generation(built.index, library.documents)
    headings = {zone.name: f"{zone.name}連携イノベーション区" for zone in generation.reading.zones}
    return Sections(list(library.guides.values()), generation.reading.zones, headings, generation.tokenizer)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("黄浦区と徐匯の面積は", "黄浦=黄浦区 徐匯=徐匯"),
        ("虹口連携イノベーション区の施策", "虹口=虹口連携イノベーション区"),
        ("保税区和综合保税区", "総合保税区=保税区 総合保税区=综合保税区"),
        ("総合保税区の面積", "総合保税区=総合保税区"),
        ("ようほとホウザン", "楊浦=ようほ 宝山=ホウザン"),
        ("Minhang and Xuhui District", "閔行=Minhang 徐匯=Xuhui"),
        ("上海の区", ""),
    ],
)
def test_shipped_names(shipped: Sections, question: str, expected: str) -> None:
    assert named(shipped, question) == expected


def test_shipped_words_for_sections(shipped: Sections) -> None:
    assert shipped.words[0] == "連携イノベーション区"
    assert {"イノベーション区", "連携区", "区"} <= set(shipped.words)
