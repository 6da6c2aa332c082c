"""What is wrong with a page's Markdown that a renderer would pass over in silence."""

import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field
from html import unescape

from lms.authored import Severity
from lms.markup import TeachingPage
from lms.markup_block import IN_A_PART
from lms.markup_blocks import BLOCKS, NATIONS
from lms.markup_inline import NOWHERE, anchor

_FENCE = re.compile(r" {0,3}(/{3,}) *(?:([\w-]+)(?: *\| *(.*\S))?)? *")
_NAMES = {block.NAME: block for block in BLOCKS}
_HREF = re.compile(r'<a [^>]*?href="([^"]*)"')
_CODE = re.compile(r"`[^`]*`")
_PICTURE = re.compile(r"!\[[^\]]*\][(\[]")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<!--")
_ID = re.compile(r'\bid="([^"]*)"')
_HEADING = re.compile(r"<h([1-6])[^>]*>(.*?)</h\1>", re.S)
_ANCHORED = re.compile(r'<h[1-6] id="([^"]*)">(.*?)</h', re.S)
_ANY_TAG = re.compile(r"<[^>]*>")
_CITED = re.compile(r"\[@([a-z0-9-]+)")
# What stands in a rendered text as it was written: nothing made a block or a reference of it.
_SHOWN_CODE = re.compile(r"<(pre|code)\b.*?</\1>", re.S)
_SHOWN_BLOCK = re.compile(r"(?:^|[\n>])[ \t]*(/{3,} *([\w-]+)[^\n<]*)")
_SHOWN_KEY = re.compile(r"\[@[^\s\[\]<]*")
_NOT_A_LETTER = re.compile(r"[\W_]+")
_PAGE_PARTS = ("main", "refs-h", "words-h")  # anchors that every page has already


@dataclass(frozen=True)
class Fault:
    """Something to mend on a line of a text, counted from 1."""

    line: int
    message: str
    rule: str = "text"
    severity: Severity = Severity.ERROR


@dataclass
class Block:
    """One of our blocks as it stands in a text.

    line    where it begins, from 1
    around  the blocks it stands in, outermost first
    lines   what stands in it, other blocks included
    """

    name: str
    title: str
    line: int
    slashes: str
    around: tuple["Block", ...]
    lines: list[str] = field(default_factory=list)


def blocks(text: str) -> tuple[list[Block], list[Fault]]:
    """The blocks of a text in order, and what is wrong with their beginnings and ends."""
    found: list[Block] = []
    faults: list[Fault] = []
    open_: list[Block] = []
    for number, line in enumerate(text.split("\n"), start=1):
        fence = _FENCE.fullmatch(line)
        garbled = fence is None and line.lstrip(" ").startswith("///")
        if garbled or IN_A_PART.match(line):
            faults.append(Fault(number, "a block begins like: /// law | Title", "block"))
        for block in open_:
            block.lines.append(line)
        if fence and fence[2]:
            found.append(Block(fence[2], fence[3] or "", number, fence[1], tuple(open_)))
            open_.append(found[-1])
        elif fence and open_ and open_[-1].slashes == fence[1]:
            open_.pop()
        elif fence:
            message = "this closes no block: its slashes are not those of the block above"
            faults.append(Fault(number, message, "block"))
    faults += [
        Fault(each.line, f"this block is never closed ({each.slashes})", "block") for each in open_
    ]
    return found, faults


def block_faults(found: list[Block], covered: Container[str]) -> Iterator[Fault]:
    """Blocks that nobody knows, and parts that nobody could read whichever nation they choose.

    covered  the nations that the page is about
    """
    for block in found:
        kind = _NAMES.get(block.name)
        if kind is None:
            known = ", ".join(sorted(_NAMES))
            message = f"there is no block “{block.name}”: write one of {known}"
            yield Fault(block.line, message, "block")
        elif block.name == "nation":
            yield from _nation_faults(block, covered)
        elif block.name == "question" and any(outer.name == "tutor" for outer in block.around):
            message = (
                "a note for tutors asks no question: learners would have to answer what they "
                "never see. Close the note (///) first"
            )
            yield Fault(block.line, message, "block")
        elif kind.ARGUMENT and not block.title:
            message = f"the block “{block.name}” needs a title: /// {block.name} | Title"
            yield Fault(block.line, message, "block")


def _nation_faults(block: Block, covered: Container[str]) -> Iterator[Fault]:
    if block.title not in NATIONS:
        message = f"there is no nation “{block.title}”: write one of {', '.join(NATIONS)}"
        yield Fault(block.line, message, "block")
    elif block.title not in covered:
        message = (
            f"no reader would look here for {block.title}: the page is not about it. Add it to the "
            "nations of the page and its module, or take the block out"
        )
        yield Fault(block.line, message, "nation")
    for outer in block.around:
        if outer.name == "nation" and outer.title != block.title:
            message = (
                f"nobody reads this: what holds in {block.title} stands within what holds in "
                f"{outer.title}. Close that block (///) first"
            )
            yield Fault(block.line, message, "nation")


def nation_block_faults(found: Iterable[Block], covered: Iterable[str]) -> Iterator[Fault]:
    """A page that says what holds in one nation, and leaves readers of another without.

    covered  the nations that the page is about
    """
    first: dict[str, int] = {}
    for block in found:
        if block.name == "nation":
            first.setdefault(block.title, block.line)
    left_out = sorted(set(covered) - set(first)) if first else []
    if left_out:
        message = (
            f"the page says what holds in {', '.join(sorted(first))} and not in "
            f"{', '.join(left_out)}: add a block, or name the page’s nations"
        )
        yield Fault(min(first.values()), message, "nation", Severity.WARNING)


def shown_as_text(text: str, shown: TeachingPage, told: Container[int]) -> Iterator[Fault]:
    """Blocks and references that readers would see as they were written.

    told  lines of which enough is said already
    """
    for html in shown.parts:
        words = _SHOWN_CODE.sub("", html)
        for begin, name in _SHOWN_BLOCK.findall(words):
            line = _line_of_words(text, unescape(begin).strip())
            if line not in told:
                message = (
                    f"the block “{name}” is shown as text, as if it were none: mend or take out "
                    "the settings below its first line, and begin none in a question"
                )
                yield Fault(line, message, "block")
        for key in _SHOWN_KEY.findall(words):
            if not any(each.startswith(key) for each in shown.unknown):
                message = (
                    f"{key} names no reference as it is written: write its key in small letters, "
                    "as in [@key s.1]"
                )
                yield Fault(_line_of_words(text, unescape(key)), message, "key")


def _line_of_words(text: str, words: str) -> int:
    return text.count("\n", 0, max(text.find(words), 0)) + 1


def undated_law(found: list[Block], dated: Container[str]) -> Iterator[Fault]:
    """Statements of law that rest on no source with a day as at which it was read.

    dated  keys of the references that say as at when they state the law
    """
    for block in found:
        cited = _CITED.findall("\n".join(block.lines))
        if block.name == "law" and not any(key in dated for key in cited):
            message = (
                "a statement of law says as at when: cite a source in this block ([@key s.1]) "
                "that has law_as_at in references.yml"
            )
            yield Fault(block.line, message, "law")


def sign_faults(text: str) -> Iterator[Fault]:
    """Tags and loose pictures, which are not shown."""
    fenced = False
    for number, line in enumerate(text.split("\n"), start=1):
        fenced ^= line.lstrip().startswith("```")
        said = "" if fenced else _CODE.sub("", line)
        if _PICTURE.search(said):
            message = "a picture stands in a block that says what it shows: /// figure | name"
            yield Fault(number, message, "picture")
        if _TAG.search(said):
            message = "tags of HTML are shown as text: write Markdown, or one of our blocks"
            yield Fault(number, message, "html")


def heading_faults(text: str, shown: TeachingPage) -> Iterator[Fault]:
    """Headings that skip a level, so that who hears the page can't tell what belongs to what."""
    for html in {shown.html, shown.staff_html or shown.html}:
        before = 1  # the page's title
        for level, words in _HEADING.findall(html):
            said, depth = unescape(_ANY_TAG.sub("", words)), int(level)
            if depth == 1:
                message = f"the page’s title is its only heading of level 1: write ## {said}"
                yield Fault(_line_of_heading(text, said), message, "heading")
            elif depth > before + 1:
                message = f"the heading “{said}” skips a level: write {'#' * (before + 1)} {said}"
                yield Fault(_line_of_heading(text, said), message, "heading")
            before = depth


def _line_of_heading(text: str, said: str) -> int:
    bare = _NOT_A_LETTER.sub("", said)
    for number, line in enumerate(text.split("\n"), start=1):
        if bare and _NOT_A_LETTER.sub("", line) == bare:
            return number
    return 1


def link_faults(shown: TeachingPage) -> Iterator[tuple[str, str]]:
    """Links to no part of their page; each with what to look for in the source."""
    known = anchors(shown)
    for target in map(unescape, _HREF.findall("\n".join(shown.parts))):
        if target.startswith("#") and target != NOWHERE and target[1:] not in known:
            yield f"({target})", f"the link to {target} leads nowhere on this page"


def anchors(shown: TeachingPage) -> set[str]:
    """Every part of a page that a link may point to."""
    return {
        *map(unescape, _ID.findall("\n".join(shown.parts))),
        *(f"ref-{key}" for key in shown.staff_references),
        *(f"term-{anchor(key)}" for key in shown.staff_terms),
    }


def anchor_faults(text: str, shown: TeachingPage) -> Iterator[Fault]:
    """Anchors that two parts of a page would share; of two questions it is told elsewhere."""
    for html in {shown.html, shown.staff_html or shown.html}:
        every = [
            *_PAGE_PARTS,
            *map(unescape, _ID.findall(html)),
            *(f"ref-{key}" for key in shown.staff_references),
            *(f"term-{anchor(key)}" for key in shown.staff_terms),
        ]
        headings = {unescape(name): words for name, words in _ANCHORED.findall(html)}
        for name, count in Counter(every).items():
            if count > 1 and not name.startswith("question-"):
                said = unescape(_ANY_TAG.sub("", headings.get(name, "")))
                message = f"two parts of the page have the anchor “{name}”: word one differently"
                yield Fault(_line_of_heading(text, said), message, "anchor")
