"""One spelling for what a reader takes as the same, with the way back to the raw characters.

NFKC, lower case, and the few Chinese and old forms of characters that NFKC leaves apart. Lengths change
(㎢ becomes km2, ﾃﾞ becomes デ), so every normalised character knows the raw one that it came from.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

# Half-width voicing marks belong to the kana before them, though their combining class is 0.
_ATTACHED = frozenset("\uff9e\uff9f")

# NFKC is quadratic on long runs of combining marks; no writing system stacks more than a handful.
_LONGEST_CLUSTER = 16


@dataclass(frozen=True, slots=True)
class Normalized:
    """`text` as searched; character i came from raw `origins[i]`; `origins[len(text)]` is the raw length."""

    text: str
    origins: tuple[int, ...]

    def raw_span(self, start: int, end: int) -> tuple[int, int]:
        """The raw `[start, end)` that the normalised `[start, end)` came from; empty spans stay empty.

        >>> normalize("10㎢だ").raw_span(2, 5)
        (2, 3)
        """
        if start == end:
            return self.origins[start], self.origins[start]
        last = self.origins[end - 1]
        after = end
        while self.origins[after] == last:
            after += 1
        return self.origins[start], self.origins[after]

    def normal(self, position: int) -> int:
        """Where the normalised text goes on that came from the raw text at and behind `position`."""
        return bisect_left(self.origins, position)


def _clusters(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for i in range(1, len(text) + 1):
        if i < len(text) and i - start < _LONGEST_CLUSTER and (text[i] in _ATTACHED or unicodedata.combining(text[i])):
            continue
        if start < len(text):
            yield start, text[start:i]
        start = i


@lru_cache(maxsize=65536)
def _fold(cluster: str) -> str:
    return unicodedata.normalize("NFKC", cluster).lower()


def normalize(text: str) -> Normalized:
    """Fold a text, cluster by cluster.

    >>> normalize("ＡＩ㎢").text
    'aikm2'
    """
    characters: list[str] = []
    origins: list[int] = []
    for start, cluster in _clusters(text):
        folded = _fold(cluster)
        characters.append(folded)
        origins.extend([start] * len(folded))
    origins.append(len(text))
    return Normalized("".join(characters), tuple(origins))
