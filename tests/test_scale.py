"""A million passages out of a few: what is made is as said, and what is asked of it is measured against brute force."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from app.benchmarking.blending import Blends
from app.benchmarking.scale import draw, measure
from app.benchmarking.scale_report import draw as curve
from app.benchmarking.scale_report import report
from app.evaluating.dataset import read_dataset
from app.reading.tokenization import Tokenizer
from app.schema import Passage
from app.searching import dense_index
from app.searching.embedding import Vectors
from app.searching.views import embedded
from tests.beir import write_set
from tests.commands import run_script
from tests.conftest import ROOT

TEXTS = ["港には船が十隻ある。", "空港は1994年に開港した。滑走路は二本である。", "公園には桜の木が多い。"]
REAL = [Passage(f"p{i}", "made", None, "本文", text, 0, len(text)) for i, text in enumerate(TEXTS)]


class Apart:
    """As many texts as there are, all at right angles."""

    fingerprint = "apart"

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        return np.eye(len(texts), 8, dtype=np.float32)

    encode_queries = encode_passages


@pytest.fixture(scope="module")
def blends() -> Blends:
    return Blends(REAL, 50, Tokenizer(), Apart())


def vectors(blends: Blends) -> list[Vectors]:
    return list(blends.vectors([len(embedded(passage)) for passage in blends.passages()]))


def test_the_real_ones_come_first_as_they_are(blends: Blends) -> None:
    assert list(blends.passages())[:3] == REAL
    assert [made.tolist() for made in vectors(blends)[:3]] == [[row] for row in np.eye(3, 8).tolist()]


def test_a_made_one_is_its_base_with_some_words_of_another(blends: Blends) -> None:
    tokenizer = Tokenizer()
    words = {token.surface for text in TEXTS for token in tokenizer.tokenize(text) if token.content}
    made = list(blends.passages())[3:]
    assert len({passage.passage_id for passage in made}) == len(made)
    assert sum(passage.text not in TEXTS for passage in made) > len(made) / 2
    for passage, base in zip(made, blends.bases[3:], strict=True):
        # What is no content word stays, in its order; nothing comes from nowhere.
        left = [token.surface for token in tokenizer.tokenize(TEXTS[base]) if not token.content]
        position = 0
        for surface in left:
            position = passage.text.index(surface, position) + len(surface)
        rest = passage.text
        for word in sorted({*words, *left}, key=len, reverse=True):
            rest = rest.replace(word, "")
        assert rest == ""
        assert passage.text == passage.text[passage.start : passage.end]


def test_a_made_ones_vectors_are_unit_and_nearest_to_its_base(blends: Blends) -> None:
    whole = np.stack([some[0] for some in vectors(blends)])
    assert np.linalg.norm(whole, axis=1) == pytest.approx(1, abs=1e-5)
    assert (whole[3:] @ whole[:3].T).argmax(axis=1).tolist() == blends.bases[3:].tolist()


def test_the_same_seed_makes_the_same(blends: Blends) -> None:
    again = Blends(REAL, 50, Tokenizer(), Apart())
    assert list(again.passages()) == list(blends.passages())
    assert all(one.tolist() == other.tolist() for one, other in zip(vectors(again), vectors(blends), strict=True))


@pytest.mark.parametrize(("whole", "first"), [(False, "船は朝に出る。"), (True, "港には船が十隻ある。船は朝に出る。")])
def test_what_answers_comes_first(tmp_path: Path, whole: bool, first: str) -> None:
    passages = [{"_id": "sky", "title": "", "text": "空は青い。"}, {"_id": "sea", "title": "", "text": "港には船が十隻ある。\n\n船は朝に出る。"}]
    if whole:
        passages[1]["text"] = first
    start = passages[1]["text"].index("朝")
    queries = [{"_id": "q", "text": "船はいつ出ますか。", "metadata": {"answers": [{"text": "朝", "start": start}]}}]
    sample = draw([read_dataset(write_set(tmp_path, passages, queries, [("q", "sea")]))], 10, whole)
    assert (sample.passages[0].text, sample.answering) == (first, [frozenset({0})])
    assert len(sample.passages) == (2 if whole else 3)


class Scattered:
    """A text's vector: drawn by chance for it, so that no two are as near to a question."""

    fingerprint = "scattered"

    def __init__(self) -> None:
        self.encoded: list[str] = []

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        self.encoded += texts
        rows = np.stack([np.random.default_rng(list(text.encode())).normal(size=16) for text in texts])
        return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)

    encode_queries = encode_passages


def test_each_size_is_measured_by_itself_and_nothing_is_left(tmp_path: Path) -> None:
    sample = draw([read_dataset(write_set(tmp_path / "set"))], 10, whole=True)
    real = Scattered()
    told: list[str] = []
    found = list(measure(sample, [3, 300], real, Scattered(), tmp_path / "built", told.append))
    assert not list((tmp_path / "built").iterdir())
    assert [item["passages"] for item in found] == [3, 300]
    assert real.encoded, "the encoder itself is timed"
    assert {"3: words", "300: bigrams", "300: questions"} <= set(told)
    for item in found:
        assert item["vectors"] >= item["passages"]
        assert item["before"]["same rankings"] == 1.0
        # Below 16,384 vectors the search is exact, so this says that what is compared is the same thing.
        assert {value for name, value in item["found"].items() if name.startswith(("dense", "fused"))} == {1.0}
        assert min(item["build"].values()) >= 0 and min(item["bytes"].values()) > 0
        assert item["memory"]["asked"]["own"] > 10e6
    assert found[1]["bytes"]["passages"] > found[0]["bytes"]["passages"]
    assert [(one["share"], one["dense, of the exact ten"]) for one in found[1]["filtered"]] == [(0.5, 1.0)]


def test_the_script_end_to_end(tmp_path: Path) -> None:
    options = ["--dataset", write_set(tmp_path / "set"), "--sizes", "3,30", "--whole", "5", "--cache", tmp_path / "cache"]
    done = run_script("benchmark_scale", *options, "--out", tmp_path / "scale.json", "--plot", tmp_path / "scale.svg")
    assert done.returncode == 0, done.stderr
    found = json.loads((tmp_path / "scale.json").read_text(encoding="utf-8"))
    assert [item["passages"] for item in found["sizes"]] == [3, 30]
    assert [item["passages"] for item in found["whole"]] == [5]
    told = (tmp_path / "scale.md").read_text(encoding="utf-8")
    assert "| passages | 3 | 30 |" in told and "| passages | 5 |" in told
    picture = ElementTree.parse(tmp_path / "scale.svg").getroot()
    assert len(list(picture.iter("{http://www.w3.org/2000/svg}circle"))) == 2 * 8, "each curve has a point for each size"
    assert "30" in done.stdout


@pytest.mark.parametrize("sizes", ["0", "a", "10,-1"])
def test_a_bad_size_is_said(tmp_path: Path, sizes: str) -> None:
    done = run_script("benchmark_scale", "--dataset", write_set(tmp_path / "set"), "--sizes", sizes)
    assert done.returncode == 2
    assert "[option_invalid]" in done.stderr and sizes in done.stderr


def test_the_thresholds_are_in_order() -> None:
    assert dense_index.LARGE < dense_index.SEEN < dense_index.HUGE


def test_the_published_report_and_curve_are_what_the_figures_give() -> None:
    found = json.loads((ROOT / "docs/scale.json").read_text(encoding="utf-8"))
    text = (ROOT / "docs/scale.md").read_text(encoding="utf-8")
    assert text == report(found)
    assert "\n## What limits each\n" in text and "\n## Tried and dropped\n" in text
    assert (ROOT / "docs/scale.svg").read_text(encoding="utf-8") == curve(found["sizes"])
