"""What the product costs, beside SentenceTransformer in float32 and a flat FAISS index, measured in turns in one run.

One thread, but where eight ask at once. Writes every figure to --out and a table with what limits each beside it. The
first run makes the baseline's model in the user's cache (460 MB). With --dataset also what the encoder's 8 bits cost in
what is found: float32's vectors of a set are made once, which takes long (JaQuAD's development half: some 15 minutes),
and kept in --cache.
Exit codes: 0 done, 2 bad input, 3 index or model trouble, 4 cannot write.
"""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.benchmarking.conditions import ONE_THREAD, conditions

if TYPE_CHECKING:
    from app.benchmarking.figure import Figure

cli = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@cli.command()
def main(
    number: Annotated[int, typer.Option(min=1, help="Starts of a process; other repeats are in proportion.")] = 9,
    corpus: Annotated[Path, typer.Option(help="The folder of documents.")] = Path("corpus"),
    questions: Annotated[Path, typer.Option(help="Sample questions of them.")] = Path("corpus/questions/zones.jsonl"),
    dataset: Annotated[list[Path] | None, typer.Option(help="A folder in BEIR's layout; may be given several times.")] = None,
    cache: Annotated[Path, typer.Option(help="The folder of vectors that are kept.")] = Path("results/vectors"),
    out: Annotated[Path, typer.Option(help="Where the figures go, as JSON; the table goes beside it.")] = Path("docs/benchmark.json"),
) -> None:
    """Measure, and print the table."""
    load = os.getloadavg()
    os.environ.update(ONE_THREAD)
    from app.benchmarking.report import figures_table, report
    from app.errors import ShuttenError
    from app.evaluating.results import results_text, write_results

    try:
        figures = []
        for figure in _figures(number, corpus, questions, dataset or [], cache):
            typer.echo(f"{figure.what}: {figure.as_json()['ours']['median']:.3g} {figure.unit}", err=True)
            figures.append(figure.as_json())
        sets = "".join(f" --dataset …/{folder.resolve().name}" for folder in dataset or [])
        settings = {"command": f"python -m scripts.benchmark --number {number}{sets}", **conditions(load)}
        found = {"settings": settings, "figures": figures}
        write_results({out: results_text(found), out.with_suffix(".md"): report(found)}, "--out")
    except ShuttenError as error:
        typer.echo(f"[{error.code}] {error.message}", err=True)
        raise typer.Exit(error.exit_code) from error
    typer.echo(figures_table(found))


def _figures(number: int, corpus: Path, questions: Path, datasets: list[Path], cache: Path) -> Any:
    from app.benchmarking.comparison import compare
    from app.config import Settings
    from app.evaluating.dataset import read_dataset
    from app.evaluating.questions import read_questions

    sets = [read_dataset(folder) for folder in datasets]
    asked = [item.question for item in read_questions(questions) if not item.history]
    yield from compare(Settings(corpus), asked, number)
    for item in sets:
        yield from _quality(item, cache)


def _quality(dataset: Any, cache: Path) -> list[Figure]:
    from tqdm import tqdm

    from app.assembly import open_encoder
    from app.benchmarking.quality import quality_figures
    from app.benchmarking.reference_model import reference_folder
    from app.config import DEFAULT_MODEL
    from app.evaluating.vector_cache import BATCH, VectorCache

    progress = partial(tqdm, desc="符号化中 (encoding)", unit=f"×{BATCH} texts")
    ours, exact = (VectorCache(open_encoder(model), cache, progress) for model in (DEFAULT_MODEL, str(reference_folder())))
    return quality_figures(dataset, ours, exact, partial(tqdm, desc=f"{dataset.name} を検索中 (searching)", unit="query"))


if __name__ == "__main__":
    cli()
