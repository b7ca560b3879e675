"""The rules of selling that need no database."""
