"""Passages on disk: what was written, whichever is asked for, and none kept that need not be."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.schema import Passage
from app.searching import passages as module
from app.searching.passages import StoredPassages, open_passages

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
PASSAGES = st.lists(st.builds(Passage, TEXT, TEXT, st.none() | TEXT, TEXT, TEXT, st.integers(0), st.integers(0)), max_size=8)


def some(count: int) -> list[Passage]:
    return [Passage(f"港#{i}", "港", None, "本文", "海\n\u2028空" * i, i, 2 * i) for i in range(count)]


@given(PASSAGES)
def test_what_was_written_is_read(passages: list[Passage]) -> None:
    with TemporaryDirectory() as folder:
        StoredPassages.write(Path(folder), iter(passages))
        stored = StoredPassages(Path(folder))
        assert len(stored) == len(passages)
        assert list(stored) == [stored[row] for row in range(len(passages))] == passages
        assert list(reversed(stored)) == passages[::-1]


@pytest.mark.parametrize("place", [slice(None), slice(2, 5), slice(-2, None), slice(None, None, -2), slice(9, 1)])
def test_slices_are_a_tuples(tmp_path: Path, place: slice) -> None:
    StoredPassages.write(tmp_path, some(7))
    assert StoredPassages(tmp_path)[place] == tuple(some(7))[place]


@pytest.mark.parametrize("place", [7, -8])
def test_outside_is_an_error(tmp_path: Path, place: int) -> None:
    StoredPassages.write(tmp_path, some(7))
    assert StoredPassages(tmp_path)[-7] == some(1)[0]
    with pytest.raises(IndexError):
        StoredPassages(tmp_path)[place]


def test_few_are_held_and_many_are_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    StoredPassages.write(tmp_path, some(7))
    assert open_passages(tmp_path) == tuple(some(7))
    monkeypatch.setattr(module, "HELD", 6)
    assert isinstance(open_passages(tmp_path), StoredPassages)
    assert list(open_passages(tmp_path)) == some(7)
