"""The two courses of Open edX itself: each node of theirs is imported or reported."""

from collections import Counter
from pathlib import Path

import pytest
from skillwise_catalog.domain.imports.archive import unpacked
from skillwise_catalog.domain.imports.olx.course import LessonsFrom, read_olx
from skillwise_catalog.domain.imports.parsed import ParsedCourse
from skillwise_catalog.domain.imports.report import Reason
from skillwise_catalog.dto import CourseStatus, LessonKind
from skillwise_catalog.models import Course, MediaFile
from skillwise_catalog.selectors.documents import working_copy
from skillwise_catalog.services.packages import import_course
from skillwise_kernel import clock
from skillwise_kernel.ids import new_id

OLX = Path(__file__).parents[5] / "shared/data/olx"
pytestmark = pytest.mark.skipif(not OLX.is_dir(), reason="there is no ../shared/data/olx")


def course(name: str, lessons_from: LessonsFrom = LessonsFrom.BLOCKS) -> ParsedCourse:
    with (OLX / f"{name}.tar.gz").open("rb") as content, unpacked(content) as archive:
        return read_olx(archive, lessons_from=lessons_from)


@pytest.mark.parametrize("lessons_from", LessonsFrom)
def test_every_node_of_the_demonstration_course_is_accounted_for(lessons_from: LessonsFrom) -> None:
    notes = course("openedx-demo-course", lessons_from).notes

    seen = notes.seen()
    counted = ["chapter", "sequential", "vertical", "html", "video", "problem"]
    assert [seen[kind] for kind in counted] == [6, 17, 58, 266, 11, 29]
    assert [notes.imported[kind] for kind in counted] == [6, 17, 58, 204, 11, 17]
    assert Counter(finding.kind for finding in notes.left_out if finding.kind not in {"file", *counted}) == {
        "about": 8,
        "annotatable": 1,
        "discussion": 1,
        "done": 1,
        "drag-and-drop-v2": 1,
        "edx_sga": 1,
        "grading_policy": 1,
        "info": 3,
        "lti": 2,
        "openassessment": 2,
        "poll": 1,
        "staffgradedxblock": 1,
        "survey": 1,
        "wiki": 1,
    }


def test_every_static_file_of_the_demonstration_course_comes_along_or_is_named() -> None:
    with (OLX / "openedx-demo-course.tar.gz").open("rb") as content, unpacked(content) as archive:
        held = {path.removeprefix("course/") for path in archive if path.startswith("course/static/")}
        read = read_olx(archive)

    taken = {file.path for file in read.files}
    told = {finding.path for finding in read.notes.left_out}
    for finding in read.notes.left_out:
        if finding.path == "static/":
            names = finding.detail.removesuffix(".").partition(": ")[2]
            told |= {f"static/{name}" for name in names.split(", ")}
    assert len(held) == 123
    assert held <= taken | told


def test_the_demonstration_course_reads_as_its_authors_wrote_it() -> None:
    read = course("openedx-demo-course")

    document = read.document
    quizzes = [lesson.quiz for lesson in document.lessons if lesson.quiz]
    videos = {lesson.title: lesson for lesson in document.lessons if lesson.kind is LessonKind.VIDEO}
    assert document.title == "Open edX Demo Course"
    assert [module.title for module in document.modules][-1] == "Conclusion"
    assert len(document.file_ids) == len(read.files)
    assert any(
        question.text == "What is \\\\(120 \\times 5\\\\)?"
        or (question.answer == 600 and question.tolerance == 5)
        for quiz in quizzes
        for question in quiz.questions
    )
    reach = videos["The Reach of the Open edX Platform (2023)"]
    assert reach.video_url == "https://www.youtube.com/watch?v=AOUEsgFrYeg"
    assert sorted(caption.language for caption in reach.captions) == ["en", "es"]
    assert videos["Jellyfish Video"].video_url.endswith("/Jellyfish_720_10s_2MB.mp4")


def test_every_node_of_the_introduction_is_accounted_for() -> None:
    read = course("openedx-onboarding-intro")

    seen = read.notes.seen()
    assert [seen[kind] for kind in ("chapter", "sequential", "vertical", "html", "video", "problem")] == [
        2,
        2,
        6,
        6,
        1,
        1,
    ]
    assert read.document.title == "Introduction to Open edX for Engineers"


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("name", ["openedx-demo-course", "openedx-onboarding-intro"])
def test_what_is_read_of_a_course_becomes_a_draft_with_its_files(name: str) -> None:
    read = course(name)

    with (OLX / f"{name}.tar.gz").open("rb") as content:
        imported = import_course(content=content, owner_id=new_id(), now=clock.now())

    draft = Course.objects.get(id=imported.course_id)
    written = working_copy(draft)
    found = {file.path for file in read.files}
    refused = {it.path for it in imported.notes.left_out if it.reason is Reason.FILE_REFUSED} & found
    assert draft.status == CourseStatus.DRAFT
    assert [module.title for module in written.modules] == [module.title for module in read.document.modules]
    assert [lesson.title for lesson in written.lessons] == [lesson.title for lesson in read.document.lessons]
    assert [lesson.kind for lesson in written.lessons] == [lesson.kind for lesson in read.document.lessons]
    assert MediaFile.objects.count() == len(found - refused)
    assert written.file_ids <= set(MediaFile.objects.values_list("id", flat=True))
