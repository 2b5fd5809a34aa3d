"""The published JSON Schema of an answer (`app/answer.schema.json`), as every door that describes itself shows it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def answer_schema() -> dict[str, Any]:
    """The schema, freshly read: the caller may alter it."""
    schema: dict[str, Any] = json.loads((Path(__file__).parents[1] / "answer.schema.json").read_text(encoding="utf-8"))
    return schema
