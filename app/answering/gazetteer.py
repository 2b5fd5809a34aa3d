"""Names that stand for part of a zone: the facts of the ledger that are names, by every way to write or shorten one.

Shortened names may stand for several (漕河涇 for 漕河涇開発開拓エリア and 漕河涇開発区): all of them are given.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from app.reading.guide import Synonyms
from app.reading.normalization import Normalized, normalize
from app.reading.tokenization import Tokenizer
from app.schema import Fact, Mention, Token

# Shorter facts are ordinary words, not names that a question could mean.
_SHORTEST = 3
_SHORTEST_PART = 2
_BRACKETS = re.compile(r"\([^()]*\)")
_QUOTES = re.compile(r"[「」『』]")
_PROPER = "名詞-固有名詞"


class Gazetteer:
    """Facts by the names that a question may write for them."""

    def __init__(
        self,
        facts: Iterable[Fact],
        names: Collection[str],
        endings: Sequence[str],
        zones: Collection[str],
        text: str,
        synonyms: Iterable[Synonyms],
        taken: Collection[str],
        tokenizer: Tokenizer,
    ) -> None:
        """`facts` that are not measured can be named whole; those of the attributes `names` also by a part.

        `endings` (normalised) may be left out: 外灘 for 外灘エリア. `zones` are names that are a zone's wherever they
        stand alone. A part that `text`, all that the documents say (normalised), writes elsewhere too names nothing.
        `synonyms` of a name are names too (People's Square), but not within words that are `taken` (square kilometers).
        """
        self._facts: dict[str, list[Fact]] = {}
        self._endings = tuple(sorted(endings, key=len, reverse=True))
        parts: dict[str, list[Fact]] = {}
        for fact in facts:
            if fact.number is not None or len(fact.text) < _SHORTEST:
                continue
            whole = normalize(fact.text).text
            for name in {whole, self._stem(whole)} if fact.attribute in names else {whole}:
                self._facts.setdefault(name, []).append(fact)
            if fact.attribute in names:
                for part in set(self._parts(fact.text, tokenizer)):
                    parts.setdefault(part, []).append(fact)
        for part, named in parts.items():
            written = sum(normalize(fact.text).text.count(part) for fact in named)
            if text.count(part) <= written:
                known = self._facts.setdefault(part, [])
                known += [fact for fact in named if fact not in known]
        for item in synonyms:
            terms = {normalize(term).text for term in item.terms}
            named = [fact for name in terms & self._facts.keys() for fact in self._facts[name] if fact.attribute in names]
            for word in (normalize(word).text for words in item.words.values() for word in words):
                if named and len(word) >= _SHORTEST and word not in text and not any(word in other for other in taken):
                    known = self._facts.setdefault(word, [])
                    known += [fact for fact in dict.fromkeys(named) if fact not in known]
        for zone in zones:
            self._facts.pop(zone, None)
        longest_first = sorted(self._facts, key=lambda name: (-len(name), name))
        self._pattern = re.compile("|".join(map(_bounded, longest_first))) if longest_first else None

    def find(self, question: Normalized) -> list[Mention]:
        """Names written in a question, the longest at each place; `value` is the name as it is folded."""
        if self._pattern is None:
            return []
        return [
            Mention(match.group(), *question.raw_span(*match.span())) for match in self._pattern.finditer(question.text)
        ]

    def facts(self, name: str) -> list[Fact]:
        """What a name stands for: the facts that are called just so, else those that it is part of."""
        named = self._facts.get(name, [])
        return [fact for fact in named if normalize(fact.text).text == name] or named

    def _stem(self, name: str) -> str:
        bare = _QUOTES.sub("", _BRACKETS.sub("", name))
        ending = next((ending for ending in self._endings if bare.endswith(ending)), "")
        stem = bare.removesuffix(ending)
        return stem if len(stem) >= _SHORTEST_PART else name

    def _parts(self, text: str, tokenizer: Tokenizer) -> Iterator[str]:
        tokens = tokenizer.tokenize(text)
        for i, token in enumerate(tokens):
            if token.pos != _PROPER or len(token.surface) < _SHORTEST_PART:
                continue
            yield normalize(token.surface).text
            if i and tokens[i - 1].end == token.start and _is_prefix(tokens[i - 1]):
                yield normalize(tokens[i - 1].surface + token.surface).text
            following = tokens[i + 1] if i + 1 < len(tokens) else None
            if following is not None and following.pos == _PROPER:
                yield normalize(token.surface + following.surface).text
        for other in re.findall(r"\(([^()]{3,})\)", normalize(text).text):  # another name in brackets
            if re.fullmatch(r"[ァ-ヺーa-z0-9 ]+", other):
                yield other


def _bounded(name: str) -> str:
    """A pattern for a name: in Latin letters a whole word, in hiragana none that goes on from another one."""
    if name[0].isascii() and name[0].isalnum():
        return rf"(?<![a-z0-9]){re.escape(name)}(?![a-z])"
    return rf"(?<![ぁ-ゖ]){re.escape(name)}" if re.fullmatch(r"[ぁ-ゖー]+", name) else re.escape(name)


def _is_prefix(token: Token) -> bool:
    return len(token.surface) == 1 and token.pos.startswith(("接頭辞", "名詞", "形容詞"))
