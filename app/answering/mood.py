"""Whether a question asks for confirmation, and what it then claims of two zones. Words of the languages only."""

from __future__ import annotations

import re

_CONFIRM = re.compile(
    r"(?:らしい|らしいね|らしいじゃない|みたい(?:だ|です)?(?:ね)?|そう(?:だ|です)ね|って(?:聞いた|聞き(?:ました|まし)|読んだ|言ってた)?.{0,6}(?:けど|が)?|だとか|んだとか|である|よね|だよね|でしょう?か?|でしたっけ|だっけ|っけ|ですか|ますか|ましたか|ませんか|のか|んか|かな|じゃない(?:の|ですか)?|ではない(?:の|ですか)?"
    r"|本当(?:ですか|なの|に)?|ほんと(?:う)?(?:に)?|正しい(?:ですか|数字|です|の)?|(?:合って|あって)(?:い?ます(?:か)?|る)?|間違い(?:ない|ありません)(?:です)?か?|という認識で(?:いい|よい|合って).*"
    r"|(?:る|い|た|だ|う|つ|く|む|ぶ|す|ぐ|ぬ|ん|の|か|も)|right|correct|true|yes|吗|对吧|是吧|对吗|是不是)\s*[?。!]*$"
    r"|^(?:is|are|does|do|was|did|isn't) |是真的|合ってます"
)
_INTERROGATIVE = re.compile(
    r"何|なに|(?<!そう)なん(?:です|だ|の)|どこ|どれ|どの|いくつ|幾つ|誰|だれ|いつ|どう|どんな|どちら|どっち|いくら|なぜ|どなた"
    r"|教え|知りた|お願い|頼|挙げ|並べ|示し|ください|下さい|見せ|what|which|how|where|who|when|why|list|哪|什么|多少|几|谁|怎"
)
_CLAIM = (
    re.compile(r"(?:は|が|のほうが|の方が|も|、|って).{0,12}より(?:も|は|か)?(?:ずっと|少し|かなり|も)?(?P<adjective>広|大き|小さ|狭|多|少な)"),
    re.compile(r"(?:bigger|larger|more \w+|(?P<small>smaller|fewer \w+)) than|比.{1,12}(?:[大多]|(?P<zh>[小少]))"),
)
_SAME = re.compile(r"同じ|一緒|等しい|同数|同率|変わらない|(?<![a-z])same|equal|一样|相同")
# A reason that is asked for takes for granted what it is the reason of.
_WHY = re.compile(r"(?:のは)?(?:なぜ|どうして|何故)(?:です|なの|なん)?(?:か|です)?|(?:の|その)?理由(?:は|を)?(?:何|教え\w*)?|why ")
# Asking whether it is so, behind what somebody has said: 「…と聞きましたが、そうなんですか」.
_IS_SO = re.compile(r"(?:が|けど|けれど)?、?(?:本当に)?そう(?:なん|なの)?(?:です|でしょう|だ)?(?:か|よね|ね)?\s*[?。]*$")
_COMPARING = re.compile(r"どちら|どっち|どれ|どの")
_RELATIVE = re.compile(
    r"より(?:も)?(?P<adjective>広|大き|小さ|狭)い(?=[\u3400-\u9fffァ-ヺ])(?![^、。]{0,3}(?:区|の[はが]|ところ|方))"
    r"[^、。]{1,12}(?:の|は|って|が)"
)
_TURNED = re.compile(r"^[^、。はが]{1,20}より(?:も)?[^、。]{1,20}?(?:のほう|の方|ほう)?が(?:\w{0,6}が)?(?P<adjective>広|大き|小さ|狭|多|少な)")


def asks_confirmation(text: str) -> bool:
    """Whether a normalised text asks yes or no: it ends like a question and has no word that asks for anything."""
    said = _IS_SO.sub("", text)
    return (said != text or _CONFIRM.search(text) is not None) and _INTERROGATIVE.search(said) is None


def claim_of(text: str) -> str | None:
    """What a question for confirmation, or for the reason, says of the first zone named against the second: `>`, `<`,
    `=`; turned round where the second is named first: 「AよりBのほうが広い」."""
    text = _WHY.sub("", _IS_SO.sub("", text))
    if (match := _RELATIVE.search(text)) and not _COMPARING.search(text):
        return ">" if match["adjective"] in "小さ狭" else "<"
    if _INTERROGATIVE.search(text):
        return None
    if match := _TURNED.search(text):
        return ">" if match["adjective"][0] in "小狭少" else "<"
    if _SAME.search(text):
        return "="
    if match := _CLAIM[0].search(text):
        return "<" if match["adjective"][0] in "小狭少" else ">"
    if match := _CLAIM[1].search(text):
        return "<" if match["small"] or match["zh"] else ">"
    return None
