"""Kernels for k directions: the values once, the linear part for each, and what that costs."""

import numpy as np
import pytest
from faults import with_fault

from codegen.cost import flops
from codegen.kernel import compile_kernel
from codegen.linear.directions import compile_directions
from codegen.linear.linearization import compile_linearization
from codegen.linear.program import pushforward_of
from codegen.linear.split import split
from codegen.verify import verify_kernel
from symbolic.differential import differentiate
from symbolic.errors import NotSupported
from symbolic.language.read import read_program
from symbolic.operations import OPERATIONS

SEED = "X0 : n x m; X1 = X0*W1; X2 = sin(X1); X3 = X2*W2; X4 = f(X3)"
PROGRAMS = (
    SEED,
    "A : n x n; Y = A \\ B",
    "X : n x m; Y = softmax(X, 2)*W; z = sum(Y)",
    "A : n x n; Y = expm(A)*A'",
    "A : n x n; Y = sigmoid(A)*inv(A) + A",
    "S : n x n spd; L = chol(S)",
    "X : n x m; Y = X; Z = 5*ones(n,m)",
    "k : k x 2; state : 2 x k; direction = k*state",
)
"""The last one has the names that the kernel itself would like to use."""


def derived(text, wrt=None):
    return differentiate(read_program(text, "program"), wrt)


@pytest.mark.parametrize("text", PROGRAMS)
def test_the_check_passes(text):
    assert verify_kernel(compile_directions(derived(text))).passed


def test_each_direction_is_that_of_the_kernel_for_one():
    differential = derived(SEED, "X0")
    one, many = compile_kernel(differential), compile_directions(differential)
    random = np.random.default_rng(0).standard_normal
    X0, W1, W2, directions = (random(shape) for shape in ((5, 2), (2, 4), (4, 3), (6, 5, 2)))
    value, moved = many(X0, W1, W2, directions, f=np.sin, df=np.cos)
    assert moved.shape == (6, 5, 3)
    for direction, found in zip(directions, moved, strict=True):
        expected_value, expected = one(X0, W1, W2, direction, f=np.sin, df=np.cos)
        assert np.array_equal(value, expected_value)
        assert np.abs(found - expected).max() < 1e-14
    assert many(X0, W1, W2, directions[:0], f=np.sin, df=np.cos)[1].shape == (0, 5, 3)


def test_what_no_direction_moves_has_no_differential():
    differential = derived("X : n x m; A : n x n; Y = sin(X); Z = A*A; return Y, Z", "X")
    X, A = np.ones((3, 2)), np.ones((3, 3))
    *_, moved, still = compile_directions(differential)(X, A, np.ones((4, 3, 2)))
    assert (moved == np.cos(1.0)).all() and still.shape == (4, 3, 3) and not still.any()
    linearized = compile_linearization(differential, pushforward_of(differential))
    *_, state = linearized(X, A)
    linearized.apply(state, X)[1][:] = 7.0  # results are new
    assert not linearized.apply(state, X)[1].any()


def test_no_function_is_evaluated_once_more_for_more_directions():
    calls = []
    kernel = compile_directions(derived(SEED, "X0"))
    X0, W1, W2 = np.ones((5, 2)), np.ones((2, 4)), np.ones((4, 3))
    for count in (1, 7):
        calls.clear()
        functions = {name: lambda X, name=name: calls.append(name) or X for name in ("f", "df")}
        kernel(X0, W1, W2, np.ones((count, 5, 2)), **functions)
        assert calls == ["f", "df"]


def test_shapes_are_explained():
    kernel = compile_directions(derived(SEED, "X0"))
    arguments = [np.ones((5, 2)), np.ones((2, 4)), np.ones((4, 3))]
    with pytest.raises(ValueError, match=r"dX0 has shape \(5, 2\), expected k x n x m"):
        kernel(*arguments, np.ones((5, 2)), f=np.sin, df=np.cos)
    with pytest.raises(ValueError, match=r"dX0 has shape \(3, 4, 2\), expected k x n x m with n = 5 from X0"):
        kernel(*arguments, np.ones((3, 4, 2)), f=np.sin, df=np.cos)
    assert kernel(*arguments, np.ones((3, 5, 2), int).tolist(), f=np.sin, df=np.cos)[1].shape == (3, 5, 3)


def test_a_second_differential_along_one_direction_is_refused():
    with pytest.raises(NotSupported, match="not linear"):
        compile_directions(differentiate(read_program("X : n x n; Y = X*X", "program"), order=2))


@pytest.mark.parametrize("right, wrong", [
    ("dX2 @ W2", "(2.0 * dX2) @ W2"),
    ("_along(state, dX0[first:last])", "_along(state, dX0[0:1])"),
    ("dX0 @ W1", "abs(dX0) @ W1"),
    ("X2, cos_X1 = _sin_cos(X1)", "cos_X1, X2 = _sin_cos(X1)"),
])  # fmt: skip
def test_faults_are_caught(right, wrong):
    assert not verify_kernel(with_fault(compile_directions(derived(SEED, "X0")), right, wrong)).passed


# What it costs

COSTLIER = {
    "matrix_power": (1, 2.1, "A δA + δA A, two products beside one"),
    "inv": (1, 2.1, "two products beside an inverse"),
    "solve": (1, 1.52, "a product and a system, and a sign"),
    "det": (3, 0.1, "an inverse, once"),
    "logdet": (3, 0.1, "an inverse, once"),
    **dict.fromkeys(("max", "max_1", "max_2"), (1, 3, "a mask and two sums beside a comparison")),
    **dict.fromkeys(("chol", "lu_l", "lu_u"), (1, 2.5, "two products for each one of the factorisation")),
    "qr_q": (1, 2, "a system and two products beside a factorisation"),
    "eigvalsh": (6.8, 1.6, "the vectors, once"),
    "svdvals": (6.6, 0.6, "the vectors, once"),
    **dict.fromkeys(("expm_frechet", "sinm_frechet", "cosm_frechet"), (1, 3, "9 products for 3")),
    "logm_frechet": (1, 4, "a second derivative by squaring beside one by eigenvalues"),
}
"""What costs more than (1 + 1.5 k) times the values for k directions of an operation by itself: `once` and for each
direction, in these; decision 0026 says what is known not to be necessary."""


@pytest.mark.parametrize("text, name", [
    *((operation.example, name) for name, operation in OPERATIONS.items() if name not in COSTLIER),
    (SEED, ""), ("A : n x m; B : m x k; Y = A*B", ""), ("A : n x m; B : n x m; Y = exp(A .* B)", ""),
])  # fmt: skip
def test_k_directions_take_at_most_one_and_a_half_times_the_values_each(text, name):
    program = read_program(text, "program")
    values = flops(compile_kernel(program).schedule)
    for given in program.inputs:
        kernel = compile_directions(differentiate(program, given.name))
        for directions in (1, 4, 16):
            assert kernel.flops(directions) <= (1 + 1.5 * directions) * values


@pytest.mark.parametrize("name", COSTLIER)
def test_what_is_said_to_cost_more_does_and_no_more_than_is_said(name):
    once, each, _ = COSTLIER[name]
    program = read_program(OPERATIONS[name].example, "program")
    values = flops(compile_kernel(program).schedule)
    kernels = [compile_directions(differentiate(program, given.name)) for given in program.inputs]
    assert any(kernel.flops(1) > 2.5 * values for kernel in kernels)
    for kernel in kernels:
        assert kernel.flops(0) <= 1.001 * once * values
        assert kernel.flops(1) - kernel.flops(0) <= 1.001 * each * values


def test_the_values_are_computed_once():
    parts = split(pushforward_of(derived(SEED, "X0")))
    assert [instr.op for instr in parts.along.instrs] == ["matmul", "multiply", "matmul", "multiply"]
    assert parts.flops(5) - parts.flops(4) == parts.flops(1) - parts.flops(0)
    assert {"W1", "W2", "δX0"} < set(parts.along.inputs)


def test_the_second_half_never_writes_over_what_the_first_gave():
    for text in PROGRAMS[:-1]:
        parts = split(pushforward_of(derived(text)))
        own = {instr.out for instr in parts.along.instrs}
        assert all(instr.into is None or instr.into in own for instr in parts.along.instrs)
