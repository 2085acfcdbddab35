"""What may be run on blocks of rows: allowed where it is right, refused where rows meet."""

import numpy as np
import pytest

from codegen.jacobian import form as jacobian_form
from codegen.jacobian.kernels import compile_jacobian
from codegen.linear.program import pushforward_of
from codegen.linear.row_blocks import kinds
from codegen.linear.split import split
from codegen.lower import lower
from codegen.passes import VALUES, optimize
from symbolic.differential import differentiate
from symbolic.language.read import read_program
from symbolic.nodes import dimension

ALLOWED = (
    "X : n x m; Y = tanh(X*W + ones(n,1)*b')",
    "X : n x m; Y = softmax(X, 2) + logsumexp(X, 2)*ones(1,m)",
    "X : n x m; Y = (A \\ X')'",
    "X : n x m; Y = [X, Z][:, 2:3]; Z : n x m",
    "X : n x m; Y = max(X, 2)",
    "X : n x m; Y = X*inv(S'*S)",
)
REFUSED = (
    "X : n x m; Y = softmax(X, 1)",
    "X : n x m; Y = X/n",
    "X : n x m; Y = X - ones(n,n)*X/n",
    "X : n x m; Y = X*(X'*X)",
    "X : n x m; Y = X[1:2, :]",
    "X : n x n; Y = X'",
    "X : n x m; Y = tril(X)",
    "X : n x m; Y = [X; Z]; Z : n x m",
    "X : n x m; Y = D*X; D : n x n diagonal",
    "X : n x m; y = sum(X)",
)


def scheduled(text):
    return optimize(lower(read_program(text, "program")), VALUES)


@pytest.mark.parametrize("text", ALLOWED)
def test_allowed(text):
    schedule = scheduled(text)
    found = kinds(schedule, dimension("n"))
    assert found is not None and found[schedule.outputs[0]] == "rows"


@pytest.mark.parametrize("text", REFUSED)
def test_refused(text):
    schedule = scheduled(text)
    found = kinds(schedule, dimension("n"))
    assert found is None or found[schedule.outputs[0]] != "rows"


def test_rows_that_are_apart_although_another_input_mixes_its_own(monkeypatch):
    """Y depends on row i of X alone, and on all of Z: no blocks, and the right result."""
    monkeypatch.setattr(jacobian_form, "FEWEST_ROWS", 1)
    monkeypatch.setattr(jacobian_form, "BLOCK_ENTRIES", 1)
    program = read_program("X : n x m; Z : n x m; Y = X .* (ones(n,1)*sum(Z, 1))", "program")
    kernel = compile_jacobian(program, None, "X", "rows")
    assert "for first in" not in kernel.source
    X, Z = np.random.default_rng(0).standard_normal((2, 5, 3))
    found = kernel(X, Z)
    assert np.abs(found - np.einsum("o,oa->oa", Z.sum(0), np.eye(3))).max() < 1e-14


def test_what_is_free_of_rows_is_apart():
    differential = differentiate(read_program("X : n x m; Y = X*inv(S'*S)", "program"), "X")
    parts = split(pushforward_of(differential), rows=dimension("n"))
    assert parts.width is None or "factor_lu" in [instr.op for instr in parts.once.instrs]
