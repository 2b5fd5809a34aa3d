"""A question to a Plan: which zones, which attribute, which operation, and the words left to search for.

Deterministic, from the language's question words and the documents' vocabulary; knows nothing of any index.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.answering.operations import Operation, asks_count, operation_of, operation_words
from app.answering.question_words import EMPTY, LIST_CUES, REQUESTS
from app.answering.vocabulary import AttributeMention, Vocabulary
from app.errors import QuestionError
from app.reading.guide import Attribute
from app.reading.normalization import Normalized, normalize
from app.reading.tokenization import Tokenizer
from app.schema import Language, Mention, Plan, Token

LONGEST_QUESTION = 1000

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x9f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_KANA = re.compile(r"[ぁ-ゖァ-ヺ]")
_IDEOGRAPH = re.compile(r"[\u3400-\u9fff]")
_CHINESE = re.compile(r"[吗呢哪么谁是的在多少们这]|什么")
_ONLY_HIRAGANA = re.compile(r"[ぁ-ゖァ-ヺー、。?! ]+")
_QUOTATION = re.compile(r"(?<=「)[^「」]+(?=」)|(?<=『)[^『』]+(?=』)")
# Numbers and places in an order say nothing of a topic.
_NO_TOPIC = re.compile(r"全?[\d０-９]*|(?:\d+|[一二三四五六七八九十])(?:つ|番|個|点|件|項)?(?:目|位)?")
_ORDINAL = re.compile(r"(\d+|[一二三四五六七八九十])(?:つ|番|個|点|件|項)目")
_DIGITS = {digit: value for value, digit in enumerate("一二三四五六七八九十", 1)}


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
    """Japanese if it has any kana, Chinese if only ideographs and a word of Chinese grammar, English if neither."""
    if _KANA.search(question):
        return "ja"
    if _IDEOGRAPH.search(question):
        return "zh" if _CHINESE.search(question) else "ja"
    return "en"


# Operations that by themselves ask for a size: 「最大の区」「50平方キロ以上」; a sum or a rank may be of anything.
_SAYS_SIZE = frozenset({"max", "min", "filter", "check", "ratio"})


class Planner:
    """Plans questions in the words of one vocabulary."""

    def __init__(self, vocabulary: Vocabulary, tokenizer: Tokenizer) -> None:
        self._vocabulary = vocabulary
        self._tokenizer = tokenizer

    @property
    def attributes(self) -> tuple[Attribute, ...]:
        """What can be asked for, as the guides declare it."""
        return self._vocabulary.attributes

    def plan(self, question: str) -> Plan:
        """The plan of a question that passed `check_question`."""
        vocabulary = self._vocabulary
        normalized = normalize(question)
        tokens = self._tokenizer.tokenize(question)
        covered = [False] * len(question)  # characters that something has understood
        places = vocabulary.places(normalized)
        zones = vocabulary.zones(normalized, places)
        excluded = vocabulary.exclusions(normalized, zones)
        which = [] if zones else vocabulary.asks_which(normalized)
        _cover(covered, [*zones, *excluded, *which, *vocabulary.sections(normalized)])
        topic = _topic(question, tokens, covered)
        attribute, asks_where = self._attribute(question, tokens, covered, places, zones)
        asks_which = bool(which)
        measures = vocabulary.measures(normalized)
        _cover_spans(covered, normalized, [(measure.start, measure.end) for measure in measures])
        leftover = _leftover(tokens, covered, question, vocabulary.noun)
        if zones and attribute and (_ONLY_HIRAGANA.fullmatch(normalized.text) or language_of(question) == "zh"):
            leftover = ()  # the tokeniser cuts kana and Chinese anywhere: what it leaves over means nothing
        if asks_where and not zones:  # of something that is not a zone, that is: in which zone is it
            asks_which = True
        subjects = tuple(dict.fromkeys(zone.value for zone in zones))
        if excluded:
            subjects = tuple(name for name in vocabulary.zone_names if name not in subjects)
        _cover_spans(covered, normalized, operation_words(normalized.text, measures))
        beside = _leftover(tokens, covered, question, vocabulary.noun)
        operation = None if beside else self._over_facts(normalized.text, attribute, len(subjects))
        if operation is not None:  # the words that say it are understood then
            leftover = beside
            attribute = attribute or vocabulary.measured
        elif attribute and (ordinal := ordinal_of(normalized.text)):
            operation = Operation("nth", (f"nth={ordinal}",))
        else:
            operation = Operation(_operation(tokens, subjects, attribute, leftover, asks_which))
        return Plan(
            language=language_of(question),
            subjects=subjects,
            attribute=attribute.name if attribute else None,
            operation=operation.name,
            constraints=operation.constraints,
            leftover=leftover,
            topic=topic,
            places=tuple(places),
            literals=_literals(question, tokens, covered),
        )

    def _over_facts(self, text: str, attribute: Attribute | None, subjects: int) -> Operation | None:
        """What is to be done with facts, if anything: counted, or with measures, said or (「最大の区」) understood."""
        if attribute is not None and not attribute.measured:
            return Operation("count") if attribute.of == "zone" and asks_count(text) else None
        if attribute is None and self._vocabulary.measured is None:
            return None
        operation = operation_of(text, subjects, self._vocabulary.units)
        if attribute is None and operation is not None and operation.name not in _SAYS_SIZE:
            return None
        return operation

    def _attribute(
        self,
        question: str,
        tokens: Sequence[Token],
        covered: list[bool],
        places: Sequence[Mention],
        zones: Sequence[Mention],
    ) -> tuple[Attribute | None, bool]:
        """The attribute asked for, its words covered; and whether 「どこ」 asks for something else instead.

        Words that may mean the zone, and interrogatives, count only if nothing is left of the question beside them.
        """
        hidden = list(covered)
        _cover(hidden, places)
        mentions = self._vocabulary.attribute_mentions(tokens, hidden, zones)
        normalized = normalize(question)
        sure = [mention for mention in mentions if not mention.weak and not mention.interrogative]
        if not sure:  # in kana, English or Chinese, then
            sure = self._vocabulary.kana_mentions(normalized) or self._vocabulary.foreign_mentions(normalized)
            mentions = [*mentions, *sure]
        if not sure:
            _cover(covered, mentions)
            if _leftover(tokens, covered, question, self._vocabulary.noun):
                return None, any(question[mention.start : mention.end] == "どこ" for mention in mentions)
            best = max(mentions, key=lambda mention: (mention.weak, mention.rank), default=None)
            return (best.attribute if best else None), False
        best = max(sure, key=lambda mention: mention.rank)
        _cover(covered, [mention for mention in mentions if mention.weak or mention.attribute is best.attribute])
        return best.attribute, False


def _cover(covered: list[bool], mentions: Sequence[Mention | AttributeMention]) -> None:
    for mention in mentions:
        covered[mention.start : mention.end] = [True] * (mention.end - mention.start)


def _cover_spans(covered: list[bool], question: Normalized, spans: Sequence[tuple[int, int]]) -> None:
    for span in spans:
        start, end = question.raw_span(*span)
        covered[start:end] = [True] * (end - start)


def _topic(question: str, tokens: Sequence[Token], covered: Sequence[bool]) -> str:
    """The question without the zones it names and without its empty words; as a whole if nothing else is left."""
    if language_of(question) == "ja":
        topic = "".join(
            token.surface
            for token in tokens
            if token.content and not covered[token.start] and token.base not in REQUESTS
        )
    else:
        topic = "".join(character for i, character in enumerate(question) if not covered[i])
    return topic if any(character.isalnum() for character in topic) else question


def _literals(question: str, tokens: Sequence[Token], covered: Sequence[bool]) -> tuple[Mention, ...]:
    """What a passage should write as the question does: quotations, and proper nouns that nothing has understood."""
    quoted = [Mention(match.group(), *match.span()) for match in _QUOTATION.finditer(question)]
    names = [token for token in tokens if token.pos == "名詞-固有名詞" and not covered[token.start]]
    return (*quoted, *(Mention(token.surface, token.start, token.end) for token in names if len(token.surface) > 1))


def ordinal_of(text: str) -> int | None:
    """The place in a list that a question asks for, counted from 1: 「2つ目」「三番目」."""
    match = _ORDINAL.search(text)
    if match is None:
        return None
    number = match[1]
    return int(number) if number.isdigit() else _DIGITS[number]


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
    return tuple(mention for mention in mentions if not _NO_TOPIC.fullmatch(mention.value.removesuffix(noun)))


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
