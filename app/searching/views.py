"""What of a passage is indexed: its text with the zone and kind that a clause leaves unsaid, and parts of a long one."""

from __future__ import annotations

import re

from app.schema import Passage

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
