"""What retrieval costs and finds from a thousand passages to a million: memory, seconds, and what of the exact is found.

The passages are those of BEIR folders, as the product reads their texts, and blends of two of them each up to a size; the
questions are real. Vectors of the real ones are kept in --cache. One thread. A million passages take some 20 minutes, 20 GB
of disk and 8 GB of memory. Writes every figure to --out, a report beside it, and the curve to --plot.
Exit codes: 0 done, 2 bad input, 3 index or model trouble, 4 cannot write.
"""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from app.benchmarking.conditions import ONE_THREAD, conditions

cli = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@cli.command()
def main(
    dataset: Annotated[list[Path], typer.Option(help="A folder in BEIR's layout; may be given several times.")],
    sizes: Annotated[str, typer.Option(help="How many passages, with commas between.")] = "1000,10000,100000,1000000",
    whole: Annotated[str, typer.Option(help="Sizes of which a passage is a whole text of the folders, with several vectors.")] = "",
    questions: Annotated[int, typer.Option(min=1, help="Questions of each folder.")] = 100,
    cache: Annotated[Path, typer.Option(help="The folder of vectors that are kept.")] = Path("results/vectors"),
    folder: Annotated[Path | None, typer.Option(help="Where indices are built, and cleared away; else a temporary folder.")] = None,
    out: Annotated[Path, typer.Option(help="Where the figures go, as JSON; the report goes beside it.")] = Path("docs/scale.json"),
    plot: Annotated[Path, typer.Option(help="Where the curve goes, as SVG.")] = Path("docs/scale.svg"),
) -> None:
    """Build, ask, and print the table."""
    os.environ.update(ONE_THREAD)
    load = os.getloadavg()
    from app.benchmarking.scale_report import draw, report, table
    from app.errors import ShuttenError
    from app.evaluating.results import results_text, write_results

    try:
        wanted, texts = _sizes(sizes, "--sizes"), _sizes(whole, "--whole")
        found: dict[str, Any] = {
            "settings": {
                "datasets": [path.resolve().name for path in dataset],
                "questions of each": questions,
                **conditions(load),
            },
            "sizes": _measure(dataset, wanted, questions, cache, folder, whole=False),
            "whole": _measure(dataset, texts, questions, cache, folder, whole=True) if texts else [],
        }
        texts_of = {out: results_text(found), out.with_suffix(".md"): report(found), plot: draw(found["sizes"])}
        write_results(texts_of, "--out と --plot")
    except ShuttenError as error:
        typer.echo(f"[{error.code}] {error.message}", err=True)
        raise typer.Exit(error.exit_code) from error
    typer.echo(table(found["sizes"]))


def _sizes(text: str, option: str) -> list[int]:
    from app.errors import BatchError

    sizes = [item.strip() for item in text.split(",") if item.strip()]
    if not all(item.isdigit() and int(item) > 0 for item in sizes):
        raise BatchError("option_invalid", f"{option} の「{text}」は正の整数の並びではありません。 (numbers, as in 1000,10000)")
    return [int(item) for item in sizes]


def _measure(
    datasets: list[Path], sizes: list[int], questions: int, cache: Path, folder: Path | None, *, whole: bool
) -> list[dict[str, Any]]:
    from tempfile import TemporaryDirectory

    from tqdm import tqdm

    from app.assembly import open_encoder
    from app.benchmarking.scale import draw, measure
    from app.config import DEFAULT_MODEL
    from app.evaluating.dataset import read_dataset
    from app.evaluating.vector_cache import BATCH, VectorCache

    sample = draw([read_dataset(path) for path in datasets], questions, whole)
    encoder = open_encoder(DEFAULT_MODEL)
    cached = VectorCache(encoder, cache, partial(tqdm, desc="符号化中 (encoding)", unit=f"×{BATCH} texts"))
    with TemporaryDirectory(dir=folder) as scratch:
        return list(measure(sample, sizes, encoder, cached, Path(scratch), partial(typer.echo, err=True)))


if __name__ == "__main__":
    cli()
