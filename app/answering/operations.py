"""What a question wants done with numbers: the largest, a sum, a comparison, a threshold, a check, a count.

Words of the languages only; what the numbers are, and which zones, is the plan's to say.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.answering.numerals import NUMBER, exact, parse
from app.schema import Mention

# What is counted with: 「6つ」「5件」, but not 「2つ目」, a place in a list.
COUNTERS: Mapping[str, float] = dict.fromkeys(
    "つ 個 件 点 項目 か所 ヶ所 カ所 箇所 種類 本 项 个 条 measures areas".split(), 1.0
)
_NOT_ORDINAL = r"(?!目|め|番)"

_SMALL = re.compile(
    r"こぢんまり|小ぢんまり|こじんまり|小規模|手狭|小さ|小い|小さく|狭|最小|最少|少な|小せ|ちっ?ちゃ|ちいさ|せま|すくな|ちいさ|せまい|すくない|下から|後ろから|コンパクト|下位|ワースト|ビリ|どん尻"
    r"|smallest|smaller|(?<!at )least|fewest|fewer|最小的|小的|更小|较小|最少|少的|(?<!大)小[?。]?$|第[一二三四五六七八九十\d]+小"
)
_BOTH_ENDS = (
    re.compile(r"最大|最多|(?:一番|いちばん|最も|もっとも)(?:大き|広|多)|largest|biggest"),
    re.compile(r"最小|最少|(?:一番|いちばん|最も|もっとも)(?:小さ|狭|少な)|smallest"),
)
_SUPERLATIVE = re.compile(
    r"一番|いちばん|1番(?!目)|チャンピオン|王者|優勝|ビリ|最下位|どん尻|最上位|さいだい|さいしょう|最も|もっとも|最大|最小|最多|最少|最(?:広|狭)|トップ(?!\d)|ナンバーワン|ダントツ|首位|最下位"
    r"|largest|biggest|smallest|fewest|(?<![a-z])(?:most|least)(?= (?:measures|areas))|最[广多少]"
)
_NTH = re.compile(
    r"第?(?P<n>\d+|[一二三四五六七八九十百]+)(?:番目|番め|番手|位)|第(?P<zh>\d+|[一二三四五六七八九十百]+)(?=[大小广])"
    r"|(?:ほう|方|上|下)から(?:数えて)?(?P<from>\d+|[一二三四五六七八九十]+)(?:つ|個)?目"
    r"|(?<![a-z\d])(?:(?P<word>second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)|(?P<en>\d+)(?:st|nd|rd|th))"
    r"[- ](?:largest|biggest|smallest|most|fewest)"
)
_ENGLISH_NTH = {word: n for n, word in enumerate("second third fourth fifth sixth seventh eighth ninth tenth".split(), 2)}
_ORDER = re.compile(
    r"順(?:番|位|々)?(?:に|で|を|は|$|の|通り)|ランキング|ランク|順位|(?<![a-z])rank(?:ed|ing|s)?(?![a-z])|sort|排序|排名|排列"
)
_TOP = re.compile(
    r"(?:トップ|上位|下位|ベスト|ワースト|top|bottom|前)\s*(?P<n>\d+|[一二三四五六七八九十]+)(?:つ|区|か所|名)?"
    r"|順に(?P<m>\d+|[一二三四五六七八九十]+)(?:つ|区|か所)"
)
_SUM = re.compile(
    r"合計|ごうけい|総勢|で計|計(?=いくつ|何|\d)|ひっくるめ|束ね|くっつけ|プラス|積み上げ|まとめる?と|あわせて|総計|総数|合わせ(?:て|ると|た)|足(?:す|し|した|せ)|トータル|全部で|全体で|ぜんぶで|総和|合算|累計|[＋+]"
    r"|(?<![a-z])sum(?![a-z])|(?<![a-z])total(?![a-z])|altogether|combined|总共|合计|一共|总和|加起来"
)
_ADDING = re.compile(r"合計|ひっくるめ|束ね|くっつけ|プラス|積み上げ|総計|合わせ(?:て|ると|た)|足(?:す|し|した|せ)|総和|合算|累計|(?<![a-z])sum(?![a-z])|总和|加起来")
_MEAN = re.compile(r"平均|ならす|ならし(?:て|た)|(?:1|一|ひとつ|一つ|1つ)(?:区|つ|か所)?(?:あたり|当たり|につき)|へいきん|アベレージ|(?<![a-z])average(?![a-z])|(?<![a-z])mean (?:size|area|number)")
_RATIO = re.compile(r"何倍|何(?:個|つ|コ)分|なんばい|何分の|倍率|[何の]倍|倍(?:ある|です|で[すし]|に|も)|how many times|times (?:as|larger|bigger)|几倍|多少倍")
_SHARE = re.compile(r"何(?:%|パーセント|割)|割合|比率|占め|シェア|percent|proportion|share of|百分之|占比")
_POSITION = re.compile(r"何(?:番目|位|番手)|(?:順位|ランク)は|what rank|where does .+ rank|第几|排名?第?几")
_COUNT = re.compile(
    r"いくつ|なんこ|幾つ|何個|何件|何項目|何か所|何ヶ所|何カ所|何箇所|何種類|何本|(?<![人複多少])数[はをがっての]|(?<![人複多少])数で|数(?:える|えて|え)|数$|数[?。]|件数|個数|総数"
    r"|how many|number of|几个|几条|多少条|多少个|几项|多少项|数量"
)
_DIFFERENCE = re.compile(
    r"の差|何.{0,10}(?:違|ちが)|差(?:って|っていう|も|なん|な[のん])|(?:どれ|どの|どん)(?:だけ|くらい|ぐらい|ほど)(?:も)?(?:上回|超え|下回|差)|何(?:つ|個|件|平方キロ\w*)(?:多|少な|大き|広|小さ|狭)|違い|ちがい|(?:どれ|どの)(?:だけ|くらい|ぐらい|ほど)(?:も)?(?:違|ちが|差)|差[はがをっあ?。]|差$|開き|どれ(?:だけ|くらい|ぐらい|ほど)(?:広|大き|小さ|狭|多|少な)"
    r"|difference|how much (?:larger|bigger|smaller)|相差|差多少|大多少|小多少"
)
_COMPARE = re.compile(
    r"どちら|どっち|どれが|比べ|比較|より(?:も)?(?:広|大き|小さ|狭|多|少な)|(?:ほう|方)が(?:広|大き|小さ|狭|多|少な)"
    r"|同じ(?:広さ|大きさ|面積|数|くらい)|compare|larger|bigger|smaller|哪个(?:更|比较)?[大小多少]|比较|比.+[大小多少]"
)
# What stands behind a stated number, the denied ones first: 「…を超えない」 is at most that.
_BOUNDS = (
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
_BOUNDS_BEFORE = (
    (">=", re.compile(r"(?:at least|(?:no|not) (?:less|smaller|fewer) than|不小于|不少于|不低于|至少)\s*$")),
    ("<=", re.compile(r"(?:at most|up to|(?:no|not) (?:more|larger|bigger|greater) than|不大于|不超过|不高于|至多)\s*$")),
    ("<", re.compile(r"(?:(?:less|smaller|fewer) than|(?<![a-z])(?:under|below)|小于|少于|低于|不到|不足)\s*$")),
    (">", re.compile(r"(?:(?:more|larger|bigger|greater) than|(?<![a-z])(?:over|above)|exceeding|大于|超过|高于|多于)\s*$")),
)
_RANGE = re.compile(r"(?:から|〜|~|-|–|—|以上|と|to|and|到|至|~)\s*、?\s*")
_CONFIRM = re.compile(
    r"(?:らしい|らしいね|らしいじゃない|みたい(?:だ|です)?(?:ね)?|そう(?:だ|です)ね|って(?:聞いた|聞き(?:ました|まし)|読んだ|言ってた)?.{0,6}(?:けど|が)?|だとか|んだとか|である|よね|だよね|でしょう?か?|でしたっけ|だっけ|っけ|ですか|ますか|ましたか|ませんか|のか|んか|かな|じゃない(?:の|ですか)?|ではない(?:の|ですか)?"
    r"|本当(?:ですか|なの|に)?|ほんと(?:う)?(?:に)?|正しい(?:ですか|数字|です|の)?|(?:合って|あって)(?:い?ます(?:か)?|る)?|間違い(?:ない|ありません)(?:です)?か?|という認識で(?:いい|よい|合って).*"
    r"|(?:る|い|た|だ|う|つ|く|む|ぶ|す|ぐ|ぬ|ん|の|か|も)|right|correct|true|yes|吗|对吧|是吧|对吗|是不是)\s*[?。!]*$"
    r"|^(?:is|are|does|do|was|did|isn't) |是真的|合ってます"
)
_INTERROGATIVE = re.compile(
    r"何|なに|なん(?:です|だ|の)|どこ|どれ|どの|いくつ|幾つ|誰|だれ|いつ|どう|どんな|どちら|どっち|いくら|なぜ|どなた"
    r"|教え|知りた|挙げ|並べ|示し|ください|下さい|見せ|what|which|how|where|who|when|why|list|哪|什么|多少|几|谁|怎"
)
_CLAIM = (
    re.compile(r"(?:は|が|のほうが|の方が|も|、|って).{0,12}より(?:も|は|か)?(?:ずっと|少し|かなり|も)?(?P<adjective>広|大き|小さ|狭|多|少な)"),
    re.compile(r"(?:bigger|larger|(?P<small>smaller)) than|比.{1,12}(?:大|(?P<zh>小))"),
)
_SAME = re.compile(r"同じ|一緒|等しい|同数|同率|変わらない|(?<![a-z])same|equal|一样|相同")
_OF_MEAN = re.compile(r"平均(?:値|面積|の広さ)?(?:より(?:も)?|を|以)(?P<adjective>広|大き|小さ|狭|多|少な|上|下|超)")
# A reason that is asked for takes for granted what it is the reason of.
_WHY = re.compile(r"(?:のは)?(?:なぜ|どうして|何故)(?:です|なの|なん)?(?:か|です)?|(?:の|その)?理由(?:は|を)?(?:何|教え\w*)?|why ")
_COMPARING = re.compile(r"どちら|どっち|どれ|どの")
_RELATIVE = re.compile(r"より(?:も)?(?P<adjective>広|大き|小さ|狭)い(?![^、。]{0,3}(?:区|の[はが]|ところ|方))[^、。]{1,12}(?:の|は|って|が)")
_TURNED = re.compile(r"^[^、。]{1,20}より(?:も)?[^、。]{1,20}(?:のほう|の方|ほう)が(?:\w{0,6}が)?(?P<adjective>広|大き|小さ|狭|多|少な)")
_THAN = re.compile(r"より(?:も)?(?:\w{1,8}[がは])?(?P<adjective>広|大き|小さ|狭|多|少な|上|下)|を(?P<verb>上回|超え|下回)|larger than|bigger than|(?P<en>smaller than)")


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation by name with its constraints, as the plan shows them: `max`, `nth` with `nth=2`, `filter` with
    `>=20`."""

    name: str
    constraints: tuple[str, ...] = ()


def operation_of(text: str, subjects: int, units: Mapping[str, float]) -> Operation | None:
    """What `text`, a normalised question for numbers, wants done with them; None if just to have them.

    `subjects` is how many zones it names, `units` the normalised words for the units that the numbers may have, each
    with its factor to the unit that constraints are in.
    """
    stated = _stated_values(text, units)
    direction = "min" if asks_smallest(text) else "max"
    if bounds := _range(stated) or tuple(bound for value in stated if (bound := value.bound)):
        if subjects != 1 and (over := "mean" if _MEAN.search(text) else "sum" if _ADDING.search(text) else ""):
            return Operation(over, bounds)
        return Operation("check" if subjects == 1 and len(bounds) == 1 and asks_confirmation(text) else "filter", bounds)
    claims = tuple(f"={value.number}" for value in stated[:1])
    if (mean := _OF_MEAN.search(text)) and subjects == 0:
        return Operation("filter", (f"{'<' if mean['adjective'][0] in '小狭少下' else '>'}mean",))
    if (nth := _NTH.search(text)) and (n := _nth(nth)):
        return Operation("nth", (f"nth={n}", f"from={direction}"))
    if top := _TOP.search(text):
        few = (f"from={direction}", f"top={int(parse(top['n'] or top['m']))}")
        return Operation("mean" if _MEAN.search(text) else "sum" if _ADDING.search(text) else "rank", few)
    if all(end.search(text) for end in _BOTH_ENDS):
        if subjects == 0 and _DIFFERENCE.search(text):
            return Operation("difference", ("of=ends",))
        return Operation("rank", ("from=max",))  # all then, in order
    if _SUPERLATIVE.search(text) and not stated:
        return Operation(direction)
    if found := _result_of(text, subjects):
        constraints = {"position": (f"from={direction}",), "share": ()}.get(found, claims)
        return Operation(found, constraints)
    if stated:
        return Operation("check" if subjects == 1 else "filter", claims)
    if subjects == 2 and (claim := _claim(text)):
        return Operation("compare", (f"from={direction}", f"claim={claim}"))
    if subjects == 1 and (than := _THAN.search(text)) and not asks_confirmation(text):
        sign = "<" if than["en"] or (than["verb"] or than["adjective"] or "")[:1] in ("小", "狭", "少", "下") else ">"
        return Operation("filter", (f"{sign}than",))
    if subjects >= 2 and _COMPARE.search(text):
        return Operation("compare", (f"from={direction}",))
    if _ORDER.search(text):
        return Operation("rank", (f"from={direction}",))
    return None


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
    r"(?:だだっ)?(?:大き|小さ|小|広|狭|でか|デカ|ちっちゃ)[いくめ]|巨大|広大|こぢんまり|小ぢんまり|こじんまり|手狭|面積順|広さ順|大きさ順"
)
_WORDS = (_SIZE, _TOP, _COUNT, _SUPERLATIVE, _NTH, _ORDER, _SUM, _MEAN, _RATIO, _SHARE, _POSITION, _DIFFERENCE, _COMPARE, _THAN)


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


def count_cue(text: str) -> int | None:
    """Where a normalised text begins to speak of how many there are; None if it does not: 「数」「いくつ」「5件」「多い」."""
    counted = re.compile(rf"{NUMBER}\s*(?:{'|'.join(COUNTERS)}){_NOT_ORDINAL}")
    cues = [_COUNT, counted, re.compile(r"多[いく]|少な[いく]|最[多少]|(?<![a-z])(?:most|fewest|fewer|more)(?= (?:measures|areas))")]
    return min((match.start() for cue in cues if (match := cue.search(text))), default=None)


def asks_many(text: str) -> bool:
    """Whether a normalised text asks for more or fewer of something, not for larger or smaller: 「最も多いのは」."""
    return re.search(r"多い|多く|少な[いく]|最[多少]|(?<![a-z])fewest", text) is not None


def asks_count(text: str) -> bool:
    """Whether a normalised text asks how many there are."""
    return _COUNT.search(text) is not None


def asks_smallest(text: str) -> bool:
    """Whether a normalised text asks from the small end: 「小さいのは」."""
    return _SMALL.search(text) is not None


def asks_confirmation(text: str) -> bool:
    """Whether a normalised text asks yes or no: it ends like a question and has no word that asks for anything."""
    return _CONFIRM.search(text) is not None and _INTERROGATIVE.search(text) is None


def counted(text: str) -> list[Mention]:
    """Numbers of things in a normalised text: 「6つ」「5件」. Their places are in that text."""
    pattern = re.compile(rf"{NUMBER}\s*(?:{'|'.join(COUNTERS)}){_NOT_ORDINAL}")
    return [Mention(match.group(), *match.span()) for match in pattern.finditer(text)]


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


def _stated_values(text: str, units: Mapping[str, float]) -> list[_Stated]:
    """The numbers with a unit in the question; the words between two of them are before one and behind the other."""
    names = "|".join(re.escape(unit) for unit in sorted(units, key=len, reverse=True))
    # The first of a range goes without its unit: 「10〜30平方キロ」.
    lone = rf"{NUMBER}(?=\s*(?:から|〜|~|-|–|—|到|to|以上|を超え)\s*{NUMBER}\s*(?:{names}))"
    pattern = rf"(?P<number>{NUMBER})\s*(?P<unit>{names}){_NOT_ORDINAL}|{lone}"
    matches = list(re.finditer(pattern, text)) if names else []
    factors = [units[match["unit"]] if match["unit"] else 0.0 for match in matches]
    factors = [factor or next(filter(None, factors[i:]), 1.0) for i, factor in enumerate(factors)]
    edges = [0, *(match.end() for match in matches)]
    starts = [*(match.start() for match in matches[1:]), len(text)]
    return [
        _Stated(
            exact(float(Decimal(repr(parse(match["number"] or match.group()))) * Decimal(repr(factor)))),
            text[edge : match.start()],
            text[match.end() : start].lstrip(),
        )
        for match, factor, edge, start in zip(matches, factors, edges, starts, strict=False)
    ]


def _range(stated: Sequence[_Stated]) -> tuple[str, ...]:
    """「20平方キロから46平方キロまで」 as two bounds."""
    if len(stated) == 2 and _RANGE.fullmatch(stated[0].after):
        last = stated[1].bound
        return (f">={stated[0].number}", last if last.startswith("<") else f"<={stated[1].number}")
    return ()


def _claim(text: str) -> str | None:
    """What a question for confirmation, or for the reason, says of the first zone named against the second: `>`, `<`,
    `=`; turned round where the second is named first: 「AよりBのほうが広い」."""
    text = _WHY.sub("", text)
    if (match := _RELATIVE.search(text)) and not _COMPARING.search(text):
        return ">" if match["adjective"] in "小さ狭" else "<"
    if _INTERROGATIVE.search(text):
        return None
    if match := _TURNED.search(text):
        return ">" if match["adjective"][0] in "小狭少" else "<"
    if _SAME.search(text):
        return "="
    if match := _CLAIM[0].search(text):
        return "<" if match["adjective"][0] in "小狭少" else ">"
    if match := _CLAIM[1].search(text):
        return "<" if match["small"] or match["zh"] else ">"
    return None


def _nth(match: re.Match[str]) -> int:
    if match["word"]:
        return _ENGLISH_NTH[match["word"]]
    return int(parse(match["n"] or match["from"] or match["zh"] or match["en"]))
