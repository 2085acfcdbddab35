"""The question for a gradient, in the shape of the input or transposed, in numerator layout."""

from __future__ import annotations

from collections.abc import Iterator

from pushforward.exercises.draft import NUMERATOR, Draft
from pushforward.exercises.model import Blocks, Exercise
from pushforward.exercises.telling import derivation, hints, shown
from pushforward.exercises.wanted import Wanted
from pushforward.lesson.model import Chain, Formula, Paragraph, Side, Size
from symbolic import nodes
from symbolic.differential import Differential
from symbolic.language.names import unicode_name
from symbolic.language.printer import print_expression
from symbolic.language.styles import style_named
from symbolic.nodes import Node
from symbolic.reverse.adjoint import Adjoint
from symbolic.reverse.gradients import gradient_of
from symbolic.structure import structure_of


def gradient_wanted(draft: Draft, differential: Differential, level: int, seed: int) -> Exercise:
    """Raises ShapeError where the result is no scalar."""
    back = gradient_of(differential)
    program, (by,) = differential.primal, differential.wrt
    value, given = program.symbols[program.outputs[-1]], program.symbols[by]
    transposed = draft.kind == NUMERATOR
    gradient = back.closed_form(by).expr
    structure = structure_of(differential.tangent.inputs, differential.tangent.lets)
    result = structure.flip(gradient) if transposed else gradient
    latex = style_named("latex").name
    of, wrt = unicode_name(value.name), unicode_name(by)
    layout = "numerator layout, the shape of its transpose" if transposed else f"the shape of {wrt}"
    wanted = Wanted(
        program,
        value.name,
        (by,),
        subject=(f"∂{of}/∂{wrt} = ", rf"\frac{{\partial {latex(value.name)}}}{{\partial {latex(by)}}} = "),
        said=f"the gradient ∂{of}/∂{wrt} is wanted, in {layout}, without δ",
        strict=(
            (f"∇_{wrt} {of} = (", ")'" if transposed else ")"),
            (rf"\nabla_{{{latex(by)}}} {latex(value.name)} = (", r")^\top" if transposed else ")"),
        ),
    )
    return Exercise(
        level, seed, draft.kind, program, (by,),
        question=(*shown(program, draft.text), _asked(value, given, transposed)),
        hints=tuple(_hints(differential, back, value, given)),
        solution=(*derivation(differential), *_read_off(back, gradient, value, given, transposed)),
        answer=f"∂{of}/∂{wrt} = {print_expression(result)}",
        answered=(Formula.of(result),),
        wanted=wanted,
    )  # fmt: skip


def _asked(value: Node, given: Node, transposed: bool) -> Paragraph:
    if transposed:
        layout = (
            "in numerator layout, the transpose of the shape of ", Formula.of(given), ": ",
            Size(given.shape[::-1]), ", with the derivative by the entry in row i and column j in row j and column i",
        )  # fmt: skip
    else:
        layout = (
            "in the shape of ", Formula.of(given), ", ", Size(given.shape),
            ": the entry in row i and column j is the derivative by the entry there",
        )  # fmt: skip
    return Paragraph((
        "Find the gradient of ", Formula.of(value), " with respect to ", Formula.of(given), ", ", *layout, ".",
    ))  # fmt: skip


def _hints(differential: Differential, back: Adjoint, value: Node, given: Node) -> Iterator[Blocks]:
    yield from hints(differential)
    gradient = nodes.symbol("G", *given.shape)
    change, seed = (differential.tangent.symbols[differential.name(node.name)] for node in (value, given))
    yield (
        Paragraph((
            "A gradient ", Formula.of(gradient), " in the shape of ", Formula.of(given),
            " is what stands beside the perturbation in ",
            Formula.of(change, nodes.operate("tr", nodes.multiply(nodes.transpose(gradient), seed))),
            ": turn the factors in the trace until ", Formula.of(seed), " is the last one. The differential:",
        )),
        Chain(Formula.of(change, differential.closed_form().expr)),
    )  # fmt: skip
    carried = [let for let in back.reversed if let.name != back.results[0][1]]
    if carried:
        yield (
            Paragraph(("Or go backwards, from 1 for the result, one statement at a time:",)),
            *(Chain(Formula.of(let.symbol, let.expr)) for let in carried),
        )


def _read_off(back: Adjoint, gradient: Node, value: Node, given: Node, transposed: bool) -> Iterator[Paragraph | Chain]:
    yield Paragraph(("The gradient, in the shape of ", Formula.of(given), ":"))
    yield Chain(Formula((Side(back.program.symbols[back.results[0][1]]), Side(gradient))), (Size(given.shape),))
    if transposed:
        yield Paragraph(("In numerator layout it is the transpose of this.",))
