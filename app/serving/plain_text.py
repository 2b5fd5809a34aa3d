"""Plain text for a terminal: an Answer as its segments, the numbers of their citations, and the sources below; a line."""

from __future__ import annotations

from app.answer import Answer


def answer_text(answer: Answer) -> str:
    """The answer with [n] behind every cited stretch, then one line for each source.

    Neighbouring segments with the same citations share one mark.
    """
    parts: list[str] = []
    for i, segment in enumerate(answer.segments):
        parts.append(segment.text)
        following = answer.segments[i + 1].citations if i + 1 < len(answer.segments) else ()
        if segment.citations and segment.citations != following:
            parts.append("".join(f"[{n}]" for n in segment.citations))
    lines = ["".join(parts)]
    if answer.citations:
        lines.append("")
    for citation in answer.citations:
        passage = citation.passage
        place = "・".join(filter(None, (passage.zone, passage.kind)))
        lines.append(
            f"[{citation.n}] {passage.document} {passage.start}–{passage.end}（{place}）「{passage.text}」"
        )
    return "\n".join(lines)


def on_one_line(text: str) -> str:
    """The text with line breaks, tabs and other unprintable characters as escapes."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)
