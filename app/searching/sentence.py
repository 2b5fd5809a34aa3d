"""Which sentence of a passage answers a question: a pure function of their words, without index or model.

What was compared is in docs/retrieval.md: vectors, expected answer types and neighbouring sentences added nothing.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping, Sequence

from app.reading.segmentation import Span, sentences
from app.reading.tokenization import Tokenizer
from app.searching.lexical_index import bigram_terms, word_terms

# How fast a word's weight falls with the words between it and the end of the question, where Japanese says what is
# wanted: of 「国分寺駅までの電車の動力は何か」 it is 動力. After two words it is down to 1/e.
REACH = 2.0

_LINE = re.compile(r"[^\r\n]+")


def sentence_spans(text: str) -> list[Span]:
    """The sentences of a text as `[start, end)`, none across a line break."""
    return [span for line in _LINE.finditer(text) for span in sentences(text, *line.span())]


def answering_sentence(question: str, text: str, tokenizer: Tokenizer) -> Span:
    """Where in `text` the sentence stands that shares most with the question; the first of equals.

    The sum of two shares in [0, 1]: of the question's bigrams, and of its words, each weighing more the fewer sentences
    of the text have it, and words more the nearer they stand to the question's end. A text without a sentence is one.
    """
    spans = sentence_spans(text)
    if len(spans) < 2:
        return spans[0] if spans else (0, len(text))
    words = word_terms(tokenizer.tokenize(question))
    nearness = {word: math.exp((place + 1 - len(words)) / REACH) for place, word in enumerate(words)}
    pairs = dict.fromkeys(bigram_terms(question), 1.0)
    within = [text[start:end] for start, end in spans]
    by_words = _shares(nearness, [frozenset(word_terms(tokenizer.tokenize(item))) for item in within])
    by_pairs = _shares(pairs, [frozenset(bigram_terms(item)) for item in within])
    scores = [one + other for one, other in zip(by_words, by_pairs, strict=True)]
    return spans[scores.index(max(scores))]


def _shares(weights: Mapping[str, float], sentences: Sequence[Collection[str]]) -> list[float]:
    """For each sentence the share of the weights that it holds, each times its inverse frequency in the sentences."""
    held = {term: sum(term in sentence for sentence in sentences) for term in weights}
    worth = {
        term: weight * math.log(1 + (len(sentences) - held[term] + 0.5) / (held[term] + 0.5))
        for term, weight in weights.items()
    }
    total = sum(worth.values()) or 1.0
    return [sum(value for term, value in worth.items() if term in sentence) / total for sentence in sentences]
