"""Reverse kernels and their check: right ones pass, and each planted mistake is found by the method that should."""

import numpy as np
import pytest

from codegen import verify as verification
from codegen.kernel import compile_kernel
from codegen.verify import verify_kernel
from symbolic.differential import differentiate
from symbolic.language.read import read_program
from symbolic.reverse.adjoint import adjoint
from symbolic.reverse.gradients import gauss_newton, gradient, hvp, vhp

SEED = "X0 : n x m; W1 : m x h; W2 : h x p; X1 = X0*W1; X2 = f.(X1); X3 = X2*W2; X4 = f.(X3)"
SCALAR = "S : n x n spd; X : n x m; y = tr(X'*inv(S)*X) + logdet(S)"
METHODS = {"value", "complex step", "dot product"}


class Spoiled:
    """A kernel one of whose results is changed before it is returned."""

    def __init__(self, kernel, place, change):
        self.kernel, self.place, self.change = kernel, place, change
        self.program, self.differential, self.adjoint = kernel.program, kernel.differential, kernel.adjoint
        self.signature, self.file = kernel.signature, kernel.file
        self.schedule, self.named_results = kernel.schedule, kernel.named_results

    def at(self, given, functions):
        return self(*(given[each.name] for each in self.program.inputs), **functions)

    def __call__(self, *arguments, **functions):
        results = list(self.kernel(*arguments, **functions))
        results[self.place] = self.change(results[self.place])
        return tuple(results)


def failing(kernel, place, change):
    """The methods that fail, besides the comparison with the plain kernel, which sees all."""
    return {m.method for m in verify_kernel(Spoiled(kernel, place, change)).failures()} - {"blocks"}


@pytest.mark.parametrize("text", [SEED, SCALAR])
def test_a_reverse_kernel_passes(text):
    report = verify_kernel(compile_kernel(adjoint(differentiate(read_program(text)))))
    assert report.passed, report
    assert set(report.by_method()) >= METHODS
    assert {m.dtype for m in report.measurements} >= {"float32", "float64"}


@pytest.mark.parametrize("derive", [gradient, hvp, vhp, gauss_newton])
def test_what_is_composed_passes(derive):
    report = verify_kernel(compile_kernel(derive(read_program(SCALAR))))
    assert report.passed, report


@pytest.mark.parametrize(
    ("place", "change", "expected"),
    [
        (0, lambda y: y * (1 + 1e-9), {"value"}),
        (1, lambda x: x * (1 + 1e-9), {"complex step", "dot product"}),
        (1, lambda x: -x, {"complex step", "dot product"}),
        (2, lambda x: x.T, {"complex step", "dot product"}),
        (3, lambda x: np.zeros_like(x), {"complex step", "dot product"}),
        (2, lambda x: x + np.nan, {"complex step", "dot product"}),
        (1, lambda x: x[:-1], {"complex step", "dot product"}),
    ],
)
def test_a_wrong_reverse_kernel_is_found(place, change, expected):
    kernel = compile_kernel(adjoint(differentiate(read_program(SEED))))
    assert failing(kernel, place, change) == expected


def test_a_lost_projection_is_found():
    """G where the symmetric part of G is due: the dot product along symmetric directions cannot see it."""
    kernel = compile_kernel(gradient(read_program("S : n x n symmetric; A : n x n; y = tr(A*S*A*S)")))
    skew = np.triu(np.ones((9, 9)), 1)
    assert failing(kernel, 1, lambda x: x + (skew - skew.T)[: len(x), : len(x)]) == {"complex step"}


def test_a_forward_kernel_is_compared_with_its_transpose(monkeypatch):
    differential = differentiate(read_program(SEED))
    report = verify_kernel(compile_kernel(differential))
    assert report.passed and "dot product" in report.by_method()
    other = adjoint(differentiate(read_program(SEED.replace("X3 = X2*W2", "X3 = 2*X2*W2"))))
    monkeypatch.setattr(verification, "adjoint", lambda differential: other)
    failures = verify_kernel(compile_kernel(differential)).failures()
    assert {m.method for m in failures} >= {"dot product"}


def test_one_precision_and_sizes():
    kernel = compile_kernel(gradient(read_program(SCALAR)))
    report = verify_kernel(kernel, {"n": 40, "m": 30})
    assert report.passed
    assert report.measurements[0].sizes == "n=40, m=30"
    assert "complex step" not in {m.method for m in report.measurements if m.output == "S_bar"}


def test_how_a_reverse_kernel_is_called():
    kernel = compile_kernel(adjoint(differentiate(read_program(SEED), "X0")))
    assert kernel.signature.arguments == ("X0", "W1", "W2", "X4_bar")
    assert kernel.signature.results == ("X4", "X0_bar")
    assert "X4_bar: n x p, the cotangent of X4" in kernel.source
    assert kernel.source.count("pullback") and kernel.signature.function == "program_adjoint_wrt_X0"
    shapes = ((3, 2), (2, 4), (4, 1), (3, 1))
    X0, W1, W2, X4_bar = (np.random.default_rng(0).standard_normal(shape) for shape in shapes)
    X4, X0_bar = kernel(X0, W1, W2, X4_bar, f=np.sin, df=np.cos)
    expected = (np.cos(X0 @ W1) * ((np.cos(np.sin(X0 @ W1) @ W2) * X4_bar) @ W2.T)) @ W1.T
    assert X4.shape == (3, 1) and np.allclose(X0_bar, expected, rtol=1e-14)
    with pytest.raises(ValueError, match="X4_bar has shape"):
        kernel(X0, W1, W2, X4_bar.T, f=np.sin, df=np.cos)


@pytest.mark.parametrize(
    ("derive", "name", "title"),
    [
        (gradient, "program_gradient_wrt_all", "Value and gradient"),
        (gauss_newton, "program_gauss_newton_wrt_all", "Value and Gauss-Newton product"),
    ],
)
def test_the_names_of_kernels(derive, name, title):
    kernel = compile_kernel(derive(read_program(SCALAR)))
    assert kernel.signature.function == name and f'"""{title} of' in kernel.source


def test_no_derivative_is_an_error_and_no_number():
    kernel = compile_kernel(gradient(read_program("x : n; y = norm(x)")))
    y, x_bar = kernel(np.array([[3.0], [4.0]]))
    assert y.item() == 5 and np.allclose(x_bar.ravel(), (0.6, 0.8))
    with pytest.raises(FloatingPointError):
        kernel(np.zeros((2, 1)))
