"""Open edX video blocks: where the video is, how long it takes, and its transcripts."""

from collections.abc import Iterator
from pathlib import PurePosixPath
from uuid import UUID

from skillwise_catalog.domain.documents import CaptionDocument, LessonDocument, ResourceDocument
from skillwise_catalog.domain.imports.captions import sjson_as_webvtt, srt_as_webvtt
from skillwise_catalog.domain.imports.olx.addresses import static_file, static_path
from skillwise_catalog.domain.imports.olx.tree import Node, Tree
from skillwise_catalog.domain.imports.parsed import Shelf
from skillwise_catalog.domain.imports.report import Finding, ImportNotes, Reason
from skillwise_catalog.domain.imports.wording import title_of
from skillwise_catalog.domain.lessons import MAX_DURATION
from skillwise_catalog.domain.text import TextRefusedError, clean_language, clean_video_url
from skillwise_catalog.dto import LessonKind

__all__ = ["read_video"]

_MAX_TRANSCRIPT = 2 * 1024**2


def read_video(
    node: Node, *, tree: Tree, shelf: Shelf, notes: ImportNotes, title: str, group: str
) -> LessonDocument | None:
    """The lesson; None where nothing says where the video is."""
    url, file_id = _source(node, tree, shelf)
    if not url and file_id is None:
        return None
    if any(str(node.attributes.get(end) or "00:00:00") != "00:00:00" for end in ("start_time", "end_time")):
        notes.changed.append(_finding(node, Reason.CLIPPED, "Only a part of the video was shown."))
    return LessonDocument(
        title=title,
        kind=LessonKind.VIDEO,
        group=group,
        duration=_duration(node),
        video_url=url,
        file_id=file_id,
        captions=tuple(_captions(node, tree, shelf, notes)),
        resources=tuple(_resources(node, tree, shelf)),
    )


def _source(node: Node, tree: Tree, shelf: Shelf) -> tuple[str, UUID | None]:
    """An address of the web, else a file of the package, else YouTube's."""
    for address in _addresses(node):
        if (file_id := static_file(address, archive=tree.archive, shelf=shelf, form="video")) is not None:
            return "", file_id
        try:
            return clean_video_url(address), None
        except TextRefusedError:
            continue
    youtube = str(node.attributes.get("youtube_id_1_0") or "")
    for speed in str(node.attributes.get("youtube") or "").split(","):
        rate, _, video_id = speed.partition(":")
        if not youtube and rate.strip() in {"1.0", "1.00"}:
            youtube = video_id
    youtube = youtube.strip()
    known = youtube.isascii() and youtube.replace("-", "").replace("_", "").isalnum()
    return (f"https://www.youtube.com/watch?v={youtube}" if known else ""), None


def _addresses(node: Node) -> Iterator[str]:
    written = node.value("html5_sources")
    yield from (str(address) for address in written if address) if isinstance(written, list) else ()
    if node.element is not None:
        yield from (source.get("src") or "" for source in node.element.iter("source"))
    yield str(node.attributes.get("source") or "")


def _duration(node: Node) -> int:
    asset = node.element.find("video_asset") if node.element is not None else None
    try:
        seconds = round(float(asset.get("duration") or 0)) if asset is not None else 0
    except (ValueError, OverflowError):
        return 0
    return seconds if 0 <= seconds <= MAX_DURATION else 0


def _captions(node: Node, tree: Tree, shelf: Shelf, notes: ImportNotes) -> Iterator[CaptionDocument]:
    for language, name in _transcripts(node).items():
        path = static_path(f"static/{name}", archive=tree.archive) or ""
        if path not in tree.archive:
            notes.left_out.append(
                Finding(
                    path=f"static/{name}", kind="transcript", reason=Reason.FILE_MISSING, title=node.title
                )
            )
            continue
        content = tree.archive.read(path, max_bytes=_MAX_TRANSCRIPT)
        captions = sjson_as_webvtt(content) if path.endswith(".sjson") else srt_as_webvtt(content)
        if captions is None:
            notes.left_out.append(
                Finding(path=path, kind="transcript", reason=Reason.UNREADABLE, title=node.title)
            )
            continue
        notes.imported["transcript"] += 1
        file_id = shelf.add(path, name=f"{_stem(path)}.vtt", content=captions.encode())
        yield CaptionDocument(language=language, file_id=file_id)


def _transcripts(node: Node) -> dict[str, str]:
    """The file of each language, by BCP 47."""
    written = node.value("transcripts")
    named: dict[str, str] = {}
    if sub := node.attributes.get("sub"):
        named["en"] = f"subs_{sub}.srt.sjson"
    named |= {str(key): str(value) for key, value in (written if isinstance(written, dict) else {}).items()}
    for element in node.element.iter("transcript") if node.element is not None else ():
        if element.get("language") and element.get("src"):
            named[element.get("language", "")] = element.get("src", "")
    cleaned = {}
    for language, name in named.items():
        try:
            cleaned[clean_language(language.replace("_", "-"))] = name
        except TextRefusedError:
            continue
    return cleaned


def _resources(node: Node, tree: Tree, shelf: Shelf) -> Iterator[ResourceDocument]:
    """What there is to download beside the video: its handout and a printed transcript."""
    addresses = [str(node.attributes.get(name) or "") for name in ("handout", "track")]
    for address in dict.fromkeys(filter(None, addresses)):
        if (file_id := static_file(address, archive=tree.archive, shelf=shelf)) is not None:
            path = static_path(address, archive=tree.archive) or ""
            yield ResourceDocument(title=title_of(_stem(path), otherwise="Handout"), file_id=file_id)


def _stem(path: str) -> str:
    return PurePosixPath(path).stem


def _finding(node: Node, reason: Reason, detail: str = "") -> Finding:
    return Finding(path=node.path, kind=node.kind, reason=reason, title=node.title, detail=detail)
