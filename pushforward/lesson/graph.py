"""A program as a graph: what uses what, and what moves when the chosen inputs move."""

from __future__ import annotations

from sympy import MatrixSymbol

from pushforward.lesson.model import Box, Diagram
from symbolic.differential import Differential
from symbolic.nodes import Node
from symbolic.statements import Input, Let
from symbolic.walks import subexpressions

MOST = 40
"""How many boxes are drawn."""


def diagram(differential: Differential) -> Diagram:
    """The inputs and statements in order; `moves` marks the path from the chosen inputs."""
    program = differential.primal
    moved = moving(differential)
    boxes = [_box(binding, moved, binding.name in program.outputs) for binding in program.bindings]
    return Diagram(tuple(boxes[:MOST]), max(0, len(boxes) - MOST))


def moving(differential: Differential) -> dict[str, str]:
    """Each name that changes when the chosen inputs do, with the name of its change, in the order of the program."""
    moved = dict(differential.seeds)
    tangent = {let.name for let in differential.tangents}
    for let in differential.primal.lets:
        change = differential.name(let.name)
        if change in tangent and any(name in moved for name in _names(let.expr)):
            moved[let.name] = change
    return moved


def _box(binding: Input | Let, moved: dict[str, str], is_output: bool) -> Box:
    written = None if isinstance(binding, Input) else binding.expr
    shape = binding.symbol.shape
    return Box(binding.name, written, shape, binding.name in moved, _names(written), is_output)


def _names(node: Node | None) -> tuple[str, ...]:
    """The names that an expression uses, from left to right."""
    if node is None:
        return ()
    return tuple(dict.fromkeys(part.name for part in subexpressions(node) if type(part) is MatrixSymbol))
