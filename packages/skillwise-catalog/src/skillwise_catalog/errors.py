"""What catalog refuses, each with the stable code that clients act on."""

from skillwise_kernel.errors import (
    ConflictError,
    ForbiddenError,
    GoneError,
    InvalidError,
    NotFoundError,
    SkillWiseError,
    TooLargeError,
    UnavailableError,
)

__all__ = [
    "AnswersRefusedError",
    "CategoryNotFoundError",
    "CourseInReviewError",
    "CourseIncompleteError",
    "CourseModuleNotFoundError",
    "CourseNotFoundError",
    "CourseWasPublishedError",
    "IllegalTransitionError",
    "ImportGivenUpError",
    "ImportNotFoundError",
    "ImportRefusedError",
    "InstructorNotFoundError",
    "InstructorUnknownError",
    "LessonContentMismatchError",
    "LessonNotFoundError",
    "MediaInUseError",
    "MediaLinkExpiredError",
    "MediaNotFoundError",
    "MediaQuotaExceededError",
    "NotAQuizError",
    "NotCourseOwnerError",
    "OutlineFullError",
    "OwnerRequiredError",
    "PackageRefusedError",
    "QuizRefusedError",
    "RangeNotSatisfiableError",
    "SearchTooCostlyError",
    "StorefrontCacheUnavailableError",
    "SyncCursorExpiredError",
    "UploadIncompleteError",
    "UploadKindError",
    "UploadMismatchError",
    "UploadNotFoundError",
    "UploadRefusedError",
    "UploadTooLargeError",
    "VersionNotFoundError",
]


class CourseNotFoundError(NotFoundError):
    """Also of another person's draft."""

    code = "catalog.course_not_found"
    title = "There is no such course."


class CourseModuleNotFoundError(NotFoundError):
    code = "catalog.module_not_found"
    title = "There is no such module."


class LessonNotFoundError(NotFoundError):
    code = "catalog.lesson_not_found"
    title = "There is no such lesson."


class MediaNotFoundError(NotFoundError):
    code = "catalog.media_not_found"
    title = "There is no such file."


class MediaLinkExpiredError(GoneError):
    code = "catalog.media_link_expired"
    title = "This link has expired; read the lesson again for another."


class VersionNotFoundError(NotFoundError):
    code = "catalog.version_not_found"
    title = "The course has no version of this number."


class InstructorNotFoundError(NotFoundError):
    code = "catalog.instructor_not_found"
    title = "Nobody of this id teaches the course."


class InstructorUnknownError(InvalidError):
    """The person that the input names, whether there is no such account or it is not a verified
    instructor's.
    """

    code = "catalog.instructor_unknown"
    title = "There is no such verified instructor."


class OwnerRequiredError(ConflictError):
    """Somebody else becomes the owner; then this person may go."""

    code = "catalog.owner_required"
    title = "A course has an owner: let it be somebody else's first."


class NotCourseOwnerError(ForbiddenError):
    """Of a course that the actor may see: of others they are told that there is none."""

    code = "catalog.not_course_owner"
    title = "This is another instructor's course."


class CourseIncompleteError(ConflictError):
    """`extra["missing"]` lists what a published course must have and this one has not."""

    code = "catalog.course_incomplete"
    title = "The course lacks what a published course must have."


class IllegalTransitionError(ConflictError):
    """`extra` says the course's present `status` and which statuses are `allowed` next."""

    code = "catalog.illegal_transition"
    title = "The course cannot go from its present status to that one."


class CourseInReviewError(ConflictError):
    """What is approved must be what was looked at: withdraw it first."""

    code = "catalog.course_in_review"
    title = "The course is being reviewed and cannot be edited meanwhile."


class CourseWasPublishedError(ConflictError):
    """People may have bought it: it can be unpublished, not deleted."""

    code = "catalog.course_was_published"
    title = "A course that was ever published cannot be deleted."


class OutlineFullError(ConflictError):
    """`extra["limit"]` is how many there may be."""

    code = "catalog.outline_full"
    title = "The outline holds as many of these as it may."


class LessonContentMismatchError(InvalidError):
    code = "catalog.lesson_content_mismatch"
    title = "A lesson has the content of its kind, and no other."


class AnswersRefusedError(InvalidError):
    """With a pointer for each answer that is none to this quiz."""

    code = "catalog.answers_refused"
    title = "These are not answers to this quiz."


class NotAQuizError(ConflictError):
    code = "catalog.not_a_quiz"
    title = "This lesson is not a quiz."


class QuizRefusedError(InvalidError):
    """With a pointer for each thing wrong with it."""

    code = "catalog.quiz_refused"
    title = "This is not a quiz that could be taken."


class CategoryNotFoundError(InvalidError):
    """The category that the input names."""

    code = "catalog.category_not_found"
    title = "There is no such category."


class UploadNotFoundError(InvalidError):
    """The upload that the input names, or it is another person's."""

    code = "catalog.upload_not_found"
    title = "There is no such upload of yours."


class UploadKindError(InvalidError):
    """Of the uploads that the input names, those that cannot stand where it puts them."""

    code = "catalog.upload_of_wrong_kind"
    title = "A file of this kind cannot stand here."


class UploadRefusedError(InvalidError):
    """Its name, its content, or that the two disagree."""

    code = "catalog.upload_refused"
    title = "A file like this is not accepted."


class UploadTooLargeError(TooLargeError):
    """`extra["max_bytes"]` is how many there may be."""

    code = "catalog.upload_too_large"
    title = "The file is larger than allowed."


class UploadIncompleteError(ConflictError):
    """Bytes are missing in the storage; `extra["missing_parts"]` lists which parts. The upload goes on."""

    code = "catalog.upload_incomplete"
    title = "Not all of the file has been uploaded yet."


class UploadMismatchError(InvalidError):
    """What was uploaded is not what was announced: `extra["reason"]` is `size` or `checksum`."""

    code = "catalog.upload_mismatch"
    title = "The uploaded bytes are not those that were announced."


class MediaQuotaExceededError(ConflictError):
    """`extra` says how many bytes there may be (`max_bytes`) and are (`used_bytes`)."""

    code = "catalog.media_quota_exceeded"
    title = "There is no room for this file: your files fill their space."


class MediaInUseError(ConflictError):
    """A lesson, a course or a published version of one refers to it."""

    code = "catalog.media_in_use"
    title = "The file is in use and cannot be deleted."


class RangeNotSatisfiableError(SkillWiseError):
    """`extra["size"]` is how many bytes there are."""

    status = 416
    code = "catalog.range_not_satisfiable"
    title = "The file has no such range of bytes."


class ImportNotFoundError(NotFoundError):
    """Also of another person's."""

    code = "catalog.import_not_found"
    title = "There is no such import."


class ImportGivenUpError(SkillWiseError):
    """It was begun again and again, and never came to its end. Nothing of it is kept."""

    code = "catalog.import_given_up"
    title = "The import could not be finished."


class ImportRefusedError(InvalidError):
    """The file as a whole, for its columns or its mapping. Bad rows refuse only themselves."""

    code = "catalog.import_refused"
    title = "The file cannot be imported."


class PackageRefusedError(InvalidError):
    """A course's package as a whole, for `extra["reason"]`. Nothing of it is kept."""

    code = "catalog.package_refused"
    title = "The package cannot be imported."


class StorefrontCacheUnavailableError(UnavailableError):
    """The cache could not be told that its answers are old."""

    code = "catalog.storefront_cache_unavailable"
    title = "The storefront's cache does not answer."


class SearchTooCostlyError(UnavailableError):
    """The database was stopped looking: see `statement_timeout`."""

    code = "catalog.search_too_costly"
    title = "This took too long to find; ask for less, or narrow it down."


class SyncCursorExpiredError(GoneError):
    """It is another database's, or was made before this one was set back: what happened since is not
    known.
    """

    code = "catalog.sync_cursor_expired"
    title = "This cursor leads on no longer; begin anew, without one."
