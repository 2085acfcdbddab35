"""The transposes of linear expressions, one operation at a time: ⟨Y, A dX B⟩ = ⟨A'Y B', dX⟩.

A tangent expression is linear in what moves. Its transpose takes the cotangent Y of the expression to the cotangents
of its operands. SymPy's own node types have theirs here; a named operation has a line of mathematics in its record,
`adjoint`, one for each operand in which it is linear.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from sympy import HadamardProduct, Identity, MatAdd, MatMul, OneMatrix, S, Transpose

from symbolic.errors import DifferentiationError
from symbolic.language.elaborate import Elaboration, bind
from symbolic.language.formulas import formula
from symbolic.nodes import (
    SCALAR,
    Node,
    Operation,
    Quotient,
    Scale,
    add,
    hadamard,
    is_number,
    multiply,
    operate,
    quotient,
    scale,
    split_number,
    transpose,
    zeros,
)  # fmt: skip
from symbolic.operations import OPERATIONS, MatrixOperation
from symbolic.structure import Structure

Moves = Callable[[Node], bool]
Contribution = tuple[Node, Node]
"""An operand, and what its cotangent gains."""


@dataclass(frozen=True)
class Transposition:
    """The transpose of one linear operation. `formula`: <Y, tr(dA)> = <Y*eye(n), dA>. `cite`: its source.

    `apply(node, cotangent, moves, structure)`: what the operands that move gain; `structure` is what is known of the
    names.
    """

    name: str
    formula: str
    apply: Callable[[Node, Node, Moves, Structure], Iterator[Contribution]] = field(repr=False)
    cite: str


def transposition_for(node: Node) -> Transposition:
    """The transposition of a node's type, or of its operation. Raises DifferentiationError where there is none."""
    found = TRANSPOSITIONS.get(node.name if type(node) is Operation else type(node))
    if found is None:
        what = node.name if type(node) is Operation else type(node).__name__
        raise DifferentiationError(
            f"{what} is not linear in what moves, or has no transpose",
            hint="a named operation has it in its record, `adjoint`; see docs/add-an-operation.md",
        )
    return found


def _moving(parts: Sequence[Node], moves: Moves) -> int:
    """The place of the one part that moves. Raises DifferentiationError where there are several: that is not linear."""
    places = [k for k, part in enumerate(parts) if moves(part)]
    if len(places) != 1:
        raise DifferentiationError("a product of two differentials is not linear and has no transpose")
    return places[0]


def flipped(node: Node, structure: Structure) -> Node:
    """The transpose, that of a product as the product of the transposes, (A B)' = B'A', and so of sums of these."""
    if node.shape[0] == node.shape[1] and structure.has(node, "symmetric"):
        return node
    if type(node) is Scale:
        return scale(node.coefficient, flipped(node.matrix, structure))
    if type(node) is MatMul:
        return multiply(*(flipped(factor, structure) for factor in reversed(node.args)))
    if type(node) is MatAdd and any(map(_turns, node.args)):
        return add(*(flipped(term, structure) for term in node.args))
    return transpose(node)


def _turns(term: Node) -> bool:
    """Whether transposing takes transposes away."""
    matrix = split_number(term)[1]
    return type(matrix) is Transpose or (type(matrix) is MatMul and any(type(f) is Transpose for f in matrix.args))


def _sum(node: Node, cotangent: Node, moves: Moves, structure: Structure) -> Iterator[Contribution]:
    for term in node.args:
        if moves(term):
            yield term, cotangent


def _product(node: Node, cotangent: Node, moves: Moves, structure: Structure) -> Iterator[Contribution]:
    """What was repeated by ones, x*ones(1,m), is summed up, sum(Y, 2)."""
    place = _moving(node.args, moves)
    left, right = list(node.args[:place]), list(node.args[place + 1 :])
    if right and type(right[-1]) is OneMatrix and right[-1].shape[0] == 1:
        right.pop()
        cotangent = operate("sum_2", cotangent)
    if left and type(left[0]) is OneMatrix and left[0].shape[1] == 1:
        left.pop(0)
        cotangent = operate("sum_1", cotangent)
    before = [flipped(factor, structure) for factor in reversed(left)]
    after = [flipped(factor, structure) for factor in reversed(right)]
    yield node.args[place], multiply(*before, cotangent, *after)


def _hadamard(node: Node, cotangent: Node, moves: Moves, structure: Structure) -> Iterator[Contribution]:
    place = _moving(node.args, moves)
    yield node.args[place], hadamard(*node.args[:place], cotangent, *node.args[place + 1 :])


def _transpose(node: Node, cotangent: Node, moves: Moves, structure: Structure) -> Iterator[Contribution]:
    yield node.args[0], flipped(cotangent, structure)


def _quotient(node: Node, cotangent: Node, moves: Moves, structure: Structure) -> Iterator[Contribution]:
    if moves(node.denominator):
        raise DifferentiationError("a quotient is not linear in its denominator")
    yield node.numerator, quotient(cotangent, node.denominator)


def _scale(node: Node, cotangent: Node, moves: Moves, structure: Structure) -> Iterator[Contribution]:
    coefficient, matrix = node.args
    if is_number(coefficient) or _moving(node.args, moves) == 1:
        yield matrix, scale(coefficient, cotangent)
    else:
        yield coefficient, inner_product(matrix, cotangent, structure)


def inner_product(matrix: Node, cotangent: Node, structure: Structure) -> Node:
    """⟨M, Y⟩ in as few operations as the form of M allows: x'Y z where M = x z', tr(Y) where M = I."""
    if matrix.shape == SCALAR:
        return multiply(matrix, cotangent)
    if type(matrix) is OneMatrix:
        return operate("sum", cotangent)
    if type(matrix) is Identity:
        return operate("tr", cotangent)
    if matrix.shape[1] == 1:
        return multiply(transpose(matrix), cotangent)
    if matrix.shape[0] == 1:
        return multiply(cotangent, transpose(matrix))
    if type(matrix) is MatMul:
        for k, factor in enumerate(matrix.args[:-1], start=1):
            if factor.shape[1] == 1:
                left = [flipped(part, structure) for part in reversed(matrix.args[:k])]
                right = [flipped(part, structure) for part in reversed(matrix.args[k:])]
                return multiply(*left, cotangent, *right)
    return operate("sum", hadamard(matrix, cotangent))


# Blocks


def _side_by_side(node: Node, cotangent: Node, moves: Moves, structure: Structure) -> Iterator[Contribution]:
    first = S.One
    for part in node.operands:
        last = first + part.shape[1] - 1
        if moves(part):
            yield part, operate("slice", cotangent, parameters=(S.One, part.shape[0], first, last))
        first = last + 1


def _on_top(node: Node, cotangent: Node, moves: Moves, structure: Structure) -> Iterator[Contribution]:
    first = S.One
    for part in node.operands:
        last = first + part.shape[0] - 1
        if moves(part):
            yield part, operate("slice", cotangent, parameters=(first, last, S.One, part.shape[1]))
        first = last + 1


def _cut(node: Node, cotangent: Node, moves: Moves, structure: Structure) -> Iterator[Contribution]:
    """Zeros around the cotangent, on the sides where something was cut off."""
    part = node.operands[0]
    (rows, cols), (r0, r1, c0, c1) = part.shape, node.parameters
    height = cotangent.shape[0]
    row = [zeros(height, c0 - 1), cotangent, zeros(height, cols - c1)]
    row = [block for block in row if block.shape[1] != 0]
    middle = operate("hstack", *row) if len(row) > 1 else row[0]
    column = [zeros(r0 - 1, cols), middle, zeros(rows - r1, cols)]
    column = [block for block in column if block.shape[0] != 0]
    yield part, operate("vstack", *column) if len(column) > 1 else column[0]


def _again(node: Node, cotangent: Node, moves: Moves, structure: Structure) -> Iterator[Contribution]:
    """An operation that is its own transpose: tril, triu."""
    yield node.operands[0], operate(node.name, cotangent, parameters=node.parameters)


def _rearranged(node: Node, cotangent: Node, moves: Moves, structure: Structure) -> Iterator[Contribution]:
    """Back: what were n×m blocks of p×q entries is n×p blocks of m×q."""
    n, m, p, q = node.parameters
    yield node.operands[0], operate("rearrange", cotangent, parameters=(n, p, m, q))


# Named operations by the lines in their records


def _by_lines(operation: MatrixOperation) -> Transposition:
    """The transposition that the lines of a record state, one for each operand in which it is linear."""
    names = list(operation.shapes.operands)

    def apply(node: Node, cotangent: Node, moves: Moves, structure: Structure) -> Iterator[Contribution]:
        moving = [k for k, operand in enumerate(node.operands) if moves(operand)]
        if len(moving) != 1 or moving[0] not in operation.linear_in:
            raise DifferentiationError(f"{operation.name} is not linear in what moves")
        known, sizes = bind(operation, node.operands)
        line = operation.adjoint[operation.linear_in.index(moving[0])]
        elaboration = Elaboration({**known, "Y": cotangent}, sizes.__getitem__)
        yield node.operands[moving[0]], elaboration.matrix(formula(line, operation.name, (*known, "Y")))

    stated = [
        f"<Y, {_moved(operation, names[k])}> = <{line}, d{names[k]}>"
        for k, line in zip(operation.linear_in, operation.adjoint, strict=True)
    ]
    return Transposition(operation.name, "; ".join(stated), apply, operation.cite)


def _moved(operation: MatrixOperation, name: str) -> str:
    """sum(A, 2) as sum(dA, 2)"""
    return re.sub(rf"\b{name}\b(?!\()", f"d{name}", operation.expression)


_LINEAR = "the definition of the transpose"
TRANSPOSITIONS: dict[type | str, Transposition] = {
    MatAdd: Transposition("sum", "<Y, dA + dB> = <Y, dA> + <Y, dB>", _sum, _LINEAR),
    MatMul: Transposition("matrix product", "<Y, A*dX*B> = <A'*Y*B', dX>", _product, "Giles 2008, section 2.2.2"),
    HadamardProduct: Transposition("Hadamard product", "<Y, A .* dX> = <A .* Y, dX>", _hadamard, _LINEAR),
    Transpose: Transposition("transpose", "<Y, dX'> = <Y', dX>", _transpose, _LINEAR),
    Quotient: Transposition("quotient", "<Y, dX ./ A> = <Y ./ A, dX>", _quotient, _LINEAR),
    Scale: Transposition("scalar multiple", "<Y, a*dX> = <a*Y, dX>; <Y, da*A> = <sum(A .* Y), da>", _scale, _LINEAR),
    "hstack": Transposition("hstack", "<[Y, Z], [dA, dB]> = <Y, dA> + <Z, dB>", _side_by_side, _LINEAR),
    "vstack": Transposition("vstack", "<[Y; Z], [dA; dB]> = <Y, dA> + <Z, dB>", _on_top, _LINEAR),
    "slice": Transposition("slice", "<Y, dA[1:2, :]> = <[Y; zeros(n-2,m)], dA>", _cut, _LINEAR),
    "rearrange": Transposition(
        "rearrange", "<Y, rearrange(dA, n, m, p, q)> = <rearrange(Y, n, p, m, q), dA>", _rearranged, _LINEAR
    ),
    **{name: Transposition(name, f"<Y, {name}(dA)> = <{name}(Y), dA>", _again, _LINEAR) for name in ("tril", "triu")},
    **{operation.name: _by_lines(operation) for operation in OPERATIONS.values() if operation.adjoint},
}
"""By node type, and by the name of an operation."""


def _symmetric_part(matrix: Node) -> Node:
    return scale(S.Half, add(matrix, transpose(matrix)))


def _diagonal_part(matrix: Node) -> Node:
    return operate("diag", operate("diagonal", matrix))


def _band(name: str) -> Callable[[Node], Node]:
    return lambda matrix: operate(name, matrix, parameters=(S.Zero,))


PROJECTIONS: dict[str, Callable[[Node], Node]] = {
    "symmetric": _symmetric_part,
    "diagonal": _diagonal_part,
    "lower": _band("tril"),
    "upper": _band("triu"),
}
"""For what perturbations of a matrix have: the part of a cotangent that they see."""


def _projecting(fact: str, formula: str) -> Transposition:
    def apply(node: Node, cotangent: Node, moves: Moves, structure: Structure) -> Iterator[Contribution]:
        yield node, PROJECTIONS[fact](cotangent)

    return Transposition(f"projection on {fact} directions", formula, apply, _LINEAR)


PROJECTING = {
    "symmetric": _projecting("symmetric", "<Y, dS> = <(Y + Y')/2, dS> for dS = dS'"),
    "diagonal": _projecting("diagonal", "<Y, dD> = <diag(diagonal(Y)), dD> for diagonal dD"),
    "lower": _projecting("lower triangular", "<Y, dL> = <tril(Y), dL> for lower triangular dL"),
    "upper": _projecting("upper triangular", "<Y, dU> = <triu(Y), dU> for upper triangular dU"),
}


def project(
    node: Node, cotangent: Node, facts: Sequence[str], structure: Structure
) -> Iterator[tuple[Transposition, Node]]:
    """What is left of the cotangent of an input whose perturbations have `facts`; nothing where that is all of it."""
    for fact in facts:
        if not structure.has(cotangent, fact):
            yield PROJECTING[fact], PROJECTIONS[fact](cotangent)
