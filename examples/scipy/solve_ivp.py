"""scipy.integrate.solve_ivp with jac=: a stiff reaction, whose Jacobian is a kernel.

solve_ivp passes t and a flat state, and expects ∂(dy/dt)ᵢ/∂yⱼ as a matrix. A state that is a column has it as the view
"vec" of its Jacobian: n × n.
"""

from __future__ import annotations

import numpy as np
from scipy.integrate import solve_ivp

import pushforward as pf

# Robertson's reaction: A → B, B + B → C + B, B + C → A + C, with rates that differ by nine orders of magnitude.
program = pf.parse("""
y : 3
A = y[1, :]
B = y[2, :]
C = y[3, :]
fast = 30000000*B*B
back = 10000*B*C
slow = A/25
v = [back - slow; slow - back - fast; fast]
""")
rate = pf.compile(pf.parse(program.text("text")))
jacobian = pf.jacobian(program, of="v", wrt="y", view="vec").kernel()

start = np.array([1.0, 0.0, 0.0])
solved = solve_ivp(
    lambda t, y: rate(y.reshape(-1, 1)).ravel(),
    (0.0, 1e5),
    start,
    method="BDF",
    jac=lambda t, y: jacobian(y.reshape(-1, 1)),
    rtol=1e-8,
    atol=1e-12,
)
print("state at t = 1e5   ", solved.y[:, -1])
print("calls of the rate  ", solved.nfev)
print("calls of jac       ", solved.njev)
print("mass gained or lost", abs(solved.y[:, -1].sum() - 1.0))
assert solved.success and abs(solved.y[:, -1].sum() - 1.0) < 1e-6
