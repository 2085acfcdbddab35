"""A checker must be seen to fail: every fault planted here is caught by the project's own checks.

One parameter is one fault; its id names what is broken. The last test counts them.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from faults import COUNTS, assert_caught, is_caught, is_right, plant
from oracles import TIGHT, faulty, rule_errors
from sympy import Integer, MatAdd, MatMul, Rational, Transpose

import symbolic.rules.elementwise
from codegen.kernel import compile_kernel
from codegen.verify import verify_kernel
from symbolic import nodes, simplify
from symbolic.differential import differentiate
from symbolic.errors import Source
from symbolic.functions import CATALOGUE
from symbolic.language.parser import parse_expression
from symbolic.language.read import read_program
from symbolic.language.text_lexer import tokens
from symbolic.nodes import Elementwise, Operation, operands
from symbolic.operations import OPERATIONS
from symbolic.rules import RULES

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
    ("zero factor", "ones", lambda node: nodes.ones(*node.shape), "A : n x m\nB : m x h\nY = A*B", "A"),
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
        operation: tuple(
            replace(r, apply=lambda node, structure: apply(node)) if r.name == name else r for r in rewrites
        )
        for operation, rewrites in simplify._by_operation(simplify.REWRITES).items()
    }
    assert is_right(text, wrt)
    monkeypatch.setattr(simplify, "_by_operation", lambda rewrites: wrong)
    assert_caught("rewrite", is_caught(text, wrt))


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
