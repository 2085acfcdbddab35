"""Hostile programs: whatever the words, a kernel holds only what this project printed, and it runs as it should."""

from __future__ import annotations

import ast
import builtins
import io
import keyword
import re
import tokenize
from functools import cache

import numpy as np
import pytest
from sympy import Integer

import pushforward as pf
from codegen.kernel import Kernel, compile_kernel
from codegen.targets.numpy import SPELLINGS
from codegen.targets.numpy.carried import HELPER_NAMES
from codegen.targets.numpy.face import TEMPLATE_NAMES
from symbolic import nodes
from symbolic.differential import differentiate
from symbolic.errors import ProgramError, PushforwardError
from symbolic.language.read import read_program
from symbolic.language.words import FILLED, PLANNED, RESERVED, is_known, never_a_matrix
from symbolic.program import Program
from symbolic.scalars import ARGUMENT
from symbolic.statements import Input, Let, ScalarFunction

SPELLED = sorted({name for spelling in SPELLINGS.values() for name in spelling.imports})
KERNEL_WORDS = sorted({
    *TEMPLATE_NAMES, *(name for name in HELPER_NAMES if not name.startswith("_")), *SPELLED, "fits", "converted",
    "applied", "given", "values", "name", "value", "common", "kind", "sizes", "wanted",
    "shape", "known", "size", "length", "expected", "reason", "source", "function", "may_share_memory", "annotations",
    "numpy", "np", "inf", "nan", "kernel",
})  # fmt: skip
BUILTINS = {name for name in dir(builtins) if not name.startswith("_")}
WORDS = sorted({*keyword.kwlist, *keyword.softkwlist, *BUILTINS, *KERNEL_WORDS} - {"_", "exp", *FILLED, *RESERVED})
MATRIX_WORDS = [word for word in WORDS if not never_a_matrix(word)]
FUNCTION_WORDS = [word for word in WORDS if word not in PLANNED and not is_known(word)]

EVIL = [
    '"""', "'''", '"', "'", "\\", "\n", "\r", "\r\n", "\0", "\x1b[2J", "\u202e", "\u2028", "\ufeff",
    '"""\nimport os\nos.system("touch pwned")\n"""', "x\rimport os", "a\nb", "# -*- coding: utf-7 -*-",
    "-*- coding: rot13 -*-",
    "{{ 7*7 }}", "{% for x in y %}", "{# comment #}", "{{ self.__init__.__globals__ }}", "${x}", "%s", "{0.__class__}",
    "__import__('os')", "__class__", "__builtins__", "os.system('x')", "a;b", "a b", "a=b", "a(b)", "lambda: 0",
    "../../etc/passwd", "1a", "", "é", "日本", "ｘ", "А",
]  # fmt: skip


def assert_harmless(kernel: Kernel) -> None:
    """Its statements are those of a kernel, its characters are printable, and it quotes none of the hostile words."""
    assert not re.search(r"touch pwned|os\.system|__import__|__class__|\{\{|\{%|coding[:=]", kernel.source)
    assert kernel.source.replace("\n", "").isprintable()
    tree = ast.parse(kernel.source)
    assert {type(node) for node in tree.body} == {ast.Expr, ast.ImportFrom, ast.Assign, ast.FunctionDef}
    assert [type(node) for node in tree.body].count(ast.Expr) == 1
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    assert all(isinstance(node, ast.ImportFrom) for node in imports)
    assert {node.module for node in imports} <= {"__future__", "numpy", "scipy.special"}


def run(kernel: Kernel, as_lists: bool = False) -> list[np.ndarray]:
    """The results at a fixed point, 2 for every size; as lists, so that the arguments are converted."""
    generator = np.random.default_rng(7)
    point = [generator.uniform(0.5, 1.0, (2, 2)) for _ in kernel.signature.arguments]
    functions = {keyword_: np.cos if order else np.sin for keyword_, _, order in kernel.signature.functions}
    results = kernel(*(matrix.tolist() if as_lists else matrix for matrix in point), **functions)
    return list(results) if isinstance(results, tuple) else [results]


def assert_same_results(kernel: Kernel, plain: Kernel) -> None:
    for as_lists in (False, True):
        for found, expected in zip(run(kernel, as_lists), run(plain), strict=True):
            np.testing.assert_allclose(found, expected, rtol=1e-14)


@cache
def compiled(text: str, **options: str) -> Kernel:
    return compile_kernel(differentiate(read_program(text)), **options)


# Words of Python and of the kernel itself as names of a program

USES = {
    "an input": ("WORD : n x n; B : n x n; Y = f(WORD*B) + exp(WORD*B)", MATRIX_WORDS),
    "a result": ("A : n x n; B : n x n; WORD = A*B; Y = exp(WORD); return Y, WORD", MATRIX_WORDS),
    "a size": ("A : (WORD, WORD); Y = exp(A*ones(WORD, 2) + 1)", WORDS),
    "an unknown function": ("A : n x n; B : n x n; Y = WORD(A*B)", FUNCTION_WORDS),
    "a defined function": ("WORD(x) = x*x; A : n x n; Y = exp(WORD(A))", FUNCTION_WORDS),
}


@pytest.mark.parametrize(("use", "words"), USES.values(), ids=USES)
def test_words_of_python_are_ordinary_names(use: str, words: list[str]) -> None:
    plain = compiled(use.replace("WORD", "word"))
    failures = []
    for word in words:
        try:
            kernel = compiled(use.replace("WORD", word))
            assert_harmless(kernel)
            assert_same_results(kernel, plain)
        except Exception as error:
            failures.append(f"{word}: {type(error).__name__}: {error}")
    assert failures == []


# Words that come by the name of a program or of a kernel


@pytest.mark.parametrize("word", ["f", "df", "X0", "dX0", "X1", "n", *KERNEL_WORDS])
def test_the_name_of_a_kernel_hides_nothing_in_it(word: str) -> None:
    text = "X0 : n x n; W1 : n x n; X1 = f(X0*W1) + exp(X0 .* W1) + ones(n,n)*(1 + X0)"
    kernel = compiled(text, name=word)
    assert_harmless(kernel)
    assert_same_results(kernel, compiled(text))


@pytest.mark.parametrize("word", ["SHAPES", "FLOAT64", "asarray", "result_type", *SPELLED])
def test_the_name_of_a_program_hides_nothing_in_its_kernel(word: str) -> None:
    program = read_program("A : n x n; B : n x n; Y = exp(A*B) + A .* B - 1 ./ A", name=word)
    assert_same_results(compile_kernel(program), compile_kernel(program.renamed("plain")))


@pytest.mark.parametrize("name", EVIL, ids=ascii)
def test_hostile_names_of_programs_and_kernels(name: str) -> None:
    text = "A : n x n; B : n x n; Y = f(A*B)"
    plain = compiled(text)
    for kernel in (
        compile_kernel(differentiate(pf.parse(text, name=name))),
        pf.compile(pf.differential(pf.parse(text)), name=name),
        pf.compile(pf.parse(text, name=name)),
    ):
        assert_harmless(kernel)
        assert kernel.signature.function.isidentifier()
        assert kernel.signature.function.isascii()
    assert_same_results(compiled(text, name=name), plain)


def test_a_very_long_name_is_cut() -> None:
    assert len(compiled("Y = A*B", name="a" * 100_000).signature.function) <= 100


# Text around the mathematics


@pytest.mark.parametrize("text", [word for word in EVIL if word.isprintable()], ids=ascii)
def test_comments_do_not_reach_a_kernel(text: str) -> None:
    kernel = compiled(f"# {text}\nA : n x n  # {text}\nY = A*B  # {text}")
    assert_harmless(kernel)
    assert kernel.source == compiled("A : n x n\nY = A*B").source


@pytest.mark.parametrize("text", [word for word in EVIL if word not in ("", "{% for x in y %}")], ids=ascii)
def test_hostile_words_are_no_expressions(text: str) -> None:
    """Refused, or read as the harmless mathematics they also are: `a b` is a product."""
    for line in (f"Y = {text}", f"{text} = A", f"Y = A*{text}", f"A : {text} x 2\nY = A", f"Y = {text}(A)"):
        try:
            program = read_program(line)
        except ProgramError:
            continue
        assert_harmless(compile_kernel(program))


def test_latex_comments_and_text_do_not_reach_a_kernel() -> None:
    kernel = compiled('% """ import os\nY = A \\cdot B % {{ 7*7 }}')
    assert_harmless(kernel)
    assert kernel.source == compiled("Y = A*B").source


def test_a_kernel_has_comments_only_of_its_own() -> None:
    kernel = compiled("Y = sin(A*B)  # not this")
    tokens = tokenize.generate_tokens(io.StringIO(kernel.source).readline)
    comments = [token.string for token in tokens if token.type == tokenize.COMMENT]
    assert comments
    assert not any("not this" in comment for comment in comments)


# Programs built in Python


def built(evil: str, where: str) -> Program:
    """A good program but for one name."""
    size = nodes.dimension(evil) if where == "size" else Integer(2)
    given = Input(evil if where == "input" else "A", (size, Integer(2)))
    let = Let(evil if where == "let" else "Y", nodes.apply(evil if where == "function" else "f", given.symbol))
    functions = (ScalarFunction(evil, ARGUMENT),) if where == "definition" else ()
    return Program("p", (given,), (let,), (evil if where == "output" else let.name,), functions)


@pytest.mark.parametrize("where", ["input", "let", "function", "definition", "size", "output"])
@pytest.mark.parametrize("evil", EVIL, ids=ascii)
def test_a_program_cannot_be_built_with_a_hostile_name(evil: str, where: str) -> None:
    with pytest.raises(ProgramError):
        built(evil, where)


def test_the_same_program_with_good_names_can_be_built() -> None:
    for where in ("input", "let", "function", "definition", "size"):
        assert built("good", where).outputs == ("good" if where == "let" else "Y",)


@pytest.mark.parametrize("source", EVIL, ids=ascii)
def test_the_source_of_a_let_does_not_reach_a_kernel(source: str) -> None:
    given = Input("A", (Integer(2), Integer(2)))
    program = Program("p", (given,), (Let("Y", nodes.apply("sin", given.symbol), source),), ("Y",))
    assert compile_kernel(program).source == compile_kernel(read_program("A : 2 x 2; Y = sin(A)", "p")).source


# Numbers


@pytest.mark.parametrize("number", ["10^1000", "-10^1000", "exp(1000)", "exp(exp(10))", "10^300*10^300"])
def test_a_number_too_large_for_floating_point_is_refused_or_infinite(number: str) -> None:
    try:
        kernel = compiled(f"A : n x n; Y = ({number})*A")
    except PushforwardError:
        return
    assert np.isinf(run(kernel)[0]).all()


@pytest.mark.parametrize("number", ["log1p(-2)", "log1p(-1)", "(-8)^(1/3)", "(-1)^0.5"])
def test_a_number_that_is_not_real_never_becomes_a_kernel(number: str) -> None:
    with pytest.raises(PushforwardError):
        compiled(f"Y = ({number})*A")


def test_a_tiny_number_and_a_long_one_are_floats() -> None:
    kernel = compiled("A : n x n; Y = 1e-300*A + 0.12345678901234567890123456789012345678*A")
    assert np.isfinite(run(kernel)[0]).all()
    assert_harmless(kernel)
