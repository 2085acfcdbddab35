"""What a rule is, and the one table of them.

A rule is a line of mathematics, d(A B) = dA B + A dB, given twice on purpose: as `formula`, which lessons
print and the reference lists, and as `apply`, which the engine runs. A test reads the formula with the
project's own reader and compares the two.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from symbolic.errors import DifferentiationError
from symbolic.functions import CATALOGUE
from symbolic.nodes import Elementwise, Node, Operation, operands, rebuild

Differentiate = Callable[[Node], Node]
Key = tuple[type, str]
"""A node type and, for a function of the catalogue or a named operation, its name (else "")."""


@dataclass(frozen=True)
class Rule:
    """The differential of one operation.

    `formula`: in the project's language. `apply(node, d)`: the differential of `node`, where d(X) is that of
    an operand. `cite`: the source. `operation`: what it is dispatched on.
    """

    name: str
    operation: Key
    formula: str
    apply: Callable[[Node, Differentiate], Node] = field(repr=False)
    cite: str


RULES: dict[Key, Rule] = {}


def rule(
    operation: type, name: str, formula: str, cite: str, function: str = ""
) -> Callable[[Callable[[Node, Differentiate], Node]], Rule]:
    """Register the decorated function as the rule of `operation`."""

    def register(apply: Callable[[Node, Differentiate], Node]) -> Rule:
        key = (operation, function)
        if key in RULES:
            raise ValueError(f"two rules for {operation.__name__} {function}")
        RULES[key] = Rule(name, key, formula, apply, cite)
        return RULES[key]

    return register


def linear(operation: type, name: str, formula: str, cite: str, function: str = "") -> None:
    """A linear operation: its differential is itself, applied to the differentials of its operands."""

    @rule(operation, name, formula, cite, function)
    def apply(node: Node, d: Differentiate) -> Node:
        return rebuild(node, map(d, operands(node)))


def rule_for(node: Node) -> Rule:
    """The rule of a node's exact type. Raises DifferentiationError: no dependence is passed over in silence."""
    found = RULES.get((type(node), _name(node)))
    if found is None:
        raise DifferentiationError(
            f"there is no rule for the differential of {_name(node) or type(node).__name__}",
            hint="add one in symbolic/rules/, where each operation has its line",
        )
    return found


def _name(node: Node) -> str:
    if type(node) is Operation:
        return str(node.name)
    known = type(node) is Elementwise and node.function in CATALOGUE and node.order == 0
    return node.function if known else ""
