"""What is said of a file by its bytes, without a database."""

import io
import struct
import zipfile
import zlib

import pytest
from files import SVG, VTT, gzipped, picture, tarred, zipped
from skillwise_catalog.domain.uploads import archives, images
from skillwise_catalog.domain.uploads.content import examine
from skillwise_catalog.domain.uploads.kinds import kind_of
from skillwise_catalog.errors import UploadRefusedError


def judged(name: str, content: bytes) -> str:
    """Why the file is refused; empty where it is not."""
    try:
        examine(kind_of(name), io.BytesIO(content))
    except UploadRefusedError as refused:
        return str(refused.extra["reason"])
    return ""


# Drawings


def drawn(inside: str, attributes: str = "") -> bytes:
    links = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return f"<svg {links} {attributes}>{inside}</svg>".encode()


@pytest.mark.parametrize(
    "content",
    [
        SVG,
        b"<?xml version='1.0' encoding='UTF-8'?>\n" + SVG,
        drawn('<defs><linearGradient id="a"/></defs><rect fill="url(#a)"/><use xlink:href="#a"/>'),
        drawn("<style>.a { fill: red }</style><title>A &amp; B</title>"),
    ],
)
def test_a_drawing_that_only_draws_is_taken(content: bytes) -> None:
    assert judged("a.svg", content) == ""


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (drawn("<script>alert(1)</script>"), "active_content"),
        (drawn("<SCRIPT/>"), "active_content"),
        (drawn('<x:script xmlns:x="http://www.w3.org/1999/xhtml"/>'), "active_content"),
        (drawn("", "onload='alert(1)'"), "active_content"),
        (drawn("<g ONCLICK='alert(1)'/>"), "active_content"),
        (drawn("<foreignObject><body/></foreignObject>"), "active_content"),
        (drawn("<a href='javascript:alert(1)'/>"), "active_content"),
        (drawn("<use href='https://evil.example/a.svg#b'/>"), "active_content"),
        (drawn("<use xlink:href='data:image/svg+xml,x'/>"), "active_content"),
        (drawn("<image href='https://evil.example/pixel.png'/>"), "active_content"),
        (drawn("<set attributeName='href' to='javascript:alert(1)'/>"), "active_content"),
        (drawn("<style>@import 'https://evil.example/a.css';</style>"), "active_content"),
        (drawn("<style>a{background:url(https://evil.example)}</style>"), "active_content"),
        (drawn("<style>a{background:\\75rl(https://evil.example)}</style>"), "active_content"),
        (drawn("<rect style='fill:url(//evil.example)'/>"), "active_content"),
        (drawn("<rect fill=' JavaScript :alert(1)'/>"), "active_content"),
        (b'<?xml-stylesheet href="https://evil.example/a.css"?>' + SVG, "active_content"),
        (
            b"<?xml version='1.0'?><?xml-stylesheet href='https://evil.example/a.css'?>" + SVG,
            "active_content",
        ),
        (b'<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG, "active_content"),
        (b'<!DOCTYPE svg SYSTEM "file:///etc/passwd">' + SVG, "active_content"),
        (drawn("", "xml:base='https://evil.example/'"), "active_content"),
        (b"<svg><path/></svg>", "content"),
        (b"<html xmlns='http://www.w3.org/1999/xhtml'/>", "content"),
        (SVG[:-3], "content"),
        (b"GIF89a", "content"),
    ],
)
def test_a_drawing_that_runs_or_fetches_anything_is_refused(content: bytes, reason: str) -> None:
    assert judged("a.svg", content) == reason


# Pictures


def test_a_picture_of_more_pixels_than_memory_is_refused_undecoded(monkeypatch: pytest.MonkeyPatch) -> None:
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(bytes(1000))), (b"IEND", b"")]
    bomb = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )

    assert judged("a.png", bomb) == "bomb"
    monkeypatch.setattr(images, "MAX_PIXELS", 99)
    assert judged("a.png", picture("PNG", 10, 10)) == "bomb"


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_picture_that_is_cut_off_is_refused(kind: str) -> None:
    whole = picture(kind, 300, 300)

    assert judged(f"a.{kind.lower()}", whole[: len(whole) // 2]) == "damaged"


# Captions

LATE = b"100:00:00.000 --> 100:00:01.000\nLate.\n"


@pytest.mark.parametrize(
    "content",
    [
        VTT,
        b"\xef\xbb\xbf" + VTT,
        VTT.replace(b"\n", b"\r\n"),
        b"WEBVTT - a title\nKind: captions\n\nNOTE of the author\n\nSTYLE\n::cue { color: lime }\n\n" + LATE,
    ],
)
def test_good_captions_are_taken(content: bytes) -> None:
    assert judged("a.vtt", content) == ""


@pytest.mark.parametrize(
    "content",
    [
        b"1\n00:00:00,000 --> 00:00:01,000\nSubRip.\n",
        b"WEBVTTX\n\n00:00.000 --> 00:01.000\nText.\n",
        b"WEBVTT\n",
        b"WEBVTT\n\nNOTE nothing else\n",
        b"WEBVTT\n00:00.000 --> 00:01.000\nToo close.\n",
        b"WEBVTT\n\n00:00,000 --> 00:01,000\nA comma.\n",
        b"WEBVTT\n\n00:01.000 --> 00:01.000\nFor no time.\n",
        b"WEBVTT\n\n00:75.000 --> 00:80.000\nSeconds.\n",
        b"WEBVTT\n\n00:02.000 --> 00:03.000\nB.\n\n00:01.000 --> 00:02.000\nA.\n",
        b"WEBVTT\n\n00:00.000 --> 00:01.000\nText.\n00:01.000 --> 00:02.000\nToo close.\n",
        b"WEBVTT\n\n00:00.000 --> 00:01.000 nonsense\nText.\n",
        b"WEBVTT\n\nwords\nand words\n",
        b"WEBVTT\n\njust an id\n",
    ],
)
def test_captions_that_a_player_would_drop_are_refused(content: bytes) -> None:
    assert judged("a.vtt", content) == "captions"


def test_who_is_refused_learns_the_line() -> None:
    with pytest.raises(UploadRefusedError, match="Line 4: the cue ends before it starts") as refused:
        examine(kind_of("a.vtt"), io.BytesIO(b"WEBVTT\n\nid\n00:02.000 --> 00:01.000\nText.\n"))

    assert refused.value.extra["line"] == 4


# Archives


def linked(target: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        entry = zipfile.ZipInfo("link")
        entry.external_attr = 0o120777 << 16
        archive.writestr(entry, target)
    return content.getvalue()


def nested(depth: int) -> bytes:
    content = b"text"
    for _ in range(depth):
        content = zipped({"a": content})
    return content


def encrypted() -> bytes:
    content = bytearray(zipped({"a.txt": b"text"}))
    content[6] |= 1
    content[content.rindex(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


ZEROS = bytes(40 * 1024 * 1024)
DEFLATED = zipped({"a": ZEROS}, packing=zipfile.ZIP_DEFLATED)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.zip", zipped({"a/b.txt": b"text", "c.txt": b""}), ""),
        ("a.zip", zipped({"notes.docx": zipped({"word/document.xml": b"<a/>"})}), ""),
        ("a.zip", nested(3), ""),
        ("a.zip", nested(4), "bomb"),
        ("a.zip", DEFLATED, "bomb"),
        ("a.zip", zipped({"harmless.txt": DEFLATED}), "bomb"),
        ("a.zip", zipped({"harmless.txt": gzipped(ZEROS)}), "bomb"),
        ("a.zip", zipped({"../a.txt": b""}), "path"),
        ("a.zip", zipped({"a/../../b.txt": b""}), "path"),
        ("a.zip", zipped({"/etc/passwd": b""}), "path"),
        ("a.zip", zipped({"..\\a.txt": b""}), "path"),
        ("a.zip", zipped({"C:a.txt": b""}), "path"),
        ("a.zip", zipped({"inner.zip": zipped({"../a.txt": b""})}), "path"),
        ("a.zip", linked("/etc/passwd"), "path"),
        ("a.zip", encrypted(), "encrypted"),
        ("a.zip", zipped({"a": b"text"})[:-10], "damaged"),
        ("a.zip", b"PK\x03\x04" + bytes(100), "damaged"),
        ("a.tar.gz", tarred({"a/b.txt": b"text"}), ""),
        ("a.tar.gz", tarred({"static/a.zip": zipped({"b.txt": b"text"})}), ""),
        ("a.tgz", tarred({"a": ZEROS}), "bomb"),
        ("a.tar.gz", tarred({"a.gz": gzipped(ZEROS)}), "bomb"),
        ("a.tar.gz", tarred({"../a.txt": b""}), "path"),
        ("a.tar.gz", tarred({"/a.txt": b""}), "path"),
        ("a.tar.gz", tarred({}, ("link", "/etc/passwd")), "path"),
        ("a.tar.gz", tarred({"a": b"text"})[:-12], "damaged"),
        ("a.tar.gz", gzipped(b"no tar"), "damaged"),
        ("a.tar.gz", b"\x1f\x8b\x08" + bytes(50), "damaged"),
        ("a.tar.gz", tarred({"a": b"text"})[:-8] + bytes(8), "damaged"),
        ("a.tar.gz", tarred({"a": b"text"}) + gzipped(ZEROS), "bomb"),
    ],
)
def test_an_archive_is_safe_to_unpack_or_refused(name: str, content: bytes, reason: str) -> None:
    assert judged(name, content) == reason


def test_an_archive_of_too_many_entries_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_ENTRIES", 10)
    within, beyond = ({f"{i}": b"" for i in range(count)} for count in (10, 11))

    assert [judged("a.zip", zipped(within)), judged("a.zip", zipped(beyond))] == ["", "bomb"]
    assert [judged("a.tgz", tarred(within)), judged("a.tgz", tarred(beyond))] == ["", "bomb"]
    assert judged("a.zip", zipped({"a.zip": zipped(within)})) == "bomb"


# Videos


def branded(major: bytes, *compatible: bytes) -> bytes:
    """The beginning of a file of MP4's family."""
    brands = major + bytes(4) + b"".join(compatible)
    return struct.pack(">I", 8 + len(brands)) + b"ftyp" + brands + b"\x00\x00\x00\x08free"


@pytest.mark.parametrize(
    "content",
    [
        # Apple's, Canon's and Google's pictures, with the brands that they write
        branded(b"heic", b"mif1", b"MiHE", b"MiPr", b"miaf", b"MiHB", b"heic"),
        branded(b"heix", b"mif1", b"heix"),
        branded(b"mif1", b"mif1", b"heic", b"hevc"),
        branded(b"hevc", b"msf1", b"hevc", b"heic", b"iso8"),
        branded(b"avif", b"avif", b"mif1", b"miaf", b"MA1B"),
        branded(b"avis", b"avif", b"avis", b"msf1", b"iso8", b"mif1", b"miaf", b"MA1A"),
        branded(b"crx ", b"crx ", b"isom"),
        branded(b"jp2 ", b"jp2 "),
        branded(b"jxl ", b"jxl "),
        # sound: iTunes', ffmpeg's, Audible's
        branded(b"M4A ", b"M4A ", b"mp42", b"isom", bytes(4)),
        branded(b"M4B ", b"M4A ", b"mp42", b"isom"),
        branded(b"M4P ", b"M4A ", b"mp42", b"isom"),
        branded(b"F4A ", b"isom", b"mp42"),
        branded(b"aax ", b"aax ", b"M4B ", b"mp42", b"isom"),
        # by all that may read them
        branded(b"isom", b"mif1", b"heic"),
        branded(b"0000", b"M4A "),
        # sizes in 64 bits, to the file's end, and made up
        b"\x00\x00\x00\x01ftyp" + struct.pack(">Q", 24) + b"heic" + bytes(4),
        b"\x00\x00\x00\x00ftypisom" + bytes(4) + b"heic",
        b"\xff\xff\xff\xffftypavif" + bytes(40),
        b"\x00\x00\x00\x08ftypheic",
        branded(b"qt  ", b"qt  "),
        b"\x00\x00\x00\x18moovisom" + bytes(16),
    ],
)
def test_pictures_sound_and_quicktime_are_no_videos_whatever_they_are_called(content: bytes) -> None:
    assert judged("a.mp4", content) == "content"


@pytest.mark.parametrize(
    "brands",
    [
        (b"isom", b"isom", b"iso2", b"avc1", b"mp41"),
        (b"mp42", b"mp42", b"isom"),
        (b"mp42", b"M4A ", b"mp42", b"isom"),
        (b"M4V ", b"M4V ", b"M4A ", b"mp42", b"isom"),
        (b"iso6", b"iso6", b"cmfc", b"dash", b"hvc1"),
        (b"isom", b"isom", b"avc1", b"mif1"),
        (b"avc1", b"avc1", b"isom"),
        (b"av01", b"av01", b"iso8"),
        # Sony's, Canon's, Panasonic's, Nikon's, Samsung's, Casio's; phones'; NeroDigital's, Flash's
        (b"MSNV", b"MSNV", b"mp42", b"isom"),
        (b"XAVC", b"XAVC", b"mp42", b"nras", b"iso2"),
        (b"CAEP", b"CAEP", b"mp42", b"avc1"),
        (b"pana", b"pana", b"mp42"),
        (b"niko", b"niko", b"mp42"),
        (b"mp41", b"mp41", b"qt  "),
        (b"caqv", b"caqv", b"mp42"),
        (b"3gp5", b"3gp5", b"isom"),
        (b"3g2a", b"3g2a"),
        (b"MMP4", b"MMP4", b"3gp4"),
        (b"NDSH", b"NDSH", b"mp42"),
        (b"f4v ", b"isom", b"mp42", b"m4v "),
        (b"zzzz",),
        (b"zzzz", b"yyyy"),
    ],
)
def test_videos_of_whatever_camera_are_taken(brands: tuple[bytes, ...]) -> None:
    assert judged("a.mp4", branded(*brands)) == ""


def test_a_phones_movie_is_quicktime_by_its_name_and_by_its_brand_alike() -> None:
    phones = branded(b"qt  ", b"qt  ")

    assert judged("IMG_0042.MOV", phones) == ""
    assert judged("a.mp4", phones) == "content"
    assert judged("a.mov", branded(b"mp42", b"mp42", b"qt  ")) == "content"
    assert judged("a.mov", branded(b"heic", b"qt  ")) == "content"
    assert judged("a.mov", branded(b"M4A ", b"qt  ")) == "content"
    assert judged("a.mov", b"\x00\x00\x00\x18moovqt  " + bytes(16)) == "content"


def test_a_movie_of_another_container_is_not_what_it_says() -> None:
    assert judged("a.webm", b"\x1a\x45\xdf\xa3\x93\x42\x82\x88matroska") == "content"
    assert judged("a.webm", b"\x1a\x45\xdf\xa3\x93\x42\x82\x84webm") == ""
