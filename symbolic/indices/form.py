"""A differential in index form, sums of products of entries: δX4[i,o] = f'(X3)[i,o] Σ_h W2[h,o] f'(X1)[i,h] Σ_a …

Every operation that is linear in what moves says what its entry [i, j] is (`symbolic.indices.entries`); written out
in each other they give the entries of a differential. A sum of one term is joined with the product it stands in, and
a Kronecker delta [k = e] of a summed k puts e in its place; a sum of several terms stays a factor, in brackets, so
that nothing is multiplied out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count

from sympy import Expr, MatAdd, MatrixSymbol

from symbolic.choice import chosen_input, chosen_name
from symbolic.differential import Differential
from symbolic.errors import LimitError, NotSupported
from symbolic.indices.affine import Affine, Index, affine
from symbolic.indices.entries import At, Entries, entry, has_entries, refuse
from symbolic.indices.joining import joined, times
from symbolic.indices.printing import print_index_form
from symbolic.indices.terms import Group, Term
from symbolic.language.styles import Style
from symbolic.nodes import Node, Operation, operands, zeros
from symbolic.walks import subexpressions

MAX_DEPTH = 120
MAX_TERMS = 256
PARTS_WRITTEN_OUT = ("diag", "diagonal", "slice")
"""Operations that are written out where nothing moves: each entry is an entry of an operand, or zero."""


@dataclass(frozen=True)
class IndexForm:
    """name[row, col] = `group`. `wrt`: of an entry of a Jacobian, the input and its indices, ∂X4[i,o]/∂X0[a,b]."""

    name: str
    at: At
    group: Group
    seeds: frozenset[Node]
    wrt: At | None = None

    def equation(self, style: str | Style = "unicode") -> str:
        """δX4[i,o] = … in the notation "text", "unicode" or "latex", or in a style of one's own."""
        return print_index_form(self.name, self.at, self.wrt, self.group, self.seeds, style)

    def latex(self) -> str:
        return self.equation("latex")

    def __str__(self) -> str:
        return self.equation()

    def _repr_latex_(self) -> str:
        return f"$${self.latex()}$$"


def index_form(differential: Differential, of: str | None = None) -> IndexForm:
    """The entries of the differential of an output (by default the last) in terms of those of the seeds.

    Raises NotSupported where an operation's entries are no finite sum of products, and LimitError where the closed form
    is too large to read; NameError_ as `closed_form` does.
    """
    form = differential.closed_form(of)
    return written_out(form.name, form.expr, _seeds(differential))


def index_statements(differential: Differential) -> Iterator[IndexForm]:
    """The same for each statement of the tangent program in terms of those before, at a cost linear in their number."""
    seeds = _seeds(differential).union(let.symbol for let in differential.tangents)
    for let in differential.tangents:
        yield written_out(let.name, let.expr, seeds)


def jacobian_entry(differential: Differential, of: str | None = None, wrt: str | None = None) -> IndexForm:
    """∂X4[i,o]/∂X0[a,b]: the index form in which the seed's entries are Kronecker deltas.

    It is the coefficient of δX0[a,b], also where the perturbation has to be symmetric. Raises NotSupported of a
    differential of higher order, which has no Jacobian, and as `index_form`.
    """
    if differential.order != 1:
        raise NotSupported("a differential of higher order is not linear: its index form has no Jacobian")
    of, wrt = chosen_name(differential, of), chosen_input(differential, wrt)
    symbols, output = differential.tangent.symbols, differential.primal.symbols[of]
    seed = symbols[dict(differential.seeds)[wrt]]
    a, b = affine(Index("a", seed.shape[0])), affine(Index("b", seed.shape[1]))
    moves = differential.name(of) in symbols
    form = index_form(differential, of) if moves else written_out(of, zeros(*output.shape), frozenset((seed,)))
    group = _without(form.group, form.seeds - {seed})
    group = joined(_multiplied_out(joined(_in_place_of(joined(group), seed, a, b))))
    at = At(output, form.at.row, form.at.col)
    return IndexForm(of, at, group, frozenset(), At(differential.primal.symbols[wrt], a, b))


def written_out(name: str, node: Node, seeds: frozenset[Node]) -> IndexForm:
    """The entries of an expression, all the way down to names and functions of them."""
    row, col = affine(Index("i", node.shape[0])), affine(Index("j", node.shape[1]))
    group = _Writing(node, seeds).group(At(node, row, col))
    return IndexForm(name, At(node, row, col), joined(group), seeds)


def _seeds(differential: Differential) -> frozenset[Node]:
    return frozenset(differential.tangent.symbols[seed] for _, seed in differential.seeds)


class _Writing:
    """One expression, written out. `moving`: the parts that a seed is in."""

    def __init__(self, node: Node, seeds: frozenset[Node]) -> None:
        self.moving: set[Node] = set()
        depth: dict[Node, int] = {}
        for part in subexpressions(node):
            inside = operands(part)
            depth[part] = 1 + max((depth[operand] for operand in inside), default=0)
            if part in seeds or any(operand in self.moving for operand in inside):
                self.moving.add(part)
        if depth[node] > MAX_DEPTH:
            raise LimitError(
                f"the index form has more than {MAX_DEPTH} operations inside each other",
                hint="read it statement by statement: index_statements",
            )
        self.numbers = count(1)

    def fresh(self, size: Expr, letter: str) -> Index:
        return Index(f"{letter}{next(self.numbers)}", size, True)

    def group(self, at: At) -> Group:
        node = at.matrix
        if not self.is_written_out(node):
            return Group((Term((at,)),))
        entries = entry(node, at.row, at.col, self.fresh)
        if entries is None:
            raise refuse(node)
        return Group(tuple(map(self.term, entries)))

    def term(self, entries: Entries) -> Term:
        factors = tuple(self.group(at) for at in sorted(entries.factors, key=lambda at: at.matrix in self.moving))
        divisors = tuple(self.group(divisor) for divisor in entries.divisors)
        return Term(factors, divisors, entries.sums, entries.equal, entries.least, entries.number)

    def is_written_out(self, node: Node) -> bool:
        """Whatever moves; of what does not, products and constants, while a sum (A + A')[i,j] is read as it is."""
        if node in self.moving:
            return type(node) is not MatrixSymbol
        if type(node) is Operation:
            return node.name in PARTS_WRITTEN_OUT
        return has_entries(node) and type(node) is not MatAdd


# Seeds


def _without(group: Group, seeds: frozenset[Node]) -> Group:
    """Without the terms that are linear in these seeds: these do not move."""
    kept = []
    for term in group.terms:
        if any(isinstance(factor, At) and factor.matrix in seeds for factor in term.factors):
            continue
        factors = tuple(_without(f, seeds) if isinstance(f, Group) else f for f in term.factors)
        kept.append(replace(term, factors=factors))
    return Group(tuple(kept))


def _in_place_of(group: Group, seed: Node, a: Affine, b: Affine) -> Group:
    """With [r = a] [c = b] for δX[r,c]."""
    found = []
    for term in group.terms:
        seeds = [f for f in term.factors if isinstance(f, At) and f.matrix == seed]
        deltas = tuple(e for at in seeds for e in (at.row - a, at.col - b))
        rest = (f for f in term.factors if f not in seeds)
        factors = tuple(_in_place_of(f, seed, a, b) if isinstance(f, Group) else f for f in rest)
        found.append(replace(term, factors=factors, equal=(*term.equal, *deltas)))
    return Group(tuple(found))


def _multiplied_out(group: Group) -> Group:
    """Sums in brackets are multiplied out where a sum outside can use their deltas, Σ_k A[i,k] ([k = a] + B[k,a])."""
    found: list[Term] = []
    waiting = list(reversed(group.terms))
    while waiting:
        term = waiting.pop()
        factors = tuple(_multiplied_out(f) if isinstance(f, Group) else f for f in term.factors)
        term = replace(term, factors=factors)
        inside = next((f for f in factors if isinstance(f, Group) and _has_delta(f, term.sums)), None)
        if inside is None:
            found.append(term)
        else:
            outside = replace(term, factors=tuple(f for f in factors if f is not inside))
            waiting += [times(outside, Group((inner,))) for inner in reversed(inside.terms)]
        if len(found) + len(waiting) > MAX_TERMS:
            raise LimitError(f"the entry of the Jacobian has more than {MAX_TERMS} terms")
    return Group(tuple(found))


def _has_delta(group: Group, sums: tuple[Index, ...]) -> bool:
    """Whether an equation in a group is about one of these indices."""
    return any(
        any(index in sums for equation in term.equal for index in equation.indices)
        or any(_has_delta(f, sums) for f in term.factors if isinstance(f, Group))
        for term in group.terms
    )
