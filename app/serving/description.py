"""What the HTTP API says of itself: OpenAPI at `/v1/openapi.json`, and a page of it for people at `/v1/docs`.

An answer is described by the published schema itself, not by a second copy. The page's assets come from the package
`fastapi_offline`, which only this module imports: no request leaves the server.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fastapi_offline
from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.openapi.utils import get_openapi
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles

from app import __version__
from app.serving.contract import answer_schema

DESCRIPTION_URL = "/v1/openapi.json"
_PAGE_URL = "/v1/docs"
_ASSETS_URL = f"{_PAGE_URL}/assets"
_COMPONENTS = "#/components/schemas"
_ABOUT = (
    "日本語の資料に書いてあることだけを、出典つきで答えます。答えの JSON は画面・コマンド・HTTP・MCP で同じ約束（schema_version 1）です。"
    "位置はすべて Unicode の文字数で、`資料[start:end]` がそのまま引用になります。\n\n"
    "Answers only what the documents say, and where. The JSON of an answer is the same contract at every door."
)
_FAILURES = {
    "400": "送られたものを使えない (bad input)",
    "403": "ほかのサイトからの送信 (another site's request)",
    "413": "1 MiB を超えている (too large)",
    "500": "内部エラー (a bug)",
    "503": "索引・モデル・保存先の問題 (index, model, or a file that cannot be written)",
}
_ANSWER = {"$ref": f"{_COMPONENTS}/Answer"}


def describe(app: FastAPI) -> None:
    """Serve the page, and make the description say what the contract says. Call it when every route of `app` is there."""
    app.mount(_ASSETS_URL, StaticFiles(directory=Path(fastapi_offline.__file__).parent / "static"))

    @app.get(_PAGE_URL, include_in_schema=False)
    def page() -> HTMLResponse:
        return get_swagger_ui_html(
            openapi_url=DESCRIPTION_URL,
            title="出典 Shutten — API",
            swagger_js_url=f"{_ASSETS_URL}/swagger-ui-bundle.js",
            swagger_css_url=f"{_ASSETS_URL}/swagger-ui.css",
            swagger_favicon_url=f"{_ASSETS_URL}/favicon.png",
            # Its validator is a service of its makers, who would be sent our address.
            swagger_ui_parameters={"validatorUrl": None, "tryItOutEnabled": True},
        )

    described: dict[str, Any] = {}

    def openapi() -> dict[str, Any]:
        if not described:
            described.update(_described(app))
        return described

    app.openapi = openapi  # type: ignore[method-assign]


def _described(app: FastAPI) -> dict[str, Any]:
    whole: dict[str, Any] = get_openapi(title="出典 Shutten", version=__version__, description=_ABOUT, routes=app.routes)
    schemas = whole["components"]["schemas"]
    for ours in ("HTTPValidationError", "ValidationError"):  # ours is the error object
        schemas.pop(ours, None)
    schemas |= _answer_components()
    schemas["Failure"] = {
        "type": "object", "required": ["error"], "properties": {"error": {"$ref": f"{_COMPONENTS}/Answer.error"}},
    }  # fmt: skip
    for path, operation in _operations(whole):
        taken = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if path == "/v1/ask":
            operation["responses"]["200"]["content"]["application/json"]["schema"] = _ANSWER
        elif path == "/v1/verify":
            taken["schema"] = _ANSWER
        operation["tags"] = ["質問と証明 (questions and proofs)" if path.startswith("/v1/") else "状態 (health)"]
        operation["responses"].pop("422", None)
        if path.startswith("/v1/"):
            failures = _FAILURES if taken else {"500": _FAILURES["500"]}
            operation["responses"] |= {status: _failure(what) for status, what in failures.items()}
    if "Opinion" in schemas:
        schemas["Opinion"]["properties"]["answer"] = _ANSWER
    return whole


def _operations(whole: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in whole["paths"].items():
        for operation in methods.values():
            yield path, operation


def _failure(what: str) -> dict[str, Any]:
    schema = {"$ref": f"{_COMPONENTS}/Failure"}
    return {"description": what, "content": {"application/json": {"schema": schema}}}


def _answer_components() -> dict[str, Any]:
    """The published schema as `Answer`, its definitions as `Answer.…`, every reference following them."""
    schema = answer_schema()
    schema.pop("$schema")
    parts: dict[str, Any] = schema.pop("$defs")
    components = {"Answer": schema, **{f"Answer.{name}": part for name, part in parts.items()}}
    return {name: _moved(part) for name, part in components.items()}


def _moved(part: Any) -> Any:
    if isinstance(part, dict):
        moved = {key: _moved(value) for key, value in part.items()}
        if isinstance(moved.get("$ref"), str):
            moved["$ref"] = moved["$ref"].replace("#/$defs/", f"{_COMPONENTS}/Answer.")
        return moved
    return [_moved(item) for item in part] if isinstance(part, list) else part
