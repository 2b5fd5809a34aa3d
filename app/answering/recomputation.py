"""Proves computed segments by doing the operation again over the ledger: for `verify` alone, and none of the answering.

Exact fractions, and its own rounding; what it does not know is not proved.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from app.schema import Fact, Zone

_PICKS = ("max", "min", "nth", "rank", "compare", "filter")
# What the constraints of each operation look like, joined by spaces; all of them, so that none is passed over.
_CONSTRAINTS = {
    **dict.fromkeys(("max", "min", "sum", "mean", "difference", "ratio", "count"), re.compile("")),
    "nth": re.compile(r"nth=[1-9]\d* from=(?:max|min)", re.ASCII),
    **dict.fromkeys(("rank", "compare"), re.compile(r"from=(?:max|min)")),
    "filter": re.compile(r"(?:(?:^| )[<>]=?\d+(?:\.\d+)?)+", re.ASCII),
    "check": re.compile(r"=\d+(?:\.\d+)?", re.ASCII),
}
# The operations of the numbers that are computed for each; what is not here computes none.
_NUMBERS = {name: [name] for name in ("sum", "mean", "difference", "ratio", "nth", "count")} | {"filter": ["count"]}
# Wordings that say what was done.
_SAYING = frozenset(_CONSTRAINTS) - {"nth", "rank", "compare", "check"} | frozenset(
    "nth_max nth_min rank_max rank_min compare_max compare_min check_yes check_no".split()
)


class Miscomputed(Exception):
    """A computed segment that the ledger does not give."""


def check_computed(answer: Mapping[str, Any], everywhere: Sequence[Zone], facts: Sequence[Fact]) -> None:
    """Hold every computed segment of an answer against its plan done again. Raises Miscomputed.

    `everywhere` are all zones of the documents, `facts` the whole ledger. "All zones" are those of the documents that
    state the attribute at all.
    """
    stating = {fact.document for fact in facts if fact.attribute == answer["plan"]["attribute"]}
    zones = [zone.name for zone in everywhere if zone.document in stating]
    segments = [segment for segment in answer["segments"] if segment["type"] == "computed"]
    plan = answer["plan"]
    if answer["status"] != "refused":
        if not set(plan["subjects"]) <= {zone.name for zone in everywhere}:
            raise Miscomputed(f"{plan['subjects']} にはこの資料にない区画があります")
        _check_plan(answer, plan, [segment["op"] for segment in segments if "number" in segment])
    if plan["operation"] == "check" and answer["status"] != "refused":
        _check_premise(answer, _values(plan, zones, facts))
    if not segments:
        return
    if plan["operation"] == "count":
        _check_count(answer, segments, zones, facts)
        return
    values = _values(plan, zones, facts)
    _check_operands(answer, segments, plan, values)
    _check_expected(answer, plan, _picked(plan, values))
    picked = [segment["text"] for segment in segments if "number" not in segment]
    if picked and any("number" in segment for segment in segments[-len(picked) :]):
        raise Miscomputed("計算された数が、選ばれた区画の後にあります")
    expected = _picked(plan, values)
    if plan["operation"] == "compare" and picked:  # the winner is named, and then all of them in order
        expected = expected[:1] + expected
    if picked != expected:
        raise Miscomputed(f"選ばれた {picked} は、計算し直すと {expected} です")
    for segment in segments:
        if "number" in segment:
            _check_number(segment, plan, values)
        elif segment["op"] != plan["operation"] or len(segment["citations"]) != 1:
            raise Miscomputed(f"「{segment['text']}」は {plan['operation']!r} で選ばれたものではありません")
    _check_values(answer, plan, values)
    stated = answer["completeness"]
    if (stated is not None) != ({fact.subject for fact in values} == set(zones)):
        raise Miscomputed("すべての区画を確認したかどうかが、計算のもとと合いません")
    if stated is not None:
        picks = plan["operation"] in _PICKS
        _check_completeness(stated, zones, set(_picked(plan, values)) if picks else {fact.subject for fact in values})


def _check_premise(answer: Mapping[str, Any], values: Sequence[Fact]) -> None:
    holds = [Fraction(bound[1:]) for bound in answer["plan"]["constraints"]] == [_number(fact) for fact in values]
    right = ("answered", "check_yes") if holds else ("corrected", "check_no")
    if len(answer["plan"]["subjects"]) != 1 or _stated(answer) != [(values[0].passage_id, values[0].number)]:
        raise Miscomputed("質問の値を確かめた答えが、その区画の値を示していません")
    if answer["status"] != right[0] or _said(answer) & {"check_yes", "check_no"} != {right[1]}:
        raise Miscomputed(f"質問の値は正しく{'' if holds else 'な'}いのに、そう答えていません")


def _check_plan(answer: Mapping[str, Any], plan: Mapping[str, Any], numbers: Sequence[str]) -> None:
    """The plan is one that can be done again; the answer's wording is this operation's, and so are its numbers."""
    operation, constraints = plan["operation"], " ".join(plan["constraints"])
    listed = operation == "nth" and "from=" not in constraints  # a place in a list, where nothing is computed
    computed = operation in _CONSTRAINTS and not listed
    if computed and not _CONSTRAINTS[operation].fullmatch(constraints):
        raise Miscomputed(f"計算 {operation!r} の条件 {constraints!r} を知りません")
    names = {operation} if computed else set()
    if computed and operation in ("nth", "rank", "compare"):
        names = {f"{operation}_{constraints[-3:]}"}
    elif operation == "check":
        names = {"check_yes", "check_no"}
    if not _said(answer) & _SAYING <= names:
        raise Miscomputed(f"計算 {operation!r} の文言ではありません")
    if numbers != (_NUMBERS.get(operation, []) if computed else []):
        raise Miscomputed(f"計算された数 {numbers} は {operation!r} のものではありません")


def _check_values(answer: Mapping[str, Any], plan: Mapping[str, Any], values: Sequence[Fact]) -> None:
    """The values shown are those of what was picked, in order, or else all that it was computed from."""
    stated, by_subject = _stated(answer), {fact.subject: (fact.passage_id, fact.number) for fact in values}
    if plan["operation"] in _PICKS:
        right = stated == [by_subject[subject] for subject in _picked(plan, values)]
    else:
        right = set(stated) == set(by_subject.values())
    if not right:
        raise Miscomputed("示された値が、計算のもとの値と違います")


def _stated(answer: Mapping[str, Any]) -> list[tuple[str | None, float]]:
    cited = {citation["n"]: citation["passage_id"] for citation in answer["citations"]}
    values = [segment for segment in answer["segments"] if segment["type"] == "value"]
    return [(cited.get(n), segment["number"]) for segment in values for n in segment["citations"]]


def _said(answer: Mapping[str, Any]) -> set[str]:
    return {segment["label"].split(":")[0] for segment in answer["segments"] if segment["type"] == "label"}


def _check_count(
    answer: Mapping[str, Any],
    segments: Sequence[Mapping[str, Any]],
    zones: Sequence[str],
    facts: Sequence[Fact],
) -> None:
    plan = answer["plan"]
    subjects = plan["subjects"] or zones
    found = [fact for fact in facts if fact.attribute == plan["attribute"] and fact.subject in subjects]
    counted = len(found)
    claimed = [(segment["op"], segment["text"], segment.get("number"), segment.get("unit")) for segment in segments]
    if claimed != [("count", str(counted), float(counted), None)] or isinstance(claimed[0][2], bool):
        raise Miscomputed(f"数 {claimed} は、数え直すと {counted} です")
    cited = [citation["n"] for citation in answer["citations"]]
    sourced = all(segment[key] == cited for segment in segments for key in ("operands", "citations"))
    sourced = sourced and {item["passage_id"] for item in answer["citations"]} == {fact.passage_id for fact in found}
    if not sourced or answer["status"] != "answered":
        raise Miscomputed("数えたものの引用が揃っていないか、答えの状態が違います")


def _check_expected(answer: Mapping[str, Any], plan: Mapping[str, Any], picked: Sequence[str | None]) -> None:
    """Yes or no to a zone that the question expects at the top."""
    said = _said(answer)
    expects = plan["operation"] in ("max", "min", "nth") and len(plan["subjects"]) == 1
    right = "yes" if expects and plan["subjects"][0] in picked else "no"
    status = "corrected" if expects and right == "no" else "answered"
    if answer["status"] != status or (said & {"yes", "no"}) != ({right} if expects else set()):
        raise Miscomputed(f"質問の見込みに「{right}」と答えていません")


def _check_completeness(stated: Mapping[str, Any], zones: Sequence[str], matched: set[str | None]) -> None:
    expected = {
        "checked": len(zones),
        "of": len(zones),
        "matched": [zone for zone in zones if zone in matched],
        "unmatched": [zone for zone in zones if zone not in matched],
    }
    if dict(stated) != expected:
        raise Miscomputed(f"確認した区画 {dict(stated)} は、数え直すと {expected} です")


def _values(plan: Mapping[str, Any], zones: Sequence[str], facts: Sequence[Fact]) -> list[Fact]:
    values = []
    over_all = plan["operation"] in ("max", "min", "nth") and len(plan["subjects"]) == 1
    for zone in zones if over_all else plan["subjects"] or zones:
        found = [fact for fact in facts if (fact.subject, fact.attribute) == (zone, plan["attribute"])]
        if len(found) != 1 or found[0].number is None:
            raise Miscomputed(f"{zone} の {plan['attribute']} が1つに定まりません")
        values.append(found[0])
    return values


def _check_operands(
    answer: Mapping[str, Any],
    segments: Sequence[Mapping[str, Any]],
    plan: Mapping[str, Any],
    values: Sequence[Fact],
) -> None:
    cited = {citation["n"]: citation["passage_id"] for citation in answer["citations"]}
    if plan["operation"] == "filter":  # it stands on what matches; that nothing does, on everything
        matches = _picked(plan, values)
        values = [fact for fact in values if fact.subject in matches] or values
    for segment in segments:
        operands = segment["operands"]
        once = all(type(n) is int for n in operands) and len(set(operands)) == len(operands)
        if not once or {cited.get(n) for n in operands} != {fact.passage_id for fact in values}:
            raise Miscomputed(f"「{segment['text']}」の計算のもと {segment['operands']} が、数え直したものと違います")


def _picked(plan: Mapping[str, Any], values: Sequence[Fact]) -> list[str | None]:
    operation, constraints = plan["operation"], plan["constraints"]
    smallest_first = operation == "min" or "from=min" in constraints
    ranked = sorted(values, key=lambda fact: _number(fact) if smallest_first else -_number(fact))
    if operation in ("max", "min"):
        return [fact.subject for fact in ranked if _number(fact) == _number(ranked[0])]
    if operation == "nth":
        place = _place(plan)
        return [fact.subject for fact in ranked[place - 1 : place]]
    if operation in ("rank", "compare"):
        return [fact.subject for fact in ranked]
    if operation == "filter":
        return [fact.subject for fact in ranked if all(_keeps(_number(fact), bound) for bound in constraints)]
    return []


def _place(plan: Mapping[str, Any]) -> int:
    return next(int(item[4:]) for item in plan["constraints"] if item.startswith("nth="))


def _keeps(value: Fraction, bound: str) -> bool:
    sign = bound[:2] if bound[1] == "=" else bound[:1]
    limit = Fraction(bound[len(sign) :])
    if sign[0] == ">":
        return value > limit or (sign == ">=" and value == limit)
    return value < limit or (sign == "<=" and value == limit)


def _check_number(segment: Mapping[str, Any], plan: Mapping[str, Any], values: Sequence[Fact]) -> None:
    operation = plan["operation"]
    if segment["citations"] != segment["operands"]:
        raise Miscomputed(f"「{segment['text']}」の引用が、計算のもとと違います")
    numbers = sorted(map(_number, values), reverse=True)
    approximate = any(fact.approximate for fact in values)
    unit: str | None = values[0].unit
    if segment["op"] == "nth" and operation == "nth":
        result, approximate, unit = Fraction(_place(plan)), False, None
    elif segment["op"] == "count" and operation in _PICKS:
        result, approximate, unit = Fraction(len(_picked(plan, values))), False, None
    elif segment["op"] != operation:
        raise Miscomputed(f"計算 {segment['op']!r} は質問の {operation!r} と違います")
    elif operation == "sum":
        result = sum(numbers, Fraction(0))
    elif operation == "mean":
        result = sum(numbers, Fraction(0)) / len(numbers)
    elif operation == "difference" and len(numbers) == 2:
        result = numbers[0] - numbers[1]
    elif operation == "ratio" and len(numbers) == 2:
        result, unit = numbers[0] / numbers[1], "倍"
    else:
        raise Miscomputed(f"計算 {operation!r} は証明のしかたを知りません")
    hundredths = int(result * 100 + Fraction(1, 2))
    text = f"{hundredths // 100}.{hundredths % 100:02d}".rstrip("0").rstrip(".")
    expected = (f"{'約' if approximate else ''}{text}{unit or ''}", float(text), unit, approximate)
    claimed = (segment["text"], segment["number"], segment.get("unit"), segment.get("approximate", False))
    if expected != claimed or isinstance(segment["number"], bool) or not isinstance(claimed[3], bool):
        raise Miscomputed(f"「{segment['text']}」は、計算し直すと「{expected[0]}」です")


def _number(fact: Fact) -> Fraction:
    return Fraction(repr(fact.number))
