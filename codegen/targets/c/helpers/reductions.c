/* y += x */
static void accumulate_@(size_t count, const @real *x, @real *y)
{
    INDEPENDENT
    for (size_t i = 0; i < count; i++)
        y[i] += x[i];
}

/* The sum of entries that follow each other: partial sums of pieces, and these in double, as many entries would lose
   the digits of float. */
static @real total_@(size_t count, const @real *x)
{
    double total = 0.0;
    for (size_t first = 0; first < count; first += 1024) {
        const size_t end = least(count, first + 1024);
        @real sums[2 * LANES_@] = {0}, piece = @(0.0);
        size_t i = first;
        for (; i + 2 * LANES_@ <= end; i += 2 * LANES_@)
            for (size_t e = 0; e < 2 * LANES_@; e++)
                sums[e] += x[i + e];
        for (size_t e = 0; e < 2 * LANES_@; e++)
            piece += sums[e];
        for (; i < end; i++)
            piece += x[i];
        total += piece;
    }
    return (@real)total;
}

static void row_sums_@(size_t rows, size_t cols, const @real *x, @real *y)
{
    for (size_t i = 0; i < rows; i++)
        y[i] = total_@(cols, x + i * cols);
}

static void column_sums_@(size_t rows, size_t cols, const @real *x, @real *y)
{
    fill_@(cols, @(0.0), y);
    for (size_t i = 0; i < rows; i++)
        accumulate_@(cols, x + i * cols, y);
}

/* Sum of a[i * down + k * across] b[k * b_down + i * b_across] over all i, k: the trace of A B. */
static @real trace_product_@(size_t rows, size_t inner, const @real *a, size_t down, size_t across,
                             const @real *b, size_t b_down, size_t b_across)
{
    @real total = @(0.0);
    for (size_t i = 0; i < rows; i++) {
        @real part = @(0.0);
        for (size_t k = 0; k < inner; k++)
            part += a[i * down + k * across] * b[k * b_down + i * b_across];
        total += part;
    }
    return total;
}

/* The diagonal of A B. */
static void diagonal_product_@(size_t rows, size_t inner, const @real *a, size_t down, size_t across,
                               const @real *b, size_t b_down, size_t b_across, @real *y)
{
    for (size_t i = 0; i < rows; i++)
        y[i] = trace_product_@(1, inner, a + i * down, down, across, b + i * b_across, b_down, b_across);
}

/* The largest of entries that are `step` apart; what is no number counts as larger than all. */
static @real largest_of_@(size_t count, const @real *x, size_t step)
{
    @real found[4 * LANES_@], largest = x[0];
    @integer lost[4 * LANES_@] = {0};
    size_t i = 0;
    for (size_t e = 0; e < 4 * LANES_@; e++)
        found[e] = x[0];
    if (step == 1)
        for (; i + 4 * LANES_@ <= count; i += 4 * LANES_@)
            for (size_t e = 0; e < 4 * LANES_@; e++) {
                found[e] = x[i + e] > found[e] ? x[i + e] : found[e];
                lost[e] |= x[i + e] != x[i + e];
            }
    for (size_t e = 0; e < 4 * LANES_@; e++)
        largest = lost[e] ? (@real)NAN : found[e] > largest ? found[e] : largest;
    for (; i < count; i++)
        largest = x[i * step] > largest || x[i * step] != x[i * step] ? x[i * step] : largest;
    return largest;
}

/* Each line of x is `count` entries, `step` apart, and the next one begins `between` entries later: its largest, and
   1 at each of them, in equal parts where it is attained more than once. Either may be left out. */
static int largest_@(size_t lines, size_t between, size_t count, size_t step, const @real *x, @real *y, @real *weights)
{
    if (lines > 0 && count == 0)
        return EMPTY;
    for (size_t i = 0; i < lines; i++, x += between) {
        const @real largest = largest_of_@(count, x, step);
        if (y)
            y[i] = largest;
        if (weights) {
            @real times = @(0.0), *here = weights + i * between;
            for (size_t j = 0; j < count; j++)
                times += x[j * step] == largest ? @(1.0) : @(0.0);
            for (size_t j = 0; j < count; j++)
                here[j * step] = (x[j * step] == largest ? @(1.0) : @(0.0)) / times;
        }
    }
    return 0;
}

/* Of each line of b, the mean of the entries that stand where x has its largest. */
static void average_largest_@(size_t lines, size_t between, size_t count, size_t step, const @real *x,
                              const @real *largest, const @real *b, @real *y)
{
    for (size_t i = 0; i < lines; i++, x += between, b += between) {
        @real total = @(0.0), times = @(0.0);
        for (size_t j = 0; j < count; j++)
            if (x[j * step] == largest[i]) {
                total += b[j * step];
                times += @(1.0);
            }
        y[i] = total / times;
    }
}

/* y = exp(x - less), which may be x itself */
static void exp_less_@(size_t count, const @real *x, @real less, @real *y)
{
    INDEPENDENT
    for (size_t i = 0; i < count; i++)
        y[i] = exp_@(x[i] - less);
}

/* The sum of exp(x - less), by pieces that stay in the cache. */
static @real sum_of_exp_@(size_t count, const @real *x, @real less)
{
    @real piece[256], total = @(0.0);
    for (size_t i = 0; i < count; i += 256) {
        const size_t here = least(256, count - i);
        exp_less_@(here, x + i, less, piece);
        total += total_@(here, piece);
    }
    return total;
}

/* exp(x) over its sum, in a line whose entries are `step` apart; gives that sum. */
static @real shares_of_@(size_t count, const @real *x, size_t step, @real largest, @real *shares)
{
    if (step == 1) {
        exp_less_@(count, x, largest, shares);
        const @real total = total_@(count, shares), part = @(1.0) / total;
        INDEPENDENT
        for (size_t j = 0; j < count; j++)
            shares[j] *= part;
        return total;
    }
    @real total = @(0.0);
    for (size_t j = 0; j < count; j++)
        total += shares[j * step] = exp_@(x[j * step] - largest);
    for (size_t j = 0; j < count; j++)
        shares[j * step] /= total;
    return total;
}

/* log(sum(exp(x))) of each line, and exp(x) over that sum, the largest entry taken out first. Either may be left out. */
static int softmax_@(size_t lines, size_t between, size_t count, size_t step, const @real *x, @real *y, @real *shares)
{
    if (lines > 0 && count == 0)
        return EMPTY;
    for (size_t i = 0; i < lines; i++, x += between) {
        const @real largest = largest_of_@(count, x, step);
        @real total = @(0.0);
        if (shares)
            total = shares_of_@(count, x, step, largest, shares + i * between);
        else if (step == 1)
            total = sum_of_exp_@(count, x, largest);
        else
            for (size_t j = 0; j < count; j++)
                total += exp_@(x[j * step] - largest);
        if (y)
            y[i] = largest + log@f(total);
    }
    return 0;
}
