"""Texts that are no programs: a ProgramError, quickly, with the caret under the token that is wrong.

In the tables « and » stand around the characters that the caret must underline; they are no part of the text.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from carets import quickly, refused, underlined
from hypothesis import given, settings
from hypothesis import strategies as st

import pushforward as pf
from symbolic.errors import LimitError, NameError_, NotSupported, ProgramError, ReadError, ShapeError
from symbolic.language.read import read_program
from symbolic.language.styles import STYLES

READ = [
    # nothing to read
    "«»", "« »  ", "«\n»\n", "«#» only a comment", "«A»", "«A» : n x m", "«f»(x) = x", "«r»eturn A",
    "«%» only\\quad a comment",
    # expressions that stop too early
    "Y =«»", "Y = «»", "Y = A +«»", "Y = A -«»", "Y = A*B*«»", "Y = A .*«»", "Y = A ./«»", "Y = -«»", "Y = --«»",
    "Y = A^«»", "Y = A.^-«»", "Y = A.^«*»", "A +«»", "return«»", "Y = A\nreturn«»", "Y = A; return Y,«»",
    "Y = A +\n«»", "f(x) =«»",
    # operators out of place
    "«=» A", "Y = «*»A", "Y = «.*»A", "Y = «/»A", "Y = A * «*» B", "Y = A*«/»B", "Y = A ./ «*»B", "Y = A.^«^»2",
    "Y = A ^ «*» 2", "Y = «^»A", "Y = «'»A'", "Y = A + «)»", "Y = A «,» B", "Y = A«,»B", "Y = A «:» B", "Y = A «∈» B",
    "Y +«=» A", "Y *«=» A", "Y = (A«,» B)", "Y = f(A«,» B)", "Y = f(«)»", "Y = («)»", "Y = f.(«)»", "Y = sin(«)»",
    "Y = A «×» B", "Y = 9^9«^»9", "Y = A^2«^»2", "Y = A.^2«.^»2",
    # equals signs
    "Y = A «=» B", "Y = A «=»= B", "«A + B» = C", "«2» = A", "«f(2)» = A", "«f'(x)» = x", "«A'» = B", "«A*B» = C",
    "A, B = «C»", "A«,» 2 = C", "f(x) = x «=» 2", "«-Y» = A",
    # brackets
    "Y = «(»A", "Y = A*«(»B + C", "Y = «[»A", "Y = A«)»", "Y = A*B«)» + C", "Y = A«]»", "Y = (A«]»", "Y = [A«)»",
    "Y = ((A)«]»)", "Y = f«(»A", "Y = f«.(»A", "Y = «(»A\nZ = B", "Y = («(»A", "Y = [A, «]»", "Y = [«,» A]",
    "Y = 2«.(»A)",
    "Y = (A)«.(»B)", "Y = A + «A».(B)", "«)»", "«]»Y = A", "Y = A\n«)»", "Y = «[»A; B", "Y = [A; B«)»",
    # numbers
    "Y = A «2»", "Y = 1.2«.3»*A", "Y = A*B «2»", "Y = 1«.».2", "Y = 5«.»A", "Y = 1«_»000*A", "Y = (1) «2»",
    # superscripts
    "Y = A«⁻»", "Y = A«²⁻»", "Y = A«⁺»", "Y = A«ⁿ»",
    # characters that are not in the language
    'Y = «"»A"', "Y = «`»A`", "Y = «{»A}", "Y = «|»A|", "Y = A «>» B", "Y «<»- A", "Y = «!»A", "Y = A «&» B",
    "Y = A «%» B", "Y = A «?» B : C", "Y = «$»A", "Y = A«.»inv", "Y = A«.»dot(B)", "Y = A«.»..", "Y «.»= A",
    "Y = «~»A", "Y = A; «_»",
    # names
    "Y = «_»A", "Y = «A_»", "Y = «A__B»", "Y = «_»_import__('os')", "«_»Y = A", "Y = A*«日»", "Y = «é»",
    "Y = X«\u0302»", "Y = «ｘ»", "Y = «ℝ»", "Y = A«€»", "Y = «🙂»",
    # letters that look like others
    "Y = «А»", "Y = «Α»*B", "Y = A*«В»", "Y = «Х»0", "«У» = A", "Y = s«і»n(A)", "Y = «ο»", "Y = «Ν»", "Y = X«о»",
    # what cannot be seen
    "Y = A«\0»", "«\0»", "Y = A«\x07»", "Y = A«\x1b»[2J", "Y = A«\x7f»", "Y = A«\x0b»*B", "Y = A«\x0c»",
    "Y = A«\x85»*B", "Y = A«\r»Z = B", "Y = A«\u202e»*B", "Y = «\u200b»A", "Y = A«\u2066»B", "Y = A«\xad»B",
    "Y = A«\xa0»*B", "Y = A«\u2028»Z = B", "Y = A«\ud800»", "Y = A«\ufeff»", "# «\u202e»\nY = A", "# «\0»\nY = A",
    "Y = A # «\x1b»[0m", "Y = A*B\\cdot C % «\u202e»", "% «\0»\nY = A \\cdot B",
    # declarations
    "A : n x m «foo»\nY = A", "A : «-»1 x 2\nY = A", "A : «0» x 2\nY = A", "A : 2 x «0»\nY = A",
    "A : «1.5» x 2\nY = A", "A : n x«\n»Y = A", "A :«\n»Y = A", "A : «(»n\nY = A", "A : (n «m»)\nY = A",
    "A : (n, m«,» k)\nY = A", "A : («)»\nY = A", "A : (n,«)»\nY = A", "A : n x m «x» k\nY = A", "A : n * «*» m\nY = A",
    "A : n«,» m\nY = A", "A : n x m«,»\nY = A", "A : «10000000000000» x 2\nY = A", "A : scalar «scalar»\nY = A",
    "A : n x «function»\nY = A", "A : («scalar», 2)\nY = A", "A : n x «pi»\nY = A", "Y = cos(sin«)»",
    "A «::» Matrix\nY = A", "A : n × m «×» k\nY = A", "A : 2«x3x4»\nY = A",
    "A : n x m symmetric«,» lower\nY = A", "f(x) «:» n x m\nY = f(A)", "Y :«=» A", "«Y : n x n symmetric»\nY = A'*A",
    "A : «'»n\nY = A", "A : «nx2»\nY = A", "A : «nxm»\nY = A",
    # Julia
    "function«»", "function foo«»", "function foo(«»", "function foo(A«»", "«function» foo(A)\nY = A",
    "function «1»(A)\nY = A\nend", "function «(»A)\nY = A\nend", "function foo(A::«)»\nY = A\nend",
    "function foo(A) Y = A «end»", "function foo(A::Matrix«{»Float64})\nY = A\nend",
    "function foo(A)«::»Matrix\nY = A\nend", "function foo(«,»A)\nY = A\nend", "function foo(A)\nY = A\nend\n«foo»",
    "function foo(A)\nY = A\nend\n«function» bar(B)\nZ = B\nend", "«end»", "Y = A\n«end»", "«f»unction foo(A)\nend",
    "function foo(A, «2»)\nY = A\nend", "function foo«[»A]\nY = A\nend", "function foo(A «B»)\nY = A\nend",
    "function foo(A)\nY = A\nend «end»",
    # what a program returns
    "Y = A\n«return Y»\nZ = A", "«A*B»\nY = A", "Y = A\n«Y»\nZ = A", "Y = «return»",
    # ones, zeros, eye
    "Y = «ones(2)»", "Y = «eye(2, 3)»*A", "Y = «zeros(1, 2, 3)»", "Y = ones(«)»", "Y = ones(«»", "Y = ones(1«»",
    "Y = ones(1,«)»", "Y = ones(«1.5», 2)", "Y = ones(«0», 1)", "Y = ones(«-»1, 1)", "Y = ones(n «m»)",

    # functions without their brackets
    "Y = sin «A»", "Y = exp «A»*B", "Y = det «A»", "Y = tr «A»*B", r"Y = \sin «2» A", r"Y = \det «-»A",
    r"Y = \det «\cdot» A", r"Y = \sin A «B»", r"Y = \operatorname{tr} A^\top «B»", r"Y = \log\det A «B»",
    r"Y = \sigma «A»",
    # definitions
    "f(x«,»y) = x*y\nY = f(A)", "f(«)» = 2\nY = f(A)", "f(x) = «y»\nY = f(A)", "f(x) = «A»*x\nY = f(A)",
    "f(x) = «ones(2, 2)»\nY = f(A)", "f(x) = «x'»\nY = f(A)", "f(x) = «(»x\nY = f(A)", "f(x) = \nY «=» f(A)",
    # division by zero
    "Y = 1/«0»", "Y = A/«0»", "Y = A./«0»", "Y = 0 ./ «0»", "Y = A/(«1 - 1»)", "Y = «0^-1»", "Y = A/(«sqrt(2)^2 - 2»)",
    "Y = 1/«sin(pi)»", "Y = A.^(1/«0»)", "f(x) = 1/«0»\nY = f(A)", "f(x) = 1/(«x - x»)\nY = f(A)", "Y = «0^(-0.5)»",
    "s : scalar; Y = A/(«0*s»)",
    # numbers that are no real numbers
    "Y = «log(0)»", "Y = «log(-1)»*A", "Y = «sqrt(-1)»", "Y = «asin(2)»", "Y = «acos(1.5)»*A", "Y = «tan(pi/2)»*A",
    "Y = «reciprocal(0)»", "Y = A + «log(1 - 1)»", "Y = A.^(«log(0)»)", "f(x) = «sqrt(-1)»\nY = f(A)",
    "f(x) = «log(0)»*x\nY = f(A)", "Y = «(-8)^(1/3)»", "Y = «(-1)^0.5»*A", "Y = A*«log1p(-2)»", "Y = «log1p(-1)»*A",
    "Y = A.^(«(-1)^0.5»)",
    # LaTeX
    r"Y = «\foo» A", r"Y = «\hat»{X}", r"Y = «\bar»",
    r"Y = «\hat» X", r"Y = «\sum»_i A_i", r"Y = A \cdot «\cdot» B", r"Y = «\cdot»",
    r"Y = A «\times» B", r"Y = \frac«12» A", r"Y = \frac{A}«»", r"Y = \frac«{»A", r"Y = \frac{A}{«}»",
    r"Y = \frac{A}{«0»}", "Y = A^{«}»", "Y = A^«{»2", r"Y = \left«(» A", r"Y = A \right«)»",
    r"Y = \left(A\right«]» \cdot B", r"Y = «\mathrm{1a}» B", r"Y = «\mathrm{a b}» B", r"Y = «\mathrm{}» B",
    r"Y = «\text{hello world}» A", r"Y = «\mathrm»{a", r"Y = «\mathbf{1}» A", r"Y = A«_»{i,j} \cdot B",
    r"Y = A«_»{ij \cdot B", r"Y = X_1«0» \cdot B", r"Y = A«2» \cdot B", r"Y = «|»A| \cdot B", r"Y = A \cdot B«.»",
    r"Y = A \cdot B«,»", r"Y = A \cdot B «\tag»{1}", r"«\label»{eq} Y = A", r"«\begin»{foo",
    r"«\begin»", r"Y = «\Alpha» A", r"Y = A^{«\top»\top} \cdot B", r"A \in «\mathbb{C}»^{n \times 2} \\ Y = A",
    r"A \in \mathbb{R}^{n «\odot» 2} \\ Y = A", r"A \in \mathbb{R}^{n \times 2 «\times» 3} \\ Y = A",
    r"A \in \mathbb{R} «\\» Y = A", r"A \in \mathbb{R}«_»{+} \\ Y = A", r"Y = X^«*» \cdot B", r"Y = X^{«*»} \cdot B",
    r"Y = \log«_»2(A)", r"Y = \sqrt«[»3]{A}", r"Y = «\begin{vmatrix}» A & B \end{vmatrix}",
    r"Y = A «\end{align}»", "Y = A \\cdot B «\0»",
    r"Y = A «&» B \cdot C", r"Y = A «$» B \cdot C",
]  # fmt: skip

NAMES = [
    "Y = A\n«Y» = B", "Y = A\nZ = Y\n«Y» = Z", "Y = «Y»", "Y = A + «Y»*B", "Y = «Z»\nZ = A", "Y = A*«Z»\nW = A\nZ = B",
    "A : n x 2\n«A : n x 2»\nY = A", "«pi» = A", "«ones» = A", "«eye» : n x 2\nY = A", "«pi» : n x 2\nY = A",
    "«end» = A", "Z = A\n«function» = A\nY = A", "«sin»(x) = x\nY = sin(A)", "«ln»(x) = x\nY = A",
    "«inv»(x) = x\nY = A", "«det»(x) = x\nY = A", "«ones»(x) = x\nY = A", "f(«pi») = pi\nY = f(A)",
    "f(«end») = 2\nY = f(A)", "f(x) = x\n«f(y) = y»\nY = f(A)", "Y = A\nreturn «B»", "Y = A\nreturn Y, «Z»",
    "Y = A\nreturn Y, «Y»", "Y = A; return «pi»", "function foo(A, «A»)\nY = A\nend", "function foo(A)\nY = «B»\nend",
    "function foo(A)\nY = A*«C»\nend", "function foo(A)\n«A» = A\nend", "function foo(A)\nY = A\nreturn «Z»\nend",
    "function foo(«pi»)\nY = pi*2\nend", "function foo(«ones», A)\nY = A\nend", "function foo(«return»)\nY = 2\nend",
    "function foo(A, «end»)\nY = A\nend", "Y = ones(«n», m)", "Y = «ones» + A", "Y = «eye»*A",
    "Y = A\nZ = ones(«k», 1)",
    "A : n x 2\nY = A*zeros(2, «m»)", "Y = eye(«q»)", "Y = A; Z = ones(«A», B)",
    "«sin» : scalar; Y = sin*A", "Y = A\n«arcsin» = Y", "function foo(«exp»)\nY = exp\nend",
    "«f(x) = x*x»; f = A; Y = f*f", "«f(x) = x*x»; Y = f*A",
    r"Y = A \cdot B \\ «Y» = C", "X0 = A\n«X_0» = B", "α = A\n«alpha» = B",
]  # fmt: skip

SHAPES = [
    "A : 2 x 3\nB : 2 x 3\nY = A*«B»", "A : n x m\nB : m x n\nY = A + «B»", "A : n x m\nB : m x n\nY = A - «B»",
    "A : n x m\nB : n x k\nY = A .* «B»", "A : n x m\nB : n x k\nY = A ./ «B»", "A : n\nY = A*«A»",
    "A : n x m\nY = A*«A»*A'", "A : n x m\nY = f(A)*«g(A)»", "A : n x m\nY = A + «A'»", "A : n x m\nY = A*(«A»)",
    "A : 2 x 3; Y = A*«ones(2, 3)»", "A : 2 x 3; Y = A + «eye(2)»", "Y = ones(2, 3)*«ones(2, 3)»",
    "Y : n x 2\nA : n x 3\n«Y» = A", "Y : scalar\nA : n x 3\n«Y» = A",
    "x : n; A : m x m; Y = x'*«A»*x", "«A : n x m symmetric»\nY = A", "«A : h spd»\nY = A",
    "B : n x 2\n«A : 2 x 3 lower»\nY = A", "«A : n x m orthogonal»\nY = A",
    r"A \in \mathbb{R}^{2 \times 3} \\ Y = A «A»", r"«A \in \mathbb{R}^{2 \times 3} \text{diagonal}» \\ Y = A",
    "function f(A)\nA : 2 x 3\nY = A*«A»\nend",
]  # fmt: skip

UNSUPPORTED = [
    "Y = A^«B»", "Y = 2^«A»", "Y = A.^«B»", "f(x) = «f(x)»\nY = f(A)", "f(x) = «g(x)»\ng(x) = x\nY = f(A)",
    "f(x) = 1 + «inv(x)»\nY = f(A)", "f(x) = «x\\2»\nY = f(A)", "f(x) = 1 - «x ⊗ x»\nY = f(A)", "Y = «transpose»(A)",
    "Y = «prod»(A)", "Y = «cumsum»(A)", r"Y = «\operatorname{rank}»(A)",
    r"Y = «\sin^2»(A)", r"Y = «\det^{-1}»(A)", r"Y = X^«H» \cdot B", r"Y = A^{\circ «B»}", "A : n x n\nY = «A^0.5»",
    r"A \in \mathbb{R}^{n \times n} \\ Y = «A^{1/2}» A",
]  # fmt: skip

LIMITS = [
    "Y = " + "(" * 80 + "«(»" + "A" + ")" * 81,
    "Y = " + "[" * 80 + "«[»" + "A",
    "Y = " + "f(" * 80 + "f«(»" + "A" + ")" * 81,
    "Y = " + "-" * 81 + "«-»" + "A",
    "Y = " + "-" * 81 + "«-»" + "-" * 60_000 + "A",
    "Y = " + "(" * 80 + "«(»" + "(" * 100_000,
    "Y = A" + "'" * 80 + "«'»",
    "Y = A" + "'" * 80 + "«'»" + "'" * 60_000,
    "Y = " + "\\frac{" * 80 + "\\frac«{»" + "A",
    "Y = «" + "9" * 41 + "»*A",
    "Y = «" + "9" * 60_000 + "»*A",
    "Y = «0." + "1" * 60_000 + "»",
    "Y = «1e301»*A",
    "Y = «1e999999»*A",
    "Y = «1e-999»*A",
    "Y = «" + "x" * 61 + "»",
    "Y = «" + "x" * 60_000 + "»",
    "Y = «" + "δ" * 60 + "X»",
    "Y = «" + "δ" * 60_000 + "X»",
    "Y = «" + "\\delta " * 5_000 + "X»",
    "Y = «\\mathrm{" + "x" * 60_000 + "}»",
    "Y = «2^99999»",
    "Y = 9^(«9^1001»)",
    "Y = «(2^999)^9»",
    "Y = A.^«1000000»",
    "Y = A.^(«2^900»)",
    "Y = A.^exp(«exp(exp(10))»)",
    "Y = 2^exp(«exp(exp(10))»)",
    "f(x) = «x^1001»\nY = f(A)",
    "f(x) = «x^(9^99)»\nY = f(A)",
    "Y = «sin»''''''''''(A)",
    "Y = «f»" + "'" * 10 + "(A)",
    "«Y» = A" + ".*A" * 27_000,
    "A;" * 20_000 + "A«;»",
]

TOO_MUCH = {
    "an elementwise chain": "Y = A" + "./B" * 5_000,
    "products of two kinds in turn": "Y = A" + "*B.*C" * 3_000,
    "a chain of scalars": "s : scalar\nY = " + "s*" * 5_000 + "A",
    "a chain of divisions": "s : scalar\nY = A" + "/s" * 3_000,
    "primes after each of many brackets": "Y = " + "(" * 79 + "A" + "".join(")" + "'" * left for left in range(1, 80)),
    "numbers with many digits": "Y = A" + "*10^300" * 20,
    "numbers with very many digits": "Y = A" + "*10^300" * 11_000,
    "powers with many digits": "Y = " + "10^1000*" * 5 + "A",
    "a tower of exponentials": "Y = exp(exp(exp(exp(exp(10)))))*A",
    "a higher tower of exponentials": "Y = exp(exp(exp(exp(exp(exp(exp(1)))))))*A",
    "the sine of a tower": "Y = sin(exp(exp(exp(10))))*A",
    "a long sum of fractions": "Y = " + "1/3 + " * 12_000 + "A",
    "a statement as long as a text may be": "Y = A" + "+A" * 199_000,
    "line ends that open a bracket": "\\\\[" * 130_000,
    "a ninth derivative": "Y = silu'''''''''(A)",
    "a row of very many blocks": "A : n x m\nY = [" + ", ".join(["A"] * 9_900) + "]",
    "a column of very many blocks": "A : n x m\nY = [" + "; ".join(["A"] * 9_900) + "]",
    "a row of very many unknown blocks": "Y = [" + ", ".join(f"A{k}" for k in range(9_900)) + "]",
    "a table of very many blocks": "A : n x m\nY = [" + ";\n".join([", ".join(["A"] * 99)] * 99) + "]",
    "very many blocks": "A : n x m\n" + "\n".join(f"Y{k} = [A, A; A, A]" for k in range(2_000)),
    "very many indices": "A : n x m\nY = " + " + ".join(f"A[{k}, 1]" for k in range(1, 2_800)),
    "indices of indices": "Y = " + "A[" * 40_000,
    "indices of sums of indices": "Y = " + "A[1 + A[" * 15_000,
    "indices with two places in indices": "Y = " + "A[1, A[" * 15_000,
    "least sizes of least sizes": "A : n x m\nY = " + "min(" * 40_000,
    "operations in operations": "Y = " + "det(" * 40_000,
    "bars in bars": "Y = " + "\\|" * 100_000,
    "environments in environments": "Y = " + "\\begin{bmatrix}" * 20_000,
    "functions without brackets": "Y = " + "\\sin " * 60_000 + "A",
    "Kronecker products that grow": "A : 2 x 2\nY0 = A\n" + "\n".join(f"Y{k + 1} = Y{k} ⊗ Y{k}" for k in range(300)),
    "symbolic Kronecker products that grow": "A : n x m\nY0 = A\n"
    + "\n".join(f"Y{k + 1} = [Y{k}, Y{k}] ⊗ Y{k}" for k in range(300)),
    "a Kronecker product of sums": "Y = " + " ⊗ ".join(f"[A{k}, B{k}; C{k}, D{k}]" for k in range(60)),
    "a power of a size": "A : n x m\nY = ones((n + m)^99999999, 1)",
    "a product of sizes": "A : n x m\nY = ones(" + "*".join(["(n + m)"] * 3_000) + ", 1)",
    "a sum of sizes": "A : n x m\nY = A[1:" + " + ".join(["n"] * 9_000) + ", 1]",
    "a declared size that is long": "A : " + "+".join(f"n{k}" for k in range(9_000)) + " x 2\nY = A",
    "declarations with long sizes": "\n".join(f"A{k} : (n{k} + 1)*2 x (m - {k})" for k in range(1_000)) + "\nY = A1",
    "arguments of an operation": "Y = det(" + ", ".join(["A"] * 9_900) + ")",
    "arguments of hstack": "A : n x m\nY = hstack(" + ", ".join(["A"] * 9_900) + ")",
    "names of several results": ", ".join(f"Q{k}" for k in range(40_000)) + " = qr(A)",
}

TABLE = [
    *((ReadError, text) for text in READ),
    *((NameError_, text) for text in NAMES),
    *((ShapeError, text) for text in SHAPES),
    *((NotSupported, text) for text in UNSUPPORTED),
    *((LimitError, text) for text in LIMITS),
]


@pytest.mark.parametrize(("expected", "marked"), TABLE, ids=[f"{e.__name__}: {t[:40]!a}" for e, t in TABLE])
def test_the_caret_points_at_what_is_wrong(expected: type[ProgramError], marked: str) -> None:
    refused(expected, marked)


def test_there_are_many_and_no_two_are_the_same() -> None:
    assert len({text for _, text in TABLE}) == len(TABLE) >= 200


@pytest.mark.parametrize("text", TOO_MUCH.values(), ids=TOO_MUCH)
def test_what_is_too_much_is_refused_or_read_but_quickly(text: str) -> None:
    with quickly():
        try:
            program = read_program(text)
            program.text()
        except ProgramError as error:
            assert error.line is not None


@pytest.mark.parametrize("text", ["A" * 400_001, "\n" * 400_001, "Y = " + "f(" * 200_000 + "A"])
def test_a_text_that_is_too_long_is_not_looked_at(text: str) -> None:
    with quickly(), pytest.raises(LimitError, match=r"at most 400,000 are read"):
        read_program(text)


def test_the_deepest_nesting_that_is_read_leaves_room_on_the_stack() -> None:
    def deeper(frames: int) -> None:
        if frames:
            deeper(frames - 1)
        else:
            read_program("Y = " + "f(" * 80 + "A" + ")" * 80)

    deeper(150)


@pytest.mark.parametrize(
    ("content", "byte"),
    [(b"\xff", "byte 0 is 0xff"), (b"Y = A\xc3\x28", "byte 5 is 0xc3"), (b"Y = A*\xe2\x82", "byte 6 is 0xe2"),
     ("Y = A".encode("utf-16"), "byte 0 is 0xff"), (b"Y = \xed\xa0\x80", "byte 4 is 0xed")],
)  # fmt: skip
def test_a_file_that_is_not_utf8(tmp_path: Path, content: bytes, byte: str) -> None:
    path = tmp_path / "evil.pf"
    path.write_bytes(content)
    with pytest.raises(ReadError, match=byte):
        pf.read(path)


def test_a_file_that_is_too_long(tmp_path: Path) -> None:
    path = tmp_path / "long.pf"
    path.write_bytes(b"#" * 3_000_000)
    with quickly(), pytest.raises(LimitError):
        pf.read(path)


def test_the_message_names_the_file_and_stays_on_its_lines(tmp_path: Path) -> None:
    path = tmp_path / "net.pf"
    path.write_text("Y = A\nZ = (Y\n", encoding="utf-8")
    with pytest.raises(ReadError) as caught:
        pf.read(path)
    assert str(caught.value).split("\n") == [
        "net.pf:2:5: this '(' is never closed",
        "  2 | Z = (Y",
        "    |     ^",
    ]


def test_the_name_in_a_message_cannot_move_the_cursor() -> None:
    with pytest.raises(ReadError) as caught:
        read_program("Y =", name="a\x1b[2J\r\nb\u202e")
    assert all(line.isprintable() for line in str(caught.value).split("\n"))
    assert len(str(caught.value).split("\n")) == 3


def test_the_caret_of_a_long_line_is_shown_with_what_surrounds_it() -> None:
    with pytest.raises(ReadError) as caught:
        read_program("Y = " + "A + " * 1000 + "? + A" * 1000)
    assert underlined(caught.value) == "?"
    assert max(map(len, str(caught.value).split("\n"))) < 120


# Random texts

PIECES = [
    *"ABXYfxn2", "X0", "W_1", "δX", "dX", "pi", "sin", "ones", "eye", "inv", "return", "function", "end", "scalar",
    "symmetric", "0.5", "1e9", "det", "tr(", "inv(A)", "qr(", "sum(", "min(", "reshape(", "vec(", "norm",
    "dims=", "Q, R = ",
    *"+-*/^'()[]{},:;=.|\\@#%&$_~ \n\t", ".*", "./", ".^", ".(", "⊙", "∘", "·", "ᵀ", "⁻¹", "×", "∈", "::", "**", "α",
    "σ", "А", "\0", "\r\n", "\u202e", ".+", ".-", "⊗", "[1:2, :]", "[n]", "[A, B; C, A]", "end-1", "⁻ᵀ",
    "A : n x m\n", "n*m",
    r"\cdot ", r"\frac", r"\left", r"\right", r"\mathrm", r"\mathbb{R}", r"\delta ", r"\in ", r"\times ", r"\\",
    r"\begin{align}", r"^\top", "^{", "_{", r"\det ", r"\operatorname{tr}", r"\|", r"\lVert ", r"\right\|",
    "_F", "^2_F", r"\begin{bmatrix}", r"\end{bmatrix}", r"^{-\top}", r"\otimes ",
]  # fmt: skip


@settings(max_examples=500, derandomize=True, deadline=None, database=None)
@given(
    st.lists(st.sampled_from(PIECES), max_size=25).map("".join),
    st.sampled_from(["", "Y = ", "Y = A\nZ = ", "function f(A)\n"]),
)
def test_random_texts_are_read_or_refused(text: str, start: str) -> None:
    with quickly():
        try:
            program = read_program(start + text)
        except ProgramError as error:
            assert error.line is not None
            assert "^" in str(error)
        else:
            for style in STYLES:
                assert read_program(program.text(style), program.name) == program


@settings(max_examples=150, derandomize=True, deadline=None, database=None)
@given(st.text(max_size=40))
def test_random_characters_are_read_or_refused(text: str) -> None:
    for dialect in ("text", "latex"):
        with pytest.raises(ProgramError) as caught:
            read_program(f"Y = {text}\0", dialect=dialect)
        assert all(line.isprintable() for line in str(caught.value).split("\n"))
