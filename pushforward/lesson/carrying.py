"""The perturbation carried through, one statement at a time.

X2 + δX2 = f(X1 + δX1) = f(X1) + f'(X1) ⊙ δX1 + O(δX0²)
"""

from __future__ import annotations

from collections.abc import Iterator

from sympy import ZeroMatrix

from pushforward.lesson.graph import moving
from pushforward.lesson.model import Block, Chain, Formula, Paragraph, Part, Prose, Side, Size, Use, Uses
from pushforward.lesson.reasons import reason, source
from pushforward.lesson.shortening import Shortener
from symbolic.differential import Differential, Step
from symbolic.nodes import Node, add, operands
from symbolic.simplify import ZEROS, Simplifier
from symbolic.statements import Let
from symbolic.walks import rewrite, subexpressions

_ZERO = "zero"


def carried_through(differential: Differential, level: str, shorten: Shortener) -> Iterator[Block]:
    """A chain of equalities for each statement that moves, and the recorded steps that gave it."""
    moved, symbols = moving(differential), differential.tangent.symbols
    shifted = {symbols[name]: add(symbols[name], symbols[change]) for name, change in moved.items()}
    told: set[str] = set()
    for let in differential.primal.lets:
        if let.name in moved:
            yield _chain(differential, let, moved[let.name], shifted, shorten)
            if level != "brief":
                yield from _steps(differential, let.name, level, shorten, told)
        else:
            yield Paragraph(_at_rest(let))


def _chain(differential: Differential, let: Let, change: str, shifted: dict[Node, Node], shorten: Shortener) -> Chain:
    """The statement at the point that has moved, and to first order what it comes to."""
    tangent = differential.tangent.let(change).expr
    exact = type(tangent) is not ZeroMatrix and _is_exact(tangent, shifted)
    remainder = () if exact else tuple(seed for _, seed in differential.seeds)
    sides = [
        Side(shifted[let.symbol]),
        Side(rewrite(let.expr, lambda part: shifted.get(part, part), {})),
        Side(let.expr if type(tangent) is ZeroMatrix else add(let.expr, tangent), remainder),
    ]
    words = "exact, because it is linear in what moves" if exact else "to first order"
    return shorten.chain(sides, (Size(let.symbol.shape), f", {words}"))


def _is_exact(tangent: Node, shifted: dict[Node, Node]) -> bool:
    """Whether nothing of second order was left out: where the differential does not depend on what moves."""
    return not any(part in shifted for part in subexpressions(tangent))


def _at_rest(let: Let) -> Prose:
    return (Formula.of(let.symbol), " depends on nothing that moves, and does not move itself.")


def _steps(differential: Differential, where: str, level: str, shorten: Shortener, told: set[str]) -> Iterator[Block]:
    """The recorded steps of a statement; what only takes zeros away is a step of its own for beginners alone."""
    steps = [step for step in differential.steps if step.where == where]
    shown = [step for step in steps if level == "beginner" or not step.rule.name.startswith(_ZERO)]
    if shown:
        count = f"{len(shown)} step{'s' if len(shown) > 1 else ''}"
        name = Formula.of(differential.tangent.symbols[differential.name(where)])
        yield Uses(("How ", name, f" is found, in {count}"), tuple(_use(step, level, shorten, told) for step in shown))


def _use(step: Step, level: str, shorten: Shortener, told: set[str]) -> Use:
    """Why a rule holds is told the first time that it is used."""
    sides = [Side(step.before, moved=step.is_rule), Side(step.after)]
    note = (*_shapes(step.before), Size(step.after.shape))
    if level != "beginner" and (left := _without_zeros(step.after)) != step.after:
        sides.append(Side(left))
        note = (*note, "; what does not move has a change of zero")
    rule = step.rule
    why = "As before." if rule.formula in told else reason(rule)
    told.add(rule.formula)
    return Use(rule.name, rule.formula, why, source(rule), shorten.chain(sides, note))


def _without_zeros(node: Node) -> Node:
    return Simplifier({}, lambda rewrite, before, after: None, rewrites=ZEROS)(node)


def _shapes(node: Node) -> Prose:
    """n×m, m×h → : the shapes of what goes in, where there are several."""
    inside = operands(node)
    if len(inside) < 2:
        return ()
    parts: list[Part] = [Size(inside[0].shape)]
    for operand in inside[1:]:
        parts += [", ", Size(operand.shape)]
    return (*parts, " give ")
