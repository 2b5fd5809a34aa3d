"""Arithmetic over the ledger's numbers: the seven zones by hand, anything else against brute force in fractions."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.answering.computation import Computation, Measure, compute, meets, position, share, shown
from app.answering.ledger import Ledger
from app.schema import Document, Fact, Reading, Zone

ZONES = {"黄浦": "14", "徐匯": "45", "虹口": "4", "楊浦": "23", "宝山": "50", "閔行": "46", "総合保税区": "11"}


COUNTS = {"黄浦": 5, "徐匯": 5, "虹口": 6, "楊浦": 6, "宝山": 5, "閔行": 4, "総合保税区": 5}


def fact(subject: str, number: str, unit: str = "平方キロメートル", approximate: bool = True, place: int = 0) -> Fact:
    return Fact(subject, "面積", number, "d.txt", place, place + 1, f"d.txt#{place}", float(number), unit, approximate)


def measure(subject: str, number: str, approximate: bool = True, place: int = 0) -> Measure:
    """What a fact says, exactly."""
    stated = fact(subject, number, approximate=approximate, place=place)
    return Measure(subject, Decimal(number), (stated,), stated.unit, approximate)


def count(subject: str, number: int) -> Measure:
    """How many facts a subject has."""
    facts = tuple(Fact(subject, "施策", f"{subject}{i}", "d.txt", i, i + 1, f"d.txt#{i}") for i in range(number))
    return Measure(subject, Decimal(number), facts, counted=True)


SEVEN = [measure(zone, number, place=i) for i, (zone, number) in enumerate(ZONES.items())]
COUNTED = [count(zone, number) for zone, number in COUNTS.items()]


def seven(*zones: str) -> list[Measure]:
    return [item for zone in zones for item in SEVEN if item.subject == zone] or SEVEN


def names(measures: tuple[Measure, ...]) -> str:
    return " ".join(item.subject for item in measures)


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
    ("filter", "=46", "閔行"),
    ("filter", "=46.0", "閔行"),
    ("filter", "=46.5", ""),
    ("filter", "=20", ""),
    ("filter", ">45 than=徐匯", "宝山 閔行"),  # what else a plan says bounds nothing
    ("filter", ">=46 then=重点", "宝山 閔行"),
    ("max", "then=重点 then=施策", "宝山"),
    ("rank", "from=max top=3", "宝山 閔行 徐匯"),
    ("rank", "from=min top=2", "虹口 総合保税区"),
    ("rank", "from=max top=7", "宝山 閔行 徐匯 楊浦 黄浦 総合保税区 虹口"),
    ("rank", "from=max top=9", "宝山 閔行 徐匯 楊浦 黄浦 総合保税区 虹口"),
    ("compare", "from=min claim=<", "虹口 総合保税区 黄浦 楊浦 徐匯 閔行 宝山"),
]
# The same of how many measures they have: 6 6 5 5 5 5 4.
COUNT_PICKS = [
    ("max", "by=count", "虹口 楊浦"),
    ("min", "by=count", "閔行"),
    ("nth", "by=count nth=1 from=max", "虹口 楊浦"),
    ("nth", "by=count nth=3 from=max", "黄浦 徐匯 宝山 総合保税区"),
    ("nth", "by=count nth=7 from=max", "閔行"),
    ("nth", "by=count nth=2 from=min", "黄浦 徐匯 宝山 総合保税区"),
    ("rank", "by=count from=max", "虹口 楊浦 黄浦 徐匯 宝山 総合保税区 閔行"),
    ("rank", "by=count from=min", "閔行 黄浦 徐匯 宝山 総合保税区 虹口 楊浦"),
    ("rank", "by=count from=min top=1", "閔行"),
    ("filter", "by=count =6", "虹口 楊浦"),
    ("filter", "by=count >=6", "虹口 楊浦"),
    ("filter", "by=count <5", "閔行"),
    ("filter", "by=count >4 <6", "黄浦 徐匯 宝山 総合保税区"),
    ("filter", "by=count =9", ""),
]


@pytest.mark.parametrize(("operation", "constraints", "chosen"), PICKS)
def test_what_is_picked_of_the_seven(operation: str, constraints: str, chosen: str) -> None:
    result = compute(operation, constraints.split(), SEVEN)
    assert names(result.chosen) == chosen
    assert names(result.operands).startswith(chosen)  # most important first
    assert sorted(names(result.operands).split()) == sorted(ZONES)
    assert (result.operation, result.number, result.unit) == (operation, None, None)


@pytest.mark.parametrize(("operation", "constraints", "chosen"), COUNT_PICKS)
def test_what_is_picked_by_how_many_there_are(operation: str, constraints: str, chosen: str) -> None:
    result = compute(operation, constraints.split(), COUNTED)
    assert names(result.chosen) == chosen
    assert sorted(names(result.operands).split()) == sorted(ZONES)
    assert all(item.counted and item.number == len(item.facts) for item in result.operands)


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
    measures = seven(*zones.split())
    result = compute(operation, (), measures)
    assert result.number is not None
    assert abs(Fraction(result.number) - number) < Fraction(1, 10**20)
    assert result.number_text == text
    assert set(result.operands) == set(measures)
    assert result.chosen == ()
    if operation in ("ratio", "difference"):
        assert names(result.operands) == "宝山 虹口" or text == "約1.27倍"  # the larger first


COUNT_NUMBERS = [
    ("sum", "", Fraction(36), "36"),  # 5 + 5 + 6 + 6 + 5 + 4 + 5
    ("mean", "", Fraction(36, 7), "5.14"),
    ("difference", "虹口 閔行", Fraction(2), "2"),
    ("ratio", "虹口 閔行", Fraction(3, 2), "1.5倍"),
]


@pytest.mark.parametrize(("operation", "zones", "number", "text"), COUNT_NUMBERS)
def test_counts_have_no_unit_and_are_never_about(operation: str, zones: str, number: Fraction, text: str) -> None:
    result = compute(operation, ["by=count"], [item for item in COUNTED if not zones or item.subject in zones.split()])
    assert result.number is not None
    assert abs(Fraction(result.number) - number) < Fraction(1, 10**20)
    assert (result.number_text, result.approximate) == (text, False)


def test_a_number_that_the_question_expects_changes_nothing_of_the_result() -> None:
    for operation in ("sum", "mean"):
        assert compute(operation, ["=200"], SEVEN) == compute(operation, (), SEVEN)
    assert compute("difference", ["=1"], seven("宝山", "虹口")).number == 46


def test_the_two_ends_are_those_of_all() -> None:
    result = compute("difference", ["of=ends"], SEVEN)
    assert (result.number, result.number_text) == (Decimal(46), "約46平方キロメートル")  # 50 - 4
    assert names(result.operands) == "宝山 虹口"
    ratio = compute("ratio", ["of=ends"], SEVEN)
    assert (ratio.number_text, names(ratio.operands)) == ("約12.5倍", "宝山 虹口")
    assert names(compute("difference", ["of=ends"], seven("黄浦", "徐匯", "楊浦")).operands) == "徐匯 黄浦"
    with pytest.raises(ValueError, match="takes 2 measures, not 7"):
        compute("difference", (), SEVEN)


def test_the_share_of_several_is_that_of_their_sum() -> None:
    result = share(seven("徐匯", "黄浦"), SEVEN)
    assert (result.number_text, result.unit) == ("約30.57%", "%")  # 59 of 193
    assert names(result.operands) == "徐匯 黄浦 虹口 楊浦 宝山 閔行 総合保税区"
    assert share(SEVEN, SEVEN).number == 100


# What is added: some of them only.
PARTS = [
    ("sum", "from=max top=3", "約141平方キロメートル", "宝山 閔行 徐匯"),
    ("sum", "from=min top=2", "約15平方キロメートル", "虹口 総合保税区"),
    ("mean", "from=max top=2", "約48平方キロメートル", "宝山 閔行"),
    ("sum", ">=20", "約164平方キロメートル", "徐匯 楊浦 宝山 閔行"),
    ("sum", ">=20 <50", "約114平方キロメートル", "徐匯 楊浦 閔行"),
    ("mean", "<=14", "約9.67平方キロメートル", "黄浦 虹口 総合保税区"),
    ("sum", ">mean", "約141平方キロメートル", "徐匯 宝山 閔行"),
]


@pytest.mark.parametrize(("operation", "constraints", "text", "added"), PARTS)
def test_what_is_added_of_the_seven(operation: str, constraints: str, text: str, added: str) -> None:
    result = compute(operation, constraints.split(), SEVEN)
    assert (result.number_text, names(result.operands)) == (text, added)


def test_nothing_is_added_where_nothing_meets_the_bound() -> None:
    with pytest.raises(ValueError, match="no measure meets"):
        compute("sum", [">=100"], SEVEN)


def test_above_the_mean_is_above_all_of_them_together() -> None:
    assert names(compute("filter", [">mean"], SEVEN).chosen) == "宝山 閔行 徐匯"  # 27.57
    assert names(compute("filter", ["<mean"], SEVEN).chosen) == "楊浦 黄浦 総合保税区 虹口"
    assert names(compute("filter", ["by=count", ">mean"], COUNTED).chosen) == "虹口 楊浦"  # 5.14
    level = seven("黄浦", "黄浦")
    assert compute("filter", [">mean"], level).chosen == ()
    assert compute("filter", [">=mean"], level).chosen == tuple(level)


# Zone | its share of 193 | its place from the largest | from the smallest.
PLACES = [
    ("宝山", "約25.91%", 1, 7),
    ("閔行", "約23.83%", 2, 6),
    ("徐匯", "約23.32%", 3, 5),
    ("楊浦", "約11.92%", 4, 4),
    ("黄浦", "約7.25%", 5, 3),
    ("総合保税区", "約5.7%", 6, 2),
    ("虹口", "約2.07%", 7, 1),
]


@pytest.mark.parametrize(("zone", "text", "down", "up"), PLACES)
def test_the_share_and_the_place_of_each_of_the_seven(zone: str, text: str, down: int, up: int) -> None:
    [part] = seven(zone)
    result = share([part], SEVEN)
    assert (result.operation, result.number_text, result.unit, result.chosen) == ("share", text, "%", ())
    assert result.number is not None
    assert abs(Fraction(result.number) - Fraction(100 * int(ZONES[zone]), 193)) < Fraction(1, 10**20)
    assert result.operands == (part, *(item for item in SEVEN if item is not part))
    for constraint, place in (("from=max", down), ("from=min", up)):
        found = position(part, SEVEN, [constraint])
        assert (found.operation, found.number, found.number_text, found.unit) == ("position", place, str(place), None)
        assert (found.approximate, found.chosen) == (False, ())
        assert names(found.operands) == names(compute("rank", [constraint], SEVEN).chosen)


# 6 6 5 5 5 5 4: equal ones share the better place, and the next one stands behind all of them.
@pytest.mark.parametrize(
    ("zone", "text", "down", "up"),
    [("虹口", "16.67%", 1, 6), ("楊浦", "16.67%", 1, 6), ("黄浦", "13.89%", 3, 2), ("総合保税区", "13.89%", 3, 2), ("閔行", "11.11%", 7, 1)],
)
def test_the_share_and_the_place_of_a_count(zone: str, text: str, down: int, up: int) -> None:
    [part] = [item for item in COUNTED if item.subject == zone]
    assert share([part], COUNTED).number_text == text
    assert position(part, COUNTED, ["by=count", "from=max"]).number == down
    assert position(part, COUNTED, ["by=count", "from=min"]).number == up


def test_about_is_kept_if_any_operand_is_about() -> None:
    exact, about = measure("甲", "3", approximate=False), measure("乙", "2", place=1)
    assert compute("sum", (), [exact, about]).number_text == "約5平方キロメートル"
    assert compute("sum", (), [exact]).number_text == "3平方キロメートル"
    assert compute("ratio", (), [exact, about]).number_text == "約1.5倍"
    assert share([exact], [exact, about]).number_text == "約60%"
    assert share([exact], [exact]).number_text == "100%"


def test_those_that_share_the_first_place_are_all_picked_in_the_order_given() -> None:
    tied = [measure("甲", "3"), measure("乙", "5", place=1), measure("丙", "5.0", place=2), measure("丁", "3", place=3)]
    assert names(compute("max", (), tied).chosen) == "乙 丙"
    assert names(compute("min", (), tied).chosen) == "甲 丁"
    assert names(compute("rank", ["from=max"], tied).chosen) == "乙 丙 甲 丁"
    assert names(compute("rank", ["from=min"], tied).chosen) == "甲 丁 乙 丙"
    assert [position(item, tied, ["from=max"]).number for item in tied] == [3, 1, 1, 3]
    assert [position(item, tied, ["from=min"]).number for item in tied] == [1, 3, 3, 1]


def test_what_floats_would_not_add_up_does() -> None:
    tenths = [measure(zone, number, approximate=False, place=i) for i, (zone, number) in enumerate({"甲": "0.1", "乙": "0.2", "丙": "0.3"}.items())]
    assert compute("sum", (), tenths[:2]).number == tenths[2].number  # 0.1 + 0.2 == 0.3
    assert compute("difference", (), [tenths[2], tenths[0]]).number == Decimal("0.2")
    assert compute("ratio", (), [tenths[2], tenths[0]]).number == 3


@pytest.mark.parametrize("operation", ["", "median", "look_up", "check", "count", "share", "position", "MAX"])
@pytest.mark.parametrize("count", [1, 2, 7])
def test_an_unknown_operation(operation: str, count: int) -> None:
    with pytest.raises(ValueError, match="unknown operation"):
        compute(operation, (), SEVEN[:count])


@pytest.mark.parametrize("operation", ["difference", "ratio"])
@pytest.mark.parametrize("count", [1, 3])
def test_what_is_between_two_takes_two(operation: str, count: int) -> None:
    with pytest.raises(ValueError, match=r"takes 2 measures, not \d"):
        compute(operation, (), SEVEN[:count])


# ── Against brute force ─────────────────────────────────────────────────────────────────────────────────────

WRITTEN = st.one_of(
    st.integers(1, 60).map(str),  # often tied
    st.decimals("0.01", "100000", places=2).map(str),
)


def measures_of(rows: list[tuple[str, bool]]) -> list[Measure]:
    return [measure(f"区{i}", number, about, i) for i, (number, about) in enumerate(rows)]


MEASURED = st.lists(st.tuples(WRITTEN, st.booleans()), min_size=1, max_size=9).map(measures_of)
TWO = st.lists(st.tuples(WRITTEN, st.booleans()), min_size=2, max_size=2).map(measures_of)


def number_of(item: Measure) -> Fraction:
    return Fraction(item.facts[0].text)


def ranked(measures: list[Measure], end: str) -> list[Measure]:
    """Each one stands behind those that beat it, and behind its equals that come first."""
    places: dict[int, Measure] = {}
    for i, one in enumerate(measures):
        beaten_by = 0
        for j, other in enumerate(measures):
            ahead = number_of(other) - number_of(one)
            beaten_by += (ahead > 0 if end == "max" else ahead < 0) or (ahead == 0 and j < i)
        places[beaten_by] = one
    return [places[place] for place in range(len(measures))]


@given(MEASURED, st.sampled_from(["max", "min"]), st.integers(1, 11))
def test_orders_are_those_of_brute_force(measures: list[Measure], end: str, place: int) -> None:
    order = ranked(measures, end)
    tied = [item for item in measures if number_of(item) == number_of(order[0])]
    assert list(compute(end, (), measures).chosen) == tied
    assert list(compute("rank", [f"from={end}"], measures).chosen) == order
    assert list(compute("compare", [f"from={end}"], measures).chosen) == order
    result = compute("nth", [f"nth={place}", f"from={end}"], measures)
    assert list(result.chosen) == [item for item in measures if number_of(item) in map(number_of, order[place - 1 : place])]
    assert list(result.operands) == list(result.chosen) + [item for item in order if item not in result.chosen]
    top = compute("rank", [f"from={end}", f"top={place}"], measures)
    assert (list(top.chosen), list(top.operands)) == (order[:place], order)


@given(MEASURED, st.sampled_from(["max", "min"]))
def test_places_are_those_of_brute_force(measures: list[Measure], end: str) -> None:
    for part in measures:
        ahead = [item for item in measures if (number_of(item) - number_of(part)) * (1 if end == "max" else -1) > 0]
        result = position(part, measures, [f"from={end}"])
        assert result.number == len(ahead) + 1
        assert list(result.operands) == ranked(measures, end)


@given(MEASURED, st.data())
def test_shares_are_those_of_brute_force(measures: list[Measure], data: st.DataObject) -> None:
    places = data.draw(st.lists(st.integers(0, len(measures) - 1), min_size=1, unique=True))
    some = [measures[place] for place in places]
    result = share(some, measures)
    assert result.number is not None
    part, total = (sum(map(number_of, group), Fraction(0)) for group in (some, measures))
    assert shown(result.number) == rounded(100 * part / total)
    assert result.approximate == any(item.approximate for item in measures)
    assert list(result.operands) == some + [item for item in measures if item not in some]  # the part first


@given(MEASURED, st.data())
def test_filters_are_those_of_brute_force(measures: list[Measure], data: st.DataObject) -> None:
    bound = data.draw(st.one_of(WRITTEN, st.sampled_from([item.facts[0].text for item in measures])))  # often just at the bound
    limit = Fraction(bound)
    for sign, kept in (
        (">=", [item for item in measures if number_of(item) >= limit]),
        (">", [item for item in measures if number_of(item) > limit]),
        ("<=", [item for item in measures if number_of(item) <= limit]),
        ("<", [item for item in measures if number_of(item) < limit]),
        ("=", [item for item in measures if number_of(item) == limit]),
    ):
        result = compute("filter", [f"{sign}{bound}"], measures)
        assert list(result.chosen) == ranked(kept, "max")
        assert [meets(Decimal(item.facts[0].text), [f"{sign}{bound}"]) for item in measures] == [item in kept for item in measures]


@given(MEASURED)
def test_sums_and_means_are_those_of_brute_force(measures: list[Measure]) -> None:
    total = sum(map(number_of, measures), Fraction(0))
    for operation, expected in (("sum", total), ("mean", total / len(measures))):
        result = compute(operation, (), measures)
        assert result.number is not None
        assert abs(Fraction(result.number) - expected) < Fraction(1, 10**18)
        assert shown(result.number) == rounded(expected)
        assert (result.unit, result.approximate) == ("平方キロメートル", any(item.approximate for item in measures))
        assert list(result.operands) == measures


@given(TWO)
def test_what_is_between_two_is_that_of_brute_force(measures: list[Measure]) -> None:
    large, small = ranked(measures, "max")
    for operation, expected, unit in (
        ("difference", number_of(large) - number_of(small), "平方キロメートル"),
        ("ratio", number_of(large) / number_of(small), "倍"),
    ):
        result = compute(operation, (), measures)
        assert result.number is not None
        assert shown(result.number) == rounded(expected)
        assert (result.unit, list(result.operands)) == (unit, [large, small])


@given(MEASURED.filter(lambda measures: len(measures) > 1))
def test_between_the_ends_is_between_the_largest_and_the_smallest(measures: list[Measure]) -> None:
    order = ranked(measures, "max")
    result: Computation = compute("difference", ["of=ends"], measures)
    assert result.number is not None
    assert Fraction(result.number) == number_of(order[0]) - number_of(order[-1])


# ── From the ledger ─────────────────────────────────────────────────────────────────────────────────────────

UNITS = {"ヘクタール": (1.0, "ヘクタール"), "平方キロ": (100.0, "ヘクタール"), "平方メートル": (0.0001, "ヘクタール")}


def ledger(*facts: Fact) -> Ledger:
    zones = dict.fromkeys(item.subject or "" for item in facts)
    document = Document("d.txt", "", "")
    return Ledger(Reading((document,), tuple(Zone(zone, "d.txt", 0, 1) for zone in zones), (), facts), UNITS)


@pytest.mark.parametrize(
    ("written", "unit", "number"),
    [
        ("5", "平方キロ", "500"),
        ("1260.5", "ヘクタール", "1260.5"),
        ("12.605", "平方キロ", "1260.5"),
        ("0.07", "平方キロ", "7"),  # in floats 7.000000000000001
        ("30000", "平方メートル", "3"),
        ("123456", "平方メートル", "12.3456"),  # in floats 12.345600000000001
        ("12", "坪", "12"),  # a unit that no guide declares stays as it is
    ],
)
def test_a_measure_is_exact_in_the_base_unit(written: str, unit: str, number: str) -> None:
    stated = fact("甲", written, unit, approximate=False)
    [found] = ledger(stated).measures("面積", ["甲"])
    assert found.number == Decimal(number)
    assert (found.subject, found.unit) == ("甲", "坪" if unit == "坪" else "ヘクタール")
    assert (found.facts, found.approximate, found.counted) == ((stated,), False, False)


def test_measures_in_several_units_are_put_in_order_together() -> None:
    facts = [fact("甲", "90", "ヘクタール"), fact("乙", "1", "平方キロ", place=1), fact("丙", "950000", "平方メートル", place=2)]
    measures = ledger(*facts).measures("面積", ["甲", "乙", "丙"])
    assert names(compute("rank", ["from=max"], measures).chosen) == "乙 丙 甲"  # 100, 95, 90
    assert compute("sum", (), measures).number_text == "約285ヘクタール"
    assert compute("difference", (), measures[:2]).number_text == "約10ヘクタール"


def test_a_count_is_that_of_a_subjects_facts_and_nobody_has_none() -> None:
    facts = [Fact(zone, "施策", f"{i}", "d.txt", i, i + 1, f"d.txt#{i}") for i, zone in enumerate("甲乙甲甲")]
    found = ledger(*facts).measures("施策", ["乙", "甲", "丙"], counts=True)
    assert [(item.subject, item.number, item.counted, item.unit) for item in found] == [("乙", 1, True, None), ("甲", 3, True, None)]
    assert found[1].facts == (facts[0], facts[2], facts[3])
    assert ledger(*facts).measures("施策", ["甲"]) == []  # they are no numbers


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
