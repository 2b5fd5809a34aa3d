"""Question files are read strictly: what cannot be meant is an error with its file, line and remedy."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from app.errors import BatchError
from app.evaluating.questions import Question, half, read_causes, read_questions

SAMPLES = Path(__file__).parent.parent / "corpus" / "questions" / "zones.jsonl"
LINE = {"id": "a", "question": "虹口の面積は？", "category": "size"}


def write(tmp_path: Path, *lines: Any) -> Path:
    path = tmp_path / "q.jsonl"
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    path.write_text("\n".join(texts), encoding="utf-8")
    return path


def test_a_line_with_everything(tmp_path: Path) -> None:
    expected = {"zones": ["虹口"], "kind": "面積", "passage": "約4", "answer": ["約4"], "status": "corrected"}
    path = write(tmp_path, {**LINE, "history": ["黄浦は？"], **expected})
    assert read_questions(path) == (
        Question(
            "a", "虹口の面積は？", "size", ("黄浦は？",), ("虹口",), "面積", "約4", ("約4",), "corrected"
        ),
    )


def test_a_line_with_the_least_expects_an_answer(tmp_path: Path) -> None:
    (question,) = read_questions(write(tmp_path, LINE))
    assert question == Question("a", "虹口の面積は？", "size")
    assert question.status == "answered"


def test_blank_lines_and_a_byte_order_mark_are_skipped_but_counted(tmp_path: Path) -> None:
    path = write(tmp_path, "\ufeff" + json.dumps(LINE), "", "{")
    with pytest.raises(BatchError, match=r"q\.jsonl:3: "):
        read_questions(path)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "not valid JSON"),
        ("[1]", "expected an object"),
        ('{"id": "a", "id": "b"}', "the same key twice"),
        ('{"id": "\\ud800"}', "surrogates not allowed"),
        ({**LINE, "pasage": "x"}, "pasage.*unknown key"),
        ({"question": "q", "category": "c"}, "「id」.*missing key"),
        ({"id": "a", "category": "c"}, "「question」.*missing key"),
        ({"id": "a", "question": "q"}, "「category」.*missing key"),
        ({**LINE, "id": 1}, "「id」.*expected a string"),
        ({**LINE, "id": " "}, "「id」.*expected a string"),
        ({**LINE, "passage": None}, "「passage」.*expected a string"),
        ({**LINE, "zones": "虹口"}, "「zones」.*expected strings"),
        ({**LINE, "answer": [4]}, "「answer」.*expected strings"),
        ({**LINE, "answer": [""]}, "「answer」.*expected strings"),
        ({**LINE, "status": "ok"}, "answered、corrected、clarify、refused"),
        ({**LINE, "id": "first"}, "1 行目.*duplicate id"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: Any, says: str) -> None:
    path = write(tmp_path, {**LINE, "id": "first"}, line)
    with pytest.raises(BatchError, match=rf"q\.jsonl:2: .*{says}") as error:
        read_questions(path)
    assert error.value.exit_code == 2


def test_a_file_that_is_missing_empty_or_not_utf8(tmp_path: Path) -> None:
    with pytest.raises(BatchError, match=r"none\.jsonl.*--questions"):
        read_questions(tmp_path / "none.jsonl")
    with pytest.raises(BatchError, match="no question"):
        read_questions(write(tmp_path, ""))
    (tmp_path / "sjis.jsonl").write_bytes(json.dumps(LINE, ensure_ascii=False).encode("shift_jis"))
    with pytest.raises(BatchError, match="UTF-8"):
        read_questions(tmp_path / "sjis.jsonl")


def test_halves_are_those_of_the_first_day() -> None:
    # sha256("a") = ca978112…, even; sha256("b") = 3e23e816…, even; sha256("d") = 18ac3e73…, odd
    assert hashlib.sha256(b"a").hexdigest().startswith("ca978112")
    assert [half(id) for id in ("a", "b", "d")] == ["tuning", "tuning", "reported"]
    assert [half(id) for id in ("size-虹口", "size-徐匯")] == ["tuning", "reported"]


def test_the_sample_questions_can_be_read_and_split_evenly() -> None:
    questions = read_questions(SAMPLES)
    assert len(questions) >= 120
    assert sum(question.status == "refused" for question in questions) >= 25
    tuning = sum(half(question.id) == "tuning" for question in questions)
    assert 0.4 < tuning / len(questions) < 0.6


def test_causes(tmp_path: Path) -> None:
    questions = read_questions(write(tmp_path, LINE))
    path = tmp_path / "q.causes.json"
    assert read_causes(path, questions) == {}
    path.write_text('{"a": "言い換えが遠い"}', encoding="utf-8")
    assert read_causes(path, questions) == {"a": "言い換えが遠い"}
    for text, says in (('{"a": 1}', "strings"), ('{"b": "x"}', "unknown ids"), ("[]", "object")):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(BatchError, match=says):
            read_causes(path, questions)
