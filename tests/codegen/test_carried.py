"""What a kernel carries with it: the helpers that it calls, those that they call, and what these import."""

from __future__ import annotations

import ast
import re

import pytest

from codegen.kernel import compile_kernel
from codegen.targets.numpy.carried import _CALL, HELPER_NAMES, HELPERS, _read, helpers_for
from symbolic.differential import differentiate
from symbolic.language.read import read_program
from symbolic.operations import DEFINITIONS, OPERATIONS

TEXT = '''
from numpy import exp, log
from scipy.linalg import expm


def _first(A):
    """exp."""
    return exp(_second(A))


def _second(A):
    name = "_first(exp)"
    return _third(A, name)


def _third(A, name):
    return expm(A)


def _alone(A):
    return A
'''


def test_helpers_are_copied_as_they_stand():
    found = _read([TEXT])
    assert list(found) == ["_first", "_second", "_third", "_alone"]
    assert found["_alone"].source == "def _alone(A):\n    return A"
    assert found["_first"].imports == {"numpy": {"exp"}} and found["_third"].imports == {"scipy.linalg": {"expm"}}
    assert (found["_first"].calls, found["_second"].calls) == ({"_second"}, {"_third"})


def test_what_is_called_is_carried_with_what_it_calls_in_the_order_of_the_file():
    names = [helper.name for helper in helpers_for("x = _solve_lu(_factor_lu(A), B, 0)")]
    assert names == [name for name in HELPERS if name in {"_rounding", "_factor_lu", "_is_regular", "_solve_lu"}]
    assert helpers_for("x = sin(A)") == [] and helpers_for("_not_a_helper(A)") == []


def test_every_helper_says_what_it_does_and_uses_nothing_else():
    for helper in HELPERS.values():
        (function,) = ast.parse(helper.source).body
        assert ast.get_docstring(function), helper.name
        assert all(name in HELPERS for name in _CALL.findall(helper.source))


@pytest.mark.parametrize("record", (*OPERATIONS.values(), *DEFINITIONS.values()), ids=lambda record: record.name)
def test_a_kernel_carries_what_it_uses_and_no_more(record):
    source = compile_kernel(differentiate(read_program(record.example))).source
    tree = ast.parse(source)
    defined = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    called = {n.func.id for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}
    imported = {a.name for node in tree.body if isinstance(node, ast.ImportFrom) for a in node.names} - {"annotations"}
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert {name for name in defined if name.startswith("_")} == {name for name in called if name.startswith("_")}
    assert imported <= used
    assert len(re.findall(r"^def ", source, re.MULTILINE)) == len(defined)


def test_names_of_helpers_are_taken():
    assert {"_solve_lu", "dgetrf", "einsum", "svd", "LinAlgError"} <= HELPER_NAMES
