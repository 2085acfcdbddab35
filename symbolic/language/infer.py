"""Syntax to shapes: walk the statements in order and unify; every disagreement has its place in the text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import pairwise, starmap
from typing import Any

from sympy import Integer, S

from symbolic import shapes
from symbolic.errors import ProgramError, ShapeError, Source, Span
from symbolic.language import calls, sizes
from symbolic.language.index_bounds import index_bounds
from symbolic.language.syntax import (
    Block,
    Call,
    Filled,
    Index,
    Least,
    Name,
    Number,
    Power,
    Product,
    Sum,
    Syntax,
    Transposed,
)  # fmt: skip
from symbolic.language.words import is_operation
from symbolic.nodes import SCALAR, Shape
from symbolic.operations import OPERATIONS, Definition
from symbolic.unification import Unification, Unknown, may_be_positive

_JOINED = {"hstack": (0, "side by side", "rows"), "vstack": (1, "on top of each other", "columns")}
_NAMED = {"\\": "solve", "⊗": "kron"}
_IN_WORDS = {
    "+": "plus", ".+": "plus", "-": "minus", ".-": "minus", ".*": "times elementwise", "./": "divided elementwise by",
}  # fmt: skip
MAX_QUOTED = 60


class Inference:
    """The shapes of the names met so far; an undeclared name is an input of unknown shape.

    `sizes`: the names that, where they are no matrix, stand for a size.
    """

    def __init__(self, source: Source, sizes: frozenset[str] = frozenset()) -> None:
        self.source = source
        self.sizes = sizes
        self.unification = Unification()
        self.names: dict[str, Shape] = {}

    def shape_of(self, name: str) -> Shape:
        """The shape of a matrix as far as it has been looked at; at first nothing is known of it."""
        if name not in self.names:
            self.names[name] = self.new_shape()
        return self.names[name]

    def new_shape(self) -> Shape:
        return self.unification.fresh(), self.unification.fresh()

    def shape(self, syntax: Syntax) -> Shape | None:
        """The shape of an expression, or None for a plain number. Raises ShapeError."""
        match syntax:
            case Name(name):
                return self._name(name)
            case Product():
                return self._product(syntax)
            case Sum():
                return self._sum(syntax)
            case Number() | Least():
                return None
            case Filled(_, written):
                lengths = [sizes.length(size, shapes.as_size) for size in written]
                return lengths[0], lengths[-1]
            case Call(function) if is_operation(function):
                return self._operation(syntax)
            case Call():
                return self.shape(syntax.argument)
            case Index():
                return self._index(syntax)
            case Block():
                return self._block(syntax)
            case Transposed(argument):
                inner = self.shape(argument)
                return inner and shapes.transposed(inner)
            case Power():
                return self._power(syntax)

    def _name(self, name: str) -> Shape | None:
        if name == "pi" or (name in self.sizes and name not in self.names):
            return None
        return self.unification.shape(self.shape_of(name))

    def _power(self, syntax: Power) -> Shape | None:
        """A^k of a matrix is a product of matrices, so A is square; A.^k and a^k are of each entry."""
        self.shape(syntax.exponent)
        base = self.shape(syntax.base)
        if syntax.elementwise or base is None or _is_scalar(base):
            return base
        if not self.unification.same(*base):
            message = f"{shapes.words(self.unification.shape(base))} has no powers: only a square matrix has"
            raise ShapeError(message, syntax.span, self.source, "the power of each entry is written A.^2")
        return self.unification.shape(base)

    def _operation(self, syntax: Call) -> Shape:
        call = calls.resolve(syntax)
        parameters = [self._parameter(written, kind) for written, kind in _with_kinds(call)]
        operands = [self._matrix(operand) for operand in call.operands]
        try:
            return self._shape_of_result(call.record, operands, parameters, syntax.span)
        except ShapeError as error:
            message = f"{self._written(syntax.span)}: {error.message}"
            raise ShapeError(message, syntax.span, self.source, _misfit(call.record, operands)) from None

    def _parameter(self, written: Syntax, kind: str) -> Any:
        return sizes.length(written, shapes.as_size) if kind == "size" else Integer(calls.whole_number(written))

    def _shape_of_result(self, record: calls.Record, operands: list[Shape], parameters: list[Any], span: Span) -> Shape:
        shape = record.shape(operands, parameters, self.unification.same)
        return self.unification.shape(sizes.checked_shape(shape, span))

    def _matrix(self, syntax: Syntax) -> Shape:
        """The shape of what has to be a matrix: a number is 1×1."""
        return self.shape(syntax) or SCALAR

    def _index(self, syntax: Index) -> Shape:
        shape = self._matrix(syntax.base)
        r0, r1, c0, c1 = index_bounds(syntax, shape, self.unification.same, shapes.as_size)
        return sizes.checked_shape((r1 - r0 + 1, c1 - c0 + 1), syntax.span)

    def _block(self, syntax: Block) -> Shape:
        shapes_ = [[self._matrix(part) for part in row] for row in syntax.rows]
        self._align(shapes_)
        rows = []
        for row, found in zip(syntax.rows, shapes_, strict=True):
            parts = [(part.span, shape) for part, shape in zip(row, found, strict=True)]
            rows.append((row[0].span.to(row[-1].span), self._joined("hstack", parts, syntax)))
        return self._joined("vstack", rows, syntax)

    def _align(self, rows: list[list[Shape]]) -> None:
        """Where nothing says how wide a block is, it is as wide as the one above it."""
        for above, below in pairwise(rows):
            for (_, upper), (_, lower) in zip(above, below, strict=False) if len(above) == len(below) else ():
                if any(isinstance(self.unification.find(width), Unknown) for width in (upper, lower)):
                    self.unification.same(upper, lower)

    def _joined(self, name: str, parts: list[tuple[Span, Shape]], block: Block) -> Shape:
        """Side by side or one above the other; an error is at the first one that does not fit."""
        across, where, what = _JOINED[name]
        (start, first), *others = parts
        for span, shape in others:
            if not self.unification.same(first[across], shape[across]):
                found = f"{self.unification.find(first[across])} and {self.unification.find(shape[across])}"
                message = f"{self._written(start.to(span), span)}: matrices {where} have the same {what}, not {found}"
                raise ShapeError(message, span, self.source, _hint_for_numbers(block))
        return self._shape_of_result(OPERATIONS[name], [shape for _, shape in parts], [], block.span)

    def _sum(self, syntax: Sum) -> Shape | None:
        """A number or a 1×1 matrix is added to every entry."""
        total: Shape | None = None
        for position, (sign, term) in enumerate(syntax.terms):
            shape = self.shape(term)
            operator = ("." if position in syntax.dotted else "") + ("-" if sign < 0 else "+")
            total = self._entrywise(operator, total, shape, syntax, term)
        return total

    def _product(self, syntax: Product) -> Shape | None:
        left = self.shape(syntax.first)
        for operator, factor in syntax.rest:
            right = self.shape(factor)
            if operator in _NAMED or (operator == "/" and not _is_scalar(right)):
                left = self._named_product(operator, left or SCALAR, right or SCALAR, syntax, factor)
            elif operator == "*" and not _is_scalar(left) and not _is_scalar(right):
                assert left is not None and right is not None
                left = self._located(syntax, factor, partial(shapes.product, left, right, self.unification.same))
            elif operator in ("*", "/"):
                left = left if _is_scalar(right) and left is not None else right
            else:
                left = self._entrywise(operator, left, right, syntax, factor)
        return left

    def _named_product(self, operator: str, left: Shape, right: Shape, whole: Syntax, part: Syntax) -> Shape:
        """A \\ B, A ⊗ B, and B / A = (A' \\ B')'."""
        if operator == "\\" and _is_scalar(left):
            return right
        if operator == "/":
            self._check_divisor(left, right, part)
            pair = [shapes.transposed(right), shapes.transposed(left)]
            rule = partial(self._shape_of_result, OPERATIONS["solve"], pair, [], part.span)
            hint = "B / A is B times the inverse of A; the elementwise quotient is written B ./ A"
            return shapes.transposed(self._located(whole, part, rule, hint))
        rule = partial(self._shape_of_result, OPERATIONS[_NAMED[operator]], [left, right], [], part.span)
        return self._located(whole, part, rule)

    def _check_divisor(self, left: Shape, right: Shape, part: Syntax) -> None:
        """What stands behind / is a square matrix; a name that nothing is known of might be a number too."""
        if isinstance(part, Name) and all(isinstance(size, Unknown) for size in right):
            name = part.name
            hint = f"declare it, {name} : scalar or {name} : n x n; a size is declared with a matrix that has it"
            raise ShapeError(f"is {name} a number or a matrix?", part.span, self.source, hint)
        if _is_scalar(left):
            hint = "the elementwise quotient is written a ./ B, the inverse inv(B)"
            raise ShapeError("a number cannot be divided by a matrix", part.span, self.source, hint)

    def _entrywise(
        self, operator: str, left: Shape | None, right: Shape | None, whole: Syntax, part: Syntax
    ) -> Shape | None:
        """Entry by entry; with a dot, a row or a column is repeated, as in Julia."""
        if _is_scalar(left) or _is_scalar(right):
            return left if _is_scalar(right) and left is not None else right
        assert left is not None and right is not None
        repeated = tuple(map(_repeated, left, right))
        if operator.startswith(".") and all(starmap(self.unification.same, repeated)):
            return repeated[0][0], repeated[1][0]
        hint = _hint_for_repetition(operator, left, right)
        rule = partial(shapes.entrywise, _IN_WORDS[operator], left, right, self.unification.same)
        return self._located(whole, part, rule, hint)

    def _located(self, whole: Syntax, part: Syntax, rule: Callable[[], Shape], hint: str = "") -> Shape:
        """Apply a shape rule; its error names the expression up to and with `part`."""
        try:
            shape: Shape = self.unification.shape(rule())
        except ShapeError as error:
            message = f"{self._written(whole.span.to(part.span), part.span)}: {error.message}"
            raise ShapeError(message, part.span, self.source, hint or _hint(error)) from None
        return shape

    def _written(self, whole: Span, upto: Span | None = None) -> str:
        """The text of an expression, in one line and not too long; `upto`: its part up to the end of another."""
        start, end = whole.start, (upto or whole).end
        if end - start > 4 * MAX_QUOTED:
            start, end = (end - 4 * MAX_QUOTED, end) if upto else (start, start + 4 * MAX_QUOTED)
        text = " ".join(self.source.text[start:end].split())
        if len(text) <= MAX_QUOTED:
            return text
        return "…" + text[-MAX_QUOTED:] if upto else text[:MAX_QUOTED] + "…"

    def require(self, name: str, shape: Shape) -> bool:
        """Whether `name` can have this shape."""
        if name not in self.names and all(map(may_be_positive, shape)):
            self.names[name] = shape
            return True
        known = self.shape_of(name)
        return all(self.unification.same(a, b) for a, b in zip(known, shape, strict=True))


def _with_kinds(call: calls.Resolved) -> Iterator[tuple[Syntax, str]]:
    kinds = () if isinstance(call.record, Definition) else call.record.parameters
    return zip(call.parameters, kinds, strict=False)


def _misfit(record: calls.Record, operands: list[Shape]) -> str:
    """What may be meant instead of an operation whose operands do not fit."""
    if record.name in calls.OTHERWISE:
        return calls.OTHERWISE[record.name]
    if any(isinstance(size, Unknown) for shape in operands for size in shape):
        return "the shape of a matrix is declared by A : n x m"
    return f"it is defined as {record.formula}" if isinstance(record, Definition) else ""


def _repeated(left: Any, right: Any) -> tuple[Any, Any]:
    """The two sizes of a row or a column that is repeated as often as the other one has rows or columns."""
    return (right, right) if left == 1 else (left, left) if right == 1 else (left, right)


def _hint_for_repetition(operator: str, left: Shape, right: Shape) -> str:
    """Where a row or a column, or its transpose, could be repeated."""
    dotted = operator if operator.startswith(".") else f".{operator}"
    if all(a == b for a, b in map(_repeated, left, right)):
        return f"a row or a column is repeated by {dotted}"
    fits = 1 in right and 1 not in left and all(a == b for a, b in map(_repeated, left, shapes.transposed(right)))
    return f"a row is repeated by {dotted}, and a column is made a row by ': X {dotted} b'" if fits else ""


def _hint_for_numbers(block: Block) -> str:
    numbers = any(isinstance(part, Number) for row in block.rows for part in row)
    return "a number is 1×1: blocks of constants are zeros(n, m), ones(n, m) and eye(n)" if numbers else ""


def _hint(error: ProgramError) -> str:
    return "a transpose is written X'" if "inner dimensions" in error.message else ""


def _is_scalar(shape: Shape | None) -> bool:
    return shape is None or (shape[0] is S.One and shape[1] is S.One)
