"""The MCP server over stdio: the tools `ask`, `search`, `list_zones`, `get_document` in front of one `Assistant`.

The only module that imports `mcp`, which is an extra: `pip install -r requirements-mcp.txt`. Every tool returns
structured content by a published schema, `ask` the answer of the contract; every failure is the error object.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from app import __version__
from app.errors import EngineError, InputError, ShuttenError
from app.serving.catalogue import Catalogue
from app.serving.contract import answer_schema
from app.serving.plain_text import answer_text

if TYPE_CHECKING:
    from mcp.server.lowlevel import Server
    from mcp.types import CallToolResult

    from app.serving.edition import Assistant

Json = dict[str, Any]

_MOST_PASSAGES = 10
_INSTRUCTIONS = (
    "日本語の資料に書いてあることだけを、出典つきで答えます。答えの文字はすべて資料の引用・資料から計算した値・決まった文言です。"
    " Answers only what the documents say; quote its citations, do not add to them. status refused means: not in the documents."
)


@dataclass(frozen=True, slots=True)
class Tool:
    """One tool: what it takes and returns as JSON Schemas, and the function, which gives the result and a text of it."""

    description: str
    takes: Json
    returns: Json
    call: Callable[[Json], tuple[Json, str]]


def check_installed() -> None:
    """Raises EngineError unless a version of `mcp` that this module is written for is installed."""
    try:
        found = version("mcp")
    except PackageNotFoundError:
        found = "なし"
    if not found.startswith("1."):
        raise EngineError(
            "mcp_missing",
            f"mcp 1.x が要ります（いま: {found}）。`pip install -r requirements-mcp.txt` で入れてください。 (not installed)",
        )


def serve_stdio(assistant: Assistant) -> None:
    """Serve on standard input and output until the input ends. Raises EngineError if `mcp` is not installed."""
    check_installed()
    import anyio
    from mcp.server.stdio import stdio_server

    server = create_server(assistant)

    async def run() -> None:
        async with stdio_server() as (incoming, outgoing):
            await server.run(incoming, outgoing, server.create_initialization_options())

    anyio.run(run)


def create_server(assistant: Assistant) -> Server[Any, Any]:
    """The server with its tools, for any transport."""
    import anyio.to_thread
    from mcp.server.lowlevel import Server
    from mcp.types import Tool as Listed
    from mcp.types import ToolAnnotations

    tools = _tools(assistant)
    server: Server[Any, Any] = Server("shutten", version=__version__, instructions=_INSTRUCTIONS)
    reads = ToolAnnotations(readOnlyHint=True, idempotentHint=True, openWorldHint=False)

    @server.list_tools()  # type: ignore[no-untyped-call,untyped-decorator]
    async def listed() -> list[Listed]:
        return [
            Listed(name=name, description=tool.description, inputSchema=tool.takes, outputSchema=tool.returns, annotations=reads)
            for name, tool in tools.items()
        ]

    # Ours says what is wrong with the input, as the error object.
    @server.call_tool(validate_input=False)  # type: ignore[untyped-decorator]
    async def call(name: str, arguments: Json) -> CallToolResult:
        return await anyio.to_thread.run_sync(_result, tools, name, arguments)

    return server


def _result(tools: Mapping[str, Tool], name: str, arguments: Json) -> CallToolResult:
    from mcp.types import CallToolResult, TextContent

    try:
        structured, text = _called(tools, name, arguments)
        return CallToolResult(content=[TextContent(type="text", text=text)], structuredContent=structured)
    except ShuttenError as known:
        error = known.as_json()
    except Exception:  # a door: the client hears that it failed, the log why
        logging.getLogger(__name__).exception("%s failed", ascii(name))
        error = {"code": "internal", "message": "内部エラーです。サーバーの記録を確かめてください。"}
    content = TextContent(type="text", text=f"[{error['code']}] {error['message']}")
    return CallToolResult(content=[content], structuredContent={"error": error}, isError=True)


def _called(tools: Mapping[str, Tool], name: str, arguments: Json) -> tuple[Json, str]:
    from jsonschema import Draft202012Validator  # comes with mcp

    tool = tools.get(name)
    if tool is None:
        raise InputError("tool_unknown", f"その道具はありません。使えるのは {'、'.join(tools)} です。")
    wrong = next(Draft202012Validator(tool.takes).iter_errors(arguments), None)
    if wrong is not None:
        where = ".".join(str(part) for part in wrong.absolute_path) or "arguments"
        raise InputError("request_invalid", f"{where}: {wrong.message[:200]}。引数は list_tools の inputSchema のとおりにしてください。")
    return tool.call(arguments)


def _tools(assistant: Assistant) -> dict[str, Tool]:
    catalogue, schema = Catalogue(assistant.documents, assistant.zones), answer_schema()

    def ask(given: Json) -> tuple[Json, str]:
        answer = assistant.ask(given["question"], given.get("history", []))
        # Not the JSON again, as MCP suggests for old clients: what a model reads best is the answer with its sources.
        return answer.as_json(), answer_text(answer)

    def search(given: Json) -> tuple[Json, str]:
        found = assistant.ask(given["query"]).as_json()["passages"]
        return _with_json({"passages": found[: given.get("limit", _MOST_PASSAGES)]})

    def list_zones(given: Json) -> tuple[Json, str]:
        return _with_json({"documents": catalogue.documents(), "zones": catalogue.zones()})

    def get_document(given: Json) -> tuple[Json, str]:
        document = catalogue.document(given["name"])
        text = document["text"]
        start, end = given.get("start", 0), given.get("end", len(text))
        if not start <= end <= len(text):
            raise InputError("range_invalid", f"{start}–{end} は範囲になりません。0 から {len(text)} までで指定してください。")
        part = text[start:end]
        return {**document, "text": part, "start": start, "end": end, "characters": len(text)}, part

    return {
        "ask": Tool(
            "資料についての質問に、資料に書いてあることだけで答えます。引用の位置つき。"
            " Answer a question (Japanese, English, Chinese) from the documents, with citations; or refuse and say why.",
            _object({"question": _QUESTION, "history": _HISTORY}, ["question"]),
            schema,
            ask,
        ),
        "search": Tool(
            "資料の中の、問いに近い箇所を良い順に返します。答えは作りません。 Passages of the documents for a query, best first.",
            _object({"query": _QUESTION, "limit": {"type": "integer", "minimum": 1, "maximum": _MOST_PASSAGES}}, ["query"]),
            {**_object({"passages": schema["properties"]["passages"]}, ["passages"]), "$defs": schema["$defs"]},
            search,
        ),
        "list_zones": Tool(
            "資料と、その区画（節）の一覧。 The documents and their sections.",
            _object({}, []),
            _object({"documents": _list(_DOCUMENT), "zones": _list({"document": _TEXT, **_PLACE})}, ["documents", "zones"]),
            list_zones,
        ),
        "get_document": Tool(
            "資料の原文をそのまま返します。start と end で一部だけ（Unicode の文字数で）。"
            " A document's text, unaltered; start and end (code points) for a part of it.",
            _object({"name": _TEXT, "start": _OFFSET, "end": _OFFSET}, ["name"]),
            _object(_WHOLE, list(_WHOLE)),
            get_document,
        ),
    }


def _with_json(structured: Json) -> tuple[Json, str]:
    return structured, json.dumps(structured, ensure_ascii=False)


def _object(properties: Json, required: list[str]) -> Json:
    return {"type": "object", "additionalProperties": False, "properties": properties, "required": required}


def _list(properties: Json) -> Json:
    return {"type": "array", "items": _object(properties, list(properties))}


_TEXT: Json = {"type": "string"}
_OFFSET: Json = {"type": "integer", "minimum": 0}
_PLACE: Json = {"name": _TEXT, "start": _OFFSET, "end": _OFFSET}
_DOCUMENT: Json = {"name": _TEXT, "sha256": _TEXT}
_WHOLE: Json = {
    **_DOCUMENT, "text": _TEXT, "zones": _list(_PLACE), "start": _OFFSET, "end": _OFFSET, "characters": _OFFSET,
}  # fmt: skip
_QUESTION: Json = {"type": "string", "description": "1,000 字まで (up to 1,000 characters)"}
_HISTORY: Json = {
    "type": "array",
    "items": _TEXT,
    "description": "この会話の前の質問を、古い順に (earlier questions of the conversation, oldest first)",
}
