"""A plan that computes to its Answer: which zones it is over, their numbers from the ledger, and what came of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from app.answer import Answer, Completeness
from app.answering import derivation
from app.answering.composition import Composer
from app.answering.computation import Computation, Measure, bounded, compute, meets, position, share, shown, within
from app.answering.ledger import Ledger, Statement
from app.answering.numerals import exact
from app.answering.refusal import Refused
from app.reading.guide import Attribute
from app.schema import PICKS, Hit, Plan


class Calculator:
    """Computes what plans ask for over one ledger; what a computation lacks is a refusal, never a guess."""

    def __init__(self, attributes: Mapping[str, Attribute], ledger: Ledger, composer: Composer) -> None:
        self._attributes = attributes
        self._ledger = ledger
        self._composer = composer

    def answer(self, question: str, plan: Plan, hits: Sequence[Hit]) -> Answer:
        """The answer that the ledger's numbers give, over all of the plan's zones."""
        name = plan.attribute or ""
        if plan.operation == "count" and (not name or self._attributes[name].of == "document"):
            return self._count_whole(question, plan, hits)
        everything = self._ledger.zones(name)
        if not (plan.counts or self._attributes[name].measured):  # what is not measured can only be counted
            plan = replace(plan, constraints=("by=count", *plan.constraints))
        if left_out := plan.constrained("not"):
            kept = tuple(item for item in plan.constraints if not item.startswith("not="))
            plan = replace(plan, subjects=tuple(zone for zone in everything if zone not in left_out), constraints=kept)
        measures, missing = self._measures(plan, everything)
        plan = self._settled(plan, measures)
        divides = plan.operation == "ratio"
        if missing or not measures or (divides and not all(measure.number for measure in measures)):
            return self._composer.refusal(question, plan, Refused("missing_operand", zones=missing), hits)
        if plan.operation != "filter":
            measures = self._meant(plan, measures)
        draft = self._composer.draft(question, plan)
        if plan.operation == "check":
            return derivation.check(draft, measures[0], hits)
        if plan.operation == "count":
            return derivation.count(draft, measures, hits)
        computation = self._computation(plan, measures)
        if computation is None:
            return self._composer.refusal(question, plan, Refused("missing_operand"), hits)
        completeness = None
        if plan.operation not in ("share", "position"):
            over = computation.operands if plan.operation in ("sum", "mean") else measures
            if [measure.subject for measure in over] == list(everything):
                matched = computation.chosen if plan.operation in PICKS else over
                completeness = Completeness.over(everything, {measure.subject for measure in matched})
        about = computation.chosen if plan.operation in PICKS else computation.operands
        then = self.then(plan, [measure.subject for measure in about])
        return derivation.derive(draft, computation, hits, completeness, _holds(plan, computation, measures), then)

    def then(self, plan: Plan, subjects: Sequence[str]) -> list[Statement]:
        """What is asked of the zones that were picked, or found."""
        wanted = [self._attributes[name] for name in plan.constrained("then") if name in self._attributes]
        return self._ledger.statements(wanted, subjects) if wanted else []

    def _measures(self, plan: Plan, everything: Sequence[str]) -> tuple[list[Measure], tuple[str, ...]]:
        """The numbers that the plan is about, and the zones that have none."""
        over_all = plan.one_of_all or plan.operation in ("share", "position") or plan.constraint("than") is not None
        zones = everything if over_all else plan.subjects or everything
        measures = self._ledger.measures(plan.attribute or "", zones, counts=plan.counts)
        known = {measure.subject for measure in measures}
        return measures, tuple(zone for zone in zones if zone not in known)

    def _settled(self, plan: Plan, measures: Sequence[Measure]) -> Plan:
        """The plan with a zone's number for the zone, where that is the bound (「徐匯より広い区」), and the middle's place."""
        if "nth=middle" in plan.constraints:  # of an even number there is none in the middle: all of them, in order
            place = [f"nth={(len(measures) + 1) // 2}"] if len(measures) % 2 else []
            rest = [item for item in plan.constraints if item != "nth=middle"]
            return replace(plan, operation="nth" if place else "rank", constraints=(*rest, *place))
        than = plan.constraint("than")
        bounds = [exact(float(measure.number)) for measure in measures if measure.subject == than]
        if not bounds:
            return plan
        constraints = tuple(item[:-4] + bounds[0] if item in ("<than", ">than") else item for item in plan.constraints)
        return replace(plan, subjects=(), constraints=constraints)

    def _meant(self, plan: Plan, measures: Sequence[Measure]) -> list[Measure]:
        """The measures of those zones that the plan means: 「施策が6つある区」. All if it says nothing of it."""
        meant = list(measures)
        for condition in plan.constrained("where"):
            attribute, bound = bounded(condition)
            everywhere = self._ledger.zones(attribute)
            numbers = self._ledger.measures(attribute, everywhere, counts=not self._attributes[attribute].measured)
            within = {item.subject for item in numbers if meets(item.number, [bound], [other.number for other in numbers])}
            meant = [measure for measure in meant if measure.subject in within]
        return meant

    def _computation(self, plan: Plan, measures: Sequence[Measure]) -> Computation | None:
        """What comes of the plan's operation; None where there is nothing to do it with, or not so many."""
        if plan.operation in ("share", "position"):
            by_subject = {measure.subject: measure for measure in measures}
            parts = [by_subject[zone] for zone in plan.subjects]
            return share(parts, measures) if plan.operation == "share" else position(parts[0], measures, plan.constraints)
        if plan.operation == "filter":
            return compute("filter", plan.constraints, measures).among(self._meant(plan, measures))
        if not measures or (plan.operation in ("sum", "mean") and not within(plan.constraints, measures)):
            return None
        computation = compute(plan.operation, plan.constraints, measures)
        return computation if computation.chosen or plan.operation != "nth" else None

    def _count_whole(self, question: str, plan: Plan, hits: Sequence[Hit]) -> Answer:
        """How many zones there are, or how many things the documents state of themselves."""
        draft = self._composer.draft(question, plan)
        if plan.attribute:
            facts = tuple(self._ledger.facts(plan.attribute, None))
            measure = Measure("", Decimal(len(facts)), facts, counted=True)
            return derivation.count(draft, [measure], hits, self._ledger.announcement(plan.attribute))
        zones = [(zone, passage) for zone in self._ledger.all_zones if (passage := self._ledger.first_passage(zone))]
        names = [zone for zone, _ in zones]
        return derivation.count_zones(draft, zones, hits, Completeness.over(names, names))


def _holds(plan: Plan, computation: Computation, measures: Sequence[Measure]) -> bool | None:
    """Whether the question was right in what it expects; None if it expects nothing."""
    if plan.one_of_all:
        return plan.subjects[0] in {measure.subject for measure in computation.chosen}
    if claim := plan.constraint("claim"):
        first, second = measures
        return {">": first.number > second.number, "<": first.number < second.number}.get(claim, first.number == second.number)
    if "expected=all" in plan.constraints:
        return len(computation.chosen) == len(measures)
    if expected := plan.constrained("expected"):
        return meets(Decimal(shown(computation.number or Decimal(0))), expected)
    stated = [item for item in plan.constraints if item[0] == "=" or (item[0] in "<>" and plan.operation == "ratio")]
    if computation.number is not None and stated:
        return meets(Decimal(shown(computation.number)), stated)
    return None
