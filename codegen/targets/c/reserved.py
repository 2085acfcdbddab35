"""Names that nothing of a program may take in a C file: keywords, and what headers and the file itself define."""

from __future__ import annotations

_KEYWORDS = """auto break case char const continue default do double else enum extern float for goto if inline int long
register restrict return short signed sizeof static struct switch typedef union unsigned void volatile while asm typeof
alignas alignof bool constexpr false true nullptr static_assert thread_local near far linux unix i386 main"""
_LIBRARY = """NULL INFINITY NAN HUGE_VAL HUGE_VALF errno size_t ptrdiff_t wchar_t offsetof memcpy memset memmove
int32_t int64_t uint32_t uint64_t uintptr_t isnan isinf isfinite signbit fpclassify isnormal isgreater isless signgam
acos asin atan atan2 cos sin tan cosh sinh tanh acosh asinh atanh exp exp2 expm1 frexp ldexp log log10 log1p log2 logb
modf scalbn cbrt fabs hypot pow sqrt erf erfc lgamma tgamma ceil floor nearbyint rint round trunc fmod remainder
copysign nan nextafter fdim fmax fmin fma j0 j1 jn y0 y1 yn gamma drem significand
M_E M_LOG2E M_LOG10E M_LN2 M_LN10 M_PI M_PI_2 M_PI_4 M_1_PI M_2_PI M_2_SQRTPI M_SQRT2 M_SQRT1_2
OVERFLOW UNDERFLOW DOMAIN SING PLOSS TLOSS HUGE"""
_MORE = """FP_ILOGB0 FP_ILOGBNAN FP_LLOGB0 FP_LLOGBNAN FP_INFINITE FP_NAN FP_NORMAL FP_SUBNORMAL FP_ZERO FP_FAST_FMA
FP_INT_DOWNWARD FP_INT_TONEAREST FP_INT_TONEARESTFROMZERO FP_INT_TOWARDZERO FP_INT_UPWARD MATH_ERREXCEPT MATH_ERRNO
math_errhandling HUGE_VALL MAXFLOAT SNAN SNANF SNANL iscanonical iseqsig isgreaterequal islessequal islessgreater
issignaling issubnormal isunordered iszero strdupa strndupa"""
_WHOLE = [f"{kind}{width}" for kind in ("INT", "INT_FAST", "INT_LEAST") for width in (8, 16, 32, 64)]
_LIMITS = [*_WHOLE, *(f"U{name}" for name in _WHOLE), "INTMAX", "UINTMAX", "INTPTR", "UINTPTR", "PTRDIFF", "SIZE"]
_LIMITS += ["SIG_ATOMIC", "WCHAR", "WINT"]
_OWN = """at first rows step memory work threads context count least most failed fails room packed narrow total share
shares sums own begin end number taken code loops i j k t each from to lot lots inner pieces whole_tiles INDEPENDENT
UNROLLED SOON LATER INLINE VECTOR TALL WIDE DEPTH BLOCK WIDEST LARGE TILED THREADED EMPTY NO_DERIVATIVE SINGULAR
PUSHFORWARD_STRICT PUSHFORWARD_PLAIN HAS_VECTORS"""
OF_PRECISIONS = ("bits", "vector", "LANES", "PANEL", "LINE", "room", "take")
"""What stands in a file once for each precision, the functions of `helpers/` apart."""

LIBRARY = frozenset(_LIBRARY.split())
RESERVED = frozenset(
    {
        *_KEYWORDS.split(),
        *LIBRARY,
        *(f"{name}{kind}" for name in LIBRARY for kind in ("f", "l", "f32", "f32x", "f64", "f64x", "f128")),
        *_MORE.split(),
        *(f"{name}_{kind}" for name in _LIMITS for kind in ("C", "MIN", "MAX", "WIDTH")),
        *(f"{name}{kind}" for name in ("HUGE_VAL_F", "SNANF") for kind in ("32", "32X", "64", "64X", "128")),
        *_OWN.split(),
        *(f"{name}_{kind}" for name in OF_PRECISIONS for kind in ("f32", "f64")),
    }
)
"""The functions of `helpers/` apart."""
