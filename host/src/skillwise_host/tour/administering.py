"""Use case 4: the admin's analytics and the instructor's dashboard agree with what has just happened."""

from typing import Any

from skillwise_host.demonstration import INSTRUCTORS, PASSWORD
from skillwise_host.tour.buying import log_in
from skillwise_host.tour.traveller import TourFailedError, Traveller

__all__ = ["Figures", "figures_agree", "log_in_as_seller", "read_figures"]

Figures = dict[str, Any]


def read_figures(admin: Traveller, *, quiet: bool = True) -> Figures:
    figures: Figures = admin.get("/api/v1/admin/analytics/", quiet=quiet).body
    return figures


def log_in_as_seller(seller: Traveller, course: dict[str, Any]) -> None:
    """Whichever of the demonstration's instructors teaches the course that was sold."""
    for account in INSTRUCTORS:
        if account.full_name == course["owner"]["display_name"]:
            log_in(seller, account.email, PASSWORD)
            return
    raise TourFailedError(f"nobody of the demonstration teaches {course['title']}")


def figures_agree(admin: Traveller, seller: Traveller, student: Traveller, before: Figures) -> None:
    """`before` is what the analytics said when the tour began; `seller` teaches the course that was sold."""
    course = student.facts["course"]
    price = course["price"]

    def counted() -> Figures | None:
        now = read_figures(admin)
        return now if gross(now, price) == gross(before, price) + price["amount"] else None

    after = admin.wait_for("the earnings grew by exactly the course's price", counted)
    read_figures(admin, quiet=False)
    admin.check(
        "top courses name the course", shown=course["id"] in [c["course_id"] for c in after["top_courses"]]
    )
    active = [user["user_id"] for user in after["most_active_users"]]
    admin.check("the most active users name the student", shown=student.facts["user_id"] in active)

    dashboard = seller.get("/api/v1/instructors/dashboard/")
    mine = next(item for item in dashboard["courses"] if item["course_id"] == course["id"])
    top = next(item for item in after["top_courses"] if item["course_id"] == course["id"])
    seller.check(
        "the instructor's dashboard counts the same enrolments",
        shown=mine["enrollments"] == top["enrollments"],
    )
    seller.check("and the same revenue", shown=mine["revenue"] == top["revenue"])


def gross(figures: Figures, price: dict[str, Any]) -> int:
    amounts = [
        line["gross"]["amount"]
        for line in figures["totals"]["earnings"]
        if line["currency"] == price["currency"]
    ]
    return sum(amounts)
