"""The command line: what each command prints, writes and returns, and that bad input gets a clear error.

Exit codes: 0 done (a refusal is done), 1 unproved, 2 bad input, 3 index or model, 4 cannot write.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

from app import assembly
from app.__main__ import cli
from app.answering.assistant import Assistant
from app.config import Settings
from tests.conftest import ROOT

SIZE = "虹口の面積は？"
SIZE_ANSWER = "虹口の面積は約4平方キロメートルです。"
SCHEMA = json.loads((ROOT / "app" / "answer.schema.json").read_text(encoding="utf-8"))
ANSWER = Draft202012Validator(SCHEMA)
ERROR_LINE = Draft202012Validator({"$ref": "#/$defs/error_line", "$defs": SCHEMA["$defs"]})

Run = Callable[..., Result]
Batch = Callable[[bytes], tuple[Result, list[dict[str, Any]]]]


@pytest.fixture
def run(built: Settings, assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A command in this process; questions about the shipped corpus share one opened assistant."""
    opening = assembly.open_assistant

    def open_once(settings: Settings) -> Assistant:
        return assistant if settings == built else opening(settings)

    monkeypatch.setattr(assembly, "open_assistant", open_once)

    def invoke(command: str, *arguments: str | Path, corpus: Path = built.corpus, index: Path = built.index) -> Result:
        options = ["--corpus", str(corpus)] + (["--index", str(index)] if command != "verify" else [])
        return CliRunner().invoke(cli, [command, *map(str, arguments), *options])

    return invoke


@pytest.fixture
def batch(run: Run, tmp_path: Path) -> Batch:
    """A batch of these bytes, and the lines of what came out."""

    def invoke(data: bytes) -> tuple[Result, list[dict[str, Any]]]:
        (tmp_path / "in.jsonl").write_bytes(data)
        done = run("ask", "--batch", tmp_path / "in.jsonl", "--out", tmp_path / "out.jsonl")
        written = (tmp_path / "out.jsonl").read_bytes()
        assert written == b"" or written.endswith(b"\n")
        return done, [json.loads(line) for line in written.decode("utf-8").split("\n")[:-1]]

    return invoke


def ask_line(question: str, id: str = "q", **more: object) -> bytes:
    return json.dumps({"id": id, "question": question, **more}).encode() + b"\n"


def error_code(done: Result) -> str:
    """The code of the one line on standard error; nothing is on standard output."""
    assert done.stdout == ""
    assert done.stderr.startswith("[") and done.stderr.count("\n") == 1, done.stderr
    return done.stderr[1:].partition("]")[0]


# ── Answers ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_real_process_answers(built: Settings) -> None:
    """Through a pipe whose encoding knows no Japanese."""
    done = subprocess.run(
        [sys.executable, "-m", "app", "ask", SIZE, "--corpus", str(built.corpus), "--index", str(built.index)],
        cwd=ROOT,
        capture_output=True,
        env={**os.environ, "LC_ALL": "C", "PYTHONIOENCODING": "latin-1"},
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    first, _, sources = done.stdout.decode("utf-8").partition("\n")
    assert first == "虹口の面積は約4平方キロメートル[1]です。"
    document = (built.corpus / "shanghai-ftz-linkage-zones.txt").read_bytes().decode("utf-8")
    start = document.index("総面積は約4平方キロメートル")
    end = start + len("総面積は約4平方キロメートル")
    assert sources.split("\n")[1:-1] == [
        f"[1] shanghai-ftz-linkage-zones.txt {start}–{end}（虹口・面積）「総面積は約4平方キロメートル」"
    ]


def test_json_is_the_contract(run: Run) -> None:
    for question in (SIZE, "徐匯の施策は？", "浦東の面積は？", "クルーズに力を入れているのはどの区ですか？", "こんにちは"):
        done = run("ask", question, "--json")
        assert done.exit_code == 0
        ANSWER.validate(json.loads(done.stdout))
    assert json.loads(run("ask", SIZE, "--json").stdout)["answer"] == SIZE_ANSWER


def test_a_refusal_is_done(run: Run) -> None:
    done = run("ask", "浦東の面積は？")
    assert (done.exit_code, done.stdout) == (0, "この資料に「浦東」は出てきません。\n")


def test_an_earlier_question_is_taken(run: Run) -> None:
    done = run("ask", SIZE, "--after", "徐匯の面積は？", "--after", "では楊浦は？", "--json")
    assert json.loads(done.stdout)["answer"] == SIZE_ANSWER


def test_the_schema_is_strict(assistant: Assistant) -> None:
    """A control: what is not the contract is refused."""
    Draft202012Validator.check_schema(SCHEMA)
    sound = assistant.ask(SIZE).as_json()
    ANSWER.validate(sound)
    for broken in (
        {**sound, "more": 1},
        {name: value for name, value in sound.items() if name != "index"},
        {**sound, "schema_version": 2},
        {**sound, "status": "unknown"},
        {**sound, "status": "refused"},
        {**sound, "reason": "ambiguous"},
        {**sound, "citations": []},
        {**sound, "passages": sound["passages"] * 2},
        {**sound, "documents": {"a.txt": "abc"}},
        {**sound, "segments": [{**sound["segments"][0], "html": "<b>"}]},
        {**sound, "segments": [{**sound["segments"][0], "type": "label"}]},
        {**sound, "segments": [{**sound["segments"][0], "start": 1.5}]},
        {**sound, "segments": [{**sound["segments"][0], "type": "guess"}]},
        {**sound, "completeness": {"checked": 7}},
        {**sound, "plan": {}},
    ):
        assert not ANSWER.is_valid(broken), broken


def test_every_sample_question_keeps_the_contract(batch: Batch) -> None:
    source = (ROOT / "corpus" / "questions" / "zones.jsonl").read_bytes()
    asked = [json.loads(line) for line in source.decode("utf-8").splitlines()]
    done, answers = batch(source)
    assert (done.exit_code, done.stderr) == (0, "")
    assert [(line["id"], line["question"]) for line in answers] == [(line["id"], line["question"]) for line in asked]
    documents = {path.name: path.read_bytes().decode("utf-8") for path in (ROOT / "corpus").glob("*.txt")}
    for answer in answers:
        ANSWER.validate(answer)
        assert answer["answer"] == "".join(segment["text"] for segment in answer["segments"])
        for item in [*answer["citations"], *answer["passages"]]:
            assert documents[item["document"]][item["start"] : item["end"]] == item["text"]
        scores = [passage["score"] for passage in answer["passages"]]
        assert scores == sorted(scores, reverse=True)


# ── Questions that cannot be asked ──────────────────────────────────────────────────────────────────────────

BAD_QUESTIONS = [
    ("", "question_empty"),
    ("   ", "question_empty"),
    ("\u3000\n\t", "question_empty"),
    ("？！、。", "question_empty"),
    ("あ" * 1001, "question_too_long"),
    ("a" * 200_000, "question_too_long"),
    ("虹口の\x00面積は？", "question_control_character"),
    ("虹口の\x1b[31m面積は？", "question_control_character"),
    ("虹口の\x7f面積は？", "question_control_character"),
    ("虹口の\x85面積は？", "question_control_character"),
    ("虹口の\ud800面積は？", "question_not_text"),
    ("\udfff", "question_not_text"),
]
NAMES = [ascii(question[:12]) for question, _ in BAD_QUESTIONS]


@pytest.mark.parametrize(("question", "code"), BAD_QUESTIONS, ids=NAMES)
def test_a_question_that_cannot_be_asked(run: Run, question: str, code: str) -> None:
    done = run("ask", question)
    assert (error_code(done), done.exit_code) == (code, 2)
    assert "してください" in done.stderr or "取り除いてください" in done.stderr


@pytest.mark.parametrize(("question", "code"), BAD_QUESTIONS, ids=NAMES)
def test_it_is_one_line_of_a_batch_and_the_others_are_answered(batch: Batch, question: str, code: str) -> None:
    done, lines = batch(ask_line(SIZE, "1") + ask_line(question, "2") + ask_line(SIZE, "3"))
    assert done.exit_code == 2
    assert [line["id"] for line in lines] == ["1", "2", "3"]
    assert lines[1]["error"]["code"] == code
    ERROR_LINE.validate(lines[1])
    assert lines[0]["answer"] == lines[2]["answer"] == SIZE_ANSWER


@pytest.mark.parametrize(("question", "code"), BAD_QUESTIONS, ids=NAMES)
def test_an_earlier_question_is_held_to_the_same(batch: Batch, question: str, code: str) -> None:
    _, lines = batch(ask_line(SIZE, "1", history=[question]))
    assert lines[0]["error"]["code"] == code


def test_a_thousand_characters_are_not_too_many(run: Run) -> None:
    longest = SIZE + "あ" * (1000 - len(SIZE))
    assert run("ask", longest).exit_code == 0
    assert run("ask", longest + "あ").exit_code == 2


def test_a_bad_question_is_refused_before_anything_is_opened(run: Run, tmp_path: Path) -> None:
    assert error_code(run("ask", "", corpus=tmp_path / "none", index=tmp_path / "index")) == "question_empty"
    assert not (tmp_path / "index").exists()


MARKUP = [
    "<script>alert(1)</script>の面積は？",
    "<b>浦東</b>区の面積は？",
    "**浦東**の[面積](javascript:alert(1))は？",
    "{{7*7}} ${HOME} `id` $(id) の面積は？",
    "'; DROP TABLE zones; --の面積は？",
    "浦東\u202eの面積\u202cは\u200b？",
    "🌸𠮷野家の面積は？",
]


@pytest.mark.parametrize("question", MARKUP)
def test_markup_is_text_like_any_other(run: Run, question: str) -> None:
    done = run("ask", question, "--json")
    assert done.exit_code == 0
    answer = json.loads(done.stdout)
    assert answer["question"] == question
    for segment in answer["segments"]:
        if segment["type"] == "echo":
            assert segment["text"] == question[segment["start"] : segment["end"]]
    assert run("ask", question).stdout.startswith(answer["answer"].split("\n")[0][:3])


# ── Batches ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_order_and_ids_are_kept(batch: Batch) -> None:
    zones = ["黄浦", "徐匯", "虹口", "楊浦", "宝山", "閔行"]
    done, lines = batch(b"".join(ask_line(f"{zone}の面積は？", f"{zone}/<&>\n") for zone in reversed(zones)))
    assert done.exit_code == 0
    assert [line["id"] for line in lines] == [f"{zone}/<&>\n" for zone in reversed(zones)]
    assert [line["answer"][:2] for line in lines] == zones[::-1]


def test_an_id_may_be_left_out(batch: Batch) -> None:
    done, lines = batch(json.dumps({"question": SIZE}).encode())
    assert (done.exit_code, lines[0]["id"], lines[0]["answer"]) == (0, None, SIZE_ANSWER)


BAD_LINES = [
    (b"", "line_not_json", None),
    (b"   ", "line_not_json", None),
    (b"not json", "line_not_json", None),
    (b'{"id": "x", "question": "a"', "line_not_json", None),
    (b"\xff\xfe", "line_not_json", None),
    ('{"id": "x", "question": "面積"}'.encode("cp932"), "line_not_json", None),
    (b"[" * 100_000, "line_not_json", None),
    (b"1" * 5000, "line_not_json", None),
    (b"[]", "line_not_object", None),
    (b'"a"', "line_not_object", None),
    (b"null", "line_not_object", None),
    (b'{"id": "x"}', "question_missing", "x"),
    (b'{"id": "x", "question": null}', "question_missing", "x"),
    (b'{"id": "x", "question": 5}', "question_missing", "x"),
    (b'{"id": "x", "question": ["a"]}', "question_missing", "x"),
    (b'{"id": "x", "question": "a", "history": "b"}', "history_invalid", "x"),
    (b'{"id": "x", "question": "a", "history": [1]}', "history_invalid", "x"),
    (b'{"id": "x", "question": "a", "history": null}', "history_invalid", "x"),
    (b'{"id": 7, "question": "a"}', "id_invalid", None),
    (b'{"id": {}, "question": "a"}', "id_invalid", None),
    (b'{"id": "\\ud800", "question": ""}', "question_empty", "\ud800"),
]


@pytest.mark.parametrize(("bad", "code", "id"), BAD_LINES, ids=[ascii(bad[:24]) for bad, _, _ in BAD_LINES])
def test_a_bad_line_becomes_an_error_in_its_place(batch: Batch, bad: bytes, code: str, id: str | None) -> None:
    done, lines = batch(ask_line(SIZE, "1") + bad + b"\n" + ask_line(SIZE, "3"))
    assert done.exit_code == 2
    assert [line["id"] for line in lines] == ["1", id, "3"]
    assert lines[1]["error"]["code"] == code
    ERROR_LINE.validate(lines[1])
    assert lines[0]["answer"] == lines[2]["answer"] == SIZE_ANSWER


def test_an_id_with_half_a_surrogate_pair_comes_back(batch: Batch) -> None:
    done, lines = batch(b'{"id": "\\ud83c", "question": "' + SIZE.encode() + b'"}\n')
    assert (done.exit_code, lines[0]["id"], lines[0]["answer"]) == (0, "\ud83c", SIZE_ANSWER)


def test_a_byte_order_mark_crlf_and_a_missing_last_line_break(batch: Batch) -> None:
    both = ask_line(SIZE, "1").replace(b"\n", b"\r\n") + ask_line(SIZE, "2").rstrip()
    done, lines = batch(b"\xef\xbb\xbf" + both)
    assert (done.exit_code, [line["id"] for line in lines]) == (0, ["1", "2"])
    assert lines[0]["answer"] == SIZE_ANSWER


def test_line_separators_of_unicode_end_no_line(batch: Batch) -> None:
    data = json.dumps({"id": "a\u2028b\u0085c", "question": SIZE + "\u2028"}, ensure_ascii=False).encode() + b"\n"
    done, lines = batch(data)
    assert (done.exit_code, [line["id"] for line in lines]) == (0, ["a\u2028b\u0085c"])


@pytest.mark.parametrize(("data", "count"), [(b"", 0), (b"\xef\xbb\xbf", 0), (b"\n", 1), (b"\n\n", 2)])
def test_files_with_nothing_in_them(batch: Batch, data: bytes, count: int) -> None:
    done, lines = batch(data)
    assert done.exit_code == (2 if count else 0)
    assert [line["error"]["code"] for line in lines] == ["line_not_json"] * count


def test_a_huge_line(batch: Batch) -> None:
    done, lines = batch(ask_line("a" * 20_000_000, "1") + ask_line(SIZE, "2"))
    assert done.exit_code == 2
    assert (lines[0]["error"]["code"], lines[1]["answer"]) == ("question_too_long", SIZE_ANSWER)
    assert len(lines[0]["error"]["message"]) < 500


def test_a_batch_that_is_not_there(run: Run, tmp_path: Path) -> None:
    (tmp_path / "out.jsonl").write_text("mine")
    for missing in (tmp_path / "none.jsonl", tmp_path):
        done = run("ask", "--batch", missing, "--out", tmp_path / "out.jsonl")
        assert (error_code(done), done.exit_code) == ("batch_unreadable", 2)
        assert "--batch" in done.stderr
    assert (tmp_path / "out.jsonl").read_text() == "mine"


def test_out_that_cannot_be_written(run: Run, tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_bytes(ask_line(SIZE))
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "kept").write_text("mine")
    (tmp_path / "file").write_text("mine")
    before = sorted(tmp_path.rglob("*"))
    for out in ("folder", "none/out.jsonl", "file/out.jsonl", "a" * 300):
        done = run("ask", "--batch", tmp_path / "in.jsonl", "--out", tmp_path / out)
        assert (error_code(done), done.exit_code) == ("output_unwritable", 4)
        assert "--out" in done.stderr
    done = run("ask", "--batch", tmp_path / "in.jsonl", "--out", "/dev/null")
    assert (done.exit_code, Path("/dev/null").is_file()) == (4, False)
    assert (tmp_path / "file").read_text() == "mine"
    assert sorted(tmp_path.rglob("*")) == before


def test_a_batch_that_breaks_off_leaves_what_was_there(run: Run, built: Settings, tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_bytes(ask_line(SIZE))
    (tmp_path / "out.jsonl").write_text("yesterday's answers")
    shutil.copytree(built.index, tmp_path / "index")
    (tmp_path / "index" / "CURRENT").write_text("nowhere\n")
    before = sorted(tmp_path.iterdir())
    done = run("ask", "--batch", tmp_path / "in.jsonl", "--out", tmp_path / "out.jsonl", index=tmp_path / "index")
    assert (error_code(done), done.exit_code) == ("index_damaged", 3)
    assert (tmp_path / "out.jsonl").read_text() == "yesterday's answers"
    assert sorted(tmp_path.iterdir()) == before


def test_out_that_is_a_link_stays_one(run: Run, tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_bytes(ask_line(SIZE))
    (tmp_path / "link").symlink_to(tmp_path / "real.jsonl")
    assert run("ask", "--batch", tmp_path / "in.jsonl", "--out", tmp_path / "link").exit_code == 0
    assert (tmp_path / "link").is_symlink() and SIZE_ANSWER in (tmp_path / "real.jsonl").read_text(encoding="utf-8")


# ── Corpus, index, model, options ───────────────────────────────────────────────────────────────────────────


def test_index_builds_then_does_nothing(run: Run, tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "港.txt").write_text("港は広い。船が多い。", encoding="utf-8")
    for said in ("作成しました", "何もしていません"):
        done = run("index", corpus=tmp_path / "corpus", index=tmp_path / "index")
        assert (done.exit_code, said in done.stdout) == (0, True)
        assert "資料 1" in done.stdout


def missing(corpus: Path) -> None:
    corpus.rmdir()


def a_file(corpus: Path) -> None:
    corpus.rmdir()
    corpus.write_text("a")


def nothing(corpus: Path) -> None:
    (corpus / "README.txt").write_text("a")


def not_utf8(corpus: Path) -> None:
    (corpus / "港.txt").write_bytes("港は広い。".encode() + "船が多い。".encode("cp932"))


def blank(corpus: Path) -> None:
    (corpus / "港.txt").write_text("\ufeff \n\u3000\n", encoding="utf-8")


def bad_guide(corpus: Path) -> None:
    (corpus / "港.txt").write_text("港は広い。", encoding="utf-8")
    (corpus / "港.toml").write_text("[zones\n", encoding="utf-8")


BAD_CORPORA = [
    (missing, "corpus_missing", "--corpus"),
    (a_file, "corpus_missing", "--corpus"),
    (nothing, "corpus_empty", "*.txt"),
    (not_utf8, "document_not_utf8", "15 バイト目"),
    (blank, "document_empty", "港.txt"),
    (bad_guide, None, "港.toml"),
]


@pytest.mark.parametrize(("spoil", "code", "advice"), BAD_CORPORA, ids=lambda item: getattr(item, "__name__", None))
def test_a_corpus_that_cannot_be_read(
    run: Run, tmp_path: Path, spoil: Callable[[Path], None], code: str | None, advice: str
) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    spoil(corpus)
    (tmp_path / "in.jsonl").write_bytes(ask_line(SIZE))
    answers = tmp_path / "in.jsonl"
    for command in (["index"], ["ask", SIZE], ["ask", "--batch", answers, "--out", tmp_path / "out"], ["verify", answers]):
        done = run(*command, corpus=corpus, index=tmp_path / "index")
        assert done.exit_code == 2
        found = error_code(done)
        assert found.startswith("guide_") if code is None else found == code
        assert advice in done.stderr
    assert not (tmp_path / "index").exists() and not (tmp_path / "out").exists()


@pytest.mark.parametrize("command", [["index"], ["ask", SIZE]])
def test_an_index_folder_that_cannot_be_written(run: Run, tmp_path: Path, command: list[str]) -> None:
    (tmp_path / "file").write_text("mine")
    done = run(*command, index=tmp_path / "file")
    assert (error_code(done), done.exit_code) == ("index_unwritable", 4)
    assert "--index" in done.stderr
    assert (tmp_path / "file").read_text() == "mine"


def test_a_model_that_is_not_there(run: Run, tmp_path: Path) -> None:
    done = run("ask", SIZE, "--model", tmp_path / "none", index=tmp_path / "index")
    assert (error_code(done), done.exit_code) == ("model_missing", 3)
    assert "hf download" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["ask", SIZE, "--jsn"], "--json"),
        (["ask", SIZE, "--modle", "x"], "--model"),
        (["index", "--rebuilt"], "--rebuild"),
        (["indx"], "index"),
        (["ask"], "--batch"),
        (["ask", SIZE, "--batch", "a", "--out", "b"], "--batch"),
        (["ask", "--batch", "a"], "--out"),
        (["ask", SIZE, "--out", "a"], "--batch"),
        (["ask", SIZE, "もう一つ"], "もう一つ"),
        (["verify"], "file"),
        (["chat", "--port", "99999"], "65535"),
        (["chat", "--port", "port"], "port"),
    ],
)
def test_a_wrong_call_is_an_error_that_helps(arguments: list[str], said: str) -> None:
    done = CliRunner().invoke(cli, arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert said in done.stderr


@pytest.mark.parametrize("command", [[], ["index"], ["ask"], ["chat"], ["mcp"], ["verify"]])
def test_help(command: list[str]) -> None:
    done = CliRunner().invoke(cli, [*command, "--help"])
    assert done.exit_code == 0
    assert "Usage" in done.stdout


# ── verify ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_verify_says_one_line_an_answer(run: Run, batch: Batch, tmp_path: Path) -> None:
    batch(ask_line(SIZE, "size") + b"bad\n" + ask_line("浦東の面積は？", "a\tb\nc\u2028d"))
    done = run("verify", tmp_path / "out.jsonl")
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert [line.split("\t")[:2] for line in lines] == [["found", "size"], ["found", "2"], ["found", r"a\tb\nc\u2028d"]]
    assert done.stderr.endswith(": 0\n")


def test_verify_returns_one_if_anything_is_unproved(run: Run, batch: Batch, tmp_path: Path) -> None:
    _, lines = batch(ask_line(SIZE, "1") + ask_line("徐匯の施策は？", "2"))
    lines[1]["answer"] = lines[1]["answer"].replace("促進", "抑制")
    lines[1]["segments"][3]["text"] = "\n×"
    (tmp_path / "altered.json").write_text(json.dumps({"answers": lines}))
    done = run("verify", tmp_path / "altered.json")
    assert done.exit_code == 1
    assert [line.split("\t")[:2] for line in done.stdout.splitlines()] == [["found", "1"], ["misquoted", "2"]]
    assert done.stderr.endswith(": 1\n")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "answers_missing"),
        (b"[]", "answers_missing"),
        (b'{"answers": []}', "answers_missing"),
        (b'"text"', "answers_missing"),
        (b"no json at all", "answers_not_json"),
        (b'{"id": 1}\n{"id": ', "answers_not_json"),
        (b"[" * 100_000, "answers_not_json"),
        (b"\xff\xfe\x00", "answers_unreadable"),
    ],
    ids=["nothing", "empty list", "no answers", "text", "no json", "broken line", "too deep", "not UTF-8"],
)
def test_verify_of_a_file_that_holds_no_answers(run: Run, tmp_path: Path, data: bytes, code: str) -> None:
    (tmp_path / "answers").write_bytes(data)
    done = run("verify", tmp_path / "answers")
    assert (error_code(done), done.exit_code) == (code, 2)


def test_verify_of_no_file(run: Run, tmp_path: Path) -> None:
    done = run("verify", tmp_path / "none")
    assert (error_code(done), done.exit_code) == ("answers_unreadable", 2)
