"""A course that is exported and imported again is the same course."""

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from course_documents import TOO_LONG_QUIZ
from django.core.management import CommandError, call_command
from files import PDF, VTT, picture, zipped
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from skillwise_catalog.domain.documents import (
    CaptionDocument,
    CourseDocument,
    LessonDocument,
    ModuleDocument,
    ResourceDocument,
)
from skillwise_catalog.domain.imports.packages.manifest import PACKAGE_FORMAT, read_manifest
from skillwise_catalog.domain.quizzes import read_quiz
from skillwise_catalog.domain.text import clean_line, clean_tag
from skillwise_catalog.dto import LessonKind
from skillwise_catalog.errors import CourseNotFoundError, PackageRefusedError
from skillwise_catalog.models import Category, Course, Lesson, MediaFile
from skillwise_catalog.services.categories import ensure_category
from skillwise_catalog.services.courses import insert_course
from skillwise_catalog.services.documents import write_working_copy
from skillwise_catalog.services.exporting import export_course
from skillwise_catalog.services.packages import import_course
from skillwise_catalog.services.uploads.taking import store_upload
from skillwise_kernel.ids import new_id
from skillwise_kernel.money import Money

NOW = datetime(2026, 11, 27, 10, 0, tzinfo=UTC)
UUID_TEXT = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def quiz_of_every_kind() -> dict[str, Any]:
    choices = [{"text": "a", "is_correct": True}, {"text": "b"}]
    return {
        "pass_percent": 60,
        "questions": [
            {"kind": "single", "text": "One?", "choices": choices, "explanation": "So.", "points": 3},
            {"kind": "multiple", "text": "Many?", "choices": choices},
            {"kind": "true_false", "text": "True?", "is_true": False},
            {"kind": "short_text", "text": "Say.", "accepted": ["Brot", "bread"]},
            {"kind": "numeric", "text": "N?", "answer": "2.50", "tolerance": "0.1"},
        ],
    }


def everything(file: Callable[[str, bytes], UUID]) -> CourseDocument:
    """A course that has something in each of its members."""
    picture_id, captions = file("loaf.png", picture("PNG")), file("a.vtt", VTT)
    sheet = file("Sheet 1.pdf", PDF)
    return CourseDocument(
        title="Bread",
        subtitle="From three",
        description="A **loaf**.\n\nA week.",
        language="pt-BR",
        level="beginner",
        category=("Kitchen", "Bread"),
        tags=("yeast",),
        outcomes=("You bake",),
        requirements=("An oven",),
        audience=("All",),
        price=Money(4990, "EUR"),
        cover_id=picture_id,
        promo_video_url="https://videos.example/promo.mp4",
        modules=(
            ModuleDocument(
                title="Begin",
                lessons=(
                    LessonDocument(
                        title="Why",
                        kind=LessonKind.ARTICLE,
                        group="First",
                        is_preview=True,
                        article=f"![a loaf](media:{picture_id})",
                        resources=(ResourceDocument(title="Sheet", file_id=sheet),),
                    ),
                    LessonDocument(
                        title="See",
                        kind=LessonKind.VIDEO,
                        duration=61,
                        is_downloadable=True,
                        video_url="https://videos.example/a.mp4",
                        captions=(CaptionDocument(language="en", file_id=captions),),
                    ),
                ),
            ),
            ModuleDocument(
                title="End",
                lessons=(
                    LessonDocument(title="Sheet", kind=LessonKind.FILE, file_id=sheet),
                    LessonDocument(title="Quiz", kind=LessonKind.QUIZ, quiz=read_quiz(quiz_of_every_kind())),
                ),
            ),
        ),
    )


@pytest.fixture
def course(db: None) -> Course:
    owner_id = new_id()

    def file(name: str, content: bytes) -> UUID:
        return store_upload(owner_id=owner_id, name=name, content=io.BytesIO(content), now=NOW).id

    course = insert_course(Course(owner_id=owner_id, title="Bread", created_at=NOW, updated_at=NOW))
    ensure_category(path=("Kitchen", "Bread"))
    write_working_copy(course, everything(file), now=NOW)
    return course


def exported(course_id: UUID | None) -> bytes:
    assert course_id
    return b"".join(export_course(course_id=course_id))


def load(content: bytes) -> UUID | None:
    return import_course(content=io.BytesIO(content), owner_id=new_id(), now=NOW).course_id


def without_ids(package: bytes) -> dict[str, bytes]:
    """The package with each id replaced by the number of ids before it."""
    numbers: dict[str, str] = {}

    def number(match: re.Match[str]) -> str:
        return numbers.setdefault(match[0], f"#{len(numbers)}")

    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return {
            UUID_TEXT.sub(number, name): _plain(archive.read(name), number) for name in archive.namelist()
        }


def _plain(content: bytes, number: Callable[[re.Match[str]], str]) -> bytes:
    return UUID_TEXT.sub(number, content.decode()).encode() if content[:1] == b"{" else content


def changed(
    package: bytes, change: Callable[[dict[str, Any]], Any], contents: dict[bytes, bytes] | None = None
) -> bytes:
    """With another description, and with other `contents` of files by what they were."""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    entries = {name: (contents or {}).get(content, content) for name, content in entries.items()}
    manifest = json.loads(entries["course.json"])
    change(manifest)
    return zipped({**entries, "course.json": json.dumps(manifest).encode()})


def test_an_exported_course_imports_to_the_same_course_but_for_its_ids(course: Course) -> None:
    first = exported(course.id)

    again_id = load(first)

    again = exported(again_id)
    assert without_ids(again) == without_ids(first)
    assert again_id != course.id
    assert not set(UUID_TEXT.findall(_modules(first))) & set(UUID_TEXT.findall(_modules(again)))


def _modules(package: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        modules = json.loads(archive.read("course.json"))["course"]["modules"]
    return json.dumps([[module["id"], [lesson["id"] for lesson in module["lessons"]]] for module in modules])


def test_a_package_lists_its_files_with_their_checksums(course: Course) -> None:
    with zipfile.ZipFile(io.BytesIO(exported(course.id))) as archive:
        manifest = json.loads(archive.read("course.json"))
        contents = {file["name"]: archive.read(file["path"]) for file in manifest["files"]}

    assert contents == {"loaf.png": picture("PNG"), "a.vtt": VTT, "Sheet 1.pdf": PDF}
    listed = {file["name"]: file for file in manifest["files"]}
    assert listed["a.vtt"]["size"] == len(VTT)
    assert listed["a.vtt"]["sha256"] == hashlib.sha256(VTT).hexdigest()
    assert listed["a.vtt"]["content_type"] == "text/vtt"


def test_a_package_makes_no_shelves(course: Course) -> None:
    content = changed(
        exported(course.id), lambda written: written["course"].update(category=["Kitchen", "Cake"])
    )

    imported_id = load(content)

    assert Course.objects.get(id=imported_id).category is None
    assert sorted(category.name for category in Category.objects.all()) == ["Bread", "Kitchen"]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        (lambda written: written.update(format="other/1"), "/format"),
        (lambda written: written.update(surprise=1), "/surprise"),
        (lambda written: written["course"].update(title=""), "/course/title"),
        (lambda written: written["course"].update(title=["x"]), "/course/title"),
        (lambda written: written["course"].update(language="!"), "/course/language"),
        (lambda written: written["course"].update(level="hard"), "/course/level"),
        (lambda written: written["course"].update(tags="bread"), "/course/tags"),
        (lambda written: written["course"].update(tags=["a\u202e"]), "/course/tags/0"),
        (lambda written: written["course"]["price"].update(amount=-1), "/course/price/amount"),
        (lambda written: written["course"]["price"].update(currency="XXX"), "/course/price/currency"),
        (lambda written: written["course"]["modules"][0].update(id="x"), "/course/modules/0/id"),
        (
            lambda written: written["course"]["modules"][0]["lessons"][0].update(kind="song"),
            "/course/modules/0/lessons/0/kind",
        ),
        (
            lambda written: written["course"]["modules"][0]["lessons"][0].update(video_url="https://a.b/"),
            "/course/modules/0/lessons/0",
        ),
        (
            lambda written: written["course"]["modules"][1]["lessons"][1].update(quiz=TOO_LONG_QUIZ),
            "/course/modules/1/lessons/1/quiz/questions",
        ),
        (
            lambda written: written["course"]["modules"][0]["lessons"][1].update(duration=1e9),
            "/course/modules/0/lessons/1/duration",
        ),
        (
            lambda written: [
                written["course"].update(promo_video_id=written["course"]["cover_id"], cover_id=None),
                written["files"][0].update(name="loaf.mp4"),
            ],
            "/course/promo_video_url",
        ),
        (
            lambda written: written["course"]["modules"][0]["lessons"][1].update(
                captions=written["course"]["modules"][0]["lessons"][1]["captions"] * 2
            ),
            "/course/modules/0/lessons/1/captions",
        ),
        (
            lambda written: written["course"]["modules"][0]["lessons"][1]["captions"][0].update(
                file_id=written["course"]["cover_id"]
            ),
            "/course/modules/0/lessons/1/captions/0/file_id",
        ),
        (lambda written: written["files"].pop(), "/files"),
        (lambda written: written["files"].append(written["files"][0]), "/files"),
        (lambda written: written["files"][0].update(size="1"), "/files/0/size"),
        (
            lambda written: written["course"]["modules"].append(written["course"]["modules"][0]),
            "/course/modules",
        ),
    ],
)
def test_a_package_is_refused_with_a_pointer_to_what_is_wrong(
    course: Course, change: Callable[[dict[str, Any]], Any], pointer: str
) -> None:
    content = changed(exported(course.id), change)

    with pytest.raises(PackageRefusedError) as refused:
        load(content)

    assert [problem.pointer for problem in refused.value.fields] == [pointer]
    assert Course.objects.count() == 1


def test_captions_that_players_would_drop_refuse_the_whole(course: Course) -> None:
    bad = VTT.replace(b"00:02.500 -->", b"00:02,500 -->")

    def list_the_bad(written: dict[str, Any]) -> None:
        listed = next(file for file in written["files"] if file["name"] == "a.vtt")
        listed.update(size=len(bad), sha256=hashlib.sha256(bad).hexdigest())

    content = changed(exported(course.id), list_the_bad, {VTT: bad})

    with pytest.raises(PackageRefusedError, match="Line 7: times are written") as refused:
        load(content)

    assert refused.value.extra["reason"] == "file"
    assert Course.objects.count() == 1


@pytest.mark.parametrize("spelling", ["media:", "media\\:", "media&#58;", "m&#101;dia:", "MEDIA:"])
def test_a_text_names_the_files_that_came_along_however_it_spells_them(course: Course, spelling: str) -> None:
    article = f"[Look]({spelling}{course.cover_id})"
    Lesson.objects.filter(article__contains="a loaf").update(article=article)

    imported = Course.objects.get(id=load(exported(course.id)))

    assert imported.cover_id != course.cover_id
    (lesson,) = Lesson.objects.filter(module__course=imported, article__contains="Look")
    assert lesson.article == f"[Look](media:{imported.cover_id})"


@pytest.mark.parametrize("spelling", ["media:", "media\\:", "media&#58;", "m&#101;dia:", "MEDIA:"])
def test_a_text_that_names_a_file_of_somebody_else_refuses_the_whole(course: Course, spelling: str) -> None:
    theirs = store_upload(owner_id=new_id(), name="sheet.pdf", content=io.BytesIO(PDF), now=NOW)
    article = f"[Look]({spelling}{theirs.id})"
    content = changed(
        exported(course.id),
        lambda written: written["course"]["modules"][0]["lessons"][0].update(article=article),
    )

    with pytest.raises(PackageRefusedError) as refused:
        load(content)

    assert refused.value.fields[0].pointer == "/files"
    assert (Course.objects.count(), MediaFile.objects.count()) == (1, 4)


@pytest.mark.parametrize(
    "change",
    [{"sha256": "0" * 64}, {"size": 1}, {"path": "files/none"}, {"name": "loaf.exe"}, {"name": "loaf.jpg"}],
)
def test_a_file_that_is_not_as_listed_refuses_the_whole(
    course: Course, media: Path, change: dict[str, Any]
) -> None:
    content = changed(exported(course.id), lambda written: written["files"][0].update(change))
    before = sorted(media.rglob("*"))

    with pytest.raises(PackageRefusedError) as refused:
        load(content)

    assert refused.value.extra["reason"] == "file"
    assert (Course.objects.count(), MediaFile.objects.count()) == (1, 3)
    assert [path for path in sorted(media.rglob("*")) if path.is_file()] == [
        path for path in before if path.is_file()
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "reason"), [(b"{", "json"), (b"[" * 100_000, "json"), (b"[]", "manifest"), (b"\xff", "json")]
)
def test_what_is_no_description_is_refused(content: bytes, reason: str) -> None:
    with pytest.raises(PackageRefusedError) as refused:
        load(zipped({"course.json": content}))

    assert refused.value.extra["reason"] == reason


@pytest.mark.django_db
def test_only_a_course_that_exists_is_exported() -> None:
    with pytest.raises(CourseNotFoundError):
        export_course(course_id=new_id())


def test_the_commands_export_and_import(course: Course, tmp_path: Path, instructor_id: UUID) -> None:
    file = tmp_path / "bread.zip"

    call_command("export_course", course.slug, "--to", file)
    call_command("import_package", file, "--owner", str(instructor_id))

    assert Course.objects.get(owner_id=instructor_id).lesson_count == 4
    with pytest.raises(CommandError, match="There is no course nothing"):
        call_command("export_course", "nothing")


_CHARACTERS = st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs"))
LINES = st.text(_CHARACTERS, max_size=40).map(lambda text: clean_line(f"a{text}", max_length=200))
TAGS = st.text(_CHARACTERS, max_size=15).map(lambda text: clean_tag(f"a{text}".replace(",", "")))
PROSE = st.lists(LINES, min_size=1, max_size=4).map("\n\n".join)
LESSONS = st.builds(
    LessonDocument,
    title=LINES,
    kind=st.just(LessonKind.ARTICLE),
    id=st.uuids(),
    group=LINES,
    duration=st.integers(0, 86_400),
    is_preview=st.booleans(),
    is_downloadable=st.booleans(),
    article=PROSE,
)
DOCUMENTS = st.builds(
    CourseDocument,
    title=LINES,
    description=PROSE,
    level=st.sampled_from(["", "beginner", "all"]),
    tags=st.lists(TAGS, max_size=3, unique=True).map(tuple),
    price=st.none() | st.builds(Money, st.integers(0, 2**53 - 1), st.sampled_from(["EUR", "JPY"])),
    modules=st.lists(
        st.builds(
            ModuleDocument, title=LINES, id=st.uuids(), lessons=st.lists(LESSONS, max_size=3).map(tuple)
        ),
        max_size=3,
    ).map(tuple),
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)  # a busy machine is no fault
@given(document=DOCUMENTS)
def test_every_description_is_read_as_it_was_written(document: CourseDocument) -> None:
    written = json.loads(json.dumps({"format": PACKAGE_FORMAT, "course": document.as_json(), "files": []}))

    assert read_manifest(written).course == document
