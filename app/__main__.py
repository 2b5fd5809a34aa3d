"""The command line: `python -m app index | ask | chat | mcp | verify`. Catches ShuttenError and turns it into an exit code."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, ParamSpec, TypeVar

import typer

from app.config import Settings
from app.errors import InputError, ShuttenError

P = ParamSpec("P")
R = TypeVar("R")

cli = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="出典 Shutten: answers what a Japanese document says, with the place where it says so.",
)

_DEFAULTS = Settings()
Corpus = Annotated[Path, typer.Option("--corpus", help="Folder of documents (*.txt, UTF-8) and their guides.")]
Index = Annotated[Path, typer.Option("--index", help="Folder of the built index.")]
Model = Annotated[str, typer.Option("--model", help="e5-small, or a sentence-transformers model: folder or name.")]
Store = Annotated[str, typer.Option("--store", help="Where the index is searched: files, or milvus://host:port.")]


def _door(command: Callable[P, R]) -> Callable[P, R]:
    """Say what went wrong in one line on standard error, and leave with the error's exit code."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except ShuttenError as error:
            typer.echo(f"[{error.code}] {error.message}", err=True)
            raise typer.Exit(error.exit_code) from None

    return run


@cli.command()
@_door
def index(
    corpus: Corpus = _DEFAULTS.corpus,
    index: Index = _DEFAULTS.index,
    model: Model = _DEFAULTS.model,
    store: Store = _DEFAULTS.store,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Replace whatever index is there, damaged too.")] = False,
) -> None:
    """Build a missing index, refresh one whose documents or guides changed."""
    from app.assembly import build_index, open_encoder, open_index, open_library

    settings = Settings(corpus, index, model, store=store)
    library, encoder = open_library(settings), open_encoder(model)
    built = build_index(settings, library, encoder, rebuild=rebuild)
    generation = open_index(settings, library, encoder)
    state = "作成しました (built)" if built else "最新です。何もしていません (up to date, nothing to do)"
    typer.echo(
        f"索引 {index}: {state}。資料 {len(generation.reading.documents)}、区画 {len(generation.reading.zones)}、"
        f"文 {len(generation.reading.passages)}、事実 {len(generation.reading.facts)}。"
    )


@cli.command()
@_door
def ask(
    question: Annotated[str | None, typer.Argument(help="The question; or --batch.")] = None,
    after: Annotated[list[str] | None, typer.Option("--after", help="An earlier question; repeat in order.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The whole answer as JSON.")] = False,
    batch: Annotated[Path | None, typer.Option("--batch", help="Questions as JSON lines: id, question, history.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Where the answers to --batch go, as JSON lines.")] = None,
    corpus: Corpus = _DEFAULTS.corpus,
    index: Index = _DEFAULTS.index,
    model: Model = _DEFAULTS.model,
    store: Store = _DEFAULTS.store,
) -> None:
    """Answer one question, or a batch of them."""
    if (question is None) == (batch is None) or (batch is None) != (out is None):
        raise InputError(
            "usage", "質問を1つ書くか、--batch IN.jsonl --out OUT.jsonl を指定してください。 (one question, or --batch with --out)"
        )
    settings = Settings(corpus, index, model, store=store)
    if batch is not None and out is not None:
        from app.assembly import open_assistant
        from app.serving.batch import run_batch

        if run_batch(lambda: open_assistant(settings), batch, out):
            raise typer.Exit(InputError.exit_code)
        return
    from app.answering.utterance import check_question
    from app.assembly import open_assistant
    from app.serving.plain_text import answer_text

    check_question(question or "")  # before the model is loaded
    answer = open_assistant(settings).ask(question or "", after or [])
    typer.echo(json.dumps(answer.as_json(), ensure_ascii=False, indent=2) if as_json else answer_text(answer))


@cli.command()
@_door
def chat(
    host: Annotated[str, typer.Option(help="Address to serve on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to serve on.")] = 7860,
    workers: Annotated[int, typer.Option(min=1, max=16, help="Processes that answer; more than one beside the one that serves.")] = 1,
    corpus: Corpus = _DEFAULTS.corpus,
    index: Index = _DEFAULTS.index,
    model: Model = _DEFAULTS.model,
    store: Store = _DEFAULTS.store,
    feedback: Annotated[Path, typer.Option("--feedback", help="File that keeps what people say of answers.")] = _DEFAULTS.feedback,
    public_host: Annotated[str, typer.Option(help="Name of the https proxy that stands in front.")] = "",
    framed_by: Annotated[str, typer.Option(help="Origin whose pages may frame this one: https://….")] = "",
) -> None:
    """Serve the chat page."""
    from app.serving.feedback import FeedbackStore

    kept = FeedbackStore(feedback)
    if feedback != _DEFAULTS.feedback:  # who names a file wants it; before the model is loaded
        kept.check()
    from app.assembly import open_editions
    from app.serving.server import serve

    settings = Settings(corpus, index, model, feedback, store)
    proxy = {"public_host": public_host, "framed_by": framed_by}
    serve(open_editions(settings, workers), host, port, feedback=kept, workers=workers, **proxy)


@cli.command()
@_door
def mcp(
    corpus: Corpus = _DEFAULTS.corpus,
    index: Index = _DEFAULTS.index,
    model: Model = _DEFAULTS.model,
    store: Store = _DEFAULTS.store,
) -> None:
    """Serve the tools ask, search, list_zones and get_document to an MCP client, on standard input and output."""
    from app.serving.mcp_server import check_installed, serve_stdio

    check_installed()  # before the model is loaded
    from app.assembly import open_assistant

    serve_stdio(open_assistant(Settings(corpus, index, model, store=store)))


@cli.command()
@_door
def verify(
    file: Annotated[Path, typer.Argument(help="A batch output, or an exported transcript (JSON or JSON lines).")],
    corpus: Corpus = _DEFAULTS.corpus,
) -> None:
    """Prove every answer of a file against the documents; one line an answer."""
    from app.answering.verification import read_answers, verify_answer
    from app.assembly import open_evidence
    from app.serving.plain_text import on_one_line

    evidence = open_evidence(Settings(corpus=corpus))
    unproved = 0
    for number, answer in enumerate(read_answers(file), 1):
        verdict = verify_answer(answer, evidence)
        unproved += not verdict.proved
        name = answer.get("id") if isinstance(answer, dict) and answer.get("id") is not None else number
        typer.echo(f"{verdict.word}\t{on_one_line(str(name))}\t{on_one_line(verdict.explanation)}")
    typer.echo(f"証明できない答え (unproved): {unproved}", err=True)
    if unproved:
        raise typer.Exit(1)


def main() -> Any:
    """Run the command line; bad options leave with exit code 2 (typer's own)."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a pipe or a C locale must not break Japanese
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    return cli(prog_name="python -m app")


if __name__ == "__main__":
    main()
