"""What there is to ask about, for every door alike: the documents, their text, and their zones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from app.errors import InputError

if TYPE_CHECKING:
    from app.schema import Document, Zone


class Catalogue:
    """The documents of one edition, as JSON. Offsets are Unicode code points into the unaltered text."""

    def __init__(self, documents: Sequence[Document], zones: Sequence[Zone]) -> None:
        self._documents = {document.name: document for document in documents}
        self._zones = tuple(zones)

    def documents(self) -> list[dict[str, Any]]:
        """Names and hashes, in the order that the page's links count by."""
        return [{"name": one.name, "sha256": one.sha256} for one in self._documents.values()]

    def zones(self) -> list[dict[str, Any]]:
        """Every zone, with its document and where its heading names it."""
        return [{"document": zone.document, **_place(zone)} for zone in self._zones]

    def document(self, name: str, sha256: str = "") -> dict[str, Any]:
        """One document's text, unaltered, and where its zones are named.

        Raises InputError if there is none, or if `sha256` is given and is no longer its hash.
        """
        document = self._documents.get(name)
        if document is None:
            raise InputError(
                "document_unknown", "その資料はありません。名前の一覧は /v1/documents、または list_zones にあります。"
            )
        if sha256 not in ("", document.sha256):
            raise InputError(
                "document_changed", "その資料は新しくなりました。質問し直すか、ページを開き直してください。 (it has changed: ask again)"
            )
        zones = [_place(zone) for zone in self._zones if zone.document == name]
        return {"name": name, "sha256": document.sha256, "text": document.text, "zones": zones}


def _place(zone: Zone) -> dict[str, Any]:
    return {"name": zone.name, "start": zone.start, "end": zone.end}
