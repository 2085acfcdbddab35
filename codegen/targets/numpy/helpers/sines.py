"""sin and cos of the same entries, at once."""

from __future__ import annotations

from numpy import (
    absolute,
    add,
    bitwise_and,
    bitwise_xor,
    cos,
    empty,
    int64,
    left_shift,
    multiply,
    right_shift,
    sin,
    sqrt,
    subtract,
)


def _sin_cos(X, S=None, C=None):
    """sin(X) and cos(X); of many entries in double precision to 2 ulp, several times faster than one by one.

    S, C: memory for them, row by row.
    """
    if X.size < 2048 or X.itemsize != 8:
        return sin(X, out=S), cos(X, out=C)
    S, C = empty(X.shape) if S is None else S, empty(X.shape) if C is None else C
    x, s, c, space = X.reshape(-1), S.reshape(-1), C.reshape(-1), empty((3, min(X.size, 16384)))
    for first in range(0, x.size, 16384):
        some = x[first : first + 16384]
        _sin_cos_of_some(some, s[first : first + 16384], c[first : first + 16384], *space[:, : some.size])
    return S, C


def _sin_cos_of_some(x, s, c, k, r, z):
    """The same into s and c; k, r and z are overwritten. What is large or no number is NumPy's own.

    x = k pi/2 + r, pi/2 in three parts of which the first two times k are exact; sin(r) = r (1 + z (..)), z = r r, a
    minimax polynomial; cos(r) from it, for |r| <= pi/4 loses nothing; k, in the last bits of a float, turns both.
    """
    if not absolute(x, r).max() <= 1000.0:
        sin(x, s)
        cos(x, c)
        return
    add(multiply(x, 0.6366197723675814, k), 6755399441055744.0, k)
    subtract(k, 6755399441055744.0, z)
    subtract(x, multiply(z, 1.5707963267941523, s), r)
    subtract(r, multiply(z, 7.443547480480255e-13, s), r)
    subtract(r, multiply(z, 6.36831716351095e-25, s), r)
    multiply(r, r, z)
    multiply(z, 1.589679580362988e-10, s)
    for coefficient in (
        -2.5050758117908233e-08,
        2.7557313691934635e-06,
        -0.00019841269829807854,
        0.008333333333322413,
        -0.16666666666666632,
    ):
        multiply(add(s, coefficient, s), z, s)
    multiply(add(s, 1.0, s), r, s)
    sqrt(subtract(1.0, multiply(s, s, c), c), c)
    sine, cosine, k, odd, swap = (A.view(int64) for A in (s, c, k, r, z))
    right_shift(left_shift(k, 63, odd), 63, odd)
    bitwise_and(bitwise_xor(sine, cosine, swap), odd, swap)
    bitwise_xor(sine, swap, sine)
    bitwise_xor(cosine, swap, cosine)
    left_shift(k, 62, k)
    bitwise_xor(sine, bitwise_and(k, -(2**63), swap), sine)
    bitwise_xor(cosine, bitwise_and(bitwise_xor(k, odd, k), -(2**63), k), cosine)
