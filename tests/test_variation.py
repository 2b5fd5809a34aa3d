"""Generated questions: every perturbation by hand, every gold against the document or an oracle written here."""

from __future__ import annotations

import doctest
import re
import subprocess
from collections import Counter
from fractions import Fraction
from pathlib import Path

import pytest

from app.assembly import Library, open_library
from app.config import Settings
from app.evaluating import oracle, perturbation, topics, variation
from app.evaluating.questions import Question, read_questions
from app.evaluating.variation import generate_questions, question_line
from app.reading.tokenization import Tokenizer, build_dictionary
from tests.commands import run_script
from tests.conftest import ROOT

SIZES = {"黄浦": 14, "徐匯": 45, "虹口": 4, "楊浦": 23, "宝山": 50, "閔行": 46, "総合保税区": 11}

PONDS = """池めぐり

朝霧池
広さは2.5ヘクタール。スワン、ボート、茶店がある。名物は白玉ぜんざい。
夕凪池
広さは0.75ヘクタール。釣り場、茶屋がある。名物は鯉こく。
風待池
広さは10ヘクタール。桟橋、灯台、水車がある。名物は焼き芋。
"""
GUIDE = r"""
[zones]
noun = "池"
heading = '(\S+?)池'
[[slots]]
kind = "広さ"
pattern = '(広さは[\d.]+ヘクタール)。'
[[slots]]
kind = "設備"
pattern = '。([^。]+?)がある'
[[slots]]
kind = "名物"
pattern = '(名物は[^。]+)。'
[[skip]]
pattern = 'がある。'
[[facts]]
attribute = "広さ"
kind = "広さ"
pattern = '広さは((?P<number>[\d.]+)(?P<unit>ヘクタール))'
[[facts]]
attribute = "設備"
kind = "設備"
pattern = '(.+)'
separator = '、'
[[facts]]
attribute = "名物"
kind = "名物"
pattern = '名物は(.+)'
[[attributes]]
name = "広さ"
kind = "広さ"
measured = true
words.ja = ["広さ", "広い", "狭い", "何ヘクタール"]
words.en = ["size"]
words.zh = ["面积"]
[[attributes]]
name = "設備"
kind = "設備"
words.ja = ["設備", "施設"]
[[attributes]]
name = "名物"
kind = "名物"
words.ja = ["名物"]
[units."ヘクタール"]
words = ["ha"]
[[names]]
zone = "朝霧"
words = ["あさぎり", "Asagiri"]
"""
POND_SIZES = {"朝霧": Fraction("2.5"), "夕凪": Fraction("0.75"), "風待": Fraction(10)}


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Tokenizer:
    """Words, the shipped guide's names among them."""
    path = tmp_path_factory.mktemp("words") / "names.dic"
    build_dictionary({pair for guide in shipped().guides.values() for pair in guide.dictionary}, path)
    return Tokenizer(path)


def shipped() -> Library:
    return open_library(Settings(ROOT / "corpus"))


@pytest.fixture(scope="module")
def questions(tokenizer: Tokenizer) -> tuple[Question, ...]:
    """The default run over the shipped corpus."""
    return generate_questions(shipped().read(), shipped().guides, tokenizer)


@pytest.fixture(scope="module")
def everything(tokenizer: Tokenizer) -> tuple[Question, ...]:
    """All that can be asked about the shipped corpus."""
    return generate_questions(shipped().read(), shipped().guides, tokenizer, each=100_000)


@pytest.fixture()
def ponds(tmp_path: Path) -> Library:
    """A small guided document with other names, another unit and another noun."""
    (tmp_path / "ponds.txt").write_text(PONDS, encoding="utf-8")
    (tmp_path / "ponds.toml").write_text(GUIDE, encoding="utf-8")
    return open_library(Settings(tmp_path))


def of(questions: tuple[Question, ...], *categories: str) -> list[Question]:
    return [question for question in questions if question.category.removeprefix("generated-") in categories]


# ── Perturbations ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "wide", "narrow", "kana"),
    [
        ("5km2?", "５ｋｍ２？", "5km2?", "5km2?"),
        ("東　西は？", "東　西は？", "東 西は?", "東　西は？"),
        ("データとパン", "データとパン", "データとパン", "ﾃﾞｰﾀとﾊﾟﾝ"),
        ("ヴァイオリン(B型)", "ヴァイオリン（Ｂ型）", "ヴァイオリン(B型)", "ｳﾞｧｲｵﾘﾝ(B型)"),
    ],
)
def test_widths(text: str, wide: str, narrow: str, kana: str) -> None:
    assert perturbation.to_fullwidth(text) == wide
    assert perturbation.to_halfwidth(text) == narrow
    assert perturbation.to_halfwidth_kana(text) == kana


@pytest.mark.parametrize(
    ("text", "without"),
    [
        ("東京の面積は？", ["東京面積は？", "東京の面積？"]),
        ("東京の土地の広さを教えて", ["東京土地の広さを教えて", "東京の土地の広さ教えて"]),
        ("東京の2番目の施策は？", ["東京の2番目の施策？"]),  # not 東京2番目
        ("すべての区の合計は？", ["すべての区の合計？"]),  # not すべて区
        ("面積が最小の区は？", ["面積最小の区は？", "面積が最小の区？"]),  # not 最小区
        ("一番広いのはどの区ですか？", []),  # の is no noun
        ("東京と大阪、広いのはどっち？", []),
    ],
)
def test_a_particle_is_dropped_where_people_drop_it(tokenizer: Tokenizer, text: str, without: list[str]) -> None:
    assert list(perturbation.drop_particle(text, tokenizer.tokenize(text))) == without


@pytest.mark.parametrize(
    ("text", "doubled"),
    [("何？", ("何？？", "何？！")), ("何?", ("何??",)), ("教えて。", ("教えて。。",)), ("教えて", ()), ("", ())],
)
def test_marks_are_doubled(text: str, doubled: tuple[str, ...]) -> None:
    assert perturbation.double_mark(text) == doubled


@pytest.mark.parametrize(
    ("text", "asks", "ends"),
    [
        ("駅は？", "どこ", "駅を教えて 駅教えて 駅ってどこ？ 駅はどこです？ 駅はどこかな 駅はどこだっけ？ 駅が知りたい"),
        ("駅はどこですか？", "どこ", "駅はどこです？ 駅はどこでしょうか 駅はどこかな 駅はどこだろう？"),
        ("駅を教えてください。", "どこ", ""),
    ],
)
def test_ends_vary(text: str, asks: str, ends: str) -> None:
    assert perturbation.vary_ending(text, asks) == tuple(ends.split())


def test_courtesy_comes_first() -> None:
    assert perturbation.with_courtesy("駅は？")[0] == "すみません、駅は？"
    assert all(text.endswith("駅は？") for text in perturbation.with_courtesy("駅は？"))


@pytest.mark.parametrize(
    ("text", "name", "other", "renamed"),
    [("東の駅は？", "東", "ひがし", "ひがしの駅は？"), ("東は東の何倍？", "東", "ひがし", None), ("西は？", "東", "ひがし", None)],
)
def test_a_name_is_rewritten_where_it_stands_once(text: str, name: str, other: str, renamed: str | None) -> None:
    assert perturbation.rename(text, name, other) == renamed


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("ひがし", "hiragana"),
        ("ヒガシー", "katakana"),
        ("East Side", "latin"),
        ("東区", "kanji"),
        ("東ヒル", "mixed"),
        ("", "mixed"),
    ],
)
def test_scripts(text: str, script: str) -> None:
    assert perturbation.script_of(text) == script


@pytest.mark.parametrize(
    ("word", "form"),
    [
        ("面積", "noun"), ("土地の広さ", "noun"), ("課題や対策", "noun"), ("カバー", "doing"), ("認可", "deed"),
        ("力を入れる", "verb"), ("属する", ""), ("広い", "adjective"), ("何平方キロ", "asking"), ("どのくらい", ""),
        ("どこからどこまで", "asking"), ("何をする", "asking-verb"), ("対象となる区", "phrase"), ("中心", ""), ("", ""),
    ],
)  # fmt: skip
def test_words_are_sorted_by_the_sentence_they_fit(tokenizer: Tokenizer, word: str, form: str) -> None:
    assert perturbation.form_of(word, tokenizer.tokenize(word)) == form


@pytest.mark.parametrize(
    ("word", "english"),
    [
        ("size", "noun"), ("areas", "plural"), ("emphasis", "noun"), ("cover", "verb"), ("covers", None), ("located", None),
        ("doing", "ing"), ("where", "where"), ("how large", "how"), ("km2", "unit"),
    ],
)  # fmt: skip
def test_english_words_too(word: str, english: str | None) -> None:
    assert perturbation.english_form(word, ["km2"]) == (f"english-{english}" if english else "")


@pytest.mark.parametrize(
    ("word", "chinese"), [("面积", "noun"), ("包括", "verb"), ("多大", "asking"), ("做什么", "asking"), ("哪里", None), ("公里", "unit")]
)
def test_chinese_words_too(word: str, chinese: str | None) -> None:
    assert perturbation.chinese_form(word, ["公里"]) == (f"chinese-{chinese}" if chinese else "")


@pytest.mark.parametrize("module", [perturbation, oracle])
def test_the_examples_of_the_docstrings(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]
    assert doctest.testmod(module).attempted > 0  # type: ignore[arg-type]


# ── Gold ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_default_run_is_of_a_useful_size(questions: tuple[Question, ...]) -> None:
    counts = Counter(question.category for question in questions)
    assert 400 <= len(questions) <= 600
    assert max(counts.values()) == 16 and min(counts.values()) >= 8
    assert {name.removeprefix("generated-") for name in counts} == set(
        "lookup polite curt casual phrase document english chinese max min nth compare sum mean difference ratio threshold "
        "count item place whose check false-premise missing-attribute missing-name out-of-scope follow-up "
        "width particle mark courtesy ending kana alias".split()
    )


def test_every_line_is_read_as_it_was_made(everything: tuple[Question, ...], tmp_path: Path) -> None:
    path = tmp_path / "generated.jsonl"
    some = everything[::7]
    path.write_text("".join(f"{question_line(question)}\n" for question in some), encoding="utf-8")
    assert read_questions(path) == some
    assert len({question.id for question in everything}) == len(everything)


def test_nothing_is_asked_twice_and_every_slot_is_filled(everything: tuple[Question, ...]) -> None:
    assert len({(question.history, question.question) for question in everything}) == len(everything)
    assert not [question.id for question in everything if re.search(r"[{}]|None", question.question)]


def test_passages_and_answers_stand_in_the_document(everything: tuple[Question, ...]) -> None:
    (document,) = shipped().documents
    for question in everything:
        assert question.passage is None or question.passage in document.text, question.id
        assert set(question.zones) <= set(SIZES), question.id
        assert (question.status == "refused") == (not question.answer), question.id
    for question in of(everything, "lookup", "polite", "phrase", "document", "english", "item", "place", "false-premise"):
        assert all(answer in document.text for answer in question.answer), question.id
    for question in everything:
        open_ended = question.status == "corrected" and question.id.startswith("is-one")  # whose it is, or what is there
        several = len(question.zones) > 1 or question.status == "refused"
        assert open_ended or (question.passage is None) == several, question.id


def test_places_are_by_hand(everything: tuple[Question, ...]) -> None:
    found = {question.question: question for question in everything}
    assert found["北外灘エリアはどの区にありますか？"].zones == ("虹口",)
    assert found["北外灘エリアは黄浦にありますよね？"].status == "corrected"
    assert found["北外灘エリアは黄浦にありますよね？"].answer == ("虹口",)
    assert found["虹口の施策の3つ目は？"].answer == ("グリーン・低炭素のグローバル人材の誘致",)
    assert found["宝山の施策はいくつありますか？"].answer == ("5",)
    assert found["虹口は46平方キロメートルですよね？"].answer == ("約4平方キロメートル",)
    assert found["2番目に広い区は？"].answer == ("閔行", "約46平方キロメートル")
    assert found["宝山と虹口の面積の差は？"].answer == ("約46平方キロメートル",)
    assert not [text for text in found if "平方キロメートルは？" in text or "の注力は" in text or "の広いは" in text]


def rounded(value: Fraction) -> str:
    """Two decimals, half up, by whole numbers alone."""
    hundredths = (value * 200 + 1) // 2
    text = f"{hundredths // 100}.{hundredths % 100:02}"
    return text.rstrip("0").rstrip(".")


def expected(question: Question, sizes: dict[str, Fraction]) -> Fraction:
    """What a computed question comes to: the zones from its text, the operation from its category."""
    values = [sizes[name] for name in sorted((name for name in sizes if name in question.question), key=question.question.find)]
    values = values or list(sizes.values())
    category = question.category.removeprefix("generated-")
    if category in ("sum", "mean"):
        return sum(values, Fraction(0)) / (1 if category == "sum" else len(values))
    first, second = values
    return first - second if category == "difference" else first / second


@pytest.mark.parametrize("category", ["sum", "mean", "difference", "ratio"])
def test_what_is_computed_is_right(everything: tuple[Question, ...], category: str) -> None:
    sizes = {name: Fraction(size) for name, size in SIZES.items()}
    asked = of(everything, category)
    assert len(asked) > 100
    for question in asked:
        unit = "倍" if category == "ratio" else "平方キロメートル"
        assert question.answer == (f"約{rounded(expected(question, sizes))}{unit}",), question.question


def test_what_is_picked_is_right(everything: tuple[Question, ...]) -> None:
    down = sorted(SIZES, key=lambda name: -SIZES[name])
    assert {question.answer[0] for question in of(everything, "max")} == {down[0]}
    assert {question.answer[0] for question in of(everything, "min")} == {down[-1]}
    for question in of(everything, "nth"):
        number = re.search(r"([\d一二三四五六七])番目", question.question)
        assert number
        place = int(number[1]) if number[1].isdigit() else "一二三四五六七".index(number[1]) + 1
        order = down[::-1] if re.search("小さ|狭", question.question) else down
        assert question.answer == (order[place - 1], f"約{SIZES[order[place - 1]]}平方キロメートル")
    for question in of(everything, "compare"):
        pair = [name for name in SIZES if name in question.question]
        smaller = re.search("小さ|狭", question.question) is not None
        assert question.answer[0] == sorted(pair, key=lambda name: SIZES[name], reverse=not smaller)[0]


def test_thresholds_pick_all_and_only_what_meets_them(everything: tuple[Question, ...]) -> None:
    asked = of(everything, "threshold")
    for question in asked:
        bound = re.search(r"[\d.]+", question.question)
        assert bound
        above = re.search("以上|超え|より[広大]", question.question) is not None
        assert float(bound[0]) not in SIZES.values()  # whether 約46 is 46 or more is nobody's to say
        meets = {name for name, size in SIZES.items() if (size > float(bound[0])) == above}
        assert set(question.zones) == meets and set(question.answer) & set(SIZES) == meets


def test_checks_hold_and_false_premises_do_not(everything: tuple[Question, ...]) -> None:
    for question in of(everything, "check", "false-premise"):
        true = question.category == "generated-check"
        assert question.status == ("answered" if true else "corrected")
        if stated := re.search(r"(\S+?)(?:の面積)?は([\d.]+)(?:平方|km2)", question.question):
            assert (SIZES[stated[1]] == float(stated[2])) == true
        elif "一番" in question.question:
            assert (question.answer[0] in question.question) == true


def test_what_is_missing_is_missing(everything: tuple[Question, ...]) -> None:
    written = (ROOT / "corpus" / "shanghai-ftz-linkage-zones.txt").read_text(encoding="utf-8")
    written += (ROOT / "corpus" / "shanghai-ftz-linkage-zones.toml").read_text(encoding="utf-8")
    names = {id_part(question, 2).removesuffix("区") for question in of(everything, "missing-name")}
    words = {id_part(question, 2) for question in of(everything, "missing-attribute")}
    assert len(names) > 200 and len(words) > 15
    assert not [word for word in names | words if word in written]
    refused = of(everything, "missing-name", "missing-attribute", "out-of-scope")
    assert all(question.status == "refused" and not question.zones for question in refused)


def id_part(question: Question, place: int) -> str:
    return question.id.split("-")[place]


def test_perturbed_questions_keep_their_gold(everything: tuple[Question, ...]) -> None:
    by_id = {question.id: question for question in everything}
    perturbed = [question for question in everything if "~" in question.id]
    assert perturbed
    for question in perturbed:
        base = by_id.get(question.id.split("~")[0])  # its text may have been another's too
        if base is not None:
            assert question.question != base.question
            assert (question.zones, question.passage, question.answer, question.status) == (
                base.zones, base.passage, base.answer, base.status
            )  # fmt: skip


def test_the_seed_decides(tokenizer: Tokenizer, questions: tuple[Question, ...]) -> None:
    reading, guides = shipped().read(), shipped().guides
    assert generate_questions(reading, guides, tokenizer, seed=0) == questions
    assert generate_questions(reading, guides, tokenizer, seed=1) != questions
    few = generate_questions(reading, guides, tokenizer, each=2)
    assert set(Counter(question.category for question in few).values()) == {2}


# ── Another document ────────────────────────────────────────────────────────────────────────────────────────


def test_another_document_is_asked_about_in_its_own_words(ponds: Library) -> None:
    found = generate_questions(ponds.read(), ponds.guides, Tokenizer(), each=100_000)
    asked = {question.question: question for question in found}
    assert asked["朝霧池の広さは？"].answer == ("2.5ヘクタール",)
    assert asked["一番広い池は？"].answer == ("風待", "10ヘクタール")
    assert asked["最も狭いのはどの池ですか？"].zones == ("夕凪",)
    assert asked["広さの平均は？"].answer == ("4.42ヘクタール",)
    assert asked["風待の広さは夕凪の何倍ですか？"].answer == ("13.33倍",)
    assert asked["広さが6ha以上の池は？"].zones == ("風待",)
    assert asked["風待の設備の2つ目は？"].answer == ("灯台",)
    assert asked["夕凪には設備がいくつある？"].answer == ("2",)
    assert asked["「焼き芋」はどの池の名物ですか？"].answer == ("風待",)
    assert asked["朝霧の名物は「焼き芋」ですか？"].answer == ("白玉ぜんざい",)
    assert asked["What is the size of Asagiri?"].zones == ("朝霧",)
    assert asked["あさぎりの広さは？"].id == "lookup-朝霧-広さ-広さ-朝霧-1~kana-1"
    assert asked["朝霧の人口は？"].status == "refused"
    for question in found:
        assert question.passage is None or question.passage in PONDS
        if question.category.removeprefix("generated-") in ("sum", "mean", "difference", "ratio"):
            unit = "倍" if question.category == "generated-ratio" else "ヘクタール"
            assert question.answer == (f"{rounded(expected(question, POND_SIZES))}{unit}",), question.question


def test_what_two_documents_state_is_not_asked_of_all(ponds: Library, tmp_path: Path) -> None:
    (tmp_path / "more.txt").write_text(PONDS.replace("霧", "露").replace("凪", "月").replace("風", "雨"), encoding="utf-8")
    (tmp_path / "more.toml").write_text(GUIDE.replace("朝霧", "朝露"), encoding="utf-8")
    both = open_library(Settings(tmp_path))
    found = {question.question for question in generate_questions(both.read(), both.guides, Tokenizer(), each=100_000)}
    assert {"朝霧の広さは？", "朝露の広さは？"} <= found
    assert not found & {"一番広い池は？", "広さの平均は？", "すべての池の広さの合計は？"}


def test_a_document_without_a_noun_or_with_one_zone_or_without_a_guide(tmp_path: Path) -> None:
    (tmp_path / "plain.txt").write_text("見出し\n\n長い文がここにあります。もう一つの文もあります。\n", encoding="utf-8")
    library = open_library(Settings(tmp_path))
    assert generate_questions(library.read(), library.guides, Tokenizer()) == ()
    (tmp_path / "ponds.txt").write_text(PONDS, encoding="utf-8")
    (tmp_path / "ponds.toml").write_text(GUIDE.replace('noun = "池"', ""), encoding="utf-8")
    library = open_library(Settings(tmp_path))
    asked = {question.question for question in generate_questions(library.read(), library.guides, Tokenizer(), each=9999)}
    assert {"一番広いところは？", "最も広いのはどこですか？", "そこの名物も教えてください。"} <= asked
    (tmp_path / "ponds.txt").write_text(PONDS[: PONDS.index("夕凪")], encoding="utf-8")
    library = open_library(Settings(tmp_path))
    found = generate_questions(library.read(), library.guides, Tokenizer(), each=9999)
    assert not of(found, "max", "sum", "ratio", "compare") and of(found, "lookup", "check", "false-premise")


def test_the_code_knows_nothing_of_the_shipped_document() -> None:
    names = [*SIZES, "上海", "連携", "イノベーション", "平方"]
    for module in (variation, topics, oracle, perturbation):
        source = Path(str(module.__file__)).read_text(encoding="utf-8")
        assert not [name for name in names if name in source], module.__name__


# ── The command ─────────────────────────────────────────────────────────────────────────────────────────────


def generate(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return run_script("generate_questions", *arguments, PYTHONHASHSEED="random")


def test_the_command_writes_the_same_bytes_again(tmp_path: Path, questions: tuple[Question, ...]) -> None:
    one, two = tmp_path / "one.jsonl", tmp_path / "below" / "two.jsonl"
    done = generate("--out", one)
    assert done.returncode == 0, done.stderr
    assert "   16  generated-lookup\n" in done.stdout and str(len(questions)) in done.stdout.splitlines()[-1]
    assert generate("--out", two).returncode == 0
    assert one.read_bytes() == two.read_bytes()
    assert read_questions(one) == questions


def test_trouble_has_its_exit_code_and_says_what_to_do(tmp_path: Path) -> None:
    done = generate("--corpus", tmp_path / "none", "--out", tmp_path / "a.jsonl")
    assert (done.returncode, done.stdout) == (2, "") and "--corpus" in done.stderr
    (tmp_path / "plain.txt").write_text("文。\n", encoding="utf-8")
    done = generate("--corpus", tmp_path, "--out", tmp_path / "a.jsonl")
    assert done.returncode == 2 and "ガイド" in done.stderr and not (tmp_path / "a.jsonl").exists()
    done = generate("--out", tmp_path / "plain.txt" / "a.jsonl")
    assert done.returncode == 4 and "--out" in done.stderr and "Traceback" not in done.stderr
