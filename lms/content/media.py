"""Pictures and films in a content folder: what they are, by their bytes and not by their name."""

import hashlib
import io
import re
from dataclasses import dataclass

import imagesize
from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from lms.markup_marks import Media

MOST_BYTES = 50 << 20
MOST_DRAWN = 1 << 20  # of a drawing, which is read as XML
_HEAD = 1 << 18  # where a picture says how large it is; what stands before that is measured too
MOST_PIXELS = 40_000_000  # a phone has to unpack them all
# How each begins and how it ends: what was cut off on its way is shown as half a picture.
_SIGNS = {
    "image/png": (b"\x89PNG\r\n\x1a\n", b"IEND"),
    "image/jpeg": (b"\xff\xd8\xff", b"\xff\xd9"),
    "image/gif": (b"GIF8", b";"),
    "image/webp": (b"RIFF", b""),
}
_ENDINGS = {
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/webp": (".webp",),
    "image/gif": (".gif",),
    "image/svg+xml": (".svg",),
    "video/mp4": (".mp4",),
    "video/webm": (".webm",),
}
# Two frames and more. A GIF says of each how long it is shown; the others say that they move.
_GIF_FRAME = re.compile(rb"\x21\xf9\x04.{4}\x00[\x2c\x21]", re.S)
_WEBP_MOVES = 2  # of the flags of its extended head
_SVG = "{http://www.w3.org/2000/svg}"


@dataclass(frozen=True)
class MediaFile:
    """A picture or film of a module, as it will be served."""

    name: str
    sha256: str
    size: int
    media: Media


class NotShown(ValueError):
    """A file that is not what its name says, or that can't be shown safely."""


def recognised(name: str, raw: bytes) -> MediaFile:
    """A file by its bytes. Raises NotShown with a sentence for its author."""
    if len(raw) > MOST_BYTES:
        raise NotShown(f"the file is larger than {MOST_BYTES >> 20} MB: make it smaller")
    media = _film(raw) or (_drawing(raw) if name.endswith(".svg") else _picture(raw))
    if not name.endswith(_ENDINGS[media.kind]):
        raise NotShown(f"its name says something else than its bytes, which are {media.kind}")
    return MediaFile(name, hashlib.sha256(raw).hexdigest(), len(raw), media)


def _film(raw: bytes) -> Media | None:
    if raw[4:8] == b"ftyp":
        return Media("video/mp4")
    return Media("video/webm") if raw[:4] == b"\x1a\x45\xdf\xa3" else None


def _picture(raw: bytes) -> Media:
    kind = next((kind for kind, (begins, _) in _SIGNS.items() if raw.startswith(begins)), "")
    width, height = imagesize.get(io.BytesIO(raw[:_HEAD])) if kind else (0, 0)
    if width < 1 or height < 1:
        raise NotShown("this is not a picture that we can show (PNG, JPEG, WebP, GIF)")
    if not _is_whole(kind, raw):
        raise NotShown("the picture is cut off: copy it again")
    if width * height > MOST_PIXELS:
        raise NotShown(f"the picture has more than {MOST_PIXELS:,} points: make it smaller")
    if _moves(kind, raw):
        raise NotShown(
            "the picture moves by itself, and nothing here does: take a still one, or show a film"
        )
    return Media(kind, width, height)


def _moves(kind: str, raw: bytes) -> bool:
    if kind == "image/gif":
        return len(_GIF_FRAME.findall(raw)) > 1
    if kind == "image/png":
        return b"acTL" in raw.partition(b"IDAT")[0]
    return kind == "image/webp" and raw[12:16] == b"VP8X" and bool(raw[20] & _WEBP_MOVES)


def _is_whole(kind: str, raw: bytes) -> bool:
    if kind == "image/webp":
        return int.from_bytes(raw[4:8], "little") + 8 <= len(raw)
    return _SIGNS[kind][1] in raw[-1024:]  # some programs leave a few bytes behind the end


def _drawing(raw: bytes) -> Media:
    """An SVG, which must neither run nor fetch anything, wherever it is opened."""
    if len(raw) > MOST_DRAWN:
        raise NotShown(f"the drawing is larger than {MOST_DRAWN >> 20} MB: simplify it")
    try:
        root = ElementTree.fromstring(raw)
    except (ElementTree.ParseError, DefusedXmlException, LookupError, ValueError, RecursionError):
        raise NotShown("this is not an SVG drawing that we can show") from None
    if root.tag != f"{_SVG}svg" or b"<?xml-" in raw:
        raise NotShown("this is not an SVG drawing that we can show")
    for element in root.iter():
        fault = _unsafe(element.tag, element.attrib) or _unsafe_style(
            f"{element.text} {element.tail}"
        )
        if fault:
            raise NotShown(f"a drawing may not hold {fault}: it could run, move or fetch something")
    box = root.get("viewBox", "").replace(",", " ").split()
    try:
        width, height = round(float(box[2])), round(float(box[3]))
    except (IndexError, ValueError, OverflowError):
        raise NotShown("the drawing needs a viewBox, which says how wide and high it is") from None
    if width < 1 or height < 1:
        raise NotShown("the drawing needs a viewBox, which says how wide and high it is")
    return Media("image/svg+xml", width, height)


def _unsafe(tag: object, attributes: dict[str, str]) -> str:
    name = str(tag).removeprefix(_SVG)
    if name == tag:
        return "anything that is not SVG"
    if name in {"script", "foreignObject", "iframe", "handler", "set"} or "animate" in name:
        return f"<{name}>"
    for key, value in attributes.items():
        short = key.rpartition("}")[2].lower()
        if short.startswith("on"):
            return f"the attribute {short}"
        if short in {"href", "src"} and not value.startswith("#"):
            return f"a link ({short})"
        if fault := _unsafe_style(value):
            return fault
    return ""


def _unsafe_style(text: str) -> str:
    if "@keyframes" in text.lower():
        return "an animation"
    return "a link (url)" if "@import" in text or "url(" in text.replace("url(#", "") else ""
