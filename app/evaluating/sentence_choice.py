"""How often the sentence chosen in the relevant passage holds the answer that the set marks there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from app.evaluating.dataset import Dataset, Query, Span
from app.evaluating.retrieval_measures import estimate
from app.reading.tokenization import Tokenizer
from app.schema import Passage
from app.searching.sentence import answering_sentence, sentence_spans

Choice = Callable[[str, str], Span]
Marked = tuple[Query, Passage]


def marked(dataset: Dataset) -> list[Marked]:
    """The queries that mark an answer in the one passage that is relevant to them, each with it."""
    passages = {passage.passage_id: passage for passage in dataset.reading.passages}
    return [
        (query, passages[next(iter(query.relevant))])
        for query in dataset.queries
        if query.spans and len(query.relevant) == 1
    ]


def holds(sentence: Span, answers: Sequence[Span]) -> bool:
    """Whether a sentence holds one of some answers as a whole."""
    return any(sentence[0] <= start and end <= sentence[1] for start, end in answers)


def sentence_json(dataset: Dataset, tokenizer: Tokenizer) -> dict[str, Any] | None:
    """The share of queries whose chosen sentence holds an answer, beside that of the first sentence, with intervals.

    None if no query marks an answer in its passage.
    """
    asked = marked(dataset)
    if not asked:
        return None
    choices: dict[str, Choice] = {
        "first": lambda _, text: (*sentence_spans(text), (0, len(text)))[0],
        "chosen": lambda question, text: answering_sentence(question, text, tokenizer),
    }
    found: dict[str, Any] = {"queries": len(asked)}
    for name, choose in choices.items():
        right = [holds(choose(query.text, passage.text), query.spans) for query, passage in asked]
        (one,) = estimate(np.array(right, dtype=np.float64)[:, None])
        found[name] = {"value": one.value, "low": one.low, "high": one.high}
    return found
