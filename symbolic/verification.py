"""Does a program hold together? Names bound once and before their use, known nodes, shapes that fit.

Run after every construction of a Program, so that no transformation can leave a broken one behind.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sympy import Expr, MatrixSymbol

from symbolic import scalars, shapes
from symbolic.errors import NameError_, ProgramError, ShapeError
from symbolic.functions import CATALOGUE
from symbolic.language.names import is_valid
from symbolic.nodes import CONSTANTS, Elementwise, Node, subexpressions

if TYPE_CHECKING:
    from symbolic.program import Let, Program


def verify(program: Program) -> None:
    """Raise NameError_, ShapeError or NotSupported, naming the statement, unless the program holds together."""
    verification = _Verification(program)
    for let in program.lets:
        try:
            verification.add(let)
        except ProgramError as error:
            error.message = f"in {let.name}: {error.message}"
            raise
    verification.check_outputs()
    verification.check_names()


class _Verification:
    def __init__(self, program: Program) -> None:
        self.program = program
        self.bound: dict[str, Node] = {}
        self.checked: set[Node] = set()
        self.functions: set[str] = set()
        self.sizes: set[Expr] = set(program.sizes)
        for given in program.inputs:
            self.bind(given.name, given.symbol)

    def bind(self, name: str, symbol: Node) -> None:
        if name in self.bound:
            raise NameError_(f"the name {name!r} is bound twice")
        self.bound[name] = symbol
        self.checked.add(symbol)

    def add(self, let: Let) -> None:
        for part in subexpressions(let.expr):
            if part not in self.checked:
                self.check(part)
                self.checked.add(part)
        self.bind(let.name, let.symbol)

    def check(self, part: Node) -> None:
        operation = type(part)
        if operation is MatrixSymbol:
            self.refuse_symbol(part)
        if operation in CONSTANTS:
            self.check_size(part)
        if operation is Elementwise:
            self.functions.add(part.function)
        shapes.check(part)

    def refuse_symbol(self, symbol: Node) -> None:
        """A symbol that is not bound yet, or bound with another shape."""
        known = self.bound.get(symbol.name)
        if known is None:
            raise NameError_(f"{symbol.name!r} is used before it is defined")
        stated, used = shapes.words(known.shape), shapes.words(symbol.shape)
        raise ShapeError(f"{symbol.name} has the shape {stated}, and is used as {used}")

    def check_size(self, constant: Node) -> None:
        for size in constant.shape:
            if not size.is_Integer and size not in self.sizes:
                hint = "give it as a number, or declare an input that has it"
                raise NameError_(f"no input has the size {size}", hint=hint)

    def check_outputs(self) -> None:
        for name in self.program.outputs:
            if name not in self.bound:
                raise NameError_(f"the output {name!r} is not defined")
        if not self.program.outputs:
            raise NameError_("a program returns at least one matrix")

    def check_names(self) -> None:
        """Names are plain words, so that no program can carry other text into a generated file."""
        for name in (*self.bound, *map(str, self.sizes), *self.program.definitions, *self.functions):
            if not is_valid(name):
                raise NameError_(f"{name!r} cannot be a name")
        for function in self.program.functions:
            if function.body.free_symbols - {scalars.ARGUMENT} or function.name in CATALOGUE:
                raise NameError_(f"{function.name!r} is not a function of one argument under a name of its own")
