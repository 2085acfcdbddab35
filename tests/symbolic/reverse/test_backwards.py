"""The walk backwards: what cotangents gain, one transposed statement after the other."""

from symbolic.differential import differentiate
from symbolic.language.printer import print_expression
from symbolic.language.read import read_program
from symbolic.reverse.backwards import Backwards, free_level
from symbolic.statements import Input

TEXT = "X : n x m; W : m x p; Y = X*W; z = sum(Y .* Y)"


def walked():
    """δz = 2 1'(Y ⊙ δY) 1 with the cotangent z̄ and δY = δX W, walked through."""
    differential = differentiate(read_program(TEXT), "X")
    given = Input("z_bar", differential.primal.symbols["z"].shape)
    walk = Backwards(differential, [given])
    walk.gain(differential.tangent.symbols["δz"], given.symbol)
    for let in reversed(differential.tangents):
        walk.transpose(let)
    return walk


def test_each_statement_hands_its_cotangent_on():
    walk = walked()
    assert walk.result("X") == "X_bar"
    written = {let.name: print_expression(let.expr) for let in walk.lets}
    assert written == {"Y_bar": "2 z̄ Y", "X_bar": "Ȳ Wᵀ"}
    assert not walk.gained


def test_what_was_used_is_recorded():
    walk = walked()
    assert {(step.where, step.rule.name) for step in walk.steps} >= {("δY", "matrix product"), ("δz", "sum")}
    for step in walk.steps:
        assert step.is_rule == (step.moving is not None)


def test_only_what_depends_on_a_seed_moves():
    walk = walked()
    symbols = walk.differential.tangent.symbols
    moving = [name for name, symbol in symbols.items() if walk.moves(symbol)]
    assert moving == ["δX", "δY", "δz"]


def test_bars_that_no_name_carries():
    assert free_level(read_program(TEXT)) == 1
    assert free_level(read_program("X : n x m; X_bar : n x m; Y = X .* X_bar")) == 2
