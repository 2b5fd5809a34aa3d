"""What is encoded and asked: sample questions and runs of a document's text, of a stated number of subwords.

A length counts what the model is given: the subwords of the text, of the word before it, and the two marks around them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

# The subwords that the model is given for a text.
Length = Callable[[str], int]


def nearest(questions: Sequence[str], tokens: int, length: Length, number: int) -> list[str]:
    """So many different questions whose lengths are nearest to `tokens`."""
    return sorted(dict.fromkeys(questions), key=lambda text: abs(length(text) - tokens))[:number]


def windows(text: str, tokens: int, length: Length, number: int) -> list[str]:
    """So many runs of a text, evenly spread from its beginning, each the longest of at most `tokens`."""
    text = "".join(text.split()) * 2  # twice, so that the last one does not run out of it
    return [_longest(text[start:], tokens, length) for start in range(0, len(text) // 2, -(-len(text) // 2 // number))]


def spread(items: Sequence[str], number: int) -> list[str]:
    """So many items, evenly spread; all if there are not more."""
    return [items[place * len(items) // number] for place in range(number)] if number < len(items) else list(items)


def _longest(text: str, tokens: int, length: Length) -> str:
    low, high = 0, len(text)
    while low < high:  # a longer run never has fewer subwords, but for a cut that falls otherwise at its end
        middle = (low + high + 1) // 2
        low, high = (middle, high) if length(text[:middle]) <= tokens else (low, middle - 1)
    return text[:low]
