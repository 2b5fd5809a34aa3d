"""A question to its Answer: plan, judge, look up in the ledger or retrieve, compose. One object, one method."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from app.answer import Answer, Completeness
from app.answering import derivation
from app.answering.calculation import Calculator
from app.answering.composition import Composer
from app.answering.context import context_of
from app.answering.conversation import resolve
from app.answering.ledger import Ledger, Statement
from app.answering.planning import Planner
from app.answering.premises import Premises
from app.answering.refusal import Judge, Refused
from app.answering.relevance import Relevance
from app.answering.signs import THRESHOLD
from app.answering.thesaurus import LIGHT
from app.answering.utterance import check_question
from app.reading.guide import Attribute
from app.schema import Document, Fact, Hit, Plan, Reading, Zone

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
        relevance: Relevance,
        premises: Premises,
        composer: Composer,
        ledger: Ledger,
        examples: Sequence[str],
        threshold: float = THRESHOLD,
    ) -> None:
        """`threshold` is the confidence below which passages are no answer; with 0 they always are."""
        self._reading = reading
        self._ledger = ledger
        self._planner = planner
        self._judge = judge
        self._relevance = relevance
        self._premises = premises
        self._composer = composer
        self._threshold = threshold
        self._attributes = {attribute.name: attribute for attribute in planner.attributes}
        self._calculator = Calculator(self._attributes, ledger, composer)
        self._of_document = frozenset(item.name for item in planner.attributes if item.of == "document")
        self.examples = tuple(examples)
        self.facts = reading.facts

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
        answer = self._answer(question, self._plan(question, history))
        return answer if id is None else answer.with_id(id)

    def signs(self, question: str, history: Sequence[str] = ()) -> tuple[float, ...] | None:
        """The signs by which it is decided whether passages answer a question; None where they do not decide."""
        plan = self._plan(question, history)
        hits = self._relevance.search(question, plan)
        decided = self._before_passages(question, plan, hits) is not None or self._is_located(plan)
        return None if decided else self._judge.signs(plan, hits)

    def _plan(self, question: str, history: Sequence[str]) -> Plan:
        for asked in (*history, question):
            check_question(asked)
        context = None
        for earlier in history[-MOST_TURNS:]:
            plan = resolve(earlier, self._planner.plan(earlier), context, self._of_document)
            context = context_of(self._answer(earlier, plan), context)
        plan = resolve(question, self._planner.plan(question), context, self._of_document)
        return self._relevance.without_nobodys(question, plan)

    def _answer(self, question: str, plan: Plan) -> Answer:
        hits = self._relevance.search(question, plan)
        return self._before_passages(question, plan, hits) or self._found(question, plan, hits)

    def _before_passages(self, question: str, plan: Plan, hits: Sequence[Hit]) -> Answer | None:
        """The answer, if it takes no passages that were searched for: a refusal by rule, a correction, the ledger."""
        for place in plan.places if "every" not in plan.constraints else ():
            if facts := self._premises.ambiguous(place, plan):
                return self._composer.clarify(question, plan, place, facts, hits)
        if refused := self._judge.premise(question, plan):
            return self._composer.refusal(question, plan, refused, hits)
        if answer := self._corrected(question, plan, hits):
            return answer
        checked = self._calculator.answer(question, plan, hits) if plan.operation == "check" else None
        if checked is not None and checked.status == "corrected":
            return checked  # before it says what else is missing: 「なぜ5平方キロしかないのですか」
        if refused := self._judge.detail(question, plan, self._asked_of(plan) or hits):
            return self._composer.refusal(question, plan, refused, hits)
        if plan.operation == "name" and (passages := self._premises.naming(plan.subjects)):
            return self._composer.passages(question, plan, hits, [Hit(passage, 0.0, {}) for passage in passages])
        if plan.computed:
            return checked or self._calculator.answer(question, plan, hits)
        if plan.operation == "describe":
            return self._composer.passages(question, plan, hits, self._relevance.openings())
        if statements := self._statements(plan, hits):
            announced = self._ledger.announcement(plan.attribute) if plan.attribute in self._of_document and not plan.ordinal else None
            complete = self._completeness(plan, statements)
            return self._composer.statements(question, plan, statements, hits, complete, announced)
        if plan.operation == "nth" and plan.attribute and not plan.leftover:  # there are not so many, but how many are there
            if plan.subjects or plan.attribute in self._of_document:
                counted = replace(plan, operation="count", constraints=(f">={abs(plan.ordinal)}",))
                return self._calculator.answer(question, counted, hits)
            return self._composer.refusal(question, plan, Refused("not_in_document"), hits)
        return None

    def _asked_of(self, plan: Plan) -> list[Hit]:
        """The passages that state what the question asks of a document."""
        facts = self._ledger.facts(plan.attribute, None) if plan.attribute in self._of_document else []
        return [Hit(passage, 0.0, {}) for passage in self._premises.stating(facts)]

    def _corrected(self, question: str, plan: Plan, hits: Sequence[Hit]) -> Answer | None:
        """What the documents say instead of what the question takes for granted."""
        attribute = self._attributes.get(plan.attribute or "")
        own = self._own(plan)
        if facts := self._premises.misplaced(plan):
            if own:
                passages = self._premises.stating(facts)
                return self._composer.elsewhere(question, plan, passages, hits, own)
            return self._composer.premise(question, plan, "premise_place", facts, hits)
        if facts := self._premises.contradicted(question, plan, attribute):
            return self._composer.premise(question, plan, "premise_fact", facts, hits)
        if passages := self._premises.elsewhere(plan, measured=attribute is not None and attribute.measured):
            return self._composer.elsewhere(question, plan, passages, hits, own)
        return None

    def _own(self, plan: Plan) -> list[Statement]:
        """The one thing that is stated of the zone that the question speaks of, where it asks for just that: a focus."""
        attribute = self._attributes.get(plan.attribute or "")
        if attribute is None or attribute.names or len(plan.subjects) != 1:
            return []
        statements = self._ledger.statements([attribute], plan.subjects)
        return [item for item in statements if len(item.facts) + len(item.passages) == 1]

    def _found(self, question: str, plan: Plan, hits: Sequence[Hit]) -> Answer:
        """The passages that answer, if any do."""
        sure = self._is_located(plan) or self._relevance.holds_each(question, plan)
        confidence = 1.0 if sure else self._judge.confidence(plan, hits)
        if confidence < self._threshold:
            return self._composer.refusal(question, plan, self._judge.absent(question, plan), hits, confidence)
        matches = self._relevance.matches(question, plan)
        if "without" in plan.constraints and not matches:
            return self._composer.refusal(question, plan, self._judge.absent(question, plan), hits, confidence)
        if plan.operation == "count_matches" and matches:
            kinds = [hit.passage for hit in matches if hit.passage.kind == matches[0].passage.kind]
            return derivation.count_matches(self._composer.draft(question, plan), kinds, hits)
        zones = tuple(dict.fromkeys(hit.passage.zone for hit in matches or hits[:1] if hit.passage.zone))
        completeness = None
        if plan.operation == "which" and matches and not plan.subjects:
            completeness = Completeness.over(self._ledger.all_zones, zones)
        return self._composer.passages(question, plan, hits, matches, completeness, confidence, self._calculator.then(plan, zones))

    @staticmethod
    def _is_located(plan: Plan) -> bool:
        """Whether a question only asks where a place is, which the document writes."""
        return bool(plan.places) and (not plan.leftover or plan.operation == "which")

    # ── The ledger ──────────────────────────────────────────────────────────────────────────────────────────

    def _statements(self, plan: Plan, hits: Sequence[Hit]) -> list[Statement]:
        """What the ledger states, if the plan asks for what it holds; empty if the passages must be searched."""
        attribute = self._attributes.get(plan.attribute or "")
        if attribute is None:
            if not plan.subjects or plan.leftover or plan.places:
                return []
            wanted = [item for item in self._planner.attributes if item.of == "zone"]
            kinds = {item.kind: item for item in reversed(wanted)}  # one attribute a kind: the first declared
            return self._ledger.statements([item for item in wanted if kinds[item.kind] is item], plan.subjects)
        if attribute.of == "document":
            if plan.leftover and plan.operation != "nth" and hits[0].passage.kind != attribute.kind:
                return []
            return self._ledger.statements([attribute], (None,), plan.ordinal)
        if plan.places and any(self._is_of(fact, attribute) for fact in self._premises.named(plan)):
            return []  # one of them, not all
        if plan.leftover and plan.operation != "nth" and not self._asks_all(plan, attribute, hits):
            return []
        if plan.operation == "which":
            return []
        also = [self._attributes[name] for name in plan.constrained("also") if name in self._attributes]
        without = [int(place) for place in plan.constrained("except")]
        left_out = plan.constrained("not")
        zones = plan.subjects or [zone for zone in self._ledger.zones(attribute.name) if zone not in left_out]
        return self._ledger.statements([*also, attribute], zones, plan.ordinal, without)

    def _is_of(self, fact: Fact, attribute: Attribute) -> bool:
        """Whether a fact is one of an attribute, names being as good as each other: エリア and 所在地."""
        both = attribute.names and self._attributes[fact.attribute].names
        return both or fact.attribute == attribute.name

    def _asks_all(self, plan: Plan, attribute: Attribute, hits: Sequence[Hit]) -> bool:
        """Whether the words left over only dress up a question for everything of this kind in the zones named."""
        if not plan.subjects or plan.operation == "which":
            return False
        if len(self._ledger.passages(plan.subjects[0], attribute.kind)) <= 1:
            if attribute.measured or hits[0].passage.kind == attribute.kind:
                return True
            return len(plan.leftover) < MANY_WORDS
        no_topic = plan.operation == "list" or all(term.weight <= LIGHT for term in plan.terms)
        return no_topic and not any(hit.legs.get("words") for hit in hits)

    def _completeness(self, plan: Plan, statements: Sequence[Statement]) -> Completeness | None:
        attribute = self._attributes.get(plan.attribute or "")
        if plan.subjects or attribute is None or attribute.of != "zone":
            return None
        return Completeness.over(self._ledger.zones(attribute.name), {statement.subject for statement in statements})
