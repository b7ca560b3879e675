"""Insights' reads, by who asks."""
