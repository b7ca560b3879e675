"""IMS Common Cartridges become courses, and what has no counterpart is told."""

import io
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from cartridges import (
    BLANK,
    Resource,
    asked,
    assessment,
    cartridge,
    choices,
    equal,
    item,
    page,
    scored,
    weblink,
)
from django.core.management import call_command
from files import PDF, picture, upload
from skillwise_catalog.domain.imports.archive import unpacked
from skillwise_catalog.domain.imports.formats import LessonsFrom, PackageFormat, read_course
from skillwise_catalog.domain.imports.parsed import ParsedCourse
from skillwise_catalog.domain.imports.report import Finding
from skillwise_catalog.domain.quizzes import Question
from skillwise_catalog.dto import LessonKind
from skillwise_catalog.errors import PackageRefusedError
from skillwise_catalog.models import Course, MediaFile
from skillwise_catalog.selectors.documents import working_copy
from skillwise_catalog.services.course_imports import run_import
from skillwise_kernel import clock
from skillwise_kernel.testing.client import ApiClient

LOAF = picture("PNG")


def parsed(content: bytes, expected: PackageFormat | None = None) -> ParsedCourse:
    with unpacked(io.BytesIO(content)) as archive:
        return read_course(archive, expected=expected, lessons_from=LessonsFrom.BLOCKS)


def outline(course: ParsedCourse) -> list[tuple[str, list[tuple[str, str, str]]]]:
    return [
        (module.title, [(lesson.group, lesson.title, lesson.kind.value) for lesson in module.lessons])
        for module in course.document.modules
    ]


def found(findings: list[Finding]) -> list[tuple[str, str, str]]:
    return [(finding.kind, finding.reason.value, finding.path) for finding in findings]


def quiz(*items: str) -> ParsedCourse:
    return parsed(cartridge(item("One", item("Quiz", to="quiz.xml")), **{"quiz.xml": assessment(*items)}))


def question(*items: str) -> Question:
    (only,) = quiz(*items).document.lessons
    assert only.quiz
    return only.quiz.questions[0]


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


# Questions


def test_a_choice_of_one() -> None:
    feedback = '<material><mattext texttype="text/plain">Yeast.</mattext></material>'
    made = question(
        asked(
            "cc.multiple_choice.v0p1",
            text="&lt;p&gt;What &lt;b&gt;rises&lt;/b&gt;?&lt;/p&gt;",
            response=choices("Salt", "Dough", "a &lt; b"),
            right=scored(equal("c1")) + scored(equal("c0"), 0),
            weight="3.0",
            after=f'<itemfeedback ident="general_fb"><flow_mat>{feedback}</flow_mat></itemfeedback>',
        )
    )

    assert (made.kind.value, made.text, made.points, made.explanation) == (
        "single",
        "What **rises**?",
        3,
        "Yeast.",
    )
    assert [(choice.text, choice.is_correct) for choice in made.choices] == [
        ("Salt", False),
        ("Dough", True),
        ("a \\< b", False),
    ]


def test_several_choices() -> None:
    right = scored(f"<and>{equal('c0')}<not>{equal('c1')}</not>{equal('c2')}</and>")
    made = question(
        asked(
            "cc.multiple_response.v0p1",
            text="Which?",
            response=choices("Flour", "Sand", "Salt", cardinality="Multiple"),
            right=right,
        )
    )

    assert made.kind.value == "multiple"
    assert [choice.is_correct for choice in made.choices] == [True, False, True]


@pytest.mark.parametrize(("right", "is_true"), [("c0", True), ("c1", False)])
def test_true_or_false(right: str, is_true: bool) -> None:
    made = question(
        asked("cc.true_false.v0p1", text="So?", response=choices("True", "False"), right=scored(equal(right)))
    )

    assert (made.kind.value, made.is_true) == ("true_false", is_true)


@pytest.mark.parametrize("profile", ["cc.fib.v0p1", "cc.pattern_match.v0p1"])
def test_a_blank_accepts_all_that_scores(profile: str) -> None:
    course = quiz(
        asked(
            profile,
            text="What?",
            response=BLANK,
            right=scored(f"<or>{equal('Brot')}{equal('bread', 'Yes')}</or>") + scored(equal("stone"), 0),
        )
    )

    (only,) = course.document.lessons
    assert only.quiz
    assert only.quiz.questions[0].accepted == ("Brot", "bread")
    assert found(course.notes.changed) == [("item", "case_ignored", "quiz.xml#q")]


@pytest.mark.parametrize(
    ("profile", "response", "right", "reason"),
    [
        ("cc.essay.v0p1", BLANK, "", "unsupported"),
        ("", BLANK, "", "unsupported"),
        (
            "cc.pattern_match.v0p1",
            BLANK,
            scored('<varsubstring respident="r">bre</varsubstring>'),
            "unsupported",
        ),
        ("cc.fib.v0p1", BLANK * 2, scored(equal("a")), "unsupported"),
        ("cc.fib.v0p1", BLANK, scored(equal("a"), 0), "invalid"),
        ("cc.multiple_choice.v0p1", choices("a", "b") * 2, scored(equal("c0")), "unsupported"),
        ("cc.multiple_choice.v0p1", choices("a", "b"), "", "invalid"),
        (
            "cc.multiple_response.v0p1",
            choices("a", "b"),
            scored(f"<or>{equal('c0')}{equal('c1')}</or>"),
            "unsupported",
        ),
        (
            "cc.multiple_choice.v0p1",
            choices("a", "b"),
            scored(equal("c0")).replace(">100<", ">half<"),
            "unsupported",
        ),
    ],
)
def test_a_question_that_does_not_map_is_reported(
    profile: str, response: str, right: str, reason: str
) -> None:
    good = asked(
        "cc.true_false.v0p1", text="So?", response=choices("True", "False"), right=scored(equal("c0"))
    )
    course = quiz(asked(profile, text="What?", response=response, right=right), good)

    (only,) = course.document.lessons
    assert only.quiz
    assert len(only.quiz.questions) == 1
    assert found(course.notes.left_out) == [("item", reason, "quiz.xml#q")]


def test_part_of_the_points_is_lost_and_told() -> None:
    right = scored(equal("c0"), 50, "Add") + scored(equal("c2"), 50, "Add")
    course = quiz(
        asked(
            "cc.multiple_response.v0p1",
            text="Which?",
            response=choices("a", "b", "c", cardinality="Multiple"),
            right=right,
        )
    )

    (only,) = course.document.lessons
    assert only.quiz
    assert [choice.is_correct for choice in only.quiz.questions[0].choices] == [True, False, True]
    assert found(course.notes.changed) == [("item", "partial_credit", "quiz.xml#q")]


def test_questions_drawn_at_random_are_all_asked() -> None:
    good = asked(
        "cc.true_false.v0p1", text="So?", response=choices("True", "False"), right=scored(equal("c0"))
    )
    number = "<selection><selection_number>1</selection_number></selection>"
    course = quiz(f"<section><selection_ordering>{number}</selection_ordering>{good * 2}</section>")

    (only,) = course.document.lessons
    assert only.quiz
    assert len(only.quiz.questions) == 2
    assert found(course.notes.changed) == [("assessment", "randomised", "quiz.xml")]


def test_an_assessment_without_a_question_is_left_out() -> None:
    course = quiz()

    assert course.document.lessons == ()
    assert found(course.notes.left_out) == [("assessment", "empty", "quiz.xml")]


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


# As a course


BREAD = cartridge(
    item(
        "One",
        item("Look", to="page.html"),
        item("Quiz", to="quiz.xml"),
    ),
    **{
        "page.html": page('<p><img src="$IMS-CC-FILEBASE$/loaf.png" alt="a loaf"/></p>'),
        "web_resources/loaf.png": LOAF,
        "quiz.xml": assessment(
            asked(
                "cc.fib.v0p1",
                text="&lt;img src='$IMS-CC-FILEBASE$/loaf.png' alt='it'/&gt;",
                response=BLANK,
                right=scored(equal("bread")),
            )
        ),
    },
)


@pytest.mark.django_db
def test_the_command_imports_a_cartridge(
    tmp_path: Path, bread: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "bread.imscc"
    file.write_bytes(BREAD)

    call_command("import_cartridge", file, "--category", bread)

    course = Course.objects.get()
    picture = MediaFile.objects.get()
    article, quiz = working_copy(course).lessons
    assert article.article == f"![a loaf](media:{picture.id})"
    assert quiz.quiz
    assert quiz.quiz.questions[0].text == f"![it](media:{picture.id})"
    assert course.category
    assert course.category.slug == bread
    assert "1 modules, 2 lessons; 0 left out" in capsys.readouterr().out


@pytest.mark.django_db
def test_an_uploaded_cartridge_becomes_a_draft(instructor: ApiClient) -> None:
    upload_id = instructor.json(upload(instructor, "bread.imscc", BREAD))["id"]
    body = {"upload_id": upload_id, "format": "cartridge"}
    asked_for: dict[str, Any] = instructor.json(instructor.post("/api/v1/courses/import/", body))

    run_import(import_id=UUID(asked_for["id"]), clock=clock.now)

    done = instructor.json(instructor.get(f"/api/v1/courses/imports/{asked_for['id']}/"))
    assert (done["state"], done["report"]["imported"]) == (
        "done",
        {"assessment": 1, "item": 1, "module": 1, "webcontent": 1},
    )
    assert Course.objects.get().lesson_count == 2
