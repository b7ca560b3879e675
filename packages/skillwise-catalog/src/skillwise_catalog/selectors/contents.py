"""What a lesson consists of, as whoever may take it gets it: rendered, and with links that expire."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import orjson
from django.core.cache import cache

from skillwise_catalog.domain.documents import LessonDocument
from skillwise_catalog.domain.markdown import render_markdown
from skillwise_catalog.domain.quizzes import Quiz
from skillwise_catalog.dto import LessonCaptions, LessonContent, LessonResource
from skillwise_catalog.models import MediaFile, RenderState
from skillwise_catalog.selectors.media import playlist_path, signed_path, with_signed_links

__all__ = ["content_of_document", "shown_html", "shown_quiz"]

#: What was rendered is kept so long, and no longer should the renderer have got better.
_KEPT_FOR: Final = timedelta(hours=1)
#: Characters: what is no longer is rendered as fast as it is fetched.
_SHORT: Final = 200


def content_of_document(
    document: LessonDocument, *, course_id: UUID, module_id: UUID, version: int | None = None
) -> LessonContent:
    """The same for authors, guests and the enrolled. One query where it has files."""
    files = _files_of(document)
    file = files.get(document.file_id) if document.file_id else None
    captions = [caption for caption in document.captions if caption.file_id in files]
    is_streamed = file is not None and file.rendering == RenderState.RENDERED
    return LessonContent(
        id=document.id,
        course_id=course_id,
        module_id=module_id,
        version=version,
        title=document.title,
        kind=document.kind,
        group=document.group,
        duration=document.duration,
        is_preview=document.is_preview,
        is_downloadable=document.is_downloadable,
        article=document.article or None,
        article_html=shown_html(document.article) if document.article else None,
        video_url=document.video_url or None,
        playlist_url=playlist_path(file_id=file.id, captions=captions) if file and is_streamed else None,
        file_url=signed_path(file_id=file.id) if file else None,
        file_name=file.name if file else None,
        file_size=file.size if file else None,
        captions=tuple(
            LessonCaptions(language=caption.language, url=signed_path(file_id=caption.file_id))
            for caption in captions
        ),
        resources=tuple(
            _resource(resource.title, files[resource.file_id])
            for resource in document.resources
            if resource.file_id in files
        ),
        quiz=shown_quiz(document.quiz) if document.quiz else None,
    )


def shown_html(text: str) -> str:
    """Markdown as HTML that is safe to show, with a signed link to each file that it names."""

    def html() -> str:
        return render_markdown(text)

    return with_signed_links(_kept(text, html) if len(text) > _SHORT else html())


def shown_quiz(quiz: Quiz) -> dict[str, Any]:
    """As learners see it before an attempt: `Quiz.as_shown` with `text_html` beside each `text`."""
    shown = quiz.as_shown()

    def questions() -> list[dict[str, Any]]:
        return list(map(_with_html, shown["questions"]))

    return {**shown, "questions": _linked(_kept(shown["questions"], questions))}


def _files_of(document: LessonDocument) -> dict[UUID, MediaFile]:
    ids = {caption.file_id for caption in document.captions}
    ids |= {resource.file_id for resource in document.resources}
    if document.file_id:
        ids.add(document.file_id)
    return {file.id: file for file in MediaFile.objects.filter(id__in=ids)} if ids else {}


def _resource(title: str, file: MediaFile) -> LessonResource:
    return LessonResource(
        title=title,
        name=file.name,
        content_type=file.content_type,
        size=file.size,
        url=signed_path(file_id=file.id),
    )


def _kept(source: object, render: Callable[[], Any]) -> Any:
    """What `render` makes of `source`. Rendering a long article takes a second: what was rendered is kept
    under what it was made of.
    """
    digest = hashlib.sha256(orjson.dumps(source)).hexdigest()
    key = f"skillwise_catalog.shown:{render.__name__}:{digest}"
    rendered = cache.get(key)
    if rendered is None:
        rendered = render()
        cache.set(key, rendered, timeout=_KEPT_FOR.total_seconds())
    return rendered


def _with_html(shown: Mapping[str, Any]) -> dict[str, Any]:
    """A question or a choice, and its choices."""
    html: dict[str, Any] = {"text_html": render_markdown(shown["text"])}
    if "choices" in shown:
        html["choices"] = list(map(_with_html, shown["choices"]))
    return {**shown, **html}


def _linked(rendered: Any) -> Any:
    """The same with links in all that is HTML."""
    if isinstance(rendered, list):
        return [_linked(item) for item in rendered]
    if isinstance(rendered, dict):
        return {
            name: with_signed_links(value) if name.endswith("_html") else _linked(value)
            for name, value in rendered.items()
        }
    return rendered
