"""Phases: what runs once, what in loops, what is kept between them, and by which size."""

import pytest

from codegen.blocks.phases import cut, in_blocks
from codegen.lower import lower
from codegen.passes import VALUES, optimize
from symbolic.differential import differentiate
from symbolic.language.read import read_program
from symbolic.nodes import dimension
from symbolic.reverse.gradients import gradient


def scheduled(program):
    return optimize(lower(program), VALUES)


def read(text):
    return read_program(text, "program")


def told(blocks):
    """once: W; loop: X Y, sums g"""
    return [
        ("loop: " if phase.blocked else "once: ")
        + " ".join(instr.out if not instr.out.startswith(".") else instr.op for instr in phase.instrs)
        + (f", {len(phase.sums)} summed" if phase.sums else "")
        for phase in blocks.phases
    ]


def test_the_tangent_of_the_seed_is_one_loop():
    tangent = differentiate(read("X1 = X0*W1; X2 = f(X1); X3 = X2*W2; X4 = f(X3)"), "X0").tangent
    blocks = in_blocks(scheduled(tangent))
    (loop,) = blocks.phases
    assert blocks.rows == dimension("n") and loop.blocked and not loop.sums and not blocks.kept
    assert blocks.width(loop) == 5 * dimension("h") + 5 * dimension("p")
    assert set(blocks.made(loop)) - set(blocks.inner(loop)) == {"X4", "δX4"}


def test_what_a_loop_sums_is_there_after_it():
    blocks = cut(scheduled(read("X : n x m; Z = sin(X*W); g = sum(Z, 1); Y = Z .* (ones(n,1)*exp(g))")), dimension("n"))
    assert told(blocks) == ["loop: matmul Z g, 1 summed", "once: exp", "loop: Y"]
    assert blocks.kept == ("Z",)


def test_a_sum_of_a_sum_takes_a_loop_each():
    text = "X : n x m; A = sin(X); B = A - ones(n,1)*sum(A, 1); C = cos(B) - ones(n,1)*sum(cos(B), 1)"
    blocks = cut(scheduled(read(text)), dimension("n"))
    assert [phase.blocked for phase in blocks.phases] == [True, True, True]
    assert [len(phase.sums) for phase in blocks.phases] == [1, 1, 0]


def test_what_cannot_be_cut_runs_once_between_loops():
    blocks = cut(scheduled(read("X : n x m; S = softmax(X*W, 1); Y = sin(S)*V")), dimension("n"))
    assert told(blocks) == ["loop: matmul", "once: softmax_1 S", "loop: sin Y"]
    assert len(blocks.kept) == 1


def test_an_output_that_a_later_loop_needs_is_there_already():
    blocks = cut(scheduled(read("X : n x m; Z = sin(X); Y = Z .* (ones(n,1)*sum(Z, 1)); return Z, Y")), dimension("n"))
    assert blocks.kept == ()


def test_views_are_taken_anew_in_each_loop():
    text = "X : n x m; G = X'*sin(X); Y = G*X'"
    blocks = cut(scheduled(read(text)), dimension("n"))
    transposes = [[i.out for i in phase.instrs if i.op == "transpose"] for phase in blocks.phases]
    assert [len(names) for names in transposes] == [1, 1] and transposes[0] != transposes[1]
    assert all(blocks.kinds[name] == "columns" for names in transposes for name in names)
    assert blocks.kept == ()


def test_the_gradient_by_the_weights_is_a_sum_over_rows():
    loss = read("X : n x m; w : m; t : n; r = sigmoid(X*w) - t; y = r'*r/n")
    blocks = in_blocks(scheduled(gradient(loss, "w").program))
    assert blocks.rows == dimension("n")
    assert [phase.blocked for phase in blocks.phases] == [True, False]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("X : n x m; Y = A*sin(X)", "m"),
        ("X : n x m; Y = sin(X)*W", "n"),
        ("X : n x m; Y = sin(X - ones(n,1)*sum(X, 1))", "m"),
        ("X : 1000 x 2; Y = tanh(X*W)*V; W : 2 x 30", "1000"),
    ],
)
def test_the_size_that_puts_most_work_in_loops(text, rows):
    assert str(in_blocks(scheduled(read(text))).rows) == rows


@pytest.mark.parametrize("text", ["A : n x n; Y = inv(A)", "A : n x n; B : n x n; Y = sin(A*B)"])
def test_nothing_to_cut(text):
    assert in_blocks(scheduled(read(text))) is None


def test_a_loop_that_saves_nothing_counts_after_one_that_does():
    """Cut in d, the scores are a sum that is as large as they are."""
    blocks = in_blocks(scheduled(read("Q : n x d; K : n x d; Y = Q*K'; Z = sin(cos(Q))")))
    assert blocks.inner(blocks.phases[0])


def test_the_cost_is_linear_in_the_number_of_sizes():
    layers = "; ".join(f"X{k + 1} = sin(X{k}*W{k})" for k in range(200))
    blocks = in_blocks(scheduled(read(layers)))
    assert blocks.rows == blocks.schedule.shapes["X0"][0] and len(blocks.phases) == 1
