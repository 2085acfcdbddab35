"""The value of a traced program, by walking its nodes with NumPy alone; and points to evaluate it at."""

from __future__ import annotations

import numpy as np
import scipy.linalg
import scipy.special
from sympy import (
    HadamardPower,
    HadamardProduct,
    Identity,
    MatAdd,
    MatMul,
    MatrixSymbol,
    OneMatrix,
    Transpose,
    ZeroMatrix,
)

from symbolic.nodes import Elementwise, Operation, Quotient, Scale, is_number

SIZES = {"n": 5, "m": 3, "k": 4, "h": 2, "p": 6}

FUNCTIONS = {
    "asin": np.arcsin, "acos": np.arccos, "atan": np.arctan, "abs": np.abs, "step": lambda x: np.heaviside(x, 0),
    "relu": lambda x: np.maximum(x, 0), "softplus": lambda x: np.logaddexp(0, x), "sigmoid": scipy.special.expit,
    "erf": scipy.special.erf, "f": lambda x: x**3 - x,
    **{name: getattr(np, name) for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh", "exp")},
    **{name: getattr(np, name) for name in ("expm1", "log", "log1p", "sqrt", "square", "reciprocal", "sign")},
}  # fmt: skip


def positive(Q, R):
    signs = np.sign(np.diag(R))
    return Q * signs, signs[:, None] * R


def oriented(U):
    return U * np.sign(U[np.abs(U).argmax(axis=0), np.arange(U.shape[1])])


def svd(A):
    U, s, Vt = np.linalg.svd(A, full_matrices=False)
    V = Vt.T * (oriented(U) * U).sum(axis=0)
    return oriented(U), s[:, None], V


def over(function):
    return {
        "": lambda A: function(A, None).reshape(1, 1),
        "_1": lambda A: function(A, 0)[None, :],
        "_2": lambda A: function(A, 1)[:, None],
    }


OPERATIONS = {
    "matrix_power": lambda A, k: np.linalg.matrix_power(A, int(k)),
    "kron": np.kron,
    "hstack": lambda *parts: np.hstack(parts),
    "vstack": lambda *parts: np.vstack(parts),
    "slice": lambda A, r0, r1, c0, c1: A[r0 - 1 : r1, c0 - 1 : c1],
    "reshape": lambda A, r, c: A.reshape((r, c), order="F"),
    "diag": lambda x: np.diag(x[:, 0]),
    "diagonal": lambda A: np.diag(A)[:, None],
    "tril": np.tril,
    "triu": np.triu,
    **{"sum" + axis: value for axis, value in over(lambda A, axis: np.sum(A, axis)).items()},
    **{"max" + axis: value for axis, value in over(lambda A, axis: np.max(A, axis)).items()},
    **{"logsumexp" + axis: value for axis, value in over(lambda A, axis: scipy.special.logsumexp(A, axis)).items()},
    "tr": lambda A: np.trace(A).reshape(1, 1),
    "det": lambda A: np.linalg.det(A).reshape(1, 1),
    "logdet": lambda A: np.linalg.slogdet(A)[1].reshape(1, 1),
    "inv": np.linalg.inv,
    "solve": np.linalg.solve,
    "pinv": np.linalg.pinv,
    "expm": scipy.linalg.expm,
    "logm": scipy.linalg.logm,
    "sqrtm": scipy.linalg.sqrtm,
    "sinm": scipy.linalg.sinm,
    "cosm": scipy.linalg.cosm,
    "sylvester": scipy.linalg.solve_sylvester,
    "chol": np.linalg.cholesky,
    "qr_q": lambda A: positive(*np.linalg.qr(A))[0],
    "qr_r": lambda A: positive(*np.linalg.qr(A))[1],
    "eigvalsh": lambda A: np.linalg.eigvalsh(A)[:, None],
    "eigvecsh": lambda A: oriented(np.linalg.eigh(A)[1]),
    "svdvals": lambda A: svd(A)[1],
    "svd_u": lambda A: svd(A)[0],
    "svd_v": lambda A: svd(A)[2],
}


def length(size):
    return int(size.subs({symbol: SIZES[symbol.name] for symbol in size.free_symbols}))


def number(value):
    return float(value.subs({symbol: SIZES[symbol.name] for symbol in value.free_symbols}))


def value(node, names):
    shape = tuple(map(length, node.shape))
    kind = type(node)
    if kind is MatrixSymbol:
        return names[node.name]
    if kind in (OneMatrix, ZeroMatrix, Identity):
        return {OneMatrix: np.ones, ZeroMatrix: np.zeros, Identity: lambda shape: np.eye(*shape)}[kind](shape)
    if kind is HadamardPower:
        return value(node.args[0], names) ** number(node.args[1])
    if kind is Scale and is_number(node.coefficient):
        return number(node.coefficient) * value(node.matrix, names)
    if kind is Elementwise:
        assert not node.order
        return FUNCTIONS[node.function](value(node.argument, names))
    if kind is Operation:
        values = [value(operand, names) for operand in node.operands]
        return OPERATIONS[node.name](*values, *map(length, node.parameters))
    first, *rest = (value(arg, names) for arg in node.args)
    if kind is Transpose:
        return first.T
    for other in rest:
        if kind is MatAdd:
            first = first + other
        elif kind is MatMul:
            first = first @ other
        elif kind is Quotient:
            first = first / other
        else:
            assert kind in (HadamardProduct, Scale)
            first = first * other
    assert first.shape == shape
    return first


def evaluate(program, inputs):
    """The outputs, as matrices. `inputs`: matrices in the order of the program."""
    names = {given.name: given_value for given, given_value in zip(program.inputs, inputs, strict=True)}
    for let in program.lets:
        names[let.name] = value(let.expr, names)
        assert names[let.name].shape == tuple(map(length, let.expr.shape))
    return [names[name] for name in program.outputs]


def point(shape, seed):
    """An array for a shape as pf.trace takes it, with its fact; entries between 0.2 and 0.9, in no order."""
    parts = shape if isinstance(shape, tuple) else (shape,)
    facts = [part for part in parts if part in ("spd", "symmetric", "positive")]
    lengths = [SIZES.get(part, part) for part in parts if part not in facts]
    array = np.random.default_rng(seed).uniform(0.2, 0.9, lengths)
    if "spd" in facts:
        return array @ array.T + np.diag(np.arange(1.0, lengths[0] + 1))
    if "symmetric" in facts:
        return array + array.T + np.diag(np.arange(lengths[0]))
    return array


def as_matrix(array):
    array = np.asarray(array, dtype=float)
    return array.reshape(-1, 1) if array.ndim < 2 else array
