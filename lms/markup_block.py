"""What all of our blocks have in common."""

import re
from xml.etree.ElementTree import Element

from pymdownx.blocks.block import Block

# A line that would begin a block, or end one, within a list, a quotation or code.
IN_A_PART = re.compile(
    r"^(?! {0,3}///)((?:[ \t>]|[-+*][ \t]|\d{1,9}[.)][ \t])+)/(?=//)", re.MULTILINE
)


class Ours(Block):  # type: ignore[misc] # the library has no types
    """A block of ours: with its own settings alone.

    The library would let authors give any block a class or an anchor, and by these we know which
    parts are for tutors, which hold in one nation, and where a question stands.
    """

    def on_validate(self, parent: Element) -> bool:
        """Whether this is read as a block; if not it stays as text, which the check tells."""
        return not self.options["attrs"]
