"""Proves computed segments by doing the operation again over the ledger: for `verify` alone, and none of the answering.

Exact fractions, and its own rounding; what it does not know is not proved. All that an answer computes, in order, is
computed here once more, and must be the same: names, numbers, units, 約, and what each stands on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from app.answering.corroboration import corroborate
from app.answering.evidence import Evidence, Miscomputed, Number
from app.answering.redoing import CONTRADICTING, PICKS, Redone, computes, meets, operands, redo, said

# Wordings that say what was done.
_DIRECTED = [f"{name}_{end}" for name in ("nth", "rank", "compare", "position") for end in ("max", "min")]
_SAYING = frozenset(
    "filter filter_none compare_same sum mean difference ratio share count_of count_all count_zones count_matches check_yes check_no".split()
) | {name + tail for name in ("max", "min", *_DIRECTED) for tail in ("", "_count")}


@dataclass(frozen=True, slots=True)
class _Claim:
    """A computed segment as it must be; `citations` are the passages that it cites, None for the operands' own."""

    op: str
    text: str
    operands: frozenset[str]
    citations: frozenset[str] | None = None
    number: float | None = None
    unit: str | None = None
    approximate: bool = False


def check_computed(answer: Mapping[str, Any], evidence: Evidence) -> None:
    """Hold every computed segment of an answer against its plan done again. Raises Miscomputed."""
    plan = answer["plan"]
    if answer["status"] != "refused" and not set(plan["subjects"]) <= set(evidence.names):
        raise Miscomputed(f"{plan['subjects']} にはこの資料にない区画があります")
    matches = plan["operation"] == "count_matches" and "count_matches" in said(answer)
    if answer["status"] in ("refused", "clarify") or not (computes(plan) or matches) or said(answer) & CONTRADICTING:
        if any(segment["type"] == "computed" for segment in answer["segments"]) or said(answer) & _SAYING:
            raise Miscomputed(f"{plan['operation']!r} は計算ではありません")
        return
    if plan["operation"] == "count_matches":
        _check_matches(answer)
        return
    redone = redo(plan, evidence)
    expected, template = _expected(plan, redone, evidence)
    _compare(answer, expected)
    if said(answer) & _SAYING != {template}:
        raise Miscomputed(f"計算 {plan['operation']!r} の文言ではありません")
    corroborate(answer, redone, evidence)


def _expected(plan: Mapping[str, Any], redone: Redone, evidence: Evidence) -> tuple[list[_Claim], str]:
    """Every computed segment of the answer, in order, and the wording that says what was done."""
    operation, forms, values, picked = redone.operation, redone.forms, redone.values, redone.picked
    if operation == "count":
        return _expected_count(plan, values, evidence)
    few = picked and (operation == "filter" or "top" in forms)
    stands_on = picked if few else operands(redone)
    all_of_it = frozenset(id for value in stands_on for id in value.passages)
    claims: list[_Claim] = []

    def show(value: Number, *, name: bool) -> None:
        if name:
            claims.append(_Claim(operation, value.subject or "", all_of_it, value.passages))
        if value.counted:
            claims.append(_count_of(value))

    template = operation
    if operation in ("nth", "rank", "compare", "position"):
        template = f"{operation}_{forms['from'][0]}"
    if operation == "check":
        template = "check_yes" if meets(values[0].number, forms) else "check_no"
        show(values[0], name=False)
        return claims, template
    if operation == "nth":
        claims.append(_Claim("nth", forms["nth"][0], all_of_it, None, float(forms["nth"][0])))
    if operation == "filter":
        claims.append(_Claim("count", str(len(picked)), all_of_it, None, float(len(picked))))
        template = "filter" if picked else "filter_none"
    tied = operation == "compare" and len({value.number for value in picked}) == 1
    if operation == "compare" and not tied:  # the winner is named, and then all of them in order
        claims.append(_Claim(operation, picked[0].subject or "", all_of_it, picked[0].passages))
    if operation in PICKS:
        for value in picked:
            show(value, name=True)
        if values[0].counted and operation != "filter":
            template += "_count"
        return claims, "compare_same" if tied else template
    result = _place(plan, stands_on, all_of_it) if operation == "position" else _result(operation, plan, stands_on, all_of_it)
    if operation == "position" and values[0].counted:
        template += "_count"
    if operation != "ratio":
        claims.append(result)
    for value in stands_on:
        show(value, name=False)
    return ([*claims, result] if operation == "ratio" else claims), template


def _expected_count(
    plan: Mapping[str, Any], values: Sequence[Number], evidence: Evidence
) -> tuple[list[_Claim], str]:
    if plan["attribute"] is not None:
        return [_count_of(value) for value in values], "count_of" if values[0].subject else "count_all"
    zones = [name for name in evidence.names if name in evidence.first]
    return [_Claim("count", str(len(zones)), frozenset(map(evidence.first.__getitem__, zones)), None, float(len(zones)))], "count_zones"


def _count_of(value: Number) -> _Claim:
    return _Claim("count", str(int(value.number)), value.passages, None, float(value.number))


def _result(operation: str, plan: Mapping[str, Any], values: Sequence[Number], all_of_it: frozenset[str]) -> _Claim:
    numbers = [value.number for value in values]
    unit, total = values[0].unit, sum(numbers, Fraction(0))
    if operation == "sum":
        result = total
    elif operation == "mean":
        result = total / len(numbers)
    elif operation == "difference":
        result = numbers[0] - numbers[1]
    elif operation == "ratio":
        result, unit = numbers[0] / numbers[1], "倍"
    else:  # a share of all of them
        parts = [value.number for value in values if value.subject in plan["subjects"]]
        if not parts:
            raise Miscomputed("割合を求める区画がありません")
        result, unit = 100 * sum(parts, Fraction(0)) / total, "%"
    hundredths = int(result * 100 + Fraction(1, 2))
    text = f"{hundredths // 100}.{hundredths % 100:02d}".rstrip("0").rstrip(".")
    approximate = any(value.approximate for value in values)
    shown = f"{'約' if approximate else ''}{text}{unit or ''}"
    return _Claim(operation, shown, all_of_it, None, float(text), unit, approximate)


def _place(plan: Mapping[str, Any], ranked: Sequence[Number], all_of_it: frozenset[str]) -> _Claim:
    own = [value.number for value in ranked if value.subject in plan["subjects"]]
    if len(own) != 1:
        raise Miscomputed("順位を求める区画が1つに定まりません")
    place = [value.number for value in ranked].index(own[0]) + 1
    return _Claim("position", str(place), all_of_it, None, float(place))


def _check_matches(answer: Mapping[str, Any]) -> None:
    """As many as are quoted, each on a line of its own; whether they match is what the reader sees."""
    segments = [segment for segment in answer["segments"] if segment["type"] == "computed"]
    cited = [citation["n"] for citation in answer["citations"]]
    quoted = [n for item in answer["segments"] if item["type"] == "quote" for n in item["citations"]]
    right = [{"op": "count_matches", "text": str(len(cited)), "number": float(len(cited)), "operands": cited, "citations": cited}]
    claimed = [{key: segment.get(key) for key in right[0]} for segment in segments]
    if claimed != right or quoted != cited or answer["status"] != "answered" or said(answer) & (_SAYING - {"count_matches"}):
        raise Miscomputed(f"数 {[item['text'] for item in segments]} が、挙げたもの {len(quoted)} 件と違います")


def _compare(answer: Mapping[str, Any], expected: Sequence[_Claim]) -> None:
    segments = [segment for segment in answer["segments"] if segment["type"] == "computed"]
    if [segment["text"] for segment in segments] != [claim.text for claim in expected]:
        raise Miscomputed(
            f"計算された {[item['text'] for item in segments]} は、計算し直すと {[item.text for item in expected]} です"
        )
    cited = {citation["n"]: citation["passage_id"] for citation in answer["citations"]}
    for segment, claim in zip(segments, expected, strict=True):
        claimed = (segment["op"], segment.get("number"), segment.get("unit"), segment.get("approximate") or False)
        if claimed != (claim.op, claim.number, claim.unit, claim.approximate) or isinstance(segment.get("number"), bool):
            raise Miscomputed(f"「{segment['text']}」は、計算し直すと「{claim.text}」（{claim.op}）です")
        wanted = {"operands": claim.operands, "citations": claim.operands if claim.citations is None else claim.citations}
        for key, passages in wanted.items():
            numbers = segment[key]
            once = all(type(n) is int for n in numbers) and len(set(numbers)) == len(numbers)
            if not once or {cited.get(n) for n in numbers} != passages:
                raise Miscomputed(f"「{segment['text']}」の {key} {numbers} が、数え直したものと違います")
        if "approximate" in segment and not isinstance(segment["approximate"], bool):
            raise Miscomputed(f"「{segment['text']}」の約の有無が真偽ではありません")


