"""Texts as they were rendered last: a tree that is read again renders what changed alone."""

from lms import markup
from lms.markup import TeachingPage
from lms.markup_marks import Surroundings


class Memory:
    """Holds the newest rendering of each file, for as long as somebody holds the memory.

    A page that is shown differently because a term, a source, a picture or another page's address
    changed is rendered anew, although its own text is the same.
    """

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, Surroundings, TeachingPage]] = {}

    def rendered(self, name: str, text: str, around: Surroundings) -> TeachingPage:
        """A file's text as a page. Raises RuleBroken, as `render_teaching` does."""
        known = self._known.get(name)
        if known is not None and known[:2] == (text, around):
            return known[2]
        shown = markup.render_teaching(text, around)
        self._known[name] = text, around, shown
        return shown
