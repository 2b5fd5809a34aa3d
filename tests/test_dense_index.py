"""The dense index against ten lines of numpy: the same rows, the same scores, in the same order."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from app.searching import dense_index
from app.searching.dense_index import DenseIndex, Mask
from app.searching.embedding import Vectors


@pytest.fixture(params=["32 bit", "16 bit"], autouse=True)
def kept(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything holds of small and of large indices: here every index is one or the other."""
    monkeypatch.setattr(dense_index, "LARGE", 0 if request.param == "16 bit" else 10**9)


def unit_rows(count: int, dimension: int, seed: int) -> Vectors:
    rows = np.random.default_rng(seed).normal(size=(count, dimension)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def brute_force(
    vectors: Vectors, owners: list[int], query: Vectors, k: int, allowed: Mask | None = None
) -> tuple[list[int], list[float]]:
    best: dict[int, float] = {}
    for owner, score in zip(owners, vectors.astype(np.float64) @ query.astype(np.float64), strict=True):
        if allowed is None or allowed[owner]:
            best[owner] = max(best.get(owner, -2.0), float(score))
    rows = sorted(best, key=lambda row: -best[row])[:k]
    return rows, [best[row] for row in rows]


# One vector a passage; then passages of which some have several, up to 30 alike, in any order.
ONE_EACH = list(range(100))
SEVERAL = [int(row) for row in np.random.default_rng(9).permutation([*range(50), *[7] * 30, *[3] * 10, *range(10)])]


@pytest.mark.parametrize("owners", [ONE_EACH, SEVERAL], ids=["one each", "several"])
@pytest.mark.parametrize("k", [1, 7, 50, 1000])
def test_equals_brute_force(owners: list[int], k: int) -> None:
    vectors, queries = unit_rows(100, 384, seed=1), unit_rows(20, 384, seed=2)
    index = DenseIndex.build(vectors, owners)
    for query in [*queries, *vectors[:5]]:
        rows, scores = index.search(query, k)
        expected_rows, expected_scores = brute_force(vectors, owners, query, k)
        assert rows.tolist() == expected_rows
        assert scores == pytest.approx(expected_scores, abs=1e-5)
        assert len(rows) == min(k, len(set(owners)))


def test_the_nearest_of_three_by_hand() -> None:
    index = DenseIndex.build(np.array([[1, 0], [0, 1], [0.6, 0.8]], dtype=np.float32), [0, 1, 2])
    rows, scores = index.search(np.array([0.8, 0.6], dtype=np.float32), 3)
    # 0.6·0.8 + 0.8·0.6 = 0.96; 1·0.8 = 0.8; 1·0.6 = 0.6
    assert rows.tolist() == [2, 0, 1]
    assert scores == pytest.approx([0.96, 0.8, 0.6])


def test_a_passage_counts_by_its_best_vector() -> None:
    index = DenseIndex.build(np.array([[1, 0], [0, 1], [0.6, 0.8]], dtype=np.float32), [0, 1, 0])
    rows, scores = index.search(np.array([0.8, 0.6], dtype=np.float32), 3)
    assert rows.tolist() == [0, 1]
    assert scores == pytest.approx([0.96, 0.6])


def test_many_vectors_of_one_passage_crowd_nothing_out() -> None:
    near = np.array([[1, 0]] * 40 + [[0.8, 0.6], [0.6, 0.8]], dtype=np.float32)
    index = DenseIndex.build(near, [5] * 40 + [1, 0])
    rows, scores = index.search(np.array([1, 0], dtype=np.float32), 3)
    assert rows.tolist() == [5, 1, 0]
    assert scores == pytest.approx([1, 0.8, 0.6])


@pytest.mark.parametrize("owners", [ONE_EACH, SEVERAL], ids=["one each", "several"])
@pytest.mark.parametrize("count", [0, 1, 3, 40])
def test_a_mask_leaves_only_allowed_rows_and_no_row_minus_one(owners: list[int], count: int) -> None:
    vectors, queries = unit_rows(100, 16, seed=3), unit_rows(10, 16, seed=4)
    passages = max(owners) + 1
    allowed = np.zeros(passages, dtype=bool)
    allowed[np.random.default_rng(5).permutation(passages)[:count]] = True
    index = DenseIndex.build(vectors, owners)
    for query in queries:
        rows, scores = index.search(query, 10, allowed)
        expected_rows, expected_scores = brute_force(vectors, owners, query, 10, allowed)
        assert rows.tolist() == expected_rows
        assert scores == pytest.approx(expected_scores, abs=1e-5)
        assert (rows >= 0).all()


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_values_that_are_not_finite_are_refused(value: float) -> None:
    vectors = unit_rows(5, 8, seed=6)
    query = vectors[0].copy()
    query[3] = value
    index = DenseIndex.build(vectors, range(5))
    with pytest.raises(ValueError, match="NaN"):
        index.search(query, 3)
    vectors[2, 1] = value
    with pytest.raises(ValueError, match="NaN"):
        DenseIndex.build(vectors, range(5))


@pytest.mark.parametrize(
    ("vectors", "count"),
    [
        (np.zeros((3, 4)), 3),
        (np.zeros(4, np.float32), 4),
        (np.zeros((3, 4), np.float16), 3),
        (np.zeros((3, 4), np.float32), 2),
    ],
)
def test_another_type_or_shape_is_refused(vectors: Vectors, count: int) -> None:
    with pytest.raises(ValueError, match="float32"):
        DenseIndex.build(vectors, range(count))


def test_saved_and_opened_it_finds_the_same(tmp_path: Path) -> None:
    vectors, queries = unit_rows(100, 32, seed=7), unit_rows(10, 32, seed=8)
    before = DenseIndex.build(vectors, SEVERAL)
    before.save(tmp_path / "vectors")
    after = DenseIndex.open(tmp_path / "vectors")
    for query in queries:
        for mask in (None, np.arange(50) % 2 == 0):
            rows, scores = before.search(query, 5, mask)
            same_rows, same_scores = after.search(query, 5, mask)
            assert rows.tolist() == same_rows.tolist()
            assert scores.tolist() == same_scores.tolist()


def test_what_16_bit_cannot_tell_apart_is_ranked_exactly() -> None:
    # 300 vectors whose cosines with the query lie 1e-6 apart: 16 bit has the same number for hundreds of them.
    angles = np.arccos(0.9 + 1e-6 * np.random.default_rng(10).permutation(300))
    vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    query = np.array([1, 0], dtype=np.float32)
    rows, scores = DenseIndex.build(vectors, range(300)).search(query, 5)
    expected_rows, expected_scores = brute_force(vectors, list(range(300)), query, 5)
    assert rows.tolist() == expected_rows
    assert scores == pytest.approx(expected_scores, abs=1e-7)


def test_large_and_small_find_the_same_hundred(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors, queries = unit_rows(3000, 64, seed=11), unit_rows(20, 64, seed=12)
    owners = [i // 3 for i in range(3000)]
    found = []
    for large in (0, 10**9):
        monkeypatch.setattr(dense_index, "LARGE", large)
        index = DenseIndex.build(vectors, owners)
        found.append([index.search(query, 100)[0].tolist() for query in queries])
    assert found[0] == found[1]
