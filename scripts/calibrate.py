"""Fits the refusal decision on labelled questions, and shows what each threshold does to them.

Asks every question that only passages can answer (what the ledger answers, or a rule refuses, is not decided by it);
of a file in halves only the tuning half. Prints the weights for `app/answering/signs.py`. Exit codes as `evaluate`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

cli = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
THRESHOLDS = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)


@cli.command()
def main(
    questions: Annotated[list[Path], typer.Option(help="Labelled questions; may be given several times.")] = [  # noqa: B006
        Path("corpus/questions/zones.jsonl"),
        Path("corpus/questions/development.jsonl"),
    ],
    corpus: Annotated[Path, typer.Option(help="The folder of documents.")] = Path("corpus"),
    index: Annotated[Path, typer.Option(help="The index folder; built if missing.")] = Path("index"),
    model: Annotated[str, typer.Option(help="The embedding model: e5-small, or a folder.")] = "e5-small",
    synonyms: Annotated[bool, typer.Option(help="With the guides' synonyms, or as if there were none.")] = True,
) -> None:
    """Fit the refusal decision and print its weights."""
    from app.answering.signs import SIGNS
    from app.assembly import open_assistant
    from app.config import Settings
    from app.errors import ShuttenError
    from app.evaluating.calibration import decide, fit
    from app.evaluating.questions import half, read_questions

    try:
        asked = [
            question
            for file in questions
            for question in read_questions(file)
            if file.stem == "development" or half(question.id) == "tuning"
        ]
        assistant = open_assistant(Settings(corpus, index, model), threshold=0.0, synonyms=synonyms)
        found = [(assistant.signs(item.question, item.history), item.status != "refused") for item in asked]
    except ShuttenError as error:
        typer.echo(error.message, err=True)
        raise typer.Exit(error.exit_code) from error
    signs = [one for one, _ in found if one is not None]
    labels = [label for one, label in found if one is not None]
    weights = fit(signs, labels)
    typer.echo(f"{len(signs)} of {len(asked)} questions, {sum(labels)} of them answerable\n")
    for name, weight in zip(SIGNS, weights, strict=True):
        typer.echo(f"{name:>14} {weight:9.3f}")
    typer.echo("\nthreshold  refusal precision  refusal recall  answerable refused")
    for threshold in THRESHOLDS:
        made = decide(weights, signs, labels, threshold)
        precision, recall = f"{made.refused_rightly}/{made.refused}", f"{made.refused_rightly}/{made.to_be_refused}"
        typer.echo(f"{threshold:9.1f}  {precision:>17}  {recall:>14}  {made.lost}/{made.answerable}")


if __name__ == "__main__":
    cli()
