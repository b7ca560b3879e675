"""Files: announced, sent to the storage, verified, kept, looked into, and deleted."""
