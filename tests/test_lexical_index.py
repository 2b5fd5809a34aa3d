"""BM25 worked out by hand: Lucene's formula, divided by the most that the query's terms could give."""

from __future__ import annotations

from math import log
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.reading.tokenization import Tokenizer
from app.schema import Mention, Term
from app.searching import lexical_index
from app.searching.dense_index import Mask
from app.searching.lexical_index import LexicalIndex, bigram_terms, word_terms
from app.searching.postings import K1, B, Postings
from app.searching.postings import idf as lucene_idf

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


# ── Many postings: the same result, to the last bit, however it is come by ──────────────────────────────────

#: How many postings are all added up, and from how long a list on rows are looked up in it.
WAYS = st.sampled_from([(0, 1), (0, 16), (0, 1000), (20, 1), (10**9, 16)])
TERM = st.sampled_from([f"t{i}" for i in range(25)])
ANY = st.lists(st.lists(TERM, min_size=1, max_size=3).map(tuple), max_size=3).map(tuple)
WANTED = st.lists(st.builds(Term, st.just(Mention("", 0, 0)), ANY, st.sampled_from([1.0, 0.6, 0.35])), max_size=6)


def made(seed: int) -> tuple[list[list[str]], Mask]:
    """Up to 300 texts of up to 20 terms, of which few are frequent; and which of them are allowed."""
    chance = np.random.default_rng(seed)
    texts = [[f"t{term % 20}" for term in chance.zipf(1.4, size=chance.integers(20))] for _ in range(chance.integers(1, 300))]
    return texts, chance.random(len(texts)) < chance.choice([0.05, 0.5, 1.0])


def added_up(postings: Postings, alternatives: tuple[tuple[str, ...], ...]) -> np.ndarray:
    """What a term gives every passage: the best of its alternatives, each of all its words or not at all."""
    best = np.zeros(postings.passages, dtype=np.float32)
    for words in alternatives:
        total, held = np.zeros_like(best), np.ones(postings.passages, dtype=bool)
        for word in words:
            number, given_ = postings.term(word), np.zeros_like(best)
            if number is not None:
                rows, values = postings.of(number)
                given_[rows] = values
            total += given_
            held &= given_ > 0
        best = np.maximum(best, np.where(held, total, np.float32(0)))
    return best


def chosen(scores: np.ndarray, k: int, allowed: Mask) -> list[int]:
    """The best by looking at every one."""
    return sorted((row for row in range(len(scores)) if scores[row] > 0 and allowed[row]), key=lambda row: (-scores[row], row))[:k]


@given(st.integers(0, 10**6), st.lists(TERM, max_size=12), st.integers(1, 40), WAYS)
def test_search_is_what_adding_everything_up_gives(seed: int, terms: list[str], k: int, way: tuple[int, int]) -> None:
    texts, allowed = made(seed)
    postings = Postings.build(texts)
    scores, ceiling = np.zeros(len(texts), dtype=np.float32), 0.0
    for term in terms:
        scores += added_up(postings, ((term,),))
        ceiling += lucene_idf(len(texts), postings.frequency(postings.term(term)))
    scores = scores / (ceiling or 1.0)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(lexical_index, "_FEW", way[0])
        patched.setattr(lexical_index, "_LOOKUP", way[1])
        rows, found = LexicalIndex(postings).search(terms, k, allowed)
    assert rows.tolist() == chosen(scores, k, allowed)
    assert found.tobytes() == scores[rows].tobytes()


@given(st.integers(0, 10**6), WANTED, st.integers(1, 40), WAYS)
def test_find_is_what_adding_everything_up_gives(seed: int, terms: list[Term], k: int, way: tuple[int, int]) -> None:
    texts, allowed = made(seed)
    postings = Postings.build(texts)
    index = LexicalIndex(postings)
    scores, covered, rarity = np.zeros(len(texts), dtype=np.float32), np.zeros(len(texts), dtype=np.float32), 0.0
    for term in terms:
        best = added_up(postings, term.alternatives)
        weight = term.weight * lucene_idf(len(texts), int((best > 0).sum()))
        scores += term.weight * best
        covered += weight * (best > 0)
        rarity += weight
        assert index.holding(term).tolist() == np.flatnonzero(best).tolist()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(lexical_index, "_FEW", way[0])
        patched.setattr(lexical_index, "_LOOKUP", way[1])
        rows, found, coverage = index.find(terms, k, allowed)
        _, all_scores, _ = index.find(terms, len(texts))
    assert rows.tolist() == chosen(scores, k, allowed)
    assert coverage.tobytes() == (covered[rows] / (rarity or 1.0)).tobytes()
    if len(rows):  # one ceiling for all: the share that the best row has says it
        ceiling = float(scores.max()) / float(all_scores[0])
        assert found == pytest.approx(scores[rows] / ceiling, rel=1e-5)
