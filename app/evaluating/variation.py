"""Sample questions made from the ledger, with gold: slots × zones × wordings × perturbations.

Takes names and words from the guides, sentences from `perturbation`, what is computed from `oracle`; knows nothing of
how questions are answered.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import product, zip_longest
from random import Random
from typing import Any

from app.evaluating import perturbation
from app.evaluating.oracle import problems
from app.evaluating.perturbation import ELSEWHERE, INVENTED, UNSTATED, script_of, worded
from app.evaluating.questions import Question
from app.evaluating.topics import Slot, measure_of, names_of, slots_of
from app.reading.guide import Guide
from app.reading.tokenization import Tokenizer
from app.schema import Document, Fact, Reading

_STYLES = ("lookup", "polite", "curt", "casual")
# A fact that says itself that it is several: 6つの港.
_NUMBERED = re.compile(r"[\d一二三四五六七八九十](?:つ|個|件|か所|カ所|ヶ所|箇所|大)")
_PHRASES = ("doing", "deed", "verb", "asking", "asking-verb")
# A text can be perturbed where it does not dress up its question already.
_PLAIN = frozenset("lookup max min nth compare sum mean difference ratio threshold count item place check".split())


def generate_questions(
    reading: Reading, guides: Mapping[str, Guide], tokenizer: Tokenizer, *, seed: int = 0, each: int = 16
) -> tuple[Question, ...]:
    """Questions about every guided document, at most `each` of a category; the same for the same seed.

    `guides` by document, `tokenizer` with the guides' names. What another document states too is not asked.
    """
    written = "\n".join([document.text for document in reading.documents] + [str(guide) for guide in guides.values()])
    found: list[_Candidate] = []
    for document in reading.documents:
        if guides[document.name].heading is not None:
            found += _Sheet(document, guides[document.name], reading, tokenizer, written).candidates()
    plain = [item for item in found if item.question.category.removeprefix("generated-") in _PLAIN]
    names = {zone.name: guides[zone.document].names.get(zone.name, ()) for zone in reading.zones}
    found += _perturbed(_drawn(plain, seed, 3 * each), names, tokenizer)
    return tuple(item.question for item in _drawn(found, seed, each))


def question_line(question: Question) -> str:
    """A question as one line of JSON that `read_questions` reads, without what it leaves empty."""
    return json.dumps({key: value for key, value in asdict(question).items() if value}, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A question, the stratum and part of it that it is drawn from, the zones that it writes by name, and its interrogative."""

    question: Question
    stratum: tuple[str, str]
    named: tuple[str, ...] = ()
    asks: str = "何"


class _Sheet:
    """Everything to ask about one document."""

    def __init__(self, document: Document, guide: Guide, reading: Reading, tokenizer: Tokenizer, written: str) -> None:
        self._slots = slots_of(document, guide, reading, tokenizer)
        self._guide, self._written, self._text = guide, written, document.text
        self._passages = {passage.passage_id: passage for passage in reading.passages}
        self._starts = {zone.name: zone.start for zone in reading.zones if zone.document == document.name}
        self._zones = list(dict.fromkeys(slot.zone for slot in self._slots if slot.zone))

    def candidates(self) -> Iterator[_Candidate]:
        """Thousands of questions."""
        for slot in self._slots:
            if slot.zone:
                yield from self._look_ups(slot)
                yield from self._foreign(slot)
            else:
                yield from self._of_document(slot)
            if slot.zone and slot.sole and slot.topic.listed:
                yield from self._lists(slot)
            if slot.zone and slot.sole and not slot.topic.measured:
                yield from self._premises(slot)
        for name in dict.fromkeys(slot.topic.name for slot in self._slots if slot.topic.alone and slot.topic.measured):
            yield from self._measures([slot for slot in self._slots if slot.topic.name == name])
        yield from self._follow_ups()
        yield from self._refused()

    def _ask(
        self, category: str, wording: str, key: Iterable[str], slots: Mapping[str, str | None], gold: Mapping[str, Any],
        asks: str = "何", named: tuple[str, ...] = (), history: tuple[str, ...] = (),
    ) -> Iterator[_Candidate]:  # fmt: skip
        """A wording with its slots filled; the first two parts of `key` are the stratum."""
        noun, parts = self._guide.noun, tuple(key)
        fixed = {"n": noun or "ところ", "which": f"どの{noun}" if noun else "どこ", "that": f"その{noun}" if noun else "そこ"}
        for number, text in worded(wording, **{**fixed, "asks": asks, **slots}):
            id = "-".join([wording, *parts, str(number)])
            question = Question(id, text, f"generated-{category}", history, **gold)
            yield _Candidate(question, (wording, "-".join(parts[:2])), named, asks)

    def _gold(self, facts: Sequence[Fact], *answer: str, status: str = "answered") -> dict[str, Any]:
        """What an answer from these facts must cite, and hold: `answer`, or without any all of their texts."""
        passages = [self._passages[fact.passage_id] for fact in facts]
        zones = tuple(dict.fromkeys(passage.zone for passage in passages if passage.zone))
        texts = answer or tuple(re.sub("^「([^「」]+)」$", r"\1", fact.text) for fact in facts)
        passage = passages[0].text if len(zones) < 2 else None
        return {"zones": zones, "kind": passages[0].kind, "passage": passage, "answer": texts, "status": status}

    def _look_ups(self, slot: Slot) -> Iterator[_Candidate]:
        zone, topic, gold = slot.zone, slot.topic, self._gold(slot.facts)
        names = names_of(zone, self._text[self._starts[zone] :], self._guide.noun)
        for style, word, name in product(_STYLES, topic.words.get("noun", ()), names):
            key = (zone, topic.name, word, name)
            yield from self._ask(style, style, key, {"z": name, "w": word}, gold, topic.asks, (zone,))
        for wording in _PHRASES:
            for word in topic.words.get(wording, ()):
                slots = {"z": zone, "w": word}
                yield from self._ask("phrase", wording, (zone, topic.name, word), slots, gold, topic.asks, (zone,))
        for adjective in topic.adjectives[0] if topic.measured else ():
            slots = {"z": zone, "adj": adjective}
            yield from self._ask("phrase", "how", (zone, topic.name, adjective), slots, gold, named=(zone,))

    def _of_document(self, slot: Slot) -> Iterator[_Candidate]:
        words, gold = slot.topic.words, self._gold(slot.facts)
        for form, wording in (("noun", "document"), ("phrase", "document"), ("deed", "document-deed")):
            for word in words.get(form, ()):
                asks = "どこ" if word.endswith(self._guide.noun or "\n") else slot.topic.asks
                yield from self._ask("document", wording, (slot.topic.name, word), {"w": word}, gold, asks)

    def _foreign(self, slot: Slot) -> Iterator[_Candidate]:
        topic, gold, aliases = slot.topic, self._gold(slot.facts), self._guide.names.get(slot.zone, ())
        latin = next((word for word in aliases if script_of(word) == "latin"), None)
        for form, word in topic.foreign["english"] if latin else ():
            if topic.listed and form == "english-noun":
                continue  # one would ask for several
            slots = {"z": f"the {latin}" if latin and latin.islower() else latin, "w": word, "W": word.capitalize()}
            yield from self._ask("english", form, (topic.name, slot.zone, word), slots, gold)
        what = "是多少" if topic.measured else "包括哪些地方" if topic.placed else "有哪些" if topic.listed else "是什么"
        chinese = [name for name in dict.fromkeys([slot.zone, *aliases]) if script_of(name) == "kanji"]
        for name, (form, word) in product(chinese, topic.foreign["chinese"]):
            slots = {"z": name, "w": word, "what": what, "which": "哪些地方" if topic.placed else "什么"}
            yield from self._ask("chinese", form, (topic.name, slot.zone, word, name), slots, gold)

    def _lists(self, slot: Slot) -> Iterator[_Candidate]:
        """How many there are, and the k-th."""
        zone, topic, facts = slot.zone, slot.topic, slot.facts
        for word in topic.nouns[:2]:
            gold = self._gold(facts, str(len(facts)))
            if not any(_NUMBERED.search(fact.text) for fact in facts):
                slots = {"z": zone, "w": word}
                yield from self._ask("count", "count", (zone, topic.name, word), slots, gold, "いくつ", (zone,))
            for k, fact in enumerate(facts, start=1) if len(facts) > 1 else ():
                key, slots = (zone, word, str(k)), {"z": zone, "w": word, "k": str(k)}
                yield from self._ask("item", "item", key, slots, self._gold([fact]), topic.asks, (zone,))

    def _premises(self, slot: Slot) -> Iterator[_Candidate]:
        """Whose a fact is, and whether it is a zone's: its own, or another's."""
        topic, whose = slot.topic, ("place", "where", "is-there") if slot.topic.placed else ("whose", "whose", "is-one")
        single = {item.zone: item.facts for item in self._slots if item.topic is topic and item.sole and len(item.facts) == 1}
        for k, fact in enumerate(slot.facts, start=1):
            if self._text.count(fact.text) > 1 or any(name in fact.text for name in self._zones):
                continue  # it may be another's too, or gives the answer away
            quoted = fact.text if topic.placed else f"『{fact.text}』" if "「" in fact.text else f"「{fact.text}」"
            slots, key = {"f": quoted, "w": next(iter(topic.nouns), None)}, (topic.name, slot.zone, str(k))
            yield from self._ask(whose[0], whose[1], key, slots, self._gold([fact], slot.zone), "どこ")
            for zone in self._zones:
                category, status = ("check", "answered") if zone == slot.zone else ("false-premise", "corrected")
                asked, gold = {**slots, "z": zone}, self._gold([fact], slot.zone, status=status)
                instead = zone in single and not topic.listed and not topic.placed
                if instead and zone != slot.zone:  # it may say first whose the fact is, or what the zone has instead
                    gold = {**gold, "zones": (), "passage": None}
                yield from self._ask(category, whose[2], (*key, zone), asked, gold, named=(zone,))
                if instead:  # asked of the zone
                    gold = self._gold(single[zone], status=status)
                    yield from self._ask(category, "is-its", (*key, zone), asked, gold, named=(zone,))

    def _measures(self, slots: Sequence[Slot]) -> Iterator[_Candidate]:
        """What can be worked out where every zone has one measure, all in one unit."""
        facts = [slot.facts[0] for slot in slots if len(slot.facts) == 1 and slot.facts[0].number is not None]
        if [fact.subject for fact in facts] != list(self._starts) or len({fact.unit for fact in facts}) != 1:
            return
        for item in problems(facts, measure_of(slots[0].topic, facts[0].unit or "", self._guide)):
            gold = self._gold(item.facts, *item.answer, status=item.status)
            asks = "どのくらい" if item.category in ("sum", "mean", "difference") else "どれ"
            yield from self._ask(item.category, item.wording, item.key, item.slots, gold, asks, item.named)

    def _follow_ups(self) -> Iterator[_Candidate]:
        slots = [slot for slot in self._slots if slot.zone and slot.topic.nouns]
        for first, then in product(slots, slots):
            word, more = first.topic.nouns[0], then.topic.nouns[0]
            key, gold = (first.zone, word, then.zone, more), self._gold(then.facts)
            history: tuple[str, ...] = (f"{first.zone}の{word}は？",)
            if first.zone != then.zone and word == more:
                yield from self._ask("follow-up", "another", key, {"z": then.zone}, gold, history=history)
            elif word != more:
                if first.zone != then.zone:
                    history = (*history, f"では{then.zone}は？")
                yield from self._ask("follow-up", "more", key, {"w": more}, gold, then.topic.asks, history=history)
        for slot in slots:
            word, many = slot.topic.nouns[0], slot.sole and slot.topic.listed and len(slot.facts) > 1
            for k, fact in enumerate(slot.facts, start=1) if many else ():
                turns, place = (f"{slot.zone}の{word}は？",), {"k": str(k)}
                yield from self._ask("follow-up", "next", (slot.zone, word, str(k)), place, self._gold([fact]), history=turns)

    def _refused(self) -> Iterator[_Candidate]:
        """What the corpus says nothing of: an attribute, a name, anything at all."""
        refused = {"status": "refused"}
        for zone, word in product(self._zones, UNSTATED):
            if word not in self._written:
                yield from self._ask("missing-attribute", "absent", (zone, word), {"z": zone, "w": word}, refused)
        topics = [slot.topic for slot in self._slots if slot.zone and slot.topic.nouns]
        for k, name in enumerate(map("".join, product(*INVENTED))):
            if topics and name not in self._written:
                topic, name = topics[k % len(topics)], name + (self._guide.noun if k % 2 else "")
                slots = {"z": name, "w": topic.nouns[0]}
                yield from self._ask("missing-name", "lookup", (topic.name, name), slots, refused, topic.asks)
        for word, line in ELSEWHERE:
            if word not in self._written:
                yield _Candidate(Question(f"elsewhere-{word}", line, "generated-out-of-scope", status="refused"), (word, ""))


def _perturbed(base: Iterable[_Candidate], names: Mapping[str, Sequence[str]], tokenizer: Tokenizer) -> Iterator[_Candidate]:
    """The base questions with their texts perturbed, each way a category; the gold stays."""
    for item in base:
        text = item.question.question
        ways = {
            "width": (perturbation.to_fullwidth(text), perturbation.to_halfwidth(text), perturbation.to_halfwidth_kana(text)),
            "particle": perturbation.drop_particle(text, tokenizer.tokenize(text)),
            "mark": perturbation.double_mark(text),
            "courtesy": perturbation.with_courtesy(text),
            "ending": perturbation.vary_ending(text, item.asks),
        }
        for name in item.named:
            if any(name in other for other in names if other != name):
                continue  # it may be a piece of the other
            for alias in names.get(name, ()):
                if " " in alias:
                    continue  # no Japanese sentence holds it
                category = "kana" if script_of(alias) in ("hiragana", "katakana") else "alias"
                ways[category] = (*ways.get(category, ()), perturbation.rename(text, name, alias) or text)
        for category, texts in ways.items():
            for number, other in enumerate(texts, start=1):
                if other != text:
                    id = f"{item.question.id}~{category}-{number}"
                    question = replace(item.question, id=id, question=other, category=f"generated-{category}")
                    yield replace(item, question=question, stratum=(item.question.category, str(number)))


def _drawn(candidates: Sequence[_Candidate], seed: int, each: int) -> list[_Candidate]:
    """At most `each` of a category, from its strata in turn, none asked twice; in the order given."""
    places: dict[str, dict[str, dict[str, list[int]]]] = {}
    asked: set[tuple[str, ...]] = set()
    for place, item in enumerate(candidates):
        turns = (*item.question.history, item.question.question)
        if turns not in asked:
            asked.add(turns)
            strata = places.setdefault(item.question.category, {})
            strata.setdefault(item.stratum[0], {}).setdefault(item.stratum[1], []).append(place)
    chosen: list[int] = []
    for category, strata in places.items():
        random = Random(f"{seed} {category}")
        piles = [[random.sample(part, len(part)) for part in parts.values()] for parts in strata.values()]
        chosen += _dealt([_dealt(parts, random) for parts in piles], random)[:each]
    return [candidates[place] for place in sorted(chosen)]


def _dealt(piles: list[list[int]], random: Random) -> list[int]:
    """The first of each pile, then the second of each, and so on; which pile comes first is random."""
    random.shuffle(piles)
    return [place for turn in zip_longest(*piles) for place in turn if place is not None]
