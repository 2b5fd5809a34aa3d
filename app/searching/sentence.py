"""Which sentence of a passage answers a question: a pure function of their words, without index or vectors."""

from __future__ import annotations

import re

from app.reading.segmentation import Span, sentences
from app.reading.tokenization import Tokenizer
from app.searching.clues import clues
from app.searching.sentence_network import open_network

_LINE = re.compile(r"[^\r\n]+")


def sentence_spans(text: str) -> list[Span]:
    """The sentences of a text as `[start, end)`, none across a line break."""
    return [span for line in _LINE.finditer(text) for span in sentences(text, *line.span())]


def answering_sentence(question: str, text: str, tokenizer: Tokenizer) -> Span:
    """Where in `text` the sentence stands that answers the question best; the first of equals.

    The first as well where no sentence shares anything with the question. A text without a sentence is one.
    """
    spans = sentence_spans(text)
    if len(spans) < 2:
        return spans[0] if spans else (0, len(text))
    found = clues(question, [text[start:end] for start, end in spans], tokenizer)
    return spans[0] if found is None else spans[int(open_network().scores(found).argmax())]
