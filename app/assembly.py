"""Puts the parts together: the only place that knows every concrete class."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import islice

from app.answering.assistant import Assistant
from app.answering.composition import Composer
from app.answering.draft import Archive
from app.answering.evidence import Evidence
from app.answering.ledger import Ledger
from app.answering.planning import Planner
from app.answering.premises import Premises
from app.answering.refusal import Judge
from app.answering.relevance import Relevance
from app.answering.signs import THRESHOLD
from app.answering.thesaurus import Thesaurus
from app.answering.verification import verify_answer
from app.answering.vocabulary import Vocabulary
from app.config import DEFAULT_MODEL, Settings
from app.errors import IndexForeignError
from app.reading.corpus import guide_path, read_corpus
from app.reading.facts import extract_facts
from app.reading.guide import Guide, base_units, read_guide
from app.reading.segmentation import segment
from app.schema import Document, Fact, Passage, Reading, Zone
from app.searching.contents import Encode
from app.searching.embedding import Encoder, SmallEncoder, Vectors
from app.searching.generation import (
    Generation,
    Sources,
    current_name,
    is_current,
    open_generation,
    stamp,
    write_generation,
    writing,
)
from app.searching.retrieval import Retriever
from app.searching.sentence import answering_sentence
from app.serving.edition import Edition, Editions, Prover

# Texts a call to the encoder, so that progress moves about twice a second.
_CHUNK = 16


@dataclass(frozen=True, slots=True)
class Library:
    """The documents of a corpus with their guides, before anything is indexed."""

    documents: tuple[Document, ...]
    guides: Mapping[str, Guide]

    def sources(self) -> Sources:
        """What an index of this library is built from."""
        return Sources(self.documents, {name: guide.sha256 for name, guide in self.guides.items()})

    def read(self) -> Reading:
        """All documents read: their zones, passages and facts."""
        zones: list[Zone] = []
        passages: list[Passage] = []
        facts: list[Fact] = []
        for document in self.documents:
            guide = self.guides[document.name]
            document_zones, document_passages = segment(document, guide)
            zones += document_zones
            passages += document_passages
            facts += extract_facts(document_passages, guide)
        return Reading(self.documents, tuple(zones), tuple(passages), tuple(facts))


def open_library(settings: Settings) -> Library:
    """Read the corpus and its guides. Raises DocumentError and GuideError."""
    documents = read_corpus(settings.corpus)
    guides = {}
    for document in documents:
        path = guide_path(document, settings.corpus)
        guides[document.name] = read_guide(path) if path.is_file() else Guide()
    return Library(documents, guides)


def open_encoder(model: str) -> Encoder:
    """The default model for `e5-small`, else a sentence-transformers model by folder or name.

    Raises ModelError with what to do when it cannot be loaded.
    """
    if model == DEFAULT_MODEL:
        return SmallEncoder()
    from app.searching.sentence_transformer import SentenceTransformerEncoder  # it would import torch for nothing

    return SentenceTransformerEncoder(model)


def build_index(settings: Settings, library: Library, encoder: Encoder, *, rebuild: bool = False) -> bool:
    """Build a missing index, refresh an outdated one; returns whether there was anything to do.

    Progress goes to standard error. With `rebuild` whatever is there is replaced, damaged or foreign too.
    """
    sources = library.sources()
    if not rebuild and is_current(settings.index, sources, encoder.fingerprint, settings.store):
        return False
    with writing(settings.index):
        # Another process may have built it while this one waited.
        if not rebuild and is_current(settings.index, sources, encoder.fingerprint, settings.store):
            return False
        reading = library.read()
        names = {pair for guide in library.guides.values() for pair in guide.dictionary}
        write_generation(settings.index, reading, names, sources, encoder, _with_progress(encoder), store=settings.store)
    return True


def open_index(settings: Settings, library: Library, encoder: Encoder) -> Generation:
    """The current generation, built or refreshed first if need be."""
    build_index(settings, library, encoder)
    return open_generation(settings.index, library.documents)


def open_assistant(
    settings: Settings, threshold: float = THRESHOLD, *, synonyms: bool = True, encoder: Encoder | None = None
) -> Assistant:
    """Everything ready to answer, the index built or refreshed first if need be. Raises ShuttenError.

    `threshold` is the confidence below which passages are no answer; without `synonyms` the guides' are left aside;
    an `encoder` that is open already is taken instead of the settings' model.
    """
    library, encoder = open_library(settings), encoder or open_encoder(settings.model)
    return _assistant(library, encoder, open_index(settings, library, encoder), threshold, synonyms=synonyms)


def open_editions(settings: Settings, workers: int = 1) -> Editions:
    """What a server answers from, the index built or refreshed first if need be, and whatever is indexed from then on.

    With more than one of the `workers`, so many other processes answer, and this one opens neither model nor index.
    Raises ShuttenError.
    """
    alone = workers == 1
    open = partial(open_edition, settings, open_encoder(settings.model)) if alone else partial(open_workers, settings, workers)
    editions = Editions(open(open_library(settings)))
    editions.follow(partial(stamp, settings.index), partial(newer_edition, settings, open))
    return editions


def open_edition(settings: Settings, encoder: Encoder, library: Library, index: str | None = None) -> Edition:
    """The edition of an index, by its hash; without one of the current index, built or refreshed first if need be.

    Raises ShuttenError if it cannot be opened, or was not built from this library.
    """
    if index is None:
        build_index(settings, library, encoder)
        index = current_name(settings.index) or ""
    if not is_current(settings.index, library.sources(), encoder.fingerprint, settings.store, index):
        raise IndexForeignError(
            "index_outdated",
            f"索引 {settings.index} はいまの資料から作ったものではありません。`python -m app index` で作り直してください。"
            " (not built from the documents as they are: run `python -m app index`)",
        )
    generation = open_generation(settings.index, library.documents, index)
    return Edition(_assistant(library, encoder, generation), _prover(library), generation.hash)


def open_workers(settings: Settings, number: int, library: Library, index: str | None = None) -> Edition:
    """The same, answered from by so many processes."""
    from app.serving.workers import Workers  # it would import multiprocessing for nothing

    workers = Workers(partial(_work, settings, library), number, library.documents, index)
    return Edition(workers, _prover(library), workers.index)


def newer_edition(settings: Settings, open: Callable[[Library, str], Edition], edition: Edition) -> Edition | None:
    """The edition of the current generation, as `open` opens it; None if it is `edition`'s still. Builds nothing.

    Raises ShuttenError if it cannot be opened, or was not built from the documents and guides as they are.
    """
    index = current_name(settings.index) or ""
    return None if index == edition.index else open(open_library(settings), index)


def _work(settings: Settings, library: Library, index: str | None) -> Edition:
    return open_edition(settings, open_encoder(settings.model), library, index)


def _prover(library: Library) -> Prover:
    return partial(verify_answer, evidence=_evidence(library))


def _assistant(
    library: Library, encoder: Encoder, generation: Generation, threshold: float = THRESHOLD, *, synonyms: bool = True
) -> Assistant:
    reading, tokenizer = generation.reading, generation.tokenizer
    guides = list(library.guides.values())
    texts = {document.name: document.text for document in reading.documents}
    everything = "\f".join(texts.values())
    headings = {zone.name: _line_at(texts[zone.document], zone) for zone in reading.zones}
    vocabulary = Vocabulary(guides, reading.zones, headings, reading.facts, everything, tokenizer)
    thesaurus = Thesaurus([item for guide in guides for item in guide.synonyms if synonyms], tokenizer)
    explained = [name for name, guide in library.guides.items() if guide.synonyms and synonyms]
    retriever = Retriever(generation, encoder)
    ledger = Ledger(reading, base_units(guides))
    premises = Premises(reading, ledger, vocabulary.gazetteer, vocabulary.names, retriever)
    return Assistant(
        reading=reading,
        planner=Planner(vocabulary, thesaurus, tokenizer),
        judge=Judge(everything, vocabulary, tokenizer, explained),
        relevance=Relevance(reading, vocabulary.attributes, premises, retriever),
        premises=premises,
        composer=Composer(
            Archive(reading, generation.hash, vocabulary.attributes), partial(answering_sentence, tokenizer=tokenizer)
        ),
        ledger=ledger,
        examples=[example for guide in guides for example in guide.examples],
        threshold=threshold,
    )


def open_evidence(settings: Settings) -> Evidence:
    """What saved answers are proved against: the documents as they are now, read again."""
    return _evidence(open_library(settings))


def _evidence(library: Library) -> Evidence:
    return Evidence(
        documents={document.name: document for document in library.documents},
        read=library.read,
        units=base_units(library.guides.values()),
        attributes={item.name: item for guide in library.guides.values() for item in guide.attributes},
        synonyms=tuple(item for guide in library.guides.values() for item in guide.synonyms),
    )


def _line_at(text: str, zone: Zone) -> str:
    start = max(text.rfind("\n", 0, zone.start), text.rfind("\r", 0, zone.start)) + 1
    return re.split(r"[\r\n]", text[start:], maxsplit=1)[0].strip()


def _with_progress(encoder: Encoder) -> Encode:
    def encode(texts: Iterable[str], total: int) -> Iterator[Vectors]:
        from tqdm import tqdm

        left = iter(texts)
        with tqdm(total=total, desc="索引を作成中 (indexing)", unit="passage", file=sys.stderr) as bar:
            while part := list(islice(left, _CHUNK)):
                yield encoder.encode_passages(part)
                bar.update(len(part))

    return encode
