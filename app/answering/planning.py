"""A question to a Plan: which zones, which attribute, which operation, and the words left to search for.

Deterministic, from the language's question words and the documents' vocabulary; knows nothing of any index.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.answering.intents import Intents, without_lead
from app.answering.mood import asks_confirmation
from app.answering.numerals import ordinal_spans
from app.answering.operations import Operation, position_spans
from app.answering.question_words import LIST_CUES
from app.answering.references import pointed_at
from app.answering.thesaurus import Thesaurus
from app.answering.utterance import Utterance
from app.answering.vocabulary import AttributeMention, Vocabulary
from app.reading.guide import Attribute
from app.reading.tokenization import Tokenizer
from app.schema import Mention, Plan

# 「何に力を入れる」 asks for it as a noun would.
_WHAT = re.compile(r"(?:何|なに|どこ|どんな\w{1,4})[にをで]?$")
_ASKS = re.compile(r"どの|どこ|何|いずれ|どちら|どれ|どっち|なに|which|what|哪")
# Asking for all of several.
_PLURAL = re.compile(
    r"(?:どれ|どこ|どの区|何区)と(?:どれ|どこ|どの区|何区)|それぞれ|複数|すべて|全て|全部|ぜんぶ|一覧|残らず|漏れなく"
    r"|リスト|列挙|挙げ|which zones|all (?:the )?zones|哪些|哪几个"
)
# Asking what the document itself is about.
_DESCRIBE = re.compile(
    r"(?:資料|文書|文章|記事|発表|ドキュメント|本文|内容|これ)(?:は|って|の)?.{0,8}(?:何|なに|概要|要約|テーマ|内容|どんな)|(?:概要|要約|あらまし)を"
    r"|what (?:is|does) (?:this|the) (?:document|text|article|announcement)|(?:资料|文件|文章|公告).{0,6}(?:什么|概要|内容)"
)
# Asking for the names of several: 「6区の名前」「どの6つの区」.
_NAMES = re.compile(r"名前|名称|名[をはが]|どの|どこ|どれ|内訳|顔ぶれ|メンバー|哪|which|what are|name")
# Behind what something is looked for in.
_SETTING = re.compile(r"[」』]?(?:の(?:中|なか|うち|どこ)|全体[でにの])")
# Between a section that is described and what is asked of it.
_OF_IT = re.compile(r"の|で(?:は|の)?、?|において(?:は)?、?|における|が|は、?|って|の(?:総|主な|具体的な)|では、?どんな|の、")


class Planner:
    """Plans questions in the words of one vocabulary."""

    def __init__(self, vocabulary: Vocabulary, thesaurus: Thesaurus, tokenizer: Tokenizer) -> None:
        self._vocabulary = vocabulary
        self._thesaurus = thesaurus
        self._tokenizer = tokenizer
        self._intents = Intents(vocabulary)

    @property
    def attributes(self) -> tuple[Attribute, ...]:
        """What can be asked for, as the guides declare it."""
        return self._vocabulary.attributes

    def plan(self, question: str) -> Plan:
        """The plan of a question that passed `check_question`."""
        vocabulary, sections = self._vocabulary, self._vocabulary.sections
        heard = Utterance(question, self._tokenizer, sections.noun, sections.nouns)
        heard.known = self._thesaurus.chinese_words(heard) if heard.language == "zh" else []
        quoted = heard.quotations()
        places = [
            place
            for place in vocabulary.gazetteer.find(heard.normalized)
            if not any((item.start, item.end) == (place.start, place.end) and vocabulary.is_part(place.value) for item in quoted)
        ]
        settings = [place for place in places if self._is_setting(question, place)]
        places = [place for place in places if place not in settings]
        taken = [*places, *settings]
        zones = [zone for zone in sections.zones(heard.normalized, taken) if not vocabulary.is_counted(heard, zone)]
        pointed, place = ([], 0) if zones else self._pointed_at(heard)
        zones += pointed
        excluded, left_out = sections.exclusions(heard.normalized, zones)
        included = sections.inclusions(heard.normalized, zones)
        which = [] if zones and not (excluded or included) else sections.asks_which(heard)
        if not zones and vocabulary.is_attribute_alone(heard, [*which, *settings, *places]):
            which = []  # 「エリアはどこ？」 asks for the areas of all zones
        heard.cover([*settings, *zones, *excluded, *included, *which, *sections.words_in(heard.normalized)])
        literals = heard.literals()
        topic = heard.topic()
        heard.cover(places)
        mentions = self._mentions(heard, zones)
        heard.cover(vocabulary.measures(heard))
        heard.cover_spans(ordinal_spans(heard.spoken))
        subjects = tuple(dict.fromkeys(zone.value for zone in zones))
        if excluded:
            kept = [name for name in subjects if name not in left_out]
            subjects = tuple(name for name in kept or sections.names if name not in left_out)
        if included:
            subjects = ()
        if zones and any(item.sure and item.attribute.of == "zone" for item in mentions):
            mentions = [item for item in mentions if item.attribute.of == "zone"]
        asked, asks_where = self._asked(heard, mentions)
        operation, attribute = self._intents.operation(heard, mentions, asked, subjects, bool(which) or asks_where)
        if operation is None and asked and not subjects and asked.attribute.of == "zone" and _describes(heard, which, asked, mentions):
            operation, attribute = Operation("which", (f"then={asked.attribute.name}",)), None
        leftover = heard.leftover()
        of_something = (subjects or which) and heard.without(leftover, vocabulary.background)
        if operation is None and attribute and attribute.of == "document" and of_something:
            heard.uncover(Mention("", item.start, item.end) for item in mentions if item.attribute is attribute)
            mentions = [item for item in mentions if item.attribute is not attribute]
            attribute, leftover = None, heard.leftover()  # no zone has it: what is asked is something of that name
        if zones and attribute and heard.in_kana:
            leftover = ()  # the tokeniser cuts kana anywhere: what it leaves over means nothing
        elif attribute and leftover:
            if zones or attribute.of == "document" or operation is not None:
                leftover = heard.without(leftover, vocabulary.background)
            leftover = without_lead(heard, leftover, mentions, operation)
        if operation is None and self._asks_names(heard, zones, attribute, leftover):
            operation, leftover = Operation("name"), ()
        if operation is None:
            operation = self._plain(heard, subjects, attribute, leftover, bool(which) or (asks_where and not zones))
            if operation.name == "which" and which and leftover and heard.denies(which[-1]):
                operation = Operation("which", (*operation.constraints, "without"))
        heard.cover(Mention("", item.start, item.end) for item in mentions if item.sure and item.rank[0])
        terms = self._thesaurus.terms(heard, [item for item in leftover if not heard.is_asked(item)])
        terms = tuple(term for term in terms if any(term.mention.overlaps(item) for item in quoted)) or terms
        return Plan(
            language=heard.language,
            subjects=subjects,
            attribute=attribute.name if attribute else None,
            operation=operation.name,
            constraints=operation.constraints,
            leftover=leftover,
            topic=topic,
            places=tuple(places),
            quoted=tuple(item for item in quoted if any(item.overlaps(m) for m in leftover)),
            literals=tuple(item for item in literals if item.value not in vocabulary.background),
            terms=terms,
            confirms=asks_confirmation(heard.spoken),
            pointed=place,
            implied=attribute is not None and not any(item.attribute is attribute for item in mentions),
        )

    def _is_setting(self, question: str, place: Mention) -> bool:
        """Whether what stands for the whole of a document is only where something is looked for: 「6+1のどこかに」."""
        whole = all(fact.subject is None for fact in self._vocabulary.gazetteer.facts(place.value))
        return whole and _SETTING.match(question[place.end :]) is not None

    def _pointed_at(self, heard: Utterance) -> tuple[list[Mention], int]:
        """The zone that the question means by its place in the document, and that; its words are no place in a list."""
        sections = self._vocabulary.sections
        found = pointed_at(heard.spoken, (*sections.words, *sections.nouns))
        if found is None or not -1 <= found[2] <= len(sections.names):
            return [], 0
        start, end, place = found
        heard.spoken = heard.spoken[:start] + " " * (end - start) + heard.spoken[end:]
        name = sections.names[place if place < 0 else place - 1]
        return [Mention(name, *heard.normalized.raw_span(start, end))], place

    # ── Attributes ──────────────────────────────────────────────────────────────────────────────────────────

    def _mentions(self, heard: Utterance, zones: Sequence[Mention]) -> list[AttributeMention]:
        """Every word for an attribute; in kana, English, Chinese or misspelt where none is sure in Japanese."""
        placing = [heard.normalized.raw_span(*span) for span in position_spans(heard.spoken)]
        mentions = self._vocabulary.attribute_mentions(heard, zones)
        mentions = [item for item in mentions if not any(start <= item.start < end for start, end in placing)]
        if not any(mention.sure for mention in mentions):
            vocabulary = self._vocabulary
            ways = (vocabulary.kana_mentions, vocabulary.foreign_mentions, vocabulary.misspelt_mentions)
            mentions += next((found for way in ways if (found := way(heard))), [])
        return mentions

    def _asked(self, heard: Utterance, mentions: Sequence[AttributeMention]) -> tuple[AttributeMention | None, bool]:
        """The attribute asked for, its words covered; and whether 「どこ」 asks for something else instead.

        Of several nouns the last one: 「範囲は、面積でいうと」 asks for a size. Words that may mean the zone, and
        interrogatives, count only if nothing is left of the question beside them.
        """
        sure = [mention for mention in mentions if mention.sure]
        if not sure:
            heard.cover(Mention("", mention.start, mention.end) for mention in mentions)
            if heard.leftover():
                return None, any(heard.question[mention.start : mention.end] == "どこ" for mention in mentions)
            return max(mentions, key=lambda mention: (mention.weak, mention.rank), default=None), False
        nouns = [mention for mention in sure if mention.rank[0] or _WHAT.search(heard.question[: mention.start])]
        if not nouns and heard.language == "ja" and not any(mention.attribute.measured for mention in sure):
            covered = list(heard.covered)
            heard.cover(Mention("", mention.start, mention.end) for mention in mentions)
            if any(not heard.is_asked(item) for item in heard.leftover()):  # 「…は含まれますか」 asks for what stands before it
                return None, False
            heard.covered[:] = covered
        asked = max(nouns or sure, key=lambda mention: (mention.end if nouns else 0, mention.rank))
        same = [item for item in mentions if item.weak or item.attribute is asked.attribute]
        heard.cover(Mention("", mention.start, mention.end) for mention in same)
        return asked, False

    def _asks_names(
        self, heard: Utterance, zones: Sequence[Mention], attribute: Attribute | None, leftover: Sequence[Mention]
    ) -> bool:
        """Whether all that is asked of several zones, named by one word, is which they are: 「選ばれた6区の名前」."""
        together = len(zones) > 1 and len({(zone.start, zone.end) for zone in zones}) == 1
        if not together or attribute is not None or not _NAMES.search(heard.text):
            return False
        open_words = heard.without(leftover, self._vocabulary.background)
        verbs = [token for token in heard.tokens for item in open_words if item.start <= token.start < item.end]
        return all(token.pos.startswith("動詞") for token in verbs)

    def _plain(
        self,
        heard: Utterance,
        zones: Sequence[str],
        attribute: Attribute | None,
        leftover: Sequence[Mention],
        asks_which: bool,
    ) -> Operation:
        if asks_which and not zones:
            return Operation("which", ("every",) if _PLURAL.search(heard.text) else ())
        if not zones and not attribute and not leftover and _DESCRIBE.search(heard.text):
            return Operation("describe")
        if attribute and any(token.base in LIST_CUES for token in heard.tokens):
            return Operation("list")
        if not leftover and (zones or attribute):
            return Operation("look_up")
        return Operation("search")


def _describes(
    heard: Utterance, which: Sequence[Mention], asked: AttributeMention, mentions: Sequence[AttributeMention]
) -> bool:
    """Whether the attribute is asked of the section that the question describes: 「クルーズに力を入れる区の面積」."""
    starts = [item.start for item in mentions if item.attribute is asked.attribute]
    return any(
        not _ASKS.search(mention.value) and any(_OF_IT.fullmatch(heard.question[mention.end : start]) for start in starts)
        for mention in which
    )
