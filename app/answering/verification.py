"""Proves a saved answer against the documents alone: no index, no model, none of the code that answers.

Here the frame, the citations and each segment by itself; then the whole answer is told again from the documents and its
plan, segment by segment: what was computed in `recomputation`, all else in `restatement`.

Fails closed: what it does not know, or cannot prove, is not proved. Verdicts: `found`, `stale` (a document is not the
one that was answered from), `misquoted`, `miscomputed`, `malformed`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from app.answer import SCHEMA_VERSION, Reason
from app.answering.evidence import Evidence, Miscomputed
from app.answering.recomputation import check_computed
from app.answering.restatement import check_statements
from app.errors import BatchError
from app.reading.normalization import normalize
from app.searching.sentence import sentence_spans
from app.wording import label_text

_MEASURE = re.compile(r"(?P<about>約|およそ|おおよそ|ほぼ)?(?P<number>\d[\d,]*(?:\.\d+)?)(?P<unit>\D+)")
# What stands before a number and belongs to it; the scripts in which a unit may go on behind what was taken for it.
_MEASURE_GOES_ON = re.compile(r"(?:約|およそ|おおよそ|ほぼ|[\d,.，．\-−－])\Z")
_UNIT_SCRIPTS = (re.compile(r"[ァ-ヺー]"), re.compile(r"[A-Za-zＡ-Ｚａ-ｚ]"))
_LABEL = re.compile(r"word:.+|\w+:(?:0|[1-9][0-9]*)", re.ASCII | re.DOTALL)
# The states of an answer that cites, with their reasons.
_STATES = (("answered", None), ("corrected", "false_premise"), ("clarify", "ambiguous"))
_PASSAGE_KEYS = ("passage_id", "document", "zone", "kind", "text", "start", "end")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one answer: a word, and why."""

    word: str
    explanation: str

    @property
    def proved(self) -> bool:
        """Whether every character of the answer was proved."""
        return self.word == "found"


class _Unproved(Exception):
    def __init__(self, word: str, explanation: str) -> None:
        super().__init__(explanation)
        self.verdict = Verdict(word, explanation)


def read_answers(path: Path) -> Iterator[Any]:
    """The answers of a batch output (JSON lines), or of a JSON file: one, a list, or {"answers": [...]}.

    Raises BatchError if the file is none of these, or holds no answer.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BatchError("answers_unreadable", f"{path} を読めません: {error}。ファイルを確かめてください。") from error
    try:
        whole = json.loads(text)
        answers = whole.get("answers", [whole]) if isinstance(whole, dict) else whole
    except (ValueError, RecursionError):
        answers = [_parse_line(path, number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    if not isinstance(answers, list) or not answers:
        raise BatchError("answers_missing", f"{path} に答えがありません。`ask --batch` の出力を指定してください。")
    yield from answers


def _parse_line(path: Path, number: int, line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BatchError("answers_not_json", f"{path} の {number} 行目は JSON ではありません: {error}。") from error


def verify_answer(answer: Any, evidence: Evidence) -> Verdict:
    """Prove one answer of the contract; an error line of a batch claims nothing and so holds."""
    try:
        if isinstance(answer, dict) and "error" in answer and answer.keys() <= {"id", "error"}:
            return Verdict("found", "誤り行: 主張なし (an error line claims nothing)")
        _check_shape(answer)
        _check_documents(answer, evidence)
        for citation in answer["citations"]:
            _check_passage(citation, evidence)
        for passage in answer["passages"]:
            _check_passage(passage, evidence)
        numbered = {citation["n"]: citation for citation in answer["citations"]}
        for number, segment in enumerate(answer["segments"], 1):
            _check_segment(segment, number, _cited(segment["citations"], numbered), answer, evidence)
        _check_whole(answer)
        check_computed(answer, evidence)
        check_statements(answer, evidence)
    except _Unproved as unproved:
        return unproved.verdict
    except Miscomputed as error:
        return Verdict("miscomputed", str(error))
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        return Verdict("malformed", f"答えの形が約束と違います: {error!r}")
    return Verdict("found", f"引用 {len(answer['citations'])} 件、すべて原文と一致")


def _check_shape(answer: Any) -> None:
    if not isinstance(answer, dict):
        raise _Unproved("malformed", "答えが JSON のオブジェクトではありません")
    if answer["schema_version"] != SCHEMA_VERSION or isinstance(answer["schema_version"], bool):
        raise _Unproved("malformed", f"知らない版の答えです (schema_version {answer['schema_version']!r})")
    for key, kind in (("question", str), ("answer", str), ("segments", list), ("citations", list), ("passages", list)):
        if not isinstance(answer[key], kind):
            raise _Unproved("malformed", f"{key} の型が違います")


def _check_documents(answer: Mapping[str, Any], evidence: Evidence) -> None:
    if not answer["documents"]:
        raise _Unproved("malformed", "どの資料に基づくか (documents) が書かれていません")
    for name, sha256 in answer["documents"].items():
        document = evidence.documents.get(name)
        if document is None:
            raise _Unproved("stale", f"資料 {name} がありません")
        if document.sha256 != sha256:
            raise _Unproved("stale", f"資料 {name} は答えた後に変わっています (stale)")


def _check_passage(claimed: Mapping[str, Any], evidence: Evidence) -> None:
    passage = evidence.passages.get(claimed["passage_id"])
    if passage is None:
        raise _Unproved("misquoted", f"{claimed['passage_id']} という箇所はありません")
    for key in _PASSAGE_KEYS:
        if claimed[key] != getattr(passage, key) or type(claimed[key]) is not type(getattr(passage, key)):
            raise _Unproved("misquoted", f"{passage.passage_id} の {key} が資料と違います: {claimed[key]!r}")


def _check_segment(
    segment: Mapping[str, Any], number: int, cited: Sequence[Mapping[str, Any]], answer: Mapping[str, Any], evidence: Evidence
) -> None:
    kind, text = segment["type"], segment["text"]
    if kind == "quote":
        _check_quote(segment, cited, answer, evidence)
    elif kind == "value":
        _check_value(segment, cited)
    elif kind == "echo":
        start, end = _span(segment)
        if answer["question"][start:end] != text:
            raise _Unproved("misquoted", f"{number} 番目の部分「{text}」は質問の言葉ではありません")
    elif kind == "label":
        label, language = segment["label"], answer["language"]
        known = label_text(label, language) if _LABEL.fullmatch(label) else None
        if label.startswith("word:"):
            known = evidence.label(label[5:], language) if label[5:] in evidence.words else None
        if known is None or known != text:
            raise _Unproved("misquoted", f"{number} 番目の部分「{text}」は決まった文言ではありません")
    elif kind != "computed":  # those are done again together, see `recomputation`
        raise _Unproved("malformed", f"{number} 番目の部分の種類 {kind!r} を知りません")


def _cited(numbers: Sequence[Any], numbered: Mapping[Any, Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    for n in numbers:
        if type(n) is not int or n not in numbered:
            raise _Unproved("misquoted", f"引用 [{n}] がありません")
    return [numbered[n] for n in numbers]


def _span(segment: Mapping[str, Any]) -> tuple[int, int]:
    start, end = segment["start"], segment["end"]
    if type(start) is not int or type(end) is not int or start < 0 or end - start != len(segment["text"]) or start == end:
        raise _Unproved("malformed", f"範囲 {start!r}–{end!r} が正しくありません")
    return start, end


def _check_quote(
    segment: Mapping[str, Any], cited: Sequence[Mapping[str, Any]], answer: Mapping[str, Any], evidence: Evidence
) -> None:
    start, end = _span(segment)
    name = segment["document"]
    if name not in answer["documents"] or evidence.documents[name].text[start:end] != segment["text"]:
        raise _Unproved("misquoted", f"「{segment['text']}」は {name} の {start}–{end} にありません")
    for citation in cited:
        if citation["document"] != name or not citation["start"] <= start < end <= citation["end"]:
            raise _Unproved("misquoted", f"「{segment['text']}」は引用 [{citation['n']}] の中にありません")
    if "sentence" in segment and segment["sentence"] not in [[start + a, start + b] for a, b in sentence_spans(segment["text"])]:
        raise _Unproved("misquoted", f"答えの文の範囲 {segment['sentence']!r} は引用の中の1文ではありません")


def _check_value(segment: Mapping[str, Any], cited: Sequence[Mapping[str, Any]]) -> None:
    text = segment["text"]
    if not cited or not all(_measures(text, citation["text"]) for citation in cited):
        raise _Unproved("misquoted", f"「{text}」は引用の中にありません")
    measure = _MEASURE.fullmatch(normalize(text).text)
    parsed = None
    if measure is not None:
        parsed = float(measure["number"].replace(",", "")), measure["about"] is not None, measure["unit"]
    if parsed != (segment["number"], segment["approximate"], normalize(segment["unit"]).text):
        raise _Unproved("miscomputed", f"「{text}」は {segment['number']} {segment['unit']} とは読めません")


def _measures(text: str, passage: str) -> bool:
    """Whether a passage writes a measure just so: 「4平方キロ」 is not what 「約14平方キロメートル」 says."""
    for found in re.finditer(re.escape(text), passage):
        before, after = passage[: found.start()], passage[found.end() :]
        cut_unit = any(script.match(text[-1]) and script.match(after) for script in _UNIT_SCRIPTS)
        if not _MEASURE_GOES_ON.search(before) and not cut_unit:
            return True
    return False


def _check_whole(answer: Mapping[str, Any]) -> None:
    joined = "".join(segment["text"] for segment in answer["segments"])
    if joined != answer["answer"]:
        raise _Unproved("misquoted", "answer が部分 (segments) をつないだものと違います")
    if [citation["n"] for citation in answer["citations"]] != list(range(1, len(answer["citations"]) + 1)):
        raise _Unproved("malformed", "引用の番号が 1 からの連番ではありません")
    used = {n for segment in answer["segments"] for n in (*segment["citations"], *segment.get("operands", ()))}
    if used != {citation["n"] for citation in answer["citations"]}:
        raise _Unproved("malformed", "どの部分からも指されない引用があります")
    if answer["reason"] is not None and answer["reason"] not in get_args(Reason):
        raise _Unproved("malformed", f"知らない理由です ({answer['reason']!r})")
    if answer["status"] == "refused":
        if answer["citations"] or answer["reason"] is None:
            raise _Unproved("malformed", "断りに引用があるか、理由がありません")
    elif not answer["citations"] or (answer["status"], answer["reason"]) not in _STATES:
        raise _Unproved("malformed", f"引用のない答え、または知らない状態です ({answer['status']!r})")
