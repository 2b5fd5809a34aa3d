"""What a question writes that the documents declare: names of zones, places within them, attributes, section words.

Finds mentions, with their places in the question; what they mean together is the planner's to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from app.answering.gazetteer import Gazetteer
from app.answering.numerals import NUMBER
from app.answering.question_words import EMPTY
from app.answering.utterance import Utterance
from app.reading.guide import Attribute, Guide
from app.reading.normalization import Normalized, normalize
from app.reading.tokenization import Tokenizer
from app.schema import Fact, Mention, Token, Zone

# Asking which of the sections: 「どの区」「どこのイノベーション区」, or behind the noun: 「…する区はどこですか」
_WHICH = "(?:どの|どこの|何の|何処の|何|いずれの|どちらの|どっちの|なに)"
_WHICH_AFTER = "(?:は|って|とは|が)(?:どこ|どちら|どれ|何処)"
_EXCEPT = re.compile(r"以外|を除(?:い(?:た|て)|く)|をのぞ(?:い(?:た|て)|く)|は除(?:い(?:た|て)|く)|抜き")
# What describes the noun behind it.
_DESCRIBING = ("動詞", "形容詞", "助動詞")
_INCLUDING = re.compile(r"(?:の分)?(?:も|を|まで)?(?:入れ|含め|加え|込み|込め)(?:て|た|で)?")
_SHORTEST_READING = 3
_KANJI = re.compile(r"[\u3400-\u9fff]")
_TO_KATAKANA = {code: code + 0x60 for code in range(0x3041, 0x3097)}


@dataclass(frozen=True, slots=True)
class AttributeMention:
    """Words that ask for an attribute. `rank` orders rivals (higher is surer).

    `weak` if they may mean the zone itself, `interrogative` if they only ask (どこ, どれだけ) and name nothing.
    """

    attribute: Attribute
    start: int
    end: int
    rank: tuple[bool, int]
    weak: bool
    interrogative: bool = False

    @property
    def sure(self) -> bool:
        """Whether the words name the attribute whatever else the question says."""
        return not self.weak and not self.interrogative


class Vocabulary:
    """The names and words of some guides and the zones of their documents."""

    def __init__(
        self,
        guides: Sequence[Guide],
        zones: Sequence[Zone],
        headings: Mapping[str, str],
        facts: Sequence[Fact],
        text: str,
        tokenizer: Tokenizer,
    ) -> None:
        """`headings` gives each zone's whole heading line, since people write that too.

        `facts` are the ledger: some are names of parts of a zone, in which a zone's name is not the zone. `text` is all
        that the documents say.
        """
        self.attributes = tuple(attribute for guide in guides for attribute in guide.attributes)
        measured = [attribute for attribute in self.attributes if attribute.measured]
        self.measured = measured[0] if len(measured) == 1 else None
        self.zone_names = tuple(zone.name for zone in zones)
        self.units = tuple({_fold(word) for guide in guides for unit in guide.units for word in (unit.name, *unit.words)})
        self.noun = next((guide.noun for guide in guides if guide.noun), "")
        self.nouns = frozenset(_fold(noun) for guide in guides for noun in guide.nouns)
        self._names = _names(guides, zones, headings, self.noun)
        self.gazetteer = Gazetteer(
            facts,
            {attribute.name for attribute in self.attributes if attribute.names},
            sorted({*self.nouns, _fold(self.noun)} - {""}),
            {word for zone in zones for word in (_fold(zone.name), _fold(zone.name + self.noun))},
            _fold(text),
            tokenizer,
        )
        self.section_words = _section_words(headings, self.noun, tokenizer)
        asked = _longest_first({*self.section_words, *self.nouns}).pattern
        self._which = [re.compile(f"{_WHICH}(?:{asked})"), re.compile(f"(?:{asked}){_WHICH_AFTER}")] if asked else []
        self._numbered = (
            re.compile(rf"{NUMBER}(?:(?:つ|個|か所)の(?:{_longest_first(self.section_words).pattern})|个(?=区)| zones)")
            if self.noun
            else None
        )
        self._zone_count = _zone_count_pattern(self.section_words, self.noun)
        self._phrases = [
            (attribute, phrase, _fold(word))
            for attribute in self.attributes
            for word in attribute.words.get("ja", ())
            for phrase in _phrasings(tokenizer.tokenize(word))
        ]
        self._readings = [
            (attribute, reading)
            for attribute in self.attributes
            for word in attribute.words.get("ja", ())
            if len(reading := "".join(token.reading for token in tokenizer.tokenize(word))) >= _SHORTEST_READING
        ]
        self._foreign = {attribute.name: _foreign(attribute) for attribute in self.attributes}

    def zones(self, question: Normalized, places: Sequence[Mention]) -> list[Mention]:
        """The zones named, in the order of the question; `value` is the zone's name."""
        taken = [(place.start, place.end) for place in places]
        found: list[Mention] = []
        for pattern, zone in self._names:  # longest first, so that a short alias does not cut into a longer name
            for match in pattern.finditer(question.text):
                start, end = question.raw_span(*match.span())
                if all(end <= other_start or start >= other_end for other_start, other_end in taken):
                    taken.append((start, end))
                    found.append(Mention(zone, start, end))
        return sorted(found, key=lambda mention: mention.start)

    def exclusions(self, question: Normalized, zones: Sequence[Mention]) -> list[Mention]:
        """The words that say that the zones are named to be left out: 「総合保税区以外」; none if they are not."""
        match = _EXCEPT.match(question.text, question.normal(zones[-1].end)) if zones else None
        return [] if match is None else [Mention(match.group(), *question.raw_span(*match.span()))]

    def inclusions(self, question: Normalized, zones: Sequence[Mention]) -> list[Mention]:
        """The words that say that the one zone is named as one of all: 「総合保税区も入れて」; none if it is not."""
        match = _INCLUDING.match(question.text, question.normal(zones[0].end)) if len(zones) == 1 else None
        return [] if match is None else [Mention(match.group(), *question.raw_span(*match.span()))]

    def asks_which(self, heard: Utterance) -> list[Mention]:
        """Where the question asks for a section itself: 「どの区」, or 「…する区は」, a section that something is said of."""
        found = [mention for pattern in self._which for mention in _mentions(heard.normalized, pattern)]
        described = (
            heard.mention(word.start, word.end)
            for before, word in pairwise(heard.tokens)
            if before.pos.startswith(_DESCRIBING) or (before.base == "の" and before.start > 0)
            if word.start == before.end and normalize(word.surface).text == self.noun
        )
        return found or list(described)[-1:]

    def without_zone_numbers(self, text: str) -> str:
        """A normalised text without numbers of sections, which count nothing in them: 「7つの区の施策」."""
        return text if self._numbered is None else self._numbered.sub("", text)

    def asks_zone_count(self, text: str) -> re.Match[str] | None:
        """Where a normalised text asks how many sections there are, or states it: then it holds a number."""
        return None if self._zone_count is None else self._zone_count.search(text)

    def sections(self, question: Normalized) -> list[Mention]:
        """Words for sections as such (連携イノベーション区), of more than one character."""
        words = [word for word in self.section_words if len(word) > 1]
        return _mentions(question, _longest_first(words)) if words else []

    def attribute_mentions(
        self, tokens: Sequence[Token], covered: Sequence[bool], zones: Sequence[Mention]
    ) -> list[AttributeMention]:
        """Every stretch of Japanese words, not `covered`, that asks for an attribute."""
        bases = [token.base for token in tokens]
        spans = [
            (attribute, phrase, word, i, i + len(phrase))
            for attribute, phrase, word in self._phrases
            for i in range(len(bases) - len(phrase) + 1)
            if tuple(bases[i : i + len(phrase)]) == phrase and not covered[tokens[i].start]
        ]
        starts = {start for *_, start, _ in spans}
        found = []
        for attribute, phrase, word, start, end in spans:
            if _is_setting(tokens, end) or _is_determiner(tokens, start, end) or (_is_compound(tokens, end, covered) and end not in starts):
                continue
            # A noun names an attribute more surely than an adjective does: 「大きく分けて」 asks for no size.
            noun = tokens[end - 1].pos.startswith(("名詞", "接尾辞"))
            weak = word in self.nouns and any(zone.end in (tokens[start].start, tokens[start].start - 1) for zone in zones)
            rank = (noun, sum(map(len, phrase)))
            asks = all(token.pos.startswith(("代名詞", "助詞", "副詞")) for token in tokens[start:end])
            found.append(AttributeMention(attribute, tokens[start].start, tokens[end - 1].end, rank, weak, asks))
        return found

    def measures(self, heard: Utterance) -> list[Mention]:
        """Numbers with a unit that the documents use: 「20平方キロ」."""
        return [
            heard.mention(*heard.normalized.raw_span(item.start, item.end)) for item in self.measures_in(heard.text)
        ]

    def measures_in(self, text: str) -> list[Mention]:
        """The same in a normalised text, by their places in it."""
        if not self.units:
            return []
        pattern = re.compile(rf"{NUMBER}\s*(?:{_longest_first(self.units).pattern})")
        return [Mention(match.group(), *match.span()) for match in pattern.finditer(text)]

    def kana_mentions(self, heard: Utterance) -> list[AttributeMention]:
        """Attributes by their readings, in a question without kanji: 「めんせき」."""
        question = heard.normalized
        if _KANJI.search(question.text):
            return []
        spoken = question.text.translate(_TO_KATAKANA)
        return [
            AttributeMention(attribute, *question.raw_span(*match.span()), rank=(True, len(reading)), weak=False)
            for attribute, reading in self._readings
            for match in re.finditer(re.escape(reading), spoken)
        ]

    def foreign_mentions(self, heard: Utterance) -> list[AttributeMention]:
        """English and Chinese question words, which the Japanese tokeniser cuts in its own way: found as strings."""
        question = heard.normalized
        return [
            AttributeMention(attribute, *question.raw_span(*match.span()), rank=(True, len(match.group())), weak=False)
            for attribute in self.attributes
            for pattern in self._foreign[attribute.name]
            for match in pattern.finditer(question.text)
        ]


def _fold(text: str) -> str:
    return normalize(text).text


def _mentions(question: Normalized, pattern: re.Pattern[str]) -> list[Mention]:
    found = []
    for match in pattern.finditer(question.text):
        start, end = question.raw_span(*match.span())
        found.append(Mention(match.group(), start, end))
    return found


def _longest_first(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word))))


def _is_setting(tokens: Sequence[Token], i: int) -> bool:
    """Whether what precedes word i is where something happens, not what is asked for: 「徐匯のエリアでは」."""
    return "".join(token.surface for token in tokens[i : i + 3]).startswith(("では", "でも", "における", "において"))


def _is_determiner(tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether words from start to end ask which one of what follows: 「どこの機関」 asks for no place."""
    after = tokens[end : end + 2]
    return tokens[start].base == "どこ" and len(after) == 2 and after[0].base == "の" and after[1].content


def _is_compound(tokens: Sequence[Token], i: int, covered: Sequence[bool]) -> bool:
    """Whether word i goes on with what precedes it to a longer noun: 「区域同士」."""
    if i >= len(tokens) or tokens[i].start != tokens[i - 1].end or covered[tokens[i].start]:
        return False
    if not tokens[i - 1].pos.startswith(("名詞", "接尾辞")):
        return False
    following = tokens[i]
    if following.pos == "名詞-数詞":
        return False
    return following.content and following.pos.startswith(("名詞", "接尾辞")) and following.base not in EMPTY


def _names(
    guides: Sequence[Guide], zones: Sequence[Zone], headings: Mapping[str, str], noun: str
) -> list[tuple[re.Pattern[str], str]]:
    """Patterns for every way to write a zone's name, its heading's ending or the noun behind it or not."""
    words = {
        (_fold(word), _fold(headings[zone.name]).replace(_fold(zone.name), "", 1), zone.name)
        for zone in zones
        for word in {zone.name, *(word for guide in guides for word in guide.names.get(zone.name, ()))}
    }
    names = []
    for word, ending, zone_name in sorted(words, key=lambda item: (-len(item[0]), item)):
        endings = "|".join(re.escape(item) for item in (ending, _fold(noun)) if item)
        name = rf"(?<![a-z]){re.escape(word)}(?![a-z])" if word[0].isascii() else re.escape(word)
        names.append((re.compile(name + (f"(?:の?(?:{endings}))?" if endings else "")), zone_name))
    return names


def _section_words(headings: Mapping[str, str], noun: str, tokenizer: Tokenizer) -> tuple[str, ...]:
    """What follows zones' names in the headings, and its shorter forms: 連携イノベーション区, 連携区, 区; longest first."""
    words = {_fold(noun)}
    for ending in {heading.replace(zone, "", 1) for zone, heading in headings.items() if zone in heading}:
        parts = [_fold(token.surface) for token in tokenizer.tokenize(ending)]
        words |= {"".join(parts[i:]) for i in range(len(parts))}
        words |= {"".join(parts[:i]) + parts[-1] for i in range(1, len(parts))}
    return tuple(sorted(words - {""}, key=lambda word: (-len(word), word)))


def _phrasings(tokens: Sequence[Token]) -> set[tuple[str, ...]]:
    """The dictionary forms of a phrase, also without its particles: 「力を入れる」, 「力入れる」."""
    spoken = tuple(token.base for token in tokens if not token.pos.startswith("助詞"))
    return {tuple(token.base for token in tokens), spoken} if len(spoken) > 1 else {tuple(token.base for token in tokens)}


def _zone_count_pattern(words: Sequence[str], noun: str) -> re.Pattern[str] | None:
    """「いくつの区」「区はいくつ」「全部で何区ある」「8つの連携イノベーション区」, and in English and Chinese."""
    if not noun:
        return None
    section = f"(?:{_longest_first(words).pattern}|zones?|districts?)"
    counted = rf"\d+(?:つ|個|か所|{re.escape(noun)})"
    return re.compile(
        rf"(?:いくつ|何個|何か所|何カ所)の{section}|{section}(?:は|って|が|の数は?|の総数は?)(?:全部で|全体で|合計で?|合わせて)?(?:いくつ|何個|何か所|何カ所)"
        rf"|何{re.escape(noun)}(?:ある|あり|から|で構成|に)|how many (?:\w+ ){{0,3}}?(?:zones|districts)|(?:几个|多少个)(?:\w{{0,4}})?区"
        rf"|(?:全部で|全体で|合計|合わせて){counted}(?!以)|{section}(?:は|って|が)(?:全部で|全体で|合計で?|合わせて)?{counted}(?!以|で一|で最|のうち)"
    )


def _foreign(attribute: Attribute) -> tuple[re.Pattern[str], ...]:
    english = [rf"(?<![a-z0-9]){re.escape(_fold(word))}(?![a-z0-9])" for word in attribute.words.get("en", ())]
    chinese = [re.escape(_fold(word)) for word in attribute.words.get("zh", ())]
    return tuple(re.compile(pattern) for pattern in english + chinese)
