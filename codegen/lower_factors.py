"""The differentials of Cholesky and LU factors, and their transposes, as one instruction each.

As the rules write them they take triangular systems and products with full matrices, several times the work of the
factorisation. Carried through its halves they take two multiplications for each of it (Murray 2016, section 4.3). What
is found here is L Φ(L⁻¹ S L⁻ᵀ), with the lower triangle Φ whose diagonal is halved, and L⁻ᵀ (P + P') L⁻¹ with
P = Φ(L' Y); and L tril(M, -1), triu(M) U for M = L⁻¹ A U⁻¹, and L⁻ᵀ tril(L' Y, -1) U⁻ᵀ, L⁻ᵀ triu(Z U') U⁻ᵀ.
"""

from __future__ import annotations

from collections.abc import Sequence

from sympy import MatAdd, MatMul, Transpose

from codegen.lower_operations import Emitter
from symbolic.nodes import Node, Operation, Scale, multiply, transpose

FACTORS = frozenset({"chol", "lu_l", "lu_u"})
"""Operations of whose results there is something to be found."""

Sandwich = tuple[Node, Node, Node]
"""A, C, B of A⁻¹ C B⁻ᵀ."""
Cotangents = dict[str, Node]
"""Those of lu_l and lu_u, as far as they are known."""


def differential_of_factor(to: Emitter, left: Node, right: Node, name: str | None) -> str | None:
    """Two neighbours in a product as the differential of a factor, or None."""
    if _is_factor(to, left, "chol"):
        found = _sandwich(_triangle_of(right))
        if found is None or found[0] != left or found[2] != left or not to.structure.has(found[1], "symmetric"):
            return None
        return to.emit("chol_pushforward", (to.matrix(left), to.matrix(found[1])), left.shape, name)
    for place, band, factor in ((0, right, left), (1, left, right)):
        kind, offset = (("tril", -1), ("triu", 0))[place]
        if _is_factor(to, factor, ("lu_l", "lu_u")[place]) and _is_band(band, kind, offset):
            found = _sandwich(band.operands[0])
            factors = None if found is None else _lu_factors(to, found[0], transpose(found[2]))
            if found is not None and factors is not None and factor == factors[place]:
                args = (*map(to.matrix, factors), to.matrix(found[1]))
                both = to.emit("lu_pushforward", args, factor.shape)
                return to.emit("part", (both,), factor.shape, name, part=place)
    return None


def cotangent_of_factor(to: Emitter, node: Node, name: str | None) -> str | None:
    """A sum or a solution as the cotangent of what was factored, or None."""
    if type(node) is not MatAdd:
        single = _lu_cotangents(to, node)
        return None if single is None else _lu_pullback(to, *single, name)
    if len(node.args) != 2:
        return None
    first, second = (_lu_cotangents(to, term) for term in node.args)
    if first is None or second is None:
        return _chol_pullback(to, node.args, name)
    (factors, known), (others, more) = first, second
    both = factors == others and known.keys() != more.keys()
    return _lu_pullback(to, factors, known | more, name) if both else None


def _chol_pullback(to: Emitter, terms: Sequence[Node], name: str | None) -> str | None:
    first, second = (_sandwich(term) for term in terms)
    if first is None or second is None or {*first[::2], *second[::2]} != {first[0]}:
        return None
    if first[1] != transpose(second[1]) and second[1] != transpose(first[1]):
        return None
    product = _triangle_of(first[1]) or _triangle_of(second[1])
    if product is None or type(product) is not MatMul or product.args[0] != first[0]:
        return None
    factor = transpose(first[0])
    if not _is_factor(to, factor, "chol"):
        return None
    cotangent = to.value(multiply(*product.args[1:]))
    return to.emit("chol_pullback", (to.matrix(factor), cotangent), factor.shape, name)


def _lu_pullback(to: Emitter, factors: tuple[Node, Node], known: Cotangents, name: str | None) -> str:
    shape = factors[0].shape
    cotangents = [to.value(known[kind]) if kind in known else to.emit("zeros", (), shape) for kind in ("lu_l", "lu_u")]
    return to.emit("lu_pullback", (*map(to.matrix, factors), *cotangents), shape, name)


def _lu_cotangents(to: Emitter, node: Node) -> tuple[tuple[Node, Node], Cotangents] | None:
    """L⁻ᵀ tril(L' Y, -1) U⁻ᵀ, or L⁻ᵀ triu(Z U') U⁻ᵀ: the factors, and Y or Z."""
    found = _sandwich(node)
    factors = None if found is None else _lu_factors(to, transpose(found[0]), found[2])
    if found is None or factors is None or type(found[1]) is not Operation:
        return None
    band, (L, U) = found[1], factors
    product = band.operands[0]
    if type(product) is not MatMul:
        return None
    if _is_band(band, "tril", -1) and product.args[0] == transpose(L):
        return factors, {"lu_l": multiply(*product.args[1:])}
    if _is_band(band, "triu", 0) and product.args[-1] == transpose(U):
        return factors, {"lu_u": multiply(*product.args[:-1])}
    return None


# Forms


def _sandwich(node: Node | None) -> Sandwich | None:
    """A, C, B of A⁻¹ C B⁻ᵀ, which is A \\ (B \\ C')' or (B \\ (A \\ C)')'."""
    if node is None:
        return None
    flipped = type(node) is Transpose
    outer = node.args[0] if flipped else node
    if not _is_solve(outer) or type(outer.operands[1]) is not Transpose:
        return None
    inner = outer.operands[1].args[0]
    if not _is_solve(inner):
        return None
    first, last, core = outer.operands[0], inner.operands[0], inner.operands[1]
    return (last, core, first) if flipped else (first, transpose(core), last)


def _triangle_of(node: Node) -> Node | None:
    """M of tril(M) - diag(diagonal(M))/2."""
    if type(node) is not MatAdd or len(node.args) != 2:
        return None
    bands = [term for term in node.args if _is_band(term, "tril", 0)]
    halves = [term.matrix for term in node.args if type(term) is Scale and 2 * term.coefficient == -1]
    if not bands or not halves or not _is_named(halves[0], "diag") or not _is_named(halves[0].operands[0], "diagonal"):
        return None
    inside = bands[0].operands[0]
    return inside if halves[0].operands[0].operands[0] == inside else None


def _lu_factors(to: Emitter, L: Node, U: Node) -> tuple[Node, Node] | None:
    return (L, U) if _is_factor(to, L, "lu_l") and _is_factor(to, U, "lu_u") else None


def _is_factor(to: Emitter, node: Node, operation: str) -> bool:
    return _is_named(to.structure.values.get(node, node), operation)


def _is_named(node: Node, operation: str) -> bool:
    return type(node) is Operation and node.name == operation


def _is_solve(node: Node) -> bool:
    return _is_named(node, "solve")


def _is_band(node: Node, kind: str, offset: int) -> bool:
    return _is_named(node, kind) and node.parameters[0] == offset
