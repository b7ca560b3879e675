"""What commerce does, one module per use case."""
