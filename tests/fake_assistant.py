"""A deterministic assistant over documents made for the tests: it quotes what its table says."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from app.answer import Answer, Choice, Citation, Echo, Label, Quote, Reason, Segment, Status, Value
from app.errors import ModelError, QuestionError
from app.schema import Document, Fact, Hit, Passage, Plan, Zone

HOSTILE = (
    '<script>document.title="hacked"</script>',
    "<img src=x onerror='document.title=\"hacked\"'>",
    "![絵](http://198.51.100.7/a.png) [押す](javascript:alert(1)) http://198.51.100.7/",
    "**太字** _斜体_ `code` # 見出し\n\n- 一覧\n\n    字下げ\n\n| a | b |\n|---|---|\n| 1 | 2 |",
    "$$x^2$$ \\(y\\) \\[z\\] $w$",
    "<form action='http://198.51.100.7/'><input name=a></form><style>body{display:none}</style>",
    "&lt;b&gt; &amp;amp; &#60;i&#62; ]]> <!-- -->",
    "\u202e右から\u202c左 \u200bゼロ幅\u200b",
    "```html\n<b>x</b>\n```",
    "<details open><summary>x</summary></details><iframe src='http://198.51.100.7/'></iframe>",
)

# A BOM, CRLF, and characters outside the BMP before and inside what is cited: every trap of an offset.
PARK = (
    "\ufeff公園のあらまし\r\n"
    "\r\n"
    "𠮷田公園\r\n"
    "🌸の名所として知られ、面積は約12ヘクタール、池と𠮷野桜の並木がある。\r\n"
    "南公園\r\n"
    "面積は約3ヘクタール、遊具がある。\r\n"
    + "".join(f"{n}番の木は桜である。\r\n" for n in range(1, 121))
    + "終わりの一行\r\n"
)
RIVER = "川のあらまし\n青川\n長さは40キロメートルである。\n" + "\n".join(HOSTILE) + "\n"


class FakeAssistant:
    """Answers by looking a word of the question up in a table; whatever it does not know it refuses."""

    def __init__(self) -> None:
        self.documents = tuple(
            Document(name, text, sha256(text.encode()).hexdigest())
            for name, text in (("公園 <b>&.txt", PARK), ("川/青川.txt", RIVER))
        )
        self.zones = (self._zone("𠮷田公園", 0), self._zone("南公園", 0), self._zone("青川", 1))
        self.examples = ("𠮷田公園の面積は？", "青川の長さは？", "桜の木は？")
        self.facts = tuple(
            Fact(zone, "面積", f"約{size}ヘクタール", park.name, start, start + len(f"約{size}ヘクタール"), f"size-{zone}", size, "ヘクタール", True)
            for zone, size, park in (("𠮷田公園", 12, self.documents[0]), ("南公園", 3, self.documents[0]))
            for start in (park.text.index(f"約{size}ヘクタール"),)
        )
        self.asked: list[tuple[str, tuple[str, ...]]] = []
        self.broken = False

    def _zone(self, name: str, document: int) -> Zone:
        start = self.documents[document].text.index(name)
        return Zone(name, self.documents[document].name, start, start + len(name))

    def passage(self, text: str, zone: str | None = None, kind: str = "本文", document: int = 0) -> Passage:
        """The passage that is the first occurrence of `text`."""
        source = self.documents[document]
        start = source.text.index(text)
        name = f"{source.name}#{start}"
        return Passage(name, source.name, zone, kind, text, start, start + len(text))

    def ask(self, question: str, history: Sequence[str] = (), id: str | None = None) -> Answer:
        """The table's answer."""
        if self.broken:
            raise ModelError("model_missing", "モデルを読み込めません。")
        if not question.strip():
            raise QuestionError("question_empty", "質問が空です。質問を書いてください。")
        if len(question) > 1000:
            raise QuestionError("question_too_long", "質問が長すぎます。1,000 字までにしてください。")
        self.asked.append((question, tuple(history)))
        parts = self._look_up(question)
        status, reason, segments, passages, choices = parts
        return Answer(
            question=question,
            status=status,
            reason=reason,
            segments=segments,
            citations=tuple(Citation(n, passage) for n, passage in enumerate(passages, 1)),
            hits=tuple(Hit(passage, 1 / n, {}) for n, passage in enumerate(passages, 1)),
            plan=Plan("ja", (), None, "look_up", (), ""),
            documents={document.name: document.sha256 for document in self.documents},
            index="0" * 64,
            choices=choices,
            id=id,
        )

    def _look_up(
        self, question: str
    ) -> tuple[Status, Reason | None, tuple[Segment, ...], list[Passage], tuple[Choice, ...]]:
        if "𠮷田公園の面積" in question:
            size = self.passage("面積は約12ヘクタール", "𠮷田公園", "面積")
            trees = self.passage("池と𠮷野桜の並木", "𠮷田公園", "本文")
            segments: tuple[Segment, ...] = (
                Value("約12ヘクタール", 12.0, "ヘクタール", True, (1,)),
                Label("です。", "copula"),
                Quote(trees.text, trees.document, trees.start, trees.end, (2,)),
            )
            return "answered", None, segments, [size, trees], ()
        if "最後の木" in question:
            tree = self.passage("120番の木は桜である。\r\n終わりの一行", None)
            quote = Quote(tree.text, tree.document, tree.start, tree.end, (1,))
            return "answered", None, (quote,), [tree], ()
        if "青川" in question:
            length = self.passage("長さは40キロメートル", "青川", document=1)
            quote = Quote(length.text, length.document, length.start, length.end, (1,))
            return "corrected", "false_premise", (Label("いいえ。", "no"), quote), [length], ()
        if "面積" in question:
            choices = tuple(Choice(name, f"{name}の面積は？") for name in ("𠮷田公園", "南公園"))
            return "clarify", "ambiguous", (Label("どの公園ですか。", "which"),), [], choices
        if "全文" in question:
            whole = self.passage("\n".join(HOSTILE), document=1)
            quote = Quote(whole.text, whole.document, whole.start, whole.end, (1,))
            return "answered", None, (quote,), [whole], ()
        echo = Echo(question, 0, len(question))
        return "refused", "not_in_document", (Label("資料に出てきません：", "absent"), echo), [], ()
