"""Whether any of the passages found answers at all: two signs of the ranking itself, of no particular document.

Fitted by logistic regression on JaQuAD's training half, each question once as it is and once with the passage that
answers it taken away; docs/retrieval.md has what was compared.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from app.schema import Hit

INTERCEPT, WORDS, AHEAD = -5.3, 4.7, 0.39


def presence(hits: Sequence[Hit]) -> float:
    """How likely one of the hits, best first, answers the question: in [0, 1], 0 of no hits.

    What speaks for it is the largest share of the question's words that any of them holds, and how far the best one is
    ahead of the others' mean: where nothing answers, many are about equally near. A raw cosine says next to nothing.
    """
    if not hits:
        return 0.0
    words = max(hit.legs.get("words", 0.0) for hit in hits)
    others = [hit.score for hit in hits[1:]]
    ahead = hits[0].score - sum(others) / len(others) if others else 0.0
    return 1 / (1 + math.exp(-(INTERCEPT + WORDS * words + AHEAD * ahead)))
