"""What is wrong with a page's Markdown that a renderer would pass over in silence."""

import re
from collections.abc import Iterator
from html import unescape

from lms.markup import TeachingPage
from lms.markup_blocks import BLOCKS, NATIONS
from lms.markup_inline import anchor

_FENCE = re.compile(r" {0,3}(/{3,}) *(?:([\w-]+)(?: *\| *(.*\S))?)? *")
_NAMES = {block.NAME: block for block in BLOCKS}
_LINK = re.compile(r"<a(?: ([^>]*))?>(.*?)</a>", re.S)
_HREF = re.compile(r'href="([^"]*)"')
_CODE = re.compile(r"`[^`]*`")
_PICTURE = re.compile(r"!\[[^\]]*\][(\[]")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<!--")
_ID = re.compile(r'\bid="([^"]*)"')


def block_faults(text: str) -> Iterator[tuple[int, str]]:
    """Blocks that don't begin or end as they should; each with its line, from 1."""
    open_: list[tuple[int, str]] = []
    for number, line in enumerate(text.split("\n"), start=1):
        fence = _FENCE.fullmatch(line)
        if fence is None:
            if line.lstrip().startswith("///"):
                yield number, "a block begins like: /// law | Title"
        elif fence[2]:
            open_.append((number, fence[1]))
            yield from ((number, fault) for fault in _named_faults(fence[2], fence[3] or ""))
        elif open_ and open_[-1][1] == fence[1]:
            open_.pop()
        else:
            yield number, "this closes no block: its slashes are not those of the block above"
    for number, slashes in open_:
        yield number, f"this block is never closed ({slashes})"


def _named_faults(name: str, title: str) -> Iterator[str]:
    block = _NAMES.get(name)
    if block is None:
        yield f"there is no block “{name}”: write one of {', '.join(sorted(_NAMES))}"
    elif name == "nation" and title not in NATIONS:
        yield f"there is no nation “{title}”: write one of {', '.join(NATIONS)}"
    elif block.ARGUMENT and not title:
        yield f"the block “{name}” needs a title: /// {name} | Title"


def link_faults(shown: TeachingPage) -> Iterator[tuple[str, str]]:
    """Links that lead nowhere, and pictures; each with what to look for in the source."""
    known = {unescape(found) for found in _ID.findall(shown.html)}
    known |= {f"ref-{key}" for key in shown.references}
    known |= {f"term-{anchor(key)}" for key in shown.terms}
    for attributes, words in _LINK.findall(shown.html):
        href = _HREF.search(attributes)
        if href is None:
            yield f"[{unescape(words)}]", "a link leads off the page: cite a reference as [@key]"
        elif href[1].startswith("#") and unescape(href[1])[1:] not in known:
            target = unescape(href[1])
            yield f"({target})", f"the link to {target} leads nowhere on this page"


def sign_faults(text: str) -> Iterator[tuple[int, str]]:
    """Tags and loose pictures, which are not shown; each with its line, from 1."""
    fenced = False
    for number, line in enumerate(text.split("\n"), start=1):
        fenced ^= line.lstrip().startswith("```")
        said = "" if fenced else _CODE.sub("", line)
        if _PICTURE.search(said):
            yield number, "a picture stands in a block that says what it shows: /// figure | name"
        if _TAG.search(said):
            yield number, "tags of HTML are shown as text: write Markdown, or one of our blocks"
