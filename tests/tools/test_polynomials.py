"""The polynomials in the C target's constants are those that the algorithm gives."""

import pytest

from codegen.targets.c.constants import DOUBLE, SINGLE
from tools.polynomials import PROBLEMS, best, rounded

CONSTANTS = {"double": DOUBLE, "single": SINGLE}
CASES = [(problem, precision) for problem in PROBLEMS for precision in problem.terms]


@pytest.mark.parametrize(("problem", "precision"), CASES, ids=lambda case: getattr(case, "name", case))
def test_constants_are_the_best_ones(problem, precision):
    coefficients, error = best(problem, problem.terms[precision])
    assert error < 2.0 ** {"double": -55, "single": -26}[precision]
    found = [float.fromhex(text) for text in CONSTANTS[precision][problem.name]]
    assert found == [float.fromhex(rounded(c, precision)) for c in coefficients]
