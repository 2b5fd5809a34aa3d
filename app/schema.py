"""The frozen data that travels between the stages; knows nothing of how any of it is made.

All offsets are Unicode code points into `Document.text`, half open: `[start, end)`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Language = Literal["ja", "en", "zh"]


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
    """What a corpus says, in document order: its documents, their zones, passages and facts (the ledger).

    Many passages are read from disk as they are asked for.
    """

    documents: tuple[Document, ...]
    zones: tuple[Zone, ...]
    passages: Sequence[Passage]
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Mention:
    """A stretch of the question, `question[start:end]`, that names something: `value` is what it names."""

    value: str
    start: int
    end: int

    def overlaps(self, other: Mention) -> bool:
        """Whether two stretches share a character."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a text: `surface == text[start:end]`; `base` is its dictionary form, `reading` katakana or ''.

    `content` is False for words that carry no topic (particles, auxiliaries, する, こと, 何); `place` is True for
    names of places below countries, `action` for nouns that する makes a verb of; `named` says what a name names (人名,
    地名, 組織名, 一般), and is '' for any other word.
    """

    surface: str
    base: str
    reading: str
    pos: str
    start: int
    end: int
    content: bool
    place: bool = False
    action: bool = False
    named: str = ""

    @property
    def mention(self) -> Mention:
        """The word as a stretch of the question that it is of."""
        return Mention(self.surface, self.start, self.end)


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a query. `score` orders hits (higher is better); `legs` holds each leg's raw score."""

    passage: Passage
    score: float
    legs: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Term:
    """A content word of a question, and what stands for it in documents: `alternatives` are runs of dictionary forms,
    any of which will do. `weight`, in (0, 1], is how much of a topic such a word is: a noun more than a verb. `joined`
    if it goes on with the noun before it to one phrase: 「介護の人材」."""

    mention: Mention
    alternatives: tuple[tuple[str, ...], ...]
    weight: float = 1.0
    joined: bool = False


# Operations over numbers; `nth` is one too when it says which end it counts from.
COMPUTED = frozenset("max min rank position sum mean difference ratio share compare filter check count".split())
# Operations that pick subjects by their number.
PICKS = frozenset("max min nth rank compare filter".split())


@dataclass(frozen=True, slots=True)
class Plan:
    """What a question asks.

    `leftover` are the content words that nothing has understood, and `terms` the same with what may stand for them;
    `topic` is the question reduced to what it is about (for retrieval by meaning), `places` the names it writes that
    stand for part of a zone, `literals` what a passage should write as the question does: quotations and proper nouns.

    `constraints` say the rest, each as one readable string: `nth=2`, `from=min`, `top=3`, bounds (`>=20`), a stated
    number (`=14`), `expected=>=40` (a bound that the result should keep), `by=count` (the numbers are how many facts a
    zone has), `where=施策>=5` (which zones are meant, by their values or by how many they have), `then=重点` (what is
    asked of the zones picked), `also=重点` (a second attribute), `than=徐匯` (whose value is the bound), `claim=>` (of the
    first zone against the second), `except=3` and `not=徐匯` (what is left out), `without` (the zones that have it not).
    `confirms` if it asks yes or no,
    `implied` if it is clear what is measured though the question does not say it. `pointed` is the place by which it
    names its zone, from 1, or -1 for the last (「最初の区」); 0 if it does not.
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
    terms: tuple[Term, ...] = ()
    quoted: tuple[Mention, ...] = ()
    confirms: bool = False
    implied: bool = False
    pointed: int = 0

    def constraint(self, name: str) -> str | None:
        """What follows `name=` among the constraints, None if it is not there."""
        return next(iter(self.constrained(name)), None)

    def constrained(self, name: str) -> tuple[str, ...]:
        """All that follow `name=` among the constraints."""
        return tuple(item[len(name) + 1 :] for item in self.constraints if item.startswith(f"{name}="))

    @property
    def ordinal(self) -> int:
        """The place in a list that is asked for, counted from 1 or (-1) from its end; 0 if none is."""
        return int(self.constraint("nth") or 0)

    @property
    def counts(self) -> bool:
        """Whether the numbers are how many facts a subject has, not what its fact says."""
        return self.operation == "count" or self.constraint("by") == "count"

    @property
    def one_of_all(self) -> bool:
        """Whether one zone is asked about that is held against all of them: 「徐匯は一番広い区ですか」."""
        of_mean = self.operation == "filter" and any(item.endswith("mean") for item in self.constraints)
        return len(self.subjects) == 1 and (of_mean or self.operation in ("max", "min", "nth"))

    @property
    def computed(self) -> bool:
        """Whether the answer is computed from numbers, not just stated."""
        return self.operation in COMPUTED or (self.operation == "nth" and self.constraint("from") is not None)

    def as_json(self) -> dict[str, Any]:
        """The plan as the contract shows it."""
        return {
            "subjects": list(self.subjects),
            "attribute": self.attribute,
            "operation": self.operation,
            "constraints": list(self.constraints),
            "leftover": [mention.value for mention in self.leftover],
        }
