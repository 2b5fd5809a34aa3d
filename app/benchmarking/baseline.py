"""What the product is measured beside: SentenceTransformer in float32 on torch, and a flat FAISS index.

As the quick starts of LangChain and LlamaIndex do it, without what these add: the model opened, the question encoded,
the nearest passage told. Imports nothing of this product, and is run as a program of its own for whole processes:

    python -m app.benchmarking.baseline MODEL FOLDER < TEXTS.json     indexes a JSON list of texts
    python -m app.benchmarking.baseline MODEL FOLDER QUESTION         prints the nearest of them
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

_INDEX, _TEXTS = "index.faiss", "texts.json"


class Baseline:
    """Answers with the passage nearest to a question. One thread."""

    def __init__(self, model: Path) -> None:
        """Open a folder that sentence-transformers wrote or could have written."""
        import torch
        from sentence_transformers import SentenceTransformer

        torch.set_num_threads(1)
        self._model = SentenceTransformer(str(model), device="cpu", local_files_only=True)
        self._index: Any = None
        self._texts: list[str] = []  # text i is row i of the index

    def encode_queries(self, texts: Sequence[str]) -> Any:
        """`(len(texts), d)` float32, L2-normalised."""
        return self._model.encode_query(list(texts), show_progress_bar=False)

    def encode_passages(self, texts: Sequence[str]) -> Any:
        """`(len(texts), d)` float32, L2-normalised; in batches sorted by length, as the library does."""
        return self._model.encode_document(list(texts), show_progress_bar=False)

    def build(self, texts: Sequence[str], folder: Path) -> None:
        """Index some texts, and write the index into a folder."""
        import faiss

        vectors = self.encode_passages(texts)
        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(vectors)
        folder.mkdir(parents=True, exist_ok=True)
        faiss.write_index(index, str(folder / _INDEX))
        (folder / _TEXTS).write_text(json.dumps(list(texts)), encoding="utf-8")

    def open(self, folder: Path) -> None:
        """Open what `build` wrote."""
        import faiss

        faiss.omp_set_num_threads(1)
        self._index = faiss.read_index(str(folder / _INDEX))
        self._texts = json.loads((folder / _TEXTS).read_text(encoding="utf-8"))

    def answer(self, question: str) -> str:
        """The text nearest to a question, of an opened index."""
        _, found = self._index.search(self.encode_queries([question]), 1)
        return self._texts[int(found[0][0])]


if __name__ == "__main__":
    baseline = Baseline(Path(sys.argv[1]))
    if len(sys.argv) == 3:
        baseline.build(json.load(sys.stdin), Path(sys.argv[2]))
    else:
        baseline.open(Path(sys.argv[2]))
        print(baseline.answer(sys.argv[3]))
