"""The facts of a reading, by attribute and subject, in the order in which an answer states them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.answering.computation import Measure
from app.reading.facts import announcement
from app.reading.guide import Attribute
from app.schema import Fact, Passage, Reading

Units = Mapping[str, tuple[float, str]]


@dataclass(frozen=True, slots=True)
class Statement:
    """What is stated of one subject under one word: facts first, then passages quoted whole."""

    word: str
    subject: str | None
    facts: tuple[Fact, ...]
    passages: tuple[Passage, ...] = ()


class Ledger:
    """What a reading states. Complete: everything it holds of an attribute, never the best few."""

    def __init__(self, reading: Reading, units: Units | None = None) -> None:
        """`units` gives for every word for a unit its factor to the base unit, and that one's name."""
        self._reading = reading
        self._units = units or {}

    @property
    def all_zones(self) -> tuple[str, ...]:
        """Every zone of every document, in their order."""
        return tuple(zone.name for zone in self._reading.zones)

    def zones(self, attribute: str) -> tuple[str, ...]:
        """All zones of the documents that state the attribute: what an answer about all of them is complete over."""
        documents = {fact.document for fact in self._reading.facts if fact.attribute == attribute}
        return tuple(zone.name for zone in self._reading.zones if zone.document in documents)

    def passages(self, zone: str, kind: str) -> list[Passage]:
        """A zone's passages of one kind."""
        return [item for item in self._reading.passages if item.zone == zone and item.kind == kind]

    def first_passage(self, zone: str) -> Passage | None:
        """Where a zone's section begins; None for a heading with nothing below it."""
        return next((item for item in self._reading.passages if item.zone == zone), None)

    def facts(self, attribute: str, subject: str | None) -> list[Fact]:
        """What is stated of an attribute: of one subject, or of anything if that is None."""
        return [
            fact for fact in self._reading.facts if fact.attribute == attribute and subject in (None, fact.subject)
        ]

    def announcement(self, attribute: str) -> Passage | None:
        """What says how many of an attribute of a document there are, right before them."""
        return announcement(self._reading.passages, self.facts(attribute, None))

    def measures(self, attribute: str, subjects: Sequence[str], *, counts: bool = False) -> list[Measure]:
        """The number of each subject that has one, in the subjects' order: what its fact says, or how many it has."""
        measures = []
        for subject in subjects:
            facts = tuple(self.facts(attribute, subject))
            if counts and facts:
                measures.append(Measure(subject, Decimal(len(facts)), facts, counted=True))
            elif not counts and facts and facts[0].number is not None:
                fact = facts[0]
                factor, unit = self._units.get(fact.unit or "", (1.0, fact.unit))
                number = Decimal(repr(fact.number)) * Decimal(repr(factor))
                measures.append(Measure(subject, number, (fact,), unit, fact.approximate))
        return measures

    def statements(
        self, attributes: Iterable[Attribute], subjects: Sequence[str | None], ordinal: int = 0, without: Sequence[int] = ()
    ) -> list[Statement]:
        """What is stated of each subject under each attribute; only the `ordinal`-th (from 1, or -1 for the last) if
        that is not 0, and none of those at the places in `without`."""
        attributes = tuple(attributes)
        statements = []
        for subject in subjects:
            for attribute in attributes:
                statement = self._statement(attribute, subject, ordinal, without)
                if statement.facts or statement.passages:
                    statements.append(statement)
        return statements

    def _statement(self, attribute: Attribute, subject: str | None, ordinal: int, without: Sequence[int]) -> Statement:
        facts = self.facts(attribute.name, subject)
        rest: list[Passage] = []
        if subject is not None:
            own = self.passages(subject, attribute.kind)
            ids = {passage.passage_id for passage in own}
            facts = facts or [fact for fact in self._reading.facts if fact.passage_id in ids]
            facts.sort(key=lambda fact: fact.passage_id not in ids)  # what its own section states comes first
            quoted = {fact.passage_id for fact in facts}
            rest = [passage for passage in own if passage.passage_id not in quoted]
        if ordinal:
            place = ordinal - 1 if ordinal > 0 else len(facts) + ordinal
            facts, rest = facts[place : place + 1] if place >= 0 else [], []
        if without:
            facts, rest = [fact for i, fact in enumerate(facts, 1) if i not in without], []
        return Statement(attribute.name, subject, tuple(facts), tuple(rest))
