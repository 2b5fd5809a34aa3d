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
from app.schema import Passage
from tests.alteration import Json, closed_up, told
from tests.conftest import ROOT


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


# ── Lists: counted again ────────────────────────────────────────────────────────────────────────────────────

# Earlier questions, and a question that is answered with statements.
STATED: list[tuple[list[str], str]] = [
    ([], "虹口の施策は？"),
    ([], "閔行区ではどんな施策がありますか？"),
    ([], "黄浦のエリアは？"),
    ([], "総合保税区はどこ？"),
    ([], "虹口の面積は？"),
    ([], "徐匯の面積と重点は？"),
    ([], "虹口について教えて"),
    ([], "各区の重点は？"),
    ([], "面積と重点は？"),
    ([], "虹口以外の面積は？"),
    ([], "特徴は？"),
    ([], "設立する区は？"),
    ([], "虹口の3番目の施策は？"),
    ([], "虹口の最後の施策は？"),
    ([], "特徴の2つ目は？"),
    ([], "What are the measures of Hongkou?"),
    ([], "虹口的措施是什么？"),
    (["徐匯の1つ目の施策は？"], "それ以外は？"),
    (["黄浦の面積は？"], "ほかの区は？"),
    (["面積が40平方キロ以上の区は？"], "それらの重点は？"),
]


@pytest.fixture(scope="module")
def stated(assistant: Assistant) -> list[Json]:
    return [json.loads(json.dumps(assistant.ask(question, history).as_json())) for history, question in STATED]


def lines(answer: Json) -> list[list[Json]]:
    found: list[list[Json]] = [[]]
    for segment in copy.deepcopy(answer["segments"]):
        if segment.get("label") == "next:0":
            found.append([])
        else:
            found[-1].append(segment)
    return found


def with_lines(answer: Json, told_lines: list[list[Json]]) -> Json:
    """The answer with other lines, and only the sources of those."""
    result = copy.deepcopy(answer)
    between = {"type": "label", "text": "\n", "citations": [], "label": "next:0"}
    result["segments"] = [segment for line in told_lines for segment in (between, *line)][1:]
    return closed_up(copy.deepcopy(result))


def items(line: list[Json]) -> list[int]:
    """Where what is stated stands in a line, each cited."""
    return [i for i, segment in enumerate(line) if segment["citations"]]


def title(zone: str, evidence: Evidence) -> Json:
    found = next(item for item in evidence.zones if item.name == zone)
    text = evidence.documents[found.document].text[found.start : found.end]
    return {"type": "quote", "text": text, "citations": [], "document": found.document, "start": found.start, "end": found.end}


def with_title(answer: Json, zone: str, evidence: Evidence) -> Json:
    """The answer with the heading of another zone in the place of its first."""
    result = copy.deepcopy(answer)
    place = next(i for i, one in enumerate(result["segments"]) if one["type"] == "quote" and not one["citations"])
    result["segments"][place] = title(zone, evidence)
    return told(result)


def without_an_item(answer: Json, rng: random.Random) -> Json | None:
    changed = lines(answer)
    line = rng.choice(changed)
    places = items(line)
    if len(places) < 2:
        return None
    place = rng.choice(places)
    del line[place - 1 : place + 1]  # with the bullet before it
    return with_lines(answer, changed)


def with_an_item_twice(answer: Json, rng: random.Random) -> Json | None:
    changed = lines(answer)
    line = rng.choice(changed)
    place = rng.choice(items(line))
    line[place:place] = copy.deepcopy(line[place - 1 : place + 1])[::-1] if len(items(line)) > 1 else [copy.deepcopy(line[place])]
    return with_lines(answer, changed)


def with_items_swapped(answer: Json, rng: random.Random) -> Json | None:
    changed = lines(answer)
    line = rng.choice(changed)
    if len(items(line)) < 2:
        return None
    one, two = rng.sample(items(line), 2)
    line[one], line[two] = line[two], line[one]
    return with_lines(answer, changed)


def with_an_item_of_another_line(answer: Json, rng: random.Random) -> Json | None:
    changed = lines(answer)
    if len(changed) < 2:
        return None
    one, two = rng.sample(changed, 2)
    one[rng.choice(items(one))] = copy.deepcopy(two[rng.choice(items(two))])
    return with_lines(answer, changed)


def without_a_line(answer: Json, rng: random.Random) -> Json | None:
    changed = lines(answer)
    if len(changed) < 2:
        return None
    del changed[rng.randrange(len(changed))]
    return with_lines(answer, changed)


def with_lines_swapped(answer: Json, rng: random.Random) -> Json | None:
    changed = lines(answer)
    if len(changed) < 2:
        return None
    one, two = rng.sample(range(len(changed)), 2)
    changed[one], changed[two] = changed[two], changed[one]
    return with_lines(answer, changed)


def with_a_line_twice(answer: Json, rng: random.Random) -> Json | None:
    changed = lines(answer)
    place = rng.randrange(len(changed))
    return with_lines(answer, changed[: place + 1] + copy.deepcopy(changed[place:]))


def of_another_zone(answer: Json, rng: random.Random) -> Json | None:
    """The plan asks another zone than is told of."""
    result = copy.deepcopy(answer)
    subjects = result["plan"]["subjects"]
    others = [zone for zone in ("黄浦", "虹口", "楊浦", "宝山", "総合保税区") if zone not in subjects]
    if not subjects or not others:
        return None
    subjects[rng.randrange(len(subjects))] = rng.choice(others)
    return result


def of_another_attribute(answer: Json, rng: random.Random) -> Json | None:
    result = copy.deepcopy(answer)
    if result["plan"]["attribute"] is None:
        return None
    result["plan"]["attribute"] = rng.choice([name for name in ("面積", "重点", "施策", "認可") if name != result["plan"]["attribute"]])
    return result


def with_another_constraint(answer: Json, rng: random.Random) -> Json | None:
    """Another place in the list, or another one left out; or none where there was one."""
    result = copy.deepcopy(answer)
    constraints = result["plan"]["constraints"]
    if not constraints:
        return None
    place = rng.randrange(len(constraints))
    name = constraints[place].partition("=")[0]
    others = {"nth": ["1", "4", "-5", "9"], "except": ["2", "5"], "not": ["宝山", "閔行"], "also": ["施策", "エリア"]}[name]
    new = rng.choice([None, *others])
    constraints[place : place + 1] = [] if new is None else [f"{name}={new}"]
    return result


LIES_ABOUT_LISTS: list[Callable[[Json, random.Random], Json | None]] = [
    without_an_item,
    with_an_item_twice,
    with_items_swapped,
    with_an_item_of_another_line,
    without_a_line,
    with_lines_swapped,
    with_a_line_twice,
    of_another_zone,
    of_another_attribute,
    with_another_constraint,
]


def test_what_is_stated_is_proved(stated: list[Json], evidence: Evidence) -> None:
    for answer, (_, question) in zip(stated, STATED, strict=True):
        assert answer["status"] == "answered"
        assert verify_answer(answer, evidence).proved, question
        again = with_lines(answer, lines(answer))
        assert (again, verify_answer(again, evidence).proved) == (answer, True), question


@pytest.mark.parametrize("lie", LIES_ABOUT_LISTS, ids=[lie.__name__ for lie in LIES_ABOUT_LISTS])
def test_no_lie_about_a_list_is_proved(
    stated: list[Json], evidence: Evidence, lie: Callable[[Json, random.Random], Json | None]
) -> None:
    rng = random.Random(lie.__name__)
    count = 0
    slipped = []
    for answer in stated:
        for _ in range(8):
            changed = lie(answer, rng)
            if changed is None or changed == answer:
                continue
            count += 1
            if verify_answer(changed, evidence).proved:
                slipped.append((answer["question"], changed["answer"], changed["plan"]))
    assert slipped == []
    assert count >= 20


# ── What a question asks back, and what stands against it ───────────────────────────────────────────────────


@pytest.fixture
def choice(assistant: Assistant) -> Json:
    """「濱江」 may be three areas of three zones."""
    return assistant.ask("濱江はどの区？").as_json()


def test_the_choices_are_those_of_the_name(choice: Json, evidence: Evidence) -> None:
    assert (choice["status"], choice["reason"]) == ("clarify", "ambiguous")
    assert [one["question"] for one in choice["choices"]] == [
        "濱江中央科学イノベーションエリアはどの区？",
        "西岸濱江エリアはどの区？",
        "濱江国際イノベーションエリアはどの区？",
    ]
    assert verify_answer(choice, evidence).proved


@pytest.mark.parametrize(
    "change",
    [
        lambda choices: choices.pop(),
        lambda choices: choices.pop(0),
        lambda choices: choices.clear(),
        lambda choices: choices.reverse(),
        lambda choices: choices.append(dict(choices[0])),
        lambda choices: choices[0].update(question=choices[1]["question"]),
        lambda choices: choices[0].update(text=choices[1]["text"]),
        lambda choices: choices[0].update(text="徐匯：濱江中央科学イノベーションエリア"),
        lambda choices: choices[0].update(text="黄浦"),
        lambda choices: choices[0].update(text=""),
        lambda choices: choices[1].update(question="西岸濱江エリアの面積は？"),
        lambda choices: choices[1].update(question="濱江はどの区？"),
        lambda choices: choices[2].update(question=choices[2]["question"] + "本当に？"),
        lambda choices: choices[2].update(question=""),
    ],
)
def test_no_other_choices_are_proved(choice: Json, evidence: Evidence, change: Callable[[list[Json]], object]) -> None:
    lie = copy.deepcopy(choice)
    change(lie["choices"])
    check(lie, evidence, "miscomputed", "malformed")


def test_what_is_offered_is_called_by_the_name(choice: Json, evidence: Evidence) -> None:
    """Not an area that has nothing of the name in it, with its own choice."""
    other = copy.deepcopy(choice)
    found = next(fact for fact in evidence.facts if fact.text == "大徐家匯エリア")
    place = next(i for i, one in enumerate(other["segments"]) if one["text"] == "西岸濱江エリア")
    other["segments"][place].update(text=found.text, start=found.start, end=found.end)
    other["choices"][1] = {"text": f"徐匯：{found.text}", "question": f"{found.text}はどの区？"}
    check(told(other), evidence, "miscomputed")


def test_all_that_is_called_so_is_offered(choice: Json, evidence: Evidence) -> None:
    """Not one area less, and not its choice."""
    fewer = copy.deepcopy(choice)
    last = [i for i, one in enumerate(fewer["segments"]) if one.get("label") == "zone_value:0"][-1]
    del fewer["segments"][last:], fewer["choices"][-1]
    check(closed_up(fewer), evidence, "miscomputed")


def test_the_name_is_the_users_own(choice: Json, evidence: Evidence) -> None:
    place = place_of(choice, "echo")
    for changes in ({"text": "濱", "end": 1}, {"text": "濱江はどの区", "end": 6}, {"text": "どの区", "start": 3, "end": 6}):
        check(with_segment(choice, place, **changes), evidence, "miscomputed", "misquoted")


@pytest.fixture
def elsewhere(assistant: Assistant) -> Json:
    """That of 徐匯 nothing of cruises is said, but of 宝山."""
    return assistant.ask("徐匯はクルーズに力を入れていますか？").as_json()


def quoting(answer: Json, passage_id: str, evidence: Evidence) -> Json:
    """The correction with one passage in the place of all that it quotes."""
    passage = next(item for id, item in evidence.passages.items() if id.endswith(f"#{passage_id}"))
    result = copy.deepcopy(answer)
    first = next(i for i, one in enumerate(result["segments"]) if one.get("label") == "passage_item:0")
    kinds = [i for i, one in enumerate(result["segments"]) if one.get("label", "").startswith("word:")]
    line = result["segments"][first : kinds[0] + 3]  # bullet, zone, bracket, kind, bracket, quotation
    line[1] = title(passage.zone or "", evidence)
    line[3].update(text=passage.kind, label=f"word:{passage.kind}")
    line[5] = {**passage_quote(passage), "citations": [1]}
    result["segments"][first:] = line
    result["citations"] = [{"n": 1, **passage.as_json()}]
    return told(result)


def passage_quote(passage: Passage) -> Json:
    return {"type": "quote", "text": passage.text, "document": passage.document, "start": passage.start, "end": passage.end}


def test_what_stands_elsewhere_is_of_another_zone(elsewhere: Json, evidence: Evidence) -> None:
    assert (elsewhere["status"], elsewhere["plan"]["subjects"]) == ("corrected", ["徐匯"])
    assert elsewhere["answer"].startswith("徐匯についてそのような記載はありません。この資料では次のとおりです。\n・宝山（")
    control = quoting(elsewhere, "宝山/施策/3", evidence)
    assert control["answer"].endswith("次のとおりです。\n・宝山（施策）：クルーズ人材の誘致と育成システムの構築")
    for answer in (elsewhere, control):
        assert verify_answer(answer, evidence).proved
    for own in ("徐匯/重点", "徐匯/施策/1", "徐匯/エリア", "徐匯/面積"):
        lie = quoting(elsewhere, own, evidence)
        assert lie["answer"].startswith("徐匯についてそのような記載はありません。この資料では次のとおりです。\n・徐匯（")
        check(lie, evidence, "miscomputed", "misquoted")


def test_it_is_the_zone_of_the_question_of_which_it_is_not_said(elsewhere: Json, evidence: Evidence) -> None:
    for zone in ("黄浦", "宝山"):
        check(with_title(elsewhere, zone, evidence), evidence, "miscomputed", "misquoted")
        lie = copy.deepcopy(elsewhere)
        lie["plan"]["subjects"] = [zone]
        check(lie, evidence, "miscomputed", "misquoted")
    for subjects in ([], ["徐匯", "黄浦"], ["浦東"]):
        lie = copy.deepcopy(elsewhere)
        lie["plan"]["subjects"] = subjects
        check(lie, evidence, "miscomputed", "misquoted")


def test_a_place_that_the_zone_does_have_is_no_contradiction(assistant: Assistant, evidence: Evidence) -> None:
    answer = assistant.ask("外灘エリアは徐匯にありますか？").as_json()
    assert answer["answer"] == "いいえ。この資料では、黄浦のエリアに外灘エリアがあります。"
    assert verify_answer(answer, evidence).proved
    lie = copy.deepcopy(answer)
    lie["plan"]["subjects"] = ["黄浦"]
    check(lie, evidence, "miscomputed")
    own = next(item for item in evidence.facts if item.text == "大徐家匯エリア")
    passage = evidence.passages[own.passage_id]
    lie = with_title(answer, "徐匯", evidence)
    place = next(i for i, one in enumerate(lie["segments"]) if one["citations"])
    lie["segments"][place].update(text=own.text, start=own.start, end=own.end)
    lie["citations"] = [{"n": 1, **passage.as_json()}]
    assert told(lie)["answer"] == "いいえ。この資料では、徐匯のエリアに大徐家匯エリアがあります。"
    check(lie, evidence, "miscomputed")


def test_a_fact_of_the_document_is_told_whole(assistant: Assistant, evidence: Evidence) -> None:
    answer = assistant.ask("方式は「2区1案」ですか？").as_json()
    assert answer["answer"] == "この資料では、方式は次のとおりです。\n・「1区1案」"
    assert verify_answer(answer, evidence).proved
    place = next(i for i, one in enumerate(answer["segments"]) if one.get("label") == "word:方式")
    for other in ("認可", "特徴", "重点"):
        check(with_segment(answer, place, text=other, label=f"word:{other}"), evidence, "miscomputed")


def test_no_part_of_a_fact_of_the_document_is_the_fact(assistant: Assistant, evidence: Evidence) -> None:
    answer = assistant.ask("方式は「2区1案」ですか？").as_json()
    quote = next(one for one in answer["segments"] if one["citations"])
    lie = copy.deepcopy(answer)
    lie["segments"][lie["segments"].index(quote)].update(text="1区1案", start=quote["start"] + 1, end=quote["end"] - 1)
    check(told(lie), evidence, "miscomputed")


# ── Refusals ────────────────────────────────────────────────────────────────────────────────────────────────


def refusing(answer: Json, question: str, echo: str) -> Json:
    """The refusal of another question, about other words of it."""
    result = copy.deepcopy(answer)
    result["question"] = question
    start = question.index(echo)
    result["segments"][place_of(result, "echo")].update(text=echo, start=start, end=start + len(echo))
    return told(result)


def test_a_name_that_the_document_writes_is_not_unknown(refusal: Json, evidence: Evidence) -> None:
    assert refusal["reason"] == "name_unknown"
    for name in ("浦東", "静安区", "陸家嘴エリア", "前海"):
        answer = refusing(refusal, f"{name}の面積は？", name)
        assert answer["answer"] == f"この資料に「{name}」は出てきません。"
        assert verify_answer(answer, evidence).proved, name
    for name in ("虹口", "虹口区" if evidence.writes("虹口区") else "黄浦区", "外灘エリア", "松江区", "漕河涇", "上海", "ＡＩ", "ai"):
        answer = refusing(refusal, f"{name}の面積は？", name)
        assert check(answer, evidence, "miscomputed").explanation == f"「{name}」は資料に出てきます"


def test_a_value_that_the_document_gives_is_not_missing(refusal: Json, evidence: Evidence) -> None:
    def missing(zone: str, attribute: str) -> Json:
        result = copy.deepcopy(refusal)
        result["reason"] = "missing_operand"
        result["plan"].update(attribute=attribute, subjects=[zone], operation="sum", constraints=[])
        pieces = ("missing_operand_of", "次のものの値がこの資料にないので、計算できません。"), ("item", "\n・")
        labels = [{"type": "label", "text": text, "citations": [], "label": f"{name}:0"} for name, text in pieces]
        result["segments"] = [*labels, title(zone, evidence)]
        return told(result)

    control = missing("黄浦", "所在地")
    assert control["answer"] == "次のものの値がこの資料にないので、計算できません。\n・黄浦"
    assert verify_answer(control, evidence).proved
    for zone, attribute in (("黄浦", "面積"), ("総合保税区", "所在地"), ("虹口", "施策")):
        check(missing(zone, attribute), evidence, "miscomputed")


def test_a_refusal_speaks_of_the_zone_that_was_asked_about(assistant: Assistant, evidence: Evidence) -> None:
    answer = assistant.ask("虹口の人口は？").as_json()
    assert answer["answer"] == "虹口は載っていますが、「人口」の記載はありません。"
    assert verify_answer(answer, evidence).proved
    check(with_title(answer, "黄浦", evidence), evidence, "miscomputed", "misquoted")


def test_what_the_document_states_of_a_zone_is_not_absent(assistant: Assistant, evidence: Evidence) -> None:
    answer = assistant.ask("虹口の人口は？").as_json()
    for word in ("面積", "重点", "施策"):
        lie = refusing(answer, f"虹口の{word}は？", word)
        assert lie["answer"] == f"虹口は載っていますが、「{word}」の記載はありません。"
        check(lie, evidence, "miscomputed", "misquoted")


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
    assert (verdict.word, "黄浦" in verdict.explanation) == ("miscomputed", True)


def test_a_passage_of_another_zone_is_not_of_this_one(assistant: Assistant, evidence: Evidence) -> None:
    """The same of passages that are quoted whole, of which there is no list to count."""
    answer = assistant.ask("クルーズ人材の育成をするのはどの区？").as_json()
    assert answer["answer"] == "宝山（施策）：クルーズ人材の誘致と育成システムの構築"
    verdict = check(with_title(answer, "虹口", evidence), evidence, "miscomputed")
    assert "「虹口」は「宝山」のはず" in verdict.explanation
    assert verify_answer(with_title(answer, "宝山", evidence), evidence).proved


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
