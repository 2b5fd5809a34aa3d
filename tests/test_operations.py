"""What a question wants done with numbers: tables that read by themselves."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from app.answering.counting import COUNTERS, asks_count, asks_many, count_cue, counted, stated_count
from app.answering.operations import Operation, asks_confirmation, asks_smallest, operation_of, operation_words
from app.reading.normalization import normalize

UNITS = dict.fromkeys(("平方キロメートル", "平方キロ", "km2", "平方公里", "square kilometers", "square kilometres"), 1.0)

# Question (about a measured attribute) | how many zones it names | operation and constraints, nothing for a look-up.
TABLE = """
面積が最も大きいのはどこですか？        | 0 | max
一番広い区は                            | 0 | max
いちばん大きいのはどこ                  | 0 | max
最大の区は                              | 0 | max
トップはどこ                            | 0 | max
黄浦と徐匯と虹口で一番広いのは          | 3 | max
虹口は一番大きい区ですか                | 1 | max
一番狭い区は                            | 0 | min
最も小さい区                            | 0 | min
もっとも狭いのは                        | 0 | min
面積が最小の区は                        | 0 | min
一番面積が少ない区は                    | 0 | min
広さが一番小さい区は                    | 0 | min
一番小さい区の広さは                    | 0 | min
最大の区と最小の区の差は                | 0 | difference of=ends
最大と最小の面積の開きは                | 0 | difference of=ends
一番広い区と一番狭い区の違いは          | 0 | difference of=ends
一番広い区と一番狭い区は                | 0 | rank from=max
二番目に大きい区は                      | 0 | nth nth=2 from=max
２番目に広い区は                        | 0 | nth nth=2 from=max
二番目に小さい区は                      | 0 | nth nth=2 from=min
二番めに狭い区は                        | 0 | nth nth=2 from=min
小さいほうから3番目は                   | 0 | nth nth=3 from=min
大きい方から四番目は                    | 0 | nth nth=4 from=max
3位はどこ                               | 0 | nth nth=3 from=max
一位の区は                              | 0 | nth nth=1 from=max
面積の小さい順で5位は                   | 0 | nth nth=5 from=min
十番目に大きい区は                      | 0 | nth nth=10 from=max
十一番目に大きい区は                    | 0 | nth nth=11 from=max
二十三番目に大きい区は                  | 0 | nth nth=23 from=max
二十番目に小さい区は                    | 0 | nth nth=20 from=min
百番目に大きい区は                      | 0 | nth nth=100 from=max
第3位は                                 | 0 | nth nth=3 from=max
第二位の区は                            | 0 | nth nth=2 from=max
首位は                                  | 0 | max
最下位は                                | 0 | min
虹口は何番目に大きいですか              | 1 | position from=max
虹口は何番目に小さいですか              | 1 | position from=min
虹口は狭いほうから何番目                | 1 | position from=min
虹口は何位                              | 1 | position from=max
虹口の順位は                            | 1 | position from=max
１２番目に広い区は                      | 0 | nth nth=12 from=max
0番目に大きい区は                       | 0 |
面積が大きい順に並べて                  | 0 | rank from=max
面積のランキング                        | 0 | rank from=max
面積の順位は                            | 0 | rank from=max
面積の小さい順に教えて                  | 0 | rank from=min
面積を狭い順で                          | 0 | rank from=min
順不同で面積を                          | 0 |
面積のトップ3は                         | 0 | rank from=max top=3
上位三区は                              | 0 | rank from=max top=3
下位2つは                               | 0 | rank from=min top=2
ワースト3は                             | 0 | rank from=min top=3
広い順に3つ                             | 0 | rank from=max top=3
狭い順に二つ                            | 0 | rank from=min top=2
トップ10                                | 0 | rank from=max top=10
面積の合計は                            | 0 | sum
総面積の合計を教えて                    | 0 | sum
全部で何平方キロ                        | 0 | sum
面積のトータル                          | 0 | sum
黄浦と虹口を合わせた面積は              | 2 | sum
黄浦と虹口を足した面積は                | 2 | sum
徐匯は全部で何平方キロありますか        | 1 |
面積の合計は193平方キロですか           | 0 | sum =193
面積の平均は                            | 0 | mean
面積の平均は20平方キロですか            | 0 | mean =20
黄浦と虹口の平均面積は                  | 2 | mean
徐匯の平均面積は                        | 1 |
宝山は虹口の何倍                        | 2 | ratio
宝山の面積は虹口の何倍広い              | 2 | ratio
宝山は何倍広い                          | 1 |
宝山と虹口の面積の差は                  | 2 | difference
宝山は虹口よりどれだけ広い              | 2 | difference
宝山は虹口よりどれくらい大きい          | 2 | difference
宝山と虹口の面積の違いは                | 2 | difference
宝山と虹口の差は46平方キロですか        | 2 | difference =46
徐匯の面積は全体の何割                  | 1 | share
徐匯の面積は全体の何%                   | 1 | share
徐匯は全体の何パーセント                | 1 | share
徐匯の面積が占める割合は                | 1 | share
割合は                                  | 0 |
黄浦と徐匯の面積は全体の何割            | 2 | share
平均より広い区は                        | 0 | filter >mean
面積が平均を上回る区は                  | 0 | filter >mean
平均より狭い区は                        | 0 | filter <mean
平均以上の区は                          | 0 | filter >=mean
上位3区の面積の合計は                   | 0 | sum from=max top=3
下位2区の面積の平均は                   | 0 | mean from=min top=2
20平方キロ以上の区の面積の合計は        | 0 | sum >=20
20平方キロ以上の区の面積の平均は        | 0 | mean >=20
宝山と虹口、どちらが広い                | 2 | compare from=max
宝山と虹口は同じ広さですか              | 2 | compare from=max claim==
宝山と虹口ではどっちが狭い              | 2 | compare from=min
黄浦、徐匯、虹口の面積を比べて          | 3 | compare from=max
黄浦は徐匯より大きいですか              | 2 | compare from=max claim=>
黄浦は徐匯よりも小さいですか            | 2 | compare from=min claim=<
黄浦は徐匯より狭いですよね              | 2 | compare from=min claim=<
黄浦は徐匯よりずっと広いのか            | 2 | compare from=max claim=>
黄浦のほうが徐匯より広いですよね        | 2 | compare from=max claim=>
黄浦は徐匯よりどれだけ大きいですか      | 2 | difference
黄浦より広い区は                        | 1 | filter >than
黄浦よりも大きい区はどこ                | 1 | filter >than
黄浦より狭い区は                        | 1 | filter <than
黄浦を上回る区は                        | 1 | filter >than
黄浦を下回る区は                        | 1 | filter <than
20平方キロ以上の区は                    | 0 | filter >=20
20平方キロ以下の区は                    | 0 | filter <=20
20平方キロ以内の区は                    | 0 | filter <=20
20平方キロ未満の区は                    | 0 | filter <20
20平方キロ超の区は                      | 0 | filter >20
20平方キロを超える区は                  | 0 | filter >20
20平方キロを越える区は                  | 0 | filter >20
20平方キロを上回る区は                  | 0 | filter >20
20平方キロより大きい区は                | 0 | filter >20
20平方キロよりも広い区は                | 0 | filter >20
20平方キロを下回る区は                  | 0 | filter <20
20平方キロに満たない区は                | 0 | filter <20
20平方キロに達しない区は                | 0 | filter <20
20平方キロより小さい区は                | 0 | filter <20
20平方キロを割る区は                    | 0 | filter <20
20平方キロを割らない区は                | 0 | filter >=20
20平方キロより狭い区は                  | 0 | filter <20
20平方キロを超えない区は                | 0 | filter <=20
20平方キロを上回らない区は              | 0 | filter <=20
20平方キロより大きくない区は            | 0 | filter <=20
20平方キロを下回らない区は              | 0 | filter >=20
20平方キロより小さくない区は            | 0 | filter >=20
20平方キロ以上ではない区は              | 0 | filter <20
20平方キロ以下でない区は                | 0 | filter >20
20平方キロ以内に収まらない区は          | 0 | filter >20
徐匯は40平方キロ以上ですか              | 1 | check >=40
徐匯は40平方キロ以上ではないですか      | 1 | check >=40
宝山は40平方キロ以上ありますか          | 1 | check >=40
宝山は40平方キロ以上ある                | 1 | check >=40
宝山は40平方キロ未満ですか              | 1 | check <40
宝山は40平方キロを超えますか            | 1 | check >40
宝山は40平方キロを超えていますよね      | 1 | check >40
宝山は40平方キロもないですよね          | 1 | check <40
40平方キロ以上ですか                    | 0 | filter >=40
宝山と徐匯は40平方キロ以上ですか        | 2 | filter >=40
徐匯は40平方キロ以上50平方キロ未満ですか | 1 | filter >=40 <50
20平方キロの区は                        | 0 | filter =20
二十三平方キロの区は                    | 0 | filter =23
20平方キロ以上50平方キロ未満の区は      | 0 | filter >=20 <50
20平方キロを超え、46平方キロ以下の区は  | 0 | filter >20 <=46
20平方キロから46平方キロの区は          | 0 | filter >=20 <=46
20平方キロから46平方キロ未満の区は      | 0 | filter >=20 <46
20から46平方キロの区は                  | 0 | filter >=20 <=46
10〜30平方キロの区は                    | 0 | filter >=10 <=30
10~30km2の区は                          | 0 | filter >=10 <=30
十から三十平方キロの区は                | 0 | filter >=10 <=30
２０平方キロメートル以上の区は          | 0 | filter >=20
二十平方キロ以上の区は                  | 0 | filter >=20
二百五十平方キロ以上の区は              | 0 | filter >=250
百平方キロ以上の区は                    | 0 | filter >=100
千二百平方キロ以上の区は                | 0 | filter >=1200
三千五百平方キロ超の区は                | 0 | filter >3500
二万平方キロ以上の区は                  | 0 | filter >=20000
1,200平方キロ以上の区は                 | 0 | filter >=1200
１，２００．５平方キロ未満の区は        | 0 | filter <1200.5
1.5万平方キロ以上の区は                 | 0 | filter >=15000
4.5km2以上の区は                        | 0 | filter >=4.5
4.5 ㎢ 未満の区は                       | 0 | filter <4.5
1000000平方キロ以上の区は               | 0 | filter >=1000000
1234567.5平方キロ以上の区は             | 0 | filter >=1234567.5
20以上の区は                            | 0 |
徐匯は14平方キロですよね                | 1 | check =14
徐匯の面積は約45平方キロメートルですか  | 1 | check =45
徐匯の面積は45.5平方キロですか          | 1 | check =45.5
徐匯の面積は４５㎢で正しいですか        | 1 | check =45
徐匯の面積は四十五平方キロですか        | 1 | check =45
黄浦と徐匯は14平方キロですか            | 2 | filter =14
徐匯の面積は                            | 1 |
徐匯はどれくらい大きい                  | 1 |
徐匯の広さを教えて                      | 1 |
徐匯と黄浦の面積は                      | 2 |
面積は                                  | 0 |
各区の面積                              | 0 |
全区の面積を教えて                      | 0 |
面積一覧                                | 0 |
何平方キロ                              | 0 |
Which zone is the largest?              | 0 | max
the smallest zone                       | 0 | min
the second largest zone                 | 0 | nth nth=2 from=max
the 3rd smallest zone                   | 0 | nth nth=3 from=min
rank the zones by area                  | 0 | rank from=max
What is the total area?                 | 0 | sum
average area                            | 0 | mean
the difference between the largest and the smallest | 0 | difference of=ends
What is the difference between Baoshan and Hongkou? | 2 | difference
How many times larger is Baoshan than Hongkou? | 2 | ratio
top 3 zones by area                     | 0 | rank from=max top=3
bottom 2 zones by area                  | 0 | rank from=min top=2
What rank is Hongkou by area?           | 1 | position from=max
What percent of the total is Baoshan?   | 1 | share
Which zones are larger than Huangpu?    | 1 | filter >than
Which zones are smaller than Huangpu?   | 1 | filter <than
Is Baoshan larger than 40 square kilometers? | 1 | check >40
Does Baoshan cover at least 40 km2?     | 1 | check >=40
zones of 10 to 30 km2                   | 0 | filter >=10 <=30
zones between 10 and 30 km2             | 0 | filter >=10 <=30
What do you mean by area?               | 0 |
the area that Frankfurt covers          | 0 |
Is Baoshan larger than Hongkou?         | 2 | compare from=max claim=>
Is Baoshan smaller than Hongkou?        | 2 | compare from=min claim=<
Which is smaller, Baoshan or Hongkou?   | 2 | compare from=min
zones over 20 square kilometers         | 0 | filter >20
zones larger than 20 square kilometers  | 0 | filter >20
zones under 20 square kilometres        | 0 | filter <20
zones of at least 20 km2                | 0 | filter >=20
zones of no more than 20 km2            | 0 | filter <=20
zones of 20 square kilometers or more   | 0 | filter >=20
哪个区面积最大                          | 0 | max
最小的区是哪个                          | 0 | min
第二大的区是哪个                        | 0 | nth nth=2 from=max
面积合计是多少                          | 0 | sum
平均面积是多少                          | 0 | mean
宝山是虹口的几倍                        | 2 | ratio
宝山和虹口面积相差多少                  | 2 | difference
宝山和虹口哪个大                        | 2 | compare from=max
宝山比虹口大吗                          | 2 | compare from=max claim=>
虹口面积排第几                          | 1 | position from=max
宝山占总面积的百分之几                  | 1 | share
前3的区                                 | 0 | rank from=max top=3
最大和最小的差                          | 0 | difference of=ends
宝山的面积大于40平方公里吗              | 1 | check >40
宝山的面积是50平方公里吗                | 1 | check =50
10到30平方公里的区                      | 0 | filter >=10 <=30
20平方公里以上的区                      | 0 | filter >=20
大于20平方公里的区                      | 0 | filter >20
小于20平方公里的区                      | 0 | filter <20
不超过20平方公里的区                    | 0 | filter <=20
超过20平方公里的区                      | 0 | filter >20
不到20平方公里的区                      | 0 | filter <20
至少20平方公里的区                      | 0 | filter >=20
"""

# The same of how many there are.
COUNT_TABLE = """
施策が最も多い区は                      | 0 | max
施策が一番少ない区は                    | 0 | min
最多の施策                              | 0 | max
施策が二番目に多い区は                  | 0 | nth nth=2 from=max
施策が2番目に少ない区は                 | 0 | nth nth=2 from=min
施策の多い順に                          | 0 | rank from=max
施策の少ない順に3つ                     | 0 | rank from=min top=3
施策が6つある区は                       | 0 | filter =6
六つの施策がある区は                    | 0 | filter =6
施策が5つ以上ある区は                   | 0 | filter >=5
施策が5件未満の区は                     | 0 | filter <5
施策が5個を超える区は                   | 0 | filter >5
施策が3つから5つの区は                  | 0 | filter >=3 <=5
施策は全部で何件                        | 0 | sum
施策の合計は36件ですか                  | 0 | sum =36
施策の平均は                            | 0 | mean
宝山と閔行の施策を合わせると            | 2 | sum
宝山と閔行の施策の差は                  | 2 | difference
宝山と閔行ではどちらの施策が多い        | 2 | compare from=max
宝山と閔行ではどちらの施策が少ない      | 2 | compare from=min
宝山の施策は閔行より多いですか          | 2 | compare from=max claim=>
宝山の施策は閔行より少ないですか        | 2 | compare from=min claim=<
虹口の施策は何番目に多い                | 1 | position from=max
虹口の施策は何番目に少ない              | 1 | position from=min
宝山の施策は全体の何割                  | 1 | share
宝山の施策は5つですか                   | 1 | check =5
宝山の施策は五つですか                  | 1 | check =5
宝山の施策は5つ以上ありますか           | 1 | check >=5
虹口の2つ目の施策は                     | 1 |
虹口の二番目の施策は                    | 1 | nth nth=2 from=max
虹口の施策は                            | 1 |
Which zone has the most measures?       | 0 | max
the zone with the fewest measures       | 0 | min
zones with at least 6 measures          | 0 | filter >=6
How many measures are there in total?   | 0 | sum
措施最多的区                            | 0 | max
措施最少的区                            | 0 | min
一共有多少项措施                        | 0 | sum
"""

# Of units with factors: bounds are in hectares.
HECTARES = {"ヘクタール": 1.0, "ha": 1.0, "平方キロ": 100.0, "km2": 100.0, "平方メートル": 0.0001}
UNIT_TABLE = """
500ヘクタール以上の港は                 | 0 | filter >=500
5平方キロ以上の港は                     | 0 | filter >=500
五平方キロ以上の港は                    | 0 | filter >=500
0.5平方キロ以上の港は                   | 0 | filter >=50
12.605平方キロ超の港は                  | 0 | filter >1260.5
0.07平方キロ未満の港は                  | 0 | filter <7
30000平方メートル未満の港は             | 0 | filter <3
123456平方メートル以上の港は            | 0 | filter >=12.3456
3万平方メートル以下の港は               | 0 | filter <=3
1平方キロ以上500ヘクタール以下の港は    | 0 | filter >=100 <=500
50ヘクタールから1平方キロの港は         | 0 | filter >=50 <=100
1〜5平方キロの港は                      | 0 | filter >=100 <=500
白砂は1.84平方キロですか                | 1 | check =184
白砂は2平方キロ以上ですか               | 1 | check >=200
広さの合計は20平方キロですか            | 0 | sum =2000
larger than 4 km2                       | 0 | filter >400
"""


def rows(table: str) -> list[tuple[str, ...]]:
    return [tuple(cell.strip() for cell in line.rsplit("|", 2)) for line in table.strip().splitlines()]


TABLES = [(units, row) for table, units in ((TABLE, UNITS), (COUNT_TABLE, COUNTERS), (UNIT_TABLE, HECTARES)) for row in rows(table)]


def asked(question: str, subjects: int, units: Mapping[str, float] = UNITS) -> Operation | None:
    return operation_of(normalize(question).text, subjects, units)


@pytest.mark.parametrize(
    ("question", "subjects", "expected", "units"), [(*row, units) for units, row in TABLES], ids=[row[0] for _, row in TABLES]
)
def test_the_operation_of_a_question(question: str, subjects: str, expected: str, units: Mapping[str, float]) -> None:
    name, *constraints = expected.split() or [""]
    assert asked(question, int(subjects), units) == (Operation(name, tuple(constraints)) if name else None)


def test_a_number_without_a_unit_of_the_documents_is_no_threshold() -> None:
    assert asked("20ヘクタール以上の区は", 0) is None
    assert asked("20ヘクタール以上の区は", 0, {"ヘクタール": 1.0}) == Operation("filter", (">=20",))
    assert asked("20平方キロ以上の区は", 0, {}) is None
    assert asked("施策が6つある区は", 0) is None


def test_the_same_number_in_every_unit_is_the_same_bound() -> None:
    for written in ("500ヘクタール", "500ha", "5平方キロ", "５ｋｍ２", "5㎢", "5000000平方メートル", "五百万平方メートル"):
        assert asked(f"{written}以上の港は", 0, HECTARES) == Operation("filter", (">=500",)), written


def test_spaces_width_and_case_change_nothing() -> None:
    for question in ("20km2以上の区は", "２０ｋｍ２以上の区は", "20 KM2 以上の区は", "20㎢以上の区は"):
        assert asked(question, 0) == Operation("filter", (">=20",)), question


@pytest.mark.parametrize(
    ("text", "constraint"),
    [("6つの方は?", "=6"), ("六つ?", "=6"), ("12件ある?", "=12"), ("5 measures?", "=5"), ("6つと5件", "=6"), ("2つ目は?", None), ("面積は?", None)],
)
def test_a_number_of_things_is_a_constraint(text: str, constraint: str | None) -> None:
    assert stated_count(text) == constraint


def test_a_place_in_a_list_is_no_number_of_things() -> None:
    assert [item.value for item in counted("施策が6つある区と5件の区")] == ["6つ", "5件"]
    for question in ("6つ目の施策", "6つめの施策", "六番目の施策", "6件目"):
        assert counted(question) == [], question


def test_counts_and_the_small_end() -> None:
    assert [asks_count(text) for text in ("施策はいくつ", "施策の数は", "how many measures", "施策は")] == [True, True, True, False]
    assert [asks_count(text) for text in ("施策は何件", "几项措施", "人数は", "数量")] == [True, True, False, True]
    assert [asks_smallest(text) for text in ("小さいのは", "狭いのは", "大きいのは", "at least")] == [True, True, False, False]
    assert [asks_smallest(text) for text in ("最も少ない", "fewest", "最小的", "多いのは")] == [True, True, True, False]
    assert [asks_many(text) for text in ("最も多い区", "少ない区", "最少", "大きい区", "狭い区")] == [True, True, True, False, False]


def test_where_a_question_begins_to_speak_of_how_many() -> None:
    places = {
        "施策の数は": 3,
        "施策はいくつ": 3,
        "施策が5件の区": 3,
        "施策が多い区": 3,
        "施策が最も少ない区": 5,
        "the most measures": 4,
        "2つ目の施策": None,
        "施策は": None,
        "人数は": None,
    }
    assert {text: count_cue(text) for text in places} == places


@pytest.mark.parametrize(
    ("question", "confirms"),
    [
        ("徐匯は40平方キロ以上ですか", True),
        ("徐匯は40平方キロ以上ありますか？", True),
        ("徐匯は広いですよね", True),
        ("徐匯は一番広いのか", True),
        ("外灘は徐匯でしたっけ", True),
        ("本当ですか", True),
        ("徐匯の面積は何平方キロですか", False),
        ("一番広いのはどこですか", False),
        ("どの区が広いですか", False),
        ("徐匯の面積を教えてください", False),
        ("徐匯の面積は", False),
        ("Is Baoshan larger than Hongkou?", True),
        ("Which zone is larger, right?", False),
        ("宝山比虹口大吗", True),
        ("宝山有多大", False),
    ],
)
def test_what_asks_yes_or_no(question: str, confirms: bool) -> None:
    assert asks_confirmation(normalize(question).text) is confirms


def test_words_that_say_what_is_to_be_done_say_nothing_of_a_topic() -> None:
    def words(text: str) -> list[str]:
        return sorted({text[start:end] for start, end in operation_words(text, counted(text))})

    assert words("施策が5件以上ある区") == ["以上"]
    assert "何番目" in words("虹口は何番目に広い")
    assert "一番" in words("一番広い区の重点")
    assert words("虹口の重点") == []
