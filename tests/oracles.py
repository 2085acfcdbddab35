"""What the tests measure with: independent evaluations."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
from sympy import Integer

from codegen.reference import evaluate
from codegen.sampling import sample
from symbolic import nodes
from symbolic.facts import perturbation
from symbolic.language.names import differential_of
from symbolic.language.read import read_expression, read_program
from symbolic.nodes import SCALAR
from symbolic.operations import OPERATIONS
from symbolic.program import Program
from symbolic.statements import Input, Let

STEP = 1e-30
TIGHT = 1e-12


def relative_error(found, expected):
    """Relative to the largest entry; infinite where shapes differ or an entry is not finite."""
    found, expected = np.asarray(found), np.asarray(expected)
    if found.shape != expected.shape or not np.isfinite(found).all():
        return float("inf")
    scale = np.abs(expected).max(initial=0.0) or 1.0
    return float(np.abs(found - expected).max(initial=0.0) / scale)


# Expressions and their differentials


def value_of(node, named, functions=None):
    """The value of an expression over matrices given by name."""
    inputs = tuple(Input(name, tuple(map(Integer, matrix.shape))) for name, matrix in named.items())
    return evaluate(Program("value", inputs, (Let("result", node),), ("result",)), named, functions)["result"]


def complex_step(program, point):
    """The differentials of all names of a program along the direction of a point, exact to rounding."""
    moved = evaluate(program, point.moved(1j * STEP), point.functions)
    return {name: np.imag(value) / STEP for name, value in moved.items()}


def tangent_values(differential, point, *more):
    """Every name of the tangent program, and of `more` lets after it, with its value at a point."""
    tangent = differential.tangent
    extended = replace(tangent, lets=(*tangent.lets, *more))
    inputs = dict(point.inputs) | {seed: point.directions[name] for name, seed in differential.seeds}
    return evaluate(extended, inputs, point.functions)


def rule_case(rule):
    """The names, inputs and statement at which a rule is looked at: its formula's left side, or its example."""
    left = re.match(r"d\((.+?)\) = ", rule.formula)[1]
    operation, name = rule.operation
    if operation is nodes.Operation:
        program = read_program(OPERATIONS[name].example)
        return program, None
    names = dict.fromkeys(re.findall(r"\b[A-Za-z]\b(?!\()", left))
    inputs = tuple(Input(name, SCALAR if name.islower() else (Integer(3), Integer(3))) for name in names)
    symbols = {given.name: given.symbol for given in inputs}
    right = rule.formula.split(" = ", 1)[1]
    program = Program("rule", inputs, (Let("result", read_expression(left, symbols)),), ("result",))
    return program, right


def rule_errors(rule, seed=7):
    """How far a rule's code is from its formula, and from the complex step of an independent evaluation.

    The formula of a named operation is its code, so there the complex step alone speaks.
    """
    program, right = rule_case(rule)
    output = program.outputs[0]
    symbols = {given.name: given.symbol for given in program.inputs}
    seeds = {name: nodes.symbol(differential_of(name), *symbol.shape) for name, symbol in symbols.items()}
    moving = {symbols[name]: seeds[name] for name in symbols}
    sizes = {str(size): (3, 4, 2, 5)[k % 4] for k, size in enumerate(program.sizes)}
    point = sample(program, tuple(symbols), sizes, seed)
    named = dict(point.inputs) | {seeds[name].name: point.directions[name] for name in symbols}
    applied = value_at(rule.apply(program.let(output).expr, moving.__getitem__), program, seeds.values(), named, point)
    errors = {"complex step": relative_error(applied, complex_step(program, point)[output])}
    if right is not None:
        formula = read_expression(right, symbols | {seed.name: seed for seed in seeds.values()})
        errors["formula"] = relative_error(applied, value_at(formula, program, seeds.values(), named, point))
    return errors


def value_at(node, program, seeds, named, point):
    """The value of an expression over the inputs of a program and their seeds."""
    inputs = (*program.inputs, *(Input(seed.name, seed.shape, facts_of(seed, program)) for seed in seeds))
    extended = Program("value", inputs, (Let("result_of_rule", node),), ("result_of_rule",))
    return evaluate(extended, named, point.functions)["result_of_rule"]


def facts_of(seed, program):
    """The facts of the perturbation of an input."""
    return next(perturbation(given.facts) for given in program.inputs if differential_of(given.name) == seed.name)


def operations_in(node):
    """How many operations an expression has when it is written out."""
    return 1 + sum(map(operations_in, nodes.operands(node)))


UNARY = ("sin", "tanh", "atan", "sigmoid", "square", "f")


def random_node(random, names, shape, depth):
    """A random expression of a shape over matrices of the sizes 1, 2 and 3."""
    rows, cols = map(Integer, shape)
    fitting = [symbol for symbol in names if symbol.shape == (rows, cols)]
    if depth == 0:
        constants = [nodes.ones(rows, cols), nodes.zeros(rows, cols)] + [nodes.identity(rows)] * (rows == cols)
        return random.choice(fitting if fitting and random.random() < 0.8 else constants)

    def part(rows=rows, cols=cols):
        return random_node(random, names, (rows, cols), random.randrange(depth))

    kind = random.randrange(11)
    if kind == 0:
        return nodes.add(part(), part())
    if kind == 1:
        return nodes.subtract(part(), part())
    if kind == 2:
        return nodes.add(part(), part(), part())
    if kind == 3:
        return nodes.scale(random.choice([Integer(0), Integer(2), Integer(-1), Integer(1) / 3]), part())
    if kind == 4:
        return nodes.scale(part(1, 1), part())
    if kind == 5:
        return nodes.hadamard(part(), part())
    if kind == 6:
        return nodes.transpose(part(cols, rows))
    if kind == 7:
        return nodes.apply(random.choice(UNARY), part())
    if kind == 8:
        return nodes.quotient(part(), nodes.add(nodes.ones(rows, cols), nodes.apply("square", part())))
    if kind == 9:
        return nodes.power(part(), Integer(random.randint(0, 4)))
    inner = random.choice([1, 2, 3])
    return nodes.multiply(part(rows, inner), part(inner, cols))


def random_program(random, lets=4, depth=3):
    """A random program that returns its last two statements."""
    shapes = {"A": (2, 3), "B": (3, 2), "C": (3, 3), "u": (2, 1), "v": (1, 3), "c": (1, 1)}
    inputs = tuple(Input(name, tuple(map(Integer, shape))) for name, shape in shapes.items())
    known, bound = [given.symbol for given in inputs], []
    for number in range(lets):
        shape = random.choice([(2, 3), (3, 2), (3, 3), (2, 1), (1, 3), (1, 1)])
        bound.append(Let(f"Y{number}", random_node(random, known, shape, depth)))
        known.append(bound[-1].symbol)
    return Program("random", inputs, tuple(bound), tuple(let.name for let in bound[-2:]))


def faulty(rule, apply):
    """The rule with other code under the same formula."""
    return replace(rule, apply=apply)
