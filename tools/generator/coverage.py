"""Which operation is applied to which: the pairs of operations in a program."""

from __future__ import annotations

from collections.abc import Container, Iterator

from sympy import HadamardPower, HadamardProduct, MatAdd, MatMul, Transpose

from symbolic.functions import CATALOGUE
from symbolic.nodes import LEAVES, Elementwise, Node, Operation, Quotient, Scale, is_number, operands
from symbolic.program import Program
from symbolic.walks import subexpressions
from tools.generator.composed import COMPOSED
from tools.generator.entrywise import ENTRYWISE, OWN, UNKNOWN
from tools.generator.named import NAMED
from tools.generator.requests import Production
from tools.generator.structural import STRUCTURAL

Pair = tuple[str, str]
"""An operation, and one that gives it an operand directly."""

NODES: dict[str, Production] = {**STRUCTURAL, **NAMED, **ENTRYWISE}
"""Every operation that is a node, by its label."""
PRODUCTIONS: dict[str, Production] = {**NODES, **COMPOSED}

_LABELS = {
    MatAdd: "add",
    MatMul: "matmul",
    HadamardProduct: "hadamard",
    HadamardPower: "power",
    Transpose: "transpose",
    Quotient: "quotient",
}


def pairs(program: Program) -> tuple[Pair, ...]:
    """Every pair of operations in a program, in order of appearance; compositions are written out there."""
    found = (pair for let in program.lets for pair in pairs_in(let.expr, program.definitions))
    return tuple(dict.fromkeys(found))


def pairs_in(expression: Node, own: Container[str]) -> Iterator[Pair]:
    """The pairs in an expression; `own`: the functions that the program defines."""
    for node in subexpressions(expression):
        outer = label(node, own)
        for operand in operands(node):
            inner = label(operand, own)
            if outer and inner:
                yield outer, inner


def label(node: Node, own: Container[str]) -> str:
    """The operation of a node; of an input, a name or a constant, nothing."""
    if isinstance(node, LEAVES):
        return ""
    if type(node) is Operation:
        return str(node.name)
    if type(node) is Scale:
        return "multiple" if is_number(node.coefficient) else "scale"
    if type(node) is Elementwise:
        known = node.function in CATALOGUE
        return str(node.function) if known else OWN if node.function in own else UNKNOWN
    return _LABELS[type(node)]
