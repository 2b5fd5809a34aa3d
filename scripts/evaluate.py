"""How good the answers are: asks the sample questions of Shutten and of two baselines, and counts.

Prints one table a half and the misses of the tuning half; the reported half's misses only with --misses.
Writes every answer with every setting to --out. Exit codes: 0 done, 2 bad input, 3 index or model trouble,
4 cannot write.
"""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

if TYPE_CHECKING:
    from app.config import Settings
    from app.evaluating.experiment import Experiment
    from app.evaluating.metrics import Outcome
    from app.evaluating.questions import Half, Question

HALVES: tuple[Half, ...] = ("tuning", "reported")

cli = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@cli.command()
def main(
    questions: Annotated[Path, typer.Option(help="The sample questions, one JSON object a line.")] = Path(
        "corpus/questions/zones.jsonl"
    ),
    corpus: Annotated[Path, typer.Option(help="The folder of documents.")] = Path("corpus"),
    index: Annotated[Path, typer.Option(help="The index folder; built if missing.")] = Path("index"),
    model: Annotated[str, typer.Option(help="The embedding model: e5-small, or a folder.")] = "e5-small",
    out: Annotated[Path, typer.Option(help="Where every answer and setting is written.")] = Path(
        "results/evaluation.json"
    ),
    half: Annotated[
        Literal["tuning", "reported", "both"], typer.Option(help="Which half of the questions to ask.")
    ] = "both",
    misses: Annotated[bool, typer.Option("--misses", help="List the reported half's misses too.")] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print Markdown, not plain text.")] = False,
) -> None:
    """Ask the sample questions of Shutten and of two baselines, and print how many each gets right."""
    from app.config import Settings
    from app.errors import ShuttenError
    from app.evaluating.questions import read_causes, read_questions

    try:
        everything = read_questions(questions)
        causes = read_causes(questions.with_suffix(".causes.json"), everything)
        _prepare(out)
        halves = HALVES if half == "both" else (half,)
        experiment = _run(Settings(corpus, index, model), questions, everything, halves)
        _write(out, experiment, halves)
        _show(experiment, halves, causes, misses, markdown)
    except ShuttenError as error:
        typer.echo(error.message, err=True)
        raise typer.Exit(error.exit_code) from error
    typer.echo(f"Every answer and setting: {out}", err=True)


def _run(
    settings: Settings, file: Path, everything: tuple[Question, ...], halves: tuple[Half, ...]
) -> Experiment:
    from tqdm import tqdm

    from app.assembly import open_assistant, open_encoder, open_index, open_library
    from app.errors import BatchError
    from app.evaluating.experiment import hash_file, run
    from app.evaluating.questions import half

    asked = [question for question in everything if half(question.id) in halves]
    if not asked:
        raise BatchError(
            "questions_empty", f"{file}: この半分に質問はありません。--half both を試してください。"
        )
    library, encoder = open_library(settings), open_encoder(settings.model)
    generation = open_index(settings, library, encoder)
    sources = {
        "questions": {"file": str(file), "sha256": hash_file(file), "count": len(asked)},
        "corpus": library.sources().as_json(),
    }
    progress = partial(tqdm, desc="質問中 (asking)", unit="question")
    return run(open_assistant(settings), generation, encoder, sources, asked, progress)


def _of(experiment: Experiment, which: Half) -> dict[str, list[Outcome]]:
    from app.evaluating.questions import half

    return {
        name: [outcome for outcome in outcomes if half(outcome.question.id) == which]
        for name, outcomes in experiment.outcomes.items()
    }


def _show(
    experiment: Experiment, halves: tuple[Half, ...], causes: dict[str, str], misses: bool, markdown: bool
) -> None:
    from app.evaluating import report

    for which in halves:
        outcomes = _of(experiment, which)
        product = next(iter(outcomes.values()))
        if not product:
            continue
        found = report.misses(product, causes)
        typer.echo(f"{'## ' if markdown else ''}{which} half: {len(product)} questions\n")
        typer.echo(report.table(report.figures(outcomes), markdown=markdown) + "\n")
        if which == "reported" and not misses:
            # What has been looked at can be tuned on; then the figures above would say nothing any more.
            typer.echo(f"{len(found)} misses, not listed: --misses lists them; tune on none of them.\n")
        elif found:
            typer.echo(f"{len(found)} misses:\n\n{report.miss_list(found, markdown=markdown)}\n")
        else:
            typer.echo("No misses.\n")


def _prepare(out: Path) -> None:
    # Before the questions are asked: a run of minutes must not end with nowhere to go.
    existed = out.exists()
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with out.open("a", encoding="utf-8"):
            pass
        if not existed:
            out.unlink()
    except OSError as error:
        raise _unwritable(out, error) from error


def _write(out: Path, experiment: Experiment, halves: tuple[Half, ...]) -> None:
    from app.evaluating.report import figures

    halved = {which: _of(experiment, which) for which in halves}
    data = {
        "settings": {**experiment.settings, "halves": list(halves)},
        "figures": {
            which: [figure.as_json() for figure in figures(outcomes)] for which, outcomes in halved.items()
        },
        "results": _results(experiment),
    }
    try:
        out.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise _unwritable(out, error) from error


def _results(experiment: Experiment) -> list[dict[str, Any]]:
    from app.evaluating.experiment import outcome_json, question_json
    from app.evaluating.report import MEASURES

    results = []
    for row in zip(*experiment.outcomes.values(), strict=True):
        judged = {
            name: {
                **outcome_json(outcome),
                "right": {key: judge(outcome.question, outcome.response) for key, judge in MEASURES.items()},
            }
            for name, outcome in zip(experiment.outcomes, row, strict=True)
        }
        results.append({**question_json(row[0].question), "systems": judged})
    return results


def _unwritable(out: Path, error: OSError) -> Exception:
    from app.errors import OutputError

    return OutputError(
        "results_unwritable",
        f"{out} に書けません: {error.strerror}。--out で別の場所を指定してください。 (cannot write)",
    )


if __name__ == "__main__":
    cli()
