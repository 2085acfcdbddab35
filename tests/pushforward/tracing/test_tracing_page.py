"""The page on NumPy functions: its code runs, and prints what stands below it."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import pytest

from pushforward import tracing
from pushforward.tracing.dispatch import FUNCTIONS, UFUNCS

PAGE = (Path(__file__).parents[3] / "docs" / "tracing.md").read_text("utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```\n\n```\n(.*?)```", PAGE, re.DOTALL)
TABLE = PAGE.partition("## What is read")[2].partition("**SciPy.**")[0]


def test_the_examples_print_what_they_say():
    names: dict[str, object] = {}
    assert len(EXAMPLES) == PAGE.count("```python") == 4
    for code, printed in EXAMPLES:
        with contextlib.redirect_stdout(io.StringIO()) as output:
            exec(code, names)
        assert output.getvalue() == printed


@pytest.mark.parametrize("name", sorted({*re.findall(r"`(?:np\.)?([a-z_]\w*)`", TABLE)} - {"axis", "keepdims", "ddof"}))
def test_what_the_table_lists_is_there(name):
    read = {*UFUNCS, *FUNCTIONS, *tracing.__all__, "abs", "flatten"}
    assert name in read or f"linalg.{name}" in read
