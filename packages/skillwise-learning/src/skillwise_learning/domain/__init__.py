"""Learning's rules, which need no database."""
