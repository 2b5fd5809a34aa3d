"""A thousand answers, each with one character altered somewhere that claims something: `verify_answer` proves none.

The answers are of every status, reason, operation and type of segment, in three languages, with and without history.
Nothing is altered that claims nothing: ids, scores, the question itself, and of the plan all but what was computed.
"""

from __future__ import annotations

import copy
import hashlib
import json
import random
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest

from app.answer import Reason, Status
from app.answering.assistant import Assistant
from app.answering.evidence import Evidence
from app.answering.verification import verify_answer
from app.assembly import open_evidence
from app.config import Settings
from app.errors import GuideError
from app.reading.normalization import normalize
from app.schema import COMPUTED
from app.wording import label_text
from tests.alteration import closed_up

Json = dict[str, Any]
Where = tuple[str | int, ...]
Place = tuple[int, Where]

MUTATIONS = 1000
SEED = 20251124
DOCUMENT = "shanghai-ftz-linkage-zones.txt"

# Earlier questions and the question.
ASKED = [
    line.split(" > ")
    for line in """
虹口の面積は？
How large is Hongkou?
虹口的面积有多大？
徐匯のエリアは？
宝山有哪些举措？
虹口について教えて
虹口の面積と重点は？
各区の面積は？
全区の重点を一覧で
総合保税区の所在地は？
総合保税区以外の重点は？
認可したのは？
特徴は？
徐匯の2つ目の施策は？
徐匯の最後の施策は？
この資料は何について書かれていますか
保税に関する施策がある区は
外灘エリアはどの区に入っていますか？
クルーズに力を入れる区の面積は？
データを安全に国外とやり取りする取り組みは？
Which zones are about green and low-carbon?
哪些区涉及绿色低碳？
一番広い区は？
哪个区面积最大？
一番広い区の重点は？
施策が一番多い区は？
一番広いのは宝山ですよね？
一番狭い区は？
施策が最も少ない区は？
二番目に大きい区は？
面積の小さい順に3つ
施策の多い順
按面积从大到小排列
徐匯は広い順で何番目ですか
徐匯の施策の数は何番目に多いですか
What is the total area?
施策は全部でいくつ？
面積の平均は？
宝山と虹口の面積の差は？
最大の区と最小の区の面積の差は？
宝山の面積は虹口の何倍？
宝山の面積は全体の何％？
徐匯と閔行ではどちらが広い？
徐匯と閔行の施策はどちらが多い？
宝山は虹口より広いですか？
面積が46平方キロ以上の区は？
面積が100平方キロ以上の区は？
徐匯より広い区は？
Which zones are over 40 square kilometers?
徐匯の面積は45平方キロですか？
徐匯の施策は5つですよね
宝山の施策はいくつ？
特徴はいくつありますか？
有几个区？
徐匯は14平方キロですよね
徐匯の施策は6つですよね
特徴は4つですよね
全部で8つの区がありますよね
一番広いのは徐匯ですよね？
虹口は宝山より広いですよね？
Is Hongkou larger than Baoshan?
面積の合計は200平方キロですよね？
外灘エリアは徐匯にありますよね？
Is the Bund in Xuhui?
クルーズに力を入れるのは徐匯ですよね？
人工知能に取り組むのは虹口ですよね
方式は「1区2案」ですよね？
濱江エリアはどの区？
漕河涇はどの区ですか？
浦東新区の面積は？
虹口の人口は？
What is the population of Hongkou?
虹口的人口是多少？
外灘エリアの面積は？
10番目に大きい区は？
What is the weather today?
今天天气怎么样？
動物園のライオンの餌は
こんにちは
虹口の面積は？ > では楊浦は？
徐匯の施策は？ > 2つ目について詳しく > それ以外は？
一番広い区は？ > そこの施策は？
一番広い区は？ > その次は？
面積の合計は？ > 平均だと？
外灘エリアはどの区？ > その区の面積は？
Which zone is the largest? > What is its focus?
虹口的面积有多大？ > 那里的重点是什么？
""".strip().splitlines()
]
OPERATIONS = COMPUTED | {"look_up", "list", "search", "which", "describe"}
CORRECTIONS = {"premise_place", "premise_elsewhere", "premise_fact", "check_no", "no"}


@pytest.fixture(scope="module")
def evidence(built: Settings) -> Evidence:
    return open_evidence(built)


@pytest.fixture(scope="module")
def answers(assistant: Assistant) -> list[Json]:
    """The answers as they are saved."""
    found = []
    for number, (*history, question) in enumerate(ASKED):
        answer = assistant.ask(question, history, str(number)).as_json()
        found.append(json.loads(json.dumps(answer, ensure_ascii=False)))
    return found


# ── The control ─────────────────────────────────────────────────────────────────────────────────────────────


def test_unaltered_every_answer_is_proved(answers: list[Json], evidence: Evidence) -> None:
    unproved = {answer["question"]: verify_answer(answer, evidence) for answer in answers}
    assert {question: verdict for question, verdict in unproved.items() if not verdict.proved} == {}


def test_the_answers_are_of_every_sort(answers: list[Json]) -> None:
    said = {
        segment["label"].split(":")[0]
        for answer in answers
        if answer["status"] == "corrected"
        for segment in answer["segments"]
        if segment["type"] == "label"
    }
    assert {answer["status"] for answer in answers} == set(get_args(Status))
    assert {answer["reason"] for answer in answers if answer["reason"]} == set(get_args(Reason))
    assert {answer["plan"]["operation"] for answer in answers} >= OPERATIONS | {"nth"}
    assert {segment["type"] for answer in answers for segment in answer["segments"]} == {"quote", "value", "computed", "label", "echo"}
    assert said >= CORRECTIONS
    for status in get_args(Status):
        languages = {answer["language"] for answer in answers if answer["status"] == status}
        assert languages >= ({"ja"} if status == "clarify" else {"ja", "en"}), status
    assert {answer["language"] for answer in answers} == {"ja", "en", "zh"}
    assert sum(len(asked) > 1 for asked in ASKED) >= 8


@pytest.mark.parametrize("question", ["Where is Caohejing?", "漕河泾在哪个区？", "Where is BINJIANG?"])
def test_a_name_in_another_script_is_asked_back_and_proved(assistant: Assistant, evidence: Evidence, question: str) -> None:
    """What may be meant is asked in the user's own words, as they are written."""
    answer = assistant.ask(question).as_json()
    assert answer["status"] == "clarify"
    verdict = verify_answer(answer, evidence)
    assert verdict.proved, verdict
    [echo] = [segment for segment in answer["segments"] if segment["type"] == "echo"]
    assert echo["text"] == question[echo["start"] : echo["end"]]


@pytest.mark.parametrize(
    ("name", "called", "not_called"),
    [
        ("BINJIANG", "西岸濱江エリア", "漕河涇開発区"),
        ("漕河泾", "漕河涇開発区", "西岸濱江エリア"),
        ("濱江", "濱江国際イノベーションエリア", "外灘エリア"),
        ("外灘", "外灘エリア", "漕河涇開発区"),
    ],
)
def test_a_name_stands_for_what_writes_it_or_is_declared_to_be_called_so(evidence: Evidence, name: str, called: str, not_called: str) -> None:
    found = {fact.text for fact in evidence.called(name, ())}
    assert called in found and not_called not in found
    assert evidence.called("Jiang", ()) == []


# ── One segment ─────────────────────────────────────────────────────────────────────────────────────────────


def rearranged(answer: Json) -> Iterator[Json]:
    """The answer with every one of its segments left out, said twice, and changed for the next one, whole in itself."""
    segments = answer["segments"]
    for i, segment in enumerate(segments):
        yield {**answer, "segments": [*segments[:i], *segments[i + 1 :]]}
        yield {**answer, "segments": [*segments[:i], segment, *segments[i:]]}
        if i + 1 < len(segments) and segment != segments[i + 1]:
            yield {**answer, "segments": [*segments[:i], segments[i + 1], segment, *segments[i + 2 :]]}


def test_no_answer_with_its_segments_rearranged_is_proved(answers: list[Json], evidence: Evidence) -> None:
    """Every one of them, of every answer: what is told must be told whole, once and in its order."""
    lies = [closed_up(copy.deepcopy(lie)) for answer in answers for lie in rearranged(answer)]
    assert len(lies) > 2000
    assert [lie["answer"] for lie in lies if verify_answer(lie, evidence).proved] == []


# ── One character ───────────────────────────────────────────────────────────────────────────────────────────

LETTERS = "約0123456789.,のは、。・「」（）区はい答面積平方キロ施策虹口徐匯宝山促進aAeo #\n\u200b々#/"


def altered(value: Any, rng: random.Random) -> Any:
    """The value with one character replaced, put in or taken out; a number by its digits, a truth by the other one."""
    if isinstance(value, bool):
        return not value
    if value is None:
        return rng.choice(LETTERS)
    while True:
        text = str(value)
        place = rng.randrange(len(text) + 1)
        letter = rng.choice(LETTERS if isinstance(value, str) else "0123456789")
        text = text[:place] + rng.choice([letter, letter, ""]) + text[place + rng.randrange(2) :]
        try:
            changed = type(value)(text)
        except ValueError:  # no number any more
            continue
        if changed != value:
            return changed


def leaves(value: Any, path: Where) -> Iterator[Where]:
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from leaves(value[key], (*path, key))
    else:
        yield path


def at(answer: Json, path: Where) -> Any:
    inner: Any = answer
    for key in path:
        inner = inner[key]
    return inner


def put(answer: Json, path: Where, value: Any) -> Json:
    result = copy.deepcopy(answer)
    at(result, path[:-1])[path[-1]] = value
    return result


def claims(answer: Json) -> Iterator[tuple[str, Where]]:
    """Every place of an answer that claims something, with the kind of place that it is.

    Of a segment's text two: as it stands, and (`said`) with the answer's text made to match.
    """
    for key in ("schema_version", "status", "answer", *(["reason"] if answer["reason"] else [])):
        yield key, (key,)
    for number, segment in enumerate(answer["segments"]):
        for path in leaves(segment, ("segments", number)):
            yield f"{segment['type']}.{path[2]}", path
        yield f"{segment['type']}.said", ("segments", number, "text")
    for part, name in (("citations", "citation"), ("passages", "passage"), ("choices", "choice")):
        for number, item in enumerate(answer[part]):
            for path in leaves(item, (part, number)):
                if path[-1] != "score":
                    yield f"{name}.{path[2]}", path
    if answer["completeness"] is not None:
        for path in leaves(answer["completeness"], ("completeness",)):
            yield f"completeness.{path[1]}", path
    for name in answer["documents"]:
        yield "documents.sha256", ("documents", name)
    if answer["status"] in ("answered", "corrected") and answer["plan"]["operation"] in COMPUTED:  # what was computed, of what
        for key in ("operation", "attribute", "subjects"):
            for path in leaves(answer["plan"][key], ("plan", key)):
                if at(answer, path) is not None:
                    yield f"plan.{key}", path


def claims_the_same(answer: Json, path: Where, value: Any) -> bool:
    """Whether the place now says what it said: the unit in other width, the same words of the same wording by another number."""
    before = at(answer, path)
    if path[-1] == "unit":
        return normalize(before).text == normalize(value).text
    same_wording = path[-1] == "label" and before.partition(":")[0] == value.partition(":")[0]
    return same_wording and label_text(before, answer["language"]) == label_text(value, answer["language"])


def mutant(answer: Json, kind: str, path: Where, rng: random.Random) -> Json:
    while claims_the_same(answer, path, value := altered(at(answer, path), rng)):
        pass
    result = put(answer, path, value)
    if kind.endswith(".said"):
        result["answer"] = "".join(segment["text"] for segment in result["segments"])
    return result


class Tampered:
    """A copy of the corpus whose document is written anew with one character altered, and read again."""

    def __init__(self, corpus: Path, folder: Path) -> None:
        self._settings = Settings(corpus=folder / "corpus")
        shutil.copytree(corpus, self._settings.corpus)
        self._path = self._settings.corpus / DOCUMENT
        self._before = self._path.read_bytes().decode()

    def evidence(self, start: int, end: int, rng: random.Random) -> Evidence:
        """With one character of `[start, end)` replaced, put in or taken out."""
        place = rng.randrange(start, end)
        text = self._before
        letter = rng.choice([letter for letter in LETTERS if letter != text[place]])
        changed = rng.choice(
            [text[:place] + letter + text[place + 1 :], text[:place] + letter + text[place:], text[:place] + text[place + 1 :]]
        )
        self._path.write_bytes(changed.encode())
        return open_evidence(self._settings)

    def anywhere(self, rng: random.Random) -> Evidence:
        return self.evidence(0, len(self._before), rng)

    @property
    def sha256(self) -> str:
        """Of the document as it is now."""
        return hashlib.sha256(self._path.read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def tampered(built: Settings, tmp_path_factory: pytest.TempPathFactory) -> Tampered:
    return Tampered(built.corpus, tmp_path_factory.mktemp("tampered"))


# Every kind of place there is, so that one which the answers no longer have is noticed.
KINDS = {
    *"schema_version status reason answer documents.sha256 document".split(),
    *(f"quote.{field}" for field in "type text said citations document start end".split()),
    *(f"value.{field}" for field in "type text said citations number unit approximate".split()),
    *(f"computed.{field}" for field in "type text said citations operands op number unit approximate".split()),
    *(f"label.{field}" for field in "type text said label".split()),
    *(f"echo.{field}" for field in "type text said start end".split()),
    *(f"citation.{field}" for field in "n passage_id document zone kind text start end".split()),
    *(f"passage.{field}" for field in "passage_id document zone kind text start end".split()),
    *(f"choice.{field}" for field in "text question".split()),
    *(f"completeness.{field}" for field in "checked of matched unmatched".split()),
    *(f"plan.{field}" for field in "operation attribute subjects".split()),
}


def test_of_a_thousand_mutations_none_is_proved(answers: list[Json], evidence: Evidence, tampered: Tampered) -> None:
    rng = random.Random(SEED)
    places: dict[str, list[Place]] = {"document": [(number, ()) for number in range(len(answers))]}
    for number, answer in enumerate(answers):
        for kind, path in claims(answer):
            places.setdefault(kind, []).append((number, path))
    assert set(places) == KINDS

    made: Counter[str] = Counter()
    altered_answers: Counter[int] = Counter()
    slipped: list[tuple[object, ...]] = []
    for turn in range(MUTATIONS):
        kind = sorted(places)[turn % len(places)]
        # Of a few places the one whose answer was altered least, so that every answer has its share.
        number, path = min(rng.choices(places[kind], k=5), key=lambda place: altered_answers[place[0]])
        answer, against = answers[number], evidence
        if kind == "document":
            against = tampered.anywhere(rng)
            changed = answer
        else:
            changed = mutant(answer, kind, path, rng)
            assert changed != answer
        made[kind] += 1
        altered_answers[number] += 1
        if verify_answer(changed, against).proved:
            slipped.append((kind, answer["question"], path, *([at(answer, path), at(changed, path)] if path else [])))
    assert slipped == []
    assert made.total() == MUTATIONS
    assert set(made) == KINDS
    assert min(made.values()) >= MUTATIONS // len(KINDS)
    assert set(altered_answers) == set(range(len(answers)))


def test_every_kind_of_mutation_is_tried_on_every_answer_that_has_it(answers: list[Json], evidence: Evidence) -> None:
    """The same without chance: one of each kind of place, of each answer."""
    rng = random.Random(SEED + 1)
    slipped = []
    for answer in answers:
        by_kind: dict[str, list[Where]] = {}
        for kind, path in claims(answer):
            by_kind.setdefault(kind, []).append(path)
        for kind, paths in sorted(by_kind.items()):
            path = rng.choice(paths)
            changed = mutant(answer, kind, path, rng)
            if verify_answer(changed, evidence).proved:
                slipped.append((kind, answer["question"], path, at(answer, path), at(changed, path)))
    assert slipped == []


def test_a_document_altered_where_it_is_cited_is_noticed_by_its_words_too(answers: list[Json], tampered: Tampered) -> None:
    """Even if the answer is given the altered document's hash."""
    rng = random.Random(SEED + 2)
    slipped = []
    for answer in answers:
        if not answer["citations"]:
            continue
        citation = rng.choice(answer["citations"])
        against = tampered.evidence(citation["start"], citation["end"], rng)
        forged = {**answer, "documents": {DOCUMENT: tampered.sha256}}
        try:
            proved = verify_answer(forged, against).proved
        except GuideError:  # the document no longer fits its guide: nothing is proved
            proved = False
        if proved:
            slipped.append((answer["question"], citation["passage_id"]))
    assert slipped == []


def test_the_control_of_the_documents_mutations(answers: list[Json], built: Settings, tmp_path: Path) -> None:
    """A copy that is not altered proves everything: it is the alteration that is noticed."""
    shutil.copytree(built.corpus, tmp_path / "corpus")
    copied = open_evidence(Settings(corpus=tmp_path / "corpus"))
    assert all(verify_answer(answer, copied).proved for answer in answers)


def test_what_claims_nothing_may_change(answers: list[Json], evidence: Evidence) -> None:
    """So that the tests above cannot pass because anything at all is refused."""
    for answer in answers:
        changed = copy.deepcopy(answer)
        changed["id"] = "another"
        changed["plan"]["leftover"] = [*changed["plan"]["leftover"], "x"]
        for passage in changed["passages"]:
            passage["score"] += 1
        assert verify_answer(changed, evidence).proved, answer["question"]
