"""Learning which sentence answers: slopes against differences, a set whose rule is known, and the command."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.errors import BatchError
from app.evaluating.dataset import read_dataset
from app.evaluating.sentence_learning import FREQUENT, Example, Learner, as_text, examples, hits, learn
from app.searching.clues import KINDS, MEASURES, Asked, Clues
from app.searching.sentence_network import SentenceNetwork
from tests.beir import QUERIES, write_set
from tests.commands import run_script

DATE, NAME = (KINDS.index(kind) for kind in ("date", "name"))


def bridges(folder: Path, count: int) -> Path:
    """A set in which a year answers 何年, first or second in its passage; the words that are shared say nothing."""
    passages, queries, judged = [], [], []
    for i in range(count):
        told = f"橋は{1800 + i}年の橋だ。"
        text = f"橋は橋だ。{told}" if i % 2 else f"{told}橋は橋だ。"
        passages.append({"_id": f"p{i}", "title": f"記事{i}", "text": text})
        answer = {"text": f"{1800 + i}年", "start": text.index("年") - 4}
        queries.append({"_id": f"q{i}", "text": "橋は何年か。", "metadata": {"answers": [answer]}})
        judged.append((f"q{i}", f"p{i}"))
    return write_set(folder, passages, queries, judged)


def test_slopes_are_those_of_the_loss() -> None:
    random = np.random.default_rng(0)
    batch = [
        Example(
            "",
            Clues(Asked("何", phrase, noun), random.normal(size=(n, len(MEASURES))), random.integers(0, 2, (n, len(KINDS))) + 0.0),
            np.arange(n) == n // 2,
        )
        for n in (2, 3, 5)
        for phrase, noun in (("何", "駅"), ("何年", "年"))
    ]
    learner = Learner([replace(example, article=str(i)) for example in batch for i in range(FREQUENT)])
    for table in ("asking", "nouns"):  # of zeros nothing is ahead of anything
        learner.weights[table][:-1] = random.normal(size=learner.weights[table][:-1].shape)
    _, slopes = learner.loss(batch)
    for name, values in learner.weights.items():
        for place in np.ndindex(values.shape):
            if name in ("asking", "nouns") and place[0] == len(values) - 1:
                assert slopes[name][place] == 0  # what is rare teaches nothing
                continue
            kept = values[place]
            ends = []
            for step in (1e-6, -1e-6):
                values[place] = kept + step
                ends.append(learner.loss(batch)[0])
            values[place] = kept
            assert (ends[0] - ends[1]) / 2e-6 == pytest.approx(slopes[name][place], abs=1e-6)


def test_what_decides_is_learned(tmp_path: Path) -> None:
    found = examples(read_dataset(bridges(tmp_path / "set", FREQUENT + 20)))
    learned = learn(found).json()
    assert hits(SentenceNetwork(learned), found).all()
    assert learned["direct"][-1] > 0
    assert learned["asking"]["何年"][DATE] > 0 == learned["asking"]["何年"][NAME]  # no name was ever seen
    assert json.loads(as_text(learned)) == learned


def test_a_rare_word_has_no_numbers_of_its_own(tmp_path: Path) -> None:
    learned = Learner(examples(read_dataset(bridges(tmp_path / "set", FREQUENT - 1)))).json()
    assert learned["asking"] == learned["nouns"] == {}


def test_questions_that_mark_no_answer_teach_nothing(tmp_path: Path) -> None:
    dataset = read_dataset(write_set(tmp_path / "set", queries=QUERIES[2:], judged=[("q3", "park")]))
    with pytest.raises(BatchError) as caught:
        examples(dataset)
    assert caught.value.code == "dataset_unmarked"


def test_the_command_writes_the_same_network_twice(tmp_path: Path) -> None:
    folder = bridges(tmp_path / "set", 8)
    outs = [tmp_path / "one.json", tmp_path / "other.json"]
    for out in outs:
        done = run_script("learn_sentences", "--dataset", folder, "--out", out, "--folds", "2")
        assert done.returncode == 0, done.stderr
        assert "8 questions, 8 articles: 1.0000" in done.stdout
    assert outs[0].read_bytes() == outs[1].read_bytes()
    assert set(json.loads(outs[0].read_bytes())) == {"asking", "nouns", "hidden", "bias", "out", "direct"}


def test_the_command_needs_articles_to_deal_out(tmp_path: Path) -> None:
    done = run_script("learn_sentences", "--dataset", bridges(tmp_path / "set", 3), "--out", tmp_path / "network.json")
    assert done.returncode == 2
    assert "--folds" in done.stderr
    assert not (tmp_path / "network.json").exists()
