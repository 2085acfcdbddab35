"""Long formulas are made short by giving names to parts of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from pushforward.lesson.model import Chain, Formula, Prose, Side
from symbolic.language.printer import Printer
from symbolic.language.styles import UNICODE
from symbolic.nodes import Node, operands, symbol
from symbolic.walks import rewrite, subexpressions

LONGEST = 76
"""How many characters a side of an equality may have, as it is written in Unicode."""
COMFORTABLE = 48
"""A longer side is written with the names that there are already."""
SHORTEST = 12
"""A part that is shorter gets no name."""
_LETTERS = "TUSRKHM"


class Shortener:
    """Remembers the names that it gave, so that one part has one name in all of a lesson."""

    def __init__(self, taken: Iterable[str]) -> None:
        self.taken = set(taken)
        self.letter = next((c for c in _LETTERS if not any(name.startswith(c) for name in self.taken)), "Part_")
        self.names: dict[Node, Node] = {}
        self.written = Printer(UNICODE)

    def chain(self, sides: Iterable[Side], note: Prose = ()) -> Chain:
        """The equality with parts named where a side is too long, and what the new names stand for."""
        whole = list(sides)
        known = len(self.names)
        nodes = self.shorten([side.node for side in whole])
        where = tuple(Formula.of(name, node) for node, name in list(self.names.items())[known:])
        used = [Side(node, side.remainder, side.moved) for node, side in zip(nodes, whole, strict=True)]
        return Chain(Formula(tuple(_without_repetition(used))), note, where)

    def shorten(self, nodes: list[Node]) -> list[Node]:
        if all(self.length(node) <= COMFORTABLE for node in nodes):
            return nodes
        memo: dict[Node, Node] = {}
        nodes = [rewrite(node, lambda part: self.names.get(part, part), memo) for node in nodes]
        while any(self.length(node) > LONGEST for node in nodes):
            part = self.best_part(nodes)
            if part is None:
                break
            name = symbol(f"{self.letter}{len(self.names) + 1}", *part.shape)
            self.names[part] = name
            nodes = [replaced(node, part, name) for node in nodes]
        return nodes

    def length(self, node: Node) -> int:
        return len(self.written(node))

    def best_part(self, nodes: list[Node]) -> Node | None:
        """The part whose name saves most; it is short enough to be written down itself."""
        found: Counter[Node] = Counter()
        for node in nodes:
            if self.length(node) > LONGEST:
                found.update(part for part in subexpressions(node) if part != node and operands(part))
        fitting = [part for part in found if SHORTEST <= self.length(part) <= LONGEST]
        if not fitting:
            return None
        return max(fitting, key=lambda part: (self.saved(part, nodes), self.length(part)))

    def saved(self, part: Node, nodes: list[Node]) -> int:
        text = self.written(part)
        return sum(self.written(node).count(text) for node in nodes) * (len(text) - 2)


def replaced(node: Node, part: Node, name: Node) -> Node:
    """The expression with a name in the place of a part."""
    return rewrite(node, lambda inner: inner, {part: name})


def _without_repetition(sides: list[Side]) -> list[Side]:
    """A = A, which naming the same part twice can leave, says nothing."""
    kept = sides[:1]
    for side in sides[1:]:
        if side != kept[-1]:
            kept.append(side)
    return kept
