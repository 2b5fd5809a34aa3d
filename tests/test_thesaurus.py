"""Words of a question to what stands for them in the documents: tables over a few synonyms, and what always holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.answering.thesaurus import ACTION, LIGHT, Thesaurus
from app.answering.utterance import Utterance
from app.assembly import open_library
from app.config import Settings
from app.reading.guide import Synonyms
from app.reading.tokenization import Tokenizer
from app.schema import Mention, Term
from app.searching.generation import open_generation

SYNONYMS = [
    Synonyms(("船",), {"ja": ("客船", "船旅"), "en": ("ship", "vessel"), "zh": ("邮轮",)}),
    Synonyms(("低炭素",), {"ja": ("脱炭素", "CO2削減"), "en": ("low-carbon",), "zh": ("低碳",)}),
    Synonyms(("拡大", "拡張"), {"ja": ("広げる", "大きい"), "en": ("expand",), "zh": ("扩大",)}),
    Synonyms(("仲裁",), {"ja": ("争い", "争いの解決"), "en": ("dispute resolution",), "zh": ("争议解决",)}),
    Synonyms(("自由貿易",), {"ja": ("フリートレード",), "en": ("free trade",), "zh": ("自贸",)}),
    Synonyms(("港",), {"ja": ("波止場",), "en": ("port", "harbour"), "zh": ("港口",)}),
    Synonyms(("灯台",), {"ja": ("港の明かり", "客船"), "en": (), "zh": ()}),
]


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer()


@pytest.fixture(scope="module")
def thesaurus(tokenizer: Tokenizer) -> Thesaurus:
    return Thesaurus(SYNONYMS, tokenizer)


def terms(thesaurus: Thesaurus, tokenizer: Tokenizer, question: str) -> tuple[Term, ...]:
    heard = Utterance(question, tokenizer, "区")
    return thesaurus.terms(heard, heard.leftover())


def written(found: tuple[Term, ...]) -> str:
    """Each term as the question writes it, and what may stand for it: words of one alternative are joined by +."""
    return " ".join(
        term.mention.value.replace(" ", "_") + "=" + "/".join(sorted("+".join(words) for words in term.alternatives)) for term in found
    )


# Question | its terms; a word stands for itself too, in its dictionary form.
TABLE = """
波止場はどこ                      | 波止場=波止場/港
港はどこ                          | 港=港
空港はどこ                        | 空港=空港
鉄道の駅                          | 鉄道=鉄道 駅=駅
客船は                            | 客船=客船/灯台/船
船に波止場を                      | 船=船 波止場=波止場/港
港の明かりは                      | 港の明かり=港+明かり/灯台
争いは                            | 争い=争い/仲裁
争いの解決は                      | 争いの解決=争い+解決/仲裁
ＣＯ２削減は                      | ＣＯ２削減=co+2+削減/低+炭素
フリートレードは                  | フリートレード=フリー+トレード/自由+貿易
自由貿易は                        | 自由貿易=自由+貿易
波止場を広げる                    | 波止場=波止場/港 広げる=広げる/拡大/拡張
波止場を広げたい                  | 波止場=波止場/港 広げ=広げる/拡大/拡張
広げられた波止場                  | 広げ=広げる/拡大/拡張 波止場=波止場/港
美しく描く                        | 美しく=美しい 描く=描く
Is there any vessel?              | vessel=vessel/船
Which has vessels and harbours?   | vessel=vessels/船 harbour=harbours/港
free trade ports                  | free_trade=free+trade/自由+貿易 port=ports/港
FREE TRADE                        | FREE_TRADE=free+trade/自由+貿易
a portrait                        | portrait=portrait
a report                          | report=report
about dispute resolution          | dispute_resolution=dispute+resolution/仲裁
有哪些邮轮和港口                  | 邮轮=船 港口=港
谁有低碳港口的计划                | 低碳=低+炭素 港口=港
有没有美术馆呢                    | 美术馆=美术馆
什么是邮轮美术馆                  | 邮轮=船 美术馆=美术馆
"""
ROWS = [tuple(cell.strip() for cell in line.split("|")) for line in TABLE.strip().splitlines()]


@pytest.mark.parametrize(("question", "expected"), ROWS, ids=[row[0] for row in ROWS])
def test_the_terms_of_a_question(thesaurus: Thesaurus, tokenizer: Tokenizer, question: str, expected: str) -> None:
    assert written(terms(thesaurus, tokenizer, question)) == expected


@pytest.mark.parametrize(
    ("question", "weights"),
    [
        ("鉄道は", [1.0]),
        ("鉄道を建設", [1.0, ACTION]),  # する makes a verb of it
        ("鉄道の建設拡充", [1.0, ACTION, ACTION]),
        ("鉄道を敷く", [1.0, LIGHT]),
        ("新しい鉄道", [LIGHT, 1.0]),
        ("静かな鉄道", [LIGHT, 1.0]),
        ("波止場を広げる", [1.0, LIGHT]),
        ("鉄道系の船", [1.0, LIGHT, 1.0]),  # a suffix names nothing
        ("争いの解決", [1.0]),  # a noun and a noun of doing are one of topic
    ],
)
def test_verbs_say_less_than_nouns(thesaurus: Thesaurus, tokenizer: Tokenizer, question: str, weights: list[float]) -> None:
    assert [term.weight for term in terms(thesaurus, tokenizer, question)] == weights


@pytest.mark.parametrize(
    ("question", "joined"),
    [
        ("鉄道の客船", "鉄道 +客船"),
        ("鉄道客船", "鉄道 +客船"),
        ("鉄道・客船", "鉄道 +客船"),
        ("鉄道への客船", "鉄道 +客船"),
        ("鉄道と客船", "鉄道 客船"),
        ("鉄道を客船に", "鉄道 客船"),
        ("鉄道 客船", "鉄道 客船"),
        ("鉄道で働く客船", "鉄道 働く 客船"),
    ],
)
def test_nouns_of_one_phrase_are_joined(thesaurus: Thesaurus, tokenizer: Tokenizer, question: str, joined: str) -> None:
    found = terms(thesaurus, tokenizer, question)
    assert " ".join("+" * term.joined + term.mention.value for term in found) == joined


def test_only_what_is_left_over_makes_terms(thesaurus: Thesaurus, tokenizer: Tokenizer) -> None:
    heard = Utterance("波止場と鉄道と客船", tokenizer, "区")
    assert written(thesaurus.terms(heard, [Mention("鉄道", 4, 6)])) == "鉄道=鉄道"
    heard.cover([Mention("波止場", 0, 3)])
    assert written(thesaurus.terms(heard, heard.leftover())) == "鉄道=鉄道 客船=客船/灯台/船"
    assert thesaurus.terms(heard, ()) == ()


def test_a_synonym_that_is_half_left_over_is_whole(thesaurus: Thesaurus, tokenizer: Tokenizer) -> None:
    """「港の明かり」 is one thing, though の is no word of topic and nothing has understood 明かり."""
    heard = Utterance("港の明かりは", tokenizer, "区")
    assert written(thesaurus.terms(heard, [Mention("明かり", 2, 5)])) == "港の明かり=港+明かり/灯台"


def test_without_synonyms_words_stand_for_themselves(tokenizer: Tokenizer) -> None:
    assert written(terms(Thesaurus([], tokenizer), tokenizer, "波止場を広げた客船")) == "波止場=波止場 広げ=広げる 客船=客船"


def test_the_order_of_the_guides_changes_nothing(thesaurus: Thesaurus, tokenizer: Tokenizer) -> None:
    backwards = Thesaurus(reversed(SYNONYMS), tokenizer)
    for question, _ in ROWS:
        assert terms(backwards, tokenizer, question) == terms(thesaurus, tokenizer, question)


def test_two_entries_for_one_word_give_what_both_say(tokenizer: Tokenizer) -> None:
    one = Synonyms(("船",), {"ja": ("のりもの",)})
    other = Synonyms(("鉄道",), {"ja": ("のりもの",)})
    [term] = terms(Thesaurus([one, other], tokenizer), tokenizer, "のりものは")
    assert {("船",), ("鉄道",)} <= set(term.alternatives)


PIECES = (
    "港 客船 船 波止場 を 広げる 広げた の 争い 解決 明かり は 鉄道 駅 ship vessels low-carbon free trade port - "
    "低碳 邮轮 什么 吗 和 港口 美 。 区 ＣＯ２ 削減 ㎢ が\u3099"
).split()


@given(st.lists(st.sampled_from([*PIECES, " "]), max_size=9).map("".join))
def test_terms_are_stretches_of_the_question(thesaurus: Thesaurus, tokenizer: Tokenizer, question: str) -> None:
    heard = Utterance(question, tokenizer, "区")
    leftover = heard.leftover()
    end = 0
    for term in thesaurus.terms(heard, leftover):
        mention = term.mention
        assert end <= mention.start < mention.end <= len(question)
        assert question[mention.start : mention.end] == mention.value
        assert any(item.start < mention.end and mention.start < item.end for item in leftover)
        assert term.alternatives
        assert all(words and all(words) for words in term.alternatives)
        assert list(term.alternatives) == sorted(set(term.alternatives))
        assert term.weight in (LIGHT, ACTION, 1.0)
        end = mention.end


@given(st.lists(st.sampled_from(PIECES), max_size=9).map("".join))
def test_no_word_of_topic_is_lost(thesaurus: Thesaurus, tokenizer: Tokenizer, question: str) -> None:
    """Every word left over of a Japanese question stands in some term."""
    heard = Utterance(question, tokenizer, "区")
    if heard.language != "ja":
        return
    leftover = heard.leftover()
    covered = {i for term in thesaurus.terms(heard, leftover) for i in range(term.mention.start, term.mention.end)}
    for token in heard.tokens:
        if heard.is_open(token) and any(item.start <= token.start < item.end for item in leftover):
            assert token.start in covered, token


# ── The shipped guide ───────────────────────────────────────────────────────────────────────────────────────

SHIPPED = [
    ("客船に関する施策は", "客船", [("クルーズ",)]),
    ("脱炭素は", "脱炭素", [("低", "炭素"), ("低炭素",)]),
    ("ＡＩは", "ＡＩ", [("人工", "知能")]),
    ("起業支援は", "起業支援", [("インキュベーター",)]),
    ("裁判によらないリストラ", "裁判によらない", [("法廷", "外")]),
    ("Which zones are about startups?", "startup", [("インキュベーター",)]),
    ("哪个区有邮轮", "邮轮", [("クルーズ",)]),
]


@pytest.mark.parametrize(("question", "word", "stands_for"), SHIPPED, ids=[row[0] for row in SHIPPED])
def test_the_shipped_synonyms(built: Settings, question: str, word: str, stands_for: list[tuple[str, ...]]) -> None:
    library = open_library(built)
    tokenizer = open_generation(built.index, library.documents).tokenizer
    shipped = Thesaurus([item for guide in library.guides.values() for item in guide.synonyms], tokenizer)
    [term] = [term for term in terms(shipped, tokenizer, question) if term.mention.value == word]
    assert set(stands_for) & set(term.alternatives)
