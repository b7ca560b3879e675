"""Catalog's views, one module for each thing that they are about."""
