"""Products, quotients and powers: one factor moves at a time."""

from __future__ import annotations

from collections.abc import Callable

from sympy import HadamardPower, HadamardProduct, MatMul

from symbolic.nodes import Node, Quotient, add, hadamard, multiply, power, quotient, scale, subtract
from symbolic.rules.registry import Differentiate, rule

LONG_PRODUCT = 8


@rule(MatMul, "matrix product", "d(A*B) = dA*B + A*dB", "Matrix Cookbook 2012, (37)")
def matrix_product(node: Node, d: Differentiate) -> Node:
    return _one_factor_at_a_time(multiply, node.args, d)


@rule(HadamardProduct, "Hadamard product", "d(A .* B) = dA .* B + A .* dB", "Matrix Cookbook 2012, (38)")
def hadamard_product(node: Node, d: Differentiate) -> Node:
    return _one_factor_at_a_time(hadamard, node.args, d)


def _one_factor_at_a_time(product: Callable[..., Node], factors: tuple[Node, ...], d: Differentiate) -> Node:
    """dA B C + A dB C + A B dC; a long product is halved first, d(L R) = dL R + L dR, to stay short itself."""
    if len(factors) > LONG_PRODUCT:
        left, right = factors[: len(factors) // 2], factors[len(factors) // 2 :]
        return add(
            product(_one_factor_at_a_time(product, left, d), *right),
            product(*left, _one_factor_at_a_time(product, right, d)),
        )
    return add(*(product(*factors[:k], d(factor), *factors[k + 1 :]) for k, factor in enumerate(factors)))


# d(A ⊘ B) = (dA - (A ⊘ B) ∘ dB) ⊘ B reuses the quotient itself: one division fewer than (dA∘B - A∘dB) ⊘ B∘B.
@rule(Quotient, "quotient", "d(A ./ B) = (dA - (A ./ B) .* dB) ./ B", "DLMF 1.4(iii), entrywise")
def elementwise_quotient(node: Node, d: Differentiate) -> Node:
    above, below = node.args
    return quotient(subtract(d(above), hadamard(node, d(below))), below)


@rule(HadamardPower, "power", "d(A.^3) = 3*A.^2 .* dA", "DLMF 4.7.10, entrywise")
def elementwise_power(node: Node, d: Differentiate) -> Node:
    base, exponent = node.args
    return hadamard(scale(exponent, power(base, exponent - 1)), d(base))
