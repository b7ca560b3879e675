"""IMS Common Cartridges: their manifest, and each kind of resource as a lesson or questions."""
