"""Catalog's reads."""
