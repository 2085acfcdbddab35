"""Index forms against the matrix form: exactly where the program is rational, else by the reference evaluation."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from sympy import MatAdd, Transpose

import pushforward as pf
from codegen.reference import evaluate as reference
from codegen.sampling import sample
from symbolic import exact, nodes
from symbolic.differential import differentiate
from symbolic.errors import LimitError, NotSupported
from symbolic.indices import entries
from symbolic.indices.affine import ONE
from symbolic.indices.form import index_form, index_statements, jacobian_entry
from symbolic.indices.values import IndexValues, matrices_in
from symbolic.operations import DEFINITIONS, OPERATIONS
from symbolic.statements import Let
from tests.oracles import TIGHT, relative_error

SEED = "X1 = X0*W1; X2 = f.(X1); X3 = X2*W2; X4 = f.(X3)"
PROGRAMS = {
    "seed": SEED,
    "thread": "X0 : n x 2; W2 : h x 1; " + SEED,
    "columns": "A : n x m; Y = A ./ (ones(n,1)*sum(square(A), 1))",
    "slices": "A : n x m; B : m x p; Y = (A*B)[2:n, :] ; Z = [Y; f(B)]",
    "reshaped": "A : n x m; Y = reshape(f(reshape(A, m, n)), n, m)",
    "kron of products": "A : n x m; B : m x p; Y = kron(A*B, A)[2:n*n-1, :]",
    "traces": "A : n x n; B : n x n; y = tr(A*B*A)*sum(A .* B) + tr(A)^2",
    "triangles": "A : n x n; Y = tril(A, -1)*triu(A, 1) + diag(diagonal(A*A))",
    "two rows of sums": "x : n; A : n x n; y = (x'*A*x)/(x'*x)",
    "ones": "A : n x m; Y = ones(n,1)*sum(A, 1)/n - A + eye(n)*A",
    "scaled by a differential": "a : scalar; A : n x m; Y = a^2*A*A'",
}
EXAMPLES = {name: record.example for name, record in (OPERATIONS | DEFINITIONS).items()}
WITHOUT = {"expm", "logm", "sinm", "cosm", *(f"{f}_frechet" for f in ("expm", "logm", "sinm", "cosm"))}
"""Their differentials are Fréchet derivatives, whose entries are no finite sums of products."""
CONSTANT = {"max_weights", "max_weights_1", "max_weights_2"}


@cache
def differential_of(text):
    return differentiate(pf.parse(text))


def lengths_of(program):
    return {str(size): 2 + k % 3 for k, size in enumerate(program.sizes)}


def with_matrices(differential, matrices):
    """The tangent program, and a statement for each of some expressions."""
    more = tuple(Let(f"entry{k}", matrix) for k, matrix in enumerate(matrices))
    return replace(differential.tangent, lets=(*differential.tangent.lets, *more))


def exact_values(differential, matrices, seed=3):
    """Every name, and each of some expressions, at a random point over the prime field."""
    lengths, generator = lengths_of(differential.primal), random.Random(seed)
    given = {i.name: exact.random_matrix(i, lengths, generator) for i in differential.tangent.inputs}
    named = exact.evaluate(with_matrices(differential, matrices), given, exact.Tables(seed))
    return named, {matrix: named[f"entry{k}"] for k, matrix in enumerate(matrices)}


def float_values(differential, matrices, seed=3):
    lengths = lengths_of(differential.primal)
    point = sample(differential.primal, dict(differential.seeds), lengths, seed)
    given = dict(point.inputs) | {seed: point.directions[name] for name, seed in differential.seeds}
    named = reference(with_matrices(differential, matrices), given, point.functions)
    return named, {matrix: named[f"entry{k}"] for k, matrix in enumerate(matrices)}


def assert_same(differential, form, expected):
    """`expected`: the name of the matrix that the form is to be equal to."""
    lengths = lengths_of(differential.primal)
    if exact.is_rational(differential.tangent):
        named, values = exact_values(differential, matrices_in(form))
        found = IndexValues(form, values, lengths, exact.number).matrix()
        assert found == [list(row) for row in named[expected].entries]
    else:
        named, values = float_values(differential, matrices_in(form))
        found = IndexValues(form, values, lengths).matrix()
        assert relative_error(np.reshape(found, named[expected].shape), named[expected]) < TIGHT


def test_the_form_of_the_question():
    d = differentiate(pf.parse(SEED), "X0")
    form = index_form(d)
    assert str(form) == "δX4[i,o] = f'(X3)[i,o] Σ_h W2[h,o] f'(X1)[i,h] Σ_a W1[a,h] δX0[i,a]"
    assert form.equation("text") == "dX4[i,o] = f'(X3)[i,o]*sum_h(W2[h,o]*f'(X1)[i,h]*sum_a(W1[a,h]*dX0[i,a]))"
    assert form.latex() == (
        r"\left[\delta X_4\right]_{i,o} = \left[f'\left(X_3\right)\right]_{i,o} \sum_{h} \left[W_2\right]_{h,o} "
        r"\left[f'\left(X_1\right)\right]_{i,h} \sum_{a} \left[W_1\right]_{a,h} \left[\delta X_0\right]_{i,a}"
    )
    assert str(jacobian_entry(d)) == "∂X4[i,o]/∂X0[a,b] = [i = a] f'(X3)[i,o] Σ_h W2[h,o] f'(X1)[i,h] W1[b,h]"


@pytest.mark.parametrize(
    "text, wrt, expected",
    [
        (SEED, "W1", "∂X4[i,o]/∂W1[a,b] = f'(X3)[i,o] W2[b,o] f'(X1)[i,b] X0[i,a]"),
        (SEED, "W2", "∂X4[i,o]/∂W2[a,b] = [o = b] f'(X3)[i,o] X2[i,a]"),
        (PROGRAMS["thread"], "X0", "∂X4[i]/∂X0[a,b] = [i = a] f'(X3)[i] Σ_h W2[h] f'(X1)[i,h] W1[b,h]"),
        ("A : n x m; Y = softmax(A, 2)", "A", "∂Y[i,j]/∂A[a,b] = [i = a] Y[i,j] ([j = b] - Y[i,b])"),
        ("A : n x n; B : n x k; Y = A \\ B", "A", "∂Y[i,j]/∂A[a,b] = -(A⁻¹)[i,a] Y[b,j]"),
        ("A : n x n; y = logdet(A)", "A", "∂y/∂A[a,b] = (A⁻¹)[b,a]"),
        ("A : n x m; B : p x q; Y = kron(A, B)", "B",
         "∂Y[i,j]/∂B[a,b] = Σ_k [i = a + p*(k - 1)] Σ_l [j = b + q*(l - 1)] A[k,l]"),
        ("A : n x n; Y = tril(A, 1)", "A", "∂Y[i,j]/∂A[a,b] = [i = a] [j = b] [i + 1 ≥ j]"),
        ("A : n x m; B : n x p; Y = [A, sin(B)]", "B",
         "∂Y[i,j]/∂B[a,b] = [i = a] [j = b + m] [j ≥ m + 1] cos(B)[i,j - m]"),
        ("A : n x m; y = 3*sum(A)/n", "A", "∂y/∂A[a,b] = 3/n"),
        ("A : n x m; B : n x m; Y = 2*B + A - A", "A", "∂Y[i,j]/∂A[a,b] = 0"),
    ],
)  # fmt: skip
def test_entries_of_jacobians(text, wrt, expected):
    assert str(jacobian_entry(differential_of(text), None, wrt)) == expected


@pytest.mark.parametrize("text", PROGRAMS.values(), ids=PROGRAMS)
def test_the_index_form_is_the_differential(text):
    d = differential_of(text)
    for output in d.moving_outputs:
        assert_same(d, index_form(d, output), d.name(output))


@pytest.mark.parametrize("name", sorted(EXAMPLES.keys() - WITHOUT - CONSTANT))
def test_the_index_form_of_every_operation(name):
    d = differential_of(EXAMPLES[name])
    assert_same(d, index_form(d), d.name(d.primal.outputs[-1]))


@pytest.mark.parametrize("text", PROGRAMS.values(), ids=PROGRAMS)
def test_statement_by_statement(text):
    d = differential_of(text)
    for form in index_statements(d):
        assert_same(d, form, form.name)


@pytest.mark.parametrize("text", [*PROGRAMS.values(), *map(EXAMPLES.get, ("solve", "layernorm", "attention", "pinv"))])
def test_the_entries_of_the_jacobian_are_the_coefficients(text):
    """Put together with the perturbations they give the differential: Σ J[i,j,a,b] δX[a,b]."""
    d = differential_of(text)
    if not exact.is_rational(d.tangent):
        pytest.skip("not rational")
    lengths = lengths_of(d.primal)
    forms = {name: jacobian_entry(d, None, name) for name in d.wrt}
    matrices = tuple({matrix for form in forms.values() for matrix in matrices_in(form)})
    named, values = exact_values(d, matrices)
    expected = named[d.name(d.primal.outputs[-1])]
    entries_of = {name: IndexValues(form, values, lengths, exact.number) for name, form in forms.items()}
    for i in range(expected.rows):
        for j in range(expected.cols):
            total = exact.number(nodes.S.Zero)
            for name, seed in d.seeds:
                moved = named[seed]
                for a in range(moved.rows):
                    for b in range(moved.cols):
                        total = total + entries_of[name].entry(i + 1, j + 1, a + 1, b + 1) * moved[a, b]
            assert total == expected[i, j]


@pytest.mark.parametrize("name", sorted(WITHOUT))
def test_what_has_no_index_form_says_so(name):
    with pytest.raises(NotSupported, match="_frechet has no index form"):
        index_form(differential_of(EXAMPLES[name]))


def test_what_does_not_move_has_zero_entries_and_a_second_differential_has_none():
    d = differentiate(pf.parse("Y = A*B; Z = B*C; return Y, Z, B"), "A")
    assert str(jacobian_entry(d, "Z")) == "∂Z[i,o]/∂A[a,b] = 0"
    everything = differentiate(pf.parse("Y = A*B; return A, Y"))
    assert str(jacobian_entry(everything, "A", "A")) == "∂A[i,j]/∂A[a,b] = [i = a] [j = b]"
    with pytest.raises(NotSupported, match="higher order"):
        jacobian_entry(differentiate(pf.parse("A : n x n; Y = A*A"), order=2))


def test_a_deep_expression_is_refused_and_can_be_read_statement_by_statement():
    d = differential_of("; ".join(["A : n x n", "Y0 = A", *(f"Y{k + 1} = A*f(Y{k})" for k in range(200))]))
    with pytest.raises(LimitError, match="statement by statement"):
        index_form(d)
    assert len(list(index_statements(d))) == 201


# Mistakes are seen


def _caught(text):
    d = differential_of(text)
    try:
        assert_same(d, index_form(d), d.name(d.primal.outputs[-1]))
    except (AssertionError, IndexError):
        return True
    return False


@pytest.mark.parametrize(
    "operation, fault, text",
    [
        (Transpose, lambda node, row, col, fresh: (entries.Entries((entries.At(node.args[0], row, col),)),),
         "A : n x n; B : n x n; Y = A'*B"),
        (MatAdd, lambda node, row, col, fresh: (entries.Entries((entries.At(node.args[1], row, col),)),),
         "A : n x n; Y = A*A"),
        (nodes.Scale, lambda node, row, col, fresh: (entries.Entries((entries.At(node.args[1], row, col),)),),
         "A : n x n; Y = 3*A"),
        (nodes.MatMul, lambda node, row, col, fresh: (entries.Entries(
            tuple(entries.At(f, row, ONE) for f in node.args)),), "A : n x n; B : n x n; Y = A*B"),
    ],
    ids=["transpose lost", "term lost", "number lost", "sum lost"],
)  # fmt: skip
def test_a_wrong_line_of_a_node_is_found(operation, fault, text, monkeypatch):
    assert not _caught(text)
    monkeypatch.setitem(entries._NODES, operation, fault)
    assert _caught(text)


@pytest.mark.parametrize(
    "name, wrong",
    [
        ("solve", "Σ_k inv(A)[k,i] B[k,j]"),
        ("tr", "Σ_k A[k,1]"),
        ("tril", "[i + k ≥ j + 1] A[i,j]"),
        ("triu", "[j ≥ i + k + 1] A[i,j]"),
        ("kron", "Σ_k,l,r,s [i = p*(k-1) + r] [j = q*(l-1) + s] A[k,l] B[r,s]".replace("p*(k-1) + r", "n*(r-1) + k")),
        ("reshape", "Σ_k,l [i + r*(j-1) = l + 4*(k-1)] A[k,l]"),
        ("diag", "[i = j] x[1,1]"),
        ("sum_1", "Σ_k A[j,k]"),
        ("sum_2", "Σ_k A[k,i]"),
        ("sylvester", "Σ_k,l inv(kron(A, eye(m)) + kron(eye(n), B'))[i + n*(j-1), k + n*(l-1)] C[k,l]"),
        ("slice", "A[i, j + c0 - 1]"),
    ],
)
def test_a_wrong_line_of_a_record_is_found(name, wrong, monkeypatch):
    text = EXAMPLES[name] if name != "slice" else "A : 3 x m\nY = A[2:3, :]"
    text = text.replace("n x n", "3 x 3") if name in ("tr", "diag") else text
    entries._read.cache_clear()
    monkeypatch.setitem(OPERATIONS, name, replace(OPERATIONS[name], entries=wrong))
    try:
        assert _caught(text)
    finally:
        entries._read.cache_clear()
