"""An *edition*: what a server answers from, bound once and never altered; and the editions of a running server.

A request takes the current edition once, at its beginning, and uses it to its end, so that nothing sent mixes two. When
the index is built anew the next edition is opened beside the current one, which answers until then; one that cannot be
opened is not taken.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from app.answer import Answer
from app.errors import ShuttenError
from app.schema import Document, Fact, Zone
from app.serving.catalogue import Catalogue
from app.serving.overview import Overview

_LOG = logging.getLogger(__name__)
_SECONDS = 1.0  # between two looks


class Assistant(Protocol):
    """What every door asks. `ask` may be called from several threads at once; it raises `ShuttenError`."""

    @property
    def documents(self) -> Sequence[Document]:
        """The documents that answers cite."""

    @property
    def zones(self) -> Sequence[Zone]:
        """Their sections, in order."""

    @property
    def facts(self) -> Sequence[Fact]:
        """What they state of these, in order."""

    @property
    def examples(self) -> Sequence[str]:
        """Questions to offer to somebody who has not asked anything yet."""

    def ask(self, question: str, history: Sequence[str] = (), id: str | None = None) -> Answer:
        """The answer to `question`, asked after the questions `history`, oldest first."""


class Verdict(Protocol):
    """What became of one answer that was to be proved."""

    @property
    def word(self) -> str:
        """`found`, or what is wrong with it."""

    @property
    def explanation(self) -> str:
        """Why."""

    @property
    def proved(self) -> bool:
        """Whether every character was proved."""


Prover = Callable[[Any], Verdict]


@dataclass(frozen=True)
class Edition:
    """An assistant, what proves its answers (if anything does), and the hash of the index that it answers from."""

    assistant: Assistant
    prove: Prover | None = None
    index: str = ""

    @cached_property
    def catalogue(self) -> Catalogue:
        """Its documents and zones, as JSON."""
        return Catalogue(self.assistant.documents, self.assistant.zones)

    @cached_property
    def overview(self) -> Overview:
        """What it holds of each zone."""
        return Overview(self.assistant.zones, self.assistant.facts)

    @cached_property
    def positions(self) -> Mapping[str, int]:
        """Each document's place among them, which the page's links count by."""
        return {document.name: place for place, document in enumerate(self.assistant.documents)}


class Editions:
    """The editions of one server: one after the other, one at a time."""

    def __init__(self, first: Edition) -> None:
        self._current = first
        self._shows: list[Callable[[Edition], None]] = []
        self._showing = threading.Lock()  # an older edition must not be shown after a newer

    @property
    def current(self) -> Edition:
        """The edition to answer from. Take it once a request."""
        return self._current

    def show(self, show: Callable[[Edition], None]) -> None:
        """Call `show` with the current edition, and with every later one when it has become current."""
        with self._showing:
            self._shows.append(show)
            show(self._current)

    def follow(self, stamp: Callable[[], Hashable], newer: Callable[[Edition], Edition | None]) -> None:
        """Look every second, for as long as the process runs, whether there is a newer edition.

        `stamp` is cheap, and differs from what it was when an index has been made current since. Only then `newer` opens
        it: None if it is the given edition's still, ShuttenError if it cannot be used. That is logged, and tried again
        when the stamp differs again.
        """

        def look() -> None:
            seen: Hashable = None
            while True:
                if (found := stamp()) != seen:
                    seen = found
                    self._renew(newer)
                time.sleep(_SECONDS)

        threading.Thread(target=look, name="editions", daemon=True).start()

    def _renew(self, newer: Callable[[Edition], Edition | None]) -> None:
        try:
            edition = newer(self._current)
            if edition is None:
                return
            with self._showing:
                self._current = edition
                for show in self._shows:
                    show(edition)
        except ShuttenError as error:
            _LOG.warning(
                "新しい索引に替えられません。いまの索引で答え続けます (the new index cannot be used; the old one answers on): [%s] %s",
                error.code, error.message,
            )  # fmt: skip
        except Exception:  # a bug must not end the looking
            _LOG.exception("a newer edition")
