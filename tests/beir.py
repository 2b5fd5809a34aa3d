"""Tiny test sets in BEIR's layout, made by the test that needs them, and an encoder whose vectors a reader can state."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from app.searching.embedding import Vectors

PASSAGES = [
    {"_id": "sea", "title": "港", "text": "港には船が十隻ある。船は朝に出る。"},
    {"_id": "sky", "title": "空港", "text": "空港は1994年に開港した。滑走路は二本である。"},
    {"_id": "park", "title": "", "text": "公園には桜の木が多い。"},
]
QUERIES = [
    {"_id": "q1", "text": "港の船は何隻ですか。", "metadata": {"answers": [{"text": "十隻", "start": 5}]}},
    {"_id": "q2", "text": "空港が開港したのはいつですか。", "metadata": {"answers": [{"text": "1994年", "start": 3}]}},
    {"_id": "q3", "text": "桜はどこに多いですか。"},
]
JUDGED = [("q1", "sea"), ("q2", "sky"), ("q3", "park")]


def write_set(
    folder: Path,
    passages: Sequence[Mapping[str, Any]] = PASSAGES,
    queries: Sequence[Mapping[str, Any]] = QUERIES,
    judged: Iterable[tuple[str, str]] | None = JUDGED,
    pools: Sequence[Mapping[str, Any]] | None = None,
) -> Path:
    """Write a set into `folder`, which need not exist; returns it."""
    folder.mkdir(parents=True, exist_ok=True)
    write_lines(folder / "corpus.jsonl", passages)
    write_lines(folder / "queries.jsonl", queries)
    if judged is not None:
        (folder / "qrels").mkdir(exist_ok=True)
        rows = ["query-id\tcorpus-id\tscore", *(f"{query}\t{passage}\t1" for query, passage in judged)]
        (folder / "qrels/test.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    if pools is not None:
        write_lines(folder / "pools.jsonl", pools)
    return folder


def write_lines(path: Path, items: Iterable[Mapping[str, Any]]) -> None:
    """One JSON object a line."""
    path.write_text("".join(json.dumps(item, ensure_ascii=False) + "\n" for item in items), encoding="utf-8")


class CountingEncoder:
    """(length, 1) for a passage and (1, length) for a question, made unit; counts what it is asked to encode."""

    fingerprint = "lengths"

    def __init__(self) -> None:
        self.encoded: list[str] = []

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return self._unit([(1.0, len(text)) for text in texts], texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        return self._unit([(len(text), 1.0) for text in texts], texts)

    def _unit(self, rows: list[tuple[float, float]], texts: Sequence[str]) -> Vectors:
        self.encoded += texts
        vectors = np.array(rows, dtype=np.float32).reshape(len(rows), 2)
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))
