"""The differentials of the statements put into each other, one at a time, up to the closed form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from operator import itemgetter

from pushforward.lesson.graph import moving
from pushforward.lesson.model import Block, Chain, Paragraph, Side, Size
from pushforward.lesson.shortening import Shortener
from symbolic.differential import Differential
from symbolic.errors import LimitError
from symbolic.nodes import Node, add
from symbolic.statements import Let
from symbolic.walks import rewrite, subexpressions

MOST_LINES = 12
"""A chain with more substitutions shows the first ones and the last."""


def substituted(differential: Differential, level: str, shorten: Shortener) -> Iterator[Block]:
    """δX4 = f'(X3) ⊙ δX3 = f'(X3) ⊙ (δX2 W2) = …, for every output that moves."""
    statements = {let.symbol: (place, let) for place, let in enumerate(differential.tangents)}
    for output in differential.moving_outputs:
        try:
            closed = differential.closed_form(output)
        except LimitError as error:
            yield Paragraph(
                (f"The closed form is left out: {error.message}. The statements above are the derivative.",)
            )
            continue
        symbol = differential.tangent.symbols[differential.name(output)]
        stages = list(islice(_stages(statements, symbol), MOST_LINES))
        if not stages or stages[-1] != closed.expr:
            stages.append(closed.expr)
        yield from _told(symbol, _thinned(stages, level), shorten)
        if len(stages) > 1 and level != "brief":
            yield Paragraph(("With the value itself, this is where the perturbed program arrives:",))
            yield _arrived(differential, output, closed.expr, shorten)


def _told(symbol: Node, stages: list[Node], shorten: Shortener) -> Iterator[Block]:
    chain = shorten.chain([Side(symbol), *map(Side, stages)], (Size(symbol.shape),))
    yield chain
    if chain.where:
        yield Paragraph(("Parts that are long have names here; put in, they give the closed form written out.",))


def _arrived(differential: Differential, output: str, closed: Node, shorten: Shortener) -> Chain:
    """X4 + δX4 = f(X3) + f'(X3) ⊙ (…) + O(δX0²)"""
    let, symbols = differential.primal.let(output), differential.tangent.symbols
    moved = {symbols[name] for name in moving(differential)}
    exact = not any(part in moved for part in subexpressions(closed))
    remainder = () if exact else tuple(seed for _, seed in differential.seeds)
    sides = [Side(add(let.symbol, symbols[differential.name(output)])), Side(add(let.expr, closed), remainder)]
    return shorten.chain(sides, (Size(let.symbol.shape),))


def _thinned(stages: list[Node], level: str) -> list[Node]:
    if level == "brief":
        return stages[-1:]
    if len(stages) <= MOST_LINES:
        return stages
    return [*stages[: MOST_LINES - 1], stages[-1]]


def _stages(statements: Mapping[Node, tuple[int, Let]], symbol: Node) -> Iterator[Node]:
    """The expression after each substitution, the last statement first."""
    expression = symbol
    while used := [statements[part] for part in subexpressions(expression) if part in statements]:
        _, let = max(used, key=itemgetter(0))
        expression = rewrite(expression, lambda part: part, {let.symbol: let.expr})
        yield expression
