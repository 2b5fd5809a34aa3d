"""A cross-encoder from a folder, made here with random weights: read as it is, off by default, refused when it is none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.errors import ModelError
from app.evaluating.dataset import read_dataset
from app.evaluating.retrieval_run import RERANKED_DEPTH, Run, rerank
from app.searching.sentence_transformer import CrossEncoderReranker
from tests.beir import PASSAGES, QUERIES, write_set
from tests.commands import run_script


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BERT of one layer over single characters, with one output."""
    import torch
    from tokenizers import Tokenizer
    from tokenizers.models import WordPiece
    from tokenizers.pre_tokenizers import Split
    from tokenizers.processors import BertProcessing
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    text = "".join(item["text"] + item.get("title", "") for item in [*PASSAGES, *QUERIES])
    vocabulary = {word: place for place, word in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *sorted(set(text))])}
    tokenizer = Tokenizer(WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Split("", "isolated")
    tokenizer.post_processor = BertProcessing(("[SEP]", vocabulary["[SEP]"]), ("[CLS]", vocabulary["[CLS]"]))
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(vocabulary), hidden_size=16, num_hidden_layers=1, num_attention_heads=2,
        intermediate_size=32, max_position_embeddings=128, num_labels=1, initializer_range=0.5,
    )  # fmt: skip
    folder = tmp_path_factory.mktemp("reranker")
    BertForSequenceClassification(config).save_pretrained(folder, safe_serialization=True)
    BertTokenizerFast(tokenizer_object=tokenizer, model_max_length=128).save_pretrained(folder)
    return folder


def test_scores_are_the_models_own(folder: Path) -> None:
    from sentence_transformers import CrossEncoder

    texts = [item["text"] for item in PASSAGES]
    reranker = CrossEncoderReranker(str(folder))
    real = CrossEncoder(str(folder), device="cpu", local_files_only=True)
    expected = real.predict([("港の船", text) for text in texts]).tolist()
    assert reranker.scores("港の船", texts) == pytest.approx(expected, abs=1e-5)
    assert len(set(expected)) == len(texts)
    assert reranker.fingerprint.startswith(f"cross-encoder/{folder.name}@")


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="--reranker") as error:
        CrossEncoderReranker(str(tmp_path))
    assert error.value.exit_code == 3


class ByLength:
    """The longer the better."""

    def scores(self, question: str, texts: list[str]) -> list[float]:
        return [float(len(text)) for text in texts]


def test_the_best_are_put_in_its_order(tmp_path: Path) -> None:
    dataset = read_dataset(write_set(tmp_path))
    fused = Run("fused", [[("park", 3.0), ("sea", 2.0), ("sky", 1.0)], [], [("park", 1.0)]])
    run = rerank(dataset, fused, ByLength(), lambda queries: queries)
    lengths = {"sea": float(len("港 ") + len(PASSAGES[0]["text"])), "sky": float(len("空港 ") + len(PASSAGES[1]["text"]))}
    assert [id for id, _ in run.rankings[0]] == ["sky", "sea", "park"]
    assert dict(run.rankings[0])["sea"] == lengths["sea"]
    assert run.rankings[1] == []
    assert RERANKED_DEPTH == 20


def test_the_script_shows_it_beside_the_rest(folder: Path, tmp_path: Path) -> None:
    done = run_script(
        "evaluate_retrieval",
        *("--dataset", write_set(tmp_path / "set"), "--reranker", folder, "--sentences", "--abstention"),
        *("--out", tmp_path / "out.json", "--cache", tmp_path / "cache", "--runs", tmp_path / "runs"),
    )
    assert done.returncode == 0, done.stderr
    found = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    (one,) = found["sets"]
    assert list(one["legs"]) == ["dense", "words", "bigrams", "fused", "reranked"]
    assert found["settings"]["reranker"].startswith("cross-encoder/")
    assert (tmp_path / "runs" / "set.reranked.trec").is_file()
    assert one["sentences"]["chosen"]["value"] == 1.0
    assert one["abstention"]["answerable"] == 3
    assert "AUROC of presence" in done.stdout
