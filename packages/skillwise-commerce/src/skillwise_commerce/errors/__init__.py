"""Why commerce refuses. Codes are a promise to clients."""

from skillwise_kernel.errors import (
    ConflictError,
    GoneError,
    InvalidError,
    NotFoundError,
    SkillWiseError,
    TooLargeError,
    UnavailableError,
)

from skillwise_commerce.errors.offers import (
    AlreadyOwnedError,
    BundleNotFoundError,
    CouponBatchNotFoundError,
    CouponCodeTakenError,
    CouponEndedError,
    CouponLimitBelowUseError,
    CouponMinimumError,
    CouponNotForTheseError,
    CouponNotFoundError,
    CouponNotYetError,
    CouponOtherCurrencyError,
    CouponScopeError,
    CouponUsedByYouError,
    CouponUsedError,
    CouponUsedUpError,
    CouponWindowError,
    CourseNotForSaleError,
    CourseNotFoundError,
    CourseNotFreeError,
    CourseNotPricedError,
    CourseTwiceError,
    MixedCurrenciesError,
    NotBundleOwnerError,
    NotCourseOwnerError,
    OwnCourseError,
    PriceOfCatalogError,
    QuoteExpiredError,
    QuoteNotFoundError,
    SellerUnknownError,
    SharesTooLargeError,
    TooManyCoursesError,
    VatNumberInvalidError,
)

__all__ = [
    "AlreadyOwnedError",
    "BundleNotFoundError",
    "CartFullError",
    "CartItemNotFoundError",
    "CouponBatchNotFoundError",
    "CouponCodeTakenError",
    "CouponEndedError",
    "CouponLimitBelowUseError",
    "CouponMinimumError",
    "CouponNotForTheseError",
    "CouponNotFoundError",
    "CouponNotYetError",
    "CouponOtherCurrencyError",
    "CouponScopeError",
    "CouponUsedByYouError",
    "CouponUsedError",
    "CouponUsedUpError",
    "CouponWindowError",
    "CourseNotForSaleError",
    "CourseNotFoundError",
    "CourseNotFreeError",
    "CourseNotPricedError",
    "CourseTwiceError",
    "CustomerNotFoundError",
    "DecisionNotPossibleError",
    "DisputeNotFoundError",
    "GiftCanceledError",
    "GiftClaimedError",
    "GiftExpiredError",
    "GiftNotFoundError",
    "GiftSuspendedError",
    "InvoiceLinkExpiredError",
    "InvoiceNotFoundError",
    "LineAlreadyRefundedError",
    "LineNotFoundError",
    "MixedCurrenciesError",
    "NotBundleOwnerError",
    "NotCourseOwnerError",
    "OrderAlreadyPaidError",
    "OrderDisputedError",
    "OrderHeldError",
    "OrderNotFoundError",
    "OrderNotPaidError",
    "OrderSupersededError",
    "OwnCourseError",
    "PaymentDeclinedError",
    "PaymentInProgressError",
    "PaymentNotAcceptedError",
    "PaymentNotFoundError",
    "PayoutAccountNotFoundError",
    "PayoutNotFoundError",
    "PayoutRefusedError",
    "PriceOfCatalogError",
    "ProviderFailedError",
    "ProviderNotOfferedError",
    "ProviderUnavailableError",
    "QuoteExpiredError",
    "QuoteNotFoundError",
    "RefundExceedsPaidError",
    "RefundNotFoundError",
    "RefundOutsidePolicyError",
    "RefundRefusedError",
    "SellerUnknownError",
    "SharesTooLargeError",
    "TooManyCoursesError",
    "TransferNotFoundError",
    "VatNumberInvalidError",
    "WebhookInvalidError",
    "WebhookSignatureInvalidError",
    "WebhookTooLargeError",
]


class CartItemNotFoundError(NotFoundError):
    code = "commerce.cart_item_not_found"
    title = "There is no such item in your cart."


class CartFullError(ConflictError):
    """A cart holds as many items as an order may hold courses. `limit` is in the problem's members."""

    code = "commerce.cart_full"
    title = "The cart is full."


class GiftNotFoundError(NotFoundError):
    """No gift has this code, or it is not one that the person gave."""

    code = "commerce.gift_not_found"
    title = "There is no such gift."


class GiftClaimedError(ConflictError):
    code = "commerce.gift_claimed"
    title = "Somebody has claimed this gift already."


class GiftSuspendedError(ConflictError):
    """A dispute about its payment is open; it may be claimed should that be won."""

    code = "commerce.gift_suspended"
    title = "This gift cannot be claimed for the time being."


class GiftExpiredError(GoneError):
    code = "commerce.gift_expired"
    title = "This gift was not claimed in time."


class GiftCanceledError(GoneError):
    code = "commerce.gift_canceled"
    title = "This gift was canceled."


class OrderNotFoundError(NotFoundError):
    code = "commerce.order_not_found"
    title = "There is no such order."


class InvoiceNotFoundError(NotFoundError):
    code = "commerce.invoice_not_found"
    title = "There is no such invoice."


class InvoiceLinkExpiredError(GoneError):
    code = "commerce.invoice_link_expired"
    title = "This link has expired; have the invoice sent again for another."


class OrderAlreadyPaidError(ConflictError):
    """The payment had arrived before we heard of it. `order_id` is in the problem's members."""

    code = "commerce.order_already_paid"
    title = "This order is already paid."


class OrderHeldError(ConflictError):
    """What was paid is not what was asked: a person looks at it before anything else is charged."""

    code = "commerce.order_held"
    title = "A payment for this is being looked into."


class OrderSupersededError(ConflictError):
    """Another device started buying one of these courses meanwhile; asking again resumes or replaces that
    order.
    """

    code = "commerce.order_superseded"
    title = "Another purchase of these courses has taken this one's place."


class PaymentInProgressError(ConflictError):
    """The provider is still moving the money; nothing else is charged for the same course until it knows."""

    code = "commerce.payment_in_progress"
    title = "A payment for this is in progress."


class PaymentDeclinedError(SkillWiseError):
    """The buyer's means of payment was refused. `provider_code` is the provider's reason."""

    status = 402
    code = "commerce.payment_declined"
    title = "The payment was declined."


class PaymentNotAcceptedError(InvalidError):
    """The provider does not take this payment at all: an amount below its minimum, say."""

    code = "commerce.payment_not_accepted"
    title = "The payment provider does not accept this payment."


class PaymentNotFoundError(NotFoundError):
    """The provider knows no such payment."""

    code = "commerce.payment_not_found"
    title = "There is no such payment."


class OrderNotPaidError(ConflictError):
    code = "commerce.order_not_paid"
    title = "This order has not been paid."


class OrderDisputedError(ConflictError):
    """The buyer's bank has asked the money back: it decides."""

    code = "commerce.order_disputed"
    title = "A dispute about this order's payment is open, or lost."


class LineNotFoundError(NotFoundError):
    code = "commerce.line_not_found"
    title = "This course is not part of the order."


class LineAlreadyRefundedError(ConflictError):
    code = "commerce.line_already_refunded"
    title = "Nothing is left of this to be given back."


class RefundExceedsPaidError(ConflictError):
    """`left`, where it is known, is what could still be given back."""

    code = "commerce.refund_exceeds_paid"
    title = "This is more than is left of what was paid."


class RefundOutsidePolicyError(ConflictError):
    """`days` and `seen_below_percent` are the policy."""

    code = "commerce.refund_outside_policy"
    title = "This is no longer refunded without asking: write to us."


class RefundNotFoundError(NotFoundError):
    code = "commerce.refund_not_found"
    title = "There is no such refund."


class RefundRefusedError(ConflictError):
    """The provider gives nothing back. `provider_code` is its reason."""

    code = "commerce.refund_refused"
    title = "The payment provider refused the refund."


class DisputeNotFoundError(NotFoundError):
    code = "commerce.dispute_not_found"
    title = "There is no such dispute."


class DecisionNotPossibleError(ConflictError):
    """What was decided about a discrepancy cannot be done: `detail` says why."""

    code = "commerce.decision_not_possible"
    title = "That cannot be done about this discrepancy."


class CustomerNotFoundError(NotFoundError):
    """The provider no longer knows a customer of ours: deleted there, or another account's."""

    code = "commerce.customer_not_found"
    title = "There is no such customer."


class ProviderNotOfferedError(ConflictError):
    """There is code for this provider, and no account with it here."""

    code = "commerce.provider_not_offered"
    title = "This way of paying is not offered here."


class PayoutNotFoundError(NotFoundError):
    code = "commerce.payout_not_found"
    title = "There is no such payout."


class PayoutAccountNotFoundError(NotFoundError):
    """The instructor has not begun to tell the provider where money is to go, or the provider has lost it."""

    code = "commerce.payout_account_not_found"
    title = "There is no account to pay out to."


class PayoutRefusedError(ConflictError):
    """The provider sends no money there. `provider_code` is its reason."""

    code = "commerce.payout_refused"
    title = "The payment provider refused the payout."


class TransferNotFoundError(NotFoundError):
    code = "commerce.transfer_not_found"
    title = "There is no such transfer."


class ProviderUnavailableError(UnavailableError):
    """The provider does not answer. The order is kept; the same request later resumes it."""

    code = "commerce.provider_unavailable"
    title = "The payment provider does not answer at present; try again shortly."


class ProviderFailedError(ProviderUnavailableError):
    """The provider answered that it failed, and repeats that answer to the same request: the next one must
    be a new request.
    """


class WebhookSignatureInvalidError(SkillWiseError):
    status = 400
    code = "commerce.webhook_signature_invalid"
    title = "The signature is missing, wrong or too old."


class WebhookInvalidError(SkillWiseError):
    """Genuine, and yet not an event."""

    status = 400
    code = "commerce.webhook_invalid"
    title = "The body is not an event."


class WebhookTooLargeError(TooLargeError):
    code = "commerce.webhook_too_large"
    title = "The body is larger than any event."
