"""One TOML table of a guide, read key by key, so that every error says which table and key it is about."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from typing import Any

from app.errors import GuideError


class Table:
    """One TOML table, read key by key; what nobody asked for is a typing error, and is said to be one."""

    def __init__(self, name: str, data: Any, source: str) -> None:
        self._source, self._name = source, name
        if not isinstance(data, dict):
            raise self.error("表 (table) ではありません")
        self._data: dict[str, Any] = dict(data)

    def error(self, what: str) -> GuideError:
        """What is wrong here, as an error that says where."""
        return GuideError("guide_invalid", f"読み取りガイド {self._source} の {self._name}: {what}。直してください。")

    def take(self, key: str, kind: type | tuple[type, ...], default: Any = None, *, required: bool = False) -> Any:
        """The value of a key, of the right type. Raises GuideError if it is not, or is missing though `required`."""
        if key not in self._data:
            if required:
                raise self.error(f"{key} がありません (missing key)")
            return default
        value = self._data.pop(key)
        if not isinstance(value, kind):
            raise self.error(f"{key} の型が違います ({type(value).__name__})")
        return value

    def words(self, key: str) -> tuple[str, ...]:
        """A list of words, none of them empty; () without the key."""
        values = self.take(key, list, [])
        if not all(isinstance(value, str) and value.strip() for value in values):
            raise self.error(f"{key} は空でない文字列の並びにしてください")
        return tuple(values)

    def pattern(self, key: str, *, group: bool = False) -> re.Pattern[str]:
        """A regular expression, with a group if it must have one."""
        text = self.take(key, str, required=True)
        try:
            pattern = re.compile(text, re.MULTILINE)
        except (re.error, OverflowError, RecursionError) as error:
            raise self.error(f"{key} の正規表現が正しくありません ({error})") from error
        if group and pattern.groups == 0:
            raise self.error(f"{key} には引用する範囲を示す括弧 ( ) が要ります")
        return pattern

    def optional_pattern(self, key: str, *, group: bool = False) -> re.Pattern[str] | None:
        """The same, or None without the key."""
        return self.pattern(key, group=group) if key in self._data else None

    def finish(self, known: Iterable[str] = ()) -> None:
        """Raises GuideError for a key that nobody took, with the one among `known` that may have been meant."""
        for key in self._data:
            close = difflib.get_close_matches(key, list(known), n=1)
            raise self.error(f"{key} という項目は知りません" + (f"。{close[0]} のことですか" if close else ""))
