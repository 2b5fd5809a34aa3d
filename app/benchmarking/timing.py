"""Ways of doing the same work, timed in turns, so that what else a machine does falls on all of them alike."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Timed(Generic[Result]):
    """What was done with one item: seconds, and what came of it."""

    seconds: float
    result: Result


def alternate(
    ways: Mapping[str, Callable[[Item], Result]], items: Sequence[Item], before: Sequence[Item] = ()
) -> dict[str, list[Timed[Result]]]:
    """Each way with each item, in the items' order; with those of `before` first, which are not timed.

    With every other item the ways take their turns the other way round.
    """
    done: dict[str, list[Timed[Result]]] = {name: [] for name in ways}
    for way in ways.values():
        for item in before:
            way(item)
    for number, item in enumerate(items):
        for name in list(ways)[:: 1 if number % 2 == 0 else -1]:
            start = time.perf_counter()
            result = ways[name](item)
            done[name].append(Timed(time.perf_counter() - start, result))
    return done
