"""Learning's reads, by subject."""
