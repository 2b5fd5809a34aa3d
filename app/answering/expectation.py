"""What a Japanese question expects to be told (a date, a price, a person, a count), and whether a text tells it.

Rules of the language only: an interrogative, and what must stand in any passage that answers it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from app.answering.question_words import ORDINARY_ATTRIBUTES
from app.reading.normalization import normalize
from app.schema import Mention, Token

_NUMBER = r"[\d一二三四五六七八九十百千万億兆][\d,.一二三四五六七八九十百千万億兆]*"
# Cue in the question, evidence in the passage; both are matched on normalised text. Interrogatives always ask (but
# 「いつも」「誰でも」 do not), nouns only where the sentence asks for them: 「費用は？」, not 「費用を抑えて」.
_ALWAYS, _WHERE_ASKED = True, False
_KINDS = tuple(
    (always, re.compile(cue), re.compile(evidence))
    for always, cue, evidence in (
        (
            _ALWAYS,
            r"(?:いつ|何(?:年|月|日|時|曜日|か月|ヶ月|カ月|週間))(?!で?も)",
            r"\d+年|\d+月|\d+日|\d+時|\d+週|[月火水木金土日]曜|午前|午後|毎週|毎月|毎年|年度|世紀|時点|期間|月末|年末|以来",
        ),
        (
            _WHERE_ASKED,
            r"時期|期限|日程|日付|開始日|スケジュール|期日|年月日",
            r"\d+年|\d+月|\d+日|年度|時点|期間|月末|年末",
        ),
        (_ALWAYS, r"いくら(?!で?も)|何円|何元|何ドル", rf"{_NUMBER}(?:円|元|ドル|ユーロ)"),
        (
            _WHERE_ASKED,
            r"金額|総額|費用|予算|料金|賃料|家賃|価格|値段|コスト|年収|給料|補助金|助成金|[^材原燃食衣資飼塗史]料|額",
            rf"{_NUMBER}(?:円|元|ドル|ユーロ)",
        ),
        (_WHERE_ASKED, r"利率|金利|税率|何%|何パーセント|何割|割合|比率", rf"{_NUMBER}(?:%|パーセント|割)"),
        (_WHERE_ASKED, r"何人|人数|人口|何名|従業員数|定員", rf"{_NUMBER}(?:人|名)"),
        (_ALWAYS, r"何(?:か所|ヶ所|カ所|箇所)(?!も)", rf"{_NUMBER}(?:か所|ヶ所|カ所|箇所)"),
        (_WHERE_ASKED, r"の数|個数|総数", _NUMBER),
        (_WHERE_ASKED, r"何社|企業数|社数|何件|件数|何校", rf"{_NUMBER}(?:社|件|校|企業)"),
        (
            _WHERE_ASKED,
            r"電話番号|電話|メールアドレス|連絡先|住所|url|ホームページ|webサイト|郵便番号|窓口",
            r"\d{2,4}-\d{2,4}|@|https?:|www\.|〒|丁目",
        ),
        (_ALWAYS, r"なぜ|どうして(?![いるゆきくもお])|何故", r"ため|から|ので|により|によって|に基づ|理由"),
        (_WHERE_ASKED, r"理由|(?<=の)わけ|わけ(?=[をは])", r"ため|から|ので|により|によって|に基づ|理由"),
        (_ALWAYS, r"(?:誰|だれ|どなた)(?!で?も)", r"政府|市長|委員会|会社|氏|庁|銀行|機構|当局|部門"),
    )
)
_NAMED = re.compile(r"の?(?:名前|名称|氏名|社名)|名(?=[をはがって])")
_LOCATED = re.compile(r"は(?:どこ(?!の)|どちら(?!の)|誰|だれ|どなた)")
# Behind the thing that is asked for, the sentence asks: 「…は何ですか」「…を教えて」「…の名前は？」 or ends.
_ASKED = re.compile(
    r"(?:の?(?:名前|名称|氏名|方法|手順|内訳|一覧|詳細|仕方|やり方|条件)|名)?(?:など)?(?:は|って|とは|が|を)?"
    r"(?:、?(?:数字で|具体的に|詳しく|くわしく|簡単に|全部|すべて|全て|一覧で))?"
    r"(?:[?。]|$|何|誰|だれ|どこ|どれ|どの|どれくらい|いくつ|いつ|いくら|教え|知り|知ら|お?示し|聞|お?聞|伺|分か|わか|見せ|必要|ある|あり)"
)
# 何 before these asks for no count: 何区, 何か, 何を.
_NO_COUNTER = frozenset("区 か の を が で と も に は だ や 様 らか という 故 処".split())


@dataclass(frozen=True, slots=True)
class Expectation:
    """Words of the question that ask for something, and whether a passage's text (normalised) gives it."""

    mention: Mention
    met_by: Callable[[str], bool]


def expectations(question: str, tokens: Sequence[Token], leftover: Sequence[Mention]) -> Iterator[Expectation]:
    """What the question expects to be told. `leftover` are the words that nothing else has understood."""
    yield from _things(question, tokens, leftover)
    folded = normalize(question)
    for always, cue, evidence in sorted(_KINDS, key=lambda kind: kind[0]):  # a noun says more of what is missing
        for match in cue.finditer(folded.text):
            if not always and not _ASKED.match(folded.text[match.end() :]):
                continue
            start, end = folded.raw_span(*match.span())
            said = Mention(question[start:end], start, end)
            whole = next((mention for mention in leftover if mention.start <= start and end <= mention.end), said)
            yield Expectation(whole, _searcher(evidence))
    yield from _counts(tokens, leftover)
    yield from _kinds_of(tokens, leftover)


def name_asked(question: str, thing: Mention) -> Mention | None:
    """A thing with the words behind it that ask what it is called (「…の名前」); None if there are none."""
    after = normalize(question[thing.end :])
    match = _NAMED.match(after.text)
    if match is None:
        return None
    end = thing.end + after.raw_span(*match.span())[1]
    return Mention(question[thing.start : end], thing.start, end)


def _counts(tokens: Sequence[Token], leftover: Sequence[Mention]) -> Iterator[Expectation]:
    """「何隻」「何段階」: a number with the same counter."""
    for asked, counter in pairwise(tokens):
        indefinite = any(token.start == counter.end and token.base == "も" for token in tokens)
        counts = counter.pos.startswith(("名詞", "接尾辞")) and counter.base not in _NO_COUNTER and not indefinite
        if asked.base == "何" and counter.start == asked.end and counts and _within(leftover, counter):
            mention = Mention(asked.surface + counter.surface, asked.start, counter.end)
            yield Expectation(mention, _searcher(re.compile(_NUMBER + re.escape(normalize(counter.surface).text))))


def _kinds_of(tokens: Sequence[Token], leftover: Sequence[Mention]) -> Iterator[Expectation]:
    """「どの国」「どこの省」: one of a kind of things, so the kind at least must be written."""
    for i, token in enumerate(tokens):
        ahead = tokens[i + 1 : i + 3]
        if token.base == "どこ" and ahead and ahead[0].base == "の":
            ahead = ahead[1:]
        elif token.base != "どの":
            continue
        if ahead and _within(leftover, ahead[0]):
            yield Expectation(ahead[0].mention, _holder(ahead[0].base))


def _things(question: str, tokens: Sequence[Token], leftover: Sequence[Mention]) -> Iterator[Expectation]:
    """「…の名前は」「申請の手順は」「首都はどこ」: a thing that a text has by its own word or not at all."""
    for mention in leftover:
        head = [token for token in tokens if mention.start <= token.start < mention.end][-1]
        after = normalize(question[mention.end :]).text
        named = _NAMED.match(after)
        # What is done is done by somebody, in whatever words: 「整備はどこ」 asks who does it.
        located = _LOCATED.match(after) and head.pos.startswith("名詞") and not head.action
        if _ASKED.match(after) and (named or located or head.base in ORDINARY_ATTRIBUTES):
            yield Expectation(mention, _holder(head.base))


def _within(leftover: Sequence[Mention], token: Token) -> bool:
    return any(mention.start <= token.start < mention.end for mention in leftover)


def _searcher(pattern: re.Pattern[str]) -> Callable[[str], bool]:
    return lambda text: pattern.search(text) is not None


def _holder(word: str) -> Callable[[str], bool]:
    return lambda text: word in text
