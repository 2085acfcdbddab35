"""Steps and shapes in words, for the terminal."""

from __future__ import annotations

from sympy import MatAdd

from codegen.modes import Modes
from symbolic.differential import Differential, Step
from symbolic.language.printer import print_expression
from symbolic.language.styles import style_named
from symbolic.nodes import operands
from symbolic.reverse.adjoint import Adjoint
from symbolic.reverse.backwards import AdjointStep
from symbolic.shapes import words


def step_line(step: Step, differential: Differential, style: str = "unicode") -> str:
    """One step on one line: δX1: d(X0 W1) = δX0 W1 + X0 0   [matrix product: d(A*B) = dA*B + A*dB]   n×h"""
    where = style_named(style).name(differential.name(step.where))
    before, after = print_expression(step.before, style), print_expression(step.after, style)
    left = f"d({before})" if step.is_rule else before
    return f"{where}: {left} = {after}   [{step.rule.name}: {step.rule.formula}]   {words(step.after.shape)}"


def adjoint_step_line(step: AdjointStep, style: str = "unicode") -> str:
    """One step on one line: δX3: ⟨X̄3, δX2 W2⟩ = ⟨X̄3 W2ᵀ, δX2⟩   [matrix product: …]   n×h"""
    where = style_named(style).name(step.where)
    before, after = print_expression(step.before, style), print_expression(step.after, style)
    if step.cotangent is not None and step.moving is not None:
        cotangent, moving = print_expression(step.cotangent, style), print_expression(step.moving, style)
        opening, closing = _ANGLES[style]
        more = " + …" if len(operands(step.before)) > 1 and type(step.before) is MatAdd else ""
        before = f"{opening}{cotangent}, {before}{closing}"
        after = f"{opening}{after}, {moving}{closing}{more}"
    return f"{where}: {before} = {after}   [{step.rule.name}: {step.rule.formula}]   {words(step.after.shape)}"


_ANGLES = {"text": ("<", ">"), "unicode": ("⟨", "⟩"), "latex": (r"\langle ", r"\rangle")}


def mode_lines(modes: Modes, adjoint: Adjoint) -> list[str]:
    """What forward and reverse cost, in words."""
    sizes = ", ".join(f"{name} = {length}" for name, length in modes.sizes.items())
    wrt, of = ", ".join(adjoint.wrt), ", ".join(adjoint.of)
    return [
        f"cost{f', at {sizes}' if sizes else ''}: the values take {_counted(modes.primal)}",
        f"forward: {_counted(modes.forward)} with one direction{_ratio(modes.forward, modes.primal)}; "
        f"{wrt} has {modes.directions:,}, in all {_counted(modes.whole_forward)}",
        f"reverse: {_counted(modes.reverse)} with one cotangent{_ratio(modes.reverse, modes.primal)}; "
        f"{of} has {modes.cotangents:,}, in all {_counted(modes.whole_reverse)}",
        f"cheaper for the whole derivative: {modes.cheaper}",
    ]


def _ratio(flops: int, primal: int) -> str:
    return f", {flops / primal:.2g} times that" if primal else ""


def _counted(flops: int) -> str:
    return f"{flops:,} flops" if flops < 10**7 else f"{flops:.3g} flops"
