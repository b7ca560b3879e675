"""Catalog's writes: one function per use case."""
