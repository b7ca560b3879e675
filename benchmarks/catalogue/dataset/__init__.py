"""A catalogue of any size, the same each time: made up, loaded by COPY, and as PostgreSQL knows it after an
autovacuum.
"""

from benchmarks.catalogue.dataset.loading import fill, holds

__all__ = ["fill", "holds"]
