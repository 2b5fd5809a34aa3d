"""The proof: every answer of ours holds, and nothing that was altered by a character does."""

from __future__ import annotations

import copy
import json
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.answering.assistant import Assistant
from app.answering.verification import Evidence, Verdict, read_answers, verify_answer
from app.assembly import open_assistant, open_evidence
from app.config import Settings
from app.errors import BatchError
from tests.conftest import ROOT

Json = dict[str, Any]


@pytest.fixture(scope="module")
def evidence(built: Settings) -> Evidence:
    return open_evidence(built)


@pytest.fixture(scope="module")
def answers(assistant: Assistant) -> list[Json]:
    """The answers to all sample questions, as they are saved."""
    lines = (ROOT / "corpus" / "questions" / "zones.jsonl").read_text(encoding="utf-8").splitlines()
    asked = [json.loads(line) for line in lines]
    return [json.loads(json.dumps(assistant.ask(one["question"], (), one["id"]).as_json())) for one in asked]


@pytest.fixture
def size(assistant: Assistant) -> Json:
    """虹口|の|面積|は|約4平方キロメートル|です。: quote, labels and a value."""
    return assistant.ask("虹口の面積は？").as_json()


@pytest.fixture
def refusal(assistant: Assistant) -> Json:
    """この資料に「|浦東|」は出てきません。: labels and an echo."""
    return assistant.ask("面積は？浦東").as_json()


def test_every_answer_to_the_sample_questions_is_proved(answers: list[Json], evidence: Evidence) -> None:
    assert len(answers) >= 120
    unproved = {answer["id"]: verify_answer(answer, evidence) for answer in answers}
    assert {id: verdict for id, verdict in unproved.items() if not verdict.proved} == {}


# ── Stale ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("where", [0.0, 0.5, 1.0])
def test_after_one_byte_of_the_document_every_answer_is_stale(
    answers: list[Json], built: Settings, tmp_path: Path, where: float
) -> None:
    shutil.copytree(built.corpus, tmp_path / "corpus")
    document = tmp_path / "corpus" / "shanghai-ftz-linkage-zones.txt"
    text = document.read_bytes().decode("utf-8")
    place = int(where * (len(text) - 1))
    before = text.encode()
    # The last byte of one character, one up or down: still UTF-8, and one byte other than before.
    offset = len(text[: place + 1].encode()) - 1
    changed = bytearray(before)
    changed[offset] ^= 1
    document.write_bytes(changed)
    now = open_evidence(Settings(corpus=tmp_path / "corpus"))
    assert {verify_answer(answer, now).word for answer in answers} == {"stale"}
    document.write_bytes(before)
    assert all(verify_answer(answer, open_evidence(Settings(tmp_path / "corpus"))).proved for answer in answers[:3])


def test_a_document_that_is_gone_makes_answers_stale(size: Json, tmp_path: Path) -> None:
    (tmp_path / "other.txt").write_text("ほかの資料。", encoding="utf-8")
    assert verify_answer(size, open_evidence(Settings(corpus=tmp_path))).word == "stale"


# ── One character altered ───────────────────────────────────────────────────────────────────────────────────


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from leaves(value[key], (*path, key))
    else:
        yield path


def claims(answer: Json) -> list[tuple[str | int, ...]]:
    """Where an answer claims something: all but its id, the plan's trace, scores, and the question itself."""
    claiming = ("schema_version", "status", "reason", "answer", "segments", "citations", "passages", "documents")
    return [path for path in leaves(answer) if path[0] in claiming and path[-1] != "score"]


def altered(value: Any, rng: random.Random) -> Any:
    """The value with one character or digit replaced, removed or put in; another number; the other truth."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + rng.choice([-1, 1, 10, 0.5])
    if value is None:
        return rng.choice(["", "a", 0, False])
    place = rng.randrange(len(value))
    new = rng.choice("約0123456789.のは、。区aA \n\u200b虹黄徐浦促進")
    if value[place : place + 1] == new:
        new += "々"
    ways = [value[:place] + new + value[place + 1 :], value[:place] + new + value[place:], value[:place] + value[place + 1 :]]
    return rng.choice(ways)


def put(answer: Json, path: tuple[str | int, ...], value: Any) -> Json:
    result = copy.deepcopy(answer)
    inner: Any = result
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return result


def at(answer: Json, path: tuple[str | int, ...]) -> Any:
    inner: Any = answer
    for key in path:
        inner = inner[key]
    return inner


def test_no_answer_with_one_character_altered_is_proved(answers: list[Json], evidence: Evidence) -> None:
    rng = random.Random(2)
    kinds: dict[str, list[tuple[Json, tuple[str | int, ...]]]] = {}
    for answer in answers:
        for path in claims(answer):
            name = path[0] if isinstance(path[-1], int) else path[-1]
            kind = at(answer, path[:2])["type"] if path[0] == "segments" else path[0]
            kinds.setdefault(f"{kind}.{name}", []).append((answer, path))
    assert {"quote.start", "value.number", "label.label", "echo.end", "citations.text", "answer.answer"} <= set(kinds)
    slipped = []
    count = 0
    while count < 1500:
        for field in sorted(kinds):
            answer, path = rng.choice(kinds[field])
            value = altered(at(answer, path), rng)
            if (type(value), value) == (type(at(answer, path)), at(answer, path)):
                continue
            count += 1
            if verify_answer(put(answer, path, value), evidence).proved:
                slipped.append((field, at(answer, path), value))
    assert slipped == []


def test_no_answer_with_a_part_removed_repeated_or_added_is_proved(answers: list[Json], evidence: Evidence) -> None:
    rng = random.Random(3)
    for answer in rng.sample(answers, 60):
        for part in ("segments", "citations"):
            if not answer[part]:
                continue
            place = rng.randrange(len(answer[part]))
            for changed in (
                answer[part][:place] + answer[part][place + 1 :],
                answer[part][: place + 1] + answer[part][place:],
            ):
                assert not verify_answer({**answer, part: changed}, evidence).proved
        required = ("schema_version", "question", "status", "reason", "answer", "segments", "citations", "passages", "documents")
        for key in required:
            without = {name: value for name, value in answer.items() if name != key}
            assert verify_answer(without, evidence).word == "malformed", key


# ── Lies with more craft: segment and answer agree with each other ──────────────────────────────────────────


def with_segment(answer: Json, place: int, **changes: object) -> Json:
    """The answer with one segment changed, and its text made to match."""
    result = copy.deepcopy(answer)
    result["segments"][place].update(changes)
    result["answer"] = "".join(segment["text"] for segment in result["segments"])
    return result


def place_of(answer: Json, kind: str) -> int:
    return [segment["type"] for segment in answer["segments"]].index(kind)


def check(answer: Json, evidence: Evidence, *words: str) -> Verdict:
    verdict = verify_answer(answer, evidence)
    assert verdict.word in words, verdict
    assert verdict.explanation
    return verdict


def test_the_control_is_proved(size: Json, refusal: Json, evidence: Evidence) -> None:
    for answer in (size, refusal):
        assert verify_answer(with_segment(answer, 0), evidence) == verify_answer(answer, evidence)
        assert verify_answer(answer, evidence).proved


@pytest.mark.parametrize("kind", ["guess", "", None, "Quote", "html", ["quote"]])
def test_an_unknown_type_of_segment(size: Json, evidence: Evidence, kind: object) -> None:
    check(with_segment(size, 0, type=kind), evidence, "miscomputed", "malformed")


def test_a_computed_segment_that_does_not_compute(size: Json, evidence: Evidence) -> None:
    claim = {"type": "computed", "text": "約5平方キロメートル", "citations": [1], "op": "sum", "operands": [1]}
    lie = copy.deepcopy(size)
    lie["segments"][place_of(size, "value")] = claim
    lie["answer"] = "".join(segment["text"] for segment in lie["segments"])
    check(lie, evidence, "miscomputed", "malformed")


@pytest.mark.parametrize(
    ("label", "text"),
    [
        ("value_of:0", "では"),
        ("value_of:9", "の"),
        ("value_of:00", "の"),
        ("value_of:٠", "の"),
        ("value_of:", "の"),
        ("value_of", "の"),
        ("nothing:0", "の"),
        ("word:嘘", "嘘"),
        ("word:面積", "面積だけ"),
        ("word:", "嘘"),
        ("", "の"),
        (None, "の"),
    ],
)
def test_a_label_that_is_not_in_the_catalogue(size: Json, evidence: Evidence, label: object, text: str) -> None:
    check(with_segment(size, 1, label=label, text=text), evidence, "misquoted", "malformed")


def test_a_label_in_another_language(size: Json, evidence: Evidence) -> None:
    for language in ("en", "fr", None, "zh"):
        check({**size, "language": language}, evidence, "misquoted", "malformed")


@pytest.mark.parametrize(
    "changes",
    [
        {"text": "浦西"},
        {"start": 0},
        {"start": 3, "end": 6},
        {"end": 99},
        {"start": -2, "end": 6},
        {"start": 4, "end": 4, "text": ""},
        {"start": 4.0},
        {"start": True, "end": 3},
        {"start": None, "end": None, "text": "面積は？浦東"},
    ],
)
def test_an_echo_that_is_not_in_the_question(refusal: Json, evidence: Evidence, changes: Json) -> None:
    place = place_of(refusal, "echo")
    assert (refusal["segments"][place]["start"], refusal["segments"][place]["end"]) == (4, 6)
    check(with_segment(refusal, place, **changes), evidence, "misquoted", "malformed")


@pytest.mark.parametrize(
    "changes",
    [
        {"number": 5.0},
        {"number": "4"},
        {"number": None},
        {"approximate": False},
        {"unit": "ヘクタール"},
        {"unit": "キロメートル"},
        {"unit": ""},
        {"text": "4平方キロメートル"},
        {"text": "4平方キロメートル", "approximate": False},
        {"text": "約4平方キロ", "unit": "平方キロ"},
        {"text": "約5平方キロメートル", "number": 5.0},
        {"citations": []},
        {"citations": [2]},
        {"citations": [True]},
    ],
)
def test_a_value_misread(size: Json, evidence: Evidence, changes: Json) -> None:
    check(with_segment(size, place_of(size, "value"), **changes), evidence, "miscomputed", "misquoted", "malformed")


def test_a_part_of_a_number_is_not_the_number(assistant: Assistant, evidence: Evidence) -> None:
    fourteen = assistant.ask("黄浦の面積は？").as_json()
    lie = {"text": "4平方キロメートル", "number": 4.0, "approximate": False}
    check(with_segment(fourteen, place_of(fourteen, "value"), **lie), evidence, "miscomputed", "misquoted")


def test_a_quote_from_elsewhere(size: Json, evidence: Evidence) -> None:
    document = evidence.documents["shanghai-ftz-linkage-zones.txt"]
    start = document.text.index("黄浦連携")
    moved = with_segment(size, 0, text="黄浦", start=start, end=start + 2)
    # What the text says there is a quote; but not one from the passage that it cites.
    check(with_segment(moved, 0, citations=[1]), evidence, "misquoted")
    check(with_segment(size, 0, document="none.txt"), evidence, "misquoted", "malformed")
    check(with_segment(size, 0, start=start, end=start + 2), evidence, "misquoted")


def test_a_citation_that_nothing_stands_on(size: Json, evidence: Evidence) -> None:
    more = [{"n": 2, **{key: value for key, value in size["passages"][1].items() if key != "score"}}]
    check({**size, "citations": size["citations"] + more}, evidence, "malformed")


def test_a_passage_that_does_not_exist(size: Json, evidence: Evidence) -> None:
    for part in ("citations", "passages"):
        for changes in ({"zone": "黄浦"}, {"kind": "重点"}, {"passage_id": "x#1"}, {"zone": None}, {"start": 0.0}):
            lie = copy.deepcopy(size)
            lie[part][0].update(changes)
            check(lie, evidence, "misquoted", "malformed")


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "refused"},
        {"status": "unknown"},
        {"status": None},
        {"reason": "not_in_document"},
        {"reason": "because"},
        {"documents": {}},
        {"documents": None},
        {"schema_version": 2},
        {"schema_version": True},
        {"schema_version": "1"},
        {"segments": []},
        {"segments": {}},
        {"citations": None},
        {"answer": ""},
        {"answer": None},
    ],
)
def test_a_frame_that_does_not_fit(size: Json, evidence: Evidence, changes: Json) -> None:
    check({**size, **changes}, evidence, "misquoted", "malformed")


@pytest.mark.parametrize("answer", [None, 1, "text", [], {}, {"id": "1"}, [{}], {"answer": "嘘"}, {"error": {}, "segments": []}])
def test_what_is_no_answer_is_not_proved(evidence: Evidence, answer: object) -> None:
    assert verify_answer(answer, evidence).word == "malformed"


def test_an_error_line_claims_nothing_and_holds(size: Json, evidence: Evidence) -> None:
    line = {"id": None, "error": {"code": "question_empty", "message": "質問が空です。"}}
    assert verify_answer(line, evidence).proved
    # But an error beside a claim is no error line.
    for more in ({"answer": "嘘"}, {"segments": size["segments"]}, {"text": "嘘"}):
        assert not verify_answer({**line, **more}, evidence).proved


# ── Files ───────────────────────────────────────────────────────────────────────────────────────────────────


def as_lines(answers: list[Json]) -> str:
    return "".join(json.dumps(answer) + "\n" for answer in answers)


WAYS: list[Callable[[list[Json]], str]] = [
    as_lines,
    json.dumps,
    lambda answers: json.dumps({"answers": answers}),
    lambda answers: "\ufeff" + as_lines(answers).replace("\n", "\r\n"),
    lambda answers: as_lines(answers).replace("\n", "\n\n"),
    lambda answers: "".join(json.dumps(answer, ensure_ascii=False) + "\n" for answer in answers),
]


@pytest.mark.parametrize("write", WAYS, ids=["lines", "list", "object", "crlf", "blank lines", "as it is"])
def test_all_ways_to_save_answers_are_read(tmp_path: Path, write: Callable[[list[Json]], str]) -> None:
    answers: list[Json] = [{"id": "1", "question": "a\u2028b\u0085c"}, {"id": "2"}, {"id": "3"}]
    (tmp_path / "answers").write_text(write(answers), encoding="utf-8")
    assert list(read_answers(tmp_path / "answers")) == answers
    (tmp_path / "answers").write_text(write(answers[:1]), encoding="utf-8")
    assert list(read_answers(tmp_path / "answers")) == answers[:1]


@pytest.mark.parametrize("data", [b"", b"[]", b"text", b'{"answers": {}}', b"\xff", b"\x00", b'{"id": 1}\n{'])
def test_a_file_that_holds_no_answers(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "answers").write_bytes(data)
    with pytest.raises(BatchError, match="answers"):
        list(read_answers(tmp_path / "answers"))


def test_a_value_of_another_zone_is_not_of_this_one(assistant: Assistant, evidence: Evidence) -> None:
    """Each part has its proof, and yet the sentence says what no document does."""
    mine, other = (assistant.ask(f"{zone}の面積は？").as_json() for zone in ("黄浦", "虹口"))
    for key in ("citations", "passages"):
        mine[key] = other[key]
    value = next(i for i, segment in enumerate(mine["segments"]) if segment["type"] == "value")
    mine["segments"][value] = next(segment for segment in other["segments"] if segment["type"] == "value")
    mine["answer"] = "".join(segment["text"] for segment in mine["segments"])
    assert mine["answer"] == "黄浦の面積は約4平方キロメートルです。"
    verdict = verify_answer(mine, evidence)
    assert (verdict.word, "黄浦" in verdict.explanation) == ("misquoted", True)


def test_answers_from_a_document_without_a_guide_are_proved(tmp_path: Path) -> None:
    """Its zones are paths of headings: what is quoted of one is the last heading, where it stands."""
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "library.txt").write_text(
        "# 図書館の案内\n\n## 開館時間\n平日は午前9時から午後8時まで開館しています。\n\n## 貸出\n図書は1人10冊まで借りられます。\n",
        encoding="utf-8",
    )
    settings = Settings(corpus=corpus, index=tmp_path / "index")
    librarian, evidence = open_assistant(settings), open_evidence(settings)
    for question, expected in [
        ("図書館は何時まで開いていますか", "開館時間（本文）：平日は午前9時から午後8時まで開館しています。"),
        ("本は何冊借りられますか", "貸出（本文）：図書は1人10冊まで借りられます。"),
    ]:
        answer = librarian.ask(question).as_json()
        assert answer["answer"] == expected
        assert verify_answer(answer, evidence).proved
    refused = librarian.ask("館長は誰ですか").as_json()
    assert (refused["status"], verify_answer(refused, evidence).proved) == ("refused", True)


def test_a_document_without_the_attribute_is_no_part_of_all_zones(tmp_path: Path) -> None:
    shutil.copytree("corpus", tmp_path / "corpus")
    (tmp_path / "corpus" / "library.txt").write_text("# 案内\n\n## 貸出\n図書は10冊まで借りられます。\n", encoding="utf-8")
    settings = Settings(corpus=tmp_path / "corpus", index=tmp_path / "index")
    answer = open_assistant(settings).ask("一番広い区は？").as_json()
    assert (answer["answer"], answer["completeness"]["of"]) == ("面積が最も大きいのは宝山で、約50平方キロメートルです。", 7)
    assert verify_answer(answer, open_evidence(settings)).proved
