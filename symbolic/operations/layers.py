"""Layers of neural networks: all of them compositions."""

from __future__ import annotations

from symbolic.operations.record import Definition, MatrixOperation, along

_SOFTMAX = "Goodfellow, Bengio and Courville 2016, section 6.2.2.3"

OPERATIONS: tuple[MatrixOperation, ...] = ()

DEFINITIONS = (
    *along(
        Definition,
        "softmax",
        {
            None: ("x : n x 1 -> n x 1", "exp(x - logsumexp(x))", _SOFTMAX, "x : n\ny = softmax(x)"),
            1: ("A : n x m -> n x m", "exp(A - ones(n,1)*logsumexp(A, 1))", _SOFTMAX, "A : n x m\nY = softmax(A, 1)"),
            2: ("A : n x m -> n x m", "exp(A - logsumexp(A, 2)*ones(1,m))", _SOFTMAX, "A : n x m\nY = softmax(A, 2)"),
        },
        meaning="exp, of a column, divided by its sum; of a matrix with 1, over each column; with 2, over each row",
    ),
    *along(
        Definition,
        "log_softmax",
        {
            None: ("x : n x 1 -> n x 1", "x - logsumexp(x)", _SOFTMAX, "x : n\ny = log_softmax(x)"),
            1: ("A : n x m -> n x m", "A - ones(n,1)*logsumexp(A, 1)", _SOFTMAX, "A : n x m\nY = log_softmax(A, 1)"),
            2: ("A : n x m -> n x m", "A - logsumexp(A, 2)*ones(1,m)", _SOFTMAX, "A : n x m\nY = log_softmax(A, 2)"),
        },
        meaning="the logarithm of softmax, without its rounding",
    ),
    Definition(
        "layernorm",
        "A : n x m -> n x m",
        body="C ./ (sqrt(mean(square(C), 2) + 1e-5)*ones(1,m))",
        where=("C = A - mean(A, 2)*ones(1,m)",),
        cite="Ba, Kiros and Hinton 2016, equation (4)",
        meaning="each row less its mean, over the square root of its variance + 1e-5",
        example="A : n x m\nY = layernorm(A)",
    ),
    Definition(
        "cross_entropy",
        "A : n x m, P : n x m -> 1 x 1",
        body="-sum(P .* log_softmax(A, 2))/n",
        cite="Goodfellow, Bengio and Courville 2016, section 3.13",
        meaning="the mean over the rows of -sum P log softmax(A)",
        example="A : n x m\nP : n x m\ny = cross_entropy(A, P)",
    ),
    Definition(
        "attention",
        "Q : n x k, K : m x k, V : m x p -> n x p",
        body="softmax(Q*K'/sqrt(k), 2)*V",
        cite="Vaswani et al. 2017, equation (1)",
        meaning="scaled dot-product attention",
        example="Q : n x k\nK : m x k\nV : m x p\nY = attention(Q, K, V)",
    ),
    Definition(
        "affine",
        "A : n x m, W : m x k, b : k x 1 -> n x k",
        body="A*W + ones(n,1)*b'",
        cite="definition",
        meaning="a batch of rows through an affine layer",
        example="A : n x m\nW : m x k\nb : k\nY = affine(A, W, b)",
    ),
)
