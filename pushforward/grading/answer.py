"""What a derivation is to arrive at: the differential of the program's result in terms of the inputs' perturbations."""

from __future__ import annotations

from typing import Any

from sympy import MatrixSymbol

from pushforward.grading.gradients import is_gradient
from pushforward.grading.scope import Scope
from symbolic import nodes
from symbolic.language.names import differential_of, split_mark, unicode_name
from symbolic.nodes import SCALAR, Node, subexpressions
from symbolic.program import Program


class AnswerSought:
    """Notes whether the differential that is asked for is reached."""

    def __init__(self, program: Program, wrt: tuple[str, ...]) -> None:
        output = program.symbols[program.outputs[-1]]
        self.mark = nodes.symbol(differential_of(output.name), *output.shape)
        self.forms = (self.mark, nodes.add(output, self.mark), nodes.add(self.mark, output))
        self.seeds = {differential_of(name) for name in wrt}
        self.wrt = wrt
        self.reached = False

    def expression(self, node: Any, scope: Scope) -> Node:
        """What an expression alone is compared with: the gradient where it has the shape of the input, else δ."""
        gradients = [name for name in scope.nodes if is_gradient(name)]
        if isinstance(node, nodes.Node) and self.mark.shape == SCALAR and node.shape != SCALAR and gradients:
            return scope.nodes[gradients[0]]
        return self.mark

    def note_answer(self) -> None:
        self.reached = True

    def note(self, first: Any, side: Any) -> None:
        """An equality that is right, in a chain that begins with δY or Y + δY, and has no other δ than the seeds'."""
        if isinstance(side, nodes.Node) and (first in self.forms or self._is_gradient(first)):
            marked = {n.name for n in subexpressions(side) if type(n) is MatrixSymbol and split_mark(n.name)[0]}
            self.reached |= marked <= self.seeds

    def said(self) -> str:
        wanted, seeds = unicode_name(self.mark.name), ", ".join(map(unicode_name, sorted(self.seeds)))
        if self.reached:
            return f"{wanted} is reached in terms of {seeds}"
        return f"no right line gives {wanted} in terms of {seeds} alone"

    def _is_gradient(self, first: Any) -> bool:
        return isinstance(first, nodes.Node) and type(first) is MatrixSymbol and is_gradient(first.name)
