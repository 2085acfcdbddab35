"""Jacobians on blocks of rows: where rows stay apart, and the right result where they do not."""

import numpy as np
import pytest

from codegen.jacobian import form as jacobian_form
from codegen.jacobian.kernels import compile_jacobian
from codegen.linear.program import pushforward_of
from codegen.linear.split import split
from symbolic.differential import differentiate
from symbolic.language.read import read_program
from symbolic.nodes import dimension

TOGETHER = (
    "X : n x m; Z : n x m; Y = X .* (ones(n,1)*sum(Z, 1))",
    "X : n x m; Y = X/n",
    "X : n x m; D : n x n; Y = X .* (ones(n,1)*sum(D*ones(n,m), 1))",
)
"""Row i of Y depends on row i of X alone, and yet on all rows of another input, or on how many there are."""


@pytest.mark.parametrize("text", TOGETHER)
def test_rows_that_are_apart_although_all_are_needed(text, monkeypatch):
    monkeypatch.setattr(jacobian_form, "FEWEST_ROWS", 1)
    monkeypatch.setattr(jacobian_form, "BLOCK_ENTRIES", 1)
    kernel = compile_jacobian(read_program(text, "program"), None, "X", "rows")
    assert "for first in" not in kernel.source
    rng = np.random.default_rng(0)
    X, *others = (rng.standard_normal((5, 5 if given.name == "D" else 3)) for given in kernel.program.inputs[:-1])
    per_row = {"Z": lambda Z: Z.sum(0), "D": lambda D: np.full(3, D.sum())}
    factor = per_row[kernel.program.inputs[1].name](*others) if others else np.full(3, 1 / 5)
    assert np.abs(kernel(X, *others) - np.einsum("o,oa->oa", factor, np.eye(3))).max() < 1e-14


def test_what_is_free_of_rows_is_computed_once():
    differential = differentiate(read_program("X : n x m; Y = X*inv(S'*S)", "program"), "X")
    linear = pushforward_of(differential)
    whole, parts = split(linear), split(linear, rows=dimension("n"))
    assert whole.width is None and parts.width is not None
    assert "factor_lu" in [instr.op for instr in parts.once.instrs]
    assert "factor_lu" in [instr.op for instr in whole.values.instrs]
