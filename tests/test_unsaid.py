"""What only sounds like something that the announcement says is refused, and its twin that it does say is answered.

Each pair stands for one rule, which its comment names; every answer is proved.
"""

from __future__ import annotations

import pytest

from app.answering.assistant import Assistant
from app.answering.evidence import Evidence
from app.answering.verification import verify_answer
from app.assembly import open_evidence
from app.config import Settings


@pytest.fixture(scope="module")
def evidence(built: Settings) -> Evidence:
    return open_evidence(built)


UNSAID = [
    "宝山では養殖は広がりますか",  # a verb is no noun for a size: 広がり
    "徐匯 テーマパーク",  # テーマ is part of a word
    "新しい薬の承認が早い区はどこですか",  # what is approved here is a drug
    "閔行では映画館の許可は出ますか",
    "医療データの流通を進める区は？",  # one word of the phrase is unknown
    "看護人材の育成はどの区？",
    "芸術家の年金を整える区は？",
    "徐匯のデータ流通の成果を数字で教えて",  # a detail that is asked for
    "前海と黄浦の重点を比べて",  # a name of two ideographs that the dictionary does not know
    "上海市そのものの面積は？",  # a measure of something that is no zone
    "Which zones have measures about hospitals?",
    "哪些区涉及生物医药？",
    "戸籍などの行政手続きを変える区はどこ",  # などの is not どの
]
# The question | the passages that answer it.
SAID = [
    ("宝山ではクルーズの人材は広がりますか", {"宝山/施策/3"}),
    ("データの流通を進める区は？", {"徐匯/施策/3"}),
    ("クルーズ人材の育成はどの区？", {"宝山/施策/3"}),
    ("芸術機関の管理を整える区は？", {"黄浦/施策/4"}),
    ("インキュベーターの整備はどこ？", {"徐匯/施策/5"}),  # what is done is done by somebody, in whatever words
    ("6+1のどこかに、倉庫の機能を広げる取り組みはありますか", {"閔行/施策/2"}),  # where to look, not what is asked
    ("倉庫や農園の機能拡大をする区は？", {"閔行/施策/2"}),
    ("Which zones have measures about arbitration?", {"虹口/施策/1"}),
    ("哪些区涉及仲裁？", {"虹口/施策/1"}),
]


@pytest.mark.parametrize("question", UNSAID)
def test_what_only_sounds_alike_is_refused(assistant: Assistant, evidence: Evidence, question: str) -> None:
    answer = assistant.ask(question)
    assert (answer.status, answer.citations) == ("refused", ()), answer.text
    assert verify_answer(answer.as_json(), evidence).proved


@pytest.mark.parametrize(("question", "cited"), SAID, ids=[row[0] for row in SAID])
def test_what_is_said_is_answered(assistant: Assistant, evidence: Evidence, question: str, cited: set[str]) -> None:
    answer = assistant.ask(question)
    assert answer.status == "answered", answer.text
    assert {item.passage.passage_id.partition("#")[2] for item in answer.citations} == cited
    assert verify_answer(answer.as_json(), evidence).proved


def test_a_verb_is_no_name_that_the_document_lacks(assistant: Assistant) -> None:
    answer = assistant.ask("面積の賞品をどの区に渡す？")
    assert (answer.status, answer.reason) == ("refused", "not_in_document"), answer.text


def test_words_that_say_no_more_than_the_attribute_ask_for_all_of_it(assistant: Assistant) -> None:
    """温める is no topic of any measure: all five."""
    answer = assistant.ask("黄浦が温めている施策は？")
    assert len(answer.citations) == 5
    assert answer.text.startswith("黄浦の施策：")
