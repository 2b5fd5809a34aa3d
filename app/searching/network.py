"""The default model's network: the shipped weights as an ONNX graph in 8 bit, run by onnxruntime.

The only module that knows onnx and onnxruntime. The graph is made from the weights once on each machine, and kept in
the user's cache (`$XDG_CACHE_HOME/shutten`, else `~/.cache/shutten`); where that cannot be written to, it is made again
at every start, which takes some 0.6 s.
"""

from __future__ import annotations

import contextlib
import hashlib
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.config import cache_folder
from app.errors import ModelError
from app.searching.weights import SHA256, Weights

# Changes with what `_build` makes of the same weights.
VERSION = 1
# Weights in 7 bit, not 8: products of two neighbours then fit into 16 bit, which processors without VNNI add them up in,
# so that every machine gets the same numbers. Cosine to float32 .9967, with 8 bit .9972 (40 passages, 3 questions).
_LEVELS = 63
_OPSET, _IR = 18, 9
_DOMAIN = "com.microsoft"


class Network:
    """Embedded subwords to the mean of their states. Safe to share between threads."""

    def __init__(self, weights: Weights) -> None:
        """Raises ModelError if onnxruntime is missing or cannot run the graph."""
        try:
            import onnxruntime

            options = onnxruntime.SessionOptions()
            # Two threads on two busy cores were measured ten times slower than one.
            options.intra_op_num_threads = options.inter_op_num_threads = 1
            options.log_severity_level = 3
            self._session = onnxruntime.InferenceSession(_graph(weights), options, providers=["CPUExecutionProvider"])
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

    def mean_state(self, embedded: NDArray[np.float32]) -> NDArray[np.float32]:
        """`(n, width)` of one text to `(width,)`: alone, for in company the 8-bit steps would be of all texts together."""
        (found,) = self._session.run(["mean"], {"embedded": embedded[None]})
        return np.asarray(found[0])


def _graph(weights: Weights) -> bytes:
    """The graph from the cache, or made and put there. What was altered in the cache is made again."""
    name = f"e5-small-int8-{hashlib.sha256(f'{SHA256} {VERSION}'.encode()).hexdigest()[:16]}.onnx"
    path = cache_folder() / name
    with contextlib.suppress(OSError, ValueError):
        digest, kept = path.with_suffix(".sha256").read_text().strip(), path.read_bytes()
        if hashlib.sha256(kept).hexdigest() == digest:
            return kept
    graph = _build(weights)
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


def _build(weights: Weights) -> bytes:
    """BERT as multilingual-e5 has it, on already embedded subwords, and the mean over them.

    Wang et al. (2024), "Multilingual E5 Text Embeddings"; the fused operators are onnxruntime's.
    """
    from onnx import TensorProto, helper, numpy_helper

    tensors: list[Any] = []
    nodes: list[Any] = []

    def constant(name: str, values: NDArray[Any]) -> str:
        tensors.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def node(operator: str, inputs: list[str], output: str, domain: str = _DOMAIN, **attributes: Any) -> str:
        nodes.append(helper.make_node(operator, inputs, [output], domain=domain, **attributes))
        return output

    def linear(x: str, names: list[str], columns: int, output: str) -> str:
        matrix = np.concatenate([weights.rows(f"{name}.w", columns) for name in names]).T
        bias = np.concatenate([weights.vector(f"{name}.b") for name in names])
        steps = np.abs(matrix).max(axis=0) / _LEVELS
        inputs = [
            x,
            constant(f"{output}/numbers", np.rint(matrix / steps).astype(np.int8)),
            constant(f"{output}/steps", steps.astype(np.float32)),
            constant(f"{output}/zero", np.zeros(len(steps), np.int8)),
            constant(f"{output}/bias", bias),
        ]
        return node("DynamicQuantizeMatMul", inputs, output)

    def normalized(x: str, name: str, output: str, beside: str | None = None) -> str:
        scale, shift = constant(f"{output}/scale", weights.vector(f"{name}.w")), constant(f"{output}/shift", weights.vector(f"{name}.b"))
        if beside is None:
            return node("LayerNormalization", [x, scale, shift], output, "", axis=-1, epsilon=weights.epsilon)
        return node("SkipLayerNormalization", [x, beside, scale, shift], output, epsilon=weights.epsilon)

    x = normalized("embedded", "emb.ln", "x")
    width = weights.width
    for layer in (f"l{i}" for i in range(weights.layers)):
        joined = linear(x, [f"{layer}.{part}" for part in "qkv"], width, f"{layer}/qkv")
        parts = [f"{layer}/{part}" for part in "qkv"]
        sizes = constant(f"{layer}/sizes", np.array([width] * 3, np.int64))
        nodes.append(helper.make_node("Split", [joined, sizes], parts, axis=2))
        attended = node("MultiHeadAttention", parts, f"{layer}/attended", num_heads=weights.heads)
        seen = normalized(linear(attended, [f"{layer}.ao"], width, f"{layer}/ao"), f"{layer}.aln", f"{layer}/seen", x)
        inner = node("Gelu", [linear(seen, [f"{layer}.fi"], width, f"{layer}/fi")], f"{layer}/inner")
        x = normalized(linear(inner, [f"{layer}.fo"], weights.inner, f"{layer}/fo"), f"{layer}.oln", f"{layer}/out", seen)
    node("ReduceMean", [x, constant("positions", np.array([1], np.int64))], "mean", "", keepdims=0)
    graph = helper.make_graph(
        nodes,
        "multilingual-e5-small",
        [helper.make_tensor_value_info("embedded", TensorProto.FLOAT, [1, "subwords", width])],
        [helper.make_tensor_value_info("mean", TensorProto.FLOAT, [1, width])],
        tensors,
    )
    imports = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_DOMAIN, 1)]
    model = helper.make_model(graph, opset_imports=imports, ir_version=_IR)
    found: bytes = model.SerializeToString()
    return found
