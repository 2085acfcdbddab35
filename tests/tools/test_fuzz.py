"""Random programs pass every check; planted faults are found, made small and can be replayed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from click.testing import CliRunner
from sympy import MatMul, Transpose

import codegen.kernel
from codegen.targets.numpy import SPELLINGS
from symbolic import nodes
from symbolic.language import elaborate, printer
from symbolic.nodes import Elementwise, Operation
from symbolic.program import Program
from symbolic.rules import RULES
from tools import examination, fuzz
from tools.examination import Plan
from tools.fuzz import Outcome, Summary, run
from tools.generator import draw, pairs
from tools.verdicts import CRASHED, PASSED, SKIPPED, WRONG

SEED = 3
COUNT = 80
PLAN = Plan(second_every=10, jax_every=0)


@pytest.fixture(scope="module")
def summary() -> Summary:
    found = Summary()
    for outcome in run(SEED, range(COUNT), PLAN, shrinking=False):
        found.add(outcome)
    return found


def test_random_programs_pass_every_check(summary: Summary) -> None:
    faults = [(outcome.index, outcome.text, outcome.faults) for outcome in summary.failed]
    assert not faults, f"seed {SEED}: {faults[0]}"


@pytest.mark.parametrize("check", ["derives", "complex step", "kernel (float64)", "kernel (float32)", "second derives"])
def test_nearly_every_program_gets_every_check(summary: Summary, check: str) -> None:
    made = summary.verdicts[check][PASSED]
    assert made >= 0.85 * (COUNT / 10 if check.startswith("second") else COUNT)


def test_some_programs_are_rational(summary: Summary) -> None:
    assert summary.verdicts["dual numbers"][PASSED] >= 0.3 * COUNT
    assert summary.reasons["dual numbers", "nothing is rational"] > 0


def test_every_rejection_is_counted(summary: Summary) -> None:
    rejected = summary.verdicts["point"][SKIPPED]
    assert rejected == summary.reasons["point", "no point was found"] <= 0.06 * COUNT
    assert all(sum(counts.values()) <= COUNT for counts in summary.verdicts.values())


def test_the_number_of_processes_makes_no_difference() -> None:
    alone = list(run(SEED, range(4), PLAN, processes=1))
    assert list(run(SEED, range(4), PLAN, processes=2)) == alone


# Planted faults


def first_fault(checks: tuple[str, ...] = (), programs: Iterable[int] = range(400), shrinking: bool = False) -> Outcome:
    """The first program of a run with a fault, of certain checks where they are given."""
    for outcome in run(SEED, programs, PLAN, shrinking=shrinking):
        if any(not checks or result.check in checks for result in outcome.faults):
            return outcome
    raise AssertionError("the fault was not found")


@cache
def programs_with(operation: str) -> list[int]:
    """The places of the programs, among the first few hundred, that apply an operation to another or another to it."""
    return [k for k in range(400) if any(operation in pair for pair in pairs(draw(SEED, k).program))]


@pytest.mark.parametrize(
    ("operation", "key"),
    {
        "matmul": (MatMul, ""),
        "inv": (Operation, "inv"),
        "kron": (Operation, "kron"),
        "tanh": (Elementwise, "tanh"),
        "logsumexp_1": (Operation, "logsumexp_1"),
    }.items(),
)
def test_a_sign_flipped_in_a_rule_is_found(monkeypatch: pytest.MonkeyPatch, operation: str, key: Any) -> None:
    flip(monkeypatch, key)
    outcome = first_fault(("complex step", "dual numbers"), programs_with(operation))
    assert {result.verdict for result in outcome.faults} == {WRONG}
    assert any(result.check == "kernel (float64)" for result in outcome.faults)


def flip(monkeypatch: pytest.MonkeyPatch, key: Any) -> None:
    rule = RULES[key]
    monkeypatch.setitem(RULES, key, replace(rule, apply=lambda node, d: nodes.negative(rule.apply(node, d))))


def test_a_print_that_says_another_thing_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(printer._PRINTERS, Transpose, lambda self, node: self.print(node.args[0]))
    assert any("reads back" in result.check for result in first_fault().faults)


def test_a_reader_that_takes_blocks_in_another_order_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    on_top = elaborate.on_top
    monkeypatch.setattr(elaborate, "on_top", lambda *matrices: on_top(*reversed(matrices)))
    checks = {result.check for result in first_fault(programs=programs_with("vstack")).faults}
    assert checks >= {"reads back (text)", "reads back (unicode)", "reads back (latex)"}


def test_a_kernel_that_computes_another_function_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SPELLINGS, "sinh", SPELLINGS["tanh"])
    faults = Counter(result.check for result in first_fault().faults)
    assert set(faults) <= {"kernel (float64)", "kernel (float32)", "second kernel (float64)", "second kernel (float32)"}


def test_a_failing_program_is_made_small(monkeypatch: pytest.MonkeyPatch) -> None:
    flip(monkeypatch, (Operation, "inv"))
    outcome = first_fault(("complex step",), programs_with("inv"), shrinking=True)
    statements = [line for line in outcome.smaller.splitlines() if "=" in line]
    assert len(statements) == 1
    assert statements[0].partition(" = ")[2].count("(") == 1
    assert "inv(" in statements[0]


def test_a_crash_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*arguments: object) -> None:
        raise RuntimeError("a planted crash")

    monkeypatch.setitem(codegen.kernel.TARGETS, "numpy", crash)
    outcome = next(run(SEED, [0], PLAN, shrinking=False))
    crashed = {result.check for result in outcome.faults if result.verdict == CRASHED}
    assert crashed == {result.check for result in outcome.faults} >= {"compiles", "second compiles"}
    assert "a planted crash" in outcome.faults[0].detail


def test_what_takes_too_long_is_a_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fuzz, "SECONDS_EACH", 1)

    def never_end(*arguments: object) -> None:
        while True:
            pass

    monkeypatch.setattr(examination, "differentiate", never_end)
    outcome = next(run(SEED, [0], PLAN, shrinking=False))
    assert outcome.faults[0].detail == "took longer than 1 seconds"


def test_a_program_that_cannot_be_drawn_is_a_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fuzz, "draw", lambda seed, index: 1 / 0)
    assert next(run(SEED, [0], PLAN)).faults[0].check == "drawn"


# The command


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Any]]:
    monkeypatch.setattr(examination.jax_oracle, "load_jax", lambda: None)
    yield lambda *arguments: CliRunner().invoke(fuzz.main, list(map(str, arguments)))


def test_a_run_reports_what_was_checked(command: Callable[..., Any]) -> None:
    result = command("--count", 8, "--seed", SEED, "--processes", 1)
    assert result.exit_code == 0, result.output
    assert "8 programs" in result.output
    assert "pairs of operations reached" in result.output
    assert "skipped 1 of JAX: JAX is not installed" in result.output


def test_a_failing_run_shows_the_program_and_how_to_replay_it(
    command: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    flip(monkeypatch, (MatMul, ""))
    index = first_fault(("complex step",)).index
    result = command("--seed", SEED, "--only", index)
    program: Program = draw(SEED, index).program
    assert result.exit_code == 1
    assert f"--seed {SEED} --only {index}" in result.output
    assert program.text() in result.output
    assert "WRONG complex step" in result.output
    assert "smaller:" in result.output
    assert "matmul" in {name for pair in pairs(program) for name in pair} or " " in program.text()
