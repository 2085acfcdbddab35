"""The random programs as a hypothesis strategy, which shrinks to fewer statements of fewer operations."""

from __future__ import annotations

from random import Random

from hypothesis import strategies as st

from symbolic.program import Program
from tools.generator.build import DEPTH, PAIRS_EACH, build
from tools.generator.possible import possible_pairs


def random_programs(statements: int = PAIRS_EACH, depth: int = DEPTH) -> st.SearchStrategy[Program]:
    """Programs of a few statements, each with operands up to a depth."""
    return st.builds(_program, st.integers(0, statements), st.integers(0, depth), st.integers(0, 2**32 - 1))


def _program(statements: int, depth: int, seed: int) -> Program:
    random = Random(seed)
    wanted = tuple(random.choice(possible_pairs()) for _ in range(statements))
    return build(random, wanted, depth, "random").program
