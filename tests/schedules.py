"""A small language for schedules, an interpreter that shares memory exactly as they say, and random schedules."""

from __future__ import annotations

import numpy as np
from sympy import Integer, Rational

from codegen.operations import FACTORISATIONS, OPERATIONS, TOGETHER
from codegen.reference import VALUES
from codegen.reference_operations import OPERATION_VALUES
from codegen.schedule import Instr, Literal, Schedule
from symbolic.field import P
from symbolic.nodes import SCALAR, dimension


def schedule_of(text, sizes=None):
    """A schedule from lines such as

    A:n,m b:m,1            the inputs
    S:n,n,symmetric        with a fact
    o:n,1 = ones           shapes that do not follow from the operands are stated
    F = factor_lu A
    X = solve_lu F b trans=1
    Y = matmul A b into o
    return Y
    """
    head, *body, last = (line.split() for line in text.strip().splitlines())
    shapes, facts = {}, {}

    def declare(word):
        name, _, shape = word.partition(":")
        if shape:
            rows, cols, *known = shape.split(",")
            shapes[name] = tuple(Integer(s) if s.isdigit() else dimension(s) for s in (rows, cols))
            facts[name] = frozenset(known)
        return name

    inputs = tuple(map(declare, head))
    instrs = []
    for out, _, op, *rest in body:
        words, into = (rest[:-2], rest[-1]) if "into" in rest else (rest, None)
        attrs = dict(word.split("=") for word in words if "=" in word)
        args = [word for word in words if "=" not in word]
        args = tuple(word if word in shapes else Literal(Integer(1) * float(word)) for word in args)
        attrs = {"function": "f", "order": 0} if op == "call" else {name: int(value) for name, value in attrs.items()}
        instr = Instr(declare(out), op, args, tuple(sorted(attrs.items())), into)
        shapes.setdefault(instr.out, _shape(instr, shapes))
        instrs.append(instr)
    known = {str(size) for shape in shapes.values() for size in shape if not size.is_Integer}
    sizes = dict.fromkeys(sorted(known), 64) | (sizes or {})
    return Schedule("fixture", inputs, tuple(instrs), tuple(last[1:]), shapes, sizes, facts=facts)


_OF_THE_RIGHT = ("solve_lu", "solve_cho", "solve_triangular", "solve_sylvester")


def _shape(instr, shapes):
    """What follows from the operands; else it has to be stated."""
    given = [shapes[name] for name in instr.names]
    rows, cols = given[0] if given else (None, None)
    op = instr.op
    if op == "matmul":
        return rows, given[-1][1]
    if op == "transpose":
        return cols, rows
    if op in _OF_THE_RIGHT:
        return given[-1]
    if op in ("tr", "trace_product", "sum", "max", "logsumexp") or op.startswith(("det_", "logdet_")):
        return SCALAR
    if op in ("sum_1", "max_1", "logsumexp_1"):
        return Integer(1), cols
    if op in ("sum_2", "max_2", "logsumexp_2", "diagonal", "diagonal_product", "eigvalsh"):
        return rows, Integer(1)
    if op == "diag":
        return rows, rows
    if op == "part":
        return None
    return max(given, key=lambda shape: tuple(size != 1 for size in shape)) if given else None


def body_of(schedule):
    """The instructions in the language of `schedule_of`, for comparison; shapes are left out."""
    lines = []
    for instr in schedule.instrs:
        words = [str(float(a.value)) if isinstance(a, Literal) else a for a in instr.args]
        attrs = [f"{name}={value:d}" for name, value in instr.attrs if isinstance(value, int) and instr.op != "call"]
        into = ["into", instr.into] if instr.into else []
        lines.append(" ".join([instr.out, "=", instr.op, *words, *attrs, *into]))
        lines[-1] += f" frees {' '.join(instr.frees)}" if instr.frees else ""
    return lines


# Running a schedule


_OPERATIONS = {
    "add": np.add,
    "subtract": np.subtract,
    "multiply": np.multiply,
    "divide": np.divide,
    "negative": np.negative,
    "power": np.power,
    "larger": np.maximum,
    "smaller": np.minimum,
    "choose": lambda D, A, B: np.where(D > 0, A, B),
    **{
        f"average_largest{suffix}": lambda A, y, B, axis=axis: (
            np.sum(B * (y == A), axis, keepdims=True) / np.sum(y == A, axis, keepdims=True)
        )
        for suffix, axis in (("", None), ("_1", 0), ("_2", 1))
    },
    **VALUES,
    **OPERATION_VALUES,
    "trace_product": lambda A, B: np.trace(A @ B).reshape(1, 1),
    "diagonal_product": lambda A, B: np.diag(A @ B)[:, None],
    "factor_lu": np.array,
    "schur": np.array,
    "solve_lu": lambda A, B, trans: np.linalg.solve(A.T if trans else A, B),
    "solve_cho": lambda L, B: np.linalg.solve(L @ L.T, B),
    "solve_triangular": lambda T, B, lower, trans: np.linalg.solve(_half(T, lower).T if trans else _half(T, lower), B),
    "solve_sylvester": lambda A, B, C, trans_a, trans_b: OPERATION_VALUES["sylvester"](
        A.T if trans_a else A, B.T if trans_b else B, C
    ),
    "inv_lu": np.linalg.inv,
    "inv_cho": lambda L: np.linalg.inv(L @ L.T),
    "inv_triangular": lambda T, lower: np.linalg.inv(_half(T, lower)),
    **{
        f"{name}_{way}": lambda A, name=name, way=way: OPERATION_VALUES[name](A @ A.T if way == "cho" else A)
        for name in ("det", "logdet")
        for way in ("lu", "cho", "triangular")
    },
    "softmax": lambda A: np.exp(A - OPERATION_VALUES["logsumexp"](A)),
    "softmax_1": lambda A: np.exp(A - OPERATION_VALUES["logsumexp_1"](A)),
    "softmax_2": lambda A: np.exp(A - OPERATION_VALUES["logsumexp_2"](A)),
    "left_eigvec": lambda A: OPERATION_VALUES["eigvec"](A.T),
}
_PARTS = {**FACTORISATIONS, **TOGETHER}
_VIEWS = {
    "transpose": lambda A: A.T,
    "diagonal": lambda A: A.diagonal().reshape(-1, 1),
    "slice": lambda A, **places: A[
        places["first_row"] : places["end_row"], places["first_col"] : places["end_col"]
    ],
}  # fmt: skip


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
        shape = tuple(int(size.xreplace(lengths)) for size in schedule.shapes[instr.out])
        args = [float(a.value) if isinstance(a, Literal) else memory[a] for a in instr.args]
        value = computed(instr, args, shape)
        assert instr.kind == "factor" or value.shape == shape, f"{instr.out} has the shape {value.shape}, not {shape}"
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


def computed(instr, args, shape):
    """One instruction."""
    attrs = {} if instr.op == "call" else {k: int(v) for k, v in instr.attrs if k not in ("checked", "saturates")}
    if instr.op == "matmul":
        value = args[0]
        for factor in args[1:]:
            value = value @ factor
        return np.array(value)
    if instr.op in ("copy", "broadcast"):
        return np.array(np.broadcast_to(args[0], shape))
    if instr.op == "call":
        return np.array(np.sin(args[0]))
    if instr.op == "part":
        return np.array(args[0][attrs["part"]])
    if instr.op in _PARTS:
        return [_OPERATIONS[part](*(args[:1] if part == "expm" else args)) for part in _PARTS[instr.op]]
    if instr.op == "reshape":
        return args[0].reshape(shape, order="F")
    if instr.op in _VIEWS:
        return _VIEWS[instr.op](args[0], **attrs)
    if instr.kind == "constant":
        return {"ones": np.ones, "zeros": np.zeros, "eye": lambda s: np.eye(*s)}[instr.op](shape)
    return np.array(_OPERATIONS[instr.op](*args, **attrs))


def _half(T, lower):
    return np.tril(T) if lower else np.triu(T)


def run_exactly(schedule, inputs):
    """The outputs of a schedule of sums and products, over a prime field, where nothing is rounded."""
    found = dict(inputs)
    for instr in schedule.instrs:
        args = [_in_field(arg.value) if isinstance(arg, Literal) else found[arg] for arg in instr.args]
        found[instr.out] = _EXACT[instr.op](*args)
    return {name: found[name].tolist() for name in schedule.outputs}


def _in_field(number):
    fraction = Rational(number)
    return fraction.p * pow(fraction.q, -1, P) % P


def _product(*factors):
    value = factors[0]
    for factor in factors[1:]:
        value = value.dot(factor) % P
    return value


_EXACT = {
    "matmul": _product,
    "add": lambda A, B: (A + B) % P,
    "subtract": lambda A, B: (A - B) % P,
    "multiply": lambda A, B: A * B % P,
    "negative": lambda A: -A % P,
    "transpose": lambda A: A.T,
    "copy": lambda A: A,
}


# Random schedules


def random_schedule(random, length=14):
    """A schedule such as lowering makes, with longer chains, shared parts and scalars; of every kind of operation."""
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
        return name

    while len(instrs) < length:
        names = [name for name in shapes if name not in factors_in(instrs)]
        first = random.choice(names[-6:])
        shape = shapes[first]
        alike = [name for name in names if shapes[name] == shape]
        scalars = [name for name in names if shapes[name] == (one, one)]
        square = [name for name in names if shapes[name] == (m, m)]
        kind = random.randrange(14)
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
        elif kind == 8:
            emit("ones", (), random.choice([(n, one), (one, m), (n, m)]))
        elif kind == 9:  # the inverse of I + D'D/4
            gram = emit("matmul", (emit("transpose", ("D",), (m, m)), "D"), (m, m))
            quarter = emit("multiply", (gram, Literal(Integer(1) / 4)), (m, m))
            regular = emit("add", (emit("eye", (), (m, m)), quarter), (m, m))
            way = random.choice(["lu", "cho"])
            factor = emit({"lu": "factor_lu", "cho": "chol"}[way], (regular,), (m, m))
            inverse = emit(f"inv_{way}", (factor,), (m, m))
            if random.random() < 0.5:
                inverse = emit("transpose", (inverse,), (m, m))
            right = random.choice(["B", "v", "D"])
            emit("matmul", (inverse, right), (m, shapes[right][1]))
        elif kind == 10:
            diagonal = emit("diag", (random.choice([x for x in names if shapes[x] == (m, one)]),), (m, m))
            right = random.choice([x for x in names if shapes[x][0] == m])
            emit("matmul", (diagonal, right), (m, shapes[right][1]))
        elif kind == 11:
            op = random.choice(["tr", "diagonal"])
            emit(op, (random.choice(square),), (one, one) if op == "tr" else (m, one))
        elif kind == 12:
            if shape == (n, m):
                places = (("end_col", m), ("end_row", 2), ("first_col", 0), ("first_row", 0))
                emit("slice", (first,), (Integer(2), m), tuple((k, 3 if v == m else v) for k, v in places))
            elif shape == (m, m):
                emit("reshape", (first,), (Integer(9), one))
        else:
            suffix = random.choice(["", "_1", "_2"])
            reduced = {"": (one, one), "_1": (one, shape[1]), "_2": (shape[0], one)}[suffix]
            emit(random.choice(["sum", "max", "logsumexp"]) + suffix, (first,), reduced)
    computed = [instr.out for instr in instrs if instr.kind != "factor"]
    outputs = tuple(dict.fromkeys([*random.sample(computed, 2), computed[-1]]))
    return Schedule("random", inputs, tuple(instrs), outputs, shapes, sizes)


def factors_in(instrs):
    return {instr.out for instr in instrs if OPERATIONS[instr.op].kind == "factor"}


def inputs_for(schedule, seed=0):
    """Random inputs of the sample sizes."""
    random = np.random.default_rng(seed)
    return {name: random.standard_normal(tuple(map(schedule.size, schedule.shapes[name]))) for name in schedule.inputs}
