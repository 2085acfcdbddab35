"""The closed list of expression nodes, and the only functions that build them.

Everything is a matrix: a column is n×1, a scalar 1×1. SymPy's own nodes are used where it has them; four
are added: `Scale` (a number or a 1×1 matrix times a matrix), `Quotient` (elementwise), `Elementwise`
(f, f', f'', … applied to each entry) and `Operation` (inv, det, … by name). They are built without SymPy's
evaluation and in one normal form:

- sums and products are flat, because they are associative;
- a numeric coefficient, which may have sizes in it, stands outermost, once: 2*A*(3*B) is Scale(6, A B);
- a 1×1 factor of a matrix product is a `Scale`, so that the shapes of a `MatMul` chain plainly;
- a product of 1×1 matrices is a `Scale` too, whichever product it is.

The shape of every argument is taken to fit; `symbolic.shapes` is where that is checked.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Any, TypeAlias

from sympy import (
    Basic,
    Expr,
    HadamardPower,
    HadamardProduct,
    Identity,
    Integer,
    MatAdd,
    MatMul,
    MatrixExpr,
    MatrixSymbol,
    OneMatrix,
    S,
    Symbol,
    Transpose,
    Tuple,
    ZeroMatrix,
    expand,
)
from sympy.core.symbol import Str

from symbolic.errors import NotSupported
from symbolic.operations import OPERATIONS

Node: TypeAlias = MatrixExpr
Dim: TypeAlias = Expr
Shape: TypeAlias = tuple[Any, Any]

SCALAR: Shape = (S.One, S.One)


class Scale(MatrixExpr):  # type: ignore[misc]
    """c X: `coefficient` is a number (a SymPy expression without symbols but sizes) or a 1×1 matrix."""

    coefficient = property(lambda self: self._args[0])
    matrix = property(lambda self: self._args[1])
    shape = property(lambda self: self._args[1].shape)


class Quotient(MatrixExpr):  # type: ignore[misc]
    """A ⊘ B: each entry of `numerator` divided by the same entry of `denominator`."""

    numerator = property(lambda self: self._args[0])
    denominator = property(lambda self: self._args[1])
    shape = property(lambda self: self._args[0].shape)


class Elementwise(MatrixExpr):  # type: ignore[misc]
    """f(X) entry by entry; `order` counts the primes: f, f', f''."""

    function = property(lambda self: self._args[0].name)
    order = property(lambda self: int(self._args[1]))
    argument = property(lambda self: self._args[2])
    shape = property(lambda self: self._args[2].shape)


class Operation(MatrixExpr):  # type: ignore[misc]
    """An operation of `symbolic.operations` by its name: inv(A), A[1:2, :]. `parameters`: its numbers and sizes."""

    name = property(lambda self: self._args[0].name)
    parameters = property(lambda self: self._args[1].args)
    operands = property(lambda self: self._args[3:])
    shape = property(lambda self: self._args[2].args)


CONSTANTS = (ZeroMatrix, OneMatrix, Identity)
LEAVES = (MatrixSymbol, *CONSTANTS)
NODES = (*LEAVES, MatAdd, MatMul, HadamardProduct, HadamardPower, Transpose, Scale, Quotient, Elementwise, Operation)
_WITHOUT_OPERANDS = frozenset(LEAVES)
_OF_OPERANDS_ALONE = frozenset((MatAdd, MatMul, HadamardProduct, Transpose, Quotient))
"""Nodes whose arguments are all matrices."""


def operands(node: Node) -> tuple[Node, ...]:
    """The matrices a node is built from, left to right (not its numbers, names or sizes)."""
    operation = type(node)
    if operation in _OF_OPERANDS_ALONE:
        return node._args  # type: ignore[no-any-return]  # as .args, without a call
    if operation in _WITHOUT_OPERANDS:
        return ()
    if operation is Elementwise:
        return (node._args[2],)
    return tuple([arg for arg in node.args if isinstance(arg, MatrixExpr)])


def rebuild(node: Node, new: Iterable[Node]) -> Node:
    """The same operation on other operands."""
    operation = type(node)
    if operation in _BUILDERS:
        return _BUILDERS[operation](*new)
    new = list(new)
    if operation is Scale:
        coefficient = node.coefficient if len(new) == 1 else new[0]
        return scale(coefficient, new[-1])
    if operation is HadamardPower:
        return power(new[0], node.args[1])
    if operation is Elementwise:
        return apply(node.function, new[0], node.order)
    if operation is Operation:
        return operate(node.name, *new, parameters=node.parameters)
    raise NotSupported(f"{operation.__name__} cannot be built again from other operands")


def is_number(value: Any) -> bool:
    """Whether a coefficient is a plain number and not a 1×1 matrix."""
    return not isinstance(value, MatrixExpr)


def is_scalar(node: Node) -> bool:
    """Whether a matrix is 1×1; there is one object that is the number 1."""
    return is_one_entry(node.shape)


def is_one_entry(shape: Shape) -> bool:
    rows, cols = shape
    return rows is S.One and cols is S.One


# Leaves


@cache
def dimension(name: str) -> Dim:
    """A size that is not known as a number; a matrix may have no rows."""
    return Symbol(name, integer=True, nonnegative=True)


@lru_cache(maxsize=65536)
def symbol(name: str, rows: Dim, cols: Dim) -> Node:
    return Basic.__new__(MatrixSymbol, Str(name), rows, cols)


@lru_cache(maxsize=4096)
def zeros(rows: Dim, cols: Dim) -> Node:
    return Basic.__new__(ZeroMatrix, _size(rows), _size(cols))


@lru_cache(maxsize=4096)
def ones(rows: Dim, cols: Dim) -> Node:
    return Basic.__new__(OneMatrix, _size(rows), _size(cols))


@lru_cache(maxsize=4096)
def identity(size: Dim) -> Node:
    return Identity(size)


def constant(value: Expr) -> Node:
    """A number as a 1×1 matrix."""
    return scale(value, ones(*SCALAR))


# Operations


def add(*terms: Node) -> Node:
    flat = _flatten(MatAdd, terms)
    return flat[0] if len(flat) == 1 else _built(MatAdd, *flat)


def negative(matrix: Node) -> Node:
    return scale(S.NegativeOne, matrix)


def subtract(left: Node, right: Node) -> Node:
    return add(left, negative(right))


def scale(coefficient: Expr | Node, matrix: Node) -> Node:
    """Numbers merge and stand outermost; then 1×1 matrices, in the order they were written."""
    if is_number(coefficient):
        if type(matrix) is Scale and is_number(matrix.coefficient):
            return scale(coefficient * matrix.coefficient, matrix.matrix)
        return matrix if coefficient is S.One else _built(Scale, coefficient, matrix)
    number, coefficient = split_number(coefficient)
    inner, matrix = split_number(matrix)
    one = ones(*SCALAR)
    if one in (coefficient, matrix):
        return scale(number * inner, matrix if coefficient == one else coefficient)
    return scale(number * inner, _built(Scale, coefficient, matrix))


def multiply(*factors: Node) -> Node:
    """The matrix product; numbers and 1×1 factors move in front as coefficients."""
    number: Expr = S.One
    scalars: list[Node] = []
    chain: list[Node] = []
    height: Dim = S.One
    for factor in _flatten(MatMul, factors):
        value, factor = split_number(factor)
        number = _times(number, value)
        while type(factor) is Scale:
            scalars.append(factor.coefficient)
            factor = factor.matrix
        for link in factor.args if type(factor) is MatMul else (factor,):
            rows, cols = link.shape
            if rows is S.One and cols is S.One:
                scalars.append(link)
                continue
            height = height if chain else rows
            chain.append(link)
            if height is S.One and cols is S.One:
                scalars.append(_product(chain))
                chain = []
    matrix = _product(chain) if chain else scalars.pop()
    for coefficient in reversed(scalars):
        matrix = scale(coefficient, matrix)
    return scale(number, matrix)


def hadamard(*factors: Node) -> Node:
    if is_scalar(factors[0]):
        return multiply(*factors)
    number: Expr = S.One
    flat: list[Node] = []
    for factor in factors:
        value, matrix = split_number(factor)
        number = _times(number, value)
        flat += matrix.args if type(matrix) is HadamardProduct else (matrix,)
    return scale(number, flat[0] if len(flat) == 1 else _built(HadamardProduct, *flat))


def quotient(numerator: Node, denominator: Node) -> Node:
    above, numerator = split_number(numerator)
    below, denominator = split_number(denominator)
    number = above if below is S.One else above / below
    return scale(number, _built(Quotient, numerator, denominator))


def power(base: Node, exponent: Expr) -> Node:
    """Each entry of `base` to the power of a number."""
    return base if exponent == 1 else _built(HadamardPower, base, exponent)


def matrix_power(base: Node, exponent: int) -> Node:
    """A^k by its name for k ≥ 2; A^0 = I, and A^-k is (A^-1)^k."""
    if exponent < 0:
        return matrix_power(operate("inv", base), -exponent)
    if exponent < 2:
        return base if exponent else identity(base.shape[0])
    return operate("matrix_power", base, parameters=(Integer(exponent),))


def transpose(matrix: Node) -> Node:
    if type(matrix) is Transpose:
        return matrix.args[0]
    return matrix if is_scalar(matrix) else _built(Transpose, matrix)


def apply(function: str, argument: Node, order: int = 0) -> Node:
    return _built(Elementwise, _name(function), Integer(order), argument)


def operate(name: str, *operands: Node, parameters: Iterable[Expr] = ()) -> Node:
    """A named operation. Raises ShapeError where its operands do not fit."""
    parameters = tuple(parameters)
    shape = OPERATIONS[name].shape([operand.shape for operand in operands], parameters, same_size)
    return _built(Operation, _name(name), Tuple(*parameters), Tuple(*map(expand_size, shape)), *operands)


def same_size(left: Dim, right: Dim) -> bool:
    """Whether two sizes are equal for all values of their symbols."""
    return bool(left == right or expand_size(left) == expand_size(right))


def expand_size(size: Dim) -> Dim:
    """One form for equal sizes: n*(m + 1) as n*m + n."""
    return size if size.is_Atom else expand(size)


def split_number(node: Node) -> tuple[Expr, Node]:
    """c X as (c, X), with c = 1 where there is no numeric coefficient."""
    if type(node) is Scale and is_number(node.coefficient):
        return node.coefficient, node.matrix
    return S.One, node


def _size(size: Dim | int) -> Dim:
    return Integer(size) if isinstance(size, int) else size


@lru_cache(maxsize=4096)
def _name(name: str) -> Str:
    return Str(name)


def _built(operation: type, *args: Any) -> Node:
    """A node, hashed at once from the hashes of its operands, so that no depth of nesting is a deep recursion."""
    node = Basic.__new__(operation, *args)
    hash(node)
    return node


def _flatten(operation: Any, args: Iterable[Node]) -> list[Node]:
    flat: list[Any] = []
    for arg in args:
        flat += arg.args if type(arg) is operation else (arg,)
    return flat


def _product(chain: list[Node]) -> Node:
    return chain[0] if len(chain) == 1 else _built(MatMul, *chain)


def _times(left: Expr, right: Expr) -> Expr:
    """Most numbers are 1."""
    return left if right is S.One else right if left is S.One else left * right


_BUILDERS = {
    MatAdd: add,
    MatMul: multiply,
    HadamardProduct: hadamard,
    Quotient: quotient,
    Transpose: transpose,
}
