"""As many passages as one likes out of real ones, each blended of two of them: in its words and in its vectors.

The real ones come first, as they are. A made one is a real one, its base, of whose content words some are another
passage's, and its vectors are the bases' moved towards the other's by the same share: so a million passages hold a
million texts, no two alike, whose words are as frequent and whose vectors are as crowded as those of real ones.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from app.reading.tokenization import Tokenizer
from app.schema import Passage
from app.searching.embedding import Encoder, Vectors
from app.searching.views import embedded

# What a made passage keeps of its base, at least and at most.
_KEPT = (0.5, 0.9)
Piece = tuple[str, bool]


class Blends:
    """Passages by number; `bases[i]` is the real passage that passage i is, or is mostly."""

    def __init__(self, passages: Sequence[Passage], number: int, tokenizer: Tokenizer, encoder: Encoder, seed: int = 0) -> None:
        """Encodes the real passages, all their views; `number` is at least as large as there are real ones."""
        chance = np.random.default_rng(seed)
        real = len(passages)
        self._passages = passages
        self.bases = np.arange(number) % real
        self._others = (self.bases + chance.integers(1, max(real, 2), size=number)) % real  # never the base itself
        self._kept = np.where(np.arange(number) < real, 1.0, chance.uniform(*_KEPT, size=number))
        self._pieces = [_pieces(passage.text, tokenizer) for passage in passages]
        views = [embedded(passage) for passage in passages]
        vectors = encoder.encode_passages([view for some in views for view in some])
        self._vectors = np.split(vectors, np.cumsum([len(some) for some in views])[:-1])

    def __len__(self) -> int:
        return len(self.bases)

    def passages(self) -> Iterator[Passage]:
        """All of them, in order."""
        drawn = zip(self.bases.tolist(), self._others.tolist(), self._kept.tolist(), strict=True)
        for number, (base, other, kept) in enumerate(drawn):
            passage = self._passages[base]
            if kept < 1:
                text = _blend(self._pieces[base], self._pieces[other], kept, random.Random(number))
                passage = replace(passage, passage_id=f"{passage.passage_id}+{number}", text=text, start=0, end=len(text))
            yield passage

    def vectors(self, views: Sequence[int]) -> Iterator[Vectors]:
        """The vectors of each passage, of which passage i has `views[i]`: as many, if another number of parts came of it.

        `(views[i], d)` float32, L2-normalised.
        """
        for count, base, other, kept in zip(views, self.bases, self._others, self._kept, strict=True):
            if kept == 1:
                yield self._vectors[base]
                continue
            first, second = (_taken(self._vectors[place], count) for place in (base, other))
            mixed = np.float32(kept) * first + np.float32(1 - kept) * second
            yield mixed / np.linalg.norm(mixed, axis=1, keepdims=True)


def _taken(vectors: Vectors, count: int) -> Vectors:
    return vectors[np.minimum(np.arange(count), len(vectors) - 1)]


def _pieces(text: str, tokenizer: Tokenizer) -> list[Piece]:
    """A text in pieces that make it up again, each with whether it is a content word."""
    pieces, position = [], 0
    for token in tokenizer.tokenize(text):
        if token.start > position:
            pieces.append((text[position : token.start], False))
        pieces.append((token.surface, token.content))
        position = token.end
    return [*pieces, (text[position:], False)]


def _blend(base: Sequence[Piece], other: Sequence[Piece], kept: float, chance: random.Random) -> str:
    words = [piece for piece, content in other if content]
    return "".join(
        chance.choice(words) if content and words and chance.random() >= kept else piece for piece, content in base
    )
