"""What a Hugging Face Space runs (README.md, `app_file`): the chat page, by the name that the Space is reached by."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import typer

cli = typer.Typer(add_completion=False, rich_markup_mode=None)


@cli.command()
def main() -> None:
    """Serve the page on 0.0.0.0:7860, where a Space looks for it; SPACE_HOST is set by the Space."""
    os.chdir(Path(__file__).resolve().parents[1])
    command = [sys.executable, "-m", "app", "chat", "--host", "0.0.0.0", "--port", "7860"]
    if host := os.environ.get("SPACE_HOST", "").split(",")[0].strip():
        command += ["--public-host", host, "--framed-by", "https://huggingface.co"]
    os.execv(sys.executable, command)


if __name__ == "__main__":
    cli()
