"""What a country asks of a sale, and who accounts for it."""

import re
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from skillwise_kernel.money import Money

__all__ = ["NO_TAX", "TaxTerms", "is_vat_number", "normalized_vat_number", "tax_on_top", "tax_within"]

#: The form of a number by which a country knows a business, without blanks, dots and dashes.
#: EU: https://ec.europa.eu/taxation_customs/vies/faq.html; GB: HMRC; BD: the 13 digits of a BIN; IN: GSTIN;
#: AU: ABN.
_FORMS: Final = MappingProxyType(
    {
        country: re.compile(form)
        for country, form in {
            "AT": r"ATU\d{8}",
            "AU": r"\d{11}",
            "BD": r"\d{13}",
            "BE": r"BE[01]\d{9}",
            "BG": r"BG\d{9,10}",
            "CH": r"CHE\d{9}(MWST|TVA|IVA)?",
            "CY": r"CY\d{8}[A-Z]",
            "CZ": r"CZ\d{8,10}",
            "DE": r"DE\d{9}",
            "DK": r"DK\d{8}",
            "EE": r"EE\d{9}",
            "ES": r"ES[A-Z0-9]\d{7}[A-Z0-9]",
            "FI": r"FI\d{8}",
            "FR": r"FR[A-HJ-NP-Z0-9]{2}\d{9}",
            "GB": r"GB(\d{9}|\d{12}|(GD|HA)\d{3})",
            "GR": r"EL\d{9}",
            "HR": r"HR\d{11}",
            "HU": r"HU\d{8}",
            "IE": r"IE(\d{7}[A-W][A-I]?|\d[A-Z+*]\d{5}[A-W])",
            "IN": r"\d{2}[A-Z]{5}\d{4}[A-Z][A-Z0-9]Z[A-Z0-9]",
            "IT": r"IT\d{11}",
            "LT": r"LT(\d{9}|\d{12})",
            "LU": r"LU\d{8}",
            "LV": r"LV\d{11}",
            "MT": r"MT\d{8}",
            "NL": r"NL\d{9}B\d{2}",
            "NO": r"(NO)?\d{9}(MVA)?",
            "PL": r"PL\d{10}",
            "PT": r"PT\d{9}",
            "RO": r"RO\d{2,10}",
            "SE": r"SE\d{12}",
            "SI": r"SI\d{8}",
            "SK": r"SK\d{10}",
        }.items()
    }
)

_THOUSANDTHS: Final = 1000
_WHOLE: Final = 100 * _THOUSANDTHS


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxTerms:
    """`rate` in percent, to three decimals, of what `country` calls `name`. `is_inclusive`: prices are shown
    with the tax in them. `is_reversed`: the buyer, a business, accounts for it, and pays the price without.
    """

    country: str
    name: str
    rate: Decimal
    is_inclusive: bool
    is_reversed: bool = False


#: Where nothing is known of a tax.
NO_TAX: Final = TaxTerms(country="", name="", rate=Decimal(0), is_inclusive=False)


def tax_within(amount: Money, rate: Decimal) -> Money:
    """The tax that an amount holds, to the nearest minor unit (half a unit goes to the tax)."""
    tax, _ = amount.allocate([_thousandths(rate), _WHOLE])
    return tax


def tax_on_top(amount: Money, rate: Decimal) -> Money:
    """The tax that an amount without it is asked, to the nearest minor unit, half a unit up."""
    return Money((amount.amount * _thousandths(rate) + _WHOLE // 2) // _WHOLE, amount.currency)


def normalized_vat_number(number: str) -> str:
    """As it is compared and kept: upper case, without blanks, dots, dashes and slashes."""
    return re.sub(r"[\s./-]", "", number).upper()


def is_vat_number(number: str, country: str) -> bool:
    """Whether a normalized number has the form of the country's. Whether it was given out is not known here.
    Of a country whose form is not known, 4 to 20 letters and digits pass.
    """
    form = _FORMS.get(country)
    if form is None:
        return re.fullmatch(r"[A-Z0-9]{4,20}", number) is not None
    return form.fullmatch(number) is not None


def _thousandths(rate: Decimal) -> int:
    return int(rate * _THOUSANDTHS)
