"""Every text of the interface, by id and language; `static/texts.js` says them in the reader's.

What an answer says is not here but in `app.wording`.
"""

from __future__ import annotations

from collections.abc import Mapping

from app.schema import Language

LANGUAGES: Mapping[Language, str] = {"ja": "日本語", "en": "English", "zh": "简体中文"}


def _all(ja: str, en: str, zh: str) -> Mapping[Language, str]:
    return {"ja": ja, "en": en, "zh": zh}


TEXTS: Mapping[str, Mapping[Language, str]] = {
    # ── Around the conversation ──
    "tagline": _all(
        "資料に書いてあることだけを、出典つきで答えます。",
        "Only what the document says, and where it says so.",
        "只回答资料中写明的内容，并注明出处。",
    ),
    "language": _all("表示の言語", "Language", "界面语言"),
    "welcome": _all("資料について、質問してください。", "Ask what the document says.", "请就资料提问。"),
    "promise": _all(
        "答えは資料のことばのまま示し、番号を押すと資料の該当箇所が開きます。書かれていないことは、書かれていないと答えます。",
        "Answers quote the document; a number opens the very place. What it does not say, the answer says so.",
        "回答直接引用资料原文，点击编号即可打开原文所在位置。资料没有写的，会如实说明。",
    ),
    "documents": _all("資料", "Document", "资料"),
    "and_more": _all("ほか{count}件", "and {count} more", "另有{count}份"),
    "examples": _all("質問の例", "For example", "提问示例"),
    "overview": _all("ひと目で", "At a glance", "一览"),
    "conversation": _all("会話", "Conversation", "对话"),
    "question": _all("質問", "Question", "问题"),
    "placeholder": _all("資料について質問する", "Ask about the document", "就资料提问"),
    "send": _all("送信", "Ask", "发送"),
    "clear": _all("会話を消す", "Clear", "清空对话"),
    "export": _all("書き出す", "Export", "导出"),
    "export_json": _all("JSON（検証できる）", "JSON (can be verified)", "JSON（可验证）"),
    "export_markdown": _all("Markdown", "Markdown", "Markdown"),
    "source": _all("資料", "Source", "原文"),
    "open_source": _all("資料を見る", "Source", "查看原文"),
    "close": _all("閉じる", "Close", "关闭"),
    "choose_document": _all("資料を選ぶ", "Choose a document", "选择资料"),
    "sections": _all("資料の区分", "Sections", "资料分区"),
    "loading": _all("読み込んでいます…", "Loading…", "正在加载……"),
    "source_failed": _all(
        "資料を読み込めませんでした。もう一度押してください。", "The source could not be loaded. Please try again.", "无法加载原文，请再试一次。"
    ),
    "source_changed": _all(
        "資料が新しくなりました。ページを開き直してください。", "The document has changed. Please reload the page.", "资料已更新，请重新打开页面。"
    ),
    # ── An answer ──
    "asked": _all("質問：", "Question: ", "问题："),
    "citation": _all("出典{n}：{where}", "Citation {n}: {where}", "出处{n}：{where}"),
    "related": _all("関連する箇所", "Related passages", "相关段落"),
    "choose": _all("どれのことですか", "Which one?", "请选择"),
    "follow_up": _all("続けて聞く", "Ask next", "继续提问"),
    "complete": _all(
        "{of}区画すべてを確認：該当{matched}、非該当{unmatched}",
        "All {of} sections checked: {matched} match, {unmatched} do not",
        "已核对全部{of}个片区：符合{matched}，不符合{unmatched}",
    ),
    "partial": _all(
        "{of}区画のうち{checked}を確認：該当{matched}、非該当{unmatched}",
        "{checked} of {of} sections checked: {matched} match, {unmatched} do not",
        "已核对{of}个片区中的{checked}个：符合{matched}，不符合{unmatched}",
    ),
    "matched": _all("該当", "Match", "符合"),
    "unmatched": _all("非該当", "No match", "不符合"),
    # ── The three noes ──
    "reason.not_in_document": _all("資料に記載がありません", "Not in the document", "资料中没有记载"),
    "reason.attribute_absent": _all("資料にない項目です", "The document does not give this", "资料没有这一项"),
    "reason.name_unknown": _all("資料にない名前です", "A name that is not in the document", "资料中没有这个名称"),
    "reason.missing_operand": _all("計算に要る値が足りません", "Values are missing", "缺少计算所需的数值"),
    "reason.out_of_scope": _all("この資料の範囲外です", "Outside this document", "超出本资料范围"),
    "reason.ambiguous": _all("どれのことか、お選びください", "Several are possible: please choose", "有多种可能，请选择"),
    "reason.false_premise": _all("資料にはこう書かれています", "The document says otherwise", "资料的说法不同"),
    "status.refused": _all("答えられません", "No answer", "无法回答"),
    "status.clarify": _all("確認させてください", "One question first", "请先确认"),
    "status.corrected": _all("資料と異なります", "The document differs", "与资料不符"),
    # ── The plan ──
    "plan": _all("質問の読み取り", "As understood", "对问题的理解"),
    "plan.zone": _all("対象", "Of", "对象"),
    "plan.attribute": _all("項目", "What", "项目"),
    "plan.operation": _all("演算", "How", "运算"),
    "plan.words": _all("ことば", "Words", "词语"),
    "plan.all": _all("すべて", "all", "全部"),
    "plan.any": _all("本文", "text", "正文"),
    "op.look_up": _all("参照", "look up", "查阅"),
    "op.list": _all("一覧", "list", "列举"),
    "op.search": _all("検索", "search", "检索"),
    "op.which": _all("どれか", "which", "哪一个"),
    "op.describe": _all("概要", "overview", "概述"),
    "op.nth": _all("順番で1つ", "n-th", "第几个"),
    "op.count": _all("数える", "count", "计数"),
    "op.count_matches": _all("数える", "count", "计数"),
    "op.max": _all("最大", "largest", "最大"),
    "op.min": _all("最小", "smallest", "最小"),
    "op.rank": _all("順位", "rank", "排序"),
    "op.position": _all("何番目か", "position", "名次"),
    "op.sum": _all("合計", "sum", "合计"),
    "op.mean": _all("平均", "mean", "平均"),
    "op.difference": _all("差", "difference", "差"),
    "op.ratio": _all("比", "ratio", "比"),
    "op.share": _all("割合", "share", "占比"),
    "op.compare": _all("比較", "compare", "比较"),
    "op.filter": _all("絞り込み", "filter", "筛选"),
    "op.check": _all("確認", "check", "核对"),
    "with.nth": _all("{value}番目", "no. {value}", "第{value}"),
    "with.top": _all("上位{value}", "top {value}", "前{value}"),
    "with.by": _all("件数で", "by count", "按数量"),
    "with.then": _all("その{value}", "then {value}", "其{value}"),
    "with.also": _all("{value}も", "also {value}", "以及{value}"),
    "with.than": _all("{value}を基準", "against {value}", "以{value}为准"),
    "with.not": _all("{value}を除く", "without {value}", "除{value}外"),
    "with.except": _all("{value}番目を除く", "without no. {value}", "除第{value}外"),
    "with.from.max": _all("大きい順", "largest first", "从大到小"),
    "with.from.min": _all("小さい順", "smallest first", "从小到大"),
    # ── Pictures ──
    "chart": _all("{what}の図", "Chart: {what}", "{what}图"),
    "chart_counted": _all("{what}の数の図", "Chart: number of {what}", "{what}数量图"),
    "comparison": _all("並べて見る", "Side by side", "对照"),
    "attribute": _all("項目", "What", "项目"),
    "pieces": _all("{count}件", "{count}", "{count}项"),
    # ── What can be done with an answer ──
    "copy": _all("出典つきで写す", "Copy with citations", "连同出处复制"),
    "copied": _all("写しました", "Copied", "已复制"),
    "link": _all("リンク", "Link", "链接"),
    "verify": _all("証明を確かめる", "Prove it again", "重新证明"),
    "verifying": _all("確かめています…", "Proving…", "正在证明……"),
    "proved": _all("証明できました", "Proved", "已证明"),
    "unproved": _all("証明できません", "Not proved", "未能证明"),
    "up": _all("役に立った", "Helpful", "有帮助"),
    "down": _all("役に立たなかった", "Not helpful", "没有帮助"),
    "comment": _all("ひとこと（なくてもかまいません）", "A comment, if you like", "补充说明（可不填）"),
    "rate": _all("送る", "Send", "提交"),
    "rated": _all("ありがとうございます", "Thank you", "谢谢"),
    # ── What can go wrong ──
    "error.question_empty": _all("質問が空です。質問を書いてください。", "The question is empty. Please write one.", "问题为空，请输入问题。"),
    "error.question_too_long": _all(
        "質問が長すぎます。短くしてください。", "The question is too long. Please shorten it.", "问题太长，请缩短。"
    ),
    "error.no_reply": _all(
        "サーバーから返事がありません。質問は残してあります。しばらくして、もう一度送ってください。",
        "The server does not reply. Your question is still here: please send it again in a while.",
        "服务器没有响应。您的问题已保留，请稍后再发送。",
    ),
    "error.internal": _all(
        "内部エラーです。サーバーの記録を確かめてください。", "An internal error. Please see the server's log.", "内部错误，请查看服务器日志。"
    ),
    "error.failed": _all("うまくいきませんでした。もう一度押してください。", "That did not work. Please try again.", "操作失败，请再试一次。"),
}

# Questions that buttons ask, by what they ask and language; where a language has none, a plain look-up stands in.
QUESTIONS: Mapping[str, Mapping[Language, str]] = {
    "zone": _all("{zones}について教えてください", "Tell me about {zones}", "请介绍{zones}"),
    "look_up": _all("{zones}の{attribute}は？", "What is the {attribute} of {zones}?", "{zones}的{attribute}？"),
    "max": _all("{attribute}が最も大きいのは？", "Which has the largest {attribute}?", "{attribute}最大的是哪个？"),
    "min": _all("{attribute}が最も小さいのは？", "Which has the smallest {attribute}?", "{attribute}最小的是哪个？"),
    "rank": {"ja": "{attribute}の大きい順は？", "zh": "按{attribute}从大到小排列"},
    "count": {"ja": "{zones}の{attribute}はいくつ？", "en": "How many {attribute} does {zones} have?"},
    "max_count": {"ja": "{attribute}が最も多いのは？", "zh": "{attribute}最多的是哪个？"},
    "min_count": {"ja": "{attribute}が最も少ないのは？", "zh": "{attribute}最少的是哪个？"},
    "rank_count": {"ja": "{attribute}の多い順は？", "en": "Rank by number of {attribute}"},
    "sum": _all("{zones}の{attribute}の合計は？", "What is the total {attribute} of {zones}?", "{zones}的{attribute}合计是多少？"),
    "mean": _all("{zones}の{attribute}の平均は？", "What is the average {attribute} of {zones}?", "{zones}的{attribute}平均是多少？"),
    "difference": {"ja": "{zones}の{attribute}の差は？"},
    "compare": _all("{zones}の{attribute}を比べて", "Compare the {attribute} of {zones}", "比较{zones}的{attribute}"),
    "position": _all(
        "{zones}の{attribute}は大きいほうから何番目？", "Where does {zones} rank by {attribute}?", "{zones}的{attribute}从大到小排第几？"
    ),
    "share": {"ja": "{zones}の{attribute}は全体の何割？", "en": "What share of the total {attribute} is {zones}?"},
}
AND: Mapping[Language, str] = _all("と", " and ", "和")
