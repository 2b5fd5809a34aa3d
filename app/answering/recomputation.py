"""Proves computed answers by doing the operation again over the ledger, and telling the answer anew.

For `verify` alone, and none of the answering. Exact fractions, and its own rounding; what it does not know is not
proved. All that a computed answer says must be what is told here: names, numbers, units, 約, what each stands on, their
order, yes or no.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from app.answering.corroboration import corroborate
from app.answering.evidence import Evidence, Miscomputed, Number
from app.answering.redoing import CONTRADICTING, PICKS, Redone, computes, is_one_of_all, meets, operands, redo, said
from app.answering.telling import Teller, Told, as_told, head, hold, result
from app.schema import Passage

_DIRECTED = ("nth", "rank", "compare", "position")
# What the question expects of the number, where it is not just a stated one.
_EXPECTED: Mapping[str, tuple[str, ...]] = {"filter": (), "ratio": ("stated", "bound"), "count": ("stated", "bound")}
# Wordings that say what was done: none of them in an answer that computes nothing.
_SAYING = frozenset(
    "filter filter_none compare_same sum mean difference ratio share tied zone_value count_of count_all count_zones "
    "count_matches check_yes check_no yes no".split()
) | {
    f"{name}{count}"
    for name in ("max", "min", *(f"{name}_{end}" for name in _DIRECTED for end in ("max", "min")))
    for count in ("", "_count")
}


def check_computed(answer: Mapping[str, Any], evidence: Evidence) -> None:
    """Hold a computed answer, but for what it states of the zones picked, against its plan done again. Raises Miscomputed."""
    plan = answer["plan"]
    if answer["status"] != "refused" and not set(plan["subjects"]) <= set(evidence.names):
        raise Miscomputed(f"{plan['subjects']} にはこの資料にない区画があります")
    matches = plan["operation"] == "count_matches" and "count_matches" in said(answer)
    if answer["status"] in ("refused", "clarify") or not (computes(plan) or matches) or said(answer) & CONTRADICTING:
        allowed = {"zone_value"} if answer["status"] == "clarify" else set()
        if any(segment["type"] == "computed" for segment in answer["segments"]) or said(answer) & _SAYING - allowed:
            raise Miscomputed(f"{plan['operation']!r} は計算ではありません")
        return
    told, teller = as_told(answer, head(answer)), Teller(evidence, answer["language"])
    if plan["operation"] == "count_matches":
        if answer["status"] != "answered":
            raise Miscomputed("数えただけの答えの状態ではありません")
        hold(told, _matches(answer, evidence, teller))
        return
    redone = redo(plan, evidence)
    number = _number(redone)
    holds = _holds(redone, evidence, number)
    hold(told, _answer(redone, evidence, teller, number, holds))
    corroborate(answer, redone, holds, evidence)


def _matches(answer: Mapping[str, Any], evidence: Evidence, teller: Teller) -> list[Told]:
    """As many as are quoted, each on a line of its own; whether they match is what the reader sees."""
    found = [evidence.passages[citation["passage_id"]] for citation in answer["citations"]]
    number = result("count_matches", str(len(found)), frozenset(item.passage_id for item in found), number=float(len(found)))
    items = [segment for passage in found for segment in teller.passage(passage, "passage_item")]
    return teller.fill("count_matches", word=teller.word(found[0].kind), number=number, items=items)


# ── The number, and what the question expects of it ─────────────────────────────────────────────────────────────


def _number(redone: Redone) -> Fraction | None:
    """What the operation computes, None if it picks or counts."""
    operation = redone.operation
    if operation in PICKS or operation in ("count", "check"):
        return None
    numbers = [value.number for value in operands(redone)]
    total = sum(numbers, Fraction(0))
    if operation == "sum":
        return total
    if operation == "mean":
        return total / len(numbers)
    if operation == "difference":
        return numbers[0] - numbers[1]
    if operation == "ratio":
        return numbers[0] / numbers[1]
    own = [value.number for value in redone.values if value.subject in redone.subjects]
    if not own or (operation == "position" and len(own) != 1):
        raise Miscomputed(f"{operation!r} を求める区画が定まりません")
    return 100 * sum(own, Fraction(0)) / total if operation == "share" else Fraction(numbers.index(own[0]) + 1)


def _written(number: Fraction) -> str:
    """A number to at most two decimals, halves up, without trailing zeros.

    >>> _written(Fraction(25, 2)), _written(Fraction(193, 7)), _written(Fraction(50))
    ('12.5', '27.57', '50')
    """
    hundredths = int(number * 100 + Fraction(1, 2))
    return f"{hundredths // 100}.{hundredths % 100:02d}".rstrip("0").rstrip(".")


def _holds(redone: Redone, evidence: Evidence, number: Fraction | None) -> bool | None:
    """Whether the question is right to expect what it does; None if it expects nothing."""
    operation, forms, values = redone.operation, redone.forms, redone.values
    if is_one_of_all(operation, forms, redone.subjects):
        return redone.subjects[0] in [value.subject for value in redone.picked]
    if "claim" in forms:
        by_subject = {value.subject: value.number for value in values}
        first, second = (by_subject[zone] for zone in redone.subjects)
        return {">": first > second, "<": first < second, "=": first == second}[forms["claim"][0]]
    if operation == "check":
        return meets(values[0].number, forms)
    if forms.get("expected") == ["all"]:
        return len(redone.picked) == len(values)
    if "expected" in forms:
        return meets(Fraction(_written(number or Fraction(0))), {"bound": forms["expected"]})
    expected = {kind: forms[kind] for kind in _EXPECTED.get(operation, ("stated",)) if kind in forms}
    if not expected:
        return None
    numbers = [value.number for value in values] or [Fraction(len(evidence.begun))]
    if number is not None:
        numbers = [Fraction(_written(number))]
    return all(meets(one, expected) for one in numbers)


# ── The answer ──────────────────────────────────────────────────────────────────────────────────────────────────


def _answer(
    redone: Redone, evidence: Evidence, teller: Teller, number: Fraction | None, holds: bool | None
) -> list[Told]:
    """The whole of it, but for what is stated then of the zones picked."""
    if redone.operation == "check":
        return _checked(redone, teller, bool(holds))
    verdict = [] if holds is None else teller.fill("yes" if holds else "no")
    if redone.operation == "count":
        return verdict + (_counted(redone, teller, evidence.announced(redone.attribute or "")) if redone.values else _zones(evidence, teller))
    return verdict + _computed(redone, teller, number)


def _computed(redone: Redone, teller: Teller, number: Fraction | None) -> list[Told]:
    operation, forms, picked = redone.operation, redone.forms, redone.picked
    ranked = operands(redone)
    few = picked and (operation == "filter" or "top" in forms)
    all_of_it = frozenset[str]().union(*(value.passages for value in (picked if few else ranked)))
    tied = operation == "compare" and len({value.number for value in ranked}) == 1

    def named(value: Number) -> list[Told]:
        if operation not in PICKS:
            return teller.title(value.subject)
        return result(operation, value.subject or "", all_of_it, value.passages)

    def listed(values: Sequence[Number]) -> list[Told]:
        lines = [teller.fill("zone_value", zone=named(value), value=_value(value, teller)) for value in values]
        return [segment for line in lines for segment in line]

    parts = {"word": _word(redone, teller), "items": listed(picked or ranked)}
    if number is not None:
        parts["number"] = _computed_number(redone, ranked, all_of_it, number)
    elif "nth" in forms:
        parts["number"] = result("nth", forms["nth"][0], all_of_it, number=float(forms["nth"][0]))
    else:
        parts["number"] = result("count", str(len(picked)), all_of_it, number=float(len(picked)))
    if operation == "ratio":
        parts |= {"zone": named(ranked[0]), "value": _value(ranked[0], teller)}
        parts |= {"other": named(ranked[1]), "divisor": _value(ranked[1], teller)}
    elif operation == "position":
        parts["zone"] = teller.title(redone.subjects[0])
    elif picked:
        parts |= {"zone": named(picked[0]), "value": _value(picked[0], teller)}
    told = teller.fill("compare_same" if tied else _template(redone), **parts)
    if operation in ("max", "min", "nth") and len(picked) > 1:
        told += teller.fill("tied", items=listed(picked[1:]))
    return told


def _template(redone: Redone) -> str:
    operation = redone.operation
    if operation == "filter":
        return "filter" if redone.picked else "filter_none"
    name = f"{operation}_{redone.forms['from'][0]}" if operation in _DIRECTED else operation
    return f"{name}_count" if redone.values[0].counted and operation in ("max", "min", *_DIRECTED) else name


def _computed_number(
    redone: Redone, values: Sequence[Number], all_of_it: frozenset[str], number: Fraction
) -> list[Told]:
    text = _written(number)
    if redone.operation == "position":
        return result("position", text, all_of_it, number=float(text))
    unit = {"ratio": "倍", "share": "%"}.get(redone.operation, values[0].unit)
    about = any(value.approximate for value in values)
    shown = f"{'約' if about else ''}{text}{unit or ''}"
    return result(redone.operation, shown, all_of_it, None, float(text), unit, about if unit else None)


def _checked(redone: Redone, teller: Teller, holds: bool) -> list[Told]:
    (value,) = redone.values
    parts = {"zone": teller.title(value.subject), "word": _word(redone, teller), "value": _value(value, teller)}
    told = teller.fill("check_yes" if holds else "check_no", **parts)
    return told + teller.items(map(teller.source, value.facts)) if value.counted else told


def _counted(redone: Redone, teller: Teller, announced: Passage | None) -> list[Told]:
    told = [] if announced is None else [*teller.source(announced), *teller.fill("next")]
    for value in redone.values:
        zone, items = teller.title(value.subject), teller.items(map(teller.source, value.facts))
        parts = {"zone": zone, "word": teller.word(redone.attribute or ""), "number": _value(value, teller), "items": items}
        told += teller.fill("next") if value is not redone.values[0] else []
        told += teller.fill("count_of" if zone else "count_all", **parts)
    return told


def _zones(evidence: Evidence, teller: Teller) -> list[Told]:
    number = result("count", str(len(evidence.begun)), frozenset(evidence.begun.values()), number=float(len(evidence.begun)))
    return teller.fill("count_zones", number=number, items=teller.items(map(teller.title, evidence.begun)))


def _value(value: Number, teller: Teller) -> list[Told]:
    if value.counted:
        return result("count", str(int(value.number)), value.passages, number=float(value.number))
    return teller.source(value.facts[0])


def _word(redone: Redone, teller: Teller) -> list[Told]:
    word = teller.word(redone.attribute or "")
    return teller.fill("number_of", word=word) if redone.values[0].counted else word
