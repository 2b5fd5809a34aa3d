"""What can be set, typed and with its default; read once at the edge, and saved with the index it built."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from app.searching.embedding import DEFAULT_MODEL


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the documents and the index lie, and which model embeds."""

    corpus: Path = Path("corpus")
    index: Path = Path("index")
    model: str = DEFAULT_MODEL
