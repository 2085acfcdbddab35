"""Gradients, and the products with second derivatives that composing forward and reverse gives.

    gradient        X̄ of a scalar y, with the cotangent 1
    hvp             δX̄ = H δX, the differential of the gradient: forward over reverse
    vhp             H δX as the gradient of the scalar ⟨X̄, δX⟩: reverse over forward
    gauss_newton    J'J δX, the pullback of the differential

H is symmetric, so hvp and vhp are the same; they are derived in two ways, and cost differently.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from symbolic.differential import Differential, differentiate
from symbolic.errors import ShapeError
from symbolic.nodes import SCALAR, ones
from symbolic.program import Program
from symbolic.reverse.adjoint import Adjoint, chosen_outputs, transpose_program
from symbolic.shapes import words

Names = str | Iterable[str] | None


def gradient(program: Program, wrt: Names = None, of: str | None = None) -> Adjoint:
    """The gradient of a scalar output with respect to inputs, each of the shape of its input.

    Its program gives the value and the gradients. `of`: the output, where there are several. Raises ShapeError for an
    output that is not 1×1, NameError_ as `differentiate` does.
    """
    return gradient_of(differentiate(program, wrt), of)


def gradient_of(differential: Differential, of: str | None = None) -> Adjoint:
    """The gradient from a differential that is there already."""
    chosen = chosen_outputs(differential, of) or differential.primal.outputs[-1:]
    if len(chosen) > 1:
        raise ShapeError(
            f"a gradient is that of one scalar; the outputs are {', '.join(chosen)}",
            hint="choose one of them with `of`",
        )
    shape = differential.primal.symbols[chosen[0]].shape
    if shape != SCALAR:
        raise ShapeError(
            f"a gradient is that of a scalar; {chosen[0]} is {words(shape)}",
            hint="the pullback of any output is its adjoint, all its derivatives are its Jacobian",
        )
    return transpose_program(differential, {chosen[0]: ones(*SCALAR)})


def hvp(program: Program, wrt: Names = None, of: str | None = None) -> Differential:
    """The Hessian of a scalar output times a direction, forward over reverse.

    The differential of the gradient X̄ with respect to the same inputs: δX̄ is the Hessian times δX, all its blocks
    where there are several inputs.
    """
    found = gradient(program, wrt, of)
    gradients = tuple(name for _, name in found.results)
    return differentiate(replace(found.program, outputs=gradients), found.wrt)


def vhp(program: Program, wrt: Names = None, of: str | None = None) -> Adjoint:
    """A direction times the Hessian of a scalar output, reverse over forward.

    The gradient of the differential δy = ⟨X̄, δX⟩, in which δX is a given matrix: X̄ of it is the Hessian times δX.
    """
    differential = differentiate(program, wrt)
    gradient_of(differential, of)
    output = (chosen_outputs(differential, of) or program.outputs[-1:])[0]
    tangent = replace(differential.tangent, outputs=(differential.name(output),))
    return gradient_of(differentiate(tangent, differential.wrt))


def gauss_newton(program: Program, wrt: Names = None, of: Names = None) -> Adjoint:
    """J'J δX: the differential of the outputs along δX, pulled back."""
    differential = differentiate(program, wrt)
    symbols = differential.tangent.symbols
    cotangents = {name: symbols[differential.name(name)] for name in chosen_outputs(differential, of)}
    return transpose_program(differential, cotangents)
