"""Level 4: inverses and systems, determinants, softmax, quadratic forms, and the Jacobian of one row."""

from __future__ import annotations

from pushforward.exercises.draft import DIFFERENTIAL, GRADIENT, ROWS, WRONG_STEP, Draft, Letters, program

_ROWS = tuple(map(tuple, ("XZYWVb", "XUYWVc", "UZYWVb", "AZYBCu", "XYZABc", "ZUVABw")))
"""Letters of matrices whose rows, in small letters, are no other names of the program."""


def inverse(letters: Letters) -> Draft:
    """Y = A⁻¹ B, B A⁻¹ C, (A + B)⁻¹"""
    a, b, c, y, *_ = letters.matrices
    n, m, k, _ = letters.sizes
    square = f"{n} x {n}"
    shapes, right = letters.one((
        ({a: square, b: f"{n} x {m}"}, f"inv({a})*{b}"),
        ({a: square, b: f"{m} x {n}"}, f"{b}*inv({a})"),
        ({a: square, b: f"{m} x {n}", c: f"{n} x {k}"}, f"{b}*inv({a})*{c}"),
        ({a: square, b: square}, f"inv({a} + {letters.multiple(b)})"),
    ))  # fmt: skip
    wrt = letters.one(((a,), (a, b)))
    return Draft(DIFFERENTIAL, program(shapes, f"{y} = {right}"), wrt)


def system(letters: Letters) -> Draft:
    r"""X = A \ B; Y = C X"""
    a, b, c, x, y, *_ = letters.matrices
    n, m, k, _ = letters.sizes
    shapes = {a: f"{n} x {n}", b: f"{n} x {m}", c: f"{k} x {n}"}
    last = letters.one((f"{y} = {c}*{x}", f"{y} = {c}*{x}", ""))
    used = {name: shape for name, shape in shapes.items() if name != c or last}
    wrt = letters.one(((a,), (a, b)))
    return Draft(DIFFERENTIAL, program(used, f"{x} = {a} \\ {b}", *filter(None, [last])), wrt)


def determinant(letters: Letters) -> Draft:
    """y = log det S, det(A), log det(X' X)"""
    a, b, *_ = letters.matrices
    y = letters.columns[0]
    n, m, _, _ = letters.sizes
    shapes, right = letters.one((
        ({a: f"{n} x {n}", b: f"{n} x {n}"}, f"logdet({a}) + {letters.multiple(f'tr({b}*{a})')}"),
        ({a: f"{n} x {n}"}, f"{letters.number()}*det({a})"),
        ({a: f"{n} x {m}"}, letters.multiple(f"logdet({a}'*{a})")),
        ({a: f"{n} x {n}", b: f"{n} x {n}"}, f"logdet({a}*{b})"),
        ({a: f"{n} x {n}", b: f"{n} x {n}"}, f"{letters.multiple(f'logdet({a})')} - tr({b}*{a})"),
    ))  # fmt: skip
    return Draft(GRADIENT, program(shapes, f"{y} = {right}"), (a,))


def quadratic_form(letters: Letters) -> Draft:
    """y = x' A x + b' x"""
    a, *_ = letters.matrices
    x, b, _, y = letters.columns
    n, *_ = letters.sizes
    shapes = {a: f"{n} x {n}{letters.one(('', ' symmetric'))}", x: n, b: n}
    form = letters.one((f"{x}'*{a}*{x}", f"{x}'*{a}*{x}/2"))
    linear = letters.multiple(f"{b}'*{x}")
    return Draft(GRADIENT, program(shapes, f"{y} = {form} {letters.one('+-')} {linear}"), (x,))


def form_of_an_inverse(letters: Letters) -> Draft:
    """y = b' A⁻¹ b, tr(A⁻¹ B)"""
    a, b, *_ = letters.matrices
    c, d, _, y = letters.columns
    n, *_ = letters.sizes
    shapes, right = letters.one((
        ({a: f"{n} x {n}", c: n}, f"{c}'*inv({a})*{c}"),
        ({a: f"{n} x {n}", c: n, d: n}, f"{c}'*inv({a})*{d}"),
        ({a: f"{n} x {n}", b: f"{n} x {n}"}, f"tr(inv({a})*{b})"),
    ))  # fmt: skip
    return Draft(GRADIENT, program(shapes, f"{y} = {letters.multiple(right)}"), (a,))


def softmax(letters: Letters) -> Draft:
    """z = A x; p = softmax(z)"""
    a, *_ = letters.matrices
    x, z, p, t = letters.columns
    n, m, _, _ = letters.sizes
    shapes = {a: f"{n} x {m}", x: m, t: n}
    kind, last = letters.one(((DIFFERENTIAL, ""), (GRADIENT, f"y = {t}'*{p}"), (DIFFERENTIAL, f"y = {t} .* {p}")))
    last = last if t != "y" and "y" not in (x, z, p) else last.replace("y =", "s =")
    used = {name: shape for name, shape in shapes.items() if name != t or last}
    statements = (f"{z} = {a}*{x}", f"{p} = softmax({z}, 1)", *filter(None, [last]))
    return Draft(kind, program(used, *statements), (letters.one((a, x)),))


def one_row_of_a_layer(letters: Letters) -> Draft:
    """Z = X W + ones(n, 1) b'; Y = f(Z), or a second layer"""
    x, z, y, w, v, b = letters.one(_ROWS)
    n, m, k, h = letters.sizes
    f, _ = letters.functions()
    shapes = {x: f"{n} x {m}", w: f"{m} x {k}", b: k, v: f"{k} x {h}"}
    statements = letters.one((
        (f"{z} = {x}*{w} .+ {b}'", f"{y} = {f}({z})"),
        (f"{z} = {f}({x}*{w})", f"{y} = {z}*{v}"),
        (f"{z} = {x}*{w}", f"{y} = {f}({z})*{v}"),
        (f"{z} = {x}*{w} .+ {b}'", f"{y} = {f}({z})*{v}"),
    ))  # fmt: skip
    used = {name: shape for name, shape in shapes.items() if name in " ".join(statements)}
    return Draft(ROWS, program(used, *statements), (x,))


def one_row_of_a_product(letters: Letters) -> Draft:
    """Z = X A; Y = f(X) ⊙ Z"""
    x, z, y, a, *_ = letters.one(_ROWS)
    n, m, *_ = letters.sizes
    f, _ = letters.functions()
    last = letters.one((f"{y} = {f}({x}) .* {z}", f"{y} = {x} .* {f}({z})", f"{y} = {x} + {f}({z})"))
    return Draft(ROWS, program({x: f"{n} x {m}", a: f"{m} x {m}"}, f"{z} = {x}*{a}", last), (x,))


def find_the_wrong_step(letters: Letters) -> Draft:
    r"""Z = A⁻¹ B; Y = f(Z) C"""
    a, b, c, z, h, y, _ = letters.matrices
    n, m, k, _ = letters.sizes
    f, _ = letters.functions()
    shapes = {a: f"{n} x {n}", b: f"{n} x {m}", c: f"{m} x {k}"}
    statements = (f"{z} = inv({a})*{b}", f"{h} = {f}({z})", f"{y} = {h}*{c}")
    return Draft(WRONG_STEP, program(shapes, *statements), letters.one(((a,), (a, b), (a, c))))


DRAWS = (
    inverse, determinant, one_row_of_a_layer, system, quadratic_form, find_the_wrong_step, softmax, form_of_an_inverse,
    one_row_of_a_product,
)  # fmt: skip
