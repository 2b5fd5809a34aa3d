"""One thing measured: the product's samples and the baseline's, what was to be reached, and what stands in the way."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Goal:
    """Bounds on a figure and on its ratio to the baseline's: upper ones, or lower ones where more is better."""

    value: float | None = None
    ratio: float | None = None
    more: bool = False

    def said(self, unit: str) -> str:
        """In words, '–' if there is none."""
        sign = "≥" if self.more else "≤"
        value = [] if self.value is None else [f"{sign} {self.value:g} {unit}"]
        ratio = [] if self.ratio is None else [f"{sign} {self.ratio:g} × B"]
        return ", ".join([*value, *ratio]) or "–"

    def reached(self, value: float, ratio: float | None) -> bool | None:
        """Whether all bounds are kept; None if there is none. A ratio that is bounded must have been measured."""
        pairs = [(value, self.value), (ratio, self.ratio)]
        kept = [
            found is not None and (found >= bound if self.more else found <= bound)
            for found, bound in pairs
            if bound is not None
        ]
        return all(kept) if kept else None


@dataclass(frozen=True, slots=True)
class Figure:
    """Samples in one unit; a figure is their median. Without a baseline's there is no ratio."""

    what: str
    unit: str
    ours: Sequence[float]
    baseline: Sequence[float] = ()
    goal: Goal = Goal()
    limit: str = ""

    def as_json(self) -> dict[str, Any]:
        """With medians, their ratio, and whether the goal is reached."""
        ours, baseline = _spread(self.ours), _spread(self.baseline) if self.baseline else None
        ratio = ours["median"] / baseline["median"] if baseline else None
        return {
            "what": self.what,
            "unit": self.unit,
            "ours": ours,
            "baseline": baseline,
            "ratio": ratio,
            "goal": self.goal.said(self.unit),
            "reached": self.goal.reached(ours["median"], ratio),
            "limit": self.limit,
        }


def _spread(samples: Sequence[float]) -> dict[str, float]:
    return {"median": statistics.median(samples), "least": min(samples), "most": max(samples), "n": len(samples)}
