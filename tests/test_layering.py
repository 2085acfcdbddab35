"""The shape of the house, read off the syntax trees: imports go down only, stand at the top, make no circles."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FLOORS = ("symbolic", "codegen", "pushforward", "tools")
OUTSIDE = ("tests", "benchmarks", "generated")
EVALUATORS = {"eval", "exec", "__import__", "sympify", "parse_expr", "lambdify"}

Modules = dict[str, ast.Module]


@cache
def read_modules() -> Modules:
    modules = {}
    for floor in FLOORS:
        for path in sorted((ROOT / floor).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            modules[".".join(parts).removesuffix(".__init__")] = ast.parse(path.read_text("utf-8"), str(path))
    return modules


def imported(tree: ast.AST, modules: Modules) -> Iterator[str]:
    """The full names of what is imported: `from a import b` gives a.b where that is a module, else a."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = "." * node.level + (node.module or "")
            yield from (f"{base}.{a.name}" if f"{base}.{a.name}" in modules else base for a in node.names)
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in ("importlib.import_module", "import_module"):
            yield from (a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str))


def without_type_checking(tree: ast.Module) -> ast.Module:
    kept = [n for n in tree.body if not (isinstance(n, ast.If) and ast.unparse(n.test).endswith("TYPE_CHECKING"))]
    return ast.Module(kept, [])


def upward_imports(modules: Modules) -> list[str]:
    found = []
    for name, tree in modules.items():
        floor = FLOORS.index(name.partition(".")[0])
        above = {*FLOORS[floor + 1 :], *OUTSIDE}
        found += [f"{name} imports {other}" for other in imported(tree, modules) if other.partition(".")[0] in above]
    return found


def relative_imports(modules: Modules) -> list[str]:
    return [name for name, tree in modules.items() if any(other.startswith(".") for other in imported(tree, modules))]


def circle(modules: Modules) -> list[str]:
    graph = {n: {*imported(without_type_checking(tree), modules)} & modules.keys() for n, tree in modules.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def imports_inside_functions(modules: Modules) -> list[str]:
    return [
        f"{name}:{inner.lineno}"
        for name, tree in modules.items()
        for outer in ast.walk(tree)
        if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(outer)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]


def evaluations(modules: Modules) -> list[str]:
    """Where text could become code: the evaluators by name, as attributes, or imported."""
    found = []
    for name, tree in modules.items():
        for node in ast.walk(tree):
            used = {
                ast.Name: lambda n: {n.id},
                ast.Attribute: lambda n: {n.attr},
                ast.ImportFrom: lambda n: {alias.name for alias in n.names},
            }.get(type(node), lambda n: set())(node)
            found += [f"{name}:{node.lineno}: {word}" for word in sorted(used & EVALUATORS)]
    return found


CHECKS = [upward_imports, relative_imports, circle, imports_inside_functions, evaluations]


@pytest.mark.parametrize("check", CHECKS)
def test_the_house(check) -> None:  # type: ignore[no-untyped-def]
    assert check(read_modules()) == []


def test_every_floor_is_read() -> None:
    assert {name.partition(".")[0] for name in read_modules()} == set(FLOORS)
    assert {"symbolic.nodes", "codegen.kernel", "pushforward.cli", "tools.regenerate"} <= read_modules().keys()


@pytest.mark.parametrize(
    "check, files",
    [
        (upward_imports, {"symbolic.a": "import codegen.check"}),
        (upward_imports, {"symbolic.a": "from pushforward import api"}),
        (upward_imports, {"codegen.a": "def f():\n    from pushforward.api import parse"}),
        (upward_imports, {"codegen.a": "if TYPE_CHECKING:\n    import pushforward"}),
        (upward_imports, {"codegen.a": "importlib.import_module('pushforward.api')"}),
        (upward_imports, {"pushforward.a": "from tools import regenerate"}),
        (upward_imports, {"pushforward.a": "import tests.test_zoo"}),
        (relative_imports, {"symbolic.a": "from . import b"}),
        (relative_imports, {"symbolic.a": "from ..codegen import check"}),
        (circle, {"symbolic.a": "import symbolic.b", "symbolic.b": "from symbolic.a import x"}),
        (circle, {"symbolic.a": "from symbolic import b", "symbolic.b": "from symbolic import a"}),
        (imports_inside_functions, {"symbolic.a": "class A:\n    def f(self):\n        import os"}),
        (imports_inside_functions, {"symbolic.a": "async def f():\n    from os import path"}),
        (evaluations, {"symbolic.a": "eval(text)"}),
        (evaluations, {"symbolic.a": "builtins.exec(text)"}),
        (evaluations, {"symbolic.a": "f = sympy.lambdify"}),
        (evaluations, {"symbolic.a": "from sympy import sympify as s"}),
        (evaluations, {"symbolic.a": "from sympy.parsing.sympy_parser import parse_expr"}),
    ],
)
def test_planted_faults_are_found(check, files: dict[str, str]) -> None:  # type: ignore[no-untyped-def]
    assert check({name: ast.parse(source) for name, source in files.items()})


def test_what_is_allowed_is_let_through() -> None:
    files = {
        "symbolic.a": "if TYPE_CHECKING:\n    from symbolic.b import B\nimport ast",
        "symbolic.b": "from symbolic.a import A\nloader.exec_module(module)",
        "codegen.a": "from symbolic import a, b",
    }
    modules = {name: ast.parse(source) for name, source in files.items()}
    assert [check(modules) for check in CHECKS] == [[], [], [], [], []]


@pytest.mark.parametrize(
    "module, loaded",
    [("pushforward", ""), ("pushforward.cli", ""), ("pushforward.api", ""), ("pushforward.api.programs", "sympy")],
)
def test_the_command_line_starts_without_the_heavy_libraries(module: str, loaded: str) -> None:
    """pushforward.api.programs shows that the measurement sees what is there."""
    heavy = {"sympy", "numpy", "rich", "matplotlib", "scipy", "jinja2"}
    code = f"import sys, {module}; print(*sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert (loaded in done.stdout.split()) if loaded else (done.stdout == "\n"), done.stdout


TEACHING = ("pushforward.lesson", "pushforward.grading", "pushforward.exercises", "pushforward.tracing")


@pytest.mark.parametrize(
    "arguments, loaded",
    [(["derive"], ()), (["generate"], ()), (["cost"], ()), (["explain"], TEACHING[:1])],
    ids=lambda given: " ".join(given),
)
def test_a_command_loads_what_it_needs(arguments: list[str], loaded: tuple[str, ...]) -> None:
    """Of lessons, grading, exercises and traced functions; a lesson is shown to be seen where there is one."""
    code = (
        "import sys; from pushforward.cli import main\n"
        f"main([*{arguments}, '-e', 'Y = A*B'], standalone_mode=False)\n"
        f"print(*sorted({set(TEACHING)} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    found = set(done.stderr.split())
    assert set(loaded) <= found and (loaded or not found), found
