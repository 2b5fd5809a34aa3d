"""How fast the chat page is in a real Chromium: until it can be used, and from Enter to the answer on the screen.

Serves the shipped corpus, measures inside the browser, prints JSON; needs requirements-dev.txt and a Chromium.
"""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

cli = typer.Typer(add_completion=False, rich_markup_mode=None)

# From the key that sends to the frame that shows the answer and its highlight; the answer's text is in the page by then.
_MEASURE = """question => new Promise(resolve => {
    const box = document.querySelector('#question');
    const turns = document.querySelector('#turns');
    box.value = question;
    const start = performance.now();
    new MutationObserver((_, observer) => {
        observer.disconnect();
        requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - start)));
    }).observe(turns, { childList: true });
    box.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
})"""


@cli.command()
def main(
    questions: Annotated[Path, typer.Option(help="Sample questions, one JSON object a line.")] = Path("corpus/questions/zones.jsonl"),
    number: Annotated[int, typer.Option(min=1, help="How many of them to ask, evenly spread.")] = 60,
    visits: Annotated[int, typer.Option(min=1, help="How often to open the page.")] = 5,
    port: Annotated[int, typer.Option(help="Port to serve on meanwhile.")] = 7872,
) -> None:
    """Measure the page."""
    from app.evaluating.questions import read_questions

    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        typer.echo("Chromium がありません。Debian では `apt-get install chromium fonts-noto-cjk`。", err=True)
        raise typer.Exit(3)
    texts = [question.question for question in read_questions(questions) if not question.history]
    asked = texts[:: max(1, len(texts) // number)][:number]
    command = [sys.executable, "-m", "app", "chat", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            if not server.stdout.readline():  # it says one line when it is ready, and why not on stderr
                raise typer.Exit(3)
            ready, answered = _measure(chromium, f"http://127.0.0.1:{port}/", asked, visits)
        finally:
            server.terminate()
    print(json.dumps({"page_ready_ms": _spread(ready), "enter_to_answer_ms": _spread(answered)}, indent=1))


def _measure(chromium: str, url: str, questions: list[str], visits: int) -> tuple[list[float], list[float]]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser: Any = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        ready = []
        for _ in range(visits):
            page = browser.new_page()
            page.goto(url, wait_until="commit")
            page.wait_for_function("document.activeElement?.id === 'question'")
            ready.append(page.evaluate("performance.now()"))
            page.wait_for_selector("#source-text .line")
        answered = []
        for question in questions:
            answered.append(page.evaluate(_MEASURE, question))
            page.click("#clear")
        browser.close()
    return ready, answered


def _spread(milliseconds: list[float]) -> dict[str, float]:
    ordered = sorted(milliseconds)
    return {
        "n": len(ordered),
        "median": round(statistics.median(ordered), 1),
        "p95": round(ordered[int(0.95 * (len(ordered) - 1))], 1),
        "max": round(ordered[-1], 1),
    }


if __name__ == "__main__":
    cli()
