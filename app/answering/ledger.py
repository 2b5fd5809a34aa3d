"""The facts of a reading, by attribute and subject, in the order in which an answer states them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from app.answering.composition import Statement
from app.reading.guide import Attribute
from app.schema import Fact, Passage, Reading


class Ledger:
    """What a reading states. Complete: everything it holds of an attribute, never the best few."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    def zones(self, attribute: str) -> tuple[str, ...]:
        """All zones of the documents that state the attribute: what an answer about all of them is complete over."""
        documents = {fact.document for fact in self._reading.facts if fact.attribute == attribute}
        return tuple(zone.name for zone in self._reading.zones if zone.document in documents)

    def passages(self, zone: str, kind: str) -> list[Passage]:
        """A zone's passages of one kind."""
        return [item for item in self._reading.passages if item.zone == zone and item.kind == kind]

    def facts(self, attribute: str, subject: str | None) -> list[Fact]:
        """What is stated of an attribute: of one subject, or of anything if that is None."""
        return [
            fact for fact in self._reading.facts if fact.attribute == attribute and subject in (None, fact.subject)
        ]

    def measures(self, attribute: str, subjects: Sequence[str]) -> list[Fact]:
        """The measured value of each subject that has one, in the subjects' order."""
        found = (next(iter(self.facts(attribute, subject)), None) for subject in subjects)
        return [fact for fact in found if fact is not None and fact.number is not None]

    def statements(
        self, attributes: Iterable[Attribute], subjects: Sequence[str | None], ordinal: int = 0
    ) -> list[Statement]:
        """What is stated of each subject under each attribute; only the `ordinal`-th (from 1) if that is not 0."""
        attributes = tuple(attributes)
        statements = []
        for subject in subjects:
            for attribute in attributes:
                statement = self._statement(attribute, subject, ordinal)
                if statement.facts or statement.passages:
                    statements.append(statement)
        return statements

    def _statement(self, attribute: Attribute, subject: str | None, ordinal: int) -> Statement:
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
            facts, rest = facts[ordinal - 1 : ordinal], []
        return Statement(attribute.name, subject, tuple(facts), tuple(rest))
