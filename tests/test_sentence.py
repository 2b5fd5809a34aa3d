"""The sentence that answers: cases a reader can check, and what holds for any text."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.evaluating.dataset import read_dataset
from app.evaluating.sentence_choice import sentence_json
from app.reading.tokenization import Tokenizer
from app.searching.sentence import answering_sentence, sentence_spans
from tests.beir import QUERIES, write_set

TEXT = "多摩湖鉄道は国分寺駅と萩山駅の間で営業を開始した。動力は電気の予定だったが、ガソリンであった。\n駅は三つある。"


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer()


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("多摩湖鉄道が営業を開始したのはどの駅の間か。", "多摩湖鉄道は国分寺駅と萩山駅の間で営業を開始した。"),
        # What is asked for stands at the end, and outweighs what only says where.
        ("国分寺駅の電車の動力は何か。", "動力は電気の予定だったが、ガソリンであった。"),
        ("駅はいくつあるか。", "駅は三つある。"),
        # Nothing in common: the first.
        ("桜は咲いたか。", "多摩湖鉄道は国分寺駅と萩山駅の間で営業を開始した。"),
        ("", "多摩湖鉄道は国分寺駅と萩山駅の間で営業を開始した。"),
    ],
)
def test_the_sentence_that_answers(tokenizer: Tokenizer, question: str, sentence: str) -> None:
    start, end = answering_sentence(question, TEXT, tokenizer)
    assert TEXT[start:end] == sentence


@pytest.mark.parametrize("text", ["", "港", " 港 。", "港がある。"])
def test_a_text_of_one_sentence_is_it(tokenizer: Tokenizer, text: str) -> None:
    start, end = answering_sentence("港はどこか。", text, tokenizer)
    assert text[start:end] == text.strip()


@given(text=st.text("港船。\n「」 は", max_size=30), question=st.text("港船は何か", max_size=10))
def test_it_is_one_of_the_sentences(text: str, question: str) -> None:
    span = answering_sentence(question, text, Tokenizer())
    assert span in (sentence_spans(text) or [(0, len(text))])


def test_how_often_it_holds_the_answer(tmp_path: Path, tokenizer: Tokenizer) -> None:
    # The first is answered by its passage's first sentence; so is the second; the third marks no answer.
    found = sentence_json(read_dataset(write_set(tmp_path / "set")), tokenizer)
    assert found is not None
    assert (found["queries"], found["first"]["value"], found["chosen"]["value"]) == (2, 1.0, 1.0)
    queries = [{**QUERIES[1], "text": "滑走路は何本か。", "metadata": {"answers": [{"text": "二本", "start": 17}]}}]
    found = sentence_json(read_dataset(write_set(tmp_path / "other", queries=queries, judged=[("q2", "sky")])), tokenizer)
    assert found is not None
    assert (found["first"]["value"], found["chosen"]["value"]) == (0.0, 1.0)


def test_a_set_that_marks_no_answer_has_none(tmp_path: Path, tokenizer: Tokenizer) -> None:
    dataset = read_dataset(write_set(tmp_path / "set", queries=QUERIES[2:], judged=[("q3", "park")]))
    assert sentence_json(dataset, tokenizer) is None
