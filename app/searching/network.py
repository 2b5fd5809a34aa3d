"""The default model's network, run by onnxruntime: embedded subwords to the mean of their last states.

The only module that knows onnxruntime. Its graph is made from the weights once on each machine, and kept in the user's
cache (`$XDG_CACHE_HOME/shutten`, else `~/.cache/shutten`); where that cannot be written to, it is made again at every
start, which takes some 1.5 s.
"""

from __future__ import annotations

import contextlib
import hashlib
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.config import cache_folder
from app.errors import ModelError
from app.searching.weights import SHA256, Weights

# Changes with what is made of the same weights.
VERSION = 3
# x86 processors without VNNI add products of 8 bit up in 16, where they overflow, unless this is set: then their sums are
# exact as well (tried on an emulated Haswell). Those with VNNI would take nearly twice as long by it.
_PRECISE = "session.x64quantprecision"
_PROCESSOR = Path("/proc/cpuinfo")
# onnxruntime has a sum and its normalisation as one operator, too; that takes five times as long, a fifth of a passage.
_NOT_FUSED = ["SkipLayerNormFusion"]

States = NDArray[np.float32]


class Network:
    """Embedded subwords to the mean of their states. Safe to share between threads."""

    def __init__(self, weights: Weights, sample: Callable[[], States]) -> None:
        """`sample` gives `(n, width)` of the text by which the 8-bit steps are chosen, if they have not been yet.

        Raises ModelError if onnxruntime is missing or cannot run the graph.
        """
        try:
            self._session = _session(_graph(weights, sample))
        except ImportError as error:
            raise ModelError(
                "model_missing", f"既定のモデルを動かせません: {error}。`pip install -r requirements.txt` を実行してください。"
            ) from error
        except Exception as error:  # onnxruntime raises kinds of its own; all mean that it does not run here
            raise ModelError(
                "engine_unavailable",
                f"onnxruntime がここでは動きません: {error}。`--model 名前またはフォルダ` で sentence-transformers の"
                "モデルを指定してください。 (choose another model with --model)",
            ) from error

    def mean_state(self, embedded: States) -> States:
        """`(n, width)` of one text to `(width,)`: alone, for in company the 8-bit steps would be of all texts together."""
        (found,) = self._session.run(["mean"], {"embedded": embedded[None]})
        return np.asarray(found[0])


def _session(graph: bytes) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    # Two threads on two busy cores were measured ten times slower than one.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.add_session_config_entry(_PRECISE, "0" if _has_vnni() else "1")
    return onnxruntime.InferenceSession(
        graph, options, providers=["CPUExecutionProvider"], disabled_optimizers=_NOT_FUSED
    )


def _has_vnni() -> bool:
    """As Linux tells; where nothing does, it is not relied on."""
    try:
        return "vnni" in _PROCESSOR.read_text()
    except OSError:
        return False


def _graph(weights: Weights, sample: Callable[[], States]) -> bytes:
    """The graph from the cache, or made and put there. What was altered in the cache is made again."""
    name = f"e5-small-int8-{hashlib.sha256(f'{SHA256} {VERSION}'.encode()).hexdigest()[:16]}.onnx"
    path = cache_folder() / name
    with contextlib.suppress(OSError, ValueError):
        digest, kept = path.with_suffix(".sha256").read_text().strip(), path.read_bytes()
        if hashlib.sha256(kept).hexdigest() == digest:
            return kept
    graph = _build(weights, sample())
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, graph)
        _write(path.with_suffix(".sha256"), hashlib.sha256(graph).hexdigest().encode())
    return graph


def _write(path: Path, content: bytes) -> None:
    """All of it or nothing, whoever else is writing the same."""
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(content)
    Path(file.name).replace(path)


def _build(weights: Weights, sample: States) -> bytes:
    """The graph in 8 bit, its steps chosen by what the same in float32 makes of a sample."""
    from app.searching.graph import eight_bit_graph, float_graph

    graph, names = float_graph(weights)
    return eight_bit_graph(weights, dict(zip(names, _session(graph).run(names, {"embedded": sample[None]}), strict=True)))
