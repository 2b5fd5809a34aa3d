"""Questions and their exact answers, read off the announcement by hand; the same every time, whoever asks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.answering.assistant import Assistant
from app.config import Settings
from tests.conftest import ROOT

ITEM = "\n・"
NOT_OURS = "この資料に書かれていることについての質問にだけお答えできます。"

# question, answer, the passages that it cites
ANSWERED = [
    ("黄浦の面積は？", "黄浦の面積は約14平方キロメートルです。", ["黄浦/面積"]),
    ("徐匯区の総面積を教えてください", "徐匯の面積は約45平方キロメートルです。", ["徐匯/面積"]),
    ("虹口の面積は？", "虹口の面積は約4平方キロメートルです。", ["虹口/面積"]),
    ("楊浦連携イノベーション区は何平方キロメートルですか。", "楊浦の面積は約23平方キロメートルです。", ["楊浦/面積"]),
    ("宝山の広さ", "宝山の面積は約50平方キロメートルです。", ["宝山/面積"]),
    ("閔行区はどれくらいの大きさですか？", "閔行の面積は約46平方キロメートルです。", ["閔行/面積"]),
    ("総合保税区の面積を知りたい", "総合保税区の面積は約11平方キロメートルです。", ["総合保税区/面積"]),
    (
        "徐匯区に含まれる地域は？",
        "徐匯のエリア：" + ITEM + ITEM.join(
            ["大徐家匯エリア", "西岸濱江エリア", "漕河涇開発開拓エリア", "徐匯ミッドタウンエリア", "華涇ゲートウェイエリア"]
        ),
        ["徐匯/エリア"],
    ),
    ("虹口の面積はいくつ？", "虹口の面積は約4平方キロメートルです。", ["虹口/面積"]),
    ("虹口のエリアは？", "虹口のエリアは北外灘エリアです。", ["虹口/エリア"]),
    (
        "黄浦のエリアはどこですか？",
        "黄浦のエリア：" + ITEM + ITEM.join(
            ["外灘エリア", "濱江中央科学イノベーションエリア", "淮海新天地エリア", "人民広場エリア"]
        ),
        ["黄浦/エリア"],
    ),
    (
        "楊浦の対象地域は？",
        "楊浦のエリア：" + ITEM + ITEM.join(["大創智科学技術イノベーション回廊エリア", "濱江国際イノベーションエリア"]),
        ["楊浦/エリア"],
    ),
    (
        "閔行のエリアを教えて",
        "閔行のエリア："
        + ITEM
        + ITEM.join(["虹橋国際中央ビジネスエリア(閔行部分)", "「大零号湾(グランドネオベイ)」科学技術イノベーション策源機能区"]),
        ["閔行/エリア"],
    ),
    ("黄浦の重点は？", "黄浦の重点は金融サービスと輸入貿易です。", ["黄浦/重点"]),
    ("虹口の重点分野は何ですか？", "虹口の重点はハイエンド海運および金融サービス、グリーン・低炭素サービスです。", ["虹口/重点"]),
    ("宝山は何に焦点を当てていますか？", "宝山の重点はクルーズ経済とグリーン・低炭素のサプライチェーンです。", ["宝山/重点"]),
    (
        "総合保税区の重点は？",
        "総合保税区の重点は越境貿易の円滑化レベルの向上と対外貿易新業態・新モデルの開発です。",
        ["総合保税区/重点"],
    ),
    (
        "虹口の施策は？",
        "虹口の施策：" + ITEM + ITEM.join(
            [
                "渉外商事海事臨時仲裁の実施",
                "グリーン海運の新業態の拡大",
                "グリーン・低炭素のグローバル人材の誘致",
                "越境人民元業務の発展推進",
                "イノベーション科学技術金融商品の供給",
                "企業の法廷外リストラの新モデルの探索",
            ]
        ),
        [f"虹口/施策/{n}" for n in range(1, 7)],
    ),
    (
        "閔行区ではどんな施策がありますか？",
        "閔行の施策：" + ITEM + ITEM.join(
            [
                "虹橋ビジネスエリア保税物流センター(B型)の能力向上",
                "公共保税倉庫の機能拡大",
                "科学研究機器・設備共有のサポート",
                "ハイエンド装備分野の地域間の産業協力の促進",
            ]
        ),
        [f"閔行/施策/{n}" for n in range(1, 5)],
    ),
    (
        "総合保税区の施策をすべて教えて",
        "総合保税区の施策：" + ITEM + ITEM.join(
            [
                "越境電子商取引産業集積のサポート",
                "「保税+」ビジネスの開拓と模索",
                "クロスボーダー資金決済サービスの最適化",
                "土地など各種要素の保障と供給の強化",
                "税関特殊監督管理エリアの協同発展の推進",
            ]
        ),
        [f"総合保税区/施策/{n}" for n in range(1, 6)],
    ),
    (
        "データを安全に国外とやり取りする取り組みは？",
        "徐匯（施策）：データの効率的で便利かつ安全なクロスボーダー流通の促進",
        ["徐匯/施策/3"],
    ),
    (
        "クルーズ人材の育成をするのはどの区？",
        "宝山（施策）：クルーズ人材の誘致と育成システムの構築",
        ["宝山/施策/3"],
    ),
    (
        "外灘エリアはどの区に入っていますか？",
        "黄浦（エリア）：外灘エリア、濱江中央科学イノベーションエリア、淮海新天地エリア、人民広場エリアをカバーし",
        ["黄浦/エリア"],
    ),
    (
        "総合保税区のエリアは？",
        "総合保税区のエリアは自由貿易試験区範囲外の6つの総合保税区全域です。",
        ["総合保税区/エリア"],
    ),
    (
        "総合保税区はどこ？",
        "総合保税区の所在地：" + ITEM + ITEM.join(
            [
                "松江区",
                "漕河涇開発区",
                "奉賢区",
                "金橋区",
                "青浦区",
                "嘉定区",
                "自由貿易試験区範囲外の6つの総合保税区全域をカバーし",
            ]
        ),
        ["概要/3", "総合保税区/エリア"],
    ),
    (
        "徐匯の面積と重点は？",
        "徐匯の面積は約45平方キロメートルです。\n徐匯の重点は人工知能(AI)、デジタル経済、科学技術成果の転化です。",
        ["徐匯/面積", "徐匯/重点"],
    ),
    ("虹口の3番目の施策は？", "虹口の施策はグリーン・低炭素のグローバル人材の誘致です。", ["虹口/施策/3"]),
    ("虹口の六つ目の施策は？", "虹口の施策は企業の法廷外リストラの新モデルの探索です。", ["虹口/施策/6"]),
    ("虹口の最初の施策は？", "虹口の施策は渉外商事海事臨時仲裁の実施です。", ["虹口/施策/1"]),
    ("虹口の最後の施策は？", "虹口の施策は企業の法廷外リストラの新モデルの探索です。", ["虹口/施策/6"]),
    ("特徴の2つ目は？", "特徴：" + ITEM + "より広い次元で協力空間を拡大すること", ["概要/6"]),
    ("最後の特徴は？", "特徴：" + ITEM + "より深いレベルでの発展の原動力を育成すること", ["概要/7"]),
    ("認可したのは誰ですか？", "認可：" + ITEM + "上海市政府", ["概要/3"]),
]

# question, answer, the passages that it cites
CORRECTED = [
    ("外灘エリアは徐匯にありますか？", "いいえ。この資料では、黄浦のエリアに外灘エリアがあります。", ["黄浦/エリア"]),
    ("方式は「2区1案」ですか？", "この資料では、方式は次のとおりです。" + ITEM + "「1区1案」", ["概要/3"]),
    ("認可したのは徐匯区ですよね？", "この資料では、認可は次のとおりです。" + ITEM + "上海市政府", ["概要/3"]),
    (
        "虹口でデジタル経済コーパス・エコシステムを構築していますか？",
        "虹口についてそのような記載はありません。この資料では次のとおりです。" + ITEM
        + "徐匯（施策）：デジタル経済コーパス・エコシステムの構築",
        ["徐匯/施策/2"],
    ),
    (
        "徐匯の重点はクルーズ経済ですよね？",
        "徐匯の重点は人工知能(AI)、デジタル経済、科学技術成果の転化です。\n徐匯についてそのような記載はありません。"
        "この資料では次のとおりです。" + ITEM + "宝山（重点）：クルーズ経済とグリーン・低炭素のサプライチェーンに焦点を当て",
        ["徐匯/重点", "宝山/重点"],
    ),
]

# question, the name, what it may be, the passages cited
CLARIFIED = [
    (
        "濱江はどの区？",
        "濱江",
        ["黄浦：濱江中央科学イノベーションエリア", "徐匯：西岸濱江エリア", "楊浦：濱江国際イノベーションエリア"],
        ["黄浦/エリア", "徐匯/エリア", "楊浦/エリア"],
    ),
    (
        "漕河涇の場所は？",
        "漕河涇",
        ["総合保税区：漕河涇開発区", "徐匯：漕河涇開発開拓エリア"],
        ["概要/3", "徐匯/エリア"],
    ),
]

# question, reason, answer
REFUSED = [
    ("浦東の面積は？", "name_unknown", "この資料に「浦東」は出てきません。"),
    ("静安区の面積は？", "name_unknown", "この資料に「静安区」は出てきません。"),
    ("虹口の人口は？", "attribute_absent", "虹口は載っていますが、「人口」の記載はありません。"),
    ("徐匯の予算はいくらですか？", "attribute_absent", "徐匯は載っていますが、「予算」の記載はありません。"),
    # A name for short is not any longer one's.
    ("外高橋保税区の面積は？", "name_unknown", "この資料に「外高橋保税区」は出てきません。"),
    ("洋山保税区の重点は？", "name_unknown", "この資料に「洋山保税区」は出てきません。"),
    # The size of something else is not the zone's.
    ("虹口の予算規模は？", "attribute_absent", "虹口は載っていますが、「予算規模」の記載はありません。"),
    ("経済規模が一番大きい区は？", "attribute_absent", "この資料に「経済規模」についての記載はありません。"),
    ("虹口の緑地の面積は？", "attribute_absent", "虹口は載っていますが、「緑地の面積」の記載はありません。"),
    ("黄浦の市長は誰ですか？", "attribute_absent", "黄浦は載っていますが、「市長」の記載はありません。"),
    ("こんにちは", "out_of_scope", NOT_OURS),
    ("ありがとう", "out_of_scope", NOT_OURS),
]


@pytest.mark.parametrize(("question", "answer", "cited"), ANSWERED, ids=[question for question, _, _ in ANSWERED])
def test_what_the_document_says(assistant: Assistant, question: str, answer: str, cited: list[str]) -> None:
    found = assistant.ask(question)
    assert found.text == answer
    assert (found.status, found.reason) == ("answered", None)
    passages = [citation.passage for citation in found.citations]
    assert [passage.passage_id for passage in passages] == [f"shanghai-ftz-linkage-zones#{name}" for name in cited]
    assert [citation.n for citation in found.citations] == list(range(1, len(cited) + 1))
    text = assistant.documents[0].text
    assert all(text[passage.start : passage.end] == passage.text for passage in passages)


@pytest.mark.parametrize(("question", "answer", "cited"), CORRECTED, ids=[question for question, _, _ in CORRECTED])
def test_what_the_document_says_instead(assistant: Assistant, question: str, answer: str, cited: list[str]) -> None:
    found = assistant.ask(question)
    assert found.text == answer
    assert (found.status, found.reason) == ("corrected", "false_premise")
    assert [item.passage.passage_id for item in found.citations] == [f"shanghai-ftz-linkage-zones#{name}" for name in cited]


@pytest.mark.parametrize(("question", "name", "meant", "cited"), CLARIFIED, ids=[row[0] for row in CLARIFIED])
def test_a_name_of_several_is_asked_back(
    assistant: Assistant, question: str, name: str, meant: list[str], cited: list[str]
) -> None:
    found = assistant.ask(question)
    asks = f"「{name}」に当たるものが、この資料にはいくつかあります。どれのことですか。"
    assert found.text == asks + "".join(ITEM + item for item in meant)
    assert (found.status, found.reason) == ("clarify", "ambiguous")
    assert [(choice.text, choice.question) for choice in found.choices] == [
        (item, question.replace(name, item.partition("：")[2])) for item in meant
    ]
    assert [item.passage.passage_id for item in found.citations] == [f"shanghai-ftz-linkage-zones#{name}" for name in cited]
    for choice in found.choices:
        assert assistant.ask(choice.question).status == "answered"


def test_there_is_no_sixth_of_five(assistant: Assistant) -> None:
    """Not any others in its place, but how many there are."""
    assert assistant.ask("徐匯の5つ目の施策は？").text == "徐匯の施策は高品質のインキュベーターの建設推進です。"
    for place, of in (("6つ目", "徐匯の施策"), ("十一番目", "徐匯の施策"), ("4つ目", "特徴")):
        found = assistant.ask(f"{of}の{place}は？")
        assert (found.status, found.reason) == ("corrected", "false_premise")
        assert found.text.startswith("いいえ。")
        assert f"{of}は{3 if of == '特徴' else 5}つです。" in found.text


def test_that_a_part_has_no_size_is_not_that_the_document_has_none(assistant: Assistant) -> None:
    found = assistant.ask("外灘エリアの面積は？")
    assert (found.status, found.citations) == ("refused", ())
    assert found.text != "この資料に「面積」についての記載はありません。"


@pytest.mark.parametrize(("question", "reason", "answer"), REFUSED, ids=[question for question, _, _ in REFUSED])
def test_what_the_document_does_not_say(assistant: Assistant, question: str, reason: str, answer: str) -> None:
    found = assistant.ask(question)
    assert (found.status, found.reason, found.text) == ("refused", reason, answer)
    assert found.citations == ()


QUESTIONS = [row[0] for row in (*ANSWERED, *CORRECTED, *CLARIFIED, *REFUSED)]


@pytest.fixture(scope="module")
def answers(assistant: Assistant) -> dict[str, str]:
    return {question: json.dumps(assistant.ask(question).as_json(), ensure_ascii=False) for question in QUESTIONS}


def test_twenty_times_the_same(assistant: Assistant, answers: dict[str, str]) -> None:
    for question in QUESTIONS[::4]:
        again = {json.dumps(assistant.ask(question).as_json(), ensure_ascii=False) for _ in range(20)}
        assert again == {answers[question]}


@pytest.mark.parametrize("seed", ["1", "2"])
def test_the_same_in_another_process(built: Settings, tmp_path: Path, answers: dict[str, str], seed: str) -> None:
    """Where Python hashes strings in another way."""
    lines = [json.dumps({"question": question}) + "\n" for question in reversed(QUESTIONS)]
    (tmp_path / "in.jsonl").write_text("".join(lines))
    options = ["--batch", str(tmp_path / "in.jsonl"), "--out", str(tmp_path / "out.jsonl")]
    options += ["--corpus", str(built.corpus), "--index", str(built.index)]
    subprocess.run(
        [sys.executable, "-m", "app", "ask", *options],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": seed},
        capture_output=True,
        check=True,
    )
    said = (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()
    assert said == [answers[question] for question in reversed(QUESTIONS)]


def test_eight_askers_at_once_get_what_one_gets(assistant: Assistant, answers: dict[str, str]) -> None:
    asked = (QUESTIONS * 8)[:200]
    with ThreadPoolExecutor(8) as threads:
        said = list(threads.map(lambda question: json.dumps(assistant.ask(question).as_json(), ensure_ascii=False), asked))
    assert said == [answers[question] for question in asked]


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("虹口の面積は？", "虹口の面積は約4平方キロメートルです。"),
        ("How large is Hongkou?", "虹口, size: 約4平方キロメートル."),
        ("虹口的面积有多大？", "虹口的面积：約4平方キロメートル。"),
    ],
)
def test_what_is_told_is_called_in_the_language_of_the_question(assistant: Assistant, question: str, text: str) -> None:
    """By the first word that the guide declares; what the document says stays as it is."""
    assert assistant.ask(question).text == text
