"""The HTTP server: health, the API and the page, in front of one `Assistant`; knows not how it answers.

    GET  /healthz              200 while the process runs
    GET  /readyz               200 when a question can be answered, else 503
    POST /v1/ask               {"question", "history"?} -> the answer of the contract
    GET  /v1/documents         the documents' names and hashes, in the order that the page's links count by
    GET  /v1/documents/text    ?name=…: one document's text, unaltered, and where its zones are named
    GET  /                     the chat page

Every failure is {"error": {"code", "message"}}: 400 bad input, 413 too large, 503 index or model, 500 a bug.
"""

from __future__ import annotations

import errno
import socket
from collections.abc import Collection
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import AfterValidator, BaseModel, ConfigDict

from app.errors import EngineError, InputError, ShuttenError
from app.serving.protection import Protection

if TYPE_CHECKING:
    from app.serving.chat_page import Assistant

_GRACE_SECONDS = 5
_PROBE = "概要は？"


def _encodable(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError as error:  # JSON can spell half a surrogate pair, which is no character
        raise ValueError(f"half a surrogate pair at character {error.start}") from error
    return text


_Text = Annotated[str, AfterValidator(_encodable)]


class Question(BaseModel):
    """The body of `POST /v1/ask`."""

    model_config = ConfigDict(extra="forbid", strict=True)

    question: _Text
    history: list[_Text] = []


def create_app(assistant: Assistant, host: str = "127.0.0.1", more_hosts: Collection[str] = ()) -> FastAPI:
    """The whole application. `host`: what it will listen on; `more_hosts`: further names it is reached by."""
    from app.serving import chat_page

    # The stock documentation pages load scripts from another host: only the description itself is served.
    app = FastAPI(title="Shutten", docs_url=None, redoc_url=None, openapi_url="/v1/openapi.json")
    _add_failures(app)
    _add_health(app, assistant)
    _add_api(app, assistant)
    chat_page.mount(app, assistant)
    app.add_middleware(Protection, host=host, more_hosts=more_hosts)
    return app


def _failure(status: int, code: str, message: str) -> JSONResponse:
    return JSONResponse({"error": {"code": code, "message": message}}, status_code=status)


def _add_failures(app: FastAPI) -> None:
    @app.exception_handler(ShuttenError)
    def known(request: Request, error: ShuttenError) -> JSONResponse:
        status = 400 if isinstance(error, InputError) else 503 if isinstance(error, EngineError) else 500
        return _failure(status, error.code, error.message)

    @app.exception_handler(RequestValidationError)
    def malformed(request: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "body"
        return _failure(
            400,
            "request_invalid",
            f"{where}: {first['msg']}。"
            '{"question": "質問", "history": ["前の質問", …]} の形の JSON を送ってください。',
        )

    @app.exception_handler(Exception)
    def bug(request: Request, error: Exception) -> JSONResponse:
        return _failure(500, "internal", "内部エラーです。サーバーの記録を確かめてください。")


def _add_health(app: FastAPI, assistant: Assistant) -> None:
    @app.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/readyz", response_model=None)
    def readyz() -> dict[str, str] | JSONResponse:
        # Asking is the only proof that index and model work together; it costs some milliseconds.
        try:
            assistant.ask(assistant.examples[0] if assistant.examples else _PROBE)
        except InputError:
            pass  # it read the question and judged it, so it works
        except ShuttenError as error:
            return _failure(503, error.code, error.message)
        return {"status": "ready"}


def _add_api(app: FastAPI, assistant: Assistant) -> None:
    documents = {document.name: document for document in assistant.documents}

    @app.post("/v1/ask")
    def ask(body: Question) -> dict[str, Any]:
        return assistant.ask(body.question, body.history).as_json()

    @app.get("/v1/documents")
    def listed() -> dict[str, Any]:
        return {"documents": [{"name": one.name, "sha256": one.sha256} for one in assistant.documents]}

    @app.get("/v1/documents/text", response_model=None)
    def text(name: str) -> dict[str, Any] | JSONResponse:
        document = documents.get(name)
        if document is None:
            return _failure(404, "document_unknown", "その資料はありません。/v1/documents を見てください。")
        zones = [zone for zone in assistant.zones if zone.document == name]
        return {
            "name": name,
            "sha256": document.sha256,
            "text": document.text,
            "zones": [{"name": zone.name, "start": zone.start, "end": zone.end} for zone in zones],
        }


def serve(assistant: Assistant, host: str = "127.0.0.1", port: int = 7860) -> None:
    """Serve until interrupted; answers in flight get some seconds to finish. Says on stdout when it is ready.

    Raises InputError when the address cannot be listened on.
    """
    import uvicorn

    listening = _listen(host, port)
    shown = "127.0.0.1" if host in ("", "0.0.0.0", "::") else f"[{host}]" if ":" in host else host
    url = f"http://{shown}:{listening.getsockname()[1]}/"

    class Announcing(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                print(f"{url} で開けます", flush=True)

    with listening:
        config = uvicorn.Config(
            create_app(assistant, host),
            log_level="warning",
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )
        Announcing(config).run(sockets=[listening])


def _listen(host: str, port: int) -> socket.socket:
    if not 0 <= port <= 65535:  # getaddrinfo would silently take the remainder
        raise _unusable(host, port, ValueError("ポートは 0 から 65535 まで"))
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listening = socket.socket(family, kind, protocol)
    except OSError as error:
        raise _unusable(host, port, error) from error
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(128)
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            raise InputError(
                "port_in_use",
                f"ポート {port} は使われています。--port {port + 1} のように別の番号を指定してください。",
            ) from error
        raise _unusable(host, port, error) from error
    return listening


def _unusable(host: str, port: int, error: Exception) -> InputError:
    return InputError(
        "address_unusable",
        f"{host}:{port} では待ち受けできません（{error}）。--host と --port を確かめてください。",
    )
