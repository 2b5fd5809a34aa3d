"""An answer in the making: segments in order, and the passages they cite, numbered as they are first cited.

Knows no HTML and no wording of its own: fixed words come from `app.wording` by id.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from app.answer import (
    Answer,
    Choice,
    Citation,
    Completeness,
    Computed,
    Echo,
    Label,
    Quote,
    Reason,
    Segment,
    Status,
    Value,
)
from app.answering.computation import Measure
from app.answering.ledger import Statement
from app.reading.guide import Attribute
from app.schema import Fact, Hit, Mention, Passage, Plan, Reading, Zone
from app.wording import pieces

Parts = Mapping[str, Sequence[Segment]]


class Archive:
    """What answers quote: one reading's documents, zones and passages, and the name of its index."""

    def __init__(self, reading: Reading, index: str, attributes: Iterable[Attribute] = ()) -> None:
        self._attributes = {attribute.name: attribute for attribute in attributes}
        self.zones = {(zone.document, zone.name): zone for zone in reading.zones}
        self.texts = {document.name: document.text for document in reading.documents}
        self.passages = {passage.passage_id: passage for passage in reading.passages}
        self.documents = {document.name: document.sha256 for document in reading.documents}
        self.index = index

    def label(self, word: str, language: str) -> str:
        """What an attribute, or a kind of passages, is called in a language."""
        return self._attributes[word].label(language) if word in self._attributes else word

    def zone_named(self, name: str) -> Zone | None:
        """The first zone of that name."""
        return next((zone for (_, known), zone in self.zones.items() if known == name), None)


class Draft:
    """One answer, written from its beginning to its end."""

    def __init__(self, archive: Archive, question: str, plan: Plan) -> None:
        self.plan = plan
        self.segments: list[Segment] = []
        self._archive = archive
        self._question = question
        self._citations: dict[str, Citation] = {}

    def number(self, passage_id: str) -> int:
        """The citation number of a passage, given on first use."""
        passage = self._archive.passages[passage_id]
        return self._citations.setdefault(passage_id, Citation(len(self._citations) + 1, passage)).n

    def numbers(self, measures: Iterable[Measure]) -> tuple[int, ...]:
        """The citation numbers of all that some measures stand on, each once, in their order."""
        ids = (fact.passage_id for measure in measures for fact in measure.facts)
        return tuple(dict.fromkeys(self.number(id) for id in ids))

    def cite(self, statements: Iterable[Statement]) -> None:
        """Number what statements stand on, before anything else is cited: they are what is asked for."""
        for statement in statements:
            for id in [fact.passage_id for fact in statement.facts] + [item.passage_id for item in statement.passages]:
                self.number(id)

    # ── Segments ────────────────────────────────────────────────────────────────────────────────────────────

    def fill(self, template: str, parts: Parts | None = None) -> list[Segment]:
        """A fixed wording with its slots filled."""
        segments: list[Segment] = []
        labels = 0
        for kind, part in pieces(template, self.plan.language):
            if kind == "slot":
                segments += (parts or {})[part]
            else:
                segments.append(Label(part, f"{template}:{labels}"))
                labels += 1
        return segments

    def say(self, template: str, parts: Parts | None = None) -> None:
        """Add a fixed wording to the answer."""
        self.segments += self.fill(template, parts)

    def fact(self, fact: Fact) -> Segment:
        """What a fact says, cited."""
        number = self.number(fact.passage_id)
        if fact.number is not None and fact.unit is not None:
            return Value(fact.text, fact.number, fact.unit, fact.approximate, (number,))
        return Quote(fact.text, fact.document, fact.start, fact.end, (number,))

    def measure(self, measure: Measure) -> Segment:
        """A number of a subject: the value that its fact states, or how many facts it has."""
        if not measure.counted:
            return self.fact(measure.facts[0])
        numbers = self.numbers([measure])
        return Computed(str(measure.number), "count", numbers, numbers, float(measure.number))

    def quote(self, passage: Passage) -> Quote:
        """A whole passage, cited."""
        return Quote(passage.text, passage.document, passage.start, passage.end, (self.number(passage.passage_id),))

    def announce(self, passage: Passage) -> None:
        """Quote a passage on a line before what it announces."""
        self.segments.append(self.quote(passage))
        self.say("next")

    def zone(self, document: str, name: str | None) -> list[Segment]:
        """A zone as its heading writes it (of a path of headings that is the last one); nothing if there is none."""
        zone = self._archive.zones.get((document, name)) if name else None
        if zone is None:
            return []
        title = self._archive.texts[zone.document][zone.start : zone.end]
        return [Quote(title, zone.document, zone.start, zone.end, ())]

    def zone_named(self, name: str) -> list[Segment]:
        """The same by the zone's name alone."""
        zone = self._archive.zone_named(name)
        return [] if zone is None else self.zone(zone.document, name)

    def word(self, word: str) -> Label:
        """A word that a guide declares."""
        return Label(self._archive.label(word, self.plan.language), f"word:{word}")

    def echo(self, mention: Mention) -> Echo:
        """The user's own words."""
        return Echo(mention.value, mention.start, mention.end)

    # ── The end ─────────────────────────────────────────────────────────────────────────────────────────────

    def finish(
        self,
        hits: Sequence[Hit],
        completeness: Completeness | None = None,
        status: Status = "answered",
        reason: Reason | None = None,
        choices: Sequence[Choice] = (),
        confidence: float = 1.0,
    ) -> Answer:
        """The answer as it stands."""
        return Answer(
            question=self._question,
            status=status,
            reason=reason,
            segments=tuple(self.segments),
            citations=tuple(self._citations.values()),
            hits=tuple(hits[:10]),
            plan=self.plan,
            documents=self._archive.documents,
            index=self._archive.index,
            choices=tuple(choices),
            completeness=completeness,
            confidence=confidence,
        )
