"""Steps and shapes in words, for the terminal."""

from __future__ import annotations

from symbolic.differential import Differential, Step
from symbolic.language.printer import print_expression
from symbolic.language.styles import style_named
from symbolic.shapes import words


def step_line(step: Step, differential: Differential, style: str = "unicode") -> str:
    """One step on one line: δX1: d(X0 W1) = δX0 W1 + X0 0   [matrix product: d(A*B) = dA*B + A*dB]   n×h"""
    where = style_named(style).name(differential.name(step.where))
    before, after = print_expression(step.before, style), print_expression(step.after, style)
    left = f"d({before})" if step.is_rule else before
    return f"{where}: {left} = {after}   [{step.rule.name}: {step.rule.formula}]   {words(step.after.shape)}"
