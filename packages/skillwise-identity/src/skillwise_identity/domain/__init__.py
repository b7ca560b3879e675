"""Rules about people and how to reach them that need no database."""
