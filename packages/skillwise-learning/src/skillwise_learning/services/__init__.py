"""Learning's use cases, one function each, by subject."""
