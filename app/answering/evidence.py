"""What saved answers are proved against: the documents read again, and numbers and lists taken from them anew."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from app.reading.guide import Attribute, Synonyms
from app.reading.normalization import normalize
from app.schema import Document, Fact, Passage, Reading, Zone


class Miscomputed(Exception):
    """Something that an answer computed, counted or listed, and that the documents do not give."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number of one subject in the base unit, with the passages that it stands on; `stated` is it as it is written."""

    subject: str | None
    number: Fraction
    unit: str | None
    approximate: bool
    passages: frozenset[str]
    counted: bool
    stated: Fraction | None = None


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
    def _stated(self) -> frozenset[tuple[str, int, int, str | None]]:
        return frozenset((fact.document, fact.start, fact.end, fact.subject) for fact in self._reading.facts)

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

    def says_of(self, zone: str, segment: Mapping[str, Any]) -> bool:
        """Whether a quotation from outside a zone is a fact about it."""
        return (segment.get("document"), segment.get("start"), segment.get("end"), zone) in self._stated

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

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of all zones."""
        return tuple(zone.name for zone in self.zones)

    @cached_property
    def first(self) -> Mapping[str | None, str]:
        """Where each zone's section begins: the id of its first passage."""
        return {item.zone: item.passage_id for item in reversed(self._reading.passages)}

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
        found = [fact for fact in self.facts if fact.attribute == attribute and (whole or fact.subject == subject)]
        passages = frozenset(fact.passage_id for fact in found)
        if counts and found:
            return Number(subject, Fraction(len(found)), None, False, passages, True)
        if len(found) != 1 or found[0].number is None:
            raise Miscomputed(f"{subject} の {attribute} が1つに定まりません")
        fact = found[0]
        factor, unit = self.units.get(fact.unit or "", (1.0, fact.unit))
        number = Fraction(repr(fact.number))
        return Number(subject, number * Fraction(repr(factor)), unit, fact.approximate, passages, False, number)

    def listed(self, attribute: str, zone: str | None) -> list[tuple[str, str]]:
        """All that is stated of a zone (None: of a document) under an attribute, as (text, passage id), its own section
        first; what no fact was read from stands there as whole passages."""
        facts = [fact for fact in self.facts if fact.attribute == attribute and zone in (None, fact.subject)]
        if zone is None:
            return [(fact.text, fact.passage_id) for fact in facts]
        kind = self.attributes[attribute].kind if attribute in self.attributes else attribute
        own = {item.passage_id: item for item in self._reading.passages if item.zone == zone and item.kind == kind}
        facts = facts or [fact for fact in self.facts if fact.passage_id in own]
        facts = [fact for fact in facts if fact.passage_id in own] + [fact for fact in facts if fact.passage_id not in own]
        quoted = {fact.passage_id for fact in facts}
        rest = [(item.text, item.passage_id) for item in own.values() if item.passage_id not in quoted]
        return [(fact.text, fact.passage_id) for fact in facts] + rest

    def shortens(self, name: str, whole: str) -> bool:
        """Whether a name is part of a longer one, whatever its width and case: itself, or what guides say it stands for."""
        written, longer = normalize(name).text, normalize(whole).text
        stands_for = [
            item.terms
            for item in self.synonyms
            if any(normalize(word).text == written for words in item.words.values() for word in words)
        ]
        return written in longer or any(normalize(term).text in longer for terms in stands_for for term in terms)

    def writes(self, text: str) -> bool:
        """Whether any document writes a text, whatever its width and case."""
        return normalize(text).text in self._written

    @cached_property
    def _written(self) -> str:
        return "\n".join(normalize(document.text).text for document in self._reading.documents)
