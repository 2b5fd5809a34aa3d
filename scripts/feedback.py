"""What people said of answers: lists it, newest first, or turns one of it into a sample question for a person to complete.

Exit codes: 0 done, 2 no such feedback.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from app.config import Settings
from app.serving.feedback import Feedback, FeedbackStore, Rating

cli = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)


@cli.command()
def main(
    feedback: Annotated[Path, typer.Option(help="The file that the server keeps it in.")] = Settings().feedback,
    rating: Annotated[Rating | None, typer.Option(help="Only these.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Everything, one JSON object a line.")] = False,
    question: Annotated[
        int | None, typer.Option(metavar="ID", help="Print a line for corpus/questions/*.jsonl made of this one.")
    ] = None,
) -> None:
    """List what people said of answers: number, time, rating, status, question, answer, comment."""
    from app.errors import InputError, ShuttenError

    # A pipe or a C locale must not break Japanese.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        rows = FeedbackStore(feedback).read(rating)
        if question is not None:
            rows = [row for row in rows if row.id == question]
            if not rows:
                raise InputError("feedback_unknown", f"評価 {question} はありません。番号は一覧の左端にあります。 (no such feedback)")
            _draft(rows[0])
            return
    except ShuttenError as error:
        typer.echo(f"[{error.code}] {error.message}", err=True)
        raise typer.Exit(error.exit_code) from error
    for row in rows:
        typer.echo(json.dumps(row.as_json(), ensure_ascii=False) if as_json else _line(row))


def _line(row: Feedback) -> str:
    from app.serving.plain_text import on_one_line

    said = row.answer
    columns = (str(row.id), row.time, row.rating, said["status"], said["question"], said["answer"], row.comment)
    return "\t".join(on_one_line(column) for column in columns)


def _draft(row: Feedback) -> None:
    from app.evaluating.questions import draft_line

    typer.echo(_line(row), err=True)
    typer.echo("空の欄に正しい答えの条件を書き、要らない欄は消してください。 (fill in the empty fields, or delete them)", err=True)
    typer.echo(draft_line(f"feedback-{row.id}", row.answer["question"], row.history))


if __name__ == "__main__":
    cli()
