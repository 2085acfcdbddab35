"""scipy.optimize.minimize with jac=: ridge regression, whose gradient is a kernel.

minimize hands over one flat vector, and takes the value and the gradient, flat too, from one call.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize

import pushforward as pf

program = pf.parse("""
X : n x m
w : m
t : n
a : scalar
y = sum(square(X*w - t)) + a*sum(square(w))
""")
value_and_gradient = pf.compile(pf.gradient(program, wrt="w"))

random = np.random.default_rng(0)
X, t, a = random.standard_normal((50, 4)), random.standard_normal((50, 1)), np.array([[0.1]])
arguments = {"X": X, "t": t, "a": a}


def objective(flat):
    given = {**arguments, "w": flat.reshape(-1, 1)}
    value, gradient = value_and_gradient(*(given[each.name] for each in program.inputs))
    return value.item(), gradient.ravel()


found = minimize(objective, np.zeros(4), jac=True, method="BFGS", options={"gtol": 1e-8})
exact = np.linalg.solve(X.T @ X + a * np.eye(4), X.T @ t).ravel()
print("w            ", found.x)
print("evaluations  ", found.nfev)
print("distance from the solution of the normal equations", np.abs(found.x - exact).max())
assert np.abs(found.x - exact).max() < 1e-7
