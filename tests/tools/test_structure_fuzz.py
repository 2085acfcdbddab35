"""The fuzz of structure runs, replays, and finds mistakes in what structure is read off."""

from __future__ import annotations

from dataclasses import replace

import pytest
from click.testing import CliRunner
from sympy import HadamardProduct, MatMul, Transpose

from symbolic.dependence import tracking
from symbolic.indices import entries
from symbolic.indices.affine import ONE
from symbolic.operations import OPERATIONS
from symbolic.program import Program
from tools.generator import draw
from tools.structure_fuzz import examine, main, with_unknown_functions

MOST = 150


def faults_within(most=MOST):
    """How many programs it takes until a check fails; None if none does."""
    for index in range(most):
        if any(verdict.is_fault for verdict in examine(draw(0, index).program, index)):
            return index + 1
    return None


def test_it_runs_and_counts():
    done = CliRunner().invoke(main, ["--count", "5", "--seed", "3"])
    assert done.exit_code == 0, done.output
    assert "5 programs in " in done.output and "zero, " in done.output
    again = CliRunner().invoke(main, ["--only", "2", "--seed", "3"])
    assert again.exit_code == 0 and "1 programs in " in again.output


def test_known_functions_become_unknown_ones():
    program = draw(0, 0).program
    unknown = with_unknown_functions(program)
    assert isinstance(unknown, Program) and unknown.inputs == program.inputs
    assert not any(name in str(unknown) for name in ("sigmoid(", "tanh(", "exp("))


@pytest.mark.parametrize(
    "operation, fault",
    [
        (Transpose, lambda node, row, col, fresh: (entries.Entries((entries.At(node.args[0], row, col),)),)),
        (MatMul, lambda node, row, col, fresh: (entries.Entries(tuple(entries.At(f, row, col) for f in node.args)),)),
        (HadamardProduct, lambda node, row, col, fresh: (
            entries.Entries(tuple(entries.At(f, row, ONE) for f in node.args)),)),
    ],
    ids=["transpose lost", "sum lost", "column lost"],
)  # fmt: skip
def test_a_wrong_line_of_a_node_is_found(operation, fault, monkeypatch):
    monkeypatch.setitem(entries._NODES, operation, fault)
    assert faults_within()


@pytest.mark.parametrize("name, wrong", [("sum_2", "A[i,1]"), ("tr", "A[1,1]")])
def test_a_wrong_line_of_a_record_is_found(name, wrong, monkeypatch):
    entries._read.cache_clear()
    monkeypatch.setitem(OPERATIONS, name, replace(OPERATIONS[name], entries=wrong))
    try:
        assert faults_within()
    finally:
        entries._read.cache_clear()


def test_too_small_a_relation_is_a_fault(monkeypatch):
    monkeypatch.setattr(tracking.Tracking, "_relation", lambda self, node: tracking.NOWHERE)
    assert faults_within(20)


def test_too_large_a_relation_is_an_upper_bound_and_no_fault(monkeypatch):
    monkeypatch.setattr(tracking.Tracking, "_relation", lambda self, node: tracking.FULL)
    outcomes = [verdict.outcome for index in range(15) for verdict in examine(draw(0, index).program, index)]
    assert "WRONG" not in outcomes and "CRASHED" not in outcomes
    assert "upper bound, and said to be" in outcomes
