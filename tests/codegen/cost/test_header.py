"""What a kernel file says of its cost."""

from __future__ import annotations

from codegen.cost.header import MOST_SIZES, cost_lines
from codegen.kernel import compile_kernel, emit_kernel
from codegen.linear.directions import compile_directions
from codegen.lower import lower
from codegen.passes import optimize
from symbolic.differential import differentiate
from symbolic.language.read import read_program

SEED = "X1 = X0*W1; X2 = sin(X1)"


def test_a_kernel_says_what_it_costs():
    kernel = compile_kernel(differentiate(read_program(SEED), "X0"))
    lines = ("Flops: 4 n m h + 21 n h.", "Peak memory: 3 n h numbers at most, results included.")
    assert cost_lines(optimize(lower(kernel.program))) == lines
    assert "\n\n" + "\n".join(lines) + "\n" in kernel.source


def test_a_kernel_for_directions_says_what_each_costs():
    kernel = compile_directions(differentiate(read_program(SEED), "X0"))
    assert "\n\nFlops: 2 n m h + 20 n h; each direction 2 n m h + n h.\n" in kernel.source


def test_a_c_file_and_its_header_say_the_flops():
    file = emit_kernel(differentiate(read_program(SEED), "X0"), "c")
    for text in (file.source, file.header):
        assert "\n\n   Flops: 4 n m h + 21 n h.\n" in text


def test_of_many_sizes_nothing_is_said():
    products = "; ".join(f"X{k + 1} = X{k}*W{k}" for k in range(MOST_SIZES))
    assert cost_lines(compile_kernel(read_program(products)).schedule) == ()
