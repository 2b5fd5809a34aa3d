"""The default model as an ONNX graph: BERT as multilingual-e5 has it, in float32 or in 8 bit.

Wang et al. (2024), "Multilingual E5 Text Embeddings"; the fused operators are onnxruntime's. The input is `embedded`,
`(1, subwords, width)`, the output `mean`, the mean over the subwords' last states, `(1, width)`.

In 8 bit a product's input has 256 steps from its least number to its largest. Some channels hold numbers ten times as
large as all others, and leave these a few steps. So an outgrown channel is divided before the product, and its weights
multiplied by as much, as SmoothQuant does it (Xiao et al. 2023).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.searching.weights import Weights

# A channel has outgrown the others when its largest number is so many times the median of theirs.
_OUTGROWN = 4.0
_LEVELS = 127
_OPSET, _IR = 18, 9
_DOMAIN = "com.microsoft"

Array = NDArray[np.float32]


def float_graph(weights: Weights) -> tuple[bytes, list[str]]:
    """The graph in float32, and its further outputs: the inputs of those products that `eight_bit_graph` smooths."""
    builder = _Builder(weights, None)
    return builder.model(builder.smoothed), builder.smoothed


def eight_bit_graph(weights: Weights, inputs: Mapping[str, Array]) -> bytes:
    """The graph in 8 bit; `inputs` has, by the names that `float_graph` gives, `(1, subwords, channels)` of some text."""
    divisors = {}
    for name, states in inputs.items():
        largest = np.abs(states[0]).max(axis=0)
        divisors[name] = np.maximum(largest / (_OUTGROWN * np.median(largest)), 1).astype(np.float32)
    return _Builder(weights, divisors).model([])


class _Builder:
    """Nodes and tensors of one graph; in 8 bit if there are divisors."""

    def __init__(self, weights: Weights, divisors: Mapping[str, Array] | None) -> None:
        self._weights = weights
        self._divisors = divisors
        self._tensors: list[Any] = []
        self._nodes: list[Any] = []
        self.smoothed: list[str] = []
        self._build()

    def model(self, further: Sequence[str]) -> bytes:
        """The graph's file, with further outputs."""
        from onnx import TensorProto, helper

        shapes: dict[str, list[Any]] = {"mean": [1, self._weights.width], **{name: [1, "subwords", None] for name in further}}
        graph = helper.make_graph(
            self._nodes,
            "multilingual-e5-small",
            [helper.make_tensor_value_info("embedded", TensorProto.FLOAT, [1, "subwords", self._weights.width])],
            [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in shapes.items()],
            self._tensors,
        )
        imports = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_DOMAIN, 1)]
        found: bytes = helper.make_model(graph, opset_imports=imports, ir_version=_IR).SerializeToString()
        return found

    def _build(self) -> None:
        weights = self._weights
        width = weights.width
        x = self._normalized("embedded", "emb.ln", "x")
        for layer in (f"l{i}" for i in range(weights.layers)):
            joined = self._linear(x, [f"{layer}.{part}" for part in "qkv"], width, f"{layer}/qkv", smooth=True)
            parts = [f"{layer}/{part}" for part in "qkv"]
            self._node("Split", [joined, self._constant(f"{layer}/sizes", np.array([width] * 3, np.int64))], parts, axis=2)
            self._node("MultiHeadAttention", parts, [f"{layer}/attended"], _DOMAIN, num_heads=weights.heads)
            # Attention averages: none of its channels outgrows the others by much.
            attended = self._linear(f"{layer}/attended", [f"{layer}.ao"], width, f"{layer}/ao", smooth=False)
            seen = self._normalized(self._sum(attended, x, f"{layer}/aos"), f"{layer}.aln", f"{layer}/seen")
            inner = self._linear(seen, [f"{layer}.fi"], width, f"{layer}/fi", smooth=True)
            (inner,) = self._node("Gelu", [inner], [f"{layer}/inner"], _DOMAIN)
            outer = self._linear(inner, [f"{layer}.fo"], weights.inner, f"{layer}/fo", smooth=True)
            x = self._normalized(self._sum(outer, seen, f"{layer}/fos"), f"{layer}.oln", f"{layer}/out")
        self._node("ReduceMean", [x, self._constant("positions", np.array([1], np.int64))], ["mean"], keepdims=0)

    def _constant(self, name: str, values: NDArray[Any]) -> str:
        from onnx import numpy_helper

        self._tensors.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def _node(self, operator: str, inputs: list[str], outputs: list[str], domain: str = "", **attributes: Any) -> list[str]:
        from onnx import helper

        self._nodes.append(helper.make_node(operator, inputs, outputs, domain=domain, **attributes))
        return outputs

    def _sum(self, x: str, y: str, output: str) -> str:
        return self._node("Add", [x, y], [output])[0]

    def _normalized(self, x: str, name: str, output: str) -> str:
        scale = self._constant(f"{output}/scale", self._weights.vector(f"{name}.w"))
        shift = self._constant(f"{output}/shift", self._weights.vector(f"{name}.b"))
        return self._node("LayerNormalization", [x, scale, shift], [output], axis=-1, epsilon=self._weights.epsilon)[0]

    def _linear(self, x: str, names: list[str], columns: int, output: str, *, smooth: bool) -> str:
        """A product with the weights by some names, side by side, and their biases added."""
        matrix = np.concatenate([self._weights.rows(f"{name}.w", columns) for name in names]).T
        bias = self._constant(f"{output}/bias", np.concatenate([self._weights.vector(f"{name}.b") for name in names]))
        if smooth:
            self.smoothed.append(x)
        if self._divisors is None:
            (product,) = self._node("MatMul", [x, self._constant(f"{output}/matrix", matrix)], [f"{output}/product"])
            return self._sum(product, bias, output)
        if smooth and (divisor := self._divisors[x]).max() > 1:
            matrix = matrix * divisor[:, None]
            (x,) = self._node("Mul", [x, self._constant(f"{output}/shares", 1 / divisor)], [f"{output}/smooth"])
        steps = np.abs(matrix).max(axis=0) / _LEVELS
        inputs = [
            x,
            self._constant(f"{output}/numbers", np.rint(matrix / steps).astype(np.int8)),
            self._constant(f"{output}/steps", steps.astype(np.float32)),
            self._constant(f"{output}/zero", np.zeros(len(steps), np.int8)),
            bias,
        ]
        return self._node("DynamicQuantizeMatMul", inputs, [output], _DOMAIN)[0]
