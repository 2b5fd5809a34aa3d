"""BM25 worked out by hand: Lucene's formula, divided by the most that the query's terms could give."""

from __future__ import annotations

from math import log
from pathlib import Path

import numpy as np
import pytest

from app.reading.tokenization import Tokenizer
from app.searching.lexical_index import K1, B, LexicalIndex, bigram_terms, word_terms

#              row 0: 4 terms           row 1: 2         row 2: 6                          row 3: none
TEXTS = [["港", "港", "船", "区"], ["船", "区"], ["区", "区", "区", "森", "川", "山"], []]
LENGTHS = [4, 2, 6, 0]
AVERAGE = (4 + 2 + 6 + 0) / 4


def idf(passages_with_term: int) -> float:
    return log(1 + (4 - passages_with_term + 0.5) / (passages_with_term + 0.5))


def saturation(times: int, row: int) -> float:
    return times / (times + K1 * (1 - B + B * LENGTHS[row] / AVERAGE))


@pytest.fixture(scope="module")
def index() -> LexicalIndex:
    return LexicalIndex.build(TEXTS)


def test_one_term(index: LexicalIndex) -> None:
    rows, scores = index.search(["港"], 10)
    assert rows.tolist() == [0]
    # 港 stands twice in row 0: idf · tf part / idf
    assert scores == pytest.approx([saturation(2, 0)])


def test_two_terms(index: LexicalIndex) -> None:
    rows, scores = index.search(["港", "船"], 10)
    ceiling = idf(1) + idf(2)
    assert rows.tolist() == [0, 1]
    assert scores == pytest.approx(
        [
            (idf(1) * saturation(2, 0) + idf(2) * saturation(1, 0)) / ceiling,
            (idf(2) * saturation(1, 1)) / ceiling,
        ]
    )


def test_a_term_that_all_have_is_worth_less(index: LexicalIndex) -> None:
    _, scores = index.search(["区", "森"], 10)
    assert scores[0] == pytest.approx((idf(3) * saturation(3, 2) + idf(1) * saturation(1, 2)) / (idf(3) + idf(1)))


def test_an_unknown_term_counts_in_the_ceiling(index: LexicalIndex) -> None:
    rows, scores = index.search(["港", "月"], 10)
    assert rows.tolist() == [0]
    assert scores == pytest.approx([idf(1) * saturation(2, 0) / (idf(1) + idf(0))])


@pytest.mark.parametrize("terms", [[], ["月"], ["月", "星"], [""]])
def test_unknown_words_find_nothing(index: LexicalIndex, terms: list[str]) -> None:
    rows, scores = index.search(terms, 10)
    assert (rows.tolist(), scores.tolist()) == ([], [])


def test_scores_are_shares(index: LexicalIndex) -> None:
    for terms in (["港"], ["区", "船", "森"], ["区"] * 5):
        _, scores = index.search(terms, 10)
        assert ((scores > 0) & (scores < 1)).all()


def test_a_mask_leaves_only_allowed_rows(index: LexicalIndex) -> None:
    everywhere = index.search(["区"], 10)
    assert sorted(everywhere[0].tolist()) == [0, 1, 2]
    rows, scores = index.search(["区"], 10, np.array([False, True, False, True]))
    assert rows.tolist() == [1]
    assert scores[0] == everywhere[1][everywhere[0].tolist().index(1)]
    assert index.search(["区"], 10, np.zeros(4, dtype=bool))[0].tolist() == []


def test_ties_go_by_row() -> None:
    index = LexicalIndex.build([["森"]] + [["海", "空"]] * 9)
    assert index.search(["海"], 20)[0].tolist() == list(range(1, 10))


@pytest.mark.parametrize("k", range(1, 60, 4))
def test_ties_at_the_cut_go_by_row(k: int) -> None:
    twice = np.random.default_rng(0).random(60) < 0.3
    index = LexicalIndex.build([["海", "海", "空"] if more else ["海", "空"] for more in twice] + [["森"]])
    everything = index.search(["海"], 60)[0].tolist()
    assert everything == [*np.flatnonzero(twice), *np.flatnonzero(~twice)]
    assert index.search(["海"], k)[0].tolist() == everything[:k]


def test_an_index_without_a_term_finds_nothing(tmp_path: Path) -> None:
    index = LexicalIndex.build([[], []])
    assert index.search(["海"], 3)[0].tolist() == []
    index.save(tmp_path / "words")
    assert LexicalIndex.open(tmp_path / "words").search(["海"], 3)[0].tolist() == []


def test_saved_and_opened_it_finds_the_same(index: LexicalIndex, tmp_path: Path) -> None:
    index.save(tmp_path / "words")
    opened = LexicalIndex.open(tmp_path / "words")
    for terms in (["港"], ["区", "船"], ["月", "森"], ["月"]):
        rows, scores = index.search(terms, 10)
        same_rows, same_scores = opened.search(terms, 10)
        assert (rows.tolist(), scores.tolist()) == (same_rows.tolist(), same_scores.tolist())


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("", []),
        ("港", []),
        ("虹口区", ["虹口", "口区"]),
        ("虹口区、AI", ["虹口", "口区", "ai"]),
        ("保税+の区", ["保税", "の区"]),
        ("Ａ Ｂ１㎢", ["b1", "1k", "km", "m2"]),
        ("ﾃﾞｰﾀ", ["デー", "ータ"]),
        ("ー、。！", []),
    ],
)
def test_bigrams(text: str, terms: list[str]) -> None:
    assert bigram_terms(text) == terms


def test_words_are_content_words_in_dictionary_form() -> None:
    assert word_terms(Tokenizer().tokenize("船が港に集まりました。")) == ["船", "港", "集まる"]
