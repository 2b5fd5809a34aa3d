"""Topics of a question any of which will do, 「水素または電池」, and what they have in common, 「データやITの流通」.

Knows the language only: which of its words stand between two of them, and which bind what is beside them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from app.schema import Term

Sides = list[list[Term]]

_OR = re.compile(r"[にをがでの]?[、,]?(?:または|又は|もしくは|若しくは|あるいは|とか|か|や| or |或者?|还是)[、,]?")
_QUOTES = re.compile(r"[「」『』\"“”]")
# What joins the words of one of them, and it to what is said of each: 「新モデルの試行や探索」.
_WITHIN = re.compile(r"[・\- ]?")
_OF = re.compile(r"の|な|における|に関する|での|への")


def says_or(text: str) -> bool:
    """Whether what stands between two topics says that either will do."""
    return _OR.fullmatch(_QUOTES.sub("", text)) is not None


def readings(question: str, terms: Sequence[Term]) -> list[Sides]:
    """The ways to read a question's words as sides any of which will do, the likeliest first.

    「新モデルの試行や探索」 says 新モデル of both and so does 「データやITの流通」 of 流通; only where that finds nothing may
    each stand for itself, if each names something. Without an or there is one side, and one way.
    """
    gaps = [question[a.mention.end : b.mention.start] for a, b in pairwise(terms)]
    cuts = [i for i, gap in enumerate(gaps, 1) if says_or(gap)]
    if not cuts:
        return [[list(terms)]] if terms else []
    start = _back(gaps, cuts[0] - 1, _WITHIN)
    common = _back(gaps, start, _OF)
    end = next((i for i in range(cuts[-1], len(gaps)) if not _WITHIN.fullmatch(gaps[i])), len(gaps)) + 1
    each = [list(terms[a:b]) for a, b in zip([start, *cuts], [*cuts, end], strict=True)]
    before, shared, after = list(terms[:common]), list(terms[common:start]), list(terms[end:])
    together = [[*shared, *side, *after] for side in each]
    together[0] = [*before, *together[0]]
    alone = [[*before, *shared, *each[0]], *each[1:-1], [*each[-1], *after]]
    named = all(any(term.weight == 1.0 for term in side) for side in each)
    return [together, alone] if named and alone != together else [together]


def _back(gaps: Sequence[str], i: int, joins: re.Pattern[str]) -> int:
    """How far back from word i words are joined to it."""
    while i > 0 and joins.fullmatch(gaps[i - 1]):
        i -= 1
    return i
