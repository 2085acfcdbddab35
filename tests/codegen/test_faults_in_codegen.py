"""Faults in codegen: every pass, every spelling, every helper and what emits them is broken once, and it is noticed.

One parameter is one fault; its id names what is broken. The last test counts them.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from itertools import product

import pytest
from faults import COUNTS, assert_caught, is_caught, is_right, plant

import codegen.kernel
import codegen.lower_entrywise
import codegen.lower_operations
from codegen import passes
from codegen.kernel import compile_kernel
from codegen.operations import INVERSES, PAIRS
from codegen.operations import OPERATIONS as INSTRUCTIONS
from codegen.schedule import Instr, Literal
from codegen.targets.numpy import SPELLINGS, blocked, carried, pieces
from codegen.targets.numpy.arguments import Arguments
from codegen.targets.numpy.body import Body
from codegen.targets.numpy.helpers import stacks
from symbolic import nodes
from symbolic.differential import differentiate
from symbolic.functions import CATALOGUE
from symbolic.language.read import read_program
from symbolic.operations import DEFINITIONS, OPERATIONS

SEED_PROGRAM = "X1 = X0*W1; X2 = f(X1); X3 = X2*W2; X4 = f(X3)"

# Lowering

LOWERING_FAULTS = [
    ("negative terms added", "_is_negative", lambda term: False, "A : n x m\nB : n x m\nY = A - B"),
    ("sign lost", "_without_sign", lambda term: nodes.split_number(term)[1], "A : n x m\nB : n x m\nY = A - 3*B"),
    ("numbers without sign", "Literal", lambda value: Literal(abs(value)), "A : n x m\nY = -3*A"),
]


@pytest.mark.parametrize("name, wrong, text", [plant(fault) for fault in LOWERING_FAULTS])
def test_wrong_lowering_is_caught(monkeypatch, name, wrong, text):
    assert is_right(text)
    monkeypatch.setattr(codegen.lower_entrywise, name, wrong)
    assert_caught("lowering", is_caught(text))


# Passes


def rewritten(run, change):
    """The pass, and then `change` applied to every instruction of its result."""

    def wrong(schedule):
        after = run(schedule)
        return after.with_instrs([change(after, instr) for instr in after.instrs])

    return wrong


def share_subtractions(schedule):
    return passes.share_common(
        schedule.with_instrs(
            [
                replace(i, args=tuple(sorted(i.args, key=repr))) if i.op == "subtract" else i
                for i in schedule.instrs
            ]
        )
    )  # fmt: skip


def share_all_calls(schedule):
    return passes.share_common(
        schedule.with_instrs([replace(i, attrs=(("function", "f"), ("order", 0))) if i.op == "call" else i
                              for i in schedule.instrs])
    )  # fmt: skip


def remove_one_too_many(schedule):
    after = passes.remove_dead(schedule)
    return after.with_instrs(list(after.instrs[1:]))


def remove_dead_outputs(schedule):
    after = passes.remove_dead(schedule)
    return replace(after, instrs=after.instrs[:-1], outputs=after.outputs)


def wrong_vector(schedule):
    after = passes.broadcast_ones(schedule)
    inputs = [name for name in after.inputs if after.shapes[name] == (1, nodes.dimension("m"))]
    other = {inputs[0]: inputs[1], inputs[1]: inputs[0]}
    return after.with_instrs(
        [replace(i, args=tuple(other.get(a, a) for a in i.args)) if i.op == "add" else i for i in after.instrs]
    )


def join_what_is_used_twice(schedule):
    """Forgets the first factor of a product that stays."""
    after = passes.join_chains(schedule)
    return after.with_instrs(
        [replace(i, args=i.args[1:]) if i.op == "matmul" and len(i.args) > 2 else i for i in after.instrs]
    )


def swapped_factors(schedule, instr):
    return replace(instr, args=instr.args[::-1]) if instr.op == "matmul" else instr


def zeros_for_ones(schedule, instr):
    return replace(instr, op="zeros") if instr.op == "ones" else instr


def lost_sign(schedule, instr):
    return replace(instr, op="add") if instr.op == "subtract" else instr


def other_triangle(schedule, instr):
    attrs = tuple((name, 1 - value if name == "lower" else value) for name, value in instr.attrs)
    return replace(instr, attrs=attrs) if instr.op == "matmul" else instr


def second_factor_twice(schedule, instr):
    return replace(instr, args=(instr.args[1], instr.args[1])) if instr.op == "multiply" else instr


def known_product_forgets_its_order(schedule):
    after = passes.order_chains(schedule)
    first = next(i for i in after.instrs if i.op == "matmul")
    return after.with_instrs(
        [replace(i, op="copy", args=(first.out,)) if i.op == "matmul" and i is not first else i for i in after.instrs]
    )


def dropped_scalar(schedule, instr):
    if instr.op == "multiply" and isinstance(instr.args[1], Literal):
        return Instr(instr.out, "copy", instr.args[:1])
    return instr


def scalar_placed_twice(schedule, instr):
    if instr.op == "multiply" and isinstance(instr.args[1], Literal):
        return replace(instr, args=(instr.args[0], Literal(instr.args[1].value ** 2)))
    return instr


def freed_too_early(schedule):
    """Every elementwise result goes over its first operand of the same shape, needed or not."""
    return schedule.with_instrs(
        [
            replace(i, into=i.names[0])
            if i.kind == "elementwise" and i.names and schedule.shapes[i.names[0]] == schedule.shapes[i.out]
            else i
            for i in schedule.instrs
        ]
    )


def freed_views_too_early(schedule):
    """Forgets that a transpose shares the memory of its operand."""
    last = {name: k for k, instr in enumerate(schedule.instrs) for name in instr.names}
    instrs, defined = [], set()
    for k, instr in enumerate(schedule.instrs):
        free = [n for n in defined if last.get(n, k) < k and schedule.shapes[n] == schedule.shapes[instr.out]]
        over = instr.kind == "elementwise" and free
        instrs.append(replace(instr, into=free[0]) if over else instr)
        defined -= set(free[:1]) if over else set()
        if instr.kind == "product" and instr.out not in schedule.outputs:
            defined.add(instr.out)
    return schedule.with_instrs(instrs)


def into_inputs(schedule):
    return schedule.with_instrs(
        [replace(i, into=schedule.inputs[0]) if i.kind == "elementwise" else i for i in schedule.instrs]
    )


def shortened_by_one(schedule):
    """Leaves the last instruction waiting."""
    after = passes.shorten_lives(schedule)
    return after.with_instrs(list(after.instrs[:-1]))


def run_before_ready(schedule):
    after = passes.shorten_lives(schedule)
    return after.with_instrs([*after.instrs[1:], after.instrs[0]])


def released_too_early(schedule):
    """Lets go of every operand at its first use."""
    seen: set[str] = set()
    instrs = []
    for instr in schedule.instrs:
        first = [n for n in dict.fromkeys(instr.names) if n not in seen and n not in schedule.inputs]
        seen.update(first)
        instrs.append(replace(instr, frees=tuple(first)))
    return schedule.with_instrs(instrs)


def scaled_by_the_first(schedule):
    """Forgets which column a diagonal matrix is made of."""
    first = next(i.names[0] for i in schedule.instrs if i.op == "diag")
    return passes.scale_by_diagonals(
        schedule.with_instrs([replace(i, args=(first,)) if i.op == "diag" else i for i in schedule.instrs])
    )


def first_factor_twice(schedule, instr):
    return replace(instr, args=(instr.args[0], instr.args[0])) if instr.op == "trace_product" else instr


def summed_squares(schedule, instr):
    """sum(B ⊙ B) for sum(A ⊙ B)."""
    if instr.op != "transpose" or not any(i.op == "trace_product" for i in schedule.instrs):
        return instr
    return replace(instr, args=(schedule.inputs[1],))


def solved_from_the_left(schedule):
    """Takes B A⁻¹ for A⁻¹ B."""
    inverses = {i.out for i in schedule.instrs if i.op in INVERSES}
    return passes.solve_with_inverses(
        schedule.with_instrs(
            [
                replace(i, args=i.args[::-1]) if i.op == "matmul" and i.names[1] in inverses else i
                for i in schedule.instrs
            ]
        )
    )  # fmt: skip


def without_transposing(schedule, instr):
    return replace(instr, attrs=(("trans", 0),)) if instr.op == "solve_lu" else instr


def of_the_last_input(schedule, instr):
    return replace(instr, args=("B",)) if instr.op.startswith("softmax") else instr


def parts_exchanged(schedule, instr):
    return replace(instr, attrs=(("part", 1 - instr.attr("part")),)) if instr.op == "part" else instr


def sizes_of_eigenvalues(schedule, instr):
    return replace(instr, op="svdvals") if instr.op == "eigvalsh" else instr


def averaged_itself(schedule, instr):
    return replace(instr, args=(*instr.args[:2], instr.args[0])) if instr.op.startswith("average_") else instr


def chosen_the_other_way(schedule, instr):
    return replace(instr, args=(instr.args[0], *instr.args[:0:-1])) if instr.op == "choose" else instr


SQUARE = "A : n x n\nB : n x n\n"
LARGE = {
    "_symmetric_product": "A : 2 x 2 symmetric\nX : 2 x 260\nY = X'*A*X",
    "_triangular_product": "x : 260\nz : 32\nY = tril(x*x')*sin(x*z')",
}
"""Of more than 256 rows; the values are enough."""

PASS_FAULTS = [
    ("share_common-merges a-b with b-a", "share_common", share_subtractions, SQUARE + "Y = (A - B) .* (B - A)"),
    ("share_common-merges f with its derivative", "share_common", share_all_calls, SEED_PROGRAM),
    ("remove_dead-drops the first", "remove_dead", remove_one_too_many, SQUARE + "Y = sin(A*B)"),
    ("remove_dead-drops an output", "remove_dead", remove_dead_outputs, SQUARE + "Y = sin(A*B)"),
    (
        "broadcast_ones-another vector",
        "broadcast_ones",
        wrong_vector,
        "b : 1 x m\nc : 1 x m\nA : n x m\nY = (A + ones(n,1)*b) .* (A*2 + ones(n,1)*c)",
    ),
    ("split_ones-zeros", "split_ones", rewritten(passes.split_ones, zeros_for_ones), SQUARE + "Y = A*ones(n,n)"),
    (
        "distribute_sums-loses a sign",
        "distribute_sums",
        rewritten(passes.distribute_sums, lost_sign),
        SQUARE + "v : n\nY = (A*B - B)*v",
    ),
    (
        "factor_sums-loses a sign",
        "factor_sums",
        rewritten(passes.factor_sums, lost_sign),
        SQUARE + "Y = A*B - A*sin(B)",
    ),
    (
        "pair_transposes-of the other sign",
        "pair_transposes",
        rewritten(passes.pair_transposes, lost_sign),
        SQUARE + "Y = A'*B - B'*A",
    ),
    (
        "halve_products-the other triangle",
        "halve_products",
        rewritten(passes.halve_products, other_triangle),
        LARGE["_triangular_product"],
    ),
    (
        "order_factors-one twice",
        "order_factors",
        rewritten(passes.order_factors, second_factor_twice),
        "A : n x n\nb : n x 1\nc : n x 1\nY = A .* (b*ones(1,n)) .* (c*ones(1,n))",
    ),
    ("join_chains-loses a factor", "join_chains", join_what_is_used_twice, SQUARE + "Y = A*B*A"),
    (
        "order_chains-factors swapped",
        "order_chains",
        rewritten(passes.order_chains, swapped_factors),
        SQUARE + "Y = A*B*A'*B",
    ),
    ("order_chains-reuses another product", "order_chains", known_product_forgets_its_order, SQUARE + "Y = A*B*A'*B"),
    (
        "place_scalars-drops the scalar",
        "place_scalars",
        rewritten(passes.place_scalars, dropped_scalar),
        "A : n x 1\nB : 1 x n\nY = 3*(A*B)",
    ),
    (
        "place_scalars-twice",
        "place_scalars",
        rewritten(passes.place_scalars, scalar_placed_twice),
        "A : n x 1\nB : 1 x n\nY = 3*(A*B)",
    ),
    ("reuse_memory-frees too early", "reuse_memory", freed_too_early, SQUARE + "Z = A*B\nY = sin(Z) .* cos(Z)"),
    (
        "reuse_memory-forgets views",
        "reuse_memory",
        freed_views_too_early,
        SQUARE + "Z = A*B\nT = Z'\nU = sinh(A)\nY = (U .* B)*T + Z",
    ),
    ("shorten_lives-one left out", "shorten_lives", shortened_by_one, SQUARE + "Y = sin(A*B)"),
    ("shorten_lives-before it is ready", "shorten_lives", run_before_ready, SQUARE + "Y = sin(A*B)"),
    (
        "release_memory-at the first use",
        "release_memory",
        released_too_early,
        SQUARE + "Z = A*B\nY = sin(Z) .* cos(Z)",
    ),
    ("reuse_memory-writes inputs", "reuse_memory", into_inputs, SQUARE + "Y = sin(A) + B"),
    (
        "scale_by_diagonals-all by the first diagonal",
        "scale_by_diagonals",
        scaled_by_the_first,
        "x : n\ny : n\nA : n x n\nY = diag(x)*A*diag(y)",
    ),
    (
        "traces_of_products-one factor twice",
        "traces_of_products",
        rewritten(passes.traces_of_products, first_factor_twice),
        SQUARE + "y = tr(A*B*A)",
    ),
    ("solve_with_inverses-forgets which side", "solve_with_inverses", solved_from_the_left, SQUARE + "Y = B*inv(A)"),
    (
        "solve_with_inverses-forgets the transpose",
        "solve_with_inverses",
        rewritten(passes.solve_with_inverses, without_transposing),
        SQUARE + "Y = inv(A)'*B",
    ),
    (
        "share_softmax-of another matrix",
        "share_softmax",
        rewritten(passes.share_softmax, of_the_last_input),
        "A : n x m\nB : n x m\nY = softmax(A, 2) .* B",
    ),
    (
        "share_sines-value and derivative exchanged",
        "share_sines",
        rewritten(passes.share_sines, parts_exchanged),
        "A : n x n\nY = sin(A)",
    ),
    (
        "sums_of_products-one factor twice",
        "sums_of_products",
        rewritten(passes.sums_of_products, summed_squares),
        "A : n x m\nB : n x m\ny = sum(A .* B)",
    ),
    (
        "share_exponentials-value and derivative exchanged",
        "share_exponentials",
        rewritten(passes.share_exponentials, parts_exchanged),
        "A : n x n\nY = expm(A)",
    ),
    (
        "values_alone-singular values for eigenvalues",
        "values_alone",
        rewritten(passes.values_alone, sizes_of_eigenvalues),
        "A : n x n symmetric\nB : n x n\nY = diag(eigvalsh(A))*B",
        "B",
    ),
    (
        "average_largest-of the matrix itself",
        "average_largest",
        rewritten(passes.average_largest, averaged_itself),
        "A : n x m\ny = max(A, 1)",
    ),
    (
        "choose_larger-the other one",
        "choose_larger",
        rewritten(passes.choose_larger, chosen_the_other_way),
        "A : n x m\nB : n x m\nY = maximum(A, B)",
    ),
]


def verified_step_by_step(planted, schedule):
    for run in planted:
        schedule = run(schedule)
        schedule.verify()
    return schedule


@pytest.mark.parametrize("name, wrong, text, wrt", [plant((*fault, None)[:5]) for fault in PASS_FAULTS])
def test_a_wrong_pass_is_caught(monkeypatch, name, wrong, text, wrt):
    assert is_right(text, wrt)
    planted = tuple(wrong if run.__name__ == name else run for run in passes.PASSES)
    assert planted != passes.PASSES
    wrong_for = dict(zip(passes.PASSES, planted, strict=True))

    def optimize(schedule, runs):
        return verified_step_by_step([wrong_for[run] for run in runs], schedule)

    for module in (codegen.kernel, blocked, pieces):
        monkeypatch.setattr(module, "optimize", optimize)
    assert_caught("pass", is_caught(text, wrt))


def test_every_pass_has_a_planted_fault():
    assert {name for _, name, *_ in PASS_FAULTS} == {run.__name__ for run in passes.PASSES}


# Spellings

INFIX = {"add": "-", "subtract": "+", "multiply": "+", "divide": "*", "power": "*"}
CONSTANTS = {"ones": "zeros", "zeros": "ones", "eye": "ones"}
OTHER_UFUNCS = {"sin": "cos", "larger": "smaller", "smaller": "larger"}
RECORDS = (*OPERATIONS.values(), *DEFINITIONS.values())
MATRICES = "A : n x n\nB : n x n\na : scalar\n"
CHOL_COTANGENT = (
    "A : n x n spd\nY : n x n\nL = chol(A)\n"
    "X = L' \\ (tril(L'*Y) - diag(diagonal(L'*Y))/2) / L + L' \\ (tril(L'*Y) - diag(diagonal(L'*Y))/2)' / L"
)
LU_COTANGENT = "A : n x n\nY : n x n\nL, U = lu(A)\nX = L' \\ tril(L'*Y, -1) / U'\nreturn X"
PROGRAMS = [
    MATRICES + "Y = A*B + A'\nZ = A - B .* A\nW = (a*ones(n,n)) ./ (1 + A .* A)\nreturn Y, Z, W",
    MATRICES + "Y = -A\nZ = (A .* A + 1).^2.5\nW = A\nV = ones(n,n)*A\nreturn Y, Z, W, V",
    MATRICES + "Y = eye(n)*A\nZ = zeros(n,n)\ny = tr(A*B)\nz = diagonal(A*B)\nreturn Y, Z, y, z",
    *(f"A : n x n positive\nY = {name}(A/4)" for name in CATALOGUE),
    *(f"A : n x m\ny = max(A{axis})\nZ = max_weights(A{axis})\nreturn y, Z" for axis in ("", ", 1", ", 2")),
    *(record.example for record in RECORDS),
    "L : n x n lower\nb : n\nx = L \\ b\nY = inv(L)\nz = det(L)\nw = logdet(L)\nreturn x, Y, z, w",
    "S : n x n spd\nb : n\nx = S \\ b\nY = inv(S)\nz = det(S)\nw = logdet(S)\nreturn x, Y, z, w",
    "A : n x n\nE : n x n\nY = logm_frechet(A*A' + eye(n) + A/9, E)",
    CHOL_COTANGENT,
    LU_COTANGENT,
    "S : n x n symmetric\nE : n x n\nY = sinm(S)\nZ = sinm_frechet(S, E)\nreturn Y, Z",
    *(f"A : n x n\nY = {name}(A*A' + eye(n) + A/9)" for name in ("logm", "sqrtm", "sinm", "cosm")),
]
"""Programs that between them use every instruction, with or without a differential."""


@cache
def uses():
    """For each instruction, the first program that uses it."""
    found = {}
    for value, text in product((True, False), PROGRAMS):
        program = read_program(text)
        kernel = compile_kernel(program if value else differentiate(program))
        for instr in passes.optimize(kernel.schedule, passes.FUNCTIONS).instrs:
            found.setdefault(instr.op, (text, value))
    return found


def wrong_spelling(op, spelling):
    """Spelled as another operation; what gives several matrices, of another operand; all else a little too large."""
    if op in INFIX:
        wrong = INFIX[op]
        ufunc = {"+": "add", "-": "subtract", "*": "multiply"}[wrong]
        return replace(
            spelling, fresh=f"{{0}} {wrong} {{1}}", into=f"{ufunc}({{0}}, {{1}}, out={{out}})", imports=(ufunc,)
        )
    if op == "matmul":
        return replace(spelling, fresh="{1}.dot({0})", into="{1}.dot({0}, out={out})")
    if op in CONSTANTS:
        return replace(SPELLINGS[CONSTANTS[op]])
    if op == "negative":
        return replace(spelling, fresh="{0}", into="multiply({0}, 1.0, out={out})", imports=("multiply",))
    if INSTRUCTIONS[op].kind == "elementwise":
        return replace(SPELLINGS[OTHER_UFUNCS.get(op, "sin")])
    if op == "mapped_spectrum":
        return replace(spelling, fresh=spelling.fresh.replace("{function}", "expm"))
    if INSTRUCTIONS[op].kind == "factor":
        return replace(spelling, fresh=spelling.fresh.replace("{0}", "(0.001 - {0})"))
    return replace(spelling, fresh=f"({spelling.fresh}) + 0.001")


def test_every_instruction_is_used_by_a_program():
    assert SPELLINGS.keys() - uses().keys() == set()


@pytest.mark.parametrize("op", SPELLINGS)
def test_a_wrong_spelling_is_caught(monkeypatch, op):
    text, value = uses()[op]
    assert is_right(text, value=value)
    monkeypatch.setitem(SPELLINGS, op, wrong_spelling(op, SPELLINGS[op]))
    assert_caught("spelling", is_caught(text, value=value))


IN_PLACE = {
    "matmul": "sin(A*B*A)*B", "add": "A*B + A", "subtract": "A*B - A", "multiply": "(A*B) .* A",
    "divide": "(A*B) ./ (1 + A .* A)", "negative": "-(A*B)", "power": "(A .* A + 1).^2.5",
    "larger": "maximum(A*B, B)", "smaller": "minimum(A*B, B)",
}  # fmt: skip


@pytest.mark.parametrize("op", [op for op, spelling in SPELLINGS.items() if spelling.into and op not in PAIRS])
def test_a_wrong_spelling_in_place_is_caught(monkeypatch, op):
    text = f"A : n x n\nB : n x n\nY = {IN_PLACE.get(op, f'{op}(A + B)')}"
    kernel = compile_kernel(read_program(text))
    scheduled = passes.optimize(kernel.schedule, passes.MEMORY)
    assert any(instr.op == op and instr.into for instr in scheduled.instrs)
    monkeypatch.setitem(SPELLINGS, op, replace(wrong_spelling(op, SPELLINGS[op]), fresh=SPELLINGS[op].fresh))
    assert_caught("spelling in place", is_caught(text, value=True))


# What emits


def positive_literal(self, arg):
    return repr(abs(float(arg.value))) if isinstance(arg, Literal) else self.names[arg]


def short_literal(self, arg):
    return f"({float(arg.value):.9g})" if isinstance(arg, Literal) else self.names[arg]


def one_row_off(self, fields, axis, instr):
    return f"{fields[f'first_{axis}'] + 1}:" if axis == "row" else ":"


EMITTER_FAULTS = [
    ("signs of numbers dropped", Body, "operand", positive_literal, "A : n x m\nY = -3*A"),
    ("numbers of nine digits", Body, "operand", short_literal, "A : n x m\nY = A/3"),
    ("slices one row off", Body, "places", one_row_off, "A : 3 x m\nY = A[1:2, :]"),
    (
        "sizes of the other axis",
        Arguments,
        "size_line",
        lambda self, used: "n, m = A.shape[1], A.shape[0]",
        "a : scalar\nA : n x m\nY = [a*ones(n,m), A]",
    ),
]


@pytest.mark.parametrize("where, name, wrong, text", [plant(fault) for fault in EMITTER_FAULTS])
def test_a_wrong_emitter_is_caught(monkeypatch, where, name, wrong, text):
    assert is_right(text)
    monkeypatch.setattr(where, name, wrong)
    assert_caught("emitter", is_caught(text))


# What kernels carry with them


def helper_faults():
    """Each helper with a sign, an operation or a comparison changed in its text."""
    changes = {
        "_max": ("A.max(axis=axis", "A.min(axis=axis"),
        "_sum": ("return A.sum(", "return 2.0 * A.sum("),
        "_trace_of_product": ("vdot(A.T, B)", "vdot(A, B)"),
        "_largest": ("largest == A", "largest > A"),
        "_average_largest": ("where(attained", "where(largest > A"),
        "_logsumexp": ("largest + log", "log"),
        "_softmax": ("E /= total", "E *= total"),
        "_solve_lu": ("trans=trans", "trans=1 - trans"),
        "_inv_lu": ("lwork=64 * swaps.size)[0]", "lwork=64 * swaps.size)[0].T"),
        "_det_lu": (".sum() % 2", ".sum() % 3"),
        "_logdet_lu": ("log(absolute(", "absolute(log("),
        "_product": ("low, fractions + fractions", "low, fractions"),
        "_chol": ("return L", "return L.T"),
        "_solve_cho": ("lower=1", "lower=0"),
        "_inv_cho": ("return X + tril(X, -1).T", "return X"),
        "_det_cho": (" ** 2", ""),
        "_logdet_cho": ("2.0 * log", "log"),
        "_solve_triangular": ("lower=1 - lower, trans=1 - trans", "lower=1 - lower, trans=trans"),
        "_inv_triangular": ("return X", "return X.T"),
        "_det_triangular": ("T.diagonal()", "-T.diagonal()"),
        "_logdet_triangular": ("log(d)", "d"),
        "_sin_cos": ("return sin(X, out=S), cos(X, out=C)", "return cos(X, out=S), sin(X, out=C)"),
        "_schur": ('return schur(A, output="real")', 'return schur(A.T, output="real")'),
        "_solve_sylvester": ("dot(P.T)", "dot(P)"),
        "_pinv": ("dot(U.T)", "dot(absolute(U.T))"),
        "_of_matrix": ("value.real", "-value.real"),
        "_exponentials": ("moved.astype", "value.astype"),
        "_sinm_pair": ("moved.imag", "moved.real"),
        "_cosm_pair": ("value.real", "value.imag"),
        "_logm_frechet": ("(scale / size)", "(size / scale)"),
        "_spectrum": ("x.reshape", "absolute(x).reshape"),
        "_mapped": ("return exp(x)", "return x"),
        "_slopes": ("-expm1(-apart)", "-expm1(apart)"),
        "_frechet_of_spectrum": ("V.T.dot(E)", "V.dot(E)"),
        "_sylvester_of_spectra": ("/ sums", "* sums"),
        "_signs": (">= 0.0", "<= 0.0"),
        "_eigh": ("values.reshape", "-values.reshape"),
        "_eig": ("w * _signs(w)", "v"),
        "_svd": ("Vt.T * signs", "Vt.T"),
        "_qr": ("R * signs", "R"),
        "_lu": ("return L, U", "return U, L"),
        "_symmetric_product": ("B[:, first:]", "A.T[:, first:]"),
        "_triangular_product": ("lower != side", "lower == side"),
        "_frechet2_of_spectrum": ("V.T.dot(F)", "V.dot(F)"),
        "_second_of_diagonal": ("exp(middle) * both", "both"),
        "_expm_frechet2": ('_second("expm", A, E, F)', '_second("expm", A, E, E)'),
        "_sinm_frechet2": (".imag", ".real"),
        "_cosm_frechet2": (".real", ".imag"),
        "_logm_frechet2": ("return -", "return "),
        "_second": ("X[3]", "X[2]"),
        "_times": ("b.dot(r)", "r.dot(b)"),
        "_approximated": ("182.0", "180.0"),
        "_quotient": ("- c.dot(along)", ""),
        "_half_lower": ("0.5", "0.501"),
        "_chol_pushforward": ("S = tril(S) + tril(S, -1).T", "S = tril(S)"),
        "_chol_pullback": ("P + P.T", "P"),
        "_lu_pushforward": ("triu(M).dot(U)", "triu(M)"),
        "_lu_pullback": ("L.T.dot(tril(Y, -1))", "tril(Y, -1)"),
        "_eliminated_by_columns": ("factors * U[k : k + 1, k:]", "factors"),
        "_relu": ("maximum(X, 0.0", "maximum(X, -1.0"),
        "_step": ("maximum(X, 0.0)", "X"),
        "_sign": ("else X, out", "else -X, out"),
    }
    return [(name, old, new) for name, (old, new) in changes.items()]


CARRYING = {
    **LARGE,
    "_det_lu": "A : n x n\ny = det(A)",
    "_product": "A : n x n\ny = det(A)",
    "_sin_cos": "A : n x n\nY = sin(A)",
    "_relu": "A : n x n\nY = relu(A)",
    "_step": "A : n x n\nY = relu(A)",
    "_sign": "A : n x n\nY = abs(A)",
    "_det_triangular": "L : n x n lower\ny = det(L)",
    "_mapped": "S : n x n symmetric\nY = expm(S)",
    "_slopes": "S : n x n symmetric\nY = expm(S)",
    "_spectrum": "S : n x n symmetric\nY = expm(S)",
    "_of_matrix": "A : n x n\nY = sqrtm(A*A' + eye(n) + A/9)",
    "_logm_frechet": "A : n x n\nY = logm(A*A' + eye(n) + A/9)",
    "_eliminated_by_columns": "A : n x n\nY = lu_u(A)",
    "_exponentials": "A : n x n\nY = expm(A)",
    **dict.fromkeys(
        ("_second", "_times", "_approximated", "_quotient"), "A : n x n\nE : n x n\nY = expm_frechet(A, E)"
    ),
    "_second_of_diagonal": "A : n x n spd\nE : n x n\nY = logm_frechet(A, E)",
    "_lu_pushforward": "A : n x n\nU = lu_u(A)",
    "_half_lower": "A : n x n spd\nL = chol(A)",
    "_solve_triangular": "L : n x n lower\nb : n\nx = L \\ b",
    "_cosm_pair": "A : n x n\nY = cosm(A)",
    "_sinm_pair": "A : n x n\nY = sinm(A)",
    "_eigh": "S : n x n symmetric\nY = eigvecsh(S)",
    "_eig": "A : n x n positive\ny = eigval(A)",
    "_svd": "A : 5 x 3\nY = svd_v(A)",
    "_qr": "A : 5 x 3\nY = qr_r(A)",
    "_signs": "S : n x n symmetric\nY = eigvecsh(S)",
}


REFUSING = {"_check_finite", "_check_gaps", "_check_spectrum", "_rounding", "_is_regular", "_factor_lu"}
"""Helpers that only refuse: `test_no_derivative.py` is where they are seen to do so."""
THROUGH_OTHERS = {"_eigenvalues", "_eigvalsh", "_svdvals", "_expm_pair", "_mapped_spectrum", "_of_spectrum", "_ratio",
                  "_eliminated"}  # fmt: skip
"""Helpers of one line, or whose faults are those of what they call."""
IN_BLOCKS = {"_in_blocks", "_in_threads", "_first_block", "_further_blocks", "_whole", "_block", "_join", "_place",
             "_height"}  # fmt: skip
"""Helpers that few rows do not need: their faults are planted in `test_blocked.py`."""

OF_MANY = {"_sin_cos_of_some"}
"""Helpers that few entries do not need: their faults are planted in `test_sines.py`."""


def test_every_helper_has_a_planted_fault():
    """Those of stacks have theirs in `test_stack_helpers.py`."""
    of_one = {name for name in carried.HELPERS if name not in stacks.__dict__ or name == "_factor_lu"}
    assert {name for name, *_ in helper_faults()} | REFUSING | THROUGH_OTHERS | IN_BLOCKS | OF_MANY == of_one


@pytest.mark.parametrize("name, old, new", [pytest.param(*fault, id=fault[0]) for fault in helper_faults()])
def test_a_wrong_helper_is_caught(monkeypatch, name, old, new):
    helper = carried.HELPERS[name]
    text, value = (CARRYING[name], name in LARGE) if name in CARRYING else program_carrying(name)
    assert old in helper.source and is_right(text, value=value)
    monkeypatch.setitem(carried.HELPERS, name, replace(helper, source=helper.source.replace(old, new)))
    assert_caught("helper", is_caught(text, value=value))


def program_carrying(name):
    """The first program whose lines call the helper."""
    return next(uses()[op] for op, spelling in SPELLINGS.items() if re.search(rf"\b{name}\(", spelling.fresh))


def test_the_counts(record_property, capsys):
    """How many faults were planted and caught before this line, for the reader of the log."""
    planted = sum(number for kind, number in COUNTS.items() if kind.endswith("planted"))
    caught = sum(number for kind, number in COUNTS.items() if kind.endswith("caught"))
    record_property("planted", planted)
    record_property("caught", caught)
    with capsys.disabled():
        print(f"\nfaults caught: {caught} of {planted} planted")
    assert caught == planted
