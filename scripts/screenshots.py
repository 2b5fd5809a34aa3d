"""Pictures of the page for the README: serves the shipped corpus, asks in a real Chromium, writes docs/*.png."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

QUESTIONS = ("虹口の面積は？", "浦東新区の面積は？", "クルーズ船の補給に関する施策は？", "徐匯区ではどんな施策がありますか？")
SIZES = {"page": (1440, 900, "light"), "page-dark": (1440, 900, "dark"), "phone": (390, 844, "light")}

cli = typer.Typer(add_completion=False, rich_markup_mode=None)


@cli.command()
def main(
    out: Annotated[Path, typer.Option(help="Folder of the pictures.")] = Path("docs"),
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
            server.stdout.readline()  # it says one line when it is ready
            _take(chromium, f"http://127.0.0.1:{port}/", out)
        finally:
            server.terminate()


def _take(chromium: str, url: str, out: Path) -> None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for name, (width, height, scheme) in SIZES.items():
            page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
            page.goto(url)
            for number, question in enumerate(QUESTIONS, 1):
                page.fill("textarea", question)
                page.keyboard.press("Enter")
                page.get_by_text("関連する箇所").nth(number - 1).wait_for()
            page.wait_for_timeout(800)  # the source scrolls smoothly
            page.screenshot(path=out / f"{name}.png")
            page.close()
        browser.close()


if __name__ == "__main__":
    cli()
