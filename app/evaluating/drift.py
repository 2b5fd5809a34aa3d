"""What became of the answers to the same questions: saved answers, old and new, to changes of one cause each.

Looks at nothing but what the answers (JSON of the contract) say of themselves: a document that changed where it is
cited alters the cited text, one that changed elsewhere only moves it. Pure, and knows nothing of printing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal, get_args

from app.schema import Passage

Line = Mapping[str, Any]  # an answer or an error line
Cause = Literal[
    "error",  # a line could not be asked, before or now
    "question",  # another question under the same id
    "removed",  # asked before only
    "added",  # asked now only
    "text",  # a document changed, and the text cited from it
    "moved",  # a document changed, and only the place of what is quoted
    "value",  # a document changed, and by it a value or a computed result
    "plan",  # the question is understood otherwise
    "status",  # the same plan, another status or reason
    "ranking",  # the same plan, other passages cited, or in another order
    "result",  # the same plan and passages, another value or result
    "wording",  # all of that the same, said otherwise
    "listed",  # the same answer; other passages listed, in another order or with other scores
]
CAUSES: tuple[Cause, ...] = get_args(Cause)

_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|.", re.DOTALL)  # a number changes as a whole
_SHORTEST_SAME = 3  # characters: fewer between two changes are part of the change


@dataclass(frozen=True, slots=True)
class SpanChange:
    """A quoted place before and now; None where there is none. A title's, quoted without a citation, has no kind."""

    old: Passage | None
    new: Passage | None

    @property
    def how(self) -> str:
        """`added`, `removed`, `altered` (text, zone or kind), `moved` (other offsets) or `same`."""
        if self.old is None or self.new is None:
            return "added" if self.old is None else "removed"
        if _content(self.old) != _content(self.new):
            return "altered"
        return "same" if self.old.start == self.new.start else "moved"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of two texts that both have (`same`), or only the old (`removed`) or the new (`inserted`)."""

    op: Literal["same", "removed", "inserted"]
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one question, and why; a side is None where it was not asked."""

    cause: Cause
    old: Line | None
    new: Line | None

    @property
    def id(self) -> str | None:
        """The id of the question."""
        return next((side["id"] for side in (self.new, self.old) if side), None)

    @property
    def question(self) -> str | None:
        """The question as it was asked last; None if error lines are all there is."""
        return next((side["question"] for side in (self.new, self.old) if side and "question" in side), None)

    @property
    def spans(self) -> tuple[SpanChange, ...]:
        """The quoted places before and now: the old ones with the most alike of the new, then what is new."""
        keys: tuple[Callable[[Passage], Hashable], ...] = (lambda p: p, _content, lambda p: p.passage_id)
        before, free, matched = list(_spans(self.old)), list(_spans(self.new)), {}
        for key in keys:
            for place, span in enumerate(before):
                same = next((item for item in free if key(item) == key(span)), None)
                if place not in matched and same is not None:
                    matched[place] = same
                    free.remove(same)
        pairs = [SpanChange(span, matched.get(place)) for place, span in enumerate(before)]
        return (*pairs, *(SpanChange(None, span) for span in free))

    @property
    def plan(self) -> dict[str, tuple[Any, Any]]:
        """The parts of the plan that differ, before and now; empty unless both sides are answers."""
        if not (self.old and self.new and "plan" in self.old and "plan" in self.new):
            return {}
        old, new = _plan(self.old), _plan(self.new)
        return {key: (old[key], new[key]) for key in old if old[key] != new[key]}


@dataclass(frozen=True, slots=True)
class Drift:
    """All that changed, by cause and then in the file's order, and how many questions did not."""

    changes: tuple[Change, ...]
    unchanged: int

    @property
    def counts(self) -> dict[Cause, int]:
        """How many changes each cause has, 0 too."""
        found = Counter(change.cause for change in self.changes)
        return {cause: found[cause] for cause in CAUSES}


def compare(old: Sequence[Line], new: Sequence[Line]) -> Drift:
    """Pair the lines by id, without one by question (the n-th with the n-th), and tell what became of each pair."""
    before, after = _keyed(old), _keyed(new)
    pairs = [(before.get(key), after.get(key)) for key in {**before, **after}]
    found = [Change(cause, *pair) for pair in pairs if (cause := _cause(*pair)) is not None]
    return Drift(tuple(sorted(found, key=lambda change: CAUSES.index(change.cause))), len(pairs) - len(found))


def changed_documents(old: Line | None, new: Line | None) -> dict[str, str]:
    """`added`, `removed` or `changed` (another SHA-256) for each document that differs between two answers."""
    before, after = ((side or {}).get("documents", {}) for side in (old, new))
    if not before or not after:
        return {}
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return {n: "added" if n not in before else "removed" if n not in after else "changed" for n in names}


def difference(old: str, new: str) -> tuple[Piece, ...]:
    """Two texts as one, character by character; numbers and what lies between close changes are kept whole."""
    a, b = _TOKEN.findall(old), _TOKEN.findall(new)
    pieces: list[Piece] = []
    i = j = 0
    for x, y, size in SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks():
        same = "".join(a[x : x + size])
        at_an_end = x == y == 0 or (x + size, y + size) == (len(a), len(b))
        if not at_an_end and len(same) < _SHORTEST_SAME:
            continue
        pieces += [Piece("removed", "".join(a[i:x])), Piece("inserted", "".join(b[j:y])), Piece("same", same)]
        i, j = x + size, y + size
    return tuple(piece for piece in pieces if piece.text)


def _keyed(lines: Sequence[Line]) -> dict[Hashable, Line]:
    counted: Counter[Hashable] = Counter()
    found: dict[Hashable, Line] = {}
    for line in lines:
        key = (line["id"], None if line["id"] is not None else line.get("question"))
        counted[key] += 1
        found[key, counted[key]] = line
    return found


def _cause(old: Line | None, new: Line | None) -> Cause | None:
    errors = [side["error"] if side and "error" in side else None for side in (old, new)]
    if any(errors):
        codes = [error and error["code"] for error in errors]
        return "error" if codes[0] != codes[1] else "listed" if errors[0] != errors[1] else None
    if old is None or new is None:
        return "added" if old is None else "removed"
    if old["question"] != new["question"]:
        return "question"
    return _cause_in_documents(old, new) or _cause_elsewhere(old, new)


def _cause_in_documents(old: Line, new: Line) -> Cause | None:
    """Why an answer changed, if documents are why."""
    changed = changed_documents(old, new)
    cited = [[p for p in _passages(side, "citations") if p.document in changed] for side in (old, new)]
    known = [{_content(p) for key in ("citations", "passages") for p in _passages(side, key)} for side in (old, new)]
    # What the other side lists without citing it is still there: then something else chose.
    gone = {p.passage_id for p in cited[0] if _content(p) not in known[1]}
    come = {p.passage_id for p in cited[1] if _content(p) not in known[0]}
    # By another plan others are cited; but where one and the same reads otherwise, its document did that.
    if gone & come or ((gone or come) and _asked(old) == _asked(new)):
        quotes = [[part for part in _parts(side) if part[0] == "quote" and part[2]] for side in (old, new)]
        return "value" if quotes[0] == quotes[1] and _results(old) != _results(new) else "text"
    places = [[(p.start, p.end) for p in _spans(side) if p.document in changed] for side in (old, new)]
    return "moved" if places[0] != places[1] and _told(old) == _told(new) else None


def _cause_elsewhere(old: Line, new: Line) -> Cause | None:
    """The first thing that differs, from what a question is taken for to what is shown beside its answer."""
    changed = changed_documents(old, new)

    def cited(line: Line) -> list[Hashable]:
        return [(_content(p), p.document in changed or (p.start, p.end)) for p in _passages(line, "citations")]

    def everything(line: Line) -> Line:
        return {key: value for key, value in line.items() if key not in ("documents", "index")}

    steps: tuple[tuple[Cause, Callable[[Line], Any]], ...] = (
        ("plan", _asked),
        ("status", lambda line: (line["status"], line["reason"])),
        ("ranking", cited),
        ("result", _results),
        ("wording", _told),
        ("listed", everything),
    )
    return next((cause for cause, part in steps if part(old) != part(new)), None)


def _told(line: Line) -> tuple[Any, ...]:
    """All that a reader is told, from whatever place of a document it is."""
    said = [line[key] for key in ("status", "reason", "choices", "completeness")]
    return _asked(line), said, _parts(line), [_content(p) for p in _passages(line, "citations")]


def _plan(line: Line) -> dict[str, Any]:
    names = ("subjects", "attribute", "operation", "constraints", "leftover")
    return {"language": line["language"], **{name: line["plan"][name] for name in names}}


def _asked(line: Line) -> dict[str, Any]:
    return {**_plan(line), "leftover": None}  # words that nothing understood: they explain, and are no plan


def _results(line: Line) -> list[str]:
    return [text for kind, text, _ in _parts(line) if kind in ("value", "computed")]


def _parts(line: Line) -> list[tuple[str, str, list[int]]]:
    return [(segment["type"], segment["text"], segment["citations"]) for segment in line["segments"]]


def _content(passage: Passage) -> tuple[str, str | None, str, str]:
    return passage.document, passage.zone, passage.kind, passage.text


def _passages(line: Line, key: str) -> Iterator[Passage]:
    return (Passage(**{name: row[name] for name in Passage.__dataclass_fields__}) for row in line[key])


def _spans(line: Line | None) -> Iterator[Passage]:
    """What an answer cites, then the titles that it quotes."""
    if line and "error" not in line:
        yield from _passages(line, "citations")
        for part in line["segments"]:
            if part["type"] == "quote" and not part["citations"]:
                text = part["text"]
                yield Passage(text, part["document"], None, "", text, part["start"], part["end"])
