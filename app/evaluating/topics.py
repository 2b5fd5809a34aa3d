"""What a guided document can be asked about: its slots, and the guide's words for them by the sentence they fit in.

Knows guides and ledgers, and nothing of any question.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.evaluating.oracle import Measure
from app.evaluating.perturbation import ADJECTIVES, chinese_form, english_form, form_of
from app.reading.guide import Attribute, Guide
from app.reading.tokenization import Tokenizer
from app.schema import Document, Fact, Reading

# Words that make what is asked for a place, so that one asks どこ.
_PLACES = frozenset("どこ 場所 地区 区域 地域 所在地 範囲".split())
_JAPANESE_UNIT = re.compile(r".*[ァ-ヺ].*|[!-~]+|.")
# A guide declares the words that people use most before the others.
_BEST_NOUNS = 3


@dataclass(frozen=True, slots=True)
class Topic:
    """An attribute with its words by form; `foreign` by language are pairs of form and word.

    `listed` if it states a list, `alone` if no other document of the corpus states it.
    """

    attribute: Attribute
    words: Mapping[str, tuple[str, ...]]
    foreign: Mapping[str, tuple[tuple[str, str], ...]]
    listed: bool
    alone: bool

    @property
    def name(self) -> str:
        """The attribute's name."""
        return self.attribute.name

    @property
    def measured(self) -> bool:
        """Whether its facts are numbers with units."""
        return self.attribute.measured

    @property
    def nouns(self) -> tuple[str, ...]:
        """The nouns that name it best."""
        return self.words.get("noun", ())[:_BEST_NOUNS]

    @property
    def placed(self) -> bool:
        """Whether what it states are places."""
        return not _PLACES.isdisjoint(self.attribute.words.get("ja", ()))

    @property
    def asks(self) -> str:
        """The interrogative for it."""
        return "どのくらい" if self.measured else "どこ" if self.placed else "何"

    @property
    def adjectives(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The declared adjectives of its larger and its smaller end; 大きい and 小さい if there are none."""
        declared = self.words.get("adjective", ())
        larger, smaller = (tuple(pair[end] for pair in ADJECTIVES if pair[end] in declared) for end in (0, 1))
        return larger or ADJECTIVES[0][:1], smaller or ADJECTIVES[0][1:]


@dataclass(frozen=True, slots=True)
class Slot:
    """What a zone ('' is the document) states under a topic.

    `sole` if all of it stands in the zone's own section; else `facts` are those that do, if any does.
    """

    zone: str
    topic: Topic
    facts: tuple[Fact, ...]
    sole: bool


def slots_of(document: Document, guide: Guide, reading: Reading, tokenizer: Tokenizer) -> tuple[Slot, ...]:
    """The slots of a document, by topic; of the document as a whole only what no other document states."""
    often = Counter(zone.name for zone in reading.zones)
    zones = [zone.name for zone in reading.zones if zone.document == document.name and often[zone.name] == 1]
    elsewhere = {fact.attribute for fact in reading.facts if fact.document != document.name}
    places = {passage.passage_id: passage.zone for passage in reading.passages}
    slots = []
    for attribute in guide.attributes:
        topic = _topic(attribute, guide, tokenizer, attribute.name not in elsewhere)
        whole: list[str | None] = [None] if topic.alone else []
        for zone in zones if attribute.of == "zone" else whole:
            wanted = (document.name, attribute.name, zone)
            facts = tuple(fact for fact in reading.facts if (fact.document, fact.attribute, fact.subject) == wanted)
            own = tuple(fact for fact in facts if places[fact.passage_id] == zone)
            if facts:
                slots.append(Slot(zone or "", topic, own or facts, own == facts))
    return tuple(slots)


def measure_of(topic: Topic, unit: str, guide: Guide) -> Measure:
    """How a measured topic is asked about, its values being in `unit`."""
    units = next(([item.name, *item.words] for item in guide.units if unit in (item.name, *item.words)), [])
    english, chinese = (
        tuple(word for form, word in topic.foreign[language] if form == f"{language}-noun")
        for language in ("english", "chinese")
    )
    written = dict.fromkeys([unit, *filter(_JAPANESE_UNIT.fullmatch, units)])
    return Measure(topic.nouns, *topic.adjectives, tuple(written), english, chinese)


def names_of(zone: str, text: str, noun: str) -> tuple[str, ...]:
    """A zone's name as people write it: bare, before the noun for zones, and as the heading that opens `text`."""
    heading = re.split(r"[\r\n]", text, maxsplit=1)[0].strip()
    names = [zone, "" if not noun or zone.endswith(noun) else zone + noun, heading if re.fullmatch(r"\w+", heading) else ""]
    return tuple(dict.fromkeys(filter(None, names)))


def _topic(attribute: Attribute, guide: Guide, tokenizer: Tokenizer, alone: bool) -> Topic:
    units = tuple(word for unit in guide.units for word in (unit.name, *unit.words))
    words: dict[str, tuple[str, ...]] = {}
    for word in _own_words(attribute, guide, units):
        form = form_of(word, tokenizer.tokenize(word))
        words[form] = (*words.get(form, ()), word)
    foreign = {
        language: tuple((form, word) for word in attribute.words.get(code, ()) if (form := form_in(word, units)))
        for language, code, form_in in (("english", "en", english_form), ("chinese", "zh", chinese_form))
    }
    cut = [fact.separator for fact in guide.facts if fact.attribute == attribute.name]
    cut += [slot.separator for slot in guide.slots if slot.kind == attribute.kind]
    repeated = any(slot.repeat for slot in guide.slots if slot.kind == attribute.kind)
    return Topic(attribute, words, foreign, repeated or any(cut), alone)


def _own_words(attribute: Attribute, guide: Guide, units: Sequence[str]) -> Iterator[str]:
    """The Japanese words that ask for this attribute and nothing else: not for a zone, nor in another unit."""
    declared = attribute.words.get("ja", ())
    often = Counter(word for item in guide.attributes for word in set(item.words.get("ja", ())))
    for word in dict.fromkeys(declared):
        shared = often[word] > 1 or (word in (guide.noun, *guide.nouns) and word != attribute.name)
        unit = word in units or f"何{word}" in declared
        converted = attribute.measured and word.startswith("何") and word[1:] not in units
        if not shared and not unit and not converted:
            yield word
