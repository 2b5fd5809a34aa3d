"""What was measured from a thousand passages to a million: as a table, a report, and a picture, from its JSON alone."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

from app.evaluating.table import draw as draw_table

Entry = Mapping[str, Any]
_LEGS = ("tokenising", "dense", "words", "bigrams", "fusion")
_ENCODING = "encoding, extrapolated"
_MB = 1e6

# ── The table ───────────────────────────────────────────────────────────────────────────────────────────────


def table(entries: Sequence[Entry], *, markdown: bool = False) -> str:
    """One column for each size."""
    rows: list[tuple[str, Callable[[Entry], str]]] = [
        ("passages", lambda item: f"{item['passages']:,}"),
        ("vectors", lambda item: f"{item['vectors']:,}"),
        ("fused, p50 ms", lambda item: _ms(item, "fused", "p50")),
        ("fused, p95 ms", lambda item: _ms(item, "fused", "p95")),
        ("fused, asked for the first time, p50 ms", lambda item: _ms(item, "fused, asked first", "p50")),
        *((f"of it {leg}, p50 ms", lambda item, leg=leg: _ms(item, leg, "p50")) for leg in _LEGS),
        ("every vector, p50 ms", lambda item: _before(item, "dense")),
        ("every posting of the words, p50 ms", lambda item: _before(item, "words")),
        ("every posting of the bigrams, p50 ms", lambda item: _before(item, "bigrams")),
        *(
            (f"recall: {name}", lambda item, name=name: f"{item['found'][name]:.3f}")
            for name in ("fused, of the exact ten", "dense, of the exact ten", "dense, of the exact hundred")
        ),
        ("questions answered among the ten", lambda item: f"{item['found']['answers among the ten']:.3f}"),
        ("the same, exact", lambda item: f"{item['found']['answers among the exact ten']:.3f}"),
        ("memory, opened, MB", lambda item: _memory(item, "opened")),
        ("memory, asked, MB", lambda item: _memory(item, "asked")),
        ("open and verify, s", lambda item: f"{item['open']:.1f}"),
        ("build without encoding, s", lambda item: f"{built(item):.0f}"),
        *(
            (f"of it {part}, s", lambda item, part=part: f"{item['build'][part]:.1f}")
            for part in ("passages", "vectors", "words", "bigrams", "hashes")
        ),
        ("encoding, extrapolated, s", lambda item: f"{item['build'][_ENCODING]:,.0f}"),
        ("bytes per passage", lambda item: f"{sum(item['bytes'].values()) / item['passages']:,.0f}"),
        *(
            (f"of it {part}", lambda item, part=part: f"{item['bytes'].get(part, 0) / item['passages']:,.0f}")
            for part in ("passages", "vectors", "vectors, exact", "words", "bigrams")
        ),
    ]
    return draw_table([[name, *map(cell, entries)] for name, cell in rows], markdown=markdown)


def filters_table(entries: Sequence[Entry]) -> str:
    """How long a search among some of the passages takes, and what it finds, in Markdown."""
    rows = [["passages", "allowed", "three legs, p50 ms", "p95 ms", "recall: dense, of the exact ten"]]
    for item in entries:
        for one in item["filtered"]:
            seconds = [f"{1000 * one['seconds'][name]:.1f}" for name in ("p50", "p95")]
            rows.append([f"{item['passages']:,}", f"{100 * one['share']:g} %", *seconds, f"{one['dense, of the exact ten']:.3f}"])
    return draw_table(rows, markdown=True)


def built(item: Entry) -> float:
    """The seconds of a build but for the encoding."""
    return float(sum(seconds for part, seconds in item["build"].items() if part != _ENCODING))


def _ms(item: Entry, name: str, share: str) -> str:
    return f"{1000 * item['seconds'][name][share]:.2f}"


def _before(item: Entry, leg: str) -> str:
    return f"{1000 * item['before']['seconds'][leg]['p50']:.1f}"


def _memory(item: Entry, when: str) -> str:
    held = item["memory"][when]
    return f"{(held['own'] + held['mapped']) / _MB:,.0f}"


# ── The report ──────────────────────────────────────────────────────────────────────────────────────────────


def report(found: Mapping[str, Any]) -> str:
    """The whole report in Markdown."""
    settings, sizes, whole = found["settings"], found["sizes"], found["whole"]
    last = sizes[-1]
    held = last["memory"]["asked"]
    lines = [
        "# From a thousand passages to a million",
        "",
        "Written by `python -m scripts.benchmark_scale`; every figure is in `docs/scale.json`. One thread, one machine; a question's",
        "vector is given, so that all times are without the encoder. Memory is the process's own and what it has mapped of",
        "files, without the encoder (some 160 MB more).",
        "",
        "![milliseconds a question and seconds of a build, by the number of passages](scale.svg)",
        "",
        f"**The passages** are {', '.join(settings['datasets'])} as the product reads their texts: {sizes[-1]['real']:,} real ones, of some 90",
        "characters, each embedded as a whole and in its parts, as ever. All others are blends: a real passage of whose content",
        "words between a tenth and a half are another's, and whose vectors are moved towards the other's by the same share.",
        "No two are alike. **The questions** are the sets' own, real ones. A blend of an answering passage counts as that",
        "passage. Recall is of what a search through every vector in 32 bit finds, by rows, without such mercy.",
        "",
        table(sizes, markdown=True),
        "",
        f"At {last['passages']:,} passages words and bigrams ranked as adding up every posting does in",
        f"{100 * last['before']['same rankings']:g} % of the questions: they are the same by construction, to the last bit",
        f"(tests/test_lexical_index.py). Of the memory there, {held['own'] / _MB:,.0f} MB are the process's own and",
        f"{held['mapped'] / _MB:,.0f} MB pages of files, which the system takes back when it must.",
        "",
        "## Filters",
        "",
        "Passages are allowed by chance, which is the worst case: no two that are allowed stand together. Up to 4,096 allowed",
        "vectors are scored one by one; above, more cells are gone through, the fewer passages are allowed.",
        "",
        filters_table(sizes),
        "",
    ]
    if whole:
        lines += [
            "## Long passages",
            "",
            f"The sets' texts as they are, each with {whole[-1]['vectors'] / whole[-1]['passages']:.1f} vectors and as many more words.",
            "A million of them would not fit into 2.5 GB: their vectors alone would take more, in 8 bit.",
            "",
            table(whole, markdown=True),
            "",
            filters_table(whole),
            "",
        ]
    return "\n".join([*lines, _LIMITS, "", *_measured_on(settings)])


_LIMITS = """## What limits each

- **Dense.** Reading vectors: 131,072 of 384 bytes are 50 MB a question, gone through at some 8 GB/s, near what one core
  reads from memory (8 bit must be made float again on the way). From 262,144 vectors on the time therefore stays the same,
  and what gives is recall. Scoring 400 again is 0.3 ms, most of it Python's calls to read them.
- **Words and bigrams.** Adding up all postings is bound by memory too: a bigram like 「した」 is in a third of a million
  passages. MaxScore reads those lists only at the few thousand passages that can still be among the best, so that what is
  left is the rarer lists, choosing the hundredth best sum after each, and one pass over a million sums (0.2 ms).
- **Tokenising, fusion, passages.** Python; the same at every size. A passage is read and parsed in 6 µs, ten a question.
- **Build.** Encoding is some nine tenths of it, and is the network's FLOPs; of the rest, cutting passages into words in Python is most.
- **Open.** SHA-256 of every byte, at some 1.5 GB/s; then nothing is read but what is asked for.

## Tried and dropped

- Cells as many as 4,096 for 2.8 million vectors: as much found for as many vectors gone through, twice the time to place them.
- 32-bit and 16-bit vectors in cells: two to four times the bytes, and as the best are scored again, nothing found more.
- Going through all vectors in 8 bit: as slow as in 16, making floats of them is the limit then.
- Mapping the exact vectors: every read maps its neighbourhood, and after 600 questions all 4 GB counted as resident.
- The terms as a dictionary of strings: a million bigrams are 0.4 s and 120 MB at each start; by hash they are 8 MB, mapped.
- `np.add.at`, `np.maximum.at` and one array of all passages for each term: what it was before (see *every posting*)."""


def _measured_on(settings: Mapping[str, Any]) -> list[str]:
    packages = ", ".join(f"{name} {settings['packages'][name]}" for name in ("numpy", "faiss-cpu", "fugashi", "unidic-lite"))
    return [
        "## Measured on",
        "",
        f"{settings['processor']}, {settings['cores']} cores shared with others, load before {settings['load_before']}; Python {settings['python']},",
        f"{packages}; code {settings['code'][:12]}.",
        "",
    ]


# ── The picture ─────────────────────────────────────────────────────────────────────────────────────────────

_WIDTH, _HEIGHT, _TOP, _BOTTOM = 900, 430, 50, 350
# Where each panel stands, and what its curves are.
_PANELS: Sequence[tuple[float, float, str, Sequence[tuple[str, Callable[[Entry], float]]]]] = (
    (
        60,
        430,
        "milliseconds a question (p50, without the encoder)",
        (
            ("fused", lambda item: 1000 * item["seconds"]["fused"]["p50"]),
            ("dense", lambda item: 1000 * item["seconds"]["dense"]["p50"]),
            ("words", lambda item: 1000 * item["seconds"]["words"]["p50"]),
            ("bigrams", lambda item: 1000 * item["seconds"]["bigrams"]["p50"]),
            ("every vector and posting", lambda item: 1000 * sum(one["p50"] for one in item["before"]["seconds"].values())),
        ),
    ),
    (
        510,
        880,
        "seconds of a build (without encoding), and megabytes",
        (
            ("build, s", built),
            ("on disk, MB", lambda item: sum(item["bytes"].values()) / _MB),
            ("in memory, MB", lambda item: sum(item["memory"]["asked"].values()) / _MB),
        ),
    ),
)
_STYLE = """
.scale { color: #1f2328; font: 13px system-ui, sans-serif; }
.scale .paper { fill: #ffffff; }
.scale text { fill: currentColor; }
.scale path { stroke: currentColor; fill: none; }
.scale .grid { opacity: 0.15; }
.scale .line { stroke-width: 2; }
.scale .curve-0 { color: #0969da; } .scale .curve-1 { color: #bc4c00; } .scale .curve-2 { color: #1a7f37; }
.scale .curve-3 { color: #8250df; } .scale .curve-4 { color: #6e7781; } .scale .curve-4 .line { stroke-dasharray: 6 3; }
.scale circle { fill: currentColor; }
@media (prefers-color-scheme: dark) {
  .scale { color: #e6edf3; } .scale .paper { fill: #0d1117; }
  .scale .curve-0 { color: #58a6ff; } .scale .curve-1 { color: #f0883e; } .scale .curve-2 { color: #3fb950; }
  .scale .curve-3 { color: #bc8cff; } .scale .curve-4 { color: #8b949e; }
}
"""


def draw(entries: Sequence[Entry]) -> str:
    """Two panels with logarithms on both axes, as one SVG document for light and dark; ends with a line feed."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="scale" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}"'
        f' height="{_HEIGHT}" role="img" aria-labelledby="scale-title scale-desc">',
        '<title id="scale-title">Cost by the number of passages</title>',
        f'<desc id="scale-desc">{escape(_told(entries))}</desc>',
        f"<style>{_STYLE}</style>",
        f'<rect class="paper" width="{_WIDTH}" height="{_HEIGHT}"/>',
    ]
    for left, right, title, curves in _PANELS:
        parts += _panel(entries, left, right, title, curves)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _panel(
    entries: Sequence[Entry], left: float, right: float, title: str, curves: Sequence[tuple[str, Callable[[Entry], float]]]
) -> list[str]:
    values = [value(item) for _, value in curves for item in entries]
    decades = [math.floor(math.log10(item["passages"])) for item in entries]
    across = _scale(min(decades), max(max(decades), min(decades) + 1), left, right)
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    upwards = _scale(low, max(high, low + 1), _BOTTOM, _TOP)
    parts = [_text(left, 28, title, "start")]
    for decade in range(min(decades), max(decades) + 1):
        x = across(10.0**decade)
        parts += [f'<path class="grid" d="M{x:.1f} {_TOP}V{_BOTTOM}"/>', _text(x, _BOTTOM + 18, f"{10**decade:,}")]
    for decade in range(low, max(high, low + 1) + 1):
        y = upwards(10.0**decade)
        parts += [f'<path class="grid" d="M{left} {y:.1f}H{right}"/>', _text(left - 6, y + 4, f"{10.0**decade:g}", "end")]
    for number, (name, value) in enumerate(curves):
        places = [(across(item["passages"]), upwards(value(item)), value(item)) for item in entries]
        line = "L".join(f"{x:.1f} {y:.1f}" for x, y, _ in places)
        dots = "".join(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3"><title>{escape(name)}: {told:.3g}</title></circle>' for x, y, told in places
        )
        x, y = left + 130 * (number % 3), _BOTTOM + 44 + 22 * (number // 3)
        key = f'<path class="line" d="M{x} {y - 4}h20"/>{_text(x + 26, y, name, "start")}'
        parts.append(f'<g class="curve-{number}"><path class="line" d="M{line}"/>{dots}{key}</g>')
    return parts


def _scale(low: float, high: float, start: float, end: float) -> Callable[[float], float]:
    return lambda value: start + (math.log10(value) - low) / (high - low) * (end - start)


def _told(entries: Sequence[Entry]) -> str:
    return " ".join(
        f"{item['passages']:,} passages: "
        + ", ".join(f"{name} {value(item):.3g}" for *_, curves in _PANELS for name, value in curves)
        + "."
        for item in entries
    )


def _text(x: float, y: float, text: str, anchor: str = "middle") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'
