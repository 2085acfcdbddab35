"""The benchmarks at tiny sizes: contenders agree, faults are seen, the report has its form. Nothing is timed."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

FOLDER = Path(__file__).parent.parent / "benchmarks"
SIZES = (5, 2, 3, 1)


@pytest.fixture(scope="module")
def benchmarks() -> Any:
    """The modules of the folder, which are written to be run as a script."""
    names = ("derivation", "jacobians", "kernels", "peers", "report", "run", "timing")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(FOLDER)
        return SimpleNamespace(**{name: importlib.import_module(name) for name in names})


@pytest.fixture(scope="module")
def results(benchmarks: Any) -> Any:
    """A whole run without JAX, at the smallest sizes."""
    effort = benchmarks.timing.Effort(seconds=0.01, fewest=2, most=2, shortest_sample=0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(benchmarks.peers, "load_jax", lambda: None)
        patch.setattr(benchmarks.peers, "load_torch", lambda: None)
        return benchmarks.run.collect([SIZES], [2], (1, 3), [SIZES], effort)


@pytest.mark.parametrize("function", ["sin", "tanh"])
@pytest.mark.parametrize("sizes", [SIZES, (1, 1, 1, 1), (40, 30, 20, 10)])
def test_contenders_agree(benchmarks: Any, function: str, sizes: tuple[int, ...]) -> None:
    inputs = benchmarks.kernels.make_inputs(sizes)
    benchmarks.kernels.check_agreement(benchmarks.kernels.make_contenders(function, inputs, None))


@pytest.mark.filterwarnings("ignore")
def test_jax_agrees(benchmarks: Any) -> None:
    pytest.importorskip("jax")
    jax = benchmarks.peers.load_jax()
    inputs = benchmarks.kernels.make_inputs(SIZES)
    contenders = benchmarks.kernels.make_contenders("tanh", inputs, jax)
    assert benchmarks.kernels.JAX in contenders
    benchmarks.kernels.check_agreement(contenders)
    benchmarks.peers.compile_chain_in_jax(jax, 2, 3)
    jacobians = benchmarks.jacobians.make_contenders(SIZES, jax, None)
    assert {"jax.jit(jacfwd)", "jax.vmap(jacrev)", "jax.jit(vmap(jacrev))"} < jacobians.keys()
    benchmarks.jacobians.check_agreement(jacobians)


@pytest.mark.filterwarnings("ignore")
def test_torch_agrees(benchmarks: Any) -> None:
    torch = pytest.importorskip("torch")
    contenders = benchmarks.jacobians.make_contenders(SIZES, None, torch)
    assert benchmarks.jacobians.DENSE_TORCH in contenders
    benchmarks.jacobians.check_agreement(contenders)


def test_a_small_fault_in_a_jacobian_is_seen(benchmarks: Any) -> None:
    contenders = benchmarks.jacobians.make_contenders(SIZES, None, None)
    right = contenders[benchmarks.jacobians.ROWS]()
    contenders["wrong"] = lambda: right * (1 + 1e-9)
    with pytest.raises(benchmarks.jacobians.Disagreement, match="the Jacobian of wrong"):
        benchmarks.jacobians.check_agreement(contenders)


@pytest.mark.parametrize("output", ["value", "tangent"])
@pytest.mark.parametrize("fault", [1e-9, np.nan])
def test_a_small_fault_is_seen(benchmarks: Any, output: str, fault: float) -> None:
    inputs = benchmarks.kernels.make_inputs(SIZES)
    contenders = benchmarks.kernels.make_contenders("sin", inputs, None)
    value, tangent = contenders[benchmarks.kernels.HAND]()
    wrong = (value * (1 + fault), tangent) if output == "value" else (value, tangent * (1 + fault))
    contenders[benchmarks.kernels.KERNEL] = lambda: wrong
    with pytest.raises(benchmarks.kernels.Disagreement, match=f"the {output} of kernel"):
        benchmarks.kernels.check_agreement(contenders)


def test_names_are_new_each_time(benchmarks: Any) -> None:
    derive = benchmarks.derivation.deriver(2)
    assert derive().signature.arguments == ("X0", "W1", "W3", "dX0")
    assert derive().signature.arguments == ("X5", "W6", "W8", "dX5")


def test_every_contender_is_timed_in_every_round(benchmarks: Any) -> None:
    effort = benchmarks.timing.Effort(seconds=0, fewest=4, most=4, shortest_sample=0)
    samples = benchmarks.timing.measure({"a": lambda: None, "b": lambda: None}, effort)
    assert {name: len(values) for name, values in samples.items()} == {"a": 4, "b": 4}


def test_ratios_are_taken_within_a_round(benchmarks: Any) -> None:
    found = benchmarks.timing.ratio({"a": [1.0, 20.0, 3.0], "b": [2.0, 40.0, 6.0]}, "a", "b")
    assert (found.low, found.median, found.high) == (0.5, 0.5, 0.5)


def test_report_has_a_row_for_each_comparison(benchmarks: Any, results: Any) -> None:
    text = benchmarks.report.as_markdown(results)
    lines = text.splitlines()
    assert all(len(line) <= 120 or line.startswith("|") for line in lines)
    for start in ("| sin | 5, 2, 3, 1 |", "| tanh | 5, 2, 3, 1 |", "| 5, 2, 3, 1 |", "| 2 |", "A layer takes"):
        assert sum(line.startswith(start) for line in lines) == 1, start
    for key in ("processor", "cores", "Python", "NumPy", "SymPy", "JAX"):
        assert f"- {key}: {results['machine'][key]}" in lines


def test_times_carry_their_unit(benchmarks: Any) -> None:
    assert benchmarks.report.time({"median": 0.00158, "low": 0.00151, "high": 0.0166}) == "1.58 (1.51–16.6) ms"
    assert benchmarks.report.time({"median": 2.0, "low": 0.5, "high": 1234.5}) == "2 (0.5–1234) s"


def test_results_are_saved_and_the_same_numbers_give_the_same_bytes(
    benchmarks: Any, results: Any, tmp_path: Path
) -> None:
    pytest.importorskip("matplotlib")
    for folder in (tmp_path / "first", tmp_path / "second"):
        benchmarks.run.save(results, folder)
    written = {path.name: path.read_bytes() for path in (tmp_path / "first").iterdir()}
    assert set(written) == {"benchmarks.md", "benchmarks.json", "benchmarks.svg"}
    assert written == {path.name: path.read_bytes() for path in (tmp_path / "second").iterdir()}
    assert json.loads(written["benchmarks.json"]).keys() == results.keys()
