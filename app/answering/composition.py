"""Plan, hits and ledger to an Answer: segments of typed origin, with citations numbered in order of importance.

Knows no HTML and no wording of its own: fixed words come from `app.wording` by id.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from app.answer import Answer, Citation, Completeness, Computed, Echo, Label, Quote, Reason, Segment, Status, Value
from app.answering.computation import Computation, shown
from app.answering.refusal import Refused
from app.schema import Fact, Hit, Passage, Plan, Reading, Zone
from app.wording import pieces

# A second passage is quoted beside the best one if it is nearly as good: within this many of the fused score's
# units (deviations of the dense leg). At most this many are quoted.
NEARLY = 0.15
MOST_QUOTED = 3

Parts = Mapping[str, Sequence[Segment]]


@dataclass(slots=True)
class _Sources:
    """Numbers passages as they are first cited."""

    passages: dict[str, Citation] = field(default_factory=dict)

    def number(self, passage: Passage) -> int:
        known = self.passages.setdefault(passage.passage_id, Citation(len(self.passages) + 1, passage))
        return known.n


@dataclass(frozen=True, slots=True)
class Statement:
    """What is stated of one subject under one word: facts first, then passages quoted whole."""

    word: str
    subject: str | None
    facts: tuple[Fact, ...]
    passages: tuple[Passage, ...] = ()


class Composer:
    """Composes answers from what one reading of the documents says."""

    def __init__(self, reading: Reading, index: str) -> None:
        self._zones = {(zone.document, zone.name): zone for zone in reading.zones}
        self._texts = {document.name: document.text for document in reading.documents}
        self._passages = {passage.passage_id: passage for passage in reading.passages}
        self._documents = {document.name: document.sha256 for document in reading.documents}
        self._index = index

    def statements(
        self,
        question: str,
        plan: Plan,
        statements: Sequence[Statement],
        hits: Sequence[Hit],
        completeness: Completeness | None = None,
    ) -> Answer:
        """What the ledger states, statement by statement, each on its line or as a list."""
        sources = _Sources()
        segments: list[Segment] = []
        for statement in statements:
            if segments:
                segments += _fill("next", plan, {})
            segments += self._state(statement, plan, sources)
        return self._answer(question, plan, "answered", None, segments, sources, hits, completeness)

    def passages(
        self,
        question: str,
        plan: Plan,
        hits: Sequence[Hit],
        matches: Sequence[Hit] = (),
        completeness: Completeness | None = None,
    ) -> Answer:
        """Passages quoted whole with their zone and kind: all `matches`, or without any the best of the hits."""
        sources = _Sources()
        segments: list[Segment] = []
        for hit in matches or [hit for hit in hits if hit.score >= hits[0].score - NEARLY][:MOST_QUOTED]:
            if segments:
                segments += _fill("next", plan, {})
            quote = _quote(hit.passage, sources)
            zone = self._zone_quote(hit.passage.document, hit.passage.zone)
            if zone is None:
                segments.append(quote)
            else:
                segments += _fill(
                    "zone_passage", plan, {"zone": [zone], "word": [_word(hit.passage.kind)], "value": [quote]}
                )
        return self._answer(question, plan, "answered", None, segments, sources, hits, completeness)

    def computation(
        self,
        question: str,
        plan: Plan,
        computation: Computation,
        hits: Sequence[Hit],
        completeness: Completeness | None,
        holds: bool | None = None,
    ) -> Answer:
        """What was computed, with every operand cited: those that it chose first.

        `holds` says whether the question was right to expect it; None if it expected nothing.
        """
        sources = _Sources()
        chosen = computation.chosen
        # A filter stands on what matches; that nothing does, on everything.
        standing = chosen if computation.operation == "filter" and chosen else computation.operands
        operands = tuple(sources.number(self._passages[fact.passage_id]) for fact in standing)
        parts: dict[str, Sequence[Segment]] = {"word": [_word(plan.attribute or "")]}
        name = computation.operation
        if name in ("max", "min", "nth", "compare") and chosen:
            parts["zone"] = [self._chosen(chosen[0], computation, operands, sources)]
            parts["value"] = [self._fact_segment(chosen[0], sources)]
        listed = chosen if name == "filter" else chosen or computation.operands
        if name in ("max", "min", "nth"):
            listed = chosen[1:]  # those that share the place
        items: list[Segment] = []
        for fact in listed:
            value = self._fact_segment(fact, sources)
            named = [self._chosen(fact, computation, operands, sources)] if chosen else self._subject(fact)
            items += _fill("zone_value", plan, {"zone": named, "value": [value]})
        parts["items"] = items
        parts["number"] = [_number(computation, plan, operands)]
        if name in ("nth", "rank", "compare"):
            name += "_min" if "from=min" in plan.constraints else "_max"
        if name == "filter" and not chosen:
            name = "filter_none"
        segments = _fill(name, plan, parts)
        if name in ("max", "min") or name.startswith("nth"):
            segments += items
        if holds is not None:
            segments = _fill("yes" if holds else "no", plan, {}) + segments
        if holds is False:
            return self._answer(question, plan, "corrected", "false_premise", segments, sources, hits, completeness)
        return self._answer(question, plan, "answered", None, segments, sources, hits, completeness)

    def count(self, question: str, plan: Plan, facts: Sequence[Fact], hits: Sequence[Hit]) -> Answer:
        """How many facts there are, and all of them."""
        sources = _Sources()
        items: list[Segment] = []
        for fact in facts:
            value = self._fact_segment(fact, sources)
            items += _fill("zone_value", plan, {"zone": self._subject(fact), "value": [value]})
        operands = tuple(range(1, len(sources.passages) + 1))
        number = Computed(str(len(facts)), "count", operands, operands, float(len(facts)))
        parts: dict[str, Sequence[Segment]] = {"word": [_word(plan.attribute or "")], "number": [number], "items": items}
        return self._answer(question, plan, "answered", None, _fill("count", plan, parts), sources, hits)

    def wrong_place(self, question: str, plan: Plan, fact: Fact, hits: Sequence[Hit]) -> Answer:
        """Where the place that the question puts elsewhere is."""
        return self._premise(question, plan, "premise_place", fact, hits, holds=False)

    def check(self, question: str, plan: Plan, fact: Fact, hits: Sequence[Hit]) -> Answer:
        """Yes, or what the document says instead of the value that the question takes for granted."""
        holds = any(Decimal(bound.removeprefix("=")) == Decimal(repr(fact.number)) for bound in plan.constraints)
        return self._premise(question, plan, "check_yes" if holds else "check_no", fact, hits, holds=holds)

    def _premise(
        self, question: str, plan: Plan, template: str, fact: Fact, hits: Sequence[Hit], *, holds: bool
    ) -> Answer:
        """The fact that a question takes for granted, or the one that stands in its place."""
        sources = _Sources()
        value = self._fact_segment(fact, sources)
        parts: Parts = {"zone": self._subject(fact), "word": [_word(fact.attribute)], "value": [value]}
        segments = _fill(template, plan, parts)
        if holds:
            return self._answer(question, plan, "answered", None, segments, sources, hits)
        return self._answer(question, plan, "corrected", "false_premise", segments, sources, hits)

    def _chosen(self, fact: Fact, computation: Computation, operands: tuple[int, ...], sources: _Sources) -> Segment:
        """A zone's name as a result: it is the operation that put it there."""
        number = sources.number(self._passages[fact.passage_id])
        return Computed(fact.subject or "", computation.operation, operands, (number,))

    def _subject(self, fact: Fact) -> list[Segment]:
        """The zone that a fact is of, as its heading writes it; nothing for a fact of the whole document."""
        zone = self._zone_quote(fact.document, fact.subject)
        return [] if zone is None else [zone]

    def refusal(self, question: str, plan: Plan, refused: Refused, hits: Sequence[Hit]) -> Answer:
        """One of the noes, naming what is missing; `hits` are listed as related, not as an answer."""
        template: str = refused.reason
        parts: dict[str, Sequence[Segment]] = {}
        if refused.missing is not None:
            parts["echo"] = [Echo(refused.missing.value, refused.missing.start, refused.missing.end)]
        elif template in ("attribute_absent", "name_unknown"):
            template = "not_in_document"
        if template == "attribute_absent" and len(plan.subjects) == 1:
            named = next((zone for (_, name), zone in self._zones.items() if name == plan.subjects[0]), None)
            if named is not None:
                template = "attribute_absent_of"
                parts["zone"] = [self._title(named)]
        return self._answer(question, plan, "refused", refused.reason, _fill(template, plan, parts), _Sources(), hits)

    def _state(self, statement: Statement, plan: Plan, sources: _Sources) -> list[Segment]:
        items = [self._fact_segment(fact, sources) for fact in statement.facts]
        items += [_quote(passage, sources) for passage in statement.passages]
        document = (statement.facts[0] if statement.facts else statement.passages[0]).document
        zone = self._zone_quote(document, statement.subject)
        parts: dict[str, Sequence[Segment]] = {"word": [_word(statement.word)], "value": items}
        if zone is not None:
            parts["zone"] = [zone]
            if len(items) == 1:
                return _fill("value_of", plan, parts)
        parts["items"] = [segment for item in items for segment in _fill("item", plan, {"value": [item]})]
        return _fill("list_of" if zone else "list", plan, parts)

    def _fact_segment(self, fact: Fact, sources: _Sources) -> Segment:
        number = sources.number(self._passages[fact.passage_id])
        if fact.number is not None and fact.unit is not None:
            return Value(fact.text, fact.number, fact.unit, fact.approximate, (number,))
        return Quote(fact.text, fact.document, fact.start, fact.end, (number,))

    def _zone_quote(self, document: str, name: str | None) -> Quote | None:
        zone = self._zones.get((document, name)) if name else None
        return None if zone is None else self._title(zone)

    def _title(self, zone: Zone) -> Quote:
        """A zone as its heading writes it; of a path of headings that is the last one."""
        title = self._texts[zone.document][zone.start : zone.end]
        return Quote(title, zone.document, zone.start, zone.end, ())

    def _answer(
        self,
        question: str,
        plan: Plan,
        status: Status,
        reason: Reason | None,
        segments: Iterable[Segment],
        sources: _Sources,
        hits: Sequence[Hit],
        completeness: Completeness | None = None,
    ) -> Answer:
        return Answer(
            question=question,
            status=status,
            reason=reason,
            segments=tuple(segments),
            citations=tuple(sources.passages.values()),
            hits=tuple(hits[:10]),
            plan=plan,
            documents=self._documents,
            index=self._index,
            completeness=completeness,
        )


def _quote(passage: Passage, sources: _Sources) -> Quote:
    return Quote(passage.text, passage.document, passage.start, passage.end, (sources.number(passage),))


def _number(computation: Computation, plan: Plan, operands: tuple[int, ...]) -> Computed:
    if computation.number is not None:
        number, unit = float(shown(computation.number)), computation.unit
        return Computed(
            computation.number_text, computation.operation, operands, operands, number, unit, computation.approximate
        )
    counted = plan.ordinal or len(computation.chosen)
    name = "nth" if plan.ordinal else "count"
    return Computed(str(counted), name, operands, operands, float(counted))


def _word(word: str) -> Label:
    return Label(word, f"word:{word}")


def _fill(template: str, plan: Plan, parts: Parts) -> list[Segment]:
    segments: list[Segment] = []
    labels = 0
    for kind, part in pieces(template, plan.language):
        if kind == "slot":
            segments += parts[part]
        else:
            segments.append(Label(part, f"{template}:{labels}"))
            labels += 1
    return segments
