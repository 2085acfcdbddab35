/* How many rows are done at once, so that what is made of them stays in the cache; more where they meet a large matrix.
   All blocks are about as large. */
static size_t step_@(size_t total, size_t width, size_t widest, int threads)
{
    const size_t share = most(pieces(total, (size_t)threads), 1);
    size_t step = BLOCK / sizeof(@real) / (width + 1);
    if (widest > WIDEST / sizeof(@real))
        step = most(step, TILED / sizeof(@real) / DEPTH);
    step = most(step / 48 * 48, 48);
    return whole_tiles(pieces(share, pieces(share, step)));
}

/* How many rows each thread does: all, where one thread has done them before the others have started. */
static size_t share_@(size_t total, size_t work, int threads)
{
    if (threads <= 1 || total * work < THREADED)
        return most(total, 1);
    return whole_tiles(pieces(total, (size_t)threads));
}

/* Where the block of this number begins, of those that threads take one after the other: the last that each of them would take
   is in four, so that all end at about the same time, also where one of them is slower. */
static size_t begin_@(size_t number, size_t total, size_t step, size_t shares)
{
    const size_t whole = (pieces(total, step * shares) - 1) * shares;
    if (number <= whole)
        return least(total, number * step);
    return least(total, whole * step + (number - whole) * whole_tiles(pieces(total - whole * step, 4 * shares)));
}

/* How many of a stack each thread does: all, where they are fewer than threads, which then share the rows, or where one
   thread has done them before the others have started. */
static size_t lot_@(size_t number, size_t work, int threads)
{
    if (threads <= 1 || number < (size_t)threads || number * work < THREADED)
        return most(number, 1);
    return pieces(number, (size_t)threads);
}
