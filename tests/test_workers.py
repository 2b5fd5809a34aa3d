"""Several processes answer as one does: the same bytes, the same errors, and none is lost when one of them is killed."""

from __future__ import annotations

import gc
import multiprocessing
import os
import pickle
import random
import signal
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from app import errors
from app.answering.assistant import Assistant
from app.assembly import open_library, open_workers
from app.config import Settings
from app.errors import EngineError, IndexDamagedError, QuestionError, ShuttenError
from app.serving.edition import Edition
from app.serving.workers import Workers
from tests.chatting import chat, is_worker, until
from tests.fake_assistant import FakeAssistant
from tests.test_same_bytes import ASKED, saved

KINDS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, ShuttenError)]


@pytest.fixture(scope="module")
def edition(built: Settings) -> Iterator[Edition]:
    yield open_workers(built, 2, open_library(built))
    gc.collect()


def pids() -> set[int]:
    return {process.pid for process in multiprocessing.active_children() if process.pid is not None}


def test_the_same_bytes_as_of_one_process(edition: Edition, assistant: Assistant) -> None:
    numbers = list(range(len(ASKED)))
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(partial(saved, edition.assistant), numbers))
    assert answers == [saved(assistant, number) for number in numbers]
    assert edition.assistant.ask("虹口の面積は？") == assistant.ask("虹口の面積は？")


def test_the_same_is_known_as_in_one_process(edition: Edition, assistant: Assistant) -> None:
    workers = edition.assistant
    assert edition.index == assistant.ask("虹口の面積は？").index
    for known in ("documents", "zones", "facts", "examples"):
        assert list(getattr(workers, known)) == list(getattr(assistant, known)) != []
    assert edition.prove is not None
    assert edition.prove(workers.ask("面積の合計は？").as_json()).word == "found"


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_is_the_same_in_another_process(kind: type[ShuttenError]) -> None:
    error = pickle.loads(pickle.dumps(kind("code", "message")))
    assert (type(error), error.code, error.message, str(error)) == (kind, "code", "message", "message")


@pytest.mark.parametrize("question", ["", "あ" * 10_000, "\ud800"])
def test_errors_reach_who_asked(edition: Edition, assistant: Assistant, question: str) -> None:
    with pytest.raises(QuestionError) as here:
        assistant.ask(question)
    for _ in range(3):  # and it goes on answering
        with pytest.raises(QuestionError) as there:
            edition.assistant.ask(question)
        assert there.value.as_json() == here.value.as_json()


def test_no_question_is_lost_when_a_process_is_killed(edition: Edition, assistant: Assistant, caplog: pytest.LogCaptureFixture) -> None:
    expected, before, enough = [saved(assistant, number) for number in range(len(ASKED))], pids(), threading.Event()
    right: list[bool] = []

    def asking(seed: int) -> None:
        chance = random.Random(seed)
        while not enough.is_set():
            number = chance.randrange(len(ASKED))
            right.append(saved(edition.assistant, number) == expected[number])

    with ThreadPoolExecutor() as threads:
        asked = [threads.submit(asking, seed) for seed in range(3)]
        try:
            for count in (2, 4):  # the second time while they start
                until(lambda: len(right) > 10)
                for pid in pids():
                    os.kill(pid, signal.SIGKILL)
                until(lambda count=count: len(caplog.records) >= count)
            ended = len(right)
            until(lambda: len(right) > ended + 10)
        finally:
            enough.set()
        for one in asked:
            one.result()
    assert all(right)
    assert len(pids()) == 2
    assert not pids() & before


# ── Assistants that fail, each in a process of its own ──────────────────────────────────────────────────────────────────


class Failing(FakeAssistant):
    """Does what a question says."""

    def ask(self, question: str, history: Sequence[str] = (), id: str | None = None) -> Any:
        if question == "end":
            os._exit(1)
        if question == "bug":
            raise KeyError("a bug")
        return super().ask(question, history, id)


def opens(index: str | None) -> Edition:
    return Edition(Failing(), index=index or "first")


def opens_not(index: str | None) -> Edition:
    raise IndexDamagedError("index_damaged", "壊れています。")


def ends(index: str | None) -> Edition:
    os._exit(1)


def opens_another(index: str | None) -> Edition:
    return Edition(Failing(), index=str(os.getpid()))


@pytest.mark.parametrize(
    ("open", "code"), [(opens_not, "index_damaged"), (ends, "worker_ended"), (opens_another, "index_changed")]
)
def test_workers_that_cannot_start_say_so(open: Any, code: str) -> None:
    before = pids()
    with pytest.raises(EngineError) as caught:
        Workers(open, 2, ())
    assert caught.value.code == code
    del caught
    gc.collect()
    assert pids() == before


def test_a_question_that_every_process_ends_at(caplog: pytest.LogCaptureFixture) -> None:
    before = pids()
    workers = Workers(opens, 1, ())
    with pytest.raises(RuntimeError, match="KeyError: 'a bug'"):
        workers.ask("bug")
    with pytest.raises(EngineError) as caught:
        workers.ask("end")
    assert caught.value.code == "worker_ended"
    assert len(caplog.records) == 3
    del caught
    assert workers.index == "first"
    assert workers.ask("青川").text == FakeAssistant().ask("青川").text  # a new one is there
    assert len(pids() - before) == 1
    del workers
    gc.collect()
    assert pids() == before


def opens_if_there(file: Path, index: str | None) -> Edition:
    if file.exists():
        return opens(index)
    raise IndexDamagedError("index_damaged", "消えました。")


def test_one_that_cannot_be_replaced_is_no_answer(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "index").touch()
    before = pids()
    workers = Workers(partial(opens_if_there, tmp_path / "index"), 2, ())
    (tmp_path / "index").unlink()
    os.kill(min(pids() - before), signal.SIGKILL)
    for _ in range(6):
        assert workers.ask("青川").text == FakeAssistant().ask("青川").text
    assert "[index_damaged] 消えました。" in caplog.text


# ── The whole server ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGKILL])
def test_no_process_is_left(built: Settings, tmp_path: Path, ending: signal.Signals) -> None:
    with chat(built, tmp_path / "log", "--workers", "2") as server:
        assert server.post("v1/ask", {"question": "虹口の面積は？"})["status"] == "answered"
        workers = server.workers()
        assert len(workers) == 2
        for pid, answers in [(server.process.pid, False), *((pid, True) for pid in workers)]:
            mapped = Path(f"/proc/{pid}/maps").read_text()
            assert [engine in mapped for engine in ("onnxruntime", "faiss", "fugashi")] == [answers] * 3
        if ending == signal.SIGINT:  # as a terminal sends it
            os.killpg(server.process.pid, ending)
        else:
            server.process.send_signal(ending)
        server.process.wait(20)
        until(lambda: not any(map(is_worker, workers)))
    assert server.log.read_text(encoding="utf-8") == ""


def test_a_server_whose_workers_cannot_start_says_so(built: Settings, tmp_path: Path) -> None:
    (tmp_path / "index").mkdir()
    (tmp_path / "index" / "CURRENT").write_text("0" * 64)
    settings = Settings(built.corpus, tmp_path / "index")
    with chat(settings, tmp_path / "log", "--workers", "2") as server:
        assert server.process.wait(20) == EngineError.exit_code
    assert server.log.read_text(encoding="utf-8").startswith("[index_damaged]")
