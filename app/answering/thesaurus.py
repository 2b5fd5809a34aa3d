"""Words of a question to what stands for them in the documents: their own dictionary forms, and the guides' synonyms."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from app.answering.question_words import EMPTY
from app.answering.utterance import Utterance
from app.reading.guide import Synonyms
from app.reading.normalization import normalize
from app.reading.tokenization import Tokenizer
from app.schema import Mention, Term, Token

Alternative = tuple[str, ...]

# A verb or an adjective says less of a topic than a noun, and so does a word that many questions have; a noun of doing
# (拡大, 強化) stands between.
LIGHT, ACTION = 0.35, 0.6
_SHORTEST_STEM = 2
# Between two nouns that make one phrase: 「介護の人材」「洪水への備え」.
_JOINS = re.compile(r"(?:[のな・内]|用の?|などの|[へとで]の|からの)?")
_INFLECTED = re.compile(r"[\u3400-\u9fff].*[うくぐすつぬぶむる]$")
_LIGHT_POS = ("動詞", "形容詞", "副詞", "形状詞", "接尾辞")


class Thesaurus:
    """The synonyms of some guides."""

    def __init__(self, synonyms: Iterable[Synonyms], tokenizer: Tokenizer) -> None:
        found: dict[str, set[Alternative]] = {}
        for item in synonyms:
            alternatives = {form for term in item.terms if (form := _content(tokenizer.tokenize(term)))}
            for word in (*item.terms, *(word for words in item.words.values() for word in words)):
                found.setdefault(normalize(word).text, set()).update(alternatives)
        self._written: dict[str, list[tuple[str, frozenset[Alternative]]]] = {}
        self._inflected: dict[str, list[tuple[Alternative, frozenset[Alternative]]]] = {}
        for word, alternatives in sorted(found.items(), key=lambda item: (-len(item[0]), item[0])):
            stands_for = frozenset(alternatives)
            self._written.setdefault(word[0], []).append((word, stands_for))
            if _INFLECTED.fullmatch(word) and len(word) > _SHORTEST_STEM:
                self._written[word[0]].append((word[:-1], stands_for))
            if word[-1] in "うくぐすつぬぶむるい":
                bases = tuple(token.base for token in tokenizer.tokenize(word))
                self._inflected.setdefault(bases[0], []).append((bases, stands_for))

    def terms(self, utterance: Utterance, leftover: Sequence[Mention]) -> tuple[Term, ...]:
        """The words of the question's `leftover`, each with its alternatives, in the question's order."""
        found = self._chinese if utterance.language == "zh" else self._words
        return _joined(utterance.question, found(utterance, leftover))

    def _words(self, utterance: Utterance, leftover: Sequence[Mention]) -> list[Term]:
        tokens = utterance.tokens
        terms: list[Term] = []
        position = 0
        for i, token in enumerate(tokens):
            if token.start < position or utterance.covered[token.start]:
                continue
            end, stands_for = self._longest(utterance, i)
            if not stands_for:
                end = _run_of_characters(utterance, i)
            within = [item for item in tokens[i:] if item.start < end]
            if not any(mention.start < end and token.start < mention.end for mention in leftover):
                continue
            if not stands_for and not any(utterance.is_open(item) for item in within):
                continue
            own = _content(within)
            alternatives = sorted({*stands_for, *([own] if own else [])})
            if alternatives:
                terms.append(Term(utterance.mention(token.start, end), tuple(alternatives), _weight(within)))
                position = end
        return terms

    def chinese_words(self, utterance: Utterance) -> list[Mention]:
        """Every known word of more than one character that a text in Chinese writes."""
        text = utterance.text
        return [
            utterance.mention(*utterance.normalized.raw_span(start, start + len(word)))
            for start in range(len(text))
            for word, _ in self._written.get(text[start], ())
            if len(word) > 1 and text.startswith(word, start)
        ]

    def _chinese(self, utterance: Utterance, leftover: Sequence[Mention]) -> list[Term]:
        return [term for mention in leftover for term in self._chinese_terms(utterance, mention)]

    def _chinese_terms(self, utterance: Utterance, mention: Mention) -> Iterator[Term]:
        """Known words wherever they stand, since nothing tells words apart; what is between them is a word each."""
        position = unknown = mention.start
        while position < mention.end:
            start = utterance.normalized.normal(position)
            text = utterance.text[start : utterance.normalized.normal(mention.end)]
            known = (
                (word, stands_for)
                for word, stands_for in self._written.get(text[:1], ())
                if len(word) > 1 and text.startswith(word)
            )
            word, stands_for = max(known, key=lambda item: len(item[0]), default=("", frozenset[Alternative]()))
            if word:
                yield from self._own(utterance, unknown, position)
                end = utterance.normalized.raw_span(start, start + len(word))[1]
                yield Term(utterance.mention(position, end), tuple(sorted(stands_for)))
                position = unknown = end
            else:
                position += 1
        yield from self._own(utterance, unknown, mention.end)

    @staticmethod
    def _own(utterance: Utterance, start: int, end: int) -> Iterator[Term]:
        if end - start > 1:
            mention = utterance.mention(start, end)
            yield Term(mention, ((normalize(mention.value).text,),))

    def _longest(self, utterance: Utterance, i: int) -> tuple[int, frozenset[Alternative]]:
        """Where the longest known word that begins with word i ends in the question, and what it stands for."""
        token = utterance.tokens[i]
        text, start = utterance.text, utterance.normalized.normal(token.start)
        best = (token.end, frozenset[Alternative]())
        length = 0
        for word, stands_for in self._written.get(text[start : start + 1], ()):
            if len(word) > length and text.startswith(word, start) and _ends_well(text, start, word, token):
                length = len(word)
                best = (utterance.normalized.raw_span(start, start + length)[1], stands_for)
        bases = [item.base for item in utterance.tokens[i : i + 8]]
        for form, stands_for in self._inflected.get(token.base, ()):
            end = utterance.tokens[i + len(form) - 1].end if i + len(form) <= len(utterance.tokens) else 0
            if tuple(bases[: len(form)]) == form and end > best[0] - (not best[1]):
                best = (end, stands_for)
        return best


def _joined(question: str, terms: Iterable[Term]) -> tuple[Term, ...]:
    """The terms, each noun with whether it goes on with the noun before it."""
    found: list[Term] = []
    end: int | None = None
    for term in terms:
        noun = term.weight > LIGHT
        joined = noun and end is not None and _JOINS.fullmatch(question[end : term.mention.start]) is not None
        found.append(replace(term, joined=joined))
        end = term.mention.end if noun else end
    return tuple(found)


def _ends_well(text: str, start: int, word: str, token: Token) -> bool:
    """Whether a word found in the text is one: of one character it must be a word of the sentence by itself; Latin
    words end where letters do, but for an English plural."""
    if len(word) == 1:
        return token.surface == word or normalize(token.surface).text == word
    if not word[-1].isascii() or not word[-1].isalnum():
        return True
    return re.match(r"(?:e?s|ing|ed)?(?![a-z0-9])", text[start + len(word) :]) is not None


def _run_of_characters(utterance: Utterance, i: int) -> int:
    """Where a run of words of one ideograph each ends: a name that the dictionary does not know is cut into those."""
    tokens = utterance.tokens
    last = i
    while last < len(tokens) and len(tokens[last].surface) == 1 and "\u3400" <= tokens[last].surface <= "\u9fff":
        if last > i and tokens[last].start != tokens[last - 1].end:
            break
        last += 1
    return tokens[max(last - 1, i)].end


def _content(tokens: Sequence[Token]) -> Alternative:
    return tuple(token.base for token in tokens if token.content)


def _weight(tokens: Sequence[Token]) -> float:
    content = [token for token in tokens if token.content]
    if all(token.base in EMPTY or token.pos.startswith(_LIGHT_POS) for token in content):
        return LIGHT
    return ACTION if all(token.action or token.base in EMPTY for token in content) else 1.0
