"""The exact oracle for pullbacks: ⟨Ȳ, J δX⟩ = ⟨X̄, δX⟩ over a prime field, where there is no rounding.

J δX is the ε part of the primal at X + δX ε (`symbolic.exact`), by arithmetic alone; X̄ is what the adjoint computes.
One scalar equation at a random direction: a pullback that is wrong anywhere satisfies it with probability about
degree/p, p = 2^61 - 1.
"""

from __future__ import annotations

import random
from collections.abc import Mapping

from sympy import MatrixSymbol

from symbolic.exact import ATTEMPTS, Tables, evaluate, is_checkable, is_rational, random_matrix
from symbolic.facts import perturbation
from symbolic.field import Matrix, P, Singular, ones, with_dual_part
from symbolic.nodes import Node
from symbolic.reverse.adjoint import Adjoint
from symbolic.statements import Input


def is_adjoint_checkable(adjoint: Adjoint) -> bool:
    """Whether `adjoint_holds` can say anything, as `symbolic.exact.is_checkable` of its differential."""
    return is_checkable(adjoint.differential) and is_rational(adjoint.program)


def adjoint_holds(adjoint: Adjoint, sizes: Mapping[str, int], seed: int) -> bool:
    """Whether ⟨Ȳ, J δX⟩ = ⟨X̄, δX⟩ at one random point, exactly. Raises Singular where none is found."""
    for attempt in range(ATTEMPTS):
        try:
            return _holds_at(adjoint, sizes, random.Random(f"{seed} {attempt} adjoint"), Tables(seed))
        except Singular:
            continue
    raise Singular("the program divides by zero wherever it is evaluated")


def _holds_at(adjoint: Adjoint, sizes: Mapping[str, int], generator: random.Random, tables: Tables) -> bool:
    differential = adjoint.differential
    inputs = {given.name: random_matrix(given, sizes, generator) for given in adjoint.program.inputs}
    inputs |= {
        given.name: random_matrix(given, sizes, generator)
        for given in differential.tangent.inputs
        if given.name not in inputs
    }
    directions = {
        given.name: random_matrix(Input(given.name, given.shape, perturbation(given.facts)), sizes, generator)
        for given in adjoint.primal.inputs
        if given.name in adjoint.wrt
    }
    moved = inputs | {name: with_dual_part(inputs[name], direction) for name, direction in directions.items()}
    tangent = evaluate(adjoint.primal, moved, tables)
    found = evaluate(differential.tangent, inputs, tables) | evaluate(adjoint.program, inputs, tables)
    left = [_inner(_value(cotangent, found), tangent[of].dual) for of, cotangent in adjoint.cotangents]
    right = [_inner(found[name], directions[wrt]) for wrt, name in adjoint.results]
    return sum(left) % P == sum(right) % P


def _value(cotangent: Node, found: Mapping[str, Matrix]) -> Matrix:
    """A cotangent is a name, or the 1 of a gradient."""
    return found[cotangent.name] if type(cotangent) is MatrixSymbol else ones(1, 1)


def _inner(A: Matrix, B: Matrix) -> int:
    """The sum of the products of entries, of their real parts."""
    return sum(
        x.a * y.a for row, other in zip(A.entries, B.entries, strict=True) for x, y in zip(row, other, strict=True)
    )
