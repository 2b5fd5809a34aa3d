"""What a question writes that the documents declare: words for attributes, measures, and names.

Finds mentions, with their places in the question; what they mean together is the planner's to say.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.answering.gazetteer import Gazetteer
from app.answering.numerals import NUMBER
from app.answering.question_words import EMPTY
from app.answering.sections import Sections, longest_first
from app.answering.stated import unit_words
from app.answering.utterance import Utterance
from app.reading.guide import Attribute, Guide
from app.reading.normalization import normalize
from app.reading.tokenization import Tokenizer
from app.schema import Fact, Language, Mention, Token, Zone

_SHORTEST_READING = 3
_SHORTEST_WORD = 2
_LONG_WORD = 4
_NOUN = re.compile(r"[\u3400-\u9fffァ-ヺー]{2,}")
_WITHIN_KATAKANA = re.compile(r"[ァ-ヺー]{2}")
_NO_NOUN = ("動詞", "形容詞", "副詞")
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
        # Words for units, each with its factor to the base unit of its dimension.
        self.units = {
            _fold(word): unit.factor for guide in guides for unit in guide.units for word in (unit.name, *unit.words)
        }
        self._measures = re.compile(rf"{NUMBER}\s*(?:{unit_words(self.units)})") if self.units else None
        titles = [line for line in (_first_line(part) for part in text.split("\f")) if line]
        zones_words = {token.base for zone in zones for token in tokenizer.tokenize(zone.name)}
        # What the documents' titles say is what all of them is about, and sets no question apart.
        self.background = (
            frozenset(token.base for title in titles for token in tokenizer.tokenize(title) if token.content) - zones_words
        )
        self.names = frozenset(attribute.name for attribute in self.attributes if attribute.names)
        of_document = {attribute.name for attribute in self.attributes if attribute.of == "document"}
        stated = Counter(fact.attribute for fact in facts if fact.attribute in of_document)
        self.several = frozenset(name for name, count in stated.items() if count > 1)
        by_zone = Counter((fact.attribute, fact.subject) for fact in facts if fact.attribute not in of_document)
        # Attributes of which every zone states just one thing: nothing to be counted.
        self.single = frozenset(
            name for name, _ in by_zone if all(count == 1 for (other, _), count in by_zone.items() if other == name)
        )
        self.sections = Sections(guides, zones, headings, tokenizer)
        # What a document says how many there are of, and which of it are its own sections: 「8か所の港」.
        self.numbered = frozenset(fact.attribute for fact in facts if fact.attribute in of_document and fact.text[:1].isdecimal())
        nouns = longest_first({*self.sections.words, *self.sections.nouns}).pattern
        of_sections = {fact.attribute for fact in facts if re.fullmatch(rf"{len(zones)}\D+の(?:{nouns})", _fold(fact.text))}
        self.section_count = next((item for item in self.attributes if item.name in self.numbered & of_sections), None)
        self.gazetteer = Gazetteer(
            facts,
            self.names,
            sorted({*self.sections.nouns, self.sections.noun} - {""}),
            {word for zone in zones for word in (_fold(zone.name), _fold(zone.name) + self.sections.noun)},
            _fold(text),
            [item for guide in guides for item in guide.synonyms],
            {*self.units, *(_fold(word) for item in self.attributes for words in item.words.values() for word in words)},
            tokenizer,
        )
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
        self._countable = longest_first(
            {word for attribute, _, word in self._phrases if not attribute.measured and attribute.of == "zone" and attribute.name not in self.single}
        )
        self._foreign = {attribute.name: _foreign(attribute) for attribute in self.attributes}

    def nouns_of(self, attribute: Attribute) -> list[str]:
        """The words for an attribute that a number may stand before: 「5施策」, `5 measures`."""
        nouns = [word for other, _, word in self._phrases if other is attribute and _NOUN.fullmatch(word)]
        return nouns + [_fold(word) for word in attribute.words.get("en", ())]

    def is_counted(self, heard: Utterance, mention: Mention) -> bool:
        """Whether words for zones say how many of something they have: 「6つの区」 in 「施策が6つの区」."""
        start = heard.normalized.normal(mention.start)
        before = re.search(rf"(?:{self._countable.pattern})(?:の数)?が$", heard.text[:start])
        return before is not None and re.match(NUMBER, heard.text[start:]) is not None

    def is_attribute_alone(self, heard: Utterance, said: Sequence[Mention]) -> bool:
        """Whether all that a question says is a word for an attribute, though it may be one for zones too."""
        words = tuple({word for *_, word in self._phrases})
        named = [item for item in said if _fold(item.value).startswith(words)]
        open_words = [token for token in heard.tokens if heard.is_open(token)]
        return len(said) == len(named) == 1 and all(
            named[0].start <= token.start < named[0].end for token in open_words
        )

    def is_part(self, name: str) -> bool:
        """Whether a name is only part of what it stands for: 濱江, in three."""
        return all(_fold(fact.text) != name for fact in self.gazetteer.facts(name))

    def attribute_mentions(self, heard: Utterance, zones: Sequence[Mention]) -> list[AttributeMention]:
        """Every stretch of Japanese words, not understood yet, that asks for an attribute."""
        tokens, covered = heard.tokens, heard.covered
        bases = [token.base for token in tokens]
        present = set(bases)
        spans = [
            (attribute, phrase, word, i, i + len(phrase))
            for attribute, phrase, word in self._phrases
            if present.issuperset(phrase)
            for i in range(len(bases) - len(phrase) + 1)
            if tuple(bases[i : i + len(phrase)]) == phrase and not covered[tokens[i].start]
        ]
        starts = {start for *_, start, _ in spans}
        found = self._written_mentions(heard)
        for attribute, phrase, word, start, end in spans:
            if _is_setting(tokens, end) or _is_determiner(tokens, start, end) or (_is_compound(tokens, end, covered) and end not in starts):
                continue
            # A noun names an attribute more surely than an adjective does: 「大きく分けて」 asks for no size.
            noun = tokens[end - 1].pos.startswith(("名詞", "接尾辞"))
            weak = word in self.sections.nouns and any(zone.end in (tokens[start].start, tokens[start].start - 1) for zone in zones)
            rank = (noun, sum(map(len, phrase)))
            asks = all(token.pos.startswith(("代名詞", "助詞", "副詞")) for token in tokens[start:end])
            found.append(AttributeMention(attribute, tokens[start].start, tokens[end - 1].end, rank, weak, asks))
        return found

    def _written_mentions(self, heard: Utterance) -> list[AttributeMention]:
        """Longer words as they are written, which the tokeniser may cut otherwise within a sentence: 「お墨付き」."""
        starts, ends = {token.start for token in heard.tokens}, {token.end for token in heard.tokens}
        found = []
        for attribute, phrase, word in self._phrases:
            place = heard.text.find(word) if len(word) >= _LONG_WORD and len(phrase) > 1 else -1
            if place >= 0:
                start, end = heard.normalized.raw_span(place, place + len(word))
                if start in starts and end in ends and not heard.covered[start]:
                    found.append(AttributeMention(attribute, start, end, (True, len(word)), False))
        return found

    def measures(self, heard: Utterance) -> list[Mention]:
        """Numbers with a unit that the documents use: 「20平方キロ」."""
        return [
            heard.mention(*heard.normalized.raw_span(item.start, item.end)) for item in self.measures_in(heard.text)
        ]

    def measures_in(self, text: str) -> list[Mention]:
        """The same in a normalised text, by their places in it."""
        found = self._measures.finditer(text) if self._measures else ()
        return [Mention(match.group(), *match.span()) for match in found]

    def kana_mentions(self, heard: Utterance) -> list[AttributeMention]:
        """Attributes by their readings, where the question writes kana: 「めんせき」."""
        question = heard.normalized
        spoken = question.text.translate(_TO_KATAKANA)
        return [
            AttributeMention(attribute, *question.raw_span(*match.span()), rank=(True, len(reading)), weak=False)
            for attribute, reading in self._readings
            for match in re.finditer(re.escape(reading), spoken)
            if heard.in_kana or not _goes_on(question.text, *match.span())
        ]

    def misspelt_mentions(self, heard: Utterance) -> list[AttributeMention]:
        """Attributes written with wrong ideographs: what sounds the same (面責), or a word that is in no dictionary (施索)."""
        found = []
        written = {word for *_, word in self._phrases}  # as it is written it was seen, and asks for nothing here
        for mention in heard.leftover() if heard.language == "ja" else ():
            letters = normalize(mention.value).text
            pieces = [token for token in heard.tokens if mention.start <= token.start < mention.end]
            if any(token.pos.startswith(_NO_NOUN) for token in pieces) or letters in written:
                continue
            spoken = "".join(token.reading for token in pieces)
            same_sound = [item for item in self._readings if item[1] == spoken]
            if same_sound and _KANJI.search(letters):
                found.append(AttributeMention(same_sound[0][0], mention.start, mention.end, (True, len(letters)), False))
                continue
            if len(letters) < _SHORTEST_WORD or not all(_KANJI.fullmatch(token.surface) for token in pieces):
                continue
            near = [
                AttributeMention(attribute, mention.start, mention.end, (True, same), False)
                for attribute, _, word in self._phrases
                if len(word) == len(letters) and _KANJI.match(word)
                if 2 * (same := sum(a == b for a, b in zip(word, letters, strict=True))) >= len(word)
            ]
            found += sorted(near, key=lambda item: item.rank)[-1:]
        return found

    def foreign_mentions(self, heard: Utterance) -> list[AttributeMention]:
        """English and Chinese question words, which the Japanese tokeniser cuts in its own way: found as strings."""
        question = heard.normalized
        return [
            AttributeMention(attribute, *question.raw_span(*match.span()), rank=(True, len(match.group())), weak=False)
            for attribute in self.attributes
            for language, pattern in self._foreign[attribute.name]
            if language == "en" or heard.language == "zh"  # 区域 is a Japanese word too
            for match in pattern.finditer(question.text)
        ]


def _fold(text: str) -> str:
    return normalize(text).text


def _first_line(text: str) -> str:
    return next((line for line in text.splitlines() if line.strip()), "")


def _goes_on(text: str, start: int, end: int) -> bool:
    """Whether katakana from start to end is part of a longer word in it: the テーマ of テーマパーク."""
    pairs = (text[max(start - 1, 0) : start + 1], text[end - 1 : end + 1])
    return any(_WITHIN_KATAKANA.fullmatch(pair) for pair in pairs)


def _is_setting(tokens: Sequence[Token], i: int) -> bool:
    """Whether what precedes word i is where something happens, not what is asked for: 「徐匯のエリアでは」."""
    after = "".join(token.surface for token in tokens[i : i + 3])
    return after.startswith(("では", "でも", "における", "において", "に入る", "に収ま", "内に", "全体で"))


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


def _phrasings(tokens: Sequence[Token]) -> set[tuple[str, ...]]:
    """The dictionary forms of a phrase, also without its particles: 「力を入れる」, 「力入れる」."""
    spoken = tuple(token.base for token in tokens if not token.pos.startswith("助詞"))
    return {tuple(token.base for token in tokens), spoken} if len(spoken) > 1 else {tuple(token.base for token in tokens)}


def _foreign(attribute: Attribute) -> tuple[tuple[Language, re.Pattern[str]], ...]:
    plural = "s?" if attribute.measured else ""  # areas may be added up
    english = [rf"(?<![a-z0-9]){re.escape(_fold(word))}{plural}(?![a-z0-9])" for word in attribute.words.get("en", ())]
    chinese = [re.escape(_fold(word)) for word in attribute.words.get("zh", ())]
    return (*(("en", re.compile(word)) for word in english), *(("zh", re.compile(word)) for word in chinese))
