"""A document to its zones and passages: by its guide's layout, or by headings, paragraphs, items, sentences.

Nothing is lost: every letter of a document lies in a passage, a heading, a separator, or a declared skip.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from app.errors import GuideError
from app.reading.guide import Guide, Slot
from app.schema import Document, Passage, Zone

Span = tuple[int, int]

# Paragraphs of running text are packed into passages of whole sentences up to this many characters.
PASSAGE_LENGTH = 200
# One sentence without an end is cut here, so that no passage outgrows what the encoder reads (512 tokens).
LONGEST_PASSAGE = 600

_OPENING, _CLOSING = "「『（(【［[〔《〈“", "」』）)】］]〕》〉”"
_LINE = re.compile(r"[^\r\n]+")
_BLANK = " \t\r\n\u3000\ufeff"
_SENTENCE_END = re.compile(r"[。！？!?]+|\.(?=\s|$)")
_MARKDOWN_HEADING = re.compile(r"(#{1,6})[ \u3000]+(\S.*)")
_NUMBERED_HEADING = re.compile(
    r"(第[0-9０-９一二三四五六七八九十百]+[章編部節条]|[IVX]+\.|[0-9０-９]+(?:[.．][0-9０-９]+)*[.．、]?(?=[ \u3000])"
    r"|[一二三四五六七八九十]+、|[（(][0-9０-９一二三四五六七八九十]+[)）])[ \u3000]*\S.*"
)
_ITEM = re.compile(
    r"[ \t\u3000]*(?:[・･•●○◆◇■□▪*]|[\-–―](?![0-9０-９])|[①-⑳]|[0-9０-９]+[.)．）](?![0-9０-９]))[ \t\u3000]*(?=\S)"
)


@dataclass(frozen=True, slots=True)
class _Section:
    zone: str | None
    spans: tuple[Span, ...]  # its lines, without the heading


def segment(document: Document, guide: Guide) -> tuple[tuple[Zone, ...], tuple[Passage, ...]]:
    """Zones and passages in document order. Raises GuideError if a zone lacks what its guide requires."""
    if guide.heading is None:
        zones, found = _by_layout(document)
    else:
        zones, found = _by_guide(document, guide)
    return zones, _number(document, sorted(found, key=lambda item: item[2]))


def sentences(text: str, start: int, end: int) -> Iterator[Span]:
    """The sentences of `text[start:end]` with their final marks; marks within brackets do not end one.

    >>> [text[a:b] for text in ["雨だ。「晴れ。」と言う"] for a, b in sentences(text, 0, len(text))]
    ['雨だ。', '「晴れ。」と言う']
    """
    begin = position = start
    depth = 0
    for mark in _SENTENCE_END.finditer(text, start, end):
        depth = _depth(text, position, mark.start(), depth)
        position = mark.start()
        if depth == 0:
            yield from _trimmed(text, begin, mark.end())
            begin = mark.end()
    yield from _trimmed(text, begin, end)


def split(text: str, start: int, end: int, separator: re.Pattern[str]) -> Iterator[Span]:
    """`text[start:end]` cut at `separator`, but never within brackets or quotation marks."""
    begin = position = start
    depth = 0
    for mark in separator.finditer(text, start, end):
        depth, position = _depth(text, position, mark.start(), depth), mark.start()
        if mark.start() >= begin and depth == 0:
            yield from _trimmed(text, begin, mark.start())
            begin = mark.end()
    yield from _trimmed(text, begin, end)


def _depth(text: str, start: int, end: int, depth: int = 0) -> int:
    for character in text[start:end]:
        if character in _OPENING:
            depth += 1
        elif character in _CLOSING and depth:
            depth -= 1
    return depth


def _trimmed(text: str, start: int, end: int) -> Iterator[Span]:
    while start < end and text[start] in _BLANK:
        start += 1
    while end > start and text[end - 1] in _BLANK:
        end -= 1
    if start < end:
        yield start, end


def _lines(text: str) -> Iterator[Span]:
    for line in _LINE.finditer(text):
        yield from _trimmed(text, *line.span())


# ── With a guide ────────────────────────────────────────────────────────────────────────────────────────────

_Found = tuple[str | None, str, int, int]


def _by_guide(document: Document, guide: Guide) -> tuple[tuple[Zone, ...], list[_Found]]:
    zones, sections = _sections(document, guide)
    found: list[_Found] = []
    for section in sections:
        if section.zone is None:
            found += [
                (None, guide.overview_kind, *span) for line in section.spans for span in sentences(document.text, *line)
            ]
        else:
            found += _slots(document, guide, section)
    return zones, found


def _sections(document: Document, guide: Guide) -> tuple[tuple[Zone, ...], list[_Section]]:
    text = document.text
    zones: list[Zone] = []
    opened: list[tuple[str | None, list[Span]]] = [(None, [])]
    for start, end in _lines(text):
        heading = guide.heading.fullmatch(text, start, end) if guide.heading else None
        if heading:
            zones.append(Zone(heading.group(1), document.name, *heading.span(1)))
            opened.append((heading.group(1), []))
        elif opened[-1][0] is not None and guide.closing and guide.closing.match(text, start, end):
            opened.append((None, [(start, end)]))
        else:
            opened[-1][1].append((start, end))
    twice = [name for name, count in Counter(zone.name for zone in zones).items() if count > 1]
    if not zones or twice:
        what = f"同じ名の区画 {twice} が2つあります" if twice else "[zones] heading に合う見出しが1行もありません"
        raise GuideError(
            "guide_mismatch",
            f"{document.name} の読み取りガイドが本文に合いません: {what}。ガイドか本文を直してください。",
        )
    return tuple(zones), [_Section(zone, tuple(lines)) for zone, lines in opened]


def _slots(document: Document, guide: Guide, section: _Section) -> list[_Found]:
    start, end = (section.spans[0][0], section.spans[-1][1]) if section.spans else (0, 0)
    found: list[_Found] = []
    for slot in guide.slots:
        spans = list(_slot_spans(document.text, start, end, slot))
        if slot.required and not spans:
            raise GuideError(
                "guide_mismatch",
                f"{document.name} の「{section.zone}」に {slot.kind} が見つかりません。"
                f"ガイドの pattern {slot.pattern.pattern!r} か本文を直してください（省かれうる項目なら required = false）。",
            )
        found += [(section.zone, slot.kind, *span) for span in spans]
    covered = [(a, b) for _, _, a, b in found]
    covered += [match.span() for skip in guide.skip for match in skip.finditer(document.text, start, end)]
    for line in section.spans:
        for rest in _uncovered(line, covered):
            found += [
                (section.zone, "本文", *span) for span in sentences(document.text, *rest) if _says(document.text, span)
            ]
    return found


def _slot_spans(text: str, start: int, end: int, slot: Slot) -> Iterator[Span]:
    for match in slot.pattern.finditer(text, start, end):
        if slot.separator is None:
            yield from _trimmed(text, *match.span(1))
        else:
            yield from split(text, *match.span(1), slot.separator)
        if not slot.repeat:
            return


def _uncovered(span: Span, covered: list[Span]) -> Iterator[Span]:
    position, end = span
    for start, stop in sorted(covered):
        if stop <= position or start >= end:
            continue
        if start > position:
            yield position, start
        position = max(position, stop)
    if position < end:
        yield position, end


def _says(text: str, span: Span) -> bool:
    return any(character.isalnum() for character in text[slice(*span)])


# ── Without a guide ─────────────────────────────────────────────────────────────────────────────────────────


def _by_layout(document: Document) -> tuple[tuple[Zone, ...], list[_Found]]:
    text = document.text
    lines = list(_lines(text))
    path: list[tuple[int, str]] = []
    zones: dict[str, Zone] = {}
    found: list[_Found] = []
    for number, (start, end) in enumerate(lines):
        following = text[slice(*lines[number + 1])] if number + 1 < len(lines) else ""
        level, title_start = _heading(text[start:end], following)
        if level:
            path = [item for item in path if item[0] < level] + [(level, text[start + title_start : end])]
            name = " / ".join(title for _, title in path)
            zones.setdefault(name, Zone(name, document.name, start + title_start, end))
        else:
            zone = " / ".join(title for _, title in path) or None
            found += [(zone, "本文", *span) for span in _packed(text, start, end)]
    if not found:  # a document of headings only still says them
        found = [(None, "本文", *span) for line in lines for span in _packed(text, *line)]
        zones = {}
    return tuple(zones.values()), found


def _heading(line: str, following: str) -> tuple[int, int]:
    """The level of a heading (1 is highest, 0 is none), and where its title begins in the line."""
    if mark := _MARKDOWN_HEADING.fullmatch(line):
        return len(mark.group(1)), mark.start(2)
    short = len(line) <= 40 and not line.endswith(("。", "、", "！", "？", ".", "，", ","))
    if not short or not following:
        return 0, 0
    numbered = _NUMBERED_HEADING.fullmatch(line)
    rank, next_rank = _rank(line), _rank(following)
    below = next_rank > rank > 0 or (rank > next_rank == 0 and following.endswith("。"))  # 「第9条」 and 「1. …とする。」
    if numbered and (below or (not _NUMBERED_HEADING.fullmatch(following) and len(following) > len(line))):
        mark_text = numbered.group(1)
        depth = mark_text.strip(".．、").count(".") + mark_text.strip(".．、").count("．")
        return 2 + depth + (mark_text[0] in "（(") + (mark_text[-1] in "節条"), 0
    if not _ITEM.match(line) and not numbered and following.endswith("。") and len(following) > 2 * len(line):
        return 2, 0
    return 0, 0


def _rank(line: str) -> int:
    mark = re.match(r"第[0-9０-９一二三四五六七八九十百]+([編章部節条])", line)
    return "編部章節条".index(mark.group(1)) + 1 if mark else 0


def _packed(text: str, start: int, end: int) -> Iterator[Span]:
    item = _ITEM.match(text, start, end)
    begin = item.end() if item else start
    stop = begin
    for sentence_start, sentence_end in sentences(text, begin, end):
        if stop > begin and sentence_end - begin > PASSAGE_LENGTH:
            yield from _trimmed(text, begin, stop)
            begin = sentence_start
        stop = sentence_end
        while stop - begin > LONGEST_PASSAGE:
            yield from _trimmed(text, begin, begin + LONGEST_PASSAGE)
            begin += LONGEST_PASSAGE
    yield from _trimmed(text, begin, stop)


def _number(document: Document, found: list[_Found]) -> tuple[Passage, ...]:
    """Passages with readable ids: `name#zone/kind`, and `/n` counted from 1 where a kind has several."""
    many = Counter((zone, kind) for zone, kind, _, _ in found)
    seen: Counter[tuple[str | None, str]] = Counter()
    passages = []
    for zone, kind, start, end in found:
        seen[zone, kind] += 1
        place = f"{zone}/{kind}" if zone else kind
        number = f"/{seen[zone, kind]}" if many[zone, kind] > 1 else ""
        passages.append(
            Passage(
                passage_id=f"{document.name.removesuffix('.txt')}#{place}{number}",
                document=document.name,
                zone=zone,
                kind=kind,
                text=document.text[start:end],
                start=start,
                end=end,
            )
        )
    return tuple(passages)
