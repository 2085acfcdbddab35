"""NumPy kernels in blocks of rows, and for many at once, beside a call of the plain kernel each."""

from __future__ import annotations

from collections.abc import Iterator
from inspect import unwrap
from random import Random
from typing import Any

import numpy as np

from codegen.kernel import Kernel, compile_kernel
from codegen.linear.batch import compile_batch
from codegen.linear.directions import compile_directions
from codegen.linear.linearization import compile_linearization
from codegen.linear.program import pushforward_of
from codegen.sampling import Point
from symbolic.differential import Differential
from tools import beside
from tools.beside import Derived, Outcome
from tools.verdicts import Checks, Skipped, Wrong

BLOCK = 5
ROWS = (1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK + 2)
OTHERS = (1, 2, 3, 4)
LONG = 1000
"""Of the size that is to be cut, for the sake of which a kernel is written in blocks."""
MANY = (0, 1, 3)
"""How many directions, or problems."""


def check_forms(checks: Checks, differential: Differential) -> None:
    """All forms of the kernels of a differential and of its pullback."""
    pulled: list[Derived] = []
    with checks.check("transposes"):
        pulled.append(beside.pullback_of(differential))
    for of, derived in zip(("differential", "pullback"), (differential, *pulled), strict=False):
        random = Random(f"{checks.index} {of} forms")
        with checks.check(f"{of} in blocks"):
            _check_blocks(derived, random)
        with checks.check(f"{of} in a batch"):
            check_batch(derived, random)
    random = Random(f"{checks.index} directions")
    with checks.check("directions"):
        check_directions(differential, random)
    with checks.check("linearized"):
        _check_linearized(differential, random)


# Blocks


def _check_blocks(derived: Derived, random: Random) -> None:
    kernel = _blocked_kernel(derived, threads=random.choice((1, 2)))

    def check(point: Point) -> None:
        for precision in beside.PRECISIONS:
            inputs = beside.rounded(beside.inputs_at(derived, point), precision)
            bounds = beside.bounds_of(derived, inputs, point, precision)
            expected = beside.outcome(_in_blocks_of(10**9, kernel), inputs, point, random)
            beside.agree(
                beside.outcome(_in_blocks_of(BLOCK, kernel), inputs, point, random), expected, bounds, precision
            )

    beside.at_each(beside.points(derived, ROWS, OTHERS, random), check)


def _blocked_kernel(derived: Derived, threads: int) -> Kernel:
    """With one of the sizes so long that blocks are worth it. Raises Skipped where none is."""
    for long in derived.program.sizes:
        samples = {str(size): LONG if size == long else 3 for size in derived.program.sizes}
        kernel = compile_kernel(derived, sizes=samples, threads=threads)
        if "_height" in _names_of(kernel):
            return kernel
    raise Skipped("blocks would save nothing")


def _names_of(kernel: Kernel) -> dict[str, Any]:
    """What the kernel's module defines."""
    names: dict[str, Any] = unwrap(kernel.function).__globals__
    return names


def _in_blocks_of(height: int, kernel: Kernel) -> Kernel:
    """The kernel, from now on in blocks of that many rows, however few there are."""
    _names_of(kernel).update(_height=lambda rows, *_: min(rows, height), FEW=0)
    return kernel


# Many at once


def check_batch(derived: Derived, random: Random, target: str = "numpy") -> None:
    """Over some of the arguments. Raises Wrong, Skipped, and what compiling raises."""
    names = [given.name for given in derived.program.inputs]
    over = set(random.sample(names, random.randint(1, len(names))))
    batch = compile_batch(derived, over, target=target)
    _check_many(batch, batch.stacked, over, derived, random)


def check_directions(differential: Differential, random: Random, target: str = "numpy") -> None:
    """Raises Wrong, Skipped, and what compiling raises."""
    kernel = compile_directions(differential, target=target)
    over = {seed for _, seed in differential.seeds}
    _check_many(kernel, kernel.linear.results, over, differential, random)


def _check_many(many: Kernel, stacked: tuple[str, ...], over: set[str], derived: Derived, random: Random) -> None:
    """A kernel that is given stacks, those of `over`, beside one that is called for each matrix of them."""
    one = compile_kernel(derived)

    def check(point: Point) -> None:
        precision = random.choice(beside.PRECISIONS)
        base = beside.rounded(beside.inputs_at(derived, point), precision)
        for number in MANY:
            problems = [beside.rounded(given, precision) for given in _problems(derived, point, over, number)]
            given = {name: _stacked(value, name, problems) if name in over else value for name, value in base.items()}
            found = beside.outcome(many, given, point, random)
            if isinstance(found, Exception) or not problems:
                _check_alone(found, beside.outcome(one, base, point, random), stacked, number)
                continue
            for k, problem in enumerate(problems):
                bounds = beside.bounds_of(derived, problem, point, precision)
                single = {name: value[k] if name in stacked else value for name, value in found.items()}
                beside.agree(single, beside.outcome(one, problem, point, random), bounds, precision)

    beside.at_each(beside.points(derived, ROWS[:3], OTHERS, random), check)


def _check_alone(found: Outcome, expected: Outcome, stacked: tuple[str, ...], number: int) -> None:
    """A failure, which has to be that of one problem; or the shapes of no results."""
    if isinstance(found, Exception) or isinstance(expected, Exception):
        beside.agree(found, expected, {}, "float64")
        return
    for name, value in expected.items():
        shape = (number, *value.shape) if name in stacked else value.shape
        if found[name].shape != shape or found[name].dtype != value.dtype:
            raise Wrong(f"{name} has the shape {found[name].shape} and the type {found[name].dtype}, not {shape}")


def _problems(derived: Derived, point: Point, over: set[str], number: int) -> Iterator[dict[str, Any]]:
    """Arguments that differ in those of `over`: from a line along which the program is smooth, and multiples."""
    base = beside.inputs_at(derived, point)
    for k in range(number):
        moved = point.moved(point.largest_step * k / number)
        yield {name: moved.get(name, value * (1 + k)) if name in over else value for name, value in base.items()}


def _stacked(value: Any, name: str, problems: list[dict[str, Any]]) -> Any:
    return np.stack([each[name] for each in problems]) if problems else np.empty((0, *value.shape), value.dtype)


def _check_linearized(differential: Differential, random: Random) -> None:
    kernel, one = compile_linearization(differential, pushforward_of(differential)), compile_kernel(differential)

    def check(point: Point) -> None:
        precision = random.choice(beside.PRECISIONS)
        given = beside.rounded(beside.inputs_at(differential, point), precision)
        *values, state = kernel(
            *(given[each.name] for each in kernel.linear.inputs), **beside.functions_of(kernel, point)
        )
        for _ in range(2):
            moved = kernel.apply(state, *(given[seed] for seed in kernel.linear.seeds))
            results = (*values, *(moved if len(kernel.linear.results) > 1 else (moved,)))
            found = dict(zip((*kernel.linear.values, *kernel.linear.results), results, strict=True))
            bounds = beside.bounds_of(differential, given, point, precision)
            beside.agree(found, beside.outcome(one, given, point, random), bounds, precision)
            for _, seed in differential.seeds:
                given[seed] = given[seed] * 2

    beside.at_each(beside.points(differential, ROWS[:3], OTHERS, random), check)
