"""JAX's forward mode as an oracle: it agrees with the tangent program, and sees a fault in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from sympy import Integer

from codegen.reference import evaluate
from codegen.sampling import Point, sample
from symbolic import nodes
from symbolic.differential import Differential, differentiate
from symbolic.errors import NotSupported
from symbolic.language.read import read_program
from symbolic.nodes import Elementwise
from symbolic.operations import OPERATIONS
from symbolic.rules import RULES
from tools.examination import Plan
from tools.fuzz import run
from tools.generator import draw, pairs
from tools.jax_operations import NOT_IN_JAX
from tools.jax_oracle import differentials
from tools.verdicts import PASSED, SKIPPED, WRONG

pytest.importorskip("jax")
pytestmark = pytest.mark.filterwarnings("ignore")

TOLERANCE = 1e-11
PROGRAMS = {
    "products": "A : 2 x 3; B : 3 x 2; Y = A*B + 2*(A .* B')*A'; Z = A ./ (1 + B'.^2)",
    "scalars": "s : scalar; A : 2 x 2; Y = s*A + s/2 - A/s; Z = ones(2,2) + zeros(2,2) - eye(2)",
    "functions": "f(x) = x*sin(x) + x^3; A : 2 x 2; Y = f(A) + g(A) .* g'(A); Z = tanh(A) + erf(A).^2",
    "blocks": "A : 2 x 2; Y = [A, A'; kron(A[1,:], A)]; Z = reshape(A, 4, 1); W = tril(A, -1) + diag(diagonal(A))",
    "reductions": "A : 2 x 2; Y = sum(A, 1) + logsumexp(A, 2)' - max(A, 1); z = tr(A)*sum(A)",
    "systems": "A : 2 x 2 spd; B : 2 x 2; Y = inv(A)*B + A \\ B - pinv(B); Z = det(B)*logdet(A)*B^3",
    "equations": "A : 2 x 2 spd; B : 2 x 2; Y = sylvester(A, A, B) + expm(B) + cosm(B); Z = sinm_frechet(A, B)",
    "factors": "A : 2 x 2 spd; B : 2 x 2 positive; Y = chol(A)*qr_q(B)*qr_r(A) + lu_l(B)*lu_u(A)",
    "eigenvalues": "A : 2 x 2 symmetric; B : 2 x 2 positive; Y = eigvecsh(A)*eigvalsh(A) + eigval(B)*eigvec(B)",
    "singular values": "A : 2 x 3; Y = svd_u(A)*diag(svdvals(A))*svd_v(A)' + svd_u(A)*ones(2,3)",
}


def at_a_point(text: str) -> tuple[Differential, Point]:
    program = read_program(text)
    differential = differentiate(program)
    return differential, sample(program, differential.wrt, {}, 5)


def errors(differential: Differential, point: Point) -> dict[str, float]:
    """How far JAX is from the tangent program, for every output and its differential."""
    values, tangents = differentials(differential.primal, point.inputs, point.directions, point.functions)
    inputs = dict(point.inputs) | {seed: point.directions[name] for name, seed in differential.seeds}
    found = evaluate(differential.tangent, inputs, point.functions)
    pairs: dict[str, tuple[Any, Any]] = {name: (values[name], found[name]) for name in values}
    pairs |= {f"d{name}": (tangents[name], found[differential.name(name)]) for name in tangents}
    return {name: float(np.abs(a - b).max() / max(1.0, np.abs(b).max())) for name, (a, b) in pairs.items()}


@pytest.mark.parametrize("text", PROGRAMS.values(), ids=PROGRAMS)
def test_jax_agrees(text: str) -> None:
    assert max(errors(*at_a_point(text)).values()) < TOLERANCE


def test_jax_sees_a_fault() -> None:
    differential, point = at_a_point(PROGRAMS["products"])
    wrong = differentiate(read_program(PROGRAMS["products"].replace("1 + B'", "1.000001 + B'")))
    assert max(errors(differential, point).values()) < TOLERANCE
    assert max(errors(Differential(differential.primal, wrong.seeds, wrong.tangent, (), 1), point).values()) > 1e-8


@pytest.mark.parametrize("name", sorted(NOT_IN_JAX))
def test_what_jax_has_not_is_refused(name: str) -> None:
    differential, point = at_a_point(OPERATIONS[name].example.replace("n x n", "2 x 2"))
    with pytest.raises(NotSupported, match=name):
        differentials(differential.primal, point.inputs, point.directions, point.functions)


# As a check of random programs

ONLY_JAX = Plan(second_every=0, jax_every=1, differences_every=0)


def verdicts(places: list[int]) -> Iterator[str]:
    """What JAX says of some programs of a stream, one by one."""
    outcomes = run(3, places, ONLY_JAX, shrinking=False)
    return (result.verdict for outcome in outcomes for result in outcome.results if result.check == "JAX")


def test_random_programs_are_checked_by_jax() -> None:
    found = list(verdicts(list(range(6))))
    assert found.count(PASSED) >= 4
    assert set(found) <= {PASSED, SKIPPED}


def test_a_planted_fault_in_a_rule_is_found_by_jax(monkeypatch: pytest.MonkeyPatch) -> None:
    rule = RULES[Elementwise, "tanh"]
    doubled = replace(rule, apply=lambda node, d: nodes.scale(Integer(2), rule.apply(node, d)))
    monkeypatch.setitem(RULES, rule.operation, doubled)
    places = [k for k in range(30) if any("tanh" in pair for pair in pairs(draw(3, k).program))]
    assert WRONG in verdicts(places[:8])
