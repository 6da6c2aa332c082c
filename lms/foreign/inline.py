"""What stands within a line of Markdown of another origin, in the words of ours.

Everything here reads a line from left to right a fixed number of times: what it can't match within
a few hundred characters it leaves as it is.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import unquote

MOST_ON_A_LINE = 20_000  # characters; a longer line is kept and not looked into

_CODE = re.compile(r"(`[^`]*`)")
_COMMENT = re.compile(r"<!--.{0,2000}?-->|%%[^%]{0,2000}%%")
_HUGO_FIGURE = re.compile(r"\{\{[<%] *figure ([^{}]{0,1000}?)[%>]\}\}")
_SHORTCODE = re.compile(r"\{\{[^{}]{0,1000}\}\}|\{%[^{}%]{0,1000}%\}|\{(?:mlang)[^{}]{0,50}\}")
_WIKI = re.compile(r"(!?)\[\[([^\[\]|]{1,200})(?:\|([^\[\]]{0,200}))?\]\]")
_IMAGE = re.compile(
    r"!\[([^\[\]]{0,500})\]\(\s*(?:<([^<>]{0,500})>|([^\s()]{0,500}))(?:\s+[\"']([^\"']{0,300})[\"'])?\s*\)"
)
_IMAGE_BY_NAME = re.compile(r"!\[([^\[\]]{0,500})\]\[([^\[\]]{0,100})\]")
_LINK = re.compile(
    r"\[([^\[\]]{0,500})\]\(\s*(?:<([^<>]{0,500})>|([^\s()]{0,500}(?:\([^\s()]{0,200}\)[^\s()]{0,300})?))"
    r"(?:\s+[\"'][^\"']{0,300}[\"'])?\s*\)"
)
_LINK_BY_NAME = re.compile(r"\[([^\[\]^@]{1,500})\]\[([^\[\]]{0,100})\]")
_FOOTNOTE = re.compile(r"\[\^([^\[\]\s]{1,60})\]")
_CITATION = re.compile(r"\[@([^\[\]]{1,200})\]")
_AUTOLINK = re.compile(r"<((?:https?://|mailto:)[^<>\s]{1,500})>")
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9-]{0,20})((?:\s[^<>]{0,1000})?)/?>")
_ATTRIBUTE = re.compile(
    r"([A-Za-z-]{1,30})\s*=\s*(?:\"([^\"]{0,500})\"|'([^']{0,500})'|([^\s\"'>]{1,300}))"
)
_STRUCK = re.compile(r"~~([^~]{1,500})~~|==([^=]{1,500})==")
_CLASSES = re.compile(r"\s?\{:?\s*[#.][^{}]{0,200}\}")
_BLOCK_NAME = re.compile(r"\s\^[A-Za-z0-9-]{1,40}$")
_MARKS = {"b": "**", "strong": "**", "i": "*", "em": "*", "code": "`"}
_ELSEWHERE = re.compile(r"(?:[a-z][a-z0-9+.-]{1,20}:|//)", re.I)
# Stand for what is taken over already, so that nothing reads it a second time.
_OPEN, _SHUT = "\ue000", "\ue001"
_KEPT = re.compile(f"{_OPEN}([0-9]+){_SHUT}")
_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg")


class NotTaken(ValueError):
    """A picture that isn't taken over, with the reason."""


@dataclass(frozen=True)
class Around:
    """What a file may name.

    picture  takes a picture by the address that stands in the text, and says what we call it;
             raises NotTaken
    page     what we call a page, by the address that stands in the text; None where there is none
    links    addresses that the file itself gives names to
    """

    picture: Callable[[str], str]
    page: Callable[[str], str | None]
    links: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Lines:
    """One file's lines, as they are taken over.

    found      what was not understood: its line, and what became of it
    figures    pictures that wait for the end of their paragraph, as blocks of ours
    footnotes  numbers of notes in the order in which the text names them
    """

    around: Around
    found: list[tuple[int, str]] = field(default_factory=list)
    figures: list[str] = field(default_factory=list)
    footnotes: dict[str, int] = field(default_factory=dict)
    number: int = 0
    kept: list[str] = field(default_factory=list)

    def note(self, what: str) -> None:
        """Note what became of something on this line."""
        self.found.append((self.number, what))

    def taken(self, line: str, number: int) -> str:
        """A line with everything that stands within it in our own words."""
        self.number = number
        if len(line) > MOST_ON_A_LINE:
            self.note("a very long line: kept as text, and not looked into")
            return line
        parts = _CODE.split(line.replace(_OPEN, "").replace(_SHUT, ""))
        return "".join(
            part if part.startswith("`") and place % 2 else self._words(part)
            for place, part in enumerate(parts)
        )

    def figure(self, source: str, alt: str, caption: str = "") -> None:
        """A picture, as a block of ours that follows the paragraph."""
        try:
            name = self.around.picture(source)
        except NotTaken as reason:
            self.note(f"the picture {source[:200]} was left out: {reason}")
            return
        said = " ".join(unescape(alt).split())
        if not said:
            self.note(f"the picture {source[:200]} has no words: say what it shows (alt)")
        below = f"\n{caption.strip()}\n" if caption.strip() else ""
        block = f"/// figure | {name}\n    alt: {json.dumps(said, ensure_ascii=False)}\n{below}///"
        self.figures.append(block)

    def _words(self, text: str) -> str:
        for pattern, becomes in (
            (_COMMENT, self._left_out("a comment")),
            (_HUGO_FIGURE, self._hugo_figure),
            (_SHORTCODE, self._left_out("a shortcode")),
            (_WIKI, self._wiki),
            (_IMAGE, self._image),
            (_IMAGE_BY_NAME, self._image_by_name),
            (_FOOTNOTE, self._footnote),
            (_LINK, self._link),
            (_LINK_BY_NAME, self._link_by_name),
            (_CITATION, self._citation),
            (_AUTOLINK, self._autolink),
            (_TAG, self._tag),
            (_STRUCK, self._struck),
            (_CLASSES, self._left_out("a class or an id")),
            (_BLOCK_NAME, self._left_out("the name of a paragraph")),
        ):
            text = pattern.sub(becomes, text)
        if "$$" in text:
            self.note("a formula: kept as text")
        whole = self._put_back(text)
        self.kept.clear()
        return whole

    def _keep(self, said: str) -> str:
        self.kept.append(self._put_back(said))
        return f"{_OPEN}{len(self.kept) - 1}{_SHUT}"

    def _put_back(self, text: str) -> str:
        return _KEPT.sub(lambda found: self.kept[int(found[1])], text)

    def _left_out(self, what: str) -> Callable[[re.Match[str]], str]:
        def gone(found: re.Match[str]) -> str:
            self.note(f"{what} was left out: {found[0].strip()[:120]}")
            return ""

        return gone

    def _hugo_figure(self, found: re.Match[str]) -> str:
        said = _attributes(found[1])
        caption = said.get("caption", "") or said.get("title", "")
        self.figure(said.get("src", ""), said.get("alt", ""), caption)
        return ""

    def _wiki(self, found: re.Match[str]) -> str:
        target, words = found[2].strip(), (found[3] or "").strip()
        if found[1] and target.lower().endswith(_PICTURES):
            self.figure(target, "" if words.replace("x", "").isdigit() else words)
            return ""
        if found[1]:
            self.note(f"what {found[0][:120]} puts in was left out")
            return ""
        return self._to_page(words or target.partition("#")[0] or target, target)

    def _image(self, found: re.Match[str]) -> str:
        self.figure(found[2] or found[3] or "", found[1], found[4] or "")
        return ""

    def _image_by_name(self, found: re.Match[str]) -> str:
        self.figure(self.around.links.get((found[2] or found[1]).casefold(), ""), found[1])
        return ""

    def _footnote(self, found: re.Match[str]) -> str:
        number = self.footnotes.setdefault(found[1], len(self.footnotes) + 1)
        return f" (note {number})"

    def _link(self, found: re.Match[str]) -> str:
        return self._to(found[1], found[2] or found[3] or "")

    def _link_by_name(self, found: re.Match[str]) -> str:
        target = self.around.links.get((found[2] or found[1]).casefold())
        return found[0] if target is None else self._to(found[1], target)

    def _to(self, words: str, target: str) -> str:
        if target.startswith("#"):
            self.note(f"the link to {target[:120]} was taken off its words: write it again")
            return words
        if not _ELSEWHERE.match(target):
            return self._to_page(words, target)
        self.note(f"the link to {target[:200]} was kept as text: make it a reference, [@key]")
        return words + self._keep("" if words == target else f" ({target})")

    def _to_page(self, words: str, target: str) -> str:
        page = self.around.page(unquote(target).partition("#")[0])
        if page is None:
            self.note(
                f"the link to {target[:120]} was taken off its words: no such page came along"
            )
            return words
        if "#" in target:
            self.note(f"the link to {target[:120]} leads to the page, not to its part")
        return self._keep(f"[{words}]({page})")

    def _citation(self, found: re.Match[str]) -> str:
        self.note(f"{found[0][:120]} was kept: put its source into references.yml")
        return self._keep(found[0])

    def _autolink(self, found: re.Match[str]) -> str:
        self.note(f"the link to {found[1][:200]} was kept as text: make it a reference, [@key]")
        return self._keep(found[1])

    def _tag(self, found: re.Match[str]) -> str:
        name = found[2].lower()
        if name == "img":
            said = _attributes(found[3])
            self.figure(said.get("src", ""), said.get("alt", ""), said.get("title", ""))
            return ""
        if name in _MARKS:
            return _MARKS[name]
        if name != "br":
            self.note(f"the tag {found[0][:120]} was left out; what it holds was kept")
        return "  \n" if name == "br" else ""

    def _struck(self, found: re.Match[str]) -> str:
        self.note(f"words that were struck out or marked were kept plain: {found[0][:80]}")
        return found[1] or found[2]


def _attributes(text: str) -> dict[str, str]:
    return {
        found[1].lower(): unescape(found[2] or found[3] or found[4] or "")
        for found in _ATTRIBUTE.finditer(text)
    }
