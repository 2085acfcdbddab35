"""Level 5: attention, normalisation, functions of matrices, Cholesky factors, layouts, and long derivations."""

from __future__ import annotations

from pushforward.exercises.draft import (
    DIFFERENTIAL,
    NUMERATOR,
    VEC,
    VEC_ROW_MAJOR,
    WRONG_STEP,
    Draft,
    Letters,
    program,
)

_ATTENTION = tuple(map(tuple, ("QKVSPY", "QKVSAZ", "XYVSPZ", "AUVSPY")))
"""Queries, keys, values, their scores, weights and the result."""


def attention(letters: Letters) -> Draft:
    """S = Q K'; P = softmax of its rows; Y = P V"""
    q, k, v, s, p, y = letters.one(_ATTENTION)
    n, m, d, h = letters.sizes
    shapes = {q: f"{n} x {d}", k: f"{m} x {d}", v: f"{m} x {h}"}
    scores = letters.multiple(f"{q}*{k}'")
    statements = (f"{s} = {scores}", f"{p} = softmax({s}, 2)", f"{y} = {p}*{v}")
    return Draft(DIFFERENTIAL, program(shapes, *statements), letters.one(((q,), (k,), (q, v))))


def normalisation(letters: Letters) -> Draft:
    """C = X - mean of each row; Y = C W, sum of squares, one length"""
    x, w, c, y, *_ = letters.matrices
    r, v, t, _ = letters.columns
    n, m, k, _ = letters.sizes
    shapes, statements = letters.one((
        ({x: f"{n} x {m}", w: f"{m} x {k}"}, (f"{c} = {x} .- mean({x}, 2)", f"{y} = {c}*{w}")),
        ({x: f"{n} x {m}"}, (f"{c} = exp({x})", f"{r} = sum({c}, 2)", f"{y} = {c} ./ {r}")),
        ({t: n}, (f"{r} = norm({t})", f"{v} = {t}/{r}")),
        ({x: f"{n} x {m}"}, (f"{r} = sum({x}.^2, 2)", f"{y} = {x} ./ {r}")),
    ))  # fmt: skip
    return Draft(DIFFERENTIAL, program(shapes, *statements), (next(iter(shapes)),))


def matrix_function(letters: Letters) -> Draft:
    """Y = A³, (I - A)⁻¹ (I + A), (I + A)⁻¹ B"""
    a, b, y, *_ = letters.matrices
    n, m, *_ = letters.sizes
    eye, square = f"eye({n})", f"{n} x {n}"
    shapes, right = letters.one((
        ({a: square}, f"{a}^3"),
        ({a: square, b: f"{n} x {m}"}, f"{a}^2*{b}"),
        ({a: square}, f"inv({eye} - {a})*({eye} + {a})"),
        ({a: square, b: f"{n} x {m}"}, f"inv({eye} + {letters.multiple(a)})*{b}"),
        ({a: square, b: square}, f"{a}^2 + {letters.number()}*{a}*{b}"),
    ))  # fmt: skip
    return Draft(DIFFERENTIAL, program(shapes, f"{y} = {right}"), (a,))


def cholesky_factor(letters: Letters) -> Draft:
    """S = L L'; y = log det S + tr(B S), ‖L⁻¹ b‖²: by the factor"""
    b, s, z, *_ = letters.matrices
    c, r, _, y = letters.columns
    n, m, *_ = letters.sizes
    square = f"{n} x {n}"
    factor = "R" if "L" in (b, s, z) else "L"
    gram, square_of_norm, logdet = (letters.multiple(x) for x in (f"{factor}*{factor}'", f"{r}'*{r}", f"logdet({s})"))
    shapes, statements = letters.one((
        ({factor: f"{square} lower", b: square}, (f"{s} = {gram} + {b}",)),
        ({factor: f"{square} lower"}, (f"{s} = {factor}*{factor}'", f"{y} = {logdet}")),
        ({factor: f"{square} lower", c: n}, (f"{r} = {factor} \\ {c}", f"{y} = {square_of_norm}")),
        ({factor: f"{square} lower", b: f"{m} x {n}"}, (f"{s} = {factor}*{factor}'", f"{z} = {b}*{s}*{b}'")),
    ))  # fmt: skip
    return Draft(DIFFERENTIAL, program(shapes, *statements), (factor,))


def _layer(letters: Letters) -> tuple[dict[str, str], tuple[str, ...], str]:
    """Z = A X B; Y = f(Z), and the matrix that moves"""
    a, x, b, z, y, *_ = letters.matrices
    n, m, k, h = letters.sizes
    f, _ = letters.functions()
    return letters.one((
        ({a: f"{n} x {m}", x: f"{m} x {k}", b: f"{k} x {h}"}, (f"{z} = {a}*{x}*{b}",), x),
        ({x: f"{n} x {m}", b: f"{m} x {k}"}, (f"{z} = {x}*{b}", f"{y} = {f}({z})"), x),
        ({a: f"{n} x {m}", x: f"{m} x {k}"}, (f"{z} = {a}*{x}", f"{y} = {f}({z})"), x),
        ({x: f"{n} x {m}", b: f"{n} x {m}", a: f"{m} x {k}"}, (f"{z} = {x} .* {b}", f"{y} = {z}*{a}"), x),
        ({x: f"{n} x {m}", a: f"{n} x {n}"}, (f"{z} = {a}*{f}({x})",), x),
    ))  # fmt: skip


def column_by_column(letters: Letters) -> Draft:
    shapes, statements, moving = _layer(letters)
    return Draft(VEC, program(shapes, *statements), (moving,))


def row_by_row(letters: Letters) -> Draft:
    shapes, statements, moving = _layer(letters)
    return Draft(VEC_ROW_MAJOR, program(shapes, *statements), (moving,))


def numerator_layout(letters: Letters) -> Draft:
    """y = tr(A X B), log det X, r' r: as a row, or transposed"""
    a, x, b, r, *_ = letters.matrices
    y = letters.columns[0]
    n, m, k, _ = letters.sizes
    shapes, statements = letters.one((
        ({a: f"{n} x {m}", x: f"{m} x {k}", b: f"{k} x {n}"}, (f"{y} = tr({a}*{x}*{b})",)),
        ({x: f"{n} x {n}", a: f"{n} x {n}"}, (f"{y} = logdet({x}) + {letters.multiple(f'tr({a}*{x})')}",)),
        ({a: f"{n} x {m}", x: f"{m} x {k}", b: f"{n} x {k}"}, (f"{r} = {a}*{x} - {b}", f"{y} = sqnorm({r})")),
        ({x: f"{n} x {m}", a: f"{n} x {n}"}, (f"{y} = tr({x}'*{a}*{x})",)),
    ))  # fmt: skip
    return Draft(NUMERATOR, program(shapes, *statements), (x,))


def long_derivation(letters: Letters) -> Draft:
    """Two layers with a shortcut, or attention"""
    n, m, k, h = letters.sizes
    f, g = letters.functions()
    shapes, statements, wrt = letters.one((
        (
            {"X0": f"{n} x {m}", "W1": f"{m} x {k}", "W2": f"{k} x {m}", "V": f"{m} x {h}"},
            ("X1 = X0*W1", f"X2 = {f}(X1)", "X3 = X2*W2", "X4 = X0 + X3", f"X5 = {g}(X4)", "Y = X5*V"),
            ("X0", "W1", "W2"),
        ),
        (
            {"X": f"{n} x {m}", "A": f"{m} x {k}", "B": f"{m} x {k}", "V": f"{n} x {h}"},
            ("Q = X*A", "K = X*B", "S = Q*K'", f"P = {f}(S)", "Y = P*V"),
            ("X", "A", "B"),
        ),
        (
            {"A": f"{n} x {n}", "B": f"{n} x {m}", "C": f"{m} x {k}", "F": f"{n} x {k}"},
            ("Z = inv(A)*B", f"H = {f}(Z)", "U = H*C", "R = U .* F", "Y = R*R'"),
            ("A", "B", "C"),
        ),
    ))  # fmt: skip
    return Draft(WRONG_STEP, program(shapes, *statements), (letters.one(wrt),))


DRAWS = (
    attention, column_by_column, matrix_function, long_derivation, normalisation, numerator_layout, cholesky_factor,
    row_by_row,
)  # fmt: skip
