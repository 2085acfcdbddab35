"""What is known of an expression from how it is built: symmetric, lower, upper, diagonal, spd, orthogonal.

The transpose of an expression is pushed down to its names, (A B)' = B'A' and (A⁻¹)' = (A')⁻¹, where it stops at what
is known to be symmetric. An expression that comes out as it went in, up to the order of terms, is symmetric. Nothing is
guessed: what is not found has no known structure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Mapping
from typing import Any

from sympy import Dummy, HadamardProduct, Identity, MatAdd, MatMul, MatrixSymbol, OneMatrix, Transpose, ZeroMatrix

from symbolic.facts import FACTS
from symbolic.nodes import (
    LEAVES,
    SCALAR,
    Elementwise,
    Node,
    Operation,
    Quotient,
    Scale,
    is_number,
    multiply,
    ones,
    operands,
    rebuild,
    transpose,
    zeros,
)
from symbolic.statements import Input, Let
from symbolic.walks import bottom_up, subexpressions

_COMMUTES = {"inv", "matrix_power", "expm", "logm", "sqrtm", "sinm", "cosm", "kron", "pinv", "expm_frechet",
             "logm_frechet", "sinm_frechet", "cosm_frechet"}  # fmt: skip
"""Operations with f(A)' = f(A')."""
_KEEPS = {"inv", "matrix_power", "expm", "logm", "sqrtm", "sinm", "cosm"}
"""Operations whose result is triangular where their operand is."""
_LOWER_RESULT = {"chol", "lu_l"}
_UPPER_RESULT = {"qr_r", "lu_u"}
_POSITIVE_FUNCTIONS = {"exp", "cosh", "sigmoid", "softplus"}
_OF_A_NUMBER = {"symmetric", "lower", "upper", "diagonal"}
_STAYS_POSITIVE = {"inv", "matrix_power", "sqrtm", "kron"}


class Structure:
    """The structure of the names of a program, and of expressions over them.

    `declare` the inputs and `define` the lets in order; each is looked at when it is first asked for.
    """

    def __init__(self) -> None:
        self.facts: dict[Node, frozenset[str]] = {}
        self.values: dict[Node, Node] = {}
        self.pushed: dict[Node, tuple[Node, Node]] = {}
        self.found: dict[tuple[Node, str], bool] = {}
        self.waiting: list[Node] = []

    def declare(self, given: Input) -> None:
        """An input, with its facts and what follows from them."""
        known = set(given.facts)
        for fact in given.facts:
            known |= FACTS[fact].implies
        self.facts[given.symbol] = frozenset(known)

    def define(self, let: Let) -> None:
        self.values[let.symbol] = let.expr
        self.waiting.append(let.symbol)

    def has(self, node: Node, fact: str) -> bool:
        """Whether a fact is known of an expression: symmetric, lower, upper, diagonal, spd, orthogonal or positive."""
        self._look_at_lets()
        return self._has(node, fact)

    def flip(self, node: Node) -> Node:
        """The transpose, pushed down to the names."""
        self._look_at_lets()
        return self._flip(node)

    def plain(self, node: Node) -> Node:
        """The expression itself, its transposes pushed down to the names."""
        self._look_at_lets()
        return self._plain(node)

    def _look_at_lets(self) -> None:
        """In their order, so that a long program is no deep recursion."""
        waiting, self.waiting = self.waiting, []
        for name in waiting:
            value = self.values[name]
            found = [fact for fact in _TESTS if self._has(value, fact)]
            self.facts[name] = frozenset(found)

    def _has(self, node: Node, fact: str) -> bool:
        if type(node) is MatrixSymbol:
            return fact in self.facts.get(node, frozenset()) or (node.shape == SCALAR and fact in _OF_A_NUMBER)
        key = (node, fact)
        if key not in self.found:
            self.found[key] = False
            for part in subexpressions(node):
                if part is not node and (part, fact) not in self.found and type(part) is not MatrixSymbol:
                    self.found[part, fact] = _TESTS[fact](self, part)
            self.found[key] = _TESTS[fact](self, node)
        return self.found[key]

    def _flip(self, node: Node) -> Node:
        return self._both(node)[1]

    def _plain(self, node: Node) -> Node:
        return self._both(node)[0]

    def _both(self, node: Node) -> tuple[Node, Node]:
        """An expression and its transpose, both with transposes only where they cannot be pushed further."""
        return bottom_up(node, self.pushed, self._push)

    def _push(self, node: Node) -> tuple[Node, Node]:
        operation = type(node)
        if operation is MatrixSymbol:
            return node, node if self._has(node, "symmetric") else transpose(node)
        if operation is Transpose:
            plain, flipped = self.pushed[node.args[0]]
            return flipped, plain
        if operation in (OneMatrix, ZeroMatrix):
            return node, (ones if operation is OneMatrix else zeros)(*node.shape[::-1])
        if operation is Identity:
            return node, node
        pairs = [self.pushed[operand] for operand in operands(node)]
        plain = rebuild(node, [pair[0] for pair in pairs])
        if node.shape == SCALAR:
            return plain, plain
        if operation is MatMul:
            return plain, multiply(*(pair[1] for pair in reversed(pairs)))
        if operation is Operation and node.name not in _COMMUTES:
            return plain, plain if node.name == "diag" else transpose(plain)
        return plain, rebuild(node, [pair[1] for pair in pairs])


def structure_of(inputs: tuple[Input, ...], lets: tuple[Let, ...]) -> Structure:
    """The structure of a whole program."""
    structure = Structure()
    for given in inputs:
        structure.declare(given)
    for let in lets:
        structure.define(let)
    return structure


# One test for each fact; operands have been looked at before


def _is_square(node: Node) -> bool:
    return bool(node.shape[0] == node.shape[1])


def _is_symmetric(structure: Structure, node: Node) -> bool:
    if not _is_square(node):
        return False
    return _is_symmetric_leaf(node) or _in_any_order(structure._flip(node)) == _in_any_order(structure._plain(node))


def _is_symmetric_leaf(node: Node) -> bool:
    return type(node) in (Identity, OneMatrix, ZeroMatrix) or node.shape == (1, 1)


def _in_any_order(node: Node) -> Hashable:
    """A key that does not mind the order of the terms of sums and Hadamard products."""
    keys: dict[Node, Hashable] = {}
    for part in subexpressions(node):
        if isinstance(part, LEAVES):
            keys[part] = part
        elif type(part) in (MatAdd, HadamardProduct):
            keys[part] = (type(part), frozenset(Counter(keys[arg] for arg in part.args).items()))
        else:
            fixed = tuple(arg for arg in part.args if arg not in keys)
            keys[part] = (type(part), fixed, tuple(keys[operand] for operand in operands(part)))
    return keys[node]


def _triangular(kept: str, other: str, results: set[str], band: str) -> Callable[[Structure, Node], bool]:
    def test(structure: Structure, node: Node) -> bool:
        operation = type(node)
        if not _is_square(node):
            return False
        if operation in (Identity, ZeroMatrix) or node.shape == (1, 1):
            return True
        if operation is Transpose:
            return structure._has(node.args[0], other)
        if operation in (MatAdd, MatMul):
            return all(structure._has(part, kept) for part in node.args)
        if operation is HadamardProduct:
            return any(structure._has(part, kept) for part in node.args)
        if operation is Quotient:
            return False
        if operation is Scale:
            return structure._has(node.matrix, kept)
        if operation is not Operation:
            return False
        if node.name == band:
            inside = node.parameters[0] <= 0 if band == "tril" else node.parameters[0] >= 0
            return bool(inside) or structure._has(node.operands[0], kept)
        if node.name in ("tril", "triu"):
            return structure._has(node.operands[0], kept)
        if node.name in _KEEPS or node.name == "kron":
            return all(structure._has(operand, kept) for operand in node.operands)
        return node.name in results or node.name == "diag"

    return test


def _is_diagonal(structure: Structure, node: Node) -> bool:
    return structure._has(node, "lower") and structure._has(node, "upper")


def _is_spd(structure: Structure, node: Node) -> bool:
    operation = type(node)
    if operation is Identity:
        return True
    if operation is Transpose:
        return structure._has(node.args[0], "spd")
    if operation is Scale:
        return _is_positive_number(structure, node.coefficient) and structure._has(node.matrix, "spd")
    if operation is MatAdd:
        spd = [structure._has(term, "spd") for term in node.args]
        return any(spd) and all(known or _is_gram(structure, term) for known, term in zip(spd, node.args, strict=True))
    if operation is HadamardProduct:
        return all(structure._has(factor, "spd") for factor in node.args)
    if operation is not Operation:
        return False
    if node.name == "expm":
        return structure._has(node.operands[0], "symmetric")
    return node.name in _STAYS_POSITIVE and all(structure._has(operand, "spd") for operand in node.operands)


def _is_positive_number(structure: Structure, coefficient: Any) -> bool:
    """Whether a coefficient, a number or a 1×1 matrix, is positive; a size that it divides by is."""
    if not is_number(coefficient):
        return structure._has(coefficient, "positive")
    sizes = {size: Dummy(positive=True) for size in coefficient.free_symbols}
    return bool(coefficient.xreplace(sizes).is_positive)


def _is_positive(structure: Structure, node: Node) -> bool:
    """Whether each entry is positive, by how it is built."""
    operation = type(node)
    if operation is Scale:
        return _is_positive_number(structure, node.coefficient) and structure._has(node.matrix, "positive")
    if operation in (MatAdd, HadamardProduct, Quotient, Transpose):
        return all(structure._has(part, "positive") for part in operands(node))
    if operation is Elementwise:
        return node.order == 0 and node.function in _POSITIVE_FUNCTIONS
    return operation is OneMatrix


def _is_gram(structure: Structure, node: Node) -> bool:
    """c G'G or c G'M G with M spd: positive semidefinite."""
    if type(node) is Scale:
        return _is_positive_number(structure, node.coefficient) and _is_gram(structure, node.matrix)
    if type(node) is not MatMul:
        return False
    factors = node.args
    half = len(factors) // 2
    if len(factors) % 2 and not structure._has(factors[half], "spd"):
        return False
    pairs = zip(factors[:half], reversed(factors[-half:]), strict=True)
    return all(structure._flip(left) == structure._plain(right) for left, right in pairs)


def _is_orthogonal(structure: Structure, node: Node) -> bool:
    operation = type(node)
    if operation is Identity:
        return True
    if operation in (Transpose, MatMul):
        return all(structure._has(part, "orthogonal") for part in node.args)
    if operation is not Operation:
        return False
    if node.name in ("inv", "matrix_power", "kron"):
        return all(structure._has(operand, "orthogonal") for operand in node.operands)
    return node.name == "eigvecsh" or (node.name == "qr_q" and _is_square(node))


_TESTS: Mapping[str, Callable[[Structure, Node], bool]] = {
    "lower": _triangular("lower", "upper", _LOWER_RESULT, "tril"),
    "upper": _triangular("upper", "lower", _UPPER_RESULT, "triu"),
    "diagonal": _is_diagonal,
    "symmetric": _is_symmetric,
    "spd": _is_spd,
    "orthogonal": _is_orthogonal,
    "positive": _is_positive,
}
