"""The MCP server by its own package's client, over stdio, in front of the real parts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import anyio
import pytest
from jsonschema import Draft202012Validator
from mcp import ClientSession, StdioServerParameters
from mcp.shared.memory import create_connected_server_and_client_session
from mcp.types import CallToolResult, TextContent
from typer.testing import CliRunner

from app.__main__ import cli
from app.answering.assistant import Assistant
from app.answering.verification import verify_answer
from app.assembly import open_evidence
from app.config import Settings
from app.serving.contract import answer_schema
from app.serving.mcp_server import create_server
from app.serving.plain_text import answer_text
from tests.conftest import ROOT
from tests.fake_assistant import HOSTILE, PARK, FakeAssistant

SIZE = "虹口の面積は？"
DOCUMENT = "shanghai-ftz-linkage-zones.txt"
TOOLS = ["ask", "search", "list_zones", "get_document"]


def options(settings: Settings) -> list[str]:
    return ["-m", "app", "mcp", "--corpus", str(settings.corpus), "--index", str(settings.index)]


def over_stdio(settings: Settings, talk: Callable[[ClientSession], Awaitable[None]]) -> None:
    """Talk to a real server process as its client; it must then end by itself."""
    from mcp.client.stdio import stdio_client

    server = StdioServerParameters(command=sys.executable, args=options(settings), cwd=ROOT)

    async def run() -> None:
        async with stdio_client(server) as streams, ClientSession(*streams) as session:
            await talk(session)

    anyio.run(run)


def in_memory(assistant: Any, talk: Callable[[ClientSession], Awaitable[None]]) -> None:
    """The same client and server without a process between them."""

    async def run() -> None:
        async with create_connected_server_and_client_session(create_server(assistant)) as session:
            await talk(session)

    anyio.run(run)


def text_of(result: CallToolResult) -> str:
    (content,) = result.content
    assert isinstance(content, TextContent)
    return content.text


def error_of(result: CallToolResult) -> str:
    """The code of a failure, said in text and as structure alike."""
    assert result.isError
    assert result.structuredContent is not None
    error = result.structuredContent["error"]
    assert text_of(result) == f"[{error['code']}] {error['message']}"
    return str(error["code"])


# ── Over stdio ──────────────────────────────────────────────────────────────────────────────────────────────


def test_the_real_client_asks_over_stdio(built: Settings, assistant: Assistant) -> None:
    source = (built.corpus / DOCUMENT).read_bytes().decode("utf-8")

    async def talk(session: ClientSession) -> None:
        hello = await session.initialize()
        assert (hello.serverInfo.name, hello.protocolVersion >= "2025-06-18") == ("shutten", True)
        tools = {tool.name: tool for tool in (await session.list_tools()).tools}
        assert list(tools) == TOOLS
        for tool in tools.values():
            Draft202012Validator.check_schema(tool.inputSchema)
            assert tool.outputSchema is not None and tool.description
            Draft202012Validator.check_schema(tool.outputSchema)
            assert tool.annotations is not None and tool.annotations.readOnlyHint
        assert tools["ask"].outputSchema == answer_schema()

        # The client itself holds what comes against the published schemas.
        asked = await session.call_tool("ask", {"question": "では虹口は？", "history": ["徐匯の面積は？"]})
        answer = asked.structuredContent
        assert answer == assistant.ask("では虹口は？", ["徐匯の面積は？"]).as_json()
        assert verify_answer(answer, open_evidence(built)).proved
        assert text_of(asked) == answer_text(assistant.ask("では虹口は？", ["徐匯の面積は？"]))

        found = (await session.call_tool("search", {"query": "クルーズ船への補給", "limit": 3})).structuredContent
        assert found is not None and len(found["passages"]) == 3
        for passage in found["passages"]:
            assert source[passage["start"] : passage["end"]] == passage["text"]
        assert "クルーズ" in found["passages"][0]["text"]

        listed = (await session.call_tool("list_zones", {})).structuredContent
        assert listed is not None and [one["name"] for one in listed["documents"]] == [DOCUMENT]
        assert [zone["name"] for zone in listed["zones"]] == [zone.name for zone in assistant.zones]
        for zone in listed["zones"]:
            assert zone["document"] == DOCUMENT and zone["name"] in source[zone["start"] : zone["end"]]

        whole = (await session.call_tool("get_document", {"name": DOCUMENT})).structuredContent
        assert whole is not None
        assert (whole["text"], whole["start"], whole["end"], whole["characters"]) == (source, 0, len(source), len(source))
        first = answer["citations"][0]
        part = await session.call_tool("get_document", {"name": DOCUMENT, "start": first["start"], "end": first["end"]})
        assert part.structuredContent is not None
        assert text_of(part) == part.structuredContent["text"] == first["text"]

        refused = await session.call_tool("ask", {"question": "浦東新区の面積は？"})
        assert not refused.isError and refused.structuredContent is not None
        assert refused.structuredContent["status"] == "refused"
        assert error_of(await session.call_tool("ask", {"question": ""})) == "question_empty"
        assert error_of(await session.call_tool("ask", {"question": "あ" * 20_000_000})) == "question_too_long"
        assert (await session.call_tool("ask", {"question": SIZE})).structuredContent is not None

    over_stdio(built, talk)


HELLO = {
    "jsonrpc": "2.0", "id": 0, "method": "initialize",
    "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}},
}  # fmt: skip


def test_lines_that_are_no_messages_leave_the_server_up(built: Settings, tmp_path: Path) -> None:
    """Standard output holds messages alone, though the index is built meanwhile; the end of the input is the end."""
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "港.txt").write_text("港は広い。船が多い。", encoding="utf-8")
    asked = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "ask", "arguments": {"question": "港は？"}}}
    lines = [
        json.dumps(HELLO).encode(),
        b'{"jsonrpc": "2.0", "method": "notifications/initialized"}',
        b"", b"garbage", b"[]", b"\xff\xfe", b"[" * 100_000, b'{"jsonrpc": "2.0", "id": 7, "method": "none"}',
        b'{"jsonrpc": "2.0", "id": 8, "method": "tools/call", "params": {"name": "ask", "arguments": {"question": "\\ud800"}}}',
        json.dumps(asked).encode(),
    ]  # fmt: skip
    done = subprocess.Popen(
        [sys.executable, *options(Settings(corpus=corpus, index=tmp_path / "index"))],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, "LC_ALL": "C"},
    )  # fmt: skip
    try:
        assert done.stdin is not None and done.stdout is not None
        done.stdin.write(b"\n".join(lines) + b"\n")
        done.stdin.flush()
        replies = {}
        while 1 not in replies:
            line = done.stdout.readline()
            assert line, "the server is gone"
            message = json.loads(line)
            replies[message.get("id")] = message
        assert replies[0]["result"]["serverInfo"]["name"] == "shutten"
        assert "港" in replies[1]["result"]["structuredContent"]["answer"]
        rest, _ = done.communicate(timeout=20)
        assert all(json.loads(line) for line in rest.splitlines())
        assert done.returncode == 0
    finally:
        done.kill()
        done.wait()


# ── Bad input ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("tool", "arguments", "code"),
    [
        ("ask", {}, "request_invalid"),
        ("ask", {"question": 3}, "request_invalid"),
        ("ask", {"question": None}, "request_invalid"),
        ("ask", {"question": "a", "histroy": []}, "request_invalid"),
        ("ask", {"question": "a", "history": "b"}, "request_invalid"),
        ("ask", {"question": "a", "history": [1]}, "request_invalid"),
        ("ask", {"question": " \u3000"}, "question_empty"),
        ("ask", {"question": "a" * 1001}, "question_too_long"),
        ("search", {"query": ""}, "question_empty"),
        ("search", {"query": "桜", "limit": 0}, "request_invalid"),
        ("search", {"query": "桜", "limit": 11}, "request_invalid"),
        ("search", {"query": "桜", "limit": "3"}, "request_invalid"),
        ("list_zones", {"more": 1}, "request_invalid"),
        ("get_document", {}, "request_invalid"),
        ("get_document", {"name": ""}, "document_unknown"),
        ("get_document", {"name": "../../etc/passwd"}, "document_unknown"),
        ("get_document", {"name": "川/青川.txt", "start": 5, "end": 4}, "range_invalid"),
        ("get_document", {"name": "川/青川.txt", "end": 10**9}, "range_invalid"),
        ("get_document", {"name": "川/青川.txt", "start": -1}, "request_invalid"),
        ("get_document", {"name": "川/青川.txt", "start": 10**400}, "range_invalid"),
        ("delete_everything", {}, "tool_unknown"),
        ("<script>", {}, "tool_unknown"),
    ],
    ids=lambda item: ascii(item)[:40],
)
def test_bad_input_is_the_error_object(tool: str, arguments: dict[str, Any], code: str) -> None:
    async def talk(session: ClientSession) -> None:
        assert error_of(await session.call_tool(tool, arguments)) == code

    in_memory(FakeAssistant(), talk)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_is_text(hostile: str) -> None:
    fake = FakeAssistant()

    async def talk(session: ClientSession) -> None:
        asked = await session.call_tool("ask", {"question": hostile})
        assert asked.structuredContent == fake.ask(hostile).as_json()
        assert hostile in text_of(asked)

    in_memory(fake, talk)


def test_names_and_text_with_every_trap_come_unaltered() -> None:
    fake = FakeAssistant()

    async def talk(session: ClientSession) -> None:
        whole = (await session.call_tool("get_document", {"name": fake.documents[0].name})).structuredContent
        assert whole is not None and whole["text"] == PARK
        zone = whole["zones"][0]
        assert PARK[zone["start"] : zone["end"]] == zone["name"] == "𠮷田公園"

    in_memory(fake, talk)


def test_what_breaks_within_is_an_error_that_shows_nothing_of_itself(caplog: pytest.LogCaptureFixture) -> None:
    fake = FakeAssistant()
    fake.broken = True

    async def talk(session: ClientSession) -> None:
        assert error_of(await session.call_tool("ask", {"question": SIZE})) == "model_missing"

        def fail(*arguments: object) -> None:
            raise RuntimeError("secret path /home/x")

        fake.ask = fail  # type: ignore[assignment, method-assign]
        broken = await session.call_tool("ask", {"question": SIZE})
        assert error_of(broken) == "internal"
        assert "secret" not in text_of(broken)
        assert "secret" in caplog.text

    in_memory(fake, talk)


# ── Not installed ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("found", [None, "2.3.0"])
def test_without_the_package_the_command_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, found: str | None
) -> None:
    from importlib.metadata import PackageNotFoundError

    def version(name: str) -> str:
        if found is None:
            raise PackageNotFoundError(name)
        return found

    monkeypatch.setattr("app.serving.mcp_server.version", version)
    done = CliRunner().invoke(cli, ["mcp", "--corpus", str(tmp_path / "none")])
    assert (done.exit_code, done.stdout) == (3, "")
    assert done.stderr.startswith("[mcp_missing]") and "pip install -r requirements-mcp.txt" in done.stderr


def test_the_extra_is_pinned_where_the_server_can_use_it() -> None:
    (pinned,) = [line for line in (ROOT / "requirements-mcp.txt").read_text().splitlines() if not line.startswith("#")]
    name, _, number = pinned.partition("==")
    assert name == "mcp" and (1, 21) <= tuple(map(int, number.split(".")[:2])) < (2, 0)
