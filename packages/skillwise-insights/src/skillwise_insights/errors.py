"""Insights' refusals. The codes are a promise to clients."""

from skillwise_kernel.errors import ConflictError

__all__ = ["LogIncompleteError", "RebuildRunningError"]


class RebuildRunningError(ConflictError):
    """Somebody else is rebuilding the figures."""

    code = "insights.rebuild_running"
    title = "The figures are being rebuilt already."


class LogIncompleteError(ConflictError):
    """The live figures hold events that the outbox no longer has: rebuilt ones would fall short of them."""

    code = "insights.log_incomplete"
    title = "The log lacks events that the figures were made of; the figures stay as they are."
