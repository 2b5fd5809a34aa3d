"""The inverted index against bm25s, to the last bit: the same passages, the same scores."""

from __future__ import annotations

from pathlib import Path

import bm25s
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.searching.postings import K1, B, Postings

Texts = list[list[str]]
TEXTS = st.lists(st.lists(st.sampled_from("港船灯島森月") | st.text(max_size=3), max_size=9), min_size=1, max_size=30).filter(any)


def by_bm25s(texts: Texts) -> dict[str, tuple[list[int], bytes]]:
    """For each term the rows that hold it, and the bytes of their scores."""
    numbers = {term: number for number, term in enumerate(sorted({term for terms in texts for term in terms}))}
    index = bm25s.BM25(k1=K1, b=B, method="lucene")
    index.index(([[numbers[term] for term in terms] for terms in texts], numbers), create_empty_token=False, show_progress=False)
    found = {}
    for term, number in numbers.items():
        place = slice(*index.scores["indptr"][number : number + 2])
        found[term] = index.scores["indices"][place].tolist(), index.scores["data"][place].tobytes()
    return found


def by_us(postings: Postings, terms: set[str]) -> dict[str, tuple[list[int], bytes]]:
    found = {}
    for term in terms:
        number = postings.term(term)
        assert number is not None
        rows, values = postings.of(number)
        assert postings.frequency(number) == len(rows)
        assert postings.peak(number) == values.max()
        found[term] = rows.tolist(), values.tobytes()
    return found


@given(TEXTS)
def test_scores_are_bm25s_to_the_last_bit(texts: Texts) -> None:
    expected = by_bm25s(texts)
    assert by_us(Postings.build(texts), set(expected)) == expected


def test_more_than_a_chunk_of_scores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.searching.postings._CHUNK", 7)
    chance = np.random.default_rng(0)
    texts = [[str(term) for term in chance.zipf(1.5, size=20) % 50] for _ in range(100)]
    expected = by_bm25s(texts)
    assert by_us(Postings.build(iter(texts)), set(expected)) == expected


@pytest.mark.parametrize("texts", [[], [[]], [[], []]])
def test_without_a_term_nothing_is_known(texts: Texts, tmp_path: Path) -> None:
    built = Postings.build(texts)
    built.save(tmp_path / "leg")
    for postings in (built, Postings.open(tmp_path / "leg")):
        assert (postings.passages, postings.term("港"), postings.frequency(None)) == (len(texts), None, 0)


def test_saved_and_opened_it_is_the_same(tmp_path: Path) -> None:
    texts = [["港", "船"], [], ["船", "船", "\ud800", ""]]
    built = Postings.build(texts)
    built.save(tmp_path / "leg")
    opened = Postings.open(tmp_path / "leg")
    terms = {term for some in texts for term in some}
    assert opened.passages == 3
    assert by_us(opened, terms) == by_us(built, terms) == by_bm25s(texts)
    assert opened.term("月") is None
