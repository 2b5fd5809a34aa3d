"""Statements, passages, choices and refusals to an Answer: segments of typed origin, citations by importance."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from app.answer import Answer, Choice, Completeness, Quote, Segment
from app.answering.draft import Archive, Draft
from app.answering.ledger import Statement
from app.answering.refusal import Refused
from app.reading.segmentation import Span
from app.schema import Fact, Hit, Mention, Passage, Plan

# A second passage is quoted beside the best one if it is nearly as good: within this many of the fused score's
# units (deviations of the dense leg). At most this many are quoted.
NEARLY = 0.15
MOST_QUOTED = 3


class Composer:
    """Composes answers from what one reading of the documents says."""

    def __init__(self, archive: Archive, choose: Callable[[str, str], Span]) -> None:
        """`choose` says where in a text the sentence stands that answers a question."""
        self._archive = archive
        self._choose = choose

    def draft(self, question: str, plan: Plan) -> Draft:
        """An empty answer to write into."""
        return Draft(self._archive, question, plan)

    def statements(
        self,
        question: str,
        plan: Plan,
        statements: Sequence[Statement],
        hits: Sequence[Hit],
        completeness: Completeness | None = None,
        announced: Passage | None = None,
    ) -> Answer:
        """What the ledger states, statement by statement, each on its line or as a list, after what announces it."""
        draft = self.draft(question, plan)
        if announced is not None:
            draft.announce(announced)
        for statement in statements:
            if statement is not statements[0]:
                draft.say("next")
            state(draft, statement)
        return draft.finish(hits, completeness)

    def passages(
        self,
        question: str,
        plan: Plan,
        hits: Sequence[Hit],
        matches: Sequence[Hit] = (),
        completeness: Completeness | None = None,
        confidence: float = 1.0,
        then: Sequence[Statement] = (),
    ) -> Answer:
        """Passages quoted whole with their zone and kind: all `matches`, or without any the best of the hits.

        `then` is what is asked of their zones: stated last, and cited first.
        """
        draft = self.draft(question, plan)
        draft.cite(then)
        if "without" in plan.constraints:
            draft.say("without")
        for hit in matches or [hit for hit in hits if hit.score >= hits[0].score - NEARLY][:MOST_QUOTED]:
            if draft.segments:
                draft.say("next")
            quote = draft.quote(hit.passage)
            draft.segments += _passage(draft, hit.passage, self._marked(question, quote) if hit.legs else quote, "zone_passage")
        for statement in then:
            draft.say("next")
            state(draft, statement)
        return draft.finish(hits, completeness, confidence=confidence)

    def _marked(self, question: str, quote: Quote) -> Quote:
        """A quote of several sentences, and which of them answers."""
        start, end = self._choose(question, quote.text)
        return quote if end - start == len(quote.text) else replace(quote, sentence=(quote.start + start, quote.start + end))

    def elsewhere(
        self,
        question: str,
        plan: Plan,
        passages: Sequence[Passage],
        hits: Sequence[Hit],
        own: Sequence[Statement] = (),
    ) -> Answer:
        """What the question says of a zone that it is not said of, where the documents do say it; first, `own`, what
        they say of the zone instead."""
        draft = self.draft(question, plan)
        # What the question begins with is what it is about: 「虹口の重点は…ですよね」, or 「…が重点なのは虹口ですよね」.
        said = [*(term.mention.start for term in plan.terms), *(place.start for place in plan.places)]
        zone_first = said and question.find(plan.subjects[0]) in range(min(said))
        if zone_first:
            for statement in own:
                state(draft, statement)
                draft.say("next")
        items = [segment for passage in passages for segment in passage_item(draft, passage)]
        draft.say("premise_elsewhere", {"zone": draft.zone_named(plan.subjects[0]), "items": items})
        if not zone_first:
            for statement in own:
                draft.say("next")
                state(draft, statement)
        return draft.finish(hits, status="corrected", reason="false_premise")

    def premise(self, question: str, plan: Plan, template: str, facts: Sequence[Fact], hits: Sequence[Hit]) -> Answer:
        """The facts that stand in the place of what a question takes for granted."""
        draft = self.draft(question, plan)
        parts: dict[str, Sequence[Segment]] = {
            "zone": draft.zone(facts[0].document, facts[0].subject),
            "word": [draft.word(facts[0].attribute)],
            "value": [draft.fact(facts[0])],
            "items": [segment for fact in facts for segment in draft.fill("item", {"value": [draft.fact(fact)]})],
        }
        draft.say(template, parts)
        return draft.finish(hits, status="corrected", reason="false_premise")

    def clarify(self, question: str, plan: Plan, name: Mention, facts: Sequence[Fact], hits: Sequence[Hit]) -> Answer:
        """A name that stands for several things: all of them, cited, and the question with each in its place."""
        draft = self.draft(question, plan)
        items: list[Segment] = []
        for fact in facts:
            template = "zone_value" if fact.subject else "item"
            items += draft.fill(template, {"zone": draft.zone(fact.document, fact.subject), "value": [draft.fact(fact)]})
        written = Mention(question[name.start : name.end], name.start, name.end)
        draft.say("ambiguous", {"echo": [draft.echo(written)], "items": items})
        choices = [
            Choice(
                text=f"{fact.subject}：{fact.text}" if fact.subject else fact.text,
                question=question[: name.start] + fact.text + question[name.end :],
            )
            for fact in facts
        ]
        return draft.finish(hits, status="clarify", reason="ambiguous", choices=choices)

    def refusal(
        self, question: str, plan: Plan, refused: Refused, hits: Sequence[Hit], confidence: float = 0.0
    ) -> Answer:
        """One of the noes, naming what is missing; `hits` are listed as related, not as an answer."""
        draft = self.draft(question, plan)
        template: str = refused.reason
        parts: dict[str, Sequence[Segment]] = {}
        if refused.missing is not None:
            parts["echo"] = [draft.echo(refused.missing)]
        elif template in ("attribute_absent", "name_unknown"):
            template = "not_in_document"
        if refused.word is not None:
            template = "attribute_absent_part"
            parts["word"] = [draft.word(refused.word)]
        elif template == "attribute_absent" and len(plan.subjects) == 1:
            zone = draft.zone_named(plan.subjects[0])
            if zone:
                template = "attribute_absent_of"
                parts["zone"] = zone
        if template == "missing_operand" and refused.zones:
            template = "missing_operand_of"
            named = [draft.zone_named(zone) for zone in refused.zones]
            parts["items"] = [segment for zone in named for segment in draft.fill("item", {"value": zone})]
        draft.say(template, parts)
        return draft.finish(hits, status="refused", reason=refused.reason, confidence=confidence)


def state(draft: Draft, statement: Statement) -> None:
    """Write one statement: on a line of its own if it is one thing of a zone, else as a list."""
    items: list[Segment] = [draft.fact(fact) for fact in statement.facts]
    items += [draft.quote(passage) for passage in statement.passages]
    document = (statement.facts[0] if statement.facts else statement.passages[0]).document
    zone = draft.zone(document, statement.subject)
    parts: dict[str, Sequence[Segment]] = {"zone": zone, "word": [draft.word(statement.word)], "value": items}
    if zone and len(items) == 1:
        draft.say("value_of", parts)
        return
    parts["items"] = [segment for item in items for segment in draft.fill("item", {"value": [item]})]
    draft.say("list_of" if zone else "list", parts)


def passage_item(draft: Draft, passage: Passage) -> list[Segment]:
    """A passage as one of several, on a line of its own, with its zone and kind."""
    return _passage(draft, passage, draft.quote(passage), "passage_item")


def _passage(draft: Draft, passage: Passage, quote: Quote, template: str) -> list[Segment]:
    zone = draft.zone(passage.document, passage.zone)
    if not zone:
        return [quote] if template == "zone_passage" else draft.fill("item", {"value": [quote]})
    return draft.fill(template, {"zone": zone, "word": [draft.word(passage.kind)], "value": [quote]})
