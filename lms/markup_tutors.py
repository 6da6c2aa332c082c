"""Notes for tutors leave a page before anything of them is read, and are rendered by themselves.

So a page is converted once, and nothing that a note says stands in its form for learners. (An
address that a note defines for ``[text][key]`` is defined for the page too: it says no more than
where a link leads.) A place stays behind that no author can write: our blocks have a title, and
theirs have no classes.
"""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.treeprocessors import Treeprocessor

_CLASS = "callout c-tutor"
_PLACE = f'<div class="{_CLASS}"></div>'


class TutorNotes(Treeprocessor):  # type: ignore[misc] # the library has no types
    """Takes notes out, before what they name could count as named by the page."""

    NAME = "tutors"

    def __init__(self, md: Markdown) -> None:
        super().__init__(md)
        self._taken: list[Element] = []

    def run(self, root: Element) -> None:
        """Leave the place of each note, and keep the note."""
        self._taken = list(_taken_out(root))

    @property
    def questions(self) -> set[str]:
        """Keys of the questions that stand in notes: no learner can be asked them."""
        places = (part.get("id", "") for note in self._taken for part in note.iter("div"))
        return {each.removeprefix("question-") for each in places if each.startswith("question-")}

    def rendered(self) -> list[str]:
        """The notes as HTML, unsafe yet, in their order; for after the page was converted.

        Their headings have no anchors, which could be those of the page.
        """
        return [self._converted(note) for note in self._taken]

    def _converted(self, note: Element) -> str:
        """What the library does with a page once it is a tree."""
        root = Element(self.md.doc_tag)
        root.append(note)
        for processor in self.md.treeprocessors:
            if processor not in (self, self.md.treeprocessors["toc"]):
                changed = processor.run(root)
                root = root if changed is None else changed
        html = self.md.serializer(root[0])
        for processor in self.md.postprocessors:
            html = processor.run(html)
        return str(html).strip()


def for_learners(html: str) -> str:
    """A page's safe HTML without the places of its notes."""
    return html.replace(f"{_PLACE}\n", "").replace(_PLACE, "").strip()


def for_tutors(html: str, notes: list[str]) -> str:
    """A page's safe HTML with its notes, safe as well, in their places."""
    first, *others = html.split(_PLACE)
    return first + "".join(f"{note}{after}" for note, after in zip(notes, others, strict=True))


def _taken_out(parent: Element) -> Iterator[Element]:
    for place, child in enumerate(parent):
        if child.tag == "div" and child.get("class") == _CLASS:
            parent[place] = Element("div", {"class": _CLASS})
            parent[place].tail, child.tail = child.tail, None
            yield child
        else:
            yield from _taken_out(child)
