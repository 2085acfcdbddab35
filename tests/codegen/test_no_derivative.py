"""Where no derivative exists a kernel says so: never what is no number, and never a plausible zero.

Every operation that has such places is taken there; at kinks with a declared subgradient the kernel takes that.
"""

from __future__ import annotations

import numpy as np
import pytest
from numpy.linalg import LinAlgError
from sympy import S

from codegen.kernel import compile_kernel
from codegen.sampling import numbers_for, sample_input
from symbolic.differential import differentiate
from symbolic.language.read import read_program
from symbolic.operations import DEFINITIONS, OPERATIONS

RECORDS = {**OPERATIONS, **DEFINITIONS}
ROUNDING = np.array([[1.0, 2, 3], [4, 5, 6], [7, 8, 9]])
"""Singular, but not in floating-point arithmetic."""
ROTATION = np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 0.5]])
ONES, ZEROS, EYE = np.ones((3, 3)), np.zeros((3, 3)), np.eye(3)
INDEFINITE = np.diag([1.0, 2.0, -1.0])
TALL = np.ones((5, 3))
ORIGIN = np.zeros((3, 1))


def each(names, places):
    return dict.fromkeys(names, places)


SINGULAR = (ZEROS, ONES, ROUNDING, 1e-200 * ROUNDING)
PLACES = {
    **each(("inv", "det"), [(M, "inv: the matrix is singular") for M in SINGULAR]),
    "solve": [(M, "solve: the matrix is singular") for M in SINGULAR],
    "logdet": [(M, "logdet: the matrix is singular") for M in SINGULAR],
    "pinv": [(M, "pinv: the matrix does not have full rank") for M in (TALL, TALL.T, ZEROS, ROUNDING)],
    "proj": [(TALL, "pinv: the matrix does not have full rank")],
    "sylvester": [((EYE, -EYE), "sylvester: A and -B have an eigenvalue in common")],
    "lyapunov": [(ROTATION, "sylvester: A and -B"), (np.diag([1.0, -1.0, 3.0]), "sylvester: A and -B")],
    **{
        name: [(M, f"{name}: an eigenvalue is zero, or real and negative") for M in (INDEFINITE, ZEROS, ONES)]
        for name in ("sqrtm", "logm")
    },
    "logm_frechet": [(INDEFINITE, "logm: an eigenvalue is zero, or real and negative")],
    "chol": [(M, "chol: the matrix is not positive definite") for M in (INDEFINITE, ZEROS, ONES)],
    **each(("qr_q", "qr_r"), [(TALL, "qr: the matrix does not have full column rank")]),
    **each(
        ("lu_l", "lu_u"), [(M, "lu: a leading principal minor is zero") for M in (ZEROS, EYE[::-1], ONES, ROUNDING)]
    ),
    **each(("eigvalsh", "eigvecsh"), [(M, "eigh: two eigenvalues are equal") for M in (EYE, ONES, ZEROS)]),
    **each(
        ("eigval", "eigvec"), [(M, "eigval: .* not real and simple") for M in (EYE, ROTATION, np.diag([1.0, 2, -2]))]
    ),
    **each(
        ("svdvals", "svd_u", "svd_v", "nucnorm", "opnorm"),
        [(EYE, "svd: two singular values are equal"), (np.diag([3.0, 2.0, 0.0]), "svd: a singular value is zero")],
    ),
    **each(("norm", "norm_2", "rayleigh"), [(ORIGIN, "invalid value encountered in divide|divide by zero")]),
}  # fmt: skip
"""For each operation, operands at which it has no derivative, and what its kernel says."""

AT_KINKS = {
    **each(("max", "max_weights", "min"), (ONES, [1 / 9] * 9)),
    **each(("max_1", "max_weights_1", "min_1", "max_2", "max_weights_2", "min_2"), (ONES, [1 / 3] * 9)),
    "norm_1": (ORIGIN, [0.0] * 3),
    "maximum": (ONES, [0.0] * 9),
    "minimum": (ONES, [0.0] * 9),
}
"""Operations with a subgradient: the operand, and the weight of each perturbation of it in the sum of the result."""


def kernel_of(name):
    return compile_kernel(differentiate(read_program(RECORDS[name].example)))


def arguments_for(kernel, *given):
    """The operands given, and ones for the others; perturbations without zeros or structure."""
    program = kernel.program
    shapes = {i.name: i.shape for i in program.inputs}
    sizes = {}
    for name, matrix in zip(shapes, given, strict=False):
        sizes |= {size: length for size, length in zip(shapes[name], matrix.shape, strict=True) if size.is_Symbol}
    arguments = list(given)
    for name in list(shapes)[len(given) :]:
        found = [S(size.xreplace(sizes)) for size in shapes[name]]
        lengths = tuple(int(size) if size.is_Integer else 3 for size in found)
        arguments.append(np.ones(lengths) + np.arange(np.prod(lengths)).reshape(lengths) / 7)
    return arguments


def symmetric(A):
    return (A + A.T) / 2 if A.shape[0] == A.shape[1] else A


def test_every_operation_with_such_places_is_taken_there():
    places = {name for name, record in RECORDS.items() if record.singular}
    assert places == PLACES.keys() | AT_KINKS.keys()


CASES = [
    pytest.param(name, *place, id=f"{name} {k}") for name, places in PLACES.items() for k, place in enumerate(places)
]


@pytest.mark.parametrize("name, where, message", CASES)
def test_no_derivative_is_an_error(name, where, message):
    kernel = kernel_of(name)
    given = where if isinstance(where, tuple) else (where,)
    if name == "rayleigh":
        given = (EYE, *given)
    arguments = arguments_for(kernel, *given)
    if RECORDS[name].example.split("\n")[0].endswith(("symmetric", "spd")):
        arguments = list(map(symmetric, arguments))
    with pytest.raises((LinAlgError, FloatingPointError), match=message):
        kernel(*arguments)
    with pytest.raises((LinAlgError, FloatingPointError), match=message):
        kernel(*(argument.astype(np.float32) for argument in arguments))


@pytest.mark.parametrize("name", AT_KINKS)
def test_kinks_have_a_subgradient(name):
    kernel = kernel_of(name)
    where, weights = AT_KINKS[name]
    for place, weight in enumerate(weights):
        moved = np.zeros(where.shape)
        moved.ravel()[place] = 1.0
        operands = [where] * (len(kernel.program.inputs) // 2)
        *_, differential = kernel(*operands, moved, *([np.zeros(where.shape)] * (len(operands) - 1)))
        expected = 0.0 if name.startswith("max_weights") else weight
        assert differential.sum() == pytest.approx(expected)


ELEMENTWISE = {
    "1 ./ X": (0.0, "divide by zero encountered in divide"),
    "reciprocal(X)": (0.0, "divide by zero encountered in divide"),
    "X ./ (X - X)": (1.0, "divide by zero encountered in divide"),
    "log(X)": (0.0, "divide by zero encountered in log"),
    "log(-X)": (1.0, "invalid value encountered in log"),
    "log1p(X)": (-1.0, "divide by zero encountered in log1p"),
    "sqrt(X)": (0.0, "divide by zero encountered in divide"),
    "sqrt(-X)": (1.0, "invalid value encountered in sqrt"),
    "X.^0.5": (0.0, "divide by zero encountered in power"),
    "X.^-2": (0.0, "divide by zero encountered in divide"),
    "X.^0.3": (0.0, "divide by zero encountered in power"),
    "asin(X)": (1.0, "divide by zero encountered in divide"),
    "acos(X)": (-1.0, "divide by zero encountered in divide"),
    "asin(X) ": (2.0, "invalid value encountered in"),
}


@pytest.mark.parametrize("expression", ELEMENTWISE)
def test_entries_without_a_derivative(expression):
    place, message = ELEMENTWISE[expression]
    kernel = compile_kernel(differentiate(read_program(f"X : n x m\nY = {expression}")))
    with pytest.raises(FloatingPointError, match=message):
        kernel(np.full((2, 2), place), np.ones((2, 2)))


@pytest.mark.parametrize("name, slope", [("relu", 0), ("abs", 0), ("sign", 0), ("step", 0), ("leaky_relu", 0.01)])
def test_kinks_of_functions(name, slope):
    kernel = compile_kernel(differentiate(read_program(f"X : n x m\nY = {name}(X)")))
    _, differential = kernel(np.zeros((1, 1)), np.ones((1, 1)))
    assert differential[0, 0] == slope


FACTS = {
    "S : n x n spd\nB : n x m\nY = S \\ B": (INDEFINITE, "chol: the matrix is not positive definite"),
    "S : n x n spd\nB : n x m\nY = inv(S)*B": (INDEFINITE, "not positive definite"),
    "S : n x n spd\nB : n x m\ny = logdet(S)*B": (INDEFINITE, "not positive definite"),
    "L : n x n lower\nB : n x m\nY = L \\ B": (np.tril(ONES, -1), "solve: .* entry 1 of its diagonal is zero"),
    "L : n x n upper\nB : n x m\nY = inv(L)": (np.diag([1.0, 0, 1]), "inv: .* entry 2 of its diagonal is zero"),
    "L : n x n lower\nB : n x m\nY = logdet(L)*B": (np.diag([1.0, 0, 1]), "logdet: .* diagonal is zero"),
    "D : n x n diagonal\nB : n x m\nY = D \\ B": (np.diag([1.0, 0, 1]), "divide by zero encountered in divide"),
    "D : n x n diagonal\nB : n x m\nY = inv(D)*B": (np.diag([1.0, 0, 1]), "divide by zero encountered in divide"),
    "A : n x n\nB : n x m\nY = A^-2*B": (ONES, "inv: the matrix is singular"),
    "A : n x n\nB : n x m\nY = B'*inv(A)*B": (ROUNDING, "solve: the matrix is singular"),
    "A : n x n\nB : n x m\nY = tr(inv(A))*B": (ROUNDING, "inv: the matrix is singular"),
    "A : n x m\nB : n x k\ny = logdet(A'*A)": (TALL, "logdet: the matrix is singular"),
}


@pytest.mark.parametrize("program", FACTS)
def test_structured_systems(program):
    """With a differential and without."""
    place, message = FACTS[program]
    program = read_program(program)
    for what in (program, differentiate(program, program.inputs[0].name)):
        kernel = compile_kernel(what)
        with pytest.raises((LinAlgError, FloatingPointError), match=message):
            kernel(*arguments_for(kernel, place))


def test_a_determinant_of_zero_is_a_value():
    value = compile_kernel(read_program("A : n x n\ny = det(A)"))
    assert value(ONES)[0, 0] == 0.0 and abs(value(ROUNDING)[0, 0]) < 1e-14


def test_values_alone_exist_where_vectors_do_not():
    assert (compile_kernel(read_program("A : n x n symmetric\ny = eigvalsh(A)"))(EYE) == 1).all()
    assert (compile_kernel(read_program("A : n x m\ny = svdvals(A)"))(ONES)[1:] < 1e-15).all()
    assert compile_kernel(read_program("x : n\ny = norm(x)"))(ORIGIN)[0, 0] == 0


def test_layer_normalisation_is_smooth_everywhere():
    kernel = kernel_of("layernorm")
    value, differential = kernel(ONES, EYE)
    assert (value == 0).all() and np.isfinite(differential).all()


@pytest.mark.filterwarnings("ignore:invalid value", "ignore:overflow", "ignore:divide by zero")
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("name", RECORDS)
def test_what_is_no_number_is_passed_on_or_named(name, bad):
    """Never taken for a matrix that is singular, indefinite, or does not converge."""
    kernel = kernel_of(name)
    program = read_program(RECORDS[name].example)
    sizes, random = numbers_for(program, (4, 4, 3, 5)), np.random.default_rng(0)
    given = [sample_input(i, sizes, random) for i in program.inputs]
    given[0] = given[0].copy()
    given[0][0, 0] = bad
    try:
        kernel(*given, *given)
    except LinAlgError as error:
        assert "an entry is infinite or not a number" in str(error)
    except FloatingPointError as error:
        assert "invalid value" in str(error)
