"""Eight who ask at once: how many answers they get of one assistant in one process, how long each waits, and over HTTP."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial

import numpy as np

from app.assembly import open_assistant
from app.benchmarking import processes, workload
from app.benchmarking.figure import Figure, Goal
from app.benchmarking.timing import alternate
from app.config import Settings
from app.searching.embedding import Encoder, Vectors

_ASKERS, _WORKERS = 8, "2"
_ROUND = 100  # questions, asked by all together; a p99 of fewer were the longest


@dataclass(frozen=True, slots=True)
class Round:
    """Questions that were asked: the seconds that each took, all together, and this process of all processors meanwhile."""

    each: Sequence[float]
    whole: float
    used: float

    @property
    def tail(self) -> float:
        """p99 of an answer's time, as a multiple of p50."""
        return self.time(99) / self.time(50)

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.each) / self.whole

    def time(self, percent: float) -> float:
        """A percentile of an answer's time, in seconds."""
        return float(np.percentile(self.each, percent))


class NotingEncoder:
    """An encoder that notes what it has encoded; from several threads, too."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.fingerprint = encoder.fingerprint
        self.noted: list[Sequence[str]] = []

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """See Encoder."""
        self.noted.append(texts)
        return self._encoder.encode_queries(texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """See Encoder."""
        return self._encoder.encode_passages(texts)

    def alone(self) -> float:
        """The seconds that it takes for the noted questions with nobody else asking, on this thread; forgets them."""
        noted, self.noted = self.noted, []
        start = time.perf_counter()
        for texts in noted:
            self._encoder.encode_queries(texts)
        return time.perf_counter() - start


def asked_at_once(ask: Callable[[str], object], questions: Sequence[str]) -> Round:
    """Ask eight at a time, until all are asked."""

    def timed(question: str) -> float:
        start = time.perf_counter()
        ask(question)
        return time.perf_counter() - start

    with ThreadPoolExecutor(_ASKERS) as threads:
        start, used = time.perf_counter(), time.process_time()
        each = list(threads.map(timed, questions))
        return Round(each, time.perf_counter() - start, time.process_time() - used)


def in_one_process(settings: Settings, encoder: Encoder, questions: Sequence[str], number: int) -> Iterator[Figure]:
    """One warm assistant, beside its encoder: in turns, and never the same question, for a question's vector is kept.

    The encoder's ceiling is as many answers as it could give if it did nothing but what it did for these, on one thread
    with nobody else asking.
    """
    noting = NotingEncoder(encoder)
    assistant = open_assistant(settings, encoder=noting)
    measured = [(asked_at_once(assistant.ask, some), noting.alone()) for some in rounds(questions, number)]
    asked, alone = zip(*measured[1:], strict=True)  # the first has made everything warm
    rate, used, p50, p99 = (
        statistics.median(each)
        for each in zip(*((one.rate, one.used / one.whole, one.time(50), one.time(99)) for one in asked), strict=True)
    )
    ceiling = statistics.median(len(one.each) / spent for one, spent in zip(asked, alone, strict=True))
    yield Figure(
        f"{_ASKERS} askers at once: answers in total", "× the encoder",
        [spent / one.whole for one, spent in zip(asked, alone, strict=True)], goal=Goal(0.9, more=True),
        limit=f"{rate:.0f} answers a second; the encoder alone, on one thread, could give {ceiling:.0f}. {used:.1f} of "
        f"{os.cpu_count()} cores were used: encoding leaves the interpreter to others, Python is for one thread at a time.",
    )  # fmt: skip
    yield Figure(
        "– p99 of an answer's time", "× its p50", [one.tail for one in asked], goal=Goal(5),
        limit=f"{1000 * p50:.0f} ms and {1000 * p99:.0f} ms: {_ASKERS} share the cores, and a question is encoded up to three times.",
    )  # fmt: skip


def over_http(settings: Settings, environment: Mapping[str, str], questions: Sequence[str], number: int) -> Iterator[Figure]:
    """The same asked of `chat` and of `chat --workers 2`, in turns; who asks shares the cores with them."""
    first, *others = rounds(questions, number)
    ways: dict[str, Callable[[list[str]], Round]] = {}
    with ExitStack() as running:
        for workers in ("1", _WORKERS):
            command = processes.app_command("chat", settings, "--workers", workers, "--feedback", str(settings.feedback))
            server = running.enter_context(processes.served(command, environment))
            ways[workers] = partial(asked_at_once, partial(_post, server.url))
        done = alternate(ways, others, [first])
    for workers, timed in done.items():
        p50, p99 = (1000 * statistics.median(item.result.time(percent) for item in timed) for percent in (50, 99))
        yield Figure(
            f"{_ASKERS} askers over HTTP, chat --workers {workers}: answers", "a second", [item.result.rate for item in timed],
            limit=f"an answer takes {p50:.0f} ms (p50), {p99:.0f} ms (p99).",
        )  # fmt: skip


def rounds(questions: Sequence[str], number: int) -> list[list[str]]:
    """A round of questions to get warm with, and so many more, no question twice; fewer if there are not so many."""
    different = list(dict.fromkeys(questions))
    count = max(2, min(1 + number, len(different) // _ROUND))
    some = workload.spread(different, count * _ROUND)
    return [some[place::count] for place in range(count)]


def _post(url: str, question: str) -> None:
    processes.post(url + "v1/ask", {"question": question})
