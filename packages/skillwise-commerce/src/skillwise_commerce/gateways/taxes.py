"""What tells the tax of a sale. Ours is a table; a tax service is one more class of `TaxService`, named in
`get_tax_service`.
"""

from datetime import date
from typing import Protocol

from skillwise_commerce.domain.taxes import NO_TAX, TaxTerms
from skillwise_commerce.models import TaxRate

__all__ = ["TableTaxService", "TaxService", "get_tax_service"]


class TaxService(Protocol):
    def terms(self, *, country: str, is_business: bool, on: date) -> TaxTerms:
        """What a sale to a buyer in `country` (empty: not known) is taxed with on a day. `is_business`: the
        buyer has given a VAT number of the country.
        """


class TableTaxService:
    """Implements `TaxService` by the rates that the back office keeps."""

    def terms(self, *, country: str, is_business: bool, on: date) -> TaxTerms:
        """The country's newest rate that is valid by then; where there is none, no tax."""
        rate = TaxRate.objects.filter(country=country, valid_from__lte=on).order_by("-valid_from").first()
        if rate is None:
            return NO_TAX
        return TaxTerms(
            country=rate.country,
            name=rate.name,
            rate=rate.rate,
            is_inclusive=rate.is_inclusive,
            is_reversed=rate.reverse_charge and is_business,
        )


def get_tax_service() -> TaxService:
    """The one that is in use."""
    return TableTaxService()
