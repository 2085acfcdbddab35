"""Mistakes with operations, blocks, indices and sizes: the caret under what is wrong, and words that say what to do.

In the tables « and » stand around the characters that the caret must underline; they are no part of the text.
"""

from __future__ import annotations

import pytest
from carets import refused

from symbolic.errors import LimitError, NameError_, NotSupported, ReadError, ShapeError
from symbolic.operations import DEFINITIONS, OPERATIONS

ROWS = "A : 3 x m\nY = "
ANY = "A : n x m\nB : p x q\nY = "
SQUARE = "A : n x n\nB : n x m\nY = "
LATEX = r"X \in \mathbb{R}^{n \times m} \\ Y = "

CALLS = [
    # how many arguments
    ("Y = «det(A, B)»", "det is written det(A)"),
    ("Y = «kron(A)»", "kron is written kron(A, B)"),
    ("Y = «solve(A)»", "solve is written solve(A, B)"),
    ("Y = 2*«sylvester(A, B)»", "sylvester is written sylvester(A, B, C)"),
    ("Y = «attention(A, B)» + C", "attention is written attention(Q, K, V)"),
    ("Y = «tril(A, 1, 2)»", "tril is written tril(A) or tril(A, k)"),
    ("Y = «reshape(A, 6)»", "reshape is written reshape(A, n, m)"),
    ("Y = tr(«)»", "expected a matrix"),
    ("Y = tr(A,«)»", "expected a matrix"),
    ("Y = tr«(»A, B", "this '(' is never closed"),
    # which axis
    ("Y = «sum(A, 3)»", "sum is written sum(A), sum(A, 1) or sum(A, 2)"),
    ("Y = «sum(A, 0)»", "sum is written sum(A), sum(A, 1) or sum(A, 2)"),
    ("Y = «max(A, B)»", "max is written max(A), max(A, 1) or max(A, 2)"),
    ("Y = «sum(A, dims=3)»", "sum is written sum(A)"),
    ("Y = «norm(A, 3)»", "norm is written norm(A), norm(x, 1) or norm(x, 2)"),
    ("Y = «softmax(A, 1, 2)»", "softmax is written softmax(x), softmax(A, 1) or softmax(A, 2)"),
    ("Y = sum«(»A; 1)", "this '(' is never closed"),
    # numbers that are parameters
    ("Y = tril(A, «0.5»)", "a whole number is expected here"),
    ("Y = triu(A, «B»)", "a whole number is expected here"),
    ("A : 2 x 3\nY = reshape(A, «0», 3)", "a size is a whole number from 1"),
    ("A : 2 x 3\nY = reshape(A, «1.5», 4)", "a size is expected here"),
    ("A : n x m\nY = reshape(A, n*m«/»2, 2)", "expected an operator or ')'"),
    # without brackets, with a dot, with primes
    ("Y = det «A»", "expected '(' after the function det"),
    ("Y = exp(det«)»", "expected '(' after the function det"),
    ("Y = norm «A»", "for a matrix of this name, declare it: norm : n x m"),
    ("Y = «det.(»A)", "det is an operation on the whole matrix"),
    ("Y = «max.(»A, B)", "write max(A), max(A, 1) or max(A, 2)"),
    ("Y = «det'»(A)", "primes are for functions of each entry"),
    ("Y = 1 + «tr''»(A)", "primes are for functions of each entry"),
    # several results
    ("Q, R = «chol(A)»", "chol gives one matrix, for 2 names"),
    ("Q, R = «A»", "the right side gives one matrix, for 2 names"),
    ("Q, R = «qr(A) + B»", "the right side gives one matrix, for 2 names"),
    ("Q, R, P = «qr(A)»", "qr gives 2 matrices, for 3 names"),
    ("U, s = «svd(A)»", "write U, s, V = svd(A)"),
    ("Q = «qr(A)»", "write Q, R = qr(A)"),
    ("Y = 2*«eigh(A)»", "write w, V = eigh(A)"),
    ("Y = «qr.(»A)", "write Q, R = qr(A)"),
    ("Q«,» R", "expected an operator"),
    ("Q«,» 2 = qr(A)", "expected an operator"),
    # blocks
    ("Y = [A «B»; C D]", "is this a product or two blocks side by side?"),
    ("Y = [A' «B»'; C' D']", "write [A, B; C, D] for blocks, A*B for a product"),
    ("Y = [A; B «(»C + D)]", "a product or two blocks"),
    ("Y = [2 «A»; B]", "a product or two blocks"),
    ("Y = [A «-»B; C -D]", "is this one block or two?"),
    ("Y = [«]»", "expected a matrix"),
    ("Y = [A; «;» B]", "expected a matrix"),
    ("Y = [A, «]»", "expected a matrix"),
    ("Y = «[»A, B; C", "this '[' is never closed"),
    (r"Y = «\begin{bmatrix}» A & B", "this '\\begin{bmatrix}' is never closed"),
    (r"Y = \begin{bmatrix} A & B «\end{pmatrix}»", "this ends no pmatrix"),
    (r"Y = \begin{bmatrix} A & (B «\end{bmatrix}»", r"expected ')', found '\end{bmatrix}'"),
    (r"Y = \begin{bmatrix} A & B«)» \end{bmatrix}", r"expected '\end{bmatrix}', found ')'"),
    (r"Y = \lVert A «)» \rVert", r"expected '\rVert', found ')'"),
    (r"Y = A \cdot «\cdot» B", r"found '\cdot'"),
    (r"Y = \begin{bmatrix} A & «\end{bmatrix}»", "expected a matrix"),
    # indices
    ("A : 3 x m\nY = A[1, 2, «3»]", "a matrix has two indices"),
    ("A : 3 x m\nY = A[1, 2, «3, 4»]", "a matrix has two indices"),
    ("A : 3 x m\nY = A[«,» 1]", "indices are written i, i:j or :"),
    ("A : 3 x m\nY = A[1,«]»", "indices are written i, i:j or :"),
    ("A : 3 x m\nY = A[1:«,» 1]", "indices are written i, i:j or :"),
    ("A : 3 x m\nY = A«[»1, 2", "this '[' is never closed"),
    ("A : 3 x m\nY = A[1, 2«)»", "expected ']'"),
    ("A : 3 x m\nY = A[«1.5», 1]", "a size is expected here"),
    ("A : 3 x m\nY = A[m«/»3, 1]", "expected an operator or ']'"),
    ("A : 3 x m\nY = ones(«end», 1)", "expected a size"),
    # sizes
    ("A : n x m\nY = ones(«n - n», 1)", "a size is a whole number from 1"),
    ("A : n x m\nY = ones(«0*n», 1)", "a size is a whole number from 1"),
    ("Y = eye(«3 - 4»)", "a size is a whole number from 1"),
    ("Y = ones(«1000000000000*2», 1)", "from 1 to 10^12"),
    ("A : «1 - 1» x 2\nY = A", "a size is a whole number from 1"),
    ("A : n - «-» 1 x 2\nY = A", "expected a size"),
    ("A : «(»n + 1\nY = A", "this '(' is never closed"),
    ("A : min(n, m«]» x 2\nY = A", "expected ')'"),
    ("A : n^«m» x 2\nY = A", "expected a number"),
    # LaTeX without brackets
    (r"Y = \sin X «Z»", "does sin apply to the first factor or to the product?"),
    (r"Y = \operatorname{tr} X^\top «Z»", "does tr apply to the first factor or to the product?"),
    (r"X \in \mathbb{R}^n \\ Y = \log \det X \left«(»Z\right)", "does det apply to the first factor"),
    (r"Y = \det «2» X", "expected '(' after the function det"),
    (r"Y = \sigma «X»", "for a matrix of this name, declare it"),
    (r"Y = \|\|«»", "expected a matrix"),
    (r"Y = «\|»X", r"this '\|' is never closed"),
    (r"Y = X \|«»", "expected a matrix"),
    (r"Y = X «\right\|»", "closes nothing"),
    (r"Y = (X)«_»F \cdot B", "unexpected character"),
]  # fmt: skip

SHAPES = [
    (ANY + "«det(A)»", "det(A): A : n x n is expected, not n×m"),
    (ANY + "1 + tr(A*A') + «tr(A)»", "tr(A): A : n x n is expected"),
    (ANY + "«inv(A)»*B", "n×m"),
    (ANY + "«logdet(A + A)»", "logdet(A + A)"),
    (ANY + "«expm(A)»", "n×m"),
    (ANY + "«sylvester(A, B, A)»", "n×m and p×q and n×m"),
    (ANY + "«inner(A, B)»", "it is defined as inner(A, B) = sum(A .* B)"),
    (ANY + "«attention(A, B, B)»", "it is defined as attention(Q, K, V)"),
    (ANY + "«quadform(A, A)»", "it is defined as quadform(x, A) = x'*A*x"),
    (ANY + "«diagonal(A)»", "n×m"),
    (ANY + "A \\ «B»", "A \\ B: A : n x n, B : n x k is expected, not n×m and p×q"),
    (ANY + "B/«A»", "the elementwise quotient is written B ./ A"),
    (ANY + "A ⊗ B + «A»", "A ⊗ B + A: n*p×m*q plus n×m"),
    (ANY + "«A^2»", "the power of each entry is written A.^2"),
    (ANY + "«A^-1»", "n×m has no powers: only a square matrix has"),
    (ANY + "«(A*A'*A)^3»", "n×m has no powers"),
    # what was meant instead
    (ANY + "«softmax(A)»", "write softmax(X, 1) over each column, softmax(X, 2) over each row"),
    (ANY + "«log_softmax(A)»", "log_softmax(X, 2) over each row"),
    (ANY + "«norm(A, 2)»", "the spectral norm is opnorm(X)"),
    (ANY + "«norm(A, 1)»", "sum(abs(X))"),
    (ANY + "«diag(A)»", "the diagonal of a matrix is diagonal(A)"),
    (ANY + "«Diagonal(A)»", "the diagonal of a matrix is diagonal(A)"),
    (ANY + "«outer(A, B)»", "A*B'"),
    (ANY + "«reshape(A, 2, 3)»", "n×m has m*n entries, and 2×3 has 6"),
    ("Y = «reshape(A, 2, 3)»", "the shape of a matrix is declared by A : n x m"),
    ("A : 2 x 3\nY = «reshape(A, 4, 2)»", "2×3 has 6 entries, and 4×2 has 8"),
    (LATEX + r"«\|X\|_2»", "the spectral norm is opnorm(X)"),
    (LATEX + r"«\lVert X \rVert_1»", "sum(abs(X))"),
    (LATEX + r"«\|X\|_2^2»", "the spectral norm is opnorm(X)"),
    (LATEX + r"«\det X»", r"\det X: A : n x n is expected, not n×m"),
    (LATEX + r"«\operatorname{tr}\left(X\right)»", r"\operatorname{tr}\left(X\right): A"),
    # blocks
    ("A : n x m\nB : n x k\nY = [A; «B»]", "A; B: matrices on top of each other have the same columns, not m and k"),
    ("A : n x m\nB : k x m\nY = [A, «B»]", "A, B: matrices side by side have the same rows, not n and k"),
    ("A : n x m\nB : n x k\nY = [A, B; «A, A»]", "k + m and 2*m"),
    ("A : n x m\nY = [A, A, «A'», A]", "the same rows, not n and m"),
    ("A : n x m\nY = [A, «0»; 0, A]", "a number is 1×1: blocks of constants are zeros(n, m)"),
    (LATEX + r"\begin{bmatrix} X \\ «X^\top» \end{bmatrix}", r"X \\ X^\top: matrices on top of each other"),
    ("A : n x m\nY = «hstack(A, A')»", "the same rows, not n and m"),
    # indices
    (ROWS + "A[«5», :]", "there is no row 5: rows are counted from 1 to 3"),
    (ROWS + "A[«0», :]", "there is no row 0: rows are counted from 1 to 3"),
    (ROWS + "A[«-1», :]", "there is no row -1"),
    (ROWS + "A[1:«4», :]", "there is no row 4"),
    (ROWS + "A[«2:1», :]", "rows 2 to 1 are none"),
    (ROWS + "A[1, «0»]", "there is no column 0: columns are counted from 1 to m"),
    (ROWS + "A[1, «m + 1»]", "there is no column m + 1"),
    (ROWS + "A[:, «m:m-1»]", "columns m to m - 1 are none"),
    (ROWS + "A[«end - 3», 1]", "there is no row 0"),
    (ROWS + "A[«2»]", "write X[i, j], X[i, :] or X[:, j]"),
    (ROWS + "A[«m»]", "one index is enough for a column only, not for 3×m"),
    (ROWS + "A[«2:3»]", "one index is enough for a column only, not for 3×m"),
    ("x : n\nY = x[«n + 1»]", "there is no row n + 1: rows are counted from 1 to n"),
    ("x : 1 x 3\nY = x[«4»]", "there is no column 4: columns are counted from 1 to 3"),
    ("Y = A[«0», 1]", "there is no row 0: rows are counted from 1"),
    ("B = A[«5», :]\nA : 3 x m", "there is no row 5"),
    (LATEX + r"X[«0», 1]", "there is no row 0"),
    # rows and columns are repeated with a dot only
    ("X : n x m\nb : m\nY = X + «b'»", "a row or a column is repeated by .+"),
    ("X : n x m\nv : n\nY = X - «v»", "a row or a column is repeated by .-"),
    ("X : n x m\nv : n\nY = v - «X»", "a row or a column is repeated by .-"),
    ("X : n x m\nb : m\nY = X - «b»", "X .- b'"),
    ("X : n x m\nb : k\nY = X .+ «b'»", "n×m plus 1×k, the shapes differ"),
    ("X : n x m\nb : m\nY = X .* «b»", "n×m times elementwise m×1"),
    ("X : n x m\nb : m\nY = X .+ b' + «b'»", "a row or a column is repeated by .+"),
    (LATEX + r"X + «b^\top» \\ b \in \mathbb{R}^{m}", "a row or a column is repeated by .+"),
    # quotients
    ("A : n x m\nY = 2/«A»", "a number cannot be divided by a matrix"),
    ("A : n x m\nY = sum(A)/«k»", "declare it, k : scalar or k : n x n"),
    ("Y = A/«B»", "is B a number or a matrix?"),
    (r"Y = \frac{A}{«B»}", "is B a number or a matrix?"),
]  # fmt: skip

NAMES = [
    ("«det» = A", "'det' is the name of an operation"),
    ("«tr» : scalar\nY = tr*A", "'tr' is the name of an operation"),
    ("Q, «inv» = qr(A)", "'inv' is the name of an operation"),
    ("function f(A, «chol»)\nY = A\nend", "'chol' is the name of an operation"),
    ("«vec» = A", "'vec' is the name of an operation"),
    ("«min» : n x n\nY = min", "'min' is the name of an operation"),
    ("«inv»(x) = x\nY = A", "'inv' is a known operation and cannot be defined again"),
    ("«softmax»(x) = x\nY = A", "'softmax' is a known operation and cannot be defined again"),
    ("«sin»(x) = x\nY = A", "'sin' is a known function and cannot be defined again"),
    ("Q, «Q» = qr(A)", "'Q' is already defined in line 1"),
    ("Y = «Logdet»(A)", "did you mean logdet?"),
    ("Y = «Softmax»(A, 2)", "did you mean softmax?"),
    # sizes
    ("Y = ones(«k», 1)", "no input has the size 'k'"),
    ("A : n x m\nY = A[«i»]", "no input has the size 'i'"),
    ("A : n x m\nY = reshape(A, «k», 2)", "no input has the size 'k'"),
    ("A : n x m\nY = A[1:«k», :]", "declare an input that has it"),
    ("A : n x m\nB : n x m\nY = A[«B», :]", "B is a matrix; indices and sizes are whole numbers"),
    ("A : n x m\nk : scalar\nY = ones(2*«k», 1)", "k is a matrix; indices and sizes are whole numbers"),
    ("A : n x m\n«n» = mean(A)\nY = n", "'n' is the name of a size and of a matrix"),
    ("A : n x m\n«m : scalar»\nY = m*mean(A)", "'m' is the name of a size and of a matrix"),
    ("function f(A, «n»)\nA : n x m\nreturn mean(A)*n\nend", "'n' is the name of a size and of a matrix"),
    ("A : n x h\nY = «h»(A)\nZ = mean(A)", "'h' is the name of a size and of a function"),
    ("A : «abs» x m\nY = mean(A)", "'abs' is the name of a size and of a function"),
    ("A : n x n\nB : «dA» x 2\nY = A*A", "'dA' is the differential of a matrix here"),
]  # fmt: skip

UNSUPPORTED = [
    ("f(x) = «det(x)»\nY = f(A)", "det is an operation on matrices"),
    ("f(x) = 1 + sin(«sum(x, 1)»)\nY = f(A)", "f(x) is a function of a number, applied to each entry"),
    ("f(x) = 1 - «x \\ 2»\nY = f(A)", "\\ stands between matrices only"),
    ("f(x) = «x ⊗ x»\nY = f(A)", "⊗ stands between matrices only"),
    (SQUARE + "«A^0.5»*B", "the square root of a matrix sqrtm(X)"),
    (SQUARE + "«A^(1/3)»", "a matrix has whole powers only"),
    (r"A \in \mathbb{R}^{n \times n} \\ Y = «A^{1/2}»", "sqrtm(X)"),
    (SQUARE + "A^«B»", "the exponent must be a number"),
    (ROWS + "A[1:2«:»3, 1]", "places with a step are not supported"),
    ("w, V = «eigh(A)»", "known to be symmetric"),
    ("Y = «transpose»(A)", "the transpose is written A'"),
    ("Y = «matmul»(A, B)", "the product is written A*B"),
    ("Y = «log2»(A)", "write log(A)/log(2)"),
    (r"Y = «\operatorname{rank}»(A)", "is not supported"),
    (r"Y = «\det^{-1}»(A)", "powers of functions are not read"),
    (r"Y = \|X\|«_\infty»", "read are the subscripts F, 1, 2, * and op"),
    (r"Y = \|X\|«_{\mathrm{max}}»", "this norm is not supported"),
]  # fmt: skip

LIMITS = [
    ("A : n x m\nY = ones(«" + "n + " * 20 + "n», 1)", "a size with more than 20 parts"),
    ("A : n x m\nY = A[1:«n^99», 1]", "a size with more than 20 parts"),
    ("A : 1000000 x 1\nB = kron(A, A)\nC = «kron(B, B)»", "more than 10^18 rows"),
    ("Y = «[" + ", ".join(f"A{k}" for k in range(200)) + "]»", "a matrix whose size is too long to write"),
    ("A : n x n\nY = A^«1001»", "the exponent is larger than 1000"),
    ("Y = " + "\\sin " * 80 + "«\\sin» X", "nested more than 80 deep"),
    ("Y = A" + "[1:2, :]" * 80 + "«[»1:2, :]", "nested more than 80 deep"),
    ("Y = " + "[A; " * 80 + "«[»A; B" + "]" * 81, "nested more than 80 deep"),
    ("Y = " + "det(" * 80 + "det«(»A" + ")" * 81, "nested more than 80 deep"),
]  # fmt: skip

TABLE = [
    *((ReadError, *row) for row in CALLS),
    *((ShapeError, *row) for row in SHAPES),
    *((NameError_, *row) for row in NAMES),
    *((NotSupported, *row) for row in UNSUPPORTED),
    *((LimitError, *row) for row in LIMITS),
]


@pytest.mark.parametrize(("expected", "marked", "words"), TABLE, ids=[f"{e.__name__}: {t[:60]!a}" for e, t, _ in TABLE])
def test_the_caret_and_the_words(expected: type, marked: str, words: str) -> None:
    assert words in str(refused(expected, marked))


@pytest.mark.parametrize("name", [*OPERATIONS, *DEFINITIONS])
def test_no_operation_takes_more_operands_than_it_has(name: str) -> None:
    record = {**OPERATIONS, **DEFINITIONS}[name]
    variadic = getattr(record, "variadic", False)
    if variadic or name in ("slice", "matrix_power"):
        return
    arguments = ", ".join("A" for _ in range(len(record.shapes.operands) + 3))
    assert record.written in refused(ReadError, f"Y = «{record.written}({arguments})»").message


@pytest.mark.parametrize("name", [*OPERATIONS, *DEFINITIONS])
def test_an_operation_whose_operands_do_not_fit_says_what_would(name: str) -> None:
    """Every operand is given a shape of its own; where the signature allows that, nothing is said."""
    record = {**OPERATIONS, **DEFINITIONS}[name]
    if name in ("slice", "matrix_power", "reshape"):
        return
    sizes = [symbol for shape in record.shapes.operands.values() for symbol in shape]
    if len(set(sizes)) == len(sizes) and 1 not in sizes:
        return
    names = [f"X{k}" for k in range(len(record.shapes.operands))]
    declared = "".join(f"{x} : n{x} x m{x}\n" for x in names)
    arguments = ", ".join([*names, *([str(record.axis)] if record.axis else [])])
    written = f"{record.written}({arguments})"
    message = refused(ShapeError, f"{declared}Y = «{written}»").message
    assert message.startswith(written)
    assert "expected" in message or "same" in message
