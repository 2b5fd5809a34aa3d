"""Public question-answering releases to test sets in BEIR's layout: JSQuAD and JaQuAD (SQuAD's JSON), NIILC-QA (XML).

The data stays the user's: nothing of it comes with this program.
"""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.errors import BatchError, OutputError
from app.evaluating.dataset import CORPUS, JUDGEMENTS, QUERIES

# JSQuAD writes an article's title before every paragraph of it, and counts answers from there.
_SEPARATOR = " [SEP] "
Row = dict[str, Any]


@dataclass(slots=True)
class Benchmark:
    """Passages, queries and which passage answers which, as the layout has them."""

    name: str
    passages: list[Row] = field(default_factory=list)
    queries: list[Row] = field(default_factory=list)
    judged: list[tuple[str, str]] = field(default_factory=list)

    def write(self, folder: Path) -> None:
        """Write the three files. Raises OutputError."""
        judgements = ["query-id\tcorpus-id\tscore", *(f"{query}\t{passage}\t1" for query, passage in self.judged)]
        try:
            (folder / JUDGEMENTS).parent.mkdir(parents=True, exist_ok=True)
            (folder / JUDGEMENTS).write_text("\n".join(judgements) + "\n", encoding="utf-8")
            for name, rows in ((CORPUS, self.passages), (QUERIES, self.queries)):
                lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows]
                (folder / name).write_text("".join(lines), encoding="utf-8")
        except OSError as error:
            raise OutputError(
                "dataset_unwritable", f"{folder} に書けません: {error.strerror}。--out で別の場所を指定してください。"
            ) from error


def convert(sources: Sequence[Path], name: str) -> Benchmark:
    """Read the files of a release, `*.json` or `*.xml`, into one set; ids of passages begin with `name`.

    Raises BatchError for a file that is neither, or in which nothing is asked.
    """
    benchmark = Benchmark(name)
    for path in sources:
        try:
            if path.suffix == ".xml":
                _niilc(ElementTree.fromstring(path.read_bytes()), benchmark)
            else:
                _squad(json.loads(path.read_text(encoding="utf-8")), benchmark)
        except (OSError, ValueError, SyntaxError, KeyError, TypeError, AttributeError) as error:
            raise BatchError(
                "release_unreadable",
                f"{path} を読めません ({error!r})。JSQuAD・JaQuAD の .json か NIILC-QA の .xml を指定してください。"
                " (expected SQuAD's JSON or NIILC-QA's XML)",
            ) from error
    if not benchmark.judged:
        raise BatchError("release_empty", f"{sources[0]} に、根拠のある質問がありません。 (no question with a passage)")
    return benchmark


def _squad(data: Row, benchmark: Benchmark) -> None:
    before = len({row["_id"].rpartition("p")[0] for row in benchmark.passages})
    for number, article in enumerate(data["data"], before):
        for place, paragraph in enumerate(article["paragraphs"]):
            title, separator, text = paragraph["context"].partition(_SEPARATOR)
            if not separator:
                title, text = article.get("title", ""), paragraph["context"]
            offset = len(title) + len(separator) if separator else 0
            id = f"{benchmark.name}-a{number}p{place}"
            benchmark.passages.append({"_id": id, "title": title, "text": text})
            for asked in paragraph["qas"]:
                if not asked.get("is_impossible"):
                    benchmark.queries.append(_squad_query(asked, title, text, offset))
                    benchmark.judged.append((asked["id"], id))


def _squad_query(asked: Row, title: str, text: str, offset: int) -> Row:
    found: list[Row] = []
    in_title: list[Row] = []
    for answer in asked["answers"]:
        start = answer["answer_start"] - offset
        place, where, spans = (start, text, found) if start >= 0 else (answer["answer_start"], title, in_title)
        span = {"text": answer["text"], "start": place}
        if where.startswith(answer["text"], place) and span not in spans:
            spans.append(span)
    metadata: Row = {"answers": found}
    if in_title:
        metadata["answers_in_title"] = in_title
        written = [{"text": item["text"], "start": text.find(item["text"])} for item in in_title if item["text"] in text]
        if not found and written:  # it stands in the text too, but nobody said that it answers there
            metadata |= {"answers": written[:1], "derived_span": True}
    return {"_id": asked["id"], "text": asked["question"], "metadata": metadata}


def _niilc(root: ElementTree.Element, benchmark: Benchmark) -> None:
    known = {(row["title"], row["text"]): row["_id"] for row in benchmark.passages}
    for asked in root.iter("question"):
        # E3 is the article, E5 the sentences that the answer was found in; several are parted by ';'.
        title, text = (_text(asked, f"meta/{tag}") for tag in ("E3", "E5"))
        if not text:
            continue
        key = (title.partition(";")[0], text)
        if key not in known:
            known[key] = f"{benchmark.name}-p{len(known)}"
            benchmark.passages.append({"_id": known[key], "title": key[0], "text": text})
        strings = list(dict.fromkeys(filter(None, (_clean(item.text) for item in asked.iter("answer")))))
        spans = [{"text": string, "start": text.find(string)} for string in strings if string in text]
        metadata = {"answers": spans, "answer_strings": strings}
        benchmark.queries.append({"_id": asked.attrib["id"], "text": _text(asked, "text"), "metadata": metadata})
        benchmark.judged.append((asked.attrib["id"], known[key]))


def _text(element: ElementTree.Element, path: str) -> str:
    return _clean(element.findtext(path))


def _clean(text: str | None) -> str:
    return (text or "").strip()
