"""What the encoder's 8 bits cost in what is found: test sets searched with its vectors and with float32's."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from app.benchmarking.figure import Figure, Goal
from app.evaluating.dataset import Dataset
from app.evaluating.retrieval_measures import MEASURES, estimate, measure
from app.evaluating.retrieval_run import FUSED, index_dataset, search_dataset
from app.searching.embedding import Encoder

_MEASURE = "nDCG@10"
_LEGS = ("dense", FUSED)
Progress = Callable[[Sequence[Any]], Any]


def quality_figures(dataset: Dataset, ours: Encoder, exact: Encoder, progress: Progress) -> list[Figure]:
    """For the dense leg and the fusion: points of nDCG@10 that are lost, with the loss's own interval."""
    found = {name: _measured(dataset, encoder, progress) for name, encoder in (("ours", ours), ("exact", exact))}
    figures = []
    for leg in _LEGS:
        lost = 100 * (found["exact"][leg] - found["ours"][leg])
        loss = estimate(lost[:, None])[0]
        values = {name: 100 * float(legs[leg].mean()) for name, legs in found.items()}
        figures.append(
            Figure(
                what=f"{_MEASURE} lost to float32, {dataset.name}, {leg}",
                unit="points",
                ours=[loss.value],
                goal=Goal(value=0.5),
                limit=f"{values['ours']:.2f} against {values['exact']:.2f}; interval of the loss [{loss.low:.2f}, {loss.high:.2f}], "
                f"{len(dataset.queries)} questions.",
            )
        )
    return figures


def _measured(dataset: Dataset, encoder: Encoder, progress: Progress) -> Mapping[str, Any]:
    with TemporaryDirectory() as folder:
        generation = index_dataset(dataset, Path(folder), encoder)
        runs, _ = search_dataset(dataset, generation, encoder, _LEGS, progress)
    return {run.leg: measure(run, dataset.queries)[:, MEASURES.index(_MEASURE)] for run in runs}
