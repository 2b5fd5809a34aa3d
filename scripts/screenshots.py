"""Pictures of the page for the README: serves the shipped corpus, asks in a real Chromium, writes docs/*.png."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

_DESK = (1440, 900)
_PHONE = (390, 844)


@dataclass(frozen=True)
class Scene:
    """One picture: what is asked, then what is clicked; `top` is the turn that is scrolled to, from 0."""

    name: str
    questions: Sequence[str] = ()
    clicks: Sequence[str] = ()
    size: tuple[int, int] = _DESK
    scheme: str = "light"
    locale: str = "ja-JP"
    top: int | None = None


SCENES = (
    Scene("page", ("虹口の面積は？", "徐匯区ではどんな施策がありますか？"), (".turn:last-child .verify", ".turn:last-child a.cite >> nth=2")),
    Scene("page-dark", ("一番広い区は？",), (".complete summary",), scheme="dark"),
    Scene("page-empty"),
    Scene("page-noes", ("浦東新区の面積は？", "徐匯は14平方キロですよね", "濱江はどの区？"), top=0),
    Scene("page-compared", ("徐匯と虹口を比べて",)),
    Scene("page-english", ("How large is Hongkou?", "What does Baoshan focus on?"), (".turn:last-child details.chip >> nth=0",), locale="en-US"),
    Scene("phone", ("一番広い区は？",), size=_PHONE),
    Scene("phone-source", ("徐匯区ではどんな施策がありますか？",), ("a.cite >> nth=2",), size=_PHONE),
    Scene("phone-empty", size=_PHONE, scheme="dark"),
)

cli = typer.Typer(add_completion=False, rich_markup_mode=None)


@cli.command()
def main(
    out: Annotated[Path, typer.Option(help="Folder of the pictures.")] = Path("docs"),
    only: Annotated[str, typer.Option(help="Only the pictures whose name holds this.")] = "",
    port: Annotated[int, typer.Option(help="Port to serve on meanwhile.")] = 7871,
) -> None:
    """Take the pictures; needs requirements-dev.txt and a Chromium."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        typer.echo("Chromium がありません。Debian では `apt-get install chromium fonts-noto-cjk`。", err=True)
        raise typer.Exit(3)
    out.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "app", "chat", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            if not server.stdout.readline():  # it says one line when it is ready, and why not on stderr
                raise typer.Exit(3)
            _take(chromium, f"http://127.0.0.1:{port}/", out, [scene for scene in SCENES if only in scene.name])
        finally:
            server.terminate()


def _take(chromium: str, url: str, out: Path, scenes: Sequence[Scene]) -> None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for scene in scenes:
            width, height = scene.size
            session = browser.new_context(
                viewport={"width": width, "height": height}, color_scheme=scene.scheme, locale=scene.locale
            )
            page = session.new_page()
            page.goto(url)
            _play(page, scene)
            page.screenshot(path=out / f"{scene.name}.png")
            session.close()
        browser.close()


def _play(page: Any, scene: Scene) -> None:
    page.wait_for_selector("#source-text .line", state="attached")
    for number, question in enumerate(scene.questions, 1):
        page.fill("#question", question)
        page.keyboard.press("Enter")
        page.wait_for_function(f"document.querySelectorAll('#turns .turn').length === {number}")
    for selector in scene.clicks:
        page.click(selector)
    if scene.top is not None:
        page.evaluate("top => document.querySelectorAll('.turn')[top].scrollIntoView()", scene.top)
    page.wait_for_timeout(1200)  # the source scrolls smoothly


if __name__ == "__main__":
    cli()
