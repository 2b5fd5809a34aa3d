"""What a computed answer says around its computed segments: the values, yes or no, and what it has checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from app.answering.evidence import Evidence, Miscomputed
from app.answering.redoing import PICKS, Redone, meets, operands, said


def corroborate(answer: Mapping[str, Any], redone: Redone, evidence: Evidence) -> None:
    """Hold what an answer says around what it computed against its plan done again. Raises Miscomputed."""
    _check_shown(answer, redone)
    _check_verdict(answer, redone)
    _check_completeness(answer, redone, evidence)


def _check_shown(answer: Mapping[str, Any], redone: Redone) -> None:
    """The values shown are those of what was picked, in order, or else all that it was computed from."""
    if redone.operation == "count" or redone.values[0].counted:
        return
    cited = {citation["n"]: citation["passage_id"] for citation in answer["citations"]}
    stated = [
        (cited.get(n), segment["number"])
        for segment in answer["segments"]
        if segment["type"] == "value"
        for n in segment["citations"]
    ]
    shown = redone.picked if redone.operation in PICKS else operands(redone)
    expected = [(next(iter(value.passages)), float(value.stated or value.number)) for value in shown]
    if stated[: len(expected)] != expected or (len(stated) > len(expected) and "then" not in redone.forms):
        raise Miscomputed("示された値が、計算のもとの値と違います")


def _check_verdict(answer: Mapping[str, Any], redone: Redone) -> None:
    """Yes or no to what the question expects, and the status to fit it."""
    plan, operation, forms, values = answer["plan"], redone.operation, redone.forms, redone.values
    holds: bool | None = None
    if operation in ("max", "min", "nth") and len(plan["subjects"]) == 1:
        holds = plan["subjects"][0] in [value.subject for value in redone.picked]
    elif "claim" in forms:
        by_subject = {value.subject: value.number for value in values}
        first, second = (by_subject[zone] for zone in plan["subjects"])
        holds = {">": first > second, "<": first < second, "=": first == second}[forms["claim"][0]]
    elif operation == "check":
        holds = meets(values[0].number, forms)
    elif operation in ("ratio", "count") and "bound" in forms:
        holds = all(meets(value, forms) for value in _computed(answer, operation))
    elif "stated" in forms and operation != "filter":
        holds = all(meets(value, {"stated": forms["stated"]}) for value in _computed(answer, operation))
    words = {True: {"yes"}, False: {"no"}, None: set()}[None if operation == "check" else holds]
    status = "corrected" if holds is False else "answered"
    if answer["status"] != status or said(answer) & {"yes", "no"} != words:
        raise Miscomputed(f"質問の見込みに正しく答えていません（計算し直すと {holds}）")


def _computed(answer: Mapping[str, Any], operation: str) -> list[Fraction]:
    """The numbers that an answer computed, which the question may have stated."""
    numbers = [segment["number"] for segment in answer["segments"] if segment["type"] == "computed" and "number" in segment]
    numbers = numbers[-1:] if operation == "ratio" else numbers if operation == "count" else numbers[:1]
    return [Fraction(repr(number)) for number in numbers]


def _check_completeness(answer: Mapping[str, Any], redone: Redone, evidence: Evidence) -> None:
    stated, operation, plan = answer["completeness"], redone.operation, answer["plan"]
    zones = list(evidence.names) if operation == "count" else evidence.stating(plan["attribute"])
    if operation == "count":
        complete, matched = plan["attribute"] is None, set[str | None](zones)
    else:
        complete = operation not in ("share", "position") and [value.subject for value in redone.values] == zones and operation != "check"
        matched = {value.subject for value in (redone.picked if operation in PICKS else redone.values)}
    if (stated is not None) != complete:
        raise Miscomputed("すべての区画を確認したかどうかが、計算のもとと合いません")
    if stated is not None:
        check_completeness(stated, zones, matched)


def check_completeness(stated: Mapping[str, Any], zones: Sequence[str], matched: set[str | None]) -> None:
    """Hold what an answer says that it checked against the zones that there are. Raises Miscomputed."""
    expected = {
        "checked": len(zones),
        "of": len(zones),
        "matched": [zone for zone in zones if zone in matched],
        "unmatched": [zone for zone in zones if zone not in matched],
    }
    if dict(stated) != expected:
        raise Miscomputed(f"確認した区画 {dict(stated)} は、数え直すと {expected} です")
