"""What was measured of a set's retrieval, as one JSON object, and such objects as tables.

The tables are drawn from the JSON alone, so that whoever has the file can draw them again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from app.evaluating.dataset import Dataset
from app.evaluating.metrics import percentile
from app.evaluating.retrieval_measures import MEASURES, best_single, compare, estimate, estimates_json, measure
from app.evaluating.retrieval_run import FUSED, RERANKED, Run
from app.evaluating.table import draw

_NOTHING = "–"
Found = Mapping[str, Any]


def retrieval_json(dataset: Dataset, runs: Sequence[Run]) -> dict[str, Any]:
    """Every leg's measures, and what the fusion gains and loses against the best of them."""
    values = {run.leg: measure(run, dataset.queries) for run in runs}
    found: dict[str, Any] = {leg: estimates_json(estimate(rows)) for leg, rows in values.items()}
    single = best_single(values, (FUSED, RERANKED))
    compared = asdict(compare(values[FUSED], values[single], single)) if single and FUSED in values else None
    return {"legs": found, "comparison": compared}


def cost_json(indexing: float, seconds: Sequence[float], memory: float) -> dict[str, float | None]:
    """Seconds of building the index, milliseconds of a query without the encoder, and the process's MiB at most."""
    middle, slow = percentile(seconds, 50), percentile(seconds, 95)
    return {
        "indexing_s": round(indexing, 2),
        "query_p50_ms": None if middle is None else round(1000 * middle, 3),
        "query_p95_ms": None if slow is None else round(1000 * slow, 3),
        "memory_mib": round(memory, 1),
    }


def summary_table(sets: Sequence[Found], *, markdown: bool = False) -> str:
    """One row for each judged set: the best single leg and the fusion by P@1, and the fusion's ranking as a whole."""
    rows = [["set", "queries", "best single leg, P@1", "fused, P@1", "fused, nDCG@10"]]
    for item in (item for item in sets if item.get("comparison")):
        legs, single = item["legs"], item["comparison"]["against"]
        first = f"{_cell(legs[single]['P@1'])} ({single})"
        fused = [_cell(legs[FUSED][name]) for name in ("P@1", "nDCG@10")]
        rows.append([item["set"], str(item["queries"]), first, *fused])
    return draw(rows, markdown=markdown)


def legs_table(sets: Sequence[Found], *, markdown: bool = False) -> str:
    """One row for each leg of each set, with intervals; the fusion's with what it gains and loses."""
    rows = [["set", "leg", *MEASURES, "gains/losses"]]
    for item in (item for item in sets if item.get("legs")):
        for leg, measures in item["legs"].items():
            cells = [_cell(measures[name]) for name in MEASURES]
            rows.append([f"{item['set']} ({item['queries']})", leg, *cells, _compared(item, leg)])
    return draw(rows, markdown=markdown)


def cost_table(sets: Sequence[Found], *, markdown: bool = False) -> str:
    """One row for each set: what searching it cost."""
    rows = [["set", "passages", "indexing", "query p50", "query p95", "memory"]]
    for item in sets:
        cost = item["cost"]
        times = [_NOTHING if cost[key] is None else f"{cost[key]:.2f} ms" for key in ("query_p50_ms", "query_p95_ms")]
        rows.append(
            [item["set"], str(item["passages"]), f"{cost['indexing_s']:.1f} s", *times, f"{cost['memory_mib']:.0f} MiB"]
        )
    return draw(rows, markdown=markdown)


def signs_table(sets: Sequence[Found], *, markdown: bool = False) -> str:
    """One row for each set with a figure of the answering sentence or of abstention; '' if there is none."""
    rows = [["set", "measure", "n", "value", "for comparison"]]
    for item in sets:
        if found := item.get("sentences"):
            first = f"first sentence {_cell(found['first'])}"
            rows.append([item["set"], "answering sentence", str(found["queries"]), _cell(found["chosen"]), first])
        if found := item.get("abstention"):
            counts = f"{found['answerable']} + {found['unanswerable']}"
            rows.append([item["set"], "AUROC of presence", counts, _cell(found["auroc"]), f"by {found['by']}"])
    return draw(rows, markdown=markdown) if len(rows) > 1 else ""


def _compared(item: Found, leg: str) -> str:
    compared = item["comparison"]
    if leg != FUSED or not compared:
        return ""
    return f"+{compared['gains']} −{compared['losses']} ({compared['against']})"


def _cell(found: Found) -> str:
    return f"{found['value']:.3f} [{found['low']:.3f}–{found['high']:.3f}]"
