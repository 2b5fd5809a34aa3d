"""How a question is worded, and what people do to its text without changing what it asks: pure functions of text.

Knows the Japanese, English and Chinese languages and their scripts; nothing of documents, nor of what is asked.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Literal

from app.schema import Token

Script = Literal["hiragana", "katakana", "latin", "kanji", "mixed"]

# {z} is a section's name, {n} what sections are called, {which} どの{n}; {w} a word for what is asked, {asks} its
# interrogative; {adj} an adjective of size, {v} a measure, {k} a number, {f} a fact.
WORDINGS: Mapping[str, tuple[str, ...]] = {
    "lookup": (
        "{z}の{w}は？", "{z}の{w}を教えてください。", "{z}の{w}は{asks}ですか？", "{z}の{w}が知りたいです。",
        "{z}について、{w}を教えてください。",
    ),
    "polite": (
        "恐れ入りますが、{z}の{w}を教えていただけますでしょうか。", "お手数ですが、{z}の{w}をご教示ください。",
        "{z}の{w}についてお伺いしてもよろしいでしょうか。", "{z}の{w}をお聞かせいただけますと幸いです。",
        "差し支えなければ、{z}の{w}をお知らせください。",
    ),
    "curt": ("{z} {w}", "{z}の{w}", "{w} {z}", "{z} {w} 教えて", "{z}の{w}は"),
    "casual": (
        "{z}の{w}って{asks}？", "{z}の{w}、教えて！", "ねえ、{z}の{w}わかる？", "{z}の{w}は{asks}なの？",
        "{z}の{w}って{asks}だっけ？",
    ),
    "doing": ("{z}が{w}しているのは{asks}ですか？", "{z}が{w}しているのは？"),
    "deed": ("{z}の{w}について教えてください。",),
    "verb": ("{z}が{w}のは{asks}ですか？", "{z}が{w}のは？"),
    "asking": ("{z}は{w}？", "{z}は{w}ですか？"),
    "asking-verb": ("{z}は{w}？", "{z}は{w}のですか？"),
    "how": ("{z}はどのくらい{adj}ですか？", "{z}ってどれくらい{adj}の？"),
    "document": ("{w}は{asks}ですか？", "{w}は？", "この資料に書かれている{w}を教えてください。"),
    "document-deed": ("{w}について教えてください。", "この資料では{w}についてどう書かれていますか？"),
    "superlative": (
        "一番{adj}{n}は？", "最も{adj}のは{which}ですか？", "{which}が一番{adj}ですか？", "{w}が{most}の{n}は？",
        "{w}が{most}なのは{which}ですか？",
    ),
    "nth": ("{k}番目に{adj}{n}は？", "{adj}ほうから数えて{k}番目の{n}を教えてください。", "{k}番目に{adj}のは{which}ですか？"),
    "compare": ("{a}と{b}ではどちらが{adj}ですか？", "{a}と{b}、{adj}のはどっち？"),
    "sum": ("すべての{n}の{w}の合計は？", "{w}の合計を教えてください。", "{w}を全部足すといくつになりますか？"),
    "sum-of": ("{z}の{w}の合計は？", "{z}の{w}を足すといくつですか？", "{z}を合わせた{w}は？"),
    "mean": ("{w}の平均は？", "すべての{n}の{w}の平均を教えてください。"),
    "mean-of": ("{z}の{w}の平均は？", "{z}の{w}を平均するといくつですか？"),
    "difference": ("{a}と{b}の{w}の差は？", "{a}と{b}では{w}がどれだけ違いますか？", "{a}は{b}よりどれくらい{adj}ですか？"),
    "ratio": ("{a}の{w}は{b}の何倍ですか？", "{a}は{b}の何倍{adj}ですか？", "{a}の{w}は{b}の{w}の何倍？"),
    "above": ("{w}が{v}以上の{n}は？", "{w}が{v}を超える{n}を教えてください。", "{v}より{adj}のは{which}ですか？"),
    "below": ("{w}が{v}以下の{n}は？", "{w}が{v}未満の{n}を教えてください。", "{v}より{adj}のは{which}ですか？"),
    "count": ("{z}の{w}はいくつありますか？", "{z}の{w}の数は？", "{z}には{w}がいくつある？"),
    "item": ("{z}の{w}の{k}つ目は？", "{z}の{k}番目の{w}を教えてください。", "{z}の{w}で{k}つ目に挙がっているのは{asks}ですか？"),
    "where": ("{f}は{which}にありますか？", "{f}があるのは{which}ですか？", "{f}は{which}の{w}ですか？"),
    "whose": ("{f}は{which}の{w}ですか？", "{f}を{w}としているのは{which}ですか？"),
    "is-measure": ("{z}の{w}は{v}ですか？", "{z}は{v}ですよね？", "{z}の{w}は{v}で合っていますか？"),
    "is-most": ("{z}は一番{adj}{n}ですか？", "一番{adj}のは{z}ですよね？"),
    "is-there": ("{f}は{z}にありますよね？", "{f}は{z}の{w}ですか？"),
    "is-one": ("{f}は{z}の{w}ですか？", "{f}は{z}の{w}ですよね？"),
    "is-its": ("{z}の{w}は{f}ですか？", "{z}の{w}は{f}ですよね？"),
    "absent": ("{z}の{w}は？", "{z}の{w}を教えてください。", "{z}の{w}が知りたいのですが。", "{z} {w}", "{z}の{w}ってわかる？"),
    "another": ("では{z}は？", "じゃあ{z}は？", "{z}の場合は？", "{z}ではどうですか？"),
    "more": ("{w}は？", "そこの{w}は？", "{that}の{w}も教えてください。", "では、そこの{w}は{asks}ですか？"),
    "next": ("{k}つ目は？", "{k}番目について教えて", "では、{k}つ目は何ですか？"),
    "english-noun": ("What is the {w} of {z}?", "Tell me the {w} of {z}.", "{z} {w}?"),
    "english-plural": ("What are the {w} of {z}?", "Please list the {w} of {z}.", "{z} {w}?"),
    "english-verb": ("What does {z} {w}?", "Can you tell me what {z} will {w}?"),
    "english-ing": ("What is {z} {w}?",),
    "english-where": ("Where is {z}?", "Can you tell me where {z} is?"),
    "english-how": ("{W} is {z}?", "Do you know {w} {z} is?"),
    "english-unit": ("How many {w} is {z}?",),
    "english-most": ("Which one has the {most} {w}?", "What is the one with the {most} {w}?"),
    "chinese-noun": ("{z}的{w}{what}？", "请告诉我{z}的{w}。", "请问{z}的{w}{what}？"),
    "chinese-verb": ("{z}{w}{which}？", "{z}主要{w}{which}？"),
    "chinese-asking": ("{z}{w}？", "请问{z}{w}？"),
    "chinese-unit": ("{z}有多少{w}？",),
    "chinese-most": ("{w}{most}的是哪个？", "哪个的{w}{most}？"),
}  # fmt: skip

# Names that no document writes are two of these together, attributes that none states one of those.
INVENTED = ("青赤白黒松竹梅桜杉藤桐萩菊鶴亀鷹", "沢浜崎原谷島野田川橋森山岡台見")
UNSTATED = tuple(
    "人口 予算 電話番号 郵便番号 責任者 従業員数 売上高 標高 平均気温 家賃 入場料 営業時間 最寄り駅 失業率 世帯数 駐車場 出生率 降水量".split()
)
# Lines that no document of this kind answers, each with the word that it would have to write to do so.
ELSEWHERE = tuple(
    line.split("|")
    for line in (
        "天気|明日の天気はどうですか？ カレー|カレーの作り方を教えて。 首都|フランスの首都はどこですか？ 映画|おすすめの映画はある？ "
        "円周率|円周率を10桁まで教えてください。 元気|元気ですか？ 誕生日|あなたの誕生日はいつ？ 冗談|何か冗談を言って。 "
        "プログラム|プログラムの書き方を教えてください。 じゃんけん|じゃんけんしよう。 卵|卵のゆで時間は何分？ 犬|犬は何を食べますか？ "
        "月|地球から月までは何キロ離れていますか？ 俳句|春の俳句を詠んでください。 野球|昨日の野球はどっちが勝った？ 疲れ|今日は疲れたよ。 "
        "株|どの株を買えば儲かりますか？ 英語|「ありがとう」は英語で何と言いますか？ 風邪|風邪をひいたときはどうすればいいですか？ "
        "歌|好きな歌は何ですか？ 恐竜|恐竜はなぜ絶滅したのですか？ ピアノ|ピアノがうまくなるには？ 眠|よく眠るコツを教えて。 猫|猫の寿命は？"
    ).split()
)
# Adjectives of size: of much, of little.
ADJECTIVES = tuple(
    tuple(pair.split("/"))
    for pair in "大きい/小さい 広い/狭い 高い/低い 長い/短い 多い/少ない 重い/軽い 深い/浅い 厚い/薄い 太い/細い 速い/遅い".split()
)
# Nouns for what a place does, and for what is done to one: they name nothing by themselves.
_DOINGS = frozenset("カバー 注力 特化 フォーカス 重視 推進 提供".split())
_DEEDS = frozenset("認可 承認 許可 お墨付き ゴーサイン 管理 運営 設置 設立 開催 建設".split())
# Words that ask for something else, or for nothing, where they stand alone behind a name.
_VAGUE = frozenset("一帯 中心 方向 内訳 分野 広がり スポット 得意 軸 ターゲット 焦点 所在 どの部分".split())
_INTERROGATIVES = frozenset("何 どこ どの どれ どん どう いつ 誰 いくつ いくら".split())
_ENGLISH_VERBS = frozenset("cover include contain comprise offer provide do have".split())
_CHINESE_VERBS = frozenset("覆盖 涵盖 包括 包含 聚焦 侧重 主攻".split())

_SCRIPTS: Mapping[Script, re.Pattern[str]] = {
    "hiragana": re.compile(r"[ぁ-ゖー]+"),
    "katakana": re.compile(r"[ァ-ヺー・]+"),
    "latin": re.compile(r"[A-Za-z][A-Za-z' -]*"),
    "kanji": re.compile(r"[\u3400-\u9fff\uf900-\ufaff々]+"),
}
_WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)} | {0x20: 0x3000}
_NARROW = {wide: code for code, wide in _WIDE.items()}
# Half-width katakana by what NFKC makes of them; voicing marks are characters of their own there.
_NARROW_KANA = {unicodedata.normalize("NFKC", chr(code)): chr(code) for code in range(0xFF66, 0xFF9E)}
_NARROW_KANA |= {"\u3099": "\uff9e", "\u309a": "\uff9f"}
_SLOT = re.compile(r"\{(\w+)\}")
_KATAKANA = re.compile(r"[ァ-ヺー]")

_COURTESIES = ("すみません、", "お忙しいところ恐れ入ります。", "ちょっと伺います。", "突然すみません。", "いつもお世話になっております。")
_AFTER_TOPIC = ("を教えて", "教えて", "って{asks}？", "は{asks}です？", "は{asks}かな", "は{asks}だっけ？", "が知りたい")
_AFTER_ASKING = ("です？", "でしょうか", "かな", "だろう？")
_NOUNS = ("名詞", "接頭辞", "接尾辞", "記号")
_NO_NAMES = frozenset("全て すべて".split())
_OMITTED = frozenset({("は", "助詞-係助詞"), ("を", "助詞-格助詞"), ("が", "助詞-格助詞"), ("の", "助詞-格助詞")})


def worded(wording: str, **slots: str | None) -> Iterator[tuple[int, str]]:
    """The sentences of a wording, filled in, each with its number from 1; without those that lack a slot.

    >>> list(worded("how", z="東", adj=None)), next(worded("curt", z="東", w="高さ"))
    ([], (1, '東 高さ'))
    """
    for number, template in enumerate(WORDINGS[wording], start=1):
        if all(slots.get(name) for name in _SLOT.findall(template)):
            yield number, template.format(**slots)


def form_of(word: str, tokens: Sequence[Token]) -> str:
    """The wording that a Japanese word fits in: noun, phrase (a noun behind a verb), doing, deed, verb, asking,
    asking-verb, adjective; '' if in none. `tokens` are its words.
    """
    pos = [token.pos.split("-")[0] for token in tokens]
    if not pos or word in _VAGUE:
        return ""
    if any(token.base in _INTERROGATIVES for token in tokens):
        if pos[-1] == "動詞":
            return "asking-verb"
        return "asking" if pos[-1] in ("名詞", "接尾辞") or word.endswith(("どこ", "まで")) else ""
    if word in _DOINGS or word in _DEEDS:
        return "doing" if word in _DOINGS else "deed"
    if pos == ["形容詞"]:
        return "adjective"
    if pos[-1] == "動詞":
        return "verb" if "を" in word and tokens[-1].surface == tokens[-1].base else ""
    if pos[-1] not in ("名詞", "接尾辞"):
        return ""
    return "phrase" if "動詞" in pos else "noun"


def english_form(word: str, units: Sequence[str]) -> str:
    """The English wording that a word fits in, '' if in none: covers, focuses, located."""
    if word in units:
        return "english-unit"
    if word.startswith("how ") or word == "where":
        return f"english-{word.split()[0]}"
    if word in _ENGLISH_VERBS or word.endswith("ing"):
        return "english-verb" if word in _ENGLISH_VERBS else "english-ing"
    if word.endswith(("ed", "ses")) or word.removesuffix("s") in _ENGLISH_VERBS:
        return ""
    return "english-plural" if re.search(r"(?<![siu])s$", word) else "english-noun"


def chinese_form(word: str, units: Sequence[str]) -> str:
    """The Chinese wording that a word fits in; '' for 哪里, which wants a preposition."""
    if word in units or word in _CHINESE_VERBS:
        return "chinese-unit" if word in units else "chinese-verb"
    if word.startswith("哪"):
        return ""
    return "chinese-asking" if re.search("^多|什么|哪", word) else "chinese-noun"


def script_of(text: str) -> Script:
    """What a name is written in; `mixed` if in several scripts.

    >>> script_of("コーヒー"), script_of("Ox ford"), script_of("東京タワー")
    ('katakana', 'latin', 'mixed')
    """
    return next((script for script, pattern in _SCRIPTS.items() if pattern.fullmatch(text)), "mixed")


def to_fullwidth(text: str) -> str:
    """ASCII in its full-width forms: ５ｋｍ."""
    return text.translate(_WIDE)


def to_halfwidth(text: str) -> str:
    """Full-width forms of ASCII as ASCII: 5km?"""
    return text.translate(_NARROW)


def to_halfwidth_kana(text: str) -> str:
    """Katakana in its half-width forms, voicing marks behind it: ﾃﾞｰﾀ."""
    return _KATAKANA.sub(lambda match: _narrow(match.group()), text)


def drop_particle(text: str, tokens: Sequence[Token]) -> tuple[str, ...]:
    """`text` without one of the particles that speech leaves out, once for each: を and が behind a noun, は where no
    noun follows, の where a name before it opens the text. `tokens` are the words of `text`.
    """
    found = []
    for place, (before, token) in enumerate(pairwise(tokens), start=1):
        nouns = before.pos.startswith(_NOUNS) and before.base not in _NO_NAMES
        if (token.surface, token.pos) not in _OMITTED or not nouns or before.end != token.start:
            continue
        after = tokens[place + 1] if place + 1 < len(tokens) else token
        opens = all(other.pos.startswith(_NOUNS) for other in tokens[:place]) and not after.surface.isdigit()
        if {"は": not after.pos.startswith(_NOUNS) or after.base in _INTERROGATIVES, "の": opens}.get(token.surface, True):
            found.append(text[: token.start] + text[token.end :])
    return tuple(found)


def double_mark(text: str) -> tuple[str, ...]:
    """`text` with its last mark written twice, and a question mark also with an exclamation mark behind it."""
    if text[-1:] not in tuple("？。?！"):
        return ()
    return (text + text[-1], text + "！") if text[-1] == "？" else (text + text[-1],)


def with_courtesy(text: str) -> tuple[str, ...]:
    """`text` behind each of some phrases that say nothing of its topic."""
    return tuple(phrase + text for phrase in _COURTESIES)


def vary_ending(text: str, asks: str) -> tuple[str, ...]:
    """Other ends of a question that ends in は？ or ですか？; `asks` is its interrogative (何, どこ).

    >>> vary_ending("駅は？", "どこ")[2:4]
    ('駅ってどこ？', '駅はどこです？')
    """
    if text.endswith("は？"):
        return tuple(text.removesuffix("は？") + ending.format(asks=asks) for ending in _AFTER_TOPIC)
    if text.endswith("ですか？"):
        return tuple(text.removesuffix("ですか？") + ending for ending in _AFTER_ASKING)
    return ()


def rename(text: str, name: str, other: str) -> str | None:
    """`text` with its one `name` written as `other`; None if it does not hold the name just once."""
    return text.replace(name, other) if text.count(name) == 1 else None


def _narrow(character: str) -> str:
    parts = unicodedata.normalize("NFD", character)
    return "".join(_NARROW_KANA.get(part, part) for part in parts)
