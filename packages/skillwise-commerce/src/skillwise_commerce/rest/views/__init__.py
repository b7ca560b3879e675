"""What the endpoints do, one module per use case."""
