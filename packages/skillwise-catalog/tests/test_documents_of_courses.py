"""Writing a document into a working copy: the same again changes nothing, and nobody else loses a part."""

from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction
from skillwise_catalog.models import Course, Lesson
from skillwise_catalog.selectors.documents import working_copy
from skillwise_catalog.services.documents import write_working_copy
from skillwise_catalog.testing import make_course
from skillwise_kernel import clock

pytestmark = pytest.mark.django_db


def test_a_working_copys_own_document_changes_nothing_in_it() -> None:
    course = Course.objects.get(id=make_course().id)
    document = working_copy(course)

    write_working_copy(course, document, now=clock.now())

    assert working_copy(course) == document


@pytest.mark.parametrize("part", ["module", "lesson"])
def test_a_document_takes_no_part_of_another_course(part: str) -> None:
    victim, course = (Course.objects.get(id=make_course().id) for _ in range(2))
    before = working_copy(victim)
    document = working_copy(course)
    (module, *others), theirs = document.modules, before.modules[0]
    if part == "module":
        module = replace(module, id=theirs.id)
    else:
        module = replace(module, lessons=(replace(module.lessons[0], id=theirs.lessons[0].id),))

    with pytest.raises(IntegrityError), transaction.atomic():
        write_working_copy(course, replace(document, modules=(module, *others)), now=clock.now())

    assert working_copy(victim) == before
    assert Lesson.objects.filter(module__course=course).exists()
