"""Public releases to BEIR folders, on tiny inputs of the same form that were written here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.errors import BatchError
from app.evaluating.conversion import convert
from app.evaluating.dataset import read_dataset
from tests.commands import run_script

LEAD = len("港 [SEP] ")


def answer(text: str, start: int) -> dict[str, Any]:
    return {"text": text, "answer_start": start}


def squad(context: str, *questions: dict[str, Any], title: str = "港") -> dict[str, Any]:
    return {"version": "1", "data": [{"title": title, "paragraphs": [{"context": context, "qas": list(questions)}]}]}


JSQUAD = squad(
    "港 [SEP] 港には船が十隻ある。",
    {"id": "j1", "question": "船は何隻か。", "answers": [answer("十隻", LEAD + 5), answer("十隻", LEAD + 5)], "is_impossible": False},
    {"id": "j2", "question": "船はどこにあるか。", "answers": [answer("港", 0)]},
    {"id": "j3", "question": "魚は何匹か。", "answers": [], "is_impossible": True},
)  # fmt: skip
JAQUAD = squad(
    "空港は1994年に\n開港した。",
    {"id": "a1", "question": "開港はいつか。", "answers": [{**answer("1994年", 3), "answer_type": "Date/Time"}]},
    title="空港",
)
NIILC = """<questions>
  <question id="n1"><text>船は何隻？</text><answers><answer>十隻</answer><answer>10隻</answer></answers>
    <meta><E3>港;湊</E3><E5>港には船が十隻ある。</E5></meta></question>
  <question id="n2"><text>船は？</text><answers><answer>船</answer></answers>
    <meta><E3>港</E3><E5>港には船が十隻ある。</E5></meta></question>
  <question id="n3"><text>空は？</text><answers><answer>青い</answer></answers><meta><E3>空</E3><E5></E5></meta></question>
</questions>
"""


def write(path: Path, data: Any) -> Path:
    path.write_text(data if isinstance(data, str) else json.dumps(data, ensure_ascii=False), encoding="utf-8")
    return path


def test_jsquad_has_its_title_apart_and_its_answers_moved(tmp_path: Path) -> None:
    made = convert([write(tmp_path / "valid.json", JSQUAD)], "jsquad")
    assert made.passages == [{"_id": "jsquad-a0p0", "title": "港", "text": "港には船が十隻ある。"}]
    assert made.queries == [
        {"_id": "j1", "text": "船は何隻か。", "metadata": {"answers": [{"text": "十隻", "start": 5}]}},
        {
            "_id": "j2",
            "text": "船はどこにあるか。",
            "metadata": {
                "answers": [{"text": "港", "start": 0}],
                "answers_in_title": [{"text": "港", "start": 0}],
                "derived_span": True,
            },
        },
    ]
    assert made.judged == [("j1", "jsquad-a0p0"), ("j2", "jsquad-a0p0")]


def test_jaquad_comes_in_several_files(tmp_path: Path) -> None:
    other = squad("公園。", {"id": "a2", "question": "何か。", "answers": [answer("公園", 0)]}, title="公園")
    made = convert([write(tmp_path / "0.json", JAQUAD), write(tmp_path / "1.json", other)], "jaquad")
    assert [row["_id"] for row in made.passages] == ["jaquad-a0p0", "jaquad-a1p0"]
    assert made.judged == [("a1", "jaquad-a0p0"), ("a2", "jaquad-a1p0")]
    assert made.queries[0]["metadata"]["answers"] == [{"text": "1994年", "start": 3}]


def test_niilc_has_the_sentences_that_were_found(tmp_path: Path) -> None:
    made = convert([write(tmp_path / "dev.xml", NIILC)], "niilc")
    assert made.passages == [{"_id": "niilc-p0", "title": "港", "text": "港には船が十隻ある。"}]
    assert made.queries[0]["metadata"] == {"answers": [{"text": "十隻", "start": 5}], "answer_strings": ["十隻", "10隻"]}
    assert made.judged == [("n1", "niilc-p0"), ("n2", "niilc-p0")]


@pytest.mark.parametrize(("name", "data"), [("v.json", JSQUAD), ("v.json", JAQUAD), ("v.xml", NIILC)])
def test_what_is_written_is_read(tmp_path: Path, name: str, data: Any) -> None:
    done = run_script("convert_benchmark", "--source", write(tmp_path / name, data), "--out", tmp_path / "set")
    assert done.returncode == 0, done.stderr
    dataset = read_dataset(tmp_path / "set")
    assert f"{len(dataset.reading.passages)} passages, {len(dataset.queries)} queries" in done.stdout
    for query in dataset.queries:
        (id,) = query.relevant
        assert id.startswith("set-")


@pytest.mark.parametrize(
    ("name", "data"),
    [("a.json", "{"), ("a.json", "[]"), ("a.json", '{"data": [{"title": "港"}]}'), ("a.xml", "<questions>"), ("a.json", '{"data": []}')],
)  # fmt: skip
def test_another_form_is_an_error(tmp_path: Path, name: str, data: str) -> None:
    with pytest.raises(BatchError, match="a\\."):
        convert([write(tmp_path / name, data)], "x")


def test_a_missing_file_is_exit_2(tmp_path: Path) -> None:
    done = run_script("convert_benchmark", "--source", tmp_path / "nowhere.json", "--out", tmp_path / "set")
    assert done.returncode == 2
    assert "nowhere.json" in done.stderr
