"""A document's reading guide (`*.toml`): its layout and vocabulary as typed data, checked when it is read.

Domain knowledge lives in guides, so that another kind of document needs another guide and no new code.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.errors import GuideError
from app.reading.guide_table import Table

LANGUAGES = ("ja", "en", "zh")
_TABLES = "examples zones overview slots skip facts attributes units names groups synonyms dictionary".split()


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a section keeps its passages of one `kind`: group 1 of `pattern`, cut at `separator` if there is one."""

    kind: str
    pattern: re.Pattern[str]
    separator: re.Pattern[str] | None = None
    repeat: bool = False
    required: bool = True


@dataclass(frozen=True, slots=True)
class FactPattern:
    """What passages of a `kind` state: group 1 of `pattern`, cut at `separator`; named groups give a measure."""

    attribute: str
    kind: str
    pattern: re.Pattern[str]
    separator: re.Pattern[str] | None = None
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class Attribute:
    """Something a question can ask for: of each `zone`, or of the `document`; `words` by language.

    `measured` if its facts are numbers with units, `names` if they are names, which people shorten.
    """

    name: str
    of: str
    kind: str
    words: Mapping[str, tuple[str, ...]]
    measured: bool = False
    names: bool = False

    def label(self, language: str) -> str:
        """What it is called in an answer: its name, or in another language than the document's the first word declared."""
        return self.name if language == "ja" else next(iter(self.words.get(language, ())), self.name)


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of measure: `factor` of it to the base unit of its dimension, and the `words` that write it."""

    name: str
    factor: float
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Synonyms:
    """Words of the document that mean one thing, `terms`, and other `words` for it, by language."""

    terms: tuple[str, ...]
    words: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Guide:
    """The whole guide; an empty one (`Guide()`) reads headings, paragraphs, sentences and list items.

    `groups` are pairs of zones' names and of the words for all of them together.
    """

    heading: re.Pattern[str] | None = None
    closing: re.Pattern[str] | None = None
    noun: str = ""
    nouns: tuple[str, ...] = ()
    overview_kind: str = "本文"
    slots: tuple[Slot, ...] = ()
    skip: tuple[re.Pattern[str], ...] = ()
    facts: tuple[FactPattern, ...] = ()
    attributes: tuple[Attribute, ...] = ()
    units: tuple[Unit, ...] = ()
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    groups: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = ()
    synonyms: tuple[Synonyms, ...] = ()
    dictionary: tuple[tuple[str, str], ...] = ()
    examples: tuple[str, ...] = ()
    sha256: str = ""


def base_units(guides: Iterable[Guide]) -> dict[str, tuple[float, str]]:
    """Every word for a unit that the guides declare, with its factor to the base unit (factor 1) and that one's name."""
    return {
        word: (unit.factor, next((base.name for base in guide.units if base.factor == 1.0), unit.name))
        for guide in guides
        for unit in guide.units
        for word in (unit.name, *unit.words)
    }


def read_guide(path: Path) -> Guide:
    """Read and check a guide. Raises GuideError, naming the table and the key, for anything it does not know."""
    data = path.read_bytes()
    try:
        raw = tomllib.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise GuideError(
            "guide_invalid", f"読み取りガイド {path.name} を TOML として読めません: {error}。直してください。"
        ) from error
    top = Table("最上位", raw, path.name)

    def tables(key: str) -> Sequence[Table]:
        return [Table(f"[[{key}]] {i}", item, path.name) for i, item in enumerate(top.take(key, list, []), 1)]

    zones = Table("[zones]", top.take("zones", dict, {}), path.name)
    overview = Table("[overview]", top.take("overview", dict, {}), path.name)
    names_tables = tables("names")
    guide = Guide(
        heading=zones.optional_pattern("heading", group=True),
        closing=zones.optional_pattern("closing"),
        noun=zones.take("noun", str, ""),
        nouns=zones.words("nouns"),
        overview_kind=overview.take("kind", str, "本文"),
        slots=tuple(_read_slot(table) for table in tables("slots")),
        skip=tuple(_read_skip(table) for table in tables("skip")),
        facts=tuple(_read_fact(table) for table in tables("facts")),
        attributes=tuple(_read_attribute(table, path.name) for table in tables("attributes")),
        units=tuple(
            _read_unit(name, Table(f'[units."{name}"]', item, path.name))
            for name, item in top.take("units", dict, {}).items()
        ),
        names=_read_names(names_tables),
        groups=tuple(_read_group(table) for table in tables("groups")),
        synonyms=tuple(_read_synonyms(table) for table in tables("synonyms")),
        dictionary=_read_dictionary(top.take("dictionary", dict, {}), path.name),
        examples=top.words("examples"),
        sha256=hashlib.sha256(data).hexdigest(),
    )
    for table in names_tables:
        table.finish(("zone", "words"))
    zones.finish(("heading", "closing", "noun", "nouns"))
    overview.finish(("kind",))
    top.finish(_TABLES)
    _check_references(guide, path.name)
    return guide


def _read_slot(table: Table) -> Slot:
    slot = Slot(
        kind=table.take("kind", str, required=True),
        pattern=table.pattern("pattern", group=True),
        separator=table.optional_pattern("separator"),
        repeat=table.take("repeat", bool, False),
        required=table.take("required", bool, True),
    )
    table.finish(Slot.__dataclass_fields__)
    return slot


def _read_skip(table: Table) -> re.Pattern[str]:
    pattern = table.pattern("pattern")
    table.finish(("pattern",))
    return pattern


def _read_fact(table: Table) -> FactPattern:
    fact = FactPattern(
        attribute=table.take("attribute", str, required=True),
        kind=table.take("kind", str, required=True),
        pattern=table.pattern("pattern", group=True),
        separator=table.optional_pattern("separator"),
        subject=table.take("subject", str),
    )
    table.finish(FactPattern.__dataclass_fields__)
    return fact


def _read_attribute(table: Table, source: str) -> Attribute:
    name = table.take("name", str, required=True)
    of = table.take("of", str, "zone")
    if of not in ("zone", "document"):
        raise table.error(f"of は zone か document です ({of!r})")
    words = Table(f"[[attributes]] {name} words", table.take("words", dict, {}), source)
    attribute = Attribute(
        name=name,
        of=of,
        kind=table.take("kind", str, name),
        words={language: words.words(language) for language in LANGUAGES},
        measured=table.take("measured", bool, False),
        names=table.take("names", bool, False),
    )
    words.finish(LANGUAGES)
    table.finish(Attribute.__dataclass_fields__)
    return attribute


def _read_names(tables: Sequence[Table]) -> dict[str, tuple[str, ...]]:
    names: dict[str, tuple[str, ...]] = {}
    for table in tables:
        zone = table.take("zone", str, required=True)
        names[zone] = (*names.get(zone, ()), *table.words("words"))
    return names


def _read_synonyms(table: Table) -> Synonyms:
    synonyms = Synonyms(table.words("term"), {language: table.words(language) for language in LANGUAGES})
    if not synonyms.terms:
        raise table.error("term がありません (missing key)")
    table.finish(("term", *LANGUAGES))
    return synonyms


def _read_group(table: Table) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Zones that are spoken of together, and the words for them: 「6区」."""
    group = table.words("zones"), table.words("words")
    if not all(group):
        raise table.error("zones と words が要ります (missing key)")
    table.finish(("zones", "words"))
    return group


def _read_unit(name: str, table: Table) -> Unit:
    factor = table.take("factor", (int, float), 1.0)
    if isinstance(factor, bool) or not 0 < factor < float("inf"):
        raise table.error("factor は正の数です")
    unit = Unit(name=name, factor=float(factor), words=table.words("words"))
    table.finish(Unit.__dataclass_fields__)
    return unit


def _read_dictionary(data: Mapping[str, Any], source: str) -> tuple[tuple[str, str], ...]:
    for name, reading in data.items():
        if (
            not isinstance(reading, str)
            or not re.fullmatch(r"[ァ-ヶー]+", reading)
            or not re.fullmatch(r"[^\s,\"]+", name)
        ):
            raise GuideError(
                "guide_invalid",
                f"読み取りガイド {source} の [dictionary] {name!r}: 読みは片仮名で書き、名前に空白・コンマ・引用符は使えません。",
            )
    return tuple(sorted(data.items()))


def _check_references(guide: Guide, source: str) -> None:
    kinds = {slot.kind for slot in guide.slots} | {guide.overview_kind}
    for what, kind in [(fact.attribute, fact.kind) for fact in guide.facts] + [
        (attribute.name, attribute.kind) for attribute in guide.attributes
    ]:
        if kind not in kinds:
            raise GuideError(
                "guide_invalid",
                f"読み取りガイド {source}: {what} の kind {kind!r} がありません。[[slots]] の kind は {sorted(kinds)} です。",
            )
    if guide.slots and guide.heading is None:
        raise GuideError("guide_invalid", f"読み取りガイド {source}: [[slots]] には [zones] heading が要ります。")
