"""Text, Unicode, Julia and LaTeX: many spellings, one program."""

from __future__ import annotations

from pathlib import Path

import pytest
from sympy import Integer

import pushforward as pf
from symbolic.errors import ReadError
from symbolic.language.read import read_expression, read_program
from symbolic.nodes import dimension, symbol

SEED = "X1 = X0*W1; X2 = f(X1); X3 = X2*W2; X4 = f(X3)"
SEED_SIN = SEED.replace("f(", "sin(")
QUESTION = "X_1 = X_0 \\cdot W_1\nX_2 = f(X_1)\nX_3 = X_2 \\cdot W_2\nX_4 = f(X_3)\n"
FOO = """function foo(X₀, W₁, W₂)
    X₁ = X₀ * W₁
    X₂ = sin.(X₁)
    X₃ = X₂ * W₂
    X₄ = sin.(X₃)
end"""


def shapes_of(text: str) -> dict[str, str]:
    program = read_program(text)
    return {name: "x".join(map(str, symbol.shape)) for name, symbol in program.symbols.items()}


# One program in three dialects


def test_latex_and_text_are_the_same_program() -> None:
    assert read_program(QUESTION) == read_program(SEED)


def test_julia_is_the_question_with_a_known_function() -> None:
    assert read_program(QUESTION).define(f="sin") == read_program(FOO) == read_program(SEED_SIN)


def test_another_function_or_order_is_another_program() -> None:
    assert read_program(SEED) != read_program(SEED_SIN)
    assert read_program("Y = A*B") != read_program("Y = B*A")


def test_a_julia_function_gives_the_program_its_name_and_inputs() -> None:
    program = read_program(FOO)
    assert program.name == "foo"
    assert [given.name for given in program.inputs] == ["X0", "W1", "W2"]


def test_julia_arguments_keep_their_order_whatever_is_used_first() -> None:
    program = read_program("function g(B::Matrix, A)\n  return A*B\nend")
    assert [given.name for given in program.inputs] == ["B", "A"]


@pytest.mark.parametrize("suffix", [".tex", ".txt", ""])
def test_a_file_is_read_by_its_ending_or_by_its_look(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"question{suffix}"
    path.write_text(QUESTION, encoding="utf-8")
    program = pf.read(path)
    assert program == read_program(SEED)
    assert program.name == "question"


def test_a_byte_order_mark_and_windows_line_ends_are_no_part_of_a_program() -> None:
    assert read_program("\ufeff" + SEED.replace("; ", "\r\n") + "\r\n") == read_program(SEED)


def test_a_comment_may_end_with_a_windows_line_end() -> None:
    assert read_program("# the seed\r\nY = A*B # a product\r\n") == read_program("Y = A*B")


def test_a_comment_does_not_choose_the_dialect() -> None:
    assert read_program("# see \\alpha\nY = A*B") == read_program("Y = A*B")


def test_an_unknown_dialect_is_refused() -> None:
    with pytest.raises(ReadError, match="unknown dialect 'fortran'"):
        read_program(SEED, dialect="fortran")


# Spellings


SPELLINGS = {
    "Y = A*B": ["Y = A @ B", "Y = A·B", "Y = A⋅B", "Y = A B", "Y=A*B;", r"Y = A \cdot B", r"Y = A\,B \quad",
                r"Y = {A}{B} \\"],
    "Y = A .* B": ["Y = A ⊙ B", "Y = A∘B", "Y = A.*B", r"Y = A \odot B", r"Y = A \circ B"],
    "Y = A ./ B": ["Y = A ⊘ B", r"Y = A \oslash B"],
    "Y = A'*B": ["Y = Aᵀ B", "Y = A.T @ B", "Y = A^T*B", "Y = A′*B", r"Y = A^\top B", r"Y = A^{T} \cdot B",
                 r"Y = A^{\mathrm{T}} B", r"Y = A^\intercal B", r"Y = A^\prime \cdot B", r"Y = A^TB \quad"],
    "Y = A'*B - A": ["Y = A'*B .- A", r"Y = A^\top B - A", r"Y = A^{\mathsf{T}} B .- A"],
    "Y = A .^ 2": ["Y = A.^2", r"Y = A^{\circ 2}", r"Y = A^{\odot 2}"],
    "Y = A - B": ["Y = A − B", "Y = A – B", "Y = A .- B"],
    "Y = inv(A)*B": ["Y = A^-1*B", "Y = A⁻¹ B", "Y = A^(-1) B", r"Y = A^{-1} B", "Y = inverse(A)*B"],
    "Y = inv(A)'*B": ["Y = A⁻ᵀ B", "Y = A^-T*B", "Y = (A⁻¹)ᵀ B", r"Y = A^{-\top} B", r"Y = A^{-T} B",
                      r"Y = A^{-\mathsf{T}} B", r"Y = \left(A^{-1}\right)^\top B"],
    "Y = A^2 + inv(A)^2": ["Y = A² + A^-2", "Y = A**2 + A^(-2)", r"Y = A^{2} + A^{-2}", r"Y = A^2 + (A^{-1})^2"],
    "Y = solve(A, B)": ["Y = A \\ B", "Y = A\\B", r"Y = A \backslash B", r"Y = A \setminus B"],
    "Y = A \\ bias": ["Y = A\\bias", "Y = solve(A, bias)", r"Y = A \backslash \mathit{bias}"],
    "B : n x n\nY = (B' \\ A')'": ["B : n x n\nY = A/B", r"B \in \mathbb{R}^{n \times n} \\ Y = \frac{A}{B}"],
    "Y = kron(A, B)": ["Y = A ⊗ B", r"Y = A \otimes B", r"Y = \operatorname{kron}(A, B)"],
    "Y = det(A)": ["Y = Det(A)", r"Y = \det(A)", r"Y = \det A", r"Y = \det\left(A\right)", r"Y = \det{A}",
                   r"Y = \operatorname{det} A"],
    "Y = tr(A*B)": ["Y = trace(A B)", "Y = Tr(A*B)", r"Y = \operatorname{tr}(A B)", r"Y = \mathrm{tr}(A B)",
                    r"Y = \text{tr}\left(A B\right)", r"Y = \operatorname{Tr}[A B]"],
    "Y = log(det(A))": ["Y = ln(det(A))", r"Y = \log\det A", r"Y = \ln\det(A)", r"Y = \log \det \left(A\right)"],
    "Y = sin(A)*cos(B)": [r"Y = \sin A \cos B", r"Y = \sin A \cdot \cos B"],
    "Y = sin(A') + B": [r"Y = \sin A^\top + B", r"Y = \sin A' + B"],
    "Y = exp(A.^2)*max(A)": [r"Y = \exp A^{\circ 2} \max A", r"Y = \exp(A^{\circ 2}) \max(A)"],
    "Y = norm(A)": ["Y = sqrt(sum(square(A)))", r"Y = \|A\|", r"Y = \|A\|_F", r"Y = \lVert A \rVert",
                    r"Y = \Vert A \Vert_F",
                    r"Y = \left\| A \right\|_{\mathrm{F}}", r"Y = \left\lVert A \right\rVert_{F}", "Y = frobenius(A)"],
    "Y = sqnorm(A)": ["Y = sum(square(A))", r"Y = \|A\|^2", r"Y = \|A\|_F^2", r"Y = \|A\|^2_F",
                      r"Y = \lVert A \rVert_F^{2}",
                      r"Y = \|A\|_{\text{F}}^2"],
    "Y = norm(A)^3": [r"Y = \|A\|^3", r"Y = \|A\|_F^{3}", r"Y = (\|A\|)^3"],
    "x : n\nY = norm(x, 2)": [r"x \in \mathbb{R}^n \\ Y = \|x\|_2", "x : n\nY = norm(x)"],
    "x : n\nY = sum(square(x))": [r"x \in \mathbb{R}^n \\ Y = \|x\|_2^2", r"x \in \mathbb{R}^n \\ Y = \|x\|^2_2"],
    "x : n\nY = norm(x, 1)": [r"x \in \mathbb{R}^n \\ Y = \|x\|_1", r"x \in \mathbb{R}^n \\ Y = \lVert x \rVert_{1}"],
    "Y = nucnorm(A)": [r"Y = \|A\|_*", r"Y = \|A\|_{*}", "Y = sum(svdvals(A))"],
    "Y = opnorm(A)": [r"Y = \|A\|_{\mathrm{op}}", r"Y = \operatorname{opnorm}(A)"],
    "Y = norm(A)*norm(B)": [r"Y = \|A\| \|B\|", r"Y = \|A\|\|B\|", r"Y = \|A\|_F \cdot \|B\|"],
    "Y = norm(norm(A)*B)": [r"Y = \|\|A\| B\|", r"Y = \left\| \left\| A \right\| B \right\|"],
    "Y = log(norm(A))": [r"Y = \log \|A\|", r"Y = \ln\lVert A\rVert"],
    "Y = vec(A)": [r"Y = \operatorname{vec}(A)", r"Y = \operatorname{vec} A", r"Y = \mathrm{vec}(A)"],
    "Y = diag(x)": ["Y = diagm(x)", "Y = Diagonal(x)", r"Y = \operatorname{diag}(x)", r"Y = \operatorname{diag} x"],
    "Y = sum(A, 1)*sum(A, 2)": ["Y = sum(A, dims=1)*sum(A; dims=2)", "Y = sum(A; dims = 1)*sum(A, dims = 2)"],
    "Y = [A, B]": ["Y = hstack(A, B)", "Y = hcat(A, B)", "Y = [A, B;]", r"Y = \begin{bmatrix} A & B \end{bmatrix}"],
    "Y = [A; B]": ["Y = vstack(A, B)", "Y = vcat(A, B)", "Y = [A\n; B]", r"Y = \begin{pmatrix} A \\ B \end{pmatrix}",
                   r"Y = \left[ \begin{matrix} A \\[2pt] B \\ \end{matrix} \right]"],
    "Y = [A, B; C, D]": ["Y = [A, B;\n     C, D]",
                         r"Y = \begin{bmatrix} A & B \\ C & D \end{bmatrix}",
                         "\\begin{align*} Y &= \\begin{pmatrix} A & B \\\\\n C & D \\end{pmatrix} \\end{align*}"],
    "Y = [A*B, C; D', B]": [r"Y = \begin{bmatrix} A B & C \\ D^\top & B \end{bmatrix}", "Y = [(A B), C; D', B]"],
    "Y = A": ["Y = hstack(A)", "Y = vcat(A)", "Y = [A]", "Y = [A;]"],
    "Q, R = qr(A)\nY = Q*R": ["Q = qr_q(A)\nR = qr_r(A)\nY = Q*R", "Q,R=qr(A); Y = Q*R"],
    "A : 4 x 3\nY = A[3:4, 3]": ["A : 4 x 3\nY = A[end-1:end, end]", "A : 4 x 3\nY = A[2+1:4, end]",
                               r"A \in \mathbb{R}^{4 \times 3} \\ Y = A[3:4, 3]"],
    "A : n x m\nY = A[n, :]": ["A : n x m\nY = A[end, :]", "A : n x m\nY = A[end, 1:end]",
                            "A : n x m\nY = A[n:n, 1:m]"],
    "x : n\nY = x[2] + x[n]": ["x : n\nY = x[2, 1] + x[end]", "x : n\nY = x[2:2] + x[n, :]"],
    "x : 1 x n\nY = x[2:n-1]": ["x : 1 x n\nY = x[1, 2:end-1]", "x : 1 x n\nY = x[:, 2:n - 1]"],
    "A : n x 4\nY = reshape(A, 2*n, 2)": ["A : n x 4\nY = reshape(A, 2n, 2)", "A : n x 4\nY = reshape(A, n + n, 2)"],
    "A : n x n\nY = [A, A; A, A]": ["A : n x n\nY = vcat(hcat(A, A), hcat(A, A))", "A : n x n\nY = [[A, A]; [A, A]]"],
    "A : 2*n x (m - 1)\nY = A": ["A : (2*n, m - 1)\nY = A", "A : n*2 x m - 1\nY = A", "A : 2n × (m − 1)\nY = A",
                               r"A \in \mathbb{R}^{2 \cdot n \times (m - 1)} \\ Y = A"],
    "A : n^2 x min(n, m)\nY = A": ["A : n*n x min(m, n)\nY = A",
                                  r"A \in \mathbb{R}^{n^{2} \times \min(n, m)} \\ Y = A"],
    "Y = A + B": ["Y = A .+ B", "Y = + A + B"],
    "Y = A/2": ["Y = 0.5*A", "Y = 0.5 A", "Y = 5e-1*A", "Y = .5A", r"Y = \frac{A}{2}", r"Y = \frac{1}{2} A",
                r"Y = A \div 2"],
    "Y = sin(A)": ["Y = sin.(A)", r"Y = \sin(A)", r"Y = \sin\left(A\right)", r"Y = \operatorname{sin}(A)",
                   r"Y = \sin{A}"],
    "Y = asin(A)": ["Y = arcsin(A)", r"Y = \arcsin(A)"],
    "Y = log(A)": ["Y = ln(A)", r"Y = \ln(A)"],
    "Y = sigmoid(A)": ["Y = σ(A)", "Y = sigma(A)", "Y = logistic(A)", r"Y = \sigma(A)"],
    "Y = sqrt(A)": [r"Y = \sqrt{A}", r"Y = \sqrt(A)"],
    "Y = f''(A)": ["Y = f′′(A)", r"Y = f^\prime'(A)", r"Y = f''\left(A\right)"],
    "Y = pi*A": ["Y = π A", r"Y = \pi A"],
    "Y0 = X10*alpha": ["Y_0 = X_10*α", "Y₀ = X₁₀ α", r"Y_0 = X_{10} \alpha", r"Y_{0} = X_{10} \cdot \alpha"],
    "Y = W_ij*A": [r"Y = W_{ij} A", r"Y = \mathit{W\_ij} A"],
    "Y = bias1": ["Y = bias_1", "Y = bias₁", r"Y = \mathit{bias}_1", r"Y = \mathrm{bias}_{1}",
                  r"Y = \operatorname{bias1}"],
    "Y = phi*epsilon": ["Y = φ*ε", "Y = ϕ*ϵ", r"Y = \phi \epsilon", r"Y = \varphi \varepsilon"],
    "Y = alpha_i*A": ["Y = α_i*A", r"Y = \alpha_i A"],
    "Y = δX0 + X0": ["Y = dX0 + X0", "Y = δX₀ + X₀", r"Y = \delta X_0 + X_0", r"Y = \mathrm{d} X_0 + X_{0}"],
    "Y = δ2δX + X": ["Y = d2dX + X", "Y = δ₂δX + X", r"Y = \delta_2 \delta X + X", r"Y = \delta_{2} \delta X + X"],
    "Y = A*B\nZ = Y": ["Y = A*B; Z = Y", "Y = A *\n  B\nZ = Y", "Y = (A\n*B)\nZ = Y",
                       "\n\nY = A*B # product\n\nZ = Y\n",
                       r"\begin{align*} Y &= A B \\ Z &= Y \end{align*}", r"\[ Y = A B \\[2pt] Z = Y \]",
                       "$$Y = A \\cdot B % product\n Z = Y$$"],
    "A : n x 2\nY = A": ["A : n × 2\nY = A", "A : (n, 2)\nY = A", "A : n x2\nY = A",
                         r"A \in \mathbb{R}^{n \times 2} \\ Y = A"],
    "A : h x 1\nY = A": ["A : h\nY = A", r"A \in \mathbb{R}^h \\ Y = A", r"A \in \mathbb{R}^{h} \\ Y = A"],
    "A : 1 x 1\nY = A": ["A : scalar\nY = A", "A : 1\nY = A"],
    "f(x) = x*sin(x)\nY = f(A)": ["f(t) = t*sin(t)\nY = f(A)", "f.(x) = x .* sin.(x)\nY = f.(A)",
                                  "f(x) = x sin(x)\nY = f(A)",
                                  r"f(x) = x \sin(x) \\ Y = f(A)"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("plain", "other"), [(plain, other) for plain, others in SPELLINGS.items() for other in others]
)
def test_spellings_of_the_same_program(plain: str, other: str) -> None:
    assert read_program(other) == read_program(plain)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Y = A*B", "Y = A .* B"),
        ("Y = A/2", "Y = A*2"),
        ("Y = A'*B", "Y = A*B"),
        ("Y = f(A)", "Y = f'(A)"),
        ("Y = W_i*A", "Y = Wi*A"),
        ("Y = α*A", "Y = a*A"),
        ("A : n x 2\nY = A", "A : n x 3\nY = A"),
        ("A : n x n\nY = A", "A : n x n symmetric\nY = A"),
        ("Y = A; Z = B; return Y", "Y = A; Z = B; return Z"),
        ("f(x) = x^2\nY = f(A)", "f(x) = x^3\nY = f(A)"),
    ],
)
def test_different_programs_are_not_equal(left: str, right: str) -> None:
    assert read_program(left) != read_program(right)


# What binds tighter


@pytest.mark.parametrize(
    ("written", "bracketed"),
    [
        ("-A*B", "-(A*B)"),
        ("A + B*C", "A + (B*C)"),
        ("A - B - C", "(A - B) - C"),
        ("A*-B", "A*(-B)"),
        ("A .* B*C", "(A .* B)*C"),
        ("A .* B C", "A .* (B*C)"),
        ("A*B'", "A*(B')"),
        ("2 A.^2", "2*(A.^2)"),
        ("-A.^2", "-(A.^2)"),
        ("A'.^2", "(A').^2"),
        ("A ./ B .* C", "(A ./ B) .* C"),
        ("A/2*B", "(A/2)*B"),
        ("f(A) B", "f(A)*B"),
        ("f'(A)'", "(f'(A))'"),
        ("A (B + C)", "A*(B + C)"),
        ("π (B + C)", "pi*(B + C)"),
        ("1e3A", "1000*A"),
        ("A'(B + C)", "(A')*(B + C)"),
        ("A \\ B \\ C", "(A \\ B) \\ C"),
        ("A*B \\ C", "(A*B) \\ C"),
        ("A ⊗ B .* (C ⊗ C)", "(A ⊗ B) .* (C ⊗ C)"),
        ("A^2'", "(A^2)'"),
        ("-A^2", "-(A^2)"),
        ("2 A^-1 B", "2*((A^-1)*B)"),
        ("A'[1:2, :]'", "((A')[1:2, :])'"),
        ("A[B + C]", "A*(B + C)"),
        ("2[B + C]", "2*(B + C)"),
        ("A [B, C; C, B][1:n, 1:n]", "A*([B, C; C, B][1:n, 1:n])"),
        ("det(A) B", "det(A)*B"),
        ("det(A)^2 B", "(det(A)^2)*B"),
    ],
)
def test_precedence(written: str, bracketed: str) -> None:
    square = "A : n x n; B : n x n; C : n x n; Y = "
    assert read_program(square + written) == read_program(square + bracketed)


def test_a_name_used_as_a_matrix_before_a_bracket_is_a_factor_and_else_a_function() -> None:
    assert read_program("Y = f(A)").unknown_functions == {"f": 0}
    assert read_program("Y = f(A) + f").unknown_functions == {}


@pytest.mark.parametrize("text", ["Y = sin A", "Y = exp A*B", "Y = det A", r"Y = \sigma A \cdot B"])
def test_a_known_function_without_brackets_is_no_matrix(text: str) -> None:
    with pytest.raises(ReadError):
        read_program(text)


def test_a_name_in_an_index_is_no_matrix_and_may_be_called() -> None:
    program = read_program("A : h x m; Y = h(A[1:h, :])[h, :] + ones(1, min(m, h))*A[1:min(m, h), :]")
    assert program.unknown_functions == {"h": 0}


def test_a_size_is_a_number_where_no_matrix_has_its_name() -> None:
    given = {"A": symbol("A", dimension("n"), dimension("m"))}
    assert read_program("A : n x m; Y = sum(A)/(n*m)").let("Y").expr == read_expression("mean(A)", given)
    assert read_program("A : n x m; Y = A/sqrt(m)").let("Y").expr == read_expression("A/sqrt(m)", given)
    program = read_program("A : n x m; n : scalar; Y = n*A")
    assert [given.name for given in program.inputs] == ["A", "n"]


def test_numbers_are_exact() -> None:
    assert read_expression("0.1 + 0.2", {}) == read_expression("3/10", {}) == read_expression("30e-2", {})


def test_an_expression_over_given_matrices() -> None:
    square = dimension("n"), Integer(2)
    matrix = symbol("A", *square)
    assert read_expression("(A')'", {"A": matrix}) == matrix
    with pytest.raises(pf.NameError_, match="unknown names: B"):
        read_expression("A + B", {"A": matrix})


# Shapes


@pytest.mark.parametrize(
    ("text", "shapes"),
    [
        ("Y = A*B", {"A": "nxm", "B": "mxh", "Y": "nxh"}),
        ("Y = A'*A", {"A": "nxm", "Y": "mxm"}),
        ("Y = A + B'", {"A": "nxm", "B": "mxn", "Y": "nxm"}),
        ("A : 5 x k; Y = A*B", {"A": "5xk", "B": "kxn", "Y": "5xn"}),
        ("A : n x 2; Y = A*B; Z = C*D", {"A": "nx2", "B": "2xm", "C": "hxp", "D": "pxq", "Y": "nxm", "Z": "hxq"}),
        ("Y : 3 x 4; Y = A", {"A": "3x4", "Y": "3x4"}),
        ("A : n x 2; Y = A + ones(n,1)*b'", {"A": "nx2", "b": "2x1", "Y": "nx2"}),
        ("s : scalar; Y = s*A + s", {"s": "1x1", "A": "nxm", "Y": "nxm"}),
        ("x : n; Y = x'*x", {"x": "nx1", "Y": "1x1"}),
        ("Y = 3", {"Y": "1x1"}),
        ("A : 2 x 3; Y = eye(2)*A*zeros(3, 4)", {"A": "2x3", "Y": "2x4"}),
        ("Y = f(A .* B)", {"A": "nxm", "B": "nxm", "Y": "nxm"}),
    ],
)
def test_shapes_are_declared_or_inferred(text: str, shapes: dict[str, str]) -> None:
    assert shapes_of(text) == shapes


def test_inferred_sizes_have_names_of_their_own_in_a_long_chain() -> None:
    shapes = shapes_of("Y = " + "*".join(f"A{number}" for number in range(40)))
    assert len({shape.split("x")[0] for shape in shapes.values()}) == 40


def test_facts_belong_to_their_input() -> None:
    program = read_program("A : n x n spd; B : n x m positive; Y = A*B")
    assert [given.facts for given in program.inputs] == [("spd",), ("positive",)]


@pytest.mark.parametrize(
    ("text", "shapes"),
    [
        ("Y = A \\ B", {"A": "nxn", "B": "nxm", "Y": "nxm"}),
        ("A : n x n; Y = B/A", {"A": "nxn", "B": "mxn", "Y": "mxn"}),
        ("Y = A^2 + A^-1", {"A": "nxn", "Y": "nxn"}),
        ("Y = det(A*B)", {"A": "nxm", "B": "mxn", "Y": "1x1"}),
        ("Y = A ⊗ B", {"A": "nxm", "B": "hxp", "Y": "h*nxm*p"}),
        ("Y = [A, B; C, D]", {"A": "nxm", "B": "nxh", "C": "pxm", "D": "pxh", "Y": "n + pxh + m"}),
        ("A : n x 2; Y = [A, B; C]", {"A": "nx2", "B": "nxm", "C": "hxm + 2", "Y": "h + nxm + 2"}),
        ("A : n x m; Y = [A; B] + C; C : k x m", {"A": "nxm", "C": "kxm", "B": "k - nxm", "Y": "kxm"}),
        ("Y = x[1:3]", {"x": "nx1", "Y": "3x1"}),
        ("x : 1 x 5; Y = x[2]", {"x": "1x5", "Y": "1x1"}),
        ("A : n x m; Y = A[2:n, :]", {"A": "nxm", "Y": "n - 1xm"}),
        ("A : n x m; Y = A[i:n, :]; B : i x 2", {"A": "nxm", "B": "ix2", "Y": "-i + n + 1xm"}),
        ("A : n x m; Y = vec(A)", {"A": "nxm", "Y": "m*nx1"}),
        ("A : n x m; Q, R = qr(A)", {"A": "nxm", "Q": "nxm", "R": "mxm"}),
        ("Y = mean(A, 1)", {"A": "nxm", "Y": "1xm"}),
        ("A : n x m; Y = svdvals(A)", {"A": "nxm", "Y": "Min(m, n)x1"}),
        ("A : 2*n x n + 1; Y = A'", {"A": "2*nxn + 1", "Y": "n + 1x2*n"}),
    ],
)
def test_shapes_of_operations_blocks_and_indices(text: str, shapes: dict[str, str]) -> None:
    assert shapes_of(text) == shapes


# Rows and columns that are repeated


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("X .+ b'", "X + ones(n,1)*b'"),
        ("b' .+ X", "ones(n,1)*b' + X"),
        ("X .- v", "X - v*ones(1,m)"),
        ("X .* v", "X .* (v*ones(1,m))"),
        ("X ⊙ v", "X .* (v*ones(1,m))"),
        ("b' .* X .* v", "(ones(n,1)*b') .* X .* (v*ones(1,m))"),
        ("X ./ v", "X ./ (v*ones(1,m))"),
        ("b' ./ X", "(ones(n,1)*b') ./ X"),
        ("v .+ b'", "v*ones(1,m) + ones(n,1)*b'"),
        ("v .* b'", "(v*ones(1,m)) .* (ones(n,1)*b')"),
        ("X .+ b' .- v .+ 2", "X + ones(n,1)*b' - v*ones(1,m) + 2"),
        ("X .+ 1", "X + 1"),
        ("X .+ X", "X + X"),
        ("X .- mean(X, 1)", "X - ones(n,1)*mean(X, 1)"),
        ("(b' + b') .+ X", "ones(n,1)*(b' + b') + X"),
        ("f.(X*W .+ c')", "f(X*W + ones(n,1)*c')"),
    ],
)
def test_rows_and_columns_are_repeated_by_a_dot(written: str, plain: str) -> None:
    shapes = "X : n x m; b : m; v : n; W : m x k; c : k; "
    assert read_program(f"{shapes}Y = {written}") == read_program(f"{shapes}Y = {plain}")


def test_of_what_nothing_is_known_is_not_repeated() -> None:
    assert shapes_of("X : n x m; Y = X .+ b") == {"X": "nxm", "b": "nxm", "Y": "nxm"}
    assert shapes_of("b : m; Y = X .+ b'") == {"b": "mx1", "X": "nxm", "Y": "nxm"}


def test_a_julia_function_with_operations_of_julia() -> None:
    julia = """function loss(X, w, y)
        X : n x m
        r = X*w .- y
        A = X'X + Diagonal(w)
        g = A \\ (X' * r)
        return sum(abs.(g)) + tr(inv(A)) + logdet(A) + norm(r)^2 / n, X[1:2, :], r[end], vcat(w, g)
    end"""
    program = read_program(julia)
    assert program.name == "loss"
    assert [given.name for given in program.inputs] == ["X", "w", "y"]
    assert [str(program.symbols[name].shape) for name in program.outputs] == ["(1, 1)", "(2, m)", "(1, 1)", "(2*m, 1)"]


# What is returned


@pytest.mark.parametrize(
    ("text", "outputs"),
    [
        ("Y = A; Z = B", ("Z",)),
        ("Y = A; Z = B; return Y", ("Y",)),
        ("Y = A; Z = B; return Z, Y, A", ("Z", "Y", "A")),
        ("Y = A; Y*B", ("Y1",)),
        ("return A*B", ("Y",)),
        ("return A*B, B*A", ("Y", "Y1")),
        ("Y = A; Y", ("Y",)),
    ],
)
def test_outputs(text: str, outputs: tuple[str, ...]) -> None:
    assert read_program(text).outputs == outputs


# Definitions


def test_a_definition_is_a_function_of_numbers_spread_over_a_matrix() -> None:
    program = read_program("f(x) = x*sin(x) + 1\nY = f(A)")
    assert program.inline_definitions() == read_program("Y = 1 + A .* sin(A)")
    assert program.unknown_functions == {}


def test_a_derivative_of_a_definition_is_its_derivative() -> None:
    program = read_program("f(x) = x^3\nY = f'(A) + f''(B)")
    assert program.inline_definitions() == read_program("Y = 3*(A .* A) + 6*B")


def test_define_refuses_what_is_not_there() -> None:
    program = read_program("Y = f(A)")
    with pytest.raises(pf.NameError_, match="'g' is not an unknown function"):
        program.define(g="sin")
    with pytest.raises(pf.NameError_, match="'sinus' is not a known function"):
        program.define(f="sinus")
