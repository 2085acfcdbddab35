"""Nothing costs more than its share: the calls that a stage makes grow by as much from 2n to 3n as from n to 2n.

Calls are counted, of Python functions and of those in C, and not time. Programs grow in every direction: deep, wide,
with many terms, outputs, inputs and sizes, and shared, where an expression written out would have 2^n operations.
"""

import cProfile
from contextlib import suppress

import pytest

import pushforward as pf
from codegen.linear.directions import compile_directions
from symbolic.dependence.analysis import dependence
from symbolic.errors import LimitError, NotSupported
from symbolic.indices.form import index_statements

STEP = 16
"""No less, so that chains are longer than what passes look at in one piece."""
LONG = ("deep", "deep with bias", "loss")
"""Where n inputs have closed forms of length n, so that what is printed of the adjoint is quadratic itself."""
LIMITS = (
    "codegen.kernel.MAX_STATEMENT_LINES",
    "codegen.cost.header.MOST_SIZES",
    "codegen.targets.numpy.arguments.MANY",
)
"""Up to which a file says more, or says it in another way."""
TOLERANCE = 1.08
"""Logarithms: binary searches, sorting, hash tables that grow."""


def many(line, n):
    return [line.format(k, k + 1) for k in range(n)]


def returned(n):
    return "return " + ", ".join(many("Y{0}", n))


CASES = {
    "deep": lambda n: many("X{1} = tanh(X{0}*W{0})", n),
    "deep with bias": lambda n: ["X0 : n x m", *many("b{0} : h{0}", n), *many("X{1} = relu(X{0}*W{0} .+ b{0}')", n)],
    "loss": lambda n: ["X0 : n x m", *many("X{1} = sin(X{0}*W{0})", n), f"y = tr(X{n}'*X{n})"],
    "wide": lambda n: [*many("A{0} : n x m", n), "Y = " + " + ".join(many("A{0}", n))],
    "terms": lambda n: ["A : n x n", "B : n x n", "Y = " + " + ".join(many("sin({1}*A)*B", n))],
    "outputs": lambda n: ["A : n x m", *many("Y{0} = sin({1}*A)", n), returned(n)],
    "inputs": lambda n: [*many("A{0} : n{0} x m{0}", n), *many("Y{0} = exp(A{0})", n), returned(n)],
    "sizes": lambda n: [*many("A{0} : 2*n{0} x m", n), *many("Y{0} = A{0}.*A{0}", n), returned(n)],
    "sum shared": lambda n: ["X0 : n x n", *many("X{1} = X{0} + X{0}", n)],
    "product shared": lambda n: ["X0 : n x n", *many("X{1} = X{0}*X{0}", n)],
    "entrywise product shared": lambda n: ["X0 : n x n", *many("X{1} = X{0}.*X{0}", n)],
    "inverses": lambda n: ["X0 : n x n", *many("X{1} = inv(X{0})*X{0}'", n)],
    "scalars": lambda n: ["x : n", *many("y{0} = {1}*(x'*x)", n), "z = " + " + ".join(many("y{0}", n))],
    "blocks": lambda n: [*many("A{0} : n x m", n), "Y = [" + ", ".join(many("A{0}", n)) + "]"],
}

STAGES = {
    "parse": lambda text, program, d: pf.parse(text),
    "differential": lambda text, program, d: pf.differential(program),
    "second differential": lambda text, program, d: pf.differential(program, order=2),
    "compile": lambda text, program, d: pf.compile(d),
    "compile k directions": lambda text, program, d: compile_directions(d),
    "text": lambda text, program, d: str(d.program),
    "closed form": lambda text, program, d: str(d),
    "adjoint": lambda text, program, d: pf.adjoint(d),
    "compile adjoint": lambda text, program, d: pf.compile(pf.adjoint(d)),
    "closed form of the adjoint": lambda text, program, d: str(pf.adjoint(d)),
    "index form": lambda text, program, d: list(index_statements(d)),
}


@pytest.mark.parametrize("case", CASES)
def test_every_stage_is_linear(case, monkeypatch):
    for limit in LIMITS:
        monkeypatch.setattr(limit, 4)
    monkeypatch.setattr("symbolic.closed_form.MAX_CLOSED_FORM", 1000)  # what is shared is refused from STEP on
    calls(case, 3 * STEP, finished)  # fills the tables of names
    first, second, third = (calls(case, n * STEP, counted) for n in (1, 2, 3))
    growth = {stage: (third[stage] - second[stage]) / max(second[stage] - first[stage], 1) for stage in first}
    assert {stage: round(factor, 2) for stage, factor in growth.items() if factor > TOLERANCE} == {}


def calls(case, n, measured):
    """What is measured of each stage."""
    text = "\n".join(CASES[case](n))
    program = pf.parse(text)
    d, found = pf.differential(program), {}
    for stage, run in STAGES.items():
        if case in LONG and stage == "closed form of the adjoint":
            continue
        found[stage] = measured(run, text, program, d)
    return found


@pytest.mark.parametrize("case", ["deep", "terms", "sum shared", "product shared", "inverses"])
def test_dependence_is_linear_in_the_number_of_statements(case):
    differentials = [pf.differential(pf.parse("\n".join(CASES[case](n * STEP)))) for n in (3, 1, 2, 3)]
    _, first, second, third = (counted(dependence, d, d.primal.outputs[0], d.wrt[0]) for d in differentials)
    assert third - second <= TOLERANCE * (second - first)


def test_the_count_sees_a_quadratic_step():
    def quadratic(n):
        return [abs(k) for k in range(n) for _ in range(n)]

    first, second, third = (counted(quadratic, n) for n in (20, 40, 60))
    assert third - second > 1.5 * (second - first)


def finished(run, *arguments):
    """Run; a refusal ends it."""
    with suppress(LimitError, NotSupported):
        run(*arguments)


def counted(run, *arguments):
    """The calls that are made while it runs."""
    profile = cProfile.Profile(subcalls=False)
    with profile:
        finished(run, *arguments)
    return sum(entry.callcount for entry in profile.getstats())
