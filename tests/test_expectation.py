"""What questions expect to be told, as tables of the language: no document is needed."""

from __future__ import annotations

import pytest

from app.answering.expectation import expectations
from app.reading.tokenization import Tokenizer
from app.schema import Mention

TOKENIZER = Tokenizer()


def unmet(question: str, passage: str, *leftover: str) -> list[str]:
    """The words of the question that ask for something which the passage does not give."""
    mentions = [Mention(word, question.index(word), question.index(word) + len(word)) for word in leftover]
    found = expectations(question, TOKENIZER.tokenize(question), mentions)
    return [expected.mention.value for expected in found if not expected.met_by(passage)]


@pytest.mark.parametrize(
    ("question", "leftover", "passage", "missing"),
    [
        ("祭りはいつですか", ["祭り"], "祭りを開く", ["いつ"]),
        ("祭りはいつですか", ["祭り"], "祭りは8月3日に開く", []),
        ("祭りにはいつも人が来ますか", ["祭り"], "祭りを開く", []),
        ("入場料はいくらですか", ["入場料"], "入場は無料", ["入場料", "いくら"]),
        ("入場料はいくらですか", ["入場料"], "入場料は500円", []),
        ("費用は？", ["費用"], "橋を架ける", ["費用"]),
        ("費用を抑えて橋を架けるのは？", ["費用", "橋"], "橋を架ける", []),
        ("誰が橋を架けましたか", ["橋"], "橋を架けた", ["誰"]),
        ("誰が橋を架けましたか", ["橋"], "市政府が橋を架けた", []),
        ("誰でも渡れる橋は？", ["橋"], "橋を架けた", []),
        ("橋は何本ありますか", ["橋", "本"], "橋を架けた", ["何本"]),
        ("橋は何本ありますか", ["橋", "本"], "橋を3本架けた", []),
        ("市長の名前は？", ["市長"], "橋を架けた", ["市長"]),
        ("電話番号は何番ですか", ["電話番号"], "窓口で受け付ける", ["電話番号"]),
        ("どの国の橋ですか", ["国", "橋"], "橋を架けた", ["国"]),
        ("なぜ橋を架けたのですか", ["橋"], "橋を架けた", ["なぜ"]),
        ("なぜ橋を架けたのですか", ["橋"], "川を渡るために橋を架けた", []),
        ("橋をどうしていくのですか", ["橋"], "橋を架けた", []),
        ("橋は何か所ありますか", ["橋"], "橋を架けた", ["何か所"]),
        ("橋は何か所ありますか", ["橋"], "橋を3か所に架けた", []),
        ("何か所も直す橋は？", ["橋"], "橋を架けた", []),
        ("税率は？", ["税率"], "税を納める", ["税率"]),
        ("税率は？", ["税率"], "税率は3割", []),
        ("原料は？", ["原料"], "鉄で橋を架けた", []),
        ("材料費の金額は？", ["材料費", "金額"], "鉄で橋を架けた", ["金額"]),
        ("橋を架けた理由は？", ["橋"], "橋を架けた", ["理由"]),
        ("橋を架けた理由は？", ["橋"], "洪水により橋を架けた", []),
        ("橋は何年に架けましたか", ["橋"], "橋を架けた", ["何年"]),
        ("橋は何年に架けましたか", ["橋"], "橋を1998年に架けた", []),
        ("何年も使える橋は？", ["橋"], "橋を架けた", []),
        ("橋の整備はどこ？", ["橋", "整備"], "橋を架けた", []),  # who does it, in whatever words
        ("橋の首都はどこ？", ["橋", "首都"], "橋を架けた", ["首都"]),
        ("これまでの成果を数字で示してほしい", ["成果"], "橋を架けた", ["成果"]),
        ("成果を数字で競う橋は？", ["成果", "橋"], "橋を架けた", []),
    ],
)
def test_what_is_not_given(question: str, leftover: list[str], passage: str, missing: list[str]) -> None:
    assert set(missing) <= set(unmet(question, passage, *leftover))
    if not missing:
        assert unmet(question, passage, *leftover) == []
