"""A small context that uses everything the kernel's REST mechanism offers."""
