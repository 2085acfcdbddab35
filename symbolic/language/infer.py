"""Syntax to shapes: walk the statements in order and unify; every disagreement has its place in the text."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from sympy import S

from symbolic import shapes
from symbolic.errors import ProgramError, ShapeError, Source
from symbolic.language.syntax import Call, Filled, Name, Number, Power, Product, Sum, Syntax, Transposed
from symbolic.nodes import Shape
from symbolic.shapes import Unification

_IN_WORDS = {"+": "plus", "-": "minus", ".*": "times elementwise", "./": "divided elementwise by"}


class Inference:
    """The shapes of the names met so far; an undeclared name is an input of unknown shape."""

    def __init__(self, source: Source) -> None:
        self.source = source
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
                return self.unification.shape(self.names.setdefault(name, self.new_shape()))
            case Filled(_, sizes):
                sizes = sizes if len(sizes) == 2 else sizes * 2
                return shapes.as_size(sizes[0]), shapes.as_size(sizes[1])
            case Call(_, _, argument):
                return self.shape(argument)
            case Transposed(argument):
                inner = self.shape(argument)
                return inner and shapes.transposed(inner)
            case Power(base, exponent):
                self.shape(exponent)
                return self.shape(base)
            case Sum():
                return self._sum(syntax)
            case Product():
                return self._product(syntax)

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
            if operator == "*" and not _is_scalar(left) and not _is_scalar(right):
                assert left is not None and right is not None
                left = self._located(syntax, factor, partial(shapes.product, left, right, self.unification.same))
            elif operator in ("*", "/"):
                left = left if _is_scalar(right) and left is not None else right
            else:
                left = self._entrywise(operator, left, right, syntax, factor)
        return left

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


def _hint(error: ProgramError) -> str:
    return "a transpose is written X'" if "inner dimensions" in error.message else ""


def _is_scalar(shape: Shape | None) -> bool:
    return shape is None or (shape[0] is S.One and shape[1] is S.One)
