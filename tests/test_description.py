"""The API's description: it says what is really sent and answered, and its page asks nobody else."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from jsonschema import Draft202012Validator

from app.answering.assistant import Assistant
from app.serving.contract import answer_schema
from app.serving.edition import Editions
from app.serving.feedback import FeedbackStore
from app.serving.server import create_app
from tests.browsing import CHROMIUM, serving

HERE = "http://127.0.0.1:7860"
Json = dict[str, Any]


@pytest.fixture(scope="module")
def app(editions: Editions, tmp_path_factory: pytest.TempPathFactory) -> Any:
    store = FeedbackStore(tmp_path_factory.mktemp("feedback") / "feedback.sqlite3")
    return create_app(editions, feedback=store)


@pytest.fixture(scope="module")
def client(app: Any) -> Iterator[TestClient]:
    with TestClient(app, base_url=HERE) as client:
        yield client


@pytest.fixture(scope="module")
def described(client: TestClient) -> Json:
    whole: Json = client.get("/v1/openapi.json").json()
    return whole


def schema_of(described: Json, *keys: str) -> Draft202012Validator:
    """A validator of the schema under `keys`, which may refer to any component."""
    schema: Any = described
    for key in keys:
        schema = schema[key]
    return Draft202012Validator({"allOf": [schema], "components": described["components"]})


def replied(path: str, method: str, status: str) -> tuple[str, ...]:
    return ("paths", path, method, "responses", status, "content", "application/json", "schema")


def taken(path: str) -> tuple[str, ...]:
    return ("paths", path, "post", "requestBody", "content", "application/json", "schema")


def references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        yield from (value for key, value in part.items() if key == "$ref")
        part = list(part.values())
    if isinstance(part, list):
        for item in part:
            yield from references(item)


def test_every_route_is_described_and_every_reference_leads_somewhere(described: Json) -> None:
    assert described["openapi"].startswith("3.1")
    assert set(described["paths"]) == {
        "/healthz", "/readyz", "/v1/ask", "/v1/verify", "/v1/feedback", "/v1/documents", "/v1/documents/text",
    }  # fmt: skip
    schemas = described["components"]["schemas"]
    for schema in schemas.values():
        Draft202012Validator.check_schema(schema)
    found = set(references(described))
    assert "#/components/schemas/Answer" in found
    assert {name.removeprefix("#/components/schemas/") for name in found} <= set(schemas)
    for methods in described["paths"].values():
        for operation in methods.values():
            assert operation["summary"]
            assert "422" not in operation["responses"]


def test_the_answer_is_described_by_the_published_schema(described: Json, assistant: Assistant) -> None:
    """Each refuses what the other refuses: the description is not a weaker copy."""
    published, told = Draft202012Validator(answer_schema()), schema_of(described, *replied("/v1/ask", "post", "200"))
    sound = assistant.ask("虹口の面積は？").as_json()
    for answer, holds in (
        (sound, True),
        ({**sound, "more": 1}, False),
        ({**sound, "citations": []}, False),
        ({**sound, "index": "x"}, False),
        ({**sound, "segments": [{**sound["segments"][0], "type": "guess"}]}, False),
        ({key: value for key, value in sound.items() if key != "plan"}, False),
    ):
        assert (published.is_valid(answer), told.is_valid(answer)) == (holds, holds)


def test_what_is_sent_and_answered_is_as_described(client: TestClient, described: Json) -> None:
    question = {"question": "では虹口は？", "history": ["徐匯の面積は？"]}
    schema_of(described, *taken("/v1/ask")).validate(question)
    answer = client.post("/v1/ask", json=question).json()
    schema_of(described, *replied("/v1/ask", "post", "200")).validate(answer)
    schema_of(described, *taken("/v1/verify")).validate(answer)
    schema_of(described, *replied("/v1/verify", "post", "200")).validate(client.post("/v1/verify", json=answer).json())
    opinion = {"answer": answer, "rating": "up", "comment": "よい", "history": []}
    schema_of(described, *taken("/v1/feedback")).validate(opinion)
    assert str(client.post("/v1/feedback", json=opinion).status_code) in described["paths"]["/v1/feedback"]["post"]["responses"]
    documents = client.get("/v1/documents").json()
    schema_of(described, *replied("/v1/documents", "get", "200")).validate(documents)
    text = client.get("/v1/documents/text", params={"name": documents["documents"][0]["name"]}).json()
    schema_of(described, *replied("/v1/documents/text", "get", "200")).validate(text)
    for path in ("/v1/ask", "/v1/verify", "/v1/feedback"):
        refused = client.post(path, json=[])
        schema_of(described, *replied(path, "post", str(refused.status_code))).validate(refused.json())
        assert not schema_of(described, *taken(path)).is_valid([])


# ── The page for people ─────────────────────────────────────────────────────────────────────────────────────


def test_the_page_names_no_other_host(client: TestClient) -> None:
    page = client.get("/v1/docs")
    assert page.status_code == 200
    assert "http:" not in page.text and "https:" not in page.text
    for asset in ("swagger-ui-bundle.js", "swagger-ui.css", "favicon.png"):
        assert f"/v1/docs/assets/{asset}" in page.text
        assert client.get(f"/v1/docs/assets/{asset}").status_code == 200
    for outside in ("../__init__.py", "%2e%2e/__init__.py", "..%2f..%2fpasswd"):
        assert client.get(f"/v1/docs/assets/{outside}").status_code == 404


@pytest.fixture
def served(app: Any) -> Iterator[str]:
    with serving(app) as url:
        yield url.removesuffix("/")


@pytest.mark.skipif(CHROMIUM is None and "SHUTTEN_REQUIRE_BROWSER" not in os.environ, reason="no Chromium")
def test_the_page_works_in_a_browser_and_asks_nobody_else(served: str, tmp_path: Path) -> None:
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    requested: list[str] = []
    failures: list[str] = []
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1200, "height": 1600})
        page.on("request", lambda request: requested.append(request.url))
        page.on("pageerror", lambda error: failures.append(str(error)))
        page.goto(f"{served}/v1/docs")
        page.get_by_text("質問に、出典つきで答える").click()
        page.locator("[id$=ask_v1_ask_post] textarea").fill('{"question": "虹口の面積は？"}')
        page.locator("[id$=ask_v1_ask_post] .execute").click()
        page.get_by_text("虹口の面積は約4平方キロメートルです。").first.wait_for()
        page.screenshot(path=tmp_path / "docs.png")
        browser.close()
    assert failures == []
    assert [url for url in requested if not url.startswith((served, "data:", "blob:"))] == []
