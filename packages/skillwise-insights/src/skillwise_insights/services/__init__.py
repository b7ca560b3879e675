"""Insights' use cases: taking in an event, and making all figures anew."""
