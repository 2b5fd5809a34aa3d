"""The HTTP server: health, the API and the page, in front of the editions; knows not how it answers.

    GET  /healthz              200 while the process runs
    GET  /readyz               200 when a question can be answered, else 503
    /v1/…                      the API, see `api`; described at /v1/docs
    GET  /                     the chat page
"""

from __future__ import annotations

import errno
import socket
from collections.abc import Collection

from fastapi import FastAPI
from fastapi.responses import JSONResponse

from app.errors import InputError, ShuttenError
from app.serving.api import add_answers, add_failures, add_feedback, add_proof, failure
from app.serving.edition import Editions
from app.serving.feedback import FeedbackStore
from app.serving.protection import Protection

_GRACE_SECONDS = 5
_PROBE = "概要は？"


def create_app(
    editions: Editions,
    host: str = "127.0.0.1",
    more_hosts: Collection[str] = (),
    *,
    feedback: FeedbackStore | None = None,
    public_host: str = "",
    framed_by: str = "",
    workers: int = 1,
) -> FastAPI:
    """The whole application. `host`: what it will listen on; `more_hosts`: further names it is reached by.

    `feedback` keeps what people say of answers. Without it there is no such route; without a prover none that proves.
    `public_host` and `framed_by`: where a proxy with https stands in front, see `Protection`. `workers`: how many
    questions the assistants answer at a time.
    """
    from app.serving import chat_page
    from app.serving.description import DESCRIPTION_URL, describe

    # The stock documentation pages load scripts from another host.
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=DESCRIPTION_URL)
    add_failures(app)
    _add_health(app, editions)
    add_answers(app, editions)
    if editions.current.prove is not None:
        add_proof(app, editions)
    if feedback is not None:
        add_feedback(app, feedback)
    describe(app)
    chat_page.mount(app, editions, workers)
    app.add_middleware(Protection, host=host, more_hosts=more_hosts, public_host=public_host, framed_by=framed_by)
    return app


def _add_health(app: FastAPI, editions: Editions) -> None:
    @app.get("/healthz", summary="動いているか (alive)")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/readyz", summary="答えられるか (ready)", response_model=dict[str, str])
    def readyz() -> dict[str, str] | JSONResponse:
        assistant = editions.current.assistant
        # Asking is the only proof that index and model work together; it costs some milliseconds.
        try:
            assistant.ask(assistant.examples[0] if assistant.examples else _PROBE)
        except InputError:
            pass  # it read the question and judged it, so it works
        except ShuttenError as error:
            return failure(503, error.code, error.message)
        return {"status": "ready"}


def serve(
    editions: Editions,
    host: str = "127.0.0.1",
    port: int = 7860,
    *,
    feedback: FeedbackStore | None = None,
    public_host: str = "",
    framed_by: str = "",
    workers: int = 1,
) -> None:
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
            create_app(editions, host, feedback=feedback, public_host=public_host, framed_by=framed_by, workers=workers),
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
