"""What a question asks for and a sentence tells: cases a reader can check, and what holds for any text."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.reading.tokenization import Tokenizer
from app.searching.clues import KINDS, MEASURES, Asked, asked_by, clues, told_by

TOKENIZER = Tokenizer()


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("何年に開港しましたか。", Asked("何", "何年", "年", "年")),
        ("滑走路は何本ですか。", Asked("何", "何本", "本", "本")),
        ("電車の動力は何か。", Asked("何", "何", "動力")),
        ("何という駅ですか。", Asked("何", "何と", "駅")),
        ("どこの国の作品ですか。", Asked("どこ", "どこの", "国")),
        ("営業を始めたのはどの駅の間か。", Asked("どの", "どの駅", "駅")),
        ("どのような理由で中止したか。", Asked("どの", "どのよう", "理由")),
        ("いつ生まれたのか。", Asked("いつ", "いつ", "")),
        ("なぜ中止したか。", Asked("なぜ", "なぜ", "")),
        ("作者の名前は？", Asked("", "", "名前")),
        ("", Asked("", "", "")),
    ],
)
def test_what_a_question_asks_with(question: str, asked: Asked) -> None:
    assert asked_by(TOKENIZER.tokenize(question)) == asked


@pytest.mark.parametrize(
    ("sentence", "question", "told"),
    [
        ("橋は1889年に架けられた。", "橋はいつ架けられたか。", {"number", "date"}),
        ("橋を3,516人が渡った。", "橋を何人が渡ったか。", {"number", "counted"}),
        ("橋を3,516人が渡った。", "3,516人が渡ったのは何か。", set()),  # The question says it itself.
        ("夏目漱石が東京で橋を描いた。", "誰が橋を描いたか。", {"person", "place"}),
        ("夏目漱石が東京で橋を描いた。", "漱石はどこで橋を描いたか。", {"person", "place"}),
        ("橋は「虹の橋」と呼ばれる。", "橋は何と呼ばれるか。", {"quoted", "called"}),
        ("橋はワイヤーで吊る。", "橋は何で吊るか。", {"foreign"}),
        ("雨のため中止した。", "なぜ中止したか。", {"reason"}),
        ("橋は長い。", "橋はどんなか。", set()),
    ],
)
def test_what_a_sentence_tells(sentence: str, question: str, told: set[str]) -> None:
    counter = asked_by(TOKENIZER.tokenize(question)).counter
    assert told_by(sentence, TOKENIZER.tokenize(sentence), question, counter) == told


def test_what_is_measured() -> None:
    found = clues("港の船は何隻か。", ["港がある。", "これは船で、港の船の番号を告げる。"], TOKENIZER)
    assert found is not None
    first, second = ({name: float(value) for name, value in zip(MEASURES, row, strict=True)} for row in found.measures)
    # Of the words 港 (in both sentences, ln 1.2) and 船 (in one, ln 2) and 隻 (in none, ln 6).
    total = math.log(1.2) + math.log(2) + math.log(6)
    assert first["words"] == pytest.approx(math.log(math.log(1.2) / total + 0.05) + 1)
    assert second["words"] == pytest.approx(math.log(math.log(2.4) / total + 0.05) + 1)
    # 隻 is the last word: it alone would count 1, 船 e^-0.5, 港 e^-1.
    late = math.exp(-1) * math.log(1.2) + math.exp(-0.5) * math.log(2) + math.log(6)
    assert first["late words"] == pytest.approx(math.log(math.exp(-1) * math.log(1.2) / late + 0.05) + 1)
    # 港の, の船 stand in the second sentence; of 港の船は何隻か no pair in the first.
    assert (first["run"], second["run"]) == (0, pytest.approx(math.log(3)))
    assert (first["pointing"], second["pointing"]) == (0, 1)
    assert (first["without a topic"], second["without a topic"]) == (1, 0)
    assert (first["length"], second["length"]) == (pytest.approx(math.log(6) - 4), pytest.approx(math.log(18) - 4))


def test_sentences_that_share_nothing_have_no_clues() -> None:
    assert clues("桜は咲いたか。", ["港がある。", "船が出る。"], TOKENIZER) is None


@given(
    question=st.text("港船何年はか3、\n", max_size=12),
    sentences=st.lists(st.text("港船年は3「」カナ、。", max_size=20), min_size=1, max_size=4),
)
def test_clues_are_numbers_of_every_sentence(question: str, sentences: list[str]) -> None:
    found = clues(question, sentences, TOKENIZER)
    if found is not None:
        assert found.measures.shape == (len(sentences), len(MEASURES))
        assert found.told.shape == (len(sentences), len(KINDS))
        assert np.isfinite(found.measures).all()
        assert set(found.told.flat) <= {0.0, 1.0}
