"""Emitted Python is of the expected kind; whatever else is refused before it is written or loaded."""

from dataclasses import replace

import pytest

from codegen.allowlist import check_source
from codegen.kernel import compile_kernel
from codegen.targets.numpy import SPELLINGS
from symbolic.differential import differentiate
from symbolic.errors import PushforwardError
from symbolic.functions import CATALOGUE
from symbolic.language.read import read_program
from symbolic.operations import DEFINITIONS, OPERATIONS

IMPORTS = {"numpy": {"sin", "asarray", "dtype", "ndarray"}}

REFUSED = [
    "import os",
    "import numpy",
    "from os import system",
    "from numpy import *",
    "from numpy import load",
    "from . import x",
    "exec('1')",
    "eval('1')",
    "open('x')",
    "compile('1', '', 'exec')",
    "__import__('os')",
    "x = __builtins__",
    "x = [].__class__",
    "x = ().__class__.__bases__",
    "x = sin.__globals__",
    "x = {}['a'].tofile",
    "getattr(1, 'real')",
    "globals()",
    "x = (lambda: 1)()",
    "class A: pass",
    "async def f(): pass",
    "def f():\n    yield 1",
    "while True:\n    break",
    "with sin as x:\n    x",
    "try:\n    x = 1\nexcept ValueError:\n    x = 2",
    "global x",
    "x = (y := 1)",
    "assert 1",
    "x = sin(1)(2)",
    "x = [sin][0](1)",
    "x = eval",
    "x = list(map(eval, ['1']))",
    "@eval\ndef f():\n    return 1",
    "def f(function):\n    return function('1')\nx = f(eval)",
    "x = [f('1') for f in [open]]",
    "x = f'{eval}'",
    "def sin(x=open):\n    return x('a')",
    "def _f(getattr):\n    return getattr('a')",
    "x: open = 1",
    "match sin:\n    case 1:\n        pass",
]


@pytest.mark.parametrize("source", REFUSED)
def test_anything_else_is_refused(source):
    with pytest.raises(PushforwardError, match="generated source"):
        check_source(source, IMPORTS)


@pytest.mark.parametrize(
    "text",
    [
        "X1 = X0*W1; X2 = f(X1); X3 = X2*W2; X4 = f(X3)",
        "a : scalar\nA : n x m\nY = a*ones(n,m) - A.^2.5 ./ (1 + exp(-A))\nZ = Y'*eye(n)\nreturn Y, Z",
        *(f"A : n x m\nY = {name}(A)" for name in CATALOGUE),
        *(record.example for record in (*OPERATIONS.values(), *DEFINITIONS.values())),
    ],
)
def test_every_kernel_passes(text):
    compile_kernel(differentiate(read_program(text)))


def test_the_check_stands_between_the_template_and_the_world(monkeypatch):
    """A spelling that would call something else is caught when the kernel is emitted."""
    for fresh in ("eval('1')", "{0}.tofile('x')", "{0}.__class__", "(lambda: 1)()"):
        monkeypatch.setitem(SPELLINGS, "sin", replace(SPELLINGS["sin"], fresh=fresh))
        with pytest.raises(PushforwardError, match="generated source"):
            compile_kernel(read_program("A : n x m\nY = sin(A)"))
