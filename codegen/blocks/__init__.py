"""Programs whose rows do not meet, or meet only in sums, run block of rows after block of rows."""
