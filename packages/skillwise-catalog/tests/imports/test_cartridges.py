"""IMS Common Cartridges become courses, and what has no counterpart is told."""

import pytest
from cartridges import LOAF, Resource, cartridge, found, item, page, parsed, weblink
from files import PDF
from skillwise_catalog.domain.imports.formats import PackageFormat
from skillwise_catalog.domain.imports.parsed import ParsedCourse
from skillwise_catalog.dto import LessonKind
from skillwise_catalog.errors import PackageRefusedError


def outline(course: ParsedCourse) -> list[tuple[str, list[tuple[str, str, str]]]]:
    return [
        (module.title, [(lesson.group, lesson.title, lesson.kind.value) for lesson in module.lessons])
        for module in course.document.modules
    ]


@pytest.mark.parametrize("minor", [1, 2, 3])
def test_the_tree_becomes_modules_and_lessons_under_headings(minor: int) -> None:
    course = parsed(
        cartridge(
            item(
                "The starter",
                item("Look", to="a.html"),
                item("Feeding", item("Day one", to="a.html"), item("Later", item("Day two", to="b.pdf"))),
            ),
            item("The loaf", item("Shaping"), item("Fold", to="a.html")),
            minor=minor,
            **{"a.html": page("<p>Flour.</p>"), "b.pdf": PDF},
        )
    )

    assert outline(course) == [
        (
            "The starter",
            [
                ("", "Look", "article"),
                ("Feeding", "Day one", "article"),
                ("Feeding / Later", "Day two", "file"),
            ],
        ),
        ("The loaf", [("Shaping", "Fold", "article")]),
    ]
    document = course.document
    assert (document.title, document.language, document.description) == ("Bread", "en-US", "A loaf a week.")
    assert course.notes.left_out == course.notes.kept_out == course.notes.changed == []


def test_lessons_at_the_top_are_in_a_module_by_the_course_s_title() -> None:
    content = cartridge(
        item("Look", to="a.html"),
        item("More", item("Fold", to="a.html")),
        **{"a.html": page("<p>Flour.</p>")},
    )

    assert outline(parsed(content)) == [
        ("Bread", [("", "Look", "article")]),
        ("More", [("", "Fold", "article")]),
    ]


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("web_resources/a loaf.png", "$IMS-CC-FILEBASE$/a%20loaf.png?canvas_download=1"),
        ("web_resources/a loaf.png", "%24IMS-CC-FILEBASE%24/a%20loaf.png"),
        ("web_resources/a loaf.png", "web_resources/a%20loaf.png"),
        ("img/loaf.png", "$IMS-CC-FILEBASE$/img/loaf.png"),
        ("img/loaf.png", "img/../img/loaf.png"),
    ],
)
def test_pictures_come_along_however_a_page_names_them(path: str, address: str) -> None:
    course = parsed(
        cartridge(
            item("One", item("Look", to="page.html")),
            **{"page.html": page(f'<p><img src="{address}" alt="a loaf"/></p>'), path: LOAF},
        )
    )

    (file,) = course.files
    assert file.path == path
    assert course.document.lessons[0].article == f"![a loaf](media:{file.id})"
    assert course.notes.left_out == []


def test_a_page_in_a_folder_names_files_from_there() -> None:
    course = parsed(
        cartridge(
            item("One", item("Look", to="wiki/page.html")),
            **{"wiki/page.html": page('<a href="../files/sheet.pdf">Sheet</a>'), "files/sheet.pdf": PDF},
        )
    )

    (file,) = course.files
    assert course.document.lessons[0].article == f"[Sheet](media:{file.id})"


@pytest.mark.parametrize(
    "address",
    [
        "other.html",
        "$WIKI_REFERENCE$/pages/other",
        "$CANVAS_OBJECT_REFERENCE$/assignments/1",
        "#top",
        "../../etc.pdf",
    ],
)
def test_links_within_the_old_home_become_text_and_are_reported(address: str) -> None:
    course = parsed(
        cartridge(
            item("One", item("Look", to="page.html"), item("Other", to="other.html")),
            **{
                "page.html": page(f'<p>See <a href="{address}">there</a></p>'),
                "other.html": page("<p>It.</p>"),
            },
        )
    )

    assert course.document.lessons[0].article == "See there"
    assert found(course.notes.changed) == [("webcontent", "internal_link", "page.html")]


def test_a_web_link_becomes_an_article_with_the_link() -> None:
    course = parsed(
        cartridge(
            item("One", item("Mills", to="link.xml")),
            **{"link.xml": weblink("https://mills.example/a?b=1&amp;c=2", "Old [mills]")},
        )
    )

    (article,) = course.document.lessons
    assert (article.kind, article.article) == (
        LessonKind.ARTICLE,
        "[Old \\[mills\\]](https://mills.example/a?b=1&c=2)",
    )


def test_videos_and_other_files_become_lessons_of_their_kind() -> None:
    video = b"\x00\x00\x00\x18ftypmp42" + bytes(32)
    course = parsed(
        cartridge(
            item("One", item("See", to="a b.mp4"), item("Sheet", to="s.pdf"), item("Run", to="r.exe")),
            **{"a b.mp4": video, "s.pdf": PDF, "r.exe": b"MZ"},
        )
    )

    assert [(made.kind.value, made.title) for made in course.document.lessons] == [
        ("video", "See"),
        ("file", "Sheet"),
    ]
    assert found(course.notes.left_out)[0] == ("file", "file_refused", "r.exe")


def test_what_has_no_counterpart_is_listed() -> None:
    course = parsed(
        cartridge(
            item(
                "One",
                item("Talk", to="talk.xml"),
                item("Tool", to="tool.xml"),
                item("Essay", to="essay.html"),
                item("Gone", to="nowhere"),
            ),
            **{
                "talk.xml": Resource("talk.xml", "<topic/>", kind="imsdt_xmlv1p1"),
                "tool.xml": Resource("tool.xml", "<cartridge_basiclti_link/>", kind="imsbasiclti_xmlv1p0"),
                "essay.html": Resource(
                    "essay.html",
                    page("<p>Write.</p>"),
                    kind="associatedcontent/imscc_xmlv1p1/learning-application-resource",
                ),
                "spare.html": page("<p>In no module.</p>"),
                "bank.xml": Resource(
                    "bank.xml", "<questestinterop/>", kind="imsqti_xmlv1p2/imscc_xmlv1p1/question-bank"
                ),
            },
        )
    )

    assert course.document.lessons == ()
    assert found(course.notes.left_out) == [
        ("discussion", "unsupported", "talk.xml"),
        ("lti", "unsupported", "tool.xml"),
        ("learning-application-resource", "unsupported", "essay.html"),
        ("item", "file_missing", "imsmanifest.xml"),
        ("webcontent", "unreferenced", "spare.html"),
        ("question-bank", "unreferenced", "bank.xml"),
    ]


def test_what_learners_did_not_see_is_kept_out() -> None:
    meta = """<modules xmlns="http://canvas.instructure.com/xsd/cccv1p0">
        <module identifier="i-Later"><workflow_state>unpublished</workflow_state></module></modules>"""
    plan = Resource("plan.html", page("<p>Plan.</p>"), use="lessonplan")
    key = Resource("key.html", page("<p>Key.</p>"), role="Instructor")
    course = parsed(
        cartridge(
            item(
                "One",
                item("Hidden", item("Within", to="a.html"), attributes='isvisible="false"'),
                item("Plan", to="plan.html"),
                item("Key", to="key.html"),
                item("Draft", to="draft.html"),
                item("Shown", to="a.html"),
            ),
            item("Later", item("Soon", to="b.html")),
            **{
                "a.html": page("<p>Flour.</p>"),
                "b.html": page("<p>Salt.</p>"),
                "draft.html": page("<p>No.</p>", '<meta name="workflow_state" content="unpublished"/>'),
                "plan.html": plan,
                "key.html": key,
                "course_settings/module_meta.xml": Resource(
                    "course_settings/module_meta.xml",
                    meta,
                    kind="associatedcontent/imscc_xmlv1p1/learning-application-resource",
                ),
            },
        )
    )

    assert outline(course) == [("One", [("", "Shown", "article")])]
    assert sorted(found(course.notes.kept_out)) == [
        ("item", "draft", "imsmanifest.xml#i-Later"),
        ("item", "hidden", "imsmanifest.xml#i-Hidden"),
        ("webcontent", "draft", "b.html"),
        ("webcontent", "draft", "draft.html"),
        ("webcontent", "hidden", "a.html"),
        ("webcontent", "staff_only", "key.html"),
        ("webcontent", "staff_only", "plan.html"),
    ]


def test_what_is_for_learners_too_comes_along() -> None:
    both = Resource("a.html", page("<p>Flour.</p>"), role="Learner")

    assert (
        len(parsed(cartridge(item("One", item("Look", to="a.html")), **{"a.html": both})).document.lessons)
        == 1
    )


# What is refused


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (cartridge(**{"imsmanifest.xml": "<manifest/>"}), "not_a_cartridge"),
        (cartridge(**{"imsmanifest.xml": "<manifest"}), "xml"),
        (
            cartridge(**{"imsmanifest.xml": '<!DOCTYPE m [<!ENTITY e "x">]><manifest>&e;</manifest>'}),
            "xml",
        ),
        (
            cartridge(
                item("One", item("Mills", to="link.xml")),
                **{"link.xml": Resource("link.xml", "<webLink", kind="imswl_xmlv1p3")},
            ),
            "xml",
        ),
        (
            cartridge(*(item(f"M{number}") for number in range(101))),
            "too_many",
        ),
        (
            cartridge(item("One", *(item("L", to="a.html") for _ in range(201))), **{"a.html": page("x")}),
            "too_many",
        ),
    ],
)
def test_a_faulty_cartridge_is_refused(content: bytes, reason: str) -> None:
    with pytest.raises(PackageRefusedError) as refused:
        parsed(content, PackageFormat.CARTRIDGE)

    assert refused.value.extra["reason"] == reason


def test_a_cartridge_is_known_by_its_manifest_whatever_files_it_brings() -> None:
    content = cartridge(
        item("One", item("Look", to="a.html")),
        **{
            "a.html": page("<p>Flour.</p>"),
            "web_resources/course.json": b"{}",
            "web_resources/course.xml": b"<x/>",
        },
    )

    for expected in (None, PackageFormat.CARTRIDGE):
        assert parsed(content, expected).document.title == "Bread"
    with pytest.raises(PackageRefusedError):
        parsed(cartridge(), PackageFormat.OLX)
