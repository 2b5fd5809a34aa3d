"""Who may talk to the server, and how much: an ASGI layer in front of every route; knows none of them.

Refuses requests for a host that is not ours (DNS rebinding), writes from other origins, bodies that are too
large and file uploads, which the page never makes; and puts security headers on every answer.
"""

from __future__ import annotations

import ipaddress
import json
import socket
from collections.abc import Collection, Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BODY_BYTES = 1_048_576
_LOOPBACK_NAMES = {"localhost", "127.0.0.1", "::1"}
_ANY_ADDRESS = {"", "0.0.0.0", "::"}
_READS = {"GET", "HEAD", "OPTIONS"}
# What a proxy would say of the client; believed only from a proxy, and we are not told of one.
_FORWARDING = {
    b"forwarded",
    b"x-forwarded-for",
    b"x-forwarded-host",
    b"x-forwarded-proto",
    b"x-forwarded-server",
}

# Gradio's page starts by inline scripts and compiles its events' code: without these two it stays blank.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
)
SECURITY_HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "SAMEORIGIN",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


def host_name(authority: str) -> str:
    """The host of `host`, `host:port`, `[v6]` or `[v6]:port`, lower case, without brackets."""
    if authority.startswith("["):
        return authority[1:].partition("]")[0].lower()
    return authority.partition(":")[0].lower()


class Protection:
    """`host` is what the server listens on: the names it is reached by follow from it, plus `more_hosts`.

    `public_host` is one more, by which a proxy that speaks https is reached; `framed_by` an origin that may frame the page.
    """

    def __init__(
        self, app: ASGIApp, host: str, more_hosts: Collection[str] = (), public_host: str = "", framed_by: str = ""
    ) -> None:
        self.app = app
        self.public_host = public_host.lower()
        self.headers = dict(SECURITY_HEADERS)
        if framed_by:
            frames = f"frame-ancestors 'self' {framed_by}"
            self.headers["content-security-policy"] = CONTENT_SECURITY_POLICY.replace("frame-ancestors 'self'", frames)
            del self.headers["x-frame-options"]  # knows no other origin than ours
        self.everywhere = host in _ANY_ADDRESS
        self.names = {*_LOOPBACK_NAMES, host.strip("[]").lower(), *(name.lower() for name in more_hosts)} | ({self.public_host} - {""})
        if self.everywhere:
            self.names.add(socket.gethostname().lower())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, with its body counted and its answer's headers added, or refuse it."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return  # no route of ours speaks websocket
        guarded = _with_headers(send, self.headers)
        refusal = self._refusal(scope)
        if refusal is not None:
            await _refuse(guarded, *refusal)
            return
        scope["headers"] = [pair for pair in scope["headers"] if pair[0] not in _FORWARDING]
        if self.public_host and host_name(Headers(scope=scope).get("host", "")) == self.public_host:
            scope["scheme"] = "https"  # what the page says of itself must be what the browser reached it by
        counted = _Counted(receive, guarded)
        try:
            await self.app(scope, counted.receive, counted.send)
        except _BodyTooLarge:
            await _refuse(guarded, *_TOO_LARGE)

    def _refusal(self, scope: Scope) -> tuple[int, str, str] | None:
        headers = Headers(scope=scope)
        authority = headers.get("host", "")
        if not self._is_ours(host_name(authority)):
            return 400, "host_not_allowed", "この宛先名には応答しません。起動時に出た URL を開いてください。"
        origin = headers.get("origin")
        foreign = origin is not None and origin.partition("://")[2].lower() != authority.lower()
        if foreign and scope["method"] not in _READS:
            return 403, "origin_not_allowed", "ほかのサイトからの送信は受け付けません。"
        if scope["path"].rstrip("/").endswith("/upload"):
            return 404, "not_found", "ファイルは受け付けていません。"
        length = headers.get("content-length", "0")
        if not length.isascii() or not length.isdigit() or int(length) > MOST_BODY_BYTES:
            return _TOO_LARGE
        return None

    def _is_ours(self, name: str) -> bool:
        if name in self.names:
            return True
        if not self.everywhere:
            return False
        try:  # listening everywhere, we are reached by any address; a rebound name is never one
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return True


class _BodyTooLarge(Exception):
    pass


_TOO_LARGE = (
    413,
    "body_too_large",
    f"送信できるのは {MOST_BODY_BYTES // 1024} KiB までです。短くして送り直してください。",
)


class _Counted:
    """Counts the bytes of a body that did not tell its length, and stops it once they are too many."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self._bytes = 0
        self._too_large = False
        self._started = False

    async def receive(self) -> Message:
        message = await self._receive()
        self._bytes += len(message.get("body", b""))
        if self._bytes > MOST_BODY_BYTES and not self._started:
            self._too_large = True
            raise _BodyTooLarge
        return message

    async def send(self, message: Message) -> None:
        # A framework in between may have made its own answer of the exception: ours goes out instead.
        if self._too_large and not self._started:
            raise _BodyTooLarge
        self._started = True
        await self._send(message)


def _with_headers(send: Send, ours: Mapping[str, str]) -> Send:
    async def guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in ours.items():
                headers[name] = value
        await send(message)

    return guarded


async def _refuse(send: Send, status: int, code: str, message: str) -> None:
    body = json.dumps({"error": {"code": code, "message": message}}, ensure_ascii=False).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
