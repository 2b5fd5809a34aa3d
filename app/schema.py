"""The frozen data that travels between the stages; knows nothing of how any of it is made.

All offsets are Unicode code points into `Document.text`, half open: `[start, end)`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

SCHEMA_VERSION = 1

Language = Literal["ja", "en", "zh"]
Status = Literal["answered", "corrected", "clarify", "refused"]
Reason = Literal[
    "not_in_document",
    "attribute_absent",
    "name_unknown",
    "missing_operand",
    "out_of_scope",
    "ambiguous",
    "false_premise",
]


@dataclass(frozen=True, slots=True)
class Document:
    """A source file: `name` is its path below the corpus folder, `text` its bytes as strict UTF-8, unaltered."""

    name: str
    text: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Zone:
    """A section of a document. `name` is what passages carry; `start:end` is where the heading writes it."""

    name: str
    document: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Passage:
    """A citable span: `document.text[start:end] == text`. `zone` is None outside every section."""

    passage_id: str
    document: str
    zone: str | None
    kind: str
    text: str
    start: int
    end: int

    def as_json(self) -> dict[str, Any]:
        """The fields of the contract that a citation and a listed passage share."""
        return {
            "passage_id": self.passage_id,
            "document": self.document,
            "zone": self.zone,
            "kind": self.kind,
            "text": self.text,
            "start": self.start,
            "end": self.end,
        }


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing a passage states of a subject; `subject` is a zone's name, None for the document as a whole.

    `number` and `unit` are set for measured values only; `approximate` says that the text writes 約 or the like.
    """

    subject: str | None
    attribute: str
    text: str
    document: str
    start: int
    end: int
    passage_id: str
    number: float | None = None
    unit: str | None = None
    approximate: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """What a corpus says, in document order: its documents, their zones, passages and facts (the ledger)."""

    documents: tuple[Document, ...]
    zones: tuple[Zone, ...]
    passages: tuple[Passage, ...]
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a text: `surface == text[start:end]`; `base` is its dictionary form, `reading` katakana or ''.

    `content` is False for words that carry no topic (particles, auxiliaries, する, こと, 何); `place` is True for
    names of places.
    """

    surface: str
    base: str
    reading: str
    pos: str
    start: int
    end: int
    content: bool
    place: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a query. `score` orders hits (higher is better); `legs` holds each leg's raw score."""

    passage: Passage
    score: float
    legs: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Mention:
    """A stretch of the question, `question[start:end]`, that names something: `value` is what it names."""

    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What a question asks.

    `leftover` are the content words that nothing has understood, `topic` the question reduced to what it is about (for
    retrieval by meaning), `places` the names it writes that stand for part of a zone, `literals` what a
    passage should write as the question does: quotations and proper nouns.
    """

    language: Language
    subjects: tuple[str, ...]
    attribute: str | None
    operation: str
    leftover: tuple[Mention, ...]
    topic: str
    places: tuple[Mention, ...] = ()
    literals: tuple[Mention, ...] = ()
    constraints: tuple[str, ...] = ()

    @property
    def ordinal(self) -> int:
        """The place in a list that is asked for, counted from 1; 0 if none is."""
        return next((int(item.removeprefix("nth=")) for item in self.constraints if item.startswith("nth=")), 0)

    def as_json(self) -> dict[str, Any]:
        """The plan as the contract shows it."""
        return {
            "subjects": list(self.subjects),
            "attribute": self.attribute,
            "operation": self.operation,
            "constraints": list(self.constraints),
            "leftover": [mention.value for mention in self.leftover],
        }


@dataclass(frozen=True, slots=True)
class Quote:
    """Characters of a document: `text == document.text[start:end]`."""

    text: str
    document: str
    start: int
    end: int
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Value:
    """A measured fact: `text` is what the document writes, the rest what it parses to."""

    text: str
    number: float
    unit: str
    approximate: bool
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Computed:
    """The result of `op` over operands: indices of other segments, or citation numbers."""

    text: str
    op: str
    operands: tuple[int, ...]
    citations: tuple[int, ...]
    number: float | None = None
    unit: str | None = None
    approximate: bool | None = None


@dataclass(frozen=True, slots=True)
class Label:
    """Fixed wording of ours; `label` is its id in the catalogue of wordings."""

    text: str
    label: str
    citations: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Echo:
    """The user's own words: `text == question[start:end]`."""

    text: str
    start: int
    end: int
    citations: tuple[int, ...] = ()


Segment = Quote | Value | Computed | Label | Echo


def segment_json(segment: Segment) -> dict[str, Any]:
    """A segment as the contract writes it: its type, text and citations first, then what its type adds."""
    extra = {
        name: list(value) if isinstance(value, tuple) else value
        for name in type(segment).__dataclass_fields__
        if name not in ("text", "citations") and (value := getattr(segment, name)) is not None
    }
    return {
        "type": type(segment).__name__.lower(),
        "text": segment.text,
        "citations": list(segment.citations),
        **extra,
    }


@dataclass(frozen=True, slots=True)
class Citation:
    """A numbered source of an answer; `n` counts from 1, most important first."""

    n: int
    passage: Passage


@dataclass(frozen=True, slots=True)
class Choice:
    """A question offered to the user instead of a guess: `text` on the button, `question` when it is pressed."""

    text: str
    question: str


@dataclass(frozen=True, slots=True)
class Completeness:
    """What a list or count looked at: `checked` of `of` zones, and which of them matched."""

    checked: int
    of: int
    matched: tuple[str, ...]
    unmatched: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """Everything said about one question, provable from `documents` alone (see `answering.verification`)."""

    question: str
    status: Status
    reason: Reason | None
    segments: tuple[Segment, ...]
    citations: tuple[Citation, ...]
    hits: tuple[Hit, ...]
    plan: Plan
    documents: Mapping[str, str]
    index: str
    choices: tuple[Choice, ...] = ()
    completeness: Completeness | None = None
    id: str | None = None

    @property
    def text(self) -> str:
        """The segments' texts joined; nothing else is ever shown as the answer."""
        return "".join(segment.text for segment in self.segments)

    def with_id(self, id: str) -> Answer:
        """The same answer under the id that its question came with."""
        return replace(self, id=id)

    def as_json(self) -> dict[str, Any]:
        """The answer as the published contract (`app/answer.schema.json`)."""
        complete = self.completeness
        return {
            "schema_version": SCHEMA_VERSION,
            "id": self.id,
            "question": self.question,
            "language": self.plan.language,
            "status": self.status,
            "reason": self.reason,
            "answer": self.text,
            "segments": [segment_json(segment) for segment in self.segments],
            "citations": [{"n": citation.n, **citation.passage.as_json()} for citation in self.citations],
            "passages": [{**hit.passage.as_json(), "score": round(hit.score, 6)} for hit in self.hits],
            "choices": [{"text": choice.text, "question": choice.question} for choice in self.choices],
            "completeness": None
            if complete is None
            else {
                "checked": complete.checked,
                "of": complete.of,
                "matched": list(complete.matched),
                "unmatched": list(complete.unmatched),
            },
            "plan": self.plan.as_json(),
            "documents": dict(self.documents),
            "index": self.index,
        }
