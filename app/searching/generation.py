"""One built index on disk, a *generation*: written whole or not at all, verified when opened, never altered.

    index/CURRENT                  the name of the generation in use
    index/<hash>/manifest.json     what it was built from, and the SHA-256 of every other file
    index/<hash>/…                 passages, facts, zones, vectors, word and bigram index, name dictionary

A generation is named by the hash of its manifest, so that an altered one no longer has its name.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app import __version__
from app.errors import IndexDamagedError, IndexForeignError, OutputError
from app.reading.tokenization import Tokenizer
from app.schema import Document, Reading
from app.searching.contents import Encode, open_contents, write_contents
from app.searching.embedding import Encoder
from app.searching.milvus_server import MilvusServer
from app.searching.milvus_store import MilvusStore
from app.searching.store import EmbeddedStore, Store

FORMAT = 5
_CURRENT = "CURRENT"
_KEPT = 2
_MEND = "`python -m app index --rebuild` で作り直してください。 (rebuild it with `python -m app index --rebuild`)"


@dataclass(frozen=True, slots=True)
class Sources:
    """What an index is built from: the documents, and the hash of each one's guide ('' without a guide)."""

    documents: tuple[Document, ...]
    guides: Mapping[str, str]

    def as_json(self) -> dict[str, Any]:
        """As the manifest records it, to be compared."""
        return {"documents": {item.name: item.sha256 for item in self.documents}, "guides": dict(self.guides)}


@dataclass(frozen=True, slots=True)
class Generation:
    """An opened index. Row i of the store is `reading.passages[i]`."""

    hash: str
    reading: Reading
    tokenizer: Tokenizer
    store: Store


def current_name(index: Path) -> str | None:
    """The hash of the current generation, None if there is none. Raises IndexDamagedError if that cannot be read."""
    try:
        return (index / _CURRENT).read_text(encoding="ascii").strip()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise IndexDamagedError("index_damaged", f"{index / _CURRENT} を読めません: {error}。{_MEND}") from error


def stamp(index: Path) -> tuple[int, int] | None:
    """What differs whenever a generation has been made current, be it the same one again; None without an index."""
    try:
        found = (index / _CURRENT).stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns


def is_current(index: Path, sources: Sources, model: str, store: str = "", name: str | None = None) -> bool | None:
    """Whether the current generation, or the one of that name, was built from these sources: None if there is none yet.

    Raises IndexForeignError if it is of another version, model or store, IndexDamagedError if that cannot be told.
    """
    if (name := current_name(index) if name is None else name) is None:
        return None
    manifest = _manifest(index / name)
    if (manifest.get("format"), manifest.get("version")) != (FORMAT, __version__):
        raise IndexForeignError(
            "index_other_version",
            f"索引 {index} は別の版 (版 {manifest.get('version')}、形式 {manifest.get('format')}) が作ったものです"
            f"（この版は {__version__}、形式 {FORMAT}）。{_MEND}",
        )
    if manifest.get("model") != model:
        raise IndexForeignError(
            "index_other_model",
            f"索引 {index} は別のモデル {manifest.get('model')} で作られています（指定は {model}）。"
            f"同じ --model を付けるか、別の --index を指定するか、{_MEND}",
        )
    if manifest.get("store", "") != store:
        raise IndexForeignError(
            "index_other_store",
            f"索引 {index} の検索先は {manifest.get('store') or 'ファイル'} です（指定は {store or 'ファイル'}）。同じ --store を付ける"
            f"（ファイルなら付けない）か、別の --index を指定するか、`python -m app index --rebuild{store and f' --store {store}'}` で"
            " 作り直してください。 (the index is in another store: give the same --store, another --index, or rebuild it)",
        )
    return all(manifest.get(key) == value for key, value in sources.as_json().items())


def open_generation(index: Path, documents: tuple[Document, ...], name: str | None = None) -> Generation:
    """Open and verify the current generation, or the one of that name, in the store it was built in.

    Raises IndexDamagedError if a byte of it is not what was written, EngineError if the store is not in order.
    """
    folder = index / (name or current_name(index) or "")
    _verify(folder)
    return Generation(folder.name, *open_contents(folder, documents), _store(folder))


def write_generation(
    index: Path,
    reading: Reading,
    names: Iterable[tuple[str, str]],
    sources: Sources,
    encoder: Encoder,
    encode: Encode,
    began: Callable[[str], None] = lambda part: None,
    store: str = "",
) -> str:
    """Build, write and make current a generation; returns its hash. `names`, `encode`, `began`: see `write_contents`.

    The caller holds `writing(index)`. Raises OutputError if the folder cannot be written, EngineError if the `store`
    cannot; what was current stays current then.
    """
    server = MilvusServer(store) if store else None  # now: that it does not answer is said before hours of encoding
    building = index / f".building-{os.getpid()}"
    try:
        for killed in index.glob(".building-*"):  # left by a process that was killed: only one may write at a time
            shutil.rmtree(killed, ignore_errors=True)
        building.mkdir(parents=True)
        write_contents(building, reading, names, encode, began)
        if server:
            embedded = EmbeddedStore.open(building)
            server.describe(building, embedded)
            EmbeddedStore.remove(building)  # what is open stays readable until it is uploaded
        began("hashes")
        files = sorted(path for path in building.rglob("*") if path.is_file())
        manifest = {
            "format": FORMAT,
            "version": __version__,
            "model": encoder.fingerprint,
            **sources.as_json(),
            **({"store": store} if store else {}),
            "files": {path.relative_to(building).as_posix(): _hash_file(path) for path in files},
        }
        text = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True)
        (building / "manifest.json").write_text(text, encoding="utf-8")
        name = hashlib.sha256(text.encode()).hexdigest()
        if server:
            server.upload(name, embedded)  # whole before anything points at it
        dropped = _commit(index, building, name)
        if server:
            server.publish(name, dropped)
    except OSError as error:
        raise _unwritable(index, error) from error
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return name


@contextmanager
def writing(index: Path) -> Iterator[None]:
    """Hold the only right to write this index; a second builder waits. Raises OutputError if it cannot be written."""
    from filelock import FileLock

    try:
        index.mkdir(parents=True, exist_ok=True)
        lock = FileLock(index / ".lock")
        lock.acquire()
    except OSError as error:
        raise _unwritable(index, error) from error
    try:
        yield
    finally:
        lock.release()


def _commit(index: Path, building: Path, name: str) -> list[str]:
    """Make a built generation current; returns the names of those that are no longer kept."""
    # Order is everything: the files reach the disk before their name does, and the name before the pointer to it.
    for path in building.rglob("*"):
        _sync(path)
    _sync(building)
    if not _is_sound(index / name):  # a sound one of the same content stays: no moment is without it
        shutil.rmtree(index / name, ignore_errors=True)
        building.rename(index / name)
        _sync(index)
    pointer = index / f".{_CURRENT}-{os.getpid()}"
    pointer.write_text(name + "\n", encoding="ascii")
    _sync(pointer)
    pointer.replace(index / _CURRENT)
    _sync(index)
    generations = sorted(
        (path for path in index.iterdir() if (path / "manifest.json").is_file()),
        key=lambda path: (path.name == name, path.stat().st_mtime),
    )
    for old in generations[:-_KEPT]:
        shutil.rmtree(old, ignore_errors=True)
    return [old.name for old in generations[:-_KEPT]]


def _store(folder: Path) -> Store:
    address = _manifest(folder).get("store", "")
    return MilvusStore(address, folder.name, folder) if address else EmbeddedStore.open(folder)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _unwritable(index: Path, error: OSError) -> OutputError:
    return OutputError(
        "index_unwritable",
        f"索引フォルダ {index} に書けません: {error}。書き込める場所を --index で指定してください。"
        " (cannot write the index folder: give another with --index)",
    )


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        data = (folder / "manifest.json").read_bytes()
    except OSError as error:
        raise IndexDamagedError("index_damaged", f"索引 {folder} の manifest.json を読めません: {error}。{_MEND}") from error
    if hashlib.sha256(data).hexdigest() != folder.name:
        raise IndexDamagedError("index_damaged", f"索引 {folder} の manifest.json が書き換わっています。{_MEND}")
    manifest: dict[str, Any] = json.loads(data)
    return manifest


def _verify(folder: Path) -> None:
    """Raises IndexDamagedError unless a generation's files are those of its manifest, byte for byte."""
    expected = _manifest(folder)["files"]
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} - {"manifest.json"}
    for name in sorted(found | set(expected)):
        path = folder / name
        if name not in found:
            raise IndexDamagedError("index_damaged", f"索引のファイル {path} がありません。{_MEND}")
        if name not in expected:
            raise IndexDamagedError("index_damaged", f"索引に余分なファイル {path} があります。{_MEND}")
        if _hash_file(path) != expected[name]:
            raise IndexDamagedError("index_damaged", f"索引のファイル {path} が壊れています。{_MEND}")


def _is_sound(folder: Path) -> bool:
    try:
        _verify(folder)
    except IndexDamagedError:
        return False
    return True


def _hash_file(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

