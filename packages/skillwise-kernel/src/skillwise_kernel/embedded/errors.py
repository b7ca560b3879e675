"""What may go wrong with an embedded server, said in a sentence for the person who started it."""

__all__ = ["EmbeddedServerError", "FolderInUseError"]


class EmbeddedServerError(RuntimeError):
    """An embedded server cannot be found, started or stopped."""


class FolderInUseError(EmbeddedServerError):
    """Another process runs a server on the same folder."""
