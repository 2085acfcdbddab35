/* Whether a product has so few columns that each entry is better a sum along a row of its own. */
static inline int is_narrow_@(size_t inner, size_t cols, size_t across)
{
    return across == 1 ? cols * (inner / LANES_@ + 8) < inner : cols == 1;
}

/* Columns of the right factor, b[k * down + j * across], from `first` on, as whole vectors: what these are longer than a row
   does not matter. */
static void panel_@(size_t inner, size_t cols, const @real *b, size_t down, size_t across, size_t first, @real *packed)
{
    const size_t here = least(PANEL_@, cols - first), wide = (here + LANES_@ - 1) / LANES_@ * LANES_@;
    for (size_t k = 0; k < inner; k++, packed += wide) {
        const @real *row = b + k * down + first * across;
        if (across == 1 && wide <= (inner - 1 - k) * down + cols - first) {
            for (size_t j = 0; j < wide; j += LANES_@)
                *(vector_@ *)(packed + j) = *(const vector_@ *)(row + j);
            continue;
        }
        for (size_t j = 0; j < here; j++)
            packed[j] = row[j * across];
        for (size_t j = here; j < wide; j++)
            packed[j] = @(0.0);
    }
}

/* The right factor as `product` reads it: columns, or panels. */
static void pack_@(size_t inner, size_t cols, const @real *b, size_t down, size_t across, int narrow, @real *packed)
{
    if (narrow) {
        for (size_t j = 0; j < cols; j++)
            for (size_t k = 0; k < inner; k++)
                packed[j * inner + k] = b[k * down + j * across];
        return;
    }
    for (size_t first = 0; first < cols; first += PANEL_@)
        panel_@(inner, cols, b, down, across, first, packed + first * inner);
}

/* The same by several threads, where the factor is large. */
static void pack_shared_@(int threads, size_t inner, size_t cols, const @real *b, size_t down, size_t across, int narrow,
                          @real *packed)
{
    if (threads <= 1 || narrow || inner * cols * sizeof(@real) < LARGE) {
        pack_@(inner, cols, b, down, across, narrow, packed);
        return;
    }
#ifdef _OPENMP
#pragma omp parallel for num_threads(threads) schedule(static)
#endif
    for (size_t first = 0; first < cols; first += PANEL_@)
        panel_@(inner, cols, b, down, across, first, packed + first * inner);
}

/* How many entries a packed factor has. */
static inline size_t packed_@(size_t inner, size_t cols)
{
    return inner * ((cols + LANES_@ - 1) / LANES_@ * LANES_@);
}

/* `tall` rows of a product times `wide` vectors of a panel, in registers; both are constants where this is called, and so is
   whether it `fetches` what stands `ahead`: a vector at each step, for a burst of fetches would hold up the sums. The last
   vector of a row holds `last` entries of it; so many rows as are `whole` are written in whole vectors nevertheless. */
static INLINE void tile_@(const size_t tall, const size_t wide, const int fetches, size_t inner, const @real *a, size_t down,
                          size_t across, const @real *panel, const @real *ahead, @real *c, size_t cols, size_t last, size_t whole,
                          int adds)
{
    vector_@ sum[2 * TALL][WIDE];
    UNROLLED for (size_t r = 0; r < tall; r++)
        UNROLLED for (size_t t = 0; t < wide; t++)
            sum[r][t] = (vector_@){0};
    for (size_t k = 0; k < inner; k++, a += across, panel += wide * LANES_@) {
        if (fetches)
            LATER(ahead + k * LANES_@);
        vector_@ b[WIDE];
        UNROLLED for (size_t t = 0; t < wide; t++)
            b[t] = *(const vector_@ *)(panel + t * LANES_@);
        UNROLLED for (size_t r = 0; r < tall; r++)
            UNROLLED for (size_t t = 0; t < wide; t++)
                sum[r][t] += a[r * down] * b[t];
    }
    if (adds) {
        UNROLLED for (size_t r = 0; r < tall; r++)
            UNROLLED for (size_t t = 0; t < wide; t++)
                if (t + 1 < wide || r < whole)
                    sum[r][t] += *(vector_@ *)(c + r * cols + t * LANES_@);
    }
    UNROLLED for (size_t r = 0; r < tall; r++)
        UNROLLED for (size_t t = 0; t < wide; t++)
            if (t + 1 < wide || r < whole)
                *(vector_@ *)(c + r * cols + t * LANES_@) = sum[r][t];
    if (whole < tall) {
        @real entries[2 * TALL][LANES_@];
        UNROLLED for (size_t r = 0; r < tall; r++)
            memcpy(entries[r], &sum[r][wide - 1], sizeof entries[r]);
        for (size_t r = whole; r < tall; r++) {
            @real *to = c + r * cols + (wide - 1) * LANES_@;
            for (size_t e = 0; e < last; e++)
                to[e] = adds ? to[e] + entries[r][e] : entries[r][e];
        }
    }
}

/* All rows times `wide` vectors of a panel. Rows of the left factor are `down` apart; where it is `tiled`, it stands as
   `tiles` leaves it, and the product is larger than the cache: of the `next` panel, each of the first tiles fetches a part.
   Where the panel is all of the right factor, what the last vector of a row is longer than the row is written over by the
   next rows: only of the last ones nothing may be too long. */
static INLINE void strip_@(const size_t wide, size_t rows, size_t inner, const @real *a, size_t down, size_t across,
                           int tiled, const @real *panel, const @real *next, @real *c, size_t cols, size_t last, int adds)
{
    const size_t in_tile = tiled ? 1 : down, along_tile = tiled ? TALL : across, width = wide * LANES_@;
    const size_t ends = adds || cols > width ? rows : least(pieces(width - cols, cols), rows);
    const size_t whole = last == LANES_@ ? rows : rows - ends;
    size_t i = 0;
    if (wide == 1 && !tiled)
        for (; i + 2 * TALL <= rows; i += 2 * TALL)
            tile_@(2 * TALL, wide, 0, inner, a + i * down, down, across, panel, panel, c + i * cols, cols, last,
                   most(whole, i) - i, adds);
    for (; i + TALL <= rows; i += TALL) {
        if (tiled)
            for (size_t r = 0; r < TALL; r++)
                for (size_t t = 0; t < wide; t++)
                    SOON(c + (i + r) * cols + t * LANES_@);
        if (tiled && i < wide * TALL)
            tile_@(TALL, wide, 1, inner, a + i * down, in_tile, along_tile, panel, next + i / TALL * inner * LANES_@,
                   c + i * cols, cols, last, most(whole, i) - i, adds);
        else
            tile_@(TALL, wide, 0, inner, a + i * down, in_tile, along_tile, panel, panel, c + i * cols, cols, last,
                   most(whole, i) - i, adds);
    }
    if (wide <= 2)
        for (; i + 4 <= rows; i += 4)
            tile_@(4, wide, 0, inner, a + i * down, down, across, panel, panel, c + i * cols, cols, last,
                   most(whole, i) - i, adds);
    for (; i < rows; i++)
        tile_@(1, wide, 0, inner, a + i * down, down, across, panel, panel, c + i * cols, cols, last, most(whole, i) - i, adds);
}

/* All rows times the `here` columns of a panel, `depth` of its rows from `first` on. `next`: a panel as wide, of which the same
   rows are read after it, or itself. */
static void panel_product_@(size_t rows, size_t depth, const @real *a, size_t down, size_t across, int tiled,
                            const @real *panel, const @real *next, size_t first, @real *c, size_t cols, size_t here, int adds)
{
    const size_t wide = (here + LANES_@ - 1) / LANES_@, last = here - (wide - 1) * LANES_@;
    panel += first * wide * LANES_@;
    next += first * wide * LANES_@;
    if (wide == 1)
        strip_@(1, rows, depth, a, down, across, tiled, panel, next, c, cols, last, adds);
    else if (wide == 2)
        strip_@(2, rows, depth, a, down, across, tiled, panel, next, c, cols, last, adds);
#if WIDE > 2
    else if (wide == 3)
        strip_@(3, rows, depth, a, down, across, tiled, panel, next, c, cols, last, adds);
    else
        strip_@(4, rows, depth, a, down, across, tiled, panel, next, c, cols, last, adds);
#endif
}

/* A slice of the left factor by tiles, in each of which its columns follow each other, and what is left by rows. */
static void tiles_@(size_t rows, size_t depth, const @real *a, size_t down, size_t across, @real *tiled)
{
    size_t i = 0;
    for (; i + TALL <= rows; i += TALL, a += TALL * down)
        for (size_t k = 0; k < depth; k++)
            for (size_t r = 0; r < TALL; r++)
                *tiled++ = a[r * down + k * across];
    for (; i < rows; i++, a += down)
        for (size_t k = 0; k < depth; k++)
            *tiled++ = a[k * across];
}

/* The sum of products of entries that follow each other, by two vectors of partial sums. */
static inline @real dot_@(size_t count, const @real *x, const @real *y)
{
    vector_@ sum[2];
    sum[0] = sum[1] = (vector_@){0};
    size_t k = 0;
    for (; k + 2 * LANES_@ <= count; k += 2 * LANES_@)
        for (size_t t = 0; t < 2; t++)
            sum[t] += *(const vector_@ *)(x + k + t * LANES_@) * *(const vector_@ *)(y + k + t * LANES_@);
    sum[0] += sum[1];
    @real entries[LANES_@];
    memcpy(entries, &sum[0], sizeof entries);
    for (size_t half = LANES_@ / 2; half > 0; half /= 2)
        for (size_t e = 0; e < half; e++)
            entries[e] += entries[e + half];
    @real total = entries[0];
    for (; k < count; k++)
        total += x[k] * y[k];
    return total;
}

/* Sums along rows of a and columns of b, both in one piece. */
static void dots_@(size_t rows, size_t inner, size_t cols, const @real *a, size_t down, const @real *b, @real *c, int adds)
{
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < cols; j++) {
            const @real total = dot_@(inner, a + i * down, b + j * inner);
            c[i * cols + j] = adds ? c[i * cols + j] + total : total;
        }
}

/* c = A b or c += A b, for A given by columns. */
static void combination_@(size_t rows, size_t inner, const @real *a, size_t across, const @real *b, @real *c, int adds)
{
    if (!adds)
        for (size_t i = 0; i < rows; i++)
            c[i] = @(0.0);
    for (size_t k = 0; k < inner; k++) {
        const @real factor = b[k], *column = a + k * across;
        INDEPENDENT
        for (size_t i = 0; i < rows; i++)
            c[i] += factor * column[i];
    }
}

/* Whether slices of the left factor are copied: those of a deep one are not in one piece, and many panels read them. */
static inline int is_tiled_@(size_t inner, size_t cols)
{
    return inner > DEPTH && cols >= 4 * PANEL_@;
}

/* How many entries `product` needs for itself. */
static inline size_t side_@(size_t inner, size_t cols)
{
    return is_tiled_@(inner, cols) ? TILED / sizeof(@real) : 0;
}

/* The column where the next whole panel begins; after the last of them, that of the panel itself. */
static inline size_t following_@(size_t j, size_t cols)
{
    return j + 2 * PANEL_@ <= cols ? j + PANEL_@ : j;
}

/* C = A B by panels, or C += A B where it `adds`. Where only the `lower` half is asked for, rows above the diagonal are left out,
   by whole tiles. */
static void by_panels_@(size_t rows, size_t inner, size_t cols, const @real *a, size_t down, size_t across,
                        const @real *packed, @real *c, int adds, @real *side, int lower)
{
    const int tiled = is_tiled_@(inner, cols);
    const size_t high = tiled ? TILED / sizeof(@real) / DEPTH : most(rows, 1);
    for (size_t i = 0; i < rows; i += high)
        for (size_t k = 0; k < inner || k == 0; k += DEPTH) {
            const size_t here = least(high, rows - i), depth = least(DEPTH, inner - k);
            const size_t end = lower ? least(cols, i + here) : cols;
            const @real *from = a + i * down + k * across;
            if (tiled)
                tiles_@(here, depth, from, down, across, side);
            for (size_t j = 0; j < end; j += PANEL_@) {
                const size_t above = lower && j > i ? (j - i) / TALL * TALL : 0;
                panel_product_@(here - above, depth, tiled ? side + above * depth : from + above * down, tiled ? depth : down,
                                tiled ? 1 : across, tiled, packed + j * inner, packed + following_@(j, cols) * inner, k,
                                c + (i + above) * cols + j, cols, least(PANEL_@, cols - j), adds || k > 0);
            }
        }
}

/* C = A B, or C += A B where it `adds`: A by a[i * down + k * across], B packed, C in rows that follow each other. */
static void product_@(size_t rows, size_t inner, size_t cols, const @real *a, size_t down, size_t across,
                      const @real *packed, int narrow, @real *c, int adds, @real *side)
{
    if (narrow && across == 1)
        dots_@(rows, inner, cols, a, down, packed, c, adds);
    else if (narrow && down == 1)
        combination_@(rows, inner, a, across, packed, c, adds);
    else
        by_panels_@(rows, inner, cols, a, down, across, packed, c, adds, side, 0);
}
