"""The vec Jacobian in closed form: the matrix J of vec(δX4) = J vec(δX0), as Kronecker products.

A linear expression has one matrix for each operation on the way: vec(A δX B) = (B' ⊗ A) vec(δX), vec(A ∘ δX) =
diag(vec(A)) vec(δX), vec(δX') = K vec(δX). That of a named operation is the line `vec` of its record; those of SymPy's
own nodes and of ours stand here. Statement by statement, J_X2 = diag(vec(f'(X1))) J_X1, the matrices make a program: it
can be read, compiled and checked as any other, at a cost linear in the number of statements.

Entries go column by column, as in the textbooks (Magnus and Neudecker 2019, chapter 3), or row by row: then A δX B
gives A ⊗ B', and a line of a record stands between two commutation matrices.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sympy import Expr, HadamardProduct, MatAdd, MatMul, MatrixSymbol, Mul, S, Transpose

from symbolic.choice import chosen_input, chosen_name
from symbolic.closed_form import ClosedForm, substitute
from symbolic.collection import without_collecting
from symbolic.differential import Differential
from symbolic.errors import LimitError, NotSupported
from symbolic.jacobian.commutations import Commutations
from symbolic.jacobian.kronecker import diag, entries_of, kron, vec
from symbolic.language.elaborate import Elaboration, bind, on_top
from symbolic.language.formulas import formula
from symbolic.nodes import (
    LEAVES,
    Dim,
    Node,
    Operation,
    Quotient,
    Scale,
    add,
    expand_size,
    hadamard,
    identity,
    is_number,
    multiply,
    ones,
    operands,
    quotient,
    scale,
    transpose,
    zeros,
)
from symbolic.operations import OPERATIONS, MatrixOperation
from symbolic.program import Program
from symbolic.simplify import REWRITES, Simplifier
from symbolic.statements import Let
from symbolic.structure import Structure, structure_of
from symbolic.walks import bottom_up, subexpressions

_COMMUTATION = re.compile(r"\bK_([a-z]+)_([a-z]+)\b")


@dataclass(frozen=True)
class VecForm:
    """The matrix of vec(δ`of`) = J vec(δ`wrt`), with a row for each entry of `of` and a column for each of `wrt`.

    `program` computes it, as the output `name`, from the inputs; `jacobians`: its statements that are Jacobians.
    `commutations`: the names K_n_m in it, with the sizes n and m of A in K vec(A) = vec(A'). `row_major`: entries are
    counted row by row.
    """

    of: str
    wrt: str
    row_major: bool
    name: str
    program: Program
    jacobians: tuple[Let, ...]
    commutations: Commutations

    def closed_form(self) -> ClosedForm:
        """J with the statements substituted. Raises LimitError where it would be too large to read."""
        structure = structure_of(self.program.inputs, self.program.lets)
        try:
            return self._substituted(structure)
        except LimitError as error:
            hint = f"its {len(self.jacobians)} statements can be read one by one: pf.jacobian(…).statements"
            raise LimitError(error.message, hint=hint) from None

    def _substituted(self, structure: Structure) -> ClosedForm:
        return substitute(self.jacobians, self.program.symbols[self.name], structure, self.commutations.rewrites())


@without_collecting
def vec_form(
    differential: Differential, of: str | None = None, wrt: str | None = None, row_major: bool = False
) -> VecForm:
    """The vec Jacobian of a name of the program, by default its last output, with respect to an input that moves.

    Where the perturbation of the input is symmetric, triangular or diagonal, J is right for these. Raises NameError_
    for a name that is none, NotSupported for an operation whose record has no line `vec`.
    """
    of, wrt = chosen_name(differential, of), chosen_input(differential, wrt)
    walk = _Walk(differential, wrt, row_major)
    return walk.form(of)


class _Walk:
    """The statements of a tangent program one by one; `matrices`: J of what moves, None of what does not."""

    def __init__(self, differential: Differential, wrt: str, row_major: bool) -> None:
        self.differential = differential
        self.wrt = wrt
        self.row_major = row_major
        tangent = differential.tangent
        self.taken = set(tangent.symbols)
        self.commutations = Commutations(self.taken)
        self.seed = tangent.symbols[dict(differential.seeds)[wrt]]
        self.entries = entries_of(self.seed.shape)
        self.matrices: dict[Node, Node | None] = {self.seed: identity(self.entries)}
        structure = structure_of(tangent.inputs, tangent.lets)
        more = self.commutations.rewrites()
        self.simplify = Simplifier({}, lambda rewrite, before, after: None, structure, (*REWRITES, *more))
        self.lets: list[Let] = []
        self.jacobians: list[Let] = []

    def form(self, of: str) -> VecForm:
        primal = self.differential.primal
        moved = {let.name for let in self.differential.tangents}
        target = self.differential.name(of)
        for let in self.differential.tangent.lets:
            if let.name in moved:
                self.take(let)
            else:
                self.lets.append(let)
            if let.name == target:
                break
        name = self._output(of, target)
        used = {part for let in self.jacobians for part in subexpressions(let.expr)}
        defined = (self.commutations.let(known) for known in self.commutations.sizes if known in used)
        lets = (*defined, *self.lets)
        program = Program(f"{primal.name}_{name}", primal.inputs, lets, (name,), primal.functions)
        return VecForm(of, self.wrt, self.row_major, name, program, tuple(self.jacobians), self.commutations)

    def take(self, let: Let) -> None:
        """The statement J_X2 = … of a statement δX2 = …"""
        matrix = self.matrix(let.expr)
        if matrix is None:
            self.matrices[let.symbol] = None
            return
        self._define(self._name(let.name), let.symbol, self.simplify(matrix))

    def _define(self, name: str, moved: Node, matrix: Node) -> None:
        let = Let(name, matrix)
        self.lets.append(let)
        self.jacobians.append(let)
        self.matrices[moved] = let.symbol

    def _output(self, of: str, target: str) -> str:
        """The name of the Jacobian that is asked for; that of an input, and of what does not move, is a constant."""
        symbol = self.differential.tangent.symbols.get(target)
        found = self.matrices.get(symbol) if symbol is not None else None
        if found is None or type(found) is not MatrixSymbol:
            value = self.differential.primal.symbols[of]
            name = self._name(target)
            self._define(name, value, found or zeros(entries_of(value.shape), self.entries))
            return name
        return str(found.name)

    def _name(self, moved: str) -> str:
        """J_X2 for δX2"""
        name = "J_" + moved.lstrip("δ")
        while name in self.taken:
            name = "J" + name
        self.taken.add(name)
        return name

    # One expression

    def matrix(self, node: Node) -> Node | None:
        return bottom_up(node, self.matrices, self._matrix)

    def _matrix(self, node: Node) -> Node | None:
        parts = operands(node)
        moving = [k for k, part in enumerate(parts) if self.matrices[part] is not None]
        if isinstance(node, LEAVES) or not moving:
            return None
        operation = type(node)
        if operation is MatAdd:
            return add(*(self._of(parts[k]) for k in moving))
        if operation is Operation:
            return self._of_operation(node, moving)
        if operation not in _MATRICES or len(moving) != 1:
            raise NotSupported(f"{operation.__name__} is not linear in what moves")
        return _MATRICES[operation](self, node, moving[0])

    def _of(self, part: Node) -> Node:
        found = self.matrices[part]
        assert found is not None
        return found

    def vec(self, matrix: Node) -> Node:
        """All entries in one column, in the order of this form."""
        return vec(transpose(matrix)) if self.row_major else vec(matrix)

    def around(self, left: Node, right: Node) -> Node:
        """The matrix of A X B."""
        return kron(left, transpose(right)) if self.row_major else kron(transpose(right), left)

    def of_product(self, node: Node, k: int) -> Node:
        factors = node.args
        rows, cols = factors[k].shape
        left = multiply(*factors[:k]) if k else identity(rows)
        right = multiply(*factors[k + 1 :]) if k + 1 < len(factors) else identity(cols)
        return multiply(self.around(left, right), self._of(factors[k]))

    def of_hadamard(self, node: Node, k: int) -> Node:
        others = (*node.args[:k], *node.args[k + 1 :])
        return multiply(diag(self.vec(hadamard(*others))), self._of(node.args[k]))

    def of_quotient(self, node: Node, k: int) -> Node:
        if k:
            raise NotSupported("a quotient is not linear in its denominator")
        return multiply(diag(self.vec(quotient(ones(*node.shape), node.denominator))), self._of(node.numerator))

    def of_transpose(self, node: Node, k: int) -> Node:
        rows, cols = node.shape if self.row_major else node.shape[::-1]
        return multiply(self.commutations.matrix(rows, cols), self._of(node.args[0]))

    def of_multiple(self, node: Node, k: int) -> Node:
        """A number or a 1×1 matrix times what moves; or what moves, 1×1, times a matrix."""
        if is_number(node.coefficient) or k == 1:
            return scale(node.coefficient, self._of(node.matrix))
        return multiply(self.vec(node.matrix), self._of(node.coefficient))

    # Named operations

    def _of_operation(self, node: Node, moving: Sequence[int]) -> Node:
        if node.name in ("hstack", "vstack"):
            return self._joined(node)
        record = OPERATIONS[node.name]
        if any(k not in record.linear_in for k in moving) or len(moving) != 1:
            raise NotSupported(f"{record.written} is not linear in what moves")
        if not record.vec:
            raise NotSupported(f"the record of {record.written} has no line for its vec Jacobian")
        operand = node.operands[moving[0]]
        matrix = self.line(record, node, record.vec[record.linear_in.index(moving[0])])
        if self.row_major:
            after = self.commutations.matrix(*node.shape)
            before = self.commutations.matrix(*operand.shape[::-1])
            matrix = self.simplify(multiply(after, matrix, before))
        return multiply(matrix, self._of(operand))

    def line(self, record: MatrixOperation, node: Node, text: str) -> Node:
        """A line `vec` of a record for the operands and parameters of a node."""
        names, known = bind(record, node.operands)
        sizes: dict[str, Expr] = dict(known)
        for name, kind, value in zip(record.parameter_names, record.parameters, node.parameters, strict=True):
            if kind == "size":
                sizes[name] = value
            else:
                text = re.sub(rf"\b{name}\b", str(value), text)
        for rows, cols in _COMMUTATION.findall(text):
            names[f"K_{rows}_{cols}"] = self.commutations.matrix(
                *(Mul(*map(sizes.__getitem__, letters)) for letters in (rows, cols))
            )
        return Elaboration(names, sizes.__getitem__).matrix(formula(text, record.name, tuple(names)))

    def _joined(self, node: Node) -> Node:
        """[A, B] column by column, and [A; B] row by row, have the entries of A before those of B."""
        axis = 1 if node.name == "hstack" else 0
        parts = node.operands
        if (axis == 1) is not self.row_major:
            return on_top(*(self._or_zero(part) for part in parts))
        terms = []
        before: Dim = S.Zero
        for part in parts:
            size = part.shape[axis]
            if self.matrices[part] is not None:
                place = _place(before, size, expand_size(node.shape[axis] - before - size))
                kept = identity(node.shape[1 - axis])
                terms.append(multiply(kron(kept, place), self._of(part)))
            before = expand_size(before + size)
        return add(*terms)

    def _or_zero(self, part: Node) -> Node:
        return self.matrices[part] or zeros(entries_of(part.shape), self.entries)


def _place(before: Dim, size: Dim, after: Dim) -> Node:
    """[0; I; 0], which puts a block where it stands."""
    blocks = [zeros(before, size)] if before != 0 else []
    blocks.append(identity(size))
    return on_top(*blocks, *([zeros(after, size)] if after != 0 else []))


_MATRICES: dict[type, Callable[[_Walk, Any, int], Node]] = {
    MatMul: _Walk.of_product,
    HadamardProduct: _Walk.of_hadamard,
    Quotient: _Walk.of_quotient,
    Transpose: _Walk.of_transpose,
    Scale: _Walk.of_multiple,
}
