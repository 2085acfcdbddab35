"""Scalars of matrices: trace, determinants, norms, means, extremes, quadratic forms."""

from __future__ import annotations

from symbolic.operations.record import Definition, MatrixOperation, along

_LARGEST = "Danskin 1967, the derivative of a maximum: that of the entry that attains it"
_TIES = "two largest entries are equal (there max takes the mean over them, a subgradient)"

_PIECES = "piecewise constant"

OPERATIONS = (
    MatrixOperation(
        "tr", "A : n x n -> 1 x 1", "", "Matrix Cookbook 2012, (36)", "A : n x n\ny = tr(A)", linear_in=(0,),
        meaning="the trace", latex=r"\operatorname{tr}",
    ),
    MatrixOperation(
        "det", "A : n x n -> 1 x 1", "det(A)*tr(inv(A)*dA)", "Matrix Cookbook 2012, (42)", "A : n x n\ny = det(A)",
        singular="A is singular (there a derivative exists, but the formula does not hold)", meaning="the determinant", latex=r"\det",
    ),
    MatrixOperation(
        "logdet", "A : n x n -> 1 x 1", "tr(inv(A)*dA)", "Matrix Cookbook 2012, (43)", "A : n x n\ny = logdet(A)",
        singular="A is singular", meaning="log |det(A)|, without forming the determinant",
    ),
    *along(
        MatrixOperation, "max",
        {
            None: ("A : n x m -> 1 x 1", "sum(max_weights(A) .* dA)", _LARGEST, "A : n x m\ny = max(A)"),
            1: ("A : n x m -> 1 x m", "sum(max_weights(A, 1) .* dA, 1)", _LARGEST, "A : n x m\ny = max(A, 1)"),
            2: ("A : n x m -> n x 1", "sum(max_weights(A, 2) .* dA, 2)", _LARGEST, "A : n x m\ny = max(A, 2)"),
        },
        singular=_TIES, meaning="the largest entry; with 1, of each column; with 2, of each row",
    ),
    *along(
        MatrixOperation, "max_weights",
        {
            None: ("A : n x m -> n x m", "zeros(n,m)", _PIECES, "A : n x m\nY = max_weights(A)"),
            1: ("A : n x m -> n x m", "zeros(n,m)", _PIECES, "A : n x m\nY = max_weights(A, 1)"),
            2: ("A : n x m -> n x m", "zeros(n,m)", _PIECES, "A : n x m\nY = max_weights(A, 2)"),
        },
        singular=_TIES, meaning="1 where max(A) is attained and 0 elsewhere; shared equally where it is attained twice",
    ),
    *along(
        MatrixOperation, "logsumexp",
        {
            None: (
                "A : n x m -> 1 x 1", "sum(exp(A - logsumexp(A)) .* dA)",
                "Boyd and Vandenberghe 2004, section A.4.2", "A : n x m\ny = logsumexp(A)",
            ),
            1: (
                "A : n x m -> 1 x m", "sum(exp(A - ones(n,1)*logsumexp(A, 1)) .* dA, 1)",
                "Boyd and Vandenberghe 2004, section A.4.2", "A : n x m\ny = logsumexp(A, 1)",
            ),
            2: (
                "A : n x m -> n x 1", "sum(exp(A - logsumexp(A, 2)*ones(1,m)) .* dA, 2)",
                "Boyd and Vandenberghe 2004, section A.4.2", "A : n x m\ny = logsumexp(A, 2)",
            ),
        },
        meaning="log of the sum of exp, of all entries; with 1, of each column; with 2, of each row",
    ),
)  # fmt: skip

DEFINITIONS = (
    *along(
        Definition, "mean",
        {
            None: ("A : n x m -> 1 x 1", "sum(A)/(n*m)", "definition", "A : n x m\ny = mean(A)"),
            1: ("A : n x m -> 1 x m", "sum(A, 1)/n", "definition", "A : n x m\ny = mean(A, 1)"),
            2: ("A : n x m -> n x 1", "sum(A, 2)/m", "definition", "A : n x m\ny = mean(A, 2)"),
        },
        meaning="of all entries; with 1, of each column; with 2, of each row",
    ),
    *along(
        Definition, "var",
        {
            None: ("A : n x m -> 1 x 1", "mean(square(A - mean(A)))", "definition", "A : n x m\ny = var(A)"),
            1: ("A : n x m -> 1 x m", "mean(square(A - ones(n,1)*mean(A, 1)), 1)", "definition", "A : n x m\ny = var(A, 1)"),
            2: ("A : n x m -> n x 1", "mean(square(A - mean(A, 2)*ones(1,m)), 2)", "definition", "A : n x m\ny = var(A, 2)"),
        },
        meaning="the mean square deviation from the mean (divided by the number of entries)",
    ),
    *along(
        Definition, "min",
        {
            None: ("A : n x m -> 1 x 1", "-max(-A)", "definition", "A : n x m\ny = min(A)"),
            1: ("A : n x m -> 1 x m", "-max(-A, 1)", "definition", "A : n x m\ny = min(A, 1)"),
            2: ("A : n x m -> n x 1", "-max(-A, 2)", "definition", "A : n x m\ny = min(A, 2)"),
        },
        singular=_TIES.replace("largest", "smallest"), meaning="the smallest entry, as max",
    ),
    Definition(
        "maximum", "A : n x m, B : n x m -> n x m", "B + relu(A - B)", "definition", "A : n x m\nB : n x m\nY = maximum(A, B)",
        singular="entries that are equal in A and B", meaning="the larger of two entries",
    ),
    Definition(
        "minimum", "A : n x m, B : n x m -> n x m", "B - relu(B - A)", "definition", "A : n x m\nB : n x m\nY = minimum(A, B)",
        singular="entries that are equal in A and B", meaning="the smaller of two entries",
    ),
    Definition(
        "norm", "A : n x m -> 1 x 1", "sqrt(sum(square(A)))", "definition", "A : n x m\ny = norm(A)",
        singular="A = 0", meaning="the Frobenius norm; of a column, its length",
    ),
    Definition(
        "norm_1", "x : n x 1 -> 1 x 1", "sum(abs(x))", "definition", "x : n\ny = norm(x, 1)", call="norm", axis=1,
        singular="an entry is 0", meaning="the sum of the absolute values of a column",
    ),
    Definition(
        "norm_2", "x : n x 1 -> 1 x 1", "sqrt(sum(square(x)))", "definition", "x : n\ny = norm(x, 2)", call="norm", axis=2,
        singular="x = 0", meaning="the length of a column, as norm(x)",
    ),
    Definition(
        "sqnorm", "A : n x m -> 1 x 1", "sum(square(A))", "definition", "A : n x m\ny = sqnorm(A)",
        meaning="the square of the Frobenius norm",
    ),
    Definition(
        "sqnorm_2", "x : n x 1 -> 1 x 1", "sum(square(x))", "definition", "x : n\ny = sqnorm(x, 2)", call="sqnorm", axis=2,
        meaning="the square of the length of a column, as sqnorm(x)",
    ),
    Definition(
        "opnorm", "A : n x m -> 1 x 1", "svdvals(A)[1,1]", "definition", "A : n x m\ny = opnorm(A)",
        singular="the largest singular value is repeated", meaning="the spectral norm, the largest singular value",
    ),
    Definition(
        "nucnorm", "A : n x m -> 1 x 1", "sum(svdvals(A))", "definition", "A : n x m\ny = nucnorm(A)",
        singular="A does not have full rank", meaning="the nuclear norm, the sum of the singular values",
    ),
    Definition(
        "quadform", "x : n x 1, A : n x n -> 1 x 1", "x'*A*x", "definition", "x : n\nA : n x n\ny = quadform(x, A)",
        meaning="the quadratic form x'A x",
    ),
    Definition(
        "bilinear", "x : n x 1, A : n x m, y : m x 1 -> 1 x 1", "x'*A*y", "definition",
        "x : n\nA : n x m\ny : m\nz = bilinear(x, A, y)", meaning="the bilinear form x'A y",
    ),
    Definition(
        "rayleigh", "A : n x n, x : n x 1 -> 1 x 1", "x'*A*x/(x'*x)", "definition", "A : n x n\nx : n\ny = rayleigh(A, x)",
        singular="x = 0", meaning="the Rayleigh quotient",
    ),
)  # fmt: skip
