"""What this machine could do at most: 8-bit products of matrices by onnxruntime, on one thread, and nothing else."""

from __future__ import annotations

import time

import numpy as np

from app.searching.weights import Weights

# A product that keeps a core at it for some tens of milliseconds, its numbers within the second-level cache by blocks.
_ROWS, _SIDE = 1024, 1536
_TRIES = 10


def operations(weights: Weights, tokens: int) -> float:
    """Additions and multiplications of the network for one text of so many subwords.

    For each layer and subword four products of `width` by `width` and two of `width` by `inner`, and attention's two
    products of all subwords with all.
    """
    products = 4 * weights.width**2 + 2 * weights.width * weights.inner
    return 2.0 * weights.layers * (tokens * products + 2 * tokens**2 * weights.width)


def most_operations() -> float:
    """Operations a second of the best of some large products of int8, by the operator that the network runs on."""
    import onnxruntime
    from onnx import TensorProto, helper, numpy_helper

    numbers = np.random.default_rng(0).integers(-127, 128, (_SIDE, _SIDE)).astype(np.int8)
    constants = [numpy_helper.from_array(numbers, "numbers"), numpy_helper.from_array(np.ones(1, np.float32), "step")]
    node = helper.make_node("DynamicQuantizeMatMul", ["x", "numbers", "step"], ["y"], domain="com.microsoft")
    shape = [_ROWS, _SIDE]
    graph = helper.make_graph(
        [node],
        "product",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, shape)],
        constants,
    )
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 18), helper.make_opsetid("com.microsoft", 1)], ir_version=9
    )
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    x = np.random.default_rng(1).standard_normal((_ROWS, _SIDE)).astype(np.float32)
    seconds = []
    for _ in range(_TRIES):
        start = time.perf_counter()
        session.run(None, {"x": x})
        seconds.append(time.perf_counter() - start)
    return 2.0 * _ROWS * _SIDE**2 / min(seconds)
