"""Machine: from a program to kernels. Program → Schedule → passes → template → source → load → check."""
