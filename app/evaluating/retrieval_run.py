"""A test set searched by the product's own index, leg by leg and fused; and the rankings as TREC run files.

Knows nothing of how well the legs do.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from app.errors import OutputError
from app.evaluating.dataset import Dataset, Query
from app.searching.embedding import Encoder
from app.searching.fusion import Leg, fuse
from app.searching.generation import Generation, Sources, open_generation, write_generation, writing
from app.searching.query import question_terms
from app.searching.retrieval import WEIGHTS, Retriever
from app.searching.views import search_text

FUSED, RERANKED = "fused", "reranked"
LEGS = ("dense", "words", "bigrams", FUSED)
# As deep as runs are kept: what TREC's are cut at for pools, and twice what is reported needs.
DEPTH = 100
# As many of the best as a cross-encoder reads: it takes as long for each as the encoder did.
RERANKED_DEPTH = 20

Progress = Callable[[Sequence[Query]], Iterable[Query]]


class Reranker(Protocol):
    """Reads a question and passages together."""

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """One for each text, higher is better."""


@dataclass(frozen=True, slots=True)
class Run:
    """One leg's rankings, one for each query in the set's order: ids of passages, best first, with falling scores."""

    leg: str
    rankings: Sequence[Sequence[tuple[str, float]]]


def index_dataset(dataset: Dataset, folder: Path, encoder: Encoder) -> Generation:
    """Index the set as any other reading, in `folder`. Raises OutputError if it cannot be written."""
    sources = Sources(dataset.reading.documents, {})
    with writing(folder):
        write_generation(folder, dataset.reading, (), sources, encoder, lambda texts, _: [encoder.encode_passages(list(texts))])
    return open_generation(folder, dataset.reading.documents)


def search_dataset(
    dataset: Dataset, generation: Generation, encoder: Encoder, legs: Sequence[str], progress: Progress
) -> tuple[list[Run], list[float]]:
    """Every query asked of every leg: the runs in the order of `legs`, and the seconds of each query."""
    retriever = Retriever(generation, encoder)
    encoder.encode_queries([query.text for query in dataset.queries])  # now, with its own progress; kept from here on
    ids = [passage.passage_id for passage in generation.reading.passages]
    rankings: dict[str, list[list[tuple[str, float]]]] = {leg: [] for leg in legs}
    seconds = []
    for query in progress(dataset.queries):
        retriever.legs([query.text], (), 1)  # its vector is known from here on
        start = time.perf_counter()
        terms = question_terms(generation.tokenizer.tokenize(query.text))
        found = retriever.legs([query.text], terms, DEPTH)
        fused = fuse(found, WEIGHTS)
        seconds.append(time.perf_counter() - start)
        for leg in legs:
            rankings[leg].append(_ranking(fused if leg == FUSED else found[leg], ids))
    return [Run(leg, ranked) for leg, ranked in rankings.items()], seconds


def rerank(dataset: Dataset, fused: Run, reranker: Reranker, progress: Progress) -> Run:
    """The fusion's best put in the reranker's order, with its scores; what lies below them is left out."""
    texts = {passage.passage_id: search_text(passage) for passage in dataset.reading.passages}
    rankings = []
    for query, ranking in zip(progress(dataset.queries), fused.rankings, strict=True):
        ids = [id for id, _ in ranking[:RERANKED_DEPTH]]
        scores = reranker.scores(query.text, [texts[id] for id in ids]) if ids else []
        rankings.append(_falling(sorted(zip(ids, scores, strict=True), key=lambda item: -item[1])))
    return Run(RERANKED, rankings)


def peak_memory() -> float:
    """The most that the process has held at once, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def write_run(path: Path, dataset: Dataset, run: Run) -> None:
    """Write `query Q0 passage rank score tag` lines. Raises OutputError."""
    lines = [
        f"{query.id} Q0 {passage} {rank} {score:.9g} shutten-{run.leg}\n"
        for query, ranking in zip(dataset.queries, run.rankings, strict=True)
        for rank, (passage, score) in enumerate(ranking, 1)
    ]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(lines), encoding="utf-8")
    except OSError as error:
        raise OutputError(
            "run_unwritable", f"{path} に書けません: {error.strerror}。別の場所を指定してください。 (cannot write)"
        ) from error


def _ranking(leg: Leg, ids: Sequence[str]) -> list[tuple[str, float]]:
    rows, scores = leg
    return _falling([(ids[row], score) for row, score in zip(rows[:DEPTH].tolist(), scores.tolist(), strict=False)])


def _falling(ranking: Iterable[tuple[str, float]]) -> list[tuple[str, float]]:
    """Scores made to fall strictly: who reads a run sorts by them, and breaks ties in ways of its own."""
    fallen = []
    last = np.float32(np.inf)
    for id, score in ranking:
        last = min(np.float32(score), np.nextafter(last, np.float32(-np.inf)))
        fallen.append((id, float(last)))
    return fallen
