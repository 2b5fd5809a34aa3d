"""What the ledger holds of each zone, attribute by attribute: for the page's cards, pictures and chips.

Knows no attribute by name: everything follows from the facts. A document without facts has an empty overview.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from app.schema import Fact, Zone


class Overview:
    """The facts of a reading, by zone and attribute."""

    def __init__(self, zones: Sequence[Zone], facts: Sequence[Fact]) -> None:
        """`zones` and `facts` in the order of their documents."""
        self.headings = {zone.name: zone for zone in reversed(zones)}
        self._zones = tuple(dict.fromkeys(zone.name for zone in zones))
        self._facts = tuple(fact for fact in facts if fact.subject in self.headings)

    @cached_property
    def zones(self) -> tuple[str, ...]:
        """The zones that anything is stated of, in order."""
        stated = {fact.subject for fact in self._facts}
        return tuple(zone for zone in self._zones if zone in stated)

    @cached_property
    def attributes(self) -> tuple[str, ...]:
        """What is stated of half of these zones or more, in the order in which the documents do."""
        subjects: dict[str, set[str | None]] = {}
        for fact in self._facts:
            subjects.setdefault(fact.attribute, set()).add(fact.subject)
        return tuple(name for name, found in subjects.items() if 2 * len(found) >= len(self.zones))

    @cached_property
    def measured(self) -> frozenset[str]:
        """Those that are numbers."""
        texts = {fact.attribute for fact in self._facts if fact.number is None}
        return frozenset(self.attributes) - texts

    @cached_property
    def listed(self) -> frozenset[str]:
        """Those that most zones have several of."""
        return frozenset(
            name for name in self.attributes if 2 * sum(len(self.facts(zone, name)) > 1 for zone in self.zones) >= len(self.zones)
        )

    def facts(self, zone: str, attribute: str) -> tuple[Fact, ...]:
        """What is stated of one attribute of one zone."""
        return self._table.get((zone, attribute), ())

    def of_passage(self, passage_id: str, attribute: str | None) -> tuple[Fact, ...]:
        """The facts of an attribute that a passage states."""
        return tuple(fact for fact in self._passages.get(passage_id, ()) if fact.attribute == attribute)

    @cached_property
    def _table(self) -> dict[tuple[str | None, str], tuple[Fact, ...]]:
        table: dict[tuple[str | None, str], tuple[Fact, ...]] = {}
        for fact in self._facts:
            key = fact.subject, fact.attribute
            table[key] = (*table.get(key, ()), fact)
        return table

    @cached_property
    def _passages(self) -> dict[str, tuple[Fact, ...]]:
        passages: dict[str, tuple[Fact, ...]] = {}
        for fact in self._facts:
            passages[fact.passage_id] = (*passages.get(fact.passage_id, ()), fact)
        return passages
