"""Why something cannot be bought, and why an offer cannot be made."""

from skillwise_kernel.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
)

__all__ = [
    "AlreadyOwnedError",
    "BundleNotFoundError",
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
    "MixedCurrenciesError",
    "NotBundleOwnerError",
    "NotCourseOwnerError",
    "OwnCourseError",
    "PriceOfCatalogError",
    "QuoteExpiredError",
    "QuoteNotFoundError",
    "SellerUnknownError",
    "SharesTooLargeError",
    "TooManyCoursesError",
    "VatNumberInvalidError",
]


class CourseNotFoundError(NotFoundError):
    code = "commerce.course_not_found"
    title = "There is no such course."


class CourseNotForSaleError(ConflictError):
    code = "commerce.course_not_for_sale"
    title = "This course is not for sale at present."


class OwnCourseError(ForbiddenError):
    code = "commerce.own_course"
    title = "You cannot buy a course of your own."


class AlreadyOwnedError(ConflictError):
    code = "commerce.already_owned"
    title = "You already own this course."


class CourseNotFreeError(ConflictError):
    code = "commerce.course_not_free"
    title = "This course has a price."


class MixedCurrenciesError(InvalidError):
    code = "commerce.mixed_currencies"
    title = "Courses in different currencies cannot be bought together."


class BundleNotFoundError(NotFoundError):
    """Or it is not on sale at present."""

    code = "commerce.bundle_not_found"
    title = "There is no such bundle on sale."


class CourseTwiceError(InvalidError):
    code = "commerce.course_twice"
    title = "This course is named twice, alone or in a bundle."


class TooManyCoursesError(InvalidError):
    code = "commerce.too_many_courses"
    title = "These are more courses than one order can hold."


class CourseNotPricedError(ConflictError):
    """`currency` is the one asked for."""

    code = "commerce.course_not_priced"
    title = "This is not sold in the currency asked for."


class VatNumberInvalidError(InvalidError):
    code = "commerce.vat_number_invalid"
    title = "This is no VAT number of the billing country."


class QuoteNotFoundError(NotFoundError):
    code = "commerce.quote_not_found"
    title = "There is no such quote."


class QuoteExpiredError(ConflictError):
    code = "commerce.quote_expired"
    title = "This quote has expired: ask for a new one."


class CouponNotFoundError(NotFoundError):
    code = "commerce.coupon_not_found"
    title = "There is no such coupon."


class CouponNotYetError(ConflictError):
    code = "commerce.coupon_not_yet_valid"
    title = "This coupon is not valid yet."


class CouponEndedError(ConflictError):
    code = "commerce.coupon_ended"
    title = "This coupon is no longer valid."


class CouponUsedUpError(ConflictError):
    code = "commerce.coupon_used_up"
    title = "This coupon has been used as often as it may be."


class CouponUsedByYouError(ConflictError):
    code = "commerce.coupon_used_by_you"
    title = "You have used this coupon as often as you may."


class CouponNotForTheseError(ConflictError):
    code = "commerce.coupon_not_for_these_courses"
    title = "This coupon is for other courses."


class CouponOtherCurrencyError(ConflictError):
    """`currency` is the coupon's."""

    code = "commerce.coupon_other_currency"
    title = "This coupon is for another currency."


class CouponMinimumError(ConflictError):
    """`minimum` is what the courses have to cost."""

    code = "commerce.coupon_minimum_not_met"
    title = "The courses cost less than this coupon asks for."


class CouponCodeTakenError(ConflictError):
    code = "commerce.coupon_code_taken"
    title = "There is a coupon of this code already."


class CouponScopeError(ForbiddenError):
    """Instructors give coupons for their own courses, one or all of them."""

    code = "commerce.coupon_scope_not_yours"
    title = "You cannot give a coupon for these courses."


class CouponWindowError(InvalidError):
    code = "commerce.coupon_window_reversed"
    title = "The coupon would end before it begins."


class CouponLimitBelowUseError(ConflictError):
    """`uses` is how often it has been used, orders that may still be paid among them."""

    code = "commerce.coupon_limit_below_use"
    title = "This coupon has been used more often than that."


class CouponUsedError(ConflictError):
    """Its uses are a record. Ending it does what deleting it would."""

    code = "commerce.coupon_used"
    title = "This coupon has been used: end it instead."


class CouponBatchNotFoundError(NotFoundError):
    code = "commerce.coupon_batch_not_found"
    title = "There is no such batch of coupons."


class NotCourseOwnerError(ForbiddenError):
    code = "commerce.not_course_owner"
    title = "This course belongs to somebody else."


class NotBundleOwnerError(ForbiddenError):
    code = "commerce.not_bundle_owner"
    title = "This bundle belongs to somebody else."


class PriceOfCatalogError(ConflictError):
    """The course itself holds the price in this currency."""

    code = "commerce.price_of_catalog"
    title = "In this currency the course has its own price: change it there."


class SharesTooLargeError(InvalidError):
    """`limit` is what they may be together, in percent."""

    code = "commerce.shares_too_large"
    title = "Together the shares are more than there is to share."


class SellerUnknownError(InvalidError):
    code = "commerce.seller_unknown"
    title = "There is no such instructor."
