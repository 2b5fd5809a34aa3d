"""Sample questions from the ledger: writes a question file about the corpus's guided documents, with gold.

Exit codes: 0 done, 2 bad input or nothing to ask, 3 the word dictionary does not open, 4 cannot write.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

cli = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@cli.command()
def main(
    corpus: Annotated[Path, typer.Option(help="The folder of documents and their guides.")] = Path("corpus"),
    out: Annotated[Path, typer.Option(help="The question file to write, one JSON object a line.")] = Path(
        "results/generated.jsonl"
    ),
    seed: Annotated[int, typer.Option(help="Which of the many questions: the same seed, the same file.")] = 0,
    each: Annotated[int, typer.Option(min=1, help="At most so many questions of a category.")] = 16,
) -> None:
    """Write sample questions about the guided documents, and print how many of each category."""
    from app.errors import ShuttenError

    try:
        counts = _generate(corpus, out, seed, each)
    except ShuttenError as error:
        typer.echo(error.message, err=True)
        raise typer.Exit(error.exit_code) from error
    for category, count in counts.items():
        typer.echo(f"{count:5}  {category}")
    typer.echo(f"{sum(counts.values()):5}  {out}")


def _generate(corpus: Path, out: Path, seed: int, each: int) -> dict[str, int]:
    from collections import Counter
    from tempfile import TemporaryDirectory

    from app.assembly import open_library
    from app.config import Settings
    from app.errors import BatchError, OutputError
    from app.evaluating.variation import generate_questions, question_line
    from app.reading.tokenization import Tokenizer, build_dictionary

    library = open_library(Settings(corpus))
    with TemporaryDirectory() as folder:
        names = {pair for guide in library.guides.values() for pair in guide.dictionary}
        dictionary = Path(folder) / "names.dic" if names else None
        if dictionary:
            build_dictionary(names, dictionary)
        questions = generate_questions(library.read(), library.guides, Tokenizer(dictionary), seed=seed, each=each)
    if not questions:
        raise BatchError(
            "questions_empty",
            f"{corpus} に、質問を作れる読み取りガイドつきの資料がありません。corpus/README.md を見てガイドを置いてください。"
            " (no document with a reading guide)",
        )
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text("".join(f"{question_line(question)}\n" for question in questions), encoding="utf-8")
    except OSError as error:
        raise OutputError(
            "questions_unwritable",
            f"{out} に書けません: {error.strerror}。--out で別の場所を指定してください。 (cannot write)",
        ) from error
    return dict(Counter(question.category for question in questions))


if __name__ == "__main__":
    cli()
