"""A question as it is written: checked, its language, its words, and which of them something has understood.

Knows the language only, nothing of documents.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from app.answering.question_words import CHINESE, EMPTY, REQUESTS
from app.errors import QuestionError
from app.reading.normalization import normalize
from app.reading.tokenization import Tokenizer
from app.schema import Language, Mention, Token

LONGEST_QUESTION = 1000

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x9f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_KANA = re.compile(r"[ぁ-ゖァ-ヺｦ-ﾟ]")
_IDEOGRAPH = re.compile(r"[\u3400-\u9fff]")
_CHINESE_GRAMMAR = re.compile(r"[吗呢哪么谁是的在多少们这请个几与为从对]|什么|没有")
_ONLY_HIRAGANA = re.compile(r"[ぁ-ゖー、。?!~ ]+")
_ONLY_KANA = re.compile(r"[ぁ-ゖァ-ヺー、。?!~・ ]+")
_ONLY_KATAKANA = re.compile(r"[ァ-ヺー、。?!~・ ]+")
_TO_HIRAGANA = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}
_DECIMALS = re.compile(r"小数(?:点)?(?:以下)?(?:第)?(?:\d|[一二三])位?(?:まで)?")
# What ends a sentence in a few hiragana is how it is said, if not well typed: 「おしえてくだい」.
_TAIL = re.compile(r"[ぁ-ゖ]{1,3}")
_QUOTATION = re.compile(r"「([^「」]+)」|『([^『』]+)』|\"([^\"]+)\"|“([^“”]+)”")
# Numbers and places in an order say nothing of a topic.
_NO_TOPIC = re.compile(r"(?:全|両|各|同|当|本|他)?[\d０-９]*|第?(?:\d+|[一二三四五六七八九十])(?:つ|番|個|点|件|項|区)?(?:目|位|以)?|[a-z]")
# Where something that leads to the question ends: 「…なんですが、」「…用に、」
_LEAD = re.compile(
    r"[。！？!?\n]+|(?<=[a-z])\.\s+|(?:(?:ん|の)?(?:です|ます|だ)(?:が|けど|けれど)|けど|けれども?|ので|んで|用に|ために|にあたって?|に際して?|たくて|から|中で)[、,]"
)
_ASKING = re.compile(r"(?:どんな|(?<!な)どの(?:ような)?|どういう|どういった|何の|いかなる|どのへんの|なんの)$")
# What denies in English and Chinese.
_DENIED = re.compile(r"(?<![a-z])(?:not|no|without)(?![a-z])|n't(?![a-z])|没有?|未(?=[涉提包列])|不(?=[涉提包含关是在])")
_ALIASES = str.maketrans({"？": "?", "！": "!"})


def check_question(question: str) -> None:
    """Raises QuestionError if it is empty, longer than LONGEST_QUESTION characters, or not text."""
    if _SURROGATE.search(question):
        raise QuestionError(
            "question_not_text", "質問に文字として正しくない符号（孤立サロゲート）が含まれています。入力し直してください。"
        )
    if len(question) > LONGEST_QUESTION:
        raise QuestionError(
            "question_too_long",
            f"質問が長すぎます（{len(question)} 文字）。{LONGEST_QUESTION} 文字以内に短くしてください。"
            f" (too long: {LONGEST_QUESTION} characters at most)",
        )
    if control := _CONTROL.search(question):
        raise QuestionError(
            "question_control_character",
            f"質問に制御文字 U+{ord(control.group()):04X} が含まれています。取り除いてください。 (control character)",
        )
    if not any(character.isalnum() for character in question):
        raise QuestionError("question_empty", "質問が空です。知りたいことを入力してください。 (the question is empty)")


def language_of(question: str) -> Language:
    """Japanese if it has any kana, Chinese if only ideographs and a word of Chinese grammar or simplified characters,
    English if neither."""
    if _KANA.search(question):
        return "ja"
    if _IDEOGRAPH.search(question):
        latin = sum(character.isascii() and character.isalpha() for character in question)
        if latin > 2 * len(_IDEOGRAPH.findall(question)):  # an English sentence with a name in it
            return "en"
        return "zh" if _CHINESE_GRAMMAR.search(question) or _is_simplified(question) else "ja"
    return "en"


def _is_simplified(text: str) -> bool:
    """Whether a text has ideographs that only China's character set has, and none that it has not: 美术馆, not 杨浦の面積."""
    ideographs = _IDEOGRAPH.findall(text)
    chinese = all(_has(character, "gb2312") for character in ideographs)
    return chinese and not all(_has(character, "shift_jis") for character in ideographs)


def _has(character: str, encoding: str) -> bool:
    return character.encode(encoding, "ignore") != b""


class Utterance:
    """One question. Whoever understands a part of it covers that part; what stays uncovered is left over."""

    def __init__(self, question: str, tokenizer: Tokenizer, noun: str, nouns: Collection[str] = ()) -> None:
        """`noun` is what the documents' sections are called (区): behind a number it names no topic. `nouns` are other
        words for them, which name none by themselves."""
        self.question = question
        self.normalized = normalize(question)
        self.text = self.normalized.text
        # Where there is katakana alone, words of asking are looked for as they are written in hiragana.
        self.spoken = self.text.translate(_TO_HIRAGANA) if _ONLY_KATAKANA.fullmatch(self.text) else self.text
        self.spoken = _DECIMALS.sub(lambda match: " " * len(match.group()), self.spoken)
        self.tokens = tokenizer.tokenize(question)
        self.language = language_of(question)
        self.covered = [False] * len(question)
        # Words that the Chinese of the documents' guides has: no word of grammar stands within one (人工智能 has no 能).
        self.known: list[Mention] = []
        self._noun, self._nouns = noun, nouns

    @property
    def in_kana(self) -> bool:
        """Whether it is written in kana alone, where words are cut by chance."""
        return _ONLY_KANA.fullmatch(self.text) is not None

    @property
    def in_hiragana(self) -> bool:
        """Whether it is written in hiragana alone."""
        return _ONLY_HIRAGANA.fullmatch(self.text) is not None

    def cover(self, mentions: Iterable[Mention]) -> None:
        """Take these stretches as understood."""
        for mention in mentions:
            self.covered[mention.start : mention.end] = [True] * (mention.end - mention.start)

    def uncover(self, mentions: Iterable[Mention]) -> None:
        """Take these stretches as not understood after all."""
        for mention in mentions:
            self.covered[mention.start : mention.end] = [False] * (mention.end - mention.start)

    def cover_spans(self, spans: Iterable[tuple[int, int]]) -> None:
        """The same for stretches of the normalised text."""
        self.cover(Mention("", *self.normalized.raw_span(*span)) for span in spans)

    def is_open(self, token: Token) -> bool:
        """Whether a word is one of topic that nothing has understood."""
        topic = token.content and not token.pos.startswith("副詞") and token.base not in EMPTY
        return topic and not any(self.covered[token.start : token.end])

    def leftover(self) -> tuple[Mention, ...]:
        """Runs of adjoining words of topic that nothing has understood, as the question writes them."""
        if self.language == "zh":
            return self._chinese_leftover()
        runs: list[list[Token]] = []
        last_end = -1
        for i, token in enumerate(self.tokens):
            if not self.is_open(token) and not self._is_cut(i):
                continue
            if runs and token.start == last_end:
                runs[-1].append(token)
            else:
                runs.append([token])
            last_end = token.end
        mentions = [self.mention(run[0].start, run[-1].end) for run in runs]
        return tuple(
            item
            for item in mentions
            if not (item.end >= len(self.question.rstrip("。?？!！ ")) and _TAIL.fullmatch(item.value))
            if (text := normalize(item.value).text) not in self._nouns and not _NO_TOPIC.fullmatch(text.removesuffix(self._noun))
        )

    def _is_cut(self, i: int) -> bool:
        """Whether word i is one ideograph beside another that is open: a name that the dictionary does not know, 前海."""
        token, beside = self.tokens[i], self.tokens[max(i - 1, 0) : i + 2]
        return self._is_ideograph(token) and any(
            self.is_open(other) and self._is_ideograph(other) and token.start in (other.start - 1, other.end) for other in beside
        )

    def _is_ideograph(self, token: Token) -> bool:
        noun = token.content and token.pos.startswith(("名詞-普通", "名詞-固有"))
        return noun and _IDEOGRAPH.fullmatch(token.surface) is not None and not self.covered[token.start]

    def is_asked(self, mention: Mention) -> bool:
        """Whether a noun is what an interrogative asks for, and no topic: 「どんな産業」."""
        return _ASKING.search(self.question[: mention.start]) is not None

    def denies(self, noun: Mention) -> bool:
        """Whether what is said of a noun is denied: 「…がない区」「…していないのはどこ」, "zones that do not …"."""
        if self.language != "ja":
            return _DENIED.search(self.text[self.normalized.normal(noun.end) :]) is not None
        before = [token for token in self.tokens if token.end <= noun.start and not token.pos.startswith("助詞")]
        return bool(before) and before[-1].base in ("ない", "無い", "ぬ")

    def topic(self) -> str:
        """The question without what is understood and without its empty words; as a whole if nothing else is left."""
        if self.language == "ja":
            words = [
                token.surface
                for token in self.tokens
                if token.content and not self.covered[token.start] and token.base not in REQUESTS
            ]
            topic = "".join(words)
        else:
            topic = "".join(character for i, character in enumerate(self.question) if not self.covered[i])
        return topic if any(character.isalnum() for character in topic) else self.question

    def without(self, mentions: Iterable[Mention], bases: Collection[str]) -> tuple[Mention, ...]:
        """Those of some stretches that hold any other word of topic than these."""
        return tuple(
            item
            for item in mentions
            if any(
                token.content and token.base not in bases
                for token in self.tokens
                if item.start <= token.start < item.end
            )
            or self.language == "zh"
        )

    def literals(self) -> tuple[Mention, ...]:
        """What a passage should write as the question does: quotations, and proper nouns not understood yet."""
        names = [token for token in self.tokens if token.pos == "名詞-固有名詞" and not self.covered[token.start]]
        return (*self.quotations(), *(self.mention(token.start, token.end) for token in names if len(token.surface) > 1))

    def quotations(self) -> tuple[Mention, ...]:
        """What stands in quotation marks."""
        return tuple(self.mention(*match.span(match.lastindex or 0)) for match in _QUOTATION.finditer(self.question))

    def segments(self) -> list[tuple[int, int]]:
        """Sentences, and clauses that only lead to what is asked: 「出張で行くんですが、面積は？」 is two."""
        text = self.question.translate(_ALIASES)
        ends = [match.end() for match in _LEAD.finditer(text) if match.end() < len(text)]
        return list(zip([0, *ends], [*ends, len(text)], strict=True))

    def mention(self, start: int, end: int) -> Mention:
        """A stretch of the question by its own words."""
        return Mention(self.question[start:end], start, end)

    def _is_within(self, start: int, end: int) -> bool:
        return any(item.start <= start and end <= item.end and (item.start, item.end) != (start, end) for item in self.known)

    def _chinese_leftover(self) -> tuple[Mention, ...]:
        """Ideographs between words of Chinese grammar, which the Japanese tokeniser cuts anywhere."""
        found = []
        for match in re.finditer(r"[\u3400-\u9fffA-Za-z0-9]+", self.question):
            start = match.start()
            words = [word for word in CHINESE.finditer(match.group()) if not self._is_within(start + word.start(), start + word.end())]
            for word in [*words, None]:
                end = match.end() if word is None else match.start() + word.start()
                while start < end:  # what is covered cuts a run too
                    stop = next((i for i in range(start, end) if self.covered[i]), end)
                    if stop - start > 1:
                        found.append(self.mention(start, stop))
                    start = stop + 1 if stop < end else end
                if word is not None:
                    start = match.start() + word.end()
        return tuple(item for item in found if not _NO_TOPIC.fullmatch(normalize(item.value).text))
