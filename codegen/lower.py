"""Program → Schedule: every node becomes instructions, equal nodes the same ones.

Matrix products stay n-ary here; a pass chooses their order. A constant that only fills a shape, the 1 in
1 - X∘X, becomes a literal operand.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from functools import cache, cached_property

from sympy import (
    Expr,
    HadamardPower,
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

from codegen.lower_factors import FACTORS, cotangent_of_factor, differential_of_factor
from codegen.lower_frechet import derivative_of_frechet, is_of_blocks
from codegen.lower_operations import lower_operation
from codegen.operations import EXPANSIONS
from codegen.schedule import Arg, Instr, Literal, Schedule
from codegen.structure import FACTS
from symbolic.errors import LimitError, NotSupported, ProgramError
from symbolic.functions import CATALOGUE
from symbolic.language.elaborate import Elaboration
from symbolic.language.formulas import formula
from symbolic.language.syntax import Syntax
from symbolic.nodes import (
    CONSTANTS,
    SCALAR,
    Elementwise,
    Node,
    Operation,
    Quotient,
    Scale,
    Shape,
    is_number,
    ones,
    scale,
    split_number,
)
from symbolic.program import Program
from symbolic.scalars import has_minus
from symbolic.statements import Let
from symbolic.structure import Structure, structure_of
from symbolic.walks import subexpressions

DEFAULT_SIZE = 64
MAX_MULTIPLIED_POWER = 16


def lower(program: Program, sizes: Mapping[str, int] | None = None) -> Schedule:
    """The instructions of a program, in its order. `sizes` gives sample values of symbolic sizes.

    Raises ProgramError for a program without inputs and for a sample size that it does not have.
    """
    if not program.inputs:
        raise ProgramError("a program without inputs has nothing to generate")
    program.check_sizes(sizes or {})
    lowering = Lowering(program.inline_definitions())
    samples = {size.name: int((sizes or {}).get(size.name, DEFAULT_SIZE)) for size in program.sizes}
    inputs = tuple(given.name for given in program.inputs)
    return Schedule(
        program.name,
        inputs,
        tuple(lowering.instrs),
        program.outputs,
        lowering.shapes,
        samples,
        program.requirements,
        facts=lowering.facts,
    )


class Lowering:
    def __init__(self, program: Program) -> None:
        self.program = program
        self.instrs: list[Instr] = []
        self.saturating: set[Node] = set()
        self.has_factors = False
        """Whether there is a factorisation, whose differentials have instructions of their own."""
        self.has_blocks = False
        """Whether there is a Fréchet derivative at a matrix of blocks."""
        self.diagonals: set[str] = set()
        """Results of diag."""
        self.facts: dict[str, frozenset[str]] = {}
        """Of square factors of products, and of square sums."""
        self.has_structure = any(given.facts for given in program.inputs)
        """Whether anything so far can be symmetric or triangular, but constants."""
        self.shapes: dict[str, Shape] = {given.name: given.shape for given in program.inputs}
        self.values: dict[Node, Arg] = {given.symbol: given.name for given in program.inputs}
        for let in program.lets:
            self.let(let)
            self.values[let.symbol] = let.name

    @cached_property
    def structure(self) -> Structure:
        """What is known of the matrices, found only where something square asks for it."""
        return structure_of(self.program.inputs, self.program.lets)

    def let(self, let: Let) -> None:
        """The last instruction takes the name of the let; a second name for a value is a copy."""
        value = self.found(let.expr, let.parts, let.name)
        if value != let.name:
            self.emit("copy", (value,), let.expr.shape, let.name)

    def value(self, expression: Node, name: str | None = None) -> str:
        """The name of an expression's value: its parts first, each distinct one once."""
        return self.found(expression, subexpressions(expression, self.values), name)

    def found(self, expression: Node, parts: Iterable[Node], name: str | None) -> str:
        for part in parts:
            if part not in self.values and not _fills_a_shape(part):
                self.values[part] = self.lower(part, name if part is expression else None)
        return self.matrix(expression)

    def matrix(self, node: Node) -> str:
        """The name of a node's value, with constants written out in full."""
        value = self.values.get(node)
        if value is None:
            value = self.values[node] = self.constant(node)
        assert isinstance(value, str)
        return value

    def operand(self, node: Node) -> Arg:
        """A node as an operand of an elementwise operation: constants stay numbers."""
        if _fills_a_shape(node):
            return _literal(split_number(node)[0])
        return self.matrix(node)

    def entrywise(self, nodes: Iterable[Node]) -> list[Arg]:
        """The operands of an elementwise operation, of which one at least is a matrix and gives the shape."""
        first, *rest = nodes
        args = [self.operand(first), *map(self.operand, rest)]
        return args if any(isinstance(arg, str) for arg in args) else [self.matrix(first), *args[1:]]

    def factors(self, nodes: Iterable[Node]) -> list[Arg]:
        """The operands of a Hadamard product, matrices first."""
        return sorted(self.entrywise(nodes), key=lambda arg: isinstance(arg, Literal))

    def emit(self, op: str, args: tuple[Arg, ...], shape: Shape, name: str | None = None, **attrs: object) -> str:
        name = name or f".{len(self.instrs) + 1}"
        self.shapes[name] = shape
        if op == "diag":
            self.diagonals.add(name)
        self.instrs.append(Instr(name, op, args, tuple(sorted(attrs.items())) if attrs else ()))
        return name

    # Nodes to instructions; `name` is the let's, or None for an intermediate result

    def constant(self, node: Node) -> str:
        number, matrix = split_number(node)
        filled = self.emit("ones", (), matrix.shape)
        return filled if number == 1 else self.emit("multiply", (filled, _literal(number)), matrix.shape)

    def lower(self, node: Node, name: str | None) -> str:
        operation = type(node)
        self.has_structure = self.has_structure or operation in (Transpose, Operation)
        if self.has_factors and operation in (MatAdd, Operation, Transpose):
            found = cotangent_of_factor(self, node, name)
            if found is not None:
                return found
        if self.has_blocks and operation in (MatAdd, Operation):
            found = derivative_of_frechet(self, node, name)
            if found is not None:
                return found
        if operation is MatMul:
            return self.product(node, name)
        if operation is MatAdd:
            return self.sum(node, name)
        if operation is HadamardProduct:
            return self.fold("multiply", self.factors(node.args), node.shape, name)
        if operation is Scale:
            return self.scale(node, name)
        if operation is Quotient:
            attrs = {"saturates": True} if node in self.saturating else {}
            return self.emit("divide", tuple(self.entrywise(node.args)), node.shape, name, **attrs)
        if operation is HadamardPower:
            return self.power(self.matrix(node.args[0]), node.args[1], node.shape, name)
        if operation is Transpose:
            return self.transpose(node.args[0], node.shape, name)
        if operation is Elementwise:
            return self.elementwise(node, name)
        if operation is Operation:
            self.has_factors |= node.name in FACTORS
            self.has_blocks = self.has_blocks or is_of_blocks(node)
            return lower_operation(self, node, name)
        if operation in _CONSTANTS:
            return self.emit(_CONSTANTS[operation], (), node.shape, name)
        raise NotSupported(f"{operation.__name__} cannot be generated", hint="add it to codegen/lower.py")

    def product(self, node: Node, name: str | None) -> str:
        factors = list(node.args)
        places = range(len(factors) - 1) if self.has_factors else ()
        for k in places:
            whole = name if len(factors) == 2 else None
            found = differential_of_factor(self, factors[k], factors[k + 1], whole)
            if found is not None:
                others = [*map(self.factor, factors[:k]), found, *map(self.factor, factors[k + 2 :])]
                return found if len(others) == 1 else self.emit("matmul", tuple(others), node.shape, name)
        return self.emit("matmul", tuple(map(self.factor, factors)), node.shape, name)

    def factor(self, node: Node) -> str:
        """A factor of a matrix product; of a diagonal matrix its entries are enough, with which a pass scales."""
        matrix = self.matrix(node)
        if not self.has_structure or type(node) in CONSTANTS or matrix in self.diagonals or not _is_square(node):
            return matrix
        if self.structure.has(node, "diagonal"):
            return self.emit("diag", (self.emit("diagonal", (matrix,), (node.shape[0], S.One)),), node.shape)
        self.note(node, matrix)
        return matrix

    def note(self, node: Node, matrix: str) -> None:
        """What passes may know of a square matrix."""
        if matrix not in self.facts:
            self.facts[matrix] = frozenset(fact for fact in FACTS if self.structure.has(node, fact))

    def transpose(self, matrix: Node, shape: Shape, name: str | None) -> str:
        if _is_square(matrix) and self.structure.has(matrix, "symmetric"):
            return self.matrix(matrix)
        return self.emit("transpose", (self.matrix(matrix),), shape, name)

    def fold(self, op: str, args: list[Arg], shape: Shape, name: str | None) -> str:
        """a∘b∘c as (a∘b)∘c"""
        value = args[0]
        for index, arg in enumerate(args[1:], start=2):
            value = self.emit(op, (value, arg), shape, name if index == len(args) else None)
        assert isinstance(value, str)
        return value

    def sum(self, node: Node, name: str | None) -> str:
        value = self.terms(node, name)
        if self.has_structure and _is_square(node):
            self.note(node, value)
        return value

    def terms(self, node: Node, name: str | None) -> str:
        """Start with a positive term where there is one, so that -A + B costs one subtraction.

        All the constants together are one number, added last, or what negative terms are subtracted from.
        """
        constants = [split_number(term)[0] for term in node.args if _fills_a_shape(term)]
        terms = [term for term in node.args if not _fills_a_shape(term)]
        number = sum(constants, S.Zero)
        if not terms:
            return self.constant(scale(number, ones(*node.shape)))
        start = next((k for k, term in enumerate(terms) if not _is_negative(term)), None)
        if start is None and number != 0 and not has_minus(number):
            value: Arg = _literal(number)
            number = S.Zero
        else:
            value = self.value(terms.pop(start or 0))
        remaining = [*terms, *([number] if number else [])]
        for index, term in enumerate(remaining, start=1):
            negative = has_minus(number) if term is number else _is_negative(term)
            plain = -number if negative else number
            arg: Arg = _literal(plain) if term is number else self.value(_without_sign(term))
            into = name if index == len(remaining) else None
            value = self.emit("subtract" if negative else "add", (value, arg), node.shape, into)
        assert isinstance(value, str)
        return value

    def scale(self, node: Node, name: str | None) -> str:
        coefficient, matrix = node.args
        if not is_number(coefficient):
            if type(matrix) is OneMatrix and matrix.shape != SCALAR:
                return self.emit("broadcast", (self.matrix(coefficient),), matrix.shape, name)
            if name is not None and type(matrix) is Identity and matrix.shape != SCALAR:
                column = (matrix.shape[0], S.One)
                repeated = self.emit("broadcast", (self.matrix(coefficient),), column)
                return self.emit("diag", (repeated,), matrix.shape, name)
            return self.emit("multiply", (self.matrix(matrix), self.matrix(coefficient)), matrix.shape, name)
        if type(matrix) is Quotient and type(matrix.numerator) is OneMatrix:
            return self.emit("divide", (_literal(coefficient), self.matrix(matrix.denominator)), matrix.shape, name)
        if coefficient == -1:
            return self.emit("negative", (self.matrix(matrix),), matrix.shape, name)
        return self.emit("multiply", (self.matrix(matrix), _literal(coefficient)), matrix.shape, name)

    def power(self, base: str, exponent: Expr, shape: Shape, name: str | None) -> str:
        """Small whole powers by multiplication, roots by sqrt: both far faster than pow."""
        if exponent == S.Half:
            return self.emit("sqrt", (base,), shape, name)
        if exponent == -1:
            return self.emit("divide", (Literal(S.One), base), shape, name)
        if exponent == 0:
            return self.emit("ones", (), shape, name)
        if exponent.is_Integer and abs(exponent) <= MAX_MULTIPLIED_POWER:
            if exponent < 0:
                return self.emit("divide", (Literal(S.One), self.power(base, -exponent, shape, None)), shape, name)
            half = int(exponent) // 2
            root = base if half == 1 else self.power(base, Integer(half), shape, None)
            squared = self.emit("multiply", (root, root), shape, None if exponent % 2 else name)
            return self.emit("multiply", (squared, base), shape, name) if exponent % 2 else squared
        return self.emit("power", (base, Literal(exponent)), shape, name)

    def elementwise(self, node: Node, name: str | None) -> str:
        if node.function in EXPANSIONS:
            expanded = Elaboration({"X": node.argument}).matrix(_expansion(node.function))
            if node.function == "sigmoid":
                self.saturating |= set(subexpressions(expanded)) - self.values.keys()
            return self.value(expanded, name)
        argument = self.matrix(node.argument)
        if node.function in CATALOGUE:
            attrs = {"saturates": True} if node in self.saturating else {}
            return self.emit(node.function, (argument,), node.shape, name, **attrs)
        return self.emit("call", (argument,), node.shape, name, function=node.function, order=node.order)


@cache
def _expansion(function: str) -> Syntax:
    return formula(EXPANSIONS[function], f"the expansion of {function}")


def _literal(value: Expr) -> Literal:
    """Raises LimitError for a number that double precision does not reach."""
    if value.free_symbols:
        return Literal(value)
    try:
        finite = math.isfinite(float(value))
    except OverflowError:
        finite = False
    if not finite:
        raise LimitError("a coefficient is beyond the range of double precision")
    return Literal(value)


def _is_square(node: Node) -> bool:
    rows, cols = node.shape
    return bool(rows == cols)


def _fills_a_shape(node: Node) -> bool:
    """c 1: a number in every entry."""
    if type(node) not in (OneMatrix, Scale):
        return False
    return type(split_number(node)[1]) is OneMatrix


def _is_negative(term: Node) -> bool:
    return has_minus(split_number(term)[0])


def _without_sign(term: Node) -> Node:
    number, matrix = split_number(term)
    return scale(-number if has_minus(number) else number, matrix)


_CONSTANTS = {ZeroMatrix: "zeros", Identity: "eye", OneMatrix: "ones"}
