"""Every rule with one small mistake in it is found by the test that looks at all rules alike."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from mutations import mutants
from oracles import TIGHT, complex_step, relative_error, rule_case, value_at

from codegen.sampling import sample
from symbolic import nodes
from symbolic.language.names import differential_of
from symbolic.rules import RULES

COUNTS: Counter[str] = Counter()

SIZES = ((3, 4, 2, 5), (5, 3, 4, 2))
"""Wide and tall: some terms vanish at one of them."""
NO_MISTAKE: dict[str, tuple[str, ...]] = {
    # The derivative is zero everywhere.
    "sign": ("factor dropped",),
    "step": ("factor dropped",),
    # tr(A B) = tr(B A)
    "det": ("factors swapped at Operation(inv",),
    "logdet": ("factors swapped at Operation(inv",),
    # The sine is odd, so its derivative is even.
    "sinm_frechet": ("sign flipped at Operation(vstack",),
    # M = L^-1 dA L^-T is symmetric.
    "chol": ("transpose lost at Operation(solve",),
    # The factor stands on both sides of what is solved for, or beside its own transpose or inverse.
    "qr_q": (
        "sign flipped at Operation(qr_q",
        # C - W = diagonal of C + strict upper triangles of C and of C'
        "transpose lost at Operation(solve, (), (3, 3)",
    ),
    "qr_r": (
        "sign flipped at Operation(qr_r", "factor two at Operation(qr_r",
        # the same
        "transpose lost at Operation(solve",
    ),
    "lu_l": ("sign flipped at Operation(lu_l", "factor two at Operation(lu_l"),
    "lu_u": ("sign flipped at Operation(lu_u", "factor two at Operation(lu_u"),
    "eigvalsh": ("sign flipped at Operation(eigvecsh",),
    "svd_u": ("sign flipped at Operation(svd_u",),
    "svd_v": ("sign flipped at Operation(svd_v",),
    # The length and sign of the left eigenvector cancel; any multiple of v v' makes l I - A invertible.
    "eigval": tuple(
        f"{mistake} at {part}"
        for mistake in ("sign flipped", "factor two")
        for part in ("A.T", "Operation(eigvec, (), (n, 1), A.T)")
    ),
    "eigvec": tuple(
        f"{mistake} at Operation(eigvec, (), (n, 1), A)*Operation(eigvec" for mistake in ("sign flipped", "factor two")
    ),
}  # fmt: skip
"""Changes that change nothing, with the reason; all others have to be found."""


def case(rule, lengths, seed=3):
    """The statement a rule is looked at by, what the rule says of it, and how far an expression is from the truth."""
    program, _ = rule_case(rule)
    output = program.outputs[0]
    symbols = {given.name: given.symbol for given in program.inputs}
    seeds = {name: nodes.symbol(differential_of(name), *symbol.shape) for name, symbol in symbols.items()}
    moving = {symbols[name]: seeds[name] for name in symbols}
    sizes = {str(size): lengths[k % 4] for k, size in enumerate(program.sizes)}
    point = sample(program, tuple(symbols), sizes, seed)
    named = dict(point.inputs) | {seeds[name].name: point.directions[name] for name in symbols}
    truth = complex_step(program, point)[output]

    def error(node):
        try:
            with np.errstate(all="ignore"):
                return relative_error(value_at(node, program, seeds.values(), named, point), truth)
        except Exception:
            return float("inf")

    return rule.apply(program.let(output).expr, moving.__getitem__), error


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.name)
def test_mistakes_are_found(rule):
    right, errors = case(rule, SIZES[0])[0], [case(rule, lengths)[1] for lengths in SIZES]
    assert max(error(right) for error in errors) < TIGHT
    survivors = []
    for mistake, wrong in mutants(right):
        COUNTS["planted"] += 1
        if any(error(wrong) > TIGHT for error in errors):
            COUNTS["caught"] += 1
        else:
            survivors.append(mistake)
    unexplained = [mistake for mistake in survivors if not mistake.startswith(NO_MISTAKE.get(rule.name, ()))]
    COUNTS["no mistake"] += len(survivors) - len(unexplained)
    assert not unexplained


def test_the_counts(capsys):
    """How many mistakes were planted and caught before this line, for the reader of the log."""
    with capsys.disabled():
        print(f"\nmistakes in rules: {COUNTS['caught']} of {COUNTS['planted']} caught, {COUNTS['no mistake']} harmless")
    assert COUNTS["caught"] + COUNTS["no mistake"] == COUNTS["planted"]
