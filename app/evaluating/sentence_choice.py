"""How often the sentence chosen in the relevant passage holds the answer that the set marks there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from app.evaluating.dataset import Dataset, Span
from app.evaluating.retrieval_measures import estimate
from app.reading.tokenization import Tokenizer
from app.searching.sentence import answering_sentence, sentence_spans

Choice = Callable[[str, str], Span]


def sentence_json(dataset: Dataset, tokenizer: Tokenizer) -> dict[str, Any] | None:
    """The share of queries whose chosen sentence holds an answer, beside that of the first sentence, with intervals.

    None if no query marks an answer in its passage.
    """
    texts = {passage.passage_id: passage.text for passage in dataset.reading.passages}
    asked = [query for query in dataset.queries if query.spans and len(query.relevant) == 1]
    if not asked:
        return None
    choices: dict[str, Choice] = {
        "first": lambda _, text: (*sentence_spans(text), (0, len(text)))[0],
        "chosen": lambda question, text: answering_sentence(question, text, tokenizer),
    }
    found: dict[str, Any] = {"queries": len(asked)}
    for name, choose in choices.items():
        right = [_holds(choose(query.text, text), query.spans) for query in asked for text in [texts[next(iter(query.relevant))]]]
        (one,) = estimate(np.array(right, dtype=np.float64)[:, None])
        found[name] = {"value": one.value, "low": one.low, "high": one.high}
    return found


def _holds(sentence: Span, answers: tuple[Span, ...]) -> bool:
    return any(sentence[0] <= start and end <= sentence[1] for start, end in answers)
