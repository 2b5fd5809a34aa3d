"""What a question wants done with numbers: the largest, a sum, a comparison, a threshold, a check, a count.

Words of the languages only; what the numbers are, and which zones, is the plan's to say.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from app.answering.counting import COUNT, PART
from app.answering.mood import asks_confirmation, claim_of
from app.answering.numerals import NUMBER, parse
from app.answering.stated import BOUNDS, BOUNDS_BEFORE, range_of, stated_values
from app.schema import Mention

_SMALL = re.compile(
    r"ちっこ|昇順|倒数|从[小少]到|from (?:the )?(?:smallest|fewest)|こぢんまり"
    r"|小ぢんまり|こじんまり|小規模|手狭|小さ|小い|小さく|狭|最小|最少|少な|小せ|ちっ?ちゃ|ちいさ|せま"
    r"|すくな|ちいさ|せまい|すくない|下から|後ろから|コンパクト|下位|ワースト|ビリ|どん尻"
    r"|smallest|tiniest|narrowest|smaller|bottom|(?<!at )least|fewest|fewer"
    r"|最小的|小的|更小|较小|最少|少的|(?<!大)小[?。]?$|第[一二三四五六七八九十\d]+小"
)
_BOTH_ENDS = (
    re.compile(r"最大|最多|(?:一番|いちばん|最も|もっとも)(?:大き|広|多|でか|でっか|デカ)|largest|biggest|と(?:大き|広|多)[いく]"),
    re.compile(
        r"最小|最少|(?:一番|いちばん|最も|もっとも)(?:小さ|狭|少な|ちっちゃ|ちっこ|ちいさ)|smallest|tiniest|narrowest|と(?:小さ|狭|少な)[いく]"
    ),
)
_SUPERLATIVE = re.compile(
    r"一番|いちばん|いっちゃん|いっちばん|1番(?!目)|チャンピオン|王者|優勝|ビリ|最下位|どん尻|最上位|さいだい|さいしょう|最も|もっとも"
    r"|最大|最小|最多|最少|最(?:広|狭)|トップ(?!\d)|ナンバーワン|ダントツ|首位|最下位"
    r"|largest|biggest|hugest|widest|smallest|tiniest|narrowest|fewest|(?<![a-z])(?:most|least)(?= [a-z]+s(?![a-z]))|最[广多少]"
)
_NTH = re.compile(
    r"第?(?P<n>\d+|[一二三四五六七八九十百]+)(?:番目|番め|番手|位)|(?:倒数)?第(?P<zh>\d+|[一二三四五六七八九十百]+)(?:(?=[大小广多少])|(?<=倒数第.)|(?<=倒数第..))"
    r"|(?P<next>(?:一番|いちばん|最も)(?:広|大き|狭|小さ|多|少な)い\w{0,8}の次に)"
    r"|(?:ほう|方|上|下)から(?:数えて)?(?P<from>\d+|[一二三四五六七八九十]+)(?:つ|個)?目"
    r"|(?<![a-z\d])(?:(?P<word>second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)|(?P<en>\d+)(?:st|nd|rd|th))"
    r"[- ](?:largest|biggest|smallest|most|fewest)"
)
_ENGLISH_NTH = {word: n for n, word in enumerate("second third fourth fifth sixth seventh eighth ninth tenth".split(), 2)}
_FEW = {"两": 2} | {word: n for n, word in enumerate("two three four five six".split(), 2)}
_ORDER = re.compile(
    r"順(?:番|位|々)?(?:に|で|だ|を|は|$|の|通り)|[昇降]順|ランキング|ランク|順位|(?<![a-z])rank(?:ed|ing|s)?(?![a-z])|sort"
    r"|from (?:the )?(?:smallest|largest|biggest|fewest|most) to|从[大小多少]到[大小多少]|排序|排名|排列"
)
# How many from one end: 「トップ3」「広い順に3つ」「大きい方から3番目まで」「狭い2区」.
_THINGS = r"(?:つ|区|か所|名|個|拠点)(?!目)"
_TOPS = (
    rf"(?:トップ|上位|下位|ベスト|ワースト|top|bottom|前)\s*({NUMBER}|三|两)(?:つ|区|か所|名)?",
    rf"(?:順に|(?:方|ほう|上|下)から(?:順に|数えて)?)、?({NUMBER})(?:{_THINGS}|(?:番目|つ目|個目|位|番)まで)",
    rf"({NUMBER})(?:番目|つ目|位)まで",
    rf"(?:広|大き|狭|小さ|多|少な)い({NUMBER}){_THINGS}",
    r"(?<![a-z])(two|three|four|five|six|\d+) (?:largest|biggest|smallest)",
    r"(?:largest|biggest|smallest) (two|three|four|five|six|\d+)(?![a-z\d])",
    rf"最[大小多少广]的?前?({NUMBER}|两)个",
)
_TOP = re.compile("|".join(_TOPS))
_UPWARDS = re.compile(r"from (?:the )?smallest|(?:小さい|狭い)(?:方|ほう|もの|順)から")
_SUM = re.compile(
    r"合計|ごうけい|総勢|で計|計(?=いくつ|何|\d)|ひっくるめ|束ね|くっつけ|プラス|積み上げ|まとめる?と|あわせて|総計"
    r"|(?:全|\d|[六七]|すべての|全ての)区(?:全体)?の総|所有区?的?总|総数|(?:合|あ)わせ(?:て|ると|た)|足(?:す|し|した|せ)|トータル|全部で|全体で|全体の|ぜんぶで|総和|合算|累計|(?<!\d)[＋+](?!\d)"
    r"|(?<![a-z])sum(?![a-z])|(?<![a-z])total(?![a-z])|altogether|combined|总共|合计|一共|总和|加起来"
)
_ADDING = re.compile(
    r"合計|ひっくるめ|束ね|くっつけ|プラス|積み上げ|総計|(?:合|あ)わせ(?:て|ると|た)|足(?:す|し|した|せ)|総和|合算|累計"
    r"|(?<![a-z])sum(?![a-z])|总和|加起来"
)
_MEAN = re.compile(
    r"平均|ならす|ならし(?:て|た)|(?:1|一|ひとつ|一つ|1つ)(?:区|つ|か所)?(?:あたり|当たり|につき)|へいきん"
    r"|アベレージ|(?<![a-z])average(?![a-z])|(?<![a-z])mean (?:size|area|number)"
)
_RATIO = re.compile(
    r"何倍|何(?:個|つ|コ)分|なんばい|何分の|倍率|[何の]倍|倍(?:ある|です|で[すし]|に|も)|how many times"
    r"|times (?:as|larger|bigger)|几倍|多少倍"
)
_SHARE = re.compile(rf"{PART.pattern}|占め|シェア")
_TIMES = {"倍": 1.0, "times": 1.0}
_POSITION = re.compile(r"何(?:番目|位|番手)(?:に位置)?|(?:順位|ランク)は|what rank|where does .+ rank|第几|排名?第?几")
_DIFFERENCE = re.compile(
    r"の差|何.{0,10}(?:違|ちが)|差(?:って|っていう|も|なん|な[のん])"
    r"|(?:どれ|どの|どん)(?:だけ|くらい|ぐらい|ほど)(?:も)?(?:上回|超え|下回|差)"
    r"|(?:何(?:つ|個|件|平方キロ\w*)|いくつ|幾つ|どれだけ)(?:ほど|くらい|ぐらい|分)?(?:多|少な|大き|広|小さ|狭)|違い|ちがい"
    r"|(?:どれ|どの)(?:だけ|くらい|ぐらい|ほど)(?:も|\w{1,6}[がは])?(?:違|ちが|差)|差[はがをっあ?。]|差$|開き"
    r"|どれ(?:だけ|くらい|ぐらい|ほど)(?:広|大き|小さ|狭|多|少な)"
    r"|difference|how (?:much|many) (?:[a-z]+ ){0,4}(?:larger|bigger|smaller|wider)|相差|差多少|大多少|小多少"
)
_COMPARE = re.compile(
    r"どちら|どっち|どれが|比べ|比較|より(?:も)?(?:広|大き|小さ|狭|多|少な)|(?:ほう|方)が(?:広|大き|小さ|狭|多|少な)"
    r"|同じ(?:広さ|大きさ|面積|数|くらい)|compare|larger|bigger|smaller|哪个(?:更|比较)?[大小多少]|比较|比.+[大小多少]"
)
# The one in the middle of all, and all of them.
_MIDDLE = re.compile(r"中央値|真ん中|まんなか|ちょうど中間|(?<![a-z])median(?![a-z])|中位数")
_EVERY = re.compile(r"どれも|いずれも|どの\w{1,3}も|(?:すべて|全て|全部)(?:の\w{1,3})?[がはに]|みんな|(?<![a-z])(?:all|every)(?![a-z])|都")
_EACH = re.compile(r"[各每]个?(?:行政)?区|所有的?区|全部的?区")
# What may be asked of by a bound: 「差は40平方キロ以上ですか」.
_BOUNDABLE = ("sum", "mean", "difference")
# Between a number and the zones that have so many: 「6つの区」「5つ取り上げる区」.
_HAVING = r"(?:ずつ|だけ|ちょうど)?(?:の|[をもが]?\w{0,5}[るたうつむくす])"
_ALL_OF_THEM = re.compile("全部|すべて|全て|全体|合計|合わせ|あわせ|ひっくるめ|まとめ|のうち|の中")
_THERE_IS = re.compile(r"(?:って|は|が|とか)(?:ある|あります|いる|います)")
_OF_MEAN = re.compile(r"平均(?:値|面積|の広さ)?(?:より(?:も)?|を|以)(?:\w{1,6}[がは])?(?P<adjective>広|大き|小さ|狭|多|少な|上|下|超)")
_THAN = re.compile(
    r"(?:より(?:も)?|以上に)(?:\w{1,8}[がは])?(?P<adjective>広|大き|小さ|狭|多|少な|上|下)|を(?P<verb>上回|超え|下回)"
    r"|ほど(?:は)?(?:\w{1,8}[がは])?(?:(?P<less>広|大き|多)|小さ|狭|少な)く(?:は)?な"
    r"|larger than|bigger than|(?P<en>smaller than)|比\w{1,6}(?:[大广多]|(?P<zh>[小少]))"
)


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation by name with its constraints, as the plan shows them: `max`, `nth` with `nth=2`, `filter` with
    `>=20`."""

    name: str
    constraints: tuple[str, ...] = ()


def operation_of(
    text: str, subjects: int, units: Mapping[str, float], sections: Collection[str] = ()
) -> Operation | None:
    """What `text`, a normalised question for numbers, wants done with them; None if just to have them.

    `subjects` is how many zones it names, `units` the normalised words for the units that the numbers may have, each
    with its factor to the unit that constraints are in; `sections` the words for a zone.
    """
    stated = stated_values(text, units)
    direction = "min" if asks_smallest(text) else "max"
    bounds = range_of(stated) or tuple(bound for value in stated for bound in value.bounds)
    named = "|".join(map(re.escape, sections))
    having = re.match(f"{_HAVING}(?:{named})", stated[0].after) if named and stated and not bounds else None
    if having and _ALL_OF_THEM.match(stated[0].after, having.end()):
        stated, having = stated[1:], None  # 「7つの区あわせて」 are so many zones
    claims = tuple(f"={value.number}" for value in stated[:1] if not bounds)
    if having:
        bounds = claims  # 「6つある区」 are so many, and so many are not what is asked
    if bounds and asks_confirmation(text) and (found := _result_of(stated[0].before, subjects)) in _BOUNDABLE:
        return Operation(found, tuple(f"expected={bound}" for bound in bounds[:1]))  # 「合計は200を超えますか」
    mean = _OF_MEAN.search(text) if subjects < 2 else None
    if mean:
        sign = "<" if mean["adjective"][0] in "小狭少下" else ">"
        bounds = (*bounds, f"{sign}{'=' if '以' in mean.group() else ''}mean")
        text = text.replace(mean.group(), "")
    if bounds:
        return _bounded(text, subjects, bounds)
    if subjects == 2 and not claims and (times := stated_values(text, _TIMES)):
        return Operation("ratio", times[0].bounds or (f"={times[0].number}",))
    if subjects != 1 and _MIDDLE.search(text):
        return Operation("nth", ("nth=middle", f"from={direction}"))
    if top := _TOP.search(text):
        few = next(filter(None, top.groups()))
        ends = (f"from={direction}", f"top={_FEW.get(few) or int(parse(few))}")
        return Operation("mean" if _MEAN.search(text) else "sum" if _ADDING.search(text) else "rank", ends)
    if (nth := _NTH.search(text)) and (n := _nth(nth)):
        return Operation("nth", (f"nth={n}", f"from={direction}"))
    if all(end.search(text) for end in _BOTH_ENDS):
        between = "difference" if _DIFFERENCE.search(text) else "ratio" if _RATIO.search(text) else ""
        if subjects == 0 and between:
            return Operation(between, ("of=ends",))
        return Operation("rank", (f"from={'min' if _UPWARDS.search(text) else 'max'}",))  # all then, in order
    if _SUPERLATIVE.search(text) and not stated:
        return Operation(direction)
    if found := _result_of(text, subjects):
        constraints = {"position": (f"from={direction}",), "share": ()}.get(found, claims)
        return Operation(found, constraints)
    if stated:
        return Operation("check" if subjects == 1 else "filter", claims)
    if subjects == 2 and (claim := claim_of(text)):
        return Operation("compare", (f"from={direction}", f"claim={claim}"))
    if subjects == 1 and (than := _THAN.search(text)) and (not asks_confirmation(text) or _THERE_IS.search(text)):
        sign = "<" if than["en"] or than["zh"] or than["less"] or (than["verb"] or than["adjective"] or "")[:1] in ("小", "狭", "少", "下") else ">"
        return Operation("filter", (f"{sign}than",))
    if subjects >= 2 and _COMPARE.search(text):
        return Operation("compare", (f"from={direction}",))
    if _ORDER.search(text):
        return Operation("rank", (f"from={direction}",))
    return None


def _bounded(text: str, subjects: int, bounds: tuple[str, ...]) -> Operation:
    """What is to be done with the numbers that keep some bounds: 「20平方キロ以上の区の合計」, 「…で一番狭い区」."""
    if subjects == 1 and bounds[-1].endswith("mean"):
        return Operation("filter", bounds)
    if subjects == 1:
        single = len(bounds) == 1 and asks_confirmation(text)
        return Operation("check" if single else "filter", bounds)
    if over := "mean" if _MEAN.search(text) else "sum" if _ADDING.search(text) else "":
        return Operation(over, tuple(part for bound in bounds for part in _exactly(bound)))
    every = _EVERY.search(text)
    if every and asks_confirmation(text.replace(every.group(), "")):
        return Operation("filter", (*bounds, "expected=all"))
    direction = "min" if asks_smallest(text) else "max"
    if _ORDER.search(text):
        return Operation("rank", (f"from={direction}", *bounds))
    if (nth := _NTH.search(text)) and (n := _nth(nth)):
        return Operation("nth", (f"nth={n}", f"from={direction}", *bounds))
    return Operation(direction if _SUPERLATIVE.search(text) else "filter", bounds)


def _exactly(bound: str) -> tuple[str, ...]:
    """A number that is a bound on both sides: of a sum, `=6` is what it is said to be."""
    return (f">{bound}", f"<{bound}") if bound.startswith("=") else (bound,)


def _result_of(text: str, subjects: int) -> str | None:
    """The operation whose result is one number, if the question asks for one."""
    if _RATIO.search(text) and subjects == 2:
        return "ratio"
    if _SHARE.search(text) and subjects >= 1:
        return "share"
    if _POSITION.search(text) and subjects == 1:
        return "position"
    if _DIFFERENCE.search(text) and subjects == 2:
        return "difference"
    if subjects != 1 and _MEAN.search(text):
        return "mean"
    if subjects != 1 and _SUM.search(text):
        return "sum"
    return None


# Size by itself says nothing of a topic.
_SIZE = re.compile(
    r"(?:だだっ)?(?:大き|小さ|小|広|狭|でか|でっか|デカ|ちっちゃ|ちっこ)[いくめ]|巨大|広大|こぢんまり|小ぢんまり|こじんまり|手狭|面積順|広さ順|大きさ順"
)
_WORDS = (
    *(_SIZE, _TOP, COUNT, _SUPERLATIVE, _NTH, _ORDER, _SUM, _MEAN, _RATIO, _SHARE, _POSITION, _DIFFERENCE, _COMPARE, _THAN),
    *(_MIDDLE, _EVERY, _EACH),
)


def operation_words(text: str, measures: Sequence[Mention]) -> list[tuple[int, int]]:
    """Where a normalised text says what is to be done: spans of it that say nothing of a topic.

    `measures` are the stated values, by their places in `text`; bounds stand behind them, or before them.
    """
    spans = [match.span() for pattern in _WORDS for match in pattern.finditer(text)]
    for measure in measures:
        spans += [match.span() for _, pattern in BOUNDS if (match := pattern.match(text, measure.end))]
        for _, pattern in BOUNDS_BEFORE:
            if match := pattern.search(text[: measure.start]):
                spans.append(match.span())
    return spans


def position_spans(text: str) -> list[tuple[int, int]]:
    """Where a normalised text asks for a place in an order: 「何番目に位置」 asks for no location."""
    return [match.span() for match in _POSITION.finditer(text)]


def asks_smallest(text: str) -> bool:
    """Whether a normalised text asks from the small end: 「小さいのは」."""
    return _SMALL.search(text) is not None


def _nth(match: re.Match[str]) -> int:
    if match["next"]:
        return 2
    if match["word"]:
        return _ENGLISH_NTH[match["word"]]
    return int(parse(match["n"] or match["from"] or match["zh"] or match["en"]))
