"""What of a passage is indexed: its text with the zone and kind that a clause leaves unsaid, and parts of a long one."""

from __future__ import annotations

import re

import numpy as np

from app.schema import Passage
from app.searching.embedding import Vectors

# A passage longer than this is embedded in parts as well: one vector of 180 characters is near nothing in particular.
LONG = 60
# Clauses are joined up to about this many characters, the length of a measure or a short sentence.
PART = 45

_CLAUSE = re.compile(r"[^、。]*[、。]|[^、。]+$")


def search_text(passage: Passage) -> str:
    """The text that stands for the passage as a whole."""
    return f"{passage.zone} {passage.kind} {passage.text}" if passage.zone else passage.text


def parts(passage: Passage) -> list[str]:
    """The runs of clauses of a long passage, in order; none of a short one.

    >>> [len(part) <= PART for part in parts(Passage("", "", None, "", "い" * 30 + "、" + "ろ" * 40 + "。", 0, 72))]
    [True, True]
    """
    if len(passage.text) <= LONG:
        return []
    found = [""]
    for clause in _CLAUSE.findall(passage.text):
        if found[-1] and len(found[-1]) + len(clause) > PART:
            found.append("")
        found[-1] += clause
    return found if len(found) > 1 else []


def whole_vectors(encoded: Vectors, passages: int) -> Vectors:
    """One vector for each passage as a whole, then those of the parts.

    `encoded` holds the passages with their zone and kind, then the bare passages, then the parts. The mean of the first
    two finds more than either (see README, "How good is it"): the zone helps some questions and drowns others. It is
    not normalised again: its inner product is the mean of two cosines.
    """
    whole = (encoded[:passages] + encoded[passages : 2 * passages]) / 2
    return np.ascontiguousarray(np.concatenate([whole, encoded[2 * passages :]]), dtype=np.float32)
