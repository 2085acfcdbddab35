"""A failing program made smaller while it fails the same check: fewer statements, outputs, operations and inputs."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace

from sympy import MatrixSymbol

from symbolic.errors import PushforwardError
from symbolic.nodes import LEAVES, Node, operands
from symbolic.program import Program
from symbolic.statements import Input, Let
from symbolic.walks import rewrite, subexpressions
from tools.generator.sizes import is_plain

MAX_TRIALS = 400
MAX_SECONDS = 20.0
FACTS: tuple[tuple[str, ...], ...] = ((), ("positive",), ("spd",))


def shrink(program: Program, fails: Callable[[Program], bool]) -> Program:
    """The smallest program found that still fails."""
    until, trials = time.monotonic() + MAX_SECONDS, 0
    found = True
    while found:
        found = False
        for candidate in _smaller(program):
            trials += 1
            if trials > MAX_TRIALS or time.monotonic() > until:
                return program
            if _size(candidate) < _size(program) and fails(candidate):
                program, found = candidate, True
                break
    return program


def _size(program: Program) -> tuple[int, ...]:
    operations = sum(1 for node in program.nodes() if not isinstance(node, LEAVES))
    letters = sum(1 for given in program.inputs for size in given.shape if size.is_Symbol)
    facts = sum(len(given.facts) for given in program.inputs)
    return operations, len(program.lets), len(program.inputs), len(program.outputs), letters, facts


def _smaller(program: Program) -> Iterator[Program]:
    for make in (_one_output, _statement_as_input, _part_alone, _part_as_input, _without_a_fact):
        for candidate in make(program):
            try:
                yield _tidied(candidate())
            except PushforwardError:
                continue


Candidates = Iterator[Callable[[], Program]]


def _one_output(program: Program) -> Candidates:
    for let in program.lets:
        yield lambda let=let: replace(program, outputs=(let.name,))  # type: ignore[misc]


def _statement_as_input(program: Program) -> Candidates:
    for k, let in enumerate(program.lets):
        if let.name not in program.outputs and all(map(is_plain, let.expr.shape)):
            for facts in FACTS:
                yield (
                    lambda k=k, let=let, facts=facts: replace(  # type: ignore[misc]
                        program,
                        inputs=(*program.inputs, Input(let.name, let.expr.shape, facts)),
                        lets=(*program.lets[:k], *program.lets[k + 1 :]),
                    )
                )


def _part_alone(program: Program) -> Candidates:
    """A statement that is only returned may be any of its parts."""
    used = {part for let in program.lets for part in subexpressions(let.expr)}
    for k, let in enumerate(program.lets):
        if let.symbol in used:
            continue
        for part in operands(let.expr):
            yield lambda k=k, let=let, part=part: _with_statement(program, k, Let(let.name, part))  # type: ignore[misc]


def _part_as_input(program: Program) -> Candidates:
    """A part, the largest first, replaced by a new input or by one that is there."""
    for k, let in enumerate(program.lets):
        for part in reversed(list(subexpressions(let.expr))):
            if type(part) is MatrixSymbol or part == let.expr or not all(map(is_plain, part.shape)):
                continue
            for given in _inputs_like(program, part):
                yield lambda k=k, let=let, part=part, given=given: _with_statement(  # type: ignore[misc]
                    replace(program, inputs=tuple(dict.fromkeys((*program.inputs, given)))),
                    k,
                    Let(let.name, rewrite(let.expr, lambda node: given.symbol if node == part else node, {})),
                )


def _inputs_like(program: Program, part: Node) -> Iterator[Input]:
    yield from (given for given in program.inputs if given.shape == part.shape)
    name = next(name for name in (f"A{n}" for n in range(100)) if name not in program.symbols)
    yield from (Input(name, part.shape, facts) for facts in FACTS)


def _without_a_fact(program: Program) -> Candidates:
    for k, given in enumerate(program.inputs):
        if given.facts:
            inputs = (*program.inputs[:k], Input(given.name, given.shape), *program.inputs[k + 1 :])
            yield lambda inputs=inputs: replace(program, inputs=inputs)  # type: ignore[misc]


def _with_statement(program: Program, place: int, let: Let) -> Program:
    return replace(program, lets=(*program.lets[:place], let, *program.lets[place + 1 :]))


def _tidied(program: Program) -> Program:
    """Without statements, inputs and functions that nothing needs."""
    needed, lets = set(program.outputs), []
    for let in reversed(program.lets):
        if let.name in needed:
            lets.append(let)
            needed |= {part.name for part in subexpressions(let.expr) if type(part) is MatrixSymbol}
    inputs = tuple(given for given in program.inputs if given.name in needed) or program.inputs[:1]
    smaller = replace(program, inputs=inputs, lets=tuple(reversed(lets)), functions=())
    used = smaller.unknown_functions
    functions = tuple(function for function in program.functions if function.name in used)
    return replace(smaller, functions=functions)
