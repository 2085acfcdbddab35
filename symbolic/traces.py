"""Traces of particular operations, each in one step: tr(A ⊗ B) = tr(A) tr(B), tr(L_exp(A, E)) = tr(exp(A) E)."""

from __future__ import annotations

from collections.abc import Callable

from sympy import Rational

from symbolic.nodes import Node, Operation, multiply, negative, operate, scale
from symbolic.structure import Structure


def trace_of_kron(node: Node, structure: Structure) -> Node | None:
    """tr(A ⊗ B) = tr(A) tr(B) for square A and B"""
    inner = _traced(node, "kron")
    if inner is None or any(factor.shape[0] != factor.shape[1] for factor in inner.operands):
        return None
    left, right = (operate("tr", factor) for factor in inner.operands)
    return scale(left, right)


def trace_of_function(node: Node, structure: Structure) -> Node | None:
    """tr(L_f(A, E)) = tr(f'(A) E), as tr(f(A)) has the differential tr(f'(A) dA) (Higham 2008, section 3.2)"""
    for name, derivative in _DERIVATIVES.items():
        inner = _traced(node, f"{name}_frechet")
        if inner is not None:
            A, E = inner.operands
            return operate("tr", multiply(derivative(A), E))
    return None


def trace_of_root(node: Node, structure: Structure) -> Node | None:
    """tr(X) = tr(R⁻¹ C)/2 where R X + X R = C: R⁻¹ from the left, and the trace of R⁻¹ X R is that of X"""
    inner = _traced(node, "sylvester")
    if inner is None or inner.operands[0] != inner.operands[1]:
        return None
    R, _, C = inner.operands
    return scale(Rational(1, 2), operate("tr", multiply(operate("inv", R), C)))


def sum_of_diagonal(node: Node, structure: Structure) -> Node | None:
    """sum(diagonal(A)) = tr(A)"""
    inner = node.operands[0]
    if node.name not in ("sum", "sum_1") or type(inner) is not Operation or inner.name != "diagonal":
        return None
    return operate("tr", inner.operands[0])


def _traced(node: Node, name: str) -> Node | None:
    """What is inside tr(…), where that is the operation `name`."""
    inner = node.operands[0]
    return inner if node.name == "tr" and type(inner) is Operation and inner.name == name else None


_DERIVATIVES: dict[str, Callable[[Node], Node]] = {
    "expm": lambda A: operate("expm", A),
    "logm": lambda A: operate("inv", A),
    "sinm": lambda A: operate("cosm", A),
    "cosm": lambda A: negative(operate("sinm", A)),
}
