"""A kernel of another target beside the NumPy kernel: what is compared, and that faults are seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from codegen.agreement import LARGER, Agreement
from codegen.dot_product import Label
from codegen.kernel import Kernel, compile_kernel
from codegen.sampling import numbers_for, sample
from codegen.targets.numpy.carried import HELPERS
from codegen.verify import verify_kernel
from symbolic.differential import differentiate
from symbolic.language.read import read_program
from symbolic.reverse.adjoint import adjoint
from symbolic.reverse.gradients import gradient

TEXT = "X : n x m\nW : m x p\nY = tanh(X*W)"


def altered(kernel: Kernel, change: Callable[[Any], Any]) -> Kernel:
    """A kernel whose last result is changed, as that of another target may be."""
    function = kernel.function

    def call(*given: Any, **functions: Any) -> Any:
        *rest, last = function(*given, **functions)
        return (*rest, change(last))

    kernel.function = call
    return kernel


def spoil_last_row(matrix: Any) -> Any:
    """What a loop over blocks would do that leaves out the part of a block at the end."""
    spoilt = matrix.copy()
    spoilt[1024:] = 0
    return spoilt


def report(kernel: Kernel) -> list[bool]:
    assert kernel.differential is not None
    primal, wrt = kernel.differential.primal, dict(kernel.differential.seeds)
    agreement = Agreement(kernel)
    point = sample(primal, wrt, numbers_for(primal, (3, 4, 2)), 1)
    usual = agreement.measured(point, Label.at({"n": 3}, 1, "float64"))
    return [m.passed for m in (*usual, *agreement.at_larger_lengths(primal, wrt, 1))]


def test_a_kernel_agrees_with_itself() -> None:
    found = report(compile_kernel(differentiate(read_program(TEXT), "X")))
    assert found == [True] * (2 + 2 * 2 * len(LARGER))


@pytest.mark.parametrize(
    "change, seen",
    [
        (lambda Y: Y * (1 + 1e-9), 3),
        (lambda Y: Y + np.nan, 5),
        (lambda Y: Y.T, 5),
        (lambda Y: Y.astype(np.float64), 2),
        (spoil_last_row, 2),
    ],
    ids=["coefficient", "no number", "transposed", "type", "end of the blocks"],
)
def test_faults_are_seen(change: Callable[[Any], Any], seen: int) -> None:
    found = report(altered(compile_kernel(differentiate(read_program(TEXT), "X")), change))
    assert found.count(False) == seen


def test_reverse_kernels_are_compared_too() -> None:
    pullback = adjoint(differentiate(read_program(TEXT), "X"))
    kernel = compile_kernel(pullback)
    primal, wrt = pullback.primal, dict(pullback.differential.seeds)
    good = Agreement(kernel).at_larger_lengths(primal, wrt, 1)
    bad = Agreement(altered(kernel, lambda X: X * (1 + 1e-9))).at_larger_lengths(primal, wrt, 1)
    assert all(m.passed for m in good) and not all(m.passed for m in bad)


@pytest.mark.parametrize("text", ["A : 2 x 3\nY = sin(A)", "A : n x n\nY = kron(A, A)"])
def test_lengths_that_cannot_be_are_left_out(text: str) -> None:
    differential = differentiate(read_program(text))
    agreement = Agreement(compile_kernel(differential))
    assert agreement.at_larger_lengths(differential.primal, dict(differential.seeds), 1) == []


# NumPy kernels in blocks


SUMS = "X : n x m\nW : m x p\nY = tanh(X*W)\ny = sum(sin(X*W))\nreturn Y, y"
LOOP_FAULTS = [
    ("_further_blocks", "last = first + firsts.step", "last = first + firsts.step - 1"),
    ("_further_blocks", "joined, first, last", "joined, first + 1, last + 1"),
    ("_first_block", "range(first, rows, height)", "range(first, rows - height, height)"),
    ("_first_block", "range(first, rows, height)", "range(first + 1, rows, height)"),
    ("_whole", "return zeros_like(part)", "return part.copy()"),
    ("_join", "result += part", "result[...] = part"),
    ("_in_threads", "range(0, len", "range(1, len"),
    ("_in_threads", "zeros_like(R) if axis is None else R", "R.copy()"),
    ("_in_threads", "result += part", "result -= part"),
    ("_sin_cos_of_some", "bitwise_xor(cosine, swap, cosine)", "add(cosine, 0.0, c)"),
]


@pytest.mark.parametrize("name, right, wrong", LOOP_FAULTS)
def test_verify_runs_the_loop_over_blocks(name: str, right: str, wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    threads = 2 if name == "_in_threads" else 1
    differential = differentiate(read_program(SUMS), "X")
    assert verify_kernel(compile_kernel(differential, threads=threads), seeds=(1,)).passed
    helper = HELPERS[name]
    assert right in helper.source
    monkeypatch.setitem(HELPERS, name, replace(helper, source=helper.source.replace(right, wrong)))
    try:
        report = verify_kernel(compile_kernel(differential, threads=threads), seeds=(1,))
    except (ValueError, TypeError):
        return
    assert {measurement.method for measurement in report.failures()} == {"blocks"}


def test_the_report_says_where_blocks_were_compared() -> None:
    report = verify_kernel(compile_kernel(gradient(read_program("X : n x m\nY = tanh(tanh(X*W)*V)\ny = sum(Y)"), "X")))
    found = report.by_method()["blocks"]
    assert {measurement.output for measurement in found} == {"y", "X_bar"} and len(found) == 4
    assert "  blocks               4/4 passed" in str(report)
    plain = verify_kernel(compile_kernel(read_program("X : n x m\nY = X*W")))
    assert "blocks" not in plain.by_method()
