"""Entry [i, j] of an operation as a sum of products of entries of its operands, over indices.

(A B)[i,j] = Σ_k A[i,k] B[k,j]; A'[i,j] = A[j,i]; of a named operation it is the line `entries` in its record,
`Σ_k inv(A)[i,k] B[k,j]`, with conditions in brackets, [i + k ≥ j] A[i,j]. The lines of SymPy's own nodes and of ours
stand here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache, reduce
from typing import Any

from sympy import (
    Expr,
    HadamardProduct,
    Identity,
    Integer,
    MatAdd,
    MatMul,
    OneMatrix,
    S,
    Transpose,
    ZeroMatrix,
)

from symbolic.errors import NotSupported
from symbolic.indices.affine import ONE, Affine, Index, affine, combined, number
from symbolic.language.elaborate import Elaboration, bind
from symbolic.language.formulas import formula
from symbolic.language.syntax import Name, Number, Product, Sum, Syntax
from symbolic.nodes import Node, Operation, Quotient, Scale, is_number
from symbolic.operations import OPERATIONS, MatrixOperation

Fresh = Callable[[Expr, str], Index]
"""A new index of a size, and the letter that the formula has for it."""


@dataclass(frozen=True)
class At:
    """matrix[row, col]"""

    matrix: Node
    row: Affine
    col: Affine


@dataclass(frozen=True)
class Entries:
    """number · Σ over `sums` of [equal = 0] [least ≥ 0] · Π factors / Π divisors"""

    factors: tuple[At, ...]
    divisors: tuple[At, ...] = ()
    sums: tuple[Index, ...] = ()
    equal: tuple[Affine, ...] = ()
    least: tuple[Affine, ...] = ()
    number: Expr = S.One


def entry(node: Node, row: Affine, col: Affine, fresh: Fresh) -> tuple[Entries, ...] | None:
    """The terms of node[row, col]; None of what is no operation, or is not given by its operands' entries."""
    operation = type(node)
    if operation is Operation:
        return _of_operation(node, row, col, fresh)
    return _NODES[operation](node, row, col, fresh) if operation in _NODES else None


def has_entries(node: Node) -> bool:
    """Whether the entries of a node are given by those of its operands."""
    if type(node) is Operation:
        return node.name in CODED or bool(OPERATIONS[node.name].entries)
    return type(node) in _NODES


def refuse(node: Node) -> NotSupported:
    """That an operation has no index form."""
    name = node.name if type(node) is Operation else type(node).__name__
    return NotSupported(
        f"{name} has no index form: its entries are no finite sum of products of those of its operands",
        hint="the line `entries` of its record in symbolic/operations says what they are, where there is one",
    )


def _product(node: Node, row: Affine, col: Affine, fresh: Fresh) -> tuple[Entries, ...]:
    """Σ A[i,k] B[k,l] C[l,j]"""
    sums = [fresh(factor.shape[1], "k") for factor in node.args[:-1]]
    places = [row, *map(affine, sums), col]
    factors = tuple(At(factor, *places[at : at + 2]) for at, factor in enumerate(node.args))
    return (Entries(factors, sums=tuple(index for index in sums if index.size != 1)),)


def _scale(node: Node, row: Affine, col: Affine, fresh: Fresh) -> tuple[Entries, ...]:
    coefficient, matrix = node.args
    if is_number(coefficient):
        return (Entries((At(matrix, row, col),), number=coefficient),)
    return (Entries((At(coefficient, ONE, ONE), At(matrix, row, col))),)


_NODES: dict[type, Callable[[Node, Affine, Affine, Fresh], tuple[Entries, ...]]] = {
    ZeroMatrix: lambda node, row, col, fresh: (),
    OneMatrix: lambda node, row, col, fresh: (Entries(()),),
    Identity: lambda node, row, col, fresh: (Entries((), equal=(row - col,)),),
    Transpose: lambda node, row, col, fresh: (Entries((At(node.args[0], col, row),)),),
    MatAdd: lambda node, row, col, fresh: tuple(Entries((At(term, row, col),)) for term in node.args),
    HadamardProduct: lambda node, row, col, fresh: (Entries(tuple(At(factor, row, col) for factor in node.args)),),
    Quotient: lambda node, row, col, fresh: (Entries((At(node.args[0], row, col),), (At(node.args[1], row, col),)),),
    MatMul: _product,
    Scale: _scale,
}


# Named operations


def _side_by_side(node: Node, row: Affine, col: Affine, fresh: Fresh) -> Iterator[Entries]:
    """[1 ≤ j - m ≤ k] B[i, j - m] for a B that stands behind m columns"""
    before: Expr = S.Zero
    for part in node.operands:
        place = col.plus(-before)
        within = (place.plus(S.NegativeOne), number(part.shape[1]) - place)
        yield Entries((At(part, row, place),), least=tuple(e for e in within if not e.is_nonnegative()))
        before += part.shape[1]


def _on_top(node: Node, row: Affine, col: Affine, fresh: Fresh) -> Iterator[Entries]:
    before: Expr = S.Zero
    for part in node.operands:
        place = row.plus(-before)
        within = (place.plus(S.NegativeOne), number(part.shape[0]) - place)
        yield Entries((At(part, place, col),), least=tuple(e for e in within if not e.is_nonnegative()))
        before += part.shape[0]


CODED: dict[str, Callable[[Node, Affine, Affine, Fresh], Iterator[Entries]]] = {
    "hstack": _side_by_side,
    "vstack": _on_top,
}
"""Operations of any number of operands."""


def _of_operation(node: Node, row: Affine, col: Affine, fresh: Fresh) -> tuple[Entries, ...] | None:
    if node.name in CODED:
        return tuple(CODED[node.name](node, row, col, fresh))
    record = OPERATIONS[node.name]
    return (_Line(record, node, row, col, fresh).entries(),) if record.entries else None


@dataclass(frozen=True)
class _Written:
    """A line as syntax: its summed letters, conditions (left, sign, right) and factors (matrix, row, col).

    `letters`: each with how far it goes, k:n, where it stands in no place of a factor alone.
    """

    letters: tuple[tuple[str, str], ...]
    conditions: tuple[tuple[Syntax, str, Syntax], ...]
    factors: tuple[tuple[Syntax, Syntax, Syntax], ...]


class _Line:
    """A record's line for one node."""

    def __init__(self, record: MatrixOperation, node: Node, row: Affine, col: Affine, fresh: Fresh) -> None:
        self.written = _read(record.name)
        self.names, sizes = bind(record, node.operands)
        self.sizes = {**sizes, **dict(zip(record.parameter_names, node.parameters, strict=True))}
        self.elaboration = Elaboration(self.names, self.sizes.__getitem__)
        self.places = {"i": row, "j": col}
        self.fresh = fresh

    def entries(self) -> Entries:
        matrices = [self.elaboration.matrix(matrix) for matrix, _, _ in self.written.factors]
        letters = [letter for letter, _ in self.written.letters]
        sums = [self.fresh(self.size_of(*letter, matrices), letter[0]) for letter in self.written.letters]
        self.places |= dict(zip(letters, map(affine, sums), strict=True))
        factors = tuple(
            At(matrix, self.place(row), self.place(col))
            for matrix, (_, row, col) in zip(matrices, self.written.factors, strict=True)
        )
        equal: list[Affine] = []
        least: list[Affine] = []
        for left, sign, right in self.written.conditions:
            difference = self.place(left) - self.place(right)
            (equal if sign == "=" else least).append(difference)
        return Entries(factors, (), tuple(k for k in sums if k.size != 1), tuple(equal), tuple(least))

    def size_of(self, letter: str, size: str, matrices: list[Node]) -> Any:
        """The length of what a letter counts: as it is written, or where it stands alone in a place of a factor."""
        if size:
            return self.sizes[size]
        for matrix, (_, *places) in zip(matrices, self.written.factors, strict=True):
            for place, size in zip(places, matrix.shape, strict=True):
                if isinstance(place, Name) and place.name == letter:
                    return size
        raise NotSupported(f"nothing says how far the index {letter} goes")

    def place(self, syntax: Syntax) -> Affine:
        match syntax:
            case Number(value):
                return number(Integer(value.numerator))
            case Name(name):
                return self.places[name] if name in self.places else number(self.sizes[name])
            case Sum(terms):
                return combined((S.One if sign > 0 else S.NegativeOne, self.place(term)) for sign, term in terms)
            case Product(first, rest):
                return reduce(_times, (self.place(factor) for _, factor in rest), self.place(first))
        raise NotSupported("an index is a sum of products of indices and sizes")


def _times(left: Affine, right: Affine) -> Affine:
    if right.is_constant:
        left, right = right, left
    if not left.is_constant:
        raise NotSupported("two indices are multiplied")
    return combined([(left.constant, right)])


@lru_cache(maxsize=256)
def _read(name: str) -> _Written:
    """A record's line, split at the spaces outside brackets."""
    record = OPERATIONS[name]
    letters: tuple[tuple[str, str], ...] = ()
    conditions, factors = [], []
    for part in split_outside_brackets(record.entries, " "):
        if part.startswith("Σ_"):
            counted = (letter.partition(":") for letter in part.removeprefix("Σ_").split(","))
            letters = tuple((letter, size) for letter, _, size in counted)
        elif part.startswith("["):
            sign = "=" if "=" in part else "≥"
            left, right = part[1:-1].split(f" {sign} ")
            conditions.append((formula(left, name), sign, formula(right, name)))
        else:
            matrix, _, places = part[:-1].rpartition("[")
            row, col = split_outside_brackets(places, ",")
            factors.append((formula(matrix, name), formula(row, name), formula(col, name)))
    return _Written(letters, tuple(conditions), tuple(factors))


def split_outside_brackets(text: str, sign: str) -> list[str]:
    parts, depth = [""], 0
    for character in text:
        depth += (character in "([") - (character in ")]")
        if character == sign and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip() for part in parts if part.strip()]
