"""What of a passage is indexed: its text with the zone and kind that a clause leaves unsaid, and parts of a long one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

import numpy as np

from app.schema import Passage
from app.searching.embedding import Vectors
from app.searching.sentence import sentence_spans

# A passage longer than this is embedded in parts as well: one vector of 180 characters is near nothing in particular.
LONG = 60
# Clauses of a single sentence are joined up to about this many characters, the length of a measure.
PART = 45
# The kind of a passage that no guide gives one to says nothing of it.
_PLAIN = "本文"

_CLAUSE = re.compile(r"[^、。]*[、。]|[^、。]+$")


def search_text(passage: Passage) -> str:
    """The text that stands for the passage as a whole."""
    heading = [passage.zone or "", "" if passage.kind == _PLAIN else passage.kind] if passage.zone else []
    return " ".join([*filter(None, heading), passage.text])


def parts(passage: Passage) -> list[str]:
    """The sentences of a long passage, or the runs of clauses of its only sentence; none of a short one.

    >>> [len(part) <= PART for part in parts(Passage("", "", None, "", "い" * 30 + "、" + "ろ" * 40 + "。", 0, 72))]
    [True, True]
    """
    if len(passage.text) <= LONG:
        return []
    found = [passage.text[start:end] for start, end in sentence_spans(passage.text)]
    if len(found) == 1:
        found = _clauses(passage.text)
    return found if len(found) > 1 else []


def embedded(passage: Passage) -> list[str]:
    """The texts that are embedded for a passage: with its zone, then its parts, or, if it has none, without the zone."""
    return list(dict.fromkeys([search_text(passage), *(parts(passage) or [passage.text])]))


def passage_vectors(passages: Sequence[Passage], encoded: Vectors) -> tuple[Vectors, list[int]]:
    """The vectors that stand for passages, and the row of the passage that each stands for.

    `encoded` holds what `embedded` gives, passage by passage. A long passage has all of them, and is as near as the
    nearest. A short one has the mean of its two, which finds more than either: the zone helps some questions and drowns
    others. It is not normalised again: its inner product is the mean of two cosines.
    """
    rows = [row for row, passage in enumerate(passages) for _ in embedded(passage)]
    vectors: list[Vectors] = []
    kept: list[int] = []
    for row, group in groupby(zip(rows, encoded, strict=True), key=lambda item: item[0]):
        own = [vector for _, vector in group]
        if not parts(passages[row]):
            own = [np.mean(own, axis=0)]
        vectors += own
        kept += [row] * len(own)
    return np.ascontiguousarray(vectors, dtype=np.float32), kept


def _clauses(text: str) -> list[str]:
    found = [""]
    for clause in _CLAUSE.findall(text):
        if found[-1] and len(found[-1]) + len(clause) > PART:
            found.append("")
        found[-1] += clause
    return found
