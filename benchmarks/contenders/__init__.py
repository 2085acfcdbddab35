"""One file a library: what it offers for a cell, by name, as functions of nothing that give the results in order."""
