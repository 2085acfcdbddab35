"""Simplification: a tuple of named rewrites, each an identity of matrix algebra, each use recorded.

A rewrite looks at one node whose operands are already simple and answers with a simpler node, or None. None
of them makes an expression grow, but for the factors around a sum in a trace (`symbolic.gather`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import islice, product
from operator import is_

from sympy import (
    Expr,
    HadamardPower,
    HadamardProduct,
    Identity,
    MatAdd,
    MatMul,
    MatrixSymbol,
    OneMatrix,
    S,
    Transpose,
    ZeroMatrix,
)

from symbolic.common_factor import common_factor
from symbolic.fractions import as_fraction
from symbolic.gather import gather
from symbolic.nodes import (
    SCALAR,
    Node,
    Operation,
    Quotient,
    Scale,
    add,
    hadamard,
    identity,
    is_number,
    is_scalar,
    multiply,
    ones,
    operands,
    operate,
    quotient,
    rebuild,
    scale,
    split_number,
    transpose,
    zeros,
)
from symbolic.operations import OPERATIONS
from symbolic.scalars import has_minus
from symbolic.structure import Structure
from symbolic.sums import filled_factor, sum_by_ones, sum_of_repeated, sum_of_sums
from symbolic.traces import sum_of_diagonal, trace_of_function, trace_of_kron, trace_of_root
from symbolic.walks import bottom_up

MAX_COLLECTED = 64


@dataclass(frozen=True)
class Rewrite:
    """`formula` is the identity in words of the language; `operations`, the node types it looks at.

    `apply(node, structure)`: the simpler node, or None; `structure` is what is known of the names.
    """

    name: str
    formula: str
    operations: tuple[type, ...]
    apply: Callable[[Node, Structure], Node | None] = field(repr=False)


def _zero_product(node: Node, structure: Structure) -> Node | None:
    if type(node) is Scale and node.coefficient is S.Zero:
        return zeros(*node.shape)
    parts = node.args[:1] if type(node) is Quotient else operands(node)
    return zeros(*node.shape) if ZeroMatrix in map(type, parts) else None


def _zero_term(node: Node, structure: Structure) -> Node | None:
    if ZeroMatrix not in map(type, node.args):
        return None
    kept = [term for term in node.args if type(term) is not ZeroMatrix]
    return add(*kept) if kept else zeros(*node.shape)


def _neutral_factor(node: Node, structure: Structure) -> Node | None:
    """I A = A, 1∘A = A, A ⊘ 1 = A"""
    if type(node) is Quotient:
        return node.numerator if type(node.denominator) is OneMatrix else None
    neutral, times = (Identity, multiply) if type(node) is MatMul else (OneMatrix, hadamard)
    if neutral not in map(type, node.args):
        return None
    kept = [factor for factor in node.args if type(factor) is not neutral]
    return times(*(kept or node.args[:1]))


def _zeroth_power(node: Node, structure: Structure) -> Node | None:
    return ones(*node.shape) if node.args[1] == 0 else None


def _constant_transpose(node: Node, structure: Structure) -> Node | None:
    """1' = 1, 0' = 0, I' = I, (c A)' = c A'"""
    inner = node.args[0]
    if type(inner) is Identity:
        return identity(inner.shape[0])
    if type(inner) in (OneMatrix, ZeroMatrix):
        return (ones if type(inner) is OneMatrix else zeros)(*node.shape)
    if type(inner) is Scale:
        return scale(inner.coefficient, transpose(inner.matrix))
    return None


def _cancelled(node: Node, structure: Structure) -> Node | None:
    """(A∘B) ⊘ A = B"""
    if type(node.numerator) is not HadamardProduct:
        return None
    factors = list(node.numerator.args)
    if node.denominator not in factors:
        return None
    factors.remove(node.denominator)
    return hadamard(*factors)


def _product_with_quotient(node: Node, structure: Structure) -> Node | None:
    """(1 ⊘ B)∘A = A ⊘ B, one operation fewer"""
    for k, factor in enumerate(node.args):
        if type(factor) is Quotient and type(factor.numerator) is OneMatrix:
            return quotient(hadamard(*node.args[:k], *node.args[k + 1 :]), factor.denominator)
    return None


def _zero_operand(node: Node, structure: Structure) -> Node | None:
    """A linear operation of zero, as A \\ 0 = 0 and tr(0) = 0"""
    operation = OPERATIONS[node.name]
    zero = [type(operand) is ZeroMatrix for operand in node.operands]
    if all(zero) if operation.jointly else any(zero[k] for k in operation.linear_in):
        return zeros(*node.shape)
    return None


def _linear_coefficient(node: Node, structure: Structure) -> Node | None:
    """L(c A) = c L(A) for a linear operation L"""
    for k in OPERATIONS[node.name].linear_in:
        operand = node.operands[k]
        if type(operand) is Scale:
            inside = (*node.operands[:k], operand.matrix, *node.operands[k + 1 :])
            return scale(operand.coefficient, operate(node.name, *inside, parameters=node.parameters))
    return None


def _one_as_coefficient(node: Node, structure: Structure) -> Node | None:
    """A coefficient that is a constant 1×1 matrix is a number."""
    if is_number(node.coefficient):
        return None
    number, matrix = split_number(node.coefficient)
    return scale(number, node.matrix) if matrix == ones(*SCALAR) else None


def _like_terms(node: Node, structure: Structure) -> Node | None:
    """A + A = 2 A; A∘B and B∘A are alike. The last spelling stays: X∘δX, not δX∘X."""
    terms = [split_number(term) for term in node.args]
    if len({type(matrix) for _, matrix in terms}) == len(terms):
        return None
    totals: dict[Hashable, tuple[object, Node]] = {}
    for number, matrix in terms:
        key = frozenset(Counter(matrix.args).items()) if type(matrix) is HadamardProduct else matrix
        before = totals.get(key, (S.Zero, matrix))[0]
        totals[key] = (before + number, matrix)
    if len(totals) == len(terms):
        return None
    kept = [scale(number, matrix) for number, matrix in totals.values() if number != 0]
    return add(*kept) if kept else zeros(*node.shape)


def _sign_inside(node: Node, structure: Structure) -> Node | None:
    """-(A - B) = B - A, where that leaves no more minus signs than there were"""
    number, matrix = split_number(node)
    if type(matrix) is not MatAdd or number is S.One or not has_minus(number):
        return None
    terms = [split_number(term) for term in matrix.args]
    if 2 * sum(has_minus(coefficient) for coefficient, _ in terms) < len(terms):
        return None
    return scale(-number, add(*(scale(-coefficient, inner) for coefficient, inner in terms)))


def _collected(node: Node, structure: Structure) -> Node | None:
    """A (B + C) + A B = 2 A B + A C: products with sums are multiplied out where their terms then come together."""
    products = [_multiplied_out(term) for term in node.args]
    if all(len(terms) == 1 for terms in products) or sum(map(len, products)) > MAX_COLLECTED:
        return None
    whole = [term for terms in products for term in terms]
    joined = _like_terms(add(*whole), structure)
    if joined is None:
        return None
    count = len(joined.args) if type(joined) is MatAdd else 1
    return joined if 2 * count <= len(whole) else None


def _multiplied_out(term: Node) -> list[Node]:
    """The terms of a product of sums."""
    number, matrix = split_number(term)
    if type(matrix) is not MatMul or all(type(factor) is not MatAdd for factor in matrix.args):
        return [term]
    choices = product(*(factor.args if type(factor) is MatAdd else (factor,) for factor in matrix.args))
    return [scale(number, multiply(*chosen)) for chosen in islice(choices, MAX_COLLECTED + 1)]


def _quadratic_form(node: Node, structure: Structure) -> Node | None:
    """x'(A + A')x = 2 x'A x: a scalar and its transpose are one"""
    factors = node.args
    half = len(factors) // 2
    if len(factors) % 2 == 0 or type(factors[half]) is not MatAdd or not is_scalar(node):
        return None
    if any(structure.flip(a) != structure.plain(b) for a, b in zip(factors[:half], factors[:half:-1], strict=True)):
        return None
    terms: dict[Node, Expr] = {}
    for term in factors[half].args:
        number, matrix = split_number(term)
        flipped = structure.flip(matrix)
        kept = flipped if flipped in terms or type(matrix) is Transpose else matrix
        terms[kept] = terms.get(kept, S.Zero) + number
    if len(terms) == len(factors[half].args):
        return None
    return multiply(
        *factors[:half], add(*(scale(number, matrix) for matrix, number in terms.items())), *factors[half + 1 :]
    )


def _orthogonal(node: Node, structure: Structure) -> Node | None:
    """Q'Q = I, and QQ' = I for square Q"""
    factors = node.args
    for k in range(len(factors) - 1):
        left, right = factors[k : k + 2]
        inside = right if type(left) is Transpose else left
        rows, cols = inside.shape
        square = rows is cols or rows == cols
        if square and structure.flip(left) == structure.plain(right) and structure.has(inside, "orthogonal"):
            return multiply(*factors[:k], identity(left.shape[0]), *factors[k + 2 :])
    return None


def _fraction(node: Node, structure: Structure) -> Node | None:
    return as_fraction(node)


def _symmetric(node: Node, structure: Structure) -> Node | None:
    inner = node.args[0]
    return inner if type(inner) is MatrixSymbol and structure.has(inner, "symmetric") else None


REWRITES: tuple[Rewrite, ...] = (
    Rewrite("zero factor", "0 A = 0", (MatMul, HadamardProduct, Scale, Quotient, Transpose), _zero_product),
    Rewrite("zero operand", "tr(0) = 0, A \\ 0 = 0", (Operation,), _zero_operand),
    Rewrite("linear coefficient", "tr(c A) = c tr(A)", (Operation,), _linear_coefficient),
    Rewrite("trace of a Kronecker product", "tr(A ⊗ B) = tr(A) tr(B)", (Operation,), trace_of_kron),
    Rewrite("trace of a function", "tr(expm_frechet(A, E)) = tr(expm(A) E)", (Operation,), trace_of_function),
    Rewrite("trace of a root", "tr(sylvester(R, R, C)) = tr(R^-1 C)/2", (Operation,), trace_of_root),
    Rewrite("sum of a diagonal", "sum(diagonal(A)) = tr(A)", (Operation,), sum_of_diagonal),
    Rewrite("sum of sums", "sum(sum(A, 2)) = sum(A), sum(A') = sum(A)", (Operation,), sum_of_sums),
    Rewrite("sum of what repeats", "sum(A*ones(m,k)) = k sum(A)", (Operation,), sum_of_repeated),
    Rewrite("sum by ones", "ones(1,n)*A*ones(m,1) = sum(A)", (MatMul,), sum_by_ones),
    Rewrite("zero term", "A + 0 = A", (MatAdd,), _zero_term),
    Rewrite("neutral factor", "I A = A, 1∘A = A", (MatMul, HadamardProduct, Quotient), _neutral_factor),
    Rewrite("filled factor", "A∘(c 1) = c A", (HadamardProduct,), filled_factor),
    Rewrite("zeroth power", "A.^0 = 1", (HadamardPower,), _zeroth_power),
    Rewrite("transpose of a constant", "1' = 1, (c A)' = c A'", (Transpose,), _constant_transpose),
    Rewrite("constant coefficient", "(c) A = c A", (Scale,), _one_as_coefficient),
    Rewrite("quotient", "(1 ⊘ B)∘A = A ⊘ B", (HadamardProduct,), _product_with_quotient),
    Rewrite("cancelled factor", "(A∘B) ⊘ A = B", (Quotient,), _cancelled),
    Rewrite("fraction", "a (1/b) = a/b, a/a = 1", (Scale, Quotient, HadamardPower), _fraction),
    Rewrite("orthogonal", "Q Q' = I", (MatMul,), _orthogonal),
    Rewrite("like terms", "A + A = 2 A", (MatAdd,), _like_terms),
    Rewrite("sign", "-(A - B) = B - A", (Scale,), _sign_inside),
    Rewrite("collected terms", "A (B + C) + A B = 2 A B + A C", (MatAdd,), _collected),
    Rewrite("quadratic form", "x'*(A + A')*x = 2*x'*A*x", (MatMul,), _quadratic_form),
    Rewrite("symmetric", "S' = S", (Transpose,), _symmetric),
    Rewrite("common factor", "sum(A∘dX) + sum(B∘dX) = sum((A + B)∘dX)", (MatAdd,), common_factor),
    Rewrite("gathered", "tr(dA'*B) = tr(B'*dA)", (MatAdd, MatMul, Operation), gather),
)
KNOWN_VALUE = Rewrite("known value", "f(X) is already computed", (), lambda node, structure: None)

ZEROS = tuple(rewrite for rewrite in REWRITES if rewrite.name.startswith("zero"))
"""Those alone by which a differential loses the terms in which nothing moves; all others are kept as the rules say."""


@cache
def _by_operation(rewrites: tuple[Rewrite, ...]) -> dict[type, tuple[Rewrite, ...]]:
    operations = {operation for rewrite in rewrites for operation in rewrite.operations}
    return {operation: tuple(r for r in rewrites if operation in r.operations) for operation in operations}


Record = Callable[[Rewrite, Node, Node], None]


class Simplifier:
    """Simplifies expressions, each distinct one once.

    `known`: expressions that already have a name, with that name's symbol. `record(rewrite, before, after)` is
    called for every use. `structure`: what is known of the names. `rewrites`: those that are used.
    """

    def __init__(
        self,
        known: Mapping[Node, Node],
        record: Record,
        structure: Structure | None = None,
        rewrites: tuple[Rewrite, ...] = REWRITES,
    ) -> None:
        self.rewrites = _by_operation(rewrites)
        self.known = known
        self.record = record
        self.structure = structure or Structure()
        self.done: dict[Node, Node] = {}

    def __call__(self, node: Node) -> Node:
        return bottom_up(node, self.done, self._simplify)

    def _simplify(self, node: Node) -> Node:
        old = operands(node)
        if not old:
            return node
        new = [self.done[operand] for operand in old]
        if not all(map(is_, old, new)):
            node = rebuild(node, new)
            inside = operands(node)
            if list(inside) != new and not all(map(self.done.__contains__, inside)):
                return self(node)  # building moved a coefficient outwards and left a new operand behind it
        after, rewrite = self._step(node)
        if rewrite is None:
            return node
        self.record(rewrite, node, after)
        return self(after)

    def _step(self, node: Node) -> tuple[Node, Rewrite | None]:
        known = self.known.get(node)
        if known is not None:
            return known, KNOWN_VALUE
        for rewrite in self.rewrites.get(type(node), ()):
            after = rewrite.apply(node, self.structure)
            if after is not None:
                return after, rewrite
        return node, None
