"""What a lesson gives to whoever may take it: safe text, links that expire, and no answers."""

import re
from typing import Any

import pytest
from skillwise_catalog import api as catalog
from skillwise_catalog.dto import CourseSummary, LessonContent, LessonKind
from skillwise_catalog.models import MediaFile
from skillwise_catalog.testing import QUIZ, make_course, make_course_of_every_kind, outline_of
from skillwise_kernel import clock
from skillwise_kernel.testing.client import ApiClient

pytestmark = pytest.mark.django_db

SIGNED = r"/api/v1/media/[0-9a-f]{32}:[\w-]+:[\w-]+/"


@pytest.fixture
def course() -> CourseSummary:
    return make_course_of_every_kind()


def content_of(course: CourseSummary, kind: LessonKind) -> LessonContent:
    lesson = next(lesson for lesson in outline_of(course.id).lessons if lesson.kind is kind)
    return catalog.get_lesson_content(lesson_id=lesson.id)


def read(client: ApiClient, link: str) -> bytes:
    answer: Any = client.get(link)
    assert answer.status_code == 200, link
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def test_an_article_comes_as_safe_html_with_links_to_its_pictures(
    api: ApiClient, course: CourseSummary
) -> None:
    article = content_of(course, LessonKind.ARTICLE)

    assert article.article is not None
    assert article.article.startswith("**Wild** yeast.")
    assert re.fullmatch(
        rf'<p><strong>Wild</strong> yeast.</p>\n<p><img src="{SIGNED}" alt="A loaf"></p>',
        article.article_html or "",
    )
    (picture,) = re.findall(SIGNED, article.article_html or "")
    assert read(api, picture).startswith(b"<svg")
    assert (article.group, article.duration, article.is_downloadable) == ("Reading", 300, True)
    assert (article.version, article.quiz, article.captions) == (1, None, ())


def test_what_is_to_be_taken_along_is_named_measured_and_linked(
    api: ApiClient, course: CourseSummary
) -> None:
    (resource,) = content_of(course, LessonKind.ARTICLE).resources

    assert (resource.title, resource.name, resource.content_type) == ("To print", "sheet.txt", "text/plain")
    assert resource.size == len(read(api, resource.url)) == 11


def test_a_video_comes_with_its_file_its_playlist_and_its_captions(
    api: ApiClient, course: CourseSummary, django_assert_num_queries: Any
) -> None:
    lesson = outline_of(course.id).lessons[1]

    with django_assert_num_queries(2):
        video = catalog.get_lesson_content(lesson_id=lesson.id)

    assert (video.video_url, video.file_name, video.file_size) == (None, "video.mp4", 44)
    assert len(read(api, video.file_url or "")) == 44
    (captions,) = video.captions
    assert captions.language == "bn"
    assert read(api, captions.url).startswith(b"WEBVTT")
    rendition = read(api, video.playlist_url or "").decode().splitlines()[-1]
    segments = read(api, rendition).decode().splitlines()[-1]
    assert len(read(api, segments)) == 44


def test_a_video_that_was_not_made_ready_for_streaming_has_no_playlist(course: CourseSummary) -> None:
    MediaFile.objects.update(rendering="pending")

    assert content_of(course, LessonKind.VIDEO).playlist_url is None


def test_every_link_is_signed_and_expires(
    api: ApiClient, course: CourseSummary, monkeypatch: pytest.MonkeyPatch
) -> None:
    contents = [content_of(course, kind) for kind in LessonKind]
    links = [
        *(content.file_url for content in contents if content.file_url),
        *(content.playlist_url for content in contents if content.playlist_url),
        *(file.url for content in contents for file in (*content.captions, *content.resources)),
        *(link for content in contents for link in re.findall(SIGNED, content.article_html or "")),
    ]
    assert len(links) == 6

    for link in links:
        head, signature = link.rstrip("/").rsplit(":", 1)
        forged = f"{head}:{signature[:-1]}{'A' if signature[-1] != 'A' else 'B'}/"
        assert api.get(forged).status_code == 404, forged
    later = clock.now().timestamp() + 4 * 60 * 60 + 1
    monkeypatch.setattr("django.core.signing.time.time", lambda: later)
    for link in links:
        assert (api.get(link).status_code, api.json(api.get(link))["code"]) == (
            410,
            "catalog.media_link_expired",
        )


def test_a_quiz_comes_without_anything_that_tells_an_answer(course: CourseSummary) -> None:
    quiz = content_of(course, LessonKind.QUIZ).quiz

    assert quiz is not None
    assert quiz["pass_percent"] == 50
    single, multiple, true_false, short_text, numeric = quiz["questions"]
    assert single == {
        "id": QUIZ["questions"][0]["id"],
        "kind": "single",
        "text": "What makes dough **rise**?",
        "text_html": "<p>What makes dough <strong>rise</strong>?</p>",
        "points": 3,
        "choices": [
            {"id": choice["id"], "text": choice["text"], "text_html": f"<p>{choice['text']}</p>"}
            for choice in QUIZ["questions"][0]["choices"]
        ],
    }
    assert [set(choice) for choice in multiple["choices"]] == [{"id", "text", "text_html"}] * 3
    for question in (true_false, short_text, numeric):
        assert set(question) == {"id", "kind", "text", "text_html", "points"}


def test_a_guest_takes_a_free_preview_as_the_enrolled_do(api: ApiClient) -> None:
    lessons = (
        {"title": "Read", "kind": "article", "article": "**Yes**", "is_preview": True},
        {"title": "Ask", "kind": "quiz", "quiz": dict(QUIZ), "is_preview": True},
    )
    course = make_course(lessons=lessons)
    article, quiz = outline_of(course.id).lessons

    assert api.json(api.get(f"/api/v1/lessons/{article.id}/"))["article_html"] == (
        "<p><strong>Yes</strong></p>"
    )
    shown = api.json(api.get(f"/api/v1/lessons/{quiz.id}/"))["quiz"]
    assert shown == catalog.get_lesson_content(lesson_id=quiz.id).quiz


def test_what_was_rendered_is_kept_but_its_links_are_new_each_time(
    course: CourseSummary, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = content_of(course, LessonKind.ARTICLE).article or ""
    long = {"title": "Long", "kind": "article", "article": f"{picture}\n\n{'Bread. ' * 100}"}
    lesson = outline_of(make_course(owner_id=course.owner_id, lessons=[long]).id).lessons[0]
    first = catalog.get_lesson_content(lesson_id=lesson.id).article_html or ""
    later = clock.now().timestamp() + 60
    monkeypatch.setattr("django.core.signing.time.time", lambda: later)
    monkeypatch.delattr("skillwise_catalog.selectors.contents.render_markdown")

    second = catalog.get_lesson_content(lesson_id=lesson.id).article_html or ""

    assert second != first
    assert re.sub(SIGNED, "", second) == re.sub(SIGNED, "", first)
