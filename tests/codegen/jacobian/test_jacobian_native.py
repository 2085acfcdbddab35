"""Jacobians in C: the same arrays as in NumPy, in every view that few directions fill."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest
from c_samples import lightly, needs_compiler
from oracles import relative_error

import pushforward as pf
from codegen.jacobian.kernels import JacobianKernel, compile_jacobian
from codegen.jacobian.layouts import Way
from symbolic.errors import NotSupported

RANDOM = np.random.default_rng(4)
LAYERS = "X0 : n x 2; W1 : 2 x h; W2 : h x p; X1 = X0*W1; X2 = tanh(X1); X3 = X2*W2; X4 = tanh(X3)"
COLUMN = LAYERS.replace("h x p", "h x 1")
SIZES = {"n": 1031, "m": 5, "h": 33, "p": 3}


def given(program: pf.Program, sizes: dict[str, int], dtype: Any = np.float64) -> list[Any]:
    shapes = [tuple(sizes.get(str(size)) or int(size) for size in given.shape) for given in program.inputs]
    return [RANDOM.standard_normal(shape).astype(dtype) for shape in shapes]


def kernels(text: str, view: str, way: Way | None = None, wrt: str = "X0") -> tuple[JacobianKernel, JacobianKernel]:
    program = pf.parse(text, "layers")
    c, numpy = (compile_jacobian(program, None, wrt, view, way=way, target=target) for target in ("c", "numpy"))
    return c, numpy


CASES = [
    (LAYERS, "rows", None, "X0"),
    (COLUMN, "rows", Way("reverse", "rows"), "X0"),
    (COLUMN, "rows", Way("forward", "rows"), "X0"),
    (LAYERS.replace("X0 : n x 2", "X0 : 2 x n").replace("X0*W1", "X0'*W1") + "; Y = X4'", "columns", None, "X0"),
    ("X0 : n x m; Y = exp(X0).*X0", "entries", None, "X0"),
    ("X0 : n x m; y = sum(tanh(X0))", "tensor", Way("reverse", "dense"), "X0"),
    ("X0 : n x m; y = sum(tanh(X0))", "vec", Way("reverse", "dense"), "X0"),
    ("X0 : n x m; y = sum(tanh(X0))", "vec-row-major", Way("reverse", "dense"), "X0"),
    ("X0 : n x m; B : 2 x 3; Y = X0*ones(m,2)*tanh(B)", "tensor", Way("forward", "dense"), "B"),
    ("X0 : n x m; B : 2 x 3; Y = X0*ones(m,2)*tanh(B)", "sympy", Way("forward", "dense"), "B"),
    ("X0 : n x m; B : 2 x 3; Y = X0*ones(m,2)*tanh(B)", "vec", Way("forward", "dense"), "B"),
]


@needs_compiler
@pytest.mark.parametrize("text, view, way, wrt", CASES)
def test_the_same_as_in_numpy(text: str, view: str, way: Way | None, wrt: str, request: pytest.FixtureRequest) -> None:
    if text not in (LAYERS, COLUMN):
        request.getfixturevalue("lightly_compiled")
    c, numpy = kernels(text, view, way, wrt)
    for dtype, tolerance in ((np.float64, 1e-13), (np.float32, 1e-5)):
        arguments = given(c.differential.primal, SIZES if wrt == "B" or "rows" in view else SIZES | {"n": 67}, dtype)
        found, wanted = c(*arguments), numpy(*arguments)
        assert found.shape == wanted.shape and found.dtype == dtype
        assert relative_error(found, wanted) < tolerance
    assert pf.verify(c).passed


@needs_compiler
@lightly
def test_unknown_functions_and_one_evaluation_of_the_values() -> None:
    c, numpy = kernels(LAYERS.replace("tanh", "f"), "rows", Way("forward", "rows"))
    arguments, seen = given(c.differential.primal, {"n": 4, "h": 3, "p": 2}), []

    def counted(x: Any) -> Any:
        seen.append(x.size)
        return np.sin(x)

    found = c(*arguments, f=counted, df=np.cos)
    assert relative_error(found, numpy(*arguments, f=np.sin, df=np.cos)) < 1e-13
    assert sum(seen) <= 4 * 3 + 4 * 2


@needs_compiler
@lightly
def test_signature_help_and_messages_are_those_of_the_numpy_kernel() -> None:
    c, numpy = kernels(LAYERS, "rows")
    assert inspect.signature(c.function) == inspect.signature(numpy.function)
    assert (c.function.__doc__ or "").splitlines()[0] == (numpy.function.__doc__ or "").splitlines()[0]
    X0, W1, W2 = given(c.differential.primal, {"n": 4, "h": 3, "p": 2})
    said = []
    for kernel in (c, numpy):
        with pytest.raises(ValueError) as caught:
            kernel(X0, W1[:, :2], W2)
        said.append(str(caught.value))
    assert said[0] == said[1]
    assert "layers_wrt_X0_jacobian_rows_f64" in c.header


@pytest.mark.parametrize("view, text", [("tensor", LAYERS), ("rows", "X0 : n x m; X4 = tanh(X0*W1)*W2; W2 : h x p")])
def test_directions_whose_number_is_not_known_are_refused(view: str, text: str) -> None:
    with pytest.raises(NotSupported, match=r"at most 16 directions, whose number is known.*\n.*as X0 : n x 2"):
        pf.jacobian(pf.parse(text), wrt="X0", view=view).kernel(target="c")


def test_an_unknown_target_is_refused() -> None:
    with pytest.raises(NotSupported, match="there is no target 'fortran'"):
        pf.jacobian(pf.parse(LAYERS), wrt="X0", view="rows").kernel(target="fortran")
