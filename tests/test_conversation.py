"""Follow-ups: what a question leaves out is what was asked, or found, before."""

from __future__ import annotations

import pytest

from app.answering.assistant import MOST_TURNS, Assistant
from app.errors import QuestionError

# Earlier questions, the question, and what its plan is: zones, attribute, operation and constraints.
TABLE = [
    (["虹口の面積は？"], "では楊浦は？", "楊浦", "面積", "look_up"),
    (["虹口の面積は？"], "そこの重点は？", "虹口", "重点", "look_up"),
    (["虹口の面積は？"], "重点は？", "虹口", "重点", "look_up"),
    (["虹口の面積は？", "では楊浦は？"], "施策は？", "楊浦", "施策", "look_up"),
    (["面積の大きい順に"], "徐匯と虹口を比べて", "徐匯 虹口", "面積", "compare from=max"),
    (["一番広い区は？"], "徐匯と虹口を比べて", "徐匯 虹口", "面積", "compare from=max"),
    (["施策が一番多い区は？"], "徐匯と虹口を比べて", "徐匯 虹口", "面積", "compare from=max"),
    (["徐匯の施策は？"], "2つ目について詳しく", "徐匯", "施策", "nth nth=2"),
    (["徐匯の施策は？", "2つ目について詳しく"], "では虹口は？", "虹口", "施策", "nth nth=2"),
    (["一番広い区は？"], "じゃあ小さいのは？", "", "面積", "min"),
    (["一番広い区は？"], "そこの施策は？", "宝山", "施策", "look_up"),
    (["クルーズに力を入れている区は？"], "そこの面積は？", "宝山", "面積", "look_up"),
    (["外灘エリアはどの区？"], "その区の面積は？", "黄浦", "面積", "look_up"),
    (["What is the size of Hongkou?"], "And Yangpu?", "楊浦", "面積", "look_up"),
    (["What is the size of Hongkou?"], "What is its focus?", "虹口", "重点", "look_up"),
    (["虹口的面积是多少？"], "重点呢？", "虹口", "重点", "look_up"),
    # Another place, in the order or in the list that was asked for.
    (["一番広い区は？"], "その次は？", "", "面積", "nth nth=2 from=max"),
    (["一番狭い区は？"], "2番目は？", "", "面積", "nth nth=2 from=min"),
    (["一番広い区は？", "その次は？"], "その次は？", "", "面積", "nth nth=3 from=max"),
    (["面積を大きい順に並べて"], "3番目は？", "", "面積", "nth nth=3 from=max"),
    (["一番広い区の重点は？"], "そこの面積は？", "宝山", "面積", "look_up"),
    (["徐匯の施策は？"], "最後の施策は？", "徐匯", "施策", "nth nth=-1"),
    (["徐匯の1つ目の施策は？"], "その次は？", "徐匯", "施策", "nth nth=2"),
    (["徐匯の3つ目の施策は？"], "その前は？", "徐匯", "施策", "nth nth=2"),
    (["特徴は？"], "2つ目は？", "", "特徴", "nth nth=2"),
    # The rest: of a list of which some was shown, or of the zones.
    (["徐匯の1つ目の施策は？"], "それ以外は？", "徐匯", "施策", "list except=1"),
    (["黄浦の面積は？"], "ほかの区は？", "", "面積", "look_up not=黄浦"),
    (["宝山の面積は？"], "その区以外を全部足したら？", "黄浦 徐匯 虹口 楊浦 閔行 総合保税区", "面積", "sum"),
    # Something else done with the same numbers.
    (["面積の合計は？"], "平均は？", "", "面積", "mean"),
    (["宝山と虹口の面積の差は？"], "何倍ですか？", "宝山 虹口", "面積", "ratio"),
    (["宝山の面積は？", "では虹口は？"], "差は？", "宝山 虹口", "面積", "difference"),
    (["宝山の面積は？", "では虹口は？"], "どちらが広い？", "宝山 虹口", "面積", "compare from=max"),
    (["一番広い区は？", "一番狭い区は？"], "面積の差は？", "宝山 虹口", "面積", "difference"),
    (["宝山の面積は？"], "虹口との差は？", "宝山 虹口", "面積", "difference"),
    (["宝山の面積は？", "では虹口は？"], "合計は？", "宝山 虹口", "面積", "sum"),
    (["宝山の面積は？"], "平均は？", "", "面積", "mean"),
    (["インキュベーターの建設を進めるのはどこ？"], "その区、広さだと7つの中で何番目？", "徐匯", "面積", "position from=max"),
    (["虹口の面積は？"], "施策は何番目に多い？", "虹口", "施策", "position by=count from=max"),
    (["6区の面積の合計は？"], "総合保税区も足したら？", "", "面積", "sum"),
    (["黄浦の施策は？"], "全部でいくつありますか？", "黄浦", "施策", "count"),
    (["黄浦の施策は？", "全部でいくつありますか？"], "徐匯だと？", "徐匯", "施策", "count"),
    # Zones by their places: among those that were spoken of, or in the document.
    (["徐匯のエリアは？", "楊浦は？"], "最初の区の3番目のエリアは？", "徐匯", "エリア", "nth nth=3"),
    (["徐匯のエリアは？"], "最後の区の施策は？", "総合保税区", "施策", "look_up"),
    (["一番広い区は？"], "2番目の区の重点は？", "", "面積", "nth nth=2 from=max then=重点"),
    # The others, and the other side of a bound.
    (["平均より広い区は？"], "では下回るのは？", "", "面積", "filter <mean"),
    (["楊浦より広い区は？"], "狭いところは？", "", "面積", "filter <23 than=楊浦"),
    (["40平方キロより広い区を挙げて"], "残りはどこ？", "", "面積", "filter <=40"),
    (["面積が20平方キロ以上の区は？"], "では40以上だと？", "", "面積", "filter >=40"),
    (["徐匯の面積は？"], "40平方キロ以上ですか？", "徐匯", "面積", "check >=40"),
    (["徐匯は40平方キロ以上ですか？"], "50平方キロ以上ですか？", "徐匯", "面積", "check >=50"),
    (["面積が40平方キロ以上の区は？"], "それらの重点は？", "宝山 閔行 徐匯", "重点", "look_up"),
    (["虹口の面積は？"], "何番目に広いですか？", "虹口", "面積", "position from=max"),
    (["虹口の面積は？"], "全体の何割ですか？", "虹口", "面積", "share"),
    (["徐匯は40平方キロ以上ですか？"], "では虹口は？", "虹口", "面積", "check >=40"),
    # What is counted stays counted.
    (["施策が一番多い区は？"], "少ないのは？", "", "施策", "min by=count"),
    (["宝山の施策はいくつありますか？"], "では閔行は？", "閔行", "施策", "count"),
    (["虹口の面積は？"], "施策はいくつありますか？", "虹口", "施策", "count"),
    # A question that says everything itself is not changed by what was before.
    (["虹口の面積は？"], "黄浦のエリアは？", "黄浦", "エリア", "look_up"),
    (["虹口の面積は？"], "宝山と閔行の面積の差は？", "宝山 閔行", "面積", "difference"),
    (["虹口の面積は？"], "一番広い区は？", "", "面積", "max"),
    (["虹口の面積は？"], "全区の面積は？", "", "面積", "look_up"),
    (["虹口の面積は？"], "黄浦は徐匯より広いですか？", "黄浦 徐匯", "面積", "compare from=max claim=>"),
    (["虹口の面積は？"], "施策が最も多い区は？", "", "施策", "max by=count"),
    (["虹口の面積は？"], "面積の合計は？", "", "面積", "sum"),
    (["虹口の面積は？"], "区はいくつありますか？", "", None, "count"),
    (["虹口の面積は？"], "一番広い区の重点は？", "", "面積", "max then=重点"),
    # Nor is one for what no zone has.
    (["虹口の面積は？"], "認可したのは？", "", "認可", "look_up"),
]


@pytest.mark.parametrize(
    ("history", "question", "zones", "attribute", "does"),
    [pytest.param(*row, id="｜".join((*row[0], row[1]))) for row in TABLE],
)
def test_what_is_left_out_comes_from_before(
    assistant: Assistant, history: list[str], question: str, zones: str, attribute: str | None, does: str
) -> None:
    operation, *constraints = does.split()
    plan = assistant.ask(question, history).plan
    assert (plan.subjects, plan.attribute, plan.operation) == (tuple(zones.split()), attribute, operation)
    assert plan.constraints == tuple(constraints)


@pytest.mark.parametrize(("stated", "status"), [("6つ", "answered"), ("六つ", "answered"), ("5本", "corrected")])
def test_a_count_is_checked_however_it_is_written(assistant: Assistant, stated: str, status: str) -> None:
    assert assistant.ask(f"虹口は{stated}？", ["徐匯の施策の数は？"]).status == status  # it has six


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
