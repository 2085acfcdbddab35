"""Level 3: two layers, bias, and scalars: traces and norms, whose gradients are read off."""

from __future__ import annotations

from pushforward.exercises.draft import DIFFERENTIAL, GRADIENT, WRONG_STEP, Draft, Letters, program


def _layers(letters: Letters) -> tuple[dict[str, str], tuple[str, ...]]:
    """X1 = X0 W1; X2 = f(X1); X3 = X2 W2; X4 = g(X3), under one letter or another"""
    x, w = letters.one((("X", "W"), ("A", "B"), ("X", "A"), ("Z", "V"), ("Y", "U"), ("H", "W"), ("U", "V")))
    n, m, k, h = letters.sizes
    f, g = letters.functions()
    shapes = {f"{x}0": f"{n} x {m}", f"{w}1": f"{m} x {k}", f"{w}2": f"{k} x {h}"}
    statements = (
        f"{x}1 = {x}0*{w}1", f"{x}2 = {f}({x}1)", f"{x}3 = {x}2*{w}2", f"{x}4 = {g}({x}3)",
    )  # fmt: skip
    return shapes, statements


def two_layers(letters: Letters) -> Draft:
    shapes, statements = _layers(letters)
    return Draft(DIFFERENTIAL, program(shapes, *statements), (letters.one(tuple(shapes)),))


def layer_with_bias(letters: Letters) -> Draft:
    """Z = X W + ones(n, 1) b'; Y = f(Z) V"""
    x, w, v, z, y, *_ = letters.matrices
    b = letters.columns[0]
    n, m, k, h = letters.sizes
    f, _ = letters.functions()
    shapes = {x: f"{n} x {m}", w: f"{m} x {k}", b: k, v: f"{k} x {h}"}
    statements = (f"{z} = {x}*{w} .+ {b}'", f"{y} = {f}({z})*{v}")
    return Draft(DIFFERENTIAL, program(shapes, *statements), letters.one(((x,), (w, b), (w,), (b,), (b, v))))


def least_squares(letters: Letters) -> Draft:
    """R = A X - B; r = ‖R‖²"""
    a, x, b, r, *_ = letters.matrices
    y = letters.columns[0]
    n, m, k, _ = letters.sizes
    shapes = {a: f"{n} x {m}", x: f"{m} x {k}", b: f"{n} x {k}"}
    last = letters.one((f"{y} = sqnorm({r})", f"{y} = sqnorm({r})/2", f"{y} = tr({r}'*{r})", f"{y} = norm({r})"))
    return Draft(GRADIENT, program(shapes, f"{r} = {a}*{x} - {b}", last), (letters.one((a, x)),))


def trace_of_a_product(letters: Letters) -> Draft:
    """y = tr(A X B), tr(A X' B), tr(X' A X)"""
    a, x, b, *_ = letters.matrices
    y = letters.columns[0]
    n, m, k, _ = letters.sizes
    shapes, right = letters.one((
        ({a: f"{n} x {m}", x: f"{m} x {k}", b: f"{k} x {n}"}, f"{a}*{x}*{b}"),
        ({a: f"{n} x {m}", x: f"{k} x {m}", b: f"{k} x {n}"}, f"{a}*{x}'*{b}"),
        ({a: f"{n} x {n}", x: f"{n} x {m}"}, f"{x}'*{a}*{x}"),
        ({a: f"{m} x {m}", x: f"{n} x {m}", b: f"{n} x {n}"}, f"{a}*{x}'*{b}*{x}"),
    ))  # fmt: skip
    return Draft(GRADIENT, program(shapes, f"{y} = {letters.multiple(f'tr({right})')}"), (x,))


def distance(letters: Letters) -> Draft:
    """r = A x - b; y = ‖r‖"""
    a, *_ = letters.matrices
    x, b, r, y = letters.columns
    n, m, _, _ = letters.sizes
    shapes = {a: f"{n} x {m}", x: m, b: n}
    last = letters.one((f"{y} = norm({r})", f"{y} = {r}'*{r}", f"{y} = {r}'*{r}/{n}"))
    return Draft(GRADIENT, program(shapes, f"{r} = {a}*{x} - {b}", last), (letters.one((a, x)),))


def sum_of_a_function(letters: Letters) -> Draft:
    """Z = A X; y = sum(f(Z) ⊙ B)"""
    a, x, b, z, *_ = letters.matrices
    y = letters.columns[0]
    n, m, k, _ = letters.sizes
    f, _ = letters.functions()
    shapes = {a: f"{n} x {m}", x: f"{m} x {k}", b: f"{n} x {k}"}
    last = letters.one((f"{y} = sum({f}({z}) .* {b})", f"{y} = tr({b}'*{f}({z}))", f"{y} = sum({f}({z}))"))
    used = {name: shape for name, shape in shapes.items() if name != b or b in last}
    return Draft(GRADIENT, program(used, f"{z} = {a}*{x}", last), (letters.one((a, x)),))


def bilinear(letters: Letters) -> Draft:
    """y = a' X b, a' X' X b"""
    x, *_ = letters.matrices
    a, b, _, y = letters.columns
    n, m, _, _ = letters.sizes
    shapes, right = letters.one((
        ({a: n, b: m}, f"{a}'*{x}*{b}"), ({a: m, b: m}, f"{a}'*{x}'*{x}*{b}"), ({a: n, b: n}, f"{a}'*{x}*{x}'*{b}"),
    ))  # fmt: skip
    return Draft(GRADIENT, program({x: f"{n} x {m}", **shapes}, f"{y} = {letters.multiple(right)}"), (x,))


def find_the_wrong_step(letters: Letters) -> Draft:
    shapes, statements = _layers(letters)
    return Draft(WRONG_STEP, program(shapes, *statements), letters.some(tuple(shapes)))


DRAWS = (
    two_layers, least_squares, trace_of_a_product, layer_with_bias, sum_of_a_function, find_the_wrong_step, distance,
    bilinear,
)  # fmt: skip
