"""Markdown that was made to keep a server busy."""

import time
from typing import Final

import pytest
from markdown_it import MarkdownIt
from skillwise_catalog.domain.markdown import render_markdown

LENGTH: Final = 20_000
PROSE: Final = "Some *words* with a [link](https://a.example/) and `code`, as people write them.\n\n"

TABLE: Final = "|".join("a" * 100) + "\n" + "|".join("-" * 100) + "\n" + "a\n" * 650 + "\n"
#: What a renderer that does not count is at for fifteen to a thousand times as long as for prose.
INTRICATE: Final = {
    "pictures in pictures": "![" * 18 + "[] " * (LENGTH // 3) + "](b)" * 18,
    "pictures in pictures, and emphasis": "![" * 18 + "*a " * (LENGTH // 3) + "](b)" * 18,
    "quotes in quotes": ">" * 19 + "a\n" * (LENGTH // 2),
    "tables of missing cells": TABLE * (LENGTH // len(TABLE)),
    "one address for many links": "[a]: https://a.example/"
    + "x" * (LENGTH // 2)
    + "\n\n"
    + "[a] " * (LENGTH // 8),
    "one address for many pictures": "[a]: https://a.example/"
    + "x" * (LENGTH // 2)
    + "\n\n"
    + "![a] " * (LENGTH // 10),
}
#: What takes a renderer longer than prose, but not out of all proportion.
DENSE: Final = {
    "beginnings of pictures": "![",
    "brackets": "[",
    "brackets and stars": "[*",
    "links without an end": "[](",
    "references without an end": "[a][",
    "definitions without an end": "[a\n",
    "lists of nothing": "- a\n",
    "numbered lists": "1) a\n",
    "stars": "*a ",
    "stars and strokes": "*_",
    "strikethrough": "~~a ",
    "code without an end": "`a",
    "tags": "<a ",
    "entities": "&#",
    "backslashes": "\\",
    "definitions": "[a]: /x\n\n",
    "tables": "|a|\n|-|\n> \n",
    "lines": "a\n",
    "nothing": " \n",
}
#: What people do write, as dense as it comes.
ORDINARY: Final = {
    "prose": PROSE * 200,
    "formulas": r"\\(\\frac{a\_1}{b\_2} + \\sqrt{x^2} \\)" * 300,
    "a truth table": "|a|b|c|\n|-|-|-|\n" + "|0|1|0|\n" * 500,
    "a table of lists": "| a | b |\n| - | - |\n" + "| one, `two` | [x](https://a.example/) |\n" * 200,
    "a table with rows cut short": "| a | b | c |\n| - | - | - |\n" + "| one |\n" * 300,
    "lines of one character": "1\n2\n3\n" * 400,
    "a list of links": "- [a](https://a.example/a) ![b](https://a.example/b.png)\n" * 200,
    "references": "[a][1], [b][2]; " * 200 + "\n\n[1]: https://a.example/ 'One'\n[2]: https://b.example/",
    "a quoted conversation": "> > > He said so.\n> > She said no.\n> Then\n\n" * 200,
    "a nested list": "".join(f"{'  ' * (line % 8)}- item {line}\n" for line in range(800)),
    "a program that nobody fenced": "if (a[i] < b[j] && *p != '\\0') { x_1 = f(a[i][j]); }\n" * 200,
    "a short text of nothing but marks": "![[*_`" * 40,
}


def cost(text: str) -> float:
    """Seconds of this process, the least of three times."""
    return min(_once(text) for _ in range(3))


def _once(text: str) -> float:
    start = time.process_time()
    render_markdown(text)
    return time.process_time() - start


@pytest.mark.parametrize("text", INTRICATE.values(), ids=INTRICATE)
def test_what_was_made_to_be_slow_is_not_and_is_shown_as_it_was_written(text: str) -> None:
    assert cost(text) < 12 * cost(PROSE * (len(text) // len(PROSE)))
    html = render_markdown(text)

    assert html.startswith("<p>")
    assert not {"<img", "<blockquote", "<table", "<a "} & {html[at : at + 4] for at in range(len(html))}
    assert len(html) < 5 * len(text)


@pytest.mark.parametrize("unit", DENSE.values(), ids=DENSE)
def test_marks_without_end_take_no_longer_than_their_length_explains(unit: str) -> None:
    assert cost(unit * (LENGTH // len(unit))) < 12 * cost(PROSE * (LENGTH // len(PROSE)))


@pytest.mark.parametrize("text", ORDINARY.values(), ids=ORDINARY)
def test_what_people_write_is_rendered_as_ever(text: str) -> None:
    by_itself = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).render(text)

    assert visible(render_markdown(text)) == visible(by_itself)


def visible(html: str) -> str:
    """Without what the sanitiser writes its own way."""
    for written in (' rel="nofollow noopener"', " />", ">", "&quot;", "&#39;", '"', "'"):
        html = html.replace(written, "")
    return html.strip()


def test_what_is_shown_as_it_was_written_is_safe_and_keeps_its_lines() -> None:
    html = render_markdown("<script>alert(1)</script>\none\n\ntwo\n\n" + ">" * 19 + "a\n" * 5_000)

    assert html.startswith("<p>&lt;script&gt;alert(1)&lt;/script&gt;<br>\none</p>\n<p>two</p>\n<p>&gt;")
