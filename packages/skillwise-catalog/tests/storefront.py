"""Courses on the storefront, and what a list of them answers."""

from datetime import UTC, datetime
from typing import Any

from skillwise_catalog.dto import CourseSummary
from skillwise_catalog.models import Course
from skillwise_catalog.services.lifecycle import publish_course
from skillwise_catalog.testing import make_course
from skillwise_kernel.actor import Actor
from skillwise_kernel.ids import new_id

COURSES = "/api/v1/courses/"
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
ADMIN = Actor(id=new_id(), roles=frozenset({"admin"}), is_verified=True)


def tagged(*tags: str, **fields: Any) -> CourseSummary:
    course = make_course(published=False, now=NOW, **fields)
    Course.objects.filter(id=course.id).update(tags=list(tags))
    publish_course(actor=ADMIN, course_id=course.id, now=NOW)
    return course


def titles(answer: Any) -> list[str]:
    return [course["title"] for course in answer["results"]]
