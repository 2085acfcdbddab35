"""Random schedules, run block by block as their phases say, give what they give whole; a fault in any rule is seen."""

import random

import numpy as np
import pytest
from schedules import computed, inputs_for, random_schedule, run_schedule, schedule_of

from codegen.blocks import kinds as rules
from codegen.blocks import phases as phasing
from codegen.blocks.kinds import COLUMNS, CUT, ROWS, SUMMED
from codegen.blocks.phases import cut
from codegen.passes import VALUES, optimize
from codegen.schedule import Literal


def run_blocks(blocks, inputs, height):
    """The outputs; nothing is whole but inputs, outputs, what is kept, and what an unblocked phase computes."""
    schedule, kinds = blocks.schedule, blocks.kinds
    whole = dict(inputs)
    lengths = {size: schedule.size(size) for shape in schedule.shapes.values() for size in shape}
    rows = schedule.size(blocks.rows)
    for phase in blocks.phases:
        if not phase.blocked:
            for instr in phase.instrs:
                whole[instr.out] = one(instr, whole, tuple(lengths[size] for size in schedule.shapes[instr.out]))
            continue
        for first in range(0, rows, height):
            last = min(first + height, rows)
            here = {}
            for instr in phase.instrs:
                for name in instr.names:
                    if name not in here:
                        here[name] = part(whole[name], kinds[name], first, last)
                axis = {ROWS: 0, COLUMNS: 1}.get(kinds[instr.out])
                shape = [lengths[size] for size in schedule.shapes[instr.out]]
                if axis is not None:
                    shape[axis] = last - first
                value = here[instr.out] = one(instr, here, tuple(shape))
                if kinds[instr.out] == SUMMED:
                    here.pop(instr.out)
                    assert instr.out in phase.sums
                    whole[instr.out] = whole.get(instr.out, 0.0) + value
                elif instr.out in (*blocks.kept, *schedule.outputs):
                    made = whole.setdefault(
                        instr.out, np.full(tuple(lengths[size] for size in schedule.shapes[instr.out]), np.nan)
                    )
                    part(made, kinds[instr.out], first, last)[...] = value
    return {name: whole[name] for name in schedule.outputs}


def one(instr, memory, shape):
    value = computed(instr, [float(a.value) if isinstance(a, Literal) else memory[a] for a in instr.args], shape)
    assert instr.kind == "factor" or value.shape == shape
    return value


def part(matrix, kind, first, last):
    if kind not in CUT:
        return matrix
    return matrix[first:last] if kind == ROWS else matrix[:, first:last]


def disagreement(schedule, seed=0):
    """The largest difference, in parts of the size of a result, over all sizes and heights of blocks."""
    inputs = inputs_for(schedule, seed)
    expected = run_schedule(schedule, inputs)
    worst = 0.0
    sizes = dict.fromkeys(size for shape in schedule.shapes.values() for size in shape if size != 1)
    for size in sizes:
        for height in (1, 2, 3):
            found = run_blocks(cut(schedule, size), inputs, height)
            for name, value in expected.items():
                worst = max(worst, np.abs(found[name] - value).max() / max(1.0, np.abs(value).max()))
    return worst


def drawn(number):
    return optimize(random_schedule(random.Random(number), length=20), VALUES)


@pytest.mark.parametrize("first", range(0, 200, 50))
def test_in_blocks_is_as_whole_on_random_schedules(first):
    for number in range(first, first + 50):
        assert disagreement(drawn(number)) < 1e-12, number


EVERY_RULE = [
    """
    A:n,m C:m,n b:n,1
    d:n,1 = diagonal_product A C
    s = trace_product A C
    t = trace_product C A
    r:m,1 = diagonal_product C A
    return d s t r
    """,
    """
    A:n,m B:n,m
    T = transpose A
    g = matmul T B
    s = sum B
    q = sum T
    c = sum_1 A
    k = sum_2 T
    u = sum_2 A
    e = sum_1 T
    return g s q c k u e
    """,
    """
    A:n,m B:n,m y:n,1
    E:n,m = choose A B A
    z = max_2 A
    v:n,1 = average_largest_2 A z B
    l = logsumexp_2 B
    w:n,m = broadcast l
    o:n,m = ones
    p = multiply w o
    f:n,m = copy p
    H:n,2 = hstack l v
    return E v f H
    """,
    """
    A:m,n B:m,n c:m,1
    E:m,n = choose A B A
    z = max_1 A
    v:1,n = average_largest_1 A z B
    l = logsumexp_1 B
    w:m,n = broadcast l
    x:m,n = add w c
    H:2,n = vstack l v
    return E v x H
    """,
    """
    A:m,m B:m,5 L:m,m
    F = factor_lu A
    X = solve_lu F B trans=1
    Y = solve_triangular L X lower=1 trans=0
    Z:2,5 = slice Y first_row=0 end_row=2 first_col=0 end_col=5
    z:m,4 = slice Y first_row=0 end_row=3 first_col=1 end_col=5
    return X Y Z z
    """,
    """
    A:n,m
    S:n,m = softmax_2 A
    L:n,1 = part S part=0
    P:n,m = part S part=1
    T = transpose P
    Q:m,n = softmax_1 T
    R:m,n = part Q part=1
    return L P R
    """,
]


def worst_of_rules():
    return max(disagreement(schedule_of(text, {"n": 5, "m": 3})) for text in EVERY_RULE)


def test_every_rule_is_right():
    assert worst_of_rules() < 1e-12


def with_more(table, key, *more):
    return {**table, key: (*table.get(key, ()), *more)}


KIND, OF_SHAPE = rules.kind_in_block, rules.kind_of_shape
FAULTS = {
    "softmax of the cut axis": (rules, "_ACROSS", with_more(rules._ACROSS, ROWS, "softmax_1")),
    "softmax of the cut axis of columns": (rules, "_ACROSS", with_more(rules._ACROSS, COLUMNS, "softmax_2")),
    "a product of rows with columns summed": (rules, "_SUMS", with_more(rules._SUMS, "matmul", (ROWS, COLUMNS))),
    "its diagonal summed": (rules, "_SUMS", with_more(rules._SUMS, "diagonal_product", (ROWS, COLUMNS))),
    "sums of each row summed": (rules, "_SUMS", with_more(rules._SUMS, "sum_2", (ROWS,))),
    "sums of each column summed": (rules, "_SUMS", with_more(rules._SUMS, "sum_1", (COLUMNS,))),
    "largest entries summed": (rules, "_SUMS", {**rules._SUMS, "max_1": ((ROWS,),)}),
    "a transpose taken for what it is of": (rules, "_FLIPPED", {ROWS: ROWS, COLUMNS: COLUMNS}),
    "whatever looks like rows": (rules, "_keeps", lambda *given: True),
    "any operation": (phasing, "kind_in_block", lambda i, s, n, k: KIND(i, s, n, k) or OF_SHAPE(s.shapes[i.out], n)),
    "sums taken for rows": (phasing, "SUMMED", "none"),
    "nothing kept": (phasing._Phasing, "kept", lambda self: ()),
    "views of an earlier loop": (phasing._Phasing, "at", lambda self, name, number: name),
    "n by n taken for rows": (phasing, "kind_of_shape", lambda shape, n: ROWS if shape[0] == n else OF_SHAPE(shape, n)),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_in_a_rule_is_seen(fault, monkeypatch):
    monkeypatch.setattr(*FAULTS[fault])

    def seen():
        yield lambda: worst_of_rules()
        for number in range(200):
            yield lambda number=number: disagreement(drawn(number))

    for check in seen():
        try:
            if not check() < 1e-12:
                return
        except Exception:
            return
    pytest.fail("not seen")
