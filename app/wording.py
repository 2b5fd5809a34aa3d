"""Every fixed wording that an answer may hold, by id and language; nothing else of ours is ever shown in one.

A template's text between its `{slots}` becomes Label segments with the ids `name:0`, `name:1`, … in order. Words that
a guide declares (kinds and attributes) are labels too, with the id `word:` and the word itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

TEMPLATES: Mapping[str, Mapping[str, str]] = {
    "value_of": {
        "ja": "{zone}の{word}は{value}です。",
        "en": "{zone}, {word}: {value}.",
        "zh": "{zone}的{word}：{value}。",
    },
    "list_of": {"ja": "{zone}の{word}：{items}", "en": "{zone}, {word}: {items}", "zh": "{zone}的{word}：{items}"},
    "list": {"ja": "{word}：{items}", "en": "{word}: {items}", "zh": "{word}：{items}"},
    "without": {
        "ja": "その記載があるのは次のとおりで、ほかの区画には見つかりませんでした。",
        "en": "These say so; nothing of the kind was found for the others.",
        "zh": "有此记载的如下，其余区域没有找到。",
    },
    "item": {"ja": "\n・{value}", "en": "\n・{value}", "zh": "\n・{value}"},
    "next": {"ja": "\n", "en": "\n", "zh": "\n"},
    "max": {
        "ja": "{word}が最も大きいのは{zone}で、{value}です。",
        "en": "The largest {word} is that of {zone}: {value}.",
        "zh": "{word}最大的是{zone}：{value}。",
    },
    "min": {
        "ja": "{word}が最も小さいのは{zone}で、{value}です。",
        "en": "The smallest {word} is that of {zone}: {value}.",
        "zh": "{word}最小的是{zone}：{value}。",
    },
    "nth_max": {
        "ja": "{word}が大きいほうから{number}番目は{zone}で、{value}です。",
        "en": "Number {number} by {word} is {zone}: {value}.",
        "zh": "{word}从大到小第{number}是{zone}：{value}。",
    },
    "nth_min": {
        "ja": "{word}が小さいほうから{number}番目は{zone}で、{value}です。",
        "en": "Number {number} by {word}, from the smallest, is {zone}: {value}.",
        "zh": "{word}从小到大第{number}是{zone}：{value}。",
    },
    "rank_max": {"ja": "{word}の大きい順：{items}", "en": "By {word}, largest first: {items}", "zh": "{word}从大到小：{items}"},
    "rank_min": {"ja": "{word}の小さい順：{items}", "en": "By {word}, smallest first: {items}", "zh": "{word}从小到大：{items}"},
    "compare_max": {
        "ja": "{word}が大きいのは{zone}です。{items}",
        "en": "{zone} has the larger {word}. {items}",
        "zh": "{word}较大的是{zone}。{items}",
    },
    "compare_min": {
        "ja": "{word}が小さいのは{zone}です。{items}",
        "en": "{zone} has the smaller {word}. {items}",
        "zh": "{word}较小的是{zone}。{items}",
    },
    "compare_same": {"ja": "{word}は同じです。{items}", "en": "{word}: the same. {items}", "zh": "{word}相同。{items}"},
    "filter": {
        "ja": "当てはまるのは{number}つです。{items}",
        "en": "{number} match. {items}",
        "zh": "符合的有{number}个。{items}",
    },
    "filter_none": {
        "ja": "当てはまるものはありません（{number}件）。",
        "en": "None match ({number}).",
        "zh": "没有符合的（{number}个）。",
    },
    "sum": {
        "ja": "{word}の合計は{number}です。内訳：{items}",
        "en": "Sum of {word}: {number}. Of which: {items}",
        "zh": "{word}合计{number}。明细：{items}",
    },
    "mean": {
        "ja": "{word}の平均は{number}です。内訳：{items}",
        "en": "Mean {word}: {number}. Of which: {items}",
        "zh": "{word}平均{number}。明细：{items}",
    },
    "difference": {
        "ja": "{word}の差は{number}です。{items}",
        "en": "Difference in {word}: {number}. {items}",
        "zh": "{word}相差{number}。{items}",
    },
    "ratio": {
        "ja": "{word}の比：{zone}（{value}）÷ {other}（{divisor}）＝ {number}",
        "en": "Ratio of {word}: {zone} ({value}) ÷ {other} ({divisor}) = {number}",
        "zh": "{word}之比：{zone}（{value}）÷ {other}（{divisor}）＝ {number}",
    },
    "zone_value": {"ja": "\n・{zone}：{value}", "en": "\n・{zone}: {value}", "zh": "\n・{zone}：{value}"},
    "number_of": {"ja": "{word}の数", "en": "number of {word}", "zh": "{word}的数量"},
    "max_count": {
        "ja": "{word}が最も多いのは{zone}で、{value}です。",
        "en": "The largest {word} is that of {zone}: {value}.",
        "zh": "{word}最多的是{zone}：{value}。",
    },
    "min_count": {
        "ja": "{word}が最も少ないのは{zone}で、{value}です。",
        "en": "The smallest {word} is that of {zone}: {value}.",
        "zh": "{word}最少的是{zone}：{value}。",
    },
    "nth_max_count": {
        "ja": "{word}が多いほうから{number}番目は{zone}で、{value}です。",
        "en": "Number {number} by {word} is {zone}: {value}.",
        "zh": "{word}从多到少第{number}是{zone}：{value}。",
    },
    "nth_min_count": {
        "ja": "{word}が少ないほうから{number}番目は{zone}で、{value}です。",
        "en": "Number {number} by {word}, from the smallest, is {zone}: {value}.",
        "zh": "{word}从少到多第{number}是{zone}：{value}。",
    },
    "rank_max_count": {"ja": "{word}の多い順：{items}", "en": "By {word}, largest first: {items}", "zh": "{word}从多到少：{items}"},
    "rank_min_count": {"ja": "{word}の少ない順：{items}", "en": "By {word}, smallest first: {items}", "zh": "{word}从少到多：{items}"},
    "compare_max_count": {
        "ja": "{word}が多いのは{zone}です。{items}",
        "en": "{zone} has the larger {word}. {items}",
        "zh": "{word}较多的是{zone}。{items}",
    },
    "compare_min_count": {
        "ja": "{word}が少ないのは{zone}です。{items}",
        "en": "{zone} has the smaller {word}. {items}",
        "zh": "{word}较少的是{zone}。{items}",
    },
    "position_max": {
        "ja": "{zone}の{word}は、大きいほうから{number}番目です。{items}",
        "en": "{zone} by {word}, largest first: number {number}. {items}",
        "zh": "{zone}的{word}从大到小排第{number}。{items}",
    },
    "position_min": {
        "ja": "{zone}の{word}は、小さいほうから{number}番目です。{items}",
        "en": "{zone} by {word}, smallest first: number {number}. {items}",
        "zh": "{zone}的{word}从小到大排第{number}。{items}",
    },
    "position_max_count": {
        "ja": "{zone}の{word}は、多いほうから{number}番目です。{items}",
        "en": "{zone} by {word}, largest first: number {number}. {items}",
        "zh": "{zone}的{word}从多到少排第{number}。{items}",
    },
    "position_min_count": {
        "ja": "{zone}の{word}は、少ないほうから{number}番目です。{items}",
        "en": "{zone} by {word}, smallest first: number {number}. {items}",
        "zh": "{zone}的{word}从少到多排第{number}。{items}",
    },
    "tied": {"ja": "\n同じ値：{items}", "en": "\nThe same: {items}", "zh": "\n并列：{items}"},
    "share": {
        "ja": "{word}の割合は、全体の{number}です。{items}",
        "en": "Share of the total {word}: {number}. {items}",
        "zh": "占{word}总和的{number}。{items}",
    },
    "count_of": {
        "ja": "{zone}の{word}は{number}つです。{items}",
        "en": "{zone}: {number} ({word}). {items}",
        "zh": "{zone}的{word}共{number}个。{items}",
    },
    "count_all": {"ja": "{word}は{number}つです。{items}", "en": "{word}: {number}. {items}", "zh": "{word}共{number}个。{items}"},
    "count_matches": {
        "ja": "当てはまる{word}は{number}件です。{items}",
        "en": "{word} that match: {number}. {items}",
        "zh": "符合的{word}共{number}项。{items}",
    },
    "count_zones": {
        "ja": "この資料に載っている区画は、全部で{number}です。{items}",
        "en": "The zones of this document, in all: {number}. {items}",
        "zh": "本资料载有的片区共{number}个。{items}",
    },
    "ambiguous": {
        "ja": "「{echo}」に当たるものが、この資料にはいくつかあります。どれのことですか。{items}",
        "en": "“{echo}” may mean several things in this document. Which one? {items}",
        "zh": "本资料中“{echo}”可以指多处，请问是哪一处？{items}",
    },
    "premise_elsewhere": {
        "ja": "{zone}についてそのような記載はありません。この資料では次のとおりです。{items}",
        "en": "The document does not say that of {zone}. It says: {items}",
        "zh": "本资料没有关于{zone}的这一记载。资料所载如下：{items}",
    },
    "passage_item": {"ja": "\n・{zone}（{word}）：{value}", "en": "\n・{zone} ({word}): {value}", "zh": "\n・{zone}（{word}）：{value}"},
    "premise_fact": {
        "ja": "この資料では、{word}は次のとおりです。{items}",
        "en": "In this document, {word} is: {items}",
        "zh": "本资料中，{word}如下：{items}",
    },
    "premise_place": {
        "ja": "いいえ。この資料では、{zone}の{word}に{value}があります。",
        "en": "No. In this document, {zone} ({word}) has {value}.",
        "zh": "不是。本资料中，{zone}的{word}包括{value}。",
    },
    "no": {"ja": "いいえ。", "en": "No. ", "zh": "不是。"},
    "yes": {"ja": "はい。", "en": "Yes. ", "zh": "是的。"},
    "check_yes": {
        "ja": "はい。{zone}の{word}は{value}です。",
        "en": "Yes. {zone}, {word}: {value}.",
        "zh": "是的。{zone}的{word}：{value}。",
    },
    "check_no": {
        "ja": "いいえ。この資料では、{zone}の{word}は{value}です。",
        "en": "No. In this document, {word} of {zone}: {value}.",
        "zh": "不是。本资料中，{zone}的{word}：{value}。",
    },
    "missing_operand": {
        "ja": "計算に要る値がこの資料に揃っていないので、計算できません。",
        "en": "This document does not give every value that this takes, so it is not computed.",
        "zh": "本资料没有给出计算所需的全部数值，因此无法计算。",
    },
    "zone_passage": {"ja": "{zone}（{word}）：{value}", "en": "{zone} ({word}): {value}", "zh": "{zone}（{word}）：{value}"},
    "missing_operand_of": {
        "ja": "次のものの値がこの資料にないので、計算できません。{items}",
        "en": "This document gives no value of these, so it is not computed: {items}",
        "zh": "本资料没有给出以下各项的数值，因此无法计算：{items}",
    },
    "name_unknown": {
        "ja": "この資料に「{echo}」は出てきません。",
        "en": "“{echo}” does not occur in this document.",
        "zh": "本资料中没有出现“{echo}”。",
    },
    "attribute_absent_of": {
        "ja": "{zone}は載っていますが、「{echo}」の記載はありません。",
        "en": "{zone} is in this document, but it says nothing about “{echo}”.",
        "zh": "本资料载有{zone}，但没有关于“{echo}”的记载。",
    },
    "attribute_absent_part": {
        "ja": "この資料に「{echo}」だけの{word}の記載はありません。",
        "en": "This document does not give {word} for “{echo}” alone.",
        "zh": "本资料没有单独给出“{echo}”的{word}。",
    },
    "attribute_absent": {
        "ja": "この資料に「{echo}」についての記載はありません。",
        "en": "This document says nothing about “{echo}”.",
        "zh": "本资料没有关于“{echo}”的记载。",
    },
    "not_in_document": {
        "ja": "お尋ねの内容は、この資料には見つかりませんでした。",
        "en": "This document does not say that.",
        "zh": "本资料中没有找到您询问的内容。",
    },
    "out_of_scope": {
        "ja": "この資料に書かれていることについての質問にだけお答えできます。",
        "en": "I can only answer questions about what this document says.",
        "zh": "我只能回答关于本资料内容的问题。",
    },
}

_SLOT = re.compile(r"\{(\w+)\}")


def pieces(template: str, language: str) -> tuple[tuple[str, str], ...]:
    """A template cut up: ("label", text) for fixed wording and ("slot", name) for what is filled in.

    >>> pieces("item", "ja")
    (('label', '\\n・'), ('slot', 'value'))
    """
    parts = _SLOT.split(TEMPLATES[template][language])
    marked = (("slot" if i % 2 else "label", part) for i, part in enumerate(parts))
    return tuple((kind, part) for kind, part in marked if part)


def label_text(label: str, language: str) -> str | None:
    """The wording that an id stands for, None if there is no such id; `word:` ids stand for themselves."""
    name, _, rest = label.partition(":")
    if name == "word":
        return rest
    if name not in TEMPLATES:
        return None
    labels = [part for kind, part in pieces(name, language) if kind == "label"]
    return next((text for i, text in enumerate(labels) if rest == str(i)), None)
