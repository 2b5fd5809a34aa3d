"""Numbers and places in a list as questions write them: tables that read by themselves."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.answering.numerals import NUMBER, exact, ordinal_of, ordinal_spans, parse
from app.reading.normalization import normalize

NUMBERS = [
    ("一", 1),
    ("九", 9),
    ("十", 10),
    ("十一", 11),
    ("二十", 20),
    ("二十三", 23),
    ("九十九", 99),
    ("百", 100),
    ("百一", 101),
    ("百十", 110),
    ("百十一", 111),
    ("二百五十", 250),
    ("九百九十九", 999),
    ("千", 1000),
    ("千二百", 1200),
    ("二千三百四十五", 2345),
    ("一万", 10000),
    ("十万", 100000),
    ("百万", 1000000),
    ("二十三万", 230000),
    ("一万二千三百四十五", 12345),
    ("千二百三十四万五千六百七十八", 12345678),
    ("14", 14),
    ("１４", 14),
    ("0.5", 0.5),
    ("1200.5", 1200.5),
    ("1,200", 1200),
    ("１，２００", 1200),
    ("1,234,567", 1234567),
    ("2百", 200),
    ("3千", 3000),
    ("5万", 50000),
    ("1.5万", 15000),
    # Digits and kanji in one number.
    ("3万5千", 35000),
    ("３万５千", 35000),
    ("3万5000", 35000),
    ("1万2,000", 12000),
    ("2千5百", 2500),
    ("2千5百30", 2530),
    ("1億2千万", 120000000),
    ("二〇", 20),
    ("一二三", 123),
]


@pytest.mark.parametrize(("text", "number"), NUMBERS)
def test_a_number_in_digits_or_kanji(text: str, number: float) -> None:
    written = normalize(text).text
    assert re.fullmatch(NUMBER, written)
    assert parse(written) == number


def in_kanji(number: int) -> str:
    """A number below a hundred million as Japanese writes it; 一 goes before 万 only."""
    if number >= 10000:
        return in_kanji(number // 10000) + "万" + (in_kanji(number % 10000) if number % 10000 else "")
    text = ""
    for value, sign in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, value)
        if digit:
            text += ("" if digit == 1 and sign else "一二三四五六七八九"[digit - 1]) + sign
    return text


@given(st.integers(1, 99_999_999))
def test_every_number_in_kanji_is_read_back(number: int) -> None:
    assert parse(in_kanji(number)) == number
    assert re.fullmatch(NUMBER, in_kanji(number))


def test_the_oracle_writes_kanji() -> None:
    assert [in_kanji(number) for number in (1, 10, 23, 111, 1200, 10000, 12345678)] == [
        "一", "十", "二十三", "百十一", "千二百", "一万", "千二百三十四万五千六百七十八",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.0, "0"),
        (1.0, "1"),
        (4.5, "4.5"),
        (20.50, "20.5"),
        (100.0, "100"),
        (1200.5, "1200.5"),
        (0.1, "0.1"),
        (1000000.0, "1000000"),
        (1234567.5, "1234567.5"),
        (1e-7, "0.0000001"),
        (1e22, "10000000000000000000000"),
    ],
)
def test_a_number_with_all_its_digits_and_no_exponent(number: float, text: str) -> None:
    assert exact(number) == text
    assert float(text) == number


# What a question says | the place in a list, from 1; -1 is the last, nothing if it asks for none.
PLACES = """
2つ目の施策は                   | 2
２つ目の施策は                  | 2
二つ目の施策は                  | 2
二つめは                        | 2
ふたつ目は                      | 2
みっつ目の施策                  | 3
3番目の施策は                   | 3
三番目は                        | 3
1個目は                         | 1
四点目を                        | 4
5件目は                         | 5
10番目の施策は                  | 10
十番目の施策は                  | 10
12つ目は                        | 12
十一番目の施策は                | 11
二十三番目の施策は              | 23
最初の施策は                    | 1
最初に挙げられた施策            | 1
一番上の施策                    | 1
筆頭の施策は                    | 1
最後の施策は                    | -1
最後に挙げた施策は              | -1
一番最後のものは                | -1
一番下の施策は                  | -1
最後から2番目の施策は           | -2
一番大きい区は                  |
三つの施策                      |
施策は3つですか                 |
3位の区は                       |
2番の施策                       |
施策は                          |
the first measure               | 1
the second one                  | 2
the 3rd measure                 | 3
the sixth point                 | 6
the 21st measure                | 21
the 2nd measure of Baoshan      | 2
the 12th measure                | 12
the last measure                | -1
the last one                    | -1
the second largest zone         |
the first-rate zone             |
第二个措施                      | 2
第3项                           | 3
第十二条措施                    | 12
最后一个                        | -1
最后一项措施                    | -1
第二大的区                      |
the first batch of zones        |
"""
ROWS = [tuple(cell.strip() for cell in line.rsplit("|", 1)) for line in PLACES.strip().splitlines()]


@pytest.mark.parametrize(("question", "place"), ROWS, ids=[row[0] for row in ROWS])
def test_a_place_in_a_list(question: str, place: str) -> None:
    text = normalize(question).text
    assert ordinal_of(text) == (int(place) if place else None)
    assert bool(ordinal_spans(text)) == bool(place)


def test_where_a_place_is_spoken_of() -> None:
    assert ordinal_spans("徐匯の2つ目の施策") == [(3, 6)]
    assert ordinal_spans("徐匯の施策") == []
    [(start, end)] = ordinal_spans("徐匯の最後の施策")
    assert "徐匯の最後の施策"[start:end] == "最後の"


# ── What holds of any number and any text ───────────────────────────────────────────────────────────────────


@given(st.integers(0, 999_999_999))
def test_digits_are_read_with_and_without_commas(number: int) -> None:
    assert parse(str(number)) == parse(f"{number:,}") == number


@given(st.decimals(0, 9999, places=2), st.sampled_from("十百千万"))
def test_digits_before_a_kanji_are_multiplied(number: Decimal, sign: str) -> None:
    times = {"十": 10, "百": 100, "千": 1000, "万": 10_000}[sign]
    assert parse(f"{number}{sign}") == pytest.approx(float(number * times))


@given(st.integers(1, 99_999_999), st.sampled_from(["", "面積は", "約", "、"]), st.sampled_from(["", "平方キロ", "以上", "です"]))
def test_a_number_is_found_whole_where_it_stands(number: int, before: str, after: str) -> None:
    for written in (str(number), f"{number:,}", in_kanji(number)):
        assert [match.group() for match in re.finditer(NUMBER, f"{before}{written}{after}")] == [written]


@pytest.mark.parametrize("text", ["上位3一覧", "トップ3番組"])
def test_a_number_ends_before_another_word(text: str) -> None:
    assert next(match.group() for match in re.finditer(NUMBER, text)) == "3"


@pytest.mark.parametrize("text", ["", "面積", "零", "〇", "億", ".", ",", "いち"])
def test_what_is_no_number_is_not_found(text: str) -> None:
    assert re.search(NUMBER, text) is None


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_exact_is_exact(number: float) -> None:
    text = exact(number)
    assert re.fullmatch(r"-?\d+(?:\.\d*[1-9])?", text)
    assert float(text) == number
    assert Decimal(text) == Decimal(repr(number))


PIECES = "2 つ 目 め 番 個 の 三 十 最後の 最初の 一番 上の ふた みっ first second th 2nd one 第 项 。 ー a 施策 は".split()


@given(st.lists(st.sampled_from(PIECES), max_size=8).map("".join))
def test_a_question_has_a_place_where_its_words_stand(text: str) -> None:
    spans = ordinal_spans(text)
    assert bool(spans) == (ordinal_of(text) is not None)
    assert all(0 <= start < end <= len(text) for start, end in spans)


@given(st.text(max_size=30))
def test_no_text_is_too_odd_for_a_place(text: str) -> None:
    folded = normalize(text).text
    assert bool(ordinal_spans(folded)) == (ordinal_of(folded) is not None)
