"""`python -m scripts.evaluate_retrieval`, as anybody runs it: the real model over three passages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.beir import JUDGED, write_set
from tests.commands import run_script


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("retrieval")


@pytest.fixture(scope="module")
def ran(folder: Path) -> tuple[str, dict[str, Any]]:
    """What a run over two sets prints, and the file it writes."""
    # The control: what the second set expects is false.
    false = [(query, "park" if passage != "park" else "sea") for query, passage in JUDGED]
    done = run_script(
        "evaluate_retrieval",
        *("--dataset", write_set(folder / "small"), "--dataset", write_set(folder / "false", judged=false)),
        *("--out", folder / "out.json", "--cache", folder / "cache", "--runs", folder / "runs"),
    )
    assert done.returncode == 0, done.stderr
    return done.stdout, json.loads((folder / "out.json").read_text(encoding="utf-8"))


def test_what_is_there_is_found_and_what_is_false_is_not(ran: tuple[str, dict[str, Any]]) -> None:
    small, false = ran[1]["sets"]
    assert small["legs"]["fused"]["P@1"] == {"value": 1.0, "low": 1.0, "high": 1.0}
    assert false["legs"]["fused"]["P@1"]["value"] == 0.0
    assert list(small["legs"]) == ["dense", "words", "bigrams", "fused"]
    assert (small["set"], small["queries"], small["passages"]) == ("small", 3, 3)
    assert small["comparison"]["losses"] == 0


def test_every_setting_is_recorded(ran: tuple[str, dict[str, Any]]) -> None:
    settings = ran[1]["settings"]
    assert settings["model"].startswith("e5-small-int8/")
    assert settings["constants"]["app.searching.retrieval"]["WEIGHTS"]["dense"] > 0
    assert settings["packages"]["ir-measures"] is not None
    assert ran[1]["sets"][0]["files"].keys() == {"corpus.jsonl", "queries.jsonl", "qrels/test.tsv"}
    assert ran[1]["sets"][0]["cost"]["query_p50_ms"] > 0


def test_the_tables_show_every_leg(ran: tuple[str, dict[str, Any]]) -> None:
    assert ran[0].count("small (3)") == 4  # and once in the summary and the costs, by its name alone
    assert ran[0].index("best single leg") < ran[0].index("gains/losses") < ran[0].index("query p50")
    assert "1.000 [1.000–1.000]" in ran[0]


def test_every_leg_has_its_run(folder: Path, ran: tuple[str, dict[str, Any]]) -> None:
    names = {path.name for path in (folder / "runs").iterdir()}
    assert names == {f"{name}.{leg}.trec" for name in ("small", "false") for leg in ran[1]["settings"]["legs"]}
    lines = (folder / "runs" / "small.fused.trec").read_text(encoding="utf-8").splitlines()
    rows = [line.split() for line in lines]
    assert [row[2] for row in rows if row[3] == "1"] == ["sea", "sky", "park"]
    for query in ("q1", "q2", "q3"):
        scores = [float(row[4]) for row in rows if row[0] == query]
        assert scores == sorted(set(scores), reverse=True)


def test_the_fused_run_alone_and_fewer_legs(folder: Path, ran: tuple[str, dict[str, Any]]) -> None:
    done = run_script(
        "evaluate_retrieval",
        *("--dataset", folder / "small", "--legs", "words,fused", "--limit", "2", "--markdown"),
        *("--out", folder / "few.json", "--cache", folder / "cache", "--run", folder / "few.trec"),
    )
    assert done.returncode == 0, done.stderr
    assert "符号化中" not in done.stderr  # every vector was kept
    (found,) = json.loads((folder / "few.json").read_text(encoding="utf-8"))["sets"]
    assert list(found["legs"]) == ["words", "fused"]
    assert found["comparison"]["against"] == "words"
    assert {line.split()[0] for line in (folder / "few.trec").read_text().splitlines()} < {"q1", "q2", "q3"}
    assert done.stdout.startswith("| set |")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--dataset", "nowhere"], "nowhere"),
        (["--dataset", "small", "--legs", "dense,sparse"], "sparse"),
        (["--dataset", "small", "--dataset", "false", "--run", "one.trec"], "--runs"),
    ],
)
def test_bad_input_is_exit_2_and_says_why(
    folder: Path, ran: tuple[str, dict[str, Any]], arguments: list[str], said: str
) -> None:
    paths = [str(folder / item) if item in ("nowhere", "small", "false", "one.trec") else item for item in arguments]
    done = run_script("evaluate_retrieval", *paths, "--out", folder / "bad.json", "--cache", folder / "cache")
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
