"""A question to a Plan: which zones, which attribute, which operation, and the words left to search for.

Deterministic, from the language's question words and the guides' vocabulary; knows nothing of any index.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.answering.question_words import EMPTY, LIST_CUES
from app.errors import QuestionError
from app.reading.guide import Attribute, Guide
from app.reading.normalization import Normalized, normalize
from app.reading.tokenization import Tokenizer
from app.schema import Language, Mention, Plan, Token, Zone

LONGEST_QUESTION = 1000

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x9f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_KANA = re.compile(r"[ぁ-ゖァ-ヺ]")
_IDEOGRAPH = re.compile(r"[\u3400-\u9fff]")
# Which of the sections: 「どの区」「どこの区」「何区」「いずれの連携区」; the noun is the guide's.
_WHICH = "(?:どの|どこの|何処の|何の|何|いずれの|どちらの|どっちの|なに)"


def check_question(question: str) -> None:
    """Raises QuestionError if it is empty, longer than LONGEST_QUESTION characters, or not text."""
    if _SURROGATE.search(question):
        raise QuestionError(
            "question_not_text", "質問に文字として正しくない符号（孤立サロゲート）が含まれています。入力し直してください。"
        )
    if len(question) > LONGEST_QUESTION:
        raise QuestionError(
            "question_too_long",
            f"質問が長すぎます（{len(question)} 文字）。{LONGEST_QUESTION} 文字以内に短くしてください。"
            f" (too long: {LONGEST_QUESTION} characters at most)",
        )
    if control := _CONTROL.search(question):
        raise QuestionError(
            "question_control_character",
            f"質問に制御文字 U+{ord(control.group()):04X} が含まれています。取り除いてください。 (control character)",
        )
    if not any(character.isalnum() for character in question):
        raise QuestionError("question_empty", "質問が空です。知りたいことを入力してください。 (the question is empty)")


def language_of(question: str) -> Language:
    """Japanese if it has any kana, Chinese if only ideographs, English if neither."""
    if _KANA.search(question):
        return "ja"
    if _IDEOGRAPH.search(question):
        return "zh" if re.search(r"[吗呢哪么谁是的在多少]|什么", question) else "ja"
    return "en"


# The same behind the noun: 「…する区はどこですか」「区ってどれ」
_WHICH_AFTER = "(?:は|って|とは|が)(?:どこ|どちら|どれ|何処|何)"


@dataclass(frozen=True, slots=True)
class _Name:
    pattern: re.Pattern[str]
    zone: str


class Planner:
    """Plans questions about documents with these guides and zones."""

    def __init__(
        self,
        guides: Iterable[Guide],
        zones: Sequence[Zone],
        headings: Mapping[str, str],
        places: Iterable[str],
        tokenizer: Tokenizer,
    ) -> None:
        """`headings` gives each zone's whole heading line, since people write that too.

        `places` are names that stand for less than a zone: a zone's name within one of them is not the zone.
        """
        guides = list(guides)
        self._tokenizer = tokenizer
        self._zones = tuple(zone.name for zone in zones)
        self._noun = next((guide.noun for guide in guides if guide.noun), "")
        self._attributes = tuple(attribute for guide in guides for attribute in guide.attributes)
        self._phrases = _phrases(self._attributes, tokenizer)
        self._foreign = {attribute.name: _foreign(attribute) for attribute in self._attributes}
        self._names = _names(guides, zones, headings, self._noun)
        folded = {_fold(place) for place in places}
        folded = {place for place in folded if not any(name.pattern.fullmatch(place) for name in self._names)}
        self._places = _longest_first(folded) if folded else None
        self._section_words = _section_words(headings, self._noun, tokenizer)
        nouns = {noun for guide in guides for noun in guide.nouns}
        asked = _longest_first({*self._section_words, *map(_fold, nouns)})
        self._which = re.compile(f"{_WHICH}(?:{asked.pattern})") if self._section_words else None
        self._which_after = re.compile(f"(?:{asked.pattern}){_WHICH_AFTER}") if self._section_words else None

    @property
    def section_words(self) -> tuple[str, ...]:
        """What follows a zone's name: the guide's noun, the ending of the headings."""
        return self._section_words

    @property
    def attributes(self) -> tuple[Attribute, ...]:
        """What can be asked for, as the guides declare it."""
        return self._attributes

    def plan(self, question: str) -> Plan:
        """The plan of a question that passed `check_question`."""
        normalized = normalize(question)
        tokens = self._tokenizer.tokenize(question)
        covered = [False] * len(question)  # characters that something has understood
        places = self._find_places(normalized)
        subjects = []
        for name, start, end in self._find_names(normalized, places):
            subjects.append(Mention(name, start, end))
            _cover(covered, start, end)
        asks_which = self._cover_sections(normalized, covered)
        topic = _topic(question, tokens, covered)
        attribute = self._find_attribute(tokens, covered, places) or self._find_foreign(normalized, covered)
        leftover = _leftover(tokens, covered, question, self._noun)
        zones = tuple(dict.fromkeys(mention.value for mention in sorted(subjects, key=lambda item: item.start)))
        ordinal = _ordinal(normalized.text) if attribute else None
        return Plan(
            language=language_of(question),
            subjects=zones,
            attribute=attribute.name if attribute else None,
            operation="nth" if ordinal else _operation(tokens, zones, attribute, leftover, asks_which),
            constraints=(f"nth={ordinal}",) if ordinal else (),
            leftover=leftover,
            topic=topic,
            places=tuple(places),
        )

    def _find_places(self, question: Normalized) -> list[Mention]:
        if self._places is None:
            return []
        spans = (question.raw_span(*match.span()) for match in self._places.finditer(question.text))
        return [Mention(question.text[start:end], start, end) for start, end in spans]

    def _find_names(self, question: Normalized, places: Sequence[Mention]) -> list[tuple[str, int, int]]:
        taken = [(place.start, place.end) for place in places]
        found: list[tuple[str, int, int]] = []
        for name in self._names:  # longest first, so that a short alias does not cut into a longer name
            for match in name.pattern.finditer(question.text):
                span = question.raw_span(*match.span())
                if all(span[1] <= start or span[0] >= end for start, end in taken):
                    taken.append(span)
                    found.append((name.zone, *span))
        return found

    def _cover_sections(self, question: Normalized, covered: list[bool]) -> bool:
        """Cover the words for a section as such; whether the question asks which section."""
        asks_which = False
        for pattern in filter(None, (self._which, self._which_after)):
            for match in pattern.finditer(question.text):
                asks_which = True
                _cover(covered, *question.raw_span(*match.span()))
        for word in self._section_words:
            for match in re.finditer(re.escape(word), question.text) if len(word) > 1 else ():
                _cover(covered, *question.raw_span(*match.span()))
        return asks_which

    def _find_attribute(
        self, tokens: Sequence[Token], covered: list[bool], places: Sequence[Mention]
    ) -> Attribute | None:
        tokens = [token for token in tokens if not any(p.start <= token.start < p.end for p in places)]
        bases = [token.base for token in tokens]
        best: tuple[tuple[bool, int], Attribute] | None = None
        for attribute, phrase in self._phrases:
            for i in range(len(bases) - len(phrase) + 1):
                if tuple(bases[i : i + len(phrase)]) == phrase and not covered[tokens[i].start]:
                    if _is_setting(tokens, i + len(phrase)):
                        continue
                    # A noun names an attribute more surely than an adjective does: 「大きく分けて」 asks for no size.
                    noun = any(token.pos.startswith("名詞") for token in tokens[i : i + len(phrase)])
                    rank = (noun, sum(map(len, phrase)))
                    if best is None or rank > best[0]:
                        best = (rank, attribute)
        if best is None:
            return None
        for attribute, phrase in self._phrases:  # every word that asks for this attribute is understood
            if attribute is best[1]:
                for i in range(len(bases) - len(phrase) + 1):
                    if tuple(bases[i : i + len(phrase)]) == phrase:
                        _cover(covered, tokens[i].start, tokens[i + len(phrase) - 1].end)
        return best[1]


    def _find_foreign(self, question: Normalized, covered: list[bool]) -> Attribute | None:
        """English and Chinese question words, which the Japanese tokeniser cuts in its own way: found as strings."""
        found: list[tuple[int, Attribute, int, int]] = []
        for attribute in self._attributes:
            for pattern in self._foreign.get(attribute.name, ()):
                for match in pattern.finditer(question.text):
                    found.append((len(match.group()), attribute, *question.raw_span(*match.span())))
        if not found:
            return None
        best = max(found, key=lambda item: item[0])[1]
        for _, attribute, start, end in found:
            if attribute is best:
                _cover(covered, start, end)
        return best


def _is_setting(tokens: Sequence[Token], i: int) -> bool:
    following = "".join(token.surface for token in tokens[i : i + 3])
    # A noun in this case is where something happens, not what is asked for: 「徐匯のエリアでは」
    return i < len(tokens) and tokens[i].surface in ("で", "に") and following.startswith(("では", "でも", "における", "において"))


def _section_words(headings: Mapping[str, str], noun: str, tokenizer: Tokenizer) -> tuple[str, ...]:
    """What follows zones' names in the headings and its shorter forms, longest first: 連携イノベーション区, 連携区, 区."""
    words = {_fold(noun)} if noun else set()
    for ending in {heading.replace(zone, "", 1) for zone, heading in headings.items() if heading != zone}:
        tokens = [_fold(token.surface) for token in tokenizer.tokenize(ending)]
        words |= {"".join(tokens[i:]) for i in range(len(tokens))}
        words |= {"".join(tokens[:i]) + tokens[-1] for i in range(1, len(tokens))}
    return tuple(sorted(words - {""}, key=lambda word: (-len(word), word)))


_ORDINAL = re.compile(r"(?:第(?P<a>\d+|[一二三四五六七八九十])の|(?P<b>\d+|[一二三四五六七八九十])(?:つ|番|個|点|件|項)目)")
_DIGITS = {digit: value for value, digit in enumerate("一二三四五六七八九十", 1)}


def _ordinal(text: str) -> int | None:
    """The place in a list that a question asks for, counted from 1: 「2つ目」「三番目」."""
    match = _ORDINAL.search(text)
    if match is None:
        return None
    number = match["a"] or match["b"]
    return int(number) if number.isdigit() else _DIGITS[number]


def _longest_first(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word))))


def _foreign(attribute: Attribute) -> tuple[re.Pattern[str], ...]:
    english = [rf"\b{re.escape(_fold(word))}\b" for word in attribute.words.get("en", ())]
    chinese = [re.escape(_fold(word)) for word in attribute.words.get("zh", ())]
    return tuple(re.compile(pattern) for pattern in english + chinese)


def _topic(question: str, tokens: Sequence[Token], covered: Sequence[bool]) -> str:
    """The question without the zones it names and without its empty words; as a whole if nothing else is left."""
    if language_of(question) == "ja":
        topic = "".join(token.surface for token in tokens if token.content and not covered[token.start])
    else:
        topic = "".join(character for i, character in enumerate(question) if not covered[i])
    return topic if any(character.isalnum() for character in topic) else question


def _fold(text: str) -> str:
    return normalize(text).text


def _cover(covered: list[bool], start: int, end: int) -> None:
    covered[start:end] = [True] * (end - start)


def _names(guides: Sequence[Guide], zones: Sequence[Zone], headings: Mapping[str, str], noun: str) -> list[_Name]:
    pairs = set()
    for zone in zones:
        heading = _fold(headings[zone.name])
        ending = heading.replace(_fold(zone.name), "", 1)
        for word in {zone.name, *(word for guide in guides for word in guide.names.get(zone.name, ()))}:
            pairs.add((_fold(word), ending, zone.name))
    names = []
    for word, ending, zone_name in sorted(pairs, key=lambda pair: (-len(pair[0]), pair)):
        endings = "|".join(re.escape(item) for item in (ending, _fold(noun)) if item)
        latin = word[0].isascii()
        pattern = rf"(?<![a-z]){re.escape(word)}(?![a-z])" if latin else re.escape(word)
        names.append(_Name(re.compile(pattern + (f"(?:の?(?:{endings}))?" if endings else "")), zone_name))
    return names


def _phrases(attributes: Sequence[Attribute], tokenizer: Tokenizer) -> list[tuple[Attribute, tuple[str, ...]]]:
    return [
        (attribute, tuple(token.base for token in tokenizer.tokenize(word)))
        for attribute in attributes
        for word in attribute.words.get("ja", ())
    ]


def _leftover(
    tokens: Sequence[Token], covered: Sequence[bool], question: str, noun: str
) -> tuple[Mention, ...]:
    """Runs of adjoining content words that nothing has understood yet, as the question writes them."""
    runs: list[list[Token]] = []
    last_end = -1
    for token in tokens:
        if not token.content or covered[token.start] or token.base in EMPTY:
            continue
        if runs and token.start == last_end:
            runs[-1].append(token)
        else:
            runs.append([token])
        last_end = token.end
    mentions = [Mention(question[run[0].start : run[-1].end], run[0].start, run[-1].end) for run in runs]
    return tuple(mention for mention in mentions if mention.value != noun and not mention.value.isnumeric())


def _operation(
    tokens: Sequence[Token],
    zones: Sequence[str],
    attribute: Attribute | None,
    leftover: Sequence[Mention],
    asks_which: bool,
) -> str:
    if asks_which and not zones:
        return "which"
    if any(token.base in LIST_CUES for token in tokens) and attribute:
        return "list"
    if not leftover and (zones or attribute):
        return "look_up"
    return "search"
