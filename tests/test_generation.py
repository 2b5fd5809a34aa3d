"""The index on disk: whole or not there, every byte verified, and the old one answering until the new one is complete.

A deterministic encoder keeps it fast; the engine itself is needed for none of this.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from app.__main__ import cli
from app.assembly import build_index, open_index, open_library
from app.config import Settings
from app.errors import IndexDamagedError, IndexForeignError, OutputError
from app.searching import generation
from app.searching.embedding import Vectors
from app.searching.generation import Generation, is_current, open_generation
from app.searching.lexical_index import bigram_terms, word_terms
from app.searching.store import EmbeddedStore
from app.searching.views import search_text
from tests.conftest import ROOT

# Every file of a generation of the shipped corpus; a test below holds this list against one.
LEG_FILES = ["data.csc.index.npy", "indices.csc.index.npy", "indptr.csc.index.npy", "params.index.json"]
FILES = [
    "CURRENT",
    "manifest.json",
    "facts.jsonl",
    "names.dic",
    "passages.jsonl",
    "vectors/index.faiss",
    "vectors/rows.npy",
    "zones.jsonl",
    *(f"{leg}/{name}" for leg in ("words", "bigrams") for name in [*LEG_FILES, "vocab.index.json"]),
]


class CountingEncoder:
    """A text's vector: how often each of 256 classes of its characters occurs."""

    fingerprint = "counting"

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        counts = [np.bincount([ord(c) % 256 for c in text + "\n"], minlength=256) for text in texts]
        rows = np.array(counts, dtype=np.float32)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    encode_queries = encode_passages


class OtherEncoder(CountingEncoder):
    fingerprint = "counting/2"


def build(settings: Settings, *, rebuild: bool = False, encoder: CountingEncoder | None = None) -> bool:
    return build_index(settings, open_library(settings), encoder or CountingEncoder(), rebuild=rebuild)


def opened(settings: Settings, encoder: CountingEncoder | None = None) -> Generation:
    return open_index(settings, open_library(settings), encoder or CountingEncoder())


def current(settings: Settings) -> Path:
    return settings.index / (settings.index / "CURRENT").read_text().strip()


def snapshot(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != ".lock")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pristine")
    shutil.copytree(ROOT / "corpus", folder / "corpus")
    build(Settings(folder / "corpus", folder / "index"))
    return folder


@pytest.fixture
def settings(pristine: Path, tmp_path: Path) -> Settings:
    """A corpus and its index, of this test's own."""
    shutil.copytree(pristine, tmp_path / "own")
    return Settings(tmp_path / "own" / "corpus", tmp_path / "own" / "index")


def assert_rows_fit(found: Generation) -> None:
    """Row i of every leg is passage i: each passage's own text finds it before any other."""
    store = found.store
    assert isinstance(store, EmbeddedStore)
    for row, passage in enumerate(found.reading.passages):
        text = search_text(passage)
        rows, scores = store.dense.search(CountingEncoder().encode_queries([text])[0], len(found.reading.passages))
        assert sorted(rows.tolist()) == list(range(len(found.reading.passages)))
        assert rows[0] == row
        for leg, terms in ((store.words, word_terms(found.tokenizer.tokenize(text))), (store.bigrams, bigram_terms(text))):
            rows, scores = leg.search(terms, len(found.reading.passages))
            assert not terms or scores[rows.tolist().index(row)] == scores[0]


# ── Built and opened ────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_opened_is_what_was_read(settings: Settings) -> None:
    found, reading = opened(settings), open_library(settings).read()
    assert found.reading == reading
    assert found.hash == current(settings).name
    assert_rows_fit(found)


def test_a_generation_consists_of_the_files_that_are_tested(settings: Settings) -> None:
    names = {path.relative_to(current(settings)).as_posix() for path in current(settings).rglob("*") if path.is_file()}
    assert names | {"CURRENT"} == set(FILES)


def test_an_unchanged_corpus_is_not_touched(settings: Settings) -> None:
    before = {path: path.stat().st_mtime_ns for path in settings.index.rglob("*")}
    assert build(settings) is False
    assert {path: path.stat().st_mtime_ns for path in settings.index.rglob("*")} == before


def test_a_missing_index_is_built_even_where_its_parents_are_missing(settings: Settings, tmp_path: Path) -> None:
    elsewhere = Settings(settings.corpus, tmp_path / "a" / "b" / "index")
    assert is_current(elsewhere.index, open_library(elsewhere).sources(), "counting") is None
    assert build(elsewhere) is True
    assert is_current(elsewhere.index, open_library(elsewhere).sources(), "counting") is True


def change_document(corpus: Path) -> None:
    path = corpus / "shanghai-ftz-linkage-zones.txt"
    path.write_bytes(path.read_bytes().replace("約14平方".encode(), "約15平方".encode()))


def change_guide(corpus: Path) -> None:
    path = corpus / "shanghai-ftz-linkage-zones.toml"
    path.write_text(path.read_text(encoding="utf-8").replace('kind = "概要"', 'kind = "全体"'), encoding="utf-8")


def remove_guide(corpus: Path) -> None:
    (corpus / "shanghai-ftz-linkage-zones.toml").unlink()


def add_document(corpus: Path) -> None:
    (corpus / "another.txt").write_text("港は広い。", encoding="utf-8")


def rename_document(corpus: Path) -> None:
    for ending in (".txt", ".toml"):
        (corpus / f"shanghai-ftz-linkage-zones{ending}").rename(corpus / f"renamed{ending}")


@pytest.mark.parametrize("change", [change_document, change_guide, remove_guide, add_document, rename_document])
def test_a_change_is_refreshed(settings: Settings, change: Callable[[Path], None]) -> None:
    before = opened(settings)
    change(settings.corpus)
    after = opened(settings)
    assert after.hash != before.hash
    assert after.reading == open_library(settings).read() != before.reading
    assert build(settings) is False


@pytest.mark.parametrize("seed", ["1", "2"])
def test_the_same_corpus_gives_the_same_generation(settings: Settings, tmp_path: Path, seed: str) -> None:
    # In another process, where Python hashes strings in another way.
    program = "import sys; from tests.test_generation import *; build(Settings(Path(sys.argv[1]), Path(sys.argv[2])))"
    subprocess.run(
        [sys.executable, "-c", program, str(settings.corpus), str(tmp_path / "again")],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": seed},
        capture_output=True,
        check=True,
    )
    assert current(Settings(settings.corpus, tmp_path / "again")).name == current(settings).name
    assert snapshot(tmp_path / "again") == snapshot(settings.index)


def test_two_generations_are_kept(settings: Settings) -> None:
    names = [current(settings).name]
    document = settings.corpus / "shanghai-ftz-linkage-zones.txt"
    for line in ("追記一。", "追記二。", "追記三。"):
        with document.open("a", encoding="utf-8") as file:
            file.write(line)
        build(settings)
        names.append(current(settings).name)
        time.sleep(0.02)  # so that the folders' times differ
    assert len(set(names)) == 4
    kept = {path.name for path in settings.index.iterdir() if path.is_dir()}
    assert kept == set(names[-2:])


def test_going_back_to_an_earlier_document_goes_back_to_its_generation(settings: Settings) -> None:
    document = settings.corpus / "shanghai-ftz-linkage-zones.txt"
    original, first = document.read_bytes(), current(settings).name
    document.write_bytes(original + "追記。".encode())
    build(settings)
    document.write_bytes(original)
    assert (opened(settings).hash, current(settings).name) == (first, first)


# ── Damage ──────────────────────────────────────────────────────────────────────────────────────────────────


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1] if path.name != "CURRENT" else path.read_bytes()[:-2])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def remove(path: Path) -> None:
    path.unlink()


DAMAGES = [
    (name, damage) for name in FILES for damage in (flip, truncate, empty, remove) if (name, damage) != ("CURRENT", remove)
]


@pytest.mark.parametrize(("name", "damage"), DAMAGES, ids=lambda item: getattr(item, "__name__", item))
def test_every_damage_is_seen_named_and_left_alone(settings: Settings, name: str, damage: Callable[[Path], None]) -> None:
    path = settings.index / name if name == "CURRENT" else current(settings) / name
    damage(path)
    damaged = snapshot(settings.index)
    for _ in range(2):  # and not mended in secret by the first try
        with pytest.raises(IndexDamagedError, match="python -m app index --rebuild") as raised:
            opened(settings)
        assert (raised.value.code, raised.value.exit_code) == ("index_damaged", 3)
    assert snapshot(settings.index) == damaged


@pytest.mark.parametrize("name", FILES)
def test_rebuild_mends_each(settings: Settings, name: str) -> None:
    sound = snapshot(settings.index)
    flip(settings.index / name if name == "CURRENT" else current(settings) / name)
    assert build(settings, rebuild=True) is True
    assert opened(settings).reading == open_library(settings).read()
    assert sound.items() <= snapshot(settings.index).items()


def test_rebuilding_a_sound_index_leaves_no_moment_without_it(settings: Settings) -> None:
    before = current(settings).stat().st_ino
    assert build(settings, rebuild=True) is True
    assert current(settings).stat().st_ino == before


def test_a_file_that_does_not_belong_is_damage(settings: Settings) -> None:
    (current(settings) / "words" / "corpus.jsonl").write_text("{}")
    with pytest.raises(IndexDamagedError, match="--rebuild"):
        opened(settings)


@pytest.mark.parametrize("content", ["nowhere\n", "0" * 64 + "\n", "\n", "../own\n", "索引\n"])
def test_a_pointer_to_nowhere_is_damage(settings: Settings, content: str) -> None:
    (settings.index / "CURRENT").write_text(content, encoding="utf-8")
    with pytest.raises(IndexDamagedError, match="--rebuild"):
        opened(settings)
    build(settings, rebuild=True)
    assert opened(settings).reading == open_library(settings).read()


def test_the_command_line_says_how_to_mend_damage_and_mends_it(built: Settings, tmp_path: Path) -> None:
    shutil.copytree(built.index, tmp_path / "index")
    options = ["--corpus", str(built.corpus), "--index", str(tmp_path / "index")]
    flip(current(Settings(built.corpus, tmp_path / "index")) / "vectors" / "index.faiss")
    for command in (["ask", "虹口の面積は？"], ["index"]):
        done = CliRunner().invoke(cli, [*command, *options])
        assert (done.exit_code, done.stdout) == (3, "")
        assert "[index_damaged]" in done.stderr and "python -m app index --rebuild" in done.stderr
    assert CliRunner().invoke(cli, ["index", "--rebuild", *options]).exit_code == 0
    assert "約4平方キロメートル" in CliRunner().invoke(cli, ["ask", "虹口の面積は？", *options]).stdout


# ── Foreign ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("name", "value"), [("__version__", "0.0.0"), ("FORMAT", 0)])
def test_an_index_of_another_version_is_foreign(
    settings: Settings, name: str, value: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as older:
        older.setattr(generation, name, value)
        build(settings, rebuild=True)
        assert build(settings) is False
    before = snapshot(settings.index)
    with pytest.raises(IndexForeignError, match="python -m app index --rebuild") as raised:
        opened(settings)
    assert (raised.value.code, raised.value.exit_code) == ("index_other_version", 3)
    assert str(value) in raised.value.message
    assert snapshot(settings.index) == before
    build(settings, rebuild=True)
    assert opened(settings).reading == open_library(settings).read()


def test_an_index_of_another_model_is_foreign(settings: Settings) -> None:
    before = snapshot(settings.index)
    with pytest.raises(IndexForeignError, match=r"counting .*counting/2.*--model.*--index.*--rebuild") as raised:
        opened(settings, OtherEncoder())
    assert (raised.value.code, raised.value.exit_code) == ("index_other_model", 3)
    assert snapshot(settings.index) == before
    assert build(settings, rebuild=True, encoder=OtherEncoder()) is True
    assert opened(settings, OtherEncoder()).reading == open_library(settings).read()


# ── Writing ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_file_in_the_place_of_the_folder_cannot_be_written(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    for index in (tmp_path / "file", tmp_path / "file" / "index"):
        with pytest.raises(OutputError, match="--index") as raised:
            build(Settings(settings.corpus, index))
        assert (raised.value.code, raised.value.exit_code) == ("index_unwritable", 4)
    assert (tmp_path / "file").read_text() == "mine"


def test_a_full_disk_leaves_the_old_generation(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    before, hash = snapshot(settings.index), opened(settings).hash
    documents = open_library(settings).documents
    change_document(settings.corpus)

    def full(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(generation.os, "fsync", full)
        with pytest.raises(OutputError, match="No space left"):
            build(settings)
    assert snapshot(settings.index) == before
    assert open_generation(settings.index, documents).hash == hash


BUILDER = """
import sys
from pathlib import Path
from app.config import Settings
from tests.test_generation import build
settings = Settings(Path(sys.argv[1]), Path(sys.argv[2]))
document = settings.corpus / "shanghai-ftz-linkage-zones.txt"
texts = [document.read_bytes(), document.read_bytes() + "追記。".encode()]
print("ready", flush=True)
for turn in range(10_000):
    document.with_suffix(".new").write_bytes(texts[turn % 2])
    document.with_suffix(".new").replace(document)
    build(settings, rebuild=turn % 4 == 0)
"""


def test_killed_at_any_moment_an_index_is_never_broken(settings: Settings) -> None:
    remove_guide(settings.corpus)  # without names no dictionary is compiled: more of the time is writing
    build(settings)
    rng = random.Random(20)
    amid = 0
    for _ in range(10):
        with subprocess.Popen(
            [sys.executable, "-c", BUILDER, str(settings.corpus), str(settings.index)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ) as process:
            assert process.stdout is not None and process.stdout.readline() == b"ready\n"
            time.sleep(rng.uniform(0.02, 0.4))
            process.send_signal(signal.SIGKILL)
        amid += any(settings.index.glob(".building-*"))
        # What is current is whole: of the document as it is, or as it was before.
        manifest = json.loads((current(settings) / "manifest.json").read_text(encoding="utf-8"))
        found = open_generation(settings.index, open_library(settings).documents)
        assert_rows_fit(found)
        assert manifest["model"] == "counting"
    assert amid, "no kill came while a generation was being written: the test proves nothing"
    build(settings, rebuild=True)
    assert opened(settings).reading == open_library(settings).read()
    assert not any(settings.index.glob(".building-*")), "what a killed builder left is cleared away"


def test_two_builders_at_once_build_one_index(built: Settings, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "app", "index", "--corpus", str(built.corpus), "--index", str(tmp_path / "index")]
    both = [
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8")
        for _ in range(2)
    ]
    said = [process.communicate(timeout=60) for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert sorted("作成しました" in out for out, _ in said) == [False, True]
    assert len([path for path in (tmp_path / "index").iterdir() if path.is_dir()]) == 1
    library = open_library(built)
    assert open_generation(tmp_path / "index", library.documents).reading == library.read()
