"""Answer drift: two tiny answers for each cause, checked by hand; what is printed; and a document that really changed."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

from app.answering.assistant import Assistant
from app.assembly import build_index, open_assistant, open_encoder, open_library
from app.config import Settings
from app.evaluating.drift import CAUSES, Cause, Change, changed_documents, compare, difference
from app.serving.batch import run_batch
from scripts.drift import TITLES, cli
from tests.conftest import ROOT

Json = dict[str, Any]

CONTRACT = Draft202012Validator(json.loads((ROOT / "app" / "answer.schema.json").read_text(encoding="utf-8")))
OLD, NEW = "a" * 64, "b" * 64  # SHA-256 of a document before and after

# The document is 「虹口\n面積は約4キロ、茶に焦点。」 and these are its passages.
SIZE = {"passage_id": "d#虹口/面積", "document": "d.txt", "zone": "虹口", "kind": "面積", "text": "面積は約4キロ"}
SIZE |= {"start": 3, "end": 10}
FOCUS = {"passage_id": "d#虹口/重点", "document": "d.txt", "zone": "虹口", "kind": "重点", "text": "茶に焦点"}
FOCUS |= {"start": 11, "end": 15}


def label(text: str) -> Json:
    return {"type": "label", "text": text, "citations": [], "label": "x:0"}


def value(text: str, number: float) -> Json:
    measure = {"number": number, "unit": "キロ", "approximate": True}
    return {"type": "value", "text": text, "citations": [1], **measure}


def quote(passage: Json, citations: Sequence[int] = (1,)) -> Json:
    place = {key: passage[key] for key in ("text", "document", "start", "end")}
    return {"type": "quote", "citations": list(citations), **place}


def answer(segments: Sequence[Json], cited: Sequence[Json], **more: Any) -> Json:
    """An answer to 「虹口は？」 as the contract wants it, about the document as it was."""
    made: Json = {
        "schema_version": 1,
        "id": "q",
        "question": "虹口は？",
        "language": "ja",
        "status": "answered" if cited else "refused",
        "reason": None if cited else "not_in_document",
        "answer": "".join(segment["text"] for segment in segments),
        "segments": list(segments),
        "citations": [{"n": n, **passage} for n, passage in enumerate(cited, 1)],
        "passages": [{**passage, "score": 1.0} for passage in cited],
        "choices": [],
        "completeness": None,
        "plan": {"subjects": ["虹口"], "attribute": None, "operation": "look_up", "constraints": [], "leftover": []},
        "documents": {"d.txt": OLD},
        "index": OLD,
        **more,
    }
    CONTRACT.validate(made)
    return made


def moved(passage: Json, by: int = 5) -> Json:
    return {**passage, "start": passage["start"] + by, "end": passage["end"] + by}


def error(code: str = "question_missing", message: str = "なし", id: str | None = "q") -> Json:
    return {"id": id, "error": {"code": code, "message": message}}


CHANGED = {"documents": {"d.txt": NEW}, "index": NEW}
SIZE_5 = {**SIZE, "text": "面積は約5キロ"}
FOCUS_2 = {**FOCUS, "text": "酒に焦点"}
TITLE = {"text": "虹口", "document": "d.txt", "start": 0, "end": 2}

FOUR = answer([label("広さは"), value("約4キロ", 4)], [SIZE])
TEA = answer([quote(FOCUS)], [FOCUS])
BOTH = answer([quote(FOCUS), quote(SIZE, [2])], [FOCUS, SIZE])
NOTHING = answer([label("ありません")], [])
NOT_THERE = answer([quote(TITLE, []), label("の人口はありません")], [])
PLAN = FOUR["plan"]

# A cause with the answer before and the answer now.
TABLE: list[tuple[str, Cause | None, Json, Json]] = [
    ("an error now", "error", FOUR, error()),
    ("another error", "error", error(), error("line_not_json")),
    ("another question", "question", FOUR, {**FOUR, "question": "虹口の面積は？"}),
    ("quoted text", "text", TEA, answer([quote(FOCUS_2)], [FOCUS_2], **CHANGED)),
    ("quoted text, by another plan too", "text", TEA,
     answer([quote(FOCUS_2)], [FOCUS_2], **CHANGED, plan={**PLAN, "operation": "search"})),
    ("quoted text, moved too", "text", TEA, answer([quote(moved(FOCUS_2))], [moved(FOCUS_2)], **CHANGED)),
    ("cited text that the answer does not show", "text",
     answer([value("約4キロ", 4), label("。")], [SIZE]),
     answer([value("約4キロ", 4), label("。")], [{**SIZE, "text": "総面積は約4キロ"}], **CHANGED)),
    ("no more in the document", "text", TEA, answer([label("ありません")], [], **CHANGED)),
    ("moved", "moved", TEA, answer([quote(moved(FOCUS))], [moved(FOCUS)], **CHANGED)),
    ("a moved title of a refusal", "moved", NOT_THERE,
     answer([quote(moved(TITLE), []), label("の人口はありません")], [], **CHANGED)),
    ("value", "value", FOUR, answer([label("広さは"), value("約5キロ", 5)], [SIZE_5], **CHANGED)),
    ("value, moved too", "value", FOUR,
     answer([label("広さは"), value("約5キロ", 5)], [moved(SIZE_5)], **CHANGED)),
    ("value, beside a title that is another", "value", answer([quote(TITLE, []), value("約4キロ", 4)], [SIZE]),
     answer([quote({**TITLE, "text": "宝山"}, []), value("約5キロ", 5)], [SIZE_5], **CHANGED)),
    ("operation", "plan", FOUR, {**FOUR, "plan": {**PLAN, "operation": "search"}}),
    ("subjects, and so other passages", "plan", FOUR, {**TEA, "plan": {**PLAN, "subjects": []}}),
    ("attribute, and so refused", "plan", FOUR, {**NOTHING, "plan": {**PLAN, "attribute": "人口"}}),
    ("plan beside a document that changed elsewhere", "plan", FOUR,
     {**FOUR, **CHANGED, "plan": {**PLAN, "constraints": ["nth=1"]}}),
    ("by another plan, other passages of a changed document", "plan", TEA,
     answer([quote(SIZE)], [SIZE], **CHANGED, plan={**PLAN, "attribute": "面積"})),
    ("refused", "status", FOUR, NOTHING),
    ("refused, while a changed document still says it", "status", FOUR,
     answer([label("ありません")], [], **CHANGED, passages=[{**moved(SIZE), "score": 1.0}])),
    ("another reason", "status", NOTHING, {**NOTHING, "reason": "name_unknown"}),
    ("corrected", "status", FOUR, {**FOUR, "status": "corrected", "reason": "false_premise"}),
    ("other passages", "ranking", TEA, answer([quote(SIZE)], [SIZE])),
    ("another order", "ranking", BOTH, answer([quote(SIZE), quote(FOCUS, [2])], [SIZE, FOCUS])),
    ("the same words elsewhere in the same document", "ranking", TEA, answer([quote(moved(FOCUS))], [moved(FOCUS)])),
    ("other passages of a changed document that still has both", "ranking",
     {**TEA, "passages": [{**FOCUS, "score": 2.0}, {**SIZE, "score": 1.0}]},
     {**answer([quote(SIZE)], [SIZE], **CHANGED),
      "passages": [{**SIZE, "score": 2.0}, {**FOCUS, "score": 1.0}]}),
    ("another result", "result", FOUR, answer([label("広さは"), value("約4", 4)], [SIZE])),
    ("wording", "wording", FOUR, answer([label("面積は"), value("約4キロ", 4)], [SIZE])),
    ("wording beside a move", "wording", FOUR,
     answer([label("面積は"), value("約4キロ", 4)], [moved(SIZE)], **CHANGED)),
    ("choices", "wording", NOTHING, {**NOTHING, "choices": [{"text": "面積", "question": "虹口の面積は？"}]}),
    ("completeness", "wording", FOUR,
     {**FOUR, "completeness": {"checked": 1, "of": 1, "matched": ["虹口"], "unmatched": []}}),
    ("scores", "listed", FOUR, {**FOUR, "passages": [{**SIZE, "score": 0.5}]}),
    ("words left over", "listed", FOUR, {**FOUR, "plan": {**PLAN, "leftover": ["茶"]}}),
    ("an error's message", "listed", error(), error(message="2 行目")),
    ("nothing but the rest of the document", None, FOUR, {**FOUR, **CHANGED}),
]  # fmt: skip


@pytest.mark.parametrize(("cause", "old", "new"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_every_cause_by_hand(cause: Cause | None, old: Json, new: Json) -> None:
    expected = [] if cause is None else [Change(cause, old, new)]
    assert list(compare([old], [new]).changes) == expected
    assert compare([old], [new]).unchanged == (cause is None)
    assert [change.cause for change in compare([new], [old]).changes] == [change.cause for change in expected]
    # Nothing has drifted from itself.
    assert compare([old], [old]).changes == compare([new], [new]).changes == ()


def test_the_table_has_every_cause_and_each_has_a_title() -> None:
    assert {row[1] for row in TABLE} | {"added", "removed"} == {None, *CAUSES}
    assert list(TITLES) == list(CAUSES)


def test_documents_are_changed_added_or_removed() -> None:
    new = {**FOUR, "documents": {"d.txt": NEW, "e.txt": OLD}}
    assert changed_documents(FOUR, new) == {"d.txt": "changed", "e.txt": "added"}
    assert changed_documents(new, FOUR) == {"d.txt": "changed", "e.txt": "removed"}
    assert changed_documents(FOUR, FOUR) == changed_documents(FOUR, None) == changed_documents(error(), FOUR) == {}
    # Of another document than the one that changed, other passages are the ranking's doing.
    other = answer([quote(SIZE)], [SIZE], documents={"d.txt": OLD, "e.txt": NEW})
    assert causes([TEA], [other]) == [("ranking", "q")]


# ── Pairs and their order ───────────────────────────────────────────────────────────────────────────────────


def causes(old: Sequence[Json], new: Sequence[Json]) -> list[tuple[Cause, str | None]]:
    return [(change.cause, change.id or change.question) for change in compare(old, new).changes]


def test_pairs_are_by_id_or_by_question() -> None:
    one, two = {**FOUR, "id": "1"}, {**NOTHING, "id": "2"}
    assert causes([one, two], [two, one]) == []
    assert causes([one, two], [two]) == [("removed", "1")]
    assert causes([one], [two, one]) == [("added", "2")]
    nameless, other = {**FOUR, "id": None}, {**NOTHING, "id": None, "question": "茶は？"}
    assert causes([nameless, other], [other, nameless]) == []
    assert causes([nameless], [other]) == [("removed", "虹口は？"), ("added", "茶は？")]
    # An id is not a question, and the same question twice is two.
    assert causes([{**nameless, "question": "1"}], [{**one, "question": "1"}]) == [("removed", "1"), ("added", "1")]
    again = {**nameless, "status": "corrected", "reason": "false_premise"}
    assert causes([nameless, again], [nameless, again]) == []
    assert causes([nameless, again], [nameless, nameless]) == [("status", "虹口は？")]
    assert causes([again, nameless], [nameless, nameless]) == [("status", "虹口は？")]
    assert causes([nameless, error(id=None)], [error(id=None), nameless]) == []
    assert causes([one], [one, error(id="9")]) == [("error", "9")]


def test_changes_are_in_the_order_of_causes_and_then_of_the_file() -> None:
    def batch(*answers: Json) -> list[Json]:
        return [{**item, "id": str(number)} for number, item in enumerate(answers)]

    reworded = answer([label("面積は"), value("約4キロ", 4)], [SIZE])
    old, new = batch(FOUR, FOUR, FOUR, FOUR, FOUR), batch(reworded, NOTHING, FOUR, error(), reworded)
    expected = [("error", "3"), ("status", "1"), ("wording", "0"), ("wording", "4")]
    assert causes(old, new) == expected
    assert causes(old, list(reversed(new))) == expected
    counts = compare(old, new).counts
    assert {cause: count for cause, count in counts.items() if count} == {"error": 1, "status": 1, "wording": 2}
    assert (list(counts), compare(old, new).unchanged) == (list(CAUSES), 1)


# ── What a change shows ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("", "", ""),
        ("同じ文", "同じ文", "同じ文"),
        ("", "新しい", "〔+新しい+〕"),
        ("約14キロです。", "約15キロです。", "約〔-14-〕〔+15+〕キロです。"),
        ("約1,400.5キロ", "約1,400.6キロ", "約〔-1,400.5-〕〔+1,400.6+〕キロ"),
        ("面積は茶に", "広さは酒に", "〔-面積は茶-〕〔+広さは酒+〕に"),
        ("茶を飲むのは朝", "酒を飲むのは晩", "〔-茶-〕〔+酒+〕を飲むのは〔-朝-〕〔+晩+〕"),
    ],
)
def test_a_difference_by_hand(old: str, new: str, shown: str) -> None:
    signs = {"same": "{}", "removed": "〔-{}-〕", "inserted": "〔+{}+〕"}
    pieces = difference(old, new)
    assert "".join(signs[piece.op].format(piece.text) for piece in pieces) == shown
    assert "".join(piece.text for piece in pieces if piece.op != "inserted") == old
    assert "".join(piece.text for piece in pieces if piece.op != "removed") == new


def test_spans_are_matched_by_what_they_say_and_then_by_their_names() -> None:
    third = {**FOCUS, "passage_id": "d#虹口/施策", "kind": "施策", "text": "酒", "start": 20, "end": 21}
    new = answer([quote(moved(FOCUS)), quote(SIZE_5, [2]), quote(third, [3])], [moved(FOCUS), SIZE_5, third])
    (change,) = compare([BOTH], [{**new, **CHANGED}]).changes
    assert [span.how for span in change.spans] == ["moved", "altered", "added"]
    starts = [(span.old and span.old.start, span.new and span.new.start) for span in change.spans]
    assert starts == [(11, 16), (3, 3), (None, 20)]
    # One more in front takes over the name of what follows it.
    first = {**third, "passage_id": FOCUS["passage_id"]}
    new = answer([quote(first), quote(FOCUS, [2])], [first, {**FOCUS, "passage_id": "d#虹口/重点/2"}])
    (change,) = compare([TEA], [{**new, **CHANGED}]).changes
    assert [span.how for span in change.spans] == ["same", "added"]


def test_a_plan_shows_what_of_it_differs() -> None:
    (change,) = compare([FOUR], [{**FOUR, "plan": {**PLAN, "operation": "search", "leftover": ["茶"]}}]).changes
    assert change.plan == {"operation": ("look_up", "search"), "leftover": ([], ["茶"])}
    (change,) = compare([FOUR], [error()]).changes
    assert (change.plan, [span.how for span in change.spans]) == ({}, ["removed"])


# ── The command ─────────────────────────────────────────────────────────────────────────────────────────────


Drift = Callable[..., tuple[int, str, str]]


@pytest.fixture
def drift(tmp_path: Path) -> Drift:
    """Exit code, standard output and standard error of the command over two files of these lines (or bytes)."""

    def invoke(old: Sequence[Json] | bytes, new: Sequence[Json] | bytes, *options: str) -> tuple[int, str, str]:
        for name, lines in (("old.jsonl", old), ("new.jsonl", new)):
            data = lines if isinstance(lines, bytes) else "\n".join(map(json.dumps, lines)).encode()
            (tmp_path / name).write_bytes(data)
        done = CliRunner().invoke(cli, [str(tmp_path / "old.jsonl"), str(tmp_path / "new.jsonl"), *options])
        return done.exit_code, done.stdout, done.stderr

    return invoke


FIVE = answer([label("広さは"), value("約5キロ", 5)], [moved(SIZE_5)], **CHANGED)


def test_the_text_in_full(drift: Drift) -> None:
    old, new = [FOUR, {**TEA, "id": "t"}], [FIVE, {**TEA, "id": "t", **CHANGED}]
    assert drift(old, new) == (
        1,
        f"""資料 (documents): d.txt changed。索引 (index): 別 (another: documents, guides, model or settings)

── {TITLES["value"]}: 1

q  虹口は？
    answered
    答え (answer): 広さは約〔-4-〕〔+5+〕キロ
    引用 (cited) altered: d.txt 3–10 → 8–15（虹口・面積）「面積は約〔-4-〕〔+5+〕キロ」

計 (total): unchanged 1、value 1
""",
        "",
    )


def test_markdown_obeys_nothing_in_an_answer(drift: Drift) -> None:
    old = {**FOUR, "question": "*虹口*\u001b[1m\n<b>は"}
    _, printed, _ = drift([old], [{**FIVE, "question": old["question"]}], "--markdown")
    assert f"## {TITLES['value']}: 1" in printed
    assert "- q  \\*虹口\\*\\\\x1b\\[1m⏎\\<b\\>は\n  - answered\n" in printed
    assert "広さは約<del>4</del><ins>5</ins>キロ" in printed
    assert printed.rstrip().splitlines()[-1] == "計 (total): value 1"


def test_json_is_whole(drift: Drift) -> None:
    code, printed, _ = drift([FOUR], [FIVE], "--json")
    report = json.loads(printed)
    (change,) = report["changes"]
    assert (code, report["documents"], report["same_index"]) == (1, {"d.txt": "changed"}, False)
    assert report["counts"] == {"unchanged": 0, **dict.fromkeys(CAUSES, 0), "value": 1}
    assert (change["id"], change["cause"], change["old"], change["new"]) == ("q", "value", FOUR, FIVE)
    assert change["difference"][1:3] == [{"op": "removed", "text": "4"}, {"op": "inserted", "text": "5"}]
    assert [(span["how"], span["old"]["start"], span["new"]["start"]) for span in change["spans"]] == [("altered", 3, 8)]


def test_every_row_of_the_table_can_be_shown(drift: Drift) -> None:
    old = [{**row[2], "id": str(number)} for number, row in enumerate(TABLE)]
    new = [{**row[3], "id": str(number)} for number, row in enumerate(TABLE)]
    plain, markdown = (drift(old, new, "--all", *options)[1] for options in ((), ("--markdown",)))
    for printed in (plain, markdown):
        assert re.findall(r"^(?:──|##) (.+): \d+$", printed, re.M) == [
            TITLES[cause] for cause in CAUSES if cause not in ("added", "removed")
        ]
    shown = (
        "answered → error question_missing: なし",
        "answered → refused (not_in_document)",
        "引用 (cited) moved: d.txt 11–15 → 16–20（虹口・重点）「茶に焦点」",
        "引用 (cited) moved: d.txt 0–2 → 5–7（見出し）「虹口」",
        "引用 (cited) removed: d.txt 3–10（虹口・面積）「面積は約4キロ」",
        '解釈 (plan) subjects: ["虹口"] → []',
        "citations: 虹口/重点 虹口/面積 → 虹口/面積 虹口/重点",
        'choices: [] → [{"text": "面積", "question": "虹口の面積は？"}]',
        "question: 虹口は？ → 虹口の面積は？",
    )
    assert [line for line in shown if f"    {line}\n" not in plain] == []


def test_what_did_not_change_is_shortened(drift: Drift) -> None:
    words = "".join(chr(ord("あ") + number) for number in range(80))
    _, printed, _ = drift([answer([label("茶" + words + "朝")], [])], [answer([label("酒" + words + "朝")], [])])
    assert f"〔-茶-〕〔+酒+〕{words[:12]}…\n" in printed
    long = answer([label(words)], [])
    _, printed, _ = drift([long], [{**long, "reason": "name_unknown"}])
    assert f"{words[:60]}…\n" in printed


def test_only_all_counts_other_listed_passages(drift: Drift) -> None:
    scored = {**FOUR, "passages": [{**SIZE, "score": 0.5}]}
    assert drift([FOUR], [FOUR]) == (0, "計 (total): unchanged 1\n", "")
    assert drift([FOUR], [scored]) == (0, "計 (total): listed 1\n", "")
    code, printed, _ = drift([FOUR], [scored], "--all")
    assert code == 1 and TITLES["listed"] in printed and "passages: 虹口/面積\n" in printed


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (b"", "答えがありません"),
        (b"[]", "答えがありません"),
        (b"\xff", "読めません"),
        (b'{"id": "a"', "1 行目は JSON ではありません"),
        (json.dumps(FOUR).encode() + b"\n{", "2 行目は JSON ではありません"),
        (b"[3]", "1 番目: 答え の型が違う"),
        (b'{"id": "a", "question": "b"}', "1 番目: 答え に language がない"),
        (b'{"id": "a", "error": "b"}', "1 番目: 答え.error の型が違う"),
        ([FOUR, {**TEA, "id": "t", "plan": {**PLAN, "subjects": [1]}}], "2 番目: 答え.plan.subjects[0] の型が違う"),
        ([{**FOUR, "citations": [{**SIZE, "start": True}]}], "答え.citations[0].start の型が違う"),
        ([{**FOUR, "segments": [{"type": "quote", "text": "茶", "citations": []}]}], "答え.segments[0] に document がない"),
        ([{**FOUR, "schema_version": 2}], "schema_version 2"),
        ([FOUR, NOTHING], "id「q」は 1 番目にもある"),
        ([FOUR, error()], "id「q」は 1 番目にもある"),
    ],
)
def test_bad_input_says_what_and_where(drift: Drift, bad: Sequence[Json] | bytes, said: str) -> None:
    for old, new, name in ((bad, [FOUR], "old.jsonl"), ([FOUR], bad, "new.jsonl")):
        code, printed, complaint = drift(old, new)
        assert (code, printed) == (2, "")
        assert said in complaint and name in complaint and complaint.count("\n") == 1


def test_a_real_process(tmp_path: Path) -> None:
    def process(*arguments: str) -> subprocess.CompletedProcess[bytes]:
        command = [sys.executable, "-m", "scripts.drift", *arguments]
        environment = {**os.environ, "LC_ALL": "C", "PYTHONIOENCODING": "latin-1"}
        return subprocess.run(command, cwd=ROOT, capture_output=True, env=environment, timeout=60, check=False)

    (tmp_path / "o").write_text(json.dumps({**FOUR, "question": "\ud800は"}), encoding="utf-8")
    (tmp_path / "n").write_text(json.dumps({**TEA, "question": "\ud800は"}), encoding="utf-8")
    for options in ([], ["--markdown"], ["--json"]):
        done = process(str(tmp_path / "o"), str(tmp_path / "n"), *options)
        assert (done.returncode, done.stderr) == (1, b"")
        assert "茶に焦点" in done.stdout.decode("utf-8")
    missing = process(str(tmp_path / "o"), str(tmp_path / "none"))
    assert (missing.returncode, missing.stdout) == (2, b"") and b"Traceback" not in missing.stderr
    assert process("--json", "--markdown", str(tmp_path / "o"), str(tmp_path / "n")).returncode == 2
    assert b"--markdown" in process("--help").stdout


# ── A document that really changes ──────────────────────────────────────────────────────────────────────────

QUESTIONS = {
    "size": "黄浦の面積は？",
    "sum": "面積の合計は？",
    "largest": "一番広いのはどこですか？",
    "other size": "虹口の面積は？",
    "measures": "徐匯の施策は？",
    "population": "虹口の人口は？",
    "elsewhere": "浦東新区の面積は？",
    "bad": "",
}


def test_a_changed_document_moves_what_it_moves_and_alters_what_it_alters(
    built: Settings, assistant: Assistant, tmp_path: Path, drift: Drift
) -> None:
    shutil.copytree(built.corpus, tmp_path / "corpus")
    document = tmp_path / "corpus" / "shanghai-ftz-linkage-zones.txt"
    before = document.read_bytes().decode("utf-8")
    sentence = "これは改訂された発表である。\n"
    assert before.count("約14") == 1
    document.write_bytes((sentence + before.replace("約14", "約15")).encode())
    settings = Settings(tmp_path / "corpus", tmp_path / "index")
    build_index(settings, open_library(settings), open_encoder(settings.model))

    lines = [json.dumps({"id": id, "question": question}) + "\n" for id, question in QUESTIONS.items()]
    (tmp_path / "in.jsonl").write_text("".join(lines), encoding="utf-8")
    for opened, name in ((lambda: assistant, "before"), (lambda: open_assistant(settings), "now")):
        assert run_batch(opened, tmp_path / "in.jsonl", tmp_path / name) == 1
    old, new = ((tmp_path / name).read_bytes() for name in ("before", "now"))

    code, printed, _ = drift(old, new, "--json")
    report = json.loads(printed)
    assert (code, report["documents"]) == (1, {document.name: "changed"})
    by_cause = {change["id"]: change["cause"] for change in report["changes"]}
    assert by_cause == {
        "largest": "text",  # says the same, and stands on 黄浦's passage too
        **dict.fromkeys(("other size", "measures", "population"), "moved"),
        **dict.fromkeys(("size", "sum"), "value"),
    }
    assert list(by_cause.values()) == sorted(by_cause.values(), key=CAUSES.index)
    for change in report["changes"]:
        for span in change["spans"]:
            assert span["how"] == ("altered" if "約14" in span["old"]["text"] else "moved")
            assert span["new"]["start"] - span["old"]["start"] == len(sentence)
            assert before[span["old"]["start"] : span["old"]["end"]] == span["old"]["text"]
    assert "黄浦の面積は約〔-14-〕〔+15+〕平方キロメートル" in drift(old, new)[1]
    # Nothing has drifted from itself.
    for same in (old, new):
        assert drift(same, same, "--all") == (0, f"計 (total): unchanged {len(QUESTIONS)}\n", "")
