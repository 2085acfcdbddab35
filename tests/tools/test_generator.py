"""Random programs: over everything there is, well shaped, with points at which they can be checked."""

from __future__ import annotations

from collections import Counter
from itertools import islice

import pytest
from hypothesis import find, given, settings
from sympy import Add, Integer, Min, Mul, Symbol

from codegen.sampling import sample
from symbolic.errors import PushforwardError
from symbolic.facts import FACTS
from symbolic.functions import CATALOGUE
from symbolic.language.read import read_program
from symbolic.nodes import SCALAR
from symbolic.operations import DEFINITIONS, OPERATIONS
from symbolic.program import Program
from tools.generator import NODES, PRODUCTIONS, draw, pairs, possible_pairs, programs, programs_in_a_round
from tools.generator.composed import COMPOSED
from tools.generator.entrywise import ENTRYWISE
from tools.generator.named import NAMED
from tools.generator.possible import IMPOSSIBLE
from tools.generator.strategy import random_programs
from tools.generator.structural import STRUCTURAL

SEED = 11
MANY = 400


@pytest.fixture(scope="module")
def many() -> list[Program]:
    return list(islice(programs(SEED), MANY))


def test_the_same_seed_gives_the_same_programs(many: list[Program]) -> None:
    assert [program.text() for program in islice(programs(SEED), 20)] == [program.text() for program in many[:20]]
    assert draw(SEED, 7).program == many[7]
    assert draw(SEED + 1, 7).program != many[7]


def test_everything_has_a_production() -> None:
    assert set(OPERATIONS) == set(NAMED)
    assert set(DEFINITIONS) == set(COMPOSED)
    assert set(CATALOGUE) < set(ENTRYWISE)
    assert len(PRODUCTIONS) == sum(map(len, (STRUCTURAL, NAMED, ENTRYWISE, COMPOSED)))


def test_pairs_are_seen_where_they_are() -> None:
    program = read_program("f(x) = x*x; A : n x n; Y = tr(inv(A) + 2*A'); Z = f(g(A)) .* A; W = Y*sin(Z)")
    assert pairs(program) == (
        ("multiple", "transpose"),
        ("add", "inv"),
        ("add", "multiple"),
        ("tr", "add"),
        ("own", "unknown"),
        ("hadamard", "own"),
        ("scale", "sin"),
    )


@pytest.mark.long
def test_every_pair_of_operations_is_reached_in_one_round_but_the_impossible() -> None:
    """Compositions are written out in a program: that they were built is all that can be said of them."""
    reached: Counter[tuple[str, str]] = Counter()
    for index in range(programs_in_a_round()):
        drawn = draw(SEED, index)
        found = pairs(drawn.program)
        assert not drawn.missed, f"program {index} of seed {SEED}"
        assert set(found) >= {pair for pair in drawn.wanted if all(name in NODES for name in pair)}
        reached.update({*found, *drawn.wanted})
    assert set(reached) == set(possible_pairs())


def test_impossible_pairs_have_a_reason() -> None:
    named = {name for case in IMPOSSIBLE for name in (*case.outer, *case.inner)}
    assert named < set(PRODUCTIONS)
    assert all(case.reason for case in IMPOSSIBLE)
    assert len(possible_pairs()) > 0.98 * len(PRODUCTIONS) ** 2


def test_every_kind_of_input_and_size_occurs(many: list[Program]) -> None:
    inputs = [given for program in many for given in program.inputs]
    assert {fact for given in inputs for fact in given.facts} == set(FACTS)
    assert any(given.shape == SCALAR for given in inputs)
    shapes = [node.shape for program in many for node in program.nodes()]
    sizes = {size for shape in shapes for size in shape}
    for kind in (Integer, Symbol, Add, Mul, Min):
        assert any(isinstance(size, kind) for size in sizes), kind
    assert max(int(size) for size in sizes if size.is_Integer) <= 36
    assert {len(program.outputs) for program in many} >= {1, 2}


def test_statements_share_parts_and_use_functions_of_ones_own_and_unknown_ones(many: list[Program]) -> None:
    assert any(program.functions for program in many)
    assert any(program.unknown_functions for program in many)
    used = [sum(1 for node in program.nodes() if node in program.symbols.values()) for program in many]
    assert any(count > len(program.inputs) for count, program in zip(used, many, strict=True))


def test_points_are_found_for_nearly_all(many: list[Program]) -> None:
    found = 0
    for seed, program in enumerate(many[:150]):
        wrt = tuple(given.name for given in program.inputs)
        try:
            sample(program, wrt, {str(size): 3 for size in program.sizes}, seed)
        except PushforwardError:
            continue
        found += 1
    assert found >= 0.93 * 150


@settings(max_examples=30, deadline=None)
@given(random_programs())
def test_the_strategy_gives_programs(program: Program) -> None:
    assert isinstance(program, Program)
    assert len(program.lets) >= 1


def test_the_strategy_shrinks() -> None:
    smallest = find(random_programs(), lambda program: True)
    assert len(smallest.lets) == 1
    assert not pairs(smallest)


def test_a_program_of_given_length_and_depth() -> None:
    assert not pairs(draw(SEED, 3, statements=0, depth=0).program)
