"""Which passages a plan is about: the search for it, and the exact set of passages that match."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from app.answering.premises import Premises
from app.reading.guide import Attribute
from app.reading.normalization import normalize
from app.schema import Hit, Passage, Plan, Reading
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
        self._folded = [normalize(passage.text).text for passage in reading.passages]

    def search(self, question: str, plan: Plan) -> list[Hit]:
        """The best passages for a plan, of its zones if it names any, best first."""
        allowed = self._about(plan.subjects) if plan.subjects else None
        return self._retriever.search(self._queries(question, plan), plan.terms, allowed=allowed, bonus=self._bonus(plan))

    def matches(self, plan: Plan, hits: Sequence[Hit]) -> list[Hit]:
        """Every passage that holds the words asked for, best first; none if no passage does.

        A filter is complete or it is not one; where no passage has the words, meaning decides, and picks the best.
        """
        if plan.places or not plan.terms:
            return []
        covered = self._retriever.coverage(plan.terms)
        attribute = self._attributes.get(plan.attribute or "")
        allowed = np.array([self._may_match(plan, attribute, i) for i in range(len(self._folded))])
        main = [term for term in plan.terms if term.weight == 1.0]
        if float(covered[allowed].max(initial=0.0)) < MATCHES and main and plan.operation in ("which", "list"):
            covered = self._retriever.coverage(main)
        if float(covered[allowed].max(initial=0.0)) < MATCHES:
            return []
        allowed &= covered >= MATCHES
        return self._retriever.search([plan.topic], plan.terms, k=int(allowed.sum()), allowed=allowed)

    def openings(self) -> list[Hit]:
        """How each document begins: the first passage outside every section, or the first of all."""
        first: dict[str, Passage] = {}
        for passage in self._reading.passages:
            known = first.setdefault(passage.document, passage)
            if known.zone is not None and passage.zone is None:
                first[passage.document] = passage
        return [Hit(passage, 0.0, {}) for passage in first.values()]

    def _may_match(self, plan: Plan, attribute: Attribute | None, row: int) -> bool:
        passage = self._reading.passages[row]
        if plan.subjects:
            return passage.zone in plan.subjects and (attribute is None or passage.kind == attribute.kind)
        if passage.zone is None:
            return False
        return attribute is None or passage.kind == attribute.kind

    def _queries(self, question: str, plan: Plan) -> list[str]:
        """Wordings of what is asked: as it is, its topic, and the topic in the documents' own words."""
        queries = [question, plan.topic]
        words = ["".join(term.alternatives[0]) if len(term.alternatives) > 1 else term.mention.value for term in plan.terms]
        if any(len(term.alternatives) > 1 for term in plan.terms):
            queries.append(" ".join(words))
        return queries

    def _about(self, subjects: Sequence[str]) -> Mask:
        """The passages of these zones, and those elsewhere that state a fact of them."""
        stating = {fact.passage_id for fact in self._reading.facts if fact.subject in subjects}
        return np.array([item.zone in subjects or item.passage_id in stating for item in self._reading.passages])

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
