"""Catalog over HTTP: views parse, authorise, call and render."""
