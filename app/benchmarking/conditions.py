"""What is measured under: one thread, and on what machine. Imports nothing that reads the environment first."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

# What a program that measures, and what it starts, may use; and compiled modules are kept, as they are unless forbidden.
ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "PYTHONDONTWRITEBYTECODE": "",
}


def conditions(load: tuple[float, float, float]) -> dict[str, Any]:
    """As the results record it: the load before, the machine, and what `surroundings` has."""
    from app.evaluating.experiment import surroundings

    names = [line for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines() if line.startswith("model name")]
    return {
        "load_before": [round(item, 2) for item in load],
        "threads": 1,
        "processor": names[0].partition(":")[2].strip() if names else None,
        "cores": os.cpu_count(),
        **surroundings(),
    }
