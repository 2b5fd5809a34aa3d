"""A plan done again over the documents: its constraints understood, the numbers looked up, the zones picked.

For the proof of computed answers alone. Exact fractions; what it does not know is an error.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from app.answering.evidence import Evidence, Miscomputed, Number

PICKS = ("max", "min", "nth", "rank", "compare", "filter")
# Wordings that tell what is so instead of what the question takes for granted.
CONTRADICTING = frozenset({"premise_place", "premise_elsewhere", "premise_fact"})
_FORMS = {
    "by": re.compile(r"by=count"),
    "then": re.compile(r"then=.+"),
    "where": re.compile(r"where=[^<>=]+(?:[<>]=?|=)(?:\d+(?:\.\d+)?|mean)", re.ASCII),
    "nth": re.compile(r"nth=[1-9]\d*", re.ASCII),
    "from": re.compile(r"from=(?:max|min)"),
    "top": re.compile(r"top=[1-9]\d*", re.ASCII),
    "claim": re.compile(r"claim=[<>=]"),
    "of": re.compile(r"of=ends"),
    "than": re.compile(r"than=.+"),
    "expected": re.compile(r"expected=(?:all|[<>]=?\d+(?:\.\d+)?)", re.ASCII),
    "stated": re.compile(r"=\d+(?:\.\d+)?", re.ASCII),
    "bound": re.compile(r"[<>]=?(?:\d+(?:\.\d+)?|mean)", re.ASCII),
}
# What each operation may be constrained by, what it must be, in this order of the alternatives.
_ALLOWED = {
    **dict.fromkeys(("max", "min"), "by then where"),
    "nth": "by nth from then where",
    "rank": "by from top then where",
    "compare": "by from claim then",
    "filter": "by stated bound than then where expected",
    **dict.fromkeys(("sum", "mean"), "by stated bound from top then where expected"),
    "ratio": "by stated bound of",
    "difference": "by stated of expected",
    "share": "by",
    "position": "by from stated",
    "count": "by stated bound",
    "check": "by stated bound",
}
_REQUIRED = {"position": ("from",), "nth": ("nth", "from"), "rank": ("from",), "compare": ("from",)}


@dataclass(frozen=True, slots=True)
class Redone:
    """A plan's constraints by their kind, the numbers that it is about, those that it picks, in order, and the zones that
    it names."""

    operation: str
    attribute: str | None
    forms: Mapping[str, Sequence[str]]
    values: Sequence[Number]
    picked: Sequence[Number]
    subjects: Sequence[str]


def computes(plan: Mapping[str, Any]) -> bool:
    """Whether a plan computes: a place in a list, where nothing is counted or compared, does not."""
    listed = plan["operation"] == "nth" and not any(item.startswith("from=") for item in plan["constraints"])
    return plan["operation"] in _ALLOWED and not listed


def redo(plan: Mapping[str, Any], evidence: Evidence) -> Redone:
    """Do the plan again. Raises Miscomputed where it cannot be done."""
    forms = _forms(plan)
    values = _values(plan, forms, evidence)
    meant = [value for value in values if all(_is_meant(value, where, evidence) for where in forms.get("where", ()))]
    if plan["operation"] != "filter":
        values = meant
    if plan["operation"] in ("sum", "mean"):
        if "top" in forms:
            smallest = forms.get("from") == ["min"]
            values = sorted(values, key=lambda value: value.number if smallest else -value.number)[: int(forms["top"][0])]
        values = [value for value in values if meets(value.number, {"bound": forms.get("bound", [])}, values)]
    if not values and not (plan["operation"] == "count" and plan["attribute"] is None):
        raise Miscomputed("計算する値がありません")
    picked = [value for value in _picked(plan, forms, values) if value in meant]
    return Redone(plan["operation"], plan["attribute"], forms, values, picked, plan["subjects"])


def _forms(plan: Mapping[str, Any]) -> dict[str, list[str]]:
    """The constraints by their kind, each what follows its sign. Raises Miscomputed for any that this is none of."""
    operation = plan["operation"]
    forms: dict[str, list[str]] = {}
    for item in plan["constraints"]:
        kind = next((name for name in _ALLOWED[operation].split() if _FORMS[name].fullmatch(item)), None)
        if kind is None or (kind in forms and (kind != "bound" or len(forms[kind]) > 1) and kind not in ("then", "where")):
            raise Miscomputed(f"計算 {operation!r} の条件 {item!r} を知りません")
        forms.setdefault(kind, []).append(item if kind == "bound" else item.partition("=")[2])
    bounds = len(forms.get("bound", ())) + len(forms.get("stated", ()))
    missing = [name for name in _REQUIRED.get(operation, ()) if name not in forms]
    if missing or (operation == "filter" and not bounds) or (operation == "check" and bounds != 1):
        raise Miscomputed(f"計算 {operation!r} の条件が足りません")
    return forms


def _values(plan: Mapping[str, Any], forms: Mapping[str, Sequence[str]], evidence: Evidence) -> list[Number]:
    operation, attribute, subjects = plan["operation"], plan["attribute"], plan["subjects"]
    counts = "by" in forms or operation == "count"
    if operation == "count" and attribute is None:
        return []
    if counts and evidence.is_of_document(attribute):
        return [evidence.number(attribute, None, counts=True)]
    over_all = operation in ("share", "position") or is_one_of_all(operation, forms, subjects)
    zones = evidence.stating(attribute)
    values = [evidence.number(attribute, zone, counts=counts) for zone in (zones if over_all else subjects or zones)]
    if not values or (operation == "check" and len(values) != 1):
        raise Miscomputed(f"{attribute} を計算する区画が定まりません")
    for than in forms.get("than", ()):
        number = evidence.number(attribute, than, counts=counts).number
        if [Fraction(bound.lstrip("<>=")) for bound in forms.get("bound", ())] != [number]:
            raise Miscomputed(f"{than} の値と比べていません")
    return values


def is_one_of_all(operation: str, forms: Mapping[str, Sequence[str]], subjects: Sequence[str]) -> bool:
    """Whether one zone is asked about that is held against all of them."""
    of_mean = operation == "filter" and any(bound.endswith("mean") for bound in forms.get("bound", ()))
    return len(subjects) == 1 and (of_mean or operation in ("max", "min", "nth"))


def _is_meant(value: Number, where: str, evidence: Evidence) -> bool:
    """Whether a zone keeps a bound of another attribute, of its value or of how many it has: `施策>=5`."""
    attribute = re.split("[<>=]", where, maxsplit=1)[0]
    counts = not evidence.attributes[attribute].measured
    numbers = [evidence.number(attribute, zone, counts=counts) for zone in evidence.stating(attribute)]
    own = next(number for number in numbers if number.subject == value.subject)
    bound = where[len(attribute) :]
    forms = {"stated": [bound[1:]]} if bound[0] == "=" else {"bound": [bound]}
    return meets(own.number, forms, numbers)


def _picked(plan: Mapping[str, Any], forms: Mapping[str, Sequence[str]], values: Sequence[Number]) -> list[Number]:
    operation = plan["operation"]
    smallest_first = operation == "min" or forms.get("from") == ["min"]
    ranked = sorted(values, key=lambda value: value.number if smallest_first else -value.number)
    if operation in ("max", "min"):
        return [value for value in ranked if value.number == ranked[0].number]
    if operation == "nth":
        place = ranked[int(forms["nth"][0]) - 1 :][:1]
        return [value for value in ranked if place and value.number == place[0].number]
    if operation in ("rank", "compare"):
        return ranked[: int(forms["top"][0])] if "top" in forms else ranked
    if operation == "filter":
        return [value for value in ranked if meets(value.number, forms, values)]
    return list(values) if operation in ("sum", "mean") and "then" in forms else []


def operands(redone: Redone) -> list[Number]:
    """What the operation stands on, in the order in which it is shown."""
    if redone.operation in ("difference", "ratio"):
        ranked = sorted(redone.values, key=lambda value: -value.number)
        ranked = [ranked[0], ranked[-1]] if "of" in redone.forms else ranked
        if len(ranked) != 2:
            raise Miscomputed(f"{redone.operation!r} は2つの値の計算です")
        return ranked
    if redone.operation == "position":
        return sorted(redone.values, key=lambda value: value.number if redone.forms["from"] == ["min"] else -value.number)
    if redone.operation == "share":  # the part first, and then the others
        return sorted(redone.values, key=lambda value: (*redone.subjects, value.subject).index(value.subject))
    return list(redone.values)


def said(answer: Mapping[str, Any]) -> set[str]:
    """The names of the wordings that an answer holds."""
    return wordings(answer["segments"])


def wordings(segments: Sequence[Mapping[str, Any]]) -> set[str]:
    """The names of the wordings among some segments."""
    return {segment["label"].split(":")[0] for segment in segments if segment["type"] == "label"}


def meets(value: Fraction, forms: Mapping[str, Sequence[str]], values: Sequence[Number] = ()) -> bool:
    """Whether a number keeps all bounds (`mean` is that of `values`) and is every number stated."""
    return all(_keeps(value, bound, values) for bound in forms.get("bound", ())) and all(
        value == Fraction(number) for number in forms.get("stated", ())
    )


def _keeps(value: Fraction, bound: str, values: Sequence[Number]) -> bool:
    sign = bound[:2] if bound[1] == "=" else bound[:1]
    text = bound[len(sign) :]
    mean = text == "mean"
    if mean and not values:
        raise Miscomputed("平均する値がありません")
    limit = sum((item.number for item in values), Fraction(0)) / len(values) if mean else Fraction(text)
    if sign[0] == ">":
        return value > limit or (sign == ">=" and value == limit)
    return value < limit or (sign == "<=" and value == limit)
