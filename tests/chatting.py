"""A running `python -m app chat` as a user starts it: asked over HTTP, and what stems from it."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from app.config import Settings
from tests.conftest import ROOT

Json = dict[str, Any]
PATIENCE = 30.0  # seconds; it takes one or two


@dataclass(frozen=True)
class Chat:
    """A server that can be asked; what it logs goes to `log`."""

    url: str
    process: subprocess.Popen[str]
    log: Path

    def post(self, path: str, body: Json) -> Json:
        """The reply; an HTTPError for any other status than 200."""
        data = json.dumps(body).encode()
        with urlopen(Request(self.url + path, data, {"content-type": "application/json"}), timeout=20) as reply:
            found: Json = json.load(reply)
        return found

    def workers(self) -> list[int]:
        """The ids of its answering processes."""
        threads = Path(f"/proc/{self.process.pid}/task").glob("*/children")
        return [int(pid) for thread in threads for pid in thread.read_text().split() if is_worker(pid)]


def is_worker(pid: int | str) -> bool:
    """Whether there is such a process, and it is one that answers."""
    try:
        return b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except FileNotFoundError:
        return False


@contextmanager
def chat(settings: Settings, log: Path, *options: str) -> Iterator[Chat]:
    """A server of the settings' corpus and index."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    command = [sys.executable, "-m", "app", "chat", "--port", port, *options]
    command += ["--corpus", str(settings.corpus), "--index", str(settings.index)]
    with log.open("wb") as errors:
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=errors, text=True, start_new_session=True)
        try:
            assert process.stdout is not None
            yield Chat(process.stdout.readline().split(" ")[0], process, log)
        finally:
            process.terminate()
            process.communicate(timeout=20)


def until(wanted: Callable[[], bool]) -> None:
    """Wait for it."""
    deadline = time.monotonic() + PATIENCE
    while not wanted():
        assert time.monotonic() < deadline, "it does not come"
        time.sleep(0.1)
