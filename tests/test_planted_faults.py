"""A checker must be seen to fail: every fault planted here is caught by the project's own checks.

One parameter is one fault; its id names what is broken. The last test counts them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from oracles import TIGHT, faulty, rule_errors
from sympy import Integer, MatAdd, MatMul, Rational, Transpose

import codegen.kernel
import codegen.lower
import symbolic.rules.elementwise
from codegen import passes
from codegen.emit import _Emission
from codegen.kernel import compile_kernel
from codegen.schedule import Instr, Literal
from codegen.targets.numpy import SPELLINGS
from codegen.verify import verify_kernel
from symbolic import nodes, simplify
from symbolic.differential import differentiate
from symbolic.errors import PushforwardError, Source
from symbolic.functions import CATALOGUE
from symbolic.language.parser import parse_expression
from symbolic.language.read import read_program
from symbolic.language.text_lexer import tokens
from symbolic.nodes import Elementwise, Operation, operands
from symbolic.operations import OPERATIONS
from symbolic.rules import RULES

COUNTS: Counter[str] = Counter()
SEED_PROGRAM = "X1 = X0*W1; X2 = f(X1); X3 = X2*W2; X4 = f(X3)"


def is_caught(text, wrt=None, value=False):
    """Whether the way from text to a verified kernel stops, or its verdict is no."""
    program = read_program(text)
    try:
        kernel = compile_kernel(program if value else differentiate(program, wrt))
        return not verify_kernel(kernel).passed
    except PushforwardError:
        return True


def assert_caught(kind, caught):
    COUNTS[f"{kind}: planted"] += 1
    COUNTS[f"{kind}: caught"] += bool(caught)
    assert caught


def plant(fault):
    """A parameter whose id is the name of the fault."""
    name, *rest = fault
    return pytest.param(*rest, id=name)


# Rules


def program_of(rule):
    """A program of one statement that uses the rule."""
    if rule.operation[0] is Operation:
        return OPERATIONS[rule.operation[1]].example
    left = rule.formula.removeprefix("d(").split(") = ")[0]
    scalar = "a : scalar\n" if "a*" in left else ""
    return f"{scalar}A : 3 x 3\nB : 3 x 3\nZ = A + B\nY = {left.replace('B', 'Z')}"


def negated(rule):
    return lambda node, d: nodes.negative(rule.apply(node, d))


def doubled(rule):
    return lambda node, d: nodes.scale(Integer(2), rule.apply(node, d))


def dropping(rule, index):
    def apply(node, d):
        result = rule.apply(node, d)
        kept = [term for k, term in enumerate(result.args) if k != index]
        return nodes.add(*kept) if type(result) is MatAdd else result

    return apply


def times_function_itself(node, d):
    return nodes.hadamard(nodes.apply(node.function, node.argument, node.order), d(node.argument))


def times_twice_the_argument(node, d):
    return nodes.hadamard(nodes.scale(Integer(2), node.argument), d(node.argument))


def moved_along(node, d):
    return d(operands(node)[-1])


CONSTANT = ("sign", "step", "max_weights", "max_weights_1", "max_weights_2")
"""Functions of derivative zero, which is its own negative."""
RULE_FAULTS = []
for _key, _rule in RULES.items():
    if _key[1] in CONSTANT:
        RULE_FAULTS.append((f"{_rule.name}-slope one", _key, moved_along))
    else:
        RULE_FAULTS.append((f"{_rule.name}-sign flipped", _key, negated(_rule)))
        RULE_FAULTS.append((f"{_rule.name}-factor two", _key, doubled(_rule)))
    if _key[0] is Elementwise and _key[1] != "exp":
        RULE_FAULTS.append((f"{_rule.name}-f for its derivative", _key, times_function_itself))
    if _key[0] is Elementwise and _key[1] != "square":
        RULE_FAULTS.append((f"{_rule.name}-2x for its derivative", _key, times_twice_the_argument))
for _name in ("sum", "scalar multiple", "matrix product", "Hadamard product"):
    _key, _rule = next((key, rule) for key, rule in RULES.items() if rule.name == _name)
    for _index in (0, 1):
        RULE_FAULTS.append((f"{_name}-term {_index} dropped", _key, dropping(_rule, _index)))
RULE_FAULTS += [
    ("transpose-lost", (Transpose, ""), lambda node, d: d(node.args[0])),
    (
        "matrix product-factors swapped",
        (MatMul, ""),
        lambda node, d: nodes.add(
            nodes.multiply(node.args[1], d(node.args[0])), nodes.multiply(d(node.args[1]), node.args[0])
        ),
    ),
    (
        "quotient-second power missing",
        (nodes.Quotient, ""),
        lambda node, d: nodes.subtract(
            nodes.quotient(d(node.args[0]), node.args[1]),
            nodes.quotient(nodes.hadamard(node.args[0], d(node.args[1])), node.args[1]),
        ),
    ),
]


@pytest.mark.parametrize("key, apply", [plant(fault) for fault in RULE_FAULTS])
def test_a_wrong_rule_is_caught_by_its_formula_and_by_the_complex_step(key, apply):
    errors = rule_errors(faulty(RULES[key], apply))
    if "formula" in errors:
        assert_caught("rule against formula", not errors["formula"] < TIGHT)
    assert_caught("rule against complex step", not errors["complex step"] < TIGHT)


@pytest.mark.parametrize("key, apply", [plant(fault) for fault in RULE_FAULTS])
def test_a_wrong_rule_is_caught_in_its_kernel(monkeypatch, key, apply):
    monkeypatch.setitem(RULES, key, faulty(RULES[key], apply))
    assert_caught("rule against verify", is_caught(program_of(RULES[key])))


@pytest.mark.parametrize(
    "rule", [rule for rule in RULES.values() if rule.operation[0] is not Operation], ids=lambda rule: rule.name
)
def test_a_wrong_formula_is_caught(rule):
    left, right = rule.formula.split(" = ")
    wrong = replace(rule, formula=f"{left} = {right} + dA")
    assert_caught("formula", not rule_errors(wrong)["formula"] < TIGHT)


def test_every_rule_has_a_planted_fault():
    assert {key for _, key, _ in RULE_FAULTS} == set(RULES)


@pytest.mark.parametrize("derivative", ["2*X", "Y"])
@pytest.mark.parametrize("name", CATALOGUE)
def test_a_wrong_derivative_in_the_catalogue_is_caught(monkeypatch, name, derivative):
    if (name, derivative) in (("square", "2*X"), ("exp", "Y")):
        pytest.skip("this is the derivative")
    source = Source(derivative, "a wrong derivative")
    syntax = parse_expression(tokens(source), source)
    monkeypatch.setattr(symbolic.rules.elementwise, "derivative_syntax", lambda function: syntax)
    assert_caught("catalogue against rule test", max(rule_errors(RULES[Elementwise, name]).values()) > TIGHT)
    assert_caught("catalogue against verify", is_caught(f"A : n x m\nY = {name}(A)"))


# Rewrites

SUM_OF_THREE = "A : n x m\nB : n x m\nC : n x m\nY = A + B + C"
REWRITE_FAULTS = [
    ("zero factor", "ones", lambda node: nodes.ones(*node.shape), "A : n x m\nB : m x h\nY = A*B", ["A"]),
    (
        "zero term",
        "all but the first",
        lambda node: node.args[0],
        "A : n x m\nB : n x m\nC : n x m\nY = A + B + C",
        "C",
    ),
    (
        "neutral factor",
        "drops another factor",
        lambda node: node.args[0] if type(node) is nodes.HadamardProduct and len(node.args) == 2 else None,
        "A : n x m\nB : n x m\nY = A .* B",
        None,
    ),
    (
        "like terms",
        "counted once",
        lambda node: node.args[0] if node.args[0] == node.args[-1] else None,
        "A : n x m\nY = A + A",
        None,
    ),
    (
        "quotient",
        "turned round",
        lambda node: nodes.quotient(node.args[0].denominator, node.args[1]) if len(node.args) == 2 else None,
        "A : n x m\nY = log(A)",
        None,
    ),
]


@pytest.mark.parametrize(
    "name, apply, text, wrt",
    [pytest.param(name, apply, text, wrt, id=f"{name}-{fault}") for name, fault, apply, text, wrt in REWRITE_FAULTS],
)
def test_a_wrong_rewrite_is_caught(monkeypatch, name, apply, text, wrt):
    wrong = {
        operation: tuple(replace(r, apply=lambda node, structure: apply(node)) if r.name == name else r for r in rewrites)
        for operation, rewrites in simplify._BY_OPERATION.items()
    }
    assert not is_caught(text, wrt)
    monkeypatch.setattr(simplify, "_BY_OPERATION", wrong)
    assert_caught("rewrite", is_caught(text, wrt))


# Lowering

LOWERING_FAULTS = [
    ("negative terms added", "_is_negative", lambda term: False, "A : n x m\nB : n x m\nY = A - B"),
    ("sign lost", "_without_sign", lambda term: nodes.split_number(term)[1], "A : n x m\nB : n x m\nY = A - 3*B"),
    ("numbers without sign", "Literal", lambda value: Literal(abs(value)), "A : n x m\nY = -3*A"),
]


@pytest.mark.parametrize("name, wrong, text", [plant(fault) for fault in LOWERING_FAULTS])
def test_wrong_lowering_is_caught(monkeypatch, name, wrong, text):
    assert not is_caught(text)
    monkeypatch.setattr(codegen.lower, name, wrong)
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


SQUARE = "A : n x n\nB : n x n\n"
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
        SQUARE + "Z = A*B\nT = Z'\nU = sin(A)\nY = (U .* B)*T",
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
]


@pytest.mark.parametrize("name, wrong, text", [plant(fault) for fault in PASS_FAULTS])
def test_a_wrong_pass_is_caught(monkeypatch, name, wrong, text):
    assert not is_caught(text)
    planted = tuple(wrong if run.__name__ == name else run for run in passes.PASSES)
    assert planted != passes.PASSES
    monkeypatch.setattr(codegen.kernel, "optimize", lambda schedule: passes.optimize(schedule, planted))
    assert_caught("pass", is_caught(text))


def test_every_pass_has_a_planted_fault():
    assert {name for _, name, *_ in PASS_FAULTS} == {run.__name__ for run in passes.PASSES}


# Spellings and the emitter

INFIX = {"add": "-", "subtract": "+", "multiply": "+", "divide": "*", "power": "*"}
CONSTANTS = {"ones": "zeros", "zeros": "ones", "eye": "ones"}
EXPRESSIONS = {
    "matmul": "A*B", "add": "A + B", "subtract": "A - B", "multiply": "A .* B", "divide": "A ./ B",
    "negative": "-A", "power": "A.^2.5", "transpose": "A'", "copy": "A", "broadcast": "a*ones(n,n)",
    "ones": "ones(n,n)*A", "zeros": "A + B*zeros(n,n)", "eye": "eye(n)*A",
}  # fmt: skip


def wrong_spelling(op, spelling):
    """The operation spelled as another one."""
    if op in INFIX:
        wrong = INFIX[op]
        ufunc = {"+": "add", "-": "subtract", "*": "multiply"}[wrong]
        return replace(
            spelling, fresh=f"{{0}} {wrong} {{1}}", into=f"{ufunc}({{0}}, {{1}}, out={{out}})", imports=(ufunc,)
        )
    if op == "matmul":
        return replace(spelling, fresh="{1}.dot({0})", into="{1}.dot({0}, out={out})")
    if op == "transpose":
        return replace(spelling, fresh="{0}")
    if op in CONSTANTS:
        return replace(SPELLINGS[CONSTANTS[op]])
    if op == "copy":
        return replace(spelling, fresh="-{0}")
    if op == "broadcast":
        return replace(spelling, fresh=spelling.fresh.replace("{0}", "1.0"))
    if op == "negative":
        return replace(spelling, fresh="{0}", into="multiply({0}, 1.0, out={out})", imports=("multiply",))
    other = "cos" if op == "sin" else "sin"
    return replace(SPELLINGS[other])


@pytest.mark.parametrize("op", SPELLINGS)
def test_a_wrong_spelling_is_caught(monkeypatch, op):
    text = f"a : scalar\nA : n x n\nB : n x n\nY = {EXPRESSIONS.get(op, f'{op}(A)')}"
    assert not is_caught(text, value=True)
    monkeypatch.setitem(SPELLINGS, op, wrong_spelling(op, SPELLINGS[op]))
    assert_caught("spelling", is_caught(text, value=True))


IN_PLACE = {
    "matmul": "sin(A*B*A)*B", "add": "A*B + A", "subtract": "A*B - A", "multiply": "(A*B) .* A",
    "divide": "(A*B) ./ (1 + A .* A)", "negative": "-(A*B)", "power": "(A .* A + 1).^2.5",
}  # fmt: skip


@pytest.mark.parametrize("op", [op for op, spelling in SPELLINGS.items() if spelling.into])
def test_a_wrong_spelling_in_place_is_caught(monkeypatch, op):
    text = f"A : n x n\nB : n x n\nY = {IN_PLACE.get(op, f'{op}(A + B)')}"
    kernel = compile_kernel(read_program(text))
    assert any(instr.op == op and instr.into for instr in kernel.schedule.instrs)
    monkeypatch.setitem(SPELLINGS, op, replace(wrong_spelling(op, SPELLINGS[op]), fresh=SPELLINGS[op].fresh))
    assert_caught("spelling in place", is_caught(text, value=True))


def positive_literal(self, arg):
    return repr(abs(float(arg.value))) if isinstance(arg, Literal) else self.names[arg]


def short_literal(self, arg):
    return f"({float(arg.value):.9g})" if isinstance(arg, Literal) else self.names[arg]


EMITTER_FAULTS = [
    ("signs of numbers dropped", "operand", positive_literal, "A : n x m\nY = -3*A"),
    ("numbers of nine digits", "operand", short_literal, "A : n x m\nY = A/3"),
    ("sizes of the other axis", "find_size", lambda self, size: "A.shape[0]", "a : scalar\nA : n x m\nY = a*ones(n,m)"),
]


@pytest.mark.parametrize("name, wrong, text", [plant(fault) for fault in EMITTER_FAULTS])
def test_a_wrong_emitter_is_caught(monkeypatch, name, wrong, text):
    assert not is_caught(text)
    monkeypatch.setattr(_Emission, name, wrong)
    assert_caught("emitter", is_caught(text))


# Kernels


@pytest.mark.parametrize("length", [2, 200])
@pytest.mark.parametrize("name", ["matrix product", "sin", "Hadamard product", "transpose"])
def test_a_coefficient_wrong_by_one_in_a_thousand_million_is_caught(monkeypatch, name, length):
    text = "A : n x n\nB : n x n\nZ = sin(A*B)\nY = Z .* A + Z'"
    sizes = {"n": length}
    key, rule = next((key, rule) for key, rule in RULES.items() if rule.name == name)
    wrong = Rational(10**9 + 1, 10**9)
    seeds = (1,)
    assert verify_kernel(compile_kernel(differentiate(read_program(text))), sizes, seeds).passed
    monkeypatch.setitem(RULES, key, faulty(rule, lambda node, d: nodes.scale(wrong, rule.apply(node, d))))
    kernel = compile_kernel(differentiate(read_program(text)))
    report = verify_kernel(kernel, sizes, seeds)
    assert_caught("coefficient", not report.passed)
    assert "complex step" in {measurement.method for measurement in report.failures()}


KERNEL_FAULTS = [
    ("no differential returned", lambda results: results[:1]),
    ("one result more", lambda results: (*results, results[-1])),
    ("differential and value exchanged", lambda results: results[::-1]),
    ("zero differential", lambda results: (results[0], 0 * results[1])),
    ("not a number", lambda results: (results[0], results[1] * np.nan)),
    ("transposed", lambda results: (results[0], results[1].T)),
    ("a row too few", lambda results: (results[0], results[1][1:])),
    ("value wrong", lambda results: (results[0] + 1e-9, results[1])),
    ("a few entries wrong", lambda results: (results[0], results[1] + 1e-9 * np.eye(*results[1].shape, k=1))),
]  # fmt: skip


@pytest.mark.parametrize("spoil", [plant(fault) for fault in KERNEL_FAULTS])
def test_wrong_results_are_caught(monkeypatch, spoil):
    kernel = compile_kernel(differentiate(read_program("A : n x m\nY = sin(A)")))
    assert verify_kernel(kernel).passed
    right = kernel.function
    kernel.function = lambda *arguments, **functions: spoil(right(*arguments, **functions))
    assert_caught("results", not verify_kernel(kernel).passed)


def test_the_counts(record_property, capsys):
    """How many faults were planted and caught before this line, for the reader of the log."""
    planted = {kind: number for kind, number in COUNTS.items() if kind.endswith("planted")}
    caught = sum(number for kind, number in COUNTS.items() if kind.endswith("caught"))
    record_property("planted", sum(planted.values()))
    record_property("caught", caught)
    with capsys.disabled():
        print(f"\nfaults caught: {caught} of {sum(planted.values())} planted")
    assert caught == sum(planted.values())
