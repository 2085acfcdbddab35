"""Each pass: an example of what it does, and on random schedules the same values in no more work.

The schedules are run by the interpreter in `oracles`, which shares memory exactly as they say.
"""

import random
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from oracles import body_of, flops, inputs_for, random_schedule, relative_error, run_schedule, schedule_of

from codegen.kernel import compile_kernel
from codegen.passes import (
    PASSES,
    broadcast_ones,
    join_chains,
    optimize,
    order_chains,
    place_scalars,
    release_memory,
    remove_dead,
    reuse_memory,
    share_common,
    shorten_lives,
)
from codegen.schedule import Instr
from symbolic.errors import PushforwardError
from symbolic.language.read import read_program

EACH = tuple(dict.fromkeys(PASSES))

FIXTURES = {
    "share_common: equal instructions": (
        share_common, "A:n,n B:n,n", ["P = matmul A B", "Q = matmul A B", "Y = add P Q"], "Y",
        ["P = matmul A B", "Y = add P P"],
    ),
    "share_common: sums and Hadamard products commute": (
        share_common, "A:n,n B:n,n", ["P = add A B", "Q = add B A", "R = multiply P Q", "Y = multiply Q P"], "R Y",
        ["P = add A B", "R = multiply P P", "Y = copy R"],
    ),
    "share_common: differences, quotients and matrix products do not": (
        share_common, "A:n,n B:n,n", ["P = subtract A B", "Q = subtract B A", "R = divide P Q", "S = divide Q P",
                                      "Y = matmul S R", "T = matmul R S"], "T Y",
        ["P = subtract A B", "Q = subtract B A", "R = divide P Q", "S = divide Q P",
         "Y = matmul S R", "T = matmul R S"],
    ),
    "share_common: copies are looked through": (
        share_common, "A:n,n", ["P = copy A", "Q = copy P", "Y = sin Q"], "Y", ["Y = sin A"],
    ),
    "remove_dead": (
        remove_dead, "A:n,n", ["P = sin A", "Q = cos P", "Y = exp A"], "Y", ["Y = exp A"],
    ),
    "broadcast_ones: a bias": (
        broadcast_ones, "X:n,m b:1,m", ["o:n,1 = ones", "B = matmul o b", "Y = add X B"], "Y",
        ["o = ones", "B = broadcast b", "Y = add X b"],
    ),
    "broadcast_ones: a column, and a result that nothing else gives its shape": (
        broadcast_ones, "X:n,m b:n,1", ["o:1,m = ones", "B = matmul b o", "Y = sin B", "Z = subtract B X"], "Y Z",
        ["o = ones", "B = broadcast b", "Y = sin B", "Z = subtract b X"],
    ),
    "broadcast_ones: two vectors": (
        broadcast_ones, "b:1,m c:1,m A:n,1", ["o:n,1 = ones", "B = matmul o b", "C = matmul o c", "Y = add B C"], "Y",
        ["o = ones", "B = broadcast b", "C = broadcast c", "Y = add B c"],
    ),
    "broadcast_ones: a vector times a scalar keeps its rows": (
        broadcast_ones, "X:n,m b:1,m c:1,1", ["o:n,1 = ones", "B = matmul o b", "Y = multiply B c"], "Y",
        ["o = ones", "B = broadcast b", "Y = multiply B c"],
    ),
    "join_chains: used once": (
        join_chains, "A:n,n B:n,n", ["P = matmul A B", "Q = matmul P A", "Y = matmul B Q"], "Y",
        ["Y = matmul B A B A"],
    ),
    "join_chains: used twice, or returned": (
        join_chains, "A:n,n B:n,n", ["P = matmul A B", "Q = matmul P P", "Y = matmul Q A"], "Q Y",
        ["P = matmul A B", "Q = matmul P P", "Y = matmul Q A"],
    ),
    "order_chains: from the narrow end": (
        order_chains, "A:n,n B:n,n v:n,1", ["Y = matmul A B v"], "Y", [".1 = matmul B v", "Y = matmul A .1"],
    ),
    "order_chains: what is computed costs nothing": (
        order_chains, "A:n,n B:n,n C:n,n", ["P = matmul A B C", "Y = matmul B C A"], "P Y",
        [".1 = matmul A B", "P = matmul .1 C", ".2 = matmul B C", "Y = matmul .2 A"],
    ),
    "place_scalars: on the smallest factor": (
        place_scalars, "A:n,n v:n,1 w:1,n", ["P = matmul A v w", "Y = multiply P 3"], "Y",
        [".1 = multiply v 3.0", "Y = matmul A .1 w"],
    ),
    "place_scalars: not where nothing is gained": (
        place_scalars, "A:n,n v:n,1", ["P = matmul A v", "Y = multiply P 3"], "Y",
        ["P = matmul A v", "Y = multiply P 3.0"],
    ),
    "reuse_memory: in place, never an input": (
        reuse_memory, "A:n,n B:n,n", ["P = add A B", "Q = sin P", "Y = multiply Q B"], "Y",
        ["P = add A B", "Q = sin P into P", "Y = multiply Q B into Q"],
    ),
    "reuse_memory: a transpose keeps its operand alive": (
        reuse_memory, "A:n,n", ["P = sin A", "T = transpose P", "Q = cos A", "Y = multiply Q T"], "Y",
        ["P = sin A", "T = transpose P", "Q = cos A", "Y = multiply Q T into Q"],
    ),
    "reuse_memory: what a function returned has been copied": (
        reuse_memory, "A:n,n", ["P = call A", "Y = sin P"], "Y", ["P = call A", "Y = sin P into P"],
    ),
    "reuse_memory: a product never goes over its factor": (
        reuse_memory, "A:n,n B:n,n", ["P = matmul A B", "Y = matmul P A"], "Y", ["P = matmul A B", "Y = matmul P A"],
    ),
    "reuse_memory: another shape is other memory": (
        reuse_memory, "A:n,m B:m,m", ["P = sin A", "Y = matmul P B", "Z = cos B"], "Y Z",
        ["P = sin A", "Y = matmul P B", "Z = cos B"],
    ),
    "shorten_lives: what waits comes late": (
        shorten_lives, "A:n,n", ["P = matmul A A", "T = cos A", "Q = sin P", "R = matmul Q A", "Y = multiply R T"], "Y",
        ["P = matmul A A", "Q = sin P", "R = matmul Q A", "T = cos A", "Y = multiply R T"],
    ),
    "release_memory: after the last use, by every name": (
        release_memory, "A:n,n", ["P = sin A", "T = transpose P", "Q = matmul T A", "Y = cos Q", "Z = sin Y"], "Y Z",
        ["P = sin A", "T = transpose P", "Q = matmul T A frees P T", "Y = cos Q frees Q", "Z = sin Y"],
    ),
    "release_memory: what is written over keeps its memory": (
        release_memory, "A:n,n", ["P = sin A", "Q = cos P into P", "R = matmul Q A", "Y = sin R"], "Y",
        ["P = sin A", "Q = cos P into P", "R = matmul Q A frees P Q", "Y = sin R"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("run, inputs, lines, outputs, expected", FIXTURES.values(), ids=FIXTURES)
def test_an_example(run, inputs, lines, outputs, expected):
    before = schedule_of("\n".join([inputs, *lines, f"return {outputs}"]))
    after = run(before)
    # Instructions that only a later pass removes do not matter here.
    assert body_of(after if run is not join_chains else remove_dead(after)) == expected
    assert after.outputs == before.outputs and after.inputs == before.inputs


def test_every_pass_has_an_example():
    assert {run for run, *_ in FIXTURES.values()} == set(EACH)


def assert_same_values(before, after, seed):
    inputs = inputs_for(before, seed)
    expected, found = run_schedule(before, inputs), run_schedule(after, inputs)
    for name, value in expected.items():
        assert relative_error(found[name], value) < 1e-9, name


@pytest.mark.parametrize("run", EACH, ids=lambda run: run.__name__)
def test_values_are_kept_on_random_schedules(run):
    for seed in range(150):
        schedule = random_schedule(random.Random(seed))
        assert_same_values(schedule, run(schedule), seed)


def test_values_are_kept_by_all_passes_together():
    for seed in range(150):
        schedule = random_schedule(random.Random(1000 + seed), length=20)
        assert_same_values(schedule, optimize(schedule), seed)


@pytest.mark.parametrize("run", [share_common, remove_dead, order_chains, place_scalars, reuse_memory])
def test_no_pass_adds_work(run):
    gained = 0
    for seed in range(300):
        schedule = random_schedule(random.Random(seed))
        before, after = flops(schedule), flops(run(schedule))
        assert after <= before, seed
        gained += after < before
    assert gained or run is reuse_memory


@pytest.mark.parametrize("run", EACH, ids=lambda run: run.__name__)
def test_a_pass_is_deterministic_and_leaves_its_argument_alone(run):
    for seed in range(30):
        schedule = random_schedule(random.Random(seed))
        text, shapes = str(schedule), dict(schedule.shapes)
        assert str(run(schedule)) == str(run(schedule))
        assert str(schedule) == text and schedule.shapes == shapes


@pytest.mark.parametrize("run", [share_common, remove_dead], ids=lambda run: run.__name__)
def test_a_second_time_changes_nothing(run):
    for seed in range(30):
        once = run(random_schedule(random.Random(seed)))
        assert str(run(once)) == str(once)


def test_memory_is_reused_and_inputs_never():
    reused = 0
    for seed in range(200):
        schedule = optimize(random_schedule(random.Random(seed)))
        targets = [instr.into for instr in schedule.instrs if instr.into]
        reused += len(targets)
        assert not {*targets} & {*schedule.inputs}
        assert len(targets) == len(set(targets))
    assert reused > 100


def test_the_order_of_a_chain_is_free_also_across_statements():
    """X = A B; Y = X v, with X used nowhere else, multiplies B v first."""
    program = read_program("A : n x n\nB : n x n\nv : n\nX = A*B\nY = X*v")
    products = [instr for instr in compile_kernel(program).schedule.instrs if instr.op == "matmul"]
    assert [instr.args for instr in products] == [("B", "v"), ("A", products[0].out)]


def test_the_cheapest_order_follows_the_sample_sizes():
    text = "A : n x m\nB : m x h\nC : h x p\nY = A*B*C"
    left = {"n": 2, "m": 100, "h": 3, "p": 100}
    right = {"n": 100, "m": 3, "h": 100, "p": 2}
    firsts = [compile_kernel(read_program(text), sizes=sizes).schedule.instrs[0].args for sizes in (left, right)]
    assert firsts == [("A", "B"), ("B", "C")]


def test_the_best_order_of_the_textbook_chain():
    """30×35, 35×15, 15×5, 5×10, 10×20, 20×25 needs 15,125 multiplications (Cormen et al., section 14.2)."""
    sizes = [30, 35, 15, 5, 10, 20, 25]
    inputs = " ".join(f"A{k}:{rows},{cols}" for k, (rows, cols) in enumerate(pairwise(sizes)))
    chain = " ".join(f"A{k}" for k in range(6))
    assert flops(order_chains(schedule_of(f"{inputs}\nY = matmul {chain}\nreturn Y"))) == 2 * 15125


def test_a_chain_of_hundreds_of_factors():
    schedule = schedule_of(f"A:n,n B:n,n\nY = matmul {'A B ' * 150}\nreturn Y", {"n": 3})
    inputs = {name: matrix / 2 for name, matrix in inputs_for(schedule).items()}
    found = run_schedule(order_chains(schedule), inputs)["Y"]
    assert relative_error(found, np.linalg.matrix_power(inputs["A"] @ inputs["B"], 150)) < 1e-9


# What a schedule refuses


def instr(out, op, *args, into=None):
    return Instr(out, op, args, (), into)


@pytest.mark.parametrize(
    "instrs, words",
    [
        ([instr("Y", "sin", "Q")], "uses Q"),
        ([instr("Y", "sin", "A"), instr("Y", "cos", "A")], "defined twice"),
        ([instr("P", "sin", "A"), instr("Q", "cos", "A", into="P"), instr("Y", "add", "P", "Q")], "uses P"),
        ([instr("Y", "sin", "A", into="A")], "written over A"),
        ([instr("P", "sin", "A")], "output Y"),
        ([instr("Y", "sin", "A"), instr("P", "cos", "A", into="Y")], "output Y"),
        ([instr("Z", "sin", "A")], "no shape"),
        (
            [instr("P", "sin", "A"), instr("Q", "cos", "A", into="P"), instr("Y", "exp", "A", into="P")],
            "written over P",
        ),
        (
            [
                instr("P", "sin", "A"),
                instr("T", "transpose", "P"),
                instr("Q", "cos", "A", into="P"),
                instr("Y", "add", "T", "Q"),
            ],
            "T",
        ),
    ],
)
def test_a_schedule_that_does_not_hold_together_is_refused(instrs, words):
    good = schedule_of("A:n,n\nY = sin A\nP = cos A\nQ = exp A\nT = transpose A\nreturn Y")
    with pytest.raises(PushforwardError, match=words):
        replace(good, instrs=tuple(instrs))
