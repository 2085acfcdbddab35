"""Sums with terms that are transposes of each other: the same values over a prime field, and never more work."""

import random

import numpy as np
import pytest
from schedules import run_exactly, schedule_of

from codegen.cost.counts import work
from codegen.lower import lower
from codegen.passes import VALUES, advance, optimize, pair_transposes
from symbolic.differential import differentiate
from symbolic.field import P
from symbolic.language.read import read_program

PLACE = VALUES.index(pair_transposes)
MIDDLES = ("", "S", "R", "K")
"""Of products of three factors: nothing, two symmetric matrices, and one that is not."""


def drawn(generator):
    """A sum of products, most of which stand in it with their transposes."""
    lines = ["A:m,n B:m,n D:m,n S:m,m,symmetric R:m,m,symmetric K:m,m G:n,n c:1,1"]
    lines += [f"{name}t = transpose {name}" for name in "ABDKG"]
    terms = []

    def add(factors, scalar, sign):
        name = f"P{len(terms)}"
        lines.append(f"{name} = {'matmul' if len(factors) > 1 else 'copy'} {' '.join(factors)}")
        if scalar:
            lines.append(f"Q{name} = multiply {name} {scalar}")
        terms.append((sign, f"Q{name}" if scalar else name))

    def flipped(factors):
        turned = {name: f"{name}t" for name in "ABDKG"} | {f"{name}t": name for name in "ABDKG"}
        return [turned.get(name, name) for name in reversed(factors)]

    for _ in range(generator.randint(1, 4)):
        left, right = generator.choice("ABD"), generator.choice("ABD")
        middle = generator.choice(MIDDLES)
        factors = [f"{left}t", *([middle] if middle else []), right] if generator.random() < 0.9 else ["G"]
        scalar, sign = generator.choice(["", "", "2", "c"]), generator.choice("+-")
        add(factors, scalar, sign)
        if generator.random() < 0.8:
            add(flipped(factors), scalar, sign if generator.random() < 0.7 else "-")
    generator.shuffle(terms)
    total = terms[0][1]
    for number, (sign, name) in enumerate(terms[1:]):
        lines.append(f"s{number} = {'add' if sign == '+' else 'subtract'} {total} {name}")
        total = f"s{number}"
    return schedule_of("\n".join([*lines, f"Y = copy {total}", "return Y"]), {"m": 9, "n": 7})


def inputs_of(schedule, generator):
    found = {}
    for name in schedule.inputs:
        rows, cols = map(schedule.size, schedule.shapes[name])
        found[name] = np.array([[generator.randrange(P) for _ in range(cols)] for _ in range(rows)], dtype=object)
        if "symmetric" in schedule.facts[name]:
            found[name] = (found[name] + found[name].T) % P
    return found


@pytest.mark.parametrize("first", range(0, 300, 60))
def test_the_same_values_exactly_and_never_more_work(first):
    gained = 0
    for seed in range(first, first + 60):
        generator = random.Random(seed)
        schedule = drawn(generator)
        schedule = optimize(schedule, VALUES[:PLACE])
        rest = VALUES[PLACE + 1 :]
        changed = pair_transposes(schedule)
        inputs = inputs_of(schedule, generator)
        assert run_exactly(changed, inputs) == run_exactly(schedule, inputs), schedule
        with_it, without = (
            work(optimize(advance(schedule, pair_transposes, rest), rest)),
            work(optimize(schedule, rest)),
        )
        assert with_it <= without, schedule
        gained += with_it < without
    assert gained > 10


GAINS = {
    "X : n x m; Y = X'*X": 2,
    "X : n x m; A : n x n symmetric; Y = X'*A*X": 5,
    "X : n x m; B : n x m; Y = X'*X + X'*B + B'*X": 3,
    "A : n x n; X : n x n; Y = A'*X - X'*A": 3,
    "X : n x m; B : n x m; A : n x n symmetric; Y = X'*A*B + B'*A*X": 6,
}
"""Products of 64×64 matrices, of value and tangent; without pairs two more of each but the first two."""


@pytest.mark.parametrize("text", GAINS)
def test_products_of_tangents(text):
    schedule = optimize(lower(differentiate(read_program(text)).tangent))
    assert sum(instr.op == "matmul" for instr in schedule.instrs) == GAINS[text]


def test_a_sum_of_numbers_is_left_alone():
    lines = ["x:n,1 y:n,1", "t = transpose x", "u = transpose y", "p = matmul t y", "q = matmul u x", "z = add p q"]
    schedule = schedule_of("\n".join([*lines, "return z"]))
    assert pair_transposes(schedule) is schedule
