"""One built index asked many questions: how long each leg takes, how much memory is held, how much of the exact is found."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from app.schema import Term
from app.searching.dense_index import Mask, Rows
from app.searching.embedding import Vectors
from app.searching.fusion import DENSE, Leg, fuse
from app.searching.generation import Generation, open_generation
from app.searching.lexical_index import LexicalIndex, best_places, bigram_terms
from app.searching.postings import Postings
from app.searching.query import question_terms
from app.searching.retrieval import CANDIDATES, WEIGHTS, Retriever
from app.searching.store import EmbeddedStore

TOP = 10
# The shares of the passages that a filter allows, and how many questions go through all vectors one after the other.
_SHARES, _THROUGH_ALL = (0.001, 0.01, 0.1, 0.5), 5
_CHUNK = 65_536


@dataclass(frozen=True, slots=True)
class Asked:
    """An index, what it was built from, the questions with their vectors, and which passages answer them.

    Those whose base, `bases[row]`, answers a question answer it too.
    """

    ROWS: ClassVar[str] = "rows.npy"
    VECTORS: ClassVar[str] = "vectors.f32"

    index: Path
    corpus: Path
    questions: Sequence[str]
    vectors: Vectors
    answering: Sequence[frozenset[int]]
    bases: NDArray[np.int64]


class _Given:
    """An encoder of questions whose vectors are known."""

    def __init__(self, asked: Asked) -> None:
        self._known = dict(zip(asked.questions, asked.vectors, strict=True))
        self.fingerprint = ""

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return np.stack([self._known[text] for text in texts])

    encode_passages = encode_queries


def ask(asked: Asked) -> dict[str, Any]:
    """Everything measured of one index; see the names. Seconds are of one question, bytes of this process."""
    start = time.perf_counter()
    generation = open_generation(asked.index, ())
    opening, opened = time.perf_counter() - start, _memory()
    assert isinstance(generation.store, EmbeddedStore)
    retriever = Retriever(generation, _Given(asked))
    terms = [question_terms(generation.tokenizer.tokenize(text)) for text in asked.questions]
    pairs = [bigram_terms(text) for text in asked.questions]
    numbers = range(len(asked.questions))
    first = _timed(lambda i: retriever.search([asked.questions[i]], terms[i], TOP), numbers)
    store = generation.store
    found: list[dict[str, Leg]] = [dict(retriever.legs([text], terms[i])) for i, text in enumerate(asked.questions)]
    seconds = {
        "tokenising": _timed(lambda i: generation.tokenizer.tokenize(asked.questions[i]), numbers),
        "dense": _timed(lambda i: store.dense.search(asked.vectors[i], CANDIDATES), numbers),
        "words": _timed(lambda i: store.words.find(terms[i], CANDIDATES), numbers),
        "bigrams": _timed(lambda i: store.bigrams.search(pairs[i], CANDIDATES), numbers),
        "fusion": _timed(lambda i: fuse(found[i], WEIGHTS), numbers),
        "fused": _timed(lambda i: retriever.search([asked.questions[i]], terms[i], TOP), numbers),
        "fused, asked first": first,
    }
    memory = {"opened": opened, "asked": _memory()}
    exact = _Exact(asked)
    return {
        "open": opening,
        "seconds": {name: _spread(times) for name, times in seconds.items()},
        "memory": memory,
        "found": _compared(asked, found, exact),
        "filtered": _filtered(asked, generation, terms, pairs, exact),
        "before": _before(asked, store, terms, pairs, found, exact),
    }


class _Exact:
    """Every vector gone through, in 32 bit."""

    def __init__(self, asked: Asked) -> None:
        dimension = asked.vectors.shape[1]
        self._rows = np.load(asked.corpus / Asked.ROWS)
        self._vectors = np.memmap(asked.corpus / Asked.VECTORS, np.float32, "r").reshape(-1, dimension)
        self._questions = asked.vectors
        # By passage, as long as there are few; a million's for all questions are 0.8 GB.
        self.scores = np.full((len(asked.bases), len(asked.vectors)), -np.inf, dtype=np.float32)
        for start in range(0, len(self._rows), _CHUNK):
            part = slice(start, start + _CHUNK)
            rows, first = np.unique(self._rows[part], return_index=True)
            best = np.maximum.reduceat(self._vectors[part] @ asked.vectors.T, first)
            self.scores[rows] = np.maximum(self.scores[rows], best)

    def leg(self, question: int, k: int, allowed: Mask | None = None) -> Leg:
        """The nearest passages."""
        scores = self.scores[:, question]
        if allowed is not None:
            scores = np.where(allowed, scores, np.float32(-np.inf))
        k = min(k, len(scores) if allowed is None else int(allowed.sum()))
        rows = np.flatnonzero(scores >= np.partition(scores, -k)[-k])
        rows = rows[np.lexsort((rows, -scores[rows]))][:k]
        return rows, scores[rows]

    def through_all(self, question: int) -> float:
        """The seconds that one question takes by itself."""
        start = time.perf_counter()
        for chunk in range(0, len(self._vectors), _CHUNK):
            self._vectors[chunk : chunk + _CHUNK] @ self._questions[question]
        return time.perf_counter() - start


def _compared(asked: Asked, found: Sequence[dict[str, Leg]], exact: _Exact) -> dict[str, float]:
    """What is found of the exact rankings' best, and how many questions' answers are among the best ten."""
    dense, deep, fused = [], [], []
    answered: list[float] = []
    answered_exactly: list[float] = []
    for number, legs in enumerate(found):
        nearest = exact.leg(number, CANDIDATES)
        ours, best = (fuse(some, WEIGHTS)[0][:TOP] for some in (legs, {**legs, DENSE: nearest}))
        dense.append(_share(legs[DENSE][0][:TOP], nearest[0][:TOP]))
        deep.append(_share(legs[DENSE][0], nearest[0]))
        fused.append(_share(ours, best))
        for rows, kept in ((ours, answered), (best, answered_exactly)):
            kept.append(float(not asked.answering[number].isdisjoint(asked.bases[rows].tolist())))
    return {
        "dense, of the exact ten": float(np.mean(dense)),
        "dense, of the exact hundred": float(np.mean(deep)),
        "fused, of the exact ten": float(np.mean(fused)),
        "answers among the ten": float(np.mean(answered)),
        "answers among the exact ten": float(np.mean(answered_exactly)),
    }


def _filtered(
    asked: Asked, generation: Generation, terms: Sequence[Sequence[Term]], pairs: Sequence[Sequence[str]], exact: _Exact
) -> list[dict[str, Any]]:
    """The same among some of the passages only, drawn by chance."""
    chance = np.random.default_rng(0)
    measured = []
    for share in _SHARES:
        allowed = chance.random(len(asked.bases)) < share
        if np.count_nonzero(allowed) < CANDIDATES:
            continue
        found: dict[int, Leg] = {}

        def search(i: int, allowed: Mask = allowed, found: dict[int, Leg] = found) -> None:
            found[i] = generation.store.search(asked.vectors[i], terms[i], pairs[i], CANDIDATES, allowed).legs[DENSE]

        times = _timed(search, range(len(asked.questions)))
        nearest = [exact.leg(i, CANDIDATES, allowed) for i in found]
        measured.append(
            {
                "share": share,
                "seconds": _spread(times),
                "dense, of the exact ten": float(np.mean([_share(found[i][0][:TOP], nearest[i][0][:TOP]) for i in found])),
            }
        )
    return measured


def _before(
    asked: Asked,
    store: EmbeddedStore,
    terms: Sequence[Sequence[Term]],
    pairs: Sequence[Sequence[str]],
    found: Sequence[dict[str, Leg]],
    exact: _Exact,
) -> dict[str, Any]:
    """The same without a shortcut: every vector, and every posting of every term; and whether the legs found the same."""
    words = [[word for term in some for (word,) in term.alternatives] for some in terms]
    seconds, same = {"dense": _spread([exact.through_all(i) for i in range(min(_THROUGH_ALL, len(terms)))])}, 0
    for leg, index, asked_for in (("words", store.words, words), ("bigrams", store.bigrams, pairs)):
        rows: dict[int, Rows] = {}

        def search(i: int, index: LexicalIndex = index, some: Sequence[Sequence[str]] = asked_for, rows: dict[int, Rows] = rows) -> None:
            rows[i] = _added_up(index.postings, some[i], CANDIDATES)

        seconds[leg] = _spread(_timed(search, range(len(asked.questions))))
        same += sum(rows[i].tolist() == found[i][leg][0].tolist() for i in rows)
    return {"seconds": seconds, "same rankings": same / (2 * len(asked.questions))}


def _added_up(postings: Postings, terms: Sequence[str], k: int) -> Rows:
    scores = np.zeros(postings.passages, dtype=np.float32)
    for number in map(postings.term, terms):
        if number is not None:
            rows, values = postings.of(number)
            scores[rows] += values
    return best_places(scores, k)


def _timed(work: Callable[[int], object], numbers: Sequence[int]) -> list[float]:
    seconds = []
    for number in numbers:
        start = time.perf_counter()
        work(number)
        seconds.append(time.perf_counter() - start)
    return seconds


def _spread(seconds: Sequence[float]) -> dict[str, float]:
    return {f"p{share}": float(np.percentile(seconds, share)) for share in (50, 95)}


def _share(found: Rows, wanted: Rows) -> float:
    return len(set(found.tolist()) & set(wanted.tolist())) / len(wanted)


def _memory() -> dict[str, int]:
    """The bytes of this process in memory: its own, and of files that it has mapped."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    held = {line.partition(":")[0]: int(line.split()[1]) * 1024 for line in lines if line.startswith("Rss")}
    return {"own": held["RssAnon"], "mapped": held["RssFile"]}
