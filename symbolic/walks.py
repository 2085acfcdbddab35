"""Walks over expressions, whose shared parts are met once; none is a recursion, so that depth has no limit."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from operator import is_
from typing import TypeVar

from symbolic.nodes import Node, operands, rebuild

T = TypeVar("T")


def subexpressions(node: Node, known: Container[Node] = ()) -> Iterator[Node]:
    """Every distinct subexpression, each after its own operands; a `known` one is passed over with all inside it."""
    seen: set[Node] = set()
    stack = [node]
    while stack:
        current = stack.pop()
        if current is None:
            yield stack.pop()  # its operands have come before
        elif current not in seen and current not in known:
            inside = operands(current)
            seen.add(current)
            if inside:
                stack += (current, None)
                stack += inside[::-1]
            else:
                yield current


def bottom_up(node: Node, found: dict[Node, T], value: Callable[[Node], T]) -> T:
    """The `value` of a node, after those of all that it is built from; each is found once, and kept in `found`."""
    stack = [node]
    while stack:
        current = stack.pop()
        if current is None:
            current = stack.pop()  # its operands have come before
            found[current] = value(current)
        elif current not in found:
            inside = operands(current)
            missing = [operand for operand in inside if operand not in found] if inside else inside
            if missing:
                stack += (current, None)
                stack += missing[::-1]
            else:
                found[current] = value(current)
    return found[node]


def rewrite(node: Node, replace: Callable[[Node], Node], memo: dict[Node, Node]) -> Node:
    """Apply `replace` to every subexpression, operands first; shared parts are rewritten once."""

    def rewritten(part: Node) -> Node:
        old = operands(part)
        new = [memo[operand] for operand in old]
        return replace(part if all(map(is_, old, new)) else rebuild(part, new))

    return bottom_up(node, memo, rewritten)
