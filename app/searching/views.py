"""What of a passage is indexed: its text with the zone and kind that a clause leaves unsaid, and parts of a long one."""

from __future__ import annotations

import re

from app.schema import Passage
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
    """The texts that are embedded for a passage, which is as near as the nearest: as a whole, and in its parts."""
    return [search_text(passage), *parts(passage)]


def _clauses(text: str) -> list[str]:
    found = [""]
    for clause in _CLAUSE.findall(text):
        if found[-1] and len(found[-1]) + len(clause) > PART:
            found.append("")
        found[-1] += clause
    return found
