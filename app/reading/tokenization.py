"""Japanese words of a text, by MeCab through fugashi with unidic-lite: the only module that knows them.

Made safe against what was measured: one long string ends the process, NUL truncates, lone surrogates raise, a
Tagger shared by threads mixes up words, and nodes go stale with the next call.
"""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from app.errors import EngineError
from app.reading.normalization import normalize
from app.schema import Token

# MeCab dies on strings of some 190,000 characters and is quadratic on runs of one class; 2,000 cost 14 ms at worst.
LONGEST_PIECE = 2000

_UNSAFE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_PIECE = re.compile(rf"(?s).{{1,{LONGEST_PIECE - 1}}}[。！？\n.!?]|.{{1,{LONGEST_PIECE}}}")

_CONTENT_POS = frozenset({"名詞", "動詞", "形容詞", "形状詞", "副詞", "接頭辞", "接尾辞", "記号", "代名詞"})
_EMPTY_POS2 = frozenset({"非自立可能", "助動詞語幹"})
# Words that any Japanese sentence may hold without being about them (of UniDic's content classes).
_EMPTY_BASES = frozenset(
    "する なる ある いる ない できる 出来る れる られる いう 言う おる くださる 下さる いただく 頂く もらう "
    "こと 事 もの 物 ため 為 よう 様 とき 時 ところ 所 ほう 方 の ん さ み たち 達 ら 等 など "
    "何 誰 どれ どこ どちら どなた いつ いくつ いくら どう なぜ どんな どの これ それ あれ ここ そこ あそこ "
    "御 お ご です ます どれ程 どれくらい 的".split()
)
# 地名,一般 of unidic-lite's left/right context ids: a name takes the place in a sentence that a place name does.
_NAME_CONTEXT = 4792
_NAME_COST = 2000


def clean(text: str) -> str:
    """Replace what MeCab cannot take (NUL, controls, lone surrogates) by spaces: lengths stay, offsets hold."""
    return _UNSAFE.sub(" ", text)


def build_dictionary(names: Iterable[tuple[str, str]], path: Path) -> None:
    """Write a MeCab user dictionary of (name, katakana reading) pairs to `path`.

    In a process of its own, because the compiler writes to standard output and may end the process.
    """
    rows = []
    for name, reading in sorted(set(names)):
        surface = normalize(name).text
        features = ["名詞", "固有名詞", "地名", "一般", "*", "*", reading, surface, surface, reading, surface, reading]
        features += ["固", "*", "*", "*", "*", reading, reading, reading, reading, "*", "*", "*", "*", "*"]
        rows.append(",".join([surface, *[str(_NAME_CONTEXT)] * 2, str(_NAME_COST), *features]))
    import unidic_lite

    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "names.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
        # The compiler splits its arguments at spaces, so it gets short names in a folder of its own.
        (folder / "system").symlink_to(unidic_lite.DICDIR, target_is_directory=True)
        arguments = "fugashi -d system -u names.dic -f utf8 -t utf8 names.csv"
        program = f"import fugashi; fugashi.build_dictionary({arguments!r})"
        done = subprocess.run([sys.executable, "-c", program], cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode != 0 or not (folder / "names.dic").is_file():
            raise EngineError(
                "dictionary_failed",
                "固有名詞の辞書を作れませんでした。`pip install -r requirements.txt` をやり直してください。"
                f" (building the name dictionary failed: {done.stderr.strip()[-300:]})",
            )
        path.write_bytes((folder / "names.dic").read_bytes())


class Tokenizer:
    """Words of normalised text, with offsets into the raw text. Safe to share between threads."""

    def __init__(self, user_dictionary: Path | None = None) -> None:
        """Open unidic-lite, and the names of `user_dictionary`. Raises EngineError if the dictionary is missing."""
        try:
            import fugashi
            import unidic_lite

            options = f'-r /dev/null -d "{unidic_lite.DICDIR}"'
            if user_dictionary is not None:
                options += f" -u {shlex.quote(str(user_dictionary))}"
            self._tagger = fugashi.Tagger(options)
        except (ImportError, RuntimeError) as error:
            raise EngineError(
                "tokenizer_missing",
                "日本語の分かち書き (fugashi, unidic-lite) が使えません。"
                f"`pip install -r requirements.txt` を実行してください。 ({error})",
            ) from error
        self._lock = threading.Lock()

    def tokenize(self, text: str) -> tuple[Token, ...]:
        """The words of `text`, any length: `token.surface == text[token.start:token.end]`."""
        normalized = normalize(clean(text))
        tokens = []
        for start, end, feature in self._words(normalized.text):
            base = feature.orthBase or normalized.text[start:end]
            raw_start, raw_end = normalized.raw_span(start, end)
            tokens.append(
                Token(
                    surface=text[raw_start:raw_end],
                    base=base,
                    reading=feature.kana or "",
                    pos=f"{feature.pos1}-{feature.pos2}",
                    start=raw_start,
                    end=raw_end,
                    content=_is_content(feature.pos1, feature.pos2, base),
                    action=feature.pos3 in ("サ変可能", "サ変形状詞可能"),
                    place=feature.pos3 == "地名" and feature.pos4 != "国",
                    named=feature.pos3 if feature.pos2 == "固有名詞" else "",
                )
            )
        return tuple(tokens)

    def _words(self, text: str) -> Iterator[tuple[int, int, Any]]:
        for piece in _PIECE.finditer(text):
            with self._lock:  # nodes are views of the tagger: copy them out before anyone else calls it
                words = [(node.surface, node.feature) for node in self._tagger(piece.group())]
            position = piece.start()
            for surface, feature in words:
                position = text.index(surface, position)
                yield position, position + len(surface), feature
                position += len(surface)


def _is_content(pos: str, pos2: str, base: str) -> bool:
    return pos in _CONTENT_POS and pos2 not in _EMPTY_POS2 and base not in _EMPTY_BASES and _has_letter(base)


def _has_letter(text: str) -> bool:
    return any(character.isalnum() for character in text)
