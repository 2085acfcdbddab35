"""Nodes and statements to words. Reading what is printed gives the same nodes.

A style is a record of spellings; the one printer here decides brackets. A product inside another product
is always bracketed, so that no reader has to know which of ⊙ and the matrix product binds tighter.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sympy import (
    Expr,
    HadamardPower,
    HadamardProduct,
    Identity,
    MatAdd,
    MatMul,
    MatrixSymbol,
    OneMatrix,
    S,
    Transpose,
    ZeroMatrix,
)

from symbolic import scalars
from symbolic.functions import CATALOGUE
from symbolic.language.numbers import NumberPrinter, Printed
from symbolic.language.styles import APART, ATOM, JOINED, POSTFIX, PRODUCT, SUM, Style, style_named
from symbolic.nodes import (
    SCALAR,
    Elementwise,
    Node,
    Operation,
    Quotient,
    Scale,
    Shape,
    is_number,
    operands,
    scale,
    split_number,
    transpose,
)
from symbolic.operations import OPERATIONS
from symbolic.scalars import has_minus
from symbolic.walks import bottom_up


def print_expression(node: Node, style: str = "unicode") -> str:
    """A matrix expression in the notation `style`: "text", "unicode" or "latex"."""
    return Printer(style_named(style))(node)


class Printer(NumberPrinter):
    """One notation; expressions printed once are remembered."""

    def __init__(self, style: Style) -> None:
        super().__init__(style)
        self.printed: dict[Node, Printed] = {}

    def __call__(self, node: Node) -> str:
        return self.print(node)[0]

    # Statements

    def declaration(self, name: str, shape: Shape, facts: tuple[str, ...]) -> str:
        """X0 : n × 2, X_0 \\in \\mathbb{R}^{n \\times 2}"""
        style = self.style
        sizes = style.space.format(style.size_sign.join(map(self.declared_size, shape)))
        return f"{style.name(name)}{style.declaration}{sizes}" + "".join(map(style.fact.format, facts))

    def equation(self, name: str, expression: Node) -> str:
        return f"{self.style.name(name)}{self.style.equals}{self.or_number(expression)}"

    def definition(self, name: str, body: Expr, order: int = 0) -> str:
        """f(x) = x*sin(x), and its derivatives: f'(x) = …"""
        right = self.number(scalars.derivative(body, order))[0]
        opening, closing = self.style.call
        left = f"{self.style.primed(self.style.function(name), order)}{opening}{self.style.name('x')}{closing}"
        return f"{left}{self.style.equals}{right}"

    def returned(self, outputs: tuple[str, ...]) -> str:
        return self.style.returned + self.style.comma.join(map(self.style.name, outputs))

    # Expressions

    def print(self, node: Node) -> Printed:
        return self.printed.get(node) or bottom_up(node, self.printed, self._print)

    def _print(self, node: Node) -> Printed:
        return _PRINTERS[type(node)](self, node)

    def at_least(self, node: Node, level: int) -> str:
        text, binds = self.printed.get(node) or self.print(node)
        return text if binds >= level else self.bracket(text)

    def or_number(self, node: Node) -> str:
        """Where a number alone is read as a 1×1 matrix."""
        number, matrix = split_number(node)
        return self.number(number)[0] if _is_one(matrix) else self(node)

    def sum(self, node: Node) -> Printed:
        """Constant terms are printed as plain numbers where another term gives the shape."""
        plain = any(not _is_constant(term) for term in node.args)
        return self.signed([self.term(*split_number(term), plain) for term in node.args]), SUM

    def term(self, number: Expr, matrix: Node, plain: bool) -> tuple[bool, str]:
        """Whether a term of a sum is subtracted, and what is."""
        negative = has_minus(number)
        number = -number if negative else number
        if plain and type(matrix) is OneMatrix:
            return negative, self.at_least_number(number, PRODUCT)
        if plain and type(matrix) is Scale and type(matrix.matrix) is OneMatrix and number == 1:
            return negative, self.at_least(matrix.coefficient, PRODUCT)
        text, binds = self.multiple(number, matrix)
        return negative, text if binds > SUM else self.bracket(text)

    def multiple(self, number: Expr, matrix: Node) -> Printed:
        if number == 1:
            return self.print(matrix)
        if type(matrix) is Quotient and type(matrix.numerator) is OneMatrix:
            return self.numerator(number, matrix)
        text, binds = self.print(matrix)
        inner = text if binds >= PRODUCT else self.bracket(text)
        coefficient = self.at_least_number(number, POSTFIX)
        like_a_call = number.is_Symbol and inner.startswith(self.style.brackets[0])  # n (A + B)
        sign = self.style.times if like_a_call else self.style.multiple
        return f"{coefficient}{sign}{inner}", PRODUCT if binds < JOINED else self.style.product_level

    def scale(self, node: Node) -> Printed:
        coefficient, matrix = node.args
        if is_number(coefficient):
            negative, text = self.term(coefficient, matrix, plain=False)
            return (self.style.negative + text, SUM) if negative else self.multiple(coefficient, matrix)
        if node.shape != SCALAR and _is_reciprocal(coefficient) and not self.style.stacked:
            below = self.at_least(coefficient.denominator, POSTFIX)
            return f"{self.at_least(matrix, POSTFIX)}{self.style.divide}{below}", APART
        inner = self.at_least(matrix, PRODUCT if type(matrix) in (MatMul, Scale) else POSTFIX)
        level = PRODUCT if self.print(matrix)[1] < JOINED else self.style.product_level
        return f"{self.at_least(coefficient, POSTFIX)}{self.style.multiple}{inner}", level

    def product(self, node: Node) -> Printed:
        return self.style.product.join(self.at_least(f, POSTFIX) for f in node.args), self.style.product_level

    def hadamard(self, node: Node) -> Printed:
        return self.style.hadamard.join(self.at_least(f, POSTFIX) for f in node.args), PRODUCT

    def quotient(self, node: Node) -> Printed:
        if node.shape == SCALAR:
            return self.ratio(S.One, node)
        if type(node.numerator) is OneMatrix and not _is_constant(node.denominator):
            return self.numerator(S.One, node)
        above, below = (self.at_least(part, POSTFIX) for part in node.args)
        return f"{above}{self.style.quotient}{below}", PRODUCT

    def ratio(self, number: Expr, node: Node) -> Printed:
        """a / b of scalars"""
        above = scale(number, node.numerator)
        if self.style.stacked:
            return self.style.fraction(self.or_number(above), self(node.denominator)), POSTFIX
        written = self.or_number(above) if _is_one(node.numerator) and number == 1 else self.at_least(above, POSTFIX)
        return f"{written}{self.style.divide}{self.at_least(node.denominator, POSTFIX)}", PRODUCT

    def numerator(self, number: Expr, node: Node) -> Printed:
        """2 ⊘ B, where the matrix below shows the shape"""
        if node.shape == SCALAR:
            return self.ratio(number, node)
        below = self.at_least(node.denominator, POSTFIX)
        return f"{self.at_least_number(number, POSTFIX)}{self.style.quotient}{below}", PRODUCT

    def power(self, node: Node) -> Printed:
        base, exponent = node.args
        text = self.at_least(base, ATOM)
        return self.style.raised(text, self.style.power(self.at_least_number(exponent, ATOM))), POSTFIX

    def transposed(self, node: Node) -> Printed:
        inner = node.args[0]
        if type(inner) is Operation and inner.name == "solve":
            below, above = (self.at_least(transpose(operand), POSTFIX) for operand in inner.operands)
            return f"{above}{self.style.divide}{below}", APART
        return self.style.raised(self.at_least(node.args[0], ATOM), self.style.transpose), POSTFIX

    def operation(self, node: Node) -> Printed:
        special = _OPERATIONS.get(node.name)
        if special is not None:
            return special(self, node)
        operation = OPERATIONS[node.name]
        written = [self(operand) for operand in node.operands]
        axis = [self.style.digits(str(operation.axis))] if operation.axis else []
        parameters = [self.size(parameter) for parameter in node.parameters]
        return self.operation_call(operation.written, [*written, *axis, *parameters]), ATOM

    def operation_call(self, name: str, arguments: list[str]) -> str:
        return self.style.operation(name) + self.bracket(self.style.comma.join(arguments))

    def inverse(self, node: Node) -> Printed:
        if not self.style.inverse or node.shape == SCALAR:  # a⁻¹ of a number is a power
            return self.operation_call("inv", [self(node.operands[0])]), ATOM
        return self.style.raised(self.at_least(node.operands[0], ATOM), self.style.inverse), POSTFIX

    def matrix_power(self, node: Node) -> Printed:
        """A², and A⁻² for the square of an inverse"""
        base = node.operands[0]
        if type(base) is Operation and base.name == "inv":
            base, exponent = base.operands[0], -node.parameters[0]
        else:
            exponent = node.parameters[0]
        return self.style.raised(self.at_least(base, ATOM), self.style.matrix_power(exponent)), POSTFIX

    def between(self, sign: str, node: Node) -> Printed:
        """A ⊗ B, A \\ B; where the notation has no sign, a call"""
        if not sign:
            return self.operation_call(node.name, [self(operand) for operand in node.operands]), ATOM
        return sign.join(self.at_least(operand, POSTFIX) for operand in node.operands), APART

    def slice(self, node: Node) -> Printed:
        """X[1:2, :], x[i] of a column"""
        base = node.operands[0]
        r0, r1, c0, c1 = node.parameters
        rows, cols = (self.extent(*extent) for extent in ((r0, r1, base.shape[0]), (c0, c1, base.shape[1])))
        inside = rows if base.shape[1] == 1 and base.shape[0] != 1 else f"{rows}{self.style.comma}{cols}"
        opening, _, closing = self.style.places
        return f"{self.at_least(base, ATOM)}{opening}{inside}{closing}", POSTFIX

    def extent(self, first: Expr, last: Expr, length: Expr) -> str:
        if first == 1 and last == length:
            return self.style.places[1]
        return self.size(first) if first == last else f"{self.size(first)}{self.style.places[1]}{self.size(last)}"

    def block(self, node: Node) -> Printed:
        """[A, B; C, D]"""
        opening, between, below, closing = self.style.block
        rows = [_row_of_blocks(row) for row in (node.operands if node.name == "vstack" else (node,))]
        written = [between.join(self.part_of_block(part, len(rows)) for part in row) for row in rows]
        return opening + below.join(written) + closing, ATOM

    def part_of_block(self, node: Node, rows: int) -> str:
        """In [(A B); C] the product is bracketed: [A B; C] could also be two blocks side by side."""
        text = self.or_number(node)
        doubtful = rows > 1 and self.style.product == " " and self.style.block[0] == "[" and _is_juxtaposed(node)
        return self.bracket(text) if doubtful else text

    def reshaped(self, node: Node) -> Printed:
        """vec(A), reshape(A, 2, n)"""
        operand = self(node.operands[0])
        if node.parameters[1] == 1:
            return self.operation_call("vec", [operand]), ATOM
        return self.operation_call(node.name, [operand, *map(self.size, node.parameters)]), ATOM

    def band(self, node: Node) -> Printed:
        """tril(A), tril(A, -1)"""
        arguments = [self(node.operands[0]), *(self.size(k) for k in node.parameters if k != 0)]
        return self.operation_call(node.name, arguments), ATOM

    def elementwise(self, node: Node) -> Printed:
        known = node.function in CATALOGUE
        argument = self(node.argument) if known else self.or_number(node.argument)
        return self.style.primed(self.style.function(node.function), node.order) + self.bracket(argument), ATOM

    def filled(self, function: str, sizes: tuple[Any, ...]) -> Printed:
        opening, closing = self.style.call
        return f"{self.style.filled(function)}{opening}{self.style.comma.join(map(self.size, sizes))}{closing}", ATOM


def _row_of_blocks(node: Node) -> tuple[Node, ...]:
    is_row = type(node) is Operation and node.name == "hstack"
    return tuple(node.operands) if is_row else (node,)


def _is_juxtaposed(node: Node) -> bool:
    """Whether the print has two factors next to each other, outside all brackets."""
    number, matrix = split_number(node)
    if _is_one(matrix):
        return False
    if type(matrix) is MatAdd and number == 1:
        return any(map(_is_juxtaposed, matrix.args))
    return type(matrix) in (MatMul, Scale) or abs(number) != 1


def _is_one(node: Node) -> bool:
    return type(node) is OneMatrix and node.shape == SCALAR


def _is_reciprocal(node: Node) -> bool:
    return type(node) is Quotient and _is_one(node.numerator)


def _is_constant(node: Node) -> bool:
    """Built of ones alone, so that nothing in its print would show its shape."""
    matrix = split_number(node)[1]
    if type(matrix) is Scale:
        matrix = matrix.matrix
    return type(matrix) is OneMatrix or (bool(operands(matrix)) and all(map(_is_constant, operands(matrix))))


_PRINTERS: dict[type, Callable[[Printer, Any], Printed]] = {
    MatrixSymbol: lambda p, node: (p.style.name(node.name), ATOM),
    ZeroMatrix: lambda p, node: p.filled("zeros", node.shape),
    OneMatrix: lambda p, node: p.filled("ones", node.shape),
    Identity: lambda p, node: p.filled("eye", node.shape[:1]),
    MatAdd: Printer.sum,
    MatMul: Printer.product,
    HadamardProduct: Printer.hadamard,
    HadamardPower: Printer.power,
    Transpose: Printer.transposed,
    Scale: Printer.scale,
    Quotient: Printer.quotient,
    Elementwise: Printer.elementwise,
    Operation: Printer.operation,
}

_OPERATIONS: dict[str, Callable[[Printer, Any], Printed]] = {
    "inv": Printer.inverse,
    "matrix_power": Printer.matrix_power,
    "solve": lambda p, node: p.between(p.style.solve, node),
    "kron": lambda p, node: p.between(p.style.kron, node),
    "slice": Printer.slice,
    "hstack": Printer.block,
    "vstack": Printer.block,
    "reshape": Printer.reshaped,
    "tril": Printer.band,
    "triu": Printer.band,
}
"""The operations that are not written as a call of their name."""
