"""The OpenAPI document says of every operation what the kernel makes it do."""

from drf_spectacular.openapi import AutoSchema as SpectacularSchema

__all__ = ["AutoSchema"]


class AutoSchema(SpectacularSchema):
    """Adds what the kernel's mechanisms answer to what a view declares."""
