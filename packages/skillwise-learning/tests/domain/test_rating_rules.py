"""What many ratings amount to."""

from decimal import Decimal

from skillwise_learning.domain.reviews import average_rating


def test_the_average_has_two_decimals_and_rounds_half_up():
    assert average_rating(14, 3) == Decimal("4.67")
    assert average_rating(33, 8) == Decimal("4.13")
    assert str(average_rating(5, 1)) == "5.00"


def test_without_ratings_there_is_no_average():
    assert average_rating(0, 0) is None
