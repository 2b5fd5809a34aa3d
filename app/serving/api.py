"""The HTTP API in front of the editions: its routes, and every failure as the error object of the contract.

    POST /v1/ask               {"question", "history"?} -> the answer of the contract
    POST /v1/verify            an answer of the contract -> {"word", "explanation", "proved"}
    POST /v1/feedback          {"answer", "rating": "up" | "down", "comment"?, "history"?} -> 204, kept
    GET  /v1/documents         the documents' names and hashes, in the order that the page's links count by
    GET  /v1/documents/text    ?name=…[&sha256=…]: one document's text, unaltered, and where its zones are named

Every failure is {"error": {"code", "message"}}: 400 bad input, 404 not there, 413 too large, 503 index, model or a file
that cannot be written, 500 a bug. Knows not how anything is answered or proved.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from app.errors import EngineError, InputError, OutputError, ShuttenError
from app.serving.edition import Editions
from app.serving.feedback import MOST_COMMENT_CHARACTERS, FeedbackStore, Rating

# What the body of each route looks like, for those who sent another.
_SHAPES = {
    "/v1/ask": '{"question": "質問", "history": ["前の質問", …]} の形の JSON',
    "/v1/verify": "答えの JSON（/v1/ask が返したもの）をひとつ、そのまま",
    "/v1/feedback": '{"answer": 答えの JSON, "rating": "up" または "down", "comment": "ひとこと", "history": ["前の質問", …]} の形の JSON',
}


def _encodable(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError as error:  # JSON can spell half a surrogate pair, which is no character
        raise ValueError(f"half a surrogate pair at character {error.start}") from error
    return text


Text = Annotated[str, AfterValidator(_encodable)]


class Question(BaseModel):
    """The body of `POST /v1/ask`."""

    model_config = ConfigDict(extra="forbid", strict=True)

    question: Annotated[Text, Field(examples=["概要は？"])]
    history: list[Text] = []


class Proof(BaseModel):
    """The reply of `POST /v1/verify`."""

    word: Literal["found", "stale", "misquoted", "miscomputed", "malformed"]
    explanation: str
    proved: bool


class DocumentListed(BaseModel):
    """One document: its name is its path in the corpus folder, its hash that of its bytes."""

    name: str
    sha256: str


class Documents(BaseModel):
    """The reply of `GET /v1/documents`."""

    documents: list[DocumentListed]


class ZoneNamed(BaseModel):
    """Where a heading names a zone."""

    name: str
    start: int
    end: int


class DocumentText(DocumentListed):
    """The reply of `GET /v1/documents/text`."""

    text: str
    zones: list[ZoneNamed]


class Opinion(BaseModel):
    """The body of `POST /v1/feedback`."""

    model_config = ConfigDict(extra="forbid", strict=True)

    answer: dict[str, Any]
    rating: Rating
    comment: Annotated[Text, Field(max_length=MOST_COMMENT_CHARACTERS)] = ""
    history: list[Text] = []


def failure(status: int, code: str, message: str) -> JSONResponse:
    """The error object as a reply."""
    return JSONResponse({"error": {"code": code, "message": message}}, status_code=status)


def add_failures(app: FastAPI) -> None:
    """Make the error object of whatever goes wrong in a route of `app`."""

    @app.exception_handler(ShuttenError)
    def known(request: Request, error: ShuttenError) -> JSONResponse:
        mendable = isinstance(error, EngineError | OutputError)
        return failure(400 if isinstance(error, InputError) else 503 if mendable else 500, error.code, error.message)

    @app.exception_handler(RequestValidationError)
    def malformed(request: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "body"
        return _malformed(request, f"{where}: {first['msg']}")

    @app.exception_handler(HTTPException)
    def other(request: Request, error: HTTPException) -> JSONResponse:
        if error.status_code == 400:  # a body so deep, or a number so long, that the parser itself gave up
            return _malformed(request, str(error.detail))
        return failure(error.status_code, "not_found", f"{error.detail}: {request.url.path} はありません。")

    @app.exception_handler(Exception)
    def bug(request: Request, error: Exception) -> JSONResponse:
        return failure(500, "internal", "内部エラーです。サーバーの記録を確かめてください。")


def _malformed(request: Request, found: str) -> JSONResponse:
    shape = _SHAPES.get(request.url.path)
    return failure(400, "request_invalid", f"{found}。{shape}を送ってください。" if shape else f"{found}。")


def add_answers(app: FastAPI, editions: Editions) -> None:
    """The routes that ask, and that show what is asked about."""

    @app.post("/v1/ask", summary="質問に、出典つきで答える (ask)")
    def ask(body: Question) -> dict[str, Any]:
        return editions.current.assistant.ask(body.question, body.history).as_json()

    @app.get("/v1/documents", summary="資料の一覧 (the documents)", response_model=Documents)
    def listed() -> dict[str, Any]:
        return {"documents": editions.current.catalogue.documents()}

    @app.get(
        "/v1/documents/text",
        summary="資料の原文 (a document's text)",
        response_model=DocumentText,
        responses={404: {"description": "その資料はない、または新しくなった (no such document, or not as it was)"}},
    )
    def text(name: str, sha256: str = "") -> dict[str, Any] | JSONResponse:
        try:
            return editions.current.catalogue.document(name, sha256)
        except InputError as error:
            return failure(404, error.code, error.message)


def add_proof(app: FastAPI, editions: Editions) -> None:
    """The route that proves an answer again, where every edition can."""

    @app.post("/v1/verify", summary="答えを資料と照らして証明し直す (prove an answer again)", response_model=Proof)
    def verify(body: dict[str, Any]) -> dict[str, Any]:
        prove = editions.current.prove
        assert prove is not None
        verdict = prove(body)
        # An explanation may quote the answer, and half a surrogate pair of it cannot be sent.
        explanation = verdict.explanation.encode("utf-8", "backslashreplace").decode("utf-8")
        return {"word": verdict.word, "explanation": explanation, "proved": verdict.proved}


def add_feedback(app: FastAPI, store: FeedbackStore) -> None:
    """The route that keeps what people say of answers."""

    @app.post("/v1/feedback", summary="答えへの評価を残す (say what you think of an answer)", status_code=204)
    def feedback(body: Opinion) -> None:
        store.add(body.rating, body.answer, body.comment, body.history)
