"""Kernels in C from Python: checked and called as NumPy kernels are, refused with the same words."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from c_samples import lightly, needs_compiler
from oracles import relative_error

import pushforward as pf
from codegen.kernel import emit_kernel
from codegen.kernel_file import save
from symbolic.errors import NotSupported, PushforwardError
from tools.regenerate import EXAMPLES, entries

SEED = "X0 : n x m\nW1 : m x h\nW2 : h x p\nX1 = X0*W1\nX2 = f.(X1)\nX3 = X2*W2\nX4 = f.(X3)"
RANDOM = np.random.default_rng(5)
WITHOUT_C = {"matrix_exponential"}
"""Examples with operations that have no C yet."""
LONG = {"chain"}
"""One whose sizes are fixed, and large."""
CHECKED = list({entry.program: entry for entry in entries() if entry.program not in WITHOUT_C | LONG}.values())
"""Of each other example the last kernel."""
OPTIMISED = {"seed_sin", "logdet_gram", "linear_system", "softmax_regression", "self_attention", "layer_norm"}
"""Those that are compiled as users compile them."""


# Checked


@needs_compiler
@pytest.mark.parametrize("entry", CHECKED, ids=lambda entry: f"{entry.program}-{'-'.join(entry.wrt)}")
def test_examples_pass_every_measurement(entry: Any, request: pytest.FixtureRequest) -> None:
    if entry.program not in OPTIMISED:
        request.getfixturevalue("lightly_compiled")
    report = pf.verify(pf.compile(entry.derived(), "c", sizes=dict(entry.sizes)))
    assert report.passed, str(report)
    methods = report.by_method()
    assert {"value", "complex step", "NumPy kernel"} <= methods.keys()
    assert len(methods["NumPy kernel"]) > len(methods["value"])


@needs_compiler
@lightly
@pytest.mark.parametrize("of", ["adjoint", "gradient", "hvp", "second order"])
def test_what_is_derived_further_passes_too(of: str) -> None:
    program = pf.parse("X : n x m; w : m; t : n; r = sigmoid(X*w) - t; y = r'*r/n")
    derived = {
        "adjoint": lambda: pf.adjoint(pf.differential(program, "w")),
        "gradient": lambda: pf.gradient(program, "w"),
        "hvp": lambda: pf.hvp(program, "w"),
        "second order": lambda: pf.differential(program, "w", order=2),
    }[of]()
    report = pf.verify(pf.compile(derived, "c"))
    assert report.passed and "NumPy kernel" in report.by_method(), str(report)


@needs_compiler
@lightly
def test_a_wrong_c_kernel_is_found() -> None:
    kernel = pf.compile(pf.differential(pf.parse("X : n x m; Y = tanh(X)")), "c")
    function = kernel.function
    kernel.function = lambda X, dX: (function(X, dX)[0], function(X, dX)[1] * (1 + 1e-9))
    failed = {m.method for m in pf.verify(kernel).failures()}
    assert failed == {"complex step", "NumPy kernel", "dot product"}


# Called


def kernels(text: str, wrt: str | None = None) -> tuple[pf.Kernel, pf.Kernel]:
    differential = pf.differential(pf.parse(text), wrt)
    return pf.compile(differential, "c"), pf.compile(differential)


@needs_compiler
@lightly
def test_signature_and_help_are_those_of_the_numpy_kernel() -> None:
    for text in (SEED, "A : n x m\nB : m x n\nY = exp(A)*B"):
        c, numpy = kernels(text)
        assert inspect.signature(c.function) == inspect.signature(numpy.function)
        assert inspect.getdoc(c.function) == inspect.getdoc(numpy.function)
        assert repr(c) == repr(numpy) and c.signature == numpy.signature


WRONG = {
    "inner": lambda X, W, dX: (X, W[1:], dX),
    "seed": lambda X, W, dX: (X, W, dX[:, :1]),
    "axes": lambda X, W, dX: (X, W[0], dX),
    "stacked": lambda X, W, dX: (X[None], W, dX),
    "complex": lambda X, W, dX: (X, W * 1j, dX),
    "text": lambda X, W, dX: (X, W, [["a"]]),
    "objects": lambda X, W, dX: (X, None, dX),
    "missing": lambda X, W, dX: (X, W),
    "surplus": lambda X, W, dX: (X, W, dX, dX),
    "ragged": lambda X, W, dX: ([[1.0], [1.0, 2.0]], W, dX),
}


@needs_compiler
@lightly
@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize(
    "text",
    [
        "X : n x m\nW : m x p\nY = sin(X*W)",
        "X : 3 x m\nW : m x p\nY = sin(X*W)",
        "X : n x m\nW : m x p\nY = [X*W; sin(X*W)]",
    ],
)
def test_wrong_calls_are_refused_with_the_same_words(text: str, wrong: str) -> None:
    given = WRONG[wrong](*(RANDOM.standard_normal(shape) for shape in ((3, 2), (2, 4), (3, 2))))
    said = []
    for kernel in kernels(text, "X"):
        with pytest.raises((TypeError, ValueError)) as caught:
            kernel(*given)
        said.append((caught.type, str(caught.value)))
    assert said[0] == said[1]


@needs_compiler
@lightly
def test_sizes_made_of_others() -> None:
    c, numpy = kernels("A : n x n\nB : 2*n x m\nY = [A; A]'*B")
    given = [RANDOM.standard_normal(shape) for shape in ((3, 3), (6, 2), (3, 3), (6, 2))]
    for found, wanted in zip(c(*given), numpy(*given), strict=True):
        assert relative_error(found, wanted) < 1e-14
    said = []
    for kernel in (c, numpy):
        with pytest.raises(ValueError) as caught:
            kernel(given[0], given[1][1:], given[2], given[3])
        said.append(str(caught.value))
    assert said[0] == said[1] and "with 2 * n = " in said[0]


@needs_compiler
@lightly
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_unknown_functions(dtype: Any) -> None:
    c, numpy = kernels(SEED, "X0")
    given = [RANDOM.standard_normal(shape).astype(dtype) for shape in ((5, 2), (2, 4), (4, 1), (5, 2))]
    for found, wanted in zip(c(*given, f=np.sin, df=np.cos), numpy(*given, f=np.sin, df=np.cos), strict=True):
        assert found.dtype == dtype and relative_error(found, wanted) < 64 * np.finfo(dtype).eps


@needs_compiler
@lightly
def test_where_there_is_no_derivative_both_say_so() -> None:
    for kernel in kernels("x : n; y = sqrt(x'*x)"):
        assert kernel(np.array([[3.0], [4.0]]), np.ones((2, 1)))[0] == 5
        with pytest.raises(FloatingPointError):
            kernel(np.zeros((2, 1)), np.ones((2, 1)))


@needs_compiler
@lightly
def test_an_input_that_is_returned_is_new() -> None:
    kernel = pf.compile(pf.parse("A : n x n; Y = A'; return A, Y"), "c")
    A = RANDOM.standard_normal((3, 3))
    same, turned = kernel(A)
    assert (same == A).all() and (turned == A.T).all()
    assert not np.may_share_memory(same, A) and not np.may_share_memory(turned, A)


# Saved


def test_the_file_needs_no_compiler(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CC", raising=False)
    differential = pf.differential(pf.read(EXAMPLES / "seed_sin.pf"), "X0")
    file = emit_kernel(differential, "c")
    assert file.source.startswith("/* Generated by Pushforward") and "seed_sin_wrt_X0_f64" in file.header
    with pytest.raises(NotSupported, match="there is no C compiler"):
        pf.compile(differential, "c")
    assert pf.verify(pf.compile(differential)).passed


@needs_compiler
@lightly
def test_a_saved_kernel_is_a_source_and_a_header(tmp_path: Path) -> None:
    kernel = pf.compile(pf.differential(pf.parse("X : n x m; Y = tanh(X)", "layer")), "c")
    assert kernel.save(tmp_path / "layer.c") and not kernel.save(tmp_path / "layer.c")
    assert (tmp_path / "layer.c").read_text("utf-8") == kernel.source
    assert (tmp_path / "layer.h").read_text("utf-8") == kernel.header
    (tmp_path / "layer.h").unlink()
    assert kernel.save(tmp_path / "layer.c")


def test_what_is_not_generated_is_left_alone(tmp_path: Path) -> None:
    from_text = emit_kernel(pf.parse("X : n x m; Y = tanh(X)"), "c")
    (tmp_path / "mine.h").write_text("int mine;")
    for place, complaint in (("mine.c", "mine.h is not a generated file"), ("mine.h", "is the place of the header")):
        with pytest.raises(PushforwardError, match=complaint):
            save(from_text, tmp_path / place)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.h"]


@pytest.mark.parametrize(
    "text, name", [("A : n x n\nY = expm(A)", "expm"), ("S : n x n symmetric\nw = eigvalsh(S)", "eigvalsh")]
)
def test_operations_without_c_are_named(text: str, name: str) -> None:
    with pytest.raises(NotSupported, match=name):
        emit_kernel(pf.parse(text), "c")
