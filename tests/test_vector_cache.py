"""No text is encoded twice, not even by the next run, and a run that was cut short goes on where it was."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

from app.errors import BatchError, OutputError
from app.evaluating.vector_cache import BATCH, VectorCache
from tests.beir import CountingEncoder

TEXTS = ["い" * length for length in range(1, 2 * BATCH + 4)]


def silent(batches: Sequence[list[str]]) -> Iterable[list[str]]:
    return batches


def test_the_vectors_are_the_encoders_in_order(tmp_path: Path) -> None:
    encoder = CountingEncoder()
    cache = VectorCache(encoder, tmp_path / "new", silent)
    wanted = [*TEXTS[::-1], *TEXTS]
    assert (cache.encode_passages(wanted) == CountingEncoder().encode_passages(wanted)).all()
    assert (cache.encode_queries(wanted) == CountingEncoder().encode_queries(wanted)).all()
    assert sorted(encoder.encoded) == sorted(TEXTS * 2)  # once as a passage, once as a question
    assert cache.fingerprint == encoder.fingerprint


def test_the_next_run_encodes_nothing_again(tmp_path: Path) -> None:
    first = VectorCache(CountingEncoder(), tmp_path, silent).encode_passages(TEXTS)
    encoder = CountingEncoder()
    again = VectorCache(encoder, tmp_path, silent)
    assert (again.encode_passages(TEXTS) == first).all()
    assert encoder.encoded == []
    again.encode_passages(["新しい"])
    again.encode_queries(TEXTS[:1])  # as a question it is another text
    assert encoder.encoded == ["新しい", TEXTS[0]]


def test_an_interrupted_run_goes_on_where_it_was(tmp_path: Path) -> None:
    def interrupted(batches: Sequence[list[str]]) -> Iterable[list[str]]:
        yield batches[0]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        VectorCache(CountingEncoder(), tmp_path, interrupted).encode_passages(TEXTS)
    encoder = CountingEncoder()
    VectorCache(encoder, tmp_path, silent).encode_passages(TEXTS)
    assert encoder.encoded == TEXTS[BATCH:]


@pytest.mark.parametrize("cut", [1, 39, 40, 41])
def test_a_record_that_was_cut_short_is_dropped_alone(tmp_path: Path, cut: int) -> None:
    VectorCache(CountingEncoder(), tmp_path, silent).encode_passages(TEXTS[:5])
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[:-cut])  # a record is 32 bytes of key and two numbers of 4
    encoder = CountingEncoder()
    vectors = VectorCache(encoder, tmp_path, silent).encode_passages(TEXTS[:5])
    assert encoder.encoded == TEXTS[4 - (cut - 1) // 40 : 5]
    assert (vectors == CountingEncoder().encode_passages(TEXTS[:5])).all()
    assert (VectorCache(CountingEncoder(), tmp_path, silent).encode_passages(TEXTS[:5]) == vectors).all()


def test_models_do_not_share(tmp_path: Path) -> None:
    VectorCache(CountingEncoder(), tmp_path, silent).encode_passages(TEXTS)
    other = CountingEncoder()
    other.fingerprint = "other lengths"
    VectorCache(other, tmp_path, silent).encode_passages(TEXTS)
    assert other.encoded == TEXTS


def test_a_file_that_is_no_cache_is_named(tmp_path: Path) -> None:
    VectorCache(CountingEncoder(), tmp_path, silent).encode_passages(TEXTS)
    (path,) = tmp_path.iterdir()
    path.write_bytes(b"384 another model\n")
    with pytest.raises(BatchError, match=path.name):
        VectorCache(CountingEncoder(), tmp_path, silent)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="--cache"):
        VectorCache(CountingEncoder(), tmp_path / "file", silent)


def test_nothing_asked_is_nothing_encoded(tmp_path: Path) -> None:
    assert VectorCache(CountingEncoder(), tmp_path, silent).encode_passages([]).shape == (0, 2)
