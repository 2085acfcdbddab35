"""What is printed reads back as the same program, in every notation."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sympy import Integer

from symbolic import nodes
from symbolic.differential import differentiate
from symbolic.errors import ProgramError
from symbolic.language.printer import print_expression
from symbolic.language.read import read_expression, read_program
from symbolic.language.styles import STYLES
from symbolic.operations import DEFINITIONS, OPERATIONS
from symbolic.program import Program
from symbolic.statements import Input, Let

ZOO = {
    "the seed": "X1 = X0*W1; X2 = f(X1); X3 = X2*W2; X4 = f(X3)",
    "shapes and facts": "A : n x n spd; B : n x 2 positive; c : n; s : scalar; Y = s*A*B + c*ones(1,2)",
    "biases": "X : n x m; H = tanh(X*W + ones(n,1)*b')",
    "sums": "Y = A - (B - C) + (A + B) - 2*(A - B)",
    "negations": "Y = -A*B - -(A + A)*B; Z = A*(-B)",
    "matrix and elementwise products": "Y = (A .* B)*(C*D); Z = A .* (B*(C*D)); U = (A*B') .* C",
    "quotients": "Y = A ./ B ./ C; Z = A ./ (B ./ C); U = A .* B ./ C; V = 2 ./ A; W = (2*A) ./ (3*B)",
    "powers": "Y = A.^2 + A.^-1 + A.^(1/3) + A.^0 + A.^(-pi); Z = (A.^2).^3; U = (A .* B).^2",
    "powers of sums and transposes": "Y = (A + A).^2; Z = (-A).^3; U = (A').^2; V = (A.^2)'",
    "transposes": "Y = (A*B)'; Z = A''; U = (A + A)'; V = f(A)'",
    "derivatives": "Y = f(A) + f'(A) .* f''(A); Z = g(f'(A'))",
    "known functions": "Y = sin(A) + asin(A) + sigmoid(A) + leaky_relu(A) + log1p(A) + sqrt(A)",
    "long names": "bias_1 = W_ij*weights; Y = bias_1*act_fn(lambda)",
    "greek names": "Y = α*β12*Σ; Z = φ(Ω) .* φ'(Ω)",
    "names that look like differentials": "Y = dA*B; Z = A; U = d2A; V = δδA",
    "scalars": "s : scalar; t : scalar; Y = s*t*A/s; Z = (s + t)*A; U = s/t; V = s^2 - 1/s; W = A + s - 2*t",
    "a scalar times an elementwise product": "s : scalar; Y = s*(A .* B); Z = s*(A ./ B); U = s*A .* B",
    "products that are 1×1": "x : n; Y = x'*x*A; Z = x*x'*x; U = (x'*x)^2; V = f(x'*x)*x",
    "1×1 inputs": "A : 1 x 1; B : 1 x n; Y = A*B; Z = A'*A; U = A .* A; V = A ./ A",
    "constants with a shape": "A : n x m; Y = ones(n,m) + 1; Z = ones(2,3) ./ ones(2,3); U = 2*eye(3)*zeros(3,2)",
    "constants that nothing shapes": "Y = 3; Z = -1/3; U = f(2); V = ones(1,1); W = 0*eye(1)",
    "sums with numbers": "Y = 1 + A; Z = A - 0.5; U = 1/3 - A; V = A + 1 - 2",
    "multiples of ones": "s : scalar; Y = s*ones(2,2) + ones(2,2); Z = s*ones(2,2) .* A; U = f(ones(2,2)) + A",
    "a 1×1 matrix of ones": "s : scalar; Y = s*ones(1,1); Z = ones(1,1).^2; U = sin(ones(1,1)); V = ones(1,1) - 2",
    "pi before a bracket": "s : scalar; Y = pi*(A + B); Z = pi*(A/s)",
    "outputs": "Y = A*B; Z = f(A); return Z, A, Y",
    "an input returned": "Y = A; return A",
    "an unused input": "A : n x 2; B : n x 3; Y = A",
    "definitions": "f(x) = x*sin(x) - 1/(1+exp(-x)); g(t) = sqrt(t)/t^3; h(x) = 5; Y = f(A) + f'(A) + g(h(A))",
    "definitions with odd powers": "f(x) = (x+1)^(1/3) + x^-0.5 + x^pi; act(x) = -x; Y = f(act(A))",
    "definitions by powers": "f(x) = x^x + 2^x; g(x) = 1/(2*(1 + x)*sin(x)) - (1 + x)*(2 - x)/3; Y = f(A) + g(A)",
    "sizes of several letters": "A : batch x width; B : width x n1; Y = A*B",
    "greek sizes": "A : alpha x β; Y = A",
    "a size called x": "A : (x, 2); Y = A",
    "a function called like a size": "Y = h(A*B*C); D : m x g; Z = g(D)",
    "more sizes than letters": "Y = " + "*".join(f"A{number}" for number in range(30)),
    "greek letters in a word": "Y = αβ*ΔX",
    "greek subscripts": "Y = W_α*α_i",
    "two subscripts": "Y = X_1_2 + X_12 + X1_2 + X₁2 + W_i1 + W_i_1",
    "marks that are none": "Y = δ0X + δ02X + δ_X + δ2 + X + delta1X",
    "a differential of nothing": "Y = δX*dA*d2B*δβ",
    "a differential of level one, written out": "Y = δ₁X*A",
    "a name beginning with d and a size": "Y = dn*A",
    "a name beginning with d and an argument": "f(t) = t*t; Y = f(dx)",
    "delta times a matrix": "delta : scalar; Y = delta*X; Z = δ₁*X; δ_0 = X; U = delta_0*delta_i",
    "sigma, both a matrix and the sigmoid": "σ : scalar; Y = σ*sigmoid(A)",
    "blocks": "Y = [A, B; C, D]; Z = [A; C]; U = [A, B]'; V = [[A, B]; [C, D]]; W = [[A; C], [B; D]]",
    "blocks of products": "A : n x n; Y = [A*A, -A; A + A*A, 2*A]; Z = [A*A, 2*A]; U = [-A*A; A .* A]; V = [A'; A*A']",
    "blocks of numbers": "Y = [1, -2; 1/3, pi]*A; Z = [x; 1]; U = [0; x; sqrt(2)]; V = [1, 2, 3]; s : scalar;"
    " W = [s, 1]",
    "blocks of multiples": "A : n x n; s : scalar; Y = [s*A; n*A]; Z = [1 ./ A; 2 ./ A]; U = [A/s, s*A*A; -A, n*A]",
    "blocks and constants": "A : n x m; Y = [A, zeros(n, 2); ones(2, m), eye(2)]",
    "indices": "A : 4 x m; Y = A[1:2, :]; Z = A[:, m]; U = A[2, 3]; V = A[1:4, 1:m]; W = A'[1, :]'; T = (A*A')[1, 2:3]",
    "indices of columns and rows": "x : n; Y = x[2]; Z = x[1:n-1]; U = x'[1:2]; V = x'[n]; W = x[n]*x; s : scalar;"
    " T = s[1]",
    "indices of indices": "A : n x m; Y = A[2:n, :][1, :][2]; Z = sin(A)[1, 1]*A; U = [A; A][n+1:2*n, :]; V = A[1,1]^2",
    "sizes": "A : n x m; Y = ones(2*n, m - 1)[n:n+1, :]; Z = zeros(n*m, 1) + vec(A); U = eye(n*(m + 2) + 1);"
    " V = ones(n,m^2)",
    "sizes that are expressions": "A : 2*n x (m - 1); B : (n + m, 3); c : n*m - 2; D : min(n, m) x n^2; Y = A;"
    " Z = B; U = c; V = D",
    "sizes that are inferred expressions": "A : n x m; Y = [A; B] + C; C : k x m; Z = (A ⊗ A)*D; U = vec(A)*E",
    "sizes that are numbers": "A : n x m; Y = A/n; Z = A/(n*m) + 1/m; U = n*(A + A); V = sqrt(n)*A/m^2; W = (n - 1)*A;"
    " T = n*(A*A')*A",
    "the least size as a number": "A : n x m; Y = mean(svdvals(A)); Z = A/min(n, m + 1); U = min(n, 2)*(A + A)",
    "sizes as terms": "A : n x m; Y = A + n; Z = n - A/m; U = n; V = f(m); W = [A; ones(1,m)*n]",
    "a size and a function of one name": "A : h x m; Y = h(A[1:h, :]);"
    " Z = h(ones(min(h, m), h))*reshape(A, h*m, 1)[1:h]",
    "repeated rows and columns": "X : n x m; b : m; v : n; Y = X .+ b' .- v; Z = v .* X ./ b'; U = v .+ b'",
    "inverses and solves": "A : n x n; Y = A^-1*B; Z = A \\ B; U = B'/A; V = A^-2; W = (A \\ B)'; T = (A')^-1;"
    " S = inv(A + A)'",
    "solves of solves": "A : n x n; Y = A \\ (A \\ B); Z = A/A/A; U = (A \\ A) \\ B; V = 2*(A \\ B); W = (2*A) \\ (-B);"
    " T = A/(A*A)",
    "solves of numbers": "s : scalar; Y = s \\ A; Z = 2 \\ A; U = solve(s, s); V = A/s",
    "powers of matrices": "A : n x n; Y = A^2; Z = (A*A)^3; U = (A^2)^2; V = (A')^2; W = (A^2)'; T = A^10; S = (-A)^3;"
    " R = 2*A^2",
    "powers that are none": "A : n x n; Y = A^0; Z = A^1; s : scalar; U = s^2; V = det(A)^-1; W = A.^2",
    "Kronecker products": "Y = A ⊗ B; Z = A ⊗ (B ⊗ C); U = (A ⊗ B)'; V = 2*(A ⊗ B); W = (A + A) ⊗ (B*D); s : scalar;"
    " T = s ⊗ A",
    "scalars of matrices": "A : n x n; Y = det(A)*A; Z = A/tr(A); U = logdet(A) - log(det(A)); V = A + sum(A);"
    " W = -max(A)",
    "along an axis": "Y = sum(A, 1); Z = max(A, 2)*ones(1,3); U = logsumexp(A, 1)';"
    " V = tril(A) + triu(A, 1) - tril(A, -2)",
    "shapes of vec": "A : 2 x 3; Y = vec(A); Z = reshape(A, 3, 2); U = reshape(A, 1, 6); V = vec(vec(A));"
    " W = reshape(A, 6, 1)",
    "several results": "Q, R = qr(A); L, U = lu(Q'*Q); P, s, V = svd(A); S : k x k symmetric; w, E = eigh(S);"
    " return Q, U, s, E",
    "operations in functions": "f(x) = x^2 + 1; A : n x n; Y = f(det(A)) + f'(tr(A)); Z = g(inv(A)) + g'(expm(A))",
    "names of definitions that are matrices": "norm = A; mean = norm*A; dot : n x n; Y = mean + dot",
}

NUMBERS = [
    "2", "-2", "0", "1/3", "-1/3", "0.125", "1.5e-7", "1e-20", "12345678901234567890", "2^100", "2^200", "1e-45",
    "1e300",
    "pi", "-pi", "pi^2", "pi/3", "1/pi", "sqrt(2)", "-sqrt(2)/3", "1/sqrt(2)", "2^(1/3)", "2^(-1/3)", "3^0.1",
    "1 + sqrt(2)", "1 - sqrt(2)", "(2*sqrt(3) + 1)/(sqrt(5) + pi)", "exp(1)", "exp(2)", "exp(-1)", "exp(exp(1))",
    "sin(1)", "-sin(1)", "tan(1)/2", "erf(1)", "log(3)", "relu(2)", "abs(-2)", "sigmoid'(0)", "gelu'(1)", "sin(10^30)",
    "2^300 + 1", "10^305", "1/3^190", "0.12345678901234567890123456789", "(1 + sqrt(2))*(1 + sqrt(3))/7",
    "2*pi*(1 + pi)",
    "-(1 + sqrt(2))*exp(1)/3", "(1 - pi)^-2", "pi^(-pi)", "sqrt(1 + sqrt(2))", "1/sqrt(pi)", "log(1/2)", "-2*pi/log(3)",
]  # fmt: skip


def assert_reads_back(program: Program) -> None:
    for style in STYLES:
        printed = program.text(style)
        assert read_program(printed) == program, f"{style}:\n{printed}"


@pytest.mark.parametrize("text", ZOO.values(), ids=ZOO)
def test_programs_read_back(text: str) -> None:
    assert_reads_back(read_program(text))


@pytest.mark.parametrize("number", NUMBERS)
def test_numbers_read_back(number: str) -> None:
    assert_reads_back(read_program(f"Y = ({number})*A; Z = A + ({number}); U = {number}"))


EXAMPLES = {record.name: record.example for record in (*OPERATIONS.values(), *DEFINITIONS.values())}


@pytest.mark.parametrize("times", [0, 1, 2])
@pytest.mark.parametrize("name", EXAMPLES)
def test_operations_and_their_differentials_read_back(name: str, times: int) -> None:
    program = read_program(EXAMPLES[name])
    for _ in range(times):
        program = differentiate(program).tangent
    assert_reads_back(program)


DIFFERENTIABLE = [
    "blocks", "blocks of products", "indices", "indices of columns and rows", "sizes", "sizes that are numbers",
    "sizes as terms", "repeated rows and columns", "inverses and solves", "solves of solves", "powers of matrices",
    "Kronecker products", "scalars of matrices", "along an axis", "several results", "operations in functions",
    "the seed", "biases", "quotients", "powers", "derivatives", "known functions", "greek names", "scalars",
    "a scalar times an elementwise product", "products that are 1×1", "1×1 inputs", "sums with numbers", "outputs",
    "an input returned", "definitions", "sigma, both a matrix and the sigmoid",
]  # fmt: skip


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("name", DIFFERENTIABLE)
def test_tangent_programs_read_back(name: str, times: int) -> None:
    program = read_program(ZOO[name])
    for _ in range(times):
        program = differentiate(program).tangent
    assert_reads_back(program)


def test_a_function_that_enters_by_define_is_not_taken_for_a_number() -> None:
    assert_reads_back(read_program("Y = f(2) + f(f(1))").define(f="sin"))


@pytest.mark.parametrize("name", ["g", "sin", "ln", "inv", "eye", "δf", "A", "sigma", "h", "x"])
def test_functions_and_sizes_built_in_python_read_back_or_are_refused(name: str) -> None:
    given = Input("A", (nodes.dimension("h"), nodes.dimension(name)))
    try:
        program = Program("p", (given,), (Let("Y", nodes.apply(name, nodes.apply("f", given.symbol))),), ("Y",))
    except ProgramError:
        return
    assert_reads_back(program)


@pytest.mark.parametrize(
    "name",
    [
        "X_0",
        "α",
        "δ",
        "dA",
        "pi",
        "ones",
        "return",
        "function",
        "end",
        "X0",
        "alpha",
        "δA",
        "δB",
        "δ1A",
        "sin",
        "ln",
        "sigma",
        "X__1",
        "δ",
        "δ2",
    ],
)
def test_a_program_built_in_python_reads_back_or_is_refused(name: str) -> None:
    inputs = (Input("A", (Integer(2), Integer(2))), Input(name, (Integer(2), Integer(2))))
    try:
        program = Program("p", inputs, (Let("Y", nodes.multiply(*(given.symbol for given in inputs))),), ("Y",))
    except ProgramError:
        return
    assert_reads_back(program)


# The print itself


@pytest.mark.parametrize(
    ("written", "text", "unicode", "latex"),
    [
        ("A*B", "A*B", "A B", "A B"),
        ("A .* (B*C)", "A .* (B*C)", "A ⊙ (B C)", r"A \odot \left(B C\right)"),
        ("A'*B", "A'*B", "Aᵀ B", r"A^\top B"),
        ("A ./ B", "A ./ B", "A ⊘ B", r"A \oslash B"),
        ("A.^2", "A.^2", "A.^2", r"A^{\circ 2}"),
        ("A/3", "(1/3)*A", "(1/3) A", r"\left(\frac{1}{3}\right) A"),
        ("0.1*A", "0.1*A", "0.1 A", "0.1 A"),
        ("-2*A + 1", "-2*A + 1", "-2 A + 1", "-2 A + 1"),
        ("f''(A)", "f''(A)", "f''(A)", r"f''\left(A\right)"),
        ("asin(A)", "asin(A)", "asin(A)", r"\arcsin\left(A\right)"),
        ("pi*A", "pi*A", "π A", r"\pi  A"),
        (
            "A + (1 - sqrt(2))",
            "A + (1 - sqrt(2))",
            "A + (1 - sqrt(2))",
            r"A + \left(1 - \operatorname{sqrt}\left(2\right)\right)",
        ),
        ("2^(-1/3)*A", "(0.5*2^(2/3))*A", "(0.5·2^(2/3)) A", r"\left(0.5 \cdot 2^{\left(\frac{2}{3}\right)}\right) A"),
        ("1e300*A", "1e300*A", "1e300 A", "1e300 A"),
        ("sigmoid(A)", "sigmoid(A)", "sigmoid(A)", r"\operatorname{sigmoid}\left(A\right)"),
        ("inv(A)*B", "inv(A)*B", "A⁻¹ B", "A^{-1} B"),
        ("inv(A + B)'", "inv(A + B)'", "((A + B)⁻¹)ᵀ", r"\left(\left(A + B\right)^{-1}\right)^\top"),
        ("A^3", "A^3", "A³", "A^{3}"),
        ("A \\ B", "A \\ B", "A \\ B", r"A \backslash B"),
        ("A/B", "A / B", "A / B", "A / B"),
        ("A*B/(A + B)", "(A*B) / (A + B)", "(A B) / (A + B)", r"\left(A B\right) / \left(A + B\right)"),
        ("A ⊗ B", "kron(A, B)", "A ⊗ B", r"A \otimes B"),
        ("det(A)*B", "det(A)*B", "det(A) B", r"\det\left(A\right) B"),
        ("tr(A*B)", "tr(A*B)", "tr(A B)", r"\operatorname{tr}\left(A B\right)"),
        ("log(det(A))", "log(det(A))", "log(det(A))", r"\log\left(\det\left(A\right)\right)"),
        ("sum(A, 1)", "sum(A, 1)", "sum(A, 1)", r"\operatorname{sum}\left(A, 1\right)"),
        ("vec(A)", "vec(A)", "vec(A)", r"\operatorname{vec}\left(A\right)"),
        ("reshape(A, 4, 1)", "vec(A)", "vec(A)", r"\operatorname{vec}\left(A\right)"),
        ("reshape(A, 1, 4)", "reshape(A, 1, 4)", "reshape(A, 1, 4)", r"\operatorname{reshape}\left(A, 1, 4\right)"),
        ("tril(A)", "tril(A)", "tril(A)", r"\operatorname{tril}\left(A\right)"),
        ("tril(A, -1)", "tril(A, -1)", "tril(A, -1)", r"\operatorname{tril}\left(A, -1\right)"),
        ("A[1, :]", "A[1, :]", "A[1, :]", "A[1, :]"),
        ("(A*B)[:, 2]", "(A*B)[:, 2]", "(A B)[:, 2]", r"\left(A B\right)[:, 2]"),
        ("[A, B]", "[A, B]", "[A, B]", r"\begin{bmatrix} A & B \end{bmatrix}"),
        ("[A, B; C, A]", "[A, B; C, A]", "[A, B; C, A]", r"\begin{bmatrix} A & B \\ C & A \end{bmatrix}"),
        (
            "[A*B, C; -A, A + B*C]",
            "[A*B, C; -A, A + B*C]",
            "[(A B), C; -A, (A + B C)]",
            r"\begin{bmatrix} A B & C \\ -A & A + B C \end{bmatrix}",
        ),
        ("[A*B, C]", "[A*B, C]", "[A B, C]", r"\begin{bmatrix} A B & C \end{bmatrix}"),
        ("[1, 2]", "[1, 2]", "[1, 2]", r"\begin{bmatrix} 1 & 2 \end{bmatrix}"),
    ],
)
def test_notations(written: str, text: str, unicode: str, latex: str) -> None:
    names = {name: nodes.symbol(name, Integer(2), Integer(2)) for name in "ABC"}
    expression = read_expression(written, names)
    assert [print_expression(expression, style) for style in ("text", "unicode", "latex")] == [text, unicode, latex]


@pytest.mark.parametrize(
    ("name", "text", "unicode", "latex"),
    [
        ("X0", "X0", "X0", "X_0"),
        ("X12", "X12", "X12", "X_{12}"),
        ("alpha1", "alpha1", "α1", r"\alpha_1"),
        ("bias1", "bias1", "bias1", r"\mathit{bias}_1"),
        ("W_ij", "W_ij", "W_ij", r"\mathit{W\_ij}"),
        ("δX0", "dX0", "δX0", r"\delta X_0"),
        ("δ2δX", "d2dX", "δ₂δX", r"\delta_{2} \delta X"),
        ("alpha_i", "alpha_i", "α_i", r"\mathit{alpha\_i}"),
        ("delta", "delta", "δ", r"\mathit{delta}"),
    ],
)
def test_names(name: str, text: str, unicode: str, latex: str) -> None:
    symbol = nodes.symbol(name, Integer(2), Integer(2))
    assert [print_expression(symbol, style) for style in ("text", "unicode", "latex")] == [text, unicode, latex]


def test_statements() -> None:
    program = read_program("A : n x 2 positive; f(x) = x^2; Y = f(A); Z = A; return Y, Z")
    assert program.lines("text") == ["A : n x 2 positive", "f(x) = x^2", "Y = f(A)", "Z = A", "return Y, Z"]
    assert program.lines("latex") == [
        r"A \in \mathbb{R}^{n \times 2}\ \text{positive} \\",
        r"f(x) = x^{2} \\", r"Y = f\left(A\right) \\", r"Z = A \\",
        r"\operatorname{return}\ Y, Z",
    ]  # fmt: skip


def test_sizes() -> None:
    program = read_program("A : (n + 1) x 2*m; Y = n*A[2:n+1, :]/m + n*(A[1:n, 1:2*m] - 1); Z = ones(n - 1, min(n, m))")
    assert program.lines("text") == [
        "A : (n + 1) x 2*m",
        "Y = (n/m)*A[2:n + 1, :] + n*(A[1:n, :] - 1)",
        "Z = ones(n - 1, min(m, n))",
    ]
    assert program.lines("unicode") == [
        "A : (n + 1) × 2·m",
        "Y = (n/m) A[2:n + 1, :] + n·(A[1:n, :] - 1)",
        "Z = ones(n - 1, min(m, n))",
    ]
    assert program.lines("latex") == [
        r"A \in \mathbb{R}^{\left(n + 1\right) \times 2 \cdot m} \\",
        r"Y = \left(n/m\right) A[2:n + 1, :] + n \cdot \left(A[1:n, :] - 1\right) \\",
        r"Z = \operatorname{ones}(n - 1, \operatorname{min}\left(m, n\right))",
    ]


def test_str_and_latex_of_a_program() -> None:
    program = read_program("X1 = X0*W1")
    assert str(program).splitlines()[-1] == "X1 = X0 W1"
    assert program.latex() == program.text("latex")


# Random programs

NUMBER = st.sampled_from(["2", "0.5", "(1/3)", "pi", "sqrt(2)", "(-3)"])
MATRIX = st.sampled_from(["A", "B_1", "Γ", "weights", "eye(n)", "ones(n,n)", "zeros(n,n)"])
SCALAR = st.sampled_from(["s", "τ", "u'*u", "tr(A)", "det(Γ)", "n", "A[1, n]", "u[2]", "sum(B_1)/n", "norm(u)"])


def _larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds("({}) {} ({})".format, inner, st.sampled_from(["+", "-", "*", ".*", "./"]), inner),
        st.builds("{}*({})".format, NUMBER | SCALAR, inner),
        st.builds("({})/{}".format, inner, NUMBER | st.just("s")),
        st.builds("({}) {} {}".format, inner, st.sampled_from(["+", "-"]), NUMBER),
        st.builds("{}({})".format, st.sampled_from(["-", "f", "f'", "sin", "g''", "relu", "sigmoid"]), inner),
        st.builds("({}){}".format, inner, st.sampled_from(["'", ".^2", ".^-1", ".^(1/3)", "^2", "^-1", "[1:n, n:n]"])),
        st.builds("({}) {} ({})".format, inner, st.sampled_from(["\\", "/", "⊗", ".+", ".-"]), inner),
        st.builds("[{}, {}; {}, {}][1:n, n+1:2*n]".format, inner, inner, inner, inner),
        st.builds("[{}; {}][n:2*n-1, :]".format, inner, inner),
        st.builds("({}) {} {}".format, inner, st.sampled_from([".+", ".-", ".*", "./"]), st.sampled_from(["u", "u'"])),
        st.builds(
            "{}({})".format,
            st.sampled_from(["inv", "tril", "vec", "expm", "softmax", "sym", "diagonal", "mean"]),
            inner,
        ),
        st.builds("{}({}, {})".format, st.sampled_from(["sum", "softmax", "max", "mean"]), inner, st.integers(1, 2)),
    )


EXPRESSION = st.recursive(MATRIX | SCALAR, _larger, max_leaves=8)
DECLARATIONS = "A : n x n; B_1 : n x n; Γ : n x n; weights : n x n; s : scalar; τ : scalar; u : n\n"


@settings(max_examples=200, derandomize=True, deadline=None, database=None)
@given(st.lists(EXPRESSION, min_size=1, max_size=3))
def test_random_programs_read_back(expressions: list[str]) -> None:
    lets = "\n".join(f"Y{number} = {expression}" for number, expression in enumerate(expressions))
    try:
        program = read_program(DECLARATIONS + lets)
    except ProgramError:
        assume(False)
    assert_reads_back(program)
