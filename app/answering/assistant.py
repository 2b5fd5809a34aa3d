"""A question to its Answer: plan, judge, look up in the ledger or retrieve, compose. One object, one method."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from app.answer import Answer, Completeness
from app.answering.composition import Composer, Statement
from app.answering.computation import compute
from app.answering.conversation import Context, context_of, resolve
from app.answering.ledger import Ledger
from app.answering.planning import Planner, check_question
from app.answering.refusal import Judge, Refused
from app.reading.guide import Attribute
from app.reading.normalization import normalize
from app.schema import Document, Fact, Hit, Passage, Plan, Reading, Zone
from app.searching.dense_index import Mask, Scores
from app.searching.retrieval import Retriever

# How far a passage of the kind that was asked for is ahead of another one, and one that states the very name that the
# question writes, in deviations of the dense leg. The second decides by itself: 外灘エリア is not 北外灘エリア.
KIND_BONUS = 0.5
PLACE_BONUS = 10.0
# And one that holds what the question puts in quotation marks, or a proper noun of it.
LITERAL_BONUS = 3.0
# A question for one of a zone's single passages is answered with it, whatever else it says, up to this many things:
# then it is about those.
MANY_WORDS = 3

# A follow-up leans on few turns; this bounds what a long conversation costs.
MOST_TURNS = 20


class Assistant:
    """Answers questions about one reading of the documents. Safe to share between threads."""

    def __init__(
        self,
        reading: Reading,
        planner: Planner,
        judge: Judge,
        retriever: Retriever,
        composer: Composer,
        examples: Sequence[str],
    ) -> None:
        self._reading = reading
        self._ledger = Ledger(reading)
        self._planner = planner
        self._judge = judge
        self._retriever = retriever
        self._composer = composer
        self._attributes = {attribute.name: attribute for attribute in planner.attributes}
        self._folded = [normalize(passage.text).text for passage in reading.passages]
        self._folded_facts = [(normalize(fact.text).text, fact) for fact in reading.facts]
        self.examples = tuple(examples)

    @property
    def documents(self) -> tuple[Document, ...]:
        """The documents that answers quote."""
        return self._reading.documents

    @property
    def zones(self) -> tuple[Zone, ...]:
        """The documents' sections."""
        return self._reading.zones

    def ask(self, question: str, history: Sequence[str] = (), id: str | None = None) -> Answer:
        """Answer one question; the same question always gets the same answer.

        `history` are the earlier questions of the conversation, oldest first; they are asked again, in order, and what
        `question` leaves out is taken from them. Raises QuestionError for a question that cannot be asked.
        """
        for asked in (*history, question):
            check_question(asked)
        context = None
        for earlier in history[-MOST_TURNS:]:
            context = context_of(self._answer_in(earlier, context))
        answer = self._answer_in(question, context)
        return answer if id is None else answer.with_id(id)

    def _answer_in(self, question: str, context: Context | None) -> Answer:
        return self._answer(question, resolve(question, self._planner.plan(question), context))

    def _answer(self, question: str, plan: Plan) -> Answer:
        hits = self._search(question, plan)
        if refused := self._judge.premise(question, plan) or self._judge.detail(question, plan, hits):
            return self._composer.refusal(question, plan, refused, hits)
        if plan.operation == "count":
            return self._composer.count(question, plan, self._counted(plan), hits)
        if plan.computed:
            return self._computed(question, plan, hits)
        if (misplaced := self._misplaced(plan)) is not None:
            return self._composer.wrong_place(question, plan, misplaced, hits)
        if statements := self._statements(plan, hits):
            return self._composer.statements(question, plan, statements, hits, self._completeness(plan, statements))
        if refused := self._judge.off_topic(plan, hits):
            return self._composer.refusal(question, plan, refused, hits)
        if matches := self._matches(plan):
            zones = {hit.passage.zone for hit in matches}
            everywhere = [zone.name for zone in self.zones]
            return self._composer.passages(question, plan, hits, matches, _completeness(everywhere, zones))
        return self._composer.passages(question, plan, hits)

    def _matches(self, plan: Plan) -> list[Hit]:
        """For 「どの区」: every passage of a zone that writes all the words asked for; none if no passage does.

        A filter is complete or it is not one; where no passage has the words, meaning decides, and picks the best.
        """
        if plan.operation not in ("which", "list") or plan.subjects or plan.places or not plan.leftover:
            return []
        attribute = self._attributes.get(plan.attribute or "")
        words = [normalize(mention.value).text for mention in plan.leftover]
        hits = self._retriever.search([plan.topic], " ".join(words), k=len(self._passages))
        return [
            hit
            for hit in hits
            if hit.passage.zone is not None
            and (attribute is None or hit.passage.kind == attribute.kind or plan.operation == "which")
            and all(word in normalize(hit.passage.text).text for word in words)
        ]

    def _misplaced(self, plan: Plan) -> Fact | None:
        """The fact of a place that the question puts into a zone that it is not in."""
        if not plan.places or len(plan.subjects) != 1 or (plan.leftover and len(plan.leftover) > len(plan.places)):
            return None
        facts = self._facts_at(plan)
        stated = {fact.subject for fact in facts}
        return facts[0] if facts and facts[0].subject and plan.subjects[0] not in stated else None

    def _facts_at(self, plan: Plan) -> list[Fact]:
        """The facts that the plan's places name, or begin."""
        places = tuple(normalize(place.value).text for place in plan.places)
        return [fact for text, fact in self._folded_facts if text.startswith(places)]

    def _counted(self, plan: Plan) -> list[Fact]:
        subjects = plan.subjects or self._ledger.zones(plan.attribute or "")
        return [fact for subject in subjects for fact in self._ledger.facts(plan.attribute or "", subject)]

    def _computed(self, question: str, plan: Plan, hits: Sequence[Hit]) -> Answer:
        """The answer that the ledger's measured facts give, over all of the plan's zones."""
        expected = plan.subjects if plan.operation in ("max", "min", "nth") and len(plan.subjects) == 1 else ()
        everything = self._ledger.zones(plan.attribute or "")
        zones = everything if expected else plan.subjects or everything
        facts = self._ledger.measures(plan.attribute or "", zones)
        stated = {fact.subject for fact in facts}
        missing = [zone for zone in zones if zone not in stated]
        if missing:
            return self._composer.refusal(question, plan, Refused("missing_operand"), hits)
        if plan.operation == "check":
            return self._composer.check(question, plan, facts[0], hits)
        computation = compute(plan.operation, plan.constraints, facts)
        if plan.operation == "nth" and not computation.chosen:  # there are not so many
            return self._composer.refusal(question, plan, Refused("missing_operand"), hits)
        completeness = None
        if zones == everything:
            matched = facts if computation.number is not None else computation.chosen
            completeness = _completeness(zones, {fact.subject for fact in matched})
        holds = expected[0] in {fact.subject for fact in computation.chosen} if expected else None
        return self._composer.computation(question, plan, computation, hits, completeness, holds)

    def _search(self, question: str, plan: Plan) -> list[Hit]:
        allowed = self._about(plan.subjects) if plan.subjects else None
        return self._retriever.search(
            [question, plan.topic], " ".join(mention.value for mention in plan.leftover), allowed=allowed, bonus=self._bonus(plan)
        )

    def _about(self, subjects: Sequence[str]) -> Mask:
        """The passages of these zones, and those elsewhere that state a fact of them."""
        stating = {fact.passage_id for fact in self._reading.facts if fact.subject in subjects}
        return np.array([item.zone in subjects or item.passage_id in stating for item in self._passages])

    def _bonus(self, plan: Plan) -> Scores:
        attribute = self._attributes.get(plan.attribute or "")
        bonus = np.zeros(len(self._passages), dtype=np.float32)
        if attribute is not None:
            bonus += [KIND_BONUS * (passage.kind == attribute.kind) for passage in self._passages]
        if plan.places:
            stating = {fact.passage_id for fact in self._facts_at(plan)}
            bonus += [PLACE_BONUS * (passage.passage_id in stating) for passage in self._passages]
        for literal in plan.literals:
            folded = normalize(literal.value).text
            bonus += [LITERAL_BONUS * (folded in text) for text in self._folded]
        return bonus

    # ── The ledger ──────────────────────────────────────────────────────────────────────────────────────────

    def _statements(self, plan: Plan, hits: Sequence[Hit]) -> list[Statement]:
        """What the ledger states, if the plan asks for what it holds; empty if the passages must be searched."""
        attribute = self._attributes.get(plan.attribute or "")
        if attribute is None:
            if not plan.subjects or plan.leftover:
                return []
            wanted = [item for item in self._planner.attributes if item.of == "zone"]
            kinds = {item.kind: item for item in reversed(wanted)}  # one attribute a kind: the first declared
            return self._ledger.statements([item for item in wanted if kinds[item.kind] is item], plan.subjects)
        if attribute.of == "document":
            if plan.leftover and plan.operation != "nth" and hits[0].passage.kind != attribute.kind:
                return []
            return self._ledger.statements([attribute], (None,), plan.ordinal)
        if plan.leftover and plan.operation != "nth" and not self._asks_all(plan, attribute, hits):
            return []
        if plan.operation == "which":
            return []
        return self._ledger.statements([attribute], plan.subjects or self._ledger.zones(attribute.name), plan.ordinal)

    def _asks_all(self, plan: Plan, attribute: Attribute, hits: Sequence[Hit]) -> bool:
        """Whether the words left over only dress up a question for everything of this kind in the zones named."""
        if not plan.subjects or plan.operation == "which":
            return False
        if len(self._ledger.passages(plan.subjects[0], attribute.kind)) <= 1:
            if attribute.measured or hits[0].passage.kind == attribute.kind:
                return True
            return len(plan.leftover) < MANY_WORDS
        return plan.operation == "list" and not any(hit.legs.get("words") for hit in hits)

    @property
    def _passages(self) -> tuple[Passage, ...]:
        return self._reading.passages

    def _completeness(self, plan: Plan, statements: Sequence[Statement]) -> Completeness | None:
        attribute = self._attributes.get(plan.attribute or "")
        if plan.subjects or attribute is None or attribute.of != "zone":
            return None
        return _completeness(self._ledger.zones(attribute.name), {statement.subject for statement in statements})


def _completeness(zones: Sequence[str], matched: Collection[str | None]) -> Completeness:
    return Completeness(
        checked=len(zones),
        of=len(zones),
        matched=tuple(name for name in zones if name in matched),
        unmatched=tuple(name for name in zones if name not in matched),
    )
