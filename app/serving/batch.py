"""A file of questions to a file of answers, line by line, in order; a bad line becomes an error line."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from app.answering.assistant import Assistant
from app.errors import BatchError, InputError, OutputError


def run_batch(opened: Callable[[], Assistant], source: Path, target: Path) -> int:
    """Answer every line of `source` into `target`; returns how many lines were bad.

    `opened` gives the assistant, once source and target are known to be usable.

    The target appears when it is complete. Raises BatchError if the source cannot be read, OutputError if the target
    cannot be written; what it held before stays then.
    """
    lines = _read_lines(source)
    target = target.resolve()  # a link stays a link
    partial = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        if target.exists() and not target.is_file():  # a folder, or a device such as /dev/null, is not to be replaced
            raise OutputError(
                "output_unwritable", f"{target} はファイルではありません。ファイルの名前を --out に指定してください。"
            )
        with partial.open("w", encoding="utf-8", newline="\n") as file:
            bad = 0
            assistant = opened()
            for row in _rows(assistant, lines):
                bad += "error" in row
                # A lone surrogate in an id that came in as an escape goes out as an escape.
                text = json.dumps(row, ensure_ascii=False)
                file.write((text if _encodable(text) else json.dumps(row)) + "\n")
        partial.replace(target)
    except OSError as error:
        raise OutputError(
            "output_unwritable", f"{target} に書けません: {error}。書き込める場所を --out に指定してください。"
        ) from error
    finally:
        with suppress(OSError):  # it may never have come to be
            partial.unlink()
    return bad


def _read_lines(source: Path) -> list[bytes]:
    try:
        data = source.read_bytes()
    except OSError as error:
        raise BatchError("batch_unreadable", f"{source} を読めません: {error}。--batch のファイルを確かめてください。") from error
    lines = data.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    return lines[:-1] if lines and not lines[-1].strip() else lines


def _rows(assistant: Assistant, lines: list[bytes]) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(lines, 1):
        id: Any = None
        try:
            request = _parse(line, number)
            id = request.get("id")
            _check(request, number)
            yield assistant.ask(request["question"], request.get("history", []), id).as_json()
        except InputError as error:
            yield {"id": id if isinstance(id, str) else None, "error": error.as_json()}


def _parse(line: bytes, number: int) -> dict[str, Any]:
    try:
        request = json.loads(line.decode("utf-8"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise BatchError("line_not_json", f"{number} 行目は JSON ではありません: {error}。") from error
    if not isinstance(request, dict):
        raise BatchError("line_not_object", f"{number} 行目は JSON のオブジェクトではありません。")
    return request


def _check(request: dict[str, Any], number: int) -> None:
    history = request.get("history", [])
    if not isinstance(request.get("question"), str):
        raise BatchError("question_missing", f"{number} 行目に文字列の question がありません。")
    if not isinstance(history, list) or not all(isinstance(item, str) for item in history):
        raise BatchError("history_invalid", f"{number} 行目の history は文字列の並びにしてください。")
    if not isinstance(request.get("id"), str | None):
        raise BatchError("id_invalid", f"{number} 行目の id は文字列にしてください。")


def _encodable(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
