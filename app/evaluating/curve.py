"""The risk-coverage curve as a picture: one SVG document as text, by itself, for light and dark.

Coverage to the right, risk upwards, both in %. Every curve is drawn as the stairs that its AURC is the area under. Pure
functions; counts nothing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from xml.sax.saxutils import escape

from app.evaluating.metrics import Share
from app.evaluating.risk import Point, RiskCoverage

_WIDTH, _HEIGHT = 720, 470
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 690, 50, 350
# What a tick of the risk may be, in %; the first that needs no more than _TICKS of them is taken.
_STEPS = (0.5, 1, 2, 5, 10, 20)
_TICKS = 5

# The background is painted too: a page's own need not follow the reader's scheme.
_STYLE = """
.risk-coverage { color: #1f2328; font: 13px system-ui, sans-serif; }
.risk-coverage .paper { fill: #ffffff; }
.risk-coverage text { fill: currentColor; }
.risk-coverage .axis, .risk-coverage .grid, .risk-coverage .budget { stroke: currentColor; fill: none; }
.risk-coverage .grid { opacity: 0.15; }
.risk-coverage .budget { stroke-dasharray: 2 4; }
.risk-coverage .curve-0 { color: #0969da; }
.risk-coverage .curve-1 { color: #bc4c00; }
.risk-coverage .stairs, .risk-coverage .operating { stroke: currentColor; fill: none; stroke-width: 2; }
.risk-coverage .curve-1 .stairs { stroke-dasharray: 7 3; }
.risk-coverage .point { fill: currentColor; }
@media (prefers-color-scheme: dark) {
  .risk-coverage { color: #e6edf3; }
  .risk-coverage .paper { fill: #0d1117; }
  .risk-coverage .curve-0 { color: #58a6ff; }
  .risk-coverage .curve-1 { color: #f0883e; }
}
"""


def draw(curves: Mapping[str, RiskCoverage]) -> str:
    """The picture of up to two curves over the same threshold and budget, by their names; ends with a line feed.

    A curve without answerable questions has no coverage, so it is in the legend alone.
    """
    step, ticks = _risk_axis(curves)
    top = step * ticks
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="risk-coverage" viewBox="0 0 {_WIDTH} {_HEIGHT}"'
        f' width="{_WIDTH}" height="{_HEIGHT}" role="img" aria-labelledby="risk-coverage-title risk-coverage-desc">',
        '<title id="risk-coverage-title">Risk and coverage by the confidence that an answer needs</title>',
        f'<desc id="risk-coverage-desc">{escape(describe(curves))}</desc>',
        f"<style>{_STYLE}</style>",
        f'<rect class="paper" width="{_WIDTH}" height="{_HEIGHT}"/>',
        _text(_LEFT, 28, "Risk and coverage by the confidence that an answer needs", "start"),
        *_axes(step, ticks),
    ]
    for budget in sorted({item.budget for item in curves.values()}):
        parts.append(f'<path class="budget" d="M{_LEFT} {_y(budget, top)}H{_RIGHT}"/>')
    parts += [_curve(number, name, item, top) for number, (name, item) in enumerate(curves.items())]
    return "\n".join([*parts, *_legend(curves), "</svg>"]) + "\n"


def describe(curves: Mapping[str, RiskCoverage]) -> str:
    """What the picture shows, in words, for who cannot see it."""
    told = ["Coverage, the share of the answerable questions that are answered, to the right;"]
    told.append("risk, the share of the answers that are wrong, upwards.")
    for name, item in curves.items():
        told.append(
            f"{name}: {item.questions} questions, AUROC {_number(item.auroc)}, AURC {_number(item.aurc)};"
            f" at the threshold {item.operating.threshold:g} {_told(item.operating)};"
            f" within a risk of {100 * item.budget:g} % {_told(item.within)}."
        )
    return " ".join(told)


def _curve(number: int, name: str, item: RiskCoverage, top: float) -> str:
    drawn = [(point, *_place(point, top)) for point in item.points if point.coverage.of]
    parts = [f'<g class="curve-{number}">']
    if drawn:
        stairs = "".join(f"V{y}H{x}" for _, x, y in drawn).removeprefix("V" + drawn[0][2])
        parts.append(f'<path class="stairs" d="M{_LEFT} {drawn[0][2]}{stairs}"/>')
    for point, x, y in drawn:
        told = escape(f"{name}, confidence {point.threshold:.4g} or more: {_told(point)}")
        parts.append(f'<circle class="point" cx="{x}" cy="{y}" r="2.5"><title>{told}</title></circle>')
    if item.operating.risk.of and item.operating.coverage.of:
        x, y = _place(item.operating, top)
        parts.append(f'<circle class="operating" cx="{x}" cy="{y}" r="8"/>')
    return "\n".join([*parts, "</g>"])


def _axes(step: float, ticks: int) -> list[str]:
    parts = []
    for percent in range(0, 101, 20):
        x = _x(percent / 100)
        parts.append(f'<path class="grid" d="M{x} {_TOP}V{_BOTTOM}"/>')
        parts.append(_text(x, _BOTTOM + 20, f"{percent} %"))
    for tick in range(ticks + 1):
        y = _y(step * tick, step * ticks)
        parts.append(f'<path class="grid" d="M{_LEFT} {y}H{_RIGHT}"/>')
        parts.append(_text(_LEFT - 8, float(y) + 4, f"{100 * step * tick:g} %", "end"))
    parts.append(f'<path class="axis" d="M{_LEFT} {_TOP}V{_BOTTOM}H{_RIGHT}"/>')
    parts.append(_text((_LEFT + _RIGHT) / 2, _BOTTOM + 42, "coverage: answerable questions that are answered"))
    middle = (_TOP + _BOTTOM) / 2
    turned = _text(18, middle, "risk: answers that are wrong")
    parts.append(f'<g transform="rotate(-90 18 {middle:g})">{turned}</g>')
    return parts


def _legend(curves: Mapping[str, RiskCoverage]) -> list[str]:
    first, second = _BOTTOM + 72, _BOTTOM + 98
    parts = ['<g class="legend">']
    for number, (name, item) in enumerate(curves.items()):
        y = (first, second)[number % 2]
        stairs = f'<path class="stairs" d="M{_LEFT} {y - 4}h36"/>'
        parts.append(f'<g class="curve-{number}">{stairs}</g>')
        parts.append(_text(_LEFT + 46, y, f"{name} ({item.questions} questions)", "start"))
    x = (_LEFT + _RIGHT) / 2
    for item in list(curves.values())[:1]:
        parts.append(f'<circle class="operating" cx="{x + 18:g}" cy="{first - 4}" r="8"/>')
        parts.append(_text(x + 46, first, f"at the shipped threshold, {item.operating.threshold:g}", "start"))
        parts.append(f'<path class="budget" d="M{x:g} {second - 4}h36"/>')
        parts.append(_text(x + 46, second, f"error budget, {100 * item.budget:g} %", "start"))
    return [*parts, "</g>"]


def _risk_axis(curves: Mapping[str, RiskCoverage]) -> tuple[float, int]:
    # A tick's size, in [0, 1], and how many there are, so that every risk and the budget fit.
    drawn = [point.risk.value or 0.0 for item in curves.values() for point in (*item.points, item.operating)]
    most = 100 * max([0.0, *drawn, *(item.budget for item in curves.values())])
    step = next((step for step in _STEPS if most <= _TICKS * step), _STEPS[-1])
    return step / 100, max(1, math.ceil(most / step - 1e-9))


def _place(point: Point, top: float) -> tuple[str, str]:
    return _x(point.coverage.value or 0.0), _y(point.risk.value or 0.0, top)


def _x(coverage: float) -> str:
    return f"{_LEFT + coverage * (_RIGHT - _LEFT):.2f}"


def _y(risk: float, top: float) -> str:
    return f"{_BOTTOM - risk / top * (_BOTTOM - _TOP):.2f}"


def _text(x: float | str, y: float, text: str, anchor: str = "middle") -> str:
    return f'<text x="{x}" y="{y:g}" text-anchor="{anchor}">{escape(text)}</text>'


def _told(point: Point | None) -> str:
    return "no coverage" if point is None else f"coverage {_percent(point.coverage)}, risk {_percent(point.risk)}"


def _percent(share: Share) -> str:
    return "undefined" if share.value is None else f"{100 * share.value:.1f} %"


def _number(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.3f}"
