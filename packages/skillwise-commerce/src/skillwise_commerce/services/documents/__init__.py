"""Documents as PDF: what one says (`content`), and how it is laid out. Nothing here asks a database."""
