"""Numbers as questions write them: digits, kanji, or both."""

from __future__ import annotations

import re
from decimal import Decimal

from app.reading.facts import parse_number

# In normalised text; 「十」 alone is one too.
NUMBER = r"(?<![\d.,])(?:\d[\d,]*(?:\.\d+)?[十百千万]?|[一二三四五六七八九十百千万]+)"
_DIGITS = {digit: value for value, digit in enumerate("一二三四五六七八九十", 1)}
_ORDINAL = re.compile(r"(?<![\d.])(\d+|[一二三四五六七八九十]+|ふた|みっ)(?:つ|番|個|点|件|こ)(?:目|め)")
_FROM_LAST = re.compile(r"(?:最後|後ろ|うしろ|末尾|下)から(?:数えて)?(?:第)?$")
_ENGLISH_ORDINAL = re.compile(
    r"(?<![a-z])(first|second|third|fourth|fifth|sixth|\d+(?=st|nd|rd|th))(?:st|nd|rd|th)?"
    r"(?: (?:one|measure|area|item|point|feature|highlight))?(?![a-z -])|第([一二三四五六\d])(?:个|项|条|点)"
)
_LAST = re.compile(r"最後(?:の|に|は)|一番(?:最後|下)の|the last (?:one|measure|area)|最后一[个项条]")
_FIRST = re.compile(r"最初(?:の|に挙|は)|一番(?:最初|上)の|トップバッター|筆頭")
_SPOKEN = {"ふた": 2, "みっ": 3}
_ENGLISH = {word: n for n, word in enumerate("first second third fourth fifth sixth".split(), 1)}


def exact(number: float) -> str:
    """All of its digits, without an exponent: `1000000`, `4.5`."""
    text = f"{Decimal(repr(number)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def parse(text: str) -> float:
    """A number in digits or in kanji.

    >>> parse("二百五十"), parse("1,200"), parse("1.5万")
    (250.0, 1200.0, 15000.0)
    """
    if text[0].isdigit():
        times = {"十": 10, "百": 100, "千": 1000, "万": 10000}.get(text[-1])
        return parse_number(text[:-1]) * times if times else parse_number(text)
    total = part = digit = 0
    for character in text:
        if character in _DIGITS and character != "十":
            digit = _DIGITS[character]
        elif character == "万":
            total, part, digit = total + (part + digit or 1) * 10000, 0, 0
        else:
            part += (digit or 1) * {"十": 10, "百": 100, "千": 1000}[character]
            digit = 0
    return float(total + part + digit)


def ordinal_spans(text: str) -> list[tuple[int, int]]:
    """Where a normalised text speaks of places in a list."""
    return [match.span() for pattern in (_ORDINAL, _ENGLISH_ORDINAL, _LAST, _FIRST) for match in pattern.finditer(text)]


def ordinal_of(text: str) -> int | None:
    """The place in a list that a normalised question asks for, from 1; -1 is the last: 「2つ目」「三番目」「最後の」."""
    if match := _ORDINAL.search(text):
        number = match[1]
        place = int(number) if number.isdigit() else _SPOKEN.get(number) or int(parse(number))
        return -place if _FROM_LAST.search(text[: match.start()]) else place
    if match := _ENGLISH_ORDINAL.search(text):
        number = match[1] or match[2]
        return _ENGLISH.get(number) or int(parse(number))
    if _LAST.search(text):
        return -1
    return 1 if _FIRST.search(text) else None
