/* One triangle of a square matrix from the other: that above the diagonal where it is `below`, which is there. */
static void mirror_@(size_t n, int below, @real *c)
{
    const size_t tile = 16;
    for (size_t first = 0; first < n; first += tile)
        for (size_t start = 0; start <= first; start += tile)
            for (size_t i = first; i < least(first + tile, n); i++)
                for (size_t j = start; j < least(start + tile, i); j++)
                    *(below ? c + j * n + i : c + i * n + j) = *(below ? c + i * n + j : c + j * n + i);
}

/* As `product`, where half of it is known. The left factor is lower (-1), upper (1) or neither (0), or the right one: then the
   zeros are left out. The product is symmetric where a `triangle` of it is asked for, below the diagonal (-1) or above (1), and
   where neither factor is triangular; that of a small one alone saves nothing. */
static void half_product_@(size_t rows, size_t inner, size_t cols, const @real *a, size_t down, size_t across,
                           const @real *packed, int narrow, @real *c, int adds, @real *side, int left, int right, int triangle)
{
    if (narrow || (!left && !right && rows < 96)) {
        product_@(rows, inner, cols, a, down, across, packed, narrow, c, adds, side);
        return;
    }
    if (!left && !right) {
        by_panels_@(rows, inner, cols, a, down, across, packed, c, adds, side, 1);
        mirror_@(rows, 1, c);
        return;
    }
    const size_t band = 24;
    for (size_t i = 0; i < rows; i += band) {
        const size_t end = least(i + band, rows);
        for (size_t k = 0; k < inner; k += DEPTH)
            for (size_t j = 0; j < cols; j += PANEL_@) {
                const size_t stop = least(j + PANEL_@, cols);
                if (triangle < 0 ? j >= end : triangle > 0 && stop <= i)
                    continue;
                const size_t low = left > 0 ? i : right < 0 ? j : 0, high = left < 0 ? end : right > 0 ? stop : inner;
                const size_t from = most(k, low), until = least(k + DEPTH, high);
                if (from < until)
                    panel_product_@(end - i, until - from, a + i * down + from * across, down, across, 0,
                                    packed + j * inner, packed + j * inner, from, c + i * cols + j, cols, stop - j,
                                    adds || from > low);
            }
    }
    if (triangle)
        mirror_@(rows, triangle < 0, c);
}
