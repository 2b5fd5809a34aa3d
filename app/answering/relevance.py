"""Which passages a plan is about: the search for it, and the exact set of passages that match."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from app.answering.alternatives import readings, says_or
from app.answering.premises import Premises
from app.reading.guide import Attribute
from app.reading.normalization import normalize
from app.schema import Hit, Passage, Plan, Reading, Term
from app.searching.dense_index import Mask, Scores
from app.searching.retrieval import Retriever

# How far a passage of the kind that was asked for is ahead of another one, and one that states the very name that the
# question writes, in deviations of the dense leg. The second decides by itself: 外灘エリア is not 北外灘エリア.
KIND_BONUS = 0.5
PLACE_BONUS = 10.0
# And one that holds what the question puts in quotation marks, or a proper noun of it.
LITERAL_BONUS = 3.0
# A passage matches whatever else is asked if it holds this share of the words.
MATCHES = 0.95


class Relevance:
    """Searches one reading as plans ask."""

    def __init__(
        self, reading: Reading, attributes: Iterable[Attribute], premises: Premises, retriever: Retriever
    ) -> None:
        self._reading = reading
        self._attributes = {attribute.name: attribute for attribute in attributes}
        self._premises = premises
        self._retriever = retriever
        # What only names parts of a zone says less of what it does than anything else.
        kinds = {attribute.kind for attribute in self._attributes.values() if attribute.names}
        self._naming = np.array([passage.kind in kinds for passage in reading.passages])
        self._folded = [normalize(passage.text).text for passage in reading.passages]

    def without_nobodys(self, question: str, plan: Plan) -> Plan:
        """The plan without those of several topics, any of which will do, that no passage has, if one has another."""
        for sides in readings(question, plan.terms):
            if len(sides) > 1 and (held := [side for side in sides if self._holding([side]).any()]):
                kept = {term for side in held for term in side}
                return replace(plan, terms=tuple(term for term in plan.terms if term in kept))
        return plan

    def holds_each(self, question: str, plan: Plan) -> bool:
        """Whether the question names several topics any of which will do, and for each there is a passage that holds it."""
        return any(
            len(sides) > 1 and all(self._holding([side]).any() for side in sides) for sides in readings(question, plan.terms)
        )

    def search(self, question: str, plan: Plan) -> list[Hit]:
        """The best passages for a plan, of its zones if it names any, best first."""
        allowed = self._premises.about(plan.subjects) if plan.subjects else None
        if left_out := plan.constrained("not"):
            allowed = np.array([passage.zone not in left_out for passage in self._reading.passages])
        return self._retriever.search(self._queries(question, plan), plan.terms, allowed=allowed, bonus=self._bonus(plan))

    def matches(self, question: str, plan: Plan) -> list[Hit]:
        """Every passage that holds the words asked for, best first; none if no passage does.

        A filter is complete or it is not one; where no passage has the words, meaning decides, and picks the best.
        """
        attribute = self._attributes.get(plan.attribute or "")
        allowed = np.array([self._may_match(plan, attribute, passage) for passage in self._reading.passages])
        if plan.places:
            facts = {fact.passage_id for fact in self._premises.named(plan)}
            matching = allowed & [passage.passage_id in facts for passage in self._reading.passages]
        elif plan.terms:
            matching = self._matching(question, plan, allowed)
        else:
            return []
        if not matching.any():
            return []
        return self._retriever.search([plan.topic], plan.terms, k=int(matching.sum()), allowed=matching)

    def _matching(self, question: str, plan: Plan, allowed: Mask) -> Mask:
        """The allowed passages that hold all of the words, of one side where the question says 「または」, by the first way
        to read it by which any does; if none, and zones are asked for, those that hold all of the nouns that are not of
        doing."""
        if plan.quoted:  # just these words are asked for, not what else may mean the same, unless in another language
            writing = self._writing(question, plan)
            if writing.any() or plan.language == "ja":
                return writing & allowed
        ways = readings(question, plan.terms)
        matching = self._first_held(ways, allowed)
        if not matching.any() and plan.operation in ("which", "list"):
            nouns = [[[term for term in side if term.weight == 1.0] for side in sides] for sides in ways]
            matching = self._first_held(nouns, allowed)
        saying = matching & ~self._naming
        return saying if saying.any() else matching

    def _writing(self, question: str, plan: Plan) -> Mask:
        """The passages that write what the question quotes: all of it, or any where it says or."""
        written = np.array([[normalize(item.value).text in text for text in self._folded] for item in plan.quoted])
        either = any(says_or(question[a.end : b.start]) for a, b in pairwise(plan.quoted))
        return np.asarray(written.any(axis=0) if either else written.all(axis=0))

    def _first_held(self, ways: Iterable[Sequence[Sequence[Term]]], allowed: Mask) -> Mask:
        masks = (self._holding([side for side in sides if side]) & allowed for sides in ways)
        return next((mask for mask in masks if mask.any()), np.zeros_like(allowed))

    def _holding(self, sides: Sequence[Sequence[Term]]) -> Mask:
        holding = np.zeros(len(self._reading.passages), dtype=bool)
        for side in sides:
            holding |= self._retriever.coverage(side) >= MATCHES
        return holding

    def openings(self) -> list[Hit]:
        """How each document begins: the first passage outside every section, or the first of all."""
        first: dict[str, Passage] = {}
        for passage in self._reading.passages:
            known = first.setdefault(passage.document, passage)
            if known.zone is not None and passage.zone is None:
                first[passage.document] = passage
        return [Hit(passage, 0.0, {}) for passage in first.values()]

    @staticmethod
    def _may_match(plan: Plan, attribute: Attribute | None, passage: Passage) -> bool:
        kinds = {attribute.kind, *plan.constrained("also")} if attribute else set()
        of_kind = not kinds or passage.kind in kinds
        if passage.zone in plan.constrained("not"):
            return False
        return of_kind and (passage.zone in plan.subjects if plan.subjects else passage.zone is not None)

    def _queries(self, question: str, plan: Plan) -> list[str]:
        """Wordings of what is asked: as it is, its topic, and the topic in the documents' own words."""
        queries = [question, plan.topic]
        words = ["".join(term.alternatives[0]) if len(term.alternatives) > 1 else term.mention.value for term in plan.terms]
        if any(len(term.alternatives) > 1 for term in plan.terms):
            queries.append(" ".join(words))
        return queries

    def _bonus(self, plan: Plan) -> Scores:
        attribute = self._attributes.get(plan.attribute or "")
        passages = self._reading.passages
        bonus = np.zeros(len(passages), dtype=np.float32)
        if attribute is not None:
            bonus += [KIND_BONUS * (passage.kind == attribute.kind) for passage in passages]
        if plan.places:
            stating = {fact.passage_id for fact in self._premises.named(plan)}
            bonus += [PLACE_BONUS * (passage.passage_id in stating) for passage in passages]
        for literal in plan.literals:
            folded = normalize(literal.value).text
            bonus += [LITERAL_BONUS * (folded in text) for text in self._folded]
        return bonus
