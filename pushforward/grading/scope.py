"""What the names of a derivation stand for: the program's matrices, their perturbations, and abbreviations."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sympy import MatrixSymbol

from symbolic import nodes
from symbolic.equivalence import names_with_perturbations
from symbolic.errors import NameError_, NotSupported, ProgramError, ReadError
from symbolic.functions import CATALOGUE
from symbolic.language.derivation import DIFFERENTIALS, Chain, Derivation, Side, parse_side
from symbolic.language.elaborate import Elaboration
from symbolic.language.infer import Inference
from symbolic.language.names import differential_of, split_mark, unicode_name
from symbolic.language.syntax import Call, Name, Syntax
from symbolic.language.walk import matrix_names, parts, size_names
from symbolic.language.words import is_operation
from symbolic.nodes import Node, is_number
from symbolic.program import Program
from symbolic.walks import rewrite, subexpressions


class Scope:
    """`given`: further names and what they stand for, such as the gradients that a derivation writes."""

    def __init__(self, program: Program, derivation: Derivation, given: Mapping[str, Node]) -> None:
        self.program = program
        self.derivation = derivation
        self.nodes: dict[str, Node] = names_with_perturbations(program) | dict(given)
        self.sizes = frozenset(str(size) for size in program.sizes)
        self.functions = program.unknown_functions.keys() | program.definitions.keys() | CATALOGUE.keys()
        self.moving = {
            symbol: nodes.add(symbol, self.nodes[differential_of(n)]) for n, symbol in program.symbols.items()
        }
        self.defining: set[Side] = set()
        self._define_abbreviations()

    def node(self, syntax: Syntax) -> Any:
        """The matrix, or the number, that an expression stands for. Raises NameError_, ShapeError, NotSupported."""
        self._check_names(syntax)
        inference = Inference(self.derivation.source, self.sizes - self.nodes.keys())
        inference.names = {name: node.shape for name, node in self.nodes.items()}
        inference.shape(syntax)
        return _Elaboration(self).value(syntax)

    def differential(self, node: Node) -> Node:
        """F(X + δX) - F(X) of an expression F of the program's matrices."""
        for part in subexpressions(node):
            if type(part) is MatrixSymbol and split_mark(part.name)[0]:
                raise NotSupported("the differential of a differential is of second order")
        moved = rewrite(node, lambda part: self.moving.get(part, part), {})
        return nodes.subtract(moved, node)

    def is_subject(self, node: Any) -> bool:
        """Whether an expression is X, δX or X + δX of one name of the program."""
        return any(
            node in (symbol, mark, nodes.add(symbol, mark), nodes.add(mark, symbol))
            for symbol, mark in ((symbol, self.nodes[differential_of(n)]) for n, symbol in self.program.symbols.items())
        )

    def defines(self, chain: Chain) -> bool:
        """Whether a chain begins with a name that it gives to what follows."""
        return chain.sides[0] in self.defining

    def _define_abbreviations(self) -> None:
        """Every G = … of a name that the program has not, in an order in which each is known before it is used."""
        waiting = [chain for chain in self.derivation.chains if self._is_new(chain)]
        while waiting:
            later = []
            trouble: ProgramError | None = None
            for chain in waiting:
                try:
                    self._define(chain)
                except NameError_ as error:
                    later.append(chain)
                    trouble = trouble or error
            if len(later) == len(waiting) and trouble is not None:
                raise trouble.at(None, self.derivation.source)
            waiting = [chain for chain in later if self._is_new(chain)]

    def _is_new(self, chain: Chain) -> bool:
        name = chain.sides[0].name
        if len(chain.sides) < 2 or name == "" or name in self.nodes or split_mark(name)[0]:
            return False
        written = self.derivation.source.text[chain.sides[0].span.start :]
        if re.match(r"[δΔ∂]|\\(?:delta|Delta|partial)(?![A-Za-z])|\\mathrm\s*\{\s*d\s*\}", written):
            raise self._unknown(Name(name.removeprefix("d"), chain.sides[0].span))
        return True

    def _define(self, chain: Chain) -> None:
        name, value = chain.sides[0].name, self.node(parse_side(chain.sides[1], self.derivation))
        node = nodes.constant(value) if is_number(value) else value
        self.nodes[name] = node
        self.defining.add(chain.sides[0])
        try:
            self.nodes[differential_of(name)] = self.differential(node)
        except NotSupported:
            return  # an abbreviation of what is small already

    def _check_names(self, syntax: Syntax) -> None:
        for used in matrix_names(syntax):
            if used.name not in self.nodes and used.name not in self.sizes:
                raise self._unknown(used)
        for size in size_names(syntax):
            if size.name not in self.sizes:
                raise NameError_(f"the program has no size {size.name!r}", size.span, self.derivation.source)
        for part in parts(syntax):
            if type(part) is Call and not self._is_function(part.function):
                known = ", ".join(sorted(self.program.unknown_functions)) or "none but those known by name"
                hint = f"its functions are {known}; in front of a bracket, * is written"
                message = f"the program has no function {part.function!r}"
                raise NameError_(message, part.span, self.derivation.source, hint)

    def _unknown(self, used: Name) -> NameError_:
        known = ", ".join(map(unicode_name, self.program.symbols))
        hint = f"the program has {known}; other names are introduced by a line such as G = …"
        if split_mark(used.name)[0]:
            hint = "a differential is marked once, and of a name that has no differential in it"
        elif set(used.name) <= self.nodes.keys():
            hint = f"a product is written with spaces, {' '.join(used.name)}"
        return NameError_(f"unknown name {unicode_name(used.name)!r}", used.span, self.derivation.source, hint)

    def _is_function(self, name: str) -> bool:
        return name in self.functions or is_operation(name) or name in DIFFERENTIALS


def identities(program: Program) -> dict[str, Node]:
    """I_n for every size n, as people write eye(n), where the program has no such name."""
    units = {f"I_{size}": nodes.identity(size) for size in program.sizes}
    return {name: unit for name, unit in units.items() if name not in program.symbols}


class _Elaboration(Elaboration):
    """Also d(A B), the differential of an expression."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope.nodes)
        self.scope = scope

    def value(self, syntax: Syntax) -> Any:
        if type(syntax) is Call and syntax.function in DIFFERENTIALS:
            if syntax.order:
                raise ReadError("primes have no meaning here", syntax.span)
            try:
                return self.scope.differential(self.matrix(syntax.argument))
            except NotSupported as error:
                raise error.at(syntax.span, self.scope.derivation.source) from None
        return super().value(syntax)
