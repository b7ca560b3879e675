"""How each row of the matrix is asked, by context."""

from security.asking import catalog, commerce, identity, learning
from security.asking.learning import ATTEMPTS
from security.asking.registry import REQUESTS

__all__ = ["ATTEMPTS", "REQUESTS", "catalog", "commerce", "identity", "learning"]
