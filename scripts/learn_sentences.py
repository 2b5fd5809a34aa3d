"""Learns which sentence of a passage answers a question, from questions whose answers are marked.

`--dataset` is JaQuAD's training half, made by `convert_benchmark`. Says how often the right one is chosen, each article's
by what the others teach, and writes what all of them teach. Some ten minutes; the same release gives the same file.
Exit codes: 0 done, 2 bad input, 4 cannot write.
"""

from __future__ import annotations

import random
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

cli = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@cli.command()
def main(
    dataset: Annotated[Path, typer.Option(help="A folder in BEIR's layout whose questions mark their answers.")],
    out: Annotated[
        Path | None, typer.Option(help="Where to write; without it, what ships is written anew.", show_default=False)
    ] = None,
    folds: Annotated[int, typer.Option(min=2, help="In how many parts the articles are judged.")] = 5,
) -> None:
    """Learn to choose the answering sentence, and print how often it is right in articles that taught nothing."""
    import numpy as np
    from tqdm import tqdm

    from app.errors import BatchError, ShuttenError
    from app.evaluating.dataset import read_dataset
    from app.evaluating.results import write_results
    from app.evaluating.retrieval_measures import estimate
    from app.evaluating.sentence_learning import SEED, as_text, examples, hits, learn
    from app.searching.sentence_network import PATH, SentenceNetwork

    target = out or PATH
    try:
        found = examples(read_dataset(dataset), partial(tqdm, desc="手がかりを集めています (gathering clues)"))
        articles = sorted({example.article for example in found})
        if len(articles) < folds:
            raise BatchError(
                "dataset_small",
                f"{dataset} の記事は {len(articles)} 本だけです。--folds を減らしてください。 (fewer articles than folds)",
            )
        random.Random(SEED).shuffle(articles)
        judged = []
        for part in range(folds):
            asked = frozenset(articles[part::folds])
            progress = partial(tqdm, desc=f"{part + 1}/{folds} を学習中 (learning)")
            learner = learn([example for example in found if example.article not in asked], progress)
            judged += hits(SentenceNetwork(learner.json()), [example for example in found if example.article in asked]).tolist()
        (one,) = estimate(np.array(judged, dtype=np.float64)[:, None])
        learner = learn(found, partial(tqdm, desc="全体を学習中 (learning)"))
        write_results({target: as_text(learner.json())}, "--out")
    except ShuttenError as error:
        typer.echo(error.message, err=True)
        raise typer.Exit(error.exit_code) from error
    typer.echo(f"{len(found)} questions, {len(articles)} articles: {one.value:.4f} [{one.low:.4f}, {one.high:.4f}]; {target}")


if __name__ == "__main__":
    cli()
