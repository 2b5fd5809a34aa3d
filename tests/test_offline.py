"""Without a network everything works: each process is given a `sitecustomize` that lets only loopback through.

It also writes every other attempt to a file, so that one which was made and swallowed is seen too.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from app.config import Settings
from tests.conftest import ROOT

BLOCK = '''
import os, socket

LOOPBACK = {"localhost", "127.0.0.1", "::1", "", None, "0.0.0.0", "::"}

def _host(host):
    return host.decode() if isinstance(host, bytes) else host

def _guard(owner, name, host_of):
    real = getattr(owner, name)
    def guarded(*arguments, **keywords):
        host = _host(host_of(*arguments, **keywords))
        if host not in LOOPBACK:
            with open(os.environ["ATTEMPTS"], "a") as file:
                file.write(f"{name} {host}\\n")
            raise OSError(101, "blocked by the test: " + str(host))
        return real(*arguments, **keywords)
    setattr(owner, name, guarded)

def _of_address(socket_, *arguments):
    address = arguments[-1]
    return address[0] if isinstance(address, tuple) else None  # None: a socket of this machine, by path

class Socket(socket.socket):
    pass

for _name in ("connect", "connect_ex", "sendto"):
    _guard(Socket, _name, _of_address)
socket.socket = socket.SocketType = Socket
for _name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex"):
    _guard(socket, _name, lambda host, *arguments, **keywords: host)
'''


@pytest.fixture
def offline(tmp_path: Path) -> dict[str, str]:
    """The environment of a process that reaches nothing but loopback; nothing is cached in its home."""
    (tmp_path / "block").mkdir()
    (tmp_path / "block" / "sitecustomize.py").write_text(BLOCK)
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith(("HF_", "GRADIO_"))}
    kept = {name: value for name, value in kept.items() if not name.upper().endswith("_PROXY")}
    return {
        **kept,
        "PYTHONPATH": f"{tmp_path / 'block'}{os.pathsep}{ROOT}",
        "ATTEMPTS": str(tmp_path / "attempts"),
        "HOME": str(tmp_path / "home"),
    }


def attempts(environment: dict[str, str]) -> str:
    path = Path(environment["ATTEMPTS"])
    return path.read_text() if path.exists() else ""


def python(environment: dict[str, str], *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *map(str, arguments)],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


REACHING = [
    "import socket; socket.create_connection(('198.51.100.7', 80), timeout=5)",
    "import socket; socket.socket().connect(('198.51.100.7', 80))",
    "import socket; socket.socket(type=socket.SOCK_DGRAM).sendto(b'a', ('198.51.100.7', 53))",
    "import socket; socket.getaddrinfo('example.org', 80)",
    "import urllib.request; urllib.request.urlopen('http://198.51.100.7/', timeout=5)",
    "import httpx; httpx.get('http://example.org/', timeout=5)",
    "import asyncio; asyncio.run(asyncio.open_connection('198.51.100.7', 80))",
]


@pytest.mark.parametrize("program", REACHING, ids=range(len(REACHING)))
def test_the_block_blocks(offline: dict[str, str], program: str) -> None:
    done = python(offline, "-c", program)
    assert done.returncode == 1
    assert "blocked by the test" in done.stderr
    assert "198.51.100.7" in attempts(offline) or "example.org" in attempts(offline)


def test_the_block_lets_loopback_through(offline: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        done = python(offline, "-c", f"import socket; socket.create_connection(('localhost', {port}), timeout=5)")
    assert (done.returncode, attempts(offline)) == (0, ""), done.stderr


def test_index_ask_batch_and_verify(offline: dict[str, str], built: Settings, tmp_path: Path) -> None:
    corpus, index = ["--corpus", built.corpus], ["--index", tmp_path / "index"]
    asked = [{"id": str(n), "question": f"{zone}の面積は？"} for n, zone in enumerate(("黄浦", "徐匯"))]
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(line) + "\n" for line in asked))
    batch = ["--batch", tmp_path / "in.jsonl", "--out", tmp_path / "out.jsonl"]
    for command in (
        ["index", *corpus, *index],
        ["ask", "虹口の面積は？", *corpus, *index],
        ["ask", *batch, *corpus, *index],
        ["verify", tmp_path / "out.jsonl", *corpus],
    ):
        done = python(offline, "-m", "app", *command)
        assert done.returncode == 0, done.stderr
    lines = (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["answer"] for line in lines] == [
        "黄浦の面積は約14平方キロメートルです。",
        "徐匯の面積は約45平方キロメートルです。",
    ]
    assert attempts(offline) == ""


def test_the_page_and_a_question_over_http(offline: dict[str, str], built: Settings, tmp_path: Path) -> None:
    shutil.copytree(built.index, tmp_path / "index")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    options = ["--corpus", str(built.corpus), "--index", str(tmp_path / "index"), "--port", str(port)]
    with (tmp_path / "errors").open("w+") as errors, subprocess.Popen(
        [sys.executable, "-m", "app", "chat", *options],
        env=offline,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=errors,
        text=True,
        encoding="utf-8",
    ) as server:
        try:
            assert server.stdout is not None
            assert f":{port}/" in server.stdout.readline(), (tmp_path / "errors").read_text()
            here = f"http://127.0.0.1:{port}"
            body = json.dumps({"question": "虹口の面積は？"}).encode()
            request = urllib.request.Request(f"{here}/v1/ask", body, {"Content-Type": "application/json"})
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            with opener.open(request, timeout=20) as reply:
                assert json.load(reply)["answer"] == "虹口の面積は約4平方キロメートルです。"
            for path in ("/readyz", "/"):
                with opener.open(here + path, timeout=20) as reply:
                    assert reply.status == 200
        finally:
            server.terminate()
            server.wait(timeout=20)
    assert attempts(offline) == ""
