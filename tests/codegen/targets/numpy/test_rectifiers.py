"""relu, its derivative and the sign of few entries and of many, in new memory, in given, and over the operand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from codegen.targets.numpy.helpers.rectifiers import _relu, _sign, _step

SPECIAL = [-np.inf, -1.0, -5e-324, -0.0, 0.0, 5e-324, 1e-310, 0.3, 1.0, 2.5, np.inf, np.nan]
EXACT = {
    _relu: lambda x: x if np.isnan(x) else max(x, 0.0),
    _step: lambda x: x if np.isnan(x) else float(x > 0),
    _sign: lambda x: x if np.isnan(x) else float(x > 0) - float(x < 0),
}


@pytest.mark.parametrize("function", EXACT)
@pytest.mark.parametrize("rows", [1, 400])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("memory", ["new", "given", "its own"])
def test_every_entry_is_exact(function: Any, rows: int, dtype: Any, memory: str) -> None:
    X = np.tile(np.array(SPECIAL, dtype), (rows, 1))
    expected = np.array([EXACT[function](float(x)) for x in X[0]], dtype)
    given = {"new": None, "given": np.full_like(X, 7.0), "its own": X.copy()}[memory]
    found = function(given if memory == "its own" else X, given)
    assert found.dtype == dtype and found.shape == X.shape and (given is None or found is given)
    assert np.array_equal(found, np.tile(expected, (rows, 1)), equal_nan=True)
