"""What a question wants done with measured facts: a table that reads by itself."""

from __future__ import annotations

import pytest

from app.answering.operations import Operation, asks_count, asks_smallest, operation_of
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
最大の区と最小の区の差は                | 0 | rank from=max
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
１２番目に広い区は                      | 0 | nth nth=12 from=max
0番目に大きい区は                       | 0 |
面積が大きい順に並べて                  | 0 | rank from=max
面積のランキング                        | 0 | rank from=max
面積の順位は                            | 0 | rank from=max
面積の小さい順に教えて                  | 0 | rank from=min
面積を狭い順で                          | 0 | rank from=min
順不同で面積を                          | 0 |
面積の合計は                            | 0 | sum
総面積の合計を教えて                    | 0 | sum
全部で何平方キロ                        | 0 | sum
面積のトータル                          | 0 | sum
黄浦と虹口を合わせた面積は              | 2 | sum
黄浦と虹口を足した面積は                | 2 | sum
徐匯は全部で何平方キロありますか        | 1 |
面積の平均は                            | 0 | mean
黄浦と虹口の平均面積は                  | 2 | mean
徐匯の平均面積は                        | 1 |
宝山は虹口の何倍                        | 2 | ratio
宝山の面積は虹口の何倍広い              | 2 | ratio
宝山は何倍広い                          | 1 |
宝山と虹口の面積の差は                  | 2 | difference
宝山は虹口よりどれだけ広い              | 2 | difference
宝山は虹口よりどれくらい大きい          | 2 | difference
宝山と虹口の面積の違いは                | 2 | difference
宝山と虹口、どちらが広い                | 2 | compare from=max
宝山と虹口ではどっちが狭い              | 2 | compare from=min
黄浦、徐匯、虹口の面積を比べて          | 3 | compare from=max
黄浦は徐匯より大きいですか              | 2 | compare from=max
黄浦は徐匯よりも小さいですか            | 2 | compare from=min
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
徐匯は40平方キロ以上ですか              | 1 | filter >=40
徐匯は40平方キロ以上ではないですか      | 1 | filter >=40
20平方キロ以上50平方キロ未満の区は      | 0 | filter >=20 <50
20平方キロを超え、46平方キロ以下の区は  | 0 | filter >20 <=46
20平方キロから46平方キロの区は          | 0 | filter >=20 <=46
２０平方キロメートル以上の区は          | 0 | filter >=20
二十平方キロ以上の区は                  | 0 | filter >=20
二百五十平方キロ以上の区は              | 0 | filter >=250
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
黄浦と徐匯は14平方キロですか            | 2 |
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
What do you mean by area?               | 0 |
the area that Frankfurt covers          | 0 |
Is Baoshan larger than Hongkou?         | 2 | compare from=max
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
20平方公里以上的区                      | 0 | filter >=20
大于20平方公里的区                      | 0 | filter >20
小于20平方公里的区                      | 0 | filter <20
不超过20平方公里的区                    | 0 | filter <=20
超过20平方公里的区                      | 0 | filter >20
不到20平方公里的区                      | 0 | filter <20
至少20平方公里的区                      | 0 | filter >=20
"""
ROWS = [tuple(cell.strip() for cell in line.rsplit("|", 2)) for line in TABLE.strip().splitlines()]


def asked(question: str, subjects: int, units: tuple[str, ...] = UNITS) -> Operation | None:
    return operation_of(normalize(question).text, subjects, units)


@pytest.mark.parametrize(("question", "subjects", "expected"), ROWS, ids=[row[0] for row in ROWS])
def test_the_operation_of_a_question(question: str, subjects: str, expected: str) -> None:
    name, *constraints = expected.split() or [""]
    assert asked(question, int(subjects)) == (Operation(name, tuple(constraints)) if name else None)


def test_a_number_without_a_unit_of_the_documents_is_no_threshold() -> None:
    assert asked("20ヘクタール以上の区は", 0) is None
    assert asked("20ヘクタール以上の区は", 0, ("ヘクタール",)) == Operation("filter", (">=20",))
    assert asked("20平方キロ以上の区は", 0, ()) is None


def test_spaces_width_and_case_change_nothing() -> None:
    for question in ("20km2以上の区は", "２０ｋｍ２以上の区は", "20 KM2 以上の区は", "20㎢以上の区は"):
        assert asked(question, 0) == Operation("filter", (">=20",)), question


def test_counts_and_the_small_end() -> None:
    assert [asks_count(text) for text in ("施策はいくつ", "施策の数は", "how many measures", "施策は")] == [True, True, True, False]
    assert [asks_smallest(text) for text in ("小さいのは", "狭いのは", "大きいのは", "at least")] == [True, True, False, False]
