"""What the tests measure with: independent evaluations, and a small language for schedules."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

import numpy as np
from sympy import Integer

from codegen.reference import VALUES, evaluate
from codegen.sampling import sample
from codegen.schedule import Instr, Literal, Schedule
from symbolic import nodes
from symbolic.facts import perturbation
from symbolic.language.names import differential_of
from symbolic.language.read import read_expression, read_program
from symbolic.nodes import SCALAR, dimension
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


# Schedules


def schedule_of(text, sizes=None):
    """A schedule from lines such as

    A:n,m b:m,1            the inputs
    o:n,1 = ones           operations without operands state their shape
    Y = matmul A b into o
    return Y
    """
    head, *body, last = (line.split() for line in text.strip().splitlines())
    shapes = {}

    def declare(word):
        name, _, shape = word.partition(":")
        if shape:
            shapes[name] = tuple(Integer(s) if s.isdigit() else dimension(s) for s in shape.split(","))
        return name

    inputs = tuple(map(declare, head))
    instrs = []
    for out, _, op, *rest in body:
        words, into = (rest[:-2], rest[-1]) if "into" in rest else (rest, None)
        args = tuple(word if word in shapes else Literal(Integer(1) * float(word)) for word in words)
        attrs = (("function", "f"), ("order", 0)) if op == "call" else ()
        instr = Instr(declare(out), op, args, attrs, into)
        shapes.setdefault(instr.out, _shape(instr, shapes))
        instrs.append(instr)
    known = {str(size) for shape in shapes.values() for size in shape if not size.is_Integer}
    sizes = dict.fromkeys(sorted(known), 64) | (sizes or {})
    return Schedule("fixture", inputs, tuple(instrs), tuple(last[1:]), shapes, sizes)


def _shape(instr, shapes):
    given = [shapes[name] for name in instr.names]
    if instr.op == "matmul":
        return given[0][0], given[-1][1]
    if instr.op == "transpose":
        return given[0][1], given[0][0]
    return max(given, key=lambda shape: tuple(size != 1 for size in shape)) if given else None


def body_of(schedule):
    """The instructions in the language of `schedule_of`, for comparison."""
    lines = []
    for instr in schedule.instrs:
        words = [str(float(a.value)) if isinstance(a, Literal) else a for a in instr.args]
        lines.append(" ".join([instr.out, "=", instr.op, *words, *(["into", instr.into] if instr.into else [])]))
        lines[-1] += f" frees {' '.join(instr.frees)}" if instr.frees else ""
    return lines


_OPERATIONS = {
    "add": np.add,
    "subtract": np.subtract,
    "multiply": np.multiply,
    "divide": np.divide,
    "negative": np.negative,
    "power": np.power,
    **VALUES,
}


def run_schedule(schedule, inputs, function=np.sin):
    """The outputs of a schedule, computed in memory that is shared and overwritten exactly as it says.

    Fails where an input would be written, or a product over one of its own factors.
    """
    memory = {}
    for name in schedule.inputs:
        memory[name] = np.array(inputs[name])
        memory[name].flags.writeable = False
    lengths = {
        size: length
        for name in schedule.inputs
        for size, length in zip(schedule.shapes[name], memory[name].shape, strict=True)
    }
    for instr in schedule.instrs:
        shape = tuple(int(s) if s.is_Integer else lengths[s] for s in schedule.shapes[instr.out])
        args = [float(a.value) if isinstance(a, Literal) else memory[a] for a in instr.args]
        value = args[0].T if instr.op == "transpose" else _computed(instr, args, shape)
        assert value.shape == shape, f"{instr.out} has the shape {value.shape}, not {shape}"
        if instr.into is not None:
            target = memory[instr.into]
            assert instr.kind != "product" or not any(np.may_share_memory(target, a) for a in args)
            assert target.shape == shape
            target[...] = value
            value = target
        memory[instr.out] = value
        for name in instr.frees:
            del memory[name]
    return {name: memory[name].copy() for name in schedule.outputs}


def _computed(instr, args, shape):
    if instr.op == "matmul":
        value = args[0]
        for factor in args[1:]:
            value = value @ factor
        return np.array(value)
    if instr.op in ("copy", "broadcast"):
        return np.array(np.broadcast_to(args[0], shape))
    if instr.op == "call":
        return np.array(np.sin(args[0]))
    if instr.kind == "constant":
        return {"ones": np.ones, "zeros": np.zeros, "eye": lambda s: np.eye(*s)}[instr.op](shape)
    return np.array(_OPERATIONS[instr.op](*args))


def random_schedule(random, length=14):
    """A schedule such as lowering makes, with longer chains, shared parts and scalars; transposes and calls too."""
    sizes = {"n": 4, "m": 3, "h": 2}
    letters = {letter: dimension(letter) for letter in sizes} | {"1": Integer(1)}
    n, m, h, one = letters.values()
    shapes = {"A": (n, m), "B": (m, h), "C": (n, m), "D": (m, m), "v": (m, one), "w": (one, h), "c": (one, one)}
    inputs = tuple(shapes)
    instrs = []

    def emit(op, args, shape, attrs=()):
        name = f"X{len(instrs)}" if random.random() < 0.3 else f".{len(instrs) + 1}"
        shapes[name] = shape
        instrs.append(Instr(name, op, tuple(args), attrs))

    while len(instrs) < length:
        names = list(shapes)
        first = random.choice(names[-6:])
        shape = shapes[first]
        alike = [name for name in names if shapes[name] == shape]
        scalars = [name for name in names if shapes[name] == (one, one)]
        kind = random.randrange(9)
        if kind <= 2:
            chain = [first]
            for _ in range(random.choice([1, 1, 2, 3])):
                fitting = [x for x in names if shapes[x][0] == shapes[chain[-1]][1] and shapes[x] != (one, one)]
                if fitting and shapes[chain[0]] != (one, one):
                    chain.append(random.choice(fitting))
            if len(chain) > 1:
                emit("matmul", chain, (shape[0], shapes[chain[-1]][1]))
        elif kind == 3:
            emit(random.choice(["add", "subtract", "multiply"]), (first, random.choice(alike)), shape)
        elif kind == 4:
            number = Literal(Integer(random.choice([2, -3])))
            emit("multiply", (first, random.choice([number, random.choice(scalars)])), shape)
        elif kind == 5:
            emit("transpose", (first,), shape[::-1])
        elif kind == 6:
            emit(random.choice(["sin", "tanh", "negative", "copy"]), (first,), shape)
        elif kind == 7:
            emit("call", (first,), shape, (("function", "f"), ("order", 0)))
        else:
            emit("ones", (), random.choice([(n, one), (one, m), (n, m)]))
    computed = [instr.out for instr in instrs]
    outputs = tuple(dict.fromkeys([*random.sample(computed, 2), computed[-1]]))
    return Schedule("random", inputs, tuple(instrs), outputs, shapes, sizes)


def inputs_for(schedule, seed=0):
    """Random inputs of the sample sizes."""
    random = np.random.default_rng(seed)
    return {name: random.standard_normal(tuple(map(schedule.size, schedule.shapes[name]))) for name in schedule.inputs}


def flops(schedule):
    """Multiplications and additions by the sample sizes; chains are multiplied from left to right."""
    total = 0
    for instr in schedule.instrs:
        rows, cols = map(schedule.size, schedule.shapes[instr.out])
        if instr.op == "matmul":
            sizes = [schedule.size(schedule.shapes[name][1]) for name in instr.names]
            total += sum(2 * rows * inner * outer for inner, outer in pairwise(sizes))
        elif instr.kind == "elementwise":
            total += rows * cols
    return total


def faulty(rule, apply):
    """The rule with other code under the same formula."""
    return replace(rule, apply=apply)
