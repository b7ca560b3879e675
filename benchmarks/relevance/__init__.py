"""How well searches find: judged queries over a real catalogue, ours beside what is simpler.

uv run python -m benchmarks.relevance
"""
