"""Files of results, written beside each other."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from app.errors import OutputError


def write_results(texts: Mapping[Path, str], options: str) -> None:
    """Write each text into its file; `options` say how to choose another place. Raises OutputError."""
    for path, text in texts.items():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise OutputError(
                "results_unwritable",
                f"{path} に書けません: {error.strerror}。{options} で別の場所を指定してください。 (cannot write)",
            ) from error
