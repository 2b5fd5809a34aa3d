"""A question without a plan: the words of it to be found, each by itself."""

from __future__ import annotations

from collections.abc import Iterable

from app.schema import Term, Token


def question_terms(tokens: Iterable[Token]) -> tuple[Term, ...]:
    """The content words of a question, each standing for itself, as often as the question has them."""
    return tuple(Term(token.mention, ((token.base,),)) for token in tokens if token.content)
