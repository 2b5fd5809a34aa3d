"""Words by which a question speaks of how many there are: of the languages only."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from app.answering.numerals import NUMBER, exact, parse
from app.answering.stated import NOT_ORDINAL
from app.schema import Mention

# What is counted with: 「6つ」「5件」, but not 「2つ目」, a place in a list.
COUNTERS: Mapping[str, float] = dict.fromkeys(
    "つ 個 件 点 項目 か所 ヶ所 カ所 箇所 種類 本 项 个 条 measures areas".split(), 1.0
)
_COUNTED = re.compile(rf"(?P<number>{NUMBER})\s*(?:{'|'.join(COUNTERS)}){NOT_ORDINAL}")
_MANY = re.compile(r"多[いく]|少な[いく]|最[多少]|比\w{1,8}[多少]|(?<![a-z])(?:most|fewest|fewer|more)(?= [a-z]+s(?![a-z]))")
_ADDED = re.compile(r"の(?:合計|総計|総和|累計|平均)|合计")
_TIMES_ASKED = re.compile(r"何倍|倍率|几倍|多少倍|how many times")
PART = re.compile(r"何(?:%|パーセント|割)|割合|比率|percent|proportion|share of|百分之|占比")
COUNT = re.compile(
    r"いくつ|なんこ|幾つ|何個|何点|本数|何件|何項目|何か所|何ヶ所|何カ所|何箇所|何種類|何本|(?<![人複多少])数[はをがっての]"
    r"|(?<![人複多少])数(?:で|が|も|最|一番|いちばん|トップ|ベスト|ワースト|ランキング|上位|下位|順|平均|合計|[\d何])|数(?:える|えて|え)|数$|数[?。]|件数|個数|総数"
    r"|how many|number of|几个|几条|多少条|多少个|几项|多少项|数量"
)


def count_cue(text: str, nouns: Sequence[str] = ()) -> int | None:
    """Where a normalised text begins to speak of how many there are, or writes a number before one of the `nouns`; None
    if it does not: 「数」「いくつ」「5件」「多い」."""
    numbered = re.compile(rf"{NUMBER}\s*(?:{'|'.join(map(re.escape, nouns))})") if nouns else _COUNTED
    cues = (COUNT, _COUNTED, numbered, PART, _TIMES_ASKED, _MANY, _ADDED)
    return min((match.start() for cue in cues if (match := cue.search(text))), default=None)


def asks_many(text: str) -> bool:
    """Whether a normalised text asks for more or fewer of something, not for larger or smaller: 「最も多いのは」."""
    return re.search(r"多い|多く|少な[いく]|最[多少]|(?<![a-z])fewest", text) is not None


def asks_count(text: str) -> bool:
    """Whether a normalised text asks how many there are."""
    return COUNT.search(text) is not None


def counted(text: str) -> list[Mention]:
    """Numbers of things in a normalised text: 「6つ」「5件」. Their places are in that text."""
    return [Mention(match.group(), *match.span()) for match in _COUNTED.finditer(text)]


def stated_count(text: str) -> str | None:
    """The first number of things in a normalised text, as a constraint: 「六つ」 and 「6件」 are `=6`; None without one."""
    match = _COUNTED.search(text)
    return None if match is None else f"={exact(parse(match['number']))}"
