"""A question as it is written: what may be asked, its language, and what is left of it; tables and spans."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.answering.utterance import LONGEST_QUESTION, Utterance, check_question, language_of
from app.errors import QuestionError
from app.reading.tokenization import Tokenizer
from app.schema import Mention


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer()


def heard(tokenizer: Tokenizer, question: str, understood: str = "") -> Utterance:
    """The question with the first occurrence of each of the words in `understood` covered."""
    utterance = Utterance(question, tokenizer, "区", {"地区", "エリア"})
    for word in understood.split():
        start = question.index(word)
        utterance.cover([Mention(word, start, start + len(word))])
    return utterance


# ── What may be asked ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("question", ["虹口の面積は？", "a", "1", "面", "？面積", "\n面積\t", "面積\u3000は", "😀の面積", "あ" * LONGEST_QUESTION])
def test_a_question_that_can_be_asked(question: str) -> None:
    check_question(question)


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ("", "question_empty"),
        (" \n\t\u3000", "question_empty"),
        ("？！。、", "question_empty"),
        ("😀", "question_empty"),
        ("\u200b\u2060", "question_empty"),
        ("あ" * (LONGEST_QUESTION + 1), "question_too_long"),
        (" " * (LONGEST_QUESTION + 1), "question_too_long"),
        ("面積\x00", "question_control_character"),
        ("\x1b[31m面積", "question_control_character"),
        ("面積\x7f", "question_control_character"),
        ("面積\x85", "question_control_character"),
        ("面積\r", None),
        ("\ud800面積", "question_not_text"),
        ("面積\udfff", "question_not_text"),
    ],
)
def test_a_question_that_cannot(question: str, code: str | None) -> None:
    if code is None:
        check_question(question)
        return
    with pytest.raises(QuestionError) as caught:
        check_question(question)
    assert caught.value.code == code


@given(st.text(max_size=1100))
def test_whatever_is_asked_is_asked_or_refused(question: str) -> None:
    try:
        check_question(question)
    except QuestionError as error:
        assert error.code.startswith("question_")
        assert error.message
    else:
        assert len(question) <= LONGEST_QUESTION
        assert any(character.isalnum() for character in question)


# ── Languages ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("虹口の面積は？", "ja"),
        ("メンセキ", "ja"),
        ("ﾒﾝｾｷ", "ja"),
        ("虹口 面積", "ja"),  # without any word of Chinese grammar
        ("Hongkouの面積", "ja"),
        ("How large is Hongkou?", "en"),
        ("How large is 虹口?", "en"),
        ("2 + 2", "en"),
        ("???", "en"),
        ("虹口的面积有多大？", "zh"),
        ("哪个区最大", "zh"),
        ("有几个区", "zh"),
        ("AI在哪个区", "zh"),
        ("面积最大的是哪个区のこと", "ja"),
        ("有没有美术馆", "zh"),
        ("有没有医院", "zh"),
        ("徐汇美术馆", "zh"),  # simplified
        ("杨浦 面積", "ja"),  # a name as it is written there, in Japanese
    ],
)
def test_the_language_of_a_question(question: str, language: str) -> None:
    assert language_of(question) == language


@given(st.text("abc 虹口面积的吗哪のはナ?。12", max_size=12))
def test_kana_is_japanese_and_no_ideograph_is_english(question: str) -> None:
    language = language_of(question)
    if any(character in "のはナ" for character in question):
        assert language == "ja"
    elif not any(character in "虹口面积的吗哪" for character in question):
        assert language == "en"
    elif not any(character.isascii() and character.isalpha() for character in question):
        assert language == ("zh" if any(character in "的吗哪积" for character in question) else "ja")


@pytest.mark.parametrize(
    ("question", "hiragana", "kana"),
    [
        ("めんせきは？", True, True),
        ("メンセキは？", False, True),
        ("コウコウノメンセキ", False, True),
        ("面積は", False, False),
        ("area", False, False),
    ],
)
def test_questions_in_kana_alone(tokenizer: Tokenizer, question: str, hiragana: bool, kana: bool) -> None:
    utterance = heard(tokenizer, question)
    assert (utterance.in_hiragana, utterance.in_kana) == (hiragana, kana)


def test_katakana_alone_is_spoken_as_hiragana(tokenizer: Tokenizer) -> None:
    assert heard(tokenizer, "イチバンヒロイノハドコ").spoken == "いちばんひろいのはどこ"
    assert heard(tokenizer, "クルーズの区").spoken == "クルーズの区"


# ── What is left over ───────────────────────────────────────────────────────────────────────────────────────

# Question | what is understood | what is left over.
LEFTOVER = """
虹口の面積は？                  |                | 虹口 面積
虹口の面積は？                  | 虹口           | 面積
虹口の面積は？                  | 虹口 面積      |
虹口の面積を教えてください      | 虹口 面積      |
クルーズ船の港について知りたい  |                | クルーズ船 港
クルーズ船の港について知りたい  | クルーズ       | 船 港
水族館を造るのはどこですか      |                | 水族館 造る
前海の水族館                    |                | 前海 水族館
7つの区の水族館                 |                | 水族館
３番目の水族館                  |                | 水族館
この地区の水族館                |                | 水族館
どのエリアですか                |                |
全部で何ですか                  |                |
a                               |                |
the aquarium of the zone        |                | aquarium
What about aquariums?           |                | aquariums
有没有关于水族馆的计划吗        |                | 水族馆
虹口的水族馆是什么              | 虹口           | 水族馆
"""
ROWS = [tuple(cell.strip() for cell in line.split("|")) for line in LEFTOVER.strip().splitlines()]


@pytest.mark.parametrize(("question", "understood", "expected"), ROWS, ids=[f"{row[0]}-{row[1]}" for row in ROWS])
def test_what_is_left_over(tokenizer: Tokenizer, question: str, understood: str, expected: str) -> None:
    assert [item.value for item in heard(tokenizer, question, understood).leftover()] == expected.split()


@pytest.mark.parametrize(
    ("question", "understood", "topic"),
    [
        ("虹口の水族館を教えて", "", "虹口水族館"),
        ("虹口の水族館を教えて", "虹口", "水族館"),
        ("虹口を教えて", "虹口", "虹口を教えて"),  # nothing else is left: the whole
        ("Hongkou and the aquarium", "Hongkou", " and the aquarium"),
        ("虹口的水族馆", "虹口", "的水族馆"),
    ],
)
def test_the_topic_of_a_question(tokenizer: Tokenizer, question: str, understood: str, topic: str) -> None:
    assert heard(tokenizer, question, understood).topic() == topic


@pytest.mark.parametrize(
    ("question", "quoted"),
    [
        ("「1区1案」とは", ["1区1案"]),
        ("『保税+』とは", ["保税+"]),
        ('what is "one plan"?', ["one plan"]),
        ("“一区一案”是什么", ["一区一案"]),
        ("「い」と「ろ」", ["い", "ろ"]),
        ("「いろ", []),
        ("「」", []),
        ("いろ", []),
    ],
)
def test_quotations(tokenizer: Tokenizer, question: str, quoted: list[str]) -> None:
    assert [item.value for item in heard(tokenizer, question).quotations()] == quoted


def test_two_straight_quotations_are_two(tokenizer: Tokenizer) -> None:
    assert [item.value for item in heard(tokenizer, 'is "one" like "two"?').quotations()] == ["one", "two"]


def test_proper_nouns_that_nothing_has_understood(tokenizer: Tokenizer) -> None:
    assert [item.value for item in heard(tokenizer, "横浜の港と長崎").literals()] == ["横浜", "長崎"]
    assert [item.value for item in heard(tokenizer, "横浜の港と長崎", "横浜").literals()] == ["長崎"]


@pytest.mark.parametrize(
    ("question", "asked"),
    [("どんな産業がありますか", True), ("どういう産業", True), ("何の産業", True), ("新しい産業", False), ("産業", False), ("港などの産業", False)],
)
def test_a_noun_that_an_interrogative_asks_for(tokenizer: Tokenizer, question: str, asked: bool) -> None:
    start = question.index("産業")
    assert heard(tokenizer, question).is_asked(Mention("産業", start, start + 2)) == asked


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("面積は？", ["面積は？"]),
        ("こんにちは。面積は？", ["こんにちは。", "面積は？"]),
        ("出張で行くんですが、面積は？", ["出張で行くんですが、", "面積は？"]),
        ("資料を作るので、面積を教えて", ["資料を作るので、", "面積を教えて"]),
        ("Hello! How large is it?", ["Hello!", " How large is it?"]),
        ("海、山、川", ["海、山、川"]),
        ("面積は？\n", ["面積は？\n"]),
        ("", [""]),
    ],
)
def test_sentences_and_what_leads_to_them(tokenizer: Tokenizer, question: str, parts: list[str]) -> None:
    assert [question[start:end] for start, end in heard(tokenizer, question).segments()] == parts


# ── Spans ───────────────────────────────────────────────────────────────────────────────────────────────────

PIECES = (
    "虹口 横浜 の は を 面積 区 クルーズ 船 水族館 どんな 3つ 、 。 ？ 「 」 \" aquarium the zone 哪 的 有 ㎢ が\u3099 ﾃﾞ ＡＩ ので、 😀 \u200b"
).split(" ")
QUESTIONS = st.lists(st.sampled_from([*PIECES, " "]), max_size=10).map("".join) | st.text(max_size=25)
SPANS = st.lists(st.tuples(st.integers(0, 25), st.integers(0, 5)), max_size=4)


def covered(tokenizer: Tokenizer, question: str, spans: list[tuple[int, int]]) -> Utterance:
    utterance = heard(tokenizer, question)
    utterance.cover(Mention("", min(start, len(question)), min(start + length, len(question))) for start, length in spans)
    return utterance


@given(QUESTIONS, SPANS)
def test_covering_covers_just_that(tokenizer: Tokenizer, question: str, spans: list[tuple[int, int]]) -> None:
    utterance = covered(tokenizer, question, spans)
    expected = {i for start, length in spans for i in range(start, start + length) if i < len(question)}
    assert [i for i, is_covered in enumerate(utterance.covered) if is_covered] == sorted(expected)


@given(QUESTIONS, st.data())
def test_covering_normalised_spans_covers_what_they_came_from(tokenizer: Tokenizer, question: str, data: st.DataObject) -> None:
    utterance = heard(tokenizer, question)
    start = data.draw(st.integers(0, len(utterance.text)))
    end = data.draw(st.integers(start, len(utterance.text)))
    utterance.cover_spans([(start, end)])
    raw_start, raw_end = utterance.normalized.raw_span(start, end)
    assert [i for i, is_covered in enumerate(utterance.covered) if is_covered] == list(range(raw_start, raw_end))


@given(QUESTIONS, SPANS)
def test_what_is_left_over_is_not_covered_and_stands_in_the_question(
    tokenizer: Tokenizer, question: str, spans: list[tuple[int, int]]
) -> None:
    utterance = covered(tokenizer, question, spans)
    start = 0
    for mention in utterance.leftover():
        assert start <= mention.start < mention.end <= len(question)  # one character may be several words: ¼
        assert question[mention.start : mention.end] == mention.value
        assert not any(utterance.covered[mention.start : mention.end])
        start = mention.start
    for mention in utterance.literals():
        assert question[mention.start : mention.end] == mention.value


@given(QUESTIONS)
def test_covering_everything_leaves_nothing(tokenizer: Tokenizer, question: str) -> None:
    utterance = covered(tokenizer, question, [(0, len(question))])
    assert utterance.leftover() == ()
    assert utterance.topic() == question


@given(QUESTIONS)
def test_sentences_are_the_whole_question(tokenizer: Tokenizer, question: str) -> None:
    parts = heard(tokenizer, question).segments()
    assert "".join(question[start:end] for start, end in parts) == question
    assert [end for _, end in parts[:-1]] == [start for start, _ in parts[1:]]


@given(QUESTIONS, SPANS)
def test_a_topic_is_never_empty(tokenizer: Tokenizer, question: str, spans: list[tuple[int, int]]) -> None:
    assume(any(character.isalnum() for character in question))
    assert any(character.isalnum() for character in covered(tokenizer, question, spans).topic())
