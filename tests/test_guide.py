"""Reading guides: the shipped one, a small one field by field, and every way to get one wrong."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from app.errors import GuideError
from app.reading.guide import Guide, Unit, read_guide

SHIPPED = Path(__file__).parents[1] / "corpus" / "shanghai-ftz-linkage-zones.toml"

SOUND = r"""
examples = ["港の面積は？"]

[zones]
noun = "区"
nouns = ["地区"]
heading = '(\S+)地区'
closing = '以上'

[overview]
kind = "概要"

[[slots]]
kind = "面積"
pattern = '(面積は[\d.]+km2)'
required = false

[[slots]]
kind = "施策"
pattern = '(.+)など'
separator = '、'
repeat = true

[[skip]]
pattern = 'など。'

[[facts]]
attribute = "面積"
kind = "面積"
pattern = '面積は((?P<number>[\d.]+)(?P<unit>km2))'
subject = "湾"

[[attributes]]
name = "面積"
of = "zone"
kind = "面積"
measured = true
words.ja = ["面積", "広さ"]
words.en = ["size"]

[units."km2"]
factor = 2
words = ["km2", "㎢"]

[[names]]
zone = "港"
words = ["みなと"]

[dictionary]
"港" = "ミナト"
"""


def read(folder: Path, text: str | bytes) -> Guide:
    path = folder / "made-up.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_guide(path)


def refused(folder: Path, text: str | bytes) -> str:
    """The message that a guide is refused with; it always names the file."""
    with pytest.raises(GuideError) as caught:
        read(folder, text)
    assert (caught.value.code, caught.value.exit_code) == ("guide_invalid", 2)
    assert "made-up.toml" in caught.value.message
    return caught.value.message


def changed(before: str, after: str) -> str:
    assert SOUND.count(before) == 1
    return SOUND.replace(before, after)


def test_the_shipped_guide_reads() -> None:
    guide = read_guide(SHIPPED)
    assert [(slot.kind, slot.required, slot.repeat) for slot in guide.slots] == [
        ("エリア", True, False),
        ("面積", True, False),
        ("重点", True, False),
        ("施策", True, False),
    ]
    assert list(guide.names) == ["黄浦", "徐匯", "虹口", "楊浦", "宝山", "閔行", "総合保税区"]
    assert [attribute.name for attribute in guide.attributes if attribute.measured] == ["面積"]
    assert guide.sha256 == hashlib.sha256(SHIPPED.read_bytes()).hexdigest()


def test_a_sound_guide_field_by_field(tmp_path: Path) -> None:
    guide = read(tmp_path, SOUND)
    assert guide.heading is not None
    assert guide.closing is not None
    assert (guide.noun, guide.heading.pattern, guide.closing.pattern) == ("区", r"(\S+)地区", "以上")
    assert guide.nouns == ("地区",)
    assert guide.overview_kind == "概要"
    assert guide.examples == ("港の面積は？",)
    size, measure = guide.slots
    assert (size.kind, size.required, size.repeat, size.separator) == ("面積", False, False, None)
    assert (measure.kind, measure.required, measure.repeat) == ("施策", True, True)
    assert measure.separator is not None
    assert measure.separator.pattern == "、"
    assert [skip.pattern for skip in guide.skip] == ["など。"]
    [fact] = guide.facts
    assert (fact.attribute, fact.kind, fact.separator, fact.subject) == ("面積", "面積", None, "湾")
    [attribute] = guide.attributes
    assert (attribute.name, attribute.of, attribute.kind, attribute.measured) == ("面積", "zone", "面積", True)
    assert dict(attribute.words) == {"ja": ("面積", "広さ"), "en": ("size",), "zh": ()}
    assert guide.units == (Unit("km2", 2.0, ("km2", "㎢")),)
    assert dict(guide.names) == {"港": ("みなと",)}
    assert guide.dictionary == (("港", "ミナト"),)


def test_an_empty_guide_is_the_layout_reading(tmp_path: Path) -> None:
    empty = read(tmp_path, "")
    assert (empty.heading, empty.slots, empty.overview_kind) == (None, (), "本文")


@pytest.mark.parametrize(
    ("before", "after", "named"),
    [
        (
            '[[slots]]\nkind = "面積"\npattern',
            "[[slots]]\nkind = \"面積\"\npatern = 'x'\npattern",
            ["patern", "pattern"],
        ),
        ("heading =", "headings = '(x)'\nheading =", ["[zones]", "headings", "heading"]),
        ("separator = '、'", "separater = '、'", ["[[slots]] 2", "separater", "separator"]),
        ("subject =", "subjekt =", ["[[facts]] 1", "subjekt", "subject"]),
        ("measured =", "mesured =", ["[[attributes]] 1", "mesured", "measured"]),
        ("factor =", "faktor =", ["km2", "faktor", "factor"]),
        ("words.en", "words.eng", ["eng", "en"]),
        ("[[skip]]", "[[skips]]", ["skips", "skip"]),
        ("[dictionary]", "[dictionnary]", ["dictionnary", "dictionary"]),
        ('zone = "港"', 'zone = "港"\nword = []', ["[[names]] 1", "word", "words"]),
    ],
)
def test_an_unknown_key_is_named_with_what_was_meant(tmp_path: Path, before: str, after: str, named: list[str]) -> None:
    message = refused(tmp_path, changed(before, after))
    *place, wrong, right = named
    assert f"{wrong} という項目は知りません" in message
    assert f"{right} のことですか" in message
    assert all(name in message for name in place)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('noun = "区"', 'noun = "区"\nwords = []'),
        ('noun = "区"', 'noun = "区"\nkind = "面積"'),
        ('kind = "概要"', 'kind = "概要"\nnoun = "区"'),
    ],
)
def test_a_key_of_another_table_is_not_said_to_mean_itself(tmp_path: Path, before: str, after: str) -> None:
    message = refused(tmp_path, changed(before, after))
    key = after.splitlines()[1].split()[0]
    assert f"{key} という項目は知りません" in message
    assert f"{key} のことですか" not in message


def test_an_unknown_key_like_no_other_gets_no_suggestion(tmp_path: Path) -> None:
    assert "のことですか" not in refused(tmp_path, "zzzz = 1\n" + SOUND)


@pytest.mark.parametrize(
    ("before", "after", "named"),
    [
        ("noun = \"区\"", "noun = 1", "noun"),
        ("[overview]\nkind = \"概要\"", "[overview]\nkind = []", "kind"),
        ("required = false", "required = \"no\"", "required"),
        ("repeat = true", "repeat = 1", "repeat"),
        ("closing = '以上'", "closing = 3", "closing"),
        ("measured = true", "measured = \"yes\"", "measured"),
        ("factor = 2", "factor = \"2\"", "factor"),
        ("factor = 2", "factor = true", "factor"),
        ("words.ja = [\"面積\", \"広さ\"]", "words.ja = \"面積\"", "ja"),
        ("words.ja = [\"面積\", \"広さ\"]", "words.ja = [1]", "ja"),
        ("words.ja = [\"面積\", \"広さ\"]", "words.ja = [\" \"]", "ja"),
        ("words = [\"みなと\"]", "words = [\"\"]", "words"),
        ("examples = [\"港の面積は？\"]", "examples = \"港\"", "examples"),
        ("[[skip]]\npattern = 'など。'", "", "skip"),
        ("[[names]]\nzone = \"港\"\nwords = [\"みなと\"]", "", "names"),
    ],
)  # fmt: skip
def test_a_wrong_type_is_named(tmp_path: Path, before: str, after: str, named: str) -> None:
    text = changed(before, after)
    if not after:  # the whole list of tables as a word
        text = f'{named} = "x"\n{text}'
    assert named in refused(tmp_path, text)


@pytest.mark.parametrize("factor", ["0", "-1.0", "nan", "inf"])
def test_a_unit_that_measures_nothing_is_refused(tmp_path: Path, factor: str) -> None:
    assert "factor" in refused(tmp_path, changed("factor = 2", f"factor = {factor}"))


@pytest.mark.parametrize("table", ["slots", "facts", "attributes", "names", "skip"])
def test_what_must_be_a_table_and_is_none(tmp_path: Path, table: str) -> None:
    assert f"[[{table}]] 1" in refused(tmp_path, f'{table} = ["x"]\n')


@pytest.mark.parametrize(
    ("before", "named"),
    [
        ("kind = \"面積\"\npattern = '(面積は[\\d.]+km2)'\n", "pattern"),
        ('attribute = "面積"\n', "attribute"),
        ('name = "面積"\n', "name"),
        ('zone = "港"\n', "zone"),
    ],
)
def test_a_missing_key_is_named(tmp_path: Path, before: str, named: str) -> None:
    after = 'kind = "面積"\n' if named == "pattern" else ""
    assert f"{named} がありません" in refused(tmp_path, changed(before, after))


@pytest.mark.parametrize("pattern", ["(", "[", "(?P<x", "*a", "(a){99999999999999999999}"])
@pytest.mark.parametrize(
    ("before", "place"),
    [
        (r"heading = '(\S+)地区'", "heading"),
        (r"pattern = '(面積は[\d.]+km2)'", "[[slots]] 1"),
        ("separator = '、'", "separator"),
        ("pattern = 'など。'", "[[skip]] 1"),
        (r"pattern = '面積は((?P<number>[\d.]+)(?P<unit>km2))'", "[[facts]] 1"),
    ],
)
def test_a_bad_regular_expression_is_named(tmp_path: Path, before: str, place: str, pattern: str) -> None:
    message = refused(tmp_path, changed(before, f"{before.split(' ')[0]} = '{pattern}'"))
    assert place in message
    assert "正規表現" in message


@pytest.mark.parametrize(
    ("before", "place"),
    [
        (r"heading = '(\S+)地区'", "heading"),
        (r"pattern = '(面積は[\d.]+km2)'", "[[slots]] 1"),
        (r"pattern = '面積は((?P<number>[\d.]+)(?P<unit>km2))'", "[[facts]] 1"),
    ],
)
def test_a_pattern_must_say_what_it_quotes(tmp_path: Path, before: str, place: str) -> None:
    message = refused(tmp_path, changed(before, f"{before.split(' ')[0]} = '面積(?:は)'"))
    assert place in message
    assert "括弧" in message


@pytest.mark.parametrize("before", ['[[facts]]\nattribute = "面積"\nkind = "面積"', 'of = "zone"\nkind = "面積"'])
def test_an_unknown_kind_is_named_with_those_there_are(tmp_path: Path, before: str) -> None:
    message = refused(tmp_path, changed(before, before.replace('kind = "面積"', 'kind = "広さ"')))
    assert "広さ" in message
    assert all(kind in message for kind in ("面積", "施策", "概要"))


def test_an_attribute_is_of_a_zone_or_of_the_document(tmp_path: Path) -> None:
    assert "section" in refused(tmp_path, changed('of = "zone"', 'of = "section"'))


def test_slots_need_a_heading(tmp_path: Path) -> None:
    assert "heading" in refused(tmp_path, changed("heading = '(\\S+)地区'\n", ""))


@pytest.mark.parametrize("reading", ["みなと", "minato", "", "ミナト ", "港", "ミナト\\n"])
def test_a_reading_is_written_in_katakana(tmp_path: Path, reading: str) -> None:
    message = refused(tmp_path, changed('"港" = "ミナト"', f'"港" = "{reading}"'))
    assert "[dictionary]" in message
    assert "片仮名" in message


@pytest.mark.parametrize("name", ["港 湾", "港,湾", '港\\"湾', "港\\n湾", ""])
def test_a_dictionary_name_is_one_word(tmp_path: Path, name: str) -> None:
    assert "[dictionary]" in refused(tmp_path, changed('"港" = "ミナト"', f'"{name}" = "ミナト"'))


def test_a_reading_that_is_no_text_is_refused(tmp_path: Path) -> None:
    assert "[dictionary]" in refused(tmp_path, changed('"港" = "ミナト"', '"港" = 3'))


def test_other_words_of_one_zone_are_not_lost(tmp_path: Path) -> None:
    twice = SOUND.replace("[dictionary]", '[[names]]\nzone = "港"\nwords = ["Minato"]\n\n[dictionary]')
    try:
        guide = read(tmp_path, twice)
    except GuideError as error:  # refusing it is as good as keeping both
        assert "港" in error.message
    else:
        assert set(guide.names["港"]) == {"みなと", "Minato"}


@pytest.mark.parametrize("text", ["[zones", "a = ", "= 1", "a = 1\na = 2", "[[slots]]\n[slots]", "\ufeff[zones]"])
def test_what_is_not_toml(tmp_path: Path, text: str) -> None:
    assert "TOML" in refused(tmp_path, text)


def test_what_is_not_utf8(tmp_path: Path) -> None:
    assert "TOML" in refused(tmp_path, SOUND.encode("cp932", errors="ignore"))
