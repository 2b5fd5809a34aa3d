"""The ledger: what passages state, as facts (subject, attribute, value, span), by the guide's fact patterns."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.errors import GuideError
from app.reading.guide import FactPattern, Guide
from app.reading.normalization import normalize
from app.reading.segmentation import split
from app.schema import Fact, Passage

_SEVERAL = 2
_KANJI = "〇一二三四五六七八九"
_HOW_MANY = re.compile(rf"(\d+|[{_KANJI}])(?:つ|点|個|項目|本)")


def extract_facts(passages: tuple[Passage, ...], guide: Guide) -> tuple[Fact, ...]:
    """The facts of one document's passages, in the order of the text; each is an exact span of it."""
    return tuple(
        fact
        for passage in passages
        for pattern in guide.facts
        if pattern.kind == passage.kind
        for fact in _facts_of(passage, pattern, guide)
    )


def announcement(passages: Sequence[Passage], facts: Sequence[Fact]) -> Passage | None:
    """The passage right before the first of several facts, if it says how many there are: 「3つの面に要約できる。」"""
    if len(facts) < _SEVERAL:
        return None
    first = next(i for i, passage in enumerate(passages) if passage.passage_id == facts[0].passage_id)
    before = passages[first - 1] if first else None
    if before is None or (before.document, before.zone) != (passages[first].document, passages[first].zone):
        return None
    numbers = {_KANJI.find(text) if text in _KANJI else int(text) for text in _HOW_MANY.findall(normalize(before.text).text)}
    return before if len(facts) in numbers else None


def parse_number(text: str) -> float:
    """A number as documents write it: full-width digits, thousands commas, a decimal point.

    Raises ValueError if it is none.

    >>> parse_number("１,２00.5")
    1200.5
    """
    return float(normalize(text).text.replace(",", ""))


def _facts_of(passage: Passage, pattern: FactPattern, guide: Guide) -> list[Fact]:
    facts = []
    for match in pattern.pattern.finditer(passage.text):
        if pattern.separator is None:
            spans = [match.span(1)]
        else:
            spans = list(split(passage.text, *match.span(1), pattern.separator))
        spans = [(start, end) for start, end in spans if 0 <= start < end]
        number, unit, approximate = _measure(passage, match, guide)
        for start, end in spans:
            facts.append(
                Fact(
                    subject=pattern.subject or passage.zone,
                    attribute=pattern.attribute,
                    text=passage.text[start:end],
                    document=passage.document,
                    start=passage.start + start,
                    end=passage.start + end,
                    passage_id=passage.passage_id,
                    number=number,
                    unit=unit,
                    approximate=approximate,
                )
            )
    return facts


def _measure(passage: Passage, match: re.Match[str], guide: Guide) -> tuple[float | None, str | None, bool]:
    groups = match.groupdict()
    if groups.get("number") is None:
        return None, None, False
    known = {word for unit in guide.units for word in (unit.name, *unit.words)}
    if known and groups.get("unit") not in known:
        raise GuideError(
            "guide_mismatch",
            f"{passage.passage_id} の単位 {groups.get('unit')!r} がガイドの [units] にありません。書き足してください。",
        )
    try:
        number = parse_number(groups["number"])
    except ValueError as error:
        raise GuideError(
            "guide_mismatch",
            f"{passage.passage_id} の数値 {groups['number']!r} を読めません。ガイドの [[facts]] pattern の number を直してください。",
        ) from error
    return number, groups.get("unit"), groups.get("approximate") is not None
