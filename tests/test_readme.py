"""The front door tells the truth: its figures are the evaluation's, its commands are there, its example is real."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from app.answering.assistant import Assistant
from app.benchmarking.report import figures_table, report
from app.evaluating.retrieval_report import cost_table, legs_table, signs_table, summary_table
from app.serving.plain_text import answer_text

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
JAPANESE = (ROOT / "README.ja.md").read_text(encoding="utf-8")


def test_the_table_is_the_evaluations() -> None:
    table = README.split("<!-- evaluation -->")[1].split("<!-- /evaluation -->")[0]
    rows = [line for line in table.splitlines() if line.startswith("|")]
    reported = (ROOT / "docs/evaluation.md").read_text(encoding="utf-8").split("## reported half")[1]
    assert len(rows) >= 7
    for row in rows:
        assert row in reported


def test_the_retrieval_table_is_drawn_from_the_measured_figures() -> None:
    found = json.loads((ROOT / "docs/retrieval.json").read_text(encoding="utf-8"))
    shown = README.split("<!-- retrieval -->")[1].split("<!-- /retrieval -->")[0].strip()
    assert shown == summary_table(found["sets"], markdown=True)
    notes = (ROOT / "docs/retrieval.md").read_text(encoding="utf-8")
    for table in (legs_table, signs_table, cost_table):
        assert table(found["sets"], markdown=True) in notes


def test_the_table_of_costs_is_drawn_from_the_measured_figures() -> None:
    found = json.loads((ROOT / "docs/benchmark.json").read_text(encoding="utf-8"))
    shown = README.split("<!-- benchmark -->")[1].split("<!-- /benchmark -->")[0].strip()
    assert shown == figures_table(found, markdown=True)
    assert (ROOT / "docs/benchmark.md").read_text(encoding="utf-8") == report(found)


@pytest.mark.parametrize(
    "command",
    ["pip install -r requirements.txt && python -m app chat", "pip install -r requirements-dev.txt && pytest"],
)
def test_the_two_commands_are_there(command: str) -> None:
    assert command in README


def test_the_examples_are_what_is_answered(assistant: Assistant) -> None:
    block = README.split("```console\n")[1].split("```")[0]
    asked = re.findall(r'\$ python -m app ask "(.+)"\n((?:(?!\$).*\n)*)', block)
    assert len(asked) == 3
    for question, shown in asked:
        answer = answer_text(assistant.ask(question))
        for line in filter(None, shown.splitlines()):
            assert line == "…" or line in answer, question


def test_every_picture_is_there() -> None:
    for path in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", README):
        assert (ROOT / path).is_file()


# What both front doors say alike: commands, examples, figures, the map, the pictures, and files that they name.
ALIKE = {
    "commands": r"(?:python -m (?:app|scripts\.)|pip install -r |apt-get )[^`\n#]*",
    "examples": r"(?s)```console\n.*?```",
    "figures": r"<!-- evaluation -->[^~]*<!-- /evaluation -->",
    "costs": r"<!-- benchmark -->[^~]*<!-- /benchmark -->",
    "map": r"\| `(app/[\w/]+\.py)` \|",
    "pictures": r"!\[[^\]]*\]\(([^)]+)\)",
    "files": r"`((?:app|corpus|docs|tests)/[\w./*-]+)`",
}


@pytest.mark.parametrize("pattern", ALIKE.values(), ids=list(ALIKE))
def test_the_japanese_front_door_says_the_same(pattern: str) -> None:
    def found(text: str) -> list[str]:
        return sorted({match.strip() for match in re.findall(pattern, text)})

    assert found(README)
    assert found(JAPANESE) == found(README)


def test_the_space_of_the_front_matter_can_start() -> None:
    space = yaml.safe_load(README.split("---\n")[1])
    required = (ROOT / "requirements.txt").read_text()
    assert (space["sdk"], space["python_version"]) == ("gradio", "3.11")
    assert f"gradio=={space['sdk_version']}\n" in required
    program = (ROOT / space["app_file"]).read_text(encoding="utf-8")
    assert '"app", "chat", "--host", "0.0.0.0", "--port", "7860"' in program
