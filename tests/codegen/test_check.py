"""The measurements, each seen to pass and to fail, and the verdict over all of them."""

import json

import numpy as np
import pytest

from codegen.check import CheckReport, measure
from codegen.kernel import compile_kernel
from codegen.sampling import Point
from codegen.verify import verify_kernel
from symbolic.differential import differentiate
from symbolic.language.read import read_program

METHODS = {"value", "complex step", "central difference", "remainder", "five-point difference"}


def point(length=3, largest_step=0.125):
    random = np.random.default_rng(2)
    X, D = random.standard_normal((2, length, length))
    return Point({"X": X}, {"X": D / np.abs(D).max(initial=1e-300)}, {}, largest_step, ())


def primal(inputs):
    return {"Y": np.sin(inputs["X"]) @ inputs["X"]}


def kernel(inputs, directions, wrong=lambda dY: dY, shift=0.0):
    X, D = inputs["X"], directions["X"]
    return {"Y": np.sin(X) @ X + shift}, {"Y": wrong((np.cos(X) * D) @ X + np.sin(X) @ D)}


def verdicts(run, at=None, dtype="float64"):
    found = measure(run, primal, at or point(), "n=3", 1, dtype)
    return {measurement.method: measurement for measurement in found}


def failing(run, **options):
    return {method for method, measurement in verdicts(run, **options).items() if not measurement.passed}


@pytest.mark.parametrize("length", [1, 2, 3, 50, 300])
def test_a_right_kernel_passes_every_measurement(length):
    found = verdicts(kernel, at=point(length))
    assert set(found) == METHODS
    assert all(measurement.passed for measurement in found.values())


def test_the_ladders_show_second_order():
    found = verdicts(kernel)
    for method in ("central difference", "remainder"):
        assert found[method].order == pytest.approx(2, abs=0.1)
        assert len(found[method].steps) == len(found[method].errors)
        assert all(np.diff(found[method].steps) < 0)
    assert found["five-point difference"].errors[0] < 1e-10
    assert found["complex step"].errors[0] < 1e-15


@pytest.mark.parametrize("length", [1, 2, 30, 300])
@pytest.mark.parametrize("size", [1e-12, 1e-9, 1e-6])
def test_a_wrong_coefficient_is_found_at_every_size(length, size):
    assert "complex step" in failing(lambda *at: kernel(*at, wrong=lambda dY: (1 + size) * dY), at=point(length))


@pytest.mark.parametrize("wrong", [lambda dY: 1.001 * dY, lambda dY: 0 * dY, lambda dY: -dY, lambda dY: dY.T])
def test_a_wrong_derivative_fails_every_measurement_of_it(wrong):
    assert failing(lambda *at: kernel(*at, wrong=wrong)) == METHODS - {"value"}


def test_a_wrong_value_fails():
    assert "value" in failing(lambda *at: kernel(*at, shift=1e-9))


def test_a_single_wrong_entry_is_found_in_a_large_matrix():
    def spoil(dY):
        dY[7, 11] += 1e-9 * np.abs(dY).max()
        return dY

    assert "complex step" in failing(lambda *at: kernel(*at, wrong=spoil), at=point(300))


@pytest.mark.parametrize("spoil", [lambda Y: Y * np.nan, lambda Y: Y + np.inf])
def test_what_is_not_finite_fails(spoil):
    with np.errstate(all="ignore"):
        assert {"complex step", "five-point difference"} <= failing(lambda *at: kernel(*at, wrong=spoil))


@pytest.mark.parametrize("spoil", [lambda Y: Y[:2], lambda Y: Y[:, :1], lambda Y: Y[None], lambda Y: Y[0]])
def test_another_shape_fails_and_does_not_crash(spoil):
    assert "complex step" in failing(lambda *at: kernel(*at, wrong=spoil))


def test_a_missing_differential_fails():
    program = read_program("X : n x n\nY = sin(X)*X")
    checked = compile_kernel(differentiate(program))
    right = checked.function
    checked.function = lambda *given: right(*given)[:1]
    assert not verify_kernel(checked).passed


def test_single_precision_has_its_own_tolerance():
    found = verdicts(kernel, dtype="float32")
    assert set(found) == {"value", "complex step"}
    assert all(measurement.passed and measurement.tolerance > 1e-6 for measurement in found.values())
    assert "complex step" in failing(lambda *at: kernel(*at, wrong=lambda dY: 1.001 * dY), dtype="float32")


def test_a_linear_map_has_no_error_beyond_rounding():
    at = point()
    found = measure(
        lambda inputs, directions: ({"Y": 2 * inputs["X"]}, {"Y": 2 * directions["X"]}),
        lambda inputs: {"Y": 2 * inputs["X"]}, at, "", 1,
    )  # fmt: skip
    assert all(measurement.passed for measurement in found)
    assert any("beyond rounding" in measurement.note for measurement in found)


def test_a_zero_derivative_is_compared_with_the_size_of_the_value():
    def constant(inputs):
        return {"Y": np.ones_like(inputs["X"]) * 5 + 0 * inputs["X"]}

    def passing(dY):
        found = measure(lambda i, d: ({"Y": 5 * np.ones((3, 3))}, {"Y": dY}), constant, point(), "", 1)
        return all(measurement.passed for measurement in found)

    assert passing(np.zeros((3, 3)))
    assert not passing(np.full((3, 3), 1e-9))


@pytest.mark.parametrize("scale", [1e-150, 1e-6, 1e6, 1e150])
def test_the_unit_of_the_output_does_not_matter(scale):
    def scaled(wrong):
        found = measure(
            lambda i, d: tuple({"Y": scale * part["Y"]} for part in kernel(i, d, wrong)),
            lambda inputs: {"Y": scale * primal(inputs)["Y"]}, point(), "", 1,
        )  # fmt: skip
        return {m.method for m in found if not m.passed}

    assert scaled(lambda dY: dY) == set()
    assert "complex step" in scaled(lambda dY: dY * (1 + 1e-9))


# Whole kernels


def test_verification_tries_several_shapes_seeds_and_precisions():
    report = verify_kernel(compile_kernel(differentiate(read_program("X0 : n x m\nX1 = f(X0*W)"))))
    assert report.passed and not report.failures()
    assert len({m.sizes for m in report.measurements if m.method != "blocks"}) == 4
    assert {m.seed for m in report.measurements} == {1, 2}
    assert {m.dtype for m in report.measurements} == {"float32", "float64", "exact"}
    assert set(report.by_method()) == METHODS | {"dual numbers", "dot product", "exact dot product", "blocks"}


def test_progress_and_sizes():
    seen = []
    checked = compile_kernel(differentiate(read_program("X : n x m\nY = sin(X)")))
    report = verify_kernel(checked, {"n": 2}, (5,), lambda done, total: seen.append((done, total)))
    assert seen == [(1, 2), (2, 2)]
    assert {m.sizes for m in report.measurements} == {"n=2, m=4"}


def test_the_report_names_the_kinks_it_avoided():
    report = verify_kernel(compile_kernel(differentiate(read_program("X : n x m\nY = relu(X) + abs(X)"))))
    assert report.passed
    assert set(report.avoided) >= {"relu at 0", "abs at 0"}
    assert "relu at 0" in str(report)


def test_the_report_in_words_and_for_machines():
    report = verify_kernel(compile_kernel(differentiate(read_program("X : n x m\nY = sin(X)", "p"))))
    assert str(report).startswith("p_wrt_X: passed")
    assert json.loads(json.dumps(report.to_dict()))["passed"] is True


def test_no_measurement_is_no_pass():
    assert not CheckReport("empty", (), ()).passed


@pytest.mark.parametrize(
    "text",
    [
        "A : n x n\nB : n x n\nZ = A*B\nY = (sin(A) + Z)*cos(A)*Z'",
        "x : n\nA : n x n\nY = x'*A*x - x'*A'*x + x'*x",
        "X : n x n\nY = (X*X')*(X*X')*(X*X') - X*X'",
    ],
)
def test_a_right_kernel_passes_also_where_terms_cancel(text):
    """Rounding is proportional to what is added up, not to what is left of it."""
    report = verify_kernel(compile_kernel(differentiate(read_program(text))), seeds=(1, 2, 3, 4))
    assert report.passed, [(m.method, m.sizes, m.errors[-1]) for m in report.failures()]
