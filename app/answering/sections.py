"""What the documents' sections are called, and where a question speaks of them: by name, as such, or how many."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from app.answering.numerals import NUMBER
from app.answering.utterance import Utterance
from app.reading.guide import Guide
from app.reading.normalization import Normalized, normalize
from app.reading.tokenization import Tokenizer
from app.schema import Mention, Zone

# Asking which of the sections: 「どの区」「どこのイノベーション区」, or behind the noun: 「…する区はどこですか」
_WHICH = "(?:(?<!な)どの|どこの|何の|何処の|何|いずれの|どちらの|どっちの|なに)"
_WHICH_AFTER = "(?:は|って|とは|が)(?:どこ|どちら|どれ|何処)"
# The same, and what a section is called, in English and Chinese: 「which of the zones」「哪几个联动创新区」
_FOREIGN = ("zones?", "districts?")
_WHICH_FOREIGN = (r"(?<![a-z])(?:which|what)(?: of)?(?: the| these)?(?: \w+){0,2}? ", r"哪(?:些|个|几个|一个|几|一)?(?:联动创新|创新)?")
_EXCEPT = re.compile(
    r"以外|(?:の分)?(?:を|は)?(?:除外|抜い|外し|ノーカウント|差し引|引い)(?:て|た|し)?|[をは]?別(?:に|で)|を?含め?(?:ない|ず)|を?入れ(?:ない|ず)|じゃなくて|ではなくて?|でなく|は抜き|は数えない|を除(?:い(?:た|て)|く)|をのぞ(?:い(?:た|て)|く)|は除(?:い(?:た|て)|く)|抜き"
)
_AND = re.compile(r"区?(?:と|や|、|,|・|および|及び|or|and|和|与|\s)*")
# What describes the noun behind it.
_DESCRIBING = ("動詞", "形容詞", "助動詞")
_NOT_COUNTING = re.compile(r"(?:不算|除了|除去|不包括|不含|excluding |except |without |not counting )(?:the )?$")
_HIRAGANA = re.compile(r"[ぁ-ゖ]$")
_INCLUDING = re.compile(r"(?:の分|のもの|の場合)?(?:も|を|まで)?(?:入れ|含め|含む|含んだ|加え|込み|込め|数え|足[しすせ])(?:て|た|で|の)?")


class Sections:
    """The zones of some documents by every way to write their names, and the words for a zone as such."""

    def __init__(
        self, guides: Sequence[Guide], zones: Sequence[Zone], headings: Mapping[str, str], tokenizer: Tokenizer
    ) -> None:
        """`headings` gives each zone's whole heading line, since people write that too."""
        self.names = tuple(zone.name for zone in zones)
        self.noun = _fold(next((guide.noun for guide in guides if guide.noun), ""))
        self.nouns = frozenset(_fold(noun) for guide in guides for noun in guide.nouns)
        self.words = _section_words(headings, self.noun, tokenizer)
        # Names that are the end of the whole one: 保税区 of 総合保税区.
        self.shortened = tuple(
            (name, word)
            for guide in guides
            for name, words in guide.names.items()
            for word in words
            if word != name and name.endswith(word)
        )
        groups = [
            (re.compile(rf"(?<!\d){re.escape(_fold(word))}"), tuple(name for name in self.names if name in group))
            for guide in guides
            for group, words in guide.groups
            for word in sorted(words, key=len, reverse=True)
        ]
        # Longest first, so that a short alias does not cut into a longer name; the words for several at once come last.
        self._names = [*_names(guides, zones, headings, self.noun), *groups]
        self._words = longest_first(self.words)
        long = [word for word in self.words if len(word) > 1]
        self._long_words = longest_first(long) if long else None
        asked = longest_first({*self.words, *self.nouns}).pattern
        foreign = [*_FOREIGN, *(re.escape(noun) for noun in sorted(self.nouns) if noun.isascii())]
        asking = (f"{_WHICH}(?:{asked})", f"(?:{asked}){_WHICH_AFTER}", f"{_WHICH_FOREIGN[0]}(?:{'|'.join(foreign)})(?![a-z])")
        self._which = [re.compile(pattern) for pattern in (*asking, f"{_WHICH_FOREIGN[1]}(?:{asked})")] if asked else []
        spoken = {_fold(word) for guide in guides for item in guide.attributes for word in item.words.get("ja", ())}
        self._count = _count_pattern([*self.words, *(self.nouns - spoken)], self.noun)
        numbered = (
            rf"(?:^|(?<=[。、 全のたるは])|(?<=残り)){NUMBER}(?:(?:つ|個|か所)の(?:{self._words.pattern})|个(?=区)| zones)"
            rf"|{NUMBER}(?:つ|区|個)(?:のうち|の中|並べ)|(?<={self.noun}){NUMBER}(?:つ|個|か所)"
        )
        self._numbered = re.compile(numbered) if self.noun else None

    def zones(self, question: Normalized, places: Sequence[Mention]) -> list[Mention]:
        """The zones named, in the order of the question; `value` is the zone's name."""
        taken = list(places)
        found: list[Mention] = []
        for pattern, zones in self._names:
            for mention in _mentions(question, pattern):
                if not any(mention.overlaps(other) for other in taken):
                    taken.append(mention)
                    found += [Mention(zone, mention.start, mention.end) for zone in zones]
        return sorted(found, key=lambda mention: mention.start)

    def exclusions(self, question: Normalized, zones: Sequence[Mention]) -> tuple[list[Mention], frozenset[str]]:
        """The words that say that zones are named to be left out (「総合保税区以外」), and those zones; none if not."""
        before = _NOT_COUNTING.search(question.text[: question.normal(zones[0].start)]) if zones else None
        if before and len(zones) > 1:
            return [Mention(before.group(), *question.raw_span(*before.span()))], frozenset({zones[0].value})
        for i, zone in reversed(list(enumerate(zones))):
            if match := _EXCEPT.match(question.text, question.normal(zone.end)):
                said = Mention(match.group(), *question.raw_span(*match.span()))
                first = i  # those named right before are left out together: 「虹口と宝山以外」, but not the 6区 of before
                while first and _AND.fullmatch(question.text[question.normal(zones[first - 1].end) : question.normal(zones[first].start)]):
                    first -= 1
                return [said], frozenset(item.value for item in zones[first : i + 1])
        return [], frozenset()

    def inclusions(self, question: Normalized, zones: Sequence[Mention]) -> list[Mention]:
        """The words that say that the one zone is named as one of all: 「総合保税区も入れて」; none if it is not."""
        match = _INCLUDING.match(question.text, question.normal(zones[0].end)) if len(zones) == 1 else None
        return [] if match is None else [Mention(match.group(), *question.raw_span(*match.span()))]

    def asks_which(self, heard: Utterance) -> list[Mention]:
        """Where the question asks for a section itself: 「どの区」, or 「…する区は」, a section that something is said of."""
        found = [mention for pattern in self._which for mention in _mentions(heard.normalized, pattern)]
        ends = {
            token.end
            for token in heard.tokens
            if token.pos.startswith(_DESCRIBING) or (token.base == "の" and token.start > 0)
            if _HIRAGANA.search(token.surface)
        }
        whole = {token.end for token in heard.tokens}
        sections = _mentions(heard.normalized, self._words) if self.noun else []
        return found or [mention for mention in sections if mention.start in ends and mention.end in whole][-1:]

    def without_numbers(self, text: str) -> str:
        """A normalised text without numbers of sections, which count nothing in them: 「7つの区の施策」."""
        return text if self._numbered is None else self._numbered.sub("", text)

    def asks_count(self, text: str) -> re.Match[str] | None:
        """Where a normalised text asks how many sections there are, or states it: then it holds a number."""
        return None if self._count is None else self._count.search(text)

    def words_in(self, question: Normalized) -> list[Mention]:
        """Words for sections as such (連携イノベーション区), of more than one character."""
        return [] if self._long_words is None else _mentions(question, self._long_words)


def _mentions(question: Normalized, pattern: re.Pattern[str]) -> list[Mention]:
    found = []
    for match in pattern.finditer(question.text):
        start, end = question.raw_span(*match.span())
        found.append(Mention(match.group(), start, end))
    return found


def longest_first(words: Iterable[str]) -> re.Pattern[str]:
    """A pattern for any of some words, the longest that there is at a place."""
    return re.compile("|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word))))


def _names(
    guides: Sequence[Guide], zones: Sequence[Zone], headings: Mapping[str, str], noun: str
) -> list[tuple[re.Pattern[str], tuple[str, ...]]]:
    """Patterns for every way to write a zone's name, its heading's ending or the noun behind it or not."""
    words = {
        (_fold(word), _fold(headings[zone.name]).replace(_fold(zone.name), "", 1), zone.name)
        for zone in zones
        for word in {zone.name, *(word for guide in guides for word in guide.names.get(zone.name, ()))}
    }
    names: list[tuple[re.Pattern[str], tuple[str, ...]]] = []
    for word, ending, zone_name in sorted(words, key=lambda item: (-len(item[0]), item)):
        endings = "|".join(re.escape(item) for item in (ending, _fold(noun)) if item)
        name = rf"(?<![a-z]){re.escape(word)}(?![a-z])" if word[0].isascii() else re.escape(word)
        names.append((re.compile(name + (f"(?:の?(?:{endings}))?" if endings else "")), (zone_name,)))
    return names


def _section_words(headings: Mapping[str, str], noun: str, tokenizer: Tokenizer) -> tuple[str, ...]:
    """What follows zones' names in the headings, and its shorter forms: 連携イノベーション区, 連携区, 区; longest first."""
    words = {_fold(noun)}
    for ending in {heading.replace(zone, "", 1) for zone, heading in headings.items() if zone in heading}:
        parts = [_fold(token.surface) for token in tokenizer.tokenize(ending)]
        words |= {"".join(parts[i:]) for i in range(len(parts))}
        words |= {"".join(parts[:i]) + parts[-1] for i in range(1, len(parts))}
    return tuple(sorted(words - {""}, key=lambda word: (-len(word), word)))


def _count_pattern(words: Sequence[str], noun: str) -> re.Pattern[str] | None:
    """「いくつの区」「区はいくつ」「全部で何区ある」「8つの連携イノベーション区」, and in English and Chinese."""
    if not noun:
        return None
    section = f"(?:{'|'.join((longest_first(words).pattern, *_FOREIGN))})"
    counted = rf"\d+(?:つ|個|か所|{re.escape(noun)})"
    return re.compile(
        rf"(?:いくつ|何個|何か所|何カ所)の{section}|{section}(?:は|って|が|の数は?|の総数は?)(?:全部で|全体で|合計で?|(?:合|あ)わせて)?(?:いくつ|何個|何か所|何カ所)"
        rf"|{section}(?:は|って|が).{{0,20}}?(?:いくつ|何個|何か所|何カ所)(?!の)"
        rf"|何{re.escape(noun)}(?:ある|あり|から|で構成|に)|how many (?:\w+ ){{0,3}}?(?:zones|districts)|(?:几个|多少个)(?:\w{{0,4}})?区"
        rf"|(?:全部で|全体で|合計|(?:合|あ)わせて){counted}(?!以)|{section}(?:は|って|が|の数は)(?:全部で|全体で|合計で?|(?:合|あ)わせて)?{counted}(?!以|で一|で最|のうち)"
    )


def _fold(text: str) -> str:
    return normalize(text).text
