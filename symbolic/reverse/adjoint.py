"""Reverse mode, derived from forward: the adjoint of a tangent program.

The tangent program of a differential is a list of statements that are linear in what moves. Read backwards, each one
transposed, it takes the cotangents of the outputs to those of the inputs:

    X1 = X0 W1;  δX1 = δX0 W1;  X2 = f(X1);  δX2 = f'(X1) ⊙ δX1      becomes      X̄1 = f'(X1) ⊙ X̄2;  X̄0 = X̄1 W1'

so that ⟨X̄2, δX2⟩ = ⟨X̄0, δX0⟩ for every δX0 that the facts of X0 admit. It is a program again: sharing is kept, the cost
is linear in the number of statements, and it can be differentiated, compiled and checked as any other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from sympy import MatrixSymbol, ZeroMatrix

from symbolic.closed_form import ClosedForm, Substitution
from symbolic.collection import without_collecting
from symbolic.differential import Differential
from symbolic.errors import NameError_, NotSupported
from symbolic.language.names import adjoint_of, canonical, split_bar, split_mark
from symbolic.nodes import Node, operands
from symbolic.notebook import Bundle, formulas
from symbolic.program import Program
from symbolic.reverse.backwards import AdjointStep, Backwards, free_level
from symbolic.statements import Input, Let
from symbolic.structure import structure_of
from symbolic.walks import subexpressions


@dataclass(frozen=True)
class Adjoint:
    """The pullback of a program: `program` computes outputs and, from their cotangents, those of the chosen inputs.

    `seeds` pairs outputs with the names of their cotangents where these are inputs of `program`; `cotangents` gives for
    each output what its cotangent is, which for a gradient is 1. `results` pairs each chosen input with the name of its
    cotangent, of its shape. The cotangent of an input that is declared symmetric, diagonal or triangular is projected
    on the perturbations that it admits: the symmetric part, the diagonal, the triangle.
    """

    differential: Differential
    seeds: tuple[tuple[str, str], ...]
    cotangents: tuple[tuple[str, Node], ...]
    results: tuple[tuple[str, str], ...]
    program: Program
    steps: tuple[AdjointStep, ...]
    names: Mapping[str, str]

    @property
    def primal(self) -> Program:
        return self.differential.primal

    @property
    def wrt(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.results)

    @property
    def of(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.cotangents)

    @property
    def kind(self) -> str:
        """adjoint, of given cotangents; gradient, of the cotangent 1; gauss_newton, of the differentials themselves."""
        if self.seeds:
            return "adjoint"
        return (
            "gauss_newton" if any(type(cotangent) is MatrixSymbol for _, cotangent in self.cotangents) else "gradient"
        )

    @property
    def reversed(self) -> tuple[Let, ...]:
        """The statements that compute cotangents, in their order."""
        tangent = self.differential.tangent.symbols
        return tuple(let for let in self.program.lets if let.name not in tangent)

    def name(self, of: str) -> str:
        """The name of the cotangent of a matrix of the primal program. Raises NameError_ where it has none."""
        known = self.primal.symbols
        of = of if of in known else canonical(of)
        if of not in self.names:
            reason = f"has no cotangent here: {', '.join(self.of)} does not depend on it through {', '.join(self.wrt)}"
            raise NameError_(f"{of!r} {reason if of in known else 'is not a name of this program'}")
        return self.names[of]

    def closed_form(self, wrt: str | None = None) -> ClosedForm:
        """The cotangent of an input (by default the first chosen) in terms of the outputs' and the primal values.

        Raises NameError_ for an unknown name and LimitError where the expression would be too large to read.
        """
        name = self.name(self.wrt[0] if wrt is None else wrt)
        return self._substitution(self.program.symbols[name])

    @cached_property
    def _substitution(self) -> Substitution:
        return Substitution(self.reversed, structure_of(self.program.inputs, self.program.lets))

    def latex(self) -> str:
        """The closed form of every result, one equation a line."""
        return "\\\\\n".join(self.closed_form(name).equation("latex") for name in self.wrt)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Bundle:
        return formulas(str(self), [self.closed_form(name).equation("latex") for name in self.wrt])

    def __str__(self) -> str:
        return "\n".join(self.closed_form(name).equation() for name in self.wrt)


@without_collecting
def adjoint(differential: Differential, of: str | Iterable[str] | None = None) -> Adjoint:
    """The pullback: from the cotangents of `of`, by default every output that moves, to those of the seeds' inputs.

    Raises NameError_ for an unknown name, NotSupported for a differential of higher order along one direction, which is
    not linear in it, and DifferentiationError for an operation without a transpose.
    """
    program, level = differential.primal, free_level(differential.tangent)
    chosen = chosen_outputs(differential, of)
    taken = set(differential.tangent.symbols)
    used = _read_again(program) | set(differential.wrt)
    given = []
    for name in chosen:
        wish = adjoint_of(f"{name}_out" if name in used else name, level)
        while wish in taken:
            wish = adjoint_of(f"{split_bar(wish)[1]}_out", level)
        taken.add(wish)
        given.append(Input(wish, program.symbols[name].shape))
    seeds = tuple(zip(chosen, (each.name for each in given), strict=True))
    return transpose_program(differential, {name: each.symbol for name, each in zip(chosen, given, strict=True)}, seeds)


def transpose_program(
    differential: Differential, cotangents: Mapping[str, Node], seeds: tuple[tuple[str, str], ...] = ()
) -> Adjoint:
    """The adjoint for `cotangents`, expressions over the tangent program and over the `seeds`, inputs of their own."""
    if differential.before is not None:
        raise NotSupported(
            f"a differential of order {differential.order} along one direction is not linear, and has no transpose",
            hint="differentiate the tangent program with respect to the input, and transpose that",
        )
    given = [Input(name, cotangents[of].shape) for of, name in seeds]
    walk = Backwards(differential, given)
    for of, cotangent in cotangents.items():
        walk.gain(differential.tangent.symbols[differential.name(of)], cotangent)
    for let in reversed(differential.tangents):
        walk.transpose(let)
    results = tuple((name, walk.result(name)) for name in differential.wrt)
    outputs = tuple(dict.fromkeys((*cotangents, *(name for _, name in results))))
    program = _needed(differential, given, walk.lets, outputs)
    return Adjoint(differential, seeds, tuple(cotangents.items()), results, program, tuple(walk.steps), walk.names)


def chosen_outputs(differential: Differential, of: str | Iterable[str] | None) -> tuple[str, ...]:
    """The names of the primal program whose cotangents are given. Raises NameError_."""
    if of is None:
        return tuple(name for name in differential.primal.outputs if _moves(differential, name))
    wanted = [of] if isinstance(of, str) else list(of)
    names = differential.primal.symbols
    wanted = [name if name in names else canonical(name) for name in wanted]
    for name in wanted:
        if name not in names or not _moves(differential, name):
            reason = f"does not depend on {', '.join(differential.wrt)}"
            raise NameError_(f"{name!r} {reason if name in names else 'is not a name of this program'}")
    return tuple(dict.fromkeys(wanted))


def _moves(differential: Differential, name: str) -> bool:
    tangent, moved = differential.tangent, differential.name(name)
    if moved not in tangent.symbols:
        return False
    return moved in dict(differential.seeds).values() or type(tangent.let(moved).expr) is not ZeroMatrix


def _read_again(program: Program) -> set[str]:
    """The names that other statements read."""
    return {part.name for node in program.nodes() for part in operands(node) if type(part) is MatrixSymbol} | {
        let.expr.name for let in program.lets if type(let.expr) is MatrixSymbol
    }


def _needed(differential: Differential, given: list[Input], lets: list[Let], outputs: tuple[str, ...]) -> Program:
    """The program of all statements that the outputs need; perturbations are inputs only where they are used.

    A name with a mark, δy, is one only beside its y.
    """
    tangent, primal = differential.tangent, differential.primal
    needed = {*outputs, *map(_unmarked, outputs)}
    kept: list[Let] = []
    for let in reversed((*tangent.lets, *lets)):
        if let.name in needed:
            kept.append(let)
            names = {let.name} | {part.name for part in subexpressions(let.expr) if type(part) is MatrixSymbol}
            needed |= names | {_unmarked(name) for name in names}
    known = {each.name for each in primal.inputs}
    inputs = (*(each for each in tangent.inputs if each.name in known or each.name in needed), *given)
    return Program(tangent.name, inputs, tuple(reversed(kept)), outputs, tangent.functions)


def _unmarked(name: str) -> str:
    """y of δy and of δȳ, the cotangent of δy; a name without a mark is its own."""
    level, rest = split_mark(name)
    return split_bar(rest)[1] if level else rest
