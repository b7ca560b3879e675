"""Telling the owner of a course what became of its review."""

from skillwise_identity import api as identity

from skillwise_catalog.models import Course

__all__ = ["mail_approval", "mail_return"]


def mail_approval(course: Course) -> None:
    """Needs the transaction in which the course was approved."""
    _mail(course, "approved")


def mail_return(course: Course) -> None:
    """As `mail_approval`, with the note."""
    _mail(course, "returned", note=course.review_note)


def _mail(course: Course, outcome: str, **context: str) -> None:
    if not identity.get_users(ids=[course.owner_id]):  # nobody to tell must not hold up the review
        return
    identity.notify(
        user_id=course.owner_id,
        template=f"skillwise_catalog/mail/{outcome}",
        context={"course_title": course.title, **context},
        dedupe_key=f"catalog.{outcome}:{course.id}:{course.version}",
    )
