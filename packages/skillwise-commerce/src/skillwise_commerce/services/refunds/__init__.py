"""Giving money back, one module per step: writing it down, asking the provider, booking what it says."""
