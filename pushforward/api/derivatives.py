"""Differentials, pullbacks, gradients, second derivatives; index forms."""

from __future__ import annotations

from collections.abc import Iterable

from symbolic.differential import Differential, differentiate
from symbolic.program import Program
from symbolic.reverse import gradients
from symbolic.reverse.adjoint import Adjoint
from symbolic.reverse.adjoint import adjoint as transpose

Names = str | Iterable[str] | None


def differential(program: Program, wrt: str | Iterable[str] | None = None, order: int = 1) -> Differential:
    """The differential with respect to one input, several, or (by default) all.

    order: 2 is the second differential along one and the same perturbation, the Hessian's quadratic form, and so on;
    for another perturbation each time, differentiate `.program` again.

    The result maps seeds, δX0 of the shape of X0, linearly to the outputs' differentials, of their shapes.
    `str()` is the closed form, `.steps` the derivation, `.program` the tangent program.
    Raises NameError_ for a name that is no input, DifferentiationError for an operation without a rule.
    """
    return differentiate(program, wrt, order)


def adjoint(what: Program | Differential, of: Names = None, wrt: Names = None) -> Adjoint:
    """The pullback: the transpose of the differential, by which ⟨Ȳ, δY⟩ = ⟨X̄, δX⟩ for every δX.

    what: a differential, or a program and `wrt`. of: the outputs whose cotangents, of their shapes, are given; by
    default all that move. The result's `.program` computes the outputs and, from the cotangents, that of each input, of
    its shape; of an input declared symmetric, diagonal or triangular, projected on the perturbations it admits.
    `str()` is the closed form, `.steps` the derivation. Raises NameError_, and NotSupported for a higher order.
    """
    return transpose(what if isinstance(what, Differential) else differentiate(what, wrt), of)


def gradient(program: Program, wrt: Names = None, of: str | None = None) -> Adjoint:
    """The gradient of a scalar output, in the shape of each input: its pullback with the cotangent 1.

    Compiled, k(X) -> (y, X_bar); `.program` can be differentiated again. Raises ShapeError for an output that is no
    scalar.
    """
    return gradients.gradient(program, wrt, of)


def gradient_of(differential: Differential, of: str | None = None) -> Adjoint:
    """The gradient from a differential that is there already. Raises as `gradient` does."""
    return gradients.gradient_of(differential, of)


def hvp(program: Program, wrt: Names = None, of: str | None = None) -> Differential:
    """The Hessian of a scalar output times δX, forward over reverse: the differential of the gradient.

    Compiled, k(X, dX) -> (X_bar, dX_bar). Raises as `gradient` does.
    """
    return gradients.hvp(program, wrt, of)


def vhp(program: Program, wrt: Names = None, of: str | None = None) -> Adjoint:
    """δX times the Hessian of a scalar output, reverse over forward: the gradient of the differential δy = ⟨X̄, δX⟩.

    Compiled, k(X, dX) -> (dy, X_bar), where X_bar is the Hessian times dX. Raises as `gradient` does.
    """
    return gradients.vhp(program, wrt, of)


def gauss_newton(program: Program, wrt: Names = None, of: Names = None) -> Adjoint:
    """J'J δX, the differential of the outputs pulled back. Compiled, k(X, dX) -> (Y, X_bar)."""
    return gradients.gauss_newton(program, wrt, of)
