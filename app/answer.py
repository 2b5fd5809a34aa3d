"""An answer as frozen data: segments of typed origin, citations, and the published JSON of all of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from app.schema import Hit, Passage, Plan

SCHEMA_VERSION = 1

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
class Quote:
    """Characters of a document: `text == document.text[start:end]`; `sentence` is the stretch of several that answers."""

    text: str
    document: str
    start: int
    end: int
    citations: tuple[int, ...]
    sentence: tuple[int, int] | None = None


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

    @classmethod
    def over(cls, zones: Sequence[str], matched: Collection[str | None]) -> Completeness:
        """All `zones` were looked at, and these `matched`."""
        return cls(
            checked=len(zones),
            of=len(zones),
            matched=tuple(name for name in zones if name in matched),
            unmatched=tuple(name for name in zones if name not in matched),
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """Everything said about one question, provable from `documents` alone (see `answering.verification`).

    `confidence`, in [0, 1], is how sure the system was that the documents answer the question; not in the JSON.
    """

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
    confidence: float = 1.0

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
