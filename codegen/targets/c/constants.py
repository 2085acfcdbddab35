"""Constants of the vector functions, in both precisions.

The polynomials are the best ones by Remez' algorithm, from tools/polynomials.py. π/2 and log 2 are in pieces: the
first have so few digits that their products with whole numbers are exact.
"""

from __future__ import annotations

from collections.abc import Mapping

Constants = Mapping[str, int | str | tuple[str, ...]]
"""Whole numbers, numbers of the precision, and the coefficients of polynomials."""

DOUBLE: Constants = {
    "MAGIC": "0x1.8p52",
    "MAGIC_BITS": 0x4338000000000000,
    "FRACTION_BITS": 52,
    "BIAS": 1023,
    "TWO_OVER_PI": "0x1.45f306dc9c883p-1",
    "HALF_PI_1": "0x1.921fb544p+0",
    "HALF_PI_2": "0x1.0b4611a6p-34",
    "HALF_PI_3": "0x1.3198a2ep-69",
    "HALF_PI_4": "0x1.b839a252049c1p-104",
    "LARGEST": "0x1.fffffffffffffp+1023",
    "EPSILON": "0x1p-52",
    "FARTHEST": "0x1p19",
    "SINE": (
        "-0x1.5555555555548p-3",
        "0x1.111111110f7cap-7",
        "-0x1.a01a019bfd192p-13",
        "0x1.71de356712e60p-19",
        "-0x1.ae5e59f5c00e8p-26",
        "0x1.5d8fa31bd4950p-33",
    ),
    "COSINE": (
        "0x1.555555555554bp-5",
        "-0x1.6c16c16c14f8ap-10",
        "0x1.a01a019c839bap-16",
        "-0x1.27e4f7ea3ed7ap-22",
        "0x1.1ee9d75758774p-29",
        "-0x1.8fa4685b49e56p-37",
    ),
    "ONE_OVER_LOG_2": "0x1.71547652b82fep+0",
    "LOG_2_1": "0x1.62e42fefa2p-1",
    "LOG_2_2": "0x1.9ef35793c7673p-41",
    "EXP_LOWEST": "-746.0",
    "EXP_HIGHEST": "710.0",
    "TANH_HIGHEST": "20.0",
    "EXPONENTIAL": (
        "0x1.0000000000005p-1",
        "0x1.5555555555539p-3",
        "0x1.55555555522bbp-5",
        "0x1.1111111118ff9p-7",
        "0x1.6c16c17edae24p-10",
        "0x1.a01a0174f1d9fp-13",
        "0x1.a019a7718ef9ap-16",
        "0x1.71de886636acap-19",
        "0x1.28a1ddcbd8897p-22",
        "0x1.ae6af93bc18ecp-26",
    ),
}

SINGLE: Constants = {
    "MAGIC": "0x1.8p23",
    "MAGIC_BITS": 0x4B400000,
    "FRACTION_BITS": 23,
    "BIAS": 127,
    "TWO_OVER_PI": "0x1.45f306p-1",
    "HALF_PI_1": "0x1.92p+0",
    "HALF_PI_2": "0x1.fb4p-12",
    "HALF_PI_3": "0x1.444p-24",
    "HALF_PI_4": "0x1.68c234p-39",
    "LARGEST": "0x1.fffffep+127",
    "EPSILON": "0x1p-23",
    "FARTHEST": "0x1p12",
    "SINE": ("-0x1.555546p-3", "0x1.11073ap-7", "-0x1.994384p-13"),
    "COSINE": ("0x1.55554ap-5", "-0x1.6c0c32p-10", "0x1.99eb5cp-16"),
    "ONE_OVER_LOG_2": "0x1.715476p+0",
    "LOG_2_1": "0x1.62e4p-1",
    "LOG_2_2": "0x1.7f7d1cp-20",
    "EXP_LOWEST": "-104.0",
    "EXP_HIGHEST": "89.0",
    "TANH_HIGHEST": "10.0",
    "EXPONENTIAL": ("0x1.fffffep-2", "0x1.5554bp-3", "0x1.555674p-5", "0x1.122778p-7", "0x1.6bebfp-10"),
}
