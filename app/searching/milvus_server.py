"""A Milvus server, which may be many machines: asked, filled and tidied up. The only module that knows pymilvus.

A generation has three collections, `shutten_<its hash>_dense`, `…_words` and `…_bigrams`, of entities (id, row, vector). The
sparse vectors are our own BM25 weights, a word's number being its dimension, so that words and scores are the same
everywhere.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from app.errors import EngineError, InputError
from app.searching.store import EmbeddedStore

FILE = "milvus.json"
LEGS = ("dense", "words", "bigrams")
_BATCH = 1000  # entities a request
_TIMEOUT = 60.0  # seconds a request


class MilvusServer:
    """What writes: uploads a generation, points at it, and drops old ones."""

    def __init__(self, address: str) -> None:
        """Connect to `milvus://host:port`. Raises InputError for another form, EngineError if no server answers."""
        self._call = connect(address)

    @staticmethod
    def describe(folder: Path, index: EmbeddedStore) -> None:
        """Write what stays beside the passages: the vocabularies, how many entities each collection has, and their hash.

        By the hash a generation has another name, and other collections, when its vectors or weights are others.
        """
        digest = hashlib.sha256()
        counts = dict.fromkeys(LEGS, 0)
        for leg, entities in _entities(index):
            for row, vector in entities:
                counts[leg] += 1
                digest.update(json.dumps([row, vector.tolist() if leg == "dense" else vector]).encode())
        words, bigrams = index.words.postings, index.bigrams.postings
        data = {
            "passages": words.passages,
            "entities": counts,
            "frequencies": {"words": words.frequencies(), "bigrams": bigrams.frequencies()},
            "sha256": digest.hexdigest(),
        }
        (folder / FILE).write_text(json.dumps(data), encoding="utf-8")

    def upload(self, generation: str, index: EmbeddedStore) -> None:
        """Fill a generation's collections; those that are there and whole stay as they are. Raises EngineError."""
        for leg, found in _entities(index):
            name, entities = collection(generation, leg), list(found)
            if self._call("has_collection", name):
                if count(self._call, name) == len(entities):
                    continue
                self._call("drop_collection", name)
            self._create(name, len(entities[0][1]) if leg == "dense" else None)
            data = [{"id": i, "row": row, "vector": vector} for i, (row, vector) in enumerate(entities)]
            for start in range(0, len(data), _BATCH):
                self._call("insert", name, data[start : start + _BATCH])

    def publish(self, generation: str, dropped: Iterable[str]) -> None:
        """Let the aliases `shutten_current_<leg>` name this generation, then drop the collections of others."""
        for leg in LEGS:
            name, alias = collection(generation, leg), f"shutten_current_{leg}"
            self._call("alter_alias" if self._alias_exists(alias) else "create_alias", name, alias)
        for name in (collection(old, leg) for old in dropped for leg in LEGS):
            if self._call("has_collection", name):
                self._call("drop_collection", name)

    def _alias_exists(self, alias: str) -> bool:
        return any(alias in self._call("list_aliases", name)["aliases"] for name in self._call("list_collections"))

    def _create(self, name: str, dimension: int | None) -> None:
        from pymilvus import DataType, MilvusClient

        schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
        schema.add_field("id", DataType.INT64, is_primary=True)
        schema.add_field("row", DataType.INT64)
        index = MilvusClient.prepare_index_params()
        if dimension:
            schema.add_field("vector", DataType.FLOAT_VECTOR, dim=dimension)
            index.add_index("vector", index_type="FLAT", metric_type="IP")
        else:
            schema.add_field("vector", DataType.SPARSE_FLOAT_VECTOR)
            index.add_index("vector", index_type="SPARSE_INVERTED_INDEX", metric_type="IP")
        self._call("create_collection", name, schema=schema, index_params=index, consistency_level="Strong")


def _entities(index: EmbeddedStore) -> Iterator[tuple[str, Iterator[tuple[int, Any]]]]:
    """What each collection has: rows, and vectors or weights."""
    yield from zip(LEGS, (index.dense.entities(), index.words.postings.by_passage(), index.bigrams.postings.by_passage()), strict=True)


def collection(generation: str, leg: str) -> str:
    """A collection's name."""
    return f"shutten_{generation[:16]}_{leg}"


def count(call: Callable[..., Any], name: str) -> int:
    """How many entities a collection has, as a strong read."""
    return int(call("query", name, filter="", output_fields=["count(*)"], consistency_level="Strong")[0]["count(*)"])


def connect(address: str) -> Callable[..., Any]:
    """What calls a method of a client by its name, and says in our words what goes wrong.

    Raises InputError unless the address is `milvus://host:port`; EngineError, as each call does, if no server answers.
    """
    if not (place := re.fullmatch(r"milvus://([^\s/:]+|\[[0-9a-fA-F:]+\]):(\d{1,5})", address)):
        raise InputError("usage", f"--store は milvus://host:port です: {address}。 (--store takes milvus://host:port)")
    try:
        from pymilvus import MilvusClient, MilvusException
    except ImportError as error:
        raise EngineError(
            "store_not_installed",
            "--store には pymilvus が要ります: `pip install -r requirements-milvus.txt`。 (install it with that command)",
        ) from error
    logging.getLogger("pymilvus").setLevel(logging.CRITICAL)  # it would print a traceback of what is said below

    def failed(error: Exception) -> EngineError:
        return EngineError(
            "store_unreachable",
            f"{address} の Milvus が応じません: {error}。サーバーを起動するか、正しい --store を指定してください。起動の例:"
            f" `milvus-lite server --host {place[1]} --port {place[2]} --data-dir milvus`。"
            " (the server does not answer as it should: start it, or give the right --store)",
        )

    try:
        client = MilvusClient(uri=f"http://{place[1]}:{place[2]}", timeout=_TIMEOUT)
    except MilvusException as error:
        raise failed(error) from error

    def call(method: str, *arguments: Any, **options: Any) -> Any:
        try:
            return getattr(client, method)(*arguments, timeout=_TIMEOUT, **options)
        except MilvusException as error:
            raise failed(error) from error

    return call
