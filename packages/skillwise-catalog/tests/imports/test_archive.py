"""Strangers' archives are unpacked without harm, or refused with a reason."""

import gzip
import io
import stat
import tarfile
import zipfile
from collections.abc import Callable
from itertools import count

import pytest
from skillwise_catalog.domain.imports import archive
from skillwise_catalog.domain.imports.archive import unpacked
from skillwise_catalog.errors import PackageRefusedError


def tar_of(*members: tarfile.TarInfo, **files: bytes) -> bytes:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as made:
        for member in members:
            made.addfile(member)
        for name, text in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(text)
            made.addfile(member, io.BytesIO(text))
    return content.getvalue()


def zip_of(**files: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as made:
        for name, text in files.items():
            made.writestr(name, text)
    return content.getvalue()


def tar_member(name: str, kind: bytes) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type = kind
    member.linkname = "/etc/passwd"
    return member


def zip_link() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as made:
        entry = zipfile.ZipInfo("loaf.txt")
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        made.writestr(entry, "/etc/passwd")
    return content.getvalue()


def zip_with_its_encryption_flag() -> bytes:
    content = bytearray(zip_of(a=b"a"))
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


def reason_of(content: bytes) -> object:
    with pytest.raises(PackageRefusedError) as refusal, unpacked(io.BytesIO(content)):
        pass
    return refusal.value.extra["reason"]


@pytest.mark.parametrize("pack", [tar_of, zip_of])
def test_files_are_read_by_their_path(pack: Callable[..., bytes]) -> None:
    content = pack(**{"./course/course.xml": b"<course/>", "course/static/a.txt": b"a"})

    with unpacked(io.BytesIO(content)) as files:
        within = files.below("course")
        assert sorted(files) == ["course/course.xml", "course/static/a.txt"]
        assert within.read("course.xml", max_bytes=100) == b"<course/>"
        assert within.size("static/a.txt") == 1


def test_nothing_is_left_behind() -> None:
    with unpacked(io.BytesIO(zip_of(a=b"a"))) as files:
        path = files.files["a"]
        assert path.exists()

    assert not path.exists()


def test_a_file_larger_than_its_reader_expects_is_refused() -> None:
    with (
        unpacked(io.BytesIO(zip_of(a=b"aa"))) as files,
        pytest.raises(PackageRefusedError, match=r"at most 1 bytes"),
    ):
        files.read("a", max_bytes=1)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not_an_archive"),
        (b"<course/>", "not_an_archive"),
        (b"PK\x03\x04 and nothing else", "damaged"),
        (gzip.compress(b"this is no tar" * 100), "damaged"),
        (tar_of(a=b"a" * 9000)[:-20], "damaged"),
        (zip_of(**{"../a": b"a"}), "outside"),
        (tar_of(**{"../a": b"a"}), "outside"),
        (tar_of(**{"a/../../a": b"a"}), "outside"),
        (tar_of(**{"/etc/a": b"a"}), "outside"),
        (zip_of(**{"C:/a": b"a"}), "outside"),
        (tar_of(**{"..\\a": b"a"}), "outside"),
        (tar_of(tar_member("a", tarfile.SYMTYPE)), "link"),
        (tar_of(tar_member("a", tarfile.LNKTYPE)), "link"),
        (tar_of(tar_member("a", tarfile.CHRTYPE)), "link"),
        (tar_of(tar_member("a", tarfile.FIFOTYPE)), "link"),
        (zip_link(), "link"),
        (zip_with_its_encryption_flag(), "encrypted"),
        (tar_of(**{"a\nb": b"a"}), "name"),
        (tar_of(**{"a\udcff": b"a"}), "name"),
        (tar_of(**{"a" * 1025: b"a"}), "name"),
        (tar_of(**{"a": b"a", "./a": b"b"}), "duplicate"),
        (zip_of(a=b"\x00" * (17 * 1024**2)), "bomb"),
        (tar_of(a=b"\x00" * (17 * 1024**2)), "bomb"),
        (tar_of(tarfile.TarInfo("a" * 1_000_000)), "bomb"),
    ],
    ids=count(),
)
def test_a_bad_archive_is_refused_with_its_reason(content: bytes, reason: str) -> None:
    assert reason_of(content) == reason


@pytest.mark.parametrize("pack", [tar_of, zip_of])
def test_an_archive_of_too_many_entries_is_refused(
    pack: Callable[..., bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "MAX_ENTRIES", 2)

    assert reason_of(pack(a=b"", b=b"", c=b"")) == "bomb"
