"""Answer drift: which answers changed between two outputs of `python -m app ask --batch`, and why.

Lists every question whose answer, status or span changed, by cause, and counts the causes. Exit codes: 0 nothing
changed, 1 something did, 2 bad input. What only lists other passages beside the same answer counts with --all alone.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from io import TextIOWrapper
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from app.evaluating.drift import Cause, Change, Drift, Line, Piece, SpanChange

TITLES: dict[Cause, str] = {
    "error": "問えなかった行がある (a line could not be asked, before or now)",
    "question": "同じ id で質問が違う (another question under the same id)",
    "removed": "前だけにある質問 (asked before only)",
    "added": "今だけにある質問 (asked now only)",
    "text": "資料が変わり、引用した文が変わった (a document changed, and the text cited from it)",
    "moved": "資料が変わり、引用の位置だけが動いた (a document changed, and only the place of what is quoted)",
    "value": "資料が変わり、値や計算の結果が変わった (a document changed, and by it a value or a result)",
    "plan": "質問の解釈が変わった (the question is understood otherwise)",
    "status": "同じ解釈で、状態や理由が変わった (the same plan, another status or reason)",
    "ranking": "同じ解釈で、引用する箇所や順が変わった (the same plan, other passages cited, or in another order)",
    "result": "同じ解釈と引用で、値や計算の結果が変わった (the same plan and passages, another value or result)",
    "wording": "言い方だけが変わった (only the wording changed)",
    "listed": "答えは同じで、関連する箇所の順や点数だけが変わった (only the listed passages or their scores changed)",
}
_TEXT, _MAYBE, _INT = (str,), (str, type(None)), (int,)
_SPAN = {"document": _TEXT, "text": _TEXT, "start": _INT, "end": _INT}
_PASSAGE = {**_SPAN, "passage_id": _TEXT, "kind": _TEXT, "zone": _MAYBE}
_SEGMENT = {"type": _TEXT, "text": _TEXT, "citations": [_INT]}
_PLAN = {"subjects": [_TEXT], "attribute": _MAYBE, "operation": _TEXT, "constraints": [_TEXT], "leftover": [_TEXT]}
_ERROR = {"id": _MAYBE, "error": {"code": _TEXT, "message": _TEXT}}
# What is read of an answer: the types that a part may have, [of each item] or {of each key}.
_ANSWER = {
    **dict.fromkeys(("question", "language", "status", "answer", "index"), _TEXT),
    **dict.fromkeys(("id", "reason"), _MAYBE),
    "schema_version": _INT,
    **dict.fromkeys(("choices", "completeness"), (list, dict, type(None))),
    "segments": [_SEGMENT],
    "citations": [_PASSAGE],
    "passages": [_PASSAGE],
    "plan": _PLAN,
    "documents": (dict,),
}
_MOVED = 3  # of the places that only moved so many are shown
_CLIPPED, _CONTEXT = 60, 12  # characters shown of a text that did not change, and around what did

cli = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


@cli.command()
def main(
    old: Annotated[Path, typer.Argument(help="The answers before: an output of `python -m app ask --batch`.")],
    new: Annotated[Path, typer.Argument(help="The answers to the same questions now.")],
    everything: Annotated[bool, typer.Option("--all", help="Other listed passages or scores are drift too.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, with every place and text in full.")] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print Markdown, not plain text.")] = False,
) -> None:
    """List the questions whose answer, status or span changed, by cause, and count the causes."""
    from app.errors import InputError, ShuttenError
    from app.evaluating.drift import compare

    try:
        if as_json and markdown:
            raise InputError("usage", "--json と --markdown はどちらか一方にしてください。 (one of them)")
        before, after = read_lines(old), read_lines(new)
    except ShuttenError as error:
        typer.echo(error.message, err=True)
        raise typer.Exit(error.exit_code) from error
    drift = compare(before, after)
    shown = [change for change in drift.changes if everything or change.cause != "listed"]
    about = _about(drift, before, after)
    if as_json:
        report = {"old": str(old), "new": str(new), **about, "changes": [_json(change) for change in shown]}
        typer.echo(json.dumps(report, ensure_ascii=False, indent=2))
    else:
        typer.echo("\n".join(_Writer(markdown).report(shown, about)))
    if shown:
        raise typer.Exit(1)


def read_lines(path: Path) -> tuple[Line, ...]:
    """The answers and error lines of a batch output, each checked, no id twice. Raises BatchError."""
    from app.answer import SCHEMA_VERSION
    from app.answering.verification import read_answers
    from app.errors import BatchError

    lines = tuple(read_answers(path))
    seen: dict[str, int] = {}
    for number, line in enumerate(lines, 1):
        misfit = _misfit(line, _ERROR if isinstance(line, dict) and "error" in line else _ANSWER)
        if misfit is None and line.get("schema_version", SCHEMA_VERSION) != SCHEMA_VERSION:
            misfit = f"知らない版の答え: schema_version {line['schema_version']}"
        if misfit is None and line["id"] is not None and seen.setdefault(line["id"], number) != number:
            misfit = f"id「{line['id']}」は {seen[line['id']]} 番目にもある (duplicate id)"
        if misfit is not None:
            advice = "`python -m app ask --batch` の出力を、質問ごとに別の id で作って指定してください。"
            raise BatchError("answers_invalid", f"{path} の {number} 番目: {misfit}。{advice}")
    return lines


def _misfit(value: Any, shape: Any, place: str = "答え") -> str | None:
    """Where a value is not of the shape; None if it is."""
    if type(value) not in (shape if isinstance(shape, tuple) else (type(shape),)):
        return f"{place} の型が違う (not an answer)"
    parts: list[tuple[Any, Any, str]] = []
    if isinstance(shape, list):
        parts = [(item, shape[0], f"{place}[{number}]") for number, item in enumerate(value)]
    elif isinstance(shape, dict):
        shape = {**shape, **_SPAN} if shape is _SEGMENT and value.get("type") == "quote" else shape
        if missing := next((key for key in shape if key not in value), None):
            return f"{place} に {missing} がない (not an answer)"
        parts = [(value[key], part, f"{place}.{key}") for key, part in shape.items()]
    return next((misfit for part in parts if (misfit := _misfit(*part)) is not None), None)


def _about(drift: Drift, before: Sequence[Line], after: Sequence[Line]) -> dict[str, Any]:
    from app.evaluating.drift import changed_documents

    changed = (changed_documents(change.old, change.new) for change in drift.changes)
    indexes = [{line["index"] for line in lines if "index" in line} for lines in (before, after)]
    return {
        "documents": {name: how for several in changed for name, how in several.items()},
        "same_index": indexes[0] == indexes[1],
        "counts": {"unchanged": drift.unchanged, **drift.counts},
    }


def _json(change: Change) -> dict[str, Any]:
    return {
        "id": change.id,
        "question": change.question,
        **asdict(change),
        "difference": [asdict(piece) for piece in _answers(change)],
        "spans": [{"how": span.how, **asdict(span)} for span in change.spans],
        "plan": {key: {"old": old, "new": new} for key, (old, new) in change.plan.items()},
    }


@dataclass(frozen=True, slots=True)
class _Writer:
    """Changes as lines, in plain text or Markdown."""

    markdown: bool

    def report(self, changes: Sequence[Change], about: dict[str, Any]) -> Iterator[str]:
        """What happened to documents and index, every change under its cause, and the counts."""
        if changes:
            documents = "、".join(f"{self.text(name)} {how}" for name, how in about["documents"].items())
            index = "同じ (the same)" if about["same_index"] else "別 (another: documents, guides, model or settings)"
            yield f"資料 (documents): {documents or '同じ (the same)'}。索引 (index): {index}"
        for cause, several in groupby(changes, key=lambda change: change.cause):
            yield f"\n{'## ' if self.markdown else '── '}{TITLES[cause]}: {about['counts'][cause]}\n"
            for change in several:
                head = self.text("  ".join(filter(None, (change.id, change.question))) or "（id も質問もない行）")
                yield f"- {head}" if self.markdown else head
                yield from (f"  - {line}" if self.markdown else f"    {line}" for line in self.details(change))
        total = "、".join(f"{cause} {count}" for cause, count in about["counts"].items() if count)
        yield ("\n" if changes else "") + f"計 (total): {total}"

    def details(self, change: Change) -> Iterator[str]:
        """Status, answer, plan and places of one change, each before and now."""
        yield self.text(_arrow(_state(change.old), _state(change.new)))
        yield f"答え (answer): {self.pieces(_answers(change)) or '–'}"
        for name, old, new in _apart(change):
            parts = [part if isinstance(part, str) else json.dumps(part, ensure_ascii=False) for part in (old, new)]
            yield self.text(f"{name}: {_arrow(*parts)}")
        spans = [span for span in change.spans if span.how not in ("moved", "same")]
        moved = [span for span in change.spans if span.how == "moved"]
        yield from map(self.span, spans + moved[:_MOVED])
        if len(moved) > _MOVED:
            yield f"引用 (cited) moved: ほか {len(moved) - _MOVED} 箇所 (more; --json has all)"

    def span(self, change: SpanChange) -> str:
        """A quoted place, with what changed of it marked."""
        from app.evaluating.drift import difference

        sides = [side for side in (change.old, change.new) if side]
        labels = ["・".join(filter(None, (side.zone, side.kind))) or "見出し" for side in sides]
        rows = [(side.document, f"{side.start}–{side.end}", label) for side, label in zip(sides, labels, strict=True)]
        document, offsets, label = (_arrow(*pair) for pair in zip(rows[0], rows[-1], strict=True))
        where = self.text(f"{document} {offsets}（{label}）")
        return f"引用 (cited) {change.how}: {where}「{self.pieces(difference(sides[0].text, sides[-1].text))}」"

    def pieces(self, pieces: Sequence[Piece]) -> str:
        """A difference on one line, what stayed shortened to what stands around a change."""
        marks = ("<del>", "</del>", "<ins>", "</ins>") if self.markdown else ("〔-", "-〕", "〔+", "+〕")
        parts = []
        for number, (op, text) in enumerate((piece.op, piece.text) for piece in pieces):
            before = _CLIPPED if len(pieces) == 1 else _CONTEXT if number else 0
            after = _CONTEXT if number < len(pieces) - 1 else 0
            if op == "same" and len(text) > before + after + 1:
                text = f"{text[:before]}…{text[len(text) - after :]}"
            left, right = {"same": ("", ""), "removed": marks[:2], "inserted": marks[2:]}[op]
            parts.append(f"{left}{self.text(text)}{right}")
        return "".join(parts)

    def text(self, text: str) -> str:
        """A text on one line, with nothing in it that a terminal or Markdown would obey."""
        text = "".join(c if c.isprintable() else repr(c)[1:-1] for c in text.replace("\n", "⏎"))
        return re.sub(r"[\\|*_`\[\]<>#~&]", r"\\\g<0>", text) if self.markdown else text


def _answers(change: Change) -> tuple[Piece, ...]:
    from app.evaluating.drift import difference

    return difference(*((side or {}).get("answer", "") for side in (change.old, change.new)))


def _state(line: Line | None) -> str:
    if line and "error" in line:
        return f"error {line['error']['code']}: {line['error']['message']}"
    return (f"{line['status']} ({line['reason']})" if line["reason"] else line["status"]) if line else "–"


def _apart(change: Change) -> Iterator[tuple[str, Any, Any]]:
    """What else tells two answers apart: its name, before and now."""
    yield from ((f"解釈 (plan) {key}", *pair) for key, pair in change.plan.items())
    old, new = change.old or {}, change.new or {}
    for key in ("question", "choices", "completeness"):
        if key in old and key in new and old[key] != new[key]:
            yield key, old[key], new[key]
    key = {"ranking": "citations", "listed": "passages"}.get(change.cause, "")
    if key in old and key in new:
        ids = [[row["passage_id"].partition("#")[2] or row["passage_id"] for row in side[key]] for side in (old, new)]
        yield key, " ".join(ids[0]), " ".join(ids[1])


def _arrow(old: str, new: str) -> str:
    return old if old == new else f"{old} → {new}"


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a pipe or a C locale must not break Japanese
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    cli()
