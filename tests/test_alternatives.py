"""「AのBやCのD」: what the question asks for with each, by hand."""

from __future__ import annotations

import pytest

from app.answering.alternatives import readings, says_or
from app.schema import Mention, Term

# The question, its words with `*` before those of doing | the ways to read it, each side's words joined by +.
READINGS = """
水素に関する区 水素                                     | 水素
水素または電池の区 水素 電池                            | 水素 電池
水素、または電池の区 水素 電池                          | 水素 電池
水素、電池または太陽光の区 水素 電池 太陽光             | 水素+電池 太陽光
水素か電池か太陽光の区 水素 電池 太陽光                 | 水素 電池 太陽光
データやITの流通 データ IT 流通                         | データ+流通 IT+流通 / データ IT+流通
新型電池の試験や実験の区 新型電池 *試験 *実験           | 新型電池+試験 新型電池+実験
船の免許や燃料の区 船 免許 燃料                         | 船+免許 船+燃料 / 船+免許 燃料
港で働く船員や漁師の区 港 *働く 船員 漁師               | 港+働く+船員 漁師
機器・設備や倉庫の区 機器 設備 倉庫                     | 機器+設備 倉庫
「水素」か「電池」が出てくる区 水素 電池                | 水素 電池
zones with ships or docks ships docks                   | ships docks
邮轮或仲裁 邮轮 仲裁                                    | 邮轮 仲裁
"""
ROWS = [[cell.strip() for cell in line.split("|")] for line in READINGS.strip().splitlines()]


def terms_of(question: str, words: list[str]) -> list[Term]:
    """The words by their places, one after the other."""
    found: list[Term] = []
    for word in words:
        start = question.index(word.lstrip("*"), found[-1].mention.end if found else 0)
        bare = word.lstrip("*")
        found.append(Term(Mention(bare, start, start + len(bare)), ((bare,),), 0.6 if word != bare else 1.0))
    return found


@pytest.mark.parametrize(("asked", "expected"), ROWS, ids=[row[0] for row in ROWS])
def test_the_ways_to_read_an_or(asked: str, expected: str) -> None:
    if asked.isascii():
        question, words = "zones with ships or docks", ["ships", "docks"]
    else:
        question, *words = asked.split()
    ways = readings(question, terms_of(question, words))
    assert [["+".join(term.mention.value for term in side) for side in sides] for sides in ways] == [
        way.split() for way in expected.split(" / ")
    ]


def test_no_words_no_way() -> None:
    assert readings("区は？", []) == []


@pytest.mark.parametrize("text", ["または", "、あるいは、", "」か「", "や", " or ", "还是"])
def test_what_says_or(text: str) -> None:
    assert says_or(text)


@pytest.mark.parametrize("text", ["", "から", "が", "かつ", "と", "、"])
def test_what_does_not(text: str) -> None:
    assert not says_or(text)
