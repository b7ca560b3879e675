"""What people may write."""

import pytest
from skillwise_catalog.domain.text import (
    TextRefusedError,
    clean_language,
    clean_line,
    clean_prose,
    clean_tag,
    clean_video_url,
    slug_of,
)


@pytest.mark.parametrize(
    ("tag", "canonical"),
    [
        ("en", "en"),
        ("EN", "en"),
        ("pt-br", "pt-BR"),
        ("ZH-hant-tw", "zh-Hant-TW"),
        ("es-419", "es-419"),
        ("de-CH-1996", "de-CH-1996"),
        ("sl-rozaj-biske", "sl-rozaj-biske"),
        ("de-DE-u-co-phonebk", "de-DE-u-co-phonebk"),
        ("en-x-Kitchen", "en-x-kitchen"),
        (" bn ", "bn"),
    ],
)
def test_language_tags_are_written_as_bcp_47_recommends(tag: str, canonical: str) -> None:
    assert clean_language(tag) == canonical


@pytest.mark.parametrize(
    "tag", ["", "e", "english", "en_US", "en-", "-en", "en--US", "x-kitchen", "日本", "en-u", "en;"]
)
def test_what_is_no_language_tag_is_refused(tag: str) -> None:
    with pytest.raises(TextRefusedError):
        clean_language(tag)


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Bread from Three Ingredients", "bread-from-three-ingredients"),
        ("  C++ & C#!  ", "c-c"),
        ("Élan Vital", "elan-vital"),
        ("はじめての俳句", ""),
        ("word " * 40, "-".join(["word"] * 16)),
        ("x" * 200, "x" * 80),
    ],
)
def test_slugs_remind_of_their_title(title: str, slug: str) -> None:
    assert slug_of(title) == slug


def test_a_line_is_one_line() -> None:
    assert clean_line(" a \u3000b\nc\u00a0 ", max_length=9) == "a b c"
    assert clean_line("", max_length=9, required=False) == ""


def test_tags_are_in_small_letters_however_they_are_written() -> None:
    assert clean_tag("  Sour   DOUGH ") == "sour dough"
    assert clean_tag("\u0130stanbul") == clean_tag(clean_tag("\u0130stanbul"))
    with pytest.raises(TextRefusedError):
        clean_tag("rye, wheat")


def test_prose_keeps_its_lines_and_their_indentation() -> None:
    assert clean_prose("\n\n a\r\n\r\n    code\t1 \r\n\n", max_length=99) == "a\n\n    code\t1"


@pytest.mark.parametrize(
    "text", ["\x00", "a\x1b[0m", "a\x7f", "a\u202eb", "a\u2066b", "\ud800", "a\ufffe", "\u2028"]
)
def test_what_cannot_be_seen_is_refused_in_a_line(text: str) -> None:
    with pytest.raises(TextRefusedError):
        clean_line(text, max_length=99)


def test_joiners_of_scripts_and_emoji_stay() -> None:
    for text in ("क्‍ष", "👩‍🍳 at work", "می‌خواهم"):
        assert clean_line(text, max_length=99) == text


@pytest.mark.parametrize(
    "url",
    [
        "https://videos.example/a.mp4",
        "http://videos.example:8080/a?b=c#d",
        "https://xn--vidos-fsa.example/%C3%A9",
        "https://[2001:db8::1]/a",
    ],
)
def test_web_addresses_are_kept_as_they_are(url: str) -> None:
    assert clean_video_url(f" {url} ") == url
