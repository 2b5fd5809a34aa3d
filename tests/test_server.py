"""The server's routes, limits and headers, over HTTP, in front of a deterministic assistant."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.errors import InputError
from app.serving.edition import Edition, Editions
from app.serving.protection import MOST_BODY_BYTES
from app.serving.server import create_app, serve
from tests.fake_assistant import PARK, FakeAssistant

ROOT = Path(__file__).parent.parent
HERE = "http://127.0.0.1:7860"


@pytest.fixture(scope="module")
def fake() -> FakeAssistant:
    return FakeAssistant()


@pytest.fixture(scope="module")
def client(fake: FakeAssistant) -> Iterator[TestClient]:
    with TestClient(create_app(Editions(Edition(fake))), base_url=HERE, raise_server_exceptions=False) as client:
        yield client


def test_health_and_readiness(client: TestClient, fake: FakeAssistant) -> None:
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").json() == {"status": "ready"}
    fake.broken = True
    try:
        assert client.get("/healthz").status_code == 200
        assert client.get("/readyz").status_code == 503
        broken = client.post("/v1/ask", json={"question": "青川"})
    finally:
        fake.broken = False
    assert (broken.status_code, broken.json()["error"]["code"]) == (503, "model_missing")


def test_ask_returns_the_contract(client: TestClient, fake: FakeAssistant) -> None:
    reply = client.post("/v1/ask", json={"question": "青川の長さは？", "history": ["南公園は？", "桜は？"]})
    assert reply.status_code == 200
    assert fake.asked[-1] == ("青川の長さは？", ("南公園は？", "桜は？"))
    assert reply.json() == fake.ask("青川の長さは？").as_json()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"question": ""}', "question_empty"),
        (b'{"question": "%s"}' % (b"a" * 200_000), "question_too_long"),
        (b'{"question": 3}', "request_invalid"),
        (b'{"question": null}', "request_invalid"),
        (b'{"question": "\\ud800"}', "request_invalid"),
        (b'{"question": "a", "history": "b"}', "request_invalid"),
        (b'{"question": "a", "history": [1]}', "request_invalid"),
        (b'{"question": "a", "histroy": []}', "request_invalid"),
        (b'{"quest', "request_invalid"),
        (b"\xff\xfe", "request_invalid"),
        (b"[]", "request_invalid"),
        (b"", "request_invalid"),
    ],
)
def test_bad_input_is_400_with_the_error_object(client: TestClient, body: bytes, code: str) -> None:
    reply = client.post("/v1/ask", content=body, headers={"content-type": "application/json"})
    assert reply.status_code == 400
    error = reply.json()["error"]
    assert error["code"] == code
    assert error["message"]


def test_a_body_over_the_limit_is_refused_told_or_not(client: TestClient) -> None:
    told = client.post("/v1/ask", content=b"a" * (MOST_BODY_BYTES + 1))
    assert (told.status_code, told.json()["error"]["code"]) == (413, "body_too_large")

    def chunks() -> Iterator[bytes]:
        yield b'{"question": "'
        for _ in range(MOST_BODY_BYTES // 1000):
            yield b"a" * 1100

    for path in ("/v1/ask", "/gradio_api/queue/join"):
        untold = client.post(path, content=chunks(), headers={"content-type": "application/json"})
        assert (path, untold.status_code) == (path, 413)


def test_uploads_are_refused(client: TestClient) -> None:
    for path in ("/gradio_api/upload", "/upload", "/gradio_api/upload/"):
        assert client.post(path, files={"files": ("a.txt", b"x")}).status_code == 404


@pytest.mark.parametrize(
    ("listening", "host", "status"),
    [
        ("127.0.0.1", "127.0.0.1:7860", 200),
        ("127.0.0.1", "LOCALHOST", 200),
        ("127.0.0.1", "[::1]:7860", 200),
        ("127.0.0.1", "evil.example", 400),
        ("127.0.0.1", "127.0.0.1.evil.example", 400),
        ("127.0.0.1", "192.168.0.7", 400),
        ("192.168.0.7", "192.168.0.7:7860", 200),
        ("0.0.0.0", "192.168.0.7:7860", 200),
        ("0.0.0.0", "evil.example", 400),
        ("127.0.0.1", "docs.example", 200),
    ],
)
def test_only_our_own_names_are_answered(
    monkeypatch: pytest.MonkeyPatch, fake: FakeAssistant, listening: str, host: str, status: int
) -> None:
    app = create_app(Editions(Edition(fake)), listening, more_hosts=["docs.example"])
    reply = TestClient(app).get("/healthz", headers={"host": host})
    assert reply.status_code == status


def test_other_origins_cannot_ask(client: TestClient) -> None:
    for origin, status in (
        (HERE, 200),
        ("http://evil.example", 403),
        ("null", 403),
        ("http://127.0.0.1:1", 403),
    ):
        reply = client.post("/v1/ask", json={"question": "青川"}, headers={"origin": origin})
        assert (origin, reply.status_code) == (origin, status)
        assert "access-control-allow-origin" not in reply.headers


@pytest.mark.parametrize("path", ["/", "/healthz", "/v1/documents", "/nowhere", "/gradio_api/info"])
def test_every_answer_carries_the_security_headers(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "http:" not in policy and "https:" not in policy and "*" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


def test_forwarded_headers_are_not_believed(client: TestClient) -> None:
    page = client.get("/", headers={"x-forwarded-host": "evil.example", "x-forwarded-proto": "https"})
    assert page.status_code == 200
    assert "evil.example" not in page.text


def test_documents_keep_every_character(client: TestClient, fake: FakeAssistant) -> None:
    names = [one["name"] for one in client.get("/v1/documents").json()["documents"]]
    assert names == [document.name for document in fake.documents]
    reply = client.get("/v1/documents/text", params={"name": names[0]}).json()
    assert reply["text"] == PARK
    zone = reply["zones"][0]
    assert reply["text"][zone["start"] : zone["end"]] == zone["name"] == "𠮷田公園"
    for hash, status in ((reply["sha256"], 200), ("0" * 64, 404)):
        assert client.get("/v1/documents/text", params={"name": names[0], "sha256": hash}).status_code == status
    for unknown in ("../app/errors.py", "/etc/passwd", ""):
        assert client.get("/v1/documents/text", params={"name": unknown}).status_code == 404


def test_a_bug_shows_nothing_of_itself(client: TestClient, fake: FakeAssistant) -> None:
    def fail(*args: object) -> None:
        raise RuntimeError("secret path /home/x")

    fake.ask = fail  # type: ignore[assignment, method-assign]
    try:
        reply = client.post("/v1/ask", json={"question": "青川"})
    finally:
        del fake.ask
    assert (reply.status_code, reply.json()["error"]["code"]) == (500, "internal")
    assert "secret" not in reply.text


def test_a_port_in_use_is_an_input_error() -> None:
    taken = socket.create_server(("127.0.0.1", 0))
    with taken, pytest.raises(InputError, match="使われています") as caught:
        serve(Editions(Edition(FakeAssistant())), port=taken.getsockname()[1])
    assert caught.value.code == "port_in_use"


@pytest.mark.parametrize(
    ("host", "port"), [("198.51.100.7", 7860), ("no such host", 7860), ("127.0.0.1", 70000)]
)
def test_an_unusable_address_is_an_input_error(host: str, port: int) -> None:
    with pytest.raises(InputError) as caught:
        serve(Editions(Edition(FakeAssistant())), host=host, port=port)
    assert caught.value.code == "address_unusable"


def test_serve_says_one_line_and_stops_on_sigterm() -> None:
    program = (
        "from tests.fake_assistant import FakeAssistant\n"
        "from app.serving.edition import Edition, Editions\n"
        "from app.serving.server import serve\n"
        "serve(Editions(Edition(FakeAssistant())), port=0)"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    server = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment
    )
    try:
        assert server.stdout is not None
        line = server.stdout.readline()
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/ で開けます\n", line)
        server.send_signal(signal.SIGTERM)
        rest, _ = server.communicate(timeout=20)
        assert rest == ""
    finally:
        server.kill()
        server.wait()


def test_behind_the_proxy_of_a_space(fake: FakeAssistant) -> None:
    app = create_app(Editions(Edition(fake)), "0.0.0.0", public_host="Me-Shutten.hf.space", framed_by="https://huggingface.co")
    client = TestClient(app)
    page = client.get("/", headers={"host": "me-shutten.hf.space"})
    assert page.status_code == 200
    assert "https://me-shutten.hf.space" in page.text and "http://me-shutten.hf.space" not in page.text
    assert "frame-ancestors 'self' https://huggingface.co" in page.headers["content-security-policy"]
    assert "x-frame-options" not in page.headers
    own = {"host": "me-shutten.hf.space", "origin": "https://me-shutten.hf.space"}
    assert client.post("/v1/ask", json={"question": "青川"}, headers=own).status_code == 200
    assert client.get("/", headers={"host": "evil.hf.space"}).status_code == 400
