"""「…がある区は」 over the shipped corpus: exactly the zones that have it, by words anyone can look up in the text."""

from __future__ import annotations

import pytest

from app.answer import Answer
from app.answering.assistant import Assistant
from app.answering.evidence import Evidence
from app.answering.verification import verify_answer
from app.assembly import open_evidence, open_library
from app.config import Settings
from app.schema import Reading
from app.wording import label_text

ZONES = "黄浦 徐匯 虹口 楊浦 宝山 閔行 総合保税区".split()


@pytest.fixture(scope="module")
def reading(built: Settings) -> Reading:
    return open_library(built).read()


@pytest.fixture(scope="module")
def evidence(built: Settings) -> Evidence:
    return open_evidence(built)


def zones_of(answer: Answer) -> list[str | None]:
    """The zones that an answer cites, in the order of the document."""
    cited = {citation.passage.zone for citation in answer.citations}
    return [zone for zone in (*ZONES, None) if zone in cited]


# What is asked of | what the measures write that have it | the zones, read off the announcement by hand.
MEASURES = """
保税                 | 保税                              | 黄浦 閔行 総合保税区
人材                 | 人材                              | 虹口 宝山
グリーン・低炭素     | グリーン・低炭素                  | 虹口 宝山
金融                 | 金融                              | 黄浦 虹口 宝山
デジタル             | デジタル                          | 徐匯 楊浦
データ               | データ                            | 徐匯
クルーズ             | クルーズ                          | 宝山
芸術                 | 芸術                              | 黄浦
仲裁                 | 仲裁                              | 虹口
教育                 | 教育                              | 徐匯
貿易                 | 貿易                              | 楊浦
越境                 | 越境 クロスボーダー 国境を越えた  | 徐匯 虹口 楊浦 総合保税区
倉庫                 | 倉庫                              | 閔行
土地                 | 土地                              | 黄浦 総合保税区
人民元               | 人民元                            | 虹口
"""
ROWS = [[cell.split() for cell in line.split("|")] for line in MEASURES.strip().splitlines()]


@pytest.mark.parametrize("question", ["{}に関する施策がある区は", "{}に関する施策がある区はどこですか？"])
@pytest.mark.parametrize(("word", "written", "zones"), ROWS, ids=[row[0][0] for row in ROWS])
def test_the_zones_whose_measures_have_it(
    assistant: Assistant, reading: Reading, evidence: Evidence, question: str, word: list[str], written: list[str], zones: list[str]
) -> None:
    answer = assistant.ask(question.format(word[0]))
    expected = {item.passage_id for item in reading.passages if item.kind == "施策" and any(part in item.text for part in written)}
    assert zones_of(answer) == zones
    assert {citation.passage.passage_id for citation in answer.citations} == expected
    assert (answer.status, answer.reason) == ("answered", None)
    assert answer.completeness is not None
    assert (answer.completeness.checked, answer.completeness.of) == (7, 7)
    assert list(answer.completeness.matched) == zones
    assert list(answer.completeness.unmatched) == [zone for zone in ZONES if zone not in zones]
    assert verify_answer(answer.as_json(), evidence).proved


# Question | the kinds of the passages that are meant | what they write | the zones.
IN_OTHER_WORDS = """
グリーン・低炭素が重点の区はどこですか？               | 重点      | グリーン・低炭素 | 虹口 宝山
グリーン・低炭素に関する区はどこですか？               | 重点 施策 | グリーン・低炭素 | 虹口 宝山
脱炭素に関する施策がある区は？                         | 施策      | 低炭素           | 虹口 宝山
Which zones are about green and low-carbon?            | 重点 施策 | グリーン・低炭素 | 虹口 宝山
Which zones have measures about green and low-carbon?  | 施策      | グリーン・低炭素 | 虹口 宝山
哪些区涉及绿色低碳？                                   | 重点 施策 | グリーン・低炭素 | 虹口 宝山
哪些区有绿色低碳的措施？                               | 施策      | グリーン・低炭素 | 虹口 宝山
タレントに関する施策がある区は？                       | 施策      | 人材             | 虹口 宝山
Which zones have measures about bonded exhibitions?    | 施策      | 保税展示         | 黄浦
哪些区有人才的措施？                                   | 施策      | 人材             | 虹口 宝山
"""
OTHER_ROWS = [[cell.strip() for cell in line.split("|")] for line in IN_OTHER_WORDS.strip().splitlines()]


@pytest.mark.parametrize(("question", "kinds", "written", "zones"), OTHER_ROWS, ids=[row[0] for row in OTHER_ROWS])
def test_the_same_in_other_words_and_languages(
    assistant: Assistant, reading: Reading, evidence: Evidence, question: str, kinds: str, written: str, zones: str
) -> None:
    answer = assistant.ask(question)
    expected = {item.passage_id for item in reading.passages if item.kind in kinds.split() and written in item.text}
    assert zones_of(answer) == zones.split()
    assert {citation.passage.passage_id for citation in answer.citations} == expected
    assert verify_answer(answer.as_json(), evidence).proved


@pytest.mark.parametrize("question", [row[0] for row in OTHER_ROWS])
def test_it_says_that_all_zones_were_checked_in_every_language(assistant: Assistant, question: str) -> None:
    complete = assistant.ask(question).completeness
    assert complete is not None
    assert (complete.checked, complete.of) == (7, 7)
    assert list(complete.matched) == zones_of(assistant.ask(question))
    assert sorted((*complete.matched, *complete.unmatched)) == sorted(ZONES)


# ── Either of two ───────────────────────────────────────────────────────────────────────────────────────────

PAIRS = [("クルーズ", "人工知能"), ("保税", "データ"), ("教育", "データ"), ("人材", "仲裁"), ("芸術", "デジタル")]


@pytest.mark.parametrize("either", ["{}または{}", "{}、または{}", "{}もしくは{}", "{}か{}", "{}や{}", "{1}または{0}"])
@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_either_of_two_is_the_union(assistant: Assistant, one: str, other: str, either: str) -> None:
    answers = [assistant.ask(f"{asked}に関する施策がある区は") for asked in (one, other, either.format(one, other))]
    first, second, both = ({citation.passage.passage_id for citation in answer.citations} for answer in answers)
    assert both == first | second
    assert first
    assert second
    assert zones_of(answers[2]) == [zone for zone in ZONES if zone in {*zones_of(answers[0]), *zones_of(answers[1])}]
    complete = answers[2].completeness
    assert complete is not None
    assert list(complete.matched) == zones_of(answers[2])


def test_either_of_two_in_english_and_chinese(assistant: Assistant) -> None:
    for question in ("Which zones have measures about cruises or arbitration?", "哪些区有邮轮或仲裁的措施？"):
        assert zones_of(assistant.ask(question)) == ["虹口", "宝山"], question


def test_of_two_the_one_that_somebody_has_is_enough(assistant: Assistant) -> None:
    assert zones_of(assistant.ask("農業または人材に関する施策がある区は")) == ["虹口", "宝山"]


# ── Who has it not ──────────────────────────────────────────────────────────────────────────────────────────

DENIED = [
    ("仲裁に関する施策がない区はどこ？", ["虹口"]),
    ("重点に金融が入っていない区は", ["黄浦", "虹口"]),
    ("クルーズに関係しない区を挙げて", ["宝山"]),
    ("金融に触れていないのはどの区ですか", ["黄浦", "虹口", "宝山"]),
    ("Which zones have no measures about arbitration?", ["虹口"]),
    ("哪些区没有涉及仲裁？", ["虹口"]),
]


@pytest.mark.parametrize(("question", "having"), DENIED, ids=[row[0] for row in DENIED])
def test_who_has_it_not_is_told_by_who_has(assistant: Assistant, evidence: Evidence, question: str, having: list[str]) -> None:
    """The zones that are asked for are `unmatched`; that those which are quoted are the others is said first."""
    answer = assistant.ask(question)
    said = answer.as_json()
    assert answer.text.startswith(label_text("without:0", answer.plan.language) or "?")
    assert zones_of(answer) == having
    assert answer.completeness is not None
    assert list(answer.completeness.unmatched) == [zone for zone in ZONES if zone not in having]
    assert verify_answer(said, evidence).proved
    quoted = {**said, "segments": said["segments"][2:], "answer": "".join(item["text"] for item in said["segments"][2:])}
    for lie in (quoted, {**said, "completeness": None}):
        assert not verify_answer(lie, evidence).proved


@pytest.mark.parametrize("question", ["施策が少ない区は", "仲裁に関する施策がある区は", "20平方キロに満たない区は", "虹口以外で金融に触れる区は"])
def test_what_is_not_denied(assistant: Assistant, question: str) -> None:
    assert "without" not in assistant.ask(question).plan.constraints


# ── What nobody has ─────────────────────────────────────────────────────────────────────────────────────────

NOBODY = [
    "水族館に関する施策がある区は",
    "動物園に関する施策がある区はどこですか",
    "農業に関する施策がある区は",
    "野球に関する施策がある区はどこですか",
    "医療に関する施策がある区は",
    "半導体に関する施策がある区は",
    "宇宙に関する施策がある区は",
    "農業または漁業に関する施策がある区は",
    "Which zones have measures about agriculture?",
    "哪些区有农业的措施？",
    "哪些区涉及半导体？",
]


@pytest.mark.parametrize("question", NOBODY)
def test_what_nobody_has_is_refused(assistant: Assistant, evidence: Evidence, question: str) -> None:
    answer = assistant.ask(question)
    assert answer.status == "refused", answer.text
    assert (answer.citations, answer.completeness) == ((), None)
    assert verify_answer(answer.as_json(), evidence).proved


def test_a_zone_that_is_named_for_it_has_no_measure_of_it_by_that(assistant: Assistant) -> None:
    """総合保税区 has five measures, and one of them is about 保税."""
    answer = assistant.ask("保税に関する施策がある区は")
    own = [citation.passage.text for citation in answer.citations if citation.passage.zone == "総合保税区"]
    assert own == ["「保税+」ビジネスの開拓と模索"]
