"""What several test files share: the shipped corpus, indexed once, an assistant over it, a browser before its page."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from app.answering.assistant import Assistant
from app.answering.verification import verify_answer
from app.assembly import build_index, open_assistant, open_encoder, open_evidence, open_library
from app.config import Settings
from app.serving.edition import Edition, Editions

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The shipped corpus with its index, built by the default model: read it, copy it, never alter it."""
    settings = Settings(corpus=ROOT / "corpus", index=tmp_path_factory.mktemp("built") / "index")
    build_index(settings, open_library(settings), open_encoder(settings.model))
    return settings


@pytest.fixture(scope="session")
def assistant(built: Settings) -> Assistant:
    """What answers questions about the shipped corpus."""
    return open_assistant(built)


@pytest.fixture(scope="session")
def editions(assistant: Assistant, built: Settings) -> Editions:
    """What a server before the shipped corpus answers from, and proves with."""
    return Editions(Edition(assistant, partial(verify_answer, evidence=open_evidence(built))))


# ── The page ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")  # while it is open, no other test of its process can run an event loop of its own
def browser() -> Iterator[Any]:
    """A headless Chromium. CI sets SHUTTEN_REQUIRE_BROWSER, so that a missing one there is a failure and not a skip."""
    from tests.browsing import CHROMIUM, FLAGS

    if CHROMIUM is None and "SHUTTEN_REQUIRE_BROWSER" not in os.environ:
        pytest.skip("no Chromium: install Debian's packages chromium and fonts-noto-cjk")
    playwright_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def served() -> Iterator[Any]:
    """The page before documents made for the tests."""
    from app.serving.server import create_app
    from tests.browsing import Served, serving
    from tests.fake_assistant import FakeAssistant

    assistant = FakeAssistant()
    with serving(create_app(Editions(Edition(assistant)))) as url:
        yield Served(url, assistant)


@pytest.fixture
def page(browser: Any, served: Any) -> Iterator[Any]:
    """A fresh visit to it."""
    from tests.browsing import opened

    served.assistant.asked.clear()
    with opened(browser, served.url) as page:
        yield page


@pytest.fixture(scope="session")
def real(assistant: Assistant, editions: Editions, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The page before the shipped corpus, with its other doors."""
    from app.serving.feedback import FeedbackStore
    from app.serving.server import create_app
    from tests.browsing import Served, serving

    store = FeedbackStore(tmp_path_factory.mktemp("feedback") / "feedback.sqlite3")
    with serving(create_app(editions, feedback=store)) as url:
        yield Served(url, assistant, store)
