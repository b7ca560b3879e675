"""Identity's endpoints, a module per subject."""
