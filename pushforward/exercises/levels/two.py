"""Level 2: several products, Hadamard products, functions of each entry, known and unknown."""

from __future__ import annotations

from pushforward.exercises.draft import DIFFERENTIAL, KNOWN, UNKNOWN, WRONG_STEP, Draft, Letters, program


def three_factors(letters: Letters) -> Draft:
    """Y = A B C"""
    a, b, c, y, *_ = letters.matrices
    n, m, k, h = letters.sizes
    shapes = {a: f"{n} x {m}", b: f"{m} x {k}", c: f"{k} x {h}"}
    statement = f"{y} = {letters.multiple(f'{a}*{b}*{c}')}"
    return Draft(DIFFERENTIAL, program(shapes, statement), letters.one(((a, b, c), (a, c), (a, b), (b, c), (b,))))


def congruence(letters: Letters) -> Draft:
    """Y = A' B A + C"""
    a, b, c, y, *_ = letters.matrices
    n, m, _, _ = letters.sizes
    product, inner, outer = letters.one(((f"{a}'*{b}*{a}", n, m), (f"{a}*{b}*{a}'", m, n)))
    shapes = {a: f"{n} x {m}", b: f"{inner} x {inner}", c: f"{outer} x {outer}"}
    statement = f"{y} = {product} {letters.one('+-')} {letters.multiple(c)}"
    return Draft(DIFFERENTIAL, program(shapes, statement), letters.one(((a,), (a, b), (a, c))))


def hadamard(letters: Letters) -> Draft:
    """Y = (A B) ⊙ C"""
    a, b, c, y, *_ = letters.matrices
    n, m, k, _ = letters.sizes
    shapes = {a: f"{n} x {m}", b: f"{m} x {k}", c: f"{n} x {k}"}
    statement = letters.one((f"{y} = ({a}*{b}) .* {c}", f"{y} = {c} .* ({a}*{b})", f"{y} = {c} .* ({a}*{b}) + {c}"))
    return Draft(DIFFERENTIAL, program(shapes, statement), letters.some((a, b, c)))


def function_of_a_product(letters: Letters) -> Draft:
    """Z = A B; Y = f(Z)"""
    a, b, c, z, y, *_ = letters.matrices
    n, m, k, _ = letters.sizes
    f, _ = letters.functions()
    shapes = {a: f"{n} x {m}", b: f"{m} x {k}", c: f"{n} x {k}"}
    first = letters.one((f"{z} = {a}*{b}", f"{z} = {a}*{b} + {c}", f"{z} = {letters.number()}*{a}*{b}"))
    last = letters.one((f"{y} = {f}({z})", f"{y} = {f}({z}) .* {c}"))
    used = {name: shape for name, shape in shapes.items() if name in first + last}
    return Draft(DIFFERENTIAL, program(used, first, last), letters.some((a, b)))


def function_then_product(letters: Letters) -> Draft:
    """Z = f(A + B'); Y = Z C"""
    a, b, c, z, y, *_ = letters.matrices
    n, m, k, _ = letters.sizes
    f, _ = letters.functions()
    shapes = {a: f"{n} x {m}", b: f"{m} x {n}", c: f"{m} x {k}"}
    turned = f"{b}'"
    statements = (f"{z} = {f}({a} {letters.one('+-')} {letters.multiple(turned)})", f"{y} = {z}*{c}")
    return Draft(DIFFERENTIAL, program(shapes, *statements), letters.one(((a,), (b,), (a, b), (a, b, c))))


def two_functions(letters: Letters) -> Draft:
    """Y = f(A) ⊙ g(B)"""
    a, b, y, *_ = letters.matrices
    n, m, _, _ = letters.sizes
    f, g = letters.functions()
    statement = f"{y} = {f}({a}) .* {g}({b})"
    return Draft(DIFFERENTIAL, program({a: f"{n} x {m}", b: f"{n} x {m}"}, statement), letters.some((a, b)))


def powers(letters: Letters) -> Draft:
    """Y = (A.^3) B, A.^2 ⊙ B"""
    a, b, y, *_ = letters.matrices
    n, m, k, _ = letters.sizes
    exponent = letters.one((2, 3, 4))
    sign, other = letters.one((("*", f"{m} x {k}"), (".*", f"{n} x {m}")))
    statement = f"{y} = {letters.multiple(f'({a}.^{exponent})')} {sign} {b}"
    return Draft(DIFFERENTIAL, program({a: f"{n} x {m}", b: other}, statement), letters.one(((a,), (a, b))))


def function_inside_function(letters: Letters) -> Draft:
    """Z = f(A); Y = g(Z B)"""
    a, b, z, y, *_ = letters.matrices
    n, m, k, _ = letters.sizes
    f, g = letters.one(UNKNOWN), letters.one((*UNKNOWN, *KNOWN))
    shapes = {a: f"{n} x {m}", b: f"{m} x {k}"}
    return Draft(DIFFERENTIAL, program(shapes, f"{z} = {f}({a})", f"{y} = {g}({z}*{b})"), letters.some((a, b)))


def find_the_wrong_step(letters: Letters) -> Draft:
    """Z = A B; H = f(Z); Y = (H ⊙ C) D"""
    a, b, c, d, z, h, y = letters.matrices
    n, m, k, p = letters.sizes
    f, _ = letters.functions()
    shapes = {a: f"{n} x {m}", b: f"{m} x {k}", c: f"{n} x {k}", d: f"{k} x {p}"}
    statements = (f"{z} = {a}*{b}", f"{h} = {f}({z})", f"{y} = ({h} .* {c})*{d}")
    return Draft(WRONG_STEP, program(shapes, *statements), letters.one(((a,), (b,), (a, b), (a, c), (b, d))))


DRAWS = (
    three_factors, hadamard, function_of_a_product, congruence, function_then_product, find_the_wrong_step,
    two_functions, powers, function_inside_function,
)  # fmt: skip
