"""Amounts of money, for people to read."""

_ZERO_DECIMAL = frozenset((
    "bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "ugx", "vnd", "vuv", "xaf", "xof",
    "xpf",
))  # fmt: skip
_THREE_DECIMAL = frozenset((
    "bhd", "jod", "kwd", "omr", "tnd",
))  # fmt: skip


def display(amount: int, currency: str) -> str:
    """An amount for people: `49.99 USD`."""
    places = 0 if currency in _ZERO_DECIMAL else 3 if currency in _THREE_DECIMAL else 2
    if places == 0:
        return f"{amount:,} {currency.upper()}"
    whole, part = divmod(abs(amount), 10**places)
    sign = "-" if amount < 0 else ""
    return f"{sign}{whole:,}.{part:0{places}d} {currency.upper()}"
