"""Sample questions with what is expected of their answers: one JSON object a line, read strictly.

A line is `{"id", "question", "history"?, "category", "zones"?, "kind"?, "passage"?, "answer"?, "status"?}`;
any other key, a wrong type, a missing or repeated id stops the reading, because a misspelt expectation would
pass unseen. Knows nothing of how questions are answered.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from app.answer import Status
from app.errors import BatchError

Half = Literal["tuning", "reported"]

_TEXTS = ("id", "question", "category", "kind", "passage", "status")
_LISTS = ("history", "zones", "answer")
_REQUIRED = ("id", "question", "category")
_STATUSES = get_args(Status)


@dataclass(frozen=True, slots=True)
class Question:
    """A question and what its answer must be; an empty tuple or None expects nothing of that part.

    `passage` is text that the first citation must hold, `zones` where it may stand (with several: exactly the
    zones that the citations come from), `answer` strings that the answer's text must hold.
    """

    id: str
    question: str
    category: str
    history: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    kind: str | None = None
    passage: str | None = None
    answer: tuple[str, ...] = ()
    status: Status = "answered"


def half(id: str) -> Half:
    """Which half a question belongs to: fixed by its id before anything was tuned, so never chosen."""
    return "tuning" if int(hashlib.sha256(id.encode()).hexdigest()[:8], 16) % 2 == 0 else "reported"


def read_questions(path: Path) -> tuple[Question, ...]:
    """The questions of a file, in its order, without blank lines. Raises BatchError with file and line."""
    questions: list[Question] = []
    first_seen: dict[str, int] = {}
    # Not splitlines(): JSON leaves U+2028 and the like inside a string as they are.
    for number, line in enumerate(_read_text(path).split("\n"), start=1):
        if not line.strip():
            continue
        place = f"{path}:{number}"
        question = _question(line, place)
        if question.id in first_seen:
            raise _error(
                place,
                f"id「{question.id}」は {first_seen[question.id]} 行目でも使われています。"
                "別の id にしてください。 (duplicate id)",
            )
        first_seen[question.id] = number
        questions.append(question)
    if not questions:
        raise _error(str(path), "質問がありません。1 行に 1 つの JSON を書いてください。 (no question)")
    return tuple(questions)


def draft_line(id: str, question: str, history: Sequence[str] = ()) -> str:
    """A line that a person completes: every expectation is there and empty, which `read_questions` refuses till it is
    filled in or taken out."""
    earlier = {"history": list(history)} if history else {}
    expected = {"zones": [""], "kind": "", "passage": "", "answer": [""], "status": ""}
    return json.dumps(
        {"id": id, "question": question, **earlier, "category": "feedback", **expected}, ensure_ascii=False
    )


def read_causes(path: Path, questions: tuple[Question, ...]) -> dict[str, str]:
    """Why questions are missed, by id, from `{id: cause}`; nothing without such a file. Raises BatchError."""
    if not path.exists():
        return {}
    causes = _parse(_read_text(path), str(path))
    if not all(isinstance(cause, str) for cause in causes.values()):
        raise _error(str(path), '{"id": "原因"} の形で書いてください。 (expected an object of strings)')
    if unknown := sorted(set(causes) - {question.id for question in questions}):
        raise _error(str(path), f"質問にない id: {'、'.join(unknown)}。直すか消してください。 (unknown ids)")
    return causes


def _read_text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise BatchError(
            "questions_unreadable", f"{path} を読めません: {error.strerror}。--questions を確かめてください。"
        ) from error
    except UnicodeDecodeError as error:
        raise BatchError(
            "questions_not_utf8",
            f"{path} は UTF-8 ではありません（{error.start} バイト目）。UTF-8 で保存してください。",
        ) from error


def _question(line: str, place: str) -> Question:
    row = _parse(line, place)
    known = (*_TEXTS, *_LISTS)
    if unknown := sorted(set(row) - set(known)):
        raise _error(
            place, f"知らないキー: {'、'.join(unknown)}。使えるのは {'、'.join(known)}。 (unknown key)"
        )
    for key in _REQUIRED:
        if key not in row:
            raise _error(place, f"「{key}」がありません。書き足してください。 (missing key)")
    for key, value in row.items():
        _check(key, value, place)
    lists = {key: tuple(row[key]) for key in _LISTS if key in row}
    return Question(**{**row, **lists})


def _check(key: str, value: Any, place: str) -> None:
    if key in _LISTS:
        if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
            raise _error(place, f"「{key}」は空でない文字列の配列にしてください。 (expected strings)")
    elif not isinstance(value, str) or not value.strip():
        raise _error(place, f"「{key}」は空でない文字列にしてください。 (expected a string)")
    elif key == "status" and value not in _STATUSES:
        raise _error(place, f"「status」が「{value}」です。{'、'.join(_STATUSES)} のどれかにしてください。")


def _parse(text: str, place: str) -> dict[str, Any]:
    try:
        value = json.loads(text, object_pairs_hook=_unique)
        json.dumps(value, ensure_ascii=False).encode()  # a lone surrogate can be neither hashed nor written
    except (ValueError, RecursionError) as error:
        raise _error(place, f"JSON として読めません: {error}。直してください。 (not valid JSON)") from error
    if not isinstance(value, dict):
        raise _error(place, "JSON のオブジェクト {…} にしてください。 (expected an object)")
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # json keeps the last of two equal keys and says nothing: half of an expectation would be lost.
    row = dict(pairs)
    if len(row) < len(pairs):
        raise ValueError("the same key twice")
    return row


def _error(place: str, message: str) -> BatchError:
    return BatchError("questions_invalid", f"{place}: {message}")
