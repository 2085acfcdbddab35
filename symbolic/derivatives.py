"""The derivative of one name of a program by another, as a matrix: a gradient, or a Jacobian of columns."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from symbolic.nodes import SCALAR
from symbolic.program import Program
from symbolic.statements import Input

Place = tuple[int, int]


@dataclass(frozen=True)
class Derivative:
    """∂of/∂by, by the name under which expressions have it.

    `vec`: ∂vec(of)/∂vec(by)ᵀ, both column by column. Else one of the two is a scalar, and the other gives the shape.
    """

    name: str
    of: str
    by: str
    vec: bool = False

    def shape(self, of: tuple[Any, Any], by: tuple[Any, Any]) -> tuple[Any, Any]:
        """From the shapes of the two, in sizes or in numbers."""
        if self.vec:
            return (of[0] * of[1], by[0] * by[1])
        return by if of == SCALAR else of

    def places(self, entry: Place, of: Place, by: Place) -> tuple[Place, Place]:
        """The entry of the one that an entry is the derivative of, and that of the other; from 0, of given shapes."""
        if self.vec:
            return _at(entry[0], of), _at(entry[1], by)
        return ((0, 0), entry) if of == SCALAR else (entry, (0, 0))


def _at(index: int, shape: Place) -> Place:
    return index % shape[0], index // shape[0]


def opened(program: Program, name: str) -> Program:
    """The program with a statement made an input: what is downstream of it moves with it alone."""
    if name in [given.name for given in program.inputs]:
        return program
    given = Input(name, program.symbols[name].shape)
    lets = tuple(let for let in program.lets if let.name != name)
    return replace(program, inputs=(*program.inputs, given), lets=lets)
