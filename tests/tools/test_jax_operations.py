"""Every operation and function is known to JAX, or said not to be."""

from __future__ import annotations

import pytest

from symbolic.functions import CATALOGUE
from symbolic.operations import OPERATIONS
from tools.jax_operations import NOT_IN_JAX, functions, operations
from tools.jax_oracle import load_jax

pytest.importorskip("jax")
pytestmark = pytest.mark.filterwarnings("ignore")


def test_everything_is_known_to_it_or_said_not_to_be() -> None:
    jax = load_jax()
    assert set(operations(jax)) | NOT_IN_JAX == set(OPERATIONS)
    assert set(functions(jax)) == set(CATALOGUE)
