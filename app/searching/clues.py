"""What in a sentence tells that it answers a question: rules of the Japanese language, measured as numbers.

What they are worth is learned from questions whose answers are known: see `sentence_network`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from app.reading.normalization import normalize
from app.reading.tokenization import Tokenizer
from app.schema import Token
from app.searching.lexical_index import bigram_terms, word_terms

Numbers = NDArray[np.float64]

# What a sentence may hold that its question lacks, and so may tell. `counted` is a number with the counter asked for.
KINDS = ("person", "place", "name", "foreign", "quoted", "date", "number", "counted", "reason", "called")
# What is measured of every sentence, in this order.
MEASURES = ("words", "late words", "pairs", "late pairs", "run", "length", "pointing", "without a topic")

# How fast the weight of a late word, or pair of letters, falls with those between it and the end of the question, where
# Japanese says what is wanted: of 「国分寺駅までの電車の動力は何か」 it is 動力. After so many it is down to 1/e.
WORDS_REACH, PAIRS_REACH = 2.0, 6.0
# Shares are compared by their ratio; below about this one, they are all nothing.
_NOTHING = 0.05

_ASKING = frozenset("何 誰 だれ どなた いつ どこ どの どんな どれ どちら どう なぜ 何故 いくつ いくら いかが".split())
# Asking words that a noun follows at once, and what may stand between the others and theirs: どの駅, どこの国, 何という駅.
_BEFORE_NOUNS = frozenset("何 どの どんな".split())
_LINKS = frozenset("の と いう 言う 呼ぶ れる られる よう だ くらい ぐらい ほど".split())
_NOUNS = ("名詞", "接尾辞", "接頭辞", "形状詞")
_NAMES = {"人名": "person", "地名": "place"}
_DATES = frozenset("年 月 日 時 世紀 年代 年度 代 時代".split())
_POINTING = re.compile("これ|それ|この|その|ここ|そこ|同|彼|こう|そう|なお|また|しかし|さらに|一方|ただし|だが|例えば|特に|当時|当初")
_FOREIGN = re.compile(r"[ァ-ヺー]{2,}")
_QUOTED = re.compile(r"[「『]([^」』]+)")
_REASON = re.compile(r"ため|から(?=、)|ので|により|によって|理由|原因|ことから")
_CALLED = re.compile(r"とも?(?:いう|言う|呼ば|称)")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question asks with: `word` (どこ, or '' without one), with what follows it at once (`phrase`: どこの, 何年),
    the `noun` that is asked about, and the `counter` of 何年 and 何人."""

    word: str
    phrase: str
    noun: str
    counter: str = ""


@dataclass(frozen=True, slots=True)
class Clues:
    """Of a question and n sentences: `measures`, `(n, len(MEASURES))`; and `told`, `(n, len(KINDS))` of 0 and 1."""

    asked: Asked
    measures: Numbers
    told: Numbers


def clues(question: str, sentences: Sequence[str], tokenizer: Tokenizer) -> Clues | None:
    """The clues of each of some sentences; None if none of them shares a word or a pair of letters with the question."""
    question, said = normalize(question).text, [normalize(sentence).text for sentence in sentences]
    tokens, parsed = tokenizer.tokenize(question), [tokenizer.tokenize(sentence) for sentence in said]
    words, pairs = word_terms(tokens), bigram_terms(question)
    held, held_pairs = [frozenset(word_terms(found)) for found in parsed], [frozenset(bigram_terms(text)) for text in said]
    shares = np.array(
        [
            _shares(dict.fromkeys(words, 1.0), held),
            _shares(_late(words, WORDS_REACH), held),
            _shares(dict.fromkeys(pairs, 1.0), held_pairs),
            _shares(_late(pairs, PAIRS_REACH), held_pairs),
        ]
    ).T
    if not shares.any():
        return None
    asked = asked_by(tokens)
    others = [
        (
            math.log(1 + _run(pairs, had)),
            math.log(1 + len(text)) - 4,
            _POINTING.match(text) is not None,
            all(token.surface != "は" for token in found),
        )
        for text, found, had in zip(said, parsed, held_pairs, strict=True)
    ]
    kinds = [told_by(text, found, question, asked.counter) for text, found in zip(said, parsed, strict=True)]
    return Clues(
        asked,
        np.hstack([np.log(shares + _NOTHING) + 1, np.array(others, dtype=np.float64)]),
        np.array([[kind in found for kind in KINDS] for found in kinds], dtype=np.float64),
    )


def asked_by(tokens: Sequence[Token]) -> Asked:
    """What a question asks with, by its last asking word; without one, its last noun is what is asked about."""
    places = [place for place, token in enumerate(tokens) if token.surface in _ASKING]
    if not places:
        return Asked("", "", next((token.base for token in reversed(tokens) if _is_noun(token)), ""))
    place = places[-1]
    word, behind = tokens[place].surface, tokens[place + 1 :]
    links = next((i for i, token in enumerate(behind) if token.base not in _LINKS), len(behind))
    run = next((i for i, token in enumerate(behind[links:]) if not _is_noun(token)), len(behind) - links)
    if links == 0 and word not in _BEFORE_NOUNS:
        run = 0
    counter = behind[0].surface if word == "何" and links == 0 and run > 0 else ""
    return Asked(
        word,
        word + behind[0].surface if links or run else word,
        behind[links + run - 1].base if run else _topic(tokens[:place]),
        counter,
    )


def told_by(text: str, tokens: Sequence[Token], question: str, counter: str) -> set[str]:
    """The kinds of what a sentence holds that its question does not; both are normalised texts."""
    found = {_NAMES.get(token.named, "name") for token in tokens if token.named and token.surface not in question}
    found |= {"foreign" for match in _FOREIGN.finditer(text) if match.group() not in question}
    found |= {"quoted" for match in _QUOTED.finditer(text) if match.group(1) not in question}
    found |= {kind for kind, cue in (("reason", _REASON), ("called", _CALLED)) if cue.search(text)}
    for place, token in enumerate(tokens):
        if token.pos != "名詞-数詞" or (place > 0 and tokens[place - 1].pos == token.pos):
            continue
        rest = tokens[place:]
        digits = next((i for i, other in enumerate(rest) if other.pos != token.pos and other.surface not in ",."), len(rest))
        unit = rest[digits].surface if digits < len(rest) and _is_noun(rest[digits]) else ""
        if text[token.start : rest[digits - 1].end] + unit in question:
            continue
        found.add("number")
        found |= {"date"} if unit in _DATES else set()
        found |= {"counted"} if counter and unit == counter else set()
    return found


def _topic(tokens: Sequence[Token]) -> str:
    """The noun before the last は or が: of 「動力は」 動力."""
    for noun, particle in zip(reversed(tokens[:-1]), reversed(tokens), strict=False):
        if particle.surface in ("は", "が"):
            return noun.base if _is_noun(noun) else ""
    return ""


def _is_noun(token: Token) -> bool:
    return token.pos.startswith(_NOUNS)


def _late(terms: Sequence[str], reach: float) -> dict[str, float]:
    """A weight for each term, by its last place: 1 at the end."""
    return {term: math.exp((place + 1 - len(terms)) / reach) for place, term in enumerate(terms)}


def _run(pairs: Sequence[str], sentence: Collection[str]) -> int:
    """How many pairs in a row a sentence holds at most, in whatever order."""
    return max((sum(1 for _ in run) for held, run in groupby(pair in sentence for pair in pairs) if held), default=0)


def _shares(weights: Mapping[str, float], sentences: Sequence[Collection[str]]) -> list[float]:
    """For each sentence the share of the weights that it holds, each times its inverse frequency in the sentences."""
    held = {term: sum(term in sentence for sentence in sentences) for term in weights}
    worth = {
        term: weight * math.log(1 + (len(sentences) - held[term] + 0.5) / (held[term] + 0.5))
        for term, weight in weights.items()
    }
    total = sum(worth.values()) or 1.0
    return [sum(value for term, value in worth.items() if term in sentence) / total for sentence in sentences]
