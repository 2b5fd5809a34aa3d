"""Follow-ups: what a question leaves out is what was asked, or found, before."""

from __future__ import annotations

import pytest

from app.answering.assistant import MOST_TURNS, Assistant
from app.errors import QuestionError

# Earlier questions, the question, and what its plan is: zones, attribute, operation.
TABLE = [
    (["虹口の面積は？"], "では楊浦は？", ("楊浦",), "面積", "look_up"),
    (["虹口の面積は？"], "そこの重点は？", ("虹口",), "重点", "look_up"),
    (["虹口の面積は？"], "重点は？", ("虹口",), "重点", "look_up"),
    (["虹口の面積は？", "では楊浦は？"], "施策は？", ("楊浦",), "施策", "look_up"),
    (["徐匯の施策は？"], "2つ目について詳しく", ("徐匯",), "施策", "nth"),
    (["徐匯の施策は？", "2つ目について詳しく"], "では虹口は？", ("虹口",), "施策", "nth"),
    (["一番広い区は？"], "じゃあ小さいのは？", (), "面積", "min"),
    (["一番広い区は？"], "そこの施策は？", ("宝山",), "施策", "look_up"),
    (["クルーズに力を入れている区は？"], "そこの面積は？", ("宝山",), "面積", "look_up"),
    (["外灘エリアはどの区？"], "その区の面積は？", ("黄浦",), "面積", "look_up"),
    # A question that says everything itself is not changed by what was before.
    (["虹口の面積は？"], "黄浦のエリアは？", ("黄浦",), "エリア", "look_up"),
    (["虹口の面積は？"], "宝山と閔行の面積の差は？", ("宝山", "閔行"), "面積", "difference"),
    (["虹口の面積は？"], "一番広い区は？", (), "面積", "max"),
    (["虹口の面積は？"], "全区の面積は？", (), "面積", "look_up"),
]


@pytest.mark.parametrize(("history", "question", "zones", "attribute", "operation"), TABLE)
def test_what_is_left_out_comes_from_before(
    assistant: Assistant, history: list[str], question: str, zones: tuple[str, ...], attribute: str, operation: str
) -> None:
    plan = assistant.ask(question, history).plan
    assert (plan.subjects, plan.attribute, plan.operation) == (zones, attribute, operation)


def test_a_refusal_leaves_nothing_behind(assistant: Assistant) -> None:
    assert assistant.ask("そこの面積は？", ["浦東新区の重点は？"]).plan.subjects == ()


def test_the_same_history_gives_the_same_answer(assistant: Assistant) -> None:
    history = ["虹口の面積は？", "では楊浦は？", "そこの施策は？"]
    first, second = (assistant.ask("2つ目は？", history).as_json() for _ in range(2))
    assert first == second
    assert first["answer"] == "楊浦の施策は国際イノベーションリソースとのマッチングの強化です。"


def test_a_long_conversation_leans_on_its_last_turns(assistant: Assistant) -> None:
    history = ["虹口の面積は？"] + ["こんにちは"] * MOST_TURNS
    assert assistant.ask("そこの重点は？", history).plan.subjects == ()
    assert assistant.ask("そこの重点は？", [*history, "宝山の面積は？"]).plan.subjects == ("宝山",)


def test_a_turn_that_cannot_be_asked_is_an_error(assistant: Assistant) -> None:
    with pytest.raises(QuestionError):
        assistant.ask("面積は？", ["虹口の面積は？", "  "])
