"""The product beside the baseline: the encoder, a warm question, a start, the memory of a served page, many at once."""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from app.answering.assistant import Assistant
from app.assembly import open_assistant, open_library
from app.benchmarking import askers, ceiling, processes, workload
from app.benchmarking.baseline import Baseline
from app.benchmarking.conditions import ONE_THREAD
from app.benchmarking.figure import Figure, Goal
from app.benchmarking.reference_model import reference_folder
from app.benchmarking.timing import Timed, alternate
from app.config import Settings
from app.searching.embedding import Encoder, SmallEncoder, Vectors
from app.searching.subwords import Subwords
from app.searching.views import search_text
from app.searching.weights import open_weights

_QUESTION, _PASSAGE = 20, 180  # subwords
_FASTER_QUESTION, _FASTER_PASSAGES = 5, 4  # than B, to reach
_BATCH = 8  # passages encoded at a time
_WARM = 6  # answers, for each start of a process
_SERVED, _ASKED = 3, 10  # how often the page is served at most, and how many questions it is asked
_MB = 1e6


class TimedEncoder:
    """An encoder, and the seconds spent in it."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.fingerprint = encoder.fingerprint
        self.seconds, self.calls = 0.0, 0

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """See Encoder."""
        return self._timed(self._encoder.encode_queries, texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """See Encoder."""
        return self._timed(self._encoder.encode_passages, texts)

    def _timed(self, encode: Callable[[Sequence[str]], Vectors], texts: Sequence[str]) -> Vectors:
        start = time.perf_counter()
        vectors = encode(texts)
        self.seconds += time.perf_counter() - start
        self.calls += 1
        return vectors


def compare(settings: Settings, questions: Sequence[str], number: int) -> Iterator[Figure]:
    """Every figure, as soon as it is there, of the settings' corpus and sample questions; `number` scales the repeats.

    Uses an index of its own. Raises ShuttenError.
    """
    model = reference_folder()
    with TemporaryDirectory() as folder:
        settings = replace(settings, index=Path(folder) / "index", feedback=Path(folder) / "feedback.sqlite3")
        other = Path(folder) / "baseline"
        # First, while this process holds little memory: see `processes.run`.
        environment = {**os.environ, **ONE_THREAD}
        yield from _whole_processes(settings, environment, model, other, questions, number)
        encoder = TimedEncoder(SmallEncoder())
        baseline = Baseline(model)
        baseline.open(other)
        text = "".join(document.text for document in open_library(settings).documents)
        yield from _encoding(encoder, baseline, questions, text, number)
        yield from _answering(open_assistant(settings, encoder=encoder), encoder, baseline, questions, number)
        yield from askers.in_one_process(settings, encoder, questions, number)
        yield from askers.over_http(settings, environment, questions, number)


def _whole_processes(
    settings: Settings, environment: Mapping[str, str], model: Path, index: Path, questions: Sequence[str], number: int
) -> Iterator[Figure]:
    other = [sys.executable, "-m", "app.benchmarking.baseline", str(model), str(index)]
    passages = [search_text(passage) for passage in open_library(settings).read().passages]
    processes.run(processes.app_command("index", settings), environment)
    processes.run(other, environment, json.dumps(passages))
    done = alternate(
        {
            "ours": lambda question: processes.run(processes.app_command("ask", settings, question), environment),
            "B": lambda question: processes.run([*other, question], environment),
        },
        workload.spread(questions, number),
    )  # what both need has been read and compiled just now, to build the indices
    imports = processes.seconds_of_imports(processes.app_command("ask", settings, questions[0]), environment)
    whole, whole_theirs = _seconds(done)
    yield Figure(
        "start of a process to its first answer", "s", whole, whole_theirs, Goal(1.5, 0.2),
        f"imports are some {imports:.1f} s of it; then the weights are checked and read, and the index opened.",
    )  # fmt: skip
    ours, theirs = ([item.result.peak / _MB for item in done[name]] for name in ("ours", "B"))
    yield Figure("memory of that process, at most", "MB", ours, theirs)
    serving = processes.app_command("chat", settings, "--feedback", str(settings.feedback))
    served = [processes.serve(serving, environment, workload.spread(questions, _ASKED)) for _ in range(min(number, _SERVED))]
    libraries = processes.run([sys.executable, "-c", "import app.serving.chat_page, app.serving.server"], environment)
    yield Figure(
        "memory of the served page, at most", "MB", [item.peak / _MB for item in served], theirs, Goal(650),
        f"the page's libraries hold {libraries.peak / _MB:.0f} MB by themselves. B answers one question, without a page.",
    )  # fmt: skip
    yield Figure("start of the server to a page that can be opened", "s", [item.seconds for item in served])


def _encoding(
    encoder: Encoder, baseline: Baseline, questions: Sequence[str], text: str, number: int
) -> Iterator[Figure]:
    weights = open_weights()
    subwords = Subwords(weights)
    most = ceiling.most_operations()

    def length(prompt: str, said: str) -> int:
        return len(subwords.ids(prompt + said)) + 2

    def reached(prompt: str, texts: Sequence[str], ours: Sequence[float], theirs: Sequence[float], times: float) -> str:
        tokens = round(statistics.mean(length(prompt, item) for item in texts))
        rate, wanted = (
            ceiling.operations(weights, tokens) / seconds
            for seconds in (statistics.median(ours), statistics.median(theirs) / times)
        )
        return (
            f"{rate / 1e9:.0f} thousand million operations a second (texts of {tokens} subwords), "
            f"{100 * rate / most:.0f} % of the {most / 1e9:.0f} that large 8-bit products, and nothing else, reach on this "
            f"core; {times:g} times as fast as B were {100 * wanted / most:.0f} %. "
            "Attention, normalisation and GELU are in float32, and a question has too few rows to fill such products."
        )

    asked = workload.nearest(questions, _QUESTION, partial(length, "query: "), 4 * number)
    ways: Mapping[str, Callable[[str], Any]] = {
        "ours": lambda item: encoder.encode_queries([item]),
        "B": lambda item: baseline.encode_queries([item]),
    }
    ours, theirs = _seconds(alternate(ways, asked, asked[:1]))
    yield Figure(
        f"encode a question of {_QUESTION} subwords", "ms", _ms(ours), _ms(theirs),
        Goal(ratio=1 / _FASTER_QUESTION), reached("query: ", asked, ours, theirs, _FASTER_QUESTION),
    )  # fmt: skip
    parts = workload.windows(text, _PASSAGE, partial(length, "passage: "), _BATCH)
    both: Mapping[str, Callable[[list[str]], Any]] = {"ours": encoder.encode_passages, "B": baseline.encode_passages}
    ours, theirs = ([spent / len(parts) for spent in spans] for spans in _seconds(alternate(both, [parts] * number, [parts])))
    yield Figure(
        f"encode passages of {_PASSAGE} subwords", "a second", [1 / spent for spent in ours], [1 / spent for spent in theirs],
        Goal(ratio=_FASTER_PASSAGES, more=True), reached("passage: ", parts, ours, theirs, _FASTER_PASSAGES),
    )  # fmt: skip


def _answering(
    assistant: Assistant, encoder: TimedEncoder, baseline: Baseline, questions: Sequence[str], number: int
) -> Iterator[Figure]:
    def ask(question: str) -> tuple[float, int]:
        encoder.seconds, encoder.calls = 0.0, 0
        assistant.ask(question)
        return encoder.seconds, encoder.calls

    def theirs(question: str) -> tuple[float, int]:
        baseline.answer(question)
        return 0.0, 0

    # Half of them are asked before, so that the process is warm; none twice, for a question's vector is kept.
    asked = workload.spread(list(dict.fromkeys(questions)), 2 * _WARM * number)
    done = alternate({"ours": ask, "B": theirs}, asked[1::2], asked[::2])
    whole, baselines = _seconds(done)
    encoding, calls = zip(*(item.result for item in done["ours"]), strict=True)
    rest = [spent - within for spent, within in zip(whole, encoding, strict=True)]
    yield Figure("question to answer, warm", "ms", _ms(whole), _ms(baselines))
    yield Figure(
        "– of which the encoder", "ms", _ms(encoding), limit=f"it runs {statistics.mean(calls):.1f} times a question, 3 at most."
    )
    yield Figure(
        "– less the encoder", "ms", _ms(rest), goal=Goal(5), limit="Python: cutting words, planning, refusing, composing."
    )


def _seconds(done: Mapping[str, Sequence[Timed[Any]]]) -> tuple[list[float], ...]:
    return tuple([item.seconds for item in items] for items in done.values())


def _ms(seconds: Sequence[float]) -> list[float]:
    return [1000 * item for item in seconds]
