"""Proves lists and statements: that nothing is left out of them, and that what stands against a question is so.

For `verify` alone, and none of the answering.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.answering.corroboration import check_completeness
from app.answering.evidence import Evidence, Miscomputed
from app.answering.redoing import CONTRADICTING, computes, redo, said, wordings

_STATING = frozenset({"value_of", "list_of", "list"})
Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Statement:
    """A line of an answer that states all of one attribute of one zone (None: of a document)."""

    zone: str | None
    attribute: str
    shown: list[tuple[str, str]]


def check_statements(answer: Json, evidence: Evidence) -> None:
    """Hold every list of an answer against the ledger, counted again. Raises Miscomputed."""
    statements = [found for line in _lines(answer) if (found := _statement(line, answer, evidence))]
    for statement in statements:
        _check_whole(statement, answer["plan"], evidence)
    if statements:
        _check_which(statements, answer, evidence)
    if answer["status"] == "clarify":
        _check_choices(answer, evidence)
    elif answer["status"] == "corrected":
        _check_contradiction(answer, evidence)
    elif answer["status"] == "refused":
        _check_refusal(answer, evidence)
    if not computes(answer["plan"]) or said(answer) & CONTRADICTING:
        _check_checked(answer, statements, evidence)


def _lines(answer: Json) -> list[list[Json]]:
    lines: list[list[Json]] = [[]]
    for segment in answer["segments"]:
        if segment["type"] == "label" and segment["label"] == "next:0":
            lines.append([])
        else:
            lines[-1].append(segment)
    return lines


def _statement(line: Sequence[Json], answer: Json, evidence: Evidence) -> _Statement | None:
    labels = wordings(line)
    if not labels & _STATING:
        return None
    words = [segment["text"] for segment in line if segment.get("label", "").startswith("word:")]
    zones = [evidence.zone_titled(item) for item in line if item["type"] == "quote" and not item["citations"]]
    if len(words) != 1 or len(zones) > 1 or bool(zones) == ("list" in labels) or labels - _STATING - {"word", "item"}:
        raise Miscomputed("述べていることの形が決まったものと違います")
    return _Statement(zones[0] if zones else None, words[0], _shown(line, answer))


def _shown(segments: Sequence[Json], answer: Json) -> list[tuple[str, str]]:
    cited = {citation["n"]: citation["passage_id"] for citation in answer["citations"]}
    return [(item["text"], cited[n]) for item in segments if item["type"] in ("quote", "value") for n in item["citations"]]


def _check_whole(statement: _Statement, plan: Json, evidence: Evidence) -> None:
    everything = evidence.listed(statement.attribute, statement.zone)
    places = [item[7:] for item in plan["constraints"] if item.startswith("except=")]
    nth = [item[4:] for item in plan["constraints"] if item.startswith("nth=")]
    wanted = everything
    if places:
        wanted = [item for i, item in enumerate(everything, 1) if str(i) not in places]
    elif nth and not computes(plan):
        place = int(nth[0])
        wanted = everything[place - 1 : place] if place > 0 else everything[place : place + 1 or None]
    if statement.shown != wanted:
        raise Miscomputed(f"{statement.zone or '資料'} の {statement.attribute} は {len(wanted)} 件です。挙げているものと違います")


def _check_which(statements: Sequence[_Statement], answer: Json, evidence: Evidence) -> None:
    """The statements are those of the zones and attributes that the plan asks for, all of them, in order."""
    plan = answer["plan"]
    stated = [(item.zone, item.attribute) for item in statements]
    also = [item[5:] for item in plan["constraints"] if item.startswith(("also=", "then="))]
    if computes(plan):
        zones: list[str | None] = [value.subject for value in redo(plan, evidence).picked]
        attributes = also
    elif plan["operation"] == "which" and also:
        cited = [citation["zone"] for citation in answer["citations"]]
        zones = [zone for zone in dict.fromkeys(item.zone for item in statements) if zone in cited]
        attributes = also
    elif plan["attribute"] is None:
        attributes = list(dict.fromkeys(item.attribute for item in statements))
        zones = list(plan["subjects"])
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


def _check_choices(answer: Json, evidence: Evidence) -> None:
    """What a name may stand for writes that name, and each choice is the question with it in the name's place."""
    echoes = [segment for segment in answer["segments"] if segment["type"] == "echo"]
    quotes = [item for item in answer["segments"] if item["type"] == "quote" and item["citations"]]
    if len(echoes) != 1 or len(quotes) < 2 or "ambiguous" not in said(answer):
        raise Miscomputed("聞き返す名前と、その候補が揃っていません")
    start, end = echoes[0]["start"], echoes[0]["end"]
    questions = [answer["question"][:start] + item["text"] + answer["question"][end:] for item in quotes]
    if [choice["question"] for choice in answer["choices"]] != questions:
        raise Miscomputed("選択肢の質問が、候補で言い換えたものと違います")
    for quote, choice in zip(quotes, answer["choices"], strict=True):
        zones = [zone for zone in (*evidence.names, None) if zone is None or evidence.says_of(zone, quote)]
        texts = [quote["text"] if zone is None else f"{zone}：{quote['text']}" for zone in zones]
        if choice["text"] not in texts or not evidence.shortens(echoes[0]["text"], quote["text"]):
            raise Miscomputed(f"「{quote['text']}」は「{echoes[0]['text']}」の候補ではありません")


def _check_contradiction(answer: Json, evidence: Evidence) -> None:
    """What is said to stand elsewhere is not said of the zones that the question names; a fact is told whole."""
    subjects, plan, wording = answer["plan"]["subjects"], answer["plan"], said(answer)
    against = [item for line in _lines(answer) if not wordings(line) & _STATING for item in line]
    shown = _shown(against, answer)
    if wording & {"premise_place", "premise_elsewhere"}:
        texts = {text for text, _ in shown}
        of_subjects = {fact.text for fact in evidence.facts if fact.subject in subjects}
        if len(subjects) != 1 or not shown or texts & of_subjects:
            raise Miscomputed("質問の区画について述べられていることです")
        if "premise_elsewhere" in wording:
            zones = {item["passage_id"]: item["zone"] for item in answer["citations"]}
            titles = [item for item in against if item["type"] == "quote" and not item["citations"]]
            if any(zones[passage_id] in subjects for _, passage_id in shown):
                raise Miscomputed("質問の区画の箇所を、ほかの区画のものとしています")
            if not titles or subjects[0] not in {evidence.zone_titled(item) for item in titles}:
                raise Miscomputed("質問の区画が示されていません")
    elif "premise_fact" in wording:
        words = [item["text"] for item in against if item.get("label", "").startswith("word:")]
        if len(words) != 1 or not evidence.is_of_document(words[0]) or shown != evidence.listed(words[0], None):
            raise Miscomputed(f"{words} のすべてを示していません")
    elif not computes(plan):
        raise Miscomputed("何が質問と違うのかが示されていません")


def _check_refusal(answer: Json, evidence: Evidence) -> None:
    """A name that is said to be unknown stands in no document; values that are said to be missing are."""
    for segment in answer["segments"]:
        if segment["type"] == "echo" and "name_unknown" in said(answer) and evidence.writes(segment["text"]):
            raise Miscomputed(f"「{segment['text']}」は資料に出てきます")
        if segment["type"] == "quote" and "missing_operand_of" in said(answer):
            attribute, zone = answer["plan"]["attribute"], evidence.zone_titled(segment)
            if any(fact.attribute == attribute and fact.subject == zone for fact in evidence.facts):
                raise Miscomputed(f"{zone} の {attribute} は資料にあります")


def _check_checked(answer: Json, statements: Sequence[_Statement], evidence: Evidence) -> None:
    """What an answer that computes nothing says it checked: all zones, and those that it states or quotes something of."""
    stated = answer["completeness"]
    if stated is None:
        return
    attribute = answer["plan"]["attribute"]
    zones = evidence.stating(attribute) if statements and attribute else list(evidence.names)
    matched = {item.zone for item in statements} if statements and attribute else {item["zone"] for item in answer["citations"]}
    check_completeness(stated, zones, matched)
