"""Syntax to shapes: walk the statements in order and unify; every disagreement has its place in the text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from sympy import Integer, S

from symbolic import shapes
from symbolic.errors import ProgramError, ShapeError, Source
from symbolic.language import calls, sizes
from symbolic.language.syntax import (
    Block,
    Call,
    Extent,
    Filled,
    Index,
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
from symbolic.operations import DEFINITIONS, OPERATIONS, Definition
from symbolic.unification import Unification

_NAMED = {"\\": "solve", "⊗": "kron"}
_IN_WORDS = {"+": "plus", "-": "minus", ".*": "times elementwise", "./": "divided elementwise by"}


class Inference:
    """The shapes of the names met so far; an undeclared name is an input of unknown shape.

    `sizes`: the names that, where they are no matrix, stand for a size.
    """

    def __init__(self, source: Source, sizes: frozenset[str] = frozenset()) -> None:
        self.source = source
        self.sizes = sizes
        self.unification = Unification()
        self.names: dict[str, Shape] = {}

    def new_shape(self) -> Shape:
        return self.unification.fresh(), self.unification.fresh()

    def shape(self, syntax: Syntax) -> Shape | None:
        """The shape of an expression, or None for a plain number. Raises ShapeError."""
        match syntax:
            case Number():
                return None
            case Name("pi"):
                return None
            case Name(name):
                return self._name(name)
            case Filled(_, written):
                written = written if len(written) == 2 else written * 2
                return sizes.size(written[0], shapes.as_size), sizes.size(written[1], shapes.as_size)
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
            case Sum():
                return self._sum(syntax)
            case Product():
                return self._product(syntax)

    def _name(self, name: str) -> Shape | None:
        if name in self.sizes and name not in self.names:
            return None
        return self.unification.shape(self.names.setdefault(name, self.new_shape()))

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
        return self._record_shape(syntax, call.record.name, [self._matrix(o) for o in call.operands], parameters)

    def _parameter(self, written: Syntax, kind: str) -> Any:
        return sizes.size(written, shapes.as_size) if kind == "size" else Integer(calls.whole_number(written))

    def _record_shape(self, syntax: Syntax, name: str, operands: list[Shape], parameters: list[Any]) -> Shape:
        record = OPERATIONS.get(name) or DEFINITIONS[name]
        try:
            return self.unification.shape(record.shape(operands, parameters, self.unification.same))
        except ShapeError as error:
            hint = f"it is defined as {record.formula}" if isinstance(record, Definition) else ""
            raise ShapeError(f"{record.written}: {error.message}", syntax.span, self.source, hint) from None

    def _matrix(self, syntax: Syntax) -> Shape:
        """The shape of what has to be a matrix: a number is 1×1."""
        return self.shape(syntax) or SCALAR

    def _index(self, syntax: Index) -> Shape:
        rows, cols = self._matrix(syntax.base)
        bounds = index_bounds(syntax, (rows, cols), self.unification.same, shapes.as_size)
        return self._record_shape(syntax, "slice", [(rows, cols)], bounds)

    def _block(self, syntax: Block) -> Shape:
        rows = [self._record_shape(syntax, "hstack", [self._matrix(part) for part in row], []) for row in syntax.rows]
        return self._record_shape(syntax, "vstack", rows, [])

    def _sum(self, syntax: Sum) -> Shape | None:
        """A number or a 1×1 matrix is added to every entry."""
        total: Shape | None = None
        for sign, term in syntax.terms:
            shape = self.shape(term)
            operator = "-" if sign < 0 else "+"
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
            if _is_scalar(left):
                hint = "the elementwise quotient is written a ./ B, the inverse inv(B)"
                raise ShapeError("a number cannot be divided by a matrix", part.span, self.source, hint)
            pair = [shapes.transposed(right), shapes.transposed(left)]
            return shapes.transposed(
                self._located(whole, part, lambda: OPERATIONS["solve"].shape(pair, [], self.unification.same))
            )
        record = OPERATIONS[_NAMED[operator]]
        return self._located(whole, part, lambda: record.shape([left, right], [], self.unification.same))

    def _entrywise(
        self, operator: str, left: Shape | None, right: Shape | None, whole: Syntax, part: Syntax
    ) -> Shape | None:
        if _is_scalar(left) or _is_scalar(right):
            return left if _is_scalar(right) and left is not None else right
        assert left is not None and right is not None
        return self._located(
            whole, part, lambda: shapes.entrywise(_IN_WORDS[operator], left, right, self.unification.same)
        )

    def _located(self, whole: Syntax, part: Syntax, rule: Callable[[], Shape]) -> Shape:
        """Apply a shape rule; its error names the expression up to and with `part`."""
        try:
            shape: Shape = self.unification.shape(rule())
        except ShapeError as error:
            span = whole.span.to(part.span)
            written = " ".join(self.source.text[span.start : part.span.end].split())
            written = written if len(written) <= 60 else "…" + written[-60:]
            raise ShapeError(f"{written}: {error.message}", part.span, self.source, _hint(error)) from None
        return shape

    def require(self, name: str, shape: Shape) -> bool:
        """Whether `name` can have this shape."""
        known = self.names.setdefault(name, self.new_shape())
        return all(self.unification.same(a, b) for a, b in zip(known, shape, strict=True))


def _with_kinds(call: calls.Resolved) -> Iterator[tuple[Syntax, str]]:
    kinds = () if isinstance(call.record, Definition) else call.record.parameters
    return zip(call.parameters, kinds, strict=False)


def index_bounds(syntax: Index, shape: Shape, same: shapes.Same, known: sizes.Known) -> list[Any]:
    """The first and last row and column of X[1:2, :]; of a column or a row, x[i]. Raises ShapeError."""
    extents = list(syntax.extents)
    if len(extents) == 1:
        everything = Extent(None, None, syntax.span)
        if same(shape[0], S.One) and not same(shape[1], S.One):
            extents = [everything, *extents]
        elif same(shape[1], S.One):
            extents = [*extents, everything]
        else:
            message = f"one index is enough for a column only, not for {shapes.words(shape)}"
            raise ShapeError(message, syntax.span, hint="write X[i, j], X[i, :] or X[:, j]")
    bounds: list[Any] = []
    for extent, length in zip(extents, shape, strict=True):
        bounds += _bounds(extent, length, known)
    return bounds


def _bounds(extent: Extent, length: Any, known: sizes.Known) -> tuple[Any, Any]:
    if extent.first is None or extent.last is None:
        return S.One, length

    def place(name: str) -> Any:
        return length if name == "end" else known(name)

    return sizes.size(extent.first, place), sizes.size(extent.last, place)


def _hint(error: ProgramError) -> str:
    return "a transpose is written X'" if "inner dimensions" in error.message else ""


def _is_scalar(shape: Shape | None) -> bool:
    return shape is None or (shape[0] is S.One and shape[1] is S.One)
