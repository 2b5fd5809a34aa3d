"""Feedback: what is kept, what is refused, and how a thumbs-down becomes a sample question."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import anyio
import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from app.__main__ import cli
from app.config import Settings
from app.errors import BatchError, InputError, OutputError
from app.evaluating.questions import draft_line, read_questions
from app.serving.edition import Edition, Editions
from app.serving.feedback import MOST_COMMENT_CHARACTERS, FeedbackStore
from app.serving.server import create_app
from tests.commands import run_script
from tests.conftest import ROOT
from tests.fake_assistant import HOSTILE, FakeAssistant

HERE = "http://127.0.0.1:7860"
JSON = {"content-type": "application/json"}


@pytest.fixture(scope="module")
def fake() -> FakeAssistant:
    return FakeAssistant()


@pytest.fixture(scope="module")
def answer(fake: FakeAssistant) -> dict[str, Any]:
    return fake.ask("青川の長さは？").as_json()


@pytest.fixture
def store(tmp_path: Path) -> FeedbackStore:
    return FeedbackStore(tmp_path / "feedback.sqlite3")


@pytest.fixture
def client(fake: FakeAssistant, store: FeedbackStore) -> Iterator[TestClient]:
    with TestClient(create_app(Editions(Edition(fake)), feedback=store), base_url=HERE, raise_server_exceptions=False) as client:
        yield client


# ── What is kept ────────────────────────────────────────────────────────────────────────────────────────────


def test_what_was_said_is_kept_whole(client: TestClient, store: FeedbackStore, answer: dict[str, Any]) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    said = {"answer": answer, "rating": "down", "comment": "長さではなく幅を聞いた", "history": ["南公園は？"]}
    reply = client.post("/v1/feedback", json=said)
    assert (reply.status_code, reply.content) == (204, b"")
    assert client.post("/v1/feedback", json={"answer": answer, "rating": "up"}).status_code == 204
    newest, oldest = store.read()
    assert (newest.rating, newest.comment, newest.history) == ("up", "", ())
    assert (oldest.rating, oldest.comment, oldest.history) == ("down", "長さではなく幅を聞いた", ("南公園は？",))
    assert oldest.answer == answer
    assert before <= datetime.fromisoformat(oldest.time) <= datetime.now(UTC)
    assert [row.id for row in store.read("down")] == [oldest.id]
    with sqlite3.connect(store.path) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        question, plan = connection.execute("SELECT question, plan FROM feedback WHERE id = ?", (oldest.id,)).fetchone()
    assert (question, json.loads(plan)) == (answer["question"], answer["plan"])


def test_nothing_is_created_before_it_is_needed(client: TestClient, store: FeedbackStore) -> None:
    store.check()
    assert client.post("/v1/feedback", json={"rating": "up"}).status_code == 400
    assert list(store.path.parent.iterdir()) == []


@pytest.mark.parametrize("hostile", [*HOSTILE, "'; DROP TABLE feedback; --", "a\0b", "🌸𠮷\u2028\u0085"])
def test_hostile_words_are_kept_as_they_are(client: TestClient, store: FeedbackStore, answer: dict[str, Any], hostile: str) -> None:
    said = {"answer": {**answer, "question": hostile}, "rating": "down", "comment": hostile, "history": [hostile]}
    assert client.post("/v1/feedback", json=said).status_code == 204
    (row,) = store.read()
    assert (row.answer["question"], row.comment, row.history) == (hostile, hostile, (hostile,))


@pytest.mark.parametrize("attempt", range(20))  # the first rows of a file are what two may get in each other's way with
def test_several_at_once_are_all_kept(tmp_path: Path, answer: dict[str, Any], attempt: int) -> None:
    stores = [FeedbackStore(tmp_path / f"{attempt}.sqlite3") for _ in range(4)]  # as other processes would have it

    def add(number: int) -> None:
        stores[number % 4].add("up", answer, str(number))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(24)))
    assert sorted(int(row.comment) for row in stores[0].read()) == list(range(24))


# ── What is refused ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"rating": "sideways"}, "request_invalid"),
        ({"rating": None}, "request_invalid"),
        ({"rating": 1}, "request_invalid"),
        ({"comment": "あ" * (MOST_COMMENT_CHARACTERS + 1)}, "request_invalid"),
        ({"comment": 5}, "request_invalid"),
        ({"comment": None}, "request_invalid"),
        ({"history": "a"}, "request_invalid"),
        ({"history": [1]}, "request_invalid"),
        ({"name": "誰か"}, "request_invalid"),
        ({"answer": []}, "request_invalid"),
        ({"answer": "青川"}, "request_invalid"),
        ({"answer": None}, "request_invalid"),
        ({"answer": {}}, "answer_invalid"),
        ({"answer": {"question": "a"}}, "answer_invalid"),
        ({"answer": {"error": {"code": "a", "message": "b"}}}, "answer_invalid"),
    ],
    ids=ascii,
)
def test_bad_feedback_is_400_and_not_kept(
    client: TestClient, store: FeedbackStore, answer: dict[str, Any], change: dict[str, Any], code: str
) -> None:
    reply = client.post("/v1/feedback", json={"answer": answer, "rating": "up", "comment": "", **change})
    assert (reply.status_code, reply.json()["error"]["code"]) == (400, code)
    assert reply.json()["error"]["message"].endswith("。")
    assert not store.path.exists()


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ('"schema_version": 1', '"schema_version": true'),
        ('"schema_version": 1', '"schema_version": 2'),
        ('"schema_version": 1', '"schema_version": 1, "more": NaN'),
        ('"schema_version": 1', '"schema_version": 1, "more": 1e999'),
        ('"schema_version": 1', '"schema_version": 1, "more": "\\ud800"'),
        ('"rating": "up"', '"rating": "up", "comment": "\\ud800"'),
        ('"rating": "up"', '"rating": "up", "history": ["\\ud800"]'),
        ('"rating": "up"', '"rating": "up", "more": ' + "[" * 100_000),
        ('"rating": "up"', ""),
    ],
)
def test_what_no_file_can_hold_is_400(client: TestClient, store: FeedbackStore, answer: dict[str, Any], was: str, now: str) -> None:
    body = json.dumps({"rating": "up", "answer": answer})
    assert was in body
    reply = client.post("/v1/feedback", content=body.replace(was, now).encode(), headers=JSON)
    assert reply.status_code == 400, reply.text
    assert reply.json()["error"]["message"]
    assert not store.path.exists()


def test_20_megabytes_are_413(client: TestClient, store: FeedbackStore, answer: dict[str, Any]) -> None:
    reply = client.post("/v1/feedback", json={"answer": answer, "rating": "up", "comment": "a" * 20_000_000})
    assert (reply.status_code, reply.json()["error"]["code"]) == (413, "body_too_large")
    assert not store.path.exists()


def test_other_origins_cannot_say_anything(client: TestClient, store: FeedbackStore, answer: dict[str, Any]) -> None:
    said = {"answer": answer, "rating": "up"}
    assert client.post("/v1/feedback", json=said, headers={"origin": "http://evil.example"}).status_code == 403
    assert not store.path.exists()


def test_a_dropped_connection_leaves_nothing(fake: FakeAssistant, store: FeedbackStore, answer: dict[str, Any]) -> None:
    """The body breaks off where what came is whole JSON already."""
    app = create_app(Editions(Edition(fake)), feedback=store)
    messages = [
        {"type": "http.request", "body": json.dumps({"answer": answer, "rating": "up"}).encode(), "more_body": True},
        {"type": "http.disconnect"},
    ]
    scope = {
        "type": "http", "method": "POST", "path": "/v1/feedback", "raw_path": b"/v1/feedback", "query_string": b"",
        "root_path": "", "scheme": "http", "http_version": "1.1", "server": ("127.0.0.1", 7860), "client": ("127.0.0.1", 1),
        "headers": [(b"host", b"127.0.0.1:7860"), (b"content-type", b"application/json"), (b"content-length", b"100000")],
    }  # fmt: skip

    async def receive() -> Any:
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        assert message.get("status") != 204

    anyio.run(app, scope, receive, send)
    assert not store.path.exists()


# ── A file that cannot be written ───────────────────────────────────────────────────────────────────────────


def foreign(path: Path) -> Path:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE feedback (mine TEXT)")
    return path


def no_database(path: Path) -> Path:
    path.write_text("mine " * 1000)
    return path


def a_folder(path: Path) -> Path:
    path.mkdir()
    return path


def nowhere(path: Path) -> Path:
    return path / "none" / "feedback.sqlite3"


BROKEN = [foreign, no_database, a_folder, nowhere]


@pytest.mark.parametrize("spoil", BROKEN)
def test_a_file_that_cannot_be_written_is_503(fake: FakeAssistant, tmp_path: Path, answer: dict[str, Any], spoil: Any) -> None:
    store = FeedbackStore(spoil(tmp_path / "feedback.sqlite3"))
    before = {path: path.is_file() and path.read_bytes() for path in tmp_path.rglob("*")}
    client = TestClient(create_app(Editions(Edition(fake)), feedback=store), base_url=HERE, raise_server_exceptions=False)
    reply = client.post("/v1/feedback", json={"answer": answer, "rating": "up"})
    assert (reply.status_code, reply.json()["error"]["code"]) == (503, "feedback_unwritable")
    assert "--feedback" in reply.json()["error"]["message"]
    with pytest.raises(OutputError):
        store.check()
    assert {path: path.is_file() and path.read_bytes() for path in tmp_path.rglob("*")} == before
    assert client.post("/v1/ask", json={"question": "青川の長さは？"}).status_code == 200


@pytest.mark.parametrize("spoil", BROKEN)
def test_the_command_says_so_before_it_opens_anything(tmp_path: Path, spoil: Any) -> None:
    path = spoil(tmp_path / "feedback.sqlite3")
    done = CliRunner().invoke(cli, ["chat", "--feedback", str(path), "--corpus", str(tmp_path / "none")])
    assert (done.exit_code, done.stdout) == (4, "")
    assert done.stderr.startswith("[feedback_unwritable]") and done.stderr.count("\n") == 1


def test_a_full_file_stays_sound(store: FeedbackStore, answer: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.serving.feedback._MOST_PAGES", 8)
    with pytest.raises(OutputError, match="full"):
        for number in range(100):
            store.add("up", answer, str(number))
    assert [row.comment for row in store.read()] == [str(n) for n in reversed(range(len(store.read())))]


def test_the_default_is_not_for_git() -> None:
    ignored = (ROOT / ".gitignore").read_text().splitlines()
    assert f"/{Settings().feedback}*" in ignored


# ── python -m scripts.feedback ──────────────────────────────────────────────────────────────────────────────


def test_the_script_lists_newest_first(store: FeedbackStore, answer: dict[str, Any]) -> None:
    store.add("up", answer, "よい")
    store.add("down", answer, "a\tb\n\x1b[31m赤")
    done = run_script("feedback", "--feedback", store.path, LC_ALL="C", PYTHONUTF8="0")
    assert (done.returncode, done.stderr) == (0, "")
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    assert [(row[0], row[2], row[3], row[4], row[6]) for row in rows] == [
        ("2", "down", "corrected", "青川の長さは？", r"a\tb\n\x1b[31m赤"),
        ("1", "up", "corrected", "青川の長さは？", "よい"),
    ]
    only = run_script("feedback", "--feedback", store.path, "--rating", "up", "--json")
    assert [json.loads(line) for line in only.stdout.splitlines()] == [store.read("up")[0].as_json()]


def test_a_thumbs_down_becomes_a_sample_question(store: FeedbackStore, answer: dict[str, Any], tmp_path: Path) -> None:
    store.add("down", answer, "幅を聞いた", ["南公園は？"])
    done = run_script("feedback", "--feedback", store.path, "--question", "1")
    assert done.returncode == 0
    assert "幅を聞いた" in done.stderr and answer["answer"] in done.stderr
    path = tmp_path / "mine.jsonl"
    path.write_text(done.stdout, encoding="utf-8")
    with pytest.raises(BatchError):  # not before a person has said what is right
        read_questions(path)
    line = json.loads(done.stdout)
    line.update(answer=["30メートル"], status="answered")
    path.write_text(json.dumps({key: value for key, value in line.items() if value not in ("", [""])}), encoding="utf-8")
    (question,) = read_questions(path)
    assert (question.id, question.question, question.history) == ("feedback-1", answer["question"], ("南公園は？",))
    assert question.category == "feedback"


@pytest.mark.parametrize("field", ["zones", "kind", "passage", "answer", "status"])
def test_every_empty_field_stops_the_reading(tmp_path: Path, field: str) -> None:
    line = json.loads(draft_line("a", "幅は？"))
    kept = {key: value for key, value in line.items() if key in ("id", "question", "category", field)}
    (tmp_path / "q.jsonl").write_text(json.dumps(kept), encoding="utf-8")
    with pytest.raises(BatchError, match=field):
        read_questions(tmp_path / "q.jsonl")


def test_feedback_that_is_not_there(store: FeedbackStore, answer: dict[str, Any], tmp_path: Path) -> None:
    done = run_script("feedback", "--feedback", store.path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("[feedback_missing]")
    assert not store.path.exists()
    store.add("up", answer)
    assert run_script("feedback", "--feedback", store.path, "--question", "7").stderr.startswith("[feedback_unknown]")
    assert run_script("feedback", "--feedback", store.path, "--rating", "meh").returncode == 2
    for spoil in (foreign, no_database):
        with pytest.raises(InputError, match="読めません"):
            FeedbackStore(spoil(tmp_path / spoil.__name__)).read()
