static void fill_@(size_t count, @real value, @real *y)
{
    for (size_t i = 0; i < count; i++)
        y[i] = value;
}

/* y, in rows of `width` entries, from x[i * down + j * across]: a copy, a transpose, a slice, a vector repeated. */
static void move_@(size_t rows, size_t cols, const @real *x, size_t down, size_t across, @real *y, size_t width)
{
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < cols; j++)
            y[i * width + j] = x[i * down + j * across];
}

static void diagonal_matrix_@(size_t n, const @real *x, @real *y)
{
    fill_@(n * n, @(0.0), y);
    for (size_t i = 0; i < n; i++)
        y[i * n + i] = x[i];
}

static void identity_@(size_t n, @real *y)
{
    fill_@(n * n, @(0.0), y);
    for (size_t i = 0; i < n; i++)
        y[i * n + i] = @(1.0);
}

/* The entries x[i, j] with low <= j - i <= high, and zeros. */
static void band_@(size_t rows, size_t cols, const @real *x, ptrdiff_t low, ptrdiff_t high, @real *y)
{
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < cols; j++) {
            const ptrdiff_t place = (ptrdiff_t)j - (ptrdiff_t)i;
            y[i * cols + j] = low <= place && place <= high ? x[i * cols + j] : @(0.0);
        }
}

/* Entries in the order of columns, in another shape. */
static void reshape_@(size_t rows, size_t cols, const @real *x, size_t new_rows, size_t new_cols, @real *y)
{
    size_t place = 0;
    for (size_t j = 0; j < cols; j++)
        for (size_t i = 0; i < rows; i++, place++)
            y[place % new_rows * new_cols + place / new_rows] = x[i * cols + j];
}

/* n x p blocks of m x q entries each, in rows of n p m q: the second axis and the third exchanged. */
static void rearrange_@(size_t n, size_t m, size_t p, size_t q, const @real *x, @real *y)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < m; j++)
            for (size_t k = 0; k < p; k++)
                for (size_t l = 0; l < q; l++)
                    *y++ = x[((i * p + k) * m + j) * q + l];
}

static void kron_@(size_t n, size_t m, const @real *a, size_t p, size_t q, const @real *b, @real *y)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < p; k++)
            for (size_t j = 0; j < m; j++)
                for (size_t l = 0; l < q; l++)
                    *y++ = a[i * m + j] * b[k * q + l];
}
