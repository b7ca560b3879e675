"""A mail server that keeps what it is sent and shows it, and sends nothing on."""
