"""The measured figures as tables, drawn from their JSON alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.evaluating.table import draw, escape

_REACHED = {True: "yes", False: "no", None: "–"}


def figures_table(found: Mapping[str, Any], *, markdown: bool = False) -> str:
    """One row for each figure: medians, the ratio of ours to the baseline's (B), the goal."""
    rows = [["what", "unit", "Shutten", "B", "ratio", "to reach", "reached"]]
    for item in found["figures"]:
        baseline, ratio = item["baseline"], item["ratio"]
        rows.append(
            [
                item["what"],
                item["unit"],
                _number(item["ours"]["median"]),
                "–" if baseline is None else _number(baseline["median"]),
                "–" if ratio is None else f"{ratio:.2f}",
                item["goal"],
                _REACHED[item["reached"]],
            ]
        )
    return draw(rows, markdown=markdown)


def report(found: Mapping[str, Any]) -> str:
    """The whole report in Markdown: the table, how each figure spreads and what limits it, and where it was measured."""
    settings = found["settings"]
    lines = [
        "# What it costs",
        "",
        f"Written by `{settings['command']}`; every sample's spread is in `docs/benchmark.json`. **B** is what quick starts do:",
        "the same weights in float32 by `SentenceTransformer` on torch, and a flat FAISS index. Medians; ours and B's runs take",
        "turns; one thread each, but where eight ask at once.",
        "",
        figures_table(found, markdown=True),
        "",
        "## What limits each",
        "",
        *(_limited(item) for item in found["figures"] if item["limit"]),
        "",
        "## Measured on",
        "",
        f"{settings['processor']}, {settings['cores']} cores, load before {settings['load_before']}; {settings['platform']}, "
        f"Python {settings['python']}; code {settings['code'][:12]}; "
        + ", ".join(f"{name} {version}" for name, version in settings["packages"].items() if version)
        + ".",
        "",
    ]
    return "\n".join(lines)


def _limited(item: Mapping[str, Any]) -> str:
    ours = item["ours"]
    spread = f" ({_number(ours['least'])} to {_number(ours['most'])} {item['unit']}, n = {ours['n']})" if ours["n"] > 1 else ""
    return f"- **{escape(item['what'])}**{spread}: {escape(item['limit'])}"


def _number(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
