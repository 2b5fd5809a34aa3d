"""The signs of the refusal by hand: which of the question's nouns and phrases the documents, and the first passage, have."""

from __future__ import annotations

import math

import pytest

from app.answering.signs import ANSWERS, ANSWERS_UNEXPLAINED, SIGNS, confidence, signs
from app.schema import Hit, Mention, Passage, Term

PASSAGE = Passage("d#1", "d", None, "本文", "", 0, 1)
HITS = [Hit(PASSAGE, 0.0, {"dense": cosine, "coverage": share}) for cosine, share in ((0.8, 0.25), (0.9, 0.5), (0.7, 0.0))]


def of(words: str, known: str = "", held: str = "") -> dict[str, float]:
    """The signs of words, `+` before one that is joined to the one before it and `~` before a verb, by their names."""
    terms = [Term(Mention(word.strip("+~"), 0, 1), (), 0.35 if "~" in word else 1.0, joined="+" in word) for word in words.split()]
    values = signs(terms, HITS, lambda term: term.mention.value in known.split(), lambda term: term.mention.value in held.split())
    return dict(zip(SIGNS, values, strict=True))


def test_what_the_search_found_is_told_whatever_is_asked() -> None:
    found = of("")
    assert found["intercept"] == 1.0
    assert found["cosine"] == 0.9
    assert found["margin"] == pytest.approx(0.8 - 0.8)
    assert found["covered"] == 0.5
    assert (found["unknown"], found["mixed"], found["whole"], found["nouns"]) == (0.0, 0.0, 1.0, 0.0)


def test_nouns_and_the_phrases_that_they_make() -> None:
    """「介護の人材」 and 誘致 where there are 人材 and 誘致."""
    found = of("介護 +人材 誘致", known="人材 誘致", held="誘致")
    assert (found["unknown"], found["mixed"], found["whole"], found["nouns"]) == (1.0, 1.0, 0.5, 3.0)


def test_a_phrase_is_whole_where_one_passage_has_all_of_it() -> None:
    assert of("国際 +学校", known="国際 学校", held="国際")["whole"] == 0.0
    assert of("国際 +学校", known="国際 学校", held="国際 学校")["whole"] == 1.0
    assert of("国際 学校", known="国際 学校", held="国際")["whole"] == 0.5


def test_a_phrase_of_unknown_words_alone_is_not_mixed() -> None:
    found = of("介護 +施設", held="")
    assert (found["unknown"], found["mixed"]) == (2.0, 0.0)


def test_verbs_are_no_nouns() -> None:
    assert of("~働く")["unknown"] == 0.0
    assert of("介護 ~働く +人材", known="人材")["mixed"] == 1.0


def test_many_words_count_as_some() -> None:
    found = of(" ".join("あいうえおかきくけこ"))
    assert (found["unknown"], found["nouns"]) == (4.0, 8.0)


def test_the_confidence_is_logistic() -> None:
    assert confidence((0.0, 2.0), (1.0, 0.0)) == 0.5
    assert confidence((1.0, 2.0), (1.0, 0.5)) == pytest.approx(1 / (1 + math.exp(-2.0)))


@pytest.mark.parametrize("weights", [ANSWERS, ANSWERS_UNEXPLAINED])
def test_every_sign_weighs_the_way_that_it_speaks(weights: tuple[float, ...]) -> None:
    weighed = dict(zip(SIGNS, weights, strict=True))
    assert min(weighed[name] for name in ("cosine", "margin", "covered", "whole")) > 0
    assert max(weighed[name] for name in ("unknown", "mixed")) < 0
