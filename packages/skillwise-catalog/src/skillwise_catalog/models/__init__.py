"""The catalogue's tables. What a race could break is a constraint here; every list has its index."""

from skillwise_catalog.models.authoring import (
    Category,
    Course,
    CourseEditor,
    Level,
)
from skillwise_catalog.models.editions import (
    CourseVersion,
    Edition,
    EditionLesson,
    Fold,
    SearchTerm,
    Shuffled,
)
from skillwise_catalog.models.imports import CourseImport, ImportState
from skillwise_catalog.models.media import (
    AnyUpload,
    MediaFile,
    MediaUsage,
    ProbeState,
    RenderState,
    Rendition,
    Upload,
)
from skillwise_catalog.models.naming import NamedFile
from skillwise_catalog.models.outline import Lesson, LessonCaption, LessonResource, Module

__all__ = [
    "AnyUpload",
    "Category",
    "Course",
    "CourseEditor",
    "CourseImport",
    "CourseVersion",
    "Edition",
    "EditionLesson",
    "Fold",
    "ImportState",
    "Lesson",
    "LessonCaption",
    "LessonResource",
    "Level",
    "MediaFile",
    "MediaUsage",
    "Module",
    "NamedFile",
    "ProbeState",
    "RenderState",
    "Rendition",
    "SearchTerm",
    "Shuffled",
    "Upload",
]
