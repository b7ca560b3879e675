"""What a file of MP4's family is by its brands (ISO/IEC 14496-12 §4.3): pictures and sound come so, too."""

from typing import Final

__all__ = ["is_movie", "is_quicktime_movie"]

#: Images, sequences of them, and what they are built upon (HEIF, AVIF, JPEG 2000, JPEG XL, Canon's raw), as
#: mp4ra.org registers them. Brands of cameras are too many to list, and new ones come: what is none of these
#: may be a movie.
_PICTURES: Final = frozenset(
    {"heic", "heix", "heim", "heis", "hevc", "hevx", "hevm", "hevs", "mif1", "mif2", "mif3", "msf1", "miaf"}
    | {"avif", "avio", "avis", "MA1A", "MA1B", "avci", "avcs", "vvic", "vvis", "evbi", "evbs", "evmi", "evms"}
    | {"jpeg", "jpgs", "j2ki", "j2is", "jp2", "jpx", "jpm", "jph", "jxl", "jxsi", "jxss"}
    | {"MiAB", "MiAn", "MiBu", "MiCm", "MiHA", "MiHB", "MiHE", "MiPr", "tmap", "crx"}
)
#: Sound alone: Apple's, Adobe's and Audible's.
_SOUND: Final = frozenset({"M4A", "M4B", "M4P", "F4A", "F4B", "aax", "aaxc"})
#: A movie in QuickTime's container, from which MP4's was made.
_QUICKTIME: Final = frozenset({"qt"})


def is_movie(head: bytes) -> bool:
    """Whether a file that begins with `head` may be a movie in MP4.

    Its major brand says what it is made as. Compatible ones say what else may read it, and a movie may well
    be readable as sound or hold a picture: they count where there is nothing else among them.
    """
    if head[4:8] != b"ftyp":
        return False
    major, *compatible = _brands(head)
    others = {brand for brand in compatible if brand}
    return major not in _PICTURES | _SOUND | _QUICKTIME and not (others and others <= _PICTURES | _SOUND)


def is_quicktime_movie(head: bytes) -> bool:
    """Whether a file that begins with `head` may be a movie in QuickTime's container, as phones and cameras
    make it: they say so first (Apple, QuickTime File Format, "File type compatibility atom").
    """
    return head[4:8] == b"ftyp" and _brands(head)[0] in _QUICKTIME


def _brands(head: bytes) -> list[str]:
    """The major brand and the compatible ones, without the spaces at their ends."""
    end = int.from_bytes(head[:4])
    start = 8
    if end == 1:  # its size is too large for 32 bits, or is said to be
        end, start = int.from_bytes(head[8:16]), 16
    elif end == 0:  # to the end of the file
        end = len(head)
    places = [start, *range(start + 8, min(end, len(head)) - 3, 4)]
    return [head[place : place + 4].decode("latin-1").rstrip(" \0") for place in places]
