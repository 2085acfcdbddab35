"""The exact dot product: it holds where the pullback is right, and not where a single coefficient is off."""

from dataclasses import replace

import pytest
from sympy import Integer

from symbolic.differential import differentiate
from symbolic.exact_adjoint import adjoint_holds, is_adjoint_checkable
from symbolic.field import Singular
from symbolic.language.read import read_program
from symbolic.nodes import scale
from symbolic.reverse.adjoint import adjoint
from symbolic.reverse.gradients import gauss_newton, gradient, vhp
from symbolic.statements import Let

PROGRAM = "X : n x m; W : m x p; y = sum(f.(X*W))"


def spoiled(pullback):
    """The last cotangent times 1 + 1e-15."""
    *lets, last = pullback.program.lets
    wrong = Let(last.name, scale(1 + Integer(1) / 10**15, last.expr))
    return replace(pullback, program=replace(pullback.program, lets=(*lets, wrong)))


@pytest.mark.parametrize("derive", [lambda p: adjoint(differentiate(p)), gradient, vhp, gauss_newton])
@pytest.mark.parametrize("text", [PROGRAM, "X : n x n symmetric; y = tr(inv(X))", "X : n x n lower; y = det(X*X)"])
def test_right_and_wrong(derive, text):
    program = read_program(text)
    sizes = {str(size): k + 2 for k, size in enumerate(program.sizes)}
    found = derive(program)
    assert is_adjoint_checkable(found)
    assert adjoint_holds(found, sizes, 1) and adjoint_holds(found, sizes, 2)
    assert not adjoint_holds(spoiled(found), sizes, 1)


def test_what_is_not_rational_cannot_be_checked():
    assert not is_adjoint_checkable(gradient(read_program("X : n x m; y = sum(sin(X))")))
    assert not is_adjoint_checkable(gradient(read_program("Q : n x n orthogonal; y = tr(Q)")))


def test_division_by_zero():
    with pytest.raises(Singular):
        adjoint_holds(gradient(read_program("A : n x n; y = tr(inv(A - A))")), {"n": 2}, 1)
