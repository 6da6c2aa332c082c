"""What all of our blocks have in common."""

from xml.etree.ElementTree import Element

from pymdownx.blocks.block import Block


class Ours(Block):  # type: ignore[misc] # the library has no types
    """A block of ours: with its own settings alone.

    The library would let authors give any block a class or an anchor, and by these we know which
    parts are for tutors, which hold in one nation, and where a question stands.
    """

    def on_validate(self, parent: Element) -> bool:
        """Whether this is read as a block; if not it stays as text, which the check tells."""
        return not self.options["attrs"]
