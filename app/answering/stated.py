"""Numbers with a unit that a question states, and the bounds that they are: 「20平方キロ以上」."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.answering.numerals import NUMBER, exact, parse

# Behind a number these make it a place in a list, not a count.
NOT_ORDINAL = r"(?!目|め|番)"

# What stands behind a stated number, the denied ones first: 「…を超えない」 is at most that.
BOUNDS = (
    ("<=", re.compile(r"を?(?:超え|越え|上回ら)(?:て(?:は)?い)?ない|より(?:も)?(?:大き|広|多)く(?:は)?ない")),
    (">=", re.compile(r"を?(?:下回ら|割ら)ない|より(?:も)?(?:小さ|狭|少な)く(?:は)?ない")),
    ("<", re.compile(r"以上(?:で|じゃ)(?:は)?ない(?!です|か|でしょ)")),
    (">", re.compile(r"以下(?:で|じゃ)(?:は)?ない(?!です|か|でしょ)|以内に収まら")),
    (">=", re.compile(r"以上|or (?:more|larger|bigger|above)|and (?:above|over)|以上")),
    ("<=", re.compile(r"以下|以内|まで|or (?:less|smaller|below|fewer)|and (?:below|under)")),
    ("<", re.compile(r"未満|より(?:も)?(?:小さ|狭|少な|下)|を?下回|を?割[りるっ]|に満た|も?な[いく]|に(?:は)?(?:達|届|及)[しかばいて]|足らず|弱")),
    (">", re.compile(r"を?[超越]|より(?:も)?(?:大き|広|多|上)|を?上回|オーバー|强")),
)
# What stands before one, in English and Chinese, ending there.
BOUNDS_BEFORE = (
    (">=", re.compile(r"(?:at least|(?:no|not) (?:less|smaller|fewer) than|不小于|不少于|不低于|至少)\s*$")),
    ("<=", re.compile(r"(?:at most|up to|(?:no|not) (?:more|larger|bigger|greater) than|不大于|不超过|不高于|至多)\s*$")),
    ("<", re.compile(r"(?:(?:less|smaller|fewer) than|(?<![a-z])(?:under|below)|小于|少于|低于|不到|不足)\s*$")),
    (">", re.compile(r"(?:(?:more|larger|bigger|greater) than|(?<![a-z])(?:over|above)|exceeding|大于|超过|高于|多于)\s*$")),
)
_ENDS = re.compile(r"\s*(?:[^\w\s]|$)|的")
_DECADE = re.compile(r"台(?![数目帳])")
_RANGE = re.compile(r"(?:から|〜|~|-|–|—|以上|と|to|and|到|至|~)\s*、?\s*")


@dataclass(frozen=True, slots=True)
class Stated:
    """A number with a unit in the question, in exact decimals, and what stands before and behind it."""

    number: str
    before: str
    after: str

    @property
    def bounds(self) -> tuple[str, ...]:
        """As constraints (`>=20`), none if it bounds nothing; 「40台」 is two."""
        if _DECADE.match(self.after):
            number = Decimal(self.number)
            ten = Decimal(10) ** (len(self.number) - len(self.number.rstrip("0"))) if number == int(number) else 1
            return (f">={self.number}", f"<{exact(float(number + ten))}")
        sign = bounding_sign(self.before, self.after)
        return (f"{sign}{self.number}",) if sign else ()


def stated_values(text: str, units: Mapping[str, float]) -> list[Stated]:
    """The numbers with a unit in the question; the words between two of them are before one and behind the other."""
    names = unit_words(units)
    # The first of a range goes without its unit: 「10〜30平方キロ」.
    lone = rf"{NUMBER}(?=\s*(?:から|〜|~|-|–|—|到|to|and|以上|を超え)\s*{NUMBER}\s*(?:{names}))"
    pattern = rf"(?P<number>{NUMBER})\s*(?P<unit>{names}){NOT_ORDINAL}|{lone}"
    matches = list(re.finditer(pattern, text)) if names else []
    factors = [units[match["unit"]] if match["unit"] else 0.0 for match in matches]
    factors = [factor or next(filter(None, factors[i:]), 1.0) for i, factor in enumerate(factors)]
    edges = [0, *(match.end() for match in matches)]
    starts = [*(match.start() for match in matches[1:]), len(text)]
    return [
        Stated(
            exact(float(Decimal(repr(parse(match["number"] or match.group()))) * Decimal(repr(factor)))),
            text[edge : match.start()],
            text[match.end() : start].lstrip(),
        )
        for match, factor, edge, start in zip(matches, factors, edges, starts, strict=False)
    ]


def unit_words(units: Iterable[str]) -> str:
    """A pattern for any of some words for units, the longest first; those in Latin letters are whole words: `ha`."""
    words = sorted(units, key=len, reverse=True)
    return "|".join(rf"(?<![a-z]){re.escape(word)}(?![a-z])" if word.isascii() else re.escape(word) for word in words)


def range_of(stated: Sequence[Stated]) -> tuple[str, ...]:
    """「20平方キロから46平方キロまで」 as two bounds."""
    if len(stated) == 2 and _RANGE.fullmatch(stated[0].after):
        last = next((bound for bound in stated[1].bounds if bound.startswith("<")), f"<={stated[1].number}")
        return (f">={stated[0].number}", last)
    return ()


def bounding_sign(before: str, after: str) -> str:
    """How what stands behind a number, or before it, makes a bound of it: `>=`, `<`; '' if it does not."""
    signs = [sign for sign, pattern in BOUNDS if pattern.match(after)]
    signs += [sign for sign, pattern in BOUNDS_BEFORE if pattern.search(before)]
    return next(iter(signs), "")


def bare_bounds(text: str) -> list[tuple[int, int]]:
    """Where a normalised text has numbers that are bounds and go without a unit: 「20以上」, `larger than 20`."""
    found = [match.span() for match in re.finditer(rf"(?<!上位)(?<!下位)(?<!トップ)(?<!ベスト)(?<!ワースト){NUMBER}", text)]
    return [
        (start, end)
        for start, end in found
        if bounding_sign("", text[end:]) or (_ENDS.match(text, end) and bounding_sign(text[:start], ""))
    ]
