"""The same questions get the same bytes: again and again, from two threads, and from other processes in another order."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.answering.assistant import Assistant
from app.config import Settings
from tests.conftest import ROOT

RUNS = 100
# Earlier questions and the question, one line each: look-ups, lists, computations, checks, searches, refusals, in three
# languages, in kana, misspelt, and follow-ups.
ASKED = [
    line.split(" > ")
    for line in """
虹口の面積は？
徐匯区ではどんな施策がありますか？
虹口について教えて
各区の面積は？
虹口の面積と重点は？
総合保税区の所在地は？
特徴は？
徐匯の2つ目の施策は？
この資料は何について書かれていますか
一番広い区は？
施策が一番多い区は？
二番目に大きい区は？
面積の小さい順に3つ
面積の合計は？
面積の平均は？
宝山と虹口の面積の差は？
宝山の面積は虹口の何倍？
徐匯と閔行ではどちらが広い？
面積が46平方キロ以上の区は？
徐匯は14平方キロですよね
全部で8つの区がありますよね
外灘エリアは徐匯にありますよね？
クルーズに力を入れるのは徐匯ですよね？
保税に関する施策がある区は
データを安全に国外とやり取りする取り組みは？
外灘エリアはどの区に入っていますか？
濱江エリアはどの区？
こうこうのめんせきは
浦東新区の面積は？
虹口の人口は？
こんにちは
明日の天気は？
How large is Hongkou?
Which zones are about green and low-carbon?
虹口的面积有多大？
虹口の面積は？ > では楊浦は？
徐匯の施策は？ > 2つ目について詳しく > それ以外は？
一番広い区は？ > その次は？
面積の合計は？ > 平均だと？
Which zone is the largest? > What is its focus?
""".strip().splitlines()
]


def saved(assistant: Assistant, number: int) -> bytes:
    """The answer to one of the questions as it would be written to a file."""
    *history, question = ASKED[number]
    return json.dumps(assistant.ask(question, history, str(number)).as_json(), ensure_ascii=False).encode()


@pytest.fixture(scope="module")
def first(assistant: Assistant) -> list[bytes]:
    return [saved(assistant, number) for number in range(len(ASKED))]


def test_the_questions_are_varied(first: list[bytes]) -> None:
    answers = [json.loads(line) for line in first]
    assert len(answers) == len(set(first)) == 40
    assert {answer["status"] for answer in answers} == {"answered", "corrected", "clarify", "refused"}
    assert {answer["language"] for answer in answers} == {"ja", "en", "zh"}
    assert len({answer["plan"]["operation"] for answer in answers}) >= 14
    assert {segment["type"] for answer in answers for segment in answer["segments"]} == {"quote", "value", "computed", "label", "echo"}
    assert sum(len(asked) > 1 for asked in ASKED) >= 5


def test_many_runs_give_the_same_bytes(assistant: Assistant, first: list[bytes]) -> None:
    """Each run in an order of its own, two at a time, so that no answer can lean on the one before."""

    def run(seed: int) -> list[int]:
        numbers = list(range(len(ASKED)))
        random.Random(seed).shuffle(numbers)
        return [number for number in numbers if saved(assistant, number) != first[number]]

    with ThreadPoolExecutor(2) as pool:
        different = dict(enumerate(pool.map(run, range(RUNS))))
    assert {seed: numbers for seed, numbers in different.items() if numbers} == {}


PROGRAM = """
import sys
from pathlib import Path
from app.assembly import open_assistant
from app.config import Settings
from tests.test_same_bytes import ASKED, saved

index, *numbers = sys.argv[1:]
assistant = open_assistant(Settings(corpus=Path("corpus"), index=Path(index)))
answers = {int(number): saved(assistant, int(number)) for number in numbers}
sys.stdout.buffer.write(b"\\n".join(answers[number] for number in range(len(ASKED))))
"""


@pytest.mark.parametrize("seed", ["0", "1", "4294967295"])
def test_other_processes_give_the_same_bytes(built: Settings, first: list[bytes], tmp_path: Path, seed: str) -> None:
    """With another hash seed, in another order, and over an index that this process builds itself."""
    numbers = [str(number) for number in range(len(ASKED))]
    random.Random(seed).shuffle(numbers)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path / "index"), *numbers],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout.split(b"\n") == first
