"""Which entries depend on which: the programs people ask about, and the words for it."""

from __future__ import annotations

from dataclasses import replace

import pytest

import pushforward as pf
from symbolic.dependence.analysis import dependence, rows_independent
from symbolic.dependence.reasons import first_mixing
from symbolic.differential import differentiate
from symbolic.errors import NameError_
from symbolic.indices import entries
from symbolic.operations import OPERATIONS

SEED = "X1 = X0*W1; X2 = f.(X1); X3 = X2*W2; X4 = f.(X3)"
ATTENTION = "Q : n x k; K : m x k; V : m x p; Y = attention(Q, K, V)"


def found(text, wrt=None, of=None):
    return dependence(differentiate(pf.parse(text)), of, wrt)


PROPERTIES = ("is_zero", "rows_independent", "columns_independent", "is_diagonal", "is_transposed", "is_dense")


@pytest.mark.parametrize(
    "text, wrt, expected",
    [
        (SEED, "X0", {"rows_independent"}),
        (SEED, "W1", {"is_dense"}),
        (SEED, "W2", {"columns_independent"}),
        ("A : n x m; Y = softmax(A, 2)", "A", {"rows_independent"}),
        ("A : n x m; Y = softmax(A, 1)", "A", {"columns_independent"}),
        ("A : n x m; Y = A ./ (ones(n,1)*sqrt(sum(square(A), 1)))", "A", {"columns_independent"}),
        ("A : n x m; W : m x k; Y = f(layernorm(A)*W)", "A", {"rows_independent"}),
        (ATTENTION, "Q", {"rows_independent"}),
        (ATTENTION, "K", {"is_dense"}),
        (ATTENTION, "V", {"columns_independent"}),
        ("A : n x m; Y = sin(A')", "A", {"is_transposed"}),
        ("A : n x m; Y = sin(A')'", "A", {"rows_independent", "columns_independent", "is_diagonal"}),
        ("A : n x m; Y = f(reshape(reshape(A, m, n), n, m))", "A",
         {"rows_independent", "columns_independent", "is_diagonal"}),
        ("A : n x m; B : n x p; Y = [f(A), B]*C", "A", {"rows_independent"}),
        ("A : n x m; B : n x m; Y = B + A - A", "A", set(PROPERTIES) - {"is_dense", "is_transposed"}),
        ("A : n x n; Y = A'*A", "A", set()),
        ("A : n x n; b : n; x = A \\ b", "A", {"is_dense"}),
        ("A : n x n; B : n x k; X = A \\ B", "B", {"columns_independent"}),
        ("D : n x n diagonal; Y = D*D", "D",
         {"rows_independent", "columns_independent", "is_diagonal", "is_transposed"}),
    ],
)  # fmt: skip
def test_what_depends_on_what(text, wrt, expected):
    dependence_found = found(text, wrt)
    assert {name for name in PROPERTIES if getattr(dependence_found, name)} == expected
    assert rows_independent(differentiate(pf.parse(text), wrt)) is ("rows_independent" in expected)


def test_rows_of_slices_come_from_other_rows():
    rows = found("A : n x m; W : m x p; Y = f(A[2:n, :]*W)")
    assert not rows.rows_independent and str(rows).startswith("Row i of Y depends on row i + 1 of A alone.")
    with_bias = found("A : n x m; b : m; Y = A + ones(n,1)*b'", "b")
    assert str(with_bias).startswith("Column j of Y depends on row j of b alone.") and with_bias.is_block_diagonal


@pytest.mark.parametrize(
    "text, wrt, expected",
    [
        (SEED, "X0", ("identity", "dense")),
        (SEED, "W2", ("dense", "identity")),
        ("A : n x n; D : n x m; Y = tril(A)*D", "D", ("lower triangular", "identity")),
        ("A : n x n; D : m x n; Y = D*triu(A)", "D", ("identity", "lower triangular")),
        ("A : n x m; B : n x p; Y = [A, B]", "B", ("identity", "shifted identity")),
        ("A : n x n; y = tr(A)", "A", None),
        ("A : n x m; y = vec(A)", "A", None),
        ("A : n x m; B : p x q; Y = kron(A, B)", "B", ("other", "other")),
    ],
)
def test_kronecker_patterns(text, wrt, expected):
    assert found(text, wrt).kronecker == expected


@pytest.mark.parametrize(
    "text, wrt, varies_with",
    [
        (SEED, "X0", ("X0", "W1", "W2")),
        (SEED, "W2", ("X0", "W1", "W2")),
        ("X1 = X0*W1; X2 = X1*W2", "X0", ("W1", "W2")),
        ("X1 = X0*W1; X2 = X1*W2", "W1", ("X0", "W2")),
        ("A : n x m; Y = [A; 2*A]*ones(m,1)/n", "A", ()),
        ("A : n x n; B : n x k; X = A \\ B", "B", ("A",)),
        ("A : n x n; B : n x k; X = A \\ B", "A", ("A", "B")),
    ],
)
def test_what_the_jacobian_varies_with(text, wrt, varies_with):
    one = found(text, wrt)
    assert one.varies_with == varies_with
    assert one.is_constant is (not varies_with) and one.is_linear is (wrt not in varies_with)


def test_the_reason_is_given():
    assert str(found(SEED, "X0")).splitlines() == [
        "Row i of X4 depends on row i of X0 alone.",
        "An upper bound: what is said to be zero is; the rest may be different from zero.",
        "The steps that keep rows apart:",
        "  X1 = X0 W1    row i from row i",
        "  X2 = f(X1)    row i from row i",
        "  X3 = X2 W2    row i from row i",
        "  X4 = f(X3)    row i from row i",
        "Columns are mixed by X1 = X0 W1: δX1[i,j] = Σ_a W1[a,j] δX0[i,a]",
    ]


@pytest.mark.parametrize(
    "text, wrt, kind, name",
    [
        (SEED, "W1", "rows", "X1"),
        (SEED, "W1", "columns", "X3"),
        ("A : n x m; s = sum(square(A), 1); Y = A ./ (ones(n,1)*sqrt(s))", "A", "rows", "s"),
        ("A : n x m; Y = f(A); Z = Y*Y'; V = Z*Y", "A", "rows", "Z"),
        ("S : n x n symmetric; Y = f(S)", "S", "rows", "Y"),
        (SEED, "X0", "rows", None),
    ],
)
def test_the_statement_that_mixes_rows_is_named(text, wrt, kind, name):
    step = first_mixing(found(text, wrt), kind)
    assert (step.primal.name if step else None) == name
    if name:
        assert f"{kind.capitalize()} are mixed by {name} = " in str(found(text, wrt))


def test_a_symmetric_input_says_that_its_entries_move_together():
    text = str(found("S : n x n symmetric; Y = f(S)"))
    assert "S is symmetric: its entries [a, b] and [b, a] move together." in text
    assert found("S : n x n symmetric; Y = f(S)").mask({"n": 3})[0, 1].tolist() == [
        [False, True, False], [True, False, False], [False, False, False],
    ]  # fmt: skip


def test_intermediate_names_and_spellings():
    d = differentiate(pf.parse(SEED))
    assert dependence(d, "X_1", "X₀").of == "X1"
    with pytest.raises(NameError_, match="is not a name of this program"):
        dependence(d, "Z")
    with pytest.raises(NameError_, match="is not an input that moves here"):
        dependence(differentiate(pf.parse(SEED), "X0"), "X4", "W1")


# Mistakes are seen


@pytest.mark.parametrize(
    "name, wrong, text",
    [
        ("sum_1", "Σ_k A[j,k]", "A : n x n; Y = sum(square(A), 1)"),
        ("tril", "[j ≥ i + k] A[i,j]", "A : n x n; Y = tril(square(A))"),
        ("solve", "inv(A)[i,i] B[i,j]", "A : n x n; B : n x k; X = A \\ B"),
        ("reshape", "Σ_k,l [j + c*(i-1) = l + 4*(k-1)] A[k,l]", "A : 3 x 4; Y = reshape(square(A), 4, 3)"),
        ("slice", "A[i, j]", "A : 3 x m; Y = square(A)[2:3, :]"),
    ],
)
def test_a_wrong_line_of_a_record_changes_what_is_found(name, wrong, text, monkeypatch):
    sizes = {"n": 3, "m": 2, "k": 2}
    right = found(text).mask(sizes)
    entries._read.cache_clear()
    monkeypatch.setitem(OPERATIONS, name, replace(OPERATIONS[name], entries=wrong))
    try:
        assert (found(text).mask(sizes) != right).any()
    finally:
        entries._read.cache_clear()
