"""A running `python -m app chat` takes a new index over: real processes, the real model, a copy of the corpus."""

from __future__ import annotations

import json
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from multiprocessing import active_children
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from app.answering.assistant import Assistant
from app.assembly import (
    build_index,
    newer_edition,
    open_assistant,
    open_edition,
    open_encoder,
    open_library,
    open_workers,
)
from app.config import Settings
from app.errors import IndexForeignError
from app.searching.embedding import Encoder
from tests.browsing import ask, expect_active, highlighted, opened
from tests.chatting import Chat, Json, chat, is_worker, until

DOCUMENT = "shanghai-ftz-linkage-zones.txt"
SIZE = "虹口の面積は？"
QUESTIONS = [SIZE, "楊浦の面積は？", "面積の合計は？", "臨時仲裁はどの区？"]
OLD, NEW, NEWER = "総面積は約4平方", "総面積は約1234平方", "総面積は約77平方"
FIRST_PAGE = 60_000.0  # milliseconds; a process that has just started takes one or two seconds, more on a busy machine


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


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log"


def answers(assistant: Assistant) -> dict[str, Json]:
    return {question: json.loads(json.dumps(assistant.ask(question).as_json())) for question in QUESTIONS}


@pytest.mark.parametrize("workers", ["1", "2"])
def test_every_answer_is_of_one_edition_and_the_new_one_comes(
    settings: Settings, assistant: Assistant, encoder: Encoder, log: Path, workers: str
) -> None:
    old, enough = answers(assistant), Event()
    got: list[list[Json]] = [[], [], []]  # what each of three, who ask without a pause, was answered

    def asking(server: Chat, replies: list[Json]) -> None:
        while not enough.is_set():
            replies.append(server.post("v1/ask", {"question": QUESTIONS[len(replies) % len(QUESTIONS)]}))

    with chat(settings, log, "--workers", workers) as server, ThreadPoolExecutor() as threads:
        asked = [threads.submit(asking, server, replies) for replies in got]
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
        assert server.post("v1/verify", new[SIZE])["word"] == "found"
        assert server.post("v1/verify", old[SIZE])["word"] == "stale"
        children = 0 if workers == "1" else int(workers)
        until(lambda: len(server.workers()) == children)  # those of the old one have left
        processes = server.workers()
    assert not any(map(is_worker, processes))
    assert log.read_text(encoding="utf-8") == ""


def test_a_damaged_index_is_not_taken_until_it_is_mended(
    settings: Settings, assistant: Assistant, encoder: Encoder, log: Path
) -> None:
    old = answers(assistant)
    elsewhere = Settings(settings.corpus, settings.index.parent / "elsewhere")
    with chat(settings, log) as server:
        change(settings, OLD, NEW)
        build(elsewhere, encoder)
        name = (elsewhere.index / "CURRENT").read_text().strip()
        shutil.copytree(elsewhere.index / name, settings.index / name)
        facts = settings.index / name / "facts.jsonl"
        facts.write_bytes(facts.read_bytes()[:-10])
        shutil.copy(elsewhere.index / "CURRENT", settings.index / "CURRENT.new")
        (settings.index / "CURRENT.new").replace(settings.index / "CURRENT")
        until(lambda: log.stat().st_size > 0)
        time.sleep(1.5)  # it has looked again
        assert server.post("v1/ask", {"question": SIZE}) == old[SIZE]
        (line,) = log.read_text(encoding="utf-8").splitlines()
        assert "[index_damaged]" in line and "python -m app index --rebuild" in line
        build(settings, encoder, rebuild=True)
        assert (settings.index / "CURRENT").read_text().strip() == name
        until(lambda: "約1234平方" in server.post("v1/ask", {"question": SIZE})["answer"])


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


def test_a_process_that_takes_anothers_place_answers_from_the_same_edition(
    settings: Settings, assistant: Assistant, encoder: Encoder
) -> None:
    old = answers(assistant)
    edition = open_workers(settings, 1, open_library(settings))
    change(settings, OLD, NEW)
    build(settings, encoder)
    (process,) = active_children()
    process.kill()
    assert json.loads(json.dumps(edition.assistant.ask(SIZE).as_json())) == old[SIZE]
    assert process not in active_children()


def test_a_page_marks_in_the_text_that_its_answer_is_of(
    settings: Settings, assistant: Assistant, encoder: Encoder, log: Path, browser: Any
) -> None:
    with chat(settings, log) as server, opened(browser, server.url, patience=FIRST_PAGE) as page:
        ask(page, SIZE)
        old = assistant.ask(SIZE).citations[0].passage
        expect_active(page, old)
        change(settings, OLD, NEW)
        build(settings, encoder)
        until(lambda: "約1234平方" in server.post("v1/ask", {"question": SIZE})["answer"])
        ask(page, "楊浦の面積は？")  # further down than what has grown
        expect_active(page, open_assistant(settings).ask("楊浦の面積は？").citations[0].passage)
        assert NEW in page.inner_text("#source-text")
        page.locator("#turns .turn").first.locator("a.cite").first.click()
        expect_active(page, old)
        assert highlighted(page)[0][2] == old.text
        assert OLD in page.inner_text("#source-text")
        with opened(browser, server.url) as fresh:
            assert "約1234平方" in fresh.inner_text("#welcome .cards")
