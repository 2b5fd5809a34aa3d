"""What one generation holds, written into a folder and opened from it: passages, zones, facts, names, and the store.

Goes through the passages several times, each time one by one, and holds none of them: of a million there are only the
numbers of their terms, and the vectors lie on disk.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from app.reading.tokenization import Tokenizer, build_dictionary
from app.schema import Document, Fact, Reading, Zone
from app.searching.dense_index import DenseIndex
from app.searching.embedding import Vectors
from app.searching.lexical_index import LexicalIndex, bigram_terms, word_terms
from app.searching.passages import StoredPassages, open_passages
from app.searching.store import EmbeddedStore
from app.searching.views import embedded, search_text

# Texts, and how many they are, to their vectors in parts, in order.
Encode = Callable[[Iterable[str], int], Iterable[Vectors]]
_ENCODED = "encoded.f32"


def write_contents(
    folder: Path, reading: Reading, names: Iterable[tuple[str, str]], encode: Encode, began: Callable[[str], None]
) -> None:
    """Write everything into an existing folder. `names` are (name, reading) pairs for the tokeniser.

    `encode` turns texts into vectors (with progress, if the caller likes); `began` is told the name of each part of the
    work as it begins.
    """
    began("passages")
    _write_rows(folder / "zones.jsonl", reading.zones)
    _write_rows(folder / "facts.jsonl", reading.facts)
    StoredPassages.write(folder, reading.passages)
    if names := list(names):
        build_dictionary(names, folder / "names.dic")
    tokenizer = _tokenizer(folder)
    began("encoding")
    rows = np.array([row for row, passage in enumerate(reading.passages) for _ in embedded(passage)], dtype=np.int64)
    vectors = _encode(folder / _ENCODED, reading, encode, len(rows))
    began("vectors")
    DenseIndex.build(vectors, rows).save(folder / EmbeddedStore.VECTORS)
    (folder / _ENCODED).unlink()
    texts = (search_text(passage) for passage in reading.passages)
    began("words")
    LexicalIndex.build(word_terms(tokenizer.tokenize(text)) for text in texts).save(folder / EmbeddedStore.WORDS)
    texts = (search_text(passage) for passage in reading.passages)
    began("bigrams")
    LexicalIndex.build(bigram_terms(text) for text in texts).save(folder / EmbeddedStore.BIGRAMS)


def open_contents(folder: Path, documents: tuple[Document, ...]) -> tuple[Reading, Tokenizer]:
    """Open what `write_contents` wrote but for the store; `documents` are those that it was written of."""
    reading = Reading(
        documents=documents,
        zones=tuple(Zone(**row) for row in _read_rows(folder / "zones.jsonl")),
        passages=open_passages(folder),
        facts=tuple(Fact(**row) for row in _read_rows(folder / "facts.jsonl")),
    )
    return reading, _tokenizer(folder)


def _encode(path: Path, reading: Reading, encode: Encode, total: int) -> Vectors:
    """All the passages' vectors, in a file, as they may not fit into memory."""
    views = (view for passage in reading.passages for view in embedded(passage))
    dimension = 0
    with path.open("wb") as file:
        for part in encode(views, total):
            dimension = part.shape[1]
            file.write(np.ascontiguousarray(part, dtype=np.float32).data)
    return np.memmap(path, dtype=np.float32, mode="r", shape=(total, dimension))


def _tokenizer(folder: Path) -> Tokenizer:
    path = folder / "names.dic"
    return Tokenizer(path if path.is_file() else None)


def _write_rows(path: Path, rows: Iterable[Zone | Fact]) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(asdict(row), ensure_ascii=False) + "\n" for row in rows)


def _read_rows(path: Path) -> Iterator[dict[str, Any]]:
    # Not splitlines(): a document's text may hold U+2028 and the like, which JSON leaves as they are.
    return (json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line)
