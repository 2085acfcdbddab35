"""Programs, and derivations of their differentials as a person would write them: one line a statement."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import lru_cache

from symbolic import nodes
from symbolic.differential import Differential, differentiate
from symbolic.language.names import differential_of
from symbolic.language.printer import print_expression
from symbolic.language.read import read_program
from symbolic.language.styles import style_named
from symbolic.nodes import Node

PROGRAMS = (
    ("X0 : {n} x {m}; W1 : {m} x {h}; W2 : {h} x {p}; X1 = X0*W1; X2 = f(X1); X3 = X2*W2; X4 = f(X3)", "X0"),
    ("X0 : {n} x {m}; W1 : {m} x {h}; X1 = X0*W1; X2 = tanh(X1)", "X0 W1"),
    ("A : {n} x {m}; B : {m} x {p}; C : {p} x {h}; D = A*B; E = D*C", "A B C"),
    ("A : {n} x {n}; B : {n} x {n}; C = A*B; D = C .* A; E = D*B'", "A B"),
    ("A : {n} x {n}; B = inv(A); C = B*A'", "A"),
    ("X : {n} x {m}; w : {m}; b : {n}; r = X*w - b; y = r'*r", "X w"),
    ("X : {n} x {m}; G = X'*X; y = tr(G*G)", "X"),
    ("A : {n} x {n}; x : {n}; u = A*x; v = sin(u); y = x'*v", "A x"),
    ("X : {n} x {m}; Y : {n} x {m}; P = X .* Y; Q = P ./ (1 + Y.^2)", "X Y"),
    ("X : {n} x {m}; S = exp(X); r = sum(S, 2); Z = S ./ (r*ones(1,{m}))", "X"),
    ("A : {n} x {n}; y = logdet(A); z = y*y", "A"),
    ("A : {n} x {n}; B : {n} x {m}; X = A \\ B; Y = X .* X", "A B"),
    ("X : {n} x {m}; U = sigmoid(X); V = U*X'; W = V.^3", "X"),
    ("X : {n} x {m}; Y = f(X); Z = g(Y); V = Z .* X", "X"),
)
_LETTERS = ("n", "m", "h", "p")


@dataclass(frozen=True)
class Case:
    """A program, the inputs that move, and the right sides of the lines δX = …, by name."""

    program_text: str
    differential: Differential
    lines: tuple[tuple[str, Node], ...]


@lru_cache(maxsize=512)
def case(text: str, wrt: str) -> Case:
    differential = differentiate(read_program(text), wrt.split())
    of = {differential_of(let.name): let.name for let in differential.primal.lets}
    lines = tuple((of[let.name], let.expr) for let in differential.tangents if let.name in of)
    return Case(text, differential, lines)


def draw(random_: random.Random) -> Case:
    """A program with letters for sizes, or, one time in three, with numbers from 1 to 20."""
    text, wrt = random_.choice(PROGRAMS)
    largest = random_.choice((1, 3, 6, 20)) if random_.random() < 1 / 3 else 0
    sizes = {letter: str(random_.randint(1, largest)) if largest else letter for letter in _LETTERS}
    return case(text.format(**sizes), wrt)


def equation(name: str, sides: list[Node], style: str, expanded: bool) -> str:
    """δX = A = B or, expanded, X + δX = X + A + O(δ²)."""
    print_name = style_named(style).name
    mark = print_name(differential_of(name))
    written = [print_expression(side, style) for side in sides]
    if not expanded:
        return " = ".join([mark, *written])
    remainder = rf"O(\delta {print_name(name)}^2)" if style == "latex" else f"O({mark}^2)"
    plain = print_name(name)
    return " = ".join([f"{plain} + {mark}", *(f"{plain} + {_bracketed(side, style)} + {remainder}" for side in sides)])


def _bracketed(node: Node, style: str) -> str:
    text = print_expression(node, style)
    return f"({text})" if text.startswith("-") or type(nodes.split_number(node)[1]) is not type(node) else text


def derivation(lines: list[str], style: str) -> str:
    return (" \\\\\n" if style == "latex" else "\n").join(lines)
