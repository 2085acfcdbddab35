"""Structure against the Jacobian at random points, for every operation and for programs people ask about."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import pushforward as pf
from codegen.jacobian.confirmation import confirmed, nonzero_entries, sensible_lengths
from symbolic.dependence.analysis import dependence
from symbolic.dependence.relations import NOWHERE
from symbolic.differential import differentiate
from symbolic.errors import PushforwardError
from symbolic.operations import DEFINITIONS, OPERATIONS
from tools.generator import draw
from tools.structure_fuzz import examine, zeros

EXAMPLES = {name: record.example for name, record in (OPERATIONS | DEFINITIONS).items()}
UPPER_BOUND = {"chol", "qr_r", "lu_l", "lu_u", "skew"}
"""Where terms cancel in some entries: L[3,1] of A = L L' does not depend on A[1,2]."""
CONSTANT = {"max_weights", "max_weights_1", "max_weights_2"}
PROGRAMS = (
    "X1 = X0*W1; X2 = f.(X1); X3 = X2*W2; X4 = f.(X3)",
    "A : n x m; Y = A ./ (ones(n,1)*sqrt(sum(square(A), 1)))",
    "A : n x m; B : m x p; Y = (A*B)[2:n, :]; Z = [Y; f(B)]",
    "A : n x m; Y = reshape(f(reshape(A, m, n)), n, m)*A'",
    "A : n x m; B : m x n; Y = kron(A*B, A)[2:n*n-1, :]",
    "S : n x n symmetric; L : n x n lower; D : n x n diagonal; Y = S*L*D + tril(S, -1)*D",
)


@pytest.mark.parametrize("text", [*PROGRAMS, *(t for name, t in EXAMPLES.items() if name not in CONSTANT)])
def test_what_is_said_to_be_zero_is_and_what_is_exact_is_nonzero(text):
    d = differentiate(pf.parse(text))
    for wrt in d.wrt:
        found = confirmed(d, dependence(d, None, wrt), seed=5)
        name = next((name for name, example in EXAMPLES.items() if example == text), "")
        assert found.is_exact is (name not in UPPER_BOUND), wrt
        verdict = zeros(d, found, sensible_lengths(d.primal), 5)
        assert verdict.outcome == "passed", verdict


def test_an_upper_bound_names_an_entry_that_cancels():
    d = differentiate(pf.parse(EXAMPLES["skew"]))
    found = confirmed(d, dependence(d))
    assert found.cancels == (1, 1, 1, 1) and "∂Y[1,1]/∂A[1,1] is zero too" in str(found)


def test_lengths_can_be_given():
    d = differentiate(pf.parse(PROGRAMS[0]))
    found = confirmed(d, dependence(d), {"n": 2, "m": 2, "h": 3, "p": 1})
    assert "n = 2, m = 2, h = 3, p = 1" in str(found)
    with pytest.raises(PushforwardError, match="no lengths were found"):
        sensible_lengths(pf.parse("A : n x m; Y = A[1:90, :]"))


def test_a_false_zero_is_refused():
    d = differentiate(pf.parse("A : n x m; B : m x p; Y = A*B"))
    right = dependence(d)
    assert confirmed(d, right).is_exact
    (piece,) = right.pieces
    wrong = replace(piece, equal=frozenset({*piece.equal, *dependence(d, None, "B").pieces[0].equal}))
    for pieces in (NOWHERE, (wrong,)) if right.cols.size == right.in_cols.size else (NOWHERE,):
        with pytest.raises(PushforwardError, match="is not zero, though it was proved to be"):
            confirmed(d, replace(right, pieces=pieces))


def test_floating_point_and_the_field_agree():
    text = "A : n x m; B : m x m; Y = tril(square(A'*A))*B"
    exact = differentiate(pf.parse(text))
    rounded = differentiate(pf.parse(text + "; Z = Y + sin(B)*0"))
    sizes = {"n": 3, "m": 3}
    for wrt in ("A", "B"):
        over_field, _ = nonzero_entries(exact, dependence(exact, "Y", wrt), sizes, 1)
        in_floats, certain = nonzero_entries(rounded, dependence(rounded, "Y", wrt), sizes, 1)
        assert certain.all() and np.array_equal(over_field, in_floats)


@pytest.mark.parametrize("index", range(40))
def test_random_programs(index):
    faults = [verdict for verdict in examine(draw(11, index).program, index) if verdict.is_fault]
    assert not faults, faults
