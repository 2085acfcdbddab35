"""scipy.sparse.linalg with a LinearOperator: a Gauss–Newton step by lsmr, without a Jacobian in memory.

The Jacobian of this network by its first matrix would have 20000 × 6400 entries, one gigabyte. As an operator it is
linearized once at a point, and then applied and transposed as often as lsmr asks.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse.linalg import lsmr

import pushforward as pf

program = pf.parse("X1 = X0*W1; X2 = tanh(X1); X3 = X2*W2; R = tanh(X3) - T")
operator = pf.linear_operator(program, of="R", wrt="W1")
value = pf.compile(program)

random = np.random.default_rng(0)
X0, W1, W2 = (random.standard_normal(s) / np.sqrt(s[0]) for s in ((5000, 100), (100, 64), (64, 4)))
X0 *= np.sqrt(5000)
T = np.tanh(np.tanh(X0 @ (W1 + 0.01 * random.standard_normal(W1.shape))) @ W2)
given = {"X0": X0, "W1": W1, "W2": W2, "T": T}


def arguments():
    return [given[each.name] for each in program.inputs]


residual = value(*arguments())
J = operator(*arguments())
step, *_ = lsmr(J, -residual.ravel(), damp=1e-6, maxiter=50)
given["W1"] = W1 + step.reshape(W1.shape)
after = value(*arguments())
print("shape of the Jacobian, never formed", J.shape)
print("norm of the residual before", np.linalg.norm(residual))
print("                     after ", np.linalg.norm(after))
assert np.linalg.norm(after) < 0.1 * np.linalg.norm(residual)
