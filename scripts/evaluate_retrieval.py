"""How well passages are found: test sets in BEIR's layout, leg by leg and fused, with intervals and costs.

Indexes each set with the product's own modules. Vectors are kept in --cache by text and model, so that an interrupted
run goes on where it was. Writes every figure and setting to --out.
Exit codes: 0 done, 2 bad input, 3 index or model trouble, 4 cannot write.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from app.evaluating.dataset import Dataset
    from app.searching.embedding import Encoder
    from app.searching.sentence_transformer import CrossEncoderReranker

cli = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@cli.command()
def main(
    dataset: Annotated[list[Path], typer.Option(help="A folder in BEIR's layout; may be given several times.")],
    run: Annotated[Path | None, typer.Option(help="Write the fused TREC run here; for one set.")] = None,
    runs: Annotated[Path | None, typer.Option(help="Write every leg's run into this folder, SET.LEG.trec.")] = None,
    legs: Annotated[str, typer.Option(help="Which legs, with commas between.")] = "dense,words,bigrams,fused",
    out: Annotated[Path, typer.Option(help="Where every figure and setting is written.")] = Path(
        "results/retrieval.json"
    ),
    model: Annotated[str, typer.Option(help="The embedding model: e5-small, or a folder.")] = "e5-small",
    cache: Annotated[Path, typer.Option(help="The folder of vectors that are kept.")] = Path("results/vectors"),
    limit: Annotated[int | None, typer.Option(min=1, help="A sample of so many queries of each set.")] = None,
    sentences: Annotated[
        bool, typer.Option("--sentences", help="Choose the answering sentence of each relevant passage too.")
    ] = False,
    abstention: Annotated[
        bool, typer.Option("--abstention", help="Tell answerable questions from others too (AUROC).")
    ] = False,
    reranker: Annotated[
        str | None, typer.Option(help="A CrossEncoder that reads the fusion's best again: a folder or a cached name.")
    ] = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print Markdown, not plain text.")] = False,
) -> None:
    """Search test sets, and print how much of what is relevant is found, and where."""
    from app.errors import ShuttenError
    from app.evaluating.dataset import read_dataset
    from app.evaluating.results import results_text, write_results
    from app.evaluating.retrieval_report import cost_table, legs_table, signs_table, summary_table

    try:
        wanted = _legs(legs)
        if run and len(dataset) > 1:
            raise _bad("--run はデータセット一つのためです。複数なら --runs フォルダ を使ってください。 (for one set)")
        sets = [read_dataset(folder) for folder in dataset]
        encoder, reader = _encoder(model, cache), _reranker(reranker)
        found = []
        for item in sets:
            asked = item if limit is None else item.sample(limit)
            found.append(_search(asked, encoder, wanted, run, runs, reader, sentences, abstention))
        settings = {**_settings(encoder, wanted, limit), "reranker": reader.fingerprint if reader else None}
        write_results({out: results_text({"settings": settings, "sets": found})}, "--out")
    except ShuttenError as error:
        typer.echo(error.message, err=True)
        raise typer.Exit(error.exit_code) from error
    tables = [table(found, markdown=markdown) for table in (summary_table, signs_table, legs_table, cost_table)]
    typer.echo("\n\n".join(filter(None, tables)))
    typer.echo(f"Every figure and setting: {out}", err=True)


def _legs(names: str) -> list[str]:
    from app.evaluating.retrieval_run import LEGS

    wanted = [name.strip() for name in names.split(",") if name.strip()]
    if not wanted or (strange := [name for name in wanted if name not in LEGS]):
        raise _bad(f"--legs の「{strange[0] if wanted else names}」はありません。{', '.join(LEGS)} から選んでください。")
    return list(dict.fromkeys(wanted))


def _encoder(model: str, cache: Path) -> Encoder:
    from tqdm import tqdm

    from app.assembly import open_encoder
    from app.evaluating.vector_cache import BATCH, VectorCache

    return VectorCache(open_encoder(model), cache, partial(tqdm, desc="符号化中 (encoding)", unit=f"×{BATCH} texts"))


def _reranker(model: str | None) -> CrossEncoderReranker | None:
    if model is None:
        return None
    from app.searching.sentence_transformer import CrossEncoderReranker

    return CrossEncoderReranker(model)


def _search(
    dataset: Dataset,
    encoder: Encoder,
    legs: list[str],
    run: Path | None,
    runs: Path | None,
    reranker: CrossEncoderReranker | None,
    sentences: bool,
    abstention: bool,
) -> dict[str, Any]:
    import time
    from tempfile import TemporaryDirectory

    from tqdm import tqdm

    from app.evaluating.abstention import abstention_json
    from app.evaluating.retrieval_report import cost_json, retrieval_json
    from app.evaluating.retrieval_run import FUSED, index_dataset, peak_memory, rerank, search_dataset, write_run
    from app.evaluating.sentence_choice import sentence_json
    from app.searching.retrieval import Retriever

    start = time.perf_counter()
    with TemporaryDirectory() as folder:
        generation = index_dataset(dataset, Path(folder), encoder)
        indexing = time.perf_counter() - start
        progress = partial(tqdm, desc=f"{dataset.name} を検索中 (searching)", unit="query")
        made, seconds = search_dataset(dataset, generation, encoder, legs, progress)
        signs: dict[str, Any] = {}
        if sentences:
            signs["sentences"] = sentence_json(dataset, generation.tokenizer)
        if abstention:
            signs["abstention"] = abstention_json(dataset, generation, Retriever(generation, encoder), progress)
    fused = next((one for one in made if one.leg == FUSED), None)
    if reranker and fused:
        made.append(rerank(dataset, fused, reranker, progress))
    for one in made:
        if run and one.leg == FUSED:
            write_run(run, dataset, one)
        if runs:
            write_run(runs / f"{dataset.name}.{one.leg}.trec", dataset, one)
    judged = any(query.relevant for query in dataset.queries)
    return {
        "set": dataset.name,
        "queries": len(dataset.queries),
        "passages": len(dataset.reading.passages),
        "files": dict(dataset.hashes),
        **(retrieval_json(dataset, made) if judged else {}),
        **signs,
        "cost": cost_json(indexing, seconds, peak_memory()),
    }


def _settings(encoder: Encoder, legs: list[str], limit: int | None) -> dict[str, Any]:
    from app.evaluating.experiment import surroundings
    from app.evaluating.retrieval_measures import RESAMPLES, SEED
    from app.evaluating.retrieval_run import DEPTH

    return {
        "model": encoder.fingerprint,
        "legs": legs,
        "limit": limit,
        "depth": DEPTH,
        "bootstrap": {"resamples": RESAMPLES, "seed": SEED},
        **surroundings(),
    }


def _bad(message: str) -> Exception:
    from app.errors import BatchError

    return BatchError("option_invalid", message)


if __name__ == "__main__":
    cli()
