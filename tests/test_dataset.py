"""Test sets in BEIR's layout: what is read of a good one, and what is said of a bad one."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.errors import BatchError
from app.evaluating.dataset import read_dataset
from tests.beir import PASSAGES, QUERIES, write_lines, write_set


def test_a_set_is_read_as_any_other_reading(tmp_path: Path) -> None:
    dataset = read_dataset(write_set(tmp_path / "small"))
    (document,) = dataset.reading.documents
    assert dataset.name == document.name == "small"
    assert [passage.passage_id for passage in dataset.reading.passages] == ["sea", "sky", "park"]
    assert [passage.zone for passage in dataset.reading.passages] == ["港", "空港", None]
    for passage in dataset.reading.passages:
        assert document.text[passage.start : passage.end] == passage.text
    assert [zone.name for zone in dataset.reading.zones] == ["港", "空港"]
    assert [(query.id, dict(query.relevant)) for query in dataset.queries] == [
        ("q1", {"sea": 1}), ("q2", {"sky": 1}), ("q3", {"park": 1}),
    ]  # fmt: skip
    texts = {passage.passage_id: passage.text for passage in dataset.reading.passages}
    assert [texts[id][start:end] for query, id in zip(dataset.queries, texts, strict=True) for start, end in query.spans] == [
        "十隻", "1994年",
    ]  # fmt: skip
    assert set(dataset.hashes) == {"corpus.jsonl", "queries.jsonl", "qrels/test.tsv"}


def test_a_span_that_only_repeats_the_title_tells_of_no_sentence(tmp_path: Path) -> None:
    queries = [{**QUERIES[0], "metadata": {**QUERIES[0]["metadata"], "derived_span": True}}]
    dataset = read_dataset(write_set(tmp_path, queries=queries, judged=[("q1", "sea")]))
    assert dataset.queries[0].spans == ()


def test_queries_without_judgements_are_left_out_unless_they_have_candidates(tmp_path: Path) -> None:
    assert [query.id for query in read_dataset(write_set(tmp_path / "a", judged=[("q2", "sky")])).queries] == ["q2"]
    queries = [{**QUERIES[2], "metadata": {"answerable": False}}]
    pools = [{"_id": "q3", "candidates": ["sea", "sky"]}]
    (query,) = read_dataset(write_set(tmp_path / "b", queries=queries, judged=None, pools=pools)).queries
    assert (query.answerable, query.pool, dict(query.relevant)) == (False, ("sea", "sky"), {})


def test_a_sample_is_the_same_every_time_and_in_order(tmp_path: Path) -> None:
    queries = [{"_id": f"q{number}", "text": "港"} for number in range(50)]
    judged = [(str(query["_id"]), "sea") for query in queries]
    dataset = read_dataset(write_set(tmp_path, queries=queries, judged=judged))
    sample = dataset.sample(10)
    ids = [query.id for query in sample.queries]
    assert len(ids) == len(set(ids)) == 10
    assert ids == [query.id for query in dataset.queries if query.id in ids] == [q.id for q in dataset.sample(10).queries]
    assert ids != [query.id for query in dataset.sample(10, seed=1).queries]
    assert dataset.sample(50) is dataset


@pytest.mark.parametrize("missing", ["corpus.jsonl", "queries.jsonl", "qrels/test.tsv"])
def test_a_missing_file_is_named(tmp_path: Path, missing: str) -> None:
    (write_set(tmp_path / "set") / missing).unlink()
    with pytest.raises(BatchError, match=missing) as error:
        read_dataset(tmp_path / "set")
    assert error.value.code == "dataset_missing"


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(BatchError, match="nowhere"):
        read_dataset(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("corpus.jsonl", '{"_id": "a", "text": "あ"}\n{"_id": \n', "corpus.jsonl の 2 行目"),
        ("corpus.jsonl", '["a"]\n', "corpus.jsonl の 1 行目"),
        ("corpus.jsonl", '{"_id": "a"}\n', "text"),
        ("corpus.jsonl", '{"text": "あ"}\n', "_id"),
        ("corpus.jsonl", '{"_id": "a b", "text": "あ"}\n', "_id"),
        ("corpus.jsonl", '{"_id": "a", "text": "あ"}\n\n{"_id": "a", "text": "い"}\n', "corpus.jsonl の 3 行目"),
        ("queries.jsonl", '{"_id": "q1", "text": "あ", "metadata": {"answers": [{"text": "あ"}]}}\n', "queries.jsonl の 1 行目"),
        ("qrels/test.tsv", "query-id\tcorpus-id\tscore\nq1\tsea\t1\nq2\tmoon\t1\n", "test.tsv の 3 行目.*moon"),
        ("qrels/test.tsv", "q9\tsea\t1\n", "q9"),
        ("qrels/test.tsv", "q1 sea 1\n", "test.tsv の 1 行目"),
        ("qrels/test.tsv", "q1\tsea\tgood\n", "test.tsv の 1 行目"),
    ],
)  # fmt: skip
def test_a_bad_line_is_named_with_its_number(tmp_path: Path, file: str, text: str, said: str) -> None:
    (write_set(tmp_path) / file).write_text(text, encoding="utf-8")
    with pytest.raises(BatchError, match=said) as error:
        read_dataset(tmp_path)
    assert error.value.code == "dataset_invalid"
    assert error.value.exit_code == 2


@pytest.mark.parametrize(("file", "text"), [("corpus.jsonl", "\n"), ("queries.jsonl", ""), ("qrels/test.tsv", "")])
def test_an_empty_set_is_an_error(tmp_path: Path, file: str, text: str) -> None:
    write_set(tmp_path, queries=QUERIES if file == "corpus.jsonl" else [], judged=[])
    (tmp_path / file).write_text(text, encoding="utf-8")
    with pytest.raises(BatchError) as error:
        read_dataset(tmp_path)
    assert error.value.code == "dataset_empty"


def test_candidates_must_be_passages(tmp_path: Path) -> None:
    write_set(tmp_path, judged=None, pools=[{"_id": "q1", "candidates": ["sea", "moon"]}])
    with pytest.raises(BatchError, match=r"pools\.jsonl の 1 行目"):
        read_dataset(tmp_path)


def test_bytes_that_are_no_text_are_an_error(tmp_path: Path) -> None:
    write_lines(write_set(tmp_path) / "corpus.jsonl", PASSAGES)
    (tmp_path / "queries.jsonl").write_bytes(b"\xff\xfe")
    with pytest.raises(BatchError, match="UTF-8"):
        read_dataset(tmp_path)
