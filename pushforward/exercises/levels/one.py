"""Level 1: sums, multiples, transposes, and d(A B): both sides move, and the order stays."""

from __future__ import annotations

from pushforward.exercises.draft import DIFFERENTIAL, WRONG_STEP, Draft, Letters, program


def _turned(name: str, transposed: bool = True) -> str:
    return f"{name}'" if transposed else name


def product_and_term(letters: Letters) -> Draft:
    """Y = 2 A B + C"""
    a, b, c, y, *_ = letters.matrices
    n, m, k, _ = letters.sizes
    shapes = {a: f"{n} x {m}", b: f"{m} x {k}", c: f"{n} x {k}"}
    sign = letters.one("+-")
    statement = f"{y} = {letters.multiple(f'{a}*{b}')} {sign} {letters.multiple(c)}"
    return Draft(DIFFERENTIAL, program(shapes, statement), letters.some((a, b, c)))


def product_of_transposes(letters: Letters) -> Draft:
    """Y = A' B + C'"""
    a, b, c, y, *_ = letters.matrices
    n, m, k, _ = letters.sizes
    left, right = letters.one(((True, False), (False, True), (True, True)))
    shapes = {
        a: f"{m} x {n}" if left else f"{n} x {m}",
        b: f"{k} x {m}" if right else f"{m} x {k}",
        c: f"{k} x {n}",
    }
    product = f"{_turned(a, left)}*{_turned(b, right)}"
    statement = f"{y} = {letters.multiple(product)} {letters.one('+-')} {c}'"
    return Draft(DIFFERENTIAL, program(shapes, statement), letters.some((a, b)))


def gram(letters: Letters) -> Draft:
    """Y = A' A - 2 B: one matrix twice"""
    a, b, y, *_ = letters.matrices
    n, m, _, _ = letters.sizes
    product, size = letters.one(((f"{a}'*{a}", m), (f"{a}*{a}'", n)))
    shapes = {a: f"{n} x {m}", b: f"{size} x {size}"}
    statement = f"{y} = {letters.multiple(product)} {letters.one('+-')} {letters.multiple(b)}"
    return Draft(DIFFERENTIAL, program(shapes, statement), letters.one(((a,), (a, b))))


def linear(letters: Letters) -> Draft:
    """Y = 2 A - 3 B' + C"""
    a, b, c, y, *_ = letters.matrices
    n, m, _, _ = letters.sizes
    shapes = {a: f"{n} x {m}", b: f"{m} x {n}", c: f"{n} x {m}"}
    terms = (letters.multiple(a), letters.multiple(f"{b}'"), letters.multiple(c))
    statement = f"{y} = {terms[0]} {letters.one('+-')} {terms[1]} {letters.one('+-')} {terms[2]}"
    return Draft(DIFFERENTIAL, program(shapes, statement), letters.one(((a, b), (b, c), (a, b, c))))


def sum_times_matrix(letters: Letters) -> Draft:
    """Y = (A + 2 B') C"""
    a, b, c, y, *_ = letters.matrices
    n, m, k, _ = letters.sizes
    turned = letters.chance(0.5)
    shapes = {a: f"{n} x {m}", b: f"{m} x {n}" if turned else f"{n} x {m}"}
    both = f"({a} {letters.one('+-')} {letters.multiple(_turned(b, turned))})"
    first = letters.chance(0.5)
    shapes[c] = f"{m} x {k}" if first else f"{k} x {n}"
    statement = f"{y} = {both}*{c}" if first else f"{y} = {c}*{both}"
    return Draft(DIFFERENTIAL, program(shapes, statement), letters.some((a, b, c)))


def not_commuting(letters: Letters) -> Draft:
    """Y = A B - B A, A A + 2 A"""
    a, b, y, *_ = letters.matrices
    n, *_ = letters.sizes
    number = letters.number()
    right = letters.one((f"{a}*{b} - {b}*{a}", f"{number}*{a}*{b} + {b}*{a}", f"{a}*{a} + {number}*{b}"))
    wrt = letters.one(((a,), (a, b)))
    return Draft(DIFFERENTIAL, program({a: f"{n} x {n}", b: f"{n} x {n}"}, f"{y} = {right}"), wrt)


def with_its_transpose(letters: Letters) -> Draft:
    """P = A B; Y = P + 2 P'"""
    a, b, p, y, *_ = letters.matrices
    n, m, _, _ = letters.sizes
    shapes = {a: f"{n} x {m}", b: f"{m} x {n}"}
    statement = f"{y} = {letters.multiple(p)} {letters.one('+-')} {letters.multiple(_turned(p))}"
    return Draft(DIFFERENTIAL, program(shapes, f"{p} = {a}*{b}", statement), letters.some((a, b)))


def find_the_wrong_step(letters: Letters) -> Draft:
    """P = A B; R = P' + C; Y = R D"""
    a, b, c, d, p, r, y = letters.matrices
    n, m, k, h = letters.sizes
    shapes = {a: f"{n} x {m}", b: f"{m} x {k}", c: f"{k} x {n}", d: f"{n} x {h}"}
    statements = (
        f"{p} = {a}*{b}",
        f"{r} = {letters.multiple(_turned(p))} {letters.one('+-')} {letters.multiple(c)}",
        f"{y} = {r}*{d}",
    )
    return Draft(WRONG_STEP, program(shapes, *statements), letters.one(((a, b), (a, b, c), (a, c, d), (b, d))))


DRAWS = (
    product_and_term, product_of_transposes, linear, gram, sum_times_matrix, find_the_wrong_step, not_commuting,
    with_its_transpose,
)  # fmt: skip
