"""How long a lesson takes that says nothing of it: as long as its video, once that is known, and no other."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from files import MP4, upload
from races import waiting_for
from skillwise_catalog.gateways.video import VideoFacts
from skillwise_catalog.models import Course, Lesson, MediaFile
from skillwise_catalog.services.uploads import probing
from skillwise_catalog.testing import make_course, outline_of
from skillwise_kernel import clock
from skillwise_kernel.testing.client import ApiClient

pytestmark = pytest.mark.django_db


@pytest.fixture
def is_known(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, float], None]:
    """`is_known(video_id, 10)`: ffprobe has found out how long the video is."""

    def is_known(video_id: str, seconds: float) -> None:
        facts = VideoFacts(duration=seconds, width=64, height=48, video_codec="h264", audio_codec="")
        with monkeypatch.context() as patch:
            patch.setattr(probing, "probe", lambda *_args, **_options: facts)
            probing.probe_video(file_id=UUID(video_id), now=clock.now())

    return is_known


@pytest.fixture
def video(instructor: ApiClient, is_known: Callable[[str, float], None]) -> Callable[..., str]:
    """`video(10)`: the id of a video of ten seconds; `video()`: of one that nobody has looked into yet."""

    def video(seconds: float | None = None) -> str:
        video_id = str(instructor.json(upload(instructor, "a.mp4", MP4))["id"])
        if seconds is not None:
            is_known(video_id, seconds)
        return video_id

    return video


@pytest.fixture
def course_id(instructor_id: UUID) -> UUID:
    return make_course(owner_id=instructor_id, published=False).id


@pytest.fixture
def filmed(instructor: ApiClient, course_id: UUID) -> Callable[..., Any]:
    """`filmed(upload_id=…)`: the answer that made a lesson of a video."""

    def filmed(**fields: Any) -> Any:
        lessons = f"/api/v1/modules/{outline_of(course_id).modules[0].id}/lessons/"
        answer = instructor.post(lessons, {"title": "Film", "kind": "video", **fields})
        assert answer.status_code == 201, answer.content
        return answer

    return filmed


def test_another_video_takes_as_long_as_it_is(
    instructor: ApiClient, video: Callable[..., str], filmed: Callable[..., Any], course_id: UUID
) -> None:
    lesson = filmed(upload_id=video(10))["Location"]
    before = Course.objects.get(id=course_id).duration

    changed = instructor.patch(lesson, {"upload_id": video(30)})

    assert instructor.json(changed)["duration"] == 30
    assert Course.objects.get(id=course_id).duration == before + 20


def test_another_video_that_is_not_known_yet_takes_as_long_as_it_turns_out_to_be(
    instructor: ApiClient,
    video: Callable[..., str],
    filmed: Callable[..., Any],
    is_known: Callable[[str, float], None],
) -> None:
    lesson, new = filmed(upload_id=video(10))["Location"], video()

    assert instructor.json(instructor.patch(lesson, {"upload_id": new}))["duration"] == 0
    is_known(new, 30)

    assert instructor.json(instructor.get(lesson))["duration"] == 30


@pytest.mark.parametrize(
    "content",
    [
        {"video_url": "https://videos.example/f.mp4"},
        {"kind": "article", "article": "Text."},
    ],
    ids=["address", "article"],
)
def test_a_videos_duration_goes_with_it(
    instructor: ApiClient, video: Callable[..., str], filmed: Callable[..., Any], content: dict[str, str]
) -> None:
    ours, told = filmed(upload_id=video(10)), filmed(upload_id=video(10), duration=12)

    assert instructor.json(instructor.patch(ours["Location"], content))["duration"] == 0
    assert instructor.json(instructor.patch(told["Location"], content))["duration"] == 12


def test_a_duration_that_its_author_wrote_stays(
    instructor: ApiClient, video: Callable[..., str], filmed: Callable[..., Any]
) -> None:
    lesson, other = (
        filmed(upload_id=video(10), duration=12)["Location"],
        filmed(upload_id=video(10))["Location"],
    )

    kept = instructor.patch(lesson, {"upload_id": video(30)})
    told = instructor.patch(other, {"upload_id": video(30), "duration": 10})
    retitled = instructor.patch(lesson, {"title": "Other"})

    assert [instructor.json(answer)["duration"] for answer in (kept, told, retitled)] == [12, 10, 12]


def test_who_edits_by_what_the_lesson_was_before_its_video_was_known_edits_it(
    instructor: ApiClient,
    video: Callable[..., str],
    filmed: Callable[..., Any],
    is_known: Callable[[str, float], None],
) -> None:
    film = video()
    made = filmed(upload_id=film)
    is_known(film, 10)

    changed = instructor.patch(made["Location"], {"title": "Other"}, headers={"If-Match": made["ETag"]})

    assert changed.status_code == 200
    assert (instructor.json(changed)["title"], instructor.json(changed)["duration"]) == ("Other", 10)
    again = instructor.patch(made["Location"], {"title": "Old"}, headers={"If-Match": made["ETag"]})
    assert again.status_code == 412


@pytest.mark.parametrize(
    ("end", "shown"), [("withdraw", None), ("return", None), ("approve", 0), ("publish", 0)]
)
def test_a_course_stays_as_it_is_reviewed_until_the_review_ends(
    instructor: ApiClient,
    admin: ApiClient,
    video: Callable[..., str],
    filmed: Callable[..., Any],
    is_known: Callable[[str, float], None],
    course_id: UUID,
    end: str,
    shown: int | None,
) -> None:
    film = video()
    lesson = instructor.json(filmed(upload_id=film))["id"]
    assert instructor.post(f"/api/v1/courses/{course_id}/submit/").status_code == 200

    is_known(film, 10)

    assert MediaFile.objects.get(id=film).duration == 10
    assert Lesson.objects.get(id=lesson).duration == 0
    client = instructor if end == "withdraw" else admin
    body = {"note": "No sound."} if end == "return" else None
    assert client.post(f"/api/v1/courses/{course_id}/{end}/", body).status_code == 200
    course = Course.objects.get(id=course_id)
    assert (Lesson.objects.get(id=lesson).duration, course.has_changes) == (10, True)
    if shown is not None:
        assert course.edition.lessons.get(id=lesson).duration == shown


def test_a_restored_version_takes_as_long_as_its_video_that_is_known_by_now(
    instructor: ApiClient,
    admin: ApiClient,
    video: Callable[..., str],
    filmed: Callable[..., Any],
    is_known: Callable[[str, float], None],
    course_id: UUID,
) -> None:
    film = video()
    lesson = instructor.json(filmed(upload_id=film))["id"]
    assert admin.post(f"/api/v1/courses/{course_id}/publish/").status_code == 200
    is_known(film, 10)
    assert admin.post(f"/api/v1/courses/{course_id}/publish/").status_code == 200

    others = Course.objects.get(id=course_id).duration - 10
    restored = instructor.post(f"/api/v1/courses/{course_id}/versions/1/restore/")

    assert instructor.json(restored)["duration"] == others + 10
    assert Lesson.objects.get(id=lesson).duration == 10


def test_a_copy_of_a_course_in_review_takes_as_long_as_its_video_that_is_known_by_now(
    instructor: ApiClient,
    video: Callable[..., str],
    filmed: Callable[..., Any],
    is_known: Callable[[str, float], None],
    course_id: UUID,
) -> None:
    film = video()
    filmed(upload_id=film)
    assert instructor.post(f"/api/v1/courses/{course_id}/submit/").status_code == 200
    is_known(film, 10)

    copy = instructor.json(instructor.post(f"/api/v1/courses/{course_id}/duplicate/"))

    original = Course.objects.get(id=course_id)
    assert Course.objects.get(id=copy["id"]).duration == original.duration + 10


@pytest.mark.django_db(transaction=True)
def test_a_copy_that_is_made_while_its_video_becomes_known_takes_as_long_as_that(
    instructor: ApiClient,
    video: Callable[..., str],
    filmed: Callable[..., Any],
    is_known: Callable[[str, float], None],
    course_id: UUID,
) -> None:
    film = video()
    filmed(upload_id=film)

    with waiting_for(lambda: is_known(film, 10)):
        copy = instructor.json(instructor.post(f"/api/v1/courses/{course_id}/duplicate/"))

    durations = Lesson.objects.filter(file_id=film).order_by("module__course_id")
    assert list(durations.values_list("module__course_id", "duration")) == [
        (course_id, 10),
        (UUID(copy["id"]), 10),
    ]
