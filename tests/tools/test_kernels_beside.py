"""Kernels of random programs beside each other, in C, in blocks and for many: planted faults are seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from c_samples import lightly, needs_compiler
from click.testing import CliRunner

from codegen.targets.c import EXPRESSIONS
from codegen.targets.numpy import stacks
from codegen.targets.numpy.carried import HELPERS
from symbolic.differential import differentiate
from symbolic.language.read import read_program
from tools import fuzz
from tools.beside import agree
from tools.forms import check_forms
from tools.native import examine_native
from tools.verdicts import PASSED, SKIPPED, WRONG, Checks, Skipped, Wrong

LAYER = "X : n x m; W : m x p; X1 = tanh(X*W); Y = sin(X1) - X1; Z = cos(Y)*ones(p, 1)"


def outcomes_in_c(text: str) -> dict[str, str]:
    return {result.check: result.verdict for result in examine_native(read_program(text), 0)}


def outcomes_of_forms(text: str) -> dict[str, str]:
    checks = Checks(0)
    check_forms(checks, differentiate(read_program(text)))
    return {result.check: result.verdict for result in checks.found}


# In C


@needs_compiler
@lightly
def test_a_program_in_c_passes() -> None:
    found = outcomes_in_c(LAYER)
    assert set(found.values()) == {PASSED}
    assert {"differential (float32)", "pullback (float64)", "directions", "pullback in a batch"} <= found.keys()


@needs_compiler
@lightly
def test_another_function_in_c_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(EXPRESSIONS, "tanh", "sinh@f({0})")
    found = outcomes_in_c("X : n x m; Y = tanh(X)")
    assert found["differential (float64)"] == found["differential (float32)"] == found["directions"] == WRONG


def test_what_has_no_c_is_skipped() -> None:
    assert outcomes_in_c("A : n x n; Y = expm(A)") == {"values": SKIPPED}


@needs_compiler
@lightly
def test_the_command_with_the_target_c() -> None:
    result = CliRunner().invoke(fuzz.main, ["--target", "c", "--only", "1", "--seed", "3"])
    assert result.exit_code == 0, result.output
    assert "values" in result.output


# In NumPy


def test_forms_of_a_program_pass() -> None:
    found = outcomes_of_forms(LAYER)
    assert set(found.values()) == {PASSED}
    assert {"differential in blocks", "pullback in blocks", "pullback in a batch", "linearized"} <= found.keys()


def with_helper(name: str, right: str, wrong: str) -> Callable[[pytest.MonkeyPatch], None]:
    def plant(monkeypatch: pytest.MonkeyPatch) -> None:
        helper = HELPERS[name]
        assert right in helper.source
        monkeypatch.setitem(HELPERS, name, replace(helper, source=helper.source.replace(right, wrong)))

    return plant


def with_spelling(op: str, right: str, wrong: str) -> Callable[[pytest.MonkeyPatch], None]:
    def plant(monkeypatch: pytest.MonkeyPatch) -> None:
        spelling = stacks.STACKED[op]
        assert right in spelling.fresh
        monkeypatch.setitem(stacks.STACKED, op, replace(spelling, fresh=spelling.fresh.replace(right, wrong)))

    return plant


@pytest.mark.parametrize(
    ("check", "plant"),
    [
        ("differential in blocks", with_helper("_further_blocks", "joined, first, last", "joined, 0, firsts.step")),
        ("pullback in blocks", with_helper("_join", "+= part", "-= part")),
        ("differential in a batch", with_spelling("sum_2", "axis=-1", "axis=-2")),
    ],
)
def test_a_fault_in_a_form_is_seen(check: str, plant: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch)
    assert outcomes_of_forms("X : n x m; W : m x p; X1 = tanh(X*W); Y = sin(X1) - X1; Z = sum(Y, 2)")[check] == WRONG


# Outcomes


def test_outcomes_that_agree_and_that_do_not() -> None:
    one = {"Y": np.ones((2, 2))}
    agree({"Y": np.ones((2, 2)) * (1 + 1e-15)}, one, {}, "float64")
    for other in (np.ones((2, 1)), np.ones((2, 2), np.float32), np.ones((2, 2)) * (1 + 1e-9), np.full((2, 2), np.nan)):
        with pytest.raises(Wrong):
            agree({"Y": other}, one, {}, "float64")
    with pytest.raises(Wrong, match="FloatingPointError: no where a result is expected"):
        agree(FloatingPointError("no"), one, {}, "float64")
    with pytest.raises(Wrong, match="a result where ValueError"):
        agree(one, ValueError("no"), {}, "float64")
    with pytest.raises(Skipped, match="both raise ValueError"):
        agree(ValueError("this"), ValueError("that"), {}, "float64")
