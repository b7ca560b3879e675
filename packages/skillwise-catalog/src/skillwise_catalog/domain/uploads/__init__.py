"""Which files are accepted: those whose bytes are what their name says, of a few kinds that do no harm."""
