"""A question to a Plan: which zones, which attribute, which operation, and the words left to search for.

Deterministic, from the language's question words and the documents' vocabulary; knows nothing of any index.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.answering.numerals import ordinal_of, ordinal_spans
from app.answering.operations import (
    COUNTERS,
    Operation,
    asks_confirmation,
    asks_count,
    asks_many,
    count_cue,
    counted,
    operation_of,
    operation_words,
)
from app.answering.question_words import LIST_CUES
from app.answering.thesaurus import Thesaurus
from app.answering.utterance import Utterance
from app.answering.vocabulary import AttributeMention, Vocabulary
from app.reading.guide import Attribute
from app.reading.tokenization import Tokenizer
from app.schema import PICKS, Mention, Plan

# Operations that by themselves ask for a measured attribute: 「最大の区」「50平方キロ以上」; a sum may be of anything.
_SAYS_MEASURE = frozenset({"max", "min", "filter", "check", "ratio", "difference", "compare", "nth"})
# Between two attributes that are asked for together.
_JOINS = re.compile(r"(?:と|や|、|,|・|および|及び|ならびに|and|&|和|与|以及|\s|それ(?:から|に)|の|は|が|も|どこ|対象|で|何|か|また)*")

_ASKS = re.compile(r"どの|どこ|何|いずれ|どちら|どれ|どっち|なに")
# Asking for all of several.
_PLURAL = re.compile(
    r"(?:どれ|どこ|どの区|何区)と(?:どれ|どこ|どの区|何区)|それぞれ|複数|すべて|全て|全部|ぜんぶ|一覧|残らず|漏れなく|リスト|列挙|挙げ|which zones|all (?:the )?zones|哪些|哪几个"
)
# Asking what the document itself is about.
_DESCRIBE = re.compile(
    r"(?:資料|文書|文章|記事|発表|ドキュメント|本文|内容|これ)(?:は|って|の)?.{0,8}(?:何|なに|概要|要約|テーマ|内容|どんな)|(?:概要|要約|あらまし)を"
    r"|what (?:is|does) (?:this|the) (?:document|text|article|announcement)|(?:资料|文件|文章|公告).{0,6}(?:什么|概要|内容)"
)
# Between a section that is described and what is asked of it.
_OF_IT = re.compile(r"の|で(?:は|の)?、?|において(?:は)?、?|における|が|は、?|って|の(?:総|主な|具体的な)|では、?どんな|の、")


class Planner:
    """Plans questions in the words of one vocabulary."""

    def __init__(self, vocabulary: Vocabulary, thesaurus: Thesaurus, tokenizer: Tokenizer) -> None:
        self._vocabulary = vocabulary
        self._thesaurus = thesaurus
        self._tokenizer = tokenizer

    @property
    def attributes(self) -> tuple[Attribute, ...]:
        """What can be asked for, as the guides declare it."""
        return self._vocabulary.attributes

    def plan(self, question: str) -> Plan:
        """The plan of a question that passed `check_question`."""
        vocabulary, sections = self._vocabulary, self._vocabulary.sections
        heard = Utterance(question, self._tokenizer, sections.noun, sections.nouns)
        places = vocabulary.gazetteer.find(heard.normalized)
        zones = sections.zones(heard.normalized, places)
        excluded = sections.exclusions(heard.normalized, zones)
        included = sections.inclusions(heard.normalized, zones)
        which = [] if zones and not excluded else sections.asks_which(heard)
        heard.cover([*zones, *excluded, *included, *which, *sections.words_in(heard.normalized)])
        literals = heard.literals()
        topic = heard.topic()
        heard.cover(places)
        mentions = self._mentions(heard, zones)
        heard.cover(vocabulary.measures(heard))
        heard.cover_spans(ordinal_spans(heard.spoken))
        subjects = tuple(dict.fromkeys(zone.value for zone in zones))
        if excluded:
            subjects = tuple(name for name in sections.names if name not in subjects)
        if included:
            subjects = ()
        if zones and any(item.sure and item.attribute.of == "zone" for item in mentions):
            mentions = [item for item in mentions if item.attribute.of == "zone"]
        asked, asks_where = self._asked(heard, mentions)
        operation, attribute = self._operation(heard, mentions, asked, subjects, bool(which) or asks_where)
        if operation is None and asked and _describes(heard, which, asked, mentions):
            operation, attribute = Operation("which", (f"then={asked.attribute.name}",)), None
        leftover = heard.leftover()
        if zones and attribute and (heard.in_kana or heard.language == "zh"):
            leftover = ()  # the tokeniser cuts kana and Chinese anywhere: what it leaves over means nothing
        elif attribute and leftover:
            leftover = self._without_lead(heard, leftover, mentions, operation)
        if operation is None:
            operation = self._plain(heard, subjects, attribute, leftover, bool(which) or (asks_where and not zones))
        terms = self._thesaurus.terms(heard, [item for item in leftover if not heard.is_asked(item)])
        return Plan(
            language=heard.language,
            subjects=subjects,
            attribute=attribute.name if attribute else None,
            operation=operation.name,
            constraints=operation.constraints,
            leftover=leftover,
            topic=topic,
            places=tuple(places),
            literals=literals,
            terms=terms,
            confirms=asks_confirmation(heard.spoken),
            implied=attribute is not None and not any(item.attribute is attribute for item in mentions),
        )

    # ── Attributes ──────────────────────────────────────────────────────────────────────────────────────────

    def _mentions(self, heard: Utterance, zones: Sequence[Mention]) -> list[AttributeMention]:
        """Every word for an attribute; in kana, English, Chinese or misspelt where none is sure in Japanese."""
        mentions = self._vocabulary.attribute_mentions(heard, zones)
        if not any(mention.sure for mention in mentions):
            vocabulary = self._vocabulary
            ways = (vocabulary.kana_mentions, vocabulary.foreign_mentions, vocabulary.misspelt_mentions)
            mentions += next((found for way in ways if (found := way(heard))), [])
        return mentions

    def _asked(self, heard: Utterance, mentions: Sequence[AttributeMention]) -> tuple[AttributeMention | None, bool]:
        """The attribute asked for, its words covered; and whether 「どこ」 asks for something else instead.

        Of several nouns the last one: 「範囲は、面積でいうと」 asks for a size. Words that may mean the zone, and
        interrogatives, count only if nothing is left of the question beside them.
        """
        sure = [mention for mention in mentions if mention.sure]
        if not sure:
            heard.cover(Mention("", mention.start, mention.end) for mention in mentions)
            if heard.leftover():
                return None, any(heard.question[mention.start : mention.end] == "どこ" for mention in mentions)
            return max(mentions, key=lambda mention: (mention.weak, mention.rank), default=None), False
        nouns = [mention for mention in sure if mention.rank[0]]
        if not nouns and heard.language == "ja" and not any(mention.attribute.measured for mention in sure):
            covered = list(heard.covered)
            heard.cover(Mention("", mention.start, mention.end) for mention in mentions)
            if any(not heard.is_asked(item) for item in heard.leftover()):  # 「…は含まれますか」 asks for what stands before it
                return None, False
            heard.covered[:] = covered
        asked = max(nouns or sure, key=lambda mention: (mention.end if nouns else 0, mention.rank))
        same = [item for item in mentions if item.weak or item.attribute is asked.attribute]
        heard.cover(Mention("", mention.start, mention.end) for mention in same)
        return asked, False

    def _also(
        self, heard: Utterance, mentions: Sequence[AttributeMention], asked: AttributeMention | None
    ) -> list[AttributeMention]:
        """Other attributes that the question names beside the one asked for: 「面積と重点は？」"""
        if asked is None:
            return []
        also: list[AttributeMention] = []
        first = asked
        for mention in sorted(mentions, key=lambda item: -item.end):
            between = heard.question[mention.end : first.start]
            if mention.end > first.start or mention.weak or (mention.interrogative and between):
                continue
            known = {item.attribute.name for item in (asked, *also)}
            if not _JOINS.fullmatch(between.lower()) or mention.attribute.name in known:
                continue
            if mention.rank[0] and (between.strip("のはが") or mention.attribute.of != asked.attribute.of):
                also.insert(0, mention)
                first = mention
        return also

    # ── Operations ──────────────────────────────────────────────────────────────────────────────────────────

    def _operation(
        self,
        heard: Utterance,
        mentions: Sequence[AttributeMention],
        asked: AttributeMention | None,
        subjects: Sequence[str],
        asks_which: bool,
    ) -> tuple[Operation | None, Attribute | None]:
        """What is to be done with numbers, its words covered, and of which attribute; (None, asked) if nothing is."""
        attribute = asked.attribute if asked else None
        if not self._vocabulary.measures_in(heard.spoken) and (zones := self._zone_count(heard, subjects)) is not None:
            return zones, None
        found = self._counting(heard, mentions, subjects, asks_which) or self._measuring(heard, mentions, asked, subjects)
        if found is not None:
            operation, of = found
            spans = operation_words(heard.spoken, [*self._vocabulary.measures_in(heard.spoken), *counted(heard.spoken)])
            before = list(heard.covered)
            heard.cover_spans(spans)
            heard.cover(Mention("", item.start, item.end) for item in mentions if item.attribute is of)
            if attribute and attribute is not of and operation.name in PICKS:
                operation = Operation(operation.name, (*operation.constraints, f"then={attribute.name}"))
            open_words = self._without_lead(heard, heard.leftover(), mentions, operation)
            if not open_words or heard.language == "zh" or operation.name in ("check", "sum"):
                return operation, of
            heard.covered[:] = before
        numbers = counted(heard.spoken)
        if attribute and attribute.name in self._vocabulary.several and (numbers or asks_count(heard.spoken)):
            heard.cover_spans([*operation_words(heard.spoken, []), *((item.start, item.end) for item in numbers)])
            stated = re.match(r"\d+", numbers[0].value) if numbers else None
            return Operation("count", (f"={stated.group()}",) if stated else ()), attribute
        if asked and (ordinal := ordinal_of(heard.spoken)):
            heard.cover_spans(operation_words(heard.spoken, []))
            return Operation("nth", (f"nth={ordinal}",)), attribute
        also = self._also(heard, mentions, asked)
        if also and not heard.leftover():
            heard.cover(Mention("", item.start, item.end) for item in also)
        if also:
            heard.cover(Mention("", item.start, item.end) for item in also)
            names = tuple(f"also={item.attribute.name}" for item in also)
            return Operation("look_up", names), attribute
        return None, attribute

    def _zone_count(self, heard: Utterance, subjects: Sequence[str]) -> Operation | None:
        """How many sections there are, or whether there are as many as the question says."""
        match = self._vocabulary.sections.asks_count(heard.spoken)
        if match is None or subjects:
            return None
        heard.cover_spans([match.span()])
        heard.cover_spans(operation_words(heard.spoken, []))
        if heard.leftover():
            return None
        stated = re.search(r"\d+", match.group())
        return Operation("count", (f"={stated.group()}",) if stated else ())

    def _counting(
        self, heard: Utterance, mentions: Sequence[AttributeMention], subjects: Sequence[str], asks_which: bool
    ) -> tuple[Operation, Attribute] | None:
        """What is to be done with how many facts of an attribute the zones have."""
        text = self._vocabulary.sections.without_numbers(heard.spoken)
        cue = count_cue(text)
        countable = [item for item in mentions if not item.interrogative and (item.rank[0] or not item.attribute.measured)]
        if cue is None or not countable or ordinal_of(text):
            return None
        place = heard.normalized.raw_span(cue, cue + 1)[0] + len(heard.spoken) - len(text)
        nearest = min(countable, key=lambda item: (item.start > place + 8, abs(item.start - place), -item.end))
        attribute = nearest.attribute
        if attribute.measured or attribute.of != "zone":
            return None
        operation = operation_of(text, len(subjects), COUNTERS)
        if operation is None:
            numbers = counted(text)
            if not asks_count(text) and not (numbers and subjects):
                return None
            if subjects:
                return Operation("count"), attribute
            operation = Operation("sum")
        if operation.name == "filter" and not (asks_which or operation.constraints[0][0] in "<>" or subjects):
            return None
        return Operation(operation.name, ("by=count", *operation.constraints)), attribute

    def _measuring(
        self,
        heard: Utterance,
        mentions: Sequence[AttributeMention],
        asked: AttributeMention | None,
        subjects: Sequence[str],
    ) -> tuple[Operation, Attribute] | None:
        """What is to be done with the values of a measured attribute, said or (「最大の区」) understood."""
        said = next((item.attribute for item in mentions if item.attribute.measured), None)
        attribute = said or self._vocabulary.measured
        if attribute is None or (said is None and asks_many(heard.spoken)):
            return None
        operation = operation_of(heard.spoken, len(subjects), self._vocabulary.units)
        if operation is None or (said is None and operation.name not in _SAYS_MEASURE and not self._in_units(heard)):
            return None
        if said is None and (operation.name == "nth" or (asked and operation.name not in ("max", "min", "filter"))):
            return None
        if operation.name == "filter" and operation.constraints[0][1:] == "than" and len(subjects) == 1:
            return Operation("filter", (*operation.constraints, f"than={subjects[0]}")), attribute
        return operation, attribute

    def _in_units(self, heard: Utterance) -> bool:
        return any(unit in heard.text for unit in self._vocabulary.units)

    def _without_lead(
        self,
        heard: Utterance,
        leftover: Sequence[Mention],
        mentions: Sequence[AttributeMention],
        operation: Operation | None,
    ) -> tuple[Mention, ...]:
        """The words left over, without those of sentences and clauses that only lead to the one that asks."""
        segments = heard.segments()
        if len(segments) == 1:
            return tuple(leftover)
        asking = [
            (start, end)
            for start, end in segments
            if any(start <= item.start < end and item.sure for item in mentions)
            or (operation and operation_words(heard.normalized.text[start:end], []))
        ]
        if not asking:
            return tuple(leftover)
        return tuple(item for item in leftover if any(start <= item.start < end for start, end in asking[-1:]))

    def _plain(
        self,
        heard: Utterance,
        zones: Sequence[str],
        attribute: Attribute | None,
        leftover: Sequence[Mention],
        asks_which: bool,
    ) -> Operation:
        if asks_which and not zones:
            return Operation("which", ("every",) if _PLURAL.search(heard.text) else ())
        if not zones and not attribute and not leftover and _DESCRIBE.search(heard.text):
            return Operation("describe")
        if attribute and any(token.base in LIST_CUES for token in heard.tokens):
            return Operation("list")
        if not leftover and (zones or attribute):
            return Operation("look_up")
        return Operation("search")


def _describes(
    heard: Utterance, which: Sequence[Mention], asked: AttributeMention, mentions: Sequence[AttributeMention]
) -> bool:
    """Whether the attribute is asked of the section that the question describes: 「クルーズに力を入れる区の面積」."""
    starts = [item.start for item in mentions if item.attribute is asked.attribute]
    return any(
        not _ASKS.search(mention.value) and any(_OF_IT.fullmatch(heard.question[mention.end : start]) for start in starts)
        for mention in which
    )
