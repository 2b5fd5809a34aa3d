"""What can be worked out from measured facts, and what comes of it: an oracle that shares no code with the answers.

Exact decimals, two places, half up; knows numbers and units, and nothing of how questions are answered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import combinations, pairwise, permutations, product

from app.answer import Status
from app.schema import Fact

_DIGITS = "一二三四五六七八九"
# What a question is that takes something for granted, rightly or wrongly.
_CHECKED: Mapping[bool, tuple[str, Status]] = {True: ("check", "answered"), False: ("false-premise", "corrected")}


@dataclass(frozen=True, slots=True)
class Measure:
    """How a measured attribute is asked about: nouns for it, adjectives of its two ends, ways to write its unit.

    `english` and `chinese` are nouns for it too.
    """

    nouns: tuple[str, ...]
    larger: tuple[str, ...]
    smaller: tuple[str, ...]
    units: tuple[str, ...]
    english: tuple[str, ...] = ()
    chinese: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """Something to ask in a wording with these slots; `facts` are what the answer stands on, the first one first.

    `answer` is what it must say, `key` tells it from the others of its wording, `named` are the zones it names.
    """

    category: str
    wording: str
    key: tuple[str, ...]
    slots: Mapping[str, str | None]
    facts: tuple[Fact, ...]
    answer: tuple[str, ...]
    status: Status = "answered"
    named: tuple[str, ...] = ()


def problems(facts: Sequence[Fact], measure: Measure) -> Iterator[Problem]:
    """Everything to ask about one measured fact of each zone, all in one unit, in the document's order."""
    if len(facts) > 1:
        yield from _places(facts, measure)
        yield from _totals(facts, measure)
        yield from _pairs(facts, measure)
        yield from _thresholds(facts, measure)
    yield from _checks(facts, measure)


def value(fact: Fact) -> Decimal:
    """The fact's number, exact."""
    return Decimal(repr(fact.number))


def shown(number: Decimal) -> str:
    """At most two decimals, half up, without trailing zeros.

    >>> shown(Decimal("0.125")), shown(Decimal("100")), shown(Decimal("2.50"))
    ('0.13', '100', '2.5')
    """
    text = f"{number.quantize(Decimal('0.01'), ROUND_HALF_UP):f}"
    return text.rstrip("0").rstrip(".")


def amount(number: Decimal, facts: Sequence[Fact], unit: str | None = None) -> str:
    """A number worked out from facts as it is said: 約 if any of them is approximate, and the unit."""
    return f"{'約' if any(fact.approximate for fact in facts) else ''}{shown(number)}{unit or facts[0].unit or ''}"


def _zone(fact: Fact) -> str:
    return fact.subject or ""


def _said(fact: Fact) -> tuple[str, str]:
    return _zone(fact), fact.text


def _places(facts: Sequence[Fact], measure: Measure) -> Iterator[Problem]:
    """The largest, the smallest, the k-th from either end: where no other zone shares the place."""
    often = Counter(map(value, facts))
    falling = sorted(facts, key=value, reverse=True)
    for category, most, adjectives, order in (
        ("max", "最大", measure.larger, falling),
        ("min", "最小", measure.smaller, falling[::-1]),
    ):
        for k, fact in enumerate(order, start=1):
            if often[value(fact)] > 1:
                continue
            for adjective in adjectives:
                if k > 1:
                    for number in (str(k), _DIGITS[k - 1]) if k <= len(_DIGITS) else (str(k),):
                        slots = {"k": number, "adj": adjective}
                        yield Problem("nth", "nth", (adjective, number), slots, (fact,), _said(fact))
                    continue
                for noun in measure.nouns:
                    slots = {"w": noun, "adj": adjective, "most": most}
                    yield Problem(category, "superlative", (adjective, noun), slots, (fact,), _said(fact))
                for name in map(_zone, facts):
                    kind, status = _CHECKED[name == _zone(fact)]
                    slots = {"adj": adjective, "z": name}
                    yield Problem(kind, "is-most", (adjective, name), slots, (fact,), _said(fact), status, (name,))
            if k == 1:
                english = "largest" if category == "max" else "smallest"
                for language, words, word in (("english", measure.english, english), ("chinese", measure.chinese, most)):
                    for noun in words:
                        slots = {"w": noun, "most": word}
                        yield Problem(language, f"{language}-most", (category, noun), slots, (fact,), _said(fact))


def _totals(facts: Sequence[Fact], measure: Measure) -> Iterator[Problem]:
    """Sum and mean, of all zones and of two or three."""
    groups = [tuple(facts), *combinations(facts, 2), *combinations(facts, 3)]
    for group, noun in product(dict.fromkeys(groups), measure.nouns):
        total = sum(map(value, group), Decimal(0))
        names = [_zone(fact) for fact in group]
        every = len(group) == len(facts)
        named = "と".join(names) if len(names) == 2 else "、".join(names)
        for category, number in (("sum", total), ("mean", total / len(group))):
            wording = category if every else f"{category}-of"
            key = ("全部" if every else f"{len(group)}つ", noun, "・".join(names))
            answer = (amount(number, group),)
            slots = {"z": named, "w": noun}
            yield Problem(category, wording, key, slots, group, answer, named=() if every else tuple(names))


def _pairs(facts: Sequence[Fact], measure: Measure) -> Iterator[Problem]:
    """The larger and the smaller of two, their difference and their ratio."""
    for first, second in permutations(facts, 2):
        if value(first) == value(second):
            continue
        named, more = (_zone(first), _zone(second)), value(first) > value(second)
        both = {"a": named[0], "b": named[1]}
        for adjectives, chosen in (
            (measure.larger, first if more else second),
            (measure.smaller, second if more else first),
        ):
            for adjective in adjectives:
                slots = {**both, "adj": adjective}
                yield Problem("compare", "compare", (*named, adjective), slots, (chosen,), _said(chosen), named=named)
        if not more:
            continue
        difference = (amount(value(first) - value(second), (first, second)),)
        for noun, adjective in product(measure.nouns, measure.larger):
            slots, key = {**both, "w": noun, "adj": adjective}, (*named, noun, adjective)
            yield Problem("difference", "difference", key, slots, (first, second), difference, named=named)
            if value(second) > 0:
                ratio = (amount(value(first) / value(second), (first, second), "倍"),)
                yield Problem("ratio", "ratio", key, slots, (first, second), ratio, named=named)


def _thresholds(facts: Sequence[Fact], measure: Measure) -> Iterator[Problem]:
    """Those above and below a bound between two values: about is never at the bound."""
    falling = sorted(facts, key=value, reverse=True)
    for above, below in pairwise(falling):
        bound = _between(value(below), value(above))
        if bound is None:
            continue
        for wording, adjectives, matches in (
            ("above", measure.larger, [fact for fact in falling if value(fact) > bound]),
            ("below", measure.smaller, [fact for fact in falling if value(fact) < bound]),
        ):
            answer = tuple(text for fact in matches for text in _said(fact))
            for noun, unit, adjective in product(measure.nouns, measure.units, adjectives):
                slots = {"w": noun, "v": f"{shown(bound)}{unit}", "adj": adjective}
                key = (shown(bound), noun, unit, adjective)
                yield Problem("threshold", wording, key, slots, tuple(matches), answer)


def _checks(facts: Sequence[Fact], measure: Measure) -> Iterator[Problem]:
    """Whether a zone measures what it does, what another does, or what nothing does."""
    for fact, unit, noun in product(facts, measure.units, measure.nouns[:1]):
        right = value(fact)
        wrong = [value(other) for other in facts] + [right * 2, right * 3 + 10]
        for number in dict.fromkeys([right, *wrong]):
            category, status = _CHECKED[number == right]
            slots = {"z": _zone(fact), "w": noun, "v": f"{shown(number)}{unit}"}
            key = (_zone(fact), slots["v"])
            yield Problem(category, "is-measure", key, slots, (fact,), (fact.text,), status, (_zone(fact),))


def _between(low: Decimal, high: Decimal) -> Decimal | None:
    """A round number strictly between, or one with at most two decimals; None if there is none."""
    middle = (low + high) / 2
    for places in ("1", "0.1", "0.01"):
        bound = middle.quantize(Decimal(places), ROUND_HALF_UP)
        if low < bound < high:
            return bound
    return None
