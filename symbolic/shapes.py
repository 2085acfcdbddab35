"""Shapes: the rule of every operation, and shapes in words.

A size is a SymPy integer, a symbol (n), an expression of these (n*m, n - 1), or, while a text is read, an unknown to
be inferred. The rules are written once, over `same(a, b)`: unification (`symbolic.unification`) when a text is read,
equality when a program is verified.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sympy import (
    Add,
    Expr,
    HadamardPower,
    HadamardProduct,
    Integer,
    MatAdd,
    MatMul,
    MatrixExpr,
    Min,
    Mul,
    Pow,
    Rational,
    Transpose,
)

from symbolic.errors import NotSupported, ShapeError
from symbolic.functions import CATALOGUE
from symbolic.nodes import (
    LEAVES,
    Elementwise,
    Node,
    Operation,
    Quotient,
    Scale,
    Shape,
    dimension,
    expand_size,
    is_number,
    same_size,
)
from symbolic.operations import OPERATIONS

Same = Callable[[Any, Any], bool]


def words(shape: Shape) -> str:
    """n×2, (n + m)×1; a size not yet known is `?`."""
    return "×".join(f"({size})" if size.is_Add else str(size) for size in shape)


# The rules


def product(left: Shape, right: Shape, same: Same) -> Shape:
    if not same(left[1], right[0]):
        raise ShapeError(f"{words(left)} times {words(right)}, the inner dimensions {left[1]} and {right[0]} differ")
    return left[0], right[1]


def entrywise(operation: str, left: Shape, right: Shape, same: Same) -> Shape:
    """Sum, difference, Hadamard product and quotient: the shapes are equal."""
    if not (same(left[0], right[0]) and same(left[1], right[1])):
        raise ShapeError(f"{words(left)} {operation} {words(right)}, the shapes differ")
    return left


def transposed(shape: Shape) -> Shape:
    return shape[1], shape[0]


# Verification


def check(node: Node) -> None:
    """Check one node, its operands being sound. Raises ShapeError, or NotSupported for a node not on the list."""
    clause = CHECKS.get(type(node))
    if clause is None:
        raise NotSupported(
            f"{type(node).__name__} is not a node of Pushforward",
            hint="build expressions with symbolic.nodes, or add the node there and its clause in symbolic/shapes.py",
        )
    clause(node)


def _sound(node: Node) -> None:
    """Any operand will do."""


def _check_entrywise(node: Node) -> None:
    first, *rest = node.args
    for operand in rest:
        entrywise(_ENTRYWISE[type(node)], first.shape, operand.shape, _equal)


def _check_product(node: Node) -> None:
    shape = node.args[0].shape
    for factor in node.args[1:]:
        shape = product(shape, factor.shape, _equal)


def _check_scale(node: Node) -> None:
    coefficient = node.coefficient
    if isinstance(coefficient, MatrixExpr):
        if coefficient.shape != (1, 1):
            raise ShapeError(f"a coefficient is 1×1, this one is {words(coefficient.shape)}")
    else:
        _check_number(coefficient, "a coefficient")


def _check_power(node: Node) -> None:
    if node.args[1].free_symbols:
        raise NotSupported(f"an exponent is a plain number, not {node.args[1]}")
    _check_number(node.args[1], "an exponent")


def _check_function(node: Node) -> None:
    if node.function in CATALOGUE and node.order:
        message = f"{node.function} with primes is not a node: its derivative is known"
        raise NotSupported(message, hint="write the derivative out, as symbolic.scalars.spread does")


def _check_operation(node: Node) -> None:
    operation = OPERATIONS.get(node.name)
    if operation is None:
        raise NotSupported(
            f"{node.name!r} is no operation of Pushforward", hint="they are listed in symbolic/operations"
        )
    found = operation.shape([operand.shape for operand in node.operands], node.parameters, same_size)
    if not all(map(same_size, found, node.shape)):
        raise ShapeError(f"{node.name} gives {words(found)}, not {words(node.shape)}")


def _check_number(value: Any, what: str) -> None:
    """A number that moves with nothing but sizes: whatever could depend on an input has to be a matrix."""
    if isinstance(value, Rational):
        return
    if isinstance(value, Expr) and not value.has(MatrixExpr):
        if value.is_number and value.is_extended_real and value.is_finite is not False:
            return
        if _is_of_sizes(value):
            return
    raise NotSupported(f"{what} is a real number or a 1×1 matrix, not {value}")


def _is_of_sizes(value: Any) -> bool:
    """Whether a number is made of sizes by sums, products, powers and minima: 1/n, 1/sqrt(m)."""
    if value.is_Symbol:
        return bool(value.is_integer and value.is_nonnegative)
    if value.is_number:
        return bool(value.is_extended_real)
    return isinstance(value, Add | Mul | Pow | Min) and all(map(_is_of_sizes, value.args))


def _equal(left: Any, right: Any) -> bool:
    return left is right or bool(left == right) or same_size(left, right)


_ENTRYWISE = {MatAdd: "plus", HadamardProduct: "times elementwise", Quotient: "divided elementwise by"}

CHECKS: dict[type, Callable[[Node], None]] = {
    **dict.fromkeys((*LEAVES, Transpose), _sound),
    **dict.fromkeys(_ENTRYWISE, _check_entrywise),
    MatMul: _check_product,
    Scale: _check_scale,
    HadamardPower: _check_power,
    Elementwise: _check_function,
    Operation: _check_operation,
}


def requirements(node: Node) -> list[Any]:
    """The sizes that must not be negative for a node to make sense, where that is not plain."""
    if type(node) is Scale:
        return _divisors(node.coefficient) if is_number(node.coefficient) else []
    needed = list(node.shape)
    if type(node) is Operation and node.name == "slice":
        (rows, cols), (r0, r1, c0, c1) = node.operands[0].shape, node.parameters
        needed += [rows - r1, cols - c1, r0 - 1, c0 - 1]
    elif type(node) is Operation and node.name.startswith("qr"):
        needed.append(node.operands[0].shape[0] - node.operands[0].shape[1])
    return [size for size in map(expand_size, needed) if not size.is_nonnegative]


def _divisors(coefficient: Any) -> list[Any]:
    """Sizes that a coefficient divides by are at least 1: n - 1 of 1/n."""
    if not coefficient.free_symbols:
        return []
    powers = [power.args for power in sorted(coefficient.atoms(Pow), key=str) if power.free_symbols]
    return [base - 1 for base, exponent in powers if exponent.is_negative]


def as_size(value: int | str) -> Any:
    """A size as written, 2 or `n`, as SymPy's integer or symbol."""
    return Integer(value) if isinstance(value, int) else dimension(value)


def length(size: Any, lengths: Mapping[str, int]) -> int:
    """A size as a number, given those of the symbolic ones."""
    if size.is_Integer:
        return int(size)
    if size.is_Symbol:
        return lengths[size.name]
    return int(size.xreplace({symbol: Integer(lengths[symbol.name]) for symbol in size.free_symbols}))


def found_lengths(given: Iterable[tuple[Shape, tuple[int, int]]]) -> dict[str, int]:
    """The lengths of all symbolic sizes, from shapes and what they are in numbers; n of 2 n × m by trying."""
    totals = {size: total for shape, lengths in given for size, total in zip(shape, lengths, strict=True)}
    found = {size.name: total for size, total in totals.items() if size.is_Symbol}
    waiting, before = [size for size in totals if not size.is_Atom], 0
    while len(waiting) != before:
        before, sizes, waiting = len(waiting), waiting, []
        for size in sizes:
            unknown = [symbol.name for symbol in size.free_symbols if symbol.name not in found]
            if len(unknown) == 1:
                found[unknown[0]] = _tried(size, unknown[0], totals[size], found)
            elif unknown:
                waiting.append(size)
    return found


def _tried(size: Any, name: str, total: int, found: Mapping[str, int]) -> int:
    """The smallest length of `name` for which `size` comes to `total`; 0 if none does."""
    return next((n for n in range(total + 1) if length(size, {**found, name: n}) == total), 0)
