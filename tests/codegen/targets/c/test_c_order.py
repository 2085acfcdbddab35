"""Instructions in steps, and memory that is given out again."""

from codegen.lower import lower
from codegen.passes import VALUES, optimize
from codegen.targets.c.memory import Memory, last_uses
from codegen.targets.c.order import steps
from symbolic.differential import differentiate
from symbolic.language.read import read_program


def ordered(text, wrt=None):
    program = read_program(text, "program")
    schedule = optimize(lower(differentiate(program, wrt).tangent if wrt else program), VALUES)
    return schedule, steps(schedule.instrs, schedule)


def test_each_instruction_stands_once_after_its_operands():
    schedule, found = ordered("X1 = X0*W1\nX2 = sin(X1)\nX3 = X2*W2 + tanh(X1)*W2\nX4 = sin(X3)", "X0")
    done = set(schedule.inputs)
    for step in found:
        own = {instr.out for instr in step}
        for instr in step:
            assert set(instr.names) <= done | own and instr.out not in done
        done |= own
    assert sum(map(len, found)) == len(schedule.instrs)


def test_sine_and_cosine_of_one_matrix_are_one_step():
    _, found = ordered("X1 = X0*W1\nX2 = sin(X1)", "X0")
    assert ["sin", "cos"] in [[instr.op for instr in step] for step in found]


def test_operations_on_entries_are_one_loop_but_rows_stand_apart_from_functions():
    _, found = ordered("A : n x m\nB : n x m\nY = (A .* B + A - B) .* A")
    assert len(found) == 1
    _, found = ordered("A : n x m\nb : m\nY = tanh(A + ones(n,1)*b') .* A")
    ops = [{instr.op for instr in step} for step in found if step[0].op != "transpose"]
    assert ops == [{"add"}, {"tanh", "multiply"}]


def test_memory_is_given_out_again_to_what_is_as_large():
    memory = Memory()
    memory.take("a", "n")
    memory.take("b", "m")
    memory.give_back("a")
    memory.take("c", "m")
    memory.take("d", "n")
    assert memory.pieces == {"a": 0, "b": 1, "c": 2, "d": 0}
    assert memory.counts == ["n", "m", "m"]


def test_a_name_dies_with_its_last_use():
    assert last_uses([["a", "b"], ["b", "c"], ["a"]]) == {1: ["b", "c"], 2: ["a"]}
