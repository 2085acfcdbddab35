"""What may be computed from blocks: allowed where it is right, refused where rows meet."""

import pytest

from codegen.blocks.kinds import COLUMNS, FREE, ROWS, SUMMED, kind_of_shape
from codegen.blocks.phases import cut
from codegen.lower import lower
from codegen.passes import VALUES, optimize
from symbolic.language.read import read_program
from symbolic.nodes import dimension

n, m = dimension("n"), dimension("m")

IN_BLOCKS = {
    "X : n x m; Y = tanh(X*W + ones(n,1)*b')": ROWS,
    "X : n x m; Y = softmax(X, 2) + logsumexp(X, 2)*ones(1,m)": ROWS,
    "X : n x m; Y = (A \\ X')'": ROWS,
    "X : n x m; Y = [X, Z][:, 2:3]; Z : n x m": ROWS,
    "X : n x m; Y = max(X, 2)": ROWS,
    "X : n x m; Y = X*inv(S'*S)": ROWS,
    "X : n x m; Y = X/n": ROWS,
    "X : n x m; y = diagonal(X*Z); Z : m x n": ROWS,
    "X : n x m; Y = relu(A*X')": COLUMNS,
    "X : n x m; Y = [X'; X']": COLUMNS,
    "X : n x m; Y = softmax(X', 1)": COLUMNS,
    "X : n x m; y = sum(X)": SUMMED,
    "X : n x m; y = sum(X, 1)": SUMMED,
    "X : n x m; y = sum(X', 2)": SUMMED,
    "X : n x m; Y = X'*Z": SUMMED,
    "X : n x m; y = tr(X'*Z); Z : n x m": SUMMED,
    "X : n x m; y = tr(X*Z); Z : m x n": SUMMED,
    "X : n x m; y = diagonal(X'*Z); Z : n x m": SUMMED,
}
ONCE = {
    "X : n x m; Y = softmax(X, 1)": ROWS,
    "X : n x m; Y = max(X, 1)": FREE,
    "X : n x m; Y = logsumexp(X)": FREE,
    "X : n x m; Y = X[1:2, :]": FREE,
    "X : n x m; Y = [X; Z]; Z : n x m": FREE,
    "X : n x m; Y = X*Z; Z : m x n": FREE,
    "X : n x m; Y = D*X; D : n x n": ROWS,
    "X : n x n; Y = X'": FREE,
    "X : n x n; Y = tril(X)": FREE,
    "X : n x n; y = tr(X)": FREE,
    "X : n x n; Y = X + ones(n,1)*b'; b : n": FREE,
    "X : n x m; Y = x*ones(1,n); x : n": FREE,
    "X : n x m; Y = kron(X, A)": FREE,
}


def cut_in_n(text):
    return cut(optimize(lower(read_program(text, "program")), VALUES), n)


@pytest.mark.parametrize("text", IN_BLOCKS)
def test_computed_from_blocks(text):
    blocks = cut_in_n(text)
    output = blocks.schedule.outputs[0]
    assert blocks.kinds[output] == IN_BLOCKS[text]
    assert output in [instr.out for phase in blocks.loops for instr in phase.instrs]


@pytest.mark.parametrize("text", ONCE)
def test_computed_once_from_whole_matrices(text):
    blocks = cut_in_n(text)
    output = blocks.schedule.outputs[0]
    assert blocks.kinds[output] == ONCE[text]
    assert output not in [instr.out for phase in blocks.loops for instr in phase.instrs]


@pytest.mark.parametrize(
    ("shape", "kind"),
    [((n, m), ROWS), ((m, n), COLUMNS), ((n, n), FREE), ((2 * n, m), FREE), ((n, 2 * n), FREE), ((m, m), FREE)],
)
def test_by_its_shape_alone(shape, kind):
    assert kind_of_shape(shape, n) == kind
