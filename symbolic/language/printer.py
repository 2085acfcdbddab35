"""Nodes and statements to words. Reading what is printed gives the same nodes.

A style is a record of spellings; the one printer below decides brackets. A product inside another product
is always bracketed, so that no reader has to know which of ⊙ and the matrix product binds tighter.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from sympy import (
    Add,
    Expr,
    HadamardPower,
    HadamardProduct,
    Identity,
    MatAdd,
    MatMul,
    MatrixSymbol,
    Mul,
    OneMatrix,
    Pow,
    Rational,
    S,
    Transpose,
    ZeroMatrix,
)

from symbolic import scalars
from symbolic.functions import CATALOGUE
from symbolic.language.names import ascii_name, latex_name, unicode_name
from symbolic.nodes import (
    SCALAR,
    Elementwise,
    Node,
    Quotient,
    Scale,
    Shape,
    is_number,
    operands,
    split_number,
    subexpressions,
    symbol,
)  # fmt: skip

SUM, PRODUCT, JOINED, POSTFIX, ATOM = range(1, 6)

Printed = tuple[str, int]
"""A text and how tightly its outermost operation binds."""


@dataclass(frozen=True)
class Style:
    """How one notation spells things."""

    name: Callable[[str], str]
    product: str
    product_level: int
    hadamard: str
    quotient: str
    power: Callable[[str], str]
    transpose: str
    multiple: str
    brackets: tuple[str, str]
    function: Callable[[str], str]
    size_sign: str
    declaration: str
    fraction: Callable[[str, str], str]
    line_end: str
    pi: str
    filled: Callable[[str], str]
    scalar_power: str
    space: str = "{}"
    fact: str = " {}"
    returned: str = "return "

    def of_scalars(self) -> Style:
        """The same notation for formulas of numbers, where every product is a product of numbers."""
        return replace(self, hadamard=self.product, quotient="/", power=self.scalar_power.format)


def _plain_function(name: str) -> str:
    return name


def _latex_function(name: str) -> str:
    if name in CATALOGUE:
        return CATALOGUE[name].latex or rf"\operatorname{{{name.replace('_', chr(92) + '_')}}}"
    return latex_name(name)


TEXT = Style(
    name=ascii_name, product="*", product_level=PRODUCT, hadamard=" .* ", quotient=" ./ ", power=".^{}".format,
    transpose="'", multiple="*", brackets=("(", ")"), function=ascii_name, size_sign=" x ", declaration=" : ",
    fraction="{}/{}".format, line_end="", pi="pi", filled=_plain_function, scalar_power="^{}",
)  # fmt: skip
UNICODE = replace(
    TEXT, name=unicode_name, product=" ", product_level=JOINED, hadamard=" ⊙ ", quotient=" ⊘ ", transpose="ᵀ",
    multiple=" ", function=unicode_name, size_sign=" × ", pi="π",
)  # fmt: skip
LATEX = replace(
    UNICODE, name=latex_name, hadamard=r" \odot ", quotient=r" \oslash ", power=r"^{{\circ {}}}".format,
    transpose=r"^\top", brackets=(r"\left(", r"\right)"), function=_latex_function, size_sign=r" \times ",
    declaration=r" \in ", fraction=r"\frac{{{}}}{{{}}}".format, line_end=r" \\", pi=r"\pi ",
    filled=r"\operatorname{{{}}}".format, scalar_power="^{{{}}}", space=r"\mathbb{{R}}^{{{}}}",
    fact=r"\ \text{{{}}}", returned=r"\operatorname{return}\ ",
)  # fmt: skip
STYLES = {"text": TEXT, "unicode": UNICODE, "latex": LATEX}


def print_expression(node: Node, style: str = "unicode") -> str:
    """A matrix expression in the notation `style`: "text", "unicode" or "latex"."""
    return Printer(STYLES[style])(node)


class Printer:
    """One notation; expressions printed once are remembered."""

    def __init__(self, style: Style) -> None:
        self.style = style
        self.printed: dict[Node, Printed] = {}

    def __call__(self, node: Node) -> str:
        return self.print(node)[0]

    # Statements

    def declaration(self, name: str, shape: Shape, facts: tuple[str, ...]) -> str:
        """X0 : n × 2, X_0 \\in \\mathbb{R}^{n \\times 2}"""
        style = self.style
        sizes = style.space.format(style.size_sign.join(map(str, shape)))
        return f"{style.name(name)}{style.declaration}{sizes}" + "".join(map(style.fact.format, facts))

    def equation(self, name: str, expression: Node) -> str:
        return f"{self.style.name(name)} = {self(expression)}"

    def definition(self, name: str, body: Expr, order: int = 0) -> str:
        """f(x) = x*sin(x), and its derivatives: f'(x) = …"""
        argument = symbol("x", *SCALAR)
        right = Printer(self.style.of_scalars())(scalars.spread(scalars.derivative(body, order), argument))
        return f"{self.style.function(name)}{chr(39) * order}(x) = {right}"

    def returned(self, outputs: tuple[str, ...]) -> str:
        return self.style.returned + ", ".join(map(self.style.name, outputs))

    # Expressions

    def print(self, node: Node) -> Printed:
        for part in subexpressions(node):
            if part not in self.printed:
                self.printed[part] = _PRINTERS[type(part)](self, part)
        return self.printed[node]

    def at_least(self, node: Node, level: int) -> str:
        text, binds = self.print(node)
        return text if binds >= level else self.bracket(text)

    def bracket(self, text: str) -> str:
        opening, closing = self.style.brackets
        return f"{opening}{text}{closing}"

    def sum(self, node: Node) -> Printed:
        """Constant terms are printed as plain numbers where another term gives the shape."""
        terms = node.args
        plain = any(not _is_constant(term) for term in terms)
        text = ""
        for term in terms:
            number, matrix = split_number(term)
            negative = bool(number.is_negative)
            printed = self.term(-number if negative else number, matrix, plain)
            text += (" - " if negative else " + ") if text else ("-" if negative else "")
            text += printed
        return text, SUM

    def term(self, number: Expr, matrix: Node, plain: bool) -> str:
        if plain and type(matrix) is OneMatrix:
            return self.number(number)[0]
        if plain and type(matrix) is Scale and type(matrix.matrix) is OneMatrix and number == 1:
            return self.at_least(matrix.coefficient, PRODUCT)
        text, binds = self.multiple(number, matrix)
        return text if binds >= PRODUCT else self.bracket(text)

    def multiple(self, number: Expr, matrix: Node) -> Printed:
        if number == 1:
            return self.print(matrix)
        if type(matrix) is OneMatrix and matrix.shape == SCALAR:
            return self.number(number)
        if type(matrix) is Quotient and type(matrix.numerator) is OneMatrix:
            return self.numerator(number, matrix)
        text, binds = self.print(matrix)
        inner = text if binds >= PRODUCT else self.bracket(text)
        coefficient = self.at_least_number(number, POSTFIX)
        return f"{coefficient}{self.style.multiple}{inner}", PRODUCT if binds < JOINED else self.style.product_level

    def scale(self, node: Node) -> Printed:
        coefficient, matrix = node.args
        if is_number(coefficient):
            if coefficient.is_negative:
                text, binds = self.multiple(-coefficient, matrix)
                return "-" + (text if binds >= PRODUCT else self.bracket(text)), SUM
            return self.multiple(coefficient, matrix)
        inner = self.at_least(matrix, POSTFIX if type(matrix) is Quotient else PRODUCT)
        level = PRODUCT if self.print(matrix)[1] < JOINED else self.style.product_level
        return f"{self.at_least(coefficient, POSTFIX)}{self.style.multiple}{inner}", level

    def product(self, node: Node) -> Printed:
        return self.style.product.join(self.at_least(f, POSTFIX) for f in node.args), self.style.product_level

    def hadamard(self, node: Node) -> Printed:
        return self.style.hadamard.join(self.at_least(f, POSTFIX) for f in node.args), PRODUCT

    def quotient(self, node: Node) -> Printed:
        if type(node.numerator) is OneMatrix and (node.shape == SCALAR or not _is_constant(node.denominator)):
            return self.numerator(S.One, node)
        above, below = (self.at_least(part, POSTFIX) for part in node.args)
        return f"{above}{self.style.quotient}{below}", PRODUCT

    def numerator(self, number: Expr, node: Node) -> Printed:
        below = self.at_least(node.denominator, POSTFIX)
        return f"{self.at_least_number(number, POSTFIX)}{self.style.quotient}{below}", PRODUCT

    def power(self, node: Node) -> Printed:
        base, exponent = node.args
        text = self.at_least(base, ATOM)
        return text + self.style.power(self.at_least_number(exponent, POSTFIX)), POSTFIX

    def transposed(self, node: Node) -> Printed:
        return self.at_least(node.args[0], ATOM) + self.style.transpose, POSTFIX

    def elementwise(self, node: Node) -> Printed:
        primes = "'" * node.order
        return f"{self.style.function(node.function)}{primes}{self.bracket(self(node.argument))}", ATOM

    def ones(self, node: Node) -> Printed:
        return ("1", ATOM) if node.shape == SCALAR else self.filled("ones", node.shape)

    def filled(self, function: str, sizes: tuple[Any, ...]) -> Printed:
        return f"{self.style.filled(function)}({', '.join(map(str, sizes))})", ATOM

    # Numbers

    def number(self, value: Expr) -> Printed:
        """An exact number: a decimal where it ends soon, else a fraction; roots and π as they are."""
        if value is S.Pi:
            return self.style.pi, ATOM
        if isinstance(value, Rational):
            return self.rational(value)
        if isinstance(value, Add):
            return " + ".join(self.at_least_number(term, PRODUCT) for term in value.args), SUM
        if isinstance(value, Mul):
            return self.style.multiple.join(self.at_least_number(f, POSTFIX) for f in value.args), PRODUCT
        if isinstance(value, Pow):
            if value.args[1] == S.Half:
                return f"{self.style.function('sqrt')}({self.number(value.args[0])[0]})", ATOM
            if value.args[1] == -S.Half:
                return self.style.fraction("1", self.number(Pow(value.args[0], S.Half))[0]), PRODUCT
            base, exponent = (self.at_least_number(part, ATOM) for part in value.args)
            return base + self.style.scalar_power.format(exponent), POSTFIX
        name = scalars.name_of(value)
        return f"{self.style.function(name)}({self.number(value.args[0])[0]})", ATOM

    def rational(self, value: Rational) -> Printed:
        if value.is_Integer:
            return str(value), ATOM if value >= 0 else SUM
        decimal = _decimal(value)
        if decimal is not None:
            return decimal, ATOM if value >= 0 else SUM
        return self.style.fraction(value.p, value.q), PRODUCT if value > 0 else SUM

    def at_least_number(self, value: Expr, level: int) -> str:
        text, binds = self.number(value)
        return text if binds >= level else self.bracket(text)


def _decimal(value: Rational) -> str | None:
    """1/8 as 0.125; None where the expansion does not end within twelve digits."""
    for digits in range(1, 13):
        scaled = value * 10**digits
        if scaled.is_Integer:
            sign = "-" if scaled < 0 else ""
            whole = str(abs(int(scaled))).rjust(digits + 1, "0")
            return f"{sign}{whole[:-digits]}.{whole[-digits:]}"
    return None


def _is_constant(node: Node) -> bool:
    """Built of ones alone, so that nothing in its print would show its shape."""
    matrix = split_number(node)[1]
    if type(matrix) is Scale:
        matrix = matrix.matrix
    return type(matrix) is OneMatrix or (bool(operands(matrix)) and all(map(_is_constant, operands(matrix))))


_PRINTERS: dict[type, Callable[[Printer, Any], Printed]] = {
    MatrixSymbol: lambda p, node: (p.style.name(node.name), ATOM),
    ZeroMatrix: lambda p, node: p.filled("zeros", node.shape),
    OneMatrix: Printer.ones,
    Identity: lambda p, node: p.filled("eye", node.shape[:1]),
    MatAdd: Printer.sum,
    MatMul: Printer.product,
    HadamardProduct: Printer.hadamard,
    HadamardPower: Printer.power,
    Transpose: Printer.transposed,
    Scale: Printer.scale,
    Quotient: Printer.quotient,
    Elementwise: Printer.elementwise,
}
