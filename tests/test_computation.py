"""Arithmetic over measured facts: the seven zones by hand, anything else against brute force in fractions."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.answering.computation import compute, meets, shown
from app.schema import Fact

ZONES = {"黄浦": "14", "徐匯": "45", "虹口": "4", "楊浦": "23", "宝山": "50", "閔行": "46", "総合保税区": "11"}


def fact(subject: str, number: str, approximate: bool = True, place: int = 0) -> Fact:
    return Fact(
        subject, "面積", number, "d.txt", place, place + 1, f"d.txt#{place}", float(number), "平方キロメートル", approximate
    )


SEVEN = [fact(zone, number, place=i) for i, (zone, number) in enumerate(ZONES.items())]


def seven(*zones: str) -> list[Fact]:
    return [item for zone in zones for item in SEVEN if item.subject == zone] or SEVEN


def names(facts: tuple[Fact, ...]) -> str:
    return " ".join(item.subject or "" for item in facts)


# ── The seven zones, by hand ────────────────────────────────────────────────────────────────────────────────

PICKS = [
    ("max", "", "宝山"),
    ("min", "", "虹口"),
    ("nth", "nth=1 from=max", "宝山"),
    ("nth", "nth=2 from=max", "閔行"),
    ("nth", "nth=3 from=min", "黄浦"),
    ("nth", "nth=7 from=max", "虹口"),
    ("nth", "nth=8 from=max", ""),
    ("nth", "nth=100 from=min", ""),
    ("rank", "from=max", "宝山 閔行 徐匯 楊浦 黄浦 総合保税区 虹口"),
    ("rank", "from=min", "虹口 総合保税区 黄浦 楊浦 徐匯 閔行 宝山"),
    ("compare", "from=max", "宝山 閔行 徐匯 楊浦 黄浦 総合保税区 虹口"),
    ("filter", ">=46", "宝山 閔行"),
    ("filter", ">46", "宝山"),
    ("filter", "<=11", "総合保税区 虹口"),
    ("filter", "<11", "虹口"),
    ("filter", ">=14 <46", "徐匯 楊浦 黄浦"),
    ("filter", ">14 <=46", "閔行 徐匯 楊浦"),
    ("filter", ">=45.5", "宝山 閔行"),
    ("filter", ">50", ""),
    ("filter", ">=0", "宝山 閔行 徐匯 楊浦 黄浦 総合保税区 虹口"),
]


@pytest.mark.parametrize(("operation", "constraints", "chosen"), PICKS)
def test_what_is_picked_of_the_seven(operation: str, constraints: str, chosen: str) -> None:
    result = compute(operation, constraints.split(), SEVEN)
    assert names(result.chosen) == chosen
    assert names(result.operands).startswith(chosen)  # most important first
    assert sorted(names(result.operands).split()) == sorted(ZONES)
    assert (result.operation, result.number, result.unit) == (operation, None, None)


NUMBERS = [
    ("sum", "", Fraction(193), "約193平方キロメートル"),  # 14 + 45 + 4 + 23 + 50 + 46 + 11
    ("mean", "", Fraction(193, 7), "約27.57平方キロメートル"),
    ("sum", "黄浦 虹口", Fraction(18), "約18平方キロメートル"),
    ("mean", "黄浦 虹口", Fraction(9), "約9平方キロメートル"),
    ("mean", "黄浦 徐匯", Fraction(59, 2), "約29.5平方キロメートル"),
    ("ratio", "宝山 虹口", Fraction(25, 2), "約12.5倍"),
    ("ratio", "虹口 宝山", Fraction(25, 2), "約12.5倍"),
    ("ratio", "黄浦 総合保税区", Fraction(14, 11), "約1.27倍"),
    ("difference", "宝山 虹口", Fraction(46), "約46平方キロメートル"),
    ("difference", "虹口 宝山", Fraction(46), "約46平方キロメートル"),
]


@pytest.mark.parametrize(("operation", "zones", "number", "text"), NUMBERS)
def test_what_is_computed_of_the_seven(operation: str, zones: str, number: Fraction, text: str) -> None:
    facts = seven(*zones.split())
    result = compute(operation, (), facts)
    assert result.number is not None
    assert abs(Fraction(result.number) - number) < Fraction(1, 10**20)
    assert result.number_text == text
    assert set(result.operands) == set(facts)
    assert result.chosen == ()
    if operation in ("ratio", "difference"):
        assert names(result.operands) == "宝山 虹口" or text == "約1.27倍"  # the larger first


def test_about_is_kept_if_any_operand_is_about() -> None:
    exact, about = fact("甲", "3", approximate=False), fact("乙", "2", place=1)
    assert compute("sum", (), [exact, about]).number_text == "約5平方キロメートル"
    assert compute("sum", (), [exact]).number_text == "3平方キロメートル"
    assert compute("ratio", (), [exact, about]).number_text == "約1.5倍"


def test_those_that_share_the_first_place_are_all_picked_in_the_order_given() -> None:
    tied = [fact("甲", "3"), fact("乙", "5", place=1), fact("丙", "5.0", place=2), fact("丁", "3", place=3)]
    assert names(compute("max", (), tied).chosen) == "乙 丙"
    assert names(compute("min", (), tied).chosen) == "甲 丁"
    assert names(compute("rank", ["from=max"], tied).chosen) == "乙 丙 甲 丁"
    assert names(compute("rank", ["from=min"], tied).chosen) == "甲 丁 乙 丙"


@pytest.mark.parametrize("operation", ["", "median", "look_up", "check", "MAX"])
@pytest.mark.parametrize("count", [1, 2, 7])
def test_an_unknown_operation(operation: str, count: int) -> None:
    with pytest.raises(ValueError, match="unknown operation"):
        compute(operation, (), SEVEN[:count])


@pytest.mark.parametrize("operation", ["difference", "ratio"])
@pytest.mark.parametrize("count", [1, 3])
def test_what_is_between_two_takes_two(operation: str, count: int) -> None:
    with pytest.raises(ValueError, match=r"takes 2 facts, not \d"):
        compute(operation, (), SEVEN[:count])


# ── Against brute force ─────────────────────────────────────────────────────────────────────────────────────

WRITTEN = st.one_of(
    st.integers(1, 60).map(str),  # often tied
    st.decimals("0.01", "100000", places=2).map(str),
)
MEASURED = st.lists(st.tuples(WRITTEN, st.booleans()), min_size=1, max_size=9).map(
    lambda rows: [fact(f"区{i}", number, about, i) for i, (number, about) in enumerate(rows)]
)
TWO = st.lists(st.tuples(WRITTEN, st.booleans()), min_size=2, max_size=2).map(
    lambda rows: [fact(f"区{i}", number, about, i) for i, (number, about) in enumerate(rows)]
)


def number_of(item: Fact) -> Fraction:
    return Fraction(item.text)


def ranked(facts: list[Fact], end: str) -> list[Fact]:
    """Each fact stands behind those that beat it, and behind its equals that come first."""
    places: dict[int, Fact] = {}
    for i, one in enumerate(facts):
        beaten_by = 0
        for j, other in enumerate(facts):
            ahead = number_of(other) - number_of(one)
            beaten_by += (ahead > 0 if end == "max" else ahead < 0) or (ahead == 0 and j < i)
        places[beaten_by] = one
    return [places[place] for place in range(len(facts))]


@given(MEASURED, st.sampled_from(["max", "min"]), st.integers(1, 11))
def test_orders_are_those_of_brute_force(facts: list[Fact], end: str, place: int) -> None:
    order = ranked(facts, end)
    tied = [item for item in facts if number_of(item) == number_of(order[0])]
    assert list(compute(end, (), facts).chosen) == tied
    assert list(compute("rank", [f"from={end}"], facts).chosen) == order
    assert list(compute("compare", [f"from={end}"], facts).chosen) == order
    result = compute("nth", [f"nth={place}", f"from={end}"], facts)
    assert list(result.chosen) == order[place - 1 : place]
    assert list(result.operands) == list(result.chosen) + [item for item in order if item not in result.chosen]


@given(MEASURED, st.data())
def test_filters_are_those_of_brute_force(facts: list[Fact], data: st.DataObject) -> None:
    bound = data.draw(st.one_of(WRITTEN, st.sampled_from([item.text for item in facts])))  # often just at the bound
    limit = Fraction(bound)
    for sign, kept in (
        (">=", [item for item in facts if number_of(item) >= limit]),
        (">", [item for item in facts if number_of(item) > limit]),
        ("<=", [item for item in facts if number_of(item) <= limit]),
        ("<", [item for item in facts if number_of(item) < limit]),
    ):
        result = compute("filter", [f"{sign}{bound}"], facts)
        assert list(result.chosen) == ranked(kept, "max")
        assert [meets(Decimal(item.text), [f"{sign}{bound}"]) for item in facts] == [item in kept for item in facts]


@given(MEASURED)
def test_sums_and_means_are_those_of_brute_force(facts: list[Fact]) -> None:
    total = sum(map(number_of, facts), Fraction(0))
    for operation, expected in (("sum", total), ("mean", total / len(facts))):
        result = compute(operation, (), facts)
        assert result.number is not None
        assert abs(Fraction(result.number) - expected) < Fraction(1, 10**18)
        assert shown(result.number) == rounded(expected)
        assert (result.unit, result.approximate) == ("平方キロメートル", any(item.approximate for item in facts))
        assert list(result.operands) == facts


@given(TWO)
def test_what_is_between_two_is_that_of_brute_force(facts: list[Fact]) -> None:
    large, small = ranked(facts, "max")
    for operation, expected, unit in (
        ("difference", number_of(large) - number_of(small), "平方キロメートル"),
        ("ratio", number_of(large) / number_of(small), "倍"),
    ):
        result = compute(operation, (), facts)
        assert result.number is not None
        assert shown(result.number) == rounded(expected)
        assert (result.unit, list(result.operands)) == (unit, [large, small])


# ── How a number is shown ───────────────────────────────────────────────────────────────────────────────────


def rounded(number: Fraction) -> str:
    """To hundredths, halves up, by whole numbers alone."""
    whole, rest = divmod((number.numerator * 200 + number.denominator) // (number.denominator * 2), 100)
    return f"{whole}.{rest // 10}{rest % 10}".rstrip("0").rstrip(".")


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("0", "0"),
        ("0.00", "0"),
        ("193", "193"),
        ("193.0", "193"),
        ("100", "100"),
        ("1E+3", "1000"),
        ("1000000", "1000000"),
        ("12.50", "12.5"),
        ("12.05", "12.05"),
        ("0.004", "0"),
        ("0.005", "0.01"),
        ("0.015", "0.02"),
        ("1.004999", "1"),
        ("1.005", "1.01"),
        ("2.675", "2.68"),
        ("27.571428571428571428", "27.57"),
        ("9.994", "9.99"),
        ("9.995", "10"),
        ("99.999", "100"),
        ("1234567.891", "1234567.89"),
    ],
)
def test_a_number_as_it_is_shown(number: str, text: str) -> None:
    assert shown(Decimal(number)) == text
    assert rounded(Fraction(number)) == text  # the oracle is checked by the same table


@given(st.decimals("0", "10000000", places=4))
def test_shown_rounds_halves_up(number: Decimal) -> None:
    assert shown(number) == rounded(Fraction(number))
