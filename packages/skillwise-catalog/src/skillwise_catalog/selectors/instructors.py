"""Who teaches a course."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from uuid import UUID

from skillwise_catalog.dto import CourseInstructors
from skillwise_catalog.models import Course, CourseEditor
from skillwise_catalog.selectors.storefront.people import names_of

__all__ = ["author_ids", "instructors_of", "instructors_of_courses", "shown_instructors"]


def author_ids(course: Course) -> frozenset[UUID]:
    """Who teaches a course: its owner and its editors. One query."""
    editors = CourseEditor.objects.filter(course_id=course.id)
    return frozenset({course.owner_id, *editors.values_list("user_id", flat=True)})


def instructors_of(*, course_id: UUID, owner_id: UUID) -> list[dict[str, str]]:
    """Who teaches a course, as it is shown: the owner, then the editors in the order in which they came. Two
    queries.
    """
    editors = CourseEditor.objects.filter(course_id=course_id).order_by("added_at", "id")
    return shown_instructors(owner_id=owner_id, editor_ids=editors.values_list("user_id", flat=True))


def shown_instructors(*, owner_id: UUID, editor_ids: Iterable[UUID]) -> list[dict[str, str]]:
    """The owner and the editors as they are shown. One query."""
    people = [owner_id, *editor_ids]
    names = names_of(people)
    return [
        {
            "id": str(person),
            "display_name": names.get(person, ""),
            "role": "owner" if person == owner_id else "editor",
        }
        for person in people
    ]


def instructors_of_courses(*, course_ids: Collection[UUID]) -> dict[UUID, CourseInstructors]:
    """Two queries, however many."""
    wanted = set(course_ids)
    editors: dict[UUID, list[UUID]] = defaultdict(list)
    rows = CourseEditor.objects.filter(course_id__in=wanted).order_by("added_at", "id")
    for course_id, user_id in rows.values_list("course_id", "user_id"):
        editors[course_id].append(user_id)
    owners = Course.objects.filter(id__in=wanted).values_list("id", "owner_id")
    return {
        course_id: CourseInstructors(
            course_id=course_id, owner_id=owner_id, editor_ids=tuple(editors[course_id])
        )
        for course_id, owner_id in owners
    }
