"""Every measure on a table small enough to check by hand; shares as fractions."""

from __future__ import annotations

from math import sqrt

import pytest

from app.answer import Status
from app.evaluating.metrics import (
    Outcome,
    Response,
    Share,
    answer_right,
    answered_and_right,
    coverage,
    first_citation_right,
    holds,
    percentile,
    recall_at_3,
    refusal_precision,
    refusal_recall,
    share,
    zones_right,
)
from app.evaluating.questions import Question
from app.evaluating.report import figures, miss_list, misses, table
from app.schema import Passage


def passage(zone: str | None, text: str) -> Passage:
    return Passage(f"d#{zone}/{text}", "d.txt", zone, "本文", text, 0, len(text))


A, B = passage("東", "桜が12本"), passage("西", "梅が3本")
C, D = passage("南", "松"), passage("北", "竹")


def question(**expected: object) -> Question:
    return Question(**{"id": "q", "question": "？", "category": "c", **expected})  # type: ignore[arg-type]


def response(
    *citations: Passage, found: tuple[Passage, ...] = (), text: str = "", status: Status = "answered"
) -> Response:
    return Response(status, text, citations, found)


@pytest.mark.parametrize(
    ("expected", "cited", "right"),
    [
        ({"passage": "桜", "zones": ("東",)}, (A,), True),
        ({"passage": "桜", "zones": ("東", "西")}, (A, B), True),
        ({"passage": "桜"}, (A,), True),
        ({"passage": "桜"}, (B, A), False),  # only the first counts
        ({"passage": "桜", "zones": ("西",)}, (A,), False),  # the words, in another zone
        ({"passage": "桜"}, (), False),
        ({"zones": ("東",)}, (A,), True),
        ({"zones": ("東",)}, (B,), False),
        ({}, (A,), None),
        ({"status": "refused"}, (), None),
        ({"status": "clarify", "zones": ("東", "西")}, (), None),
        ({"status": "corrected", "zones": ("東",)}, (A,), True),
    ],
)
def test_first_citation(expected: dict[str, object], cited: tuple[Passage, ...], right: bool | None) -> None:
    assert first_citation_right(question(**expected), response(*cited)) is right


@pytest.mark.parametrize(
    ("cited", "found", "right"),
    [
        ((A,), (), True),
        ((B,), (B, C, A), True),  # B counts once: A is third
        ((B,), (C, D, A), False),  # fourth
        ((B, C, D), (A,), False),
        ((), (D, A), True),
        ((), (), False),
    ],
)
def test_recall_at_3(cited: tuple[Passage, ...], found: tuple[Passage, ...], right: bool) -> None:
    assert recall_at_3(question(passage="桜", zones=("東",)), response(*cited, found=found)) is right
    assert recall_at_3(question(status="refused"), response(*cited, found=found)) is None


@pytest.mark.parametrize(
    ("text", "part", "right"),
    [
        ("約14平方キロメートル", "約14平方キロメートル", True),
        ("約14平方キロメートル", "14", True),
        ("約14平方キロメートル", "4平方キロメートル", False),
        ("約14平方キロメートル", "約1", False),
        ("4.5倍", "4", False),
        ("1,400人", "400人", False),
        ("1,400人", "1", False),
        ("全部で7。", "7", True),
        ("7.", "7", True),
        ("17と7", "7", True),  # the second one
        ("１４本", "４本", False),  # digits of any width
        ("「1区1案」", "1区1案", True),
        ("a+b", "+", True),  # no pattern, plain text
        ("桜", "梅", False),
    ],
)
def test_holds_never_takes_a_piece_of_a_longer_number(text: str, part: str, right: bool) -> None:
    assert holds(text, part) is right


def test_answer_needs_status_and_every_string() -> None:
    expected = question(answer=("桜", "12本"))
    assert answer_right(expected, response(text="桜は12本です"))
    assert not answer_right(expected, response(text="桜は112本です"))
    assert not answer_right(expected, response(text="12本です"))
    assert not answer_right(expected, response(text="桜は12本です", status="corrected"))
    assert answer_right(question(status="refused"), response(status="refused", text="ありません"))


@pytest.mark.parametrize(
    ("zones", "cited", "right"),
    [
        (("東", "西"), (B, A), True),
        (("東", "西"), (A, A, B), True),
        (("東", "西"), (A,), False),
        (("東", "西"), (A, B, C), False),
        (("東", "西"), (), False),
        (("東",), (A, B), None),
    ],
)
def test_zone_set_is_exact(zones: tuple[str, ...], cited: tuple[Passage, ...], right: bool | None) -> None:
    assert zones_right(question(zones=zones), response(*cited)) is right


def outcome(expected: Status, got: Status, seconds: float = 0.0) -> Outcome:
    return Outcome(question(status=expected), response(status=got), seconds)


def test_refusals() -> None:
    outcomes = [
        outcome("refused", "refused"),
        outcome("refused", "refused"),
        outcome("refused", "answered"),
        outcome("refused", "clarify"),
        outcome("answered", "refused"),
        outcome("answered", "answered"),
    ]
    assert refusal_precision(outcomes) == Share(2, 3)
    assert refusal_recall(outcomes) == Share(2, 4)
    assert answered_and_right(outcomes) == Share(1, 3)
    assert coverage(outcomes) == Share(1, 2)
    never = [outcome("refused", "answered"), outcome("answered", "answered")]
    assert refusal_precision(never) == Share(0, 0)
    assert refusal_recall(never) == Share(0, 1)
    assert answered_and_right(outcomes[:2]) == coverage(outcomes[:4]) == Share(0, 0)


def test_answered_and_right_takes_every_measure_together() -> None:
    asked = question(passage="桜", zones=("東", "西"), answer=("12本",))
    answers = [
        response(A, B, text="12本"),
        response(B, A, text="12本"),  # first citation
        response(A, B, text="11本"),  # answer
        response(A, text="12本"),  # zone set
        response(A, B, text="12本", status="corrected"),
        response(status="refused"),  # not answered
    ]
    outcomes = [Outcome(asked, answer, 0.0) for answer in answers]
    assert answered_and_right(outcomes) == Share(1, 5)
    assert coverage(outcomes) == Share(5, 6)


def test_share_counts_only_what_is_asked() -> None:
    assert share([True, None, False, True]) == Share(2, 3)
    assert share([None]).value is None
    assert Share(2, 3).value == 2 / 3


def test_wilson_interval() -> None:
    z2 = 1.959963984540054**2  # 3.8415
    # Where p is 1, 0 or 1/2 the formula shrinks to something that can be done on paper.
    assert Share(5, 5).interval == pytest.approx((5 / (5 + z2), 1))
    assert Share(0, 10).interval == pytest.approx((0, z2 / (10 + z2)))
    half_width = sqrt(z2) / (2 * sqrt(40 + z2))
    assert Share(20, 40).interval == pytest.approx((1 / 2 - half_width, 1 / 2 + half_width))
    assert Share(0, 0).interval is None
    # Newcombe (Statistics in Medicine 17, 1998, 857-872), table I: 81 of 263 gives 0.2553 to 0.3662
    assert Share(81, 263).interval == pytest.approx((0.2553, 0.3662), abs=5e-5)


def test_percentiles_are_values_that_were_measured() -> None:
    values = [4.0, 1.0, 3.0, 2.0]
    assert [percentile(values, percent) for percent in (0, 25, 50, 51, 75, 95, 100)] == [1, 1, 2, 3, 3, 4, 4]
    assert percentile([float(n) for n in range(1, 101)], 95) == 95
    assert percentile([7.0], 95) == 7
    assert percentile([], 50) is None


ASKED = (
    Question("p1", "桜は？", "plants", zones=("東",), passage="桜", answer=("12本",)),
    Question("p2", "梅は？", "plants", zones=("西",), passage="梅", answer=("3本",)),
    Question("no", "海は？", "none", status="refused"),
)
GOOD = (response(A, text="12本"), response(B, text="3本"), response(status="refused"))
DULL = (response(A, text="12本"), response(A, found=(A, B), text="12本"), response(C, text="松"))


def run(responses: tuple[Response, ...]) -> list[Outcome]:
    return [Outcome(q, r, n / 1000) for n, (q, r) in enumerate(zip(ASKED, responses, strict=True), start=1)]


def test_the_table_has_every_category_beside_its_total_and_every_system() -> None:
    outcomes = {"good": run(GOOD), "dull": run(DULL)}
    found = {(figure.measure, figure.category): list(figure.values.values()) for figure in figures(outcomes)}
    assert found == {
        ("first citation", "plants"): [Share(2, 2), Share(1, 2)],
        ("first citation", "total"): [Share(2, 2), Share(1, 2)],
        ("recall@3", "plants"): [Share(2, 2), Share(2, 2)],
        ("recall@3", "total"): [Share(2, 2), Share(2, 2)],
        ("answer", "plants"): [Share(2, 2), Share(1, 2)],
        ("answer", "none"): [Share(1, 1), Share(0, 1)],
        ("answer", "total"): [Share(3, 3), Share(1, 3)],
        ("refusal precision", "total"): [Share(1, 1), Share(0, 0)],
        ("refusal recall", "total"): [Share(1, 1), Share(0, 1)],
        ("answered and right", "total"): [Share(2, 2), Share(1, 3)],
        ("coverage", "total"): [Share(2, 2), Share(2, 2)],
        ("latency p50", "total"): [0.002, 0.002],
        ("latency p95", "total"): [0.003, 0.003],
    }
    plain = table(figures(outcomes)).split("\n")
    assert plain[0].split() == ["measure", "category", "n", "good", "dull"]
    assert plain[2].split() == ["first", "citation", "plants", "2", *"100.0 % (2/2) 50.0 % (1/2)".split(" ")]
    assert plain[2].index("100.0 %") == plain[0].index("good")
    assert plain[2].index("50.0 %") == plain[0].index("dull")
    markdown = table(figures(outcomes), markdown=True).split("\n")
    assert markdown[0] == "| measure | category | n | good | dull |"
    assert markdown[2] == "| first citation | plants | 2 | 100.0 % (2/2) | 50.0 % (1/2) |"


def test_misses_say_what_was_expected_what_came_and_why() -> None:
    assert misses(run(GOOD), {}) == []
    found = misses(run(DULL), {"no": "松 is near 海"})
    assert [(miss.outcome.question.id, miss.wrong) for miss in found] == [
        ("p2", ("first citation", "answer")),
        ("no", ("answer",)),
    ]
    text = miss_list(found)
    assert "p2 [plants] wrong: first citation, answer" in text
    assert "expected: answered 西 [1] 「梅」 holds 「3本」" in text
    assert "got: answered [1] d#東/桜が12本 「12本」" in text
    assert "cause: 松 is near 海" in text
