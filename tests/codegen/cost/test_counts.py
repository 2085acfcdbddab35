"""Flops: the counts themselves, and kernels beside what a careful author would write by hand with NumPy and SciPy.

The hand-written versions are written down here as lists of what they compute, each counted by a formula of its own.
"""

from __future__ import annotations

from fractions import Fraction

import pytest
from schedules import schedule_of
from sympy import Symbol

from codegen.cost import FUNCTION, flops, formula
from codegen.kernel import compile_kernel
from codegen.operations import INVERSES
from symbolic.differential import differentiate
from symbolic.language.read import read_program
from symbolic.operations import DEFINITIONS, OPERATIONS

SIZES = {"n": 64, "m": 48, "k": 32, "p": 40, "q": 24, "h": 16}
N, M, K, P, Q, H = SIZES.values()
WORST = 1.5


# What a step of a hand-written version costs


def dot(rows, inner, cols):
    return 2 * rows * inner * cols


def each(*sizes, times=1):
    product = times
    for size in sizes:
        product *= size
    return product


def function(*sizes):
    return each(*sizes, times=FUNCTION)


def getrf(n):
    return Fraction(2, 3) * n**3


def getrs(n, right):
    return 2 * n * n * right


def getri(n):
    return Fraction(4, 3) * n**3


def potrf(n):
    return Fraction(1, 3) * n**3


def potri(n):
    return Fraction(2, 3) * n**3


def trtrs(n, right):
    return n * n * right


def eigh(n):
    return 9 * n**3


def eig(n):
    return 27 * n**3


def svd(rows, cols):
    least = min(rows, cols)
    return 6 * rows * cols * least + 20 * least**3


def qr(rows, cols):
    return 4 * rows * cols**2 - Fraction(4, 3) * cols**3


def schur(n):
    return 25 * n**3


def trsyl(rows, cols):
    return rows * cols * (rows + cols)


EXPM, LOGM = 20, 40

# Value and differential with respect to all inputs, for the example of each operation

FREE = ("hstack", "vstack", "slice", "reshape", "rearrange", "diag", "diagonal", "tril", "triu", "vec")
"""They only move entries."""

A_AND_dA = each(N, M, times=2)
SOFTMAX = [each(N, M), each(N, M), function(N, M), each(N, M), each(N, M)]
"""Largest, difference, exp, sum, quotient."""
SVD_STEP = [svd(N, M), dot(N, M, M), dot(M, N, M)]
"""U, s, V; dA V; P = U'(dA V)."""
SINGULAR_VECTORS = [*SVD_STEP, each(M, M, times=8), dot(N, M, M), dot(M, M, M), each(N, M, times=3), dot(N, M, M)]
BY_BLOCKS = 8

HAND = {
    "matrix_power": [6 * dot(N, N, N), 2 * each(N, N)],
    "kron": [each(N, M, P, Q, times=4)],
    "sum": [A_AND_dA], "sum_1": [A_AND_dA], "sum_2": [A_AND_dA], "tr": [2 * N],
    "det": [getrf(N), getri(N), each(N, N, times=2)],
    "logdet": [getrf(N), getri(N), each(N, N, times=2)],
    **dict.fromkeys(("max", "max_1", "max_2", "min", "min_1", "min_2"), (each(N, M, times=4),)),
    **dict.fromkeys(("max_weights", "max_weights_1", "max_weights_2"), (each(N, M), each(N, M), each(N, M))),
    **dict.fromkeys(("logsumexp", "logsumexp_1", "logsumexp_2"), (*SOFTMAX[:4], each(N, M, times=2))),
    "inv": [getrf(N), getri(N), 2 * dot(N, N, N), each(N, N)],
    "solve": [getrf(N), getrs(N, K), dot(N, N, K), each(N, K), getrs(N, K)],
    "pinv": [svd(N, M), dot(M, M, N), 5 * dot(M, N, M), each(M, N, times=3)],
    "expm": [3 * EXPM * N**3],
    **dict.fromkeys(("sinm", "cosm"), (3 * 4 * EXPM * N**3,)),
    "logm": [eigh(N), dot(N, N, N), 4 * dot(N, N, N), function(N, N)],
    "sqrtm": [eigh(N), dot(N, N, N), 4 * dot(N, N, N), each(N, N, times=2)],
    "expm_frechet": [3 * EXPM * BY_BLOCKS * N**3],
    **dict.fromkeys(("sinm_frechet", "cosm_frechet"), (3 * 4 * EXPM * BY_BLOCKS * N**3,)),
    "logm_frechet": [LOGM * BY_BLOCKS**2 * N**3],
    "sylvester": [schur(N), schur(M), 2 * trsyl(N, M), 4 * dot(N, N, M), 4 * dot(N, M, M), dot(N, N, M), dot(N, M, M)],
    "chol": [potrf(N), 2 * trtrs(N, N), N**3],
    **dict.fromkeys(("lu_l", "lu_u"), (getrf(N), 2 * trtrs(N, N), N**3)),
    "eigvalsh": [eigh(N), dot(N, N, N), each(N, N, times=2)],
    "eigvecsh": [eigh(N), 3 * dot(N, N, N), each(N, N, times=3)],
    "eigval": [eig(N), dot(1, N, N)],
    "eigvec": [eig(N), dot(N, N, 1), each(N, N, times=3), getrf(N), getrs(N, 1)],
    "svdvals": [svd(N, M), dot(N, M, M), each(N, M, times=2)],
    "svd_u": SINGULAR_VECTORS,
    "svd_v": SINGULAR_VECTORS,
    "sym": [each(N, N, times=4)], "skew": [each(N, N, times=4)],
    "outer": [each(N, M, times=4)],
    "inner": [each(N, M, times=6)],
    "mean": [A_AND_dA], "mean_1": [A_AND_dA], "mean_2": [A_AND_dA],
    **dict.fromkeys(("var", "var_1", "var_2"), (each(N, M, times=4), each(N, M, times=2))),
    **dict.fromkeys(("maximum", "minimum"), (each(N, M, times=3),)),
    "norm": [each(N, M, times=4)], "norm_1": [each(N, times=4)], "norm_2": [each(N, times=4)],
    "sqnorm": [each(N, M, times=4)], "sqnorm_2": [each(N, times=4)],
    **dict.fromkeys(("opnorm", "nucnorm"), (svd(N, M), dot(N, M, M), each(N, M, times=2))),
    "quadform": [3 * dot(N, N, 1), 3 * dot(1, N, 1)],
    "bilinear": [dot(1, N, M), dot(N, M, 1), dot(1, N, M), 4 * dot(1, N, 1)],
    "rayleigh": [3 * dot(N, N, 1), 5 * dot(1, N, 1)],
    "proj": [svd(N, M), dot(N, M, N), dot(N, M, M), 2 * dot(M, N, M), dot(N, M, N), each(N, N, times=3)],
    "lyapunov": [schur(N), 2 * trsyl(N, N), 8 * dot(N, N, N), 2 * dot(N, N, N)],
    "softmax": [function(N), each(N, times=8)],
    **dict.fromkeys(("softmax_1", "softmax_2"), (*SOFTMAX, each(N, M, times=4))),
    "log_softmax": [function(N), each(N, times=8)],
    **dict.fromkeys(("log_softmax_1", "log_softmax_2"), (*SOFTMAX, each(N, M), each(N, M, times=3))),
    "layernorm": [each(N, M, times=5), each(N, M, times=7)],
    "cross_entropy": [*SOFTMAX, each(N, M, times=3), each(N, M, times=7)],
    "attention": [
        dot(N, K, M), each(N, M), *SOFTMAX, dot(N, M, P), 2 * dot(N, K, M), each(N, M, times=6), 2 * dot(N, M, P),
    ],
    "affine": [3 * dot(N, M, K), each(N, K, times=4)],
}  # fmt: skip
"""For each example, the steps of the best version by hand that is known to this file."""

SMALL = {
    "qr_q": [qr(5, 3), dot(3, 5, 3), trtrs(3, 3), 2 * dot(5, 3, 3), each(5, 3, times=2), trtrs(3, 5), each(3, 3)],
    "qr_r": [qr(5, 3), dot(3, 5, 3), trtrs(3, 3), each(3, 3, times=2), dot(3, 3, 3)],
}
HAND |= SMALL


def compiled(text, wrt=None):
    return compile_kernel(differentiate(read_program(text), wrt), sizes={})


def kernel_flops(text):
    program = read_program(text)
    sizes = {str(size): SIZES.get(str(size), 8) for size in program.sizes}
    return flops(compile_kernel(differentiate(program), sizes=sizes).schedule)


def test_every_example_is_written_by_hand():
    assert HAND.keys() | set(FREE) >= OPERATIONS.keys() | DEFINITIONS.keys()


@pytest.mark.parametrize("name", OPERATIONS | DEFINITIONS)
def test_kernels_cost_little_more_than_by_hand(name, record_property):
    record = (OPERATIONS | DEFINITIONS)[name]
    by_hand, found = float(sum(HAND.get(name, [0]))), kernel_flops(record.example)
    record_property("ratio", found / by_hand if by_hand else 0.0)
    assert found <= WORST * by_hand


HALVES = {
    "Y = matmul A B": 2 * N * M * N,
    "Y = matmul A B symmetric=1": N * M * N,
    "Y = matmul A B gram=1 symmetric=1": N * M * N,
    "Y = matmul L A lower=1 side=0": N * N * M,
    "Y = matmul B L lower=1 side=1": N * N * M,
    "Y = matmul L U gram=1 lower=1 side=0 symmetric=1": Fraction(N**3, 3),
}
"""Of A n×m, B m×n, L and U n×n."""


@pytest.mark.parametrize("line", HALVES)
def test_half_of_a_product_costs_half(line):
    schedule = schedule_of(f"A:n,m B:m,n L:n,n U:n,n\n{line}\nZ = matmul B A\nreturn Y Z", SIZES)
    assert flops(schedule) == int(HALVES[line]) + 2 * M * N * M
    assert schedule.size(formula(schedule)) == flops(schedule)


PROGRAMS = {
    "a : n\nX : n x n\nb : n\ny = a'*inv(X)*b": [getrf(N), 2 * getrs(N, 1), dot(N, N, 1), 4 * dot(1, N, 1)],
    "A : n x n\nB : n x n\ny = tr(inv(A)*B)": [getrf(N), getri(N), 2 * dot(N, N, N), each(N, N, times=6)],
    "X : n x m\ny = logdet(X'*X)": [dot(M, N, M), potrf(M), getrs(M, N), each(N, M, times=2)],
    "S : n x n spd\nB : n x k\nC : n x p\nY = S \\ B\nZ = S \\ C\nreturn Y, Z": [
        potrf(N), 2 * getrs(N, K + P), dot(N, N, K + P), each(N, K + P),
    ],
    "A : n x n\nB : n x m\nC : m x m\nY = inv(A)*B*inv(C)": [
        getrf(N), getrf(M), getrs(N, M), getrs(M, N), dot(N, N, M), dot(N, M, M), each(N, M, times=2), getrs(N, M),
        getrs(M, N),
    ],
    "A : n x n\nb : n\nx = A \\ b\ny = logdet(A)\nreturn x, y": [
        getrf(N), 2 * getrs(N, 1), dot(N, N, 1), getri(N), each(N, N, times=2),
    ],
    "S : n x n spd\nb : n\nx = S \\ b\ny = logdet(S)\nreturn x, y": [
        potrf(N), 2 * getrs(N, 1), dot(N, N, 1), potri(N), each(N, N, times=2),
    ],
    "S : n x n spd\nb : n\nx = S \\ b\nL = chol(S)\nreturn x, L": [
        potrf(N), 2 * getrs(N, 1), dot(N, N, 1), 2 * trtrs(N, N), N**3,
    ],
    "L : n x n lower\nB : n x k\nY = L \\ B": [2 * trtrs(N, K), dot(N, N, K), each(N, K)],
    "x : n\nB : n x m\nY = inv(diag(x))*B": [each(N), each(N, M, times=4), each(N)],
    "A : n x k\nx : n\nB : k x m\nY = diag(x)*A*B": [3 * dot(N, K, M), each(N, M, times=4), each(N, K, times=2)],
    "X : n x m\nW : m x k\nP : n x k\ny = cross_entropy(X*W, P)": [
        3 * dot(N, M, K), each(N, K), function(N, K), each(N, K, times=4), each(N, K, times=10),
    ],
    "X : n x m\nW : m x m\nV : m x m\nY = attention(X*W, X*V, X)": [
        5 * dot(N, M, M), 3 * dot(N, M, N), 2 * dot(N, N, M), function(N, N), each(N, N, times=11), each(N, M, times=3),
    ],
    "A : n x m\nW : m x k\nb : k\nY = layernorm(affine(A, W, b))": [
        3 * dot(N, M, K), each(N, K, times=4), each(N, K, times=12),
    ],
    "S : n x n spd\nm : n\nx : n\ny = logdet(S) + (x - m)'*inv(S)*(x - m)": [
        potrf(N), potri(N), each(N, N, times=2), getrs(N, 1), dot(N, N, 1), 6 * dot(1, N, 1),
    ],
}  # fmt: skip
"""Programs of several operations, and the best version by hand."""


@pytest.mark.parametrize("text", PROGRAMS)
def test_programs_cost_little_more_than_by_hand(text, record_property):
    by_hand, found = float(sum(PROGRAMS[text])), kernel_flops(text)
    record_property("ratio", found / by_hand)
    assert found <= WORST * by_hand


# No inverse where a solve serves


IN_FULL = {"inv", "matrix_power", "det", "logdet"}
"""Examples that return an inverse, or sum its entries times others."""


@pytest.mark.parametrize("name", OPERATIONS | DEFINITIONS)
def test_an_inverse_is_formed_only_where_its_entries_are_needed(name):
    kernel = compiled((OPERATIONS | DEFINITIONS)[name].example)
    assert name in IN_FULL or not inverses_in(kernel)


@pytest.mark.parametrize(
    "expression, needed",
    [
        ("inv(A)*B", False),
        ("B'*inv(A)", False),
        ("inv(A)'*B", False),
        ("B'*inv(A)'", False),
        ("2*inv(A)*B", False),
        ("-inv(A)*B", False),
        ("B'*inv(A)*B", False),
        ("(inv(A)*B)'", False),
        ("inv(A)*inv(A + B*B')*B", False),
        ("inv(A*A)*B", False),
        ("tr(inv(A)*B*B')", False),
        ("diag(B*ones(3,1))*inv(A)*B", False),
        ("inv(A)", True),
        ("inv(A) .* A", True),
        ("inv(A)*B + sin(inv(A))*B", True),
        ("tr(inv(A)*A)", True),
    ],
)
def test_products_with_inverses_are_solves(expression, needed):
    kernel = compile_kernel(read_program(f"A : n x n\nB : n x 3\nY = {expression}"))
    assert bool(inverses_in(kernel)) == needed


def inverses_in(kernel):
    return [instr for instr in kernel.schedule.instrs if instr.op in INVERSES]


# The counts


def test_a_formula_in_the_sizes():
    kernel = compile_kernel(read_program("A : n x m\nB : m x k\nY = sin(A*B) + A*B"))
    n, m, k = (size for size in kernel.program.sizes)
    assert formula(kernel.schedule) == 2 * n * m * k + (FUNCTION + 1) * n * k
    assert flops(kernel.schedule) == 2 * 64**3 + (FUNCTION + 1) * 64**2


def test_chains_are_counted_from_left_to_right():
    schedule = schedule_of("A:n,n B:n,n v:n,1\nY = matmul A B v\nreturn Y", {"n": 10})
    assert flops(schedule) == 2 * 1000 + 2 * 100


def test_every_formula_is_a_polynomial_with_known_sizes():
    for record in (OPERATIONS | DEFINITIONS).values():
        kernel = compiled(record.example)
        assert {s for s in formula(kernel.schedule).free_symbols if isinstance(s, Symbol)} <= set(kernel.program.sizes)
