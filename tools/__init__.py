"""What maintains the project: pages and kernels written again, random programs and what is checked with them."""
