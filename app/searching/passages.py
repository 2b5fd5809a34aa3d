"""Passages on disk: a JSON object a line, and where each line begins, so that any one is read when it is asked for."""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import overload

import numpy as np

from app.schema import Passage

# Up to so many passages are held in memory, at 0.9 KB each; reading one takes 6 µs, and an answer goes through all.
HELD = 20_000
LINES, _STARTS = "passages.jsonl", "passages.npy"


class StoredPassages(Sequence[Passage]):
    """The passages of a folder, none of which is kept in memory."""

    def __init__(self, folder: Path) -> None:
        """Open what `write` wrote, by memory map."""
        self._starts = np.asarray(np.load(folder / _STARTS, mmap_mode="r"))
        empty = len(self._starts) == 1  # of which there is no map
        self._lines = memoryview(b"") if empty else np.memmap(folder / LINES, dtype=np.uint8, mode="r").data

    @staticmethod
    def write(folder: Path, passages: Iterable[Passage]) -> None:
        """Write passages, one after the other, into an existing folder."""
        starts = array("q", [0])
        with (folder / LINES).open("wb") as file:
            for passage in passages:
                starts.append(starts[-1] + file.write(_line(passage)))
        np.save(folder / _STARTS, np.asarray(starts))

    def __len__(self) -> int:
        return len(self._starts) - 1

    @overload
    def __getitem__(self, place: int) -> Passage: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[Passage, ...]: ...

    def __getitem__(self, place: int | slice) -> Passage | tuple[Passage, ...]:
        rows = range(len(self))[place]
        return self._read(rows) if isinstance(rows, int) else tuple(map(self._read, rows))

    def __iter__(self) -> Iterator[Passage]:
        return map(self._read, range(len(self)))

    def _read(self, row: int) -> Passage:
        return Passage(**json.loads(bytes(self._lines[self._starts[row] : self._starts[row + 1]])))


def open_passages(folder: Path) -> Sequence[Passage]:
    """The passages of a folder: a tuple of a few, many from disk."""
    stored = StoredPassages(folder)
    return tuple(stored) if len(stored) <= HELD else stored


def _line(passage: Passage) -> bytes:
    return json.dumps(passage.as_json(), ensure_ascii=False).encode() + b"\n"
