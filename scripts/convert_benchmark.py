"""Turns public releases into folders that `evaluate_retrieval` reads: JGLUE's JSQuAD, JaQuAD, NIILC-QA.

Where to get them: github.com/yahoojapan/JGLUE (datasets/jsquad-v1.3), github.com/SkelterLabsInc/JaQuAD,
github.com/mynlp/niilc-qa (data). They are share-alike: keep them, and what is made of them, out of this repository.
Exit codes: 0 done, 2 bad input, 4 cannot write.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

cli = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@cli.command()
def main(
    source: Annotated[list[Path], typer.Option(help="A file of the release, .json or .xml; several make one set.")],
    out: Annotated[Path, typer.Option(help="The folder to write; its name begins the ids of its passages.")],
) -> None:
    """Write a test set in BEIR's layout, and print how many passages and queries it has."""
    from app.errors import ShuttenError
    from app.evaluating.conversion import convert

    try:
        benchmark = convert(source, out.resolve().name)
        benchmark.write(out)
    except ShuttenError as error:
        typer.echo(error.message, err=True)
        raise typer.Exit(error.exit_code) from error
    typer.echo(f"{out}: {len(benchmark.passages)} passages, {len(benchmark.queries)} queries")


if __name__ == "__main__":
    cli()
