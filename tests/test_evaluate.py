"""`python -m scripts.evaluate`, as anybody runs it: real corpus, index and model, five questions."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from app.evaluating.questions import half
from tests.commands import run_script

ROOT = Path(__file__).parent.parent
SYSTEMS = ["Shutten", "dense top-1", "BM25 top-1"]

SIZE = {"zones": ["虹口"], "passage": "総面積は約4平方キロメートル", "answer": ["約4平方キロメートル"]}
AREA = {"zones": ["虹口"], "answer": ["北外灘エリア"]}
FALSE = {**SIZE, "answer": ["約5平方キロメートル"]}
QUESTIONS: list[dict[str, Any]] = [
    {"id": "size", "question": "虹口の面積は？", "category": "look-up", **SIZE},
    {"id": "area", "question": "虹口のエリアは？", "category": "look-up", **AREA},
    {"id": "polite", "question": "虹口の面積を教えてください。", "category": "look-up", **SIZE},
    {"id": "population", "question": "虹口の人口は？", "category": "unanswerable", "status": "refused"},
    # The control: what it expects is false, so that a harness that lets everything pass is found out.
    {"id": "false-1", "question": "虹口の面積は？", "category": "control", **FALSE},
]


def evaluate(*arguments: str | Path, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return run_script("evaluate", *arguments, cwd=cwd, COLUMNS="200")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A question file, its causes, and where the index comes to lie."""
    folder = tmp_path_factory.mktemp("evaluation")
    lines = [json.dumps(question, ensure_ascii=False) + "\n" for question in QUESTIONS]
    (folder / "five.jsonl").write_text("".join(lines), encoding="utf-8")
    (folder / "five.causes.json").write_text('{"false-1": "期待が誤り"}', encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def ran(folder: Path) -> tuple[str, dict[str, Any]]:
    """What a run prints with --misses, and the file it writes."""
    done = evaluate(
        *("--questions", folder / "five.jsonl", "--index", folder / "index"),
        *("--out", folder / "results" / "five.json", "--misses"),
    )
    assert done.returncode == 0, done.stderr
    return done.stdout, json.loads((folder / "results" / "five.json").read_text(encoding="utf-8"))


def test_every_system_answers_every_question(ran: tuple[str, dict[str, Any]]) -> None:
    results = ran[1]["results"]
    assert [row["id"] for row in results] == [question["id"] for question in QUESTIONS]
    for row in results:
        assert list(row["systems"]) == SYSTEMS
        assert row["half"] == half(row["id"])
        for name, system in row["systems"].items():
            assert system["seconds"] > 0
            assert name == "Shutten" or (system["status"], len(system["citations"])) == ("answered", 1)


def test_right_is_right_and_the_control_fails(ran: tuple[str, dict[str, Any]]) -> None:
    right = {row["id"]: row["systems"]["Shutten"]["right"] for row in ran[1]["results"]}
    everything = {"first citation": True, "recall@3": True, "answer": True, "zone set": None}
    assert right["size"] == right["polite"] == right["area"] == everything
    assert right["population"] == {"first citation": None, "recall@3": None, "answer": True, "zone set": None}
    assert right["false-1"] == {**everything, "answer": False}


def test_figures_are_those_of_the_results(ran: tuple[str, dict[str, Any]]) -> None:
    for which, figures in ran[1]["figures"].items():
        rows = [row for row in ran[1]["results"] if row["half"] == which]
        (total,) = (f for f in figures if (f["measure"], f["category"]) == ("answer", "total"))
        for name in SYSTEMS:
            right = sum(row["systems"][name]["right"]["answer"] for row in rows)
            assert (total["systems"][name]["right"], total["systems"][name]["of"]) == (right, len(rows))


def test_every_setting_is_recorded(ran: tuple[str, dict[str, Any]], folder: Path) -> None:
    settings = ran[1]["settings"]
    assert settings["questions"]["sha256"] == hashlib.sha256((folder / "five.jsonl").read_bytes()).hexdigest()
    assert settings["index"] == (folder / "index" / "CURRENT").read_text().strip()
    assert settings["model"].startswith("e5-small-int8/")
    assert settings["constants"]["app.searching.retrieval"]["WEIGHTS"].keys() == {"dense", "words", "bigrams"}
    assert settings["packages"]["faiss-cpu"]
    assert len(settings["code"]) == 64


def test_both_halves_are_printed_and_the_reported_misses_only_when_asked_for(
    ran: tuple[str, dict[str, Any]], folder: Path
) -> None:
    assert {half(question["id"]) for question in QUESTIONS} == {"tuning", "reported"}
    assert half("false-1") == "reported"
    assert "tuning half:" in ran[0] and "reported half:" in ran[0]
    assert "false-1 [control] wrong: answer" in ran[0] and "cause: 期待が誤り" in ran[0]
    done = evaluate(
        *("--questions", folder / "five.jsonl", "--index", folder / "index"),
        *("--out", folder / "again.json", "--half", "reported", "--markdown"),
    )
    assert done.returncode == 0, done.stderr
    assert "false-1 [control]" not in done.stdout and "misses, not listed" in done.stdout
    assert "tuning half:" not in done.stdout
    assert "| measure | category | n | Shutten | dense top-1 | BM25 top-1 |" in done.stdout


def test_trouble_has_its_exit_code_and_says_what_to_do(folder: Path) -> None:
    bad = folder / "bad.jsonl"
    bad.write_text('{"id": "a"}\n', encoding="utf-8")
    done = evaluate("--questions", bad, "--out", folder / "none.json")
    assert (done.returncode, done.stdout) == (2, "")
    assert "bad.jsonl:1" in done.stderr and "Traceback" not in done.stderr

    unaskable = folder / "unaskable.jsonl"
    unaskable.write_text('{"id": "bell", "question": "\\u0007虹口", "category": "c"}\n', encoding="utf-8")
    done = evaluate("--questions", unaskable, "--index", folder / "index", "--out", folder / "none.json")
    assert done.returncode == 2
    assert "bell" in done.stderr and "U+0007" in done.stderr

    done = evaluate("--questions", folder / "five.jsonl", "--out", bad / "below" / "a-file.json")
    assert done.returncode == 4
    assert "--out" in done.stderr

    done = evaluate(
        *(
            "--questions",
            folder / "five.jsonl",
            "--model",
            folder / "no-such-model",
            "--out",
            folder / "none.json",
        )
    )
    assert done.returncode == 3
    assert "モデル" in done.stderr and "Traceback" not in done.stderr
    assert not (folder / "none.json").exists()


def test_help_loads_nothing_heavy() -> None:
    code = "import sys, scripts.evaluate; print(sorted({'numpy', 'faiss', 'bm25s'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8")
    assert done.stdout.strip() == "[]"
    assert "--questions" in evaluate("--help").stdout
