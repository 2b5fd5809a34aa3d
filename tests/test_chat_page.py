"""What the page's one event takes: the questions of a conversation, and from where on it is to be told."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from app.serving.chat_page import _answering
from app.serving.edition import Edition, Editions
from tests.fake_assistant import FakeAssistant


@pytest.fixture
def fake() -> FakeAssistant:
    return FakeAssistant()


def reply(fake: FakeAssistant, data: Any) -> str:
    return _answering(Editions(Edition(fake)))(SimpleNamespace(_data=data))


def test_turns_are_told_from_the_first_that_is_wanted(fake: FakeAssistant) -> None:
    html = reply(fake, {"questions": ["青川", "桜", "南公園"], "first": 1, "reply": 5})
    assert fake.asked == [("桜", ("青川",)), ("南公園", ("青川", "桜"))]
    assert html.startswith('<div class="reply" data-reply="5" data-first="1"><article class="turn" data-turn="1">')
    assert html.count("<article") == 2


@pytest.mark.parametrize(
    "data",
    [
        None,
        "青川",
        {},
        {"questions": "青川", "first": 0, "reply": 1},
        {"questions": [1], "first": 0, "reply": 1},
        {"questions": ["青川"], "first": -1, "reply": 1},
        {"questions": ["青川"], "first": 2, "reply": 1},
        {"questions": ["青川"], "first": "0", "reply": 1},
        {"questions": ["青川"], "first": 0},
        {"questions": ["青川"] * 11, "first": 0, "reply": 1},
        {"questions": ["青川"] * 201, "first": 200, "reply": 1},
    ],
)
def test_nothing_else_is_taken(fake: FakeAssistant, data: Any) -> None:
    html = reply(fake, data)
    assert '<div class="problem">' in html
    assert fake.asked == []
