"""Proves what is stated, quoted, asked back or refused: every line told again, nothing left out, nothing against the plan.

For `verify` alone, and none of the answering.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.answering.corroboration import check_completeness
from app.answering.evidence import Evidence, Miscomputed
from app.answering.redoing import CONTRADICTING, computes, redo, said, wordings
from app.answering.telling import Teller, as_told, head, hold, lines, states
from app.schema import Fact, Passage

# The wordings of a refusal by its reason.
_REFUSING = {
    "name_unknown": {"name_unknown", "not_in_document"},
    "attribute_absent": {"attribute_absent", "attribute_absent_of", "attribute_absent_part", "not_in_document"},
    "missing_operand": {"missing_operand", "missing_operand_of"},
    "not_in_document": {"not_in_document"},
    "out_of_scope": {"out_of_scope"},
}
_OPERATIONS = frozenset("look_up list search which describe name nth count_matches".split())
Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Statement:
    """A line of an answer that states all of one attribute of one zone (None: of a document)."""

    zone: str | None
    attribute: str


def check_statements(answer: Json, evidence: Evidence) -> None:
    """Hold all that an answer says without computing it against the documents and its plan. Raises Miscomputed."""
    plan, teller = answer["plan"], Teller(evidence, answer["language"])
    if plan["attribute"] is not None and plan["attribute"] not in evidence.attributes:
        raise Miscomputed(f"{plan['attribute']!r} という項目はありません")
    if not computes(plan) and plan["operation"] not in _OPERATIONS:
        raise Miscomputed(f"{plan['operation']!r} という演算はありません")
    if answer["status"] == "refused":
        _check_refusal(answer, evidence, teller)
        return
    if answer["status"] == "clarify":
        _check_choices(answer, evidence, teller)
        return
    told = lines(answer)
    computed = (computes(plan) or "count_matches" in said(answer)) and not said(answer) & CONTRADICTING
    first = len(lines({"segments": head(answer)})) if computed and head(answer) else 0
    if "without" in plan["constraints"]:  # what has it is quoted, all zones were looked at
        hold(as_told(answer, told[0]), teller.fill("without"))
        if answer["completeness"] is None or len(told) == 1:
            raise Miscomputed("どの区画に記載がないのかが示されていません")
        first = 1
    statements = []
    for line in told[first:]:
        if states(line):
            statements.append(_statement(line, evidence))
            sources = _wanted(statements[-1], plan, evidence)
            if not sources:
                raise Miscomputed(f"{statements[-1]} は資料にありません")
            hold(as_told(answer, line), teller.statement(statements[-1].zone, statements[-1].attribute, sources))
        elif computed:
            raise Miscomputed("計算の答えに、ほかのことが書かれています")
        elif answer["status"] == "corrected":
            _check_contradiction(line, answer, evidence, teller)
        else:
            hold(as_told(answer, line), teller.passage(_only_passage(line, answer, evidence), "zone_passage"))
    quoted = [line for line in told[first:] if not states(line)]
    if any(line in quoted[:i] for i, line in enumerate(quoted)):
        raise Miscomputed("同じ箇所を2度挙げています")
    if answer["status"] == "corrected" and not computed and len(quoted) != 1:
        raise Miscomputed("何が質問と違うのかが示されていません")
    asked = plan["operation"] == "look_up" and evidence.is_of_document(plan["attribute"])
    if answer["status"] == "answered" and asked and not statements:
        raise Miscomputed(f"{plan['attribute']} を述べていません")
    if statements and statements[0].zone is None and answer["status"] == "answered" and not computed:
        nth = any(item.startswith("nth=") for item in plan["constraints"])
        announced = None if nth else evidence.announced(statements[0].attribute)
        expected = [] if announced is None else [teller.passage(announced, "zone_passage")]
        if [as_told(answer, line) for line in told[:-1]] != expected:
            raise Miscomputed("資料が列挙の前に述べていることを、その前に示していません")
    if statements or (computed and computes(plan)):
        _check_which(statements, answer, evidence)
    if not computes(plan) or said(answer) & CONTRADICTING:
        _check_checked(answer, statements, evidence)


# ── Statements ──────────────────────────────────────────────────────────────────────────────────────────────────


def _statement(line: Sequence[Json], evidence: Evidence) -> _Statement:
    words = [segment["label"][5:] for segment in line if segment.get("label", "").startswith("word:")]
    zones = [evidence.zone_titled(item) for item in line if item["type"] == "quote" and not item["citations"]]
    if len(words) != 1 or len(zones) > 1 or bool(zones) == ("list" in wordings(line)):
        raise Miscomputed("述べていることの形が決まったものと違います")
    return _Statement(zones[0] if zones else None, words[0])


def _wanted(statement: _Statement, plan: Json, evidence: Evidence) -> Sequence[Fact | Passage]:
    everything = evidence.listed(statement.attribute, statement.zone)
    places = [item[7:] for item in plan["constraints"] if item.startswith("except=")]
    nth = [item[4:] for item in plan["constraints"] if item.startswith("nth=")]
    if places:
        return [item for i, item in enumerate(everything, 1) if str(i) not in places and isinstance(item, Fact)]
    if nth and not computes(plan):
        place = int(nth[0])
        return everything[place - 1 : place] if place > 0 else everything[place : place + 1 or None]
    return everything


def _check_which(statements: Sequence[_Statement], answer: Json, evidence: Evidence) -> None:
    """The statements are those of the zones and attributes that the plan asks for, all of them, in order."""
    plan = answer["plan"]
    stated = [(item.zone, item.attribute) for item in statements]
    also = [item[5:] for item in plan["constraints"] if item.startswith(("also=", "then="))]
    if computes(plan) and not said(answer) & CONTRADICTING:
        zones: list[str | None] = [value.subject for value in redo(plan, evidence).picked]
        attributes = [item[5:] for item in plan["constraints"] if item.startswith("then=")]
    elif plan["operation"] == "which" and also:
        cited = [citation["zone"] for citation in answer["citations"]]
        zones = [zone for zone in dict.fromkeys(item.zone for item in statements) if zone in cited]
        attributes = also
    elif plan["attribute"] is None:
        zones, attributes = list(plan["subjects"]), evidence.kinds
    else:
        attributes = [*also, plan["attribute"]]
        without = [item[4:] for item in plan["constraints"] if item.startswith("not=")]
        everywhere: list[str | None] = [zone for zone in evidence.stating(plan["attribute"]) if zone not in without]
        zones = [None] if evidence.is_of_document(plan["attribute"]) else list(plan["subjects"]) or everywhere
    nth = [abs(int(item[4:])) for item in plan["constraints"] if item.startswith("nth=")] if not computes(plan) else []
    least = nth[0] if nth else 1
    expected = [(zone, name) for zone in zones for name in attributes if len(evidence.listed(name, zone)) >= least]
    if stated != expected:
        raise Miscomputed(f"述べている {stated} は、質問の {expected} と違います")


def _check_checked(answer: Json, statements: Sequence[_Statement], evidence: Evidence) -> None:
    """What an answer that computes nothing says it checked: all zones, and those that it states or quotes something of."""
    stated = answer["completeness"]
    if stated is None:
        return
    attribute = answer["plan"]["attribute"]
    zones = evidence.stating(attribute) if statements and attribute else list(evidence.names)
    matched = {item.zone for item in statements} if statements and attribute else {item["zone"] for item in answer["citations"]}
    check_completeness(stated, zones, matched)


# ── What is quoted, and what stands against the question ────────────────────────────────────────────────────────


def _cited(line: Sequence[Json], answer: Json, evidence: Evidence) -> list[Passage]:
    """The passages that a line cites, in order."""
    cited = {citation["n"]: citation["passage_id"] for citation in answer["citations"]}
    return [evidence.passages[cited[n]] for item in line for n in item["citations"]]


def _only_passage(line: Sequence[Json], answer: Json, evidence: Evidence) -> Passage:
    passages = _cited(line, answer, evidence)
    if len(passages) != 1:
        raise Miscomputed(f"一行に {len(passages)} 箇所が引かれています")
    return passages[0]


def _check_contradiction(line: Sequence[Json], answer: Json, evidence: Evidence, teller: Teller) -> None:
    """What is said to stand elsewhere is not said of the zone that the question names; a fact is told whole."""
    subjects, wording, told = answer["plan"]["subjects"], wordings(line) & CONTRADICTING, as_told(answer, line)
    if wording == {"premise_fact"}:
        words = [item["label"][5:] for item in line if item.get("label", "").startswith("word:")]
        facts = evidence.listed(words[0], None) if evidence.is_of_document(words[0]) else []
        items = teller.items(map(teller.source, facts))
        hold(told, teller.fill("premise_fact", word=teller.word(words[0]), items=items))
        return
    if len(wording) != 1 or len(subjects) != 1:
        raise Miscomputed("何が質問と違うのかが示されていません")
    passages = _cited(line, answer, evidence)
    if wording == {"premise_place"}:
        texts = [item["text"] for item in line if item["citations"]]
        found = [fact for fact in evidence.facts if fact.text in texts and fact.passage_id == passages[0].passage_id]
        if len(found) != 1 or found[0].text in {fact.text for fact in evidence.facts if fact.subject in subjects}:
            raise Miscomputed("質問の区画について述べられていることです")
        parts = {"zone": teller.title(found[0].subject), "word": teller.word(found[0].attribute)}
        hold(told, teller.fill("premise_place", **parts, value=teller.source(found[0])))
        return
    if not passages or any(passage.zone in subjects or evidence.states_of(subjects[0], passage.passage_id) for passage in passages):
        raise Miscomputed("質問の区画の箇所を、ほかの区画のものとしています")
    items = [segment for passage in passages for segment in teller.passage(passage, "passage_item")]
    hold(told, teller.fill("premise_elsewhere", zone=teller.title(subjects[0]), items=items))


# ── Choices and refusals ────────────────────────────────────────────────────────────────────────────────────────


def _only_echo(answer: Json) -> Json:
    echoes: list[Json] = [segment for segment in answer["segments"] if segment["type"] == "echo"]
    if len(echoes) != 1:
        raise Miscomputed("質問の言葉がちょうど1つ示されていません")
    return echoes[0]


def _check_choices(answer: Json, evidence: Evidence, teller: Teller) -> None:
    """All that a name may stand for is told, and each choice is the question with it in the name's place."""
    echo = _only_echo(answer)
    facts = evidence.called(echo["text"], answer["plan"]["subjects"])
    if len(facts) < 2:
        raise Miscomputed(f"「{echo['text']}」に当たるものは {len(facts)} 件です")
    items = []
    for fact in facts:
        template, zone = "zone_value" if fact.subject else "item", teller.title(fact.subject, fact.document)
        items += teller.fill(template, zone=zone, value=teller.source(fact))
    told = teller.fill("ambiguous", echo=teller.echo(echo["text"], echo["start"]), items=items)
    hold(as_told(answer, answer["segments"]), told)
    before, after = answer["question"][: echo["start"]], answer["question"][echo["end"] :]
    choices = [
        {"text": f"{fact.subject}：{fact.text}" if fact.subject else fact.text, "question": before + fact.text + after}
        for fact in facts
    ]
    if answer["choices"] != choices:
        raise Miscomputed("選択肢が、候補で言い換えた質問と違います")


def _check_refusal(answer: Json, evidence: Evidence, teller: Teller) -> None:
    """A name that is said to be unknown stands in no document; values that are said to be missing are."""
    plan = answer["plan"]
    template = str(answer["segments"][0].get("label", "") if answer["segments"] else "").partition(":")[0]
    if answer["segments"] and answer["segments"][0]["type"] != "label":  # a wording that begins with what is asked about
        template = next(iter(wordings(answer["segments"]) - {"word", "item"}), "")
    if template not in _REFUSING[answer["reason"]]:
        raise Miscomputed("断りの文言が、その理由のものではありません")
    parts: dict[str, Any] = {}
    if template in ("name_unknown", "attribute_absent", "attribute_absent_of", "attribute_absent_part"):
        echo = _only_echo(answer)
        parts["echo"] = teller.echo(echo["text"], echo["start"])
        _check_missing(echo["text"], template, plan, evidence)
    if template == "attribute_absent_of":
        (zone,) = plan["subjects"]
        parts["zone"] = teller.title(zone)
    if template == "attribute_absent_part":
        parts["word"] = teller.word(plan["attribute"] or "")
    if template == "missing_operand_of":
        zones = [evidence.zone_titled(item) for item in answer["segments"] if item["type"] == "quote"]
        having = {fact.subject for fact in evidence.facts if fact.attribute == plan["attribute"]}
        if not zones or having & set(zones):
            raise Miscomputed(f"{zones} の {plan['attribute']} は資料にあります")
        parts["items"] = teller.items(map(teller.title, zones))
    hold(as_told(answer, answer["segments"]), teller.fill(template, **parts))


def _check_missing(text: str, template: str, plan: Json, evidence: Evidence) -> None:
    """What is said to be missing is: the name is written nowhere, the attribute stated of no zone that is spoken of."""
    if template == "name_unknown" and evidence.writes(text):
        raise Miscomputed(f"「{text}」は資料に出てきます")
    subjects = {text} if template == "attribute_absent_part" else set(plan["subjects"])
    asked = {plan["attribute"]} if template == "attribute_absent_part" else evidence.worded(text)
    stated = [fact for fact in evidence.facts if fact.attribute in asked and (fact.subject in subjects or not subjects)]
    if stated:
        raise Miscomputed(f"「{text}」は資料に述べられています")
