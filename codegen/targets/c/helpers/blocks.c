/* How many rows are done at once, so that what is made of them stays in the cache; more where they meet a large matrix. */
static size_t step_@(size_t total, size_t width, size_t widest, int threads)
{
    const size_t share = (total + (size_t)threads - 1) / (size_t)threads;
    size_t step = BLOCK / sizeof(@real) / (width + 1);
    if (widest > WIDEST / sizeof(@real))
        step = most(step, 192);
    step = least(step, share);
    return most(step / 48 * 48, 48);
}

/* How many rows each thread does: all, where one thread has done them before the others have started. */
static size_t share_@(size_t total, size_t step, size_t work, int threads)
{
    if (threads <= 1 || total * work < THREADED)
        return most(total, 1);
    const size_t blocks = (total + step - 1) / step;
    return (blocks + (size_t)threads - 1) / (size_t)threads * step;
}

/* How many of a stack each thread does: all, where they are fewer than threads, which then share the rows, or where one
   thread has done them before the others have started. */
static size_t lot_@(size_t number, size_t work, int threads)
{
    if (threads <= 1 || number < (size_t)threads || number * work < THREADED)
        return most(number, 1);
    return (number + (size_t)threads - 1) / (size_t)threads;
}
