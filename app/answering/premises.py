"""What a question takes for granted of a zone or of a document, and what the documents say instead."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

import numpy as np

from app.answering.counting import counted
from app.answering.gazetteer import Gazetteer
from app.answering.ledger import Ledger
from app.answering.question_words import REASONS
from app.reading.guide import Attribute
from app.reading.normalization import normalize
from app.schema import Fact, Mention, Passage, Plan, Reading
from app.searching.dense_index import Mask
from app.searching.retrieval import Retriever

# A passage of another zone says what is asked if it holds this share of the words; the zone that was named does not
# if none of its passages holds more than that share of it. On 248 development questions that name one zone, 22 of them
# with a false premise, these tell all 22 apart, and one other.
SAID_ELSEWHERE = 0.7
NOT_SAID = 0.6
# Longer facts are sentences, not formulas that a question could write with other numbers.
_LONGEST_FORMULA = 12
_NUMBERS = 2
# Behind a noun these make it what is said of something.
_PREDICATE = r"[\u3400-\u9fffァ-ヺー]{0,14}(?:です|でし|だ(?:よ|っ|ろ)|だと|なの|で(?:合って|間違|いい|よろし)|じゃない|ではない)"
_BRACKETS = re.compile(r"\([^()]*\)$")


class Premises:
    """Holds what questions take for granted against what one reading says."""

    def __init__(
        self, reading: Reading, ledger: Ledger, gazetteer: Gazetteer, names: Collection[str], retriever: Retriever
    ) -> None:
        """`names` are the attributes whose facts are names, which may be ambiguous."""
        self._reading = reading
        self._ledger = ledger
        self._gazetteer = gazetteer
        self._names = frozenset(names)
        self._of_document = sorted({fact.attribute for fact in reading.facts if fact.subject is None})
        self._retriever = retriever

    def named(self, plan: Plan) -> list[Fact]:
        """The facts that the plan's places name."""
        facts = [fact for place in plan.places for fact in self._gazetteer.facts(place.value)]
        return list(dict.fromkeys(facts))

    def ambiguous(self, place: Mention, plan: Plan) -> list[Fact]:
        """The facts that a name may stand for, of several zones (of those that the question names if it names any); none
        if it is clear, and where the zones are asked for of one thing that lies in parts in them: 汐入地区（東側）."""
        facts = [fact for fact in self._gazetteer.facts(place.value) if fact.attribute in self._names]
        facts = [fact for fact in facts if fact.subject in plan.subjects] if plan.subjects else facts
        in_parts = len({_BRACKETS.sub("", normalize(fact.text).text) for fact in facts}) == 1
        several = len({fact.subject for fact in facts}) > 1
        return facts if several and not (in_parts and plan.operation == "which") else []

    def misplaced(self, plan: Plan) -> list[Fact]:
        """The facts of a place that the question puts into a zone that it is not in; empty if it does not."""
        if not plan.places or len(plan.subjects) != 1:
            return []
        facts = self.named(plan)
        stated = {fact.subject for fact in facts}
        return facts[:1] if facts and facts[0].subject and plan.subjects[0] not in stated else []

    def stating(self, facts: Sequence[Fact]) -> list[Passage]:
        """The passages that some facts were read from."""
        ids = {fact.passage_id for fact in facts}
        return [passage for passage in self._reading.passages if passage.passage_id in ids]

    def naming(self, subjects: Sequence[str]) -> list[Passage]:
        """The passages outside all zones that name every one of some."""
        names = [normalize(name).text for name in subjects]
        outside = [passage for passage in self._reading.passages if passage.zone is None]
        return [passage for passage in outside if all(name in normalize(passage.text).text for name in names)]

    def about(self, subjects: Collection[str]) -> Mask:
        """The passages of these zones, and those elsewhere that state a fact of them."""
        stating = {fact.passage_id for fact in self._reading.facts if fact.subject in subjects}
        return np.array([item.zone in subjects or item.passage_id in stating for item in self._reading.passages])

    def elsewhere(self, plan: Plan, *, measured: bool) -> list[Passage]:
        """The passages of other zones that say what the question says of a zone of which nothing like it is said.

        One word beside a question for a number (`measured`) is not enough."""
        terms = [term for term in plan.terms if term.mention.value not in REASONS]  # whose reason is asked for was said
        nouns = sum(term.weight == 1.0 for term in terms)
        if len(plan.subjects) != 1 or plan.computed or nouns < (2 if measured else 1):
            return []
        covered = self._retriever.coverage(terms)
        passages = self._reading.passages
        own = self.about(plan.subjects)
        other = np.array([item.zone is not None for item in passages]) & ~own
        best = float(covered[other].max(initial=0.0))
        if best < SAID_ELSEWHERE or float(covered[~other].max(initial=0.0)) > NOT_SAID * best:
            return []
        return [passages[row] for row in np.flatnonzero(other & (covered >= best - 1e-6)).tolist()]

    def contradicted(self, question: str, plan: Plan, attribute: Attribute | None) -> list[Fact]:
        """What the document states of itself, where the question expects something else: 「北京市の認可ですよね」, or the
        same with other numbers: 「2区1案」."""
        folded = normalize(question).text
        for name in self._of_document:
            facts = self._ledger.facts(name, None)
            if len(facts) == 1 and self._misnumbers(folded, normalize(facts[0].text).text.strip("「」")):
                return facts
        if attribute is None or attribute.of != "document" or plan.operation in ("nth", "count"):
            return []
        facts = self._ledger.facts(attribute.name, None)
        if len(facts) != 1 or normalize(facts[0].text).text in folded:
            return []
        if (plan.confirms or not plan.leftover) and (stated := counted(folded)) and re.search(r"\d", facts[0].text):
            return facts if not any(item.value in normalize(facts[0].text).text for item in stated) else []
        expected = any(term.weight == 1.0 for term in plan.terms) or _says_it_is(folded, plan.subjects)
        return facts if plan.confirms and expected else []

    @staticmethod
    def _misnumbers(question: str, stated: str) -> bool:
        """Whether a question writes what is stated with other numbers."""
        if len(re.findall(r"\d+", stated)) < _NUMBERS or len(stated) > _LONGEST_FORMULA:
            return False
        shape = re.sub(r"\d+", lambda _: r"\d+", re.escape(stated))
        return any(match.group() != stated for match in re.finditer(rf"(?<!\d){shape}(?!\d)", question))


def _says_it_is(question: str, zones: Collection[str]) -> bool:
    """Whether a question takes a zone for what it asks about: 「認可したのは徐匯区ですよね」."""
    names = "|".join(re.escape(normalize(zone).text) for zone in zones)
    return bool(names) and re.search(rf"(?:{names}){_PREDICATE}", question) is not None
