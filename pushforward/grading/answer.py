"""What a derivation is to arrive at: the differential of the program's result in terms of the inputs' perturbations."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sympy import MatrixSymbol

from pushforward.grading.derivatives import is_derivative
from pushforward.grading.scope import Scope
from symbolic import nodes
from symbolic.derivatives import Derivative
from symbolic.language.names import differential_of, split_mark, unicode_name
from symbolic.nodes import SCALAR, Node
from symbolic.program import Program
from symbolic.walks import subexpressions


class AnswerSought:
    """Notes whether the differential that is asked for is reached."""

    def __init__(self, program: Program, wrt: tuple[str, ...], derivatives: Iterable[Derivative] = ()) -> None:
        output = program.symbols[program.outputs[-1]]
        self.mark = nodes.symbol(differential_of(output.name), *output.shape)
        self.forms = (self.mark, nodes.add(output, self.mark), nodes.add(self.mark, output))
        self.seeds = {differential_of(name) for name in wrt}
        self.wrt = wrt
        self.gradients = [d.name for d in derivatives if d.of == output.name and d.by in wrt]
        self.reached = False

    def expression(self, node: Any, scope: Scope) -> Node:
        """What an expression alone is compared with: the gradient where it has the shape of the input, else δ."""
        if isinstance(node, nodes.Node) and self.mark.shape == SCALAR and node.shape != SCALAR and self.gradients:
            return scope.nodes[self.gradients[0]]
        return self.mark

    def note_answer(self) -> None:
        self.reached = True

    def note(self, first: Any, side: Any) -> None:
        """An equality that is right, in a chain that begins with δY or Y + δY, and has no other δ than the seeds'."""
        if isinstance(side, nodes.Node) and (first in self.forms or self._is_gradient(first)):
            names = {node.name for node in subexpressions(side) if type(node) is MatrixSymbol}
            self.reached |= {name for name in names if split_mark(name)[0] or is_derivative(name)} <= self.seeds

    def said(self) -> str:
        wanted, seeds = unicode_name(self.mark.name), ", ".join(map(unicode_name, sorted(self.seeds)))
        if self.reached:
            return f"{wanted} is reached in terms of {seeds}"
        return f"no right line gives {wanted} in terms of {seeds} alone"

    def _is_gradient(self, first: Any) -> bool:
        return isinstance(first, nodes.Node) and type(first) is MatrixSymbol and first.name in self.gradients
