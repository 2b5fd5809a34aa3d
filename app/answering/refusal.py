"""Whether the document answers at all: what is asked for and missing, as a reason and the words that are missing.

Several independent signs, each of the language or of the document, never of particular questions.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.answering.question_words import EMPTY, ONLY_CUES, ORDINARY_ATTRIBUTES
from app.reading.guide import Attribute
from app.reading.normalization import normalize
from app.reading.tokenization import Tokenizer
from app.schema import Hit, Mention, Plan, Reason, Token


@dataclass(frozen=True, slots=True)
class Refused:
    """Why there is no answer, and the words of the question that it is about (None if it is all of it)."""

    reason: Reason
    missing: Mention | None = None


# What an interrogative expects, and what a passage that gives it must hold.
_EXPECTATIONS = tuple(
    (re.compile(cue), re.compile(evidence))
    for cue, evidence in (
        (r"いつ|何年|何月|何日|何時|何曜日|時期|期限|日程|日付|開始日|スケジュール|期日|年月日", r"\d+年|\d+月|\d+日|年度|世紀|時点|期間|月末|年末|以来"),
        (r"いくら|何円|何元|何ドル|金額|費用|予算|料金|賃料|家賃|価格|値段|コスト|年収|給料|利率|金利|税率", r"\d[\d,.万億兆]*(?:円|元|ドル|ユーロ|%|パーセント)"),
        (r"何人|人数|人口|何名|従業員数|定員", r"\d[\d,.万億]*(?:人|名)"),
        (r"何社|企業数|社数|何件|件数|何校", r"\d[\d,.万億]*(?:社|件|校|企業)"),
        (r"何%|何パーセント|何割|割合|比率|率は", r"\d[\d.]*(?:%|パーセント|割)|[一二三四五六七八九]割"),
        (r"電話番号|電話|メールアドレス|連絡先|住所|url|ホームページ|webサイト|郵便番号", r"\d{2,4}-\d{2,4}|@|https?:|www\.|〒|丁目"),
        (r"なぜ|理由|どうして(?![いるゆきくもお])|何故|わけは", r"ため|から|ので|により|によって|に基づ|理由"),
    )
)
_PLACE_ENDING = re.compile(r"[都府県市区町村州国省島港駅]$")


class Judge:
    """Judges whether what was found answers what was asked."""

    def __init__(self, text: str, attributes: Sequence[Attribute], section_words: Sequence[str], tokenizer: Tokenizer):
        """`text` is everything the documents say; `section_words` follow a zone's name (区, a heading's ending)."""
        self._text = normalize(text).text
        self._tokenizer = tokenizer
        self._attributes = {attribute.name: attribute for attribute in attributes}
        endings = "|".join(re.escape(word) for word in sorted(section_words, key=len, reverse=True))
        self._ending = re.compile(rf"\s*(?:{endings})") if endings else None
        declared = "\n".join(word for item in attributes for words in item.words.values() for word in words)
        self._terms = frozenset(token.base for token in tokenizer.tokenize(f"{text}\n{declared}") if token.content)

    def premise(self, question: str, plan: Plan, hits: Sequence[Hit]) -> Refused | None:
        """Whether the question is about something that the documents have at all. There is at least one hit."""
        return (
            self._unknown_name(question, plan, hits) or self._part_of_zone(question, plan) or self._nothing_asked(plan)
        )

    def detail(self, question: str, plan: Plan, hits: Sequence[Hit]) -> Refused | None:
        """A detail asked for beside what the plan understood: a date, a price, a name. There is at least one hit."""
        if not plan.leftover:
            return None
        return self._expectation(question, hits) or self._asked_thing(plan)

    def off_topic(self, plan: Plan, hits: Sequence[Hit]) -> Refused | None:
        """Whether even the best passage is about something else, by the fitted signs together."""
        signs = (1.0, hits[0].legs.get("dense", 0.0), max(hit.legs.get("words", 0.0) for hit in hits), anchored(plan))
        return Refused("not_in_document") if sum(w * x for w, x in zip(OFF_TOPIC, signs, strict=True)) < 0 else None

    def _says(self, text: str) -> bool:
        return normalize(text).text in self._text

    def _unknown_name(self, question: str, plan: Plan, hits: Sequence[Hit]) -> Refused | None:
        """A name of the kind that zones and places have, which the documents do not write."""
        for mention in plan.leftover:
            following = self._ending.match(normalize(question[mention.end :]).text) if self._ending else None
            if self._says(mention.value) or not (following or self._is_place(mention.value)):
                continue
            if not following or not self._known_words(mention.value):
                return Refused("name_unknown", mention)
        if plan.subjects or max(hit.legs.get("words", 0.0) for hit in hits) >= ENOUGH_WORDS:
            return None
        for token in self._tokenizer.tokenize(question):
            if token.place and not self._says(token.surface):
                run = next((m for m in plan.leftover if m.start <= token.start < m.end), _mention(token))
                return Refused("name_unknown", run)
        return None

    def _is_place(self, text: str) -> bool:
        """Nouns that end in a word for a place: 静安区, 広東省."""
        tokens = self._tokenizer.tokenize(text)
        nouns = all(token.pos.startswith(("名詞", "接尾辞", "接頭辞")) for token in tokens)
        return nouns and len(text) > 2 and _PLACE_ENDING.search(text) is not None

    def _part_of_zone(self, question: str, plan: Plan) -> Refused | None:
        attribute = self._attributes.get(plan.attribute or "")
        if attribute is None or not attribute.measured:
            return None
        part = any(token.base in ONLY_CUES for token in self._tokenizer.tokenize(question))
        if plan.places and (part or not plan.subjects):
            return Refused("attribute_absent", _attribute_mention(question, attribute))
        if plan.leftover and not plan.subjects:
            mention = max(plan.leftover, key=lambda item: len(item.value))
            if self._says(mention.value):
                return Refused("attribute_absent", _attribute_mention(question, attribute))
            return Refused("name_unknown", mention)
        return None

    def _nothing_asked(self, plan: Plan) -> Refused | None:
        if plan.subjects or plan.attribute or plan.leftover or plan.places:
            return None
        return Refused("out_of_scope")

    def _expectation(self, question: str, hits: Sequence[Hit]) -> Refused | None:
        folded = normalize(question)
        for cue, evidence in _EXPECTATIONS:
            asked = cue.search(folded.text)
            if asked and not any(evidence.search(normalize(hit.passage.text).text) for hit in hits[:3]):
                start, end = folded.raw_span(*asked.span())
                return Refused("attribute_absent", Mention(question[start:end], start, end))
        return None

    def _asked_thing(self, plan: Plan) -> Refused | None:
        """A thing that people ask for by its name, and that no document here has by that name."""
        for mention in plan.leftover:
            words = [token for token in self._tokenizer.tokenize(mention.value) if token.content]
            if words and words[-1].base in ORDINARY_ATTRIBUTES and words[-1].base not in self._terms:
                return Refused("attribute_absent", mention)
        return None

    def _known_words(self, text: str) -> bool:
        """Whether the last content word of a phrase, its head in Japanese, occurs in the documents or the guides."""
        words = [token for token in self._tokenizer.tokenize(text) if token.content and token.base not in EMPTY]
        return not words or words[-1].base in self._terms


# A place that the documents do not write is no reason to refuse if they hold this share of the question's words.
ENOUGH_WORDS = 0.2
# A logistic decision, its weights set between the two classes of the tuning half (which they part without error):
# intercept, best cosine of the topic, best share of the words, anchored.
OFF_TOPIC = (-84.8, 100.0, 15.0, 1.5)


def anchored(plan: Plan) -> float:
    """1.0 if the question names a zone, an attribute or a place of the document, or asks which zone; else 0.0."""
    return float(bool(plan.subjects or plan.attribute or plan.places or plan.operation == "which"))


def _mention(token: Token) -> Mention:
    return Mention(token.surface, token.start, token.end)


def _attribute_mention(question: str, attribute: Attribute) -> Mention | None:
    folded = normalize(question)
    words = sorted((word for words in attribute.words.values() for word in words), key=len, reverse=True)
    for word in words:
        position = folded.text.find(normalize(word).text)
        if position >= 0:
            start, end = folded.raw_span(position, position + len(normalize(word).text))
            return Mention(question[start:end], start, end)
    return None


