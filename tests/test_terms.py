"""Terms with alternatives against ten lines of brute force over token lists, and what counts as a passage's own word."""

from __future__ import annotations

from math import log
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.assembly import open_encoder, open_library
from app.config import DEFAULT_MODEL, Settings
from app.reading.tokenization import Tokenizer
from app.schema import Document, Mention, Passage, Reading, Term
from app.searching.dense_index import DenseIndex
from app.searching.generation import Generation, open_generation
from app.searching.lexical_index import K1, B, LexicalIndex, bigram_terms, word_terms
from app.searching.lexical_index import idf as lucene_idf
from app.searching.retrieval import Retriever
from app.searching.store import EmbeddedStore
from app.searching.views import search_text

Texts = list[list[str]]


def term(*alternatives: str, weight: float = 1.0) -> Term:
    """Alternatives as one string each, their words apart by spaces."""
    return Term(Mention("", 0, 0), tuple(tuple(words.split()) for words in alternatives), weight)


# ── The oracle ──────────────────────────────────────────────────────────────────────────────────────────────


def idf(texts: Texts, frequency: int) -> float:
    return log(1 + (len(texts) - frequency + 0.5) / (frequency + 0.5))


def rarity(texts: Texts, word: str) -> float:
    return idf(texts, sum(word in text for text in texts))


def bm25(texts: Texts, word: str, text: list[str]) -> float:
    average = sum(map(len, texts)) / len(texts)
    return rarity(texts, word) * text.count(word) / (text.count(word) + K1 * (1 - B + B * len(text) / average))


def holds(text: list[str], wanted: Term) -> bool:
    return any(set(words) <= set(text) for words in wanted.alternatives)


def brute(texts: Texts, terms: list[Term]) -> dict[int, tuple[float, float]]:
    """Score and coverage of every row that holds any of the terms."""
    ceiling = sum(
        wanted.weight * max(
            (sum(rarity(texts, word) for word in words) for words in wanted.alternatives if any(set(words) <= set(text) for text in texts)),
            default=idf(texts, 0),
        )
        for wanted in terms
    )  # fmt: skip
    weights = [wanted.weight * idf(texts, sum(holds(text, wanted) for text in texts)) for wanted in terms]
    found = {}
    for row, text in enumerate(texts):
        best = [
            max((sum(bm25(texts, word, text) for word in words) for words in wanted.alternatives if set(words) <= set(text)), default=0.0)
            for wanted in terms
        ]
        if any(best):
            score = sum(wanted.weight * value for wanted, value in zip(terms, best, strict=True)) / ceiling
            found[row] = score, sum(weight for weight, value in zip(weights, best, strict=True) if value) / sum(weights)
    return found


# ── By hand ─────────────────────────────────────────────────────────────────────────────────────────────────

#              row 0              row 1            row 2                  row 3
TEXTS = [["港", "港", "船"], ["船", "灯台"], ["灯台", "島", "船", "森"], []]


@pytest.fixture(scope="module")
def index() -> LexicalIndex:
    return LexicalIndex.build(TEXTS)


def test_idf_is_lucenes() -> None:
    assert lucene_idf(4, 0) == pytest.approx(log(1 + 4.5 / 0.5))
    assert lucene_idf(4, 2) == pytest.approx(log(2))  # ln(1 + 2.5/2.5)
    assert lucene_idf(4, 4) == pytest.approx(log(1 + 0.5 / 4.5))
    assert [lucene_idf(4, n) for n in range(5)] == sorted((lucene_idf(4, n) for n in range(5)), reverse=True)


@pytest.mark.parametrize(
    ("wanted", "rows"),
    [
        (term("港"), [0]),
        (term("船"), [0, 1, 2]),
        (term("港", "島"), [0, 2]),  # either will do
        (term("船 灯台"), [1, 2]),  # both must be there
        (term("船 灯台", "港"), [0, 1, 2]),
        (term("港 島"), []),
        (term("月"), []),
        (term("月 船"), []),
        (term("月", "森"), [2]),
        (term("船 船"), [0, 1, 2]),
        (term(), []),
    ],
)
def test_what_holds_a_term(index: LexicalIndex, wanted: Term, rows: list[int]) -> None:
    assert index.holding(wanted).tolist() == rows


def test_coverage_is_the_share_of_the_terms_by_rarity(index: LexicalIndex) -> None:
    """港 stands in one row of four and 船 in three: ln(1+3.5/1.5) and ln(1+1.5/3.5)."""
    rare, common = log(1 + 3.5 / 1.5), log(1 + 1.5 / 3.5)
    rows, _, coverage = index.find([term("港"), term("船")], 10)
    assert dict(zip(rows.tolist(), coverage.tolist(), strict=True)) == pytest.approx(
        {0: 1.0, 1: common / (rare + common), 2: common / (rare + common)}
    )


def test_a_term_that_nothing_holds_lowers_the_coverage(index: LexicalIndex) -> None:
    rare, unknown = log(1 + 3.5 / 1.5), log(1 + 4.5 / 0.5)
    rows, _, coverage = index.find([term("港"), term("月")], 10)
    assert (rows.tolist(), coverage.tolist()) == ([0], pytest.approx([rare / (rare + unknown)]))


def test_a_light_term_counts_by_its_weight(index: LexicalIndex) -> None:
    rare, common = log(1 + 3.5 / 1.5), log(1 + 1.5 / 3.5)
    _, _, coverage = index.find([term("港"), term("船", weight=0.35)], 10)
    assert coverage[-1] == pytest.approx(0.35 * common / (rare + 0.35 * common))


def test_alternatives_count_once_and_by_the_best(index: LexicalIndex) -> None:
    """Row 2 holds both 島 and 森, row 1 neither: no more than one of them is asked for."""
    rows, scores, coverage = index.find([term("島", "森")], 10)
    assert (rows.tolist(), coverage.tolist()) == ([2], [1.0])
    assert scores.tolist() == index.find([term("島")], 10)[1].tolist()


def test_a_mask_leaves_only_allowed_rows(index: LexicalIndex) -> None:
    rows, scores, coverage = index.find([term("船")], 10)
    place = rows.tolist().index(1)
    only = index.find([term("船")], 10, np.array([False, True, False, True]))
    assert [part.tolist() for part in only] == [[1], [scores[place]], [coverage[place]]]
    assert index.find([term("船")], 10, np.zeros(4, dtype=bool))[0].tolist() == []


@pytest.mark.parametrize("terms", [[], [term("月")], [term()], [term("港 月")]])
def test_nothing_is_found_for_nothing(index: LexicalIndex, terms: list[Term]) -> None:
    assert [part.tolist() for part in index.find(terms, 10)] == [[], [], []]


def test_an_index_without_a_word_holds_nothing(tmp_path: Path) -> None:
    empty = LexicalIndex.build([[], []])
    empty.save(tmp_path / "words")
    for index in (empty, LexicalIndex.open(tmp_path / "words")):
        assert [part.tolist() for part in index.find([term("港")], 3)] == [[], [], []]
        assert index.holding(term("港")).tolist() == []


def test_saved_and_opened_it_finds_the_same(index: LexicalIndex, tmp_path: Path) -> None:
    index.save(tmp_path / "words")
    opened = LexicalIndex.open(tmp_path / "words")
    for terms in ([term("港", "島")], [term("船 灯台"), term("月")], [term("船", weight=0.6)]):
        assert [part.tolist() for part in opened.find(terms, 10)] == [part.tolist() for part in index.find(terms, 10)]
        assert opened.holding(terms[0]).tolist() == index.holding(terms[0]).tolist()


# ── Against the oracle ──────────────────────────────────────────────────────────────────────────────────────

WORDS = st.sampled_from("港船灯島森")
ALL_TEXTS = st.lists(st.lists(WORDS, max_size=7), min_size=1, max_size=6).filter(any)
ALTERNATIVE = st.lists(st.sampled_from("港船灯島森月"), min_size=1, max_size=2, unique=True)
ALTERNATIVES = st.lists(ALTERNATIVE.map(tuple), min_size=1, max_size=3).map(tuple)
WEIGHT = st.sampled_from([1.0, 0.6, 0.35])
TERMS = st.lists(st.builds(Term, st.just(Mention("", 0, 0)), ALTERNATIVES, WEIGHT), max_size=4)


@given(ALL_TEXTS, TERMS)
def test_find_is_what_counting_gives(texts: Texts, terms: list[Term]) -> None:
    rows, scores, coverage = LexicalIndex.build(texts).find(terms, 10)
    expected = brute(texts, terms)
    assert sorted(rows.tolist()) == sorted(expected)
    for row, score, covered in zip(rows.tolist(), scores.tolist(), coverage.tolist(), strict=True):
        assert (score, covered) == pytest.approx(expected[row], rel=1e-4)
        assert 0 < score < 1
        assert 0 < covered <= 1 + 1e-6
    order = [(-score, row) for score, row in zip(scores.tolist(), rows.tolist(), strict=True)]
    assert order == sorted(order)


@given(ALL_TEXTS, TERMS, st.integers(1, 6), st.integers(0, 63))
def test_the_best_of_the_allowed_rows(texts: Texts, terms: list[Term], k: int, bits: int) -> None:
    index = LexicalIndex.build(texts)
    allowed = np.array([bool(bits >> row & 1) for row in range(len(texts))])
    rows, scores, coverage = index.find(terms, 10)
    kept = [place for place, row in enumerate(rows.tolist()) if allowed[row]][:k]
    assert [part.tolist() for part in index.find(terms, k, allowed)] == [part[kept].tolist() for part in (rows, scores, coverage)]


@given(ALL_TEXTS, ALTERNATIVES)
def test_holding_is_what_looking_gives(texts: Texts, alternatives: tuple[tuple[str, ...], ...]) -> None:
    wanted = Term(Mention("", 0, 0), alternatives)
    assert LexicalIndex.build(texts).holding(wanted).tolist() == [row for row, text in enumerate(texts) if holds(text, wanted)]


@given(ALL_TEXTS, st.integers(0, 6))
def test_idf_falls_as_a_term_gets_common(texts: Texts, frequency: int) -> None:
    frequency = min(frequency, len(texts))
    assert lucene_idf(len(texts), frequency) == pytest.approx(idf(texts, frequency))
    assert lucene_idf(len(texts), frequency) > 0


# ── A word that stands in the zone's name alone ─────────────────────────────────────────────────────────────

PASSAGES = [  # zone, text
    ("保税区", "倉庫の建設"),
    ("保税区", "保税倉庫の拡大"),
    ("港", "保税展示の試行"),
    (None, "保税と人材"),
]


def retriever_over(passages: list[tuple[str | None, str]]) -> Retriever:
    """A search over passages made for the test, of the kind 施策; the document is their texts, one a line."""
    text = "\n".join(text for _, text in passages)
    starts = [sum(len(other) + 1 for _, other in passages[:i]) for i in range(len(passages))]
    read = tuple(
        Passage(f"made-up#{i}", "made-up", zone, "施策", words, starts[i], starts[i] + len(words))
        for i, (zone, words) in enumerate(passages)
    )
    tokenizer, encoder = Tokenizer(), open_encoder(DEFAULT_MODEL)
    texts = [search_text(passage) for passage in read]
    generation = Generation(
        hash="",
        reading=Reading((Document("made-up", text, ""),), (), read, ()),
        tokenizer=tokenizer,
        store=EmbeddedStore(
            DenseIndex.build(encoder.encode_passages(texts), list(range(len(read)))),
            LexicalIndex.build([word_terms(tokenizer.tokenize(text)) for text in texts]),
            LexicalIndex.build([bigram_terms(text) for text in texts]),
        ),
    )
    return Retriever(generation, encoder)


@pytest.fixture(scope="module")
def retriever() -> Retriever:
    return retriever_over(PASSAGES)


# Both words stand in the index of the four passages: 保税 in all (once in the zone's name alone), 倉庫 in two.
BONDED, STORE, UNKNOWN = log(1 + 0.5 / 4.5), log(1 + 2.5 / 2.5), log(1 + 4.5 / 0.5)


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ([term("保税")], [0, 1, 1, 1]),
        ([term("倉庫")], [1, 1, 0, 0]),
        ([term("保税"), term("倉庫")], [STORE / (BONDED + STORE), 1, BONDED / (BONDED + STORE), BONDED / (BONDED + STORE)]),
        ([term("保税 倉庫")], [0, 1, 0, 0]),
        ([term("保税", "建設")], [1, 1, 1, 1]),  # the first passage holds the other alternative itself
        ([term("保税"), term("倉庫", weight=0.35)], [0.35 * STORE / (BONDED + 0.35 * STORE), 1, *[BONDED / (BONDED + 0.35 * STORE)] * 2]),
        ([term("保税"), term("鉄道")], [0, *[BONDED / (BONDED + UNKNOWN)] * 3]),
        ([term("鉄道")], [0, 0, 0, 0]),
        ([term("港")], [0, 0, 0, 0]),  # a zone's name, and in no text
        ([], [0, 0, 0, 0]),
    ],
)
def test_coverage_counts_a_passages_own_words(retriever: Retriever, terms: list[Term], expected: list[float]) -> None:
    assert retriever.coverage(terms).tolist() == pytest.approx(expected)


def test_the_kind_is_a_passages_own(retriever: Retriever) -> None:
    """Only a zone gives its passages their kind to be found by."""
    assert retriever.coverage([term("施策")]).tolist() == [1, 1, 1, 0]


@pytest.fixture(scope="module")
def all_pairs() -> tuple[list[tuple[str | None, str]], Retriever]:
    words = ["倉庫", "人材", "灯台", "学校"]
    passages: list[tuple[str | None, str]] = [(zone, f"{a}と{b}") for zone in ("倉庫", "灯台", None) for a in words for b in words]
    return passages, retriever_over(passages)


@given(st.lists(st.lists(st.sampled_from(["倉庫", "人材", "灯台", "学校", "鉄道"]), min_size=1, max_size=3), min_size=1, max_size=3))
def test_coverage_is_what_looking_at_the_texts_gives(
    all_pairs: tuple[list[tuple[str | None, str]], Retriever], alternatives: list[list[str]]
) -> None:
    """Any of the words will do for a term; each is weighed by how many passages hold it, their zones' names included."""
    passages, retriever = all_pairs
    wanted = [term(*words) for words in alternatives]
    weights = []
    for words in alternatives:
        indexed = sum(any(word in (zone or "") + text for word in words) for zone, text in passages)
        weights.append(log(1 + (len(passages) - indexed + 0.5) / (indexed + 0.5)))
    expected = [
        sum(weight for weight, words in zip(weights, alternatives, strict=True) if any(word in text for word in words)) / sum(weights)
        for _, text in passages
    ]
    assert retriever.coverage(wanted).tolist() == pytest.approx(expected, abs=1e-6)


def test_on_the_shipped_corpus_bonded_is_what_the_texts_say(built: Settings) -> None:
    library = open_library(built)
    generation = open_generation(built.index, library.documents)
    covered = Retriever(generation, open_encoder(built.model)).coverage([term("保税")])
    for passage, share in zip(generation.reading.passages, covered.tolist(), strict=True):
        assert share == pytest.approx(float("保税" in passage.text)), passage
    own = [share for passage, share in zip(generation.reading.passages, covered.tolist(), strict=True) if passage.zone == "総合保税区"]
    assert 0 < sum(own) < len(own)
