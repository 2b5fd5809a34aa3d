"""Rows of cells to a table, as plain text and as Markdown."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

Rows = Sequence[Sequence[str]]


def draw(rows: Rows, *, markdown: bool = False) -> str:
    """The table whose first row heads the columns, without a line feed at its end."""
    return _markdown(rows) if markdown else _plain(rows)


def escape(text: str) -> str:
    """The text as Markdown shows it unchanged."""
    return "".join(f"\\{character}" if character in "\\|*_`[]<>#" else character for character in text)


def _plain(rows: Rows) -> str:
    widths = [max(_width(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(map(_pad, row, widths)).rstrip() for row in rows]
    return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:]])


def _markdown(rows: Rows) -> str:
    lines = ["| " + " | ".join(escape(cell) for cell in row) + " |" for row in rows]
    return "\n".join([lines[0], "|" + " --- |" * len(rows[0]), *lines[1:]])


def _pad(text: str, width: int) -> str:
    return text + " " * (width - _width(text))


def _width(text: str) -> int:
    # A terminal shows a Japanese character two columns wide.
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
