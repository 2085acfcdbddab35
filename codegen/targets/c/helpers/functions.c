/* The number of quarter turns nearest to x, in the last bits, and in *r what x is beyond them. */
static inline @unsigned quarter_turns_@(@real x, @real *r)
{
    const bits_@ turns = {x * @{TWO_OVER_PI} + @{MAGIC}};
    const @real k = turns.value - @{MAGIC};
    *r = (((x - k * @{HALF_PI_1}) - k * @{HALF_PI_2}) - k * @{HALF_PI_3}) - k * @{HALF_PI_4};
    return (@unsigned)turns.whole;
}

/* sin(r) after so many quarter turns; one more gives cos(r). |r| is at most pi/4. */
static inline @real turned_@(@real r, @unsigned turns)
{
    const @real z = r * r;
    const @real sine = r + r * z * @{SINE z};
    const @real cosine = @(1.0) - (@(0.5) * z - z * z * @{COSINE z});
    bits_@ y = {turns & 1 ? cosine : sine};
    y.whole ^= (@integer)((turns & 2) << (8 * sizeof(@real) - 2));
    return y.value;
}

/* y = sin(x) for turns = 0 and cos(x) for turns = 1, by a loop that vectorises; far from 0 the library's. */
static void sine_@(size_t count, const @real *x, @real *y, @unsigned turns)
{
#ifdef PUSHFORWARD_STRICT
    for (size_t i = 0; i < count; i++)
        y[i] = turns ? cos@f(x[i]) : sin@f(x[i]);
#else
    @integer far = 0;
    INDEPENDENT
    for (size_t i = 0; i < count; i++) {
        @real r;
        const @unsigned k = quarter_turns_@(x[i], &r);
        far |= !(fabs@f(x[i]) <= @{FARTHEST});
        y[i] = turned_@(r, k + turns);
    }
    if (far)
        for (size_t i = 0; i < count; i++)
            if (!(fabs@f(x[i]) <= @{FARTHEST}))
                y[i] = turns ? cos@f(x[i]) : sin@f(x[i]);
#endif
}

static void sin_@(size_t count, const @real *x, @real *y)
{
    sine_@(count, x, y, 0);
}

static void cos_@(size_t count, const @real *x, @real *y)
{
    sine_@(count, x, y, 1);
}

/* s = sin(x), c = cos(x) */
static void sincos_@(size_t count, const @real *x, @real *s, @real *c)
{
#ifdef PUSHFORWARD_STRICT
    for (size_t i = 0; i < count; i++) {
        s[i] = sin@f(x[i]);
        c[i] = cos@f(x[i]);
    }
#else
    @integer far = 0;
    INDEPENDENT
    for (size_t i = 0; i < count; i++) {
        @real r;
        const @unsigned k = quarter_turns_@(x[i], &r);
        far |= !(fabs@f(x[i]) <= @{FARTHEST});
        s[i] = turned_@(r, k);
        c[i] = turned_@(r, k + 1);
    }
    if (far)
        for (size_t i = 0; i < count; i++)
            if (!(fabs@f(x[i]) <= @{FARTHEST})) {
                s[i] = sin@f(x[i]);
                c[i] = cos@f(x[i]);
            }
#endif
}

/* 2^k, of a normal number */
static inline @real power_of_two_@(@integer k)
{
    bits_@ y;
    y.whole = (@integer)(((@unsigned)k + @{BIAS}) << @{FRACTION_BITS});
    return y.value;
}

/* exp(r) - 1 for x = k log(2) + r, |r| at most log(2)/2 */
static inline @real exp_rest_@(@real x, @integer *k)
{
    bits_@ y = {x * @{ONE_OVER_LOG_2} + @{MAGIC}};
    const @real whole = y.value - @{MAGIC};
    const @real r = (x - whole * @{LOG_2_1}) - whole * @{LOG_2_2};
    *k = (@integer)((@unsigned)y.whole - @{MAGIC_BITS});
    return r + r * r * @{EXPONENTIAL r};
}

static inline @real exp_@(@real x)
{
#ifdef PUSHFORWARD_STRICT
    return exp@f(x);
#else
    @integer k;
    x = x > @{EXP_HIGHEST} ? @{EXP_HIGHEST} : x;
    x = x < @{EXP_LOWEST} ? @{EXP_LOWEST} : x;
    const @real rest = exp_rest_@(x, &k);
    const @integer half = k >> 1;
    return (@(1.0) + rest) * power_of_two_@(half) * power_of_two_@(k - half);
#endif
}

/* (e - 1) / (e + 1) for e = exp(2 |x|), by e - 1 alone */
static inline @real tanh_@(@real x)
{
#ifdef PUSHFORWARD_STRICT
    return tanh@f(x);
#else
    @integer k;
    @real size = fabs@f(x);
    size = size > @{TANH_HIGHEST} ? @{TANH_HIGHEST} : size;
    const @real rest = exp_rest_@(@(2.0) * size, &k);
    const @real power = power_of_two_@(k);
    const @real less = power * rest + (power - @(1.0));
    return copysign@f(less / (less + @(2.0)), x);
#endif
}

/* log(1 + exp(x)) */
static inline @real softplus_@(@real x)
{
    return (x < @(0.0) ? @(0.0) : x) + log1p@f(exp_@(-fabs@f(x)));
}

/* Whether a function gave what is no number where it was given one. */
static int has_no_value_@(size_t count, const @real *x, const @real *y)
{
    @integer found = 0;
    for (size_t i = 0; i < count; i++)
        found |= (y[i] != y[i]) & (x[i] == x[i]);
    return found != 0;
}
