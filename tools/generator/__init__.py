"""Random programs over every operation, and which pairs of operations they reach."""

from tools.generator.build import Drawn, draw, programs, programs_in_a_round
from tools.generator.coverage import NODES, PRODUCTIONS, Pair, pairs
from tools.generator.possible import possible_pairs

__all__ = [
    "NODES",
    "PRODUCTIONS",
    "Drawn",
    "Pair",
    "draw",
    "pairs",
    "possible_pairs",
    "programs",
    "programs_in_a_round",
]
