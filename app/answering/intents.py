"""What a question wants done with numbers or lists, of which attribute; and the words that say so, covered."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.answering.counting import asks_count, counted
from app.answering.mood import asks_confirmation
from app.answering.numerals import ordinal_of
from app.answering.operations import Operation, operation_words
from app.answering.quantities import Quantities, countable_nouns
from app.answering.stated import bare_bounds
from app.answering.utterance import Utterance
from app.answering.vocabulary import AttributeMention, Vocabulary
from app.reading.guide import Attribute
from app.schema import PICKS, Mention

# Between two attributes that are asked for together.
_JOINS = re.compile(r"(?:と|や|、|,|・|および|及び|ならびに|and|&|和|与|以及|\s|それ(?:から|に)|の|は|が|も|どこ|対象|で|何|か|また)*")

_ALSO = re.compile(r"^(?!は、|が、|で)[^。]{0,12}?(?:と|や|ついでに|あと|それから|（|\(|および|加えて)[^のは]{0,6}$|(?:ついでに|あと|それと)")
# Between two that are asked for one after the other: 「どのエリアが入っていて、どれくらいの面積」.
_THEN = re.compile(r"^[^。?]*(?:て|で|し|か)、[^。?]*$")
_ASKED_BEFORE = re.compile(
    r"(?:どの|どんな|どこの|何の|どういう|どういった)\w{0,4}$"
    r"|(?:どこ|何|なに|どれ|いくつ)[^、]{0,3}$|^[^、]{0,3}(?:どこ|何|なに|どれ|いくつ)"
)


class Intents:
    """Understands intents in the words of one vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._quantities = Quantities(vocabulary)

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
            declared = self._vocabulary.section_count  # what the document says of it needs no counting
            return (zones, None) if declared is None else (Operation("look_up"), declared)
        found = self._quantities.computing(heard, mentions, asked, subjects, asks_which)
        if found is not None:
            operation, of = found.operation, found.of
            bare = [Mention("", start, end) for start, end in bare_bounds(heard.spoken)]
            spans = operation_words(heard.spoken, [*self._vocabulary.measures_in(heard.spoken), *counted(heard.spoken), *bare])
            before = list(heard.covered)
            heard.cover_spans(spans)
            heard.cover(Mention("", item.start, item.end) for item in mentions if item.attribute in (of, found.where))
            if operation.name == "nth" and len(subjects) == 1 and asks_confirmation(heard.spoken):
                place, end = operation.constraints[-2:]  # whether it has that place, not which one has
                operation = Operation("position", (*operation.constraints[:-2], end, f"={place[4:]}"))
            then: list[Attribute] = []
            if asked and not asked.interrogative and attribute not in (of, found.where) and operation.name in PICKS:
                also = self._also_of(heard, mentions, asked, of)
                heard.cover(Mention("", item.start, item.end) for item in also)
                then = [*(item.attribute for item in also), asked.attribute]
            then += [found.where] if found.where else []
            operation = Operation(operation.name, (*operation.constraints, *(f"then={item.name}" for item in then)))
            open_words = heard.without(heard.leftover(), self._vocabulary.background)
            open_words = without_lead(heard, open_words, mentions, operation)
            if operation.name == "count_matches":
                return operation, of
            said = self._quantities.says(heard, mentions, of)
            open_words = tuple(item for item in open_words if not (said and self._dresses(heard, item)))
            if not open_words or heard.language == "zh" or operation.name in ("check", "sum"):
                return operation, of
            heard.covered[:] = before
        numbers = counted(heard.spoken)
        counts = (numbers or asks_count(heard.spoken)) and not ordinal_of(heard.spoken)
        if attribute and attribute.name in self._vocabulary.several and counts:
            heard.cover_spans([*operation_words(heard.spoken, []), *((item.start, item.end) for item in numbers)])
            stated = re.match(r"\d+", numbers[0].value) if numbers else None
            return Operation("count", (f"={stated.group()}",) if stated else ()), attribute
        if asked and (ordinal := ordinal_of(heard.spoken)):
            heard.cover_spans(operation_words(heard.spoken, []))
            return Operation("nth", (f"nth={ordinal}",)), attribute
        also = _also(heard, mentions, asked)
        if also:
            named = {item.attribute.name for item in also}
            heard.cover(Mention("", item.start, item.end) for item in mentions if item.attribute.name in named)
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
        asked_there = heard.question[: mention.end if mention.interrogative else mention.start]
        in_turn = _THEN.search(between) and (_ASKED_BEFORE.search(asked_there) or _ASKED_BEFORE.search(between))
        if mention.end > first.start or mention.weak or (mention.interrogative and between and not in_turn):
            continue
        known = {item.attribute.name for item in (asked, *also)}
        if not (in_turn or _JOINS.fullmatch(between.lower()) or _ALSO.search(between)) or mention.attribute.name in known:
            continue
        if (mention.rank[0] or in_turn) and (between.strip("のはが") or mention.attribute.of != asked.attribute.of):
            also.insert(0, mention)
            first = mention
    return also
