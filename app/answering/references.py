"""Words by which a question refers to what was said before: of the languages only."""

from __future__ import annotations

import re
from collections.abc import Iterable

from app.answering.numerals import NUMBER, ordinal_of

# 「そこの」「その区」「さっきの」
REFERENCE = re.compile(
    r"そこ|その(?!他|ほか|もの)|それ(?!ぞれ)|そちら|同区|同じ(?:区|ところ)|この(?:区|\d|[二三四五六])|ここ|あの(?!ね)|当区|そっち|両(?:区|方|者)"
    r"|(?:二|2|三|3)つ(?!目)|前者|後者|その中|このうち|そのうち|どれ(?=です|でしょ|が|に|[?。]|$)|さっき|先ほど|正しい(?:区|ほう|方)"
    r"|(?<![a-z])(?:there|its?|that (?:zone|one|area)|those|they|them|their)(?![a-z])|那里|那个|它|其"
)
# All zones, whatever was spoken of.
EVERYTHING = re.compile(r"各区|全区|全部の区|すべての区|全ての区|どの区も|7区|七区|7つの|区ごと")
# What was not said yet.
OTHERS = re.compile(
    r"(?:それ|そこ|これ|その区|同区)?(?:以外|の他|のほか)|^(?:他|ほか|残り|あと)(?:の|は|に)"
    r"|(?:その|同じ区の)?(?:他|ほか)(?:の|に)|残り|(?<![a-z])others?(?![a-z])|the rest|其他|其余|别的"
)
# The zones themselves, not what they have.
_ZONES = re.compile(r"(?:他|ほか|以外|残り)(?:の|に)?(?:\d*区|ところ|地区|ゾーン|も?(?:ある|あり|やって|同じ))|同じこと|other zones|其他区")
DIRECTION = re.compile(r"大き|広|小さ|狭|多[いくの]|少な|でか|largest|smallest|biggest|most|fewest|[大小]")
# One side of a bound that was spoken of: 「下回るのは？」「狭いところは？」
SIDE = re.compile(r"(?P<below>下回|狭|小さ|少な|以下|未満|smaller|fewer|below|更小)|上回|超え|広|大き|多[いく]|以上|larger|bigger|above|更大")
BACKWARDS = re.compile(r"^(?:じゃあ?|では)?、?(?:その)?(?:逆|反対)(?:に|は|だと)?[?。、]*$")
NEXT = re.compile(r"(?:その)?次(?:の|は|に|$|[?。])|(?:もう|あと)1つ|(?<![a-z])next(?![a-z])|下一个")
PREVIOUS = re.compile(r"(?:その)?(?:1つ)?前(?:の|は)|(?<![a-z])previous(?![a-z])|上一个")
# 「それより狭い区」
OVER_IT = re.compile(r"(?:それ|そこ|その区)より(?:も)?(?:広|大き|小さ|狭|多|少な)|(?:larger|bigger|smaller) than (?:that|it)")
# 「虹口との差は？」 「虹口の何倍？」
FROM_IT = re.compile(r"との?(?:面積の?|広さの?|数の)?(?:差|比|開き)|の何倍|difference|times|相差|几倍")
# The same told in full: 「具体的には？」
IN_FULL = re.compile(r"^(?:では|じゃあ|で)?、?(?:もっと|もう少し)?(?:具体的|詳しく|くわしく|例えば|たとえば|内訳|一覧|全部|どんなもの|どれとどれ)")
# As one of all: 「総合保税区も足したら」
INCLUDING = re.compile(r"も(?:足|入れ|含め|加え)")
BOTH = re.compile(r"(?:二|2|ふた)つ|両(?:方|者|区)|合わせ|足")
# How many of the last zones: 「その2区」「ここまでの4つ」「両区」
SEVERAL = re.compile(
    r"(?:その|この|ここまでの|今までの|これまでの|さっきの|以上の)(?P<n>\d+|[二三四五六七]|ふた)(?:つ|区|か所|者)|(?P<both>両)(?:区|方|者)"
)


def pointed_at(text: str, sections: Iterable[str]) -> tuple[int, int, int] | None:
    """Where a normalised text points at a section by its place in the document, and the place, -1 being the last:
    「最初の区」, 「3番目の区」, but not 「広いほうから3番目の区」."""
    words = "|".join(re.escape(word) for word in sorted(sections, key=len, reverse=True) if word)
    place = rf"(?:最初|最後|{NUMBER}(?:番目|つ目|個目))の"
    japanese = rf"(?:^|[、。,\s「]|(?:資料|文書|文章|本文|発表|一覧)(?:の|で)|では|じゃあ?)(?:一番)?(?P<ja>{place})(?:{words})"
    english = r"(?<![a-z])the (?P<en>first|second|third|fourth|fifth|sixth|last) (?:zone|district|site|harbou?r)s?(?![a-z])"
    chinese = rf"(?P<zh>第[一二三四五六七八九十\d]+个|最后一个)(?:{words})"
    match = re.search(f"{japanese}|{english}|{chinese}", text) if words else None
    if match is None:
        return None
    ordinal = ordinal_of(match["ja"] or match["zh"] or f"the {match['en']} one")
    return None if ordinal is None else (match.start("ja") if match["ja"] else match.start(), match.end(), ordinal)


def is_about_zones(text: str) -> bool:
    """Whether a question for others asks for other zones: 「ほかの区は？」."""
    return _ZONES.search(text) is not None
