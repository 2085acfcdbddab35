"""Program → Schedule: every node becomes instructions, equal nodes the same ones.

Matrix products stay n-ary here; a pass chooses their order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

from sympy import Identity, MatAdd, MatMul, OneMatrix, S, Transpose, ZeroMatrix

from codegen.lower_entrywise import ENTRYWISE, fills_a_shape, lower_constant, lower_sum
from codegen.lower_factors import FACTORS, cotangent_of_factor, differential_of_factor
from codegen.lower_frechet import derivative_of_frechet, is_of_blocks
from codegen.lower_operations import lower_operation
from codegen.schedule import Arg, Instr, Schedule
from codegen.structure import FACTS
from symbolic.errors import NotSupported, ProgramError
from symbolic.nodes import (
    CONSTANTS,
    Node,
    Operation,
    Shape,
)
from symbolic.program import Program
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
            if part not in self.values and not fills_a_shape(part):
                self.values[part] = self.lower(part, name if part is expression else None)
        return self.matrix(expression)

    def matrix(self, node: Node) -> str:
        """The name of a node's value, with constants written out in full."""
        value = self.values.get(node)
        if value is None:
            value = self.values[node] = lower_constant(self, node)
        assert isinstance(value, str)
        return value

    def emit(self, op: str, args: tuple[Arg, ...], shape: Shape, name: str | None = None, **attrs: object) -> str:
        name = name or f".{len(self.instrs) + 1}"
        self.shapes[name] = shape
        if op == "diag":
            self.diagonals.add(name)
        self.instrs.append(Instr(name, op, args, tuple(sorted(attrs.items())) if attrs else ()))
        return name

    # Nodes to instructions; `name` is the let's, or None for an intermediate result

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
        if operation in ENTRYWISE:
            return ENTRYWISE[operation](self, node, name)
        if operation is Transpose:
            return self.transpose(node.args[0], node.shape, name)
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

    def sum(self, node: Node, name: str | None) -> str:
        value = lower_sum(self, node, name)
        if self.has_structure and _is_square(node):
            self.note(node, value)
        return value


def _is_square(node: Node) -> bool:
    rows, cols = node.shape
    return bool(rows == cols)


_CONSTANTS = {ZeroMatrix: "zeros", Identity: "eye", OneMatrix: "ones"}
