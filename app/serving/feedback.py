"""What people say of answers: one SQLite file, written by the server, read by `scripts.feedback`.

A row holds the time, the rating, the comment, the conversation's earlier questions and the whole answer with its plan,
so that whatever was shown can be looked at, proved and asked again. Nothing of who said it.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from time import monotonic, sleep
from typing import Any, Literal

from app.answer import SCHEMA_VERSION
from app.errors import InputError, OutputError

Rating = Literal["up", "down"]

MOST_COMMENT_CHARACTERS = 2000
# Whoever can reach the server can send feedback: the file grows to 256 MiB and no further.
_MOST_PAGES = 65_536
# Seconds to wait for another writer, and between two tries.
_WAIT, _AGAIN = 5.0, 0.02
# Says in the file itself whose it is: no table of ours goes into somebody else's database.
_APPLICATION = 0x53687474
_TABLE = """
CREATE TABLE IF NOT EXISTS feedback (
    id INTEGER PRIMARY KEY,
    time TEXT NOT NULL,
    rating TEXT NOT NULL CHECK (rating IN ('up', 'down')),
    comment TEXT NOT NULL,
    history TEXT NOT NULL,
    question TEXT NOT NULL,
    plan TEXT NOT NULL,
    answer TEXT NOT NULL
)
"""
_PARTS: Mapping[str, type] = {
    "question": str, "language": str, "status": str, "answer": str, "segments": list, "citations": list,
    "passages": list, "choices": list, "plan": dict, "documents": dict, "index": str,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Feedback:
    """One rating. `time` is UTC, `2026-11-25T01:02:03+00:00`; `answer` the contract's JSON; `history` oldest first."""

    id: int
    time: str
    rating: Rating
    comment: str
    history: tuple[str, ...]
    answer: Mapping[str, Any]

    def as_json(self) -> dict[str, Any]:
        """All of it, for programs."""
        return {
            "id": self.id,
            "time": self.time,
            "rating": self.rating,
            "comment": self.comment,
            "history": list(self.history),
            "answer": dict(self.answer),
        }


def check_answer(answer: Mapping[str, Any]) -> None:
    """Raises InputError for what is not an answer of the contract. A wrong one is welcome: that is what feedback is for."""
    version = answer.get("schema_version")
    wrong = [key for key, kind in _PARTS.items() if not isinstance(answer.get(key), kind)]
    if version != SCHEMA_VERSION or isinstance(version, bool) or wrong:
        raise InputError(
            "answer_invalid",
            f"answer が答えの JSON ではありません（{'、'.join(wrong) or 'schema_version'} を確かめてください）。"
            "/v1/ask が返したものをそのまま送ってください。",
        )
    try:
        json.dumps(answer, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError) as error:  # NaN, half a surrogate pair: no answer of ours holds any
        raise InputError("answer_invalid", f"answer に保存できない値があります: {error}。取り除いてください。") from error


class FeedbackStore:
    """The file, created by the first row. Safe to share between threads and processes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = Lock()

    def check(self) -> None:
        """Raises OutputError if no row could be written. Creates nothing."""
        if self.path.exists():
            with self._writing():
                pass
        elif not self.path.parent.is_dir() or not os.access(self.path.parent, os.W_OK):
            raise self._unwritable("そのフォルダがないか、書けません")

    def add(self, rating: Rating, answer: Mapping[str, Any], comment: str = "", history: Sequence[str] = ()) -> None:
        """Keep a rating. Raises InputError for what is no answer, OutputError if the file cannot be written."""
        check_answer(answer)
        row = (
            datetime.now(UTC).isoformat(timespec="seconds"),
            rating,
            comment,
            _written(list(history)),
            answer["question"],
            _written(answer["plan"]),
            _written(answer),
        )
        with self._writing() as connection:
            connection.execute(_TABLE)
            connection.execute(f"PRAGMA application_id = {_APPLICATION}")
            connection.execute(
                "INSERT INTO feedback (time, rating, comment, history, question, plan, answer) VALUES (?, ?, ?, ?, ?, ?, ?)",
                row,
            )

    def read(self, rating: Rating | None = None) -> list[Feedback]:
        """All ratings, or those of one kind, newest first. Raises InputError if there is no such file of ours."""
        if not self.path.is_file():
            raise InputError(
                "feedback_missing",
                f"{self.path} がありません。まだ評価がないか、場所が違います。--feedback を確かめてください。 (no feedback yet)",
            )
        query = "SELECT id, time, rating, comment, history, answer FROM feedback WHERE ?1 IS NULL OR rating = ?1 ORDER BY id DESC"
        try:
            with closing(sqlite3.connect(f"{self.path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
                rows = connection.execute(query, (rating,)).fetchall()
        except sqlite3.Error as error:
            raise InputError(
                "feedback_unreadable",
                f"{self.path} は評価のファイルとして読めません: {error}。--feedback を確かめてください。",
            ) from error
        return [
            Feedback(id, time, kind, comment, tuple(json.loads(history)), json.loads(answer))
            for id, time, kind, comment, history, answer in rows
        ]

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction that nobody else writes in; all of it is kept, or nothing."""
        try:
            with self._lock, closing(sqlite3.connect(self.path, timeout=_WAIT, isolation_level=None)) as connection:
                self._refuse_foreign(connection)
                self._use_wal(connection)
                connection.execute(f"PRAGMA max_page_count = {_MOST_PAGES}")
                connection.execute("BEGIN IMMEDIATE")
                try:
                    yield connection
                except BaseException:
                    connection.rollback()
                    raise
                connection.commit()
        except sqlite3.Error as error:
            raise self._unwritable(str(error)) from error

    def _refuse_foreign(self, connection: sqlite3.Connection) -> None:
        # In this order: whoever writes the first row just now commits the table and whose it is together.
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        if tables and application != _APPLICATION:
            raise self._unwritable("別のデータベースです")

    @staticmethod
    def _use_wal(connection: sqlite3.Connection) -> None:
        """Readers and the writer do not wait for each other. SQLite's own waiting does not hold for this one switch."""
        end = monotonic() + _WAIT
        while True:
            try:
                connection.execute("PRAGMA journal_mode = WAL")
                return
            except sqlite3.OperationalError:
                if monotonic() > end:
                    raise
                sleep(_AGAIN)

    def _unwritable(self, why: str) -> OutputError:
        return OutputError(
            "feedback_unwritable",
            f"評価を {self.path} に書けません: {why}。書き込める場所を --feedback に指定してください。 (cannot keep feedback)",
        )


def _written(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
