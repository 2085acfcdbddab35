"""What a notebook shows of programs, differentials and reports."""

from __future__ import annotations

from dataclasses import replace

import pushforward as pf

PROGRAM = pf.parse("X1 = X0*W1; X2 = f(X1)")


def test_a_program_is_shown_by_its_statements() -> None:
    bundle = PROGRAM._repr_mimebundle_()
    assert bundle["text/plain"] == str(PROGRAM)
    lines = bundle["text/latex"].splitlines()
    assert lines[0] == r"$$\begin{array}{l}" and lines[-1] == r"\end{array}$$"
    assert r"X_1 = X_0 W_1 \\" in lines and r"X_2 = f\left(X_1\right)" in lines


def test_a_differential_is_shown_in_closed_form() -> None:
    differential = pf.differential(PROGRAM, "X0")
    bundle = differential._repr_mimebundle_()
    assert bundle["text/plain"] == str(differential)
    assert differential.closed_form().equation("latex") in bundle["text/latex"]


def test_a_pullback_is_shown_in_closed_form() -> None:
    back = pf.adjoint(PROGRAM, wrt="X0")
    bundle = back._repr_mimebundle_()
    assert bundle["text/plain"] == str(back)
    assert r"\bar{X}_0 = " in bundle["text/latex"]


def test_a_report_is_a_table_in_which_names_are_escaped() -> None:
    report = pf.verify(pf.compile(pf.differential(PROGRAM, "X0")), seeds=(1,))
    bundle = replace(report, kernel="<script>")._repr_mimebundle_()
    assert bundle["text/html"].startswith("<table><caption>&lt;script&gt;: passed</caption>")
    assert "<td>complex step</td>" in bundle["text/html"] and "<script>" not in bundle["text/html"]
    failed = replace(report, measurements=(replace(report.measurements[0], passed=False),))
    assert "FAILED" in failed._repr_mimebundle_()["text/html"]
