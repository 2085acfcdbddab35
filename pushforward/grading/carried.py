"""What follows from an earlier mistake: the perturbations that a wrong line claims, carried through the program."""

from __future__ import annotations

from symbolic import nodes
from symbolic.language.names import differential_of
from symbolic.nodes import Node, is_number
from symbolic.program import Program
from symbolic.walks import rewrite


class Claims:
    """The perturbations, by name, as wrong lines say they are."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.claimed: dict[str, Node] = {}

    def __bool__(self) -> bool:
        return bool(self.claimed)

    def note(self, left: object, right: object) -> None:
        """A wrong line δX = R, or X + δX = R, claims what δX is."""
        for name, symbol in self.program.symbols.items():
            moved = nodes.symbol(differential_of(name), *symbol.shape)
            if not isinstance(right, nodes.Node) or right.shape != symbol.shape:
                continue
            if left == moved:
                self.claimed[name] = right
            elif left in (nodes.add(symbol, moved), nodes.add(moved, symbol)):
                self.claimed[name] = nodes.subtract(right, symbol)

    def assume(self, node: Node) -> Node:
        """An expression in which the δ's are what they would be if the claims held."""
        if is_number(node):
            return node
        moved: dict[Node, Node] = {}
        perturbed: dict[Node, Node] = {}
        for binding in self.program.bindings:
            symbol = binding.symbol
            mark = nodes.symbol(differential_of(binding.name), *symbol.shape)
            if binding.name in self.claimed:
                perturbed[mark] = _replaced(self.claimed[binding.name], perturbed)
            elif binding in self.program.lets and moved:
                perturbed[mark] = nodes.subtract(_replaced(self.program.let(binding.name).expr, moved), symbol)
            if mark in perturbed:
                moved[symbol] = nodes.add(symbol, perturbed[mark])
            elif binding in self.program.inputs:
                moved[symbol] = nodes.add(symbol, mark)
        return _replaced(node, perturbed)


def _replaced(node: Node, values: dict[Node, Node]) -> Node:
    return rewrite(node, lambda part: values.get(part, part), {})
