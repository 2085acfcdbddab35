"""The question for a Jacobian as one matrix: of one row, or of all entries, column by column or row by row."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from pushforward.exercises.draft import ROWS, VEC_ROW_MAJOR, Draft
from pushforward.exercises.model import Blocks, Exercise
from pushforward.exercises.telling import derivation, hints, listed, shown
from pushforward.exercises.wanted import Wanted
from pushforward.lesson.model import Bullets, Chain, Formula, Paragraph, Part, Size
from symbolic import nodes
from symbolic.differential import Differential, differentiate
from symbolic.errors import NotSupported
from symbolic.jacobian.kronecker import diag, kron, vec
from symbolic.jacobian.vec import VecForm, vec_form
from symbolic.language.names import differential_of
from symbolic.language.printer import print_expression
from symbolic.language.read import read_program
from symbolic.nodes import Node
from symbolic.program import Program
from symbolic.simplify import REWRITES, Simplifier
from symbolic.statements import Input, Let
from symbolic.structure import structure_of
from symbolic.walks import rewrite, subexpressions

MATRIX = "J"


def jacobian_wanted(draft: Draft, differential: Differential, level: int, seed: int) -> Exercise:
    """Raises NotSupported where the answer needs a commutation matrix."""
    whole = differential.primal
    of_rows = draft.kind == ROWS
    if of_rows:
        single = read_program(_of_one_row(draft.text, differential.wrt[0]))
        differential = differentiate(as_columns(single, differential.wrt[0]), differential.wrt[0].lower())
    form = vec_form(differential, row_major=draft.kind == VEC_ROW_MAJOR)
    closed = form.closed_form().expr
    program = differential.primal
    if not {part for part in subexpressions(closed) if part.is_symbol} <= set(program.symbols.values()):
        raise NotSupported("the answer has names that the question does not")
    matrix = nodes.symbol(MATRIX, *closed.shape)
    marked = replace(program, lets=(*program.lets, Let(MATRIX, closed)), outputs=(MATRIX,))
    sides = _sides(differential, draft.kind)
    asked = (
        "Find ", Formula.of(matrix), ", ", Size(matrix.shape), ", with ",
        Formula.of(sides[0], nodes.multiply(matrix, sides[1])), _MEANING[draft.kind], ".",
    )  # fmt: skip
    question = (*shown(whole, draft.text), *(_rows_shown(whole, program) if of_rows else ()), Paragraph(asked))
    return Exercise(
        level, seed, draft.kind, program, differential.wrt,
        question=question,
        hints=(*hints(differential), *_hints(form, draft.kind)),
        solution=(*derivation(differential), *_collected(form, Formula.of(matrix, closed))),
        answer=f"{MATRIX} = {print_expression(closed)}",
        answered=(Formula.of(matrix, closed),),
        wanted=Wanted(
            marked,
            program.outputs[-1],
            differential.wrt,
            subjects=(matrix,),
            subject=(f"{MATRIX} = ", f"{MATRIX} = "),
            said=f"the matrix {MATRIX} is wanted, without δ",
            strict=((f"{MATRIX} = (", ")"),) * 2,
        ),
    )  # fmt: skip


_MEANING = {
    "rows": "",
    "vec": ", where vec puts the columns of a matrix below each other",
    "vec-row-major": ": the rows of both matrices one after the other, as NumPy's ravel puts them",
}


def defining_equation(exercise: Exercise, answer: str) -> str:
    """δy = J δx with an answer in the place of J, as the grader reads it: an equality that knows nothing of J."""
    output, moving = exercise.program.outputs[-1], exercise.wrt[0]
    sides = (differential_of(output), differential_of(moving))
    if exercise.kind == ROWS:
        return f"{sides[0]} = ({answer}) {sides[1]}"
    turned = "'" if exercise.kind == VEC_ROW_MAJOR else ""
    return f"vec({sides[0]}{turned}) = ({answer}) vec({sides[1]}{turned})"


def _sides(differential: Differential, kind: str) -> tuple[Node, Node]:
    """δy and δx; vec(δY) and vec(δX), or of the transposes"""
    symbols = differential.tangent.symbols
    both = (symbols[differential.name(differential.primal.outputs[-1])], symbols[differential.seeds[0][1]])
    if kind == ROWS:
        return both
    left, right = (nodes.transpose(side) for side in both) if kind == VEC_ROW_MAJOR else both
    return vec(left), vec(right)


# One row


def _of_one_row(text: str, moving: str) -> str:
    """A program with one row where the matrix that moves has n, of which it alone tells."""
    return re.sub(rf"\b{moving} : \w+ x", f"{moving} : 1 x", text)


def as_columns(program: Program, moving: str) -> Program:
    """A program of matrices of one row, as it acts on rows written as columns: X1 = X0 W1 gives x1 = W1' x0.

    What moves is written in small letters.
    """
    moved = {moving, *(let.name for let in program.lets)}
    columns = {name: nodes.symbol(name.lower(), *program.symbols[name].shape[::-1]) for name in moved}
    turned = {program.symbols[name]: nodes.transpose(column) for name, column in columns.items()}
    structure = structure_of(program.inputs, program.lets)
    simplify = Simplifier({}, lambda rewrite, before, after: None, structure, REWRITES)
    lets = tuple(
        Let(columns[let.name].name, simplify(structure.flip(rewrite(let.expr, lambda part: part, turned))))
        for let in program.lets
    )
    inputs = tuple(_as_column(given, columns) for given in program.inputs)
    return Program(program.name, inputs, lets, (lets[-1].name,))


def _as_column(given: Input, columns: dict[str, Node]) -> Input:
    column = columns.get(given.name)
    return given if column is None else Input(column.name, column.shape)


def _rows_shown(whole: Program, row: Program) -> Iterator[Paragraph | Bullets]:
    columns = [symbol for name, symbol in row.symbols.items() if name not in whole.symbols]
    of = {symbol.name.lower(): symbol for symbol in whole.symbols.values()}
    names: list[Part] = [Formula.of(column) for column in columns]
    matrices: list[Part] = [Formula.of(of[column.name]) for column in columns]
    yield Paragraph((
        "Each row of the result depends on the same row of ", matrices[0], " alone. Write ", *listed(names),
        " for one row of ", *listed(matrices), ", as columns:",
    ))  # fmt: skip
    yield Bullets(tuple((Formula.of(let.symbol, let.expr),) for let in row.lets))


# Hints


def _hints(form: VecForm, kind: str) -> Iterator[Blocks]:
    entrywise = kind == ROWS
    rules = _rules_of_columns() if entrywise else _rules_of_vec()
    yield (
        Paragraph(("Every step is a matrix times what moves:",)),
        Bullets(tuple((rule,) for rule in rules)),
    )  # fmt: skip
    steps = _statements(form)
    if len(steps) > 1:
        yield (Paragraph(("Each statement has its matrix; they multiply. The first one:",)), steps[0])


def _rules_of_columns() -> tuple[Formula, ...]:
    """f ⊙ x = diag(f) x"""
    f, x = (nodes.symbol(name, nodes.dimension("m"), nodes.SCALAR[1]) for name in "fx")
    return (Formula.of(nodes.hadamard(f, x), nodes.multiply(diag(f), x)),)


def _rules_of_vec() -> tuple[Formula, ...]:
    """vec(A X B) = (B' ⊗ A) vec(X); vec(F ⊙ X) = diag(vec(F)) vec(X)"""
    n, m, k, h = map(nodes.dimension, "nmkh")
    a, x, b, f = (nodes.symbol(*given) for given in (("A", n, m), ("X", m, k), ("B", k, h), ("F", m, k)))
    kronecker = kron(nodes.transpose(b), a)
    diagonal = diag(vec(f))
    return (
        Formula.of(vec(nodes.multiply(a, x, b)), nodes.multiply(kronecker, vec(x))),
        Formula.of(vec(nodes.hadamard(f, x)), nodes.multiply(diagonal, vec(x))),
    )


def _collected(form: VecForm, answer: Formula) -> Iterator[Paragraph | Chain]:
    yield Paragraph(("The matrix of each statement, by what stands in front of what moves:",))
    yield from _statements(form)
    yield Paragraph(("And so:",))
    yield Chain(answer)


def _statements(form: VecForm) -> list[Chain]:
    """J_x1 = W1'; J_x2 = diag(f'(x1)) J_x1"""
    return [Chain(Formula.of(let.symbol, let.expr)) for let in form.jacobians]
