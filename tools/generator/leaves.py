"""What expressions end in: inputs with facts, names of statements, constants; and sizes that no input can have."""

from __future__ import annotations

from sympy import Integer

from symbolic import nodes
from symbolic.nodes import Node
from symbolic.statements import Input
from tools.generator import sizes
from tools.generator.requests import (
    ANY,
    DISTINCT,
    OF_SYMMETRIC,
    ONE,
    POSITIVE,
    REGULAR,
    SPD,
    SPECTRUM,
    SYMMETRIC,
    UNIT,
    Chooser,
    Need,
    Request,
    ask,
)  # fmt: skip

MAX_INPUTS = 6
MATRICES = ("A", "B", "C", "S", "W1", "X0", "M", "Sigma", "X_ij", "K", "P", "R2", "Omega")
COLUMNS = ("x", "y", "b", "v1", "alpha", "w", "beta0", "c", "lambda", "z", "mu", "s", "t")

_SQUARE_FACTS: dict[Need, tuple[str, ...]] = {
    ANY: ("", "", "", "", "symmetric", "spd", "orthogonal", "diagonal", "lower", "upper", "positive"),
    DISTINCT: ("",),
    REGULAR: ("", "", "", "spd", "symmetric", "orthogonal", "lower", "upper", "diagonal"),
    POSITIVE: ("positive",),
    SPECTRUM: ("spd",),
    SYMMETRIC: ("symmetric", "symmetric", "spd"),
    SPD: ("spd",),
}
_FACTS: dict[Need, tuple[str, ...]] = {
    ANY: ("", "", "", "positive"),
    DISTINCT: ("",),
    REGULAR: ("",),
    POSITIVE: ("positive",),
}
_TO_UNIT = ("tanh", "tanh", "sin", "erf", "cos")


class Leaves:
    """The inputs of a program so far, and the names of its statements with what is known of them."""

    def __init__(self, chooser: Chooser) -> None:
        self.chooser = chooser
        self.inputs: list[Input] = []
        self.named: list[tuple[Request, Node]] = []

    def leaf(self, request: Request) -> Node:
        choose = self.chooser
        if request.need is UNIT:
            return nodes.apply(choose.pick(_TO_UNIT), self.leaf(request.but(ANY)))
        named = [symbol for known, symbol in self.named if known == request]
        if named and choose.chance(0.4):
            return choose.pick(named)
        if request.need is ANY and choose.chance(0.1):
            return self.constant(request)
        if request.need is SPECTRUM and choose.chance(0.3):
            return nodes.add(self.leaf(request.but(DISTINCT)), nodes.scale(Integer(4), nodes.identity(request.rows)))
        if all(map(sizes.is_plain, request.shape)):
            return self.input(request)
        return self.put_together(request)

    def constant(self, request: Request) -> Node:
        made = [
            nodes.ones(*request.shape),
            nodes.zeros(*request.shape),
            nodes.scale(Integer(3), nodes.ones(*request.shape)),
        ]
        return self.chooser.pick([*made, *([nodes.identity(request.rows)] * request.is_square)])

    def input(self, request: Request) -> Node:
        """One of the inputs, or a new one."""
        choose = self.chooser
        facts = (_SQUARE_FACTS if request.is_square else _FACTS)[request.need]
        fitting = [given for given in self.inputs if given.shape == request.shape and "".join(given.facts) in facts]
        if fitting and (choose.chance(0.6) or len(self.inputs) >= MAX_INPUTS):
            return choose.pick(fitting).symbol
        taken = {given.name for given in self.inputs}
        pool = COLUMNS if ONE in request.shape else MATRICES
        name = choose.pick([name for name in pool if name not in taken])
        fact = choose.pick(facts)
        given = Input(name, request.shape, (fact,) if fact else ())
        self.inputs.append(given)
        return given.symbol

    # Sizes such as n + m, n*m, 2*n, n - 1, min(n, m)

    def put_together(self, request: Request) -> Node:
        if request.need in OF_SYMMETRIC or request.need is SPECTRUM:
            X = self.leaf(request.but(DISTINCT))
            if request.need is SYMMETRIC:
                return nodes.add(X, nodes.transpose(X))
            return nodes.add(
                nodes.multiply(X, nodes.transpose(X)), nodes.scale(Integer(4), nodes.identity(request.rows))
            )
        need = DISTINCT if request.need is REGULAR else request.need
        if sizes.is_plain(request.rows):
            return nodes.transpose(self.leaf(ask(*request.flipped, need)))
        return self._with_rows(request.but(need))

    def _with_rows(self, request: Request) -> Node:
        rows, cols, need = request.rows, request.cols, request.need
        if cols == 1 and (pair := sizes.of_minimum(rows)):
            return nodes.operate("svdvals", self.leaf(ask(*pair, DISTINCT)))
        for size in self.chooser.sizes:
            if size.is_Symbol and rows == size - 1:
                return nodes.operate(
                    "slice", self.leaf(ask(size, cols, need)), parameters=(Integer(2), size, ONE, cols)
                )
        if parts := sizes.sums(rows):
            first, second = parts[0]
            return nodes.operate("vstack", self.leaf(ask(first, cols, need)), self.leaf(ask(second, cols, need)))
        if rows.is_Mul or rows.is_Pow:
            first, second = sizes.products(rows)[-1]
            return nodes.operate("kron", self.leaf(ask(first, ONE, need)), self.leaf(ask(second, cols, need)))
        left = nodes.ones(rows, ONE) if cols != 1 else None
        return nodes.multiply(left, self.leaf(ask(ONE, cols, need))) if left else nodes.ones(rows, ONE)
