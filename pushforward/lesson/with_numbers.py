"""The same with numbers: every value and its change, along one entry alone and along a direction of all entries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from sympy import MatMul, MatrixSymbol

from codegen.reference import Array
from codegen.sampling import sample_direction
from pushforward.lesson.example import DIRECTION, Example, whole
from pushforward.lesson.graph import moving
from pushforward.lesson.model import Block, Definition, Formula, Grid, Paragraph, Part, Value, Values
from symbolic.differential import Differential
from symbolic.nodes import Node
from symbolic.statements import Input

ROUNDING = 1e-9
STEP = 1e-4
"""The step of the quotient of differences beside the differential."""
_FREE = {"spd", "symmetric", "lower", "upper", "diagonal", "positive"}
"""Facts that a change of the first entry alone keeps."""


def with_numbers(differential: Differential, example: Example) -> Iterator[Block]:
    yield Paragraph(_introduced(differential, example))
    yield Values(tuple(_values(differential, example)))
    directions = _first_entry(differential, example)
    if directions:
        first = differential.wrt[0]
        seed = Formula.of(differential.tangent.symbols[dict(differential.seeds)[first]])
        yield Paragraph(("Move one entry alone: ", seed, " is 1 in the first entry and 0 elsewhere."))
        yield from _along(differential, example, directions)
    yield Paragraph(("Move all of them, in a direction drawn once and kept:",))
    yield from _along(differential, example, all_entries(differential, example))


def _introduced(differential: Differential, example: Example) -> tuple[Part, ...]:
    parts: list[Part] = []
    sizes = ", ".join(f"{name} = {value}" for name, value in example.sizes.items())
    if sizes:
        parts.append(f"Take {sizes}. ")
    for name, body in example.bodies.items():
        chosen, derivative = (Definition(name, body, order) for order in (0, 1))
        parts += [f"{name} may be any function; let it be ", chosen, ", so that ", derivative, ". "]
    exact = all(_is_whole(value) for value in example.moved(differential.primal, {}, 0.0).values())
    parts.append("All numbers are exact." if exact else "Numbers are rounded to two decimals where they are shown.")
    return tuple(parts)


def _values(differential: Differential, example: Example) -> Iterator[tuple[Value, ...]]:
    program = differential.primal
    values = example.moved(program, {}, 0.0)
    for given in program.inputs:
        yield (_value(given.symbol, values[given.name]),)


def _along(differential: Differential, example: Example, directions: Mapping[str, Array]) -> Iterator[Block]:
    found = example.along(differential, directions)
    symbols = differential.tangent.symbols
    rows = []
    for name, change in moving(differential).items():
        moved = _value(symbols[change], found[change])
        given = name in directions
        rows.append((moved,) if given else (_value(symbols[name], found[name]), moved))
    yield Values(tuple(rows))
    written_out = _one_entry(differential, found)
    if written_out:
        yield Paragraph(written_out)
    yield Paragraph(_compared(differential, example, directions, found))


def _one_entry(differential: Differential, found: Mapping[str, Array]) -> tuple[Part, ...]:
    """The first entry of the first change that is a product of two names, as a row times a column."""
    for let in differential.tangents:
        factors = let.expr.args if type(let.expr) is MatMul else ()
        if len(factors) == 2 and all(type(factor) is MatrixSymbol for factor in factors):
            left, right = (found[factor.name] for factor in factors)
            pairs = zip(left[:1].ravel(), right[:, :1].ravel(), strict=True)
            terms = " + ".join("·".join(map(_in_a_sum, pair)) for pair in pairs)
            row, column = map(Formula.of, factors)
            total = grid(found[let.name][:1, :1])[0][0]
            return (
                "The first entry of ", Formula.of(let.symbol), " is the first row of ", row,
                " times the first column of ", column, f": {terms} = {total}.",
            )  # fmt: skip
    return ()


def _in_a_sum(entry: float) -> str:
    """2, and (-2) so that no sign follows another."""
    written = grid(np.array([[entry]]))[0][0]
    return f"({written})" if written.startswith("-") else written


def _compared(
    differential: Differential, example: Example, directions: Mapping[str, Array], found: Mapping[str, Array]
) -> tuple[Part, ...]:
    """The quotient of differences of the last output, and how far it is from the differential."""
    output = differential.moving_outputs[-1]
    there = example.moved(differential.primal, directions, STEP)[output]
    here = example.moved(differential.primal, directions, 0.0)[output]
    expected = found[differential.name(output)]
    scale = float(np.abs(expected).max(initial=0.0)) or 1.0
    distance = float(np.abs((there - here) / STEP - expected).max(initial=0.0)) / scale
    symbol = Formula.of(differential.primal.symbols[output])
    change = Formula.of(differential.tangent.symbols[differential.name(output)])
    far = f"{100 * distance:.1g} % of its largest entry" if distance > ROUNDING else "nothing but rounding"
    return (
        "Beside it, without any rule: move by 0.0001 in that direction, and the change of ", symbol,
        ", divided by 0.0001, differs from ", change, f" by {far}.",
    )  # fmt: skip


def _first_entry(differential: Differential, example: Example) -> dict[str, Array]:
    """1 in the first entry of the first input, 0 elsewhere; nothing where the facts do not let it move alone."""
    first = differential.primal.inputs[[given.name for given in differential.primal.inputs].index(differential.wrt[0])]
    if not set(first.facts) <= _FREE:
        return {}
    directions = {name: np.zeros_like(example.inputs[name]) for name in differential.wrt}
    directions[first.name][:1, :1] = 1.0
    return directions


def all_entries(differential: Differential, example: Example) -> dict[str, Array]:
    random = np.random.default_rng(1)
    given = [given for given in differential.primal.inputs if given.name in differential.wrt]
    return {one.name: _direction(one, example, random) for one in given}


def _direction(given: Input, example: Example, random: np.random.Generator) -> Array:
    if given.facts:
        drawn = sample_direction(given, example.sizes, random)
        return drawn if "orthogonal" in given.facts else np.round(drawn, 1)
    return whole(given.shape, example.sizes, 0, DIRECTION)


def _value(symbol: Node, matrix: Array) -> Value:
    return Value(Formula.of(symbol), grid(matrix))


def grid(matrix: Array) -> Grid:
    """The entries as whole numbers where all are, else with two decimals."""
    written = _whole_number if _is_whole(matrix) else _two_decimals
    return tuple(tuple(written(float(entry)) for entry in row) for row in matrix)


def _is_whole(matrix: Array) -> bool:
    return bool((matrix == np.round(matrix)).all() and np.abs(matrix).max(initial=0.0) < 1e6)


def _whole_number(entry: float) -> str:
    return str(int(entry))


def _two_decimals(entry: float) -> str:
    """0.33, and 1.2e-05 or 3.4e+07 where two decimals would not show it."""
    if entry and not 0.005 <= abs(entry) < 1e6:
        return f"{entry:.1e}"
    return f"{entry + 0.0:.2f}"
