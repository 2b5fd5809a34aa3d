"""What a question wants done with measured facts: the largest, a sum, a comparison, a threshold, a check.

Words of the languages only; what the facts are, and which zones, is the plan's to say.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.reading.facts import parse_number
from app.schema import Mention

NUMBER = r"(?<![\d.,])(?:\d[\d,]*(?:\.\d+)?[十百千万]?|[一二三四五六七八九十百千万]+)"
_SMALL = re.compile(r"小さ|狭|最小|最少|少な|smallest|smaller|(?<!at )least|最小的|小的|(?<!大)小$|第[一二三四五六七八九十\d]+小")
_BOTH_ENDS = (
    re.compile(r"最大|最多|(?:一番|いちばん|最も|もっとも)(?:大き|広)|largest|biggest"),
    re.compile(r"最小|最少|(?:一番|いちばん|最も|もっとも)(?:小さ|狭|少な)|smallest"),
)
_SUPERLATIVE = re.compile(
    r"一番|いちばん|最も|もっとも|最大|最小|最多|最少|トップ|ナンバーワン|largest|biggest|smallest|最大|最小"
)
_NTH = re.compile(
    r"第?(?P<n>\d+|[一二三四五六七八九十百]+)(?:番目|番め|位)|第(?P<zh>\d+|[一二三四五六七八九十百]+)(?=[大小广])"
    r"|(?<![a-z\d])(?:(?P<word>second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)|(?P<en>\d+)(?:st|nd|rd|th))"
    r"[- ](?:largest|biggest|smallest)"
)
_ENGLISH_NTH = {word: n for n, word in enumerate("second third fourth fifth sixth seventh eighth ninth tenth".split(), 2)}
_ORDER = re.compile(r"順(?:番|位)?(?:に|で|を|は|$|の)|ランキング|ランク|順位|(?<![a-z])rank(?:ed|ing|s)?(?![a-z])|排序|排名")
# The first few: shown as the whole order, which holds them; nothing is computed of a part of it.
_TOP = re.compile(r"(?:トップ|上位|下位|ベスト|ワースト)(?:\d+|[一二三四五六七八九十]+)(?:つ|区)?|top \d+")
_SUM = re.compile(
    r"合計|総計|合わせ(?:て|ると|た)|足(?:す|し|した)|トータル|全部で|総和|合算"
    r"|(?<![a-z])sum(?![a-z])|(?<![a-z])total(?![a-z])|总共|合计|一共"
)
_MEAN = re.compile(r"平均|(?<![a-z])average(?![a-z])|(?<![a-z])mean (?:size|area)")
_RATIO = re.compile(r"何倍|倍率|[何の]倍|how many times|几倍|多少倍")
_COUNT = re.compile(r"いくつ|幾つ|何個|何件|何項目|何か所|何ヶ所|何カ所|何箇所|何種類|数は|数を|how many|几个|多少个|几项")
_DIFFERENCE = re.compile(
    r"の差|違い|ちがい|どれ(?:だけ|くらい|ほど)違|差は|差が|差を|どれ(?:だけ|くらい|ほど)(?:広|大き|小さ|狭)"
    r"|difference|相差|差多少"
)
_COMPARE = re.compile(r"どちら|どっち|どれが|比べ|比較|より(?:も)?(?:広|大き|小さ|狭)|compare|larger|bigger|smaller|哪个|比较")
# What stands behind a stated value, the denied ones first: 「…を超えない」 is at most that.
_BOUNDS = (
    ("<=", re.compile(r"を?(?:超え|越え|上回ら)(?:て(?:は)?い)?ない|より(?:も)?(?:大き|広)く(?:は)?ない")),
    (">=", re.compile(r"を?(?:下回ら|割ら)ない|より(?:も)?(?:小さ|狭)く(?:は)?ない")),
    ("<", re.compile(r"以上(?:で|じゃ)(?:は)?ない(?!です|か|でしょ)")),
    (">", re.compile(r"以下(?:で|じゃ)(?:は)?ない(?!です|か|でしょ)|以内に収まら")),
    (">=", re.compile(r"以上|or (?:more|larger|bigger|above)|and (?:above|over)")),
    ("<=", re.compile(r"以下|以内|or (?:less|smaller|below)|and (?:below|under)")),
    ("<", re.compile(r"未満|より(?:も)?(?:小さ|狭|少な)|を?下回|を割|に満た|に達し(?:て(?:は)?い)?ない")),
    (">", re.compile(r"を?[超越]|より(?:も)?(?:大き|広|多)|を?上回")),
)
# What stands before one, in English and Chinese, ending there.
_BOUNDS_BEFORE = (
    (">=", re.compile(r"(?:at least|(?:no|not) (?:less|smaller) than|不小于|不少于|不低于|至少)\s*$")),
    ("<=", re.compile(r"(?:at most|up to|(?:no|not) (?:more|larger|bigger|greater) than|不大于|不超过|不高于|至多)\s*$")),
    ("<", re.compile(r"(?:(?:less|smaller) than|(?<![a-z])(?:under|below)|小于|少于|低于|不到|不足)\s*$")),
    (">", re.compile(r"(?:(?:more|larger|bigger|greater) than|(?<![a-z])(?:over|above)|exceeding|大于|超过|高于|多于)\s*$")),
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
    stated = _stated_values(text, units)
    if bounds := tuple(bound for value in stated if (bound := value.bound)) or _range(stated):
        return Operation("filter", bounds)
    if stated and subjects == 1:
        return Operation("check", (f"={stated[0].number}",))
    direction = "min" if asks_smallest(text) else "max"
    if (nth := _NTH.search(text)) and (n := _nth(nth)):
        return Operation("nth", (f"nth={n}", f"from={direction}"))
    if _TOP.search(text):
        return Operation("rank", (f"from={'min' if '下位' in text or 'ワースト' in text else direction}",))
    if all(end.search(text) for end in _BOTH_ENDS):  # all then, in order
        return Operation("rank", ("from=max",))
    if _SUPERLATIVE.search(text):
        return Operation(direction)
    for name, pattern in (("ratio", _RATIO), ("difference", _DIFFERENCE)):
        if pattern.search(text) and subjects == 2:
            return Operation(name)
    if subjects != 1 and _MEAN.search(text):
        return Operation("mean")
    if subjects != 1 and _SUM.search(text):
        return Operation("sum")
    if subjects >= 2 and _COMPARE.search(text):
        return Operation("compare", (f"from={direction}",))
    if _ORDER.search(text):
        return Operation("rank", (f"from={direction}",))
    return None


_WORDS = (_TOP, _COUNT, _SUPERLATIVE, _NTH, _ORDER, _SUM, _MEAN, _RATIO, _DIFFERENCE, _COMPARE)


def operation_words(text: str, measures: Sequence[Mention]) -> list[tuple[int, int]]:
    """Where a normalised text says what is to be done: spans of it that say nothing of a topic.

    `measures` are the stated values, by their places in `text`; bounds stand behind them, or before them.
    """
    spans = [match.span() for pattern in _WORDS for match in pattern.finditer(text)]
    for measure in measures:
        spans += [match.span() for _, pattern in _BOUNDS if (match := pattern.match(text, measure.end))]
        for _, pattern in _BOUNDS_BEFORE:
            if match := pattern.search(text[: measure.start]):
                spans.append(match.span())
    return spans


def asks_count(text: str) -> bool:
    """Whether a normalised text asks how many there are."""
    return _COUNT.search(text) is not None


def asks_smallest(text: str) -> bool:
    """Whether a normalised text asks from the small end: 「小さいのは」."""
    return _SMALL.search(text) is not None


@dataclass(frozen=True, slots=True)
class _Stated:
    """A number with a unit in the question, in exact decimals, and what stands before and behind it."""

    number: str
    before: str
    after: str

    @property
    def bound(self) -> str:
        """As a constraint (`>=20`), '' if it bounds nothing."""
        for sign, pattern in _BOUNDS:
            if pattern.match(self.after):
                return f"{sign}{self.number}"
        return next((f"{sign}{self.number}" for sign, pattern in _BOUNDS_BEFORE if pattern.search(self.before)), "")


def _stated_values(text: str, units: tuple[str, ...]) -> list[_Stated]:
    """The numbers with a unit in the question; the words between two of them are before one and behind the other."""
    names = "|".join(re.escape(unit) for unit in sorted(units, key=len, reverse=True))
    matches = list(re.finditer(rf"(?P<number>{NUMBER})\s*(?:{names})", text)) if names else []
    edges = [0, *(match.end() for match in matches)]
    starts = [*(match.start() for match in matches[1:]), len(text)]
    return [
        _Stated(_exact(_parse(match["number"])), text[edge : match.start()], text[match.end() : start].lstrip())
        for match, edge, start in zip(matches, edges, starts, strict=False)
    ]


def _range(stated: list[_Stated]) -> tuple[str, ...]:
    """「20平方キロから46平方キロまで」 as two bounds."""
    if len(stated) == 2 and re.fullmatch(r"(?:から|〜|~|-|–|to|到)\s*", stated[0].after):
        return (f">={stated[0].number}", f"<={stated[1].number}")
    return ()


def _nth(match: re.Match[str]) -> int:
    if match["word"]:
        return _ENGLISH_NTH[match["word"]]
    return int(_parse(match["n"] or match["zh"] or match["en"]))


def _exact(number: float) -> str:
    """All of its digits, without an exponent: `1000000`, `4.5`."""
    text = f"{Decimal(repr(number)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _parse(text: str) -> float:
    """A number in digits or in kanji.

    >>> _parse("二百五十"), _parse("1,200"), _parse("1.5万")
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
