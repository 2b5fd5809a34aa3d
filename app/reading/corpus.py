"""Files of a corpus folder to Documents: which files count, and their exact text.

A document is every `*.txt` below the folder, except `README*` and what lies in `questions/`. Its text is
`bytes.decode("utf-8")`, unchanged: a byte order mark and carriage returns stay and count as characters.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from app.errors import DocumentError
from app.schema import Document

SUFFIXES = (".txt",)
QUESTIONS_FOLDER = "questions"


def document_paths(folder: Path) -> tuple[Path, ...]:
    """The files that are documents, in the order of their names. Raises DocumentError if there are none."""
    if not folder.is_dir():
        raise DocumentError(
            "corpus_missing",
            f"資料フォルダ {folder} がありません。--corpus で資料 (*.txt) のあるフォルダを指定してください。"
            f" (no corpus folder {folder}: give one with --corpus)",
        )
    found = [
        path
        for path in folder.rglob("*")
        if path.is_file()
        and path.suffix.lower() in SUFFIXES
        and not path.name.upper().startswith("README")
        and QUESTIONS_FOLDER not in path.relative_to(folder).parts[:-1]
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    ]
    if not found:
        raise DocumentError(
            "corpus_empty",
            f"資料フォルダ {folder} に資料 (*.txt、UTF-8) がありません。1つ以上置いてください。"
            f" (no *.txt document in {folder}: put at least one there)",
        )
    return tuple(sorted(found, key=lambda path: path.relative_to(folder).as_posix()))


def read_document(path: Path, folder: Path) -> Document:
    """Read one file. Raises DocumentError, naming the byte, if it is not strict UTF-8, and if it is blank."""
    name = path.relative_to(folder).as_posix()
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DocumentError(
            "document_unreadable", f"資料 {name} を読めません: {error}。権限を確かめてください。"
        ) from error
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise DocumentError(
            "document_not_utf8",
            f"資料 {name} は UTF-8 ではありません（{error.start} バイト目）。UTF-8 で保存し直してください。"
            f" ({name} is not UTF-8 at byte {error.start}: save it as UTF-8)",
        ) from error
    if not text.replace("\ufeff", "").strip():
        raise DocumentError("document_empty", f"資料 {name} は空です。本文を入れるか、取り除いてください。")
    return Document(name=name, text=text, sha256=hashlib.sha256(data).hexdigest())


def read_corpus(folder: Path) -> tuple[Document, ...]:
    """Every document of the folder, in the order of their names."""
    return tuple(read_document(path, folder) for path in document_paths(folder))


def guide_path(document: Document, folder: Path) -> Path:
    """Where the reading guide of a document lies, if it has one: beside it, with the ending .toml."""
    return (folder / document.name).with_suffix(".toml")
