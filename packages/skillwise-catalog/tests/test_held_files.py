"""A file that a text of a working copy names is held by the database, whoever wrote that, and however."""

import io
import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from files import UPLOADS
from hypothesis import HealthCheck, example, given, settings
from olx_packages import PNG, html, olx
from races import waiting_for
from skillwise_catalog.domain.references import media_spelled_in
from skillwise_catalog.dto import CourseSummary
from skillwise_catalog.errors import MediaInUseError, MediaNotFoundError, UploadNotFoundError
from skillwise_catalog.models import Course, Lesson, MediaFile, MediaUsage, NamedFile
from skillwise_catalog.services.courses import change_course
from skillwise_catalog.services.importing import import_catalog
from skillwise_catalog.services.packages import import_course
from skillwise_catalog.services.uploads.removing import delete_upload
from skillwise_catalog.testing import QUIZ, make_course, make_file, outline_of
from skillwise_kernel import clock
from skillwise_kernel.actor import Actor
from skillwise_kernel.ids import new_id
from skillwise_kernel.testing.client import ApiClient
from spellings import FILE_ID, scraps

pytestmark = pytest.mark.django_db

COURSES = "/api/v1/courses/"
PLACES = ["description", "article", "quiz"]


@pytest.fixture
def grace_id(people: Callable[[str], UUID]) -> UUID:
    return people("Grace Hopper")


@pytest.fixture
def grace(api: ApiClient, grace_id: UUID) -> ApiClient:
    return api.as_actor(grace_id, roles=["instructor"])


def notes_of(owner_id: UUID) -> UUID:
    return make_file(owner_id=owner_id, name="notes.txt", content=b"Rye, 500 g.")


def a_loaf(file_id: UUID) -> str:
    return f"![A loaf](media:{file_id})"


def content(place: str, text: str) -> dict[str, Any]:
    """Of a lesson that says this."""
    if place == "article":
        return {"kind": "article", "article": text}
    choices = [{"text": text, "is_correct": True}, {"text": "Salt"}]
    question = {"kind": "single", "text": "What makes it rise?", "choices": choices}
    return {"kind": "quiz", "quiz": {"questions": [question]}}


def write(client: ApiClient, course: CourseSummary, place: str, text: str) -> None:
    """Have the course say so in that place, and nothing else there."""
    if place == "description":
        answer = client.patch(f"{COURSES}{course.id}/", {"description": text})
    else:
        lesson = outline_of(course.id).modules[0].lessons[0]
        answer = client.patch(f"/api/v1/lessons/{lesson.id}/", content(place, text))
    assert answer.status_code == 200, answer.content


def held() -> set[tuple[UUID | None, UUID | None, UUID]]:
    return set(NamedFile.objects.values_list("course_id", "lesson_id", "file_id"))


def code_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, ApiClient.json(answer)["code"] if answer.content else ""


# Whose


@pytest.mark.parametrize("place", PLACES)
def test_a_file_is_held_by_a_course_that_its_owner_may_edit_no_more(
    instructor: ApiClient, instructor_id: UUID, grace: ApiClient, grace_id: UUID, place: str
) -> None:
    course = make_course(owner_id=instructor_id, published=False, editor_ids=[grace_id])
    file_id = notes_of(grace_id)
    write(grace, course, place, a_loaf(file_id))
    assert instructor.delete(f"{COURSES}{course.id}/instructors/{grace_id}/").status_code == 200

    refused = grace.delete(f"{UPLOADS}{file_id}/")

    assert code_of(refused) == (409, "catalog.media_in_use")
    write(instructor, course, place, "No loaf.")
    assert grace.delete(f"{UPLOADS}{file_id}/").status_code == 204


@pytest.mark.parametrize("place", PLACES)
def test_a_draft_that_is_deleted_lets_go_of_the_files_that_it_named(
    instructor: ApiClient, instructor_id: UUID, place: str
) -> None:
    course = make_course(owner_id=instructor_id, published=False)
    file_id = notes_of(instructor_id)
    write(instructor, course, place, a_loaf(file_id))
    assert instructor.delete(f"{UPLOADS}{file_id}/").status_code == 409

    assert instructor.delete(f"{COURSES}{course.id}/").status_code == 204

    assert instructor.delete(f"{UPLOADS}{file_id}/").status_code == 204


def test_a_lesson_that_becomes_something_else_lets_go_of_what_its_text_named(
    instructor: ApiClient, instructor_id: UUID
) -> None:
    course = make_course(owner_id=instructor_id, published=False)
    lesson = outline_of(course.id).modules[0].lessons[0]
    one, two = notes_of(instructor_id), notes_of(instructor_id)

    write(instructor, course, "article", f"{a_loaf(one)} {a_loaf(two)} {a_loaf(two)}")
    assert held() == {(None, lesson.id, one), (None, lesson.id, two)}

    write(instructor, course, "quiz", a_loaf(two))
    assert held() == {(None, lesson.id, two)}

    instructor.patch(f"/api/v1/lessons/{lesson.id}/", {"title": "Another"})
    assert held() == {(None, lesson.id, two)}

    video = {"kind": "video", "video_url": "https://videos.example/bread.mp4"}
    assert instructor.patch(f"/api/v1/lessons/{lesson.id}/", video).status_code == 200
    assert held() == set()


def test_an_edit_that_names_files_asks_no_more_than_one_that_names_none(
    instructor: ApiClient, instructor_id: UUID, django_assert_max_num_queries: Any
) -> None:
    course = make_course(owner_id=instructor_id, published=False)
    write(instructor, course, "article", "Warm up.")
    with django_assert_max_num_queries(100) as without:
        write(instructor, course, "article", "No loaf.")
    texts = " ".join(a_loaf(notes_of(instructor_id)) for _ in range(5))

    # Whether each may be named: see `check_references`.
    with django_assert_max_num_queries(len(without) + 2):
        write(instructor, course, "article", texts)

    assert len(held()) == 5


# However it was written


def test_a_copy_holds_the_files_of_its_original(instructor: ApiClient, instructor_id: UUID) -> None:
    course = make_course(owner_id=instructor_id, published=False)
    file_id, other_id = notes_of(instructor_id), notes_of(instructor_id)
    write(instructor, course, "description", a_loaf(file_id))
    write(instructor, course, "quiz", a_loaf(other_id))

    copy_id = instructor.json(instructor.post(f"{COURSES}{course.id}/duplicate/"))["id"]
    instructor.delete(f"{COURSES}{course.id}/")

    lesson = outline_of(UUID(copy_id)).modules[0].lessons[0]
    assert held() == {(UUID(copy_id), None, file_id), (None, lesson.id, other_id)}


def test_a_version_that_is_restored_holds_its_files_again(
    instructor: ApiClient, admin: ApiClient, instructor_id: UUID
) -> None:
    file_id, other_id = notes_of(instructor_id), notes_of(instructor_id)
    course = make_course(owner_id=instructor_id, description=a_loaf(file_id))
    write(instructor, course, "description", a_loaf(other_id))
    assert held() == {(course.id, None, other_id)}

    assert instructor.post(f"{COURSES}{course.id}/versions/1/restore/").status_code == 200

    assert held() == {(course.id, None, file_id)}


def test_an_imported_package_holds_the_files_that_came_along(instructor_id: UUID) -> None:
    package = olx(
        html('<p>See <img src="/static/loaf.png" alt="a loaf"/></p>'), **{"course/static/loaf.png": PNG}
    )

    import_course(content=io.BytesIO(package), owner_id=instructor_id, now=clock.now())

    picture = MediaFile.objects.get()
    assert held() == {(None, Lesson.objects.get().id, picture.id)}


def test_an_imported_list_holds_the_files_that_it_names(instructor_id: UUID) -> None:
    file_id, other_id = notes_of(instructor_id), notes_of(instructor_id)
    header = "course,title,description,module,lesson,kind,content"

    def load(text: str) -> None:
        row = f"bread,Bread,{a_loaf(file_id)},One,Look,article,{text}"
        report = import_catalog(
            lines=[f"{header}\n".encode(), row.encode()], owner_ids=[instructor_id], now=clock.now()
        )
        assert report.problems == ()

    load(a_loaf(other_id))
    course, lesson = Course.objects.get(), Lesson.objects.get()
    assert held() == {(course.id, None, file_id), (None, lesson.id, other_id)}

    load("No loaf.")
    assert held() == {(course.id, None, file_id)}


# What it names


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("spelling", ["media&#58;{}", "&#109;edia:{}", "media\\:{}", "media&colon;{}"])
def test_a_file_that_is_named_in_another_spelling_is_held(
    instructor: ApiClient, instructor_id: UUID, place: str, spelling: str
) -> None:
    course = make_course(owner_id=instructor_id, published=False)
    file_id = notes_of(instructor_id)

    write(instructor, course, place, f"![A loaf]({spelling.format(file_id)})")

    assert code_of(instructor.delete(f"{UPLOADS}{file_id}/")) == (409, "catalog.media_in_use")


@pytest.mark.parametrize("spelling", ["media:{}", "MEDIA:{}", "media&#58;{}", "`media\\:{}`"])
@pytest.mark.parametrize("place", PLACES)
def test_nobody_holds_a_file_of_somebody_elses(
    instructor: ApiClient, instructor_id: UUID, grace_id: UUID, place: str, spelling: str
) -> None:
    """Its owner could not delete it."""
    course = make_course(owner_id=instructor_id, published=False)
    text = f"![A loaf]({spelling.format(notes_of(grace_id))})"
    lesson = outline_of(course.id).modules[0].lessons[0]

    if place == "description":
        refused = instructor.patch(f"{COURSES}{course.id}/", {"description": text})
    else:
        refused = instructor.patch(f"/api/v1/lessons/{lesson.id}/", content(place, text))

    assert code_of(refused) == (422, "catalog.upload_not_found")
    assert held() == set()


def test_a_file_that_never_was_is_not_held(instructor_id: UUID) -> None:
    course = make_course(owner_id=instructor_id, published=False)

    Course.objects.filter(id=course.id).update(description=a_loaf(new_id()))

    assert held() == set()


def test_what_is_no_markdown_of_a_quiz_holds_nothing(instructor_id: UUID) -> None:
    course = make_course(owner_id=instructor_id, published=False)
    lesson = outline_of(course.id).modules[0].lessons[0]
    quiz = json.loads(json.dumps(QUIZ))
    quiz["questions"][3]["accepted"] = [a_loaf(notes_of(instructor_id))]

    Lesson.objects.filter(id=lesson.id).update(kind="quiz", article="", quiz=quiz)

    assert held() == set()


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=scraps)
@example(text=f"media&#5&#56;;{FILE_ID} &#58;")
@example(text=f"media&#92;:{FILE_ID}")
@example(text=f"media\\&#58;{FILE_ID}")
@example(text=f"media&#0000058;{FILE_ID.upper()}")
@example(text=f"media&#00000058;{FILE_ID} media&#x0000003a;{FILE_ID}")
@example(text=f"media&#x8000003a;{FILE_ID}")
@example(text=f"med\u0131a:{FILE_ID}")
def test_postgresql_finds_the_files_that_authors_are_asked_about(text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT skillwise_catalog_files_named_in(%s)", [text])
        (found,) = cursor.fetchone() or ((),)

    assert set(found) == media_spelled_in(text)


@pytest.mark.parametrize("place", PLACES)
def test_what_a_version_names_in_another_spelling_is_held_by_it(
    instructor: ApiClient, admin: ApiClient, instructor_id: UUID, place: str
) -> None:
    course = make_course(owner_id=instructor_id, published=False)
    file_id = notes_of(instructor_id)
    write(instructor, course, place, f"![A loaf](media&#58;{file_id})")
    assert admin.post(f"{COURSES}{course.id}/publish/").status_code == 200

    write(instructor, course, place, "No loaf.")

    assert held() == set()
    assert code_of(instructor.delete(f"{UPLOADS}{file_id}/")) == (409, "catalog.media_in_use")


# At once, and by hand


def test_a_deletion_locks_the_owners_space_before_the_file_as_imports_do(
    instructor_id: UUID, django_assert_max_num_queries: Any
) -> None:
    file_id = notes_of(instructor_id)

    with django_assert_max_num_queries(20) as queries:
        delete_upload(owner_id=instructor_id, upload_id=file_id)

    locking = [entry["sql"] for entry in queries.captured_queries if "FOR UPDATE" in entry["sql"]]
    assert ["mediausage" in statement for statement in locking] == [True, False]


def test_the_database_itself_refuses_to_delete_a_file_that_is_named(instructor_id: UUID) -> None:
    file_id = notes_of(instructor_id)
    make_course(owner_id=instructor_id, published=False, description=a_loaf(file_id))

    @transaction.atomic
    def delete() -> None:
        MediaFile.objects.filter(id=file_id)._raw_delete(using="default")
        connection.check_constraints()

    with pytest.raises(IntegrityError, match="skillwise_catalog_namedfile"):
        delete()


@pytest.mark.django_db(transaction=True)
def test_a_file_that_is_named_while_it_is_deleted_is_kept(instructor_id: UUID) -> None:
    file_id = notes_of(instructor_id)
    course = make_course(owner_id=instructor_id, published=False)

    with (
        pytest.raises(MediaInUseError),
        waiting_for(lambda: delete_upload(owner_id=instructor_id, upload_id=file_id)),
    ):
        Course.objects.filter(id=course.id).update(description=a_loaf(file_id))

    assert held() == {(course.id, None, file_id)}
    assert MediaUsage.objects.get().used_bytes > 0


@pytest.mark.django_db(transaction=True)
def test_a_file_that_is_deleted_while_it_is_named_is_unknown(instructor_id: UUID) -> None:
    file_id = notes_of(instructor_id)
    course = make_course(owner_id=instructor_id, published=False)
    author = Actor(id=instructor_id, roles=frozenset({"instructor"}), is_verified=True)

    def name() -> None:
        changes = {"description": a_loaf(file_id)}
        change_course(actor=author, course_id=course.id, changes=changes, now=clock.now())

    with pytest.raises(UploadNotFoundError), waiting_for(name):
        delete_upload(owner_id=instructor_id, upload_id=file_id)

    assert held() == set()


@pytest.mark.django_db(transaction=True)
def test_text_that_asks_nobody_waits_for_a_deletion_and_holds_nothing(instructor_id: UUID) -> None:
    file_id = notes_of(instructor_id)
    course = make_course(owner_id=instructor_id, published=False)

    with waiting_for(lambda: Course.objects.filter(id=course.id).update(description=a_loaf(file_id))):
        delete_upload(owner_id=instructor_id, upload_id=file_id)

    assert held() == set()
    with pytest.raises(MediaNotFoundError):
        delete_upload(owner_id=instructor_id, upload_id=file_id)
