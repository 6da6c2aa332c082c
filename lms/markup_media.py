"""Pictures and films in a page of teaching, as blocks: nothing from elsewhere, nothing unsaid."""

from xml.etree.ElementTree import Element, SubElement

from pymdownx.blocks.block import type_any

from lms.markup_block import Ours
from lms.markup_marks import Marks, Media

FILES = "files/"  # where a module's pictures and films are served, from any of its pages
_PICTURES = ("image/png", "image/jpeg", "image/webp", "image/gif", "image/svg+xml")
_FILMS = ("video/mp4", "video/webm")


class _Medium(Ours):
    ARGUMENT = True
    KINDS: tuple[str, ...] = ()
    CONFIG = {"marks": None}  # noqa: RUF012 - the library's way

    def medium(self) -> Media:
        """The file that is named; a fault is noted where there is none of this kind."""
        marks = self._marks()
        found = marks.around.media.get(self.argument)
        marks.media_used[self.argument] = None
        if found is None:
            self._fault(f"there is no file “{self.argument}” in the module’s folder")
        elif found.kind not in self.KINDS:
            self._fault(f"“{self.argument}” is not a file that a {self.NAME} can show")
        return found or Media("")

    def said(self, option: str) -> str:
        """What an option says, as text."""
        value = self.options[option]
        return "" if value is None else str(value).strip()

    def _marks(self) -> Marks:
        marks: Marks = self.config["marks"]
        return marks

    def _fault(self, message: str) -> None:
        self._marks().faults.append((f"| {self.argument}", message))


class Figure(_Medium):
    """A picture: ``/// figure | name.svg`` with what it shows, or that it shows nothing."""

    NAME = "figure"
    KINDS = _PICTURES
    OPTIONS = {  # noqa: RUF012 - the library's way
        "alt": [None, type_any],
        "decorative": [False, type_any],
        "source": [None, type_any],
    }

    def on_create(self, parent: Element) -> Element:
        """The picture; what is written below it is its caption."""
        medium, alt = self.medium(), self.said("alt")
        if not alt and self.options["decorative"] is not True:
            self._fault("say what the picture shows (alt: …), or that it only decorates")
        if alt and self.options["decorative"] is True:
            self._fault("a picture either says something (alt) or only decorates, not both")
        figure = SubElement(parent, "figure", {"class": "figure"})
        picture = {"src": FILES + self.argument, "alt": alt, "loading": "lazy"}
        if medium.width:
            picture |= {"width": str(medium.width), "height": str(medium.height)}
        SubElement(figure, "img", picture)
        SubElement(figure, "figcaption")
        return figure

    def on_add(self, block: Element) -> Element:
        """The caption."""
        return block[1]

    def on_end(self, block: Element) -> None:
        """The source ends the caption; without either there is none."""
        source = self.said("source")
        if source:
            SubElement(block[1], "p").text = f"Source: {source}"
        elif not len(block[1]):
            block.remove(block[1])


class Video(_Medium):
    """A film from the module's folder; what is written is its transcript."""

    NAME = "video"
    KINDS = _FILMS
    OPTIONS = {"title": [None, type_any]}  # noqa: RUF012 - the library's way

    def on_create(self, parent: Element) -> Element:
        """The film, which starts only when asked to, and its transcript."""
        self.medium()
        box = SubElement(parent, "figure", {"class": "figure"})
        film = {"src": FILES + self.argument, "controls": "controls", "preload": "none"}
        SubElement(box, "video", film | {"aria-label": self.said("title") or "Film"})
        fold = SubElement(box, "details", {"class": "fold"})
        SubElement(fold, "summary").text = "Transcript"
        SubElement(fold, "div")
        return box

    def on_add(self, block: Element) -> Element:
        """The transcript."""
        return block[1][1]

    def on_end(self, block: Element) -> None:
        """A film without a transcript is a fault."""
        if not len(block[1][1]):
            self._fault("write the transcript inside the block: a film needs one")
