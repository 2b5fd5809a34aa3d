"""Folded spellings and the way back: which raw characters a folded character came from."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.reading.normalization import Normalized, normalize

# raw, folded, and for each folded character the raw one that it came from
TABLE = [
    ("", "", []),
    ("港", "港", [0]),
    ("AI", "ai", [0, 1]),
    ("ＡＩ", "ai", [0, 1]),
    ("１４", "14", [0, 1]),
    ("10㎢だ", "10km2だ", [0, 1, 2, 2, 2, 3]),
    ("㎢㎢", "km2km2", [0, 0, 0, 1, 1, 1]),
    ("ﾃﾞｰﾀ", "データ", [0, 2, 3]),
    ("ﾊﾟ", "パ", [0]),
    ("か\u3099", "が", [0]),
    ("e\u0301a", "éa", [0, 2]),
    ("①", "1", [0]),
    ("㍿", "株式会社", [0, 0, 0, 0]),
    ("（Ｂ型）", "(b型)", [0, 1, 2, 3]),
    ("𠮷野", "𠮷野", [0, 1]),
    ("😀㎢", "😀km2", [0, 1, 1, 1]),
    ("𝐀Ｂ", "ab", [0, 1]),
    ("\u0301a", "\u0301a", [0, 1]),
    ("ﾞ", "\u3099", [0]),
    ("a\r\n\ufeffb", "a\r\n\ufeffb", [0, 1, 2, 3, 4]),
    ("\u3000", " ", [0]),
]


@pytest.mark.parametrize(("raw", "folded", "origins"), TABLE, ids=[ascii(raw) for raw, _, _ in TABLE])
def test_folding(raw: str, folded: str, origins: list[int]) -> None:
    assert normalize(raw) == Normalized(folded, (*origins, len(raw)))


@pytest.mark.parametrize(
    ("raw", "folded", "back"),
    [
        ("面積は10㎢だ", "km2", "㎢"),
        ("面積は10㎢だ", "km", "㎢"),  # half a character is the whole of it
        ("面積は10㎢だ", "2だ", "㎢だ"),
        ("ﾃﾞｰﾀの流通", "データ", "ﾃﾞｰﾀ"),
        ("ﾃﾞｰﾀの流通", "デ", "ﾃﾞ"),
        ("人工知能（ＡＩ）", "(ai)", "（ＡＩ）"),
        ("か\u3099いたん", "が", "か\u3099"),
        ("𠮷野の😀と㍿", "株式", "㍿"),
        ("𠮷野の😀と㍿", "😀", "😀"),
    ],
)
def test_the_way_back(raw: str, folded: str, back: str) -> None:
    normalized = normalize(raw)
    start = normalized.text.index(folded)
    first, last = normalized.raw_span(start, start + len(folded))
    assert raw[first:last] == back


def test_empty_spans_stay_empty() -> None:
    normalized = normalize("10㎢だ")
    spans = [normalized.raw_span(i, i) for i in range(len(normalized.text) + 1)]
    assert spans == [(0, 0), (1, 1), (2, 2), (2, 2), (2, 2), (3, 3), (4, 4)]


# Characters that grow, shrink or stay, and any others.
TEXTS = st.text(
    st.one_of(st.sampled_from("㎢㍿①ﾃﾊﾞﾟかは\u3099\u309a\u0301\u0323eＡａA港ﷺİß𠮷😀 \u3000\n"), st.characters()),
    max_size=40,
)


@given(TEXTS, st.data())
def test_a_span_covers_what_it_came_from(raw: str, data: st.DataObject) -> None:
    normalized = normalize(raw)
    start = data.draw(st.integers(0, len(normalized.text)))
    end = data.draw(st.integers(start, len(normalized.text)))
    first, last = normalized.raw_span(start, end)
    assert 0 <= first <= last <= len(raw)
    if start < end:
        # Folded alone, the raw span gives back the characters asked for, whole clusters at a time.
        assert normalized.text[start:end] in normalize(raw[first:last]).text
    assert normalized.raw_span(0, len(normalized.text)) == (0, len(raw))


@given(TEXTS)
def test_origins_rise_from_the_first_character_to_the_length(raw: str) -> None:
    normalized = normalize(raw)
    assert len(normalized.origins) == len(normalized.text) + 1
    assert list(normalized.origins) == sorted(normalized.origins)
    assert normalized.origins[0] == 0
    assert normalized.origins[-1] == len(raw)


@given(TEXTS, st.data())
def test_neighbouring_spans_meet(raw: str, data: st.DataObject) -> None:
    normalized = normalize(raw)
    middle = data.draw(st.integers(0, len(normalized.text)))
    _, left = normalized.raw_span(0, middle)
    right, _ = normalized.raw_span(middle, len(normalized.text))
    assert right <= left or middle == 0  # nothing of the raw text lies between them


@given(st.text("abc019 港湾区あいうアイウー、。「」\n", max_size=60), st.data())
def test_what_is_folded_already_comes_back_as_it_is(raw: str, data: st.DataObject) -> None:
    normalized = normalize(raw)
    assert normalized.text == raw
    start = data.draw(st.integers(0, len(raw)))
    end = data.draw(st.integers(start, len(raw)))
    assert normalized.raw_span(start, end) == (start, end)


@given(st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E)))
def test_wide_and_narrow_are_one_spelling(raw: str) -> None:
    wide = "".join(chr(ord(character) + 0xFEE0) for character in raw)
    assert normalize(wide) == normalize(raw) == normalize(raw.upper())


def test_40000_combining_marks() -> None:
    raw = "か" + "\u0301\u0323" * 20_000 + "ん"
    normalized = normalize(raw)
    assert len(normalized.text) == len(raw)
    assert normalized.text[-1] == "ん"
    assert normalized.raw_span(len(raw) - 1, len(raw)) == (40_001, 40_002)


def test_combining_marks_do_not_hang() -> None:
    # NFKC of the whole takes 25 times as long as of the 40,000 (1.2 s): half a minute, and here a few hundredths.
    started = time.perf_counter()
    normalize("か" + "\u0301\u0323" * 100_000)
    assert time.perf_counter() - started < 5
