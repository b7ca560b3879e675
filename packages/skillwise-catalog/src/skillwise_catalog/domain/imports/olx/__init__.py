"""Open edX's OLX: its tree, and each kind of block as a lesson or a question."""
