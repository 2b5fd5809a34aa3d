"""The sign that anything answers, by hand and on a tiny set; its AUROC against the formula."""

from __future__ import annotations

from math import exp
from pathlib import Path

import pytest

from app.evaluating.abstention import abstention_json, interval
from app.evaluating.dataset import read_dataset
from app.evaluating.retrieval_run import index_dataset
from app.schema import Hit, Passage
from app.searching.presence import COSINE, INTERCEPT, WORDS, presence
from app.searching.retrieval import Retriever
from tests.beir import CountingEncoder, write_set

PASSAGE = Passage("a#1", "a", None, "本文", "港。", 0, 2)


def hit(**legs: float) -> Hit:
    return Hit(PASSAGE, 0.0, legs)


def test_two_signs_by_hand() -> None:
    # The best of each, of whichever hit.
    expected = 1 / (1 + exp(-(INTERCEPT + COSINE * 0.9 + WORDS * 0.8)))
    assert presence([hit(dense=0.9, words=0.5), hit(dense=0.7, words=0.8), hit()]) == pytest.approx(expected)
    assert presence([hit()]) == pytest.approx(1 / (1 + exp(-INTERCEPT)))
    assert presence([]) == 0.0


def test_more_of_either_sign_is_more() -> None:
    weak = presence([hit(dense=0.8, words=0.2)])
    assert presence([hit(dense=0.8, words=0.4)]) > weak
    assert presence([hit(dense=0.85, words=0.2)]) > weak


def test_an_interval_by_hand() -> None:
    # A = 3/4, two of each: A(1-A) = 3/16, A/(2-A) - A² = 3/80, 2A²/(1+A) - A² = 9/112
    spread = (3 / 16 + 3 / 80 + 9 / 112) / 4
    low, high = interval(0.75, 2, 2)
    assert (low, high) == pytest.approx((0.75 - 1.959964 * spread**0.5, 1.0))
    assert interval(1.0, 5, 5) == (1.0, 1.0)


def test_taking_the_answer_away_is_noticed(tmp_path: Path) -> None:
    dataset = read_dataset(write_set(tmp_path / "set"))
    encoder = CountingEncoder()
    generation = index_dataset(dataset, tmp_path / "index", encoder)
    found = abstention_json(dataset, generation, Retriever(generation, encoder), lambda queries: queries)
    assert found is not None
    assert (found["answerable"], found["unanswerable"]) == (3, 3)
    assert found["auroc"]["value"] > 0.5


def test_labelled_queries_are_judged_over_their_own_candidates(tmp_path: Path) -> None:
    queries = [
        {"_id": "q1", "text": "港の船は何隻ですか。", "metadata": {"answerable": True}},
        {"_id": "q2", "text": "港の船は何隻ですか。", "metadata": {"answerable": False}},
    ]
    pools = [{"_id": "q1", "candidates": ["sea", "park"]}, {"_id": "q2", "candidates": ["sky", "park"]}]
    dataset = read_dataset(write_set(tmp_path / "set", queries=queries, judged=None, pools=pools))
    encoder = CountingEncoder()
    generation = index_dataset(dataset, tmp_path / "index", encoder)
    found = abstention_json(dataset, generation, Retriever(generation, encoder), lambda queries: queries)
    assert found is not None
    assert found["by"] == "label"
    assert found["auroc"]["value"] == 1.0
