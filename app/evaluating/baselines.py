"""The two dumb baselines: the plain question's best passage, by meaning or by words, always given as answer.

They search the product's own indices over the same passages, with no plan, no ledger, no fusion; they never
refuse and know nothing of earlier questions.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.evaluating.metrics import Response
from app.evaluating.questions import Question
from app.reading.tokenization import Tokenizer
from app.schema import Passage
from app.searching.dense_index import DenseIndex, Rows
from app.searching.embedding import Encoder
from app.searching.lexical_index import LexicalIndex, word_terms

# As many as the product lists with an answer.
_FOUND = 10


class DenseBaseline:
    """The passage whose vector is nearest to the question's."""

    name = "dense top-1"

    def __init__(self, passages: Sequence[Passage], index: DenseIndex, encoder: Encoder) -> None:
        self._passages = passages
        self._index = index
        self._encoder = encoder

    def respond(self, question: Question) -> Response:
        """Answer with the nearest passage."""
        rows, _ = self._index.search(self._encoder.encode_queries([question.question])[0], _FOUND)
        return _respond(self._passages, rows)


class WordBaseline:
    """The passage with the best BM25 score for the question's words."""

    name = "BM25 top-1"

    def __init__(self, passages: Sequence[Passage], index: LexicalIndex, tokenizer: Tokenizer) -> None:
        self._passages = passages
        self._index = index
        self._tokenizer = tokenizer

    def respond(self, question: Question) -> Response:
        """Answer with the best passage; with nothing at all if no word of the question is in any."""
        rows, _ = self._index.search(word_terms(self._tokenizer.tokenize(question.question)), _FOUND)
        return _respond(self._passages, rows)


def _respond(passages: Sequence[Passage], rows: Rows) -> Response:
    found = tuple(passages[row] for row in rows.tolist())
    return Response("answered", found[0].text if found else "", found[:1], found)
