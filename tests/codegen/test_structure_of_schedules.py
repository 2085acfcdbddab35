"""What is known of a schedule's matrices: never more than is true, and as much as passes need."""

import random

import numpy as np
import pytest
from schedules import computed, inputs_for, random_schedule, schedule_of

from codegen.lower import lower
from codegen.schedule import Literal
from codegen.structure import FACTS, LONGEST, Structure
from symbolic.language.read import read_program

GIVEN = "S:n,n,symmetric R:n,n,symmetric L:n,n,lower U:n,n,upper A:n,n X:n,m B:n,m c:1,1"
KNOWN = {
    "T = transpose X\nY = matmul T X": "symmetric",
    "T = transpose X\nP = matmul S X\nY = matmul T P": "symmetric",
    "T = transpose X\nP = matmul T S\nQ = transpose P\nY = matmul P Q": "symmetric",
    "T = transpose X\nP = matmul T A\nY = matmul P X": "",
    "T = transpose X\nY = matmul T B": "",
    "Y = matmul S R": "",
    "P = matmul S R\nY = matmul P S": "symmetric",
    "P = transpose S\nY = add P R": "symmetric",
    "P = multiply S c\nQ = divide P 3\nY = negative Q": "symmetric",
    "Y = divide 1 S": "",
    "Y = add S 1": "",
    "P = matmul L L\nY = subtract P L": "lower",
    "T = transpose L\nY = matmul T U": "upper",
    "T = transpose L\nY = matmul L T": "symmetric",
    "Y = matmul L U": "",
    "Y = add L U": "",
    "Y = multiply A L": "lower",
    "Y = multiply S L": "lower",
    "Y = multiply S R": "symmetric",
    "Y = exp S": "",
}


@pytest.mark.parametrize("lines", KNOWN)
def test_what_follows(lines):
    found = Structure(schedule_of(f"{GIVEN}\n{lines}\nreturn Y"))
    assert {fact for fact in FACTS if found.has("Y", fact)} == set(KNOWN[lines].split())


def values_of(schedule, inputs):
    found = dict(inputs)
    for instr in schedule.instrs:
        args = [float(arg.value) if isinstance(arg, Literal) else found[arg] for arg in instr.args]
        found[instr.out] = computed(instr, args, tuple(map(schedule.size, schedule.shapes[instr.out])))
    return found


HOLDS = {
    "symmetric": lambda A: np.allclose(A, A.T),
    "lower": lambda A: np.array_equal(A, np.tril(A)),
    "upper": lambda A: np.array_equal(A, np.triu(A)),
}


def test_nothing_is_known_that_is_not_so():
    known = 0
    for seed in range(200):
        schedule = random_schedule(random.Random(seed))
        found = Structure(schedule)
        values = values_of(schedule, inputs_for(schedule, seed))
        for name, facts in found.facts.items():
            assert all(HOLDS[fact](values[name]) for fact in facts), (name, facts, str(schedule))
            known += len(facts)
    assert known > 20


def test_lowering_says_what_is_proved_of_factors():
    text = "A : n x n spd; K : n x n; X : n x m; Y = tril(K)*X; Z = (K + K')*A*X; return Y, Z"
    schedule = lower(read_program(text))
    products = {instr.out: instr.names for instr in schedule.instrs if instr.op == "matmul"}
    known = {name: [schedule.facts.get(factor) for factor in factors] for name, factors in products.items()}
    assert known == {"Y": [{"lower"}, None], "Z": [{"symmetric"}, {"symmetric"}, None]}


def test_long_products_are_not_written_out():
    lines = ["X0:n,n", *(f"X{k + 1} = matmul X{k} X{k}" for k in range(40)), "return X40"]
    found = Structure(schedule_of("\n".join(lines)))
    assert max(map(len, found.chains.values())) <= LONGEST
