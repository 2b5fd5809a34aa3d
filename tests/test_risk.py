"""Refusing as selective prediction: tables to check by hand, oracles, properties, the picture, and the script for real."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.answer import Status
from app.answering.signs import THRESHOLD
from app.evaluating.curve import describe, draw
from app.evaluating.metrics import Outcome, Response, Share
from app.evaluating.questions import Question, half
from app.evaluating.report import risk_table
from app.evaluating.risk import (
    Judged,
    RiskCoverage,
    at,
    auroc,
    curve,
    judge,
    risk_coverage,
    unlike,
    within_budget,
)
from tests.commands import run_script

ROOT = Path(__file__).parent.parent
SVG = "{http://www.w3.org/2000/svg}"


def answers(confidence: float, *, answerable: bool = True, right: bool = True) -> Judged:
    return Judged(confidence, True, answerable, right)


def refuses(*, answerable: bool) -> Judged:
    return Judged(0.0, False, answerable, not answerable)


SEVEN = [
    answers(1.0),
    answers(1.0),
    answers(0.8, right=False),
    answers(0.6, answerable=False, right=False),
    answers(0.4),
    refuses(answerable=True),
    refuses(answerable=False),
]


# ── By hand ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_curve_has_one_point_for_each_confidence() -> None:
    assert [(point.threshold, point.coverage, point.risk) for point in curve(SEVEN)] == [
        (1.0, Share(2, 5), Share(0, 2)),
        (0.8, Share(3, 5), Share(1, 3)),
        (0.6, Share(3, 5), Share(2, 4)),
        (0.4, Share(4, 5), Share(2, 5)),
    ]


@pytest.mark.parametrize(
    ("threshold", "covered", "wrong"),
    [
        (1.5, Share(0, 5), Share(0, 0)),
        (1.0, Share(2, 5), Share(0, 2)),
        (0.81, Share(2, 5), Share(0, 2)),
        (0.6, Share(3, 5), Share(2, 4)),  # the threshold itself is enough
        (0.5, Share(3, 5), Share(2, 4)),
        (0.0, Share(4, 5), Share(2, 5)),  # what is refused all the same stays refused
    ],
)
def test_any_threshold(threshold: float, covered: Share, wrong: Share) -> None:
    point = at(SEVEN, threshold)
    assert (point.coverage, point.risk) == (covered, wrong)


def test_areas() -> None:
    found = risk_coverage(SEVEN, 0.5, 0.01)
    # Answerable 1, 1, .8, .4, 0 against .6: three are above; against 0: four are above, one is equal.
    assert found.auroc == pytest.approx((3 + 4 + 1 / 2) / (5 * 2))
    # Steps of coverage: 2/5 at no risk, 1/5 at 1/3, none at 2/4, 1/5 at 2/5; 4/5 in all.
    assert found.aurc == pytest.approx((2 / 5 * 0 + 1 / 5 * 1 / 3 + 1 / 5 * 2 / 5) / (4 / 5))
    assert (found.answerable, found.refusable, found.questions) == (5, 2, 7)
    assert found.operating == at(SEVEN, 0.5)


@pytest.mark.parametrize(
    ("budget", "threshold"), [(0.0, 1.0), (0.3, 1.0), (1 / 3, 0.8), (0.39, 0.8), (0.4, 0.4), (1.0, 0.4)]
)
def test_the_error_budget_buys_coverage(budget: float, threshold: float) -> None:
    found = risk_coverage(SEVEN, 0.5, budget).within
    assert found == at(SEVEN, threshold)


def test_of_equal_coverage_the_higher_threshold_is_taken() -> None:
    found = within_budget(curve([answers(0.9), answers(0.8, answerable=False, right=False)]), 0.5)
    assert found is not None and found.threshold == 0.9


def test_budgets_are_kept_to_the_question() -> None:
    # 29 of 100 is .29, though .29 · 100 is less than 29 in floating point.
    hundred = [answers(0.5, right=place >= 29) for place in range(100)]
    assert within_budget(curve(hundred), 0.29) is not None
    assert within_budget(curve(hundred), 0.28) is None


def test_of_nothing_there_is_no_figure() -> None:
    nothing = risk_coverage([], 0.5, 0.01)
    assert (nothing.points, nothing.auroc, nothing.aurc, nothing.within) == ((), None, None, None)
    assert (nothing.operating.coverage.value, nothing.operating.risk.value) == (None, None)
    answerable = risk_coverage([answers(0.9), answers(0.7, right=False)], 0.5, 0.01)
    assert answerable.auroc is None and answerable.aurc == pytest.approx(1 / 2 * 0 + 1 / 2 * 1 / 2)
    refusable = risk_coverage([answers(0.9, answerable=False, right=False), refuses(answerable=False)], 0.5, 1.0)
    assert (refusable.auroc, refusable.aurc, refusable.within) == (None, None, None)
    hopeless = risk_coverage([answers(1.0, right=False), answers(0.5)], 0.5, 0.01)
    assert hopeless.within is None


def outcome(expected: Status, status: Status, confidence: float, text: str = "") -> Outcome:
    question = Question("q", "？", "c", status=expected, answer=("12本",) if expected == "answered" else ())
    return Outcome(question, Response(status, text, (), (), confidence=confidence), 0.0)


def test_what_an_outcome_counts_as() -> None:
    assert judge(outcome("answered", "answered", 0.7, "桜は12本")) == answers(0.7)
    assert judge(outcome("answered", "answered", 0.7, "桜は11本")) == answers(0.7, right=False)
    assert judge(outcome("answered", "clarify", 0.7, "12本")) == answers(0.7, right=False)  # answered, not as expected
    assert judge(outcome("refused", "answered", 0.7)) == answers(0.7, answerable=False, right=False)
    # Refused where nothing is refused by confidence: whatever that was, no threshold answers.
    assert judge(outcome("refused", "refused", 1.0)) == refuses(answerable=False)
    assert judge(outcome("answered", "refused", 0.3)) == refuses(answerable=True)
    cited = Question("q", "？", "c", zones=("東",))
    assert judge(Outcome(cited, Response("answered", "", (), ()), 0.0)) == answers(1.0, right=False)


def test_where_the_shipped_answers_are_not_the_curves() -> None:
    forced = [outcome("answered", "answered", 0.7, "一"), outcome("answered", "answered", 0.3, "二")]
    refused = outcome("answered", "refused", 0.3)
    assert unlike([forced[0], refused], forced, 0.5) == []
    assert unlike([outcome("answered", "answered", 0.7, "三"), refused], forced, 0.5) == ["q"]
    assert unlike([refused, forced[1]], forced, 0.5) == ["q", "q"]


def test_the_table() -> None:
    found = risk_coverage(SEVEN, 0.5, 0.01)
    plain = [line.split() for line in risk_table("ours", found).splitlines()]
    assert plain[0] == ["refusing", "by", "confidence", "ours"]
    assert plain[2] == "AUROC 0.750 (5 answerable, 2 to be refused)".split()
    assert plain[3] == ["AURC", f"{11 / 60:.4f}"]
    assert plain[4][:8] == "coverage at 1 % risk 40.0 % (2/5)".split()
    assert plain[5] == "threshold for 1 % risk 1.0".split()
    assert plain[6][:6] == "coverage at threshold 0.5 60.0 %".split()
    assert plain[7][:7] == "risk at threshold 0.5 50.0 % (2/4)".split()
    nothing = risk_table("ours", risk_coverage([], 0.5, 0.01), markdown=True).splitlines()
    assert nothing[2:] == [f"| {line.split('|')[1].strip()} | – |" for line in nothing[2:]]


# ── Oracles and properties ──────────────────────────────────────────────────────────────────────────────────

CONFIDENCES = st.sampled_from([0.0, 0.1, 0.5, 0.5000001, 0.9, 1.0]) | st.floats(0, 1)
JUDGED = st.one_of(
    st.builds(answers, CONFIDENCES, right=st.booleans()),
    st.builds(answers, CONFIDENCES, answerable=st.just(False), right=st.just(False)),
    st.builds(refuses, answerable=st.booleans()),
)


@given(st.lists(CONFIDENCES, max_size=20), st.lists(CONFIDENCES, max_size=20))
def test_auroc_is_the_share_of_pairs_in_order(answerable: list[float], refusable: list[float]) -> None:
    pairs = [Fraction((a > r) + (a >= r), 2) for a in answerable for r in refusable]
    expected = float(sum(pairs) / len(pairs)) if pairs else None
    assert auroc(answerable, refusable) == (None if expected is None else pytest.approx(expected))


@given(st.lists(JUDGED, max_size=30), st.floats(0, 1.5), st.floats(0, 1.5))
def test_coverage_falls_as_the_threshold_rises(judged: list[Judged], one: float, other: float) -> None:
    lower, higher = at(judged, min(one, other)), at(judged, max(one, other))
    assert lower.coverage.right >= higher.coverage.right and lower.coverage.of == higher.coverage.of
    assert lower.risk.of >= higher.risk.of and lower.risk.right >= higher.risk.right
    for share in (lower.coverage, lower.risk):
        assert share.value is None or 0 <= share.value <= 1


@given(st.lists(JUDGED, max_size=30), st.floats(0, 1.5))
def test_between_points_nothing_changes(judged: list[Judged], threshold: float) -> None:
    points = [point for point in curve(judged) if point.threshold >= threshold]
    found = at(judged, threshold)
    expected = (points[-1].coverage, points[-1].risk) if points else (Share(0, found.coverage.of), Share(0, 0))
    assert (found.coverage, found.risk) == expected


@given(st.lists(JUDGED, max_size=30), st.floats(0, 1))
def test_no_threshold_covers_more_within_the_budget(judged: list[Judged], budget: float) -> None:
    found = risk_coverage(judged, 0.5, budget)
    tried = [at(judged, item.confidence) for item in judged]
    kept = [point.coverage.right for point in tried if point.risk.of and point.risk.right / point.risk.of <= budget]
    assert (found.within.coverage.right if found.within else 0) == max(kept, default=0)
    assert found.aurc is None or 0 <= found.aurc <= 1


@given(st.lists(st.builds(answers, CONFIDENCES, right=st.booleans()), max_size=20))
def test_aurc_is_the_mean_risk_where_everything_can_be_answered(judged: list[Judged]) -> None:
    # The oracle walks question by question, so confidences must differ.
    different = list({item.confidence: item for item in judged}.values())
    ordered = sorted(different, key=lambda item: -item.confidence)
    risks = [Fraction(sum(not item.right for item in ordered[:n]), n) for n in range(1, len(ordered) + 1)]
    expected = pytest.approx(float(sum(risks) / len(risks))) if risks else None
    assert risk_coverage(different, 0.5, 0.01).aurc == expected


# ── The picture ─────────────────────────────────────────────────────────────────────────────────────────────


def group(svg: ElementTree.Element, number: int) -> ElementTree.Element:
    return next(item for item in svg.findall(f"{SVG}g") if item.get("class") == f"curve-{number}")


def circles(parent: ElementTree.Element, kind: str) -> list[tuple[str | None, str | None]]:
    return [(item.get("cx"), item.get("cy")) for item in parent.findall(f"{SVG}circle[@class='{kind}']")]


def test_the_picture_holds_every_point_where_it_belongs() -> None:
    svg = ElementTree.fromstring(draw({"a": risk_coverage(SEVEN, 0.5, 0.01), "b": risk_coverage(SEVEN[:3], 0.9, 0.01)}))
    # Coverage 0 to 1 is drawn from 70 to 690, risk from 350 upwards; 50 % of risk needs five ticks of 10 %, to 50.
    places = [(70 + 620 * covered, 350 - 300 * risk / 0.5) for covered, risk in [(2 / 5, 0), (3 / 5, 1 / 3), (3 / 5, 1 / 2), (4 / 5, 2 / 5)]]
    assert circles(group(svg, 0), "point") == [(f"{x:.2f}", f"{y:.2f}") for x, y in places]
    assert circles(group(svg, 0), "operating") == [(f"{70 + 620 * 3 / 5:.2f}", "50.00")]
    assert len(circles(group(svg, 1), "point")) == 2
    stairs = group(svg, 0).find(f"{SVG}path")
    assert stairs is not None and stairs.get("d", "").startswith("M70 350.00H318.00V150.00H442.00V50.00H442.00V")


def test_the_picture_says_what_it_shows() -> None:
    curves = {"left & right": risk_coverage(SEVEN, 0.5, 0.01)}
    svg = ElementTree.fromstring(draw(curves))
    texts = [item.text for item in svg.iter(f"{SVG}text")]
    assert {"0 %", "20 %", "100 %", "10 %", "50 %", "left & right (7 questions)", "error budget, 1 %"} <= set(texts)
    assert "at the shipped threshold, 0.5" in texts
    ids = {item.get("id"): item.text for item in svg}
    assert svg.get("role") == "img"
    assert all(ids[name] for name in svg.get("aria-labelledby", "").split())
    assert ids["risk-coverage-desc"] == describe(curves)
    assert "AUROC 0.750, AURC 0.183; at the threshold 0.5 coverage 60.0 %, risk 50.0 %;" in describe(curves)
    style = svg.findtext(f"{SVG}style") or ""
    assert "prefers-color-scheme: dark" in style and "currentColor" in style


@given(st.lists(st.lists(JUDGED, max_size=12), max_size=2), st.floats(0, 1.2), st.floats(0, 1))
def test_every_picture_is_well_formed(runs: list[list[Judged]], threshold: float, budget: float) -> None:
    curves = {f"<{n}>": risk_coverage(judged, threshold, budget) for n, judged in enumerate(runs)}
    svg = ElementTree.fromstring(draw(curves))
    for number, found in enumerate(curves.values()):
        drawn = circles(group(svg, number), "point")
        assert len(drawn) == (len(found.points) if found.answerable else 0)
        for x, y in drawn + circles(group(svg, number), "operating"):
            assert x and y and 70 <= float(x) <= 690 and 50 <= float(y) <= 350


# ── The script ──────────────────────────────────────────────────────────────────────────────────────────────

SIZE = {"zones": ["虹口"], "passage": "総面積は約4平方キロメートル", "answer": ["約4平方キロメートル"]}
SIX: list[dict[str, Any]] = [
    {"id": "size", "question": "虹口の面積は？", "category": "look-up", **SIZE},
    {"id": "polite", "question": "虹口の面積を教えてください。", "category": "look-up", **SIZE},
    {"id": "reverse", "question": "北外灘エリアはどの区ですか？", "category": "reverse", "zones": ["虹口"]},
    {"id": "population", "question": "虹口の人口は？", "category": "unanswerable", "status": "refused"},
    # Refused for want of confidence alone, so answered when forced.
    {"id": "recipe", "question": "おいしいカレーの作り方を教えてください。", "category": "unanswerable", "status": "refused"},
    # The control: what it expects is false, so this answer is a risk.
    {"id": "false-1", "question": "虹口の面積は？", "category": "control", **SIZE, "answer": ["約5平方キロメートル"]},
]


def evaluate(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return run_script("evaluate", *arguments, COLUMNS="200")


@pytest.fixture(scope="module")
def six(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the question file."""
    folder = tmp_path_factory.mktemp("risk")
    lines = [json.dumps(question, ensure_ascii=False) + "\n" for question in SIX]
    (folder / "six.jsonl").write_text("".join(lines), encoding="utf-8")
    return folder


def judged_of(rows: Iterable[dict[str, Any]]) -> list[Judged]:
    """The forced answers as the file has them."""
    found = []
    for row in rows:
        forced = row["forced"]
        answered = forced["status"] != "refused"
        right = False not in forced["right"].values()
        found.append(Judged(forced["confidence"] if answered else 0.0, answered, row["status"] != "refused", right))
    return found


def test_the_script_prints_writes_and_draws_the_curve(six: Path) -> None:
    out, picture = six / "results.json", six / "pictures" / "curve.svg"
    done = evaluate(
        *("--questions", six / "six.jsonl", "--index", six / "index", "--out", out),
        *("--risk-coverage", picture, "--error-budget", "0.25"),
    )
    assert done.returncode == 0, done.stderr
    data = json.loads(out.read_text(encoding="utf-8"))
    rows = {row["id"]: row for row in data["results"]}
    assert list(rows) == [question["id"] for question in SIX]

    recipe = rows["recipe"]
    assert recipe["systems"]["Shutten"]["status"] == "refused" and recipe["forced"]["status"] == "answered"
    assert 0 < recipe["forced"]["confidence"] < THRESHOLD
    assert rows["population"]["forced"]["status"] == "refused"
    assert rows["size"]["forced"]["confidence"] == 1.0

    svg = ElementTree.parse(picture).getroot()
    assert set(data["risk_coverage"]) == {half(question["id"]) for question in SIX} == {"tuning", "reported"}
    wrong = 0
    for number, (which, found) in enumerate(data["risk_coverage"].items()):
        judged = judged_of(row for row in rows.values() if row["half"] == which)
        expected: RiskCoverage = risk_coverage(judged, THRESHOLD, 0.25)
        assert found == {**expected.as_json(), "unlike_the_shipped_answers": []}
        assert len(circles(group(svg, number), "point")) == len(expected.points)
        assert risk_table("Shutten", expected) in done.stdout
        wrong += found["operating"]["wrong"]
    assert wrong == 1  # the control
    assert "tuning half (" in picture.read_text(encoding="utf-8")


def test_without_the_option_nothing_is_asked_twice(six: Path) -> None:
    out = six / "plain.json"
    done = evaluate("--questions", six / "six.jsonl", "--index", six / "index", "--out", out, "--half", "tuning")
    assert done.returncode == 0, done.stderr
    data = json.loads(out.read_text(encoding="utf-8"))
    assert "risk_coverage" not in data and not any("forced" in row for row in data["results"])
    assert "refusing by confidence" not in done.stdout
    assert "answered and right" in done.stdout and "coverage" in done.stdout


def test_trouble_is_found_before_anything_is_asked(six: Path) -> None:
    done = evaluate("--questions", six / "six.jsonl", "--risk-coverage", six / "six.jsonl" / "a.svg", "--out", six / "no")
    assert done.returncode == 4
    assert "--risk-coverage" in done.stderr and "Traceback" not in done.stderr and not (six / "no").exists()
    assert evaluate("--error-budget", "1.5").returncode == 2
