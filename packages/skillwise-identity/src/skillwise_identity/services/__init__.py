"""What can be done with an account: a module per use case."""
