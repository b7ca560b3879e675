"""What an Open edX archive holds beside its lessons is listed, each thing with a reason."""

import json

from olx_packages import PNG, html, olx, parsed
from skillwise_catalog.domain.imports.report import Finding


def left_out(*blocks: str, **files: str | bytes) -> list[Finding]:
    return parsed(olx(*blocks, **files)).notes.left_out


def short(findings: list[Finding]) -> list[tuple[str, str, str, str]]:
    """Of each finding its kind, its reason, its path and its title."""
    return [(found.kind, found.reason.value, found.path, found.title) for found in findings]


def test_pages_beside_the_lessons_are_listed_by_their_names() -> None:
    policy = {
        "course/2026": {"tabs": [{"type": "static_tab", "name": "Syllabus", "url_slug": "syllabus"}, 1]}
    }

    (tab,) = left_out(
        **{
            "course/tabs/syllabus.html": "<p>Weeks</p>",
            "course/policies/2026/policy.json": json.dumps(policy),
        }
    )

    assert short([tab]) == [("static_tab", "unsupported", "tabs/syllabus.html", "Syllabus")]
    assert tab.detail == "Pages beside the lessons have no counterpart here."


def test_updates_handouts_grading_and_the_rest_of_what_is_said_about_a_course_are_listed() -> None:
    listed = left_out(
        **{
            "course/about/overview.html": "<p>All of it</p>",
            "course/about/short_description.html": "In short",
            "course/about/subtitle.html": "",
            "course/about/effort.html": "4 hours",
            "course/info/handouts.html": "<ol><li>Sheet</li></ol>",
            "course/info/updates.items.json": "[{}]",
            "course/policies/2026/grading_policy.json": "{}",
            "course/policies/assets.json": "{}",
            "course/assets/assets.xml": "<assets/>",
        }
    )

    assert short(listed) == [
        ("about", "unsupported", "about/effort.html", ""),
        ("about", "empty", "about/subtitle.html", ""),
        ("info", "unsupported", "info/handouts.html", ""),
        ("info", "unsupported", "info/updates.items.json", ""),
        ("grading_policy", "unsupported", "policies/2026/grading_policy.json", ""),
    ]
    assert all(found.detail for found in listed if found.reason.value == "unsupported")


def test_textbooks_and_the_wiki_are_listed() -> None:
    policy = {"course/2026": {"pdf_textbooks": [{"tab_title": "The mill", "chapters": []}]}}

    listed = left_out(
        **{
            "course/course/2026.xml": '<course display_name="Bread" html_textbooks="[{&quot;tab_title&quot;: '
            '&quot;Rye&quot;}]"><wiki slug="bread"/><textbook title="Flour"/></course>',
            "course/policies/2026/policy.json": json.dumps(policy),
            "course/textbooks/mill.html": "<p>Mill</p>",
            "course/wiki/bread.md": "Bread",
        }
    )

    assert short([found for found in listed if found.path == "course/2026.xml"]) == [
        ("wiki", "unsupported", "course/2026.xml", "bread"),
        ("textbook", "unsupported", "course/2026.xml", "Flour"),
        ("textbook", "unsupported", "course/2026.xml", "The mill"),
        ("textbook", "unsupported", "course/2026.xml", "Rye"),
    ]
    assert ("textbook", "unsupported", "textbooks/mill.html", "") in short(listed)
    assert ("wiki", "unsupported", "wiki/bread.md", "") in short(listed)


def test_files_that_no_lesson_names_are_listed_together() -> None:
    listed = left_out(
        html('<img src="/static/loaf.png"/> <a href="/static/a.exe">it</a>'),
        '<video youtube_id_1_0="abc"><transcript language="en" src="bad.srt"/></video>',
        **{
            "course/static/loaf.png": PNG,
            "course/static/a.exe": "MZ",
            "course/static/bad.srt": b"\xff\xfe",
            "course/static/hx.js": "x",
            "course/static/sub/hx.css": "y",
            "course/readme.txt": "Hello",
        },
    )

    assert [(found.path, found.detail) for found in listed if found.reason.value == "unreferenced"] == [
        ("readme.txt", "Nothing that was imported names it."),
        ("static/", "Nothing that was imported names these files: hx.js, sub/hx.css."),
    ]
    assert sorted(found.path for found in listed if found.reason.value != "unreferenced") == [
        "static/a.exe",
        "static/bad.srt",
    ]


def test_of_very_many_files_each_is_named_in_findings_that_are_not_cut() -> None:
    names = [f"a picture of a loaf from day {number:04}.png" for number in range(300)]

    listed = left_out(**{f"course/static/{name}": PNG for name in names})

    quoted = [found.as_json()["detail"] for found in listed]
    assert 5 < len(quoted) < 30
    assert all(len(detail) < 1_000 for detail in quoted)
    assert [name for detail in quoted for name in detail.rstrip(".").partition(": ")[2].split(", ")] == names


def test_definitions_of_any_kind_that_nothing_leads_to_are_kept_out() -> None:
    notes = parsed(
        olx(
            '<lti url_name="lab"/>',
            **{
                "course/lti/lab.xml": '<lti display_name="Lab"/>',
                "course/lti/old.xml": "<lti/>",
                "course/html/old.xml": '<html filename="old"/>',
                "course/html/old.html": "<p>Old</p>",
                "course/drafts/html/new.xml": '<html filename="new"/>',
                "course/drafts/html/new.html": "<p>New</p>",
            },
        )
    ).notes

    assert short(notes.left_out) == [("lti", "unsupported", "lti/lab.xml", "Lab")]
    assert short(notes.kept_out) == [
        ("html", "draft", "drafts/html/new.xml", ""),
        ("html", "unreferenced", "html/old.xml", ""),
        ("lti", "unreferenced", "lti/old.xml", ""),
    ]
