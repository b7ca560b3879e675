"""What is asked of commerce's tables, one module per use case."""
