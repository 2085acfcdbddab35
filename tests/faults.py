"""What tests that plant faults have in common: the way from text to a verdict, and a count of what it caught."""

from __future__ import annotations

import ast
from collections import Counter
from functools import cache

import numpy as np
import pytest

from codegen.kernel import compile_kernel
from codegen.load import compiled, load
from codegen.verify import verify_kernel
from symbolic.differential import differentiate
from symbolic.errors import PushforwardError
from symbolic.language.read import read_program

COUNTS: Counter[str] = Counter()
"""How many faults of each kind were planted and how many caught, in this run."""


FEW = {"sizes": {}, "seeds": (1,)}
"""One point in both precisions: what is caught there is caught by all measurements."""
ALL = {}


@cache
def is_right(text, wrt=None, value=False):
    """Whether nothing is found where no fault is planted yet."""
    return not _stops(text, wrt, value, FEW)


def is_caught(text, wrt=None, value=False):
    """Whether the way from text to a verified kernel stops, or its verdict is no: at one point, or else at all."""
    return _stops(text, wrt, value, FEW) or _stops(text, wrt, value, ALL)


def _stops(text, wrt, value, measurements):
    program = read_program(text)
    try:
        kernel = compile_kernel(program if value else differentiate(program, wrt))
        return not verify_kernel(kernel, **measurements).passed
    except (PushforwardError, np.linalg.LinAlgError, ArithmeticError, ValueError, RuntimeWarning):
        return True


def assert_caught(kind, caught):
    COUNTS[f"{kind}: planted"] += 1
    COUNTS[f"{kind}: caught"] += bool(caught)
    assert caught


def plant(fault):
    """A parameter whose id is the name of the fault."""
    name, *rest = fault
    return pytest.param(*rest, id=name)


def with_fault(kernel, right, wrong):
    """The same kernel, in whose source something right stands wrong."""
    assert right in kernel.source
    source = kernel.source.replace(right, wrong)
    function = kernel.signature.function
    kernel.function = load(source, compiled(source, ast.parse(source), function), function)
    return kernel
