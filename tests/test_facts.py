"""The ledger of the zones document as a table, and what a fact pattern may and may not give."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import GuideError
from app.reading.corpus import read_document
from app.reading.facts import extract_facts, parse_number
from app.reading.guide import FactPattern, Guide, read_guide
from app.reading.segmentation import segment
from app.schema import Document, Fact, Passage

CORPUS = Path(__file__).parents[1] / "corpus"
SOURCE = CORPUS / "shanghai-ftz-linkage-zones.txt"
DOCUMENT = "shanghai-ftz-linkage-zones"

# zone: (what the text writes, number, unit, written with 約)
SIZES = {
    "黄浦": ("約14平方キロメートル", 14.0, "平方キロメートル", True),
    "徐匯": ("約45平方キロメートル", 45.0, "平方キロメートル", True),
    "虹口": ("約4平方キロメートル", 4.0, "平方キロメートル", True),
    "楊浦": ("約23平方キロメートル", 23.0, "平方キロメートル", True),
    "宝山": ("約50平方キロメートル", 50.0, "平方キロメートル", True),
    "閔行": ("約46平方キロメートル", 46.0, "平方キロメートル", True),
    "総合保税区": ("約11平方キロメートル", 11.0, "平方キロメートル", True),
}

AREAS = {
    "黄浦": ["外灘エリア", "濱江中央科学イノベーションエリア", "淮海新天地エリア", "人民広場エリア"],
    "徐匯": [
        "大徐家匯エリア",
        "西岸濱江エリア",
        "漕河涇開発開拓エリア",
        "徐匯ミッドタウンエリア",
        "華涇ゲートウェイエリア",
    ],
    "虹口": ["北外灘エリア"],
    "楊浦": ["大創智科学技術イノベーション回廊エリア", "濱江国際イノベーションエリア"],
    "宝山": [
        "上海国際クルーズ観光リゾートエリア",
        "張江高新区宝山園",
        "グリーン・低炭素サプライチェーン中核機能エリア",
    ],
    "閔行": ["虹橋国際中央ビジネスエリア(閔行部分)", "「大零号湾(グランドネオベイ)」科学技術イノベーション策源機能区"],
}
WHOLE = "自由貿易試験区範囲外の6つの総合保税区全域"
BONDED_PLACES = ["松江区", "漕河涇開発区", "奉賢区", "金橋区", "青浦区", "嘉定区"]

FOCI = {
    "黄浦": "金融サービスと輸入貿易",
    "徐匯": "人工知能(AI)、デジタル経済、科学技術成果の転化",
    "虹口": "ハイエンド海運および金融サービス、グリーン・低炭素サービス",
    "楊浦": "科学技術イノベーション協力とオンライン新経済の発展",
    "宝山": "クルーズ経済とグリーン・低炭素のサプライチェーン",
    "閔行": "新型国際貿易とハイエンドスマート製造",
    "総合保税区": "越境貿易の円滑化レベルの向上と対外貿易新業態・新モデルの開発",
}

MEASURES = {
    "黄浦": [
        "海外金融職業資格の認定メカニズムの普及",
        "科学イノベーション企業の融資ルートの拡大",
        "保税展示取引の新モデルの試行",
        "芸術機関のレベル別・種類別の管理の実施",
        "3次元地籍を中核とした土地の立体化管理モードの探索",
    ],
    "徐匯": [
        "人工知能産業と教育の融合の促進",
        "デジタル経済コーパス・エコシステムの構築",
        "データの効率的で便利かつ安全なクロスボーダー流通の促進",
        "新型研究開発機関の発展の奨励と標準化",
        "高品質のインキュベーターの建設推進",
    ],
    "虹口": [
        "渉外商事海事臨時仲裁の実施",
        "グリーン海運の新業態の拡大",
        "グリーン・低炭素のグローバル人材の誘致",
        "越境人民元業務の発展推進",
        "イノベーション科学技術金融商品の供給",
        "企業の法廷外リストラの新モデルの探索",
    ],
    "楊浦": [
        "高水準のイノベーションプラットフォームの共同構築",
        "国際イノベーションリソースとのマッチングの強化",
        "国境を越えた科学技術成果の転化の促進",
        "地域・学校・企業間の緊密な協力の新モデルの模索",
        "デジタル貿易の革新発展の促進",
        "デジタル経済企業の開放とイノベーションの奨励",
    ],
    "宝山": [
        "クルーズ湾港通関モデルの革新",
        "国際クルーズ船の港湾での補給管理イノベーションの深化",
        "クルーズ人材の誘致と育成システムの構築",
        "グリーン・低炭素サプライチェーンの公共サービスプラットフォームの機能強化",
        "炭素金融システム構築の促進",
    ],
    "閔行": [
        "虹橋ビジネスエリア保税物流センター(B型)の能力向上",
        "公共保税倉庫の機能拡大",
        "科学研究機器・設備共有のサポート",
        "ハイエンド装備分野の地域間の産業協力の促進",
    ],
    "総合保税区": [
        "越境電子商取引産業集積のサポート",
        "「保税+」ビジネスの開拓と模索",
        "クロスボーダー資金決済サービスの最適化",
        "土地など各種要素の保障と供給の強化",
        "税関特殊監督管理エリアの協同発展の推進",
    ],
}

# Of the document as a whole: (attribute, text, the sentence that states it)
OVERVIEW = [
    ("設立する区", "黄浦区", "概要/3"),
    ("設立する区", "徐匯区", "概要/3"),
    ("設立する区", "虹口区", "概要/3"),
    ("設立する区", "楊浦区", "概要/3"),
    ("設立する区", "宝山区", "概要/3"),
    ("設立する区", "閔行区", "概要/3"),
    ("認可", "上海市政府", "概要/3"),
    ("方式", "「1区1案」", "概要/3"),
    ("構成", "6+1", "概要/3"),
    ("特徴", "より広い範囲で試行の経験を普及すること", "概要/5"),
    ("特徴", "より広い次元で協力空間を拡大すること", "概要/6"),
    ("特徴", "より深いレベルでの発展の原動力を育成すること", "概要/7"),
]


def read() -> tuple[Document, tuple[Passage, ...], tuple[Fact, ...]]:
    source = read_document(SOURCE, CORPUS)
    guide = read_guide(SOURCE.with_suffix(".toml"))
    _, passages = segment(source, guide)
    return source, passages, extract_facts(passages, guide)


SHIPPED, PASSAGES, FACTS = read()


def stated(subject: str | None, attribute: str) -> list[Fact]:
    return [fact for fact in FACTS if (fact.subject, fact.attribute) == (subject, attribute)]


def test_every_fact_is_an_exact_span_of_the_document_and_of_its_passage() -> None:
    passages = {passage.passage_id: passage for passage in PASSAGES}
    for fact in FACTS:
        passage = passages[fact.passage_id]
        assert fact.text
        assert SHIPPED.text[fact.start : fact.end] == fact.text
        assert passage.start <= fact.start < fact.end <= passage.end
        assert fact.document == passage.document == SHIPPED.name
        assert fact.subject == passage.zone or passage.kind == "概要"


@pytest.mark.parametrize(("zone", "size"), SIZES.items())
def test_the_seven_sizes(zone: str, size: tuple[str, float, str, bool]) -> None:
    [fact] = stated(zone, "面積")
    assert (fact.text, fact.number, fact.unit, fact.approximate) == size
    assert fact.passage_id == f"{DOCUMENT}#{zone}/面積"


def test_the_sizes_together() -> None:
    assert sum(fact.number or 0 for fact in FACTS) == 14 + 45 + 4 + 23 + 50 + 46 + 11 == 193
    assert {fact.attribute for fact in FACTS if fact.number is not None or fact.unit or fact.approximate} == {"面積"}


@pytest.mark.parametrize(("zone", "areas"), AREAS.items())
def test_the_named_areas_of_a_district_one_by_one(zone: str, areas: list[str]) -> None:
    facts = stated(zone, "エリア")
    assert [fact.text for fact in facts] == areas
    assert {fact.passage_id for fact in facts} == {f"{DOCUMENT}#{zone}/エリア"}


def test_there_are_seventeen_named_areas_in_the_districts() -> None:
    assert sum(map(len, AREAS.values())) == 17
    assert sum(len(stated(zone, "エリア")) for zone in AREAS) == 17


def test_the_places_of_the_bonded_zones_stand_in_the_opening() -> None:
    places = [(place, f"{DOCUMENT}#概要/3") for place in BONDED_PLACES]
    assert [(fact.text, fact.passage_id) for fact in stated("総合保税区", "所在地")] == places


def test_the_places_of_the_bonded_zones_are_no_areas() -> None:
    """Their section covers all of them together; where they are is another question."""
    whole = [(WHOLE, f"{DOCUMENT}#総合保税区/エリア")]
    assert [(fact.text, fact.passage_id) for fact in stated("総合保税区", "エリア")] == whole


def test_nothing_but_the_bonded_zones_has_places() -> None:
    assert {fact.subject for fact in FACTS if fact.attribute == "所在地"} == {"総合保税区"}


@pytest.mark.parametrize(("zone", "focus"), FOCI.items())
def test_one_focus_a_zone(zone: str, focus: str) -> None:
    assert [(fact.text, fact.passage_id) for fact in stated(zone, "重点")] == [(focus, f"{DOCUMENT}#{zone}/重点")]


@pytest.mark.parametrize(("zone", "measures"), MEASURES.items())
def test_the_measures(zone: str, measures: list[str]) -> None:
    expected = [(text, f"{DOCUMENT}#{zone}/施策/{number}") for number, text in enumerate(measures, 1)]
    assert [(fact.text, fact.passage_id) for fact in stated(zone, "施策")] == expected


def test_there_are_thirty_six_measures() -> None:
    assert sum(map(len, MEASURES.values())) == 36
    assert sum(fact.attribute == "施策" for fact in FACTS) == 36


def test_what_the_overview_states() -> None:
    facts = [(fact.attribute, fact.text, fact.passage_id) for fact in FACTS if fact.subject is None]
    assert facts == [(attribute, text, f"{DOCUMENT}#{place}") for attribute, text, place in OVERVIEW]


def test_nothing_else_is_in_the_ledger() -> None:
    assert len(FACTS) == 7 + 17 + 1 + 6 + 36 + 7 + len(OVERVIEW) == 86


# ── Fact patterns on made-up passages ───────────────────────────────────────────────────────────────────────


def passage(text: str, kind: str = "面積", zone: str | None = "港") -> Passage:
    return Passage("made-up#港/面積", "made-up.txt", zone, kind, text, 100, 100 + len(text))


def facts_of(text: str, pattern: str, separator: str | None = None, subject: str | None = None) -> list[Fact]:
    cut = None if separator is None else re.compile(separator)
    guide = Guide(facts=(FactPattern("面積", "面積", re.compile(pattern), cut, subject),))
    return list(extract_facts((passage(text),), guide))


SIZE = r"面積は((?P<approximate>約|およそ)?(?P<number>[\d,.]+)(?P<unit>km2|ヘクタール))"


@pytest.mark.parametrize(
    ("text", "number", "unit", "approximate"),
    [
        ("面積は約14km2", 14.0, "km2", True),
        ("面積はおよそ2.5ヘクタール", 2.5, "ヘクタール", True),
        ("面積は1,200km2", 1200.0, "km2", False),
        ("面積は４５km2", 45.0, "km2", False),
    ],
)
def test_measures_are_parsed(text: str, number: float, unit: str, approximate: bool) -> None:
    [fact] = facts_of(text, SIZE)
    assert (fact.number, fact.unit, fact.approximate) == (number, unit, approximate)
    assert (fact.text, fact.start, fact.end) == (text[3:], 103, 100 + len(text))


def test_a_number_that_is_none_is_refused_with_its_place() -> None:
    with pytest.raises(GuideError) as caught:
        facts_of("面積は1.2.3km2", SIZE)
    assert caught.value.code == "guide_mismatch"
    assert "made-up#港/面積" in caught.value.message
    assert "1.2.3" in caught.value.message


def test_a_subject_of_the_guide_goes_before_the_zone() -> None:
    assert facts_of("面積は14km2", SIZE, subject="湾")[0].subject == "湾"
    assert facts_of("面積は14km2", SIZE)[0].subject == "港"


def test_a_pattern_looks_at_its_kind_only() -> None:
    guide = Guide(facts=(FactPattern("面積", "面積", re.compile("(.+)")),))
    assert extract_facts((passage("面積は14km2", kind="施策"),), guide) == ()


@pytest.mark.parametrize(("pattern", "expected"), [("(.*)", ["面積は14km2"]), ("(広さ)?は(.+)", []), ("(x*)", [])])
def test_what_matches_nothing_states_nothing(pattern: str, expected: list[str]) -> None:
    assert [fact.text for fact in facts_of("面積は14km2", pattern)] == expected


@given(st.lists(st.text("港湾「」()と", min_size=1, max_size=5), min_size=1, max_size=5))
def test_parts_of_a_list_are_exact_spans(parts: list[str]) -> None:
    text = "面積は" + "、".join(parts)
    for fact in facts_of(text, "面積は(.+)", "、"):
        assert text[fact.start - 100 : fact.end - 100] == fact.text != ""


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("14", 14.0),
        ("0.5", 0.5),
        ("1,200", 1200.0),
        ("１，２００．５", 1200.5),
        ("4５", 45.0),
        ("1,234,567", 1234567.0),
    ],
)
def test_numbers(text: str, number: float) -> None:
    assert parse_number(text) == number


@pytest.mark.parametrize("text", ["", "約", "1.2.3", "四", ".", ","])
def test_not_numbers(text: str) -> None:
    with pytest.raises(ValueError, match="float"):
        parse_number(text)
