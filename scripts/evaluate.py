"""How good the answers are: asks the sample questions of Shutten and of two baselines, and counts.

Prints one table a half and the misses of the tuning half; the reported half's misses only with --misses.
Writes every answer with every setting to --out. With --risk-coverage Shutten is asked once more, with nothing refused for
want of confidence; what every threshold would have cost is printed, drawn and written as well.
Exit codes: 0 done, 2 bad input, 3 index or model trouble, 4 cannot write.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.config import Settings
    from app.evaluating.experiment import Experiment
    from app.evaluating.metrics import Outcome
    from app.evaluating.questions import Half, Question
    from app.evaluating.risk import RiskCoverage

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
    risk_coverage: Annotated[
        Path | None, typer.Option(help="Ask again, refusing nothing by confidence; draw risk by coverage here (SVG).")
    ] = None,
    error_budget: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="The risk that --risk-coverage finds the most coverage for.")
    ] = 0.01,
) -> None:
    """Ask the sample questions of Shutten and of two baselines, and print how many each gets right."""
    from app.config import Settings
    from app.errors import ShuttenError
    from app.evaluating.questions import read_causes, read_questions

    try:
        everything = read_questions(questions)
        causes = read_causes(questions.with_suffix(".causes.json"), everything)
        _prepare(out, "--out")
        if risk_coverage:
            _prepare(risk_coverage, "--risk-coverage")
        halves = HALVES if half == "both" else (half,)
        experiment = _run(Settings(corpus, index, model), questions, everything, halves, risk_coverage is not None)
        curves = _curves(experiment, halves, error_budget)
        _write(out, experiment, halves, curves)
        _show(experiment, halves, causes, misses, markdown, curves)
        if risk_coverage:
            _draw(risk_coverage, curves)
    except ShuttenError as error:
        typer.echo(error.message, err=True)
        raise typer.Exit(error.exit_code) from error
    typer.echo(f"Every answer and setting: {out}", err=True)


def _run(
    settings: Settings, file: Path, everything: tuple[Question, ...], halves: tuple[Half, ...], forced: bool
) -> Experiment:
    from tqdm import tqdm

    from app.assembly import open_assistant, open_encoder, open_index, open_library
    from app.errors import BatchError
    from app.evaluating.experiment import ask_forced, hash_file, run
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
    experiment = run(open_assistant(settings), generation, encoder, sources, asked, progress)
    if not forced:
        return experiment
    return replace(experiment, forced=ask_forced(open_assistant(settings, threshold=0.0), asked, progress))


def _of(experiment: Experiment, which: Half) -> dict[str, list[Outcome]]:
    return {name: _half(outcomes, which) for name, outcomes in experiment.outcomes.items()}


def _half(outcomes: Sequence[Outcome], which: Half) -> list[Outcome]:
    from app.evaluating.questions import half

    return [outcome for outcome in outcomes if half(outcome.question.id) == which]


def _curves(experiment: Experiment, halves: tuple[Half, ...], budget: float) -> dict[Half, RiskCoverage]:
    # A half without questions has none, and so has every half where nothing was forced.
    from app.answering.signs import THRESHOLD
    from app.evaluating.risk import judge, risk_coverage

    judged = {which: [judge(outcome) for outcome in _half(experiment.forced, which)] for which in halves}
    return {which: risk_coverage(items, THRESHOLD, budget) for which, items in judged.items() if items}


def _show(
    experiment: Experiment,
    halves: tuple[Half, ...],
    causes: dict[str, str],
    misses: bool,
    markdown: bool,
    curves: Mapping[Half, RiskCoverage],
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
        if curve := curves.get(which):
            typer.echo(report.risk_table(next(iter(outcomes)), curve, markdown=markdown) + "\n")
        if which == "reported" and not misses:
            # What has been looked at can be tuned on; then the figures above would say nothing any more.
            typer.echo(f"{len(found)} misses, not listed: --misses lists them; tune on none of them.\n")
        elif found:
            typer.echo(f"{len(found)} misses:\n\n{report.miss_list(found, markdown=markdown)}\n")
        else:
            typer.echo("No misses.\n")


def _draw(file: Path, curves: Mapping[Half, RiskCoverage]) -> None:
    from app.evaluating.curve import draw
    from app.evaluating.results import write_results

    write_results({file: draw({f"{which} half": curve for which, curve in curves.items()})}, "--risk-coverage")
    typer.echo(f"Risk by coverage: {file}", err=True)


def _prepare(out: Path, option: str) -> None:
    from app.evaluating.results import unwritable

    # Before the questions are asked: a run of minutes must not end with nowhere to go.
    existed = out.exists()
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with out.open("a", encoding="utf-8"):
            pass
        if not existed:
            out.unlink()
    except OSError as error:
        raise unwritable(out, error, option) from error


def _write(
    out: Path, experiment: Experiment, halves: tuple[Half, ...], curves: Mapping[Half, RiskCoverage]
) -> None:
    from app.evaluating.report import figures
    from app.evaluating.results import results_text, write_results

    halved = {which: _of(experiment, which) for which in halves}
    data: dict[str, Any] = {
        "settings": {**experiment.settings, "halves": list(halves)},
        "figures": {
            which: [figure.as_json() for figure in figures(outcomes)] for which, outcomes in halved.items()
        },
        "results": _results(experiment),
    }
    if experiment.forced:
        data["risk_coverage"] = {which: _curve_json(experiment, which, curve) for which, curve in curves.items()}
    write_results({out: results_text(data)}, "--out")


def _curve_json(experiment: Experiment, which: Half, curve: RiskCoverage) -> dict[str, Any]:
    from app.evaluating.risk import unlike

    shipped, *_ = _of(experiment, which).values()
    found = unlike(shipped, _half(experiment.forced, which), curve.operating.threshold)
    return {**curve.as_json(), "unlike_the_shipped_answers": found}


def _results(experiment: Experiment) -> list[dict[str, Any]]:
    from app.evaluating.experiment import question_json

    results = []
    for row in zip(*experiment.outcomes.values(), strict=True):
        judged = {name: _judged(outcome) for name, outcome in zip(experiment.outcomes, row, strict=True)}
        results.append({**question_json(row[0].question), "systems": judged})
    for result, outcome in zip(results, experiment.forced, strict=False):
        result["forced"] = _judged(outcome)
    return results


def _judged(outcome: Outcome) -> dict[str, Any]:
    from app.evaluating.experiment import outcome_json
    from app.evaluating.metrics import judgements

    return {**outcome_json(outcome), "right": judgements(outcome.question, outcome.response)}


if __name__ == "__main__":
    cli()
