"""The legal statements of content: each passage that rests on a source of law, by nation."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lms.authored import decoded
from lms.content.faults import Block, blocks
from lms.content.shapes import ReferenceShape
from lms.content.source import Content, Module, Page
from lms.markup_blocks import NATIONS

# What a source must be for a passage that cites it to be a legal statement. Statistics, research
# and standards say what is so, or ought to be, and not what the law is.
LEGAL = frozenset(
    {"act", "secondary-legislation", "treaty", "case-law", "statutory-guidance", "guidance"}
)
EVERYWHERE = "More than one nation"
_CITED = re.compile(r"\[@([a-z0-9-]+)(?: ([^\]]*))?\]")
_WORD = re.compile(r"\[\[([^\]]+)\]\]")
_LINKED = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_SIGNS = re.compile(r"^(?:[-*] |\d+\. |#+ |> )|\*\*|(?<!\w)\*|\*(?!\w)")
_ITEM = re.compile(r" {0,3}(?:[-*] |\d+\. |\||#|/{3,}|> )")
_RULE = re.compile(r"\|[ :|-]+\|")


@dataclass(frozen=True)
class Cited:
    """A source as a statement cites it: its key, and where in it."""

    key: str
    place: str


@dataclass(frozen=True)
class Statement:
    """A passage that says what the law is.

    line    of its file, where it begins, from 1
    nation  a name of NATIONS, or EVERYWHERE
    text    as a reader would hear it, without the signs of Markdown
    cited   its sources, in order
    """

    module: str
    page: str
    file: str
    line: int
    nation: str
    text: str
    cited: tuple[Cited, ...]

    @property
    def digest(self) -> str:
        """What a reading of it is kept under: it changes with its words and its sources."""
        sources = ";".join(f"{each.key} {each.place}" for each in self.cited)
        return hashlib.sha256(f"{self.text}\0{sources}".encode()).hexdigest()[:12]


def statements(content: Content) -> Iterator[Statement]:
    """Every legal statement that learners read, in their order."""
    for module in content.modules:
        for page in module.pages:
            whole = decoded(content.tree.read(page.name), page.name)
            before = whole[: len(whole) - len(page.source)].count("\n")
            yield from _on_page(module, page, before, content.references)


def _on_page(
    module: Module, page: Page, before: int, references: dict[str, ReferenceShape]
) -> Iterator[Statement]:
    found, _faults = blocks(page.source)
    for start, passage in _passages(page.source):
        around = [each for each in found if each.line < start <= each.line + len(each.lines)]
        names = {each.name for each in around}
        cited = tuple(Cited(key, place or "") for key, place in _CITED.findall(passage))
        if "tutor" in names or not any(_is_law(each, references) for each in cited):
            continue
        yield Statement(
            module.file.code,
            page.front.title,
            page.name,
            before + start,
            _nation(around),
            _plain(passage, references),
            cited,
        )


def _is_law(cited: Cited, references: dict[str, ReferenceShape]) -> bool:
    return cited.key in references and references[cited.key].kind in LEGAL


def _nation(around: Iterable[Block]) -> str:
    for each in around:
        if each.name == "nation":
            return NATIONS[each.title][1] if each.title in NATIONS else each.title
    return EVERYWHERE


def _passages(text: str) -> Iterator[tuple[int, str]]:
    """Paragraphs, items of lists and rows of tables, each with the line it begins on, from 1."""
    start, lines = 0, list[str]()
    for number, line in enumerate([*text.split("\n"), ""], start=1):
        if lines and (not line.strip() or _ITEM.match(line)):
            yield start, " ".join(each.strip() for each in lines)
            lines = []
        if line.strip() and not line.lstrip().startswith("///") and not _RULE.fullmatch(line):
            start = start if lines else number
            lines.append(line)


def _plain(passage: str, references: dict[str, ReferenceShape]) -> str:
    """A passage as a reader would hear it, its sources in brackets."""

    def named(found: re.Match[str]) -> str:
        source = references.get(found[1])
        title = (source.short or source.title) if source else found[1]
        return f"({title}, {found[2]})" if found[2] else f"({title})"

    said = _CITED.sub(named, passage.strip())
    said = _LINKED.sub(r"\1", _WORD.sub(r"\1", said))
    if said.startswith("|"):
        said = "; ".join(cell.strip() for cell in said.strip("|").split("|"))
    return _SIGNS.sub("", said)
