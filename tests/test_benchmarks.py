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
MODULES = ("compare", "derivation", "grid", "limit", "memory", "report", "run", "short", "timing")
LIBRARIES = ("autograd_numpy", "jax_jit", "numpy_by_hand", "pushforward_kernels", "pytensor_numba", "torch_func")


@pytest.fixture(scope="module")
def benchmarks(all_lightly_compiled: None) -> Any:
    """The modules of the folder, which are written to be run as a script."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(FOLDER)
        found = {name: importlib.import_module(name) for name in MODULES}
        found |= {name: importlib.import_module(f"contenders.{name}") for name in LIBRARIES}
        return SimpleNamespace(**found)


@pytest.fixture
def alone(benchmarks: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Pushforward and NumPy by hand, whatever else is installed."""
    return without_others(benchmarks, monkeypatch)


def without_others(benchmarks: Any, patch: pytest.MonkeyPatch) -> Any:
    for name in ("autograd_numpy", "jax_jit", "pytensor_numba", "torch_func"):
        patch.setattr(getattr(benchmarks, name), "load", lambda: None)
    return benchmarks


@pytest.fixture(scope="module")
def results(benchmarks: Any) -> Any:
    """A run of one cell of each kind, at the smallest sizes."""
    effort = benchmarks.timing.Effort(seconds=0.01, fewest=2, most=2, shortest_sample=0, pause=0)
    first = {(cell.problem.name, cell.question): cell for cell in reversed(benchmarks.grid.tiny())}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(benchmarks.limit, "seconds", lambda cell: 1e-6 if cell.question == benchmarks.grid.JVP else None)
        return without_others(benchmarks, patch).run.collect(list(first.values()), [2], (1, 3), effort)


def test_contenders_agree(alone: Any) -> None:
    for cell in alone.grid.tiny():
        contenders = alone.compare.gather(cell)
        assert {alone.pushforward_kernels.NUMPY, alone.numpy_by_hand.NAME} <= contenders.keys()
        alone.compare.check_agreement(cell, contenders)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("library", ["autograd_numpy", "jax_jit", "pytensor_numba", "torch_func"])
def test_other_libraries_agree(benchmarks: Any, library: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module = getattr(benchmarks, library)
    loaded = module.load()
    if loaded is None:
        pytest.skip(f"no {module.NAME} here")
    if library == "torch_func":
        monkeypatch.setattr(loaded, "compile", lambda function, **_: function)  # it takes half a minute
    kinds = {(cell.problem.name, cell.question): cell for cell in benchmarks.grid.tiny()}
    asked = 0
    for cell in kinds.values():
        found = module.contenders(cell)
        asked += bool(found)
        contenders = benchmarks.numpy_by_hand.contenders(cell) | found
        benchmarks.compare.check_agreement(cell, contenders)
    assert asked >= 8


@pytest.mark.filterwarnings("ignore")
def test_a_chain_compiles_in_jax(benchmarks: Any) -> None:
    pytest.importorskip("jax")
    benchmarks.derivation.compile_chain_in_jax(benchmarks.jax_jit.load(), 2, 3)


@pytest.mark.parametrize("place", [0, 1])
@pytest.mark.parametrize("fault", [1e-9, np.nan])
def test_a_small_fault_is_seen(alone: Any, place: int, fault: float) -> None:
    cell = alone.grid.tiny()[0]
    contenders = alone.compare.gather(cell)
    wrong = list(contenders[alone.numpy_by_hand.NAME]())
    wrong[place] = wrong[place] * (1 + fault)
    contenders["wrong"] = lambda: tuple(wrong)
    with pytest.raises(alone.compare.Disagreement, match=f"result {place} of wrong"):
        alone.compare.check_agreement(cell, contenders)


def test_a_cell_of_disagreement_is_left_out(alone: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def disagree(cell: Any, contenders: Any) -> None:
        raise alone.compare.Disagreement("one is wrong")

    monkeypatch.setattr(alone.compare, "check_agreement", disagree)
    results = alone.run.collect(alone.grid.tiny()[:1], (), None)
    assert results["cells"] == [] and results["left out"] == ["one is wrong"]


def test_every_shape_and_function_is_in_the_grid_in_both_precisions(benchmarks: Any) -> None:
    grid = benchmarks.grid
    cells = [cell for cell in grid.whole() if cell.problem is grid.SEED and cell.question == grid.JVP]
    asked = {(cell.sizes, cell.f, cell.precision) for cell in cells}
    assert len(asked) == len(grid.SHAPES) * len(grid.FUNCTIONS) * 2
    assert {cell.question for cell in grid.whole()} == {grid.JVP, grid.DIRECTIONS, grid.ROWS, grid.GRADIENT}
    problems = (grid.SEED, grid.LAYERS, grid.REGRESSION, grid.LOGDET, grid.ATTENTION)
    assert {cell.problem.name for cell in grid.whole()} == {each.name for each in problems}


def test_the_limit_is_of_products_and_functions(benchmarks: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    cell = benchmarks.grid.tiny()[0]
    monkeypatch.setattr(benchmarks.limit.shutil, "which", lambda name: "a compiler")
    monkeypatch.setattr(benchmarks.limit, "_an_entry", lambda f, precision: (1.0, 2.0))
    monkeypatch.setattr(benchmarks.limit, "_products", lambda cell: 100.0)
    assert benchmarks.limit.seconds(cell) == 100.0 + (5 * 3 + 5 * 1) * 3.0
    other = next(cell for cell in benchmarks.grid.tiny() if cell.question == benchmarks.grid.GRADIENT)
    assert benchmarks.limit.seconds(other) is None


def test_the_limit_has_a_loop_for_every_function(benchmarks: Any) -> None:
    if benchmarks.limit.shutil.which("gcc") is None:
        pytest.skip("no compiler here")
    library = benchmarks.limit._library("float64")
    assert all(hasattr(library, f"{f}_{k}") for f in benchmarks.grid.FUNCTIONS for k in (0, 1))
    assert np.float64(1e-310) / 2 > 0  # it leaves the processor's flags as they are


def test_peak_memory_is_that_of_the_call(benchmarks: Any) -> None:
    peak = benchmarks.memory.peak(lambda: np.ones(4_000_000).sum())
    if peak is None:
        pytest.skip("this system does not tell")
    assert 30e6 < peak < 40e6


def test_names_are_new_each_time(benchmarks: Any) -> None:
    derive = benchmarks.derivation.deriver(2)
    assert derive().signature.arguments == ("X0", "W1", "W3", "dX0")
    assert derive().signature.arguments == ("X5", "W6", "W8", "dX5")


def test_every_contender_is_timed_in_every_round(benchmarks: Any) -> None:
    effort = benchmarks.timing.Effort(seconds=0, fewest=4, most=4, shortest_sample=0, pause=0)
    samples = benchmarks.timing.measure({"a": lambda: None, "b": lambda: None}, effort)
    assert {name: len(values) for name, values in samples.items()} == {"a": 4, "b": 4}


def test_ratios_are_taken_within_a_round(benchmarks: Any) -> None:
    found = benchmarks.timing.ratio({"a": [1.0, 20.0, 3.0], "b": [2.0, 40.0, 6.0]}, "a", "b")
    assert (found.low, found.median, found.high) == (0.5, 0.5, 0.5)


def test_report_has_a_row_for_each_cell(benchmarks: Any, results: Any) -> None:
    text = benchmarks.report.as_markdown(results)
    lines = text.splitlines()
    assert all(len(line) <= 120 or line.startswith("|") for line in lines)
    for row in results["cells"]:
        sizes = ", ".join(map(str, row["sizes"]))
        start = f"| {row['problem']} | {row['f'] or '–'} | {sizes} | float64 |"
        assert any(line.startswith(start) for line in lines), start
    for start in ("| 2 |", "A layer takes"):
        assert sum(line.startswith(start) for line in lines) == 1, start
    for key in ("processor", "cores", "Python", "NumPy", "SymPy", "JAX", "C compiler"):
        assert f"- {key}: {results['machine'][key]}" in lines


def test_the_fastest_peer_is_none_of_ours_and_nothing_dense(benchmarks: Any) -> None:
    names = (*benchmarks.compare.OURS, *benchmarks.compare.DENSE, "slow", "fast")
    seconds = {name: {"median": float(place)} for place, name in enumerate(names)}
    seconds["fast"]["median"] = 3.5
    row = {"seconds": seconds, "ratio": {benchmarks.compare.OURS[0]: {"fast": {"median": 7.0}}}, "limit": 0.5}
    assert benchmarks.report.best_peer(row) == "fast"
    assert benchmarks.report.ahead(row, benchmarks.compare.OURS[0]) == 7.0
    assert benchmarks.report.ahead(row, benchmarks.compare.OURS[1]) is None
    assert benchmarks.report.of_limit(row, benchmarks.compare.OURS[1]) == 2.0


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


def test_the_readme_shows_the_committed_results(benchmarks: Any) -> None:
    readme = benchmarks.run.README.read_text(encoding="utf-8")
    cells = json.loads((benchmarks.run.RESULTS / "benchmarks.json").read_text(encoding="utf-8"))["cells"]
    assert benchmarks.short.put_into(readme, cells) == readme
    assert benchmarks.short.table(cells).count("\n") == 1 + len(benchmarks.grid.SHAPES) * len(benchmarks.short.SHOWN)
    assert benchmarks.short.put_into(readme, cells[1:]) != readme
    with pytest.raises(ValueError, match="there is no line <!-- end"):
        benchmarks.short.put_into(benchmarks.short.FIRST, cells)
