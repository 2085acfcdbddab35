"""Known differentials of the literature: derived, printed as a mathematician would, and true.

The numbers are those of the Matrix Cookbook (2012); Giles is his "Extended collection of matrix derivative results".
"""

from __future__ import annotations

import pytest
from oracles import TIGHT, complex_step, relative_error, tangent_values

from codegen.sampling import sample
from symbolic.differential import differentiate
from symbolic.exact import differential_holds, is_checkable
from symbolic.language.read import read_program

IDENTITIES = {
    "MC34 multiple": ("X : n x m\nY = 1.7*X", "X", "δY = 1.7 δX"),
    "MC35 sum": ("X : n x m\nZ : n x m\nY = X + Z", "X Z", "δY = δX + δZ"),
    "MC36 trace": ("X : n x n\ny = tr(X)", "X", "δy = tr(δX)"),
    "MC37 product": ("X : n x m\nZ : m x k\nY = X*Z", "X Z", "δY = δX Z + X δZ"),
    "MC38 Hadamard product": ("X : n x m\nZ : n x m\nY = X .* Z", "X Z", "δY = δX ⊙ Z + X ⊙ δZ"),
    "MC39 Kronecker product": ("X : n x m\nZ : p x q\nY = kron(X, Z)", "X Z", "δY = δX ⊗ Z + X ⊗ δZ"),
    "MC40 inverse": ("X : n x n\nY = X^-1", "X", "δY = -Y δX Y"),
    "MC42 determinant": ("X : n x n\ny = det(X)", "X", "δy = y tr(X⁻¹ δX)"),
    "MC43 log det": ("X : n x n\ny = logdet(X)", "X", "δy = tr(X⁻¹ δX)"),
    "MC44 transpose": ("X : n x m\nY = X'", "X", "δY = δXᵀ"),
    "MC51 det(AXB)": ("A : 2 x 3\nB : 3 x 2\nX : 3 x 3\ny = det(A*X*B)", "X", "δy = y tr(B (A X B)⁻¹ A δX)"),
    "MC55 log det(X'X)": ("R : 5 x 3\ny = logdet(R'*R)", "R", "δy = 2 tr((Rᵀ R)⁻¹ Rᵀ δR)"),
    "MC57 log det(X'AX)": (
        "R : 5 x 3\nA : 5 x 5 symmetric\ny = logdet(R'*A*R)", "R", "δy = 2 tr((Rᵀ A R)⁻¹ Rᵀ A δR)"
    ),
    "MC58 det(X^k)": ("X : n x n\ny = det(X^3)", "X", None),
    "MC61 a'inv(X)b": ("a : n\nb : n\nX : n x n\ny = a'*inv(X)*b", "X", "δy = -aᵀ X⁻¹ δX X⁻¹ b"),
    "MC62 det(inv(X))": ("X : n x n\ny = det(inv(X))", "X", None),
    "MC63 tr(A inv(X) B)": (
        "A : n x n\nB : n x n\nX : n x n\ny = tr(A*inv(X)*B)", "X", "δy = -tr(X⁻¹ B A X⁻¹ δX)"
    ),
    "MC64 tr(inv(X+A))": ("A : n x n\nX : n x n\ny = tr(inv(X + A))", "X", None),
    "MC69 a'x": ("a : n\nx : n\ny = a'*x", "x", "δy = aᵀ δx"),
    "MC70 a'Xb": ("a : n\nb : m\nX : n x m\ny = a'*X*b", "X", "δy = aᵀ δX b"),
    "MC71 a'X'b": ("a : m\nb : n\nX : n x m\ny = a'*X'*b", "X", "δy = bᵀ δX a"),
    "MC72 a'Xa": ("a : n\nX : n x n\ny = a'*X*a", "X", "δy = aᵀ δX a"),
    "MC77 b'X'Xc": ("b : m\nc : m\nX : n x m\ny = b'*X'*X*c", "X", "δy = cᵀ Xᵀ δX b + bᵀ Xᵀ δX c"),
    "MC78 (Bx+b)'C(Dx+d)": (
        "x : m\nB : n x m\nb : n\nC : n x h\nD : h x m\nd : h\ny = (B*x + b)'*C*(D*x + d)", "x",
        "δy = ((D x + d)ᵀ Cᵀ B + (B x + b)ᵀ C D) δx",
    ),
    "MC79 (X'BX)": ("X : n x m\nB : n x n\nY = X'*B*X", "X", "δY = δXᵀ B X + Xᵀ B δX"),
    "MC81 x'Bx": ("x : n\nB : n x n\ny = x'*B*x", "x", "δy = xᵀ (Bᵀ + B) δx"),
    "MC82 b'X'DXc": (
        "b : m\nc : m\nD : n x n\nX : n x m\ny = b'*X'*D*X*c", "X", "δy = cᵀ Xᵀ Dᵀ δX b + bᵀ Xᵀ D δX c"
    ),
    "MC84 (x-As)'W(x-As)": (
        "x : n\nA : n x m\ns : m\nW : n x n symmetric\ny = (x - A*s)'*W*(x - A*s)", "s", None,
    ),
    "MC91 a'X^k b": ("a : n\nb : n\nX : n x n\ny = a'*X^3*b", "X", None),
    "log of det": ("X : n x n\ny = log(det(X))", "X", "δy = tr(X⁻¹ δX)"),
    "power of det": ("X : n x n\ny = det(X)^3", "X", "δy = 3 y tr(X⁻¹ δX)"),
    "Gaussian residual": (
        "x : n\nA : n x m\ns : m\nW : n x n symmetric\ny = (x - A*s)'*W*(x - A*s)", "A", "δy = -2 (x - A s)ᵀ W δA s"
    ),
    "quadratic form of a product": (
        "X : n x n\nC : n x n\na : n\nb : n\ny = (X*a + b)'*C*(X*a + b)", "X", "δy = (X a + b)ᵀ (Cᵀ + C) δX a"
    ),
    "tr of a solution": (
        "X : n x m\nA : n x n symmetric\nB : n x n symmetric\ny = tr((X'*A*X) \\ (X'*B*X))", "X",
        "δy = 2 tr((Xᵀ A X)⁻¹ Xᵀ (B - B X (Xᵀ A X)⁻¹ Xᵀ A) δX)",
    ),
    "length of a difference": ("x : n\na : n\ny = norm(x - a)", "x", "δy = sum((x - a) ⊙ δx) / y"),
    "square of an inverse": ("A : n x n\nX : n x n\ny = tr(inv(X + A))", "X", "δy = -tr((X + A)⁻² δX)"),
    "tr of expm": ("X : n x n\ny = tr(expm(X))", "X", "δy = tr(expm(X) δX)"),
    "tr of sinm": ("X : n x n\ny = tr(sinm(X))", "X", "δy = tr(cosm(X) δX)"),
    "tr of cosm": ("X : n x n\ny = tr(cosm(X))", "X", "δy = -tr(sinm(X) δX)"),
    "tr of logm": ("X : n x n spd\ny = tr(logm(X))", "X", "δy = tr(X⁻¹ δX)"),
    "tr of sqrtm": ("X : n x n spd\ny = tr(sqrtm(X))", "X", "δy = 0.5 tr(sqrtm(X)⁻¹ δX)"),
    "sum of eigenvalues": ("A : n x n symmetric\ny = sum(eigvalsh(A))", "A", "δy = tr(δA)"),
    "nuclear norm": ("A : n x m\ny = nucnorm(A)", "A", "δy = tr(svd_v(A) svd_u(A)ᵀ δA)"),
    "logistic loss": (
        "X : n x m\nw : m\nt : n\ny = -(t'*log(sigmoid(X*w)) + (1 - t)'*log(1 - sigmoid(X*w)))", "w",
        "δy = -tᵀ ((1 - sigmoid(X w)) ⊙ (X δw)) + (1 - t)ᵀ (sigmoid(X w) ⊙ (X δw))",
    ),
    "MC99 tr(X)": ("X : n x n\ny = tr(X)", "X", "δy = tr(δX)"),
    "MC100 tr(XA)": ("A : m x n\nX : n x m\ny = tr(X*A)", "X", "δy = tr(A δX)"),
    "MC101 tr(AXB)": ("A : p x n\nB : m x p\nX : n x m\ny = tr(A*X*B)", "X", "δy = tr(B A δX)"),
    "MC102 tr(AX'B)": ("A : p x m\nB : n x p\nX : n x m\ny = tr(A*X'*B)", "X", "δy = tr(Aᵀ Bᵀ δX)"),
    "MC105 tr(A kron X)": ("A : p x p\nX : n x n\ny = tr(kron(A, X))", "X", "δy = tr(A) tr(δX)"),
    "MC106 tr(X^2)": ("X : n x n\ny = tr(X^2)", "X", "δy = 2 tr(X δX)"),
    "MC107 tr(X^2 B)": ("X : n x n\nB : n x n\ny = tr(X^2*B)", "X", "δy = tr((X B + B X) δX)"),
    "MC108 tr(X'BX)": ("X : n x m\nB : n x n\ny = tr(X'*B*X)", "X", "δy = tr(Xᵀ (Bᵀ + B) δX)"),
    "MC109 tr(BXX')": ("X : n x m\nB : n x n\ny = tr(B*X*X')", "X", "δy = tr(Xᵀ (B + Bᵀ) δX)"),
    "MC113 tr(AXBX)": ("A : m x n\nB : m x n\nX : n x m\ny = tr(A*X*B*X)", "X", "δy = tr((B X A + A X B) δX)"),
    "MC115 tr(X'X)": ("X : n x m\ny = tr(X'*X)", "X", "δy = 2 tr(Xᵀ δX)"),
    "MC116 tr(BX'CXB)": (
        "X : n x m\nB : m x m\nC : n x n\ny = tr(B*X'*C*X*B)", "X", "δy = tr(((Bᵀ)² Xᵀ Cᵀ + B² Xᵀ C) δX)"
    ),
    "MC118 tr(AXBX'C)": (
        "A : n x n\nB : m x m\nC : n x n\nX : n x m\ny = tr(A*X*B*X'*C)", "X", None,
    ),
    "MC119 tr((AXB+C)(AXB+C)')": (
        "A : p x n\nB : m x q\nC : p x q\nX : n x m\nZ = A*X*B + C\ny = tr(Z*Z')", "X", "δy = 2 tr(B Zᵀ A δX)"
    ),
    "MC121 tr(X^k)": ("X : n x n\ny = tr(X^3)", "X", "δy = 3 tr(X² δX)"),
    "MC124 tr(A inv(X) B)": ("A : n x n\nX : n x n\ny = tr(A*inv(X))", "X", "δy = -tr(X⁻¹ A X⁻¹ δX)"),
    "MC125 tr(inv(X'CX)A)": (
        "X : 5 x 3\nC : 5 x 5 symmetric\nA : 3 x 3\ny = tr(inv(X'*C*X)*A)", "X", None,
    ),
    "MC126 tr(inv(X'CX)(X'BX))": (
        "X : 5 x 3\nC : 5 x 5 symmetric\nB : 5 x 5 symmetric\ny = tr(inv(X'*C*X)*(X'*B*X))", "X", None,
    ),
    "MC129 norm of x - a": ("x : n\na : n\ny = norm(x - a)", "x", None),
    "MC132 squared norm": ("X : n x m\ny = sqnorm(X)", "X", "δy = 2 sum(X ⊙ δX)"),
    "xx'": ("x : n\nY = x*x'", "x", "δY = δx xᵀ + x δxᵀ"),
    "Giles inverse product": ("X : n x n\nB : n x k\nC = X \\ B", "X B", "δC = X \\ (δB - δX C)"),
    "elementwise": ("X : n x m\nY = tanh(X)", "X", "δY = (1 - Y ⊙ Y) ⊙ δX"),
    "seed, X0": (
        "X0 : n x m\nX1 = X0*W1\nX2 = f(X1)\nX3 = X2*W2\nX4 = f(X3)", "X0", "δX4 = f'(X3) ⊙ ((f'(X1) ⊙ (δX0 W1)) W2)"
    ),
    "seed, W1": (
        "X0 : n x m\nX1 = X0*W1\nX2 = f(X1)\nX3 = X2*W2\nX4 = f(X3)", "W1", "δX4 = f'(X3) ⊙ ((f'(X1) ⊙ (X0 δW1)) W2)"
    ),
    "seed, W2": ("X0 : n x m\nX1 = X0*W1\nX2 = f(X1)\nX3 = X2*W2\nX4 = f(X3)", "W2", "δX4 = f'(X3) ⊙ (X2 δW2)"),
    "bias": (
        "X0 : n x m\nb : h\nX1 = X0*W1 + ones(n,1)*b'\nY = f(X1)", "X0 W1 b",
        "δY = f'(X1) ⊙ (δX0 W1 + X0 δW1 + ones(n, 1) δbᵀ)",
    ),
    "softmax": ("x : n\ns = softmax(x)", "x", "δs = s ⊙ (δx - sum(s ⊙ δx))"),
    "matrix exponential": ("X : n x n\nY = expm(X)", "X", "δY = expm_frechet(X, δX)"),
    "Giles Cholesky": (
        "S : n x n spd\nL = chol(S)", "S", "δL = L (tril((L \\ δS) / Lᵀ) - 0.5 diag(diagonal((L \\ δS) / Lᵀ)))"
    ),
    "Magnus eigenvalues": (
        "S : n x n symmetric\nl, V = eigh(S)", "S",
        "δl = diagonal(Vᵀ δS V)\nδV = V ((1 ⊘ (ones(n, 1) lᵀ - l ones(1, n) + eye(n)) - eye(n)) ⊙ (Vᵀ δS V))",
    ),
    "QR": (
        "A : 5 x 3\nQ, R = qr(A)", "A",
        "δQ = δA / R - Q ((Qᵀ δA) / R - tril((Qᵀ δA) / R, -1) + tril((Qᵀ δA) / R, -1)ᵀ)\n"
        "δR = ((Qᵀ δA) / R - tril((Qᵀ δA) / R, -1) + tril((Qᵀ δA) / R, -1)ᵀ) R",
    ),
    "Rayleigh quotient": (
        "A : n x n symmetric\nx : n\ny = rayleigh(A, x)", "x", "δy = (2 xᵀ A δx - 2 y xᵀ δx) / (xᵀ x)"
    ),
    "quadratic form, symmetric": ("S : n x n symmetric\nx : n\ny = x'*S*x", "x", "δy = 2 xᵀ S δx"),
    "Giles quadratic forms": (
        "A : n x n\nB : n x m\nY = B'*A*B", "A B", "δY = δBᵀ A B + Bᵀ δA B + Bᵀ A δB"
    ),
    "Giles inverse quadratic form": (
        "A : n x n\nB : n x m\nX = A \\ B\nY = B'*X", "A B", None,
    ),
    "Giles matrix polynomial": ("A : n x n\nY = eye(n) + 2*A + 3*A^2", "A", "δY = 2 δA + 3 (δA A + A δA)"),
    "Giles Frobenius norm": ("A : n x m\ny = norm(A)", "A", "δy = sum(A ⊙ δA) / y"),
    "Giles spectral norm": ("A : n x m\ny = opnorm(A)", "A", None),
}  # fmt: skip


@pytest.mark.parametrize("text, wrt, form", IDENTITIES.values(), ids=IDENTITIES)
def test_it_is_derived_printed_and_true(text, wrt, form):
    program = read_program(text)
    differential = differentiate(program, wrt.split())
    if form is not None:
        assert str(differential) == form
    sizes = {str(size): (4, 3, 5, 2)[k % 4] for k, size in enumerate(program.sizes)}
    for seed in (1, 2, 3):
        point = sample(program, differential.wrt, sizes, seed)
        found, expected = tangent_values(differential, point), complex_step(program, point)
        for output in program.outputs:
            assert relative_error(found[differential.name(output)], expected[output]) < TIGHT
        if is_checkable(differential):
            assert differential_holds(differential, sizes, seed)


SECOND = {
    "quadratic form": ("x : n\nA : n x n\ny = x'*A*x", "x", "δ₂δy = 2 δxᵀ A δx"),
    "inverse": ("X : n x n\nY = inv(X)", "X", "δ₂δY = 2 Y δX Y δX Y"),
    "log det": ("X : n x n\ny = logdet(X)", "X", "δ₂δy = -tr(X⁻¹ δX X⁻¹ δX)"),
    "solve": ("X : n x n\nB : n x k\nY = X \\ B", "X", "δ₂δY = 2 (X \\ (δX (X \\ (δX Y))))"),
    "cube": ("X : n x n\nY = X^3", "X", "δ₂δY = 2 δX δX X + 2 δX X δX + 2 X δX δX"),
    "product": ("X : n x m\nZ : m x k\nY = X*Z", "X Z", "δ₂δY = 2 δX δZ"),
    "elementwise": ("X : n x m\nY = f(X)", "X", "δ₂δY = f''(X) ⊙ δX ⊙ δX"),
}


@pytest.mark.parametrize("text, wrt, form", SECOND.values(), ids=SECOND)
def test_second_differentials_along_one_direction(text, wrt, form):
    program = read_program(text)
    differential = differentiate(program, wrt.split(), order=2)
    assert str(differential) == form
    sizes = {str(size): (4, 3, 5, 2)[k % 4] for k, size in enumerate(program.sizes)}
    point = sample(differential.primal, dict(differential.seeds), sizes, 1)
    found, moved = tangent_values(differential, point), complex_step(differential.primal, point)
    of = differential.primal.outputs[-1]
    assert relative_error(found[differential.name(of)], moved[of]) < TIGHT


def test_mixed_second_differentials_are_bilinear_in_two_directions():
    first = differentiate(read_program("X : n x n\nY = inv(X)"), "X")
    second = differentiate(first.program, "X")
    assert str(second.closed_form("dY")) == "Y δ₂X Y δX Y + Y δX Y δ₂X Y"


def test_a_third_differential():
    third = differentiate(read_program("X : n x n\nY = inv(X)"), "X", order=3)
    assert str(third) == "δ₃δ₂δY = -6 Y δX Y δX Y δX Y"
    assert third.order == 3 and third.first.order == 1
