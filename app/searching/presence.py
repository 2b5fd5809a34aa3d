"""Whether any of the passages found answers at all: two signs of the hits, of no particular document.

Fitted by logistic regression on JaQuAD's training half, each question once as it is and once with the passage that
answers it taken away; docs/retrieval.md has what was compared.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from app.schema import Hit

# The cosine's weight, and so the intercept, are of the default model's space: another model orders questions by them
# just as well or badly, but a threshold has to be found again.
INTERCEPT, COSINE, WORDS = -21.1, 18.4, 7.7


def presence(hits: Sequence[Hit]) -> float:
    """How likely one of the hits answers the question: in [0, 1], 0 of no hits.

    What speaks for it is the best cosine of any, and the largest share of the question's words that any holds. How far
    the first is ahead of the others is no sign: where several answer, none is ahead.
    """
    if not hits:
        return 0.0
    cosine, words = (max(hit.legs.get(leg, 0.0) for hit in hits) for leg in ("dense", "words"))
    return 1 / (1 + math.exp(-(INTERCEPT + COSINE * cosine + WORDS * words)))
