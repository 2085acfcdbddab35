"""Functions applied entry by entry: d(f(A)) = f'(A) ∘ dA, for every f of the catalogue and for unknown f."""

from __future__ import annotations

from symbolic.functions import CATALOGUE, ElementaryFunction
from symbolic.language.elaborate import Elaboration
from symbolic.nodes import Elementwise, Node, apply, hadamard
from symbolic.rules.registry import Differentiate, rule
from symbolic.scalars import derivative_syntax


@rule(Elementwise, "elementwise function", "d(f(A)) = f'(A) .* dA", "DLMF 1.4(iii), the chain rule, entrywise")
def any_function(node: Node, d: Differentiate) -> Node:
    return hadamard(apply(node.function, node.argument, node.order + 1), d(node.argument))


def _formula(function: ElementaryFunction) -> str:
    """d(tanh(A)) = (1 - tanh(A)∘tanh(A)) .* dA, from the derivative 1 - Y∘Y."""
    value = f"{function.name}(A)"
    derivative = "".join({"X": "A", "Y": value}.get(c, c) for c in function.derivative)
    return f"d({value}) = ({derivative}) .* dA"


def _known_function(function: ElementaryFunction) -> None:
    @rule(Elementwise, function.name, _formula(function), function.cite, function.name)
    def known(node: Node, d: Differentiate) -> Node:
        names = {"X": node.argument, "Y": node}
        derivative = Elaboration(names).matrix(derivative_syntax(function.name))
        return hadamard(derivative, d(node.argument))


for _function in CATALOGUE.values():
    _known_function(_function)
