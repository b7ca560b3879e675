"""A small app that the outbox's tests install: it publishes, subscribes, and leaves traces."""
