/* What is zero beside 1: the roundoff of the entries times their number along an axis. */
static inline @real rounding_@(size_t n)
{
    return (@real)n * @{EPSILON};
}

static void copy_@(size_t count, const @real *x, @real *y)
{
    if (count > 0)
        memcpy(y, x, count * sizeof(@real));
}

/* y -= factor x */
static inline void subtract_@(size_t count, @real factor, const @real *x, @real *y)
{
    INDEPENDENT
    for (size_t i = 0; i < count; i++)
        y[i] -= factor * x[i];
}

/* The product of n numbers, which overflows only where the result does: a fraction near 1, and an exponent. */
static @real product_of_@(size_t n, const @real *x, size_t step)
{
    @real fraction = @(1.0);
    long total = 0;
    for (size_t i = 0; i < n; i++) {
        int first, second;
        fraction *= frexp@f(x[i * step], &first);
        fraction = frexp@f(fraction, &second);
        total += (long)first + second;
    }
    const long bounded = total > 100000 ? 100000 : total < -100000 ? -100000 : total;
    return ldexp@f(fraction, (int)bounded);
}

/* Sum of log |x| */
static @real sum_of_logs_@(size_t n, const @real *x, size_t step)
{
    @real total = @(0.0);
    for (size_t i = 0; i < n; i++)
        total += log@f(fabs@f(x[i * step]));
    return total;
}

/* The lower L with L L' = S, whose upper half is not read; row after row. */
static int chol_@(size_t n, const @real *s, @real *l)
{
    for (size_t i = 0; i < n; i++) {
        @real *row = l + i * n, pivot = s[i * n + i];
        for (size_t j = 0; j < i; j++) {
            row[j] = (s[i * n + j] - dot_@(j, row, l + j * n)) / l[j * n + j];
            pivot -= row[j] * row[j];
        }
        if (!(pivot > rounding_@(n) * s[i * n + i]))
            return SINGULAR;
        row[i] = sqrt@f(pivot);
        for (size_t j = i + 1; j < n; j++)
            row[j] = @(0.0);
    }
    return 0;
}

/* The lower Y with Y L' + L Y' = S, of which the lower half is read. */
static void chol_pushforward_@(size_t n, const @real *l, const @real *s, @real *y)
{
    for (size_t i = 0; i < n; i++) {
        @real *row = y + i * n, half = @(0.5) * s[i * n + i];
        for (size_t j = 0; j < i; j++) {
            const @real moved = dot_@(j, row, l + j * n) + dot_@(j + 1, l + i * n, y + j * n);
            row[j] = (s[i * n + j] - moved) / l[j * n + j];
            half -= row[j] * l[i * n + j];
        }
        row[i] = half / l[i * n + i];
        for (size_t j = i + 1; j < n; j++)
            row[j] = @(0.0);
    }
}

/* X becomes T^-1 X, or T'^-1 X where `flipped`; `lower`: which half of T is read. `unit`: its diagonal counts as 1. */
static void substitute_@(size_t n, size_t cols, const @real *t, int lower, int flipped, int unit, @real *x)
{
    for (size_t step = 0; step < n; step++) {
        const size_t i = lower != flipped ? step : n - 1 - step, begin = lower != flipped ? 0 : i + 1;
        const size_t end = lower != flipped ? i : n;
        @real *row = x + i * cols;
        if (cols == 1 && !flipped)
            row[0] -= dot_@(end - begin, t + i * n + begin, x + begin);
        else
            for (size_t j = begin; j < end; j++)
                subtract_@(cols, flipped ? t[j * n + i] : t[i * n + j], x + j * cols, row);
        if (!unit)
            for (size_t j = 0; j < cols; j++)
                row[j] /= t[i * n + i];
    }
}

static int solve_triangular_@(size_t n, size_t cols, const @real *t, int lower, int flipped, const @real *b, @real *x)
{
    for (size_t i = 0; i < n && cols > 0; i++)
        if (t[i * n + i] == @(0.0))
            return SINGULAR;
    copy_@(n * cols, b, x);
    substitute_@(n, cols, t, lower, flipped, 0, x);
    return 0;
}

static int inv_triangular_@(size_t n, const @real *t, int lower, @real *x)
{
    for (size_t i = 0; i < n; i++)
        if (t[i * n + i] == @(0.0))
            return SINGULAR;
    identity_@(n, x);
    substitute_@(n, n, t, lower, 0, 0, x);
    return 0;
}

/* (L L')^-1 B */
static void solve_cho_@(size_t n, size_t cols, const @real *l, const @real *b, @real *x)
{
    copy_@(n * cols, b, x);
    substitute_@(n, cols, l, 1, 0, 0, x);
    substitute_@(n, cols, l, 1, 1, 0, x);
}

static void inv_cho_@(size_t n, const @real *l, @real *x)
{
    identity_@(n, x);
    substitute_@(n, n, l, 1, 0, 0, x);
    substitute_@(n, n, l, 1, 1, 0, x);
}

static int logdet_triangular_@(size_t n, const @real *t, @real *y)
{
    for (size_t i = 0; i < n; i++)
        if (t[i * n + i] == @(0.0))
            return SINGULAR;
    y[0] = sum_of_logs_@(n, t, n + 1);
    return 0;
}

/* P A = L U in one matrix, the row exchanged with each one, and at the end 1 where A is regular, else 0. */
static void factor_lu_@(size_t n, const @real *a, @real *f)
{
    @real *swaps = f + n * n, *regular = swaps + n;
    copy_@(n * n, a, f);
    *regular = @(1.0);
    for (size_t k = 0; k < n; k++) {
        size_t largest = k;
        for (size_t i = k + 1; i < n; i++)
            if (fabs@f(f[i * n + k]) > fabs@f(f[largest * n + k]))
                largest = i;
        swaps[k] = (@real)largest;
        for (size_t j = 0; j < n && largest != k; j++) {
            const @real entry = f[k * n + j];
            f[k * n + j] = f[largest * n + j];
            f[largest * n + j] = entry;
        }
        for (size_t i = k + 1; i < n && f[k * n + k] != @(0.0); i++) {
            f[i * n + k] /= f[k * n + k];
            subtract_@(n - k - 1, f[i * n + k], f + k * n + k + 1, f + i * n + k + 1);
        }
    }
    for (size_t i = 0; i < n; i++) {
        @real added = fabs@f(f[i * n + i]);
        for (size_t k = 0; k < i; k++)
            added += fabs@f(f[i * n + k]) * fabs@f(f[k * n + i]);
        if (fabs@f(f[i * n + i]) <= rounding_@(n) * added)
            *regular = @(0.0);
    }
}

/* Rows exchanged as in the factorisation, or back. */
static void exchange_@(size_t n, size_t cols, const @real *swaps, int back, @real *x)
{
    for (size_t step = 0; step < n; step++) {
        const size_t k = back ? n - 1 - step : step, other = (size_t)swaps[k];
        for (size_t j = 0; j < cols && other != k; j++) {
            const @real entry = x[k * cols + j];
            x[k * cols + j] = x[other * cols + j];
            x[other * cols + j] = entry;
        }
    }
}

/* X becomes A^-1 X, or A'^-1 X where `flipped`. */
static int solve_in_place_@(size_t n, size_t cols, const @real *f, int flipped, @real *x)
{
    const @real *swaps = f + n * n;
    if (swaps[n] == @(0.0))
        return SINGULAR;
    if (!flipped)
        exchange_@(n, cols, swaps, 0, x);
    substitute_@(n, cols, f, !flipped, flipped, !flipped, x);
    substitute_@(n, cols, f, flipped, flipped, flipped, x);
    if (flipped)
        exchange_@(n, cols, swaps, 1, x);
    return 0;
}

static int solve_lu_@(size_t n, size_t cols, const @real *f, int flipped, const @real *b, @real *x)
{
    copy_@(n * cols, b, x);
    return solve_in_place_@(n, cols, f, flipped, x);
}

static int inv_lu_@(size_t n, const @real *f, @real *x)
{
    identity_@(n, x);
    return solve_in_place_@(n, n, f, 0, x);
}

static @real det_lu_@(size_t n, const @real *f)
{
    @real value = product_of_@(n, f, n + 1);
    for (size_t k = 0; k < n; k++)
        if ((size_t)f[n * n + k] != k)
            value = -value;
    return value;
}

static int logdet_lu_@(size_t n, const @real *f, @real *y)
{
    if (f[n * n + n] == @(0.0))
        return SINGULAR;
    y[0] = sum_of_logs_@(n, f, n + 1);
    return 0;
}
