"""Words of Japanese texts: names, content words, exact offsets, and what MeCab alone does not survive."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import EngineError
from app.reading.guide import read_guide
from app.reading.tokenization import LONGEST_PIECE, Tokenizer, build_dictionary, clean
from app.schema import Token

CORPUS = Path(__file__).parents[1] / "corpus"
SOURCE = CORPUS / "shanghai-ftz-linkage-zones.txt"
NAMES = read_guide(SOURCE.with_suffix(".toml")).dictionary


@pytest.fixture(scope="module")
def dictionary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("dictionary") / "names.dic"
    build_dictionary(NAMES, path)
    return path


@pytest.fixture(scope="module")
def tokenizer(dictionary: Path) -> Tokenizer:
    return Tokenizer(dictionary)


def check_offsets(text: str, tokens: tuple[Token, ...]) -> None:
    """Exact surfaces in the order of the text, and every letter and digit in a word."""
    held = set()
    for token in tokens:
        assert token.start < token.end
        assert text[token.start : token.end] == token.surface
        held.update(range(token.start, token.end))
    assert [token.start for token in tokens] == sorted(token.start for token in tokens)
    assert not [text[i] for i in range(len(text)) if text[i].isalnum() and i not in held]


# ── Words ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("name", "reading"), NAMES)
def test_a_name_of_the_dictionary_is_one_word(tokenizer: Tokenizer, name: str, reading: str) -> None:
    [token] = tokenizer.tokenize(name)
    assert (token.surface, token.base, token.reading, token.content, token.place) == (name, name, reading, True, True)


@pytest.mark.parametrize("name", ["徐匯", "黄浦", "虹口", "楊浦", "宝山", "閔行"])
@pytest.mark.parametrize("around", ["{}", "{}区", "{}連携イノベーション区", "{}の面積は？", "では、{}では？"])
def test_a_name_is_the_same_word_whatever_follows(tokenizer: Tokenizer, name: str, around: str) -> None:
    assert [token.base for token in tokenizer.tokenize(around.format(name)) if token.place] == [name]


def test_without_the_dictionary_the_name_falls_apart() -> None:
    # The control: what the dictionary mends.
    plain = Tokenizer()
    assert [token.surface for token in plain.tokenize("徐匯区")] != ["徐匯", "区"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("虹口の面積は？", ["虹口", "面積"]),
        ("徐匯区ではどんな施策がありますか？", ["徐匯", "区", "施策"]),
        ("外灘エリアはどの区に入っていますか", ["外灘", "エリア", "区", "入る"]),
        ("データを安全に国外とやり取りする取り組みは？", ["データ", "安全", "国外", "やり取り", "取り組み"]),
        ("漕河涇開発区", ["漕河涇", "開発", "区"]),
        ("ＡＩ人材", ["ai", "人材"]),
        ("走った、走ります、走れば", ["走る", "走る", "走る"]),
        ("何をしているのですか", []),
        ("それはどこですか？", []),
        ("、。！？「」", []),
        ("  \n\t\u3000", []),
        ("", []),
    ],
)
def test_content_words(tokenizer: Tokenizer, text: str, words: list[str]) -> None:
    assert [token.base for token in tokenizer.tokenize(text) if token.content] == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("10㎢", [("10", 0, 2), ("㎢", 2, 3), ("㎢", 2, 3)]),
        ("ﾃﾞｰﾀ の", [("ﾃﾞｰﾀ", 0, 4), ("の", 5, 6)]),
        ("𠮷と港", [("𠮷", 0, 1), ("と", 1, 2), ("港", 2, 3)]),
        ("港\0と\ud800港", [("港", 0, 1), ("と", 2, 3), ("港", 4, 5)]),
    ],
)
def test_offsets_are_those_of_the_raw_text(tokenizer: Tokenizer, text: str, words: list[tuple[str, int, int]]) -> None:
    assert [(token.surface, token.start, token.end) for token in tokenizer.tokenize(text)] == words


def test_the_zones_document(tokenizer: Tokenizer) -> None:
    text = SOURCE.read_text(encoding="utf-8")
    check_offsets(text, tokenizer.tokenize(text))


# ── What MeCab alone does not survive ───────────────────────────────────────────────────────────────────────


@settings(max_examples=300, deadline=None)
@given(
    st.text(
        st.one_of(st.sampled_from("\0\x01\x1f\x7f\ud800\udfff\ufeff \u3000\r\n㎢ﾃﾞ港区の𠮷ﷺ"), st.characters()),
        max_size=60,
    )
)
def test_any_text_has_exact_words(tokenizer: Tokenizer, text: str) -> None:
    check_offsets(text, tokenizer.tokenize(text))


@given(st.text(st.characters()))
def test_cleaning_keeps_every_place(text: str) -> None:
    cleaned = clean(text)
    assert len(cleaned) == len(text)
    cleaned.encode()
    assert not set(cleaned) & {"\0", "\x01", "\x1b", "\x7f", "\ud800"}
    assert all(after in (before, " ") for before, after in zip(text, cleaned, strict=True))


@pytest.mark.parametrize(
    "text", ["a" * 200_000, "漢" * 200_000, "雨が降る。" * 40_000], ids=["letters", "kanji", "prose"]
)
def test_200000_characters(tokenizer: Tokenizer, text: str) -> None:
    started = time.perf_counter()
    tokens = tokenizer.tokenize(text)
    assert time.perf_counter() - started < 60  # 1 to 2 s; whole, it ends the process
    assert "".join(token.surface for token in tokens) == text


def test_pieces_end_with_sentences(tokenizer: Tokenizer) -> None:
    # Cut at 2,000 characters, the name would fall apart; at the last sentence end before, it stays whole.
    text = "雨。" * (LONGEST_PIECE // 2 - 1) + "は徐匯区。"
    tokens = tokenizer.tokenize(text)
    check_offsets(text, tokens)
    assert [token.base for token in tokens if token.place] == ["徐匯"]
    assert text.index("徐匯") == LONGEST_PIECE - 1


def test_eight_threads_find_what_one_finds(tokenizer: Tokenizer) -> None:
    lines = [line for line in SOURCE.read_text(encoding="utf-8").split("\n") if line] * 20
    alone = [tokenizer.tokenize(line) for line in lines]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(tokenizer.tokenize, lines)) == alone


# ── Dictionaries ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_missing_dictionary_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(EngineError) as caught:
        Tokenizer(tmp_path / "none.dic")
    assert caught.value.exit_code == 3
    assert "none.dic" in caught.value.message


@pytest.mark.parametrize("data", [b"", b"x" * 1000])
def test_a_broken_dictionary_is_an_error(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "broken.dic").write_bytes(data)
    with pytest.raises(EngineError):
        Tokenizer(tmp_path / "broken.dic")


@pytest.mark.parametrize("folder", ["a b", "索引　フォルダ", "it's", 'a"b', "a\\b"])
def test_a_dictionary_may_lie_anywhere(tmp_path: Path, dictionary: Path, folder: str) -> None:
    (tmp_path / folder).mkdir()
    path = tmp_path / folder / "names.dic"
    path.write_bytes(dictionary.read_bytes())
    assert [token.surface for token in Tokenizer(path).tokenize("徐匯区")] == ["徐匯", "区"]


def test_names_are_found_in_every_width(tmp_path: Path) -> None:
    build_dictionary([("ＡＢ港", "エービーコウ")], tmp_path / "names.dic")
    wide = Tokenizer(tmp_path / "names.dic")
    for text in ["ＡＢ港の広さ", "ab港の広さ", "AB港の広さ"]:
        first = wide.tokenize(text)[0]
        assert (first.surface, first.base, first.reading) == (text[:3], "ab港", "エービーコウ")
