"""The currencies Stripe presents prices in, the least it charges in each, and its fee."""

from ..amounts import display
from .errors import invalid

SUPPORTED = frozenset((
    "usd", "aed", "afn", "all", "amd", "ang", "aoa", "ars", "aud", "awg", "azn", "bam", "bbd", "bdt", "bgn",
    "bif", "bmd", "bnd", "bob", "brl", "bsd", "bwp", "byn", "bzd", "cad", "cdf", "chf", "clp", "cny", "cop",
    "crc", "cve", "czk", "djf", "dkk", "dop", "dzd", "egp", "etb", "eur", "fjd", "fkp", "gbp", "gel", "gip",
    "gmd", "gnf", "gtq", "gyd", "hkd", "hnl", "htg", "huf", "idr", "ils", "inr", "isk", "jmd", "jpy", "kes",
    "kgs", "khr", "kmf", "krw", "kyd", "kzt", "lak", "lbp", "lkr", "lrd", "lsl", "mad", "mdl", "mga", "mkd",
    "mmk", "mnt", "mop", "mur", "mvr", "mwk", "mxn", "myr", "mzn", "nad", "ngn", "nio", "nok", "npr", "nzd",
    "pab", "pen", "pgk", "php", "pkr", "pln", "pyg", "qar", "ron", "rsd", "rub", "rwf", "sar", "sbd", "scr",
    "sek", "sgd", "shp", "sle", "sos", "srd", "std", "szl", "thb", "tjs", "top", "try", "ttd", "twd", "tzs",
    "uah", "ugx", "uyu", "uzs", "vnd", "vuv", "wst", "xaf", "xcd", "xcg", "xof", "xpf", "yer", "zar", "zmw",
    "bhd", "jod", "kwd", "omr", "tnd",
))  # fmt: skip
# In minor units; https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts
_LEAST = {
    "usd": 50, "aed": 200, "aud": 50, "bgn": 100, "brl": 50, "cad": 50, "chf": 50, "czk": 1500, "dkk": 250,
    "eur": 50, "gbp": 30, "hkd": 400, "huf": 17500, "inr": 50, "jpy": 50, "mxn": 1000, "myr": 200, "nok": 300,
    "nzd": 50, "pln": 200, "ron": 200, "sek": 300, "sgd": 50, "thb": 1000,
}  # fmt: skip
_LEAST_ELSEWHERE = 50
_MOST = 99_999_999

_FEE_PER_MILLE = 29
_FEE_FIXED = 30
# What Stripe keeps of a dispute, whoever wins it; in minor units of the charge's currency.
DISPUTE_FEE = 1500

# Amounts whose last digits Stripe wants to be 0; https://docs.stripe.com/currencies#special-cases
_STEPS = {"isk": 100, **dict.fromkeys(("bhd", "jod", "kwd", "omr", "tnd"), 10)}


def check_currency(currency: str) -> str:
    """The currency in lower case; 400 when Stripe does not know it."""
    lower = currency.lower()
    if lower not in SUPPORTED:
        listed = ", ".join(sorted(SUPPORTED))
        raise invalid(
            f"Invalid currency: {currency}. Stripe currently supports these currencies: {listed}",
            param="currency",
        )
    return lower


def check_amount(amount: int, currency: str) -> None:
    """400 when an amount (minor units) is below or above what Stripe charges in the currency."""
    if amount < 1:
        code = "parameter_invalid_integer"
        raise invalid("This value must be greater than or equal to 1.", param="amount", code=code)
    step = _STEPS.get(currency, 1)
    if amount % step:
        raise invalid(
            f"Invalid {currency.upper()} amount: it must be evenly divisible by {step}.", param="amount"
        )
    least = _LEAST.get(currency, _LEAST_ELSEWHERE)
    if amount < least:
        shown = display(least, currency)
        raise invalid(f"Amount must be at least {shown}", param="amount", code="amount_too_small")
    if amount > _MOST:
        shown = display(_MOST, currency)
        raise invalid(f"Amount must be no more than {shown}", param="amount", code="amount_too_large")


def fee(amount: int) -> int:
    """Stripe's fee on a charge: 2.9 % (half up) and 30 minor units."""
    return (amount * _FEE_PER_MILLE + 500) // 1000 + _FEE_FIXED
