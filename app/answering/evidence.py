"""What saved answers are proved against: the documents read again, and numbers and lists taken from them anew."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from app.reading.facts import announcement
from app.reading.guide import Attribute, Synonyms
from app.reading.normalization import normalize
from app.schema import Document, Fact, Passage, Reading, Zone


class Miscomputed(Exception):
    """Something that an answer computed, counted or listed, and that the documents do not give."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number of one subject in the base unit: what its fact states, or (`counted`) how many facts it has."""

    subject: str | None
    number: Fraction
    unit: str | None
    approximate: bool
    facts: tuple[Fact, ...]
    counted: bool

    @property
    def passages(self) -> frozenset[str]:
        """The passages that it stands on."""
        return frozenset(fact.passage_id for fact in self.facts)


@dataclass(frozen=True)
class Evidence:
    """What answers are held against: the documents, their passages by id, and the attributes that guides declare.

    The documents are read only for an answer that was made from them as they are: a document that has changed may no
    longer fit its guide, and its answers are stale all the same. `read` may raise GuideError.
    """

    documents: Mapping[str, Document]
    read: Callable[[], Reading]
    attributes: Mapping[str, Attribute]
    units: Mapping[str, tuple[float, str]]
    synonyms: tuple[Synonyms, ...] = ()

    @cached_property
    def passages(self) -> Mapping[str, Passage]:
        """Every passage by its id."""
        return {passage.passage_id: passage for passage in self._reading.passages}

    @cached_property
    def _reading(self) -> Reading:
        return self.read()

    @property
    def zones(self) -> tuple[Zone, ...]:
        """All zones, in document order."""
        return self._reading.zones

    @property
    def facts(self) -> tuple[Fact, ...]:
        """The whole ledger."""
        return self._reading.facts

    def states_of(self, zone: str, passage_id: str) -> bool:
        """Whether a passage states any fact of a zone."""
        return any(fact.passage_id == passage_id and fact.subject == zone for fact in self.facts)

    def zone_titled(self, segment: Mapping[str, Any]) -> str | None:
        """The zone whose name in its heading is what a quotation quotes; None if it is none."""
        span = (segment["document"], segment["start"], segment["end"])
        return next((item.name for item in self._reading.zones if (item.document, item.start, item.end) == span), None)

    @cached_property
    def words(self) -> frozenset[str]:
        """What a `word:` label may say: the names of attributes, and the kinds of passages."""
        return frozenset(self.attributes) | {passage.kind for passage in self.passages.values()}

    def label(self, word: str, language: str) -> str:
        """What a `word:` label says in a language."""
        return self.attributes[word].label(language) if word in self.attributes else word

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of all zones."""
        return tuple(zone.name for zone in self.zones)

    @cached_property
    def begun(self) -> Mapping[str, str]:
        """The zones that have any passage, in document order, with the id of the first: where each one's section begins."""
        first = {item.zone: item.passage_id for item in reversed(self._reading.passages)}
        return {name: first[name] for name in self.names if name in first}

    def is_of_document(self, attribute: str | None) -> bool:
        """Whether an attribute is one of a document as a whole."""
        return attribute is not None and attribute in self.attributes and self.attributes[attribute].of == "document"

    def stating(self, attribute: str | None) -> list[str]:
        """All zones of the documents that state the attribute at all."""
        documents = {fact.document for fact in self.facts if fact.attribute == attribute}
        return [zone.name for zone in self.zones if zone.document in documents]

    def number(self, attribute: str | None, subject: str | None, *, counts: bool) -> Number:
        """A zone's number, its fact's or of its facts. Raises Miscomputed if that is not one number."""
        whole = self.is_of_document(attribute)
        found = tuple(fact for fact in self.facts if fact.attribute == attribute and (whole or fact.subject == subject))
        if counts and found:
            return Number(subject, Fraction(len(found)), None, False, found, counted=True)
        if len(found) != 1 or found[0].number is None:
            raise Miscomputed(f"{subject} の {attribute} が1つに定まりません")
        fact = found[0]
        factor, unit = self.units.get(fact.unit or "", (1.0, fact.unit))
        number = Fraction(repr(fact.number)) * Fraction(repr(factor))
        return Number(subject, number, unit, fact.approximate, found, counted=False)

    def listed(self, attribute: str, zone: str | None) -> list[Fact | Passage]:
        """All that is stated of a zone (None: of a document) under an attribute, its own section first; what no fact was
        read from stands there as whole passages."""
        facts = [fact for fact in self.facts if fact.attribute == attribute and zone in (None, fact.subject)]
        if zone is None:
            return [*facts]
        kind = self.attributes[attribute].kind if attribute in self.attributes else attribute
        own = {item.passage_id: item for item in self._reading.passages if item.zone == zone and item.kind == kind}
        facts = facts or [fact for fact in self.facts if fact.passage_id in own]
        facts.sort(key=lambda fact: fact.passage_id not in own)
        quoted = {fact.passage_id for fact in facts}
        return [*facts, *(item for item in own.values() if item.passage_id not in quoted)]

    @cached_property
    def kinds(self) -> list[str]:
        """The attributes of zones, one of each kind of passage: the first that is declared."""
        first = {item.kind: item.name for item in reversed(list(self.attributes.values())) if item.of == "zone"}
        return [name for name, item in self.attributes.items() if first.get(item.kind) == name]

    def worded(self, text: str) -> set[str]:
        """The attributes that a text names, in any language."""
        asked = normalize(text).text
        return {
            item.name
            for item in self.attributes.values()
            if asked in {normalize(word).text for word in (item.name, *(word for words in item.words.values() for word in words))}
        }

    def announced(self, attribute: str) -> Passage | None:
        """What says how many of an attribute of a document there are, right before them."""
        facts = [fact for fact in self.facts if fact.attribute == attribute] if self.is_of_document(attribute) else []
        return announcement(self._reading.passages, facts)

    def called(self, name: str, subjects: Collection[str]) -> list[Fact]:
        """The facts that a name may stand for, of some zones if any are given: those called just so, or else those whose
        names it shortens, by itself or by what guides say it stands for; whatever its width and case."""
        written = normalize(name).text
        shorter = {written, *self._declared.get(written, ())}
        named = [
            fact
            for fact, whole in self._names
            if (not subjects or fact.subject in subjects) and any(text in whole for text in shorter)
        ]
        return [fact for fact in named if normalize(fact.text).text == written] or named

    @cached_property
    def _names(self) -> list[tuple[Fact, str]]:
        return [(fact, normalize(fact.text).text) for fact in self.facts if self.attributes[fact.attribute].names]

    @cached_property
    def _declared(self) -> Mapping[str, set[str]]:
        """What the words that guides declare stand for in the documents."""
        declared: dict[str, set[str]] = {}
        for item in self.synonyms:
            for word in (word for words in item.words.values() for word in words):
                declared.setdefault(normalize(word).text, set()).update(normalize(term).text for term in item.terms)
        return declared

    def writes(self, text: str) -> bool:
        """Whether any document writes a text, whatever its width and case."""
        return normalize(text).text in self._written

    @cached_property
    def _written(self) -> str:
        return "\n".join(normalize(document.text).text for document in self._reading.documents)
