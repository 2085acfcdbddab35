"""Every kernel of the zoo is the derivative of its program; the examples are what they say."""

from __future__ import annotations

import pytest
from sympy import ZeroMatrix

import pushforward as pf
from codegen.verify import SEEDS
from tools.regenerate import EXAMPLES, Entry, entries

ZOO = list(entries())
SIZES = {"logdet_gram": {"n": 7, "m": 3}}
LARGE = {"chain"}
"""Of fixed sizes, at which exact arithmetic takes seconds: one point is enough."""
"""Lengths at which a program is checked that is not defined at all of the usual ones: X'X of a wide X is singular."""
CANCELS = 1e-11
"""What is allowed for rounding where terms cancel, as at x of length 1, where the Rayleigh quotient does not move."""


def _label(entry: Entry) -> str:
    return f"{entry.program}-{'-'.join(entry.wrt)}"


@pytest.mark.parametrize("entry", ZOO, ids=_label)
def test_kernel_passes_every_measurement(entry: Entry) -> None:
    kernel = entry.kernel()
    report = pf.verify(kernel, SIZES.get(entry.program), (1,) if entry.program in LARGE else SEEDS)
    assert report.passed, str(report)
    exact = [m for m in report.measurements if m.method in ("value", "complex step") and m.dtype == "float64"]
    assert {m.method for m in exact} == {"value", "complex step"}
    assert max(max(m.errors) for m in exact if m.tolerance <= CANCELS) <= 1e-13
    orders = [m.order for m in report.measurements if m.order is not None]
    assert all(abs(order - 2) <= 0.1 for order in orders)
    # A program that is linear in the inputs that move has a remainder of zero, and so no order.
    assert bool(orders) is not _is_linear(entry)


def _is_linear(entry: Entry) -> bool:
    """Whether the differential does not depend on the inputs that it is taken by."""
    first = pf.differential(_program(entry), entry.wrt)
    second = pf.differential(first.program, entry.wrt)
    moved = [second.closed_form(first.name(output)).expr for output in first.primal.outputs]
    return all(isinstance(expression, ZeroMatrix) for expression in moved)


def _program(entry: Entry) -> pf.Program:
    return pf.read(EXAMPLES / f"{entry.program}.pf")


def test_every_example_program_is_in_the_zoo() -> None:
    assert {entry.program for entry in ZOO} == {path.stem for path in EXAMPLES.glob("*.pf")}


@pytest.mark.parametrize("original, text", [("question.tex", "seed.pf"), ("foo.jl", "seed_sin.pf")])
def test_two_notations_read_to_the_same_program(original: str, text: str) -> None:
    assert pf.read(EXAMPLES / original) == pf.read(EXAMPLES / text)


def test_the_programs_of_the_zoo_differ() -> None:
    programs = {entry.program: _program(entry) for entry in ZOO}
    assert len(set(programs.values())) == len(programs)


def test_chain_is_multiplied_in_its_cheapest_order() -> None:
    kernel = pf.compile(pf.read(EXAMPLES / "chain.pf"))
    shapes = {name: tuple(map(int, shape)) for name, shape in kernel.schedule.shapes.items()}
    products = [instr for instr in kernel.schedule.instrs if instr.op == "matmul"]
    cost = sum(shapes[i.names[0]][0] * shapes[i.names[0]][1] * shapes[i.names[1]][1] for i in products)
    assert cost == 77_720
