"""What retrieval costs and finds as the passages grow: built by the product's own code, asked real questions.

Every size is asked in a process of its own, so that its memory is that of the index; the questions' vectors are given to
it, so that no time and no memory is the encoder's.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from app.benchmarking.asking import Asked, ask
from app.benchmarking.blending import Blends
from app.evaluating.dataset import Dataset, Query
from app.reading.guide import Guide
from app.reading.segmentation import segment
from app.reading.tokenization import Tokenizer
from app.schema import Document, Passage, Reading
from app.searching.embedding import Encoder, Vectors
from app.searching.generation import Sources, write_generation, writing
from app.searching.passages import StoredPassages
from app.searching.store import EmbeddedStore
from app.searching.views import embedded

# Texts that the real encoder is timed with.
_TIMED = 64


@dataclass(frozen=True, slots=True)
class Sample:
    """Real passages, those that answer a question first, and the questions, each with the rows of which any answers it."""

    passages: Sequence[Passage]
    questions: Sequence[str]
    answering: Sequence[frozenset[int]]


def draw(datasets: Sequence[Dataset], questions: int, whole: bool) -> Sample:
    """So many questions of each set, and all passages: as the product reads the sets' texts, or each text as a `whole`."""
    rows: dict[str, list[Passage]] = {}
    for passage in chain.from_iterable(item.reading.passages for item in datasets):
        read = segment(Document(passage.passage_id, passage.text, ""), Guide())[1]
        rows[passage.passage_id] = [passage] if whole else list(read)
    asked = [query for item in datasets for query in item.sample(questions).queries]
    golds = [[gold for id in query.relevant for gold in _answering(query, rows[id], whole)] for query in asked]
    ordered = dict.fromkeys(chain(chain.from_iterable(golds), chain.from_iterable(rows.values())))
    places = {passage: row for row, passage in enumerate(ordered)}
    return Sample(tuple(ordered), [query.text for query in asked], [frozenset(places[gold] for gold in some) for some in golds])


def measure(
    sample: Sample, sizes: Sequence[int], encoder: Encoder, cached: Encoder, folder: Path, progress: Callable[[str], None]
) -> Iterator[dict[str, Any]]:
    """Each size built in `folder`, asked, and cleared away. `encoder` is timed, `cached` gives its vectors."""
    tokenizer = Tokenizer()
    questions = cached.encode_queries(sample.questions)
    timed = [view for passage in sample.passages[:_TIMED] for view in embedded(passage)][:_TIMED]
    start = time.perf_counter()
    encoder.encode_passages(timed)
    a_view = (time.perf_counter() - start) / len(timed)
    for size in sizes:
        progress(f"{size}: blending")
        blends = Blends(sample.passages[:size], size, tokenizer, cached)
        corpus, index = folder / "corpus", folder / "index"
        corpus.mkdir(parents=True)
        StoredPassages.write(corpus, blends.passages())
        parts = _Parts(partial(_tell, progress, size))
        rows = _build(index, corpus, blends, encoder.fingerprint, parts)
        del parts.seconds["encoding"]  # of vectors that were made, not encoded
        asked = Asked(index, corpus, sample.questions, questions, sample.answering, blends.bases)
        del blends
        progress(f"{size}: questions")
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as alone:
            found = alone.submit(ask, asked).result()
        yield {
            "passages": size,
            "real": min(size, len(sample.passages)),
            "vectors": len(rows),
            "build": {**parts.seconds, "encoding, extrapolated": a_view * len(rows)},
            "bytes": _sizes(index),
            **found,
        }
        _clear(folder)


def _tell(progress: Callable[[str], None], size: int, part: str) -> None:
    progress(f"{size}: {part}")


class _Parts:
    """The seconds of each part of a build, of which the beginning is told."""

    def __init__(self, progress: Callable[[str], None]) -> None:
        self.seconds: dict[str, float] = {}
        self._progress = progress
        self._part, self._since = "", 0.0

    def began(self, part: str) -> None:
        now = time.perf_counter()
        if self._part:
            self.seconds[self._part] = now - self._since
        self._part, self._since = part, now
        if part:
            self._progress(part)


def _build(index: Path, corpus: Path, blends: Blends, fingerprint: str, parts: _Parts) -> np.ndarray:
    """Write a generation of the passages in `corpus`, and their vectors and these vectors' rows beside them."""
    passages = StoredPassages(corpus)
    views = [len(embedded(passage)) for passage in passages]
    rows = np.repeat(np.arange(len(views)), views)
    np.save(corpus / Asked.ROWS, rows)

    def encode(_: Iterable[str], total: int) -> Iterator[Vectors]:
        with (corpus / Asked.VECTORS).open("wb") as file:
            for vectors in blends.vectors(views):
                file.write(np.ascontiguousarray(vectors).data)
                yield vectors

    reading = Reading((), (), passages, ())
    with writing(index):
        write_generation(index, reading, (), Sources((), {}), _Named(fingerprint), encode, parts.began)
    parts.began("")
    return rows


class _Named:
    """An encoder that none is needed of."""

    def __init__(self, fingerprint: str) -> None:
        self.fingerprint = fingerprint

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        raise NotImplementedError

    encode_passages = encode_queries


def _answering(query: Query, passages: Sequence[Passage], whole: bool) -> list[Passage]:
    if whole or not query.spans:
        return list(passages)
    return [item for item in passages if any(item.start < end and start < item.end for start, end in query.spans)]


def _sizes(index: Path) -> dict[str, int]:
    """The bytes of each part of the only generation."""
    (generation,) = (path for path in index.iterdir() if path.is_dir())
    parts = {name: generation / name for name in (EmbeddedStore.VECTORS, EmbeddedStore.WORDS, EmbeddedStore.BIGRAMS)}
    sizes = {name: sum(path.stat().st_size for path in part.iterdir()) for name, part in parts.items()}
    exact = parts[EmbeddedStore.VECTORS] / "exact.f32"
    with suppress(FileNotFoundError):
        sizes["vectors, exact"] = exact.stat().st_size
        sizes[EmbeddedStore.VECTORS] -= sizes["vectors, exact"]
    sizes["passages"] = sum(path.stat().st_size for path in generation.glob("passages.*"))
    return sizes


def _clear(folder: Path) -> None:
    import shutil

    for path in folder.iterdir():
        shutil.rmtree(path)
