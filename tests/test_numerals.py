"""Numbers as questions write them: digits and kanji by an oracle that writes them, places in a list by a table."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.answering.numerals import NUMBER, exact, ordinal_of, ordinal_spans, parse
from app.reading.normalization import normalize

DIGITS = "〇一二三四五六七八九"


def in_kanji(number: int) -> str:
    """A number from 1 to 99,999,999 as it is read: 1200 is 千二百, 12,000,000 is 千二百万."""
    high, low = divmod(number, 10_000)
    if high:
        return f"{in_kanji(high)}万{in_kanji(low) if low else ''}"
    text = ""
    for unit, sign in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, unit)
        if digit:
            text += ("" if digit == 1 and sign else DIGITS[digit]) + sign
    return text


@pytest.mark.parametrize(
    ("number", "written"),
    [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (105, "百五"), (1200, "千二百"), (10_000, "一万"), (12_000_000, "千二百万")],
)
def test_the_oracle_writes_numbers_as_they_are_read(number: int, written: str) -> None:
    assert in_kanji(number) == written


@given(st.integers(1, 99_999_999))
def test_kanji_are_read_as_they_are_written(number: int) -> None:
    assert parse(in_kanji(number)) == number


@given(st.integers(0, 999_999_999))
def test_digits_are_read_with_and_without_commas(number: int) -> None:
    assert parse(str(number)) == parse(f"{number:,}") == number


@given(st.decimals(0, 9999, places=2), st.sampled_from("十百千万"))
def test_digits_before_a_kanji_are_multiplied(number: Decimal, sign: str) -> None:
    times = {"十": 10, "百": 100, "千": 1000, "万": 10_000}[sign]
    assert parse(f"{number}{sign}") == pytest.approx(float(number * times))


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0), ("7", 7), ("007", 7), ("4.5", 4.5), ("1,200", 1200), ("1,260.5", 1260.5), ("1.5万", 15_000), ("3千", 3000),
        ("一", 1), ("九", 9), ("十", 10), ("十九", 19), ("九十", 90), ("百", 100), ("百一", 101), ("二百五十", 250), ("千", 1000),
        ("万", 10_000), ("一万二千", 12_000), ("十万", 100_000), ("千万", 10_000_000), ("二千二十", 2020),
    ],
)  # fmt: skip
def test_numbers_by_hand(text: str, number: float) -> None:
    assert parse(text) == number


@given(st.integers(1, 99_999_999), st.sampled_from(["", "面積は", "約", "、"]), st.sampled_from(["", "平方キロ", "以上", "です"]))
def test_a_number_is_found_whole_where_it_stands(number: int, before: str, after: str) -> None:
    for written in (str(number), f"{number:,}", in_kanji(number)):
        assert [match.group() for match in re.finditer(NUMBER, f"{before}{written}{after}")] == [written]


@pytest.mark.parametrize("text", ["", "面積", "零", "〇", "億", ".", ",", "いち"])
def test_what_is_no_number_is_not_found(text: str) -> None:
    assert re.search(NUMBER, text) is None


@pytest.mark.parametrize(
    ("number", "text"),
    [(0.0, "0"), (4.0, "4"), (4.5, "4.5"), (100.0, "100"), (1e6, "1000000"), (1e22, "1" + "0" * 22), (1e-7, "0.0000001"), (-2.50, "-2.5")],
)
def test_exact_writes_no_exponent_and_no_empty_decimals(number: float, text: str) -> None:
    assert exact(number) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_exact_is_exact(number: float) -> None:
    text = exact(number)
    assert re.fullmatch(r"-?\d+(?:\.\d*[1-9])?", text)
    assert float(text) == number
    assert Decimal(text) == Decimal(repr(number))


# ── Places in a list ────────────────────────────────────────────────────────────────────────────────────────

ORDINALS = """
2つ目の施策は              | 2
２つめの特徴を教えて       | 2
1個目は                    | 1
3番目のエリアは            | 3
三番目の施策は             | 3
ふたつめの施策             | 2
みっつ目は                 | 3
4点目                      | 4
５件目は何                 | 5
6項目めについて            | 6
10番目の施策               | 10
十番目の施策               | 10
最後の施策は               | -1
一番下の項目               | -1
the last measure           | -1
最后一项是什么             | -1
最初の施策は               | 1
一番上の項目               | 1
筆頭は                     | 1
the first measure          | 1
the third one              | 3
the second area            | 2
第二个措施                 | 2
第3项                      | 3
2つの施策は                |
施策はいくつ               |
2番は                      |
最初から説明して           |
最後まで                   |
1.5つ目                    |
the first-rate measures    |
第二十                     |
宝山の施策は               |
"""
ROWS = [tuple(cell.strip() for cell in line.split("|")) for line in ORDINALS.strip().splitlines()]


@pytest.mark.parametrize(("question", "place"), ROWS, ids=[row[0] for row in ROWS])
def test_the_place_that_a_question_asks_for(question: str, place: str) -> None:
    assert ordinal_of(normalize(question).text) == (int(place) if place else None)


@pytest.mark.parametrize(("question", "place"), [("十一番目の施策は", 11), ("二十番目の施策は", 20), ("the 12th measure", 12)])
@pytest.mark.xfail(strict=True, reason="of a longer number only the last digit is read: 「宝山の十一番目の施策は」 gets the first")
def test_the_place_is_the_whole_number(question: str, place: int) -> None:
    assert ordinal_of(question) == place


PIECES = "2 つ 目 め 番 個 の 三 十 最後の 最初の 一番 上の ふた みっ first second th 2nd one 第 项 。 ー a 施策 は".split()


@given(st.lists(st.sampled_from(PIECES), max_size=8).map("".join))
def test_a_question_has_a_place_where_its_words_stand(text: str) -> None:
    spans = ordinal_spans(text)
    assert bool(spans) == (ordinal_of(text) is not None)
    assert all(0 <= start < end <= len(text) for start, end in spans)
    # The words alone ask for a place too, and without any of them nothing does.
    for start, end in spans:
        assert ordinal_of(text[start:end]) is not None
    covered = {i for start, end in spans for i in range(start, end)}
    assert ordinal_of("".join("、" if i in covered else character for i, character in enumerate(text))) is None


@given(st.text(max_size=30))
def test_no_text_is_too_odd_for_a_place(text: str) -> None:
    folded = normalize(text).text
    assert bool(ordinal_spans(folded)) == (ordinal_of(folded) is not None)
