"""Which files are documents, and that their text is what the file holds, character by character."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import DocumentError
from app.reading.corpus import document_paths, guide_path, read_corpus, read_document

ROOT = Path(__file__).parents[1]


def put(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("本文。", encoding="utf-8")


def refused(folder: Path) -> DocumentError:
    with pytest.raises(DocumentError) as caught:
        read_corpus(folder)
    assert caught.value.exit_code == 2
    return caught.value


@pytest.mark.parametrize("name", ["a.txt", "a.TXT", "b/c/d.txt", "資料.txt", "a.b.txt", "questions.txt", "readers.txt"])
def test_these_are_documents(tmp_path: Path, name: str) -> None:
    put(tmp_path, name)
    assert [document.name for document in read_corpus(tmp_path)] == [name]


@pytest.mark.parametrize(
    "name",
    [
        "README.txt", "readme.txt", "README.ja.txt", "b/README.txt",
        "questions/a.txt", "questions/b/a.txt", "b/questions/a.txt",
        "a.toml", "a.md", "a.jsonl", "a", "a.txt~", "atxt",
        ".hidden.txt", ".git/a.txt", "b/.cache/a.txt",
    ],
)  # fmt: skip
def test_these_are_not(tmp_path: Path, name: str) -> None:
    put(tmp_path, name)
    assert refused(tmp_path).code == "corpus_empty"
    put(tmp_path, "z.txt")
    assert [document.name for document in read_corpus(tmp_path)] == ["z.txt"]


def test_a_folder_named_like_a_document_is_none(tmp_path: Path) -> None:
    (tmp_path / "folder.txt").mkdir()
    assert refused(tmp_path).code == "corpus_empty"


def test_the_corpus_may_lie_below_hidden_and_questions_folders(tmp_path: Path) -> None:
    folder = tmp_path / ".data" / "questions"
    put(folder, "a.txt")
    assert [document.name for document in read_corpus(folder)] == ["a.txt"]


def test_documents_come_in_the_order_of_their_names(tmp_path: Path) -> None:
    put(tmp_path, "b.txt", "a/z.txt", "a.txt", "c/a.txt", "B.txt")
    names = [document.name for document in read_corpus(tmp_path)]
    assert names == sorted(names) == ["B.txt", "a.txt", "a/z.txt", "b.txt", "c/a.txt"]
    assert [path.relative_to(tmp_path).as_posix() for path in document_paths(tmp_path)] == names


def test_the_shipped_corpus() -> None:
    documents = read_corpus(ROOT / "corpus")
    assert "shanghai-ftz-linkage-zones.txt" in [document.name for document in documents]
    for document in documents:
        data = (ROOT / "corpus" / document.name).read_bytes()
        assert document.text.encode() == data
        assert document.sha256 == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\xef\xbb\xbf\xe6\xb8\xaf", "\ufeff港"),
        ("港\r\n湾\r\n".encode(), "港\r\n湾\r\n"),
        ("港\r湾\n".encode(), "港\r湾\n"),
        ("\n\n 港 \n\n".encode(), "\n\n 港 \n\n"),
        ("か\u3099㎢\u2028𠮷😀".encode(), "か\u3099㎢\u2028𠮷😀"),
        ("港\0湾".encode(), "港\0湾"),
    ],
)
def test_text_is_kept_as_it_is(tmp_path: Path, data: bytes, text: str) -> None:
    (tmp_path / "a.txt").write_bytes(data)
    [document] = read_corpus(tmp_path)
    assert document.text == text
    assert len(document.text) == len(text)
    assert document.sha256 == hashlib.sha256(data).hexdigest()


@given(st.text(min_size=1))
def test_any_text_comes_back(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.getbasetemp() / "any.txt"
    path.write_bytes(f"港{text}".encode())
    assert read_document(path, path.parent).text == f"港{text}"


@pytest.mark.parametrize(
    ("data", "byte"),
    [
        (b"\xff", 0),
        ("港湾".encode() + b"\xe6\xb8", 6),
        ("港".encode() + b"\x80" + "湾".encode(), 3),
        ("港湾".encode("cp932"), 0),
        ("ab港".encode("euc_jp"), 2),
        ("港湾".encode("utf-16"), 0),
        (b"a\xed\xa0\x80", 1),  # a surrogate
        (b"ab\xc0\xaf", 2),  # an overlong form
    ],
)
def test_what_is_not_utf8_is_refused_with_its_place(tmp_path: Path, data: bytes, byte: int) -> None:
    put(tmp_path, "fine.txt")
    (tmp_path / "資料.txt").write_bytes(data)
    error = refused(tmp_path)
    assert error.code == "document_not_utf8"
    assert "資料.txt" in error.message
    assert f"{byte} バイト目" in error.message


@pytest.mark.parametrize("text", ["", "\ufeff", " \r\n\t\u3000\n", "\x0c\u00a0\u2003", "\u2028\x0b\x85"])
def test_a_blank_document_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "blank.txt").write_bytes(text.encode())
    error = refused(tmp_path)
    assert error.code == "document_empty"
    assert "blank.txt" in error.message


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    error = refused(tmp_path / "none")
    assert error.code == "corpus_missing"
    assert "none" in error.message
    assert "--corpus" in error.message


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    put(tmp_path, "a.txt")
    assert refused(tmp_path / "a.txt").code == "corpus_missing"


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    error = refused(tmp_path)
    assert error.code == "corpus_empty"
    assert str(tmp_path) in error.message


@pytest.mark.parametrize(
    ("name", "guide"), [("a.txt", "a.toml"), ("b/a.txt", "b/a.toml"), ("a.b.txt", "a.b.toml"), ("A.TXT", "A.toml")]
)
def test_a_guide_lies_beside_its_document(tmp_path: Path, name: str, guide: str) -> None:
    put(tmp_path, name)
    [document] = read_corpus(tmp_path)
    assert guide_path(document, tmp_path) == tmp_path / guide


@pytest.mark.parametrize("data", [None, b"\x93\xfa\x96\x7b"])
def test_the_command_line_leaves_with_2(tmp_path: Path, data: bytes | None) -> None:
    if data is not None:
        (tmp_path / "cp932.txt").write_bytes(data)
    done = subprocess.run(
        [sys.executable, "-m", "app", "index", "--corpus", str(tmp_path), "--index", str(tmp_path / "index")],
        cwd=ROOT,
        capture_output=True,
        check=False,
        timeout=120,
    )
    message = done.stderr.decode()
    assert done.returncode == 2, message
    assert ("corpus_empty" if data is None else "0 バイト目") in message
    assert "Traceback" not in message
