"""A running `python -m app chat` takes a new index over: real processes, the real model, a copy of the corpus."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any
from urllib.request import Request, urlopen

import pytest

from app.answering.assistant import Assistant
from app.assembly import build_index, newer_edition, open_assistant, open_edition, open_encoder, open_library
from app.config import Settings
from app.errors import IndexForeignError
from app.searching.embedding import Encoder
from tests.browsing import ask, expect_active, highlighted, opened

ROOT = Path(__file__).parent.parent
DOCUMENT = "shanghai-ftz-linkage-zones.txt"
SIZE = "虹口の面積は？"
QUESTIONS = [SIZE, "楊浦の面積は？", "面積の合計は？", "臨時仲裁はどの区？"]
OLD, NEW, NEWER = "総面積は約4平方", "総面積は約1234平方", "総面積は約77平方"
PATIENCE = 30.0  # seconds; it takes one or two
FIRST_PAGE = 60_000.0  # milliseconds; a process that has just started takes one or two seconds, more on a busy machine

Json = dict[str, Any]


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return open_encoder(Settings().model)


@pytest.fixture
def settings(built: Settings, tmp_path: Path) -> Settings:
    shutil.copytree(built.corpus, tmp_path / "corpus", ignore=shutil.ignore_patterns("questions"))
    shutil.copytree(built.index, tmp_path / "index")
    return Settings(tmp_path / "corpus", tmp_path / "index")


def change(settings: Settings, old: str, new: str) -> None:
    document = settings.corpus / DOCUMENT
    text = document.read_bytes().decode()
    assert text.count(old) == 1
    document.write_bytes(text.replace(old, new).encode())


def build(settings: Settings, encoder: Encoder, *, rebuild: bool = False) -> None:
    assert build_index(settings, open_library(settings), encoder, rebuild=rebuild)


@contextmanager
def chat(settings: Settings) -> Iterator[str]:
    """A running server; gives its URL. What it logs goes to `log(settings)`."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    command = [sys.executable, "-m", "app", "chat", "--port", port]
    command += ["--corpus", str(settings.corpus), "--index", str(settings.index)]
    with log(settings).open("wb") as errors:
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=errors, text=True)
        try:
            assert process.stdout is not None
            yield process.stdout.readline().split(" ")[0]
        finally:
            process.terminate()
            process.communicate(timeout=20)


def log(settings: Settings) -> Path:
    return settings.index.parent / "log"


def until(wanted: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not wanted():
        assert time.monotonic() < deadline, "it does not come"
        time.sleep(0.1)


def post(url: str, path: str, body: Json) -> Json:
    """The reply; an HTTPError for any other status than 200."""
    data = json.dumps(body).encode()
    with urlopen(Request(url + path, data, {"content-type": "application/json"}), timeout=20) as reply:
        found: Json = json.load(reply)
    return found


def answers(assistant: Assistant) -> dict[str, Json]:
    return {question: json.loads(json.dumps(assistant.ask(question).as_json())) for question in QUESTIONS}


def test_every_answer_is_of_one_edition_and_the_new_one_comes(settings: Settings, assistant: Assistant, encoder: Encoder) -> None:
    old, enough = answers(assistant), Event()
    got: list[list[Json]] = [[], [], []]  # what each of three, who ask without a pause, was answered

    def asking(url: str, replies: list[Json]) -> None:
        while not enough.is_set():
            replies.append(post(url, "v1/ask", {"question": QUESTIONS[len(replies) % len(QUESTIONS)]}))

    with chat(settings) as url, ThreadPoolExecutor() as threads:
        asked = [threads.submit(asking, url, replies) for replies in got]
        try:
            until(lambda: all(len(replies) > 5 for replies in got))
            change(settings, OLD, NEW)
            time.sleep(1.5)  # more than one look: a document changed without its index changes nothing
            before = [len(replies) for replies in got]
            build(settings, encoder)
            until(lambda: all(replies[-1]["index"] != old[SIZE]["index"] for replies in got))
            time.sleep(1.0)
        finally:
            enough.set()
        for one in asked:
            one.result()  # raises if any reply was not 200
        new = answers(open_assistant(settings))
        assert "約1234平方" in new[SIZE]["answer"]
        for replies, count in zip(got, before, strict=True):
            assert all(answer in (old[answer["question"]], new[answer["question"]]) for answer in replies)
            taken = [answer["index"] == new[SIZE]["index"] for answer in replies]
            assert not any(taken[:count])
            assert taken == sorted(taken), "the old one came back"
        assert post(url, "v1/verify", new[SIZE])["word"] == "found"
        assert post(url, "v1/verify", old[SIZE])["word"] == "stale"
    assert log(settings).read_text(encoding="utf-8") == ""


def test_a_damaged_index_is_not_taken_until_it_is_mended(settings: Settings, assistant: Assistant, encoder: Encoder) -> None:
    old = answers(assistant)
    elsewhere = Settings(settings.corpus, settings.index.parent / "elsewhere")
    with chat(settings) as url:
        change(settings, OLD, NEW)
        build(elsewhere, encoder)
        name = (elsewhere.index / "CURRENT").read_text().strip()
        shutil.copytree(elsewhere.index / name, settings.index / name)
        facts = settings.index / name / "facts.jsonl"
        facts.write_bytes(facts.read_bytes()[:-10])
        shutil.copy(elsewhere.index / "CURRENT", settings.index / "CURRENT.new")
        (settings.index / "CURRENT.new").replace(settings.index / "CURRENT")
        until(lambda: log(settings).stat().st_size > 0)
        time.sleep(1.5)  # it has looked again
        assert post(url, "v1/ask", {"question": SIZE}) == old[SIZE]
        (line,) = log(settings).read_text(encoding="utf-8").splitlines()
        assert "[index_damaged]" in line and "python -m app index --rebuild" in line
        build(settings, encoder, rebuild=True)
        assert (settings.index / "CURRENT").read_text().strip() == name
        until(lambda: "約1234平方" in post(url, "v1/ask", {"question": SIZE})["answer"])


def test_an_index_of_other_documents_than_there_are_is_not_opened(settings: Settings, encoder: Encoder) -> None:
    open = partial(open_edition, settings, encoder)
    edition = open(open_library(settings))
    assert newer_edition(settings, open, edition) is None
    change(settings, OLD, NEW)
    build(settings, encoder)
    change(settings, NEW, NEWER)
    with pytest.raises(IndexForeignError) as caught:
        newer_edition(settings, open, edition)
    assert caught.value.code == "index_outdated"
    build(settings, encoder)
    newer = newer_edition(settings, open, edition)
    assert newer is not None and newer.prove is not None
    answer = newer.assistant.ask(SIZE).as_json()
    assert "約77平方" in answer["answer"]
    assert newer.prove(answer).word == "found"


def test_a_page_marks_in_the_text_that_its_answer_is_of(settings: Settings, assistant: Assistant, encoder: Encoder, browser: Any) -> None:
    with chat(settings) as url, opened(browser, url, patience=FIRST_PAGE) as page:
        ask(page, SIZE)
        old = assistant.ask(SIZE).citations[0].passage
        expect_active(page, old)
        change(settings, OLD, NEW)
        build(settings, encoder)
        until(lambda: "約1234平方" in post(url, "v1/ask", {"question": SIZE})["answer"])
        ask(page, "楊浦の面積は？")  # further down than what has grown
        expect_active(page, open_assistant(settings).ask("楊浦の面積は？").citations[0].passage)
        assert NEW in page.inner_text("#source-text")
        page.locator("#turns .turn").first.locator("a.cite").first.click()
        expect_active(page, old)
        assert highlighted(page)[0][2] == old.text
        assert OLD in page.inner_text("#source-text")
        with opened(browser, url) as fresh:
            assert "約1234平方" in fresh.inner_text("#welcome .cards")
