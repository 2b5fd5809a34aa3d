"""What several test files share: the shipped corpus, indexed once, and an assistant over it."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.answering.assistant import Assistant
from app.assembly import build_index, open_assistant, open_encoder, open_library
from app.config import Settings

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
