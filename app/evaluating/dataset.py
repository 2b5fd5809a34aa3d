"""A retrieval test set in BEIR's layout, read and checked: `corpus.jsonl`, `queries.jsonl`, `qrels/test.tsv`.

Thakur et al., BEIR, NeurIPS 2021. The title of a passage is read as its section's name, so that a set is indexed as any
other reading is.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from app.errors import BatchError
from app.schema import Document, Passage, Reading, Zone

CORPUS, QUERIES, JUDGEMENTS, POOLS = "corpus.jsonl", "queries.jsonl", "qrels/test.tsv", "pools.jsonl"
KIND = "本文"
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Query:
    """A question of a set: `relevant` are ids of passages by grade, above 0 (none where the set judges none).

    `spans` are where the relevant passage writes the answer; `answerable` is a human's word on whether any of `pool`
    (ids of passages) answers it, None where nobody said.
    """

    id: str
    text: str
    relevant: Mapping[str, int]
    spans: tuple[Span, ...] = ()
    answerable: bool | None = None
    pool: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dataset:
    """A set: `reading` holds its passages, `hashes` the SHA-256 of each file that it was read from."""

    name: str
    reading: Reading
    queries: tuple[Query, ...]
    hashes: Mapping[str, str]

    def sample(self, limit: int, seed: int = 0) -> Dataset:
        """The same with at most `limit` of the queries, in order: the same seed, the same queries."""
        if limit >= len(self.queries):
            return self
        chosen = sorted(random.Random(seed).sample(range(len(self.queries)), limit))
        return replace(self, queries=tuple(self.queries[i] for i in chosen))


def read_dataset(folder: Path) -> Dataset:
    """Read a folder. Raises BatchError for a missing file, a bad line, an unknown id, or nothing in it.

    `qrels/test.tsv` may be missing where `pools.jsonl` gives each query's candidates.
    """
    if not folder.is_dir():
        raise BatchError("dataset_missing", f"データセットのフォルダ {folder} がありません。 (no such folder)")
    passages = _passages(folder.resolve().name, folder / CORPUS)
    known = {passage.passage_id for passage in passages[1]}
    pools = {_id(item, where): _pool(item, known, where) for item, where in _lines(folder / POOLS)} if (
        folder / POOLS
    ).is_file() else {}
    judged = {} if pools and not (folder / JUDGEMENTS).is_file() else _judgements(folder / JUDGEMENTS, known)
    queries = {}
    for item, where in _lines(folder / QUERIES):
        query = _query(item, judged, pools, where)
        if query.id in queries:
            raise _bad(where, f"id「{query.id}」が二度あります", "each id once")
        queries[query.id] = query
    if strangers := sorted(set(judged) - set(queries)):
        raise BatchError(
            "dataset_invalid",
            f"{folder / JUDGEMENTS} にある質問の id「{strangers[0]}」が {QUERIES} にありません。 (unknown query id)",
        )
    asked = tuple(query for query in queries.values() if query.relevant or query.pool)
    if not asked:
        raise BatchError(
            "dataset_empty", f"{folder} に、正解の文書がある質問がありません。 (no query has a relevant passage)"
        )
    files = [path for name in (CORPUS, QUERIES, JUDGEMENTS, POOLS) if (path := folder / name).is_file()]
    hashes = {path.relative_to(folder).as_posix(): _hash(path) for path in files}
    return Dataset(folder.resolve().name, _reading(*passages), asked, hashes)


def _passages(name: str, path: Path) -> tuple[str, list[Passage]]:
    passages: list[Passage] = []
    texts: list[str] = []
    known: set[str] = set()
    position = 0
    for item, where in _lines(path):
        id, title, text = _id(item, where), _string(item, "title", where), _string(item, "text", where)
        if id in known:
            raise _bad(where, f"id「{id}」が二度あります", "each id once")
        known.add(id)
        passages.append(Passage(id, name, title or None, KIND, text, position, position + len(text)))
        texts.append(text)
        position += len(text) + 1
    if not passages:
        raise BatchError("dataset_empty", f"{path} に文書がありません。 (no passages)")
    return "\n".join(texts), passages


def _reading(text: str, passages: list[Passage]) -> Reading:
    name = passages[0].document
    document = Document(name, text, hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest())
    first = {passage.zone: passage.start for passage in reversed(passages) if passage.zone}
    # A title stands beside the text, not in it: an empty stretch where its first passage begins.
    zones = tuple(Zone(title, name, start, start) for title, start in sorted(first.items(), key=lambda item: item[1]))
    return Reading((document,), zones, tuple(passages), ())


def _query(
    item: dict[str, Any],
    judged: Mapping[str, Mapping[str, int]],
    pools: Mapping[str, tuple[str, ...]],
    where: str,
) -> Query:
    id, metadata = _id(item, where), item.get("metadata") or {}
    try:
        # A span that was not marked but found again, since the title holds the answer, tells of no sentence.
        answers = () if metadata.get("derived_span") else metadata.get("answers", ())
        spans = tuple((int(answer["start"]), int(answer["start"]) + len(answer["text"])) for answer in answers)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise _bad(where, f"metadata.answers が違います ({error!r})", '"answers": [{"text": "…", "start": 0}]') from error
    return Query(
        id, _string(item, "text", where), judged.get(id, {}), spans, metadata.get("answerable"), pools.get(id, ())
    )


def _pool(item: dict[str, Any], known: set[str], where: str) -> tuple[str, ...]:
    candidates = item.get("candidates")
    if not isinstance(candidates, list) or not candidates or not set(candidates) <= known:
        raise _bad(where, "candidates が文書の id の並びではありません", '"candidates": [ids of passages]')
    return tuple(candidates)


def _judgements(path: Path, known: set[str]) -> dict[str, dict[str, int]]:
    judged: dict[str, dict[str, int]] = {}
    for number, line in enumerate(_text(path).split("\n"), 1):
        fields = line.rstrip("\r").split("\t")
        if not line.strip() or (number == 1 and fields[0] == "query-id"):
            continue
        where = f"{path} の {number} 行目"
        if len(fields) != 3 or not fields[2].lstrip("-").isdigit():
            raise _bad(where, f"{line!r}", "query-id, corpus-id and score, with tabs between")
        query, passage, grade = fields[0], fields[1], int(fields[2])
        if passage not in known:
            raise _bad(where, f"文書の id「{passage}」が {CORPUS} にありません", "an id of a passage")
        if grade > 0:
            judged.setdefault(query, {})[passage] = grade
    return judged


def _lines(path: Path) -> Iterator[tuple[dict[str, Any], str]]:
    for number, line in enumerate(_text(path).split("\n"), 1):
        if not line.strip():
            continue
        where = f"{path} の {number} 行目"
        try:
            item = json.loads(line)
        except ValueError as error:
            raise _bad(where, f"JSON として読めません ({error})", "one JSON object a line") from error
        if not isinstance(item, dict):
            raise _bad(where, "JSON のオブジェクトではありません", "one JSON object a line")
        yield item, where


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError as error:
        raise BatchError(
            "dataset_missing",
            f"{path} がありません。BEIR の形のフォルダ ({CORPUS}、{QUERIES}、{JUDGEMENTS}) を指定してください。"
            " (missing; a folder in BEIR's layout is expected)",
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise BatchError("dataset_unreadable", f"{path} を UTF-8 として読めません: {error}") from error


def _id(item: dict[str, Any], where: str) -> str:
    id = _string(item, "_id", where)
    if not id or any(character.isspace() for character in id):
        raise _bad(where, f"_id {id!r} は空か空白を含みます", '"_id": text without white space')
    return id


def _string(item: dict[str, Any], key: str, where: str) -> str:
    value = item.get(key, "" if key == "title" else None)
    if not isinstance(value, str):
        raise _bad(where, f"{key} がありません", f'"{key}": text')
    return value


def _bad(where: str, found: str, expected: str) -> BatchError:
    return BatchError("dataset_invalid", f"{where}: {found}。 (expected {expected})")


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
