"""Which entries of an output depend on which entries of an input, proved for symbolic sizes."""
