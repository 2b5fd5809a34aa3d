"""The API's further routes, over HTTP, in front of the real parts: an answer proved again."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.serving.edition import Edition, Editions
from app.serving.protection import MOST_BODY_BYTES
from app.serving.server import create_app
from tests.fake_assistant import HOSTILE, FakeAssistant

HERE = "http://127.0.0.1:7860"
JSON = {"content-type": "application/json"}
QUESTIONS = ["虹口の面積は？", "徐匯の施策は？", "20平方キロ以上の区は？", "一番広いのは徐匯ですよね？", "浦東の面積は？"]


@pytest.fixture(scope="module")
def client(editions: Editions) -> Iterator[TestClient]:
    app = create_app(editions)
    with TestClient(app, base_url=HERE, raise_server_exceptions=False) as client:
        yield client


def asked(client: TestClient, question: str) -> dict[str, Any]:
    reply = client.post("/v1/ask", json={"question": question})
    assert reply.status_code == 200
    answer: dict[str, Any] = reply.json()
    return answer


# ── POST /v1/verify ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("question", QUESTIONS)
def test_what_was_answered_is_proved(client: TestClient, question: str) -> None:
    reply = client.post("/v1/verify", json=asked(client, question))
    assert reply.status_code == 200
    assert set(reply.json()) == {"word", "explanation", "proved"}
    assert (reply.json()["word"], reply.json()["proved"]) == ("found", True)


def test_what_was_altered_is_not(client: TestClient) -> None:
    sound = asked(client, "虹口の面積は？")
    number, text, hash = copy.deepcopy(sound), copy.deepcopy(sound), copy.deepcopy(sound)
    value = next(segment for segment in number["segments"] if segment["type"] == "value")
    value["number"] = 5.0
    text["answer"] += "たぶん。"
    hash["documents"] = dict.fromkeys(hash["documents"], "0" * 64)
    for altered, word in ((number, "miscomputed"), (text, "misquoted"), (hash, "stale"), ({}, "malformed")):
        verdict = client.post("/v1/verify", json=altered).json()
        assert (verdict["word"], verdict["proved"]) == (word, False)
        assert verdict["explanation"]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_comes_back_as_it_is(client: TestClient, hostile: str) -> None:
    answer = asked(client, "虹口の面積は？")
    answer["citations"][0]["text"] = hostile
    reply = client.post("/v1/verify", json=answer)
    assert reply.headers["content-type"] == "application/json"
    assert repr(hostile) in reply.json()["explanation"]


NO_OBJECTS = [b"", b"[]", b'"text"', b"null", b"3", b'{"answer', b"\xff\xfe", b"[" * 100_000, b'{"a":' * 100_000, b"1" * 5000]


@pytest.mark.parametrize("path", ["/v1/verify", "/v1/ask"])
@pytest.mark.parametrize("body", NO_OBJECTS, ids=[ascii(body[:12]) for body in NO_OBJECTS])
def test_what_is_no_json_object_is_400(client: TestClient, path: str, body: bytes) -> None:
    reply = client.post(path, content=body, headers=JSON)
    assert reply.status_code == 400
    assert reply.json()["error"]["code"] == "request_invalid"
    assert "送ってください" in reply.json()["error"]["message"]


def test_whatever_an_object_holds_is_a_verdict(client: TestClient) -> None:
    sound = json.dumps(asked(client, "虹口の面積は？"), ensure_ascii=False)
    for was, now in (
        ('"schema_version": 1', '"schema_version": 1e999'),
        ('"number": 4.0', '"number": NaN'),
        ('"number": 4.0', '"number": ' + "9" * 4000),
        ('"number": 4.0', '"number": ' + "[" * 900 + "]" * 900),
        ('"language": "ja"', '"language": "\\ud800"'),
        ("shanghai-ftz-linkage-zones.txt", "../../etc/\\ud800"),
    ):
        assert was in sound
        reply = client.post("/v1/verify", content=sound.replace(was, now).encode(), headers=JSON)
        assert (reply.status_code, reply.json()["proved"]) == (200, False), now[:20]


def test_too_much_to_prove_is_413(client: TestClient) -> None:
    reply = client.post("/v1/verify", json={"answer": "a" * MOST_BODY_BYTES})
    assert (reply.status_code, reply.json()["error"]["code"]) == (413, "body_too_large")


def test_other_origins_cannot_have_anything_proved(client: TestClient) -> None:
    reply = client.post("/v1/verify", json={}, headers={"origin": "http://evil.example"})
    assert (reply.status_code, reply.json()["error"]["code"]) == (403, "origin_not_allowed")


def test_without_a_prover_nothing_proves() -> None:
    client = TestClient(create_app(Editions(Edition(FakeAssistant()))), base_url=HERE)
    assert client.post("/v1/verify", json={}).status_code == 404
