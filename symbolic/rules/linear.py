"""Linear operations: the differential passes through."""

from __future__ import annotations

from sympy import MatAdd, Transpose

from symbolic.nodes import Node, Scale, add, is_number, scale
from symbolic.rules.registry import Differentiate, linear, rule

linear(MatAdd, "sum", "d(A + B) = dA + dB", "Matrix Cookbook 2012, (35)")
linear(Transpose, "transpose", "d(A') = dA'", "Matrix Cookbook 2012, (44)")


@rule(Scale, "scalar multiple", "d(a*A) = da*A + a*dA", "Magnus and Neudecker 2019, chapter 8")
def scalar_multiple(node: Node, d: Differentiate) -> Node:
    coefficient, matrix = node.args
    if is_number(coefficient):
        return scale(coefficient, d(matrix))
    return add(scale(d(coefficient), matrix), scale(coefficient, d(matrix)))
