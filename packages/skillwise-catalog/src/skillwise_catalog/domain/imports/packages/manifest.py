"""`course.json` as a stranger wrote it: read to its end, so that everything wrong with it is told at once."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar
from uuid import UUID

from skillwise_kernel.errors import FieldProblem
from skillwise_kernel.money import CURRENCIES, Money

from skillwise_catalog.domain.documents import (
    DOCUMENT_FORMAT,
    CaptionDocument,
    CourseDocument,
    LessonDocument,
    ModuleDocument,
    ResourceDocument,
)
from skillwise_catalog.domain.lessons import MAX_DURATION, MAX_LESSONS_PER_MODULE, MAX_MODULES
from skillwise_catalog.domain.quizzes import Quiz, read_new_quiz
from skillwise_catalog.domain.text import (
    MAX_ARTICLE_LENGTH,
    MAX_DESCRIPTION_LENGTH,
    MAX_LIST_LENGTH,
    MAX_POINT_LENGTH,
    MAX_SUBTITLE_LENGTH,
    MAX_TAG_LENGTH,
    MAX_TITLE_LENGTH,
    TextRefusedError,
    clean_language,
    clean_line,
    clean_prose,
    clean_tag,
    clean_video_url,
)
from skillwise_catalog.domain.uploads.kinds import clean_name, kind_of, misplaced
from skillwise_catalog.dto import LessonKind
from skillwise_catalog.errors import PackageRefusedError, QuizRefusedError, UploadRefusedError

__all__ = ["PACKAGE_FORMAT", "ListedFile", "Manifest", "read_manifest"]

PACKAGE_FORMAT: Final = "skillwise.package/1"
_MAX_FILES: Final = 5_000
_MAX_AMOUNT: Final = 2**53 - 1
_MAX_PATH: Final = 1024
_LEVELS: Final = ("", "beginner", "intermediate", "advanced", "all")
Read = TypeVar("Read")

_CONTENT: Final = {
    LessonKind.ARTICLE: ("article",),
    LessonKind.VIDEO: ("video_url", "file_id"),
    LessonKind.FILE: ("file_id",),
    LessonKind.QUIZ: ("quiz",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedFile:
    """A file of the package: `size` in bytes, `sha256` in hexadecimal digits, `path` within the zip."""

    id: UUID
    name: str
    content_type: str
    size: int
    sha256: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    course: CourseDocument
    files: tuple[ListedFile, ...]


def read_manifest(written: object) -> Manifest:
    """What `course.json` holds. Raises `PackageRefusedError` (`manifest`) with a pointer for each thing that
    is wrong.
    """
    reader = _Reader()
    manifest = reader.manifest(written)
    if reader.problems or manifest is None:
        raise PackageRefusedError(
            "course.json is not the description of a course.",
            extra={"reason": "manifest"},
            fields=tuple(reader.problems),
        )
    return manifest


class _Reader:
    def __init__(self) -> None:
        self.problems: list[FieldProblem] = []

    def manifest(self, written: object) -> Manifest | None:
        root = self._object(written, "", {"format", "course", "files"})
        if root.get("format") != PACKAGE_FORMAT:
            self._refuse("/format", "invalid_choice", f"This reads {PACKAGE_FORMAT}.")
            return None
        files = tuple(self._each(root, "files", "", self._file, most=_MAX_FILES))
        course = self._course(root.get("course"), "/course")
        known = {file.id for file in files}
        if len(known) < len(files) or len({file.path for file in files}) < len(files):
            self._refuse("/files", "duplicate", "Two files have the same id or path.")
        for missing in sorted(course.file_ids - known):
            self._refuse("/files", "required", f"The course names the file {missing}, which is not listed.")
        self._kinds(course, {file.id: file for file in files})
        self._distinct([module.id for module in course.modules] + [lesson.id for lesson in course.lessons])
        return Manifest(course=course, files=files)

    def _kinds(self, course: CourseDocument, files: Mapping[UUID, ListedFile]) -> None:
        """Files are of the kind that their place asks for, by their names: when they are stored they are
        examined as what they are called, and refused where no upload may be called so.
        """
        for at, file_id, form in _places(course):
            try:
                kind = kind_of(clean_name(files[file_id].name)) if file_id in files else None
            except UploadRefusedError:
                continue
            if kind and (problem := misplaced(kind, form=form, pointer=at)):
                self.problems.append(problem)

    def _file(self, written: object, at: str) -> ListedFile:
        file = self._object(written, at, {"id", "name", "content_type", "size", "sha256", "path"})
        return ListedFile(
            id=self._id(file, "id", at, required=True) or UUID(int=0),
            name=self._line(file, "name", at, MAX_TITLE_LENGTH),
            content_type=self._line(file, "content_type", at, MAX_TITLE_LENGTH),
            size=self._integer(file, "size", at, most=_MAX_AMOUNT),
            sha256=self._line(file, "sha256", at, 64),
            path=self._line(file, "path", at, _MAX_PATH),
        )

    def _course(self, written: object, at: str) -> CourseDocument:
        course = self._object(written, at, set(_EMPTY_COURSE))
        if course.get("format") != DOCUMENT_FORMAT:
            self._refuse(f"{at}/format", "invalid_choice", f"This reads {DOCUMENT_FORMAT}.")
        if course.get("promo_video_id") and course.get("promo_video_url"):
            self._refuse(f"{at}/promo_video_url", "one_content", "A promo video has an address or a file.")
        return CourseDocument(
            title=self._line(course, "title", at, MAX_TITLE_LENGTH),
            subtitle=self._line(course, "subtitle", at, MAX_SUBTITLE_LENGTH, required=False),
            description=self._prose(course, "description", at, MAX_DESCRIPTION_LENGTH),
            language=self._cleaned(course, "language", at, clean_language),
            level=self._level(course, at),
            category=self._lines(course, "category", at, MAX_TAG_LENGTH * 2),
            tags=self._tags(course, at),
            outcomes=self._lines(course, "outcomes", at, MAX_POINT_LENGTH),
            requirements=self._lines(course, "requirements", at, MAX_POINT_LENGTH),
            audience=self._lines(course, "audience", at, MAX_POINT_LENGTH),
            price=self._price(course, at),
            cover_id=self._id(course, "cover_id", at),
            promo_video_id=self._id(course, "promo_video_id", at),
            promo_video_url=self._cleaned(course, "promo_video_url", at, clean_video_url),
            modules=tuple(self._each(course, "modules", at, self._module, most=MAX_MODULES)),
        )

    def _module(self, written: object, at: str) -> ModuleDocument:
        module = self._object(written, at, {"id", "title", "lessons"})
        return ModuleDocument(
            id=self._id(module, "id", at, required=True) or UUID(int=0),
            title=self._line(module, "title", at, MAX_TITLE_LENGTH),
            lessons=tuple(self._each(module, "lessons", at, self._lesson, most=MAX_LESSONS_PER_MODULE)),
        )

    def _lesson(self, written: object, at: str) -> LessonDocument:
        lesson = self._object(written, at, set(_EMPTY_LESSON))
        captions = self._each(lesson, "captions", at, self._caption, most=MAX_LIST_LENGTH)
        if len({caption.language for caption in captions}) < len(captions):
            self._refuse(f"{at}/captions", "duplicate", "Two captions have the same language.")
        return LessonDocument(
            id=self._id(lesson, "id", at, required=True) or UUID(int=0),
            title=self._line(lesson, "title", at, MAX_TITLE_LENGTH),
            kind=self._kind(lesson, at),
            group=self._line(lesson, "group", at, MAX_TITLE_LENGTH, required=False),
            duration=self._integer(lesson, "duration", at, most=MAX_DURATION),
            is_preview=self._boolean(lesson, "is_preview", at),
            is_downloadable=self._boolean(lesson, "is_downloadable", at),
            article=self._prose(lesson, "article", at, MAX_ARTICLE_LENGTH),
            video_url=self._cleaned(lesson, "video_url", at, clean_video_url),
            file_id=self._id(lesson, "file_id", at),
            quiz=self._quiz(lesson, at),
            captions=tuple(captions),
            resources=tuple(self._each(lesson, "resources", at, self._resource, most=MAX_LIST_LENGTH)),
        )

    def _caption(self, written: object, at: str) -> CaptionDocument:
        caption = self._object(written, at, {"language", "file_id"})
        return CaptionDocument(
            language=self._cleaned(caption, "language", at, clean_language, required=True),
            file_id=self._id(caption, "file_id", at, required=True) or UUID(int=0),
        )

    def _resource(self, written: object, at: str) -> ResourceDocument:
        resource = self._object(written, at, {"title", "file_id"})
        return ResourceDocument(
            title=self._line(resource, "title", at, MAX_TITLE_LENGTH),
            file_id=self._id(resource, "file_id", at, required=True) or UUID(int=0),
        )

    def _kind(self, lesson: Mapping[str, Any], at: str) -> LessonKind:
        """Of which just one content is there."""
        if lesson.get("kind") not in [kind.value for kind in LessonKind]:
            self._refuse(f"{at}/kind", "invalid_choice", f"A lesson is one of: {', '.join(LessonKind)}.")
            return LessonKind.ARTICLE
        kind = LessonKind(lesson["kind"])
        given = [name for name in ("article", "video_url", "file_id", "quiz") if lesson.get(name)]
        if len(given) != 1 or given[0] not in _CONTENT[kind]:
            wanted = " or ".join(_CONTENT[kind])
            self._refuse(at, "content", f"A lesson of kind {kind.value} has its {wanted}, and nothing else.")
        return kind

    def _quiz(self, lesson: Mapping[str, Any], at: str) -> Quiz | None:
        if lesson.get("quiz") is None:
            return None
        try:
            return read_new_quiz(lesson["quiz"])
        except QuizRefusedError as exc:
            self.problems += [
                FieldProblem(f"{at}{problem.pointer}", problem.code, problem.detail) for problem in exc.fields
            ]
            return None

    def _level(self, course: Mapping[str, Any], at: str) -> str:
        level = course.get("level", "")
        if level not in _LEVELS:
            self._refuse(f"{at}/level", "invalid_choice", f"A level is one of: {', '.join(_LEVELS[1:])}.")
            return ""
        return str(level)

    def _price(self, course: Mapping[str, Any], at: str) -> Money | None:
        if course.get("price") is None:
            return None
        at = f"{at}/price"
        price = self._object(course["price"], at, {"amount", "currency"})
        amount = self._integer(price, "amount", at, most=_MAX_AMOUNT)
        if price.get("currency") not in list(CURRENCIES):
            self._refuse(f"{at}/currency", "invalid_choice", "This currency is not sold in.")
            return None
        return Money(amount, price["currency"])

    def _object(self, written: object, at: str, known: set[str]) -> Mapping[str, Any]:
        if not isinstance(written, Mapping):
            self._refuse(at, "invalid", "This is an object.")
            return {}
        for name in sorted(set(map(str, written)) - known):
            self._refuse(f"{at}/{name}", "unknown", "There is no such member here.")
        return written

    def _each(
        self,
        written: Mapping[str, Any],
        name: str,
        at: str,
        read: Callable[[object, str], Read],
        *,
        most: int,
    ) -> list[Read]:
        items = written.get(name, [])
        if not isinstance(items, Sequence) or isinstance(items, str) or len(items) > most:
            self._refuse(f"{at}/{name}", "invalid", f"This is a list of at most {most:,}.")
            return []
        return [read(item, f"{at}/{name}/{index}") for index, item in enumerate(items)]

    def _tags(self, written: Mapping[str, Any], at: str) -> tuple[str, ...]:
        def tag(text: object, at: str) -> str:
            return self._text(text, at, clean_tag)

        return tuple(dict.fromkeys(self._each(written, "tags", at, tag, most=MAX_LIST_LENGTH)))

    def _lines(self, written: Mapping[str, Any], name: str, at: str, max_length: int) -> tuple[str, ...]:
        def line(text: object, at: str) -> str:
            return self._text(text, at, lambda said: clean_line(said, max_length=max_length))

        return tuple(self._each(written, name, at, line, most=MAX_LIST_LENGTH))

    def _line(
        self, written: Mapping[str, Any], name: str, at: str, max_length: int, *, required: bool = True
    ) -> str:
        def clean(text: str) -> str:
            return clean_line(text, max_length=max_length, required=required)

        return self._text(written.get(name, ""), f"{at}/{name}", clean)

    def _prose(self, written: Mapping[str, Any], name: str, at: str, max_length: int) -> str:
        def clean(text: str) -> str:
            return clean_prose(text, max_length=max_length, required=False)

        return self._text(written.get(name, ""), f"{at}/{name}", clean)

    def _cleaned(
        self,
        written: Mapping[str, Any],
        name: str,
        at: str,
        clean: Callable[[str], str],
        *,
        required: bool = False,
    ) -> str:
        text = written.get(name, "")
        return "" if text == "" and not required else self._text(text, f"{at}/{name}", clean)

    def _text(self, text: object, at: str, clean: Callable[[str], str]) -> str:
        if not isinstance(text, str):
            self._refuse(at, "invalid", "This is text.")
            return ""
        try:
            return clean(text)
        except TextRefusedError as exc:
            self._refuse(at, exc.code, str(exc))
            return ""

    def _id(self, written: Mapping[str, Any], name: str, at: str, *, required: bool = False) -> UUID | None:
        given = written.get(name)
        if given is None and not required:
            return None
        try:
            return UUID(given)
        except (ValueError, TypeError, AttributeError):
            self._refuse(f"{at}/{name}", "invalid", "This is not a UUID.")
            return None

    def _integer(self, written: Mapping[str, Any], name: str, at: str, *, most: int) -> int:
        number = written.get(name, 0)
        if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number <= most:
            self._refuse(f"{at}/{name}", "invalid", f"This is a whole number from 0 to {most}.")
            return 0
        return number

    def _boolean(self, written: Mapping[str, Any], name: str, at: str) -> bool:
        value = written.get(name, False)
        if not isinstance(value, bool):
            self._refuse(f"{at}/{name}", "invalid", "This is true or false.")
            return False
        return value

    def _distinct(self, ids: Sequence[UUID]) -> None:
        if len(set(ids)) != len(ids):
            self._refuse("/course/modules", "duplicate", "Two modules or lessons have the same id.")

    def _refuse(self, at: str, code: str, message: str) -> None:
        self.problems.append(FieldProblem(at, code, message))


def _places(course: CourseDocument) -> Iterator[tuple[str, UUID, str]]:
    """Where files of one form alone may stand: the pointer, the file's id, and the form."""
    if course.cover_id:
        yield "/course/cover_id", course.cover_id, "image"
    if course.promo_video_id:
        yield "/course/promo_video_id", course.promo_video_id, "video"
    for m, module in enumerate(course.modules):
        for n, lesson in enumerate(module.lessons):
            at = f"/course/modules/{m}/lessons/{n}"
            if lesson.file_id and lesson.kind is LessonKind.VIDEO:
                yield f"{at}/file_id", lesson.file_id, "video"
            for c, caption in enumerate(lesson.captions):
                yield f"{at}/captions/{c}/file_id", caption.file_id, "captions"


_EMPTY_COURSE: Final = CourseDocument(title="").as_json()
_EMPTY_LESSON: Final = LessonDocument(title="", kind=LessonKind.ARTICLE).as_json()
