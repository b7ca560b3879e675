"""Pictures, decoded by Pillow within bounds."""

from typing import BinaryIO, Final

from PIL import Image, UnidentifiedImageError

from skillwise_catalog.errors import UploadRefusedError

__all__ = ["MAX_PIXELS", "examine_image"]

#: Decoded, a picture of this many takes 120 MB at most.
MAX_PIXELS: Final = 30_000_000

_FORMATS: Final = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}


def examine_image(content: BinaryIO, *, content_type: str) -> tuple[int, int]:
    """Width and height, in pixels. Raises `UploadRefusedError` for one that cannot be decoded whole, or that
    would fill the memory of whoever decodes it.
    """
    try:
        with Image.open(content, formats=[_FORMATS[content_type]]) as image:
            width, height = image.size
            if width * height > MAX_PIXELS:
                raise _too_many_pixels()
            image.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels() from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError):
        raise UploadRefusedError(
            "The picture is damaged: it cannot be decoded.", extra={"reason": "damaged"}
        ) from None
    return width, height


def _too_many_pixels() -> UploadRefusedError:
    return UploadRefusedError(f"A picture may have at most {MAX_PIXELS:,} pixels.", extra={"reason": "bomb"})
