"""Syntax to nodes, once every shape is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any, TypeAlias

from sympy import Expr, Integer, Rational, S

from symbolic import nodes, scalars, shapes
from symbolic.errors import LimitError, NotSupported, ProgramError, ReadError, Span
from symbolic.functions import CATALOGUE
from symbolic.language import calls, sizes
from symbolic.language.formulas import formula
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
from symbolic.nodes import SCALAR, Node, is_number, is_scalar, same_size
from symbolic.operations import OPERATIONS, Definition, MatrixOperation

MAX_SCALARS = 200

Value: TypeAlias = Any
"""A number (a SymPy expression without symbols) or a matrix."""


class Elaboration:
    """`names`: the matrix each name stands for. `sizes`: the size that other names stand for."""

    def __init__(self, names: Mapping[str, Node], sizes: sizes.Known = shapes.as_size) -> None:
        self.names = names
        self.sizes = sizes

    def matrix(self, syntax: Syntax) -> Node:
        """The node of an expression; a number is a 1×1 matrix."""
        return as_matrix(self.value(syntax))

    def value(self, syntax: Syntax) -> Value:
        match syntax:
            case Name(name):
                return self._named(name)
            case Product():
                return self._product(syntax)
            case Sum(terms):
                return _sum([(sign, self.value(term)) for sign, term in terms], syntax.span)
            case Number(value):
                return Rational(value.numerator, value.denominator)
            case Least():
                return sizes.place(syntax, self.sizes)
            case Filled():
                return self._filled(syntax)
            case Call(function) if is_operation(function):
                return self._operation(syntax)
            case Call():
                return self._call(syntax)
            case Index():
                base = self.matrix(syntax.base)
                return nodes.operate("slice", base, parameters=index_bounds(syntax, base.shape, same_size, self.sizes))
            case Block():
                return self._block(syntax)
            case Transposed(argument):
                inner = self.value(argument)
                return inner if is_number(inner) else nodes.transpose(inner)
            case Power():
                return self._power(syntax)

    def _named(self, name: str) -> Value:
        if name in self.names:
            return self.names[name]
        return S.Pi if name == "pi" else self.sizes(name)

    def _call(self, syntax: Call) -> Value:
        argument = self.value(syntax.argument)
        if syntax.function in CATALOGUE:
            if is_number(argument):
                return scalars.call(syntax.function, syntax.order, argument, syntax.span)
            if syntax.order:
                return scalars.spread(scalars.derivative_at(syntax.function, syntax.order, scalars.ARGUMENT), argument)
        return nodes.apply(syntax.function, as_matrix(argument), syntax.order)

    def _power(self, syntax: Power) -> Value:
        base, exponent = self.value(syntax.base), self.value(syntax.exponent)
        if not is_number(exponent):
            raise NotSupported("the exponent must be a number", syntax.exponent.span)
        if is_number(base):
            return scalars.raise_to(base, exponent, syntax.span)
        scalars.check_exponent(exponent, syntax.exponent.span)
        if syntax.elementwise or base.shape == SCALAR:
            return nodes.power(base, exponent)
        if not exponent.is_Integer:
            hint = "the power of each entry is written X.^0.5, the square root of a matrix sqrtm(X)"
            raise NotSupported("a matrix has whole powers only", syntax.span, hint=hint)
        return nodes.matrix_power(base, int(exponent))

    def _operation(self, syntax: Call) -> Node:
        call = calls.resolve(syntax)
        operands = [self.matrix(operand) for operand in call.operands]
        try:
            if isinstance(call.record, Definition):
                return define(call.record, operands)
            if call.record.name == "solve":
                return solve(*operands)
            kinds = call.record.parameters
            parameters = [self._parameter(written, kind) for written, kind in zip(call.parameters, kinds, strict=False)]
            return _operate(call.record, operands, parameters or call.record.default)
        except ProgramError as error:
            error.span = syntax.span  # not its place in the formula of a definition
            raise

    def _parameter(self, written: Syntax, kind: str) -> Expr:
        return sizes.length(written, self.sizes) if kind == "size" else Integer(calls.whole_number(written))

    def _block(self, syntax: Block) -> Node:
        rows = [side_by_side(*map(self.matrix, row)) for row in syntax.rows]
        return on_top(*rows)

    def _filled(self, syntax: Filled) -> Node:
        shape = [sizes.length(written, self.sizes) for written in syntax.sizes]
        match syntax.function:
            case "ones":
                return nodes.ones(*shape)
            case "zeros":
                return nodes.zeros(*shape)
        return nodes.identity(*shape)

    def _product(self, syntax: Product) -> Value:
        """Left to right; a run of matrix products is built at once, so that a long chain costs linear time."""
        value = self.value(syntax.first)
        for operator, run in groupby(syntax.rest, key=lambda pair: pair[0]):
            factors = [(self.value(factor), factor) for _, factor in run]
            if operator == "*":
                value = _times([value, *(factor for factor, _ in factors)], syntax.span)
                continue
            for factor, written in factors:
                if operator == ".*":
                    value = _hadamard(value, factor, written)
                elif operator == "\\":
                    value = _solve(value, factor, written)
                elif operator == "⊗":
                    value = nodes.operate("kron", as_matrix(value), as_matrix(factor))
                else:
                    value = _divide(operator, value, factor, written)
        return value


def define(record: Definition, operands: Sequence[Node]) -> Node:
    """A composition written out for its operands."""
    names, known = bind(record, operands)
    return name_parts(record.where, names, known, record.name).matrix(formula(record.body, record.name))


def bind(record: MatrixOperation | Definition, operands: Sequence[Node]) -> tuple[dict[str, Node], Mapping[str, Expr]]:
    """The matrices and sizes that the names of a signature stand for."""
    bound = record.shapes.bind([operand.shape for operand in operands], same_size)
    return dict(zip(record.shapes.operands, operands, strict=True)), bound


def name_parts(where: Sequence[str], names: dict[str, Node], known: Mapping[str, Expr], label: str) -> Elaboration:
    """An elaboration that also knows the names which `M = …`, … give to parts, in order."""
    elaboration = Elaboration(names, known.__getitem__)
    for line in where:
        name, _, text = line.partition(" = ")
        names[name] = elaboration.matrix(formula(text, label, tuple(names)))
    return elaboration


def _operate(operation: MatrixOperation, operands: Sequence[Node], parameters: Sequence[Any] = ()) -> Node:
    """A named operation; a single matrix side by side with nothing is itself."""
    if operation.variadic and len(operands) == 1:
        return operands[0]
    return nodes.operate(operation.name, *operands, parameters=parameters)


def side_by_side(*matrices: Node) -> Node:
    return _operate(OPERATIONS["hstack"], matrices)


def on_top(*matrices: Node) -> Node:
    return _operate(OPERATIONS["vstack"], matrices)


def as_matrix(value: Value) -> Node:
    return nodes.constant(value) if is_number(value) else value


def _is_scalar(value: Value) -> bool:
    return is_number(value) or is_scalar(value)


def _sum(terms: list[tuple[int, Value]], span: Span) -> Value:
    """Numbers and 1×1 matrices are added to every entry, rows to every row, columns to every column."""
    values = [value if sign > 0 else _negative(value) for sign, value in terms]
    if all(map(is_number, values)):
        return scalars.total(values, span)
    shape = _common_shape(values)
    return nodes.add(*(_spread_to(value, shape) for value in values))


def _common_shape(values: Sequence[Value]) -> nodes.Shape:
    """That of the matrices among the values, where rows and columns are repeated to fit the others."""
    rows = cols = S.One
    for value in values:
        if not is_number(value):
            height, width = value.shape
            rows = height if rows is S.One else rows
            cols = width if cols is S.One else cols
    return rows, cols


def _spread_to(value: Value, shape: nodes.Shape) -> Node:
    """A number in every entry, a row in every row, a column in every column."""
    if _is_scalar(value):
        return value if shape == SCALAR and not is_number(value) else nodes.scale(value, nodes.ones(*shape))
    if value.shape == shape:
        return value
    if value.shape[0] is S.One and shape[0] is not S.One:
        value = nodes.multiply(nodes.ones(shape[0], S.One), value)
    if value.shape[1] is S.One and shape[1] is not S.One:
        value = nodes.multiply(value, nodes.ones(S.One, shape[1]))
    return value


def _negative(value: Value) -> Value:
    return -value if is_number(value) else nodes.negative(value)


def _times(values: list[Value], span: Span) -> Value:
    """The matrix product; where one side is a number or 1×1, the multiple."""
    number = scalars.product([value for value in values if is_number(value)], span)
    matrices = [value for value in values if not is_number(value)]
    scalar = [value for value in matrices if is_scalar(value)]
    chain = [value for value in matrices if not is_scalar(value)]
    if len(scalar) > MAX_SCALARS:
        raise LimitError(f"more than {MAX_SCALARS} scalar factors", span, hint="name a part of the product")
    if not chain and not scalar:
        return number
    matrix = nodes.multiply(*chain) if chain else scalar.pop()
    for coefficient in reversed(scalar):
        matrix = nodes.scale(coefficient, matrix)
    return _multiple(number, matrix, span)


def _multiple(number: Expr, matrix: Node, span: Span) -> Node:
    """c X, where the coefficients already in X must not grow beyond the limits either."""
    inner, matrix = nodes.split_number(matrix)
    return nodes.scale(scalars.product([number, inner], span), matrix)


def _hadamard(left: Value, right: Value, written: Syntax) -> Value:
    if _is_scalar(left) or _is_scalar(right):
        return _times([left, right], written.span)
    if left.shape == right.shape:
        return nodes.hadamard(left, right)
    shape = _common_shape([left, right])
    return nodes.hadamard(_spread_to(left, shape), _spread_to(right, shape))


def _divide(operator: str, above: Value, below: Value, written: Syntax) -> Value:
    if is_number(below):
        if is_number(above):
            return scalars.divide(above, below, written.span)
        return _multiple(scalars.divide(S.One, below, written.span), above, written.span)
    if nodes.split_number(below)[0] == 0:
        raise ReadError("division by zero", written.span)
    if below.shape == SCALAR:
        return solve(below, as_matrix(above))
    if operator == "/":
        return divide_right(as_matrix(above), below)
    if _is_scalar(above):
        return nodes.scale(above, nodes.quotient(nodes.ones(*below.shape), below))
    shape = _common_shape([above, below])
    return nodes.quotient(_spread_to(above, shape), _spread_to(below, shape))


def _solve(left: Value, right: Value, written: Syntax) -> Value:
    """A \\ B; of a number, B/a."""
    return _divide("/", right, left, written) if _is_scalar(left) else solve(left, as_matrix(right))


def solve(left: Node, right: Node) -> Node:
    """A \\ B; where A is 1×1, the quotient."""
    if left.shape == right.shape == SCALAR:
        return nodes.quotient(right, left)
    if left.shape == SCALAR:
        return nodes.scale(nodes.quotient(nodes.ones(*SCALAR), left), right)
    return nodes.operate("solve", left, right)


def divide_right(above: Node, below: Node) -> Node:
    """B / A = (A' \\ B')'"""
    return nodes.transpose(solve(nodes.transpose(below), nodes.transpose(above)))
