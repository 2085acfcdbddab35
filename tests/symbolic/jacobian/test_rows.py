"""The Jacobian of one row against the tangent program: row i of δY is J times row i of δX, and of no other row."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from oracles import TIGHT, relative_error

import pushforward as pf
from codegen.reference import evaluate
from codegen.sampling import sample
from symbolic.dependence.analysis import dependence
from symbolic.differential import differentiate
from symbolic.errors import NotSupported
from symbolic.jacobian import row_walk as module
from symbolic.jacobian.along import column_by_column
from symbolic.jacobian.lines import COLUMN, ROW
from symbolic.jacobian.rows import row_form
from symbolic.statements import Let

SEED = "X1 = X0*W1; X2 = f.(X1); X3 = X2*W2; X4 = f.(X3)"
THREAD = "X0 : n x 2; W2 : h x 1; " + SEED
BY_ROWS = {
    "seed": (SEED, "X0"),
    "thread": (THREAD, "X0"),
    "softmax": ("A : n x m; Y = softmax(A, 2)", "A"),
    "layernorm": ("A : n x m; Y = layernorm(A)", "A"),
    "attention": ("Q : n x k; K : m x k; V : m x p; Y = attention(Q, K, V)", "Q"),
    "transposed twice": ("A : n x m; W : m x m; Y = (W*A')'", "A"),
    "two factors": ("A : n x m; W : m x m; V : m x m; Y = A*W*V", "A"),
    "two factors of f": ("A : n x m; W : m x m; V : m x m; Y = f(A)*W*V", "A"),
    "a column": ("x : n; y = x .* sin(x)", "x"),
    "joined": ("X : n x 2; W : 2 x h; b : h; Y = [X, tanh(affine(X, W, b)), ones(n,2)]", "X"),
    "diagonal": ("S : n x n diagonal; d : n; A : n x m; Y = diag(d)*S*A", "A"),
    "bands": ("A : n x m; Y = tril(A .* A, 1)[:, 2:m]", "A"),
    "solved": ("A : n x m; W : m x m; Y = A / W", "A"),
    "quotients": ("A : n x m; B : n x m; a : scalar; Y = a*A ./ (B + sum(square(A), 2)*ones(1,m))", "A"),
    "means": ("A : n x m; Y = A - mean(A, 2)*ones(1,m)", "A"),
    "one row": ("x : 1 x m; W : m x m; y = softmax(x*W, 2)*sum(x)", "x"),
    "a scalar": ("a : scalar; y = sin(a)*a", "a"),
    "constant": ("A : n x m; B : n x m; Y = B .* B", "A"),
    "blocks of a row": ("A : n x m; b : 1 x q; Y = [kron(A, b), kron(b, f(A))]", "A"),
    "a number in front": ("A : n x m; c : scalar; Y = kron(c, A) + kron(A, c)", "A"),
    "entries where they are": ("A : n x 4; Y = sin(reshape(A, n, 4)) + rearrange(A, n, 1, 1, 4)", "A"),
}
BY_COLUMNS = {
    "softmax": ("A : n x m; Y = softmax(A, 1)", "A"),
    "product": ("A : n x m; W : p x n; Y = [f(W*A); A]", "A"),
    "solved": ("A : n x n; B : n x m; Y = A \\ B", "B"),
    "two factors": ("A : n x m; W : n x n; V : n x n; Y = W*V*f(A)", "A"),
    "scaled": ("A : n x m; d : m; Y = A*diag(d)", "A"),
    "blocks of a column": ("A : n x m; b : q; Y = [kron(A, b); kron(b, f(A))]", "A"),
}
MIXED = {
    "softmax of columns": ("A : n x m; Y = softmax(A, 1)", "A", "sum_1 is not known to keep rows apart"),
    "a matrix from the left": ("B : n x n; A : n x m; Y = B*A", "A", "B mixes rows"),
    "a weight": (SEED, "W1", "X0 mixes rows"),
    "a transpose": ("A : n x n; Y = A'", "A", "it is transposed"),
    "a sum with a transpose": ("A : n x n; Y = A + A'", "A", "added to each other"),
    "a trace": ("A : n x n; Y = tr(A)*A", "A", "not known to keep rows apart"),
    "symmetric": ("S : n x n symmetric; Y = S*S", "S", "known structure"),
    "another number of rows": ("A : n x m; B : p x m; Y = B .* B", "A", "Y has not as many rows as A"),
    "blocks of several rows": ("A : n x m; B : 2 x q; Y = kron(A, B)", "A", "B makes several rows of one"),
    "reshaped": ("A : n x 2; Y = reshape(A, 2, n)", "A", "moves entries from row to row"),
    "rearranged": ("A : 4 x 4; Y = rearrange(A, 2, 2, 2, 2)", "A", "moves entries from row to row"),
    "a Fréchet derivative": ("A : n x n; E : n x n; Y = expm_frechet(A, E)", "E", "expm_frechet is not known to keep"),
    "a part of the rows": ("A : n x m; Y = A[1:2, :]", "A", "a part of the rows"),
}


def lengths_of(program):
    return {str(size): 4 - k % 3 for k, size in enumerate(program.sizes)}


def error(text, wrt, side):
    """How far J of each row, times that row of δX, is from that row of δY."""
    program = pf.parse(text)
    differential = differentiate(program, wrt)
    form = row_form(differential, wrt=wrt, side=side)
    point = sample(program, dict(differential.seeds), lengths_of(program), 5)
    (seed,) = (seed for _, seed in differential.seeds)
    moved = evaluate(differential.tangent, {**point.inputs, seed: point.directions[wrt]}, point.functions)
    expected = moved[differential.name(program.outputs[-1])]
    expected, direction = (each if side == ROW else each.T for each in (expected, point.directions[wrt]))
    lets = (*differential.primal.lets, *(Let(f"row{i}", form.row(i + 1)) for i in range(len(direction))))
    named = evaluate(replace(program, lets=lets), point.inputs, point.functions)
    found = np.array([named[f"row{i}"] @ direction[i] for i in range(len(direction))])
    return relative_error(found, expected)


@pytest.mark.parametrize("text, wrt", BY_ROWS.values(), ids=BY_ROWS)
def test_rows(text, wrt):
    assert error(text, wrt, ROW) < TIGHT
    assert dependence(differentiate(pf.parse(text), wrt)).rows_independent


@pytest.mark.parametrize("text, wrt", BY_COLUMNS.values(), ids=BY_COLUMNS)
def test_columns(text, wrt):
    assert error(text, wrt, COLUMN) < TIGHT
    assert dependence(differentiate(pf.parse(text), wrt)).columns_independent


@pytest.mark.parametrize("text, wrt, reason", MIXED.values(), ids=MIXED)
def test_what_mixes_rows_is_refused_with_its_reason(text, wrt, reason):
    with pytest.raises(NotSupported, match=reason):
        row_form(differentiate(pf.parse(text), wrt))


def test_the_closed_form_of_the_question():
    form = row_form(differentiate(pf.parse(SEED), "X0"))
    assert str(form) == "diag(f'(x3ᵢ)) W2ᵀ diag(f'(x1ᵢ)) W1ᵀ"
    assert form.written("text") == "diag(f'(x3_i))*W2'*diag(f'(x1_i))*W1'"
    assert "f'\\left(x_{3,i}\\right)" in form.written("latex")
    assert form.legend() == ["x1ᵢ = (X1[i, :])ᵀ", "x3ᵢ = (X3[i, :])ᵀ"]


def test_the_two_columns_of_the_thread():
    """The last paragraph of the question: n×2 → n×1 gives two n×1 vectors, one for each column of X0."""
    differential = differentiate(pf.parse(THREAD), "X0")
    form = row_form(differential)
    assert str(form) == "f'(x3ᵢ) W2ᵀ diag(f'(x1ᵢ)) W1ᵀ"
    columns = [str(column_by_column(differential, form, a)) for a in (1, 2)]
    assert columns == [f"f'(X3) ⊙ ((f'(X1) ⊙ (ones(n, 1) W1[{a}, :])) W2)" for a in (1, 2)]


@pytest.mark.parametrize(
    "text, wrt", [BY_ROWS[name] for name in ("seed", "softmax", "attention", "joined", "quotients")]
)
def test_column_by_column_is_a_slice_of_all_rows(text, wrt):
    program = pf.parse(text)
    differential = differentiate(program, wrt)
    form = row_form(differential, wrt=wrt)
    point = sample(program, dict(differential.seeds), lengths_of(program), 5)
    rows, cols = point.inputs[wrt].shape
    named = [Let(f"row{i}", form.row(i + 1)) for i in range(rows)]
    named += [Let(f"col{a}", column_by_column(differential, form, a + 1).expr) for a in range(cols)]
    values = evaluate(replace(program, lets=(*program.lets, *named)), point.inputs, point.functions)
    all_rows = np.array([values[f"row{i}"] for i in range(rows)])
    for a in range(cols):
        assert relative_error(values[f"col{a}"], all_rows[:, :, a]) < TIGHT


def test_the_index_is_no_size():
    assert row_form(differentiate(pf.parse("A : i x m; Y = f(A)"))).index == "r"


# Mistakes are seen


@pytest.mark.parametrize(
    "name, fault, text",
    [
        ("of_product", lambda walk, node, k: walk._of(node.args[k]), "A : n x m; W : m x m; Y = A*W"),
        ("of_transpose", lambda walk, node, k: walk._of(node.args[0]), "A : n x m; W : m x m; Y = (W*A')'"),
        ("of_quotient", lambda walk, node, k: walk._of(node.numerator), "A : n x m; B : n x m; Y = A ./ B"),
        ("of_multiple", lambda walk, node, k: walk._of(node.matrix), "A : n x m; Y = 3*A"),
    ],
)
def test_a_wrong_rule_is_seen(name, fault, text, monkeypatch):
    key = next(key for key, rule in module._MATRICES.items() if rule.__name__ == name)
    monkeypatch.setitem(module._MATRICES, key, fault)
    try:
        assert error(text, "A", ROW) > 1e-3
    except NotSupported:
        assert name == "of_transpose"
