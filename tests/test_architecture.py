"""The rules of the house, executable: imports go downwards, engines have one door, modules are small, maps are true."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILES = sorted((ROOT / "app").rglob("*.py"))
SCRIPTS = sorted(path.stem for path in (ROOT / "scripts").glob("*.py") if path.stem != "__init__")

LONGEST_MODULE = 300

# From the ground up; a module imports its own stage and what lies below it.
STAGES = [
    {"app.schema", "app.answer", "app.errors", "app.wording", "app.config", "app"},
    {"app.reading"},
    {"app.searching"},
    {"app.answering"},
    {"app.serving", "app.evaluating"},
    {"app.assembly", "app.__main__"},
    {"app.benchmarking"},
]

# The one module of app that knows each engine; what the product is measured beside stands on them by itself.
DOORS = {
    "fugashi": "app.reading.tokenization",
    "onnx": "app.searching.graph",
    "onnxruntime": "app.searching.network",
    "sentence_transformers": "app.searching.sentence_transformer",
    "torch": "app.searching.sentence_transformer",
    "faiss": "app.searching.dense_index",
    "pymilvus": "app.searching.milvus_server",
    "gradio": "app.serving.chat_page",
    "mcp": "app.serving.mcp_server",
    "fastapi_offline": "app.serving.description",
}


def module_name(path: Path) -> str:
    """`app.reading.guide` of app/reading/guide.py, `app.reading` of app/reading/__init__.py."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


MODULES = {module_name(path): path for path in FILES}


def stage_of(module: str) -> int:
    """The place of a module's stage, counted from the ground."""
    return next(
        place
        for place, names in enumerate(STAGES)
        for name in names
        if module == name or (name != "app" and module.startswith(f"{name}."))
    )


@cache
def tree(module: str) -> ast.Module:
    return ast.parse(MODULES[module].read_text(encoding="utf-8"))


def names_imported(node: ast.AST, module: str, is_package: bool) -> Iterator[str]:
    """What an import statement names, with every name of `from a import b` as `a.b`."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        package = module.split(".") if is_package else module.split(".")[:-1]
        base = package[: len(package) - node.level + 1] if node.level else []
        source = ".".join([*base, *([node.module] if node.module else [])])
        yield from (f"{source}.{alias.name}" for alias in node.names)


def imports(module: str) -> set[str]:
    """Everything a module imports, within functions and under TYPE_CHECKING too."""
    is_package = MODULES[module].name == "__init__.py"
    return {name for node in ast.walk(tree(module)) for name in names_imported(node, module, is_package)}


def own_imports(module: str) -> set[str]:
    """The modules of app among them; a name of a module is that module."""
    found = set()
    for name in imports(module):
        if name.split(".")[0] == "app":
            found.add(name if name in MODULES else name.rpartition(".")[0])
    return found - {module}


def test_the_walk_sees_every_way_to_import() -> None:
    # The control: what the rules below stand on.
    source = "import a.b\ndef f():\n    from c import d\nif TYPE_CHECKING:\n    from . import e\n    from .g import h"
    names = {name for node in ast.walk(ast.parse(source)) for name in names_imported(node, "app.reading.x", False)}
    assert names == {"a.b", "c.d", "app.reading.e", "app.reading.g.h"}


@pytest.mark.parametrize("module", MODULES)
def test_imports_go_downwards(module: str) -> None:
    upwards = {name for name in own_imports(module) if stage_of(name) > stage_of(module)}
    assert not upwards, f"{module} imports {sorted(upwards)}, which come after it"


@pytest.mark.parametrize("module", ["app.schema", "app.errors", "app.wording"])
def test_the_ground_knows_nothing_above_it(module: str) -> None:
    assert own_imports(module) <= {"app", "app.schema", "app.errors", "app.wording"}


def test_serving_and_evaluating_do_not_know_each_other() -> None:
    for module in MODULES:
        for one, other in [("app.serving", "app.evaluating"), ("app.evaluating", "app.serving")]:
            if module.startswith(one):
                assert not {name for name in own_imports(module) if name.startswith(other)}, module


def test_no_module_imports_itself_by_a_detour() -> None:
    graph = {module: own_imports(module) - {"app"} for module in MODULES}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"a circle of imports: {' <- '.join(error.args[1])}")


@pytest.mark.parametrize(("library", "door"), DOORS.items())
def test_an_engine_has_one_door(library: str, door: str) -> None:
    product = [module for module in MODULES if not module.startswith("app.benchmarking.")]
    assert [module for module in product if library in {name.split(".")[0] for name in imports(module)}] == [door]


@pytest.mark.parametrize("module", MODULES)
def test_nothing_is_imported_by_its_name_as_text(module: str) -> None:
    # The walk cannot see such imports, so there are none.
    called = {ast.unparse(node.func) for node in ast.walk(tree(module)) if isinstance(node, ast.Call)}
    assert not called & {"__import__", "import_module", "importlib.import_module"}


@pytest.mark.parametrize("module", MODULES)
def test_modules_stay_small(module: str) -> None:
    lines = len(MODULES[module].read_text(encoding="utf-8").splitlines())
    assert lines < LONGEST_MODULE, f"{module} has {lines} lines"


def undocumented(body: list[ast.stmt], inside: str) -> Iterator[str]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            if ast.get_docstring(node) is None:
                yield f"{inside}.{node.name}"
            if isinstance(node, ast.ClassDef):
                yield from undocumented(node.body, f"{inside}.{node.name}")


@pytest.mark.parametrize("module", MODULES)
def test_everything_public_has_a_docstring(module: str) -> None:
    assert ast.get_docstring(tree(module)), f"{module} says nothing of itself"
    assert not list(undocumented(tree(module).body, module))


# ── Commands ────────────────────────────────────────────────────────────────────────────────────────────────


def test_there_are_scripts() -> None:
    assert "evaluate" in SCRIPTS


@pytest.mark.parametrize(
    "command",
    [
        *[["-m", f"scripts.{name}"] for name in SCRIPTS],
        ["-m", "app"],
        *[["-m", "app", name] for name in ("index", "ask", "chat", "mcp", "verify")],
    ],
    ids=" ".join,
)
def test_help_is_instant(command: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", *command, "--help"],
        cwd=ROOT, capture_output=True, text=True, encoding="utf-8", timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    assert "--help" in done.stdout
    # Seconds depend on the machine; what is imported does not.
    loaded = {line.rpartition("|")[2].strip().split(".")[0] for line in done.stderr.splitlines()}
    heavy = loaded & {*DOORS, "transformers"}
    assert not heavy


# ── The map ─────────────────────────────────────────────────────────────────────────────────────────────────


def readme_paths() -> set[str]:
    """Every `app/….py` that the README names."""
    path = ROOT / "README.md"
    assert path.is_file(), "there is no README.md"
    return set(re.findall(r"\bapp/[\w/]+\.py\b", path.read_text(encoding="utf-8")))


def test_the_readme_maps_every_file() -> None:
    files = {path.relative_to(ROOT).as_posix() for path in FILES if path.name != "__init__.py"}
    named = readme_paths()
    assert files <= named, f"not on the README's map: {sorted(files - named)}"


def test_the_readme_names_no_file_that_is_gone() -> None:
    named = readme_paths()
    assert named, "the README has no file map (lines with app/….py)"
    gone = sorted(path for path in named if not (ROOT / path).is_file())
    assert not gone, f"named in the README, but not there: {gone}"
