"""Fits the refusal decision: a logistic model over the signs that speak for an answer, on labelled questions.

Pure numpy; knows nothing of how signs come about.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Pulls weights towards 0, so that signs that say the same share what they weigh; the intercept is left alone.
RIDGE = 0.002
_STEPS = 50


@dataclass(frozen=True, slots=True)
class Decision:
    """How a threshold divides labelled questions."""

    threshold: float
    refused_rightly: int
    refused: int
    to_be_refused: int
    answerable: int

    @property
    def lost(self) -> int:
        """Answerable questions that are refused."""
        return self.refused - self.refused_rightly


def fit(signs: Sequence[Sequence[float]], answerable: Sequence[bool]) -> tuple[float, ...]:
    """The weights of a ridge-penalised logistic regression, the first for the constant sign 1.

    By Newton's method on standardised signs (Bishop, Pattern Recognition and Machine Learning, 2006, section 4.3.3):
    w ← w − H⁻¹∇ with ∇ = Xᵀ(p − y)/n + 2λw and H = XᵀRX/n + 2λI. Raises ValueError for labels of one class.
    """
    x, y = np.asarray(signs, dtype=np.float64), np.asarray(answerable, dtype=np.float64)
    if y.min() == y.max():
        raise ValueError("labels of both classes are needed")
    mean, deviation = x[:, 1:].mean(axis=0), x[:, 1:].std(axis=0) + 1e-9
    standard = np.column_stack([np.ones(len(x)), (x[:, 1:] - mean) / deviation])
    penalty = 2 * RIDGE * np.diag([0.0, *np.ones(standard.shape[1] - 1)])
    weights = np.zeros(standard.shape[1])
    for _ in range(_STEPS):
        p = _logistic(standard @ weights)
        gradient = standard.T @ (p - y) / len(y) + penalty @ weights
        hessian = (standard * (p * (1 - p))[:, None]).T @ standard / len(y) + penalty
        weights = weights - np.linalg.solve(hessian, gradient)
    slopes = weights[1:] / deviation
    return (float(weights[0] - slopes @ mean), *map(float, slopes))


def decide(
    weights: Sequence[float], signs: Sequence[Sequence[float]], answerable: Sequence[bool], threshold: float
) -> Decision:
    """What refusing below `threshold` does to labelled questions."""
    refused = _logistic(np.asarray(signs) @ np.asarray(weights)) < threshold
    labels = np.asarray(answerable, dtype=bool)
    return Decision(
        threshold, int((refused & ~labels).sum()), int(refused.sum()), int((~labels).sum()), int(labels.sum())
    )


def _logistic(x: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(1 / (1 + np.exp(-x)))
