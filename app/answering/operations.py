"""What a question wants done with measured facts: the largest, a sum, a comparison, a threshold, a check.

Words of the languages only; what the facts are, and which zones, is the plan's to say.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.reading.facts import parse_number

NUMBER = r"(?:\d[\d,]*(?:\.\d+)?|[一二三四五六七八九十百千万]+)"
_SMALL = re.compile(r"小さ|狭|最小|最少|少な|smallest|least|最小的|小的")
_SUPERLATIVE = re.compile(
    r"一番|いちばん|最も|もっとも|最大|最小|最多|最少|トップ|ナンバーワン|largest|biggest|smallest|最大|最小"
)
_NTH = re.compile(r"(?P<n>\d+|[一二三四五六七八九十])(?:番目|番め|位)")
_ORDER = re.compile(r"順(?:番|位)?(?:に|で|を|は|$|の)|ランキング|ランク|rank|排序|排名")
_SUM = re.compile(r"合計|総計|合わせ(?:て|ると|た)|足(?:す|し|した)|トータル|全部で|総和|合算|in total|sum|总共|合计|一共")
_MEAN = re.compile(r"平均|average|mean")
_RATIO = re.compile(r"何倍|倍率|[何の]倍|how many times|几倍|多少倍")
_COUNT = re.compile(r"いくつ|幾つ|何個|何件|何項目|何か所|何ヶ所|何カ所|何箇所|何種類|の数は|の数を|how many|几个|多少个|几项")
_DIFFERENCE = re.compile(r"の差|どれ(?:だけ|くらい|ほど)違|差は|差が|差を|どれ(?:だけ|くらい|ほど)(?:広|大き|小さ|狭)|difference|相差|差多少")
_COMPARE = re.compile(r"どちら|どっち|どれが|比べ|比較|より(?:も)?(?:広|大き|小さ|狭)|compare|larger|bigger|smaller|哪个|比较")
_BOUNDS = (
    (">=", re.compile(r"以上")),
    ("<=", re.compile(r"以下|以内")),
    ("<", re.compile(r"未満|より(?:も)?(?:小さ|狭|少な)|を?下回|に満た|以内に収まらず|less than|smaller than|under|小于")),
    (">", re.compile(r"を?超|より(?:も)?(?:大き|広|多)|を?上回|more than|larger than|over|大于")),
)
_DIGITS = {digit: value for value, digit in enumerate("一二三四五六七八九十", 1)}


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation by name with its constraints, as the plan shows them: `max`, `nth` with `nth=2`, `filter` with
    `>=20`."""

    name: str
    constraints: tuple[str, ...] = ()


def operation_of(text: str, subjects: int, units: tuple[str, ...]) -> Operation | None:
    """What `text`, a normalised question for a measured attribute, wants done; None if just the values.

    `subjects` is how many zones it names, `units` the normalised words for the units that its values may have.
    """
    stated = _stated_value(text, units)
    if stated is not None:
        number, after = stated
        for sign, pattern in _BOUNDS:
            if pattern.match(after):
                return Operation("filter", (f"{sign}{number:g}",))
        if subjects == 1:
            return Operation("check", (f"={number:g}",))
    direction = "min" if asks_smallest(text) else "max"
    if nth := _NTH.search(text):
        n = int(nth["n"]) if nth["n"].isdigit() else _DIGITS[nth["n"]]
        return Operation("nth", (f"nth={n}", f"from={direction}"))
    if _SUPERLATIVE.search(text):
        return Operation(direction)
    for name, pattern in (("ratio", _RATIO), ("difference", _DIFFERENCE)):
        if pattern.search(text) and subjects == 2:
            return Operation(name)
    if _MEAN.search(text):
        return Operation("mean")
    if _SUM.search(text):
        return Operation("sum")
    if subjects >= 2 and _COMPARE.search(text):
        return Operation("compare", (f"from={direction}",))
    if _ORDER.search(text):
        return Operation("rank", (f"from={direction}",))
    return None


def asks_count(text: str) -> bool:
    """Whether a normalised text asks how many there are."""
    return _COUNT.search(text) is not None


def asks_smallest(text: str) -> bool:
    """Whether a normalised text asks from the small end: 「小さいのは」."""
    return _SMALL.search(text) is not None


def _stated_value(text: str, units: tuple[str, ...]) -> tuple[float, str] | None:
    """A number with a unit in the question, and what follows it."""
    names = "|".join(re.escape(unit) for unit in sorted(units, key=len, reverse=True))
    match = re.search(rf"(?P<number>{NUMBER})\s*(?:{names})(?P<after>.*)", text) if names else None
    return (_parse(match["number"]), match["after"].lstrip()) if match else None


def _parse(text: str) -> float:
    """A number in digits or in kanji.

    >>> _parse("二百五十"), _parse("1,200")
    (250.0, 1200.0)
    """
    if text[0].isdigit():
        return parse_number(text)
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
