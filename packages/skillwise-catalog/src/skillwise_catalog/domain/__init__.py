"""Catalog's rules, in plain Python: no database, no framework."""
