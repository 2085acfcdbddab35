"""The exact oracle: field arithmetic of its own, and differentials that agree with dual numbers exactly."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from sympy import Rational

from symbolic import exact, nodes
from symbolic.differential import differentiate
from symbolic.errors import NotSupported
from symbolic.exact import Dual, P, Singular, Tables, differential_holds, evaluate, is_rational, number, random_matrix
from symbolic.language.read import read_program
from symbolic.program import Program
from symbolic.statements import Let

RATIONAL = [
    "X1 = X0*W1; X2 = f(X1); X3 = X2*W2; X4 = f(X3)",
    "Y = A*B*C*D",
    "Y = " + "*".join(f"A{k}" for k in range(12)),
    "Y = " + " .* ".join(f"A{k}" for k in range(12)),
    "a : scalar; A : n x m; Y = 3*a*A*B + a^2*(A ./ C)*B + a./(1 + (A*B).*(A*B))",
    "f(x) = x^3/(1 + x^2)\nY = f(A) + A.^5 + A.^(-2)",
    "S : n x n symmetric; L : n x n lower; Y = S*L' - L*S + f''(L) .* g(S)",
    "x : n; B : n x n; Y = x'*B*x + 1/3; Z = x*x'; return Y, Z",
    "Y = reciprocal(A)*square(B) - A.^(-1)*B",
    "b : h; Y = f(X*W + ones(n,1)*b'); X : n x m",
]


def sizes_of(program: Program) -> dict[str, int]:
    return {str(size): 2 + index % 3 for index, size in enumerate(program.sizes)}


@pytest.mark.parametrize("text", RATIONAL)
@pytest.mark.parametrize("times", [1, 2])
def test_differentials_agree_exactly_with_dual_numbers(text: str, times: int) -> None:
    program = read_program(text)
    for _ in range(times):
        differential = differentiate(program)
        program = differential.program
    assert is_rational(program)
    assert all(differential_holds(differential, sizes_of(program), seed) for seed in (1, 2, 3))


@pytest.mark.parametrize("numerator", [10**15 + 1, -(10**15)])
def test_a_coefficient_that_is_wrong_by_the_smallest_amount_is_found(numerator: int) -> None:
    differential = differentiate(read_program("Y = A*B .* C"), "A")
    *others, last = differential.tangent.lets
    wrong = Let(last.name, nodes.scale(Rational(numerator, 10**15), last.expr))
    spoiled = replace(differential, tangent=replace(differential.tangent, lets=(*others, wrong)))
    assert not differential_holds(spoiled, sizes_of(differential.primal), 1)


def test_dual_numbers_are_a_ring_with_nilpotent_part() -> None:
    source = random.Random(0)
    a, b, c = (Dual(source.randrange(1, P), source.randrange(P)) for _ in range(3))
    assert (a + b) * c == a * c + b * c
    assert a * a.inverse() == Dual(1)
    assert (a - b) + b == a
    assert Dual(0, 5) * Dual(0, 7) == Dual(0)
    assert a**3 == a * a * a
    assert a**-2 == (a * a).inverse()
    assert a**0 == Dual(1)


def test_division_by_zero_asks_for_another_point() -> None:
    with pytest.raises(Singular):
        Dual(0, 1).inverse()


def test_numbers_are_exact() -> None:
    assert number(Rational(1, 3)) * Dual(3) == Dual(1)
    with pytest.raises(NotSupported, match="pi"):
        number(read_program("Y = pi*A").lets[0].expr.coefficient)


def test_tables_are_functions_and_their_derivatives_are_independent() -> None:
    tables = Tables(7)
    assert tables.apply("f", 0, Dual(5, 1)) == Dual(tables.value("f", 0, 5), tables.value("f", 1, 5))
    values = {tables.value(name, order, 5) for name in "fg" for order in range(3)}
    assert len(values) == 6 and tables.value("f", 0, 6) not in values
    assert Tables(8).value("f", 0, 5) != tables.value("f", 0, 5)


@pytest.mark.parametrize("text", ["Y = sin(A)", "Y = A.^(1/2)", "Y = pi*A", "f(x) = exp(x); Y = f(A)"])
def test_what_is_not_rational_is_refused(text: str) -> None:
    program = read_program(text)
    assert not is_rational(program)
    with pytest.raises(NotSupported):
        evaluate(program, {"A": ((Dual(2),),)}, Tables(0))


def test_random_matrices_have_the_facts_of_their_input() -> None:
    program = read_program("S : n x n symmetric; D : n x n diagonal; U : n x n upper; Y = S*D*U")
    S, D, U = (random_matrix(given, {"n": 3}, random.Random(1)) for given in program.inputs)
    assert all(S[i][j] == S[j][i] for i in range(3) for j in range(3))
    assert [D[i][j] == exact.ZERO for i in range(3) for j in range(3) if i != j] == [True] * 6
    assert [U[i][j] == exact.ZERO for i in range(3) for j in range(i)] == [True] * 3
