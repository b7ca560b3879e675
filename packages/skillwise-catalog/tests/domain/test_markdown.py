"""Markdown as safe HTML."""

import json
from html.parser import HTMLParser
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from skillwise_catalog.domain.markdown import link_media, render_markdown
from skillwise_catalog.domain.references import media_in, media_spelled_in, renamed_media
from spellings import references, scraps

SHARED = [folder / "shared/data/text/naughty-strings.json" for folder in Path(__file__).parents]
NAUGHTY_STRINGS = next((path for path in SHARED if path.exists()), None)

FILE = UUID("0197c4d2-e001-7c3e-8f5a-6b7c8d9e0f10")

#: What people have tried to get past sanitisers with, in Markdown and in HTML.
VECTORS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<a href='javascript:alert(1)'>x</a>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](<javascript:alert(1)>)",
    "[x](&#106;avascript:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "![x](data:image/svg+xml;base64,PHN2Zz4=)",
    "[x](vbscript:msgbox(1))",
    '![x](https://a.example/"onerror="alert(1))',
    '![" onerror="alert(1)](https://a.example/x.png)',
    '[x](https://a.example "\\" onmouseover=\\"alert(1)")',
    "<javascript:alert(1)>",
    "[x]: javascript:alert(1)\n\n[x]",
    "```\n</code></pre><script>alert(1)</script>\n```",
    '```" onload="alert(1)\nx\n```',
    "<style>*{background:url(javascript:alert(1))}</style>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "<form action=javascript:alert(1)><input type=submit>",
    "<!--<img src='--><img src=x onerror=alert(1)//'>",
    f'![x](media:{FILE}"onerror="alert(1))',
]

ELEMENTS = {
    *("h1", "h2", "h3", "h4", "h5", "h6", "p", "blockquote", "pre", "hr", "br"),
    *("ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td"),
    *("a", "img", "code", "em", "strong", "s"),
}
ATTRIBUTES = {"a": {"href", "title", "rel"}, "img": {"src", "alt", "title"}, "ol": {"start"}}


class Inspector(HTMLParser):
    """Fails on whatever a browser would do more with than show it."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ELEMENTS, tag
        values = dict(attrs)
        assert set(values) <= ATTRIBUTES.get(tag, set()), (tag, values)
        for name in ("href", "src"):
            if name in values:
                scheme = (values[name] or "").partition(":")[0].lower()
                assert scheme in {"http", "https", "mailto", "media"}, values[name]
        if tag == "a":
            assert values.get("rel") == "nofollow noopener"

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(decl)


def inspect(html: str) -> None:
    inspector = Inspector()
    inspector.feed(html)
    inspector.close()


@pytest.mark.parametrize("vector", VECTORS)
def test_no_vector_gets_through(vector: str) -> None:
    inspect(render_markdown(vector))


@pytest.mark.skipif(NAUGHTY_STRINGS is None, reason="the list of naughty strings is not at hand")
def test_naughty_strings_are_shown_and_do_nothing() -> None:
    assert NAUGHTY_STRINGS is not None
    strings: list[str] = json.loads(NAUGHTY_STRINGS.read_bytes())

    assert len(strings) > 400
    for text in strings:
        inspect(render_markdown(text))
        inspect(render_markdown(f"[x]({text})"))
        inspect(render_markdown(f'![{text}](https://a.example "{text}")'))


@given(st.text(st.sampled_from("<>/\"'=&;:()[]!*_`~|-#\n \tamediajvscript"), max_size=80))
def test_whatever_is_written_is_harmless(text: str) -> None:
    inspect(render_markdown(text))


def test_markdown_is_rendered() -> None:
    html = render_markdown("# Bread\n\nFlour, *water* and **salt**.\n\n| a |\n| - |\n| ~~1~~ |\n\n3. Knead")

    assert "<h1>Bread</h1>" in html
    assert "<p>Flour, <em>water</em> and <strong>salt</strong>.</p>" in html
    assert "<td><s>1</s></td>" in html
    assert '<ol start="3">' in html
    assert render_markdown("") == ""


def test_html_is_shown_as_the_text_that_it_is() -> None:
    assert render_markdown("1 < 2 <b>bold</b>") == "<p>1 &lt; 2 &lt;b&gt;bold&lt;/b&gt;</p>"


def test_files_become_links_at_each_read() -> None:
    text = f"![A loaf](media:{FILE}) and [the sheet](media:{FILE})"

    kept = render_markdown(text)
    shown = link_media(kept, lambda file_id: f"/media/{file_id.hex}/")

    assert media_in(text) == {FILE}
    assert f'<img src="/media/{FILE.hex}/" alt="A loaf">' in shown
    assert f'<a href="/media/{FILE.hex}/" rel="nofollow noopener">the sheet</a>' in shown
    assert "media:" not in shown


def test_a_reference_in_running_text_stays_text() -> None:
    html = render_markdown(f"Write `media:{FILE}` for a file.")

    assert link_media(html, lambda _: "/elsewhere/") == html


PLACES = [
    "![x]({})",
    "[x](<{}>)",
    "[x]({} 'y')",
    "<{}>",
    "[x]: {}\n\n[x]",
    "| a |\n|---|\n| [x]({}) |",
    "> ![x]({})",
]


@given(st.sampled_from(PLACES), st.one_of(references, scraps))
def test_no_spelling_gets_readers_a_link_to_a_file_that_is_not_found(place: str, spelling: str) -> None:
    text = place.format(spelling)
    linked: set[UUID] = set()

    link_media(render_markdown(text), lambda file_id: linked.add(file_id) or "")

    assert linked <= media_spelled_in(text)


@pytest.mark.parametrize("colon", ["&#58;", "&#00000058;", "&#x0000003A;", "\\:", "&colon;"])
def test_a_disguised_reference_gets_readers_a_link_and_is_found(colon: str) -> None:
    text, linked = f"![x](media{colon}{FILE})", []

    link_media(render_markdown(text), lambda file_id: linked.append(file_id) or "")

    assert linked == [FILE]
    assert media_spelled_in(text) == {FILE}


@given(spelling=references, around=st.tuples(scraps, scraps))
def test_a_file_is_called_by_another_address_however_it_is_spelt(
    spelling: str, around: tuple[str, str]
) -> None:
    text = f"{around[0]} {spelling} {around[1]}"

    renamed = renamed_media(text, lambda _: "elsewhere")

    assert "elsewhere" in renamed
    assert renamed_media("No file.", lambda _: "elsewhere") == "No file."
    if not around[0] and not around[1]:
        assert renamed.strip() == "elsewhere"
