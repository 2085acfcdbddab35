"""What hints and solutions say, read off the recorded derivation by the sections of a lesson."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from pushforward.exercises.model import Blocks
from pushforward.lesson.carrying import carried_through
from pushforward.lesson.graph import moving
from pushforward.lesson.model import Bullets, Chain, Code, Formula, Paragraph, Part, Prose, Size, Strong, Use, Uses
from pushforward.lesson.shortening import Shortener
from pushforward.lesson.substitution import substituted
from symbolic.differential import Differential
from symbolic.program import Program
from symbolic.statements import Let

COMPOSED = ("softmax(", "norm(", "mean(")
"""Operations by name that are printed as what they are made of."""
MOST_STEPS = 4
"""How many steps within one statement are hints of their own."""


def shown(program: Program, text: str) -> Iterator[Bullets | Paragraph]:
    """A program as it is set for a person: the inputs with their shapes, then the statements.

    `text`: the program as it was written, where softmax(Z, 2) is not written out yet.
    """
    said = {line.partition(" = ")[0]: line for line in text.split("; ") if any(word in line for word in COMPOSED)}
    given: list[Part] = []
    for each in program.inputs:
        given += ["; " if given else "", Formula.of(each.symbol), " is ", *facts(each.facts), Size(each.shape)]
    yield Paragraph(("Given: ", *given, "."))
    yield Bullets(tuple(_statement(let, said) for let in program.lets))


def _statement(let: Let, said: Mapping[str, str]) -> Prose:
    line = said.get(let.name)
    written = Formula.of(let.symbol, let.expr)
    return (written, ", that is ", Code(line)) if line else (written,)


def facts(names: Iterable[str]) -> tuple[str, ...]:
    """What is known of a matrix, as adjectives."""
    words = {"spd": "symmetric positive definite", "lower": "lower triangular", "upper": "upper triangular"}
    return tuple(f"{words.get(name, name)}, " for name in names)


def listed(formulas: Sequence[Part], last: str = " and ") -> list[Part]:
    """A, B and C"""
    parts: list[Part] = []
    for k, formula in enumerate(formulas):
        parts += [last if k == len(formulas) - 1 else ", ", formula] if k else [formula]
    return parts


def seeds(differential: Differential) -> list[Part]:
    symbols = differential.tangent.symbols
    return listed([Formula.of(symbols[seed]) for _, seed in differential.seeds])


def what_moves(differential: Differential) -> Blocks:
    """The first hint: the names that move, and the shape that the answer must have."""
    primal, tangent = differential.primal.symbols, differential.tangent.symbols
    moved = moving(differential)
    output = differential.primal.outputs[-1]
    change = tangent[moved[output]]
    yours: Prose = (
        "Start with what moves: ", *listed([Formula.of(primal[name]) for name in moved]), ". Each of them changes by "
        "a δ of its own shape, and everything else stays as it is. ",
        Formula.of(change), " is ", Size(change.shape), ".",
    )  # fmt: skip
    return (Paragraph(yours),)


def rules_needed(differential: Differential) -> Blocks:
    """The rules in the order in which they are used, each once."""
    found: dict[str, Use] = {}
    for block in carried_through(differential, "full", _shortener(differential)):
        for use in block.uses if isinstance(block, Uses) else ():
            if use.chain.formula.sides[0].moved:
                found.setdefault(use.line, use)
    if not found:
        return ()
    items = tuple((Strong(use.rule), ": ", Code(use.line), ". ", use.why) for use in found.values())
    return (Paragraph(("These rules are needed, in this order:",)), Bullets(items))


def statements_carried(differential: Differential) -> Iterator[Chain]:
    """X1 + δX1 = (X0 + δX0) W1 = …, one statement after the other."""
    for block in carried_through(differential, "brief", _shortener(differential)):
        if isinstance(block, Chain):
            yield block


def steps_in_between(differential: Differential) -> list[Chain]:
    """d(A B) = δA B + A δB: the rules that were used, but for the last one, which gives the answer."""
    shortener = _shortener(differential)
    blocks = [block for block in carried_through(differential, "full", shortener) if isinstance(block, Uses)]
    chains = [use.chain for block in blocks for use in block.uses]
    return [chain for chain in chains if chain.formula.sides[0].moved][:-1][-MOST_STEPS:]


def hints(differential: Differential) -> Iterator[Blocks]:
    """One hint after the other, up to the last step, which is the answer."""
    yield what_moves(differential)
    rules = rules_needed(differential)
    if rules:
        yield rules
    statements = list(statements_carried(differential))
    if len(statements) == 1:
        for chain in steps_in_between(differential):
            yield (Paragraph(("A step on the way:",)), chain)
        return
    for chain in statements:
        yield (Paragraph(("Carry it through this statement:",)), chain)


def derivation(differential: Differential) -> Blocks:
    """The whole of it: every statement with its steps, and what they give when they are put together."""
    shorten = _shortener(differential)
    carried = list(carried_through(differential, "full", shorten))
    together = list(substituted(differential, "full", shorten))
    return (*carried, Paragraph(("Put together:",)), *together)


def _shortener(differential: Differential) -> Shortener:
    return Shortener(differential.tangent.symbols)
