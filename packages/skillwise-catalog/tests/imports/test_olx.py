"""Open edX courses become documents, and nothing of them is lost in silence."""

import io
import json
import tarfile

import pytest
from olx_packages import PNG, html, lessons, olx, parsed, reasons
from skillwise_catalog.domain.imports.olx.course import LessonsFrom
from skillwise_catalog.dto import LessonKind
from skillwise_catalog.errors import PackageRefusedError


def article(text: str, **files: str | bytes) -> str:
    (lesson,) = lessons(html(text), **files)
    return lesson.article


def refusal(content: bytes) -> object:
    with pytest.raises(PackageRefusedError) as refused:
        parsed(content)
    return refused.value.extra["reason"]


def test_chapters_become_modules_and_sequentials_groups_of_lessons() -> None:
    course = parsed(olx(html("<p>Flour.</p>", name="Why"))).document

    (module,) = course.modules
    (lesson,) = module.lessons
    assert (course.title, course.language, module.title) == ("Bread", "en", "The starter")
    assert (lesson.group, lesson.title, lesson.kind) == ("Feeding", "Why", LessonKind.ARTICLE)
    assert lesson.article == "Flour."


def test_a_course_without_a_title_has_its_runs_name_as_far_as_a_title_goes() -> None:
    run = "bread\u202e-" + "x" * 300

    title = parsed(
        olx(**{"course/course.xml": f'<course url_name="{run}"><chapter/></course>'})
    ).document.title

    assert (title[:7], len(title)) == ("bread-x", 200)


def test_each_block_is_a_lesson_unless_verticals_are() -> None:
    content = olx(
        html("<p>One.</p>"),
        html("<p>Two.</p>", name="More"),
        '<video display_name="See" youtube_id_1_0="abc"/>',
        html("<p>Three.</p>", name="End"),
    )

    by_block = parsed(content).document.lessons
    by_vertical = parsed(content, lessons_from=LessonsFrom.VERTICALS).document.lessons

    assert [lesson.title for lesson in by_block] == ["Text", "More", "See", "End"]
    assert [lesson.title for lesson in by_vertical] == ["Day one: Text", "Day one: See", "Day one: End"]
    assert by_vertical[0].article == "One.\n\nTwo."


def test_a_vertical_of_articles_alone_is_one_lesson_of_its_title() -> None:
    content = olx(html("<p>One.</p>"), html("<p>Two.</p>"))

    (lesson,) = parsed(content, lessons_from=LessonsFrom.VERTICALS).document.lessons

    assert (lesson.title, lesson.article) == ("Day one", "One.\n\nTwo.")


def test_blocks_are_found_in_files_of_their_own() -> None:
    (lesson,) = lessons(
        '<html url_name="h"/>',
        **{
            "course/html/h.xml": '<html display_name="Why" filename="h"/>',
            "course/html/h.html": "<h2>Yeast</h2><p>and <em>time</em></p>",
        },
    )

    assert (lesson.title, lesson.article) == ("Why", "## Yeast\n\nand *time*")


def test_pictures_come_along_and_are_named_by_their_file() -> None:
    course = parsed(
        olx(html('<p><img src="/static/a%20b.png" alt="A loaf"/></p>'), **{"course/static/a b.png": PNG})
    )

    (file,) = course.files
    assert file.name == "a b.png"
    assert course.document.lessons[0].article == f"![A loaf](media:{file.id})"


@pytest.mark.parametrize(
    "address",
    ["/static/loaf.png", "/asset-v1:House+B+1+type@asset+block@loaf.png", "/c4x/H/B/asset/loaf.png"],
)
def test_files_are_found_by_every_address_of_theirs(address: str) -> None:
    text = article(f'<a href="{address}">Loaf</a>', **{"course/static/loaf.png": PNG})

    assert text.startswith("[Loaf](media:")


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ('<a href="https://example.org/a (b)">See</a>', "[See](https://example.org/a%20%28b%29)"),
        ('<a href="/jump_to_id/abc">See</a>', "See"),
        ('<a href="javascript:alert(1)">See</a>', "See"),
        ('<p>See</p><script>alert("x")</script><style>p {}</style>', "See"),
        ('<iframe title="Map" src="https://maps.example/"></iframe>', "[Map](https://maps.example/)"),
        ("<p>\\(x_1 * 2\\)</p>", "\\\\(x\\_1 \\* 2\\\\)"),
        ("<p># no heading</p>", "\\# no heading"),
        ("<p>1. no list</p>", "1\\. no list"),
        ("<p>&lt;b&gt;</p>", "\\<b>"),
        ('<p>See</p><img src="data:image/png;base64,AAAA"/>', "See"),
    ],
)
def test_html_becomes_markdown_that_says_the_same(markup: str, text: str) -> None:
    assert article(markup) == text


def test_links_within_the_old_home_become_text_and_are_reported() -> None:
    course = parsed(
        olx(
            html('<a href="/jump_to_id/abc">See</a> <a href="/courses/x/wiki">this</a>'),
            **{"course/about/overview.html": '<p><a href="/jump_to_id/abc">Begin</a></p>'},
        )
    )

    assert course.document.lessons[0].article == "See this"
    assert course.document.description == "Begin"
    assert [(found.kind, found.reason.value, found.detail) for found in course.notes.changed] == [
        ("html", "internal_link", "It led to /jump_to_id/abc, /courses/x/wiki."),
        ("about", "internal_link", "It led to /jump_to_id/abc."),
    ]


def test_a_file_of_a_kind_that_is_not_accepted_is_reported() -> None:
    course = parsed(
        olx(html('<p>See <img src="/static/a.exe" alt="it"/></p>'), **{"course/static/a.exe": "MZ"})
    )

    assert course.document.lessons[0].article == "See it"
    assert reasons(course.notes.left_out) == [("file", "file_refused")]


def test_a_video_has_its_address_before_youtubes_and_its_transcripts_in_each_language() -> None:
    srt = "1\n00:00:01,500 --> 00:00:03,000\nit&#39;s <i>bread</i>\n\n2\n00:00:03,000 --> 00:00:02,000\nno\n"
    sjson = json.dumps({"start": [0], "end": [1000], "text": ["Brot & Salz"]})
    course = parsed(
        olx(
            '<video display_name="See" youtube_id_1_0="abc" html5_sources="[&quot;https://v.example/a.mp4&quot;]">'
            '<video_asset duration="61.4"/><transcript language="en" src="a.srt"/>'
            '<transcript language="de" src="a.srt.sjson"/></video>',
            **{"course/static/a.srt": srt, "course/static/a.srt.sjson": sjson},
        )
    )

    (lesson,) = course.document.lessons
    texts = {file.id: file.open().read().decode() for file in course.files}
    captions = {caption.language: texts[caption.file_id] for caption in lesson.captions}
    assert (lesson.video_url, lesson.duration) == ("https://v.example/a.mp4", 61)
    assert captions == {
        "en": "WEBVTT\n\n00:00:01.500 --> 00:00:03.000\nit's bread\n",
        "de": "WEBVTT\n\n00:00:00.000 --> 00:00:01.000\nBrot &amp; Salz\n",
    }


def test_a_video_without_any_source_is_left_out() -> None:
    course = parsed(olx('<video display_name="See" edx_video_id="x"/>'))

    assert course.document.lessons == ()
    assert reasons(course.notes.left_out) == [("video", "no_source")]


def test_youtube_is_where_a_video_is_that_has_no_other_address() -> None:
    (lesson,) = lessons('<video youtube="0.75:slow,1.00:a_b-1"/>')

    assert lesson.video_url == "https://www.youtube.com/watch?v=a_b-1"


def test_blocks_that_have_no_counterpart_are_left_out_with_what_is_in_them() -> None:
    course = parsed(olx("<lti/>", "<discussion/>", f"<split_test>{html('x')}</split_test>"))

    assert reasons(course.notes.left_out) == [
        ("lti", "unsupported"),
        ("discussion", "unsupported"),
        ("split_test", "unsupported"),
        ("html", "within_left_out"),
    ]


def test_what_learners_did_not_see_is_kept_out_and_counted() -> None:
    course = parsed(
        olx(
            '<html visible_to_staff_only="true">Secret</html>',
            html("<p>Open.</p>"),
            **{
                "course/sequential/s.xml": '<sequential><vertical url_name="v"/>'
                '<vertical url_name="w"/></sequential>',
                "course/vertical/w.xml": f'<vertical hide_from_toc="true">{html("Hidden")}</vertical>',
                "course/drafts/vertical/d.xml": "<vertical/>",
                "course/html/old.xml": '<html filename="old"/>',
            },
        )
    )

    assert [lesson.article for lesson in course.document.lessons] == ["Open."]
    assert reasons(course.notes.kept_out) == [
        ("html", "staff_only"),
        ("vertical", "hidden"),
        ("html", "hidden"),
        ("vertical", "draft"),
        ("html", "unreferenced"),
    ]


def test_a_policy_tells_titles_and_who_may_see() -> None:
    policy = {
        "course/2026": {"display_name": "Better Bread", "course_image": "loaf.png"},
        "chapter/c": {"display_name": "Begin"},
        "vertical/v": {"visible_to_staff_only": True},
    }

    course = parsed(
        olx(
            html("<p>Secret.</p>"),
            **{"course/policies/2026/policy.json": json.dumps(policy), "course/static/loaf.png": PNG},
        )
    )

    assert (course.document.title, course.document.modules[0].title) == ("Better Bread", "Begin")
    assert course.document.cover_id == course.files[0].id
    assert course.document.lessons == ()


def test_a_block_whose_file_is_missing_is_left_out() -> None:
    course = parsed(olx('<html url_name="gone"/>', '<problem url_name="gone"/>'))

    assert reasons(course.notes.left_out) == [("html", "file_missing"), ("problem", "file_missing")]


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"course/course.xml": "<problem/>"}, "not_olx"),
        ({"course/course.xml": '<course url_name="gone"/>'}, "missing_file"),
        ({"course/chapter/c.xml": '<chapter><sequential url_name="gone"/></chapter>'}, "missing_file"),
        ({"course/sequential/s.xml": '<sequential><vertical url_name="gone"/></sequential>'}, "missing_file"),
        ({"course/vertical/v.xml": '<vertical><vertical url_name="v"/></vertical>'}, "cycle"),
        ({"course/vertical/v.xml": "<vertical>"}, "xml"),
        ({"course/vertical/v.xml": b"\xff\xfe\x00"}, "xml"),
        ({"course/vertical/v.xml": "<a>" * 200 + "</a>" * 200}, "xml"),
        (
            {
                "course/vertical/v.xml": '<!DOCTYPE v [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
                "<vertical>&b;</vertical>"
            },
            "xml",
        ),
        (
            {
                "course/vertical/v.xml": '<!DOCTYPE v [<!ENTITY a SYSTEM "file:///etc/passwd">]><vertical>&a;</vertical>'
            },
            "xml",
        ),
        ({"course/vertical/v.xml": "<vertical>" + "<html>x</html>" * 201 + "</vertical>"}, "too_many"),
        ({"course/policies/2026/policy.json": "{"}, "json"),
        ({"course/vertical/v.xml": " " * (4 * 1024**2 + 1)}, "too_large"),
    ],
)
def test_a_faulty_course_is_refused_with_its_reason(files: dict[str, str | bytes], reason: str) -> None:
    assert refusal(olx(**files)) == reason


def test_an_archive_without_a_course_is_refused() -> None:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as archive:
        archive.addfile(tarfile.TarInfo("readme.txt"))

    assert refusal(content.getvalue()) == "not_olx"


def test_html_that_is_nested_too_deep_is_left_out() -> None:
    course = parsed(olx(html("<div>" * 5000 + "x")))

    assert reasons(course.notes.left_out) == [("html", "unreadable")]
