"""Whether the documents answer at all: what is asked for and missing, as a reason and the words that are missing."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from app.answer import Reason
from app.answering.expectation import expectations, name_asked
from app.answering.question_words import COMPARISONS, LAND, ONLY_CUES, SIZES
from app.answering.sections import longest_first
from app.answering.signs import ANSWERS, ANSWERS_UNEXPLAINED, confidence, signs
from app.answering.thesaurus import LIGHT
from app.answering.vocabulary import Vocabulary
from app.reading.guide import Attribute
from app.reading.normalization import normalize
from app.reading.tokenization import Tokenizer
from app.schema import Hit, Mention, Plan, Term

_PLACE_ENDING = re.compile(r"[都府県市区町村州省]$")
# Before 区 and the like these make a kind of place, not a name.
_NO_NAMES = frozenset(
    "行政 各 全 同 当 両 他 特 特別 自治 地方 都市 管理 開発 経済 学 校 新 旧 隣 近隣 周辺 一 二 "
    "三 四 五 六 七".split()
)
# Behind something that is asked about.
_OF_IT = re.compile(r"(?:そのもの|自体)?(?:の|は|って|が|とは|について|\?|$|'s| )(?!区)")
_ALL = re.compile("^(?:全|各|同|当|本|総)")
# An unknown place is what a question is about if it makes up this share of the words that were not understood.
PLACE_SHARE = 0.25


@dataclass(frozen=True, slots=True)
class Refused:
    """Why there is no answer, the words of the question that it is about (None if it is all of it), and the zones of
    which something is missing, and the attribute (`word`) that is given of the whole alone."""

    reason: Reason
    missing: Mention | None = None
    zones: tuple[str, ...] = ()
    word: str | None = None


class Judge:
    """Judges whether what was found answers what was asked."""

    def __init__(
        self, text: str, vocabulary: Vocabulary, tokenizer: Tokenizer, explained: Collection[str] = ()
    ) -> None:
        """`text` is everything the documents say; `explained` are the documents whose guides declare synonyms."""
        self._explained = frozenset(explained)
        self._text = normalize(text).text
        self._tokenizer = tokenizer
        self._attributes = {attribute.name: attribute for attribute in vocabulary.attributes}
        self._noun = vocabulary.sections.noun or "区"
        self._nouns = tuple(noun for noun in vocabulary.sections.nouns if len(noun) > 1)
        self._numbered = vocabulary.numbered
        self._shortened = vocabulary.sections.shortened
        endings = "|".join(re.escape(word) for word in vocabulary.sections.words)
        self._ending = re.compile(endings) if endings else None
        self._terms = frozenset(token.base for token in tokenizer.tokenize(text) if token.content)

    def premise(self, question: str, plan: Plan) -> Refused | None:
        """Whether the question is about something that the documents have at all."""
        plan = _own(question, plan)
        return (
            self._unknown_name(question, plan)
            or self._part_of_zone(question, plan)
            or self._other_measure(question, plan)
            or self._of_document(question, plan)
            or self._nothing_asked(plan)
        )

    def detail(self, question: str, plan: Plan, hits: Sequence[Hit]) -> Refused | None:
        """A detail asked for beside what the plan understood: a date, a price, a name. There is at least one hit."""
        plan = _own(question, plan)
        attribute = self._attributes.get(plan.attribute or "")
        only_number = not plan.leftover and (plan.computed or attribute is None or attribute.measured)
        if only_number or plan.operation == "count_matches":
            return None
        text = normalize(hits[0].passage.text).text
        for expected in expectations(question, self._tokenizer.tokenize(question), plan.leftover):
            if not expected.met_by(text):
                return Refused("attribute_absent", expected.mention)
        return None

    def confidence(self, plan: Plan, hits: Sequence[Hit]) -> float:
        """How likely the best passages answer the question, in (0, 1): the fitted signs together."""
        weights = ANSWERS if hits[0].passage.document in self._explained else ANSWERS_UNEXPLAINED
        return confidence(weights, self.signs(plan, hits))

    def signs(self, plan: Plan, hits: Sequence[Hit]) -> tuple[float, ...]:
        """What speaks for and against an answer, by the names in `signs.SIGNS`."""
        first = {token.base for token in self._tokenizer.tokenize(hits[0].passage.text)}
        return signs(plan.terms, hits, self._has, lambda term: any(first.issuperset(words) for words in term.alternatives))

    def absent(self, question: str, plan: Plan) -> Refused:
        """The refusal of a question that the passages do not answer, naming the words that they do not have."""
        plan = _own(question, plan)
        unknown = [term for term in plan.terms if term.weight == 1.0 and not self._has(term)]
        if plan.subjects and len(unknown) == 1:
            return Refused("attribute_absent", self._whole(unknown[0].mention, plan))
        return Refused("not_in_document")

    def _has(self, term: Term) -> bool:
        return any(all(word in self._terms for word in words) for words in term.alternatives)

    def _whole(self, part: Mention, plan: Plan) -> Mention:
        return next((m for m in plan.leftover if m.start <= part.start and part.end <= m.end), part)

    def _unknown_name(self, question: str, plan: Plan) -> Refused | None:
        """A name of the kind that zones and places have, which the documents do not write."""
        for mention in plan.leftover:
            if longer := self._longer_name(question, plan, mention):
                return Refused("name_unknown", longer)
            ended = self._ending is not None and self._ending.match(normalize(question[mention.end :]).text) is not None
            zone_like = ended or self._is_part_like(mention.value) or self._is_beside_zone(question, plan, mention)
            place_like = _PLACE_ENDING.search(mention.value) and self._is_name(mention.value)
            if (zone_like or place_like) and self._is_nouns(mention.value) and not self._knows(mention.value):
                return Refused("name_unknown", mention)
        if (stranger := self._stranger(plan)) is not None:
            return Refused("name_unknown", stranger)
        tokens = self._tokenizer.tokenize(question)
        compares = any(token.base in COMPARISONS for token in tokens)
        for token in tokens:
            if token.place and normalize(token.surface).text not in self._text:
                run = next((m for m in plan.leftover if m.start <= token.start < m.end), token.mention)
                if compares or (not plan.subjects and len(plan.leftover) * PLACE_SHARE <= 1):
                    return Refused("name_unknown", run)
        return None

    def _longer_name(self, question: str, plan: Plan, mention: Mention) -> Mention | None:
        """A zone's name with more before it, which is another name: 南鷺ノ瀬 is not 鷺ノ瀬, and nor is any 保税区 that is
        called so by a word of its own the one that is called 保税区 for short."""
        for name, short in self._shortened:
            if name in plan.subjects and question[mention.end :].startswith(short):
                start = self._nouns_before(question, mention.end)
                if start < mention.end and normalize(question[start : mention.end]).text not in self._text:
                    return Mention(question[start : mention.end + len(short)], start, mention.end + len(short))
        for name in plan.subjects:
            end = mention.end + len(name)
            longer = normalize(question[mention.start : end]).text
            if len(mention.value) == 1 and question[mention.end : end] == name and longer not in self._text:
                return Mention(question[mention.start : end], mention.start, end)
        return None

    def _stranger(self, plan: Plan) -> Mention | None:
        """What an attribute of zones is asked of, if it is none of them and no word of it is known: 「青崎の重点は」."""
        attribute = self._attributes.get(plan.attribute or "")
        if attribute is None or attribute.of != "zone" or plan.subjects or plan.places or plan.computed:
            return None
        nouns = [term for term in plan.terms if term.weight > LIGHT]
        if plan.operation == "which" or len(plan.leftover) != 1 or not nouns or any(self._has(term) for term in nouns):
            return None
        return self._whole(nouns[0].mention, plan)

    def _is_beside_zone(self, question: str, plan: Plan, mention: Mention) -> bool:
        """Whether a name stands beside a zone as one more: 「前海と徐匯」, 「徐匯は前海より」."""
        text = normalize(question).text
        before, after = text[: mention.start], text[mention.end :]
        if any(term.mention.start >= mention.start and term.mention.end <= mention.end and self._has(term) for term in plan.terms):
            return False
        beside = any(
            re.match(rf"(?:と|や|、|・|か|&|vs\.?|および){name}", after) or re.search(rf"{name}(?:区)?(?:と|や|、|・|か|vs\.?|および)$", before)
            for name in map(re.escape, plan.subjects)
        )
        return beside or bool(plan.subjects and re.match(r"より(?:も)?|と比べ|に比べ|と比較", after))

    def _is_part_like(self, text: str) -> bool:
        """Whether a name ends like those of parts of zones: 陸家嘴エリア."""
        return any(text.endswith(noun) and len(text) > len(noun) + 1 for noun in self._nouns)

    def _is_nouns(self, text: str) -> bool:
        tokens = self._tokenizer.tokenize(text)
        return len(text) > 1 and all(token.pos.startswith(("名詞", "接尾辞", "接頭辞")) for token in tokens)

    def _is_name(self, text: str) -> bool:
        """Whether nouns that end like a place name one: 広東省, and with the documents' own word (区) also 静安区."""
        tokens = self._tokenizer.tokenize(text)
        if len(tokens) < 2 or tokens[0].base in _NO_NAMES:
            return False
        return text.endswith(self._noun) or any(token.pos == "名詞-固有名詞" for token in tokens[:-1])

    def _knows(self, name: str) -> bool:
        """Whether the documents write the name, or a word of it before its ending."""
        if normalize(name).text in self._text:
            return True
        tokens = self._tokenizer.tokenize(name)
        stem = tokens[:-1] if _PLACE_ENDING.search(name) and len(tokens) > 1 else tokens
        return any(token.base in self._terms and len(token.base) > 1 for token in stem)

    def _part_of_zone(self, question: str, plan: Plan) -> Refused | None:
        """A measure asked of a part of a zone, or of something that is no zone."""
        attribute = self._attributes.get(plan.attribute or "")
        if attribute is None or not attribute.measured:
            return None
        part = any(token.base in ONLY_CUES for token in self._tokenizer.tokenize(question))
        if plan.places and (part or not plan.subjects):
            place = plan.places[0]
            return Refused("attribute_absent", Mention(question[place.start : place.end], place.start, place.end), word=attribute.name)
        behind = [item for item in plan.leftover if _OF_IT.match(normalize(question[item.end :]).text)]
        asked_of = [item for item in behind if not self._tokenizer.tokenize(item.value)[-1].pos.startswith(("動詞", "形容詞"))]
        if asked_of and not plan.subjects:
            mention = max(asked_of, key=lambda item: len(item.value))
            if normalize(mention.value).text in self._text:
                return Refused("attribute_absent", mention, word=attribute.name)
            return Refused("name_unknown", mention)
        return None

    def _other_measure(self, question: str, plan: Plan) -> Refused | None:
        """A measure of something that the documents do not write, or a size that need not be the zone's: 「虹口の緑地面積」「経済規模」."""
        attribute = self._attributes.get(plan.attribute or "")
        if attribute is None or not attribute.measured:
            return None
        words = longest_first(normalize(word).text for word in attribute.words.get("ja", ()))
        for mention in plan.leftover:
            behind = normalize(question[mention.end :])
            asked = re.match(f"の?({words.pattern})", behind.text)
            if asked is None:
                continue
            last, written = self._tokenizer.tokenize(mention.value)[-1], normalize(mention.value).text
            if last.base in LAND or _ALL.sub("", written) in self._nouns or not last.pos.startswith(("名詞", "接尾辞")):
                continue
            if asked[1] in SIZES or written not in self._text:
                end = mention.end + behind.raw_span(*asked.span())[1]
                return Refused("attribute_absent", Mention(question[mention.start : end], mention.start, end))
        return None

    def _nouns_before(self, question: str, end: int) -> int:
        """Where the nouns begin that end there, with nothing between them."""
        start = end
        for token in reversed(self._tokenizer.tokenize(question)):
            if token.end == start and token.pos.startswith(("名詞", "接尾辞", "接頭辞")):
                start = token.start
        return start

    def _of_document(self, question: str, plan: Plan) -> Refused | None:
        """What is stated of the document as a whole, asked of a zone: 「白砂の予算は」 where one fund pays for all; and the
        names of what it only says how many there are of: 「候補地の名前」."""
        attribute = self._attributes.get(plan.attribute or "")
        if attribute is None or attribute.of != "document":
            return None
        mention = _attribute_mention(question, attribute)
        if mention and attribute.name in self._numbered and (named := name_asked(question, mention)):
            return Refused("attribute_absent", named)
        return Refused("attribute_absent", mention) if len(plan.subjects) == 1 and not plan.confirms else None

    def _nothing_asked(self, plan: Plan) -> Refused | None:
        asked = plan.subjects or plan.attribute or plan.leftover or plan.places or plan.literals
        return None if asked or plan.operation in ("describe", "count") else Refused("out_of_scope")


def _own(question: str, plan: Plan) -> Plan:
    """The plan without the words that it has from an earlier question: this one's refusal can name none of them."""
    terms = tuple(term for term in plan.terms if _writes(question, term.mention))
    return replace(plan, leftover=tuple(item for item in plan.leftover if _writes(question, item)), terms=terms)


def _writes(question: str, mention: Mention) -> bool:
    return question[mention.start : mention.end] == mention.value


def _attribute_mention(question: str, attribute: Attribute) -> Mention | None:
    folded = normalize(question)
    words = sorted((word for words in attribute.words.values() for word in words), key=len, reverse=True)
    for word in words:
        position = folded.text.find(normalize(word).text)
        if position >= 0:
            start, end = folded.raw_span(position, position + len(normalize(word).text))
            return Mention(question[start:end], start, end)
    return None
