"""What a guide says of words: synonyms, words for several zones, and attributes whose facts are names; and getting it wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.errors import GuideError
from app.reading.guide import Guide, Synonyms, read_guide
from tests.conftest import ROOT

SOUND = """
[zones]
heading = '(\\S+)地区'

[[slots]]
kind = "施策"
pattern = '(.+)'

[[attributes]]
name = "施策"
names = true
words.ja = ["施策"]

[[attributes]]
name = "由来"
kind = "施策"

[[names]]
zone = "港"
words = ["みなと", "Minato"]

[[groups]]
zones = ["港", "山手"]
words = ["まちなか"]

[[synonyms]]
term = ["船", "舟"]
ja = ["客船", "ふね"]
en = ["ship"]

[[synonyms]]
term = ["低炭素"]
zh = ["低碳"]

[[synonyms]]
term = ["灯台"]
"""


def read(folder: Path, text: str) -> Guide:
    path = folder / "made-up.toml"
    path.write_text(text, encoding="utf-8")
    return read_guide(path)


def refused(folder: Path, before: str, after: str) -> str:
    """The message that the guide is refused with when one stretch of it is another; it always names the file."""
    assert SOUND.count(before) == 1
    with pytest.raises(GuideError) as caught:
        read(folder, SOUND.replace(before, after))
    assert (caught.value.code, caught.value.exit_code) == ("guide_invalid", 2)
    assert "made-up.toml" in caught.value.message
    return caught.value.message


def test_synonyms_in_their_order(tmp_path: Path) -> None:
    assert read(tmp_path, SOUND).synonyms == (
        Synonyms(("船", "舟"), {"ja": ("客船", "ふね"), "en": ("ship",), "zh": ()}),
        Synonyms(("低炭素",), {"ja": (), "en": (), "zh": ("低碳",)}),
        Synonyms(("灯台",), {"ja": (), "en": (), "zh": ()}),
    )


def test_an_attribute_whose_facts_are_names_says_so(tmp_path: Path) -> None:
    guide = read(tmp_path, SOUND)
    assert [(attribute.name, attribute.names) for attribute in guide.attributes] == [("施策", True), ("由来", False)]


def test_words_for_one_zone_and_for_several(tmp_path: Path) -> None:
    guide = read(tmp_path, SOUND)
    assert guide.names == {"港": ("みなと", "Minato")}
    assert guide.groups == ((("港", "山手"), ("まちなか",)),)


def test_without_any_there_are_none(tmp_path: Path) -> None:
    empty = read(tmp_path, "")
    assert (empty.synonyms, empty.groups, dict(empty.names)) == ((), (), {})
    assert Guide().synonyms == ()


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        # synonyms
        ('term = ["低炭素"]\n', "", ["[[synonyms]] 2", "term", "missing key"]),
        ('term = ["低炭素"]', "term = []", ["[[synonyms]] 2", "term", "missing key"]),
        ('term = ["低炭素"]', 'term = "低炭素"', ["[[synonyms]] 2", "term", "str"]),
        ('term = ["低炭素"]', "term = 1", ["[[synonyms]] 2", "term", "int"]),
        ('term = ["低炭素"]', "term = {}", ["[[synonyms]] 2", "term", "dict"]),
        ('term = ["低炭素"]', "term = [1]", ["[[synonyms]] 2", "term", "空でない文字列"]),
        ('term = ["低炭素"]', 'term = ["低炭素", ""]', ["[[synonyms]] 2", "term", "空でない文字列"]),
        ('term = ["低炭素"]', 'term = [" "]', ["[[synonyms]] 2", "term", "空でない文字列"]),
        ('term = ["低炭素"]', 'term = [["低炭素"]]', ["[[synonyms]] 2", "term", "空でない文字列"]),
        ('ja = ["客船", "ふね"]', 'ja = "客船"', ["[[synonyms]] 1", "ja", "str"]),
        ('ja = ["客船", "ふね"]', "ja = [true]", ["[[synonyms]] 1", "ja", "空でない文字列"]),
        ('ja = ["客船", "ふね"]', 'ja = ["\u3000"]', ["[[synonyms]] 1", "ja", "空でない文字列"]),
        ('en = ["ship"]', "en = 2.5", ["[[synonyms]] 1", "en", "float"]),
        ('zh = ["低碳"]', "zh = false", ["[[synonyms]] 2", "zh", "bool"]),
        ('zh = ["低碳"]', 'cn = ["低碳"]', ["[[synonyms]] 2", "cn という項目は知りません"]),
        ('en = ["ship"]', 'eng = ["ship"]', ["[[synonyms]] 1", "eng という項目は知りません", "en のことですか"]),
        ('term = ["灯台"]', 'terms = ["灯台"]', ["[[synonyms]] 3", "term", "missing key"]),
        ('term = ["灯台"]', 'term = ["灯台"]\nterms = ["灯台"]', ["[[synonyms]] 3", "terms という項目は知りません", "term のことですか"]),
        ('term = ["灯台"]', 'term = ["灯台"]\nwords = ["明かり"]', ["[[synonyms]] 3", "words という項目は知りません"]),
        # names of parts
        ("names = true", 'names = "yes"', ["[[attributes]] 1", "names", "str"]),
        ("names = true", "names = 1", ["[[attributes]] 1", "names", "int"]),
        ("names = true", 'names = ["施策"]', ["[[attributes]] 1", "names", "list"]),
        ("names = true", "name_s = true", ["[[attributes]] 1", "name_s という項目は知りません", "names のことですか"]),
        # words for zones
        ('zone = "港"\n', "", ["[[names]] 1", "zone", "missing key"]),
        ('zone = "港"', "zone = 3", ["[[names]] 1", "zone", "int"]),
        ('words = ["みなと", "Minato"]', 'words = "みなと"', ["[[names]] 1", "words", "str"]),
        ('words = ["みなと", "Minato"]', 'words = ["みなと", 1]', ["[[names]] 1", "words", "空でない文字列"]),
        ('words = ["まちなか"]\n', "", ["[[groups]] 1", "words", "missing key"]),
        ('zones = ["港", "山手"]\n', "", ["[[groups]] 1", "zones", "missing key"]),
        ('zones = ["港", "山手"]', "zones = []", ["[[groups]] 1", "zones", "missing key"]),
        ('zones = ["港", "山手"]', 'zones = "港"', ["[[groups]] 1", "zones", "str"]),
        ('words = ["まちなか"]', "words = [1]", ["[[groups]] 1", "words", "空でない文字列"]),
        ('words = ["まちなか"]', 'words = ["まちなか"]\nword = "町"', ["[[groups]] 1", "word という項目は知りません", "words のことですか"]),
    ],
)
def test_what_is_wrong_is_said_with_its_place(tmp_path: Path, before: str, after: str, said: list[str]) -> None:
    message = refused(tmp_path, before, after)
    assert all(part in message for part in said), message


@pytest.mark.parametrize("table", ["synonyms", "groups", "names"])
@pytest.mark.parametrize(("value", "said"), [('"x"', "str"), ("1", "int"), ("{}", "dict"), ('["x"]', "1"), ("[1]", "1"), ("[[]]", "1")])
def test_what_must_be_a_list_of_tables(tmp_path: Path, table: str, value: str, said: str) -> None:
    with pytest.raises(GuideError) as caught:
        read(tmp_path, f"{table} = {value}\n")
    assert table in caught.value.message
    assert said in caught.value.message
    assert "made-up.toml" in caught.value.message


@pytest.mark.parametrize(("written", "meant"), [("synonym", "synonyms"), ("synonims", "synonyms"), ("group", "groups")])
def test_a_misspelt_table_is_named(tmp_path: Path, written: str, meant: str) -> None:
    with pytest.raises(GuideError) as caught:
        read(tmp_path, f"[[{written}]]\nterm = ['船']\n")
    assert f"{written} という項目は知りません" in caught.value.message
    assert f"{meant} のことですか" in caught.value.message


def test_a_synonym_changes_the_guides_hash(tmp_path: Path) -> None:
    """So that an index is refreshed, and what was answered with other words is told apart."""
    assert read(tmp_path, SOUND).sha256 != read(tmp_path, SOUND.replace("客船", "汽船")).sha256


# ── The shipped guides ──────────────────────────────────────────────────────────────────────────────────────


def test_the_shipped_synonyms_write_what_the_document_writes() -> None:
    """A term that the document does not write finds nothing, and would never be noticed."""
    folder = ROOT / "corpus"
    guide = read_guide(folder / "shanghai-ftz-linkage-zones.toml")
    text = (folder / "shanghai-ftz-linkage-zones.txt").read_text(encoding="utf-8")
    assert guide.synonyms
    assert [term for item in guide.synonyms for term in item.terms if term not in text] == []
    assert [item.terms for item in guide.synonyms if not any(item.words.values())] == []


@pytest.mark.parametrize("path", ["corpus/shanghai-ftz-linkage-zones.toml", "tests/documents/guided/harbors.toml"])
def test_shipped_words_are_of_zones_that_there_are(path: str) -> None:
    guide = read_guide(ROOT / path)
    text = (ROOT / path).with_suffix(".txt").read_text(encoding="utf-8")
    assert guide.heading is not None
    zones = set(guide.heading.findall(text))
    assert zones
    assert set(guide.names) <= zones
    assert {zone for group, _ in guide.groups for zone in group} <= zones
    assert [attribute.name for attribute in guide.attributes if attribute.names and attribute.measured] == []
    assert any(attribute.names for attribute in guide.attributes)
