"""What a question wants done with numbers or lists, of which attribute; and the words that say so, covered."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.answering.mood import asks_confirmation
from app.answering.numerals import ordinal_of
from app.answering.operations import (
    COUNTERS,
    Operation,
    asks_count,
    asks_many,
    count_cue,
    counted,
    operation_of,
    operation_words,
)
from app.answering.utterance import Utterance
from app.answering.vocabulary import AttributeMention, Vocabulary
from app.reading.guide import Attribute
from app.schema import PICKS, Mention

# Operations that by themselves ask for a measured attribute: 「最大の区」「50平方キロ以上」; a sum may be of anything.
_SAYS_MEASURE = frozenset({"max", "min", "filter", "check", "ratio", "difference", "compare", "nth"})
# Between two attributes that are asked for together.
_JOINS = re.compile(r"(?:と|や|、|,|・|および|及び|ならびに|and|&|和|与|以及|\s|それ(?:から|に)|の|は|が|も|どこ|対象|で|何|か|また)*")

_ALSO = re.compile(r"^(?!は、|が、|で)[^。]{0,12}?(?:と|や|ついでに|あと|それから|（|\(|および|加えて)[^のは]{0,6}$|(?:ついでに|あと|それと)")

_BY_SIZE = re.compile(r"(?:一番|いちばん|最も|もっとも|番目に|位に)(?:\w{1,4}が)?(?:広|大き|狭|小さ|でか|デカ)|最大|最小|最(?:広|狭)")
_NTH_MANY = re.compile(r"(?:番目|番|位)(?:に|の)?(?:多|少な)")


class Intents:
    """Understands intents in the words of one vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary

    def operation(
        self,
        heard: Utterance,
        mentions: Sequence[AttributeMention],
        asked: AttributeMention | None,
        subjects: Sequence[str],
        asks_which: bool,
    ) -> tuple[Operation | None, Attribute | None]:
        """What is to be done with numbers, its words covered, and of which attribute; (None, asked) if nothing is."""
        attribute = asked.attribute if asked else None
        of_facts = bool(countable_nouns(mentions)) and counted(self._vocabulary.sections.without_numbers(heard.spoken))
        alone = not self._vocabulary.measures_in(heard.spoken) and not of_facts and not countable_nouns(mentions)
        if alone and (zones := self._zone_count(heard, subjects)) is not None:
            number = self._vocabulary.section_count  # what the document says of it needs no counting
            return (zones, None) if number is None else (Operation("look_up"), number)
        ways = [
            lambda: self._counting(heard, mentions, subjects, asks_which),
            lambda: self._measuring(heard, mentions, asked, subjects),
        ]
        if _BY_SIZE.search(heard.spoken):
            ways.reverse()
        found = ways[0]() or ways[1]()
        if found is not None:
            operation, of = found
            spans = operation_words(heard.spoken, [*self._vocabulary.measures_in(heard.spoken), *counted(heard.spoken)])
            before = list(heard.covered)
            heard.cover_spans(spans)
            heard.cover(Mention("", item.start, item.end) for item in mentions if item.attribute is of)
            if operation.name == "nth" and len(subjects) == 1 and asks_confirmation(heard.spoken):
                place, end = operation.constraints[-2:]  # whether it has that place, not which one has
                operation = Operation("position", (*operation.constraints[:-2], end, f"={place[4:]}"))
            if attribute and attribute is not of and operation.name in PICKS:
                then = [item.attribute.name for item in self._also_of(heard, mentions, asked, of)]
                names = tuple(f"then={name}" for name in (*then, attribute.name))
                operation = Operation(operation.name, (*operation.constraints, *names))
            open_words = heard.without(heard.leftover(), self._vocabulary.background)
            open_words = without_lead(heard, open_words, mentions, operation)
            if operation.name == "count_matches":
                return operation, of
            said = any(item.attribute is of for item in mentions) or self._in_units(heard)
            open_words = tuple(item for item in open_words if not (said and self._dresses(heard, item)))
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
        also = _also(heard, mentions, asked)
        if also and not heard.leftover():
            heard.cover(Mention("", item.start, item.end) for item in also)
        if also:
            heard.cover(Mention("", item.start, item.end) for item in also)
            if heard.leftover() and not subjects:
                names = tuple(f"also={item.attribute.kind}" for item in also)
                return Operation("which" if asks_which else "search", names), attribute
            names = tuple(f"also={item.attribute.name}" for item in also)
            return Operation("look_up", names), attribute
        return None, attribute

    @staticmethod
    def _also_of(
        heard: Utterance, mentions: Sequence[AttributeMention], asked: AttributeMention | None, of: Attribute
    ) -> list[AttributeMention]:
        """What else is asked of the zones that are picked, beside the attribute asked for and the one they are picked by."""
        return [item for item in _also(heard, mentions, asked) if item.attribute is not of and item.attribute.of == "zone"]

    @staticmethod
    def _dresses(heard: Utterance, mention: Mention) -> bool:
        """Whether words only dress up a question for a number that it names: no name, and nothing whose number it is."""
        tokens = [token for token in heard.tokens if mention.start <= token.start < mention.end]
        named = any(token.place or token.pos == "名詞-固有名詞" for token in tokens)
        owner = re.match(r"の|は|って|が(?:一番|最も|いちばん)|と|より|や|、", heard.question[mention.end :])
        return heard.language == "ja" and not named and not (owner and any(token.pos.startswith("名詞") for token in tokens))

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
        countable = [item for item in countable_nouns(mentions) if item.attribute.name not in self._vocabulary.single]
        if cue is None or not countable or (ordinal_of(text) and not _NTH_MANY.search(text)):
            return None
        place = heard.normalized.raw_span(cue, cue + 1)[0] + len(heard.spoken) - len(text)
        nearest = min(countable, key=lambda item: (item.start > place + 8, abs(item.start - place), -item.end))
        attribute = nearest.attribute
        between = heard.question[nearest.end : place] if nearest.end < place else ""
        if attribute.measured or attribute.of != "zone":
            return None
        counters = {**COUNTERS, **dict.fromkeys(self._vocabulary.nouns_of(attribute), 1.0)}
        operation = operation_of(text, len(subjects), counters)
        if operation is None or operation.name == "sum":
            open_words = heard.without(self._beside(heard, attribute, mentions), self._vocabulary.background)
            if asks_count(text) and open_words and not subjects:
                return Operation("count_matches"), attribute
        if operation is None:
            numbers = counted(text)
            if not asks_count(text) and not (numbers and subjects):
                return None
            if len(subjects) == 1:
                return Operation("count"), attribute
            operation = Operation("sum")
        if operation.name == "filter" and any(word and word in between for word in self._vocabulary.sections.words):
            return None  # so many zones, not so many of them
        if operation.name == "filter" and not (asks_which or subjects or operation.constraints[0][0] in "<>"):
            return None
        than = (f"than={subjects[0]}",) if operation.name == "filter" and operation.constraints[0][1:] == "than" else ()
        return Operation(operation.name, ("by=count", *operation.constraints, *than)), attribute

    @staticmethod
    def _beside(heard: Utterance, attribute: Attribute, mentions: Sequence[AttributeMention]) -> tuple[Mention, ...]:
        """The words left over beside an attribute and what says what to do with it."""
        before = list(heard.covered)
        heard.cover_spans(operation_words(heard.spoken, counted(heard.spoken)))
        heard.cover(Mention("", item.start, item.end) for item in mentions if item.attribute is attribute)
        leftover = heard.leftover()
        heard.covered[:] = before
        return leftover

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


def countable_nouns(mentions: Sequence[AttributeMention]) -> list[AttributeMention]:
    """The mentions of what can be counted: 施策, but not 広い."""
    return [item for item in mentions if not item.interrogative and (item.rank[0] or not item.attribute.measured)]


def without_lead(
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


def _also(
    heard: Utterance, mentions: Sequence[AttributeMention], asked: AttributeMention | None
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
        if not (_JOINS.fullmatch(between.lower()) or _ALSO.search(between)) or mention.attribute.name in known:
            continue
        if mention.rank[0] and (between.strip("のはが") or mention.attribute.of != asked.attribute.of):
            also.insert(0, mention)
            first = mention
    return also
