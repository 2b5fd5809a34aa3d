"""Proves computed segments by doing the operation again over the ledger: for `verify` alone, and none of the answering.

Exact fractions, and its own rounding; what it does not know is not proved.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from app.schema import Fact

_PICKS = ("max", "min", "nth", "rank", "compare", "filter")


class Miscomputed(Exception):
    """A computed segment that the ledger does not give."""


def check_computed(answer: Mapping[str, Any], zones: Sequence[str], facts: Sequence[Fact]) -> None:
    """Hold every computed segment of an answer against its plan done again. Raises Miscomputed.

    `zones` are all zones of the documents, `facts` the whole ledger.
    """
    segments = [segment for segment in answer["segments"] if segment["type"] == "computed"]
    plan = answer["plan"]
    if plan["operation"] == "check" and answer["status"] != "refused":
        _check_premise(answer, _values(plan, zones, facts))
    if not segments:
        return
    if plan["operation"] == "count":
        _check_count(segments, plan, zones, facts)
        return
    values = _values(plan, zones, facts)
    _check_operands(answer, segments, plan, values)
    _check_expected(answer, plan, _picked(plan, values))
    picked = [segment["text"] for segment in segments if "number" not in segment]
    expected = _picked(plan, values)
    if plan["operation"] == "compare" and picked:  # the winner is named, and then all of them in order
        expected = expected[:1] + expected
    if picked != expected:
        raise Miscomputed(f"選ばれた {picked} は、計算し直すと {expected} です")
    for segment in segments:
        if "number" in segment:
            _check_number(segment, plan, values)
    stated = answer["completeness"]
    if stated is not None:
        picks = plan["operation"] in _PICKS
        _check_completeness(stated, zones, set(_picked(plan, values)) if picks else {fact.subject for fact in values})


def _check_premise(answer: Mapping[str, Any], values: Sequence[Fact]) -> None:
    holds = [Fraction(bound[1:]) for bound in answer["plan"]["constraints"]] == [_number(values[0])]
    said = {segment["label"].split(":")[0] for segment in answer["segments"] if segment["type"] == "label"}
    right = ("answered", "check_yes") if holds else ("corrected", "check_no")
    if answer["status"] != right[0] or right[1] not in said:
        raise Miscomputed(f"質問の値は正しく{'' if holds else 'な'}いのに、そう答えていません")


def _check_count(
    segments: Sequence[Mapping[str, Any]], plan: Mapping[str, Any], zones: Sequence[str], facts: Sequence[Fact]
) -> None:
    subjects = plan["subjects"] or zones
    counted = sum(fact.attribute == plan["attribute"] and fact.subject in subjects for fact in facts)
    claimed = [(segment["op"], segment["text"], segment.get("number")) for segment in segments]
    if claimed != [("count", str(counted), float(counted))]:
        raise Miscomputed(f"数 {claimed} は、数え直すと {counted} です")


def _check_expected(answer: Mapping[str, Any], plan: Mapping[str, Any], picked: Sequence[str | None]) -> None:
    """Yes or no to a zone that the question expects at the top."""
    said = {segment["label"].split(":")[0] for segment in answer["segments"] if segment["type"] == "label"}
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
        if {cited.get(n) for n in segment["operands"]} != {fact.passage_id for fact in values}:
            raise Miscomputed(f"「{segment['text']}」の計算のもと {segment['operands']} が、数え直したものと違います")


def _picked(plan: Mapping[str, Any], values: Sequence[Fact]) -> list[str | None]:
    operation, constraints = plan["operation"], plan["constraints"]
    smallest_first = operation == "min" or "from=min" in constraints
    ranked = sorted(values, key=lambda fact: _number(fact) if smallest_first else -_number(fact))
    if operation in ("max", "min"):
        return [fact.subject for fact in ranked if _number(fact) == _number(ranked[0])]
    if operation == "nth":
        place = next(int(item[4:]) for item in constraints if item.startswith("nth="))
        return [fact.subject for fact in ranked[place - 1 : place]]
    if operation in ("rank", "compare"):
        return [fact.subject for fact in ranked]
    if operation == "filter":
        return [fact.subject for fact in ranked if all(_keeps(_number(fact), bound) for bound in constraints)]
    return []


def _keeps(value: Fraction, bound: str) -> bool:
    sign = bound[:2] if bound[1] == "=" else bound[:1]
    limit = Fraction(bound[len(sign) :])
    if sign[0] == ">":
        return value > limit or (sign == ">=" and value == limit)
    return value < limit or (sign == "<=" and value == limit)


def _check_number(segment: Mapping[str, Any], plan: Mapping[str, Any], values: Sequence[Fact]) -> None:
    operation = plan["operation"]
    numbers = sorted(map(_number, values), reverse=True)
    approximate = any(fact.approximate for fact in values)
    unit: str | None = values[0].unit
    if segment["op"] == "nth" and operation == "nth":
        result, approximate, unit = Fraction(plan["constraints"][0][4:]), False, None
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
    if expected != claimed:
        raise Miscomputed(f"「{segment['text']}」は、計算し直すと「{expected[0]}」です")


def _number(fact: Fact) -> Fraction:
    return Fraction(repr(fact.number))
