"""What the page makes of the ledger: attributes found, bars, and the questions that chips ask."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.answering.assistant import Assistant
from app.schema import Fact, Zone
from app.serving import rephrasing
from app.serving.overview import Overview
from app.serving.pictures import bars_of


def fact(subject: str, attribute: str, text: str, number: float | None = None, unit: str | None = None) -> Fact:
    return Fact(subject, attribute, text, "d", 0, len(text), f"{subject}/{attribute}/{text}", number, unit)


ZONES = tuple(Zone(name, "d", 0, 1) for name in "東西南北")
FACTS = (
    *(fact(name, "高さ", f"{n}m", n, "m") for n, name in enumerate("東西南北", 1)),
    *(fact(name, "色", color) for name in "東西" for color in ("赤", "青")),
    fact("南", "色", "緑"),
    fact("北", "名", "光"),
    fact("外", "高さ", "9m", 9, "m"),
)


@pytest.fixture(scope="module")
def overview(assistant: Assistant) -> Overview:
    return Overview(assistant.zones, assistant.facts)


def test_attributes_follow_from_the_facts() -> None:
    overview = Overview(ZONES, FACTS)
    assert overview.zones == ("東", "西", "南", "北")
    assert overview.attributes == ("高さ", "色"), "名 is stated of one zone in four"
    assert overview.measured == {"高さ"}
    assert overview.listed == {"色"}, "two zones in four have several"
    assert [one.text for one in overview.facts("東", "色")] == ["赤", "青"]
    assert overview.facts("外", "高さ") == ()


def test_no_facts_no_overview() -> None:
    empty = Overview(ZONES, ())
    assert (empty.zones, empty.attributes, empty.measured, empty.listed) == ((), (), frozenset(), frozenset())


def test_the_shipped_document(overview: Overview) -> None:
    assert overview.zones == ("黄浦", "徐匯", "虹口", "楊浦", "宝山", "閔行", "総合保税区")
    assert overview.attributes == ("エリア", "面積", "重点", "施策")
    assert overview.measured == {"面積"}
    assert overview.listed == {"エリア", "施策"}


@pytest.mark.parametrize(
    ("question", "shown", "chosen"),
    [
        ("面積の大きい順に", "宝山 50 閔行 46 徐匯 45 楊浦 23 黄浦 14 総合保税区 11 虹口 4", ""),
        ("一番狭い区は？", "虹口 4 総合保税区 11 黄浦 14 楊浦 23 徐匯 45 閔行 46 宝山 50", "虹口"),
        ("黄浦と宝山の面積は？", "黄浦 14 宝山 50", ""),
        ("20平方キロ以上の区は？", "宝山 50 閔行 46 徐匯 45 楊浦 23", "徐匯 楊浦 宝山 閔行"),
        ("徐匯の面積は何番目？", "宝山 50 閔行 46 徐匯 45 楊浦 23 黄浦 14 総合保税区 11 虹口 4", "徐匯"),
        ("施策が一番多い区は？", "虹口 6 楊浦 6 黄浦 5 徐匯 5 宝山 5 総合保税区 5 閔行 4", "虹口 楊浦"),
        ("虹口の面積は？", "", ""),
        ("重点は？", "", ""),
        ("浦東新区の面積は？", "", ""),
        ("クルーズに力を入れているのはどの区ですか？", "", ""),
    ],
)
def test_bars(assistant: Assistant, overview: Overview, question: str, shown: str, chosen: str) -> None:
    bars = bars_of(assistant.ask(question), overview)
    found = " ".join(f"{bar.zone} {bar.number:g}" for bar in bars)
    assert found == shown or (sorted(found.split()) == sorted(shown.split()) and "狭い" in question)
    assert {bar.zone for bar in bars if bar.chosen} == set(chosen.split())


def test_bars_of_different_units_are_not_compared(assistant: Assistant) -> None:
    answer = assistant.ask("面積の大きい順に")
    facts = [replace(one, unit="坪") if one.subject == "虹口" else one for one in assistant.facts]
    assert bars_of(answer, Overview(assistant.zones, facts)) == []


KEPT = [
    "虹口の面積は？",
    "虹口の施策は？",
    "虹口の施策はいくつありますか？",
    "徐匯と宝山の面積の合計は？",
    "徐匯と宝山の面積の平均は？",
    "徐匯と宝山の面積の差は？",
    "徐匯と宝山の面積を比べて",
    "徐匯の面積は何番目？",
    "徐匯の面積は全体の何割？",
    "徐匯の2つ目の施策は？",
    "What is the size of 徐匯?",
    "徐匯的面积多大？",
]


@pytest.mark.parametrize("question", KEPT)
def test_another_zone_asks_the_same_of_it(assistant: Assistant, overview: Overview, question: str) -> None:
    answer = assistant.ask(question)
    zones = (*answer.plan.subjects[:-1], "楊浦")
    changed = assistant.ask(rephrasing.with_zones(answer, zones, overview))
    assert (changed.plan.subjects, changed.plan.attribute) == (zones, answer.plan.attribute)
    assert (changed.plan.operation, changed.plan.constraints) == (answer.plan.operation, answer.plan.constraints)
    assert changed.plan.language == answer.plan.language
    assert changed.status == "answered"


@pytest.mark.parametrize("question", [*KEPT, "一番広い区は？", "面積の小さい順に", "浦東新区の面積は？", "徐匯は14平方キロですよね", "重点は？"])
def test_every_option_of_a_chip_is_answered_about_what_it_says(assistant: Assistant, overview: Overview, question: str) -> None:
    answer = assistant.ask(question)
    history = [question]
    for name in overview.attributes:
        changed = assistant.ask(rephrasing.with_attribute(answer, name, overview), history)
        assert changed.plan.attribute == name
        assert changed.plan.subjects in (answer.plan.subjects, answer.plan.subjects or overview.zones)
        assert changed.status == "answered"
    for zone in overview.zones:
        changed = assistant.ask(rephrasing.with_zones(answer, (zone,), overview), history)
        assert changed.plan.subjects == (zone,)
        assert changed.status in ("answered", "corrected")


@pytest.mark.parametrize(
    ("question", "attribute", "operation"),
    [("一番広い区は？", "施策", "max"), ("面積の大きい順に", "施策", "rank"), ("施策が一番少ない区は？", "面積", "min")],
)
def test_an_order_goes_over_to_another_attribute(
    assistant: Assistant, overview: Overview, question: str, attribute: str, operation: str
) -> None:
    changed = assistant.ask(rephrasing.with_attribute(assistant.ask(question), attribute, overview))
    assert (changed.plan.attribute, changed.plan.operation) == (attribute, operation)


def test_words_that_are_searched_for_stay(assistant: Assistant, overview: Overview) -> None:
    answer = assistant.ask("虹口の海運に関する施策は？")
    assert rephrasing.with_zones(answer, ("宝山",), overview) == "宝山の海運に関する施策は？"
