"""`gradio_client` asks what the page asks, and gets the answer of the contract."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.answering.assistant import Assistant
from tests.browsing import Served

gradio_client = pytest.importorskip("gradio_client")


@pytest.fixture(scope="module")
def client(real: Served) -> Any:
    return gradio_client.Client(real.url, verbose=False)


def test_it_gets_the_answer_of_the_contract(client: Any, assistant: Assistant) -> None:
    for question, history in (("虹口の面積は？", []), ("では楊浦は？", ["虹口の面積は？"]), ("浦東新区の面積は？", [])):
        expected = json.loads(json.dumps(assistant.ask(question, history).as_json()))
        assert client.predict(question, history, api_name="/ask") == expected


def test_what_cannot_be_asked_is_the_error_object(client: Any) -> None:
    assert client.predict("", [], api_name="/ask")["error"]["code"] == "question_empty"


def test_only_that_can_be_called(client: Any) -> None:
    assert list(client.view_api(return_format="dict")["named_endpoints"]) == ["/ask"]
