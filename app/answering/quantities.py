"""What a question wants done with numbers, and whose: the values of an attribute, or how many there are of something."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.answering.counting import COUNTERS, asks_count, asks_many, count_cue, counted
from app.answering.numerals import NUMBER, ordinal_of
from app.answering.operations import Operation, operation_of, operation_words
from app.answering.stated import bare_bounds, unit_words
from app.answering.utterance import Utterance
from app.answering.vocabulary import AttributeMention, Vocabulary
from app.reading.guide import Attribute
from app.reading.normalization import normalize
from app.schema import Mention

# Operations that by themselves ask for a measured attribute: 「最大の区」「50平方キロ以上」; a sum may be of anything.
_SAYS_MEASURE = frozenset({"max", "min", "filter", "check", "ratio", "share", "difference", "compare", "nth"})
# These say by themselves that a size is meant.
_SIZED = re.compile(r"第\w{1,3}[大小广]|(?:larg|bigg|small)est|从[大小]到")
# What can be done with some of the zones only, which other numbers pick.
_OF_THOSE = frozenset({"max", "min", "nth", "rank", "filter", "sum", "mean"})
_WHICH_ZONES = re.compile(r"which|哪")
_BY_SIZE = re.compile(r"(?:一番|いちばん|最も|もっとも|番目に|位に)(?:\w{1,4}が)?(?:広|大き|狭|小さ|でか|でっか|デカ)|最大|最小|最(?:広|狭)")
_NTH_MANY = re.compile(r"(?:番目|番|位)(?:に|の)?(?:多|少な)")


@dataclass(frozen=True, slots=True)
class Computing:
    """What is to be done with the numbers of an attribute, and the other attribute whose numbers say of which zones."""

    operation: Operation
    of: Attribute
    where: Attribute | None = None

    @property
    def bounds(self) -> list[str]:
        """The numbers that bound it: `>=5`, not another zone's."""
        return [item for item in self.operation.constraints if item[0] in "<>=" and item[1:] != "than"]


class Quantities:
    """Understands what is to be done with numbers in the words of one vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        # So many of what a zone is, not of what it has, where that is not what is claimed: 「6つの総合保税区は」.
        names = "|".join(re.escape(normalize(name).text) for name in vocabulary.sections.names)
        self._of_zones = re.compile(rf"{NUMBER}(?:つ|個|か所)の(?=(?:{names})[のはがでにをと])" if names else "(?!)")

    def computing(
        self,
        heard: Utterance,
        mentions: Sequence[AttributeMention],
        asked: AttributeMention | None,
        subjects: Sequence[str],
        asks_which: bool,
    ) -> Computing | None:
        """What is to be done with numbers, of how many there are or of values; where the question bounds both, or one of
        what it does with the other, the bounds say which zones are meant: 「施策が6つある区の面積の合計」."""
        if asked and asked.attribute.of == "document" and asked.rank[0]:
            return None  # no zone has it: 「特徴は大きく3つ」 has no size
        found = [self._counting(heard, mentions, subjects, asks_which), self._measuring(heard, mentions, asked, subjects)]
        if _BY_SIZE.search(heard.spoken):
            found.reverse()
        ways = [Computing(*way) for way in found if way is not None]
        if not ways:
            return None
        said = [way for way in ways if self.says(heard, mentions, way.of)]
        ways = said or ways[:1]
        main, where = ways[0], None
        if len(ways) > 1 and all(way.operation.name in _OF_THOSE for way in ways) and any(way.bounds for way in ways):
            wanted = asked.attribute if asked else None
            main = min(ways, key=lambda way: (bool(way.bounds), way.operation.name == "filter", way.of is not wanted))
            where = next(way for way in ways if way is not main)
        own = main.bounds if main.operation.name in ("max", "min", "nth", "rank") else []
        rest = [item for item in main.operation.constraints if item not in own]
        among = [f"where={main.of.name}{bound}" for bound in own]
        among += [f"where={where.of.name}{bound}" for bound in where.bounds] if where else []
        return Computing(Operation(main.operation.name, (*rest, *among)), main.of, where.of if where else None)

    def _counting(
        self, heard: Utterance, mentions: Sequence[AttributeMention], subjects: Sequence[str], asks_which: bool
    ) -> tuple[Operation, Attribute] | None:
        """What is to be done with how many facts of an attribute the zones have."""
        text = self._vocabulary.sections.without_numbers(self._with_units(heard, mentions))
        text = self._of_zones.sub("", text)
        countable = [item for item in countable_nouns(mentions) if item.attribute.name not in self._vocabulary.single]
        nouns = [word for item in countable for word in self._vocabulary.nouns_of(item.attribute)]
        cue = count_cue(text, nouns)
        if cue is None or not countable or (ordinal_of(text) and not _NTH_MANY.search(text)):
            return None
        cue = max(cue, heard.spoken.find(text[cue : cue + 2], cue))  # where it stands with the numbers of sections
        place = heard.normalized.raw_span(cue := min(cue, len(heard.spoken) - 1), cue + 1)[0]
        nearest = min(countable, key=lambda item: (item.start > place + 8, abs(item.start - place), -item.end))
        attribute = nearest.attribute
        between = heard.question[nearest.end : place] if nearest.end < place else ""
        if attribute.measured or attribute.of != "zone":
            return None
        counters = {**COUNTERS, **dict.fromkeys(self._vocabulary.nouns_of(attribute), 1.0)}
        operation = operation_of(text, len(subjects), counters, self._vocabulary.sections.words)
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
        named = asks_which or subjects or _WHICH_ZONES.search(text)
        if operation.name == "filter" and not (named or operation.constraints[0][0] in "<>"):
            return None
        than = (f"than={subjects[0]}",) if operation.name == "filter" and operation.constraints[0][1:] == "than" else ()
        return Operation(operation.name, ("by=count", *operation.constraints, *than)), attribute

    @staticmethod
    def _beside(heard: Utterance, attribute: Attribute, mentions: Sequence[AttributeMention]) -> tuple[Mention, ...]:
        """The words left over beside an attribute, what is measured, and what says what to do with them."""
        before = list(heard.covered)
        heard.cover_spans(operation_words(heard.spoken, counted(heard.spoken)))
        heard.cover(Mention("", item.start, item.end) for item in mentions if item.attribute is attribute or item.attribute.measured)
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
        text = self._with_units(heard, mentions)
        operation = operation_of(text, len(subjects), self._vocabulary.units, self._vocabulary.sections.words)
        if operation is None or (said is None and not _says_measure(operation, len(subjects), text) and not self._in_units(heard)):
            return None
        if said is None and operation.name == "nth" and not _SIZED.search(text):
            return None
        if said is None and asked and operation.name not in ("max", "min", "filter"):
            return None
        if operation.name == "filter" and operation.constraints[0][1:] == "than" and len(subjects) == 1:
            return Operation("filter", (*operation.constraints, f"than={subjects[0]}")), attribute
        return operation, attribute

    def _with_units(self, heard: Utterance, mentions: Sequence[AttributeMention]) -> str:
        """The question with a unit behind each bound that has none, that of what the number is of: 「施策が5以上」."""
        text = heard.spoken
        for start, end in reversed(bare_bounds(text)):
            if any(item.start <= start < item.end for item in [*self._vocabulary.measures_in(text), *counted(text)]):
                continue
            place = heard.normalized.raw_span(start, end)[0]
            of = [item for item in mentions if item.start < place and item.sure and item.attribute.of == "zone"]
            nearest = max(of, key=lambda item: item.end, default=None)
            measured = nearest is None or nearest.attribute.measured
            base = next((unit for unit, factor in self._vocabulary.units.items() if factor == 1.0), "")
            text = text[:end] + (base if measured else "つ") + text[end:]
        return text

    def says(self, heard: Utterance, mentions: Sequence[AttributeMention], attribute: Attribute) -> bool:
        """Whether the question names an attribute, or a unit that its values have."""
        return any(item.attribute is attribute for item in mentions) or (attribute.measured and self._in_units(heard))

    def _in_units(self, heard: Utterance) -> bool:
        units = unit_words(self._vocabulary.units)
        return bool(units) and re.search(units, heard.text) is not None


def _says_measure(operation: Operation, subjects: int, text: str) -> bool:
    """Whether it is done with what is measured if nothing else is said: 「上位3つは」, 「徐匯と宝山を足すと」."""
    few = any(item.startswith("top=") for item in operation.constraints)
    if operation.name in ("sum", "mean"):
        return few or subjects > 1
    return few or operation.name in _SAYS_MEASURE or _SIZED.search(text) is not None


def countable_nouns(mentions: Sequence[AttributeMention]) -> list[AttributeMention]:
    """The mentions of what can be counted: 施策, but not 広い."""
    return [item for item in mentions if not item.interrogative and (item.rank[0] or not item.attribute.measured)]
