"""*Workers*: processes that answer from one edition, each question asked of one that is free; an assistant like any other.

Each opens the same index by memory map, with a model and a tokeniser of its own, so that N of them answer N questions
at a time, and who holds the `Workers` needs neither. An answer depends on nothing but its question, so that one that a
process took with it when it ended is asked of another. A process ends when the other end of its pipe does: with the
`Workers`, or with the process that holds them, be that killed.
"""

from __future__ import annotations

import logging
import multiprocessing
import signal
import traceback
import weakref
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from queue import SimpleQueue
from typing import Any

from app.answer import Answer
from app.errors import EngineError, IndexForeignError, ShuttenError
from app.schema import Document, Fact, Zone
from app.serving.edition import Edition

_LOG = logging.getLogger(__name__)
_SPAWN = multiprocessing.get_context("spawn")  # a fork would copy locks that other threads hold
_TRIES = 3

# Opens the edition of an index, by its hash, or the current one. Called in another process: it can be pickled.
Open = Callable[[str | None], Edition]


@dataclass(frozen=True, slots=True)
class _Opened:
    """What a process says of its edition when it is ready."""

    index: str
    zones: Sequence[Zone]
    facts: Sequence[Fact]
    examples: Sequence[str]


class Workers:
    """An assistant (see `edition`) of several processes. They end when nobody holds it, and so nobody asks, any more."""

    def __init__(self, open: Open, number: int, documents: Sequence[Document], index: str | None = None) -> None:
        """Start `number` processes, and wait until all have opened the index, which was built from `documents`.

        Raises the ShuttenError that keeps one of them from it, EngineError if one ends without a word.
        """
        self._open, self._index = open, index
        self._free: SimpleQueue[_Worker] = SimpleQueue()
        weakref.finalize(self, _end, self._free).atexit = False  # multiprocessing sees to them then
        workers = [_Worker() for _ in range(number)]
        for worker in workers:
            self._free.put(worker)
            worker.open(open, index)
        try:
            opened, *others = [worker.opened() for worker in workers]
        except (EOFError, OSError) as error:
            raise _ended() from error
        if any(other.index != opened.index for other in others):
            raise IndexForeignError(
                "index_changed",
                "開いているあいだに索引が替わりました。もう一度起動してください。 (the index was replaced meanwhile: start again)",
            )
        self._index = self.index = opened.index
        self.documents, self.zones, self.facts, self.examples = documents, opened.zones, opened.facts, opened.examples

    def ask(self, question: str, history: Sequence[str] = (), id: str | None = None) -> Answer:
        """The answer of one of the processes. Raises what it raises, EngineError if one after the other ends at it."""
        for _ in range(_TRIES):
            worker = self._free.get()
            try:
                return worker.ask(question, tuple(history), id)
            except (EOFError, OSError) as error:
                _LOG.warning(
                    "回答プロセスが終わったので、替わりを起動します (an answering process ended; another takes its place) %s",
                    repr(error),  # not the error, which holds the workers
                )
                worker.end()
                worker = _Worker()  # while it opens, those that are free are asked before it
                worker.open(self._open, self._index)
            finally:
                self._free.put(worker)
        raise _ended()


class _Worker:
    """One process, and this end of its pipe: for one thread at a time. EOFError and OSError: the process is no more."""

    def __init__(self) -> None:
        self._pipe, theirs = _SPAWN.Pipe()
        self._process = _SPAWN.Process(target=_work, args=(theirs,), name="worker", daemon=True)
        self._process.start()
        theirs.close()  # now the process alone has it
        self._opened: _Opened | None = None

    def open(self, open: Open, index: str | None) -> None:
        """Let it begin to open an edition. Not by the process's arguments: whole documents would be more than those
        take before it reads them, and if it ended until then, they would wait for ever."""
        with suppress(OSError):  # whoever asks it will see
            self._pipe.send((open, index))

    def opened(self) -> _Opened:
        """Wait until it has opened its edition."""
        if self._opened is None:
            self._opened = self._said()
        return self._opened

    def ask(self, *asked: Any) -> Answer:
        """What its assistant answers."""
        try:
            self.opened()
        except ShuttenError as error:  # then it has ended; that is not the answer, which another process may have
            raise EOFError(f"[{error.code}] {error.message}") from error
        self._pipe.send(asked)
        answer: Answer = self._said()
        return answer

    def end(self) -> None:
        """End it, whatever it does."""
        self._pipe.close()
        self._process.kill()
        self._process.join()

    def _said(self) -> Any:
        said = self._pipe.recv()
        try:
            if isinstance(said, Exception):
                raise said
            return said
        finally:
            del said  # an error holds this frame, which must not hold the error: else nobody would let go of the workers


def _work(pipe: Connection) -> None:
    """What a process does: open an edition, say so, then answer until nobody asks any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all; the one that serves finishes what it has begun
    with suppress(EOFError, OSError):
        open, index = pipe.recv()
        found = _tried(open, index)
        if isinstance(found, Exception):
            pipe.send(found)
            return
        assistant = found.assistant
        pipe.send(_Opened(found.index, assistant.zones, assistant.facts, assistant.examples))
        while True:
            pipe.send(_tried(assistant.ask, *pipe.recv()))


def _tried(work: Callable[..., Any], *arguments: Any) -> Any:
    """What comes of it, or what it raises; of a bug what can be sent."""
    try:
        return work(*arguments)
    except ShuttenError as error:
        return error
    except Exception:
        return RuntimeError(traceback.format_exc())


def _end(free: SimpleQueue[_Worker]) -> None:
    while not free.empty():
        free.get().end()


def _ended() -> EngineError:
    return EngineError(
        "worker_ended",
        "回答プロセスが答えずに終わりました。メモリが足りるか確かめ、--workers を減らして起動し直してください。"
        " (an answering process ended without an answer: see that there is memory, start with fewer --workers)",
    )
