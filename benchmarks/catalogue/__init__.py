"""What the storefront costs: ours beside what most people write, and beside the limit.

uv run python -m benchmarks.catalogue --sizes 1000,100000,1000000
"""
