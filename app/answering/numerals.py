"""Numbers as questions write them: digits, kanji, or both."""

from __future__ import annotations

import re
from decimal import Decimal

from app.reading.facts import parse_number

_PLAIN = r"\d[\d,]*(?:\.\d+)?"
# In normalised text: 「3万5千」 and 「二十」 are one number each; 「十」 alone is one too. Kanji go on from kanji, digits from
# 千 or 万, and 「3一覧」 is no 31.
NUMBER = (
    rf"(?<![\d.,])(?:{_PLAIN}|[一二三四五六七八九十百千万])"
    rf"(?:[十百千万億]|(?<!\d)[二三四五六七八九〇]|(?<!\d)一(?![番覧部方])|(?<=[十百千万億]){_PLAIN})*"
)
_DIGITS = {digit: value for value, digit in enumerate("〇一二三四五六七八九")}
_POWERS = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "億": 10**8}
_PIECE = re.compile(rf"{_PLAIN}|[〇一二三四五六七八九]+|.")
_ORDINAL = re.compile(r"(?<![\d.])(\d+|[一二三四五六七八九十]+|ふた|みっ)(?:つ|番|個|点|件|こ)(?:目|め)")
_FROM_LAST = re.compile(r"(?:最後|後ろ|うしろ|末尾|下)から(?:数えて)?(?:第)?$")
_ENGLISH_ORDINAL = re.compile(
    r"(?<![a-z])(first|second|third|fourth|fifth|sixth|\d+(?=st|nd|rd|th))(?:st|nd|rd|th)?"
    r"(?: (?:one|measure|initiative|project|area|item|point|feature|highlight)(?![a-z])|(?![a-z -]))"
    r"|第([一二三四五六七八九十]+|\d+)(?:个|项|条|点)"
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
    """A number in digits, in kanji, or in both.

    >>> parse("二百五十"), parse("1,200"), parse("1.5万"), parse("3万5千"), parse("二〇")
    (250.0, 1200.0, 15000.0, 35000.0, 20.0)
    """
    total = part = Decimal(0)
    digits: Decimal | None = None
    for piece in _PIECE.findall(text):
        power = _POWERS.get(piece)
        if power is None:
            plain = "".join(str(_DIGITS.get(character, character)) for character in piece)
            digits = Decimal(repr(parse_number(plain)))
        elif power < _POWERS["万"]:
            part, digits = part + (Decimal(1) if digits is None else digits) * power, None
        else:
            times = part + (digits or 0) if part or digits is not None else Decimal(1)
            total, part, digits = total + times * power, Decimal(0), None
    return float(total + part + (digits or 0))


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
