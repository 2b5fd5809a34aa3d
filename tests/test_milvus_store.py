"""Milvus gives what the embedded index gives: held against it on the corpus's own questions, on a real gRPC server.

The server is milvus-lite's, started here on a free port of the loopback address.
"""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

pytest.importorskip("pymilvus", reason="pymilvus is not installed: pip install -r requirements-milvus.txt")
pytest.importorskip("milvus_lite", reason="milvus-lite is not installed: pip install -r requirements-milvus.txt")

from app.__main__ import cli
from app.answering.assistant import Assistant
from app.assembly import build_index, open_encoder, open_index, open_library
from app.config import Settings
from app.errors import EngineError, IndexForeignError, InputError
from app.schema import Mention, Term
from app.searching import milvus_server, milvus_store
from app.searching.dense_index import DenseIndex
from app.searching.fusion import Leg, fuse
from app.searching.generation import Generation
from app.searching.lexical_index import LexicalIndex, bigram_terms
from app.searching.milvus_server import LEGS, MilvusServer, collection, connect
from app.searching.milvus_store import MilvusStore, runs
from app.searching.query import question_terms
from app.searching.retrieval import CANDIDATES, WEIGHTS
from app.searching.store import EmbeddedStore, Found
from tests.conftest import ROOT
from tests.test_generation import CountingEncoder, current

QUESTIONS = 500
TOP = 10
_STARTED = 30.0  # seconds within which a server has to answer


class LiteServer:
    """A server with its data in a folder."""

    def __init__(self, folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self.address = f"milvus://127.0.0.1:{port}"
        command = "from milvus_lite.cmdline import main; main()"
        self.process = subprocess.Popen(
            [sys.executable, "-c", command, "server", "--host", "127.0.0.1", "--port", str(port), "--data-dir", str(folder)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        until = time.monotonic() + _STARTED
        while True:
            assert self.process.poll() is None and time.monotonic() < until, "the server did not start"
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.1)

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiteServer]:
    started = LiteServer(tmp_path_factory.mktemp("milvus"))
    yield started
    started.stop()


@pytest.fixture(scope="module")
def embedded(built: Settings) -> Generation:
    return open_index(built, open_library(built), open_encoder(built.model))


@pytest.fixture(scope="module")
def in_milvus(built: Settings, server: LiteServer, tmp_path_factory: pytest.TempPathFactory) -> Generation:
    """The shipped corpus, indexed into the server by the default model."""
    asked = Settings(built.corpus, tmp_path_factory.mktemp("there") / "index", store=server.address)
    return open_index(asked, open_library(asked), open_encoder(asked.model))


def assert_same_leg(found: Leg, expected: Leg, off: float = 0.0) -> None:
    """The same scores, and the same rows but for those whose scores are no further apart than `off`."""
    np.testing.assert_allclose(found[1], expected[1], rtol=0, atol=off)
    for i in np.flatnonzero(found[0] != expected[0]).tolist():
        places = np.flatnonzero(np.abs(expected[1] - expected[1][i]) <= off)
        # the last place may be one of several equals, of which only some were returned
        assert off and (len(places) > 1 or i == len(expected[0]) - 1), f"row {found[0][i]} instead of {expected[0][i]}"


def assert_same(found: Found, expected: Found) -> None:
    assert found.legs.keys() == expected.legs.keys()
    for leg, (rows, scores) in expected.legs.items():
        assert_same_leg(found.legs[leg], (rows, scores), 1e-6 if leg == "dense" else 0.0)
    np.testing.assert_array_equal(found.coverage[0], expected.coverage[0])
    np.testing.assert_array_equal(found.coverage[1], expected.coverage[1])


def questions() -> list[str]:
    lines = [
        json.loads(line)["question"]
        for name in ("zones.jsonl", "development.jsonl")
        for line in (ROOT / "corpus" / "questions" / name).read_text(encoding="utf-8").splitlines()
    ]
    unique = list(dict.fromkeys(lines))
    assert len(unique) >= QUESTIONS
    return unique[:: len(unique) // QUESTIONS][:QUESTIONS]


# ── The same ────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_same_ten_on_five_hundred_questions(
    assistant: Assistant, built: Settings, embedded: Generation, in_milvus: Generation
) -> None:
    assert isinstance(embedded.store, EmbeddedStore) and isinstance(in_milvus.store, MilvusStore)
    asked = questions()
    vectors = open_encoder(built.model).encode_queries(asked)
    with_alternatives = 0
    for question, vector in zip(asked, vectors, strict=True):
        terms = assistant._planner.plan(question).terms or question_terms(embedded.tokenizer.tokenize(question))
        with_alternatives += any(len(term.alternatives) > 1 or len(term.alternatives[0]) > 1 for term in terms)
        for k in (1, CANDIDATES):
            arguments = (vector, terms, bigram_terms(question), k)
            found, expected = in_milvus.store.search(*arguments), embedded.store.search(*arguments)
            assert_same(found, expected)
        fused, wanted = fuse(found.legs, WEIGHTS), fuse(expected.legs, WEIGHTS)
        assert_same_leg((fused[0][:TOP], fused[1][:TOP]), (wanted[0][:TOP], wanted[1][:TOP]), 1e-4)
        for term in terms:
            np.testing.assert_array_equal(in_milvus.store.holding(term), embedded.store.holding(term))
    assert with_alternatives >= 50, "too few terms have alternatives: the words leg is not put to the test"


def test_a_filter_is_exact(embedded: Generation, in_milvus: Generation) -> None:
    rng = np.random.default_rng(6)
    passages = len(embedded.reading.passages)
    zones = {passage.zone for passage in embedded.reading.passages}
    masks = [np.array([passage.zone == zone for passage in embedded.reading.passages]) for zone in sorted(map(str, zones))]
    masks += [rng.random(passages) < share for share in (0.0, 0.02, 0.5, 1.0)]
    for question in questions()[::100]:
        vector = open_encoder("e5-small").encode_queries([question])[0]
        terms = question_terms(embedded.tokenizer.tokenize(question))
        for mask in masks:
            arguments = (vector, terms, bigram_terms(question), TOP, mask)
            found = in_milvus.store.search(*arguments)
            assert all(mask[rows].all() for rows, _ in found.legs.values())
            assert_same(found, embedded.store.search(*arguments))


WORDS = "abcdef"
texts_of_words = st.lists(st.text(WORDS, max_size=6).map(list), min_size=1, max_size=12)
alternatives = st.lists(st.text(WORDS + "x", min_size=1, max_size=3).map(tuple), min_size=1, max_size=3).map(tuple)
some_terms = st.lists(st.builds(Term, st.just(Mention("", 0, 0)), alternatives, st.sampled_from([1.0, 0.5, 0.3])), max_size=4)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=texts_of_words, terms=some_terms, k=st.integers(1, 5), pairs=st.text(WORDS + "x", max_size=6))
def test_any_words_and_alternatives(
    server: LiteServer, tmp_path_factory: pytest.TempPathFactory, texts: list[list[str]], terms: list[Term], k: int, pairs: str
) -> None:
    expected = embedded_of(texts)
    store = milvus_of(texts, server.address, tmp_path_factory.mktemp("own"), "any")
    vector = np.array([0.6, 0.8], dtype=np.float32)
    assert_same(store.search(vector, terms, list(pairs), k), expected.search(vector, terms, list(pairs), k))
    for term in terms:
        np.testing.assert_array_equal(store.holding(term), expected.holding(term))


def test_a_thousand_passages_and_no_more_fetched_than_needed(server: LiteServer, tmp_path: Path) -> None:
    rng = np.random.default_rng(7)
    words = [f"w{i}" for i in range(200)]
    odds = 1 / np.arange(1, 201)
    texts = [rng.choice(words, size=rng.integers(3, 30), p=odds / odds.sum()).tolist() for _ in range(1000)]
    store, expected = milvus_of(texts, server.address, tmp_path, "thousand"), embedded_of(texts)
    vector = np.array([0.6, 0.8], dtype=np.float32)
    for _ in range(40):
        ways = [tuple(tuple(rng.choice(words, size=rng.integers(1, 4)).tolist()) for _ in range(rng.integers(1, 4))) for _ in range(3)]
        terms = [Term(Mention("", 0, 0), way, weight) for way, weight in zip(ways, (1.0, 0.5, 0.7), strict=True)]
        arguments = (vector, terms, ways[0][0], TOP)
        assert_same(store.search(*arguments), expected.search(*arguments))


def embedded_of(texts: Sequence[Sequence[str]]) -> EmbeddedStore:
    """Two vectors for each passage, all of different cosines, and one index of its words."""
    angles = np.linspace(0.1, 1.4, 2 * len(texts))
    vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    words = LexicalIndex.build(texts)
    return EmbeddedStore(DenseIndex.build(vectors, [i // 2 for i in range(len(vectors))]), words, words)


def milvus_of(texts: Sequence[Sequence[str]], address: str, folder: Path, name: str) -> MilvusStore:
    server, index = MilvusServer(address), embedded_of(texts)
    for leg in LEGS:
        connect(address)("drop_collection", collection(name, leg))
    server.describe(folder, index)
    server.upload(name, index)
    return MilvusStore(address, name, folder)


# ── Blue and green ──────────────────────────────────────────────────────────────────────────────────────────


def indexed(asked: Settings, *, rebuild: bool = False) -> Generation:
    encoder = CountingEncoder()
    build_index(asked, open_library(asked), encoder, rebuild=rebuild)
    return open_index(asked, open_library(asked), encoder)


@pytest.fixture
def own(built: Settings, server: LiteServer, tmp_path: Path) -> Settings:
    """A corpus of this test's own, to be indexed into the server."""
    shutil.copytree(built.corpus, tmp_path / "corpus")
    return Settings(tmp_path / "corpus", tmp_path / "index", store=server.address)


def answers(generation: Generation) -> list[tuple[int, ...]]:
    vector = CountingEncoder().encode_queries(["上海"])[0]
    return [tuple(rows.tolist()) for rows, _ in generation.store.search(vector, (), ["上海"], TOP).legs.values()]


def test_the_old_generation_answers_until_and_after_the_new_one_is_current(own: Settings, server: LiteServer) -> None:
    call = connect(server.address)
    document = own.corpus / "shanghai-ftz-linkage-zones.txt"
    opened, said = [indexed(own)], []
    said.append(answers(opened[0]))
    for line in ("追記一。上海。", "追記二。上海。"):
        with document.open("a", encoding="utf-8") as file:
            file.write(line)
        opened.append(indexed(own))
        said.append(answers(opened[-1]))
        assert answers(opened[-2]) == said[-2], "two generations are kept"
        for leg in LEGS:
            assert call("describe_alias", f"shutten_current_{leg}")["collection_name"] == collection(opened[-1].hash, leg)
    there = {(generation.hash, leg) for generation in opened for leg in LEGS if call("has_collection", collection(generation.hash, leg))}
    assert there == {(generation.hash, leg) for generation in opened[1:] for leg in LEGS}
    with pytest.raises(EngineError, match=collection(opened[0].hash, "dense")):
        answers(opened[0])


def test_nothing_is_uploaded_twice_and_what_is_missing_is_mended(own: Settings, server: LiteServer) -> None:
    call = connect(server.address)
    first = indexed(own)
    name = collection(first.hash, "words")
    call("delete", name, filter="id < 3")
    with pytest.raises(EngineError, match="--rebuild --store") as raised:
        indexed(own)
    assert (raised.value.code, raised.value.exit_code) == ("store_incomplete", 3)
    assert answers(indexed(own, rebuild=True)) == answers(first)
    call("drop_alias", "shutten_current_words")
    call("drop_collection", name)
    with pytest.raises(EngineError, match=name):
        indexed(own)
    assert indexed(own, rebuild=True).hash == first.hash


# ── What goes wrong ─────────────────────────────────────────────────────────────────────────────────────────


def test_an_index_in_another_store_is_not_opened(own: Settings) -> None:
    files = Settings(own.corpus, own.index)
    indexed(own)
    with pytest.raises(IndexForeignError, match=own.store) as raised:
        indexed(files)
    assert (raised.value.code, raised.value.exit_code) == ("index_other_store", 3)
    indexed(files, rebuild=True)
    assert "store" not in json.loads((current(files) / "manifest.json").read_text(encoding="utf-8"))
    with pytest.raises(IndexForeignError, match=f"--rebuild --store {own.store}"):
        indexed(own)


def test_a_server_that_is_not_there(own: Settings, tmp_path: Path) -> None:
    gone = LiteServer(tmp_path / "gone")
    asked = Settings(own.corpus, own.index, store=gone.address)
    gone.stop()
    options = ["--corpus", str(asked.corpus), "--index", str(asked.index), "--store", asked.store]
    for command in (["index"], ["ask", "上海とは？"]):
        done = CliRunner().invoke(cli, [*command, *options])
        assert done.exit_code == 3 and "[store_unreachable]" in done.stderr and "milvus-lite server" in done.stderr
        assert not done.stdout
    assert not (asked.index / "CURRENT").exists()


def test_a_server_that_stops(own: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(milvus_server, "_TIMEOUT", 2.0)
    mortal = LiteServer(tmp_path / "mortal")
    generation = indexed(Settings(own.corpus, own.index, store=mortal.address))
    assert any(answers(generation))
    mortal.stop()
    with pytest.raises(EngineError) as raised:
        answers(generation)
    assert raised.value.code == "store_unreachable"


@pytest.mark.parametrize("address", ["milvus://", "http://localhost:1", "milvus://host", "milvus://host:port", "x"])
def test_an_address_of_another_form(address: str) -> None:
    with pytest.raises(InputError, match="milvus://host:port"):
        connect(address)


def test_without_pymilvus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pymilvus", None)
    with pytest.raises(EngineError, match=r"pip install -r requirements-milvus\.txt") as raised:
        connect("milvus://127.0.0.1:1")
    assert raised.value.code == "store_not_installed"


def test_more_than_milvus_returns_is_never_cut(
    server: LiteServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = milvus_of([["a"]] * 8, server.address, tmp_path, "many")
    term = Term(Mention("", 0, 0), (("a",),))
    assert store.holding(term).tolist() == list(range(8))
    monkeypatch.setattr(milvus_store, "LIMIT", 8)
    with pytest.raises(EngineError, match="leave --store out"):
        store.holding(term)
    with pytest.raises(EngineError, match="leave --store out"):
        store.search(np.array([1, 0], dtype=np.float32), [term], [], 3)


def test_runs_of_rows() -> None:
    assert runs(np.array([False, True, True, False, True])) == "(row >= 1 and row <= 2) or (row >= 4 and row <= 4)"
    assert runs(np.array([True, True])) == "(row >= 0 and row <= 1)"
