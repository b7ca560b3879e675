"""Use case 4: the admin's analytics and the instructor's dashboard agree with what has just happened."""

import time
from collections.abc import Callable
from typing import Any, Final

from skillwise_host.demonstration import INSTRUCTORS, PASSWORD
from skillwise_host.tour.buying import log_in
from skillwise_host.tour.traveller import TourFailedError, Traveller

__all__ = [
    "Figures",
    "figures_agree",
    "log_in_as_seller",
    "read_analytics",
    "read_dashboard",
    "settled_analytics",
]

Figures = dict[str, Any]

_STILL_SECONDS: Final = 1.0
#: As many as have to be alike.
_READINGS: Final = 3

ORDERED_ENROLLED_REVIEWED = 3
"""What the student did beside completing lessons: each counts as one action."""


def settled_analytics(admin: Traveller) -> Figures:
    """The figures once they count every course of the storefront, and stand still: by then, what a stack
    that has just come up loaded is counted.
    """
    seen: list[Figures] = []

    def settled() -> Figures | None:
        storefront = admin.get("/api/v1/courses/facets/", quiet=True)
        seen.append(read_analytics(admin, quiet=True))
        totals = [figures["totals"] for figures in seen[-_READINGS:]]
        counted = totals[-1]["courses_published"]
        counts_all = counted == storefront["total"] or not storefront["exact"]
        if (
            counted
            and counts_all
            and len(totals) == _READINGS
            and all(total == totals[0] for total in totals)
        ):
            return seen[-1]
        time.sleep(_STILL_SECONDS)
        return None

    return admin.wait_for("the figures stand still", settled)


def read_analytics(admin: Traveller, *, quiet: bool = False) -> Figures:
    figures: Figures = admin.get("/api/v1/admin/analytics/", quiet=quiet).body
    return figures


def read_dashboard(seller: Traveller, course: dict[str, Any], *, quiet: bool = False) -> Figures:
    """What the instructor's dashboard says of one course."""
    dashboard = seller.get("/api/v1/instructors/dashboard/", quiet=quiet)
    return next(item for item in dashboard["courses"] if item["course_id"] == course["id"])


def log_in_as_seller(seller: Traveller, course: dict[str, Any]) -> None:
    """Whichever of the demonstration's instructors teaches the course that is sold."""
    for account in INSTRUCTORS:
        if account.full_name == course["owner"]["display_name"]:
            log_in(seller, account.email, PASSWORD)
            return
    raise TourFailedError(f"nobody of the demonstration teaches {course['title']}")


def figures_agree(
    admin: Traveller, seller: Traveller, student: Traveller, analytics: Figures, dashboard: Figures
) -> None:
    """`analytics` and `dashboard` (of the course that was sold) are what they said beforehand."""
    course = student.facts["course"]
    after = wait_for_growth(admin, lambda: read_analytics(admin, quiet=True), analytics, course)
    now = wait_for_sale(seller, course, dashboard)

    top = {item["course_id"]: item for item in after["top_courses"]}
    ranks = [item["enrollments"] for item in after["top_courses"]]
    admin.check("top courses are ranked by enrolments", shown=ranks == sorted(ranks, reverse=True))
    admin.check(
        "and show the course as its instructor's dashboard does, or only busier ones",
        shown=(top[course["id"]]["enrollments"], top[course["id"]]["revenue"])
        == (now["enrollments"], now["revenue"])
        if course["id"] in top
        else ranks[-1] >= now["enrollments"],
    )
    actions = course["lesson_count"] + ORDERED_ENROLLED_REVIEWED
    active = {user["user_id"]: user["actions"] for user in after["most_active_users"]}
    admin.check(
        f"the student's {actions} actions are among the most active users', or outdone by all of them",
        shown=active.get(student.facts["user_id"]) == actions or min(active.values()) >= actions,
    )


def wait_for_growth(
    admin: Traveller, read: Callable[[], Figures], before: Figures, course: dict[str, Any]
) -> Figures:
    """Until the totals have grown by exactly what the tour did."""
    expected = {
        "users": 1,
        "courses_published": 1,
        "orders": 1,
        "enrollments": 1,
        "lessons_completed": course["lesson_count"],
        "courses_completed": 1,
        "reviews": 1,
    }

    def grown() -> Figures | None:
        after = read()
        growth = {name: after["totals"][name] - before["totals"][name] for name in expected}
        paid = gross(after, course["price"]) - gross(before, course["price"])
        return after if growth == expected and paid == course["price"]["amount"] else None

    told = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in expected.items())
    return admin.wait_for(f"the totals grew by {told}, and exactly the course's price", grown)


def wait_for_sale(seller: Traveller, course: dict[str, Any], before: Figures) -> Figures:
    """Until the instructor's dashboard has counted the sale, the learner and the completion, once."""

    def counted() -> Figures | None:
        now = read_dashboard(seller, course, quiet=True)
        sold = amount(now["revenue"], course["price"]) - amount(before["revenue"], course["price"])
        learners = (now["enrollments"] - before["enrollments"], now["completions"] - before["completions"])
        return now if sold == course["price"]["amount"] and learners == (1, 1) else None

    return seller.wait_for(
        "the instructor's dashboard grew by one sale, one learner, one completion", counted
    )


def gross(figures: Figures, price: dict[str, Any]) -> int:
    return amount([line["gross"] for line in figures["totals"]["earnings"]], price)


def amount(money: list[dict[str, Any]], price: dict[str, Any]) -> int:
    """Minor units in the currency of `price`."""
    return sum(item["amount"] for item in money if item["currency"] == price["currency"])
