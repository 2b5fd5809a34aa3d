"""The zones document passage by passage, made-up zones of its sentence pattern, and documents without a guide."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import GuideError
from app.reading.corpus import read_document
from app.reading.guide import Guide, read_guide
from app.reading.segmentation import LONGEST_PASSAGE, PASSAGE_LENGTH, segment, sentences, split
from app.schema import Document, Passage, Zone

CORPUS = Path(__file__).parents[1] / "corpus"
SOURCE = CORPUS / "shanghai-ftz-linkage-zones.txt"
GUIDE = read_guide(SOURCE.with_suffix(".toml"))

# ── The golden table: every passage of the zones document, in its order ─────────────────────────────────────

OPENING = (
    "第一陣「6+1」上海自由貿易試験区連携イノベーション区が設立",
    "上海自由貿易試験区連携イノベーション区の建設が始まって以来、各区は地域経済発展の特徴に基づき、経営主体のニーズを方向とし、"
    "的確性と価値のある連動改革の提案が数多く提されてきた。",
    "上海市政府による認可を受け、黄浦区、徐匯区、虹口区、楊浦区、宝山区、閔行区の6区内の主要地域と、自由貿易試験区外に位置する"
    "松江区、漕河涇開発区、奉賢区、金橋区、青浦区、嘉定区などの6つの総合保税区で上海自由貿易試験区連携イノベーションエリアを設立し、"
    "「1区1案」で第一陣の「6+1(6区、区ごとに案を策定)」連携イノベーション区を作る。",
)

# zone: area list, size, focus, then its measures
ZONES = {
    "黄浦": (
        "外灘エリア、濱江中央科学イノベーションエリア、淮海新天地エリア、人民広場エリアをカバーし",
        "総面積は約14平方キロメートル",
        "金融サービスと輸入貿易に焦点を当てて",
        "海外金融職業資格の認定メカニズムの普及",
        "科学イノベーション企業の融資ルートの拡大",
        "保税展示取引の新モデルの試行",
        "芸術機関のレベル別・種類別の管理の実施",
        "3次元地籍を中核とした土地の立体化管理モードの探索",
    ),
    "徐匯": (
        "大徐家匯エリア、西岸濱江エリア、漕河涇開発開拓エリア、徐匯ミッドタウンエリア、華涇ゲートウェイエリアをカバーし",
        "総面積は約45平方キロメートル",
        "人工知能(AI)、デジタル経済、科学技術成果の転化に焦点を当てて",
        "人工知能産業と教育の融合の促進",
        "デジタル経済コーパス・エコシステムの構築",
        "データの効率的で便利かつ安全なクロスボーダー流通の促進",
        "新型研究開発機関の発展の奨励と標準化",
        "高品質のインキュベーターの建設推進",
    ),
    "虹口": (
        "北外灘エリアをカバーし",
        "総面積は約4平方キロメートル",
        "ハイエンド海運および金融サービス、グリーン・低炭素サービスに焦点を当てて",
        "渉外商事海事臨時仲裁の実施",
        "グリーン海運の新業態の拡大",
        "グリーン・低炭素のグローバル人材の誘致",
        "越境人民元業務の発展推進",
        "イノベーション科学技術金融商品の供給",
        "企業の法廷外リストラの新モデルの探索",
    ),
    "楊浦": (
        "大創智科学技術イノベーション回廊エリアと濱江国際イノベーションエリアをカバーし",
        "総面積は約23平方キロメートル",
        "科学技術イノベーション協力とオンライン新経済の発展に焦点を当てて",
        "高水準のイノベーションプラットフォームの共同構築",
        "国際イノベーションリソースとのマッチングの強化",
        "国境を越えた科学技術成果の転化の促進",
        "地域・学校・企業間の緊密な協力の新モデルの模索",
        "デジタル貿易の革新発展の促進",
        "デジタル経済企業の開放とイノベーションの奨励",
    ),
    "宝山": (
        "上海国際クルーズ観光リゾートエリア、張江高新区宝山園、グリーン・低炭素サプライチェーン中核機能エリアをカバーし",
        "総面積は約50平方キロメートル",
        "クルーズ経済とグリーン・低炭素のサプライチェーンに焦点を当て",
        "クルーズ湾港通関モデルの革新",
        "国際クルーズ船の港湾での補給管理イノベーションの深化",
        "クルーズ人材の誘致と育成システムの構築",
        "グリーン・低炭素サプライチェーンの公共サービスプラットフォームの機能強化",
        "炭素金融システム構築の促進",
    ),
    "閔行": (
        "虹橋国際中央ビジネスエリア(閔行部分)および「大零号湾(グランドネオベイ)」科学技術イノベーション策源機能区の"
        "2大エリアの産業分野をカバーし",
        "総面積は約46平方キロメートル",
        "新型国際貿易とハイエンドスマート製造に焦点を当てて",
        "虹橋ビジネスエリア保税物流センター(B型)の能力向上",
        "公共保税倉庫の機能拡大",
        "科学研究機器・設備共有のサポート",
        "ハイエンド装備分野の地域間の産業協力の促進",
    ),
    "総合保税区": (
        "自由貿易試験区範囲外の6つの総合保税区全域をカバーし",
        "総面積は約11平方キロメートル",
        "越境貿易の円滑化レベルの向上と対外貿易新業態・新モデルの開発に焦点を当てて",
        "越境電子商取引産業集積のサポート",
        "「保税+」ビジネスの開拓と模索",
        "クロスボーダー資金決済サービスの最適化",
        "土地など各種要素の保障と供給の強化",
        "税関特殊監督管理エリアの協同発展の推進",
    ),
}

CLOSING = (
    "第一陣の連携イノベーション区の特徴とハイライトは、大まかに3つの面に要約できる。",
    "1つ目は、より広い範囲で試行の経験を普及すること。",
    "2つ目は、より広い次元で協力空間を拡大すること。",
    "3つ目は、より深いレベルでの発展の原動力を育成すること。",
)

Row = tuple[str | None, str, str]

GOLDEN: list[Row] = [
    *[(None, "概要", text) for text in OPENING],
    *[
        (zone, kind, text)
        for zone, (areas, size, focus, *measures) in ZONES.items()
        for kind, text in [("エリア", areas), ("面積", size), ("重点", focus), *[("施策", m) for m in measures]]
    ],
    *[(None, "概要", text) for text in CLOSING],
]


def document(text: str, name: str = "made-up.txt") -> Document:
    return Document(name, text, "")


def rows(passages: tuple[Passage, ...]) -> list[Row]:
    return [(passage.zone, passage.kind, passage.text) for passage in passages]


def check_spans(source: Document, zones: tuple[Zone, ...], passages: tuple[Passage, ...]) -> None:
    """What holds of every document: exact spans, document order, no overlap, unique ids, nothing blank."""
    for passage in passages:
        assert passage.document == source.name
        assert source.text[passage.start : passage.end] == passage.text
        assert passage.text.strip(), f"blank passage {passage.passage_id}"
    for before, after in pairwise(passages):
        assert before.end <= after.start
    assert len({passage.passage_id for passage in passages}) == len(passages)
    for zone in zones:
        assert source.text[zone.start : zone.end] == zone.name.split(" / ")[-1]
    assert {passage.zone for passage in passages} <= {zone.name for zone in zones} | {None}


def outside(source: Document, passages: tuple[Passage, ...]) -> str:
    """What no passage holds, a line break for each passage cut out."""
    edges = [0, *[edge for passage in passages for edge in (passage.start, passage.end)], len(source.text)]
    return "\n".join(source.text[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True))


# ── The zones document ──────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def shipped() -> tuple[Document, tuple[Zone, ...], tuple[Passage, ...]]:
    source = read_document(SOURCE, CORPUS)
    return source, *segment(source, GUIDE)


def test_every_passage_of_the_zones_document(shipped: tuple[Document, tuple[Zone, ...], tuple[Passage, ...]]) -> None:
    source, zones, passages = shipped
    assert rows(passages) == GOLDEN
    assert [zone.name for zone in zones] == list(ZONES)
    check_spans(source, zones, passages)


def test_totals_of_the_zones_document(shipped: tuple[Document, tuple[Zone, ...], tuple[Passage, ...]]) -> None:
    _, _, passages = shipped
    measures = {zone: sum(p.zone == zone and p.kind == "施策" for p in passages) for zone in ZONES}
    assert measures == {"黄浦": 5, "徐匯": 5, "虹口": 6, "楊浦": 6, "宝山": 5, "閔行": 4, "総合保税区": 5}
    assert sum(passage.zone is not None for passage in passages) == 7 * 3 + 36 == 57
    assert sum(passage.zone is None for passage in passages) == 7
    assert len(passages) == 64


def test_the_golden_table_is_the_document(shipped: tuple[Document, tuple[Zone, ...], tuple[Passage, ...]]) -> None:
    # Joined again with what lies between, the table gives the file back: the table's own control.
    text = "\n".join(
        [
            OPENING[0],
            OPENING[1] + OPENING[2],
            *[
                f"{zone}連携イノベーション区\n{areas}、{size}、{focus}、{'、'.join(measures)}などの面において、複数の課題や対策が提案される。"
                for zone, (areas, size, focus, *measures) in ZONES.items()
            ],
            "".join(CLOSING),
        ]
    )
    assert shipped[0].text.strip() == text


@pytest.mark.parametrize(
    ("passage_id", "text"),
    [
        ("shanghai-ftz-linkage-zones#概要/1", "第一陣「6+1」上海自由貿易試験区連携イノベーション区が設立"),
        ("shanghai-ftz-linkage-zones#黄浦/施策/3", "保税展示取引の新モデルの試行"),
        ("shanghai-ftz-linkage-zones#宝山/面積", "総面積は約50平方キロメートル"),
        ("shanghai-ftz-linkage-zones#総合保税区/施策/2", "「保税+」ビジネスの開拓と模索"),
    ],
)
def test_ids_are_readable(
    shipped: tuple[Document, tuple[Zone, ...], tuple[Passage, ...]], passage_id: str, text: str
) -> None:
    assert {passage.passage_id: passage.text for passage in shipped[2]}[passage_id] == text


def test_outside_the_passages_are_headings_separators_and_the_declared_skip(
    shipped: tuple[Document, tuple[Zone, ...], tuple[Passage, ...]],
) -> None:
    source, _, passages = shipped
    rest = outside(source, passages)
    for zone in ZONES:
        assert rest.count(f"{zone}連携イノベーション区") == 1
        rest = rest.replace(f"{zone}連携イノベーション区", "")
    skipped = "などの面において、複数の課題や対策が提案される。"
    assert rest.count(skipped) == 7
    assert set(rest.replace(skipped, "")) == {"、", "\n"}


# ── Made-up zones in the same sentence pattern ──────────────────────────────────────────────────────────────

LETTERS = "港湾海洋農林観光宇宙医療製造新旧東西南北テクノロジーバイオ・ー々9B"
WORDS = st.text(LETTERS, min_size=1, max_size=8)
BRACKETS = st.sampled_from(["「{}」", "({})", "（{}）", "『{}』", "【{}】"])
# What stands in brackets may hold every separator and still belongs to its name.
HELD = st.tuples(BRACKETS, WORDS, st.sampled_from(["、", "と", "および", "エリアと", "・"]), WORDS).map(
    lambda parts: parts[0].format(parts[1] + parts[2] + parts[3])
)
AREA = st.one_of(
    WORDS.map(lambda word: f"{word}エリア"),
    st.tuples(HELD, WORDS).map(lambda parts: f"{parts[0]}{parts[1]}機能区"),
    st.tuples(WORDS, HELD).map(lambda parts: f"{parts[0]}エリア{parts[1]}"),
)
MEASURE = st.one_of(
    st.tuples(WORDS, WORDS).map("とイノベーションの".join),
    st.tuples(WORDS, WORDS).map("および".join),
    st.tuples(WORDS, HELD, WORDS).map("".join),
    st.tuples(HELD, WORDS).map("".join),
)
NUMBER = st.one_of(
    st.integers(1, 999).map(str),
    st.integers(1000, 99999).map("{:,}".format),
    st.tuples(st.integers(0, 99), st.integers(1, 9)).map(lambda parts: f"{parts[0]}.{parts[1]}"),
    st.just("１２"),
)
EXTRA = st.sampled_from(
    ["", "なお、期限は定めない。", "\nなお、期限は定めない。", "\n追って知らせる。「晴れ。」という。"]
)


@dataclass
class Built:
    """A document as it is written, with the passages that must come out of it."""

    text: str = ""
    expected: list[tuple[str | None, str, int, int]] = field(default_factory=list)
    areas: list[list[tuple[int, int]]] = field(default_factory=list)

    def skip(self, text: str) -> None:
        self.text += text

    def passage(self, zone: str | None, kind: str, text: str) -> None:
        self.expected.append((zone, kind, len(self.text), len(self.text) + len(text)))
        self.text += text


@st.composite
def announcements(draw: st.DrawFn) -> Built:
    newline = draw(st.sampled_from(["\n", "\r\n", "\n\n", "\r\n\u3000\r\n"]))
    built = Built(draw(st.sampled_from(["", "\ufeff", "\ufeff\u3000"])))
    built.passage(None, "概要", "連携区が設立")
    built.skip(newline)
    built.passage(None, "概要", "市の認可を受け(第1案。第2案)、区を作る。")
    built.passage(None, "概要", "よい！")
    built.skip(newline)
    for zone in draw(st.lists(WORDS, min_size=1, max_size=4, unique=True)):
        built.skip(f"{zone}連携イノベーション区{newline}")
        areas = draw(st.lists(AREA, min_size=1, max_size=4))
        listed = areas[0]
        places = [(0, len(listed))]
        for before, area in pairwise(areas):
            joint = draw(st.sampled_from(["、", "および", "と"] if before.endswith("エリア") else ["、", "および"]))
            listed += joint + area
            places.append((len(listed) - len(area), len(listed)))
        built.areas.append([(len(built.text) + start, len(built.text) + end) for start, end in places])
        built.passage(zone, "エリア", f"{listed}をカバーし")
        built.skip("、")
        built.passage(zone, "面積", f"総面積は{draw(st.sampled_from(['約', '']))}{draw(NUMBER)}平方キロメートル")
        built.skip("、")
        built.passage(zone, "重点", f"{draw(WORDS)}と{draw(HELD)}{draw(st.sampled_from(['', '、海運']))}に焦点を当て")
        if draw(st.booleans()):
            zone_kind_start, end = built.expected.pop()[:3], len(built.text) + 1
            built.expected.append((*zone_kind_start, end))
            built.skip("て")
        for measure in draw(st.lists(MEASURE, min_size=1, max_size=6)):
            built.skip("、")
            built.passage(zone, "施策", measure)
        built.skip("などの面において、複数の課題や対策が提案される。")
        for part in draw(EXTRA).replace("。", "。|").split("|"):
            if part.startswith("\n"):
                built.skip(newline)
            if part.lstrip("\n").startswith("」"):  # a full stop within quotation marks ends nothing
                zone_kind_start, end = built.expected.pop()[:3], len(built.text) + len(part)
                built.expected.append((*zone_kind_start, end))
                built.skip(part)
            elif part.lstrip("\n"):
                built.passage(zone, "本文", part.lstrip("\n"))
        built.skip(newline)
    built.passage(None, "概要", "第一陣の特徴は3つに要約できる。")
    built.passage(None, "概要", "1つ目は、普及すること。")
    if draw(st.booleans()):
        built.skip(newline)
        built.passage(None, "概要", "以上")
    return built


@settings(max_examples=150, deadline=None)
@given(announcements())
def test_made_up_zones_split_exactly(built: Built) -> None:
    source = document(built.text)
    zones, passages = segment(source, GUIDE)
    assert [(p.zone, p.kind, p.start, p.end) for p in passages] == built.expected
    check_spans(source, zones, passages)
    rest = outside(source, passages).replace("などの面において、複数の課題や対策が提案される。", "")
    for zone in zones:
        rest = rest.replace(f"{zone.name}連携イノベーション区", "", 1)
    assert not [character for character in rest if character.isalnum()]


@settings(max_examples=60, deadline=None)
@given(st.lists(AREA, min_size=1, max_size=5), st.lists(st.sampled_from(["、", "および"]), min_size=5, max_size=5))
def test_lists_are_cut_at_their_separators_only(names: list[str], joints: list[str]) -> None:
    text = names[0] + "".join(joint + name for joint, name in zip(joints, names[1:], strict=False))
    separator = next(pattern.separator for pattern in GUIDE.facts if pattern.kind == "エリア")
    assert separator is not None
    assert [text[start:end] for start, end in split(text, 0, len(text), separator)] == names


@pytest.mark.parametrize("bom", ["", "\ufeff"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r", "\r\n\r\n"])
def test_line_ends_and_a_byte_order_mark_change_offsets_only(bom: str, newline: str) -> None:
    source = document(bom + SOURCE.read_text(encoding="utf-8").replace("\n", newline))
    zones, passages = segment(source, GUIDE)
    assert rows(passages) == GOLDEN
    check_spans(source, zones, passages)


# ── A guide that does not fit ───────────────────────────────────────────────────────────────────────────────

SHIPPED_TEXT = SOURCE.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("before", "after", "named"),
    [
        ("、総面積は約4平方キロメートル", "", ["虹口", "面積"]),
        ("総面積は約14平方キロメートル", "総面積は広大", ["黄浦", "面積"]),
        ("北外灘エリアをカバーし、", "", ["虹口", "エリア"]),
        ("サプライチェーンに焦点を当て、", "サプライチェーンを重んじ、", ["宝山", "重点"]),
        ("産業協力の促進などの面において", "産業協力の促進において", ["閔行", "施策"]),
        ("閔行連携イノベーション区\n", "宝山連携イノベーション区\n", ["宝山"]),
        ("連携イノベーション区\n", "連携地帯\n", ["heading"]),
    ],
)
def test_a_document_that_the_guide_does_not_fit_is_refused(before: str, after: str, named: list[str]) -> None:
    assert before in SHIPPED_TEXT
    with pytest.raises(GuideError) as caught:
        segment(document(SHIPPED_TEXT.replace(before, after)), GUIDE)
    assert caught.value.code == "guide_mismatch"
    assert caught.value.exit_code == 2
    for name in ["made-up.txt", *named]:
        assert name in caught.value.message


def test_a_zone_with_a_heading_and_nothing_else_is_refused() -> None:
    # Its size is as missing as that of a zone that has a text without one.
    text = SHIPPED_TEXT.replace("宝山連携イノベーション区\n", "嘉定連携イノベーション区\n宝山連携イノベーション区\n")
    with pytest.raises(GuideError) as caught:
        segment(document(text), GUIDE)
    assert "嘉定" in caught.value.message


# ── Without a guide ─────────────────────────────────────────────────────────────────────────────────────────


def read_plain(text: str) -> tuple[list[str], list[tuple[str | None, str]]]:
    """Zone names and (zone, text) of the passages of a document without a guide."""
    source = document(text)
    zones, passages = segment(source, Guide())
    check_spans(source, zones, passages)
    assert {passage.kind for passage in passages} <= {"本文"}
    return [zone.name for zone in zones], [(passage.zone, passage.text) for passage in passages]


def test_markdown_headings_make_a_path() -> None:
    zones, passages = read_plain(
        "# 利用案内\n\n開館は9時です。休館は月曜です。\n\n"
        "## 貸出\n本は10冊までです。\n### 延長\n1回できます。\n\n## 返却\nポストへ。\n"
    )
    assert zones == ["利用案内", "利用案内 / 貸出", "利用案内 / 貸出 / 延長", "利用案内 / 返却"]
    assert passages == [
        ("利用案内", "開館は9時です。休館は月曜です。"),
        ("利用案内 / 貸出", "本は10冊までです。"),
        ("利用案内 / 貸出 / 延長", "1回できます。"),
        ("利用案内 / 返却", "ポストへ。"),
    ]


@pytest.mark.parametrize(
    "heading",
    [
        "第1章 総則",
        "第一条　目的",
        "1. 目的",
        "1.2 用語の定義",
        "２　目的",
        "一、目的",
        "（1）目的",
        "(三) 目的",
        "II. 目的",
    ],
)
def test_numbered_headings(heading: str) -> None:
    body = "この規程は、図書館の利用について必要な事項を定める。"
    assert read_plain(f"{heading}\n{body}") == ([heading], [(heading, body)])


@pytest.mark.parametrize("article", ["第1条（目的）", "第1条　目的"])
def test_articles_lie_below_their_chapter(article: str) -> None:
    body = "この規程は、図書館の利用について必要な事項を定める。"
    zones, passages = read_plain(f"第1章 総則\n{article}\n{body}\n第2章 雑則\n本則のほか必要な事項は館長が別に定める。")
    assert "第1章 総則" in zones[0]
    assert passages[-1][0] == "第2章 雑則"
    assert [text for _, text in passages][-2:] == [body, "本則のほか必要な事項は館長が別に定める。"]


def test_a_chapter_heads_the_article_that_follows_it() -> None:
    article = "第1条　この規程は、図書館の利用について必要な事項を定める。"
    assert read_plain(f"第1章 総則\n{article}") == (["第1章 総則"], [("第1章 総則", article)])


def test_a_short_line_over_a_paragraph_is_a_heading() -> None:
    body = "窓口は午前九時から午後五時まで開いている。土曜日は午前だけである。"
    assert read_plain(f"窓口の時間\n{body}") == (["窓口の時間"], [("窓口の時間", body)])
    assert read_plain(f"# 案内\nようこそ。\n窓口の時間\n{body}\n\n電話の時間\n{body}") == (
        ["案内", "案内 / 窓口の時間", "案内 / 電話の時間"],
        [("案内", "ようこそ。"), ("案内 / 窓口の時間", body), ("案内 / 電話の時間", body)],
    )


@pytest.mark.parametrize(
    "line", ["短い文である。", "一行目、", "続きの行が短い", "とても" * 15 + "長い見出しは見出しではない"]
)
def test_other_lines_are_text(line: str) -> None:
    assert read_plain(f"{line}\nはい。") == ([], [(None, line), (None, "はい。")])


def test_list_items_are_passages_without_their_marks() -> None:
    marked = ["・はさみ", "● のり", "- 紙", "* 鉛筆", "③ ペン", "　・　袋", "1. 定規", "2. 消しゴム", "3. 糸", "4) 針"]
    _, passages = read_plain("持ち物\n" + "\n".join(marked))
    assert [text for _, text in passages] == [
        "持ち物", "はさみ", "のり", "紙", "鉛筆", "ペン", "袋", "定規", "消しゴム", "糸", "針",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "line",
    ["3.14は円周率である。", "1.5倍に増えた。", "2026.4.1に開館した。", "-5度まで下がった。", "１．５倍に増えた。"],
)
def test_a_number_at_the_start_of_a_line_is_no_list_mark(line: str) -> None:
    assert read_plain(line) == ([], [(None, line)])


def test_paragraphs_are_packed_into_whole_sentences() -> None:
    # Sentences of 60 characters: three fit into 200.
    paragraph = "".join(f"{number:02}" + "あ" * 57 + "。" for number in range(10))
    _, passages = read_plain(paragraph)
    assert [len(text) for _, text in passages] == [180, 180, 180, 60]
    assert "".join(text for _, text in passages) == paragraph


@pytest.mark.parametrize(("length", "passages"), [(200, 1), (201, 2)])
def test_two_sentences_share_a_passage_up_to_its_length(length: int, passages: int) -> None:
    assert PASSAGE_LENGTH == 200
    paragraph = "あ" * 99 + "。" + "い" * (length - 101) + "。"
    assert len(paragraph) == length
    assert len(read_plain(paragraph)[1]) == passages


def test_a_sentence_of_5000_characters_is_cut_at_600() -> None:
    sentence = "".join(chr(0x4E00 + number) for number in range(5000))
    _, passages = read_plain(sentence)
    assert LONGEST_PASSAGE == 600
    assert [len(text) for _, text in passages] == [600] * 8 + [200]
    assert "".join(text for _, text in passages) == sentence


def test_blanks_within_a_cut_sentence_make_no_passage() -> None:
    _, passages = read_plain("始" + " " * 1300 + "終")
    assert [text.strip() for _, text in passages] == ["始", "終"]


def test_headings_alone_are_still_said() -> None:
    assert read_plain("# 第一\n## 第二") == ([], [(None, "# 第一"), (None, "## 第二")])


def test_a_heading_alone_is_cut_like_any_sentence() -> None:
    _, passages = read_plain("# " + "あ" * 700)
    assert max(len(text) for _, text in passages) <= LONGEST_PASSAGE


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("雨だ。風だ。", ["雨だ。", "風だ。"]),
        ("雨だ！？風だ", ["雨だ！？", "風だ"]),
        ("「雨だ。風だ。」と言う。晴れ。", ["「雨だ。風だ。」と言う。", "晴れ。"]),
        ("区(案。策)を作る。次。", ["区(案。策)を作る。", "次。"]),
        ("He left. It is 3.5 km. Ok", ["He left.", "It is 3.5 km.", "Ok"]),
        ("）雨だ。風だ。", ["）雨だ。", "風だ。"]),
        (" \u3000。 ", ["。"]),
        ("", []),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in sentences(text, 0, len(text))] == expected


def test_a_bracket_that_never_closes_does_not_hang() -> None:
    started = time.perf_counter()
    segment(document("「" + "雨だ。" * 20_000), Guide())
    assert time.perf_counter() - started < 5


def test_a_list_in_a_bracket_that_never_closes_does_not_hang() -> None:
    text = "「" + "雨だ、" * 20_000
    started = time.perf_counter()
    assert len(list(split(text, 0, len(text), re.compile("、")))) == 1
    assert time.perf_counter() - started < 5


PIECES = st.sampled_from(
    [
        *"「」()。！、 ・①\u3000\ufeff\n\r",
        "# ",
        "## ",
        "\n",
        "\n\n",
        "\r\n",
        "第1章 総則",
        "第二条 ",
        "1. ",
        "1.2 ",
        "(1) ",
        "- ",
        ". ",
        "見出し",
        "雨が降るので長い文が続く",
        "あ" * 70,
        "い" * 250,
        "う" * 700,
    ]
)
LAYOUTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=300),
    st.lists(PIECES, max_size=40).map("".join),
    st.lists(st.one_of(PIECES, st.text(max_size=10)), max_size=20).map("".join),
)


@settings(max_examples=400, deadline=None)
@given(LAYOUTS)
def test_any_text_is_read_without_loss(text: str) -> None:
    source = document(text)
    zones, passages = segment(source, Guide())
    for passage in passages:
        assert text[passage.start : passage.end] == passage.text
        assert len(passage.text) <= LONGEST_PASSAGE
    assert [p.start for p in passages] == sorted(p.start for p in passages)
    assert len({passage.passage_id for passage in passages}) == len(passages)
    titles = {text[zone.start : zone.end] for zone in zones}
    for line in outside(source, passages).replace("\r", "\n").split("\n"):
        title = line.strip(" \t\u3000\ufeff")
        if title not in titles and title.lstrip("#").lstrip(" \u3000") not in titles:
            assert not [character for character in line if character.isalpha()], line
