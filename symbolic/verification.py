"""Does a program hold together? Names bound once and before their use, known nodes, shapes that fit.

Run after every construction of a Program, so that no transformation can leave a broken one behind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from sympy import MatrixSymbol

from symbolic import scalars, shapes
from symbolic.errors import NameError_, NotSupported, ProgramError, ShapeError
from symbolic.facts import check_facts
from symbolic.functions import CATALOGUE
from symbolic.language.names import is_plain, is_valid
from symbolic.language.words import PLANNED, WORDS, is_known, never_a_matrix
from symbolic.nodes import CONSTANTS, Elementwise, Node, Operation, Scale, is_number
from symbolic.operations import OPERATIONS
from symbolic.statements import Input, Let, ScalarFunction
from symbolic.structure import Structure


def verify(
    inputs: tuple[Input, ...], lets: tuple[Let, ...], outputs: tuple[str, ...], functions: tuple[ScalarFunction, ...]
) -> None:
    """Raise NameError_, ShapeError or NotSupported, naming the statement, unless a program holds together."""
    verification = _Verification(inputs, functions)
    for let in lets:
        try:
            verification.add(let)
        except ProgramError as error:
            error.message = f"in {let.name}: {error.message}"
            raise
    verification.check_outputs(outputs)
    verification.check_names(functions)


class _Verification:
    def __init__(self, inputs: tuple[Input, ...], functions: tuple[ScalarFunction, ...]) -> None:
        self.bound: dict[str, Node] = {}
        self.checked: set[Node] = set()
        self.functions = {function.name for function in functions}
        self.sizes = {symbol for given in inputs for size in given.shape for symbol in size.free_symbols}
        self.counted: set[str] = set()
        self.structure = Structure()
        for given in inputs:
            self.bind(given.name, given.symbol)
            check_facts(given.name, given.shape, given.facts)
            self.structure.declare(given)

    def bind(self, name: str, symbol: Node) -> None:
        if name in self.bound:
            raise NameError_(f"the name {name!r} is bound twice")
        self.bound[name] = symbol
        self.checked.add(symbol)

    def add(self, let: Let) -> None:
        for part in let.parts:
            if part not in self.checked:
                self.check(part)
                self.checked.add(part)
        self.bind(let.name, let.symbol)
        self.structure.define(let)

    def check(self, part: Node) -> None:
        check = _CHECKS.get(type(part))
        if check is not None:
            check(self, part)
        shapes.check(part)

    def refuse_symbol(self, symbol: Node) -> None:
        """A symbol that is not bound yet, or bound with another shape."""
        known = self.bound.get(symbol.name)
        if known is None:
            raise NameError_(f"{symbol.name!r} is used before it is defined")
        stated, used = shapes.words(known.shape), shapes.words(symbol.shape)
        raise ShapeError(f"{symbol.name} has the shape {stated}, and is used as {used}")

    def check_constant(self, node: Node) -> None:
        self.check_sizes(node.shape)

    def check_coefficient(self, node: Node) -> None:
        if is_number(node.coefficient):
            self.check_sizes((node.coefficient,))
            self.counted |= {symbol.name for symbol in node.coefficient.free_symbols}

    def add_function(self, node: Node) -> None:
        self.functions.add(node.function)

    def check_operation(self, node: Node) -> None:
        self.check_sizes(node.parameters)
        operation = OPERATIONS.get(node.name)
        if operation and operation.symmetric and not self.structure.has(node.operands[0], "symmetric"):
            hint = f"declare it, `A : n x n symmetric`, or take the symmetric part, {node.name}(sym(A))"
            raise NotSupported(f"{node.name} needs a matrix that is known to be symmetric", hint=hint)

    def check_sizes(self, expressions: Iterable[Any]) -> None:
        for expression in expressions:
            for size in sorted(expression.free_symbols - self.sizes, key=str):
                hint = "give it as a number, or declare an input that has it"
                raise NameError_(f"no input has the size {size}", hint=hint)

    def check_outputs(self, outputs: tuple[str, ...]) -> None:
        for name in outputs:
            if name not in self.bound:
                raise NameError_(f"the output {name!r} is not defined")
        if not outputs:
            raise NameError_("a program returns at least one matrix")

    def check_names(self, functions: tuple[ScalarFunction, ...]) -> None:
        """Names are those the reader gives, so that a print reads back and no other text reaches a generated file."""
        for name in self.bound:
            if not is_valid(name, self.bound) or name in WORDS:
                raise NameError_(f"{name!r} cannot be a name")
            if name in self.functions or never_a_matrix(name):
                raise NameError_(f"{name!r} is the name of a function and cannot be the name of a matrix")
        for name in sorted(self.counted):
            other = "matrix" if name in self.bound else "function" if name in self.functions or is_known(name) else ""
            if other:
                raise NameError_(f"{name!r} is the name of a size and of a {other}", hint="rename one of them")
        for size in sorted(symbol.name for symbol in self.sizes):
            if not is_plain(size) or size in WORDS or size == "scalar":
                raise NameError_(f"{size!r} cannot be the name of a size")
        for name in sorted(self.functions - CATALOGUE.keys()):
            if not is_plain(name) or name in WORDS | PLANNED or is_known(name):
                raise NameError_(f"{name!r} cannot be the name of a function")
        for function in functions:
            if function.body.free_symbols - {scalars.ARGUMENT} or function.name in CATALOGUE:
                raise NameError_(f"{function.name!r} is not a function of one argument under a name of its own")


_CHECKS: dict[type, Callable[[_Verification, Node], None]] = {
    MatrixSymbol: _Verification.refuse_symbol,
    **dict.fromkeys(CONSTANTS, _Verification.check_constant),
    Operation: _Verification.check_operation,
    Scale: _Verification.check_coefficient,
    Elementwise: _Verification.add_function,
}
"""What is asked of a node besides the shapes of its operands."""
