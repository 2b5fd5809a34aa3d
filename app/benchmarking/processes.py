"""Whole processes: how long they take, and how much memory they hold at most. Linux alone tells."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin
from urllib.request import Request, urlopen

from app.config import Settings
from app.errors import EngineError

# What a page names that the browser then fetches.
_NAMED = re.compile(r'(?:src|href)="([^"#]+)"')


@dataclass(frozen=True, slots=True)
class Finished:
    """A process that did well: seconds from its start, the most bytes it held in memory, what it said."""

    seconds: float
    peak: int
    said: str = ""


@dataclass(frozen=True, slots=True)
class Served:
    """A server that is ready, after so many seconds."""

    url: str
    pid: int
    seconds: float


def run(command: Sequence[str], environment: Mapping[str, str], given: str = "") -> Finished:
    """Run a command to its end, `given` on its standard input. Raises EngineError with what it said if it fails.

    A process inherits its parent's peak until it has one of its own: RuntimeError if this one's is not well above that.
    """
    start = time.perf_counter()
    with tempfile.TemporaryFile() as text:
        text.write(given.encode())
        text.seek(0)
        with subprocess.Popen(
            command, stdin=text, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment
        ) as process:
            assert process.stdout is not None
            said = process.stdout.read().decode("utf-8", "replace")
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - start
    if process.returncode:
        raise _failed(command, said)
    if usage.ru_maxrss * 1024 <= _peak(os.getpid()):
        raise RuntimeError("this process holds more than the one it measures")
    return Finished(seconds, usage.ru_maxrss * 1024, said)


def app_command(name: str, settings: Settings, *more: str) -> list[str]:
    """`python -m app NAME` on the settings' corpus and index."""
    return [sys.executable, "-m", "app", name, *more, "--corpus", str(settings.corpus), "--index", str(settings.index)]


def seconds_of_imports(command: Sequence[str], environment: Mapping[str, str]) -> float:
    """The seconds that a Python program spends on imports; being watched at it, it takes somewhat longer."""
    said = run([command[0], "-X", "importtime", *command[1:]], environment).said
    return sum(map(int, re.findall(r"^import time: +(\d+) \|", said, re.MULTILINE))) / 1e6


@contextmanager
def served(command: Sequence[str], environment: Mapping[str, str]) -> Iterator[Served]:
    """A server; it ends with the context. `command` is told its port behind `--port`, and says one line when it is ready."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    start = time.perf_counter()
    with subprocess.Popen([*command, "--port", str(port)], stdout=subprocess.PIPE, env=environment) as server:
        try:
            assert server.stdout is not None
            if not server.stdout.readline():
                raise _failed(command, "it did not start")
            yield Served(f"http://127.0.0.1:{port}/", server.pid, time.perf_counter() - start)
        finally:
            server.terminate()


def serve(command: Sequence[str], environment: Mapping[str, str], questions: Sequence[str]) -> Finished:
    """Serve the page, visit it and ask: the seconds until it is ready, and what the server and its children held at most."""
    with served(command, environment) as server:
        _visit(server.url, questions)
        return Finished(server.seconds, sum(map(_peak, _family(server.pid))))


def _visit(url: str, questions: Sequence[str]) -> None:
    """Open the page with all it names, and ask through the queue that it asks through."""
    with urlopen(url) as reply:
        page = reply.read().decode()
    for name in dict.fromkeys(_NAMED.findall(page)):
        if (there := urljoin(url, name)).startswith(url):
            urlopen(there).close()
    for question in questions:
        call = urljoin(url, "gradio_api/call/ask")
        event = post(call, {"data": [question, []]})["event_id"]
        with urlopen(f"{call}/{event}") as reply:
            if b"event: complete" not in reply.read():
                raise _failed([url], "no answer")


def post(url: str, body: Mapping[str, Any]) -> Any:
    """The JSON that a server replies to JSON. Raises URLError for any other status than 200."""
    with urlopen(Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})) as reply:
        return json.load(reply)


def _family(pid: int) -> list[int]:
    """A process and all that stem from it."""
    parents = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:  # the name in brackets may hold spaces
            parents[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
        except OSError:  # it has ended meanwhile
            continue
    family = [pid]
    for member in family:
        family += [child for child, parent in parents.items() if parent == member]
    return family


def _peak(pid: int) -> int:
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found.group(1)) * 1024 if found else 0


def _failed(command: Sequence[str], said: str) -> EngineError:
    return EngineError(
        "command_failed", f"計測するコマンドが失敗しました: {' '.join(command)}\n{said[-2000:]} (a measured command failed)"
    )
