"""Files of results, written beside each other."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app.errors import OutputError


def results_text(found: Mapping[str, Any]) -> str:
    """Figures and settings as the JSON of such a file."""
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"


def write_results(texts: Mapping[Path, str], options: str) -> None:
    """Write each text into its file; `options` say how to choose another place. Raises OutputError."""
    for path, text in texts.items():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise unwritable(path, error, options) from error


def unwritable(path: Path, error: OSError, options: str) -> OutputError:
    """What to raise where a file of results cannot be written."""
    return OutputError(
        "results_unwritable",
        f"{path} に書けません: {error.strerror}。{options} で別の場所を指定してください。 (cannot write)",
    )
