"""Segments told again for the proof: what an answer's fixed wordings, names, facts and results must be, one by one.

For `verify` alone, and none of the answering; only the catalogue of wordings is shared.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.answering.evidence import Evidence, Miscomputed
from app.schema import Fact, Passage
from app.wording import pieces

Json = Mapping[str, Any]
_STATING = frozenset({"value_of", "list_of", "list"})
_NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Told:
    """A segment, its citation numbers read as the passages that they stand for; `details` are its other keys, sorted,
    each with its value and whether that is true or false (1 is 1.0, but not True)."""

    type: str
    text: str
    cites: frozenset[str]
    operands: frozenset[str]
    details: tuple[tuple[str, object, bool], ...]


def as_told(answer: Json, segments: Sequence[Json]) -> list[Told]:
    """Segments as an answer tells them. Raises Miscomputed if one cites what is no citation, or one twice."""
    cited = {citation["n"]: citation["passage_id"] for citation in answer["citations"]}

    def stood_on(segment: Json, key: str) -> frozenset[str]:
        numbers = segment.get(key, ())
        if any(type(n) is not int or n not in cited for n in numbers) or len(set(numbers)) != len(numbers):
            raise Miscomputed(f"「{segment['text']}」の {key} {numbers} が正しくありません")
        return frozenset(cited[n] for n in numbers)

    return [
        Told(item["type"], item["text"], stood_on(item, "citations"), stood_on(item, "operands"), _details(item))
        for item in segments
    ]


def lines(answer: Json) -> list[list[Json]]:
    """The segments of an answer in the lines that it says one after another."""
    found: list[list[Json]] = [[]]
    for segment in answer["segments"]:
        if segment["type"] == "label" and segment["label"] == "next:0":
            found.append([])
        else:
            found[-1].append(segment)
    return found


def head(answer: Json) -> list[Json]:
    """What an answer says before the first line that states all of something of a zone."""
    stating = next((i for i, line in enumerate(lines(answer)) if states(line)), None)
    if stating is None:
        return list(answer["segments"])
    return list(answer["segments"][: sum(len(line) + 1 for line in lines(answer)[:stating]) - (stating > 0)])


def states(line: Sequence[Json]) -> bool:
    """Whether a line states all of one attribute of one zone, or of a document."""
    return any(segment["type"] == "label" and segment["label"].split(":")[0] in _STATING for segment in line)


def hold(segments: Sequence[Told], expected: Sequence[Told]) -> None:
    """Hold what is told against what must be. Raises Miscomputed, with the whole of it and the first that differs."""
    whole = "".join(segment.text for segment in expected).strip()
    for one, other in zip(segments, expected, strict=False):
        if one.text != other.text:
            raise Miscomputed(f"「{one.text.strip()}」は「{other.text.strip()}」のはずです。確かめ直すと: {whole}")
        if one != other:
            raise Miscomputed(f"「{one.text.strip()}」の内容や引用が違います。確かめ直すと: {whole}")
    if len(segments) != len(expected):
        raise Miscomputed(f"部分が {len(segments)} 個ありますが、{len(expected)} 個のはずです。確かめ直すと: {whole}")


class Teller:
    """Tells over again, in one language, what the documents say."""

    def __init__(self, evidence: Evidence, language: str) -> None:
        self._evidence = evidence
        self._language = language

    def fill(self, template: str, **parts: Sequence[Told]) -> list[Told]:
        """A fixed wording with its slots filled."""
        told: list[Told] = []
        labels = 0
        for kind, part in pieces(template, self._language):
            if kind == "slot":
                told += parts[part]
            else:
                told.append(_told("label", part, label=f"{template}:{labels}"))
                labels += 1
        return told

    def items(self, things: Iterable[Sequence[Told]]) -> list[Told]:
        """Things as a list, each on its line."""
        return [segment for thing in things for segment in self.fill("item", value=thing)]

    def word(self, word: str) -> list[Told]:
        """A word that a guide declares."""
        return [_told("label", self._evidence.label(word, self._language), label=f"word:{word}")]

    def title(self, zone: str | None, document: str | None = None) -> list[Told]:
        """A zone's name as its heading writes it, of the document if one is given; nothing outside every zone."""
        for item in self._evidence.zones:
            if item.name == zone and document in (None, item.document):
                text = self._evidence.documents[item.document].text[item.start : item.end]
                return [_told("quote", text, document=item.document, start=item.start, end=item.end)]
        return []

    def source(self, source: Fact | Passage) -> list[Told]:
        """What a fact says, or a whole passage, cited."""
        cites = frozenset({source.passage_id})
        if isinstance(source, Fact) and source.number is not None and source.unit is not None:
            told = _told("value", source.text, cites, number=source.number, unit=source.unit, approximate=source.approximate)
        else:
            told = _told("quote", source.text, cites, document=source.document, start=source.start, end=source.end)
        return [told]

    def echo(self, text: str, start: int) -> list[Told]:
        """The user's own words."""
        return [_told("echo", text, start=start, end=start + len(text))]

    def statement(self, zone: str | None, word: str, sources: Sequence[Fact | Passage]) -> list[Told]:
        """All that is stated of a zone (None: of a document) under one word: a sentence if it is one thing, or a list."""
        told = [self.source(source) for source in sources]
        title = self.title(zone, sources[0].document)
        if title and len(told) == 1:
            return self.fill("value_of", zone=title, word=self.word(word), value=told[0])
        return self.fill("list_of" if title else "list", zone=title, word=self.word(word), items=self.items(told))

    def passage(self, passage: Passage, template: str) -> list[Told]:
        """A whole passage by `zone_passage`, or as one of several by `passage_item`."""
        title, quote = self.title(passage.zone, passage.document), self.source(passage)
        if title:
            return self.fill(template, zone=title, word=self.word(passage.kind), value=quote)
        return quote if template == "zone_passage" else self.fill("item", value=quote)


def result(
    op: str,
    text: str,
    operands: frozenset[str],
    cites: frozenset[str] | None = None,
    number: float | None = None,
    unit: str | None = None,
    approximate: bool | None = None,
) -> list[Told]:
    """What `op` gives over what some passages state; it cites them all if nothing else is said."""
    details = {"op": op, "number": number, "unit": unit, "approximate": approximate}
    given = {name: value for name, value in details.items() if value is not None}
    return [_told("computed", text, operands if cites is None else cites, operands, **given)]


def _told(
    type: str, text: str, cites: frozenset[str] = _NOTHING, operands: frozenset[str] = _NOTHING, **details: object
) -> Told:
    return Told(type, text, cites, operands, _details(details))


def _details(segment: Json) -> tuple[tuple[str, object, bool], ...]:
    # Which sentence of a quote answers is no part of what is told: `verification` holds that it is a sentence of it.
    other = sorted(segment.keys() - {"type", "text", "citations", "operands", "sentence"})
    return tuple((name, segment[name], isinstance(segment[name], bool)) for name in other)
