"""scipy.optimize.least_squares with jac= and jac_sparsity=: a chain of unknowns, each tied to its neighbours.

The residuals are a band: three unknowns each, whatever their number. `pf.sparsity` proves where entries can be, and
`pf.sparse_jacobian` computes all of them along three directions.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import least_squares

import pushforward as pf

# Broyden's tridiagonal system: r_i = (3 - 2 x_i) x_i - x_{i-1} - 2 x_{i+1} + 1.
program = pf.parse("""
x : n
left = [zeros(1,1); x[1:n-1, :]]
right = [x[2:n, :]; zeros(1,1)]
r = 3*x - 2*square(x) - left - 2*right + ones(n,1)
""")
n = 2000
residuals = pf.compile(program)
jacobian = pf.sparse_jacobian(program, of="r", wrt="x")
pattern = pf.sparsity(program, {"n": n}, of="r", wrt="x")


def column(flat):
    return flat.reshape(-1, 1)


start = -np.ones(n)
exact = least_squares(lambda x: residuals(column(x)).ravel(), start, jac=lambda x: jacobian(column(x)))
differences = least_squares(lambda x: residuals(column(x)).ravel(), start, jac_sparsity=pattern)
for name, found in (("jac=", exact), ("jac_sparsity=", differences)):
    print(f"{name:14} cost {found.cost:.1e} after {found.nfev} evaluations, {found.njev} Jacobians")
print("entries", pattern.nnz, "of", n * n)
assert exact.cost < 1e-15 and pattern.nnz == 3 * n - 2
