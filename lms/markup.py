"""Markdown to HTML that is safe to show. With markup_blocks, the sole user of markdown and bleach.

Sanitising comes after rendering and trusts nothing before it; a strict content security policy
stands behind it (docs/adr/0002). Another sanitiser goes into `_clean`, and nowhere else.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import bleach
from markdown import Markdown
from markupsafe import Markup

from lms.errors import RuleBroken
from lms.markup_blocks import Marks, Reference, Teaching, Term

RENDERER = "1"  # kept beside what was rendered; raise it when the HTML of a text would change
MOST_CHARACTERS = 200_000
CONTROLS = dict.fromkeys(code for code in range(32) if chr(code) not in "\t\n\r")  # none is shown

# Markdown's own parser takes quadratic time over these, so they are counted before it starts.
_MOST = {
    "[": 1500,
    "![": 500,
    "<": 600,
    "`": 3000,
    "*": 6000,
    "_": 6000,
    "&": 3000,
    "\\": 3000,
    ">": 3000,
}
_MOST_LINES = 4000
# A sign without its partner makes the parser read on to the end of its paragraph: signs times
# length is what a paragraph may cost. At the limit a text takes about a second.
_LIGHT = 5_000_000
_SIGN = re.compile(r"[\[\]<&*_`\\!|#\n]")
_PARAGRAPH_END = re.compile(r"\n[ \t]*\n")
# The parser calls itself for each list or quotation within another: by their signs at the start
# of a line that is no rule (---), or by how far the line is moved in.
_DEEP = re.compile(
    r"^(?!(?:-[ ]*)+$|(?:\*[ ]*)+$)(?: *(?:>|(?:[-+*]|\d{1,9}\.) )){12}"
    r"|^[ >]{48,}(?:[-+*]|\d{1,9}\.) ",
    re.M,
)

_PLAIN_EXTENSIONS = ("tables", "sane_lists")
_HEADING = re.compile(r"(</?h)([1-6])(?=>)")
_TAGS = frozenset(
    "h1 h2 h3 h4 h5 h6 p br hr strong em code pre blockquote ul ol li a "
    "table thead tbody tr th td sup sub del".split()
)
_PLAIN_ATTRIBUTES = {"a": ["href"], "th": ["align"], "td": ["align"], "ol": ["start"]}
_ELSEWHERE = ("https://", "http://", "mailto:")
_TEACHING_TAGS = _TAGS | {"div", "details", "summary", "span"}
_CLASSES = frozenset(
    "callout c-law c-practice c-caution c-case c-reflection c-keypoints callout-title "
    "fold fold-keep code scroll table term cite".split()
)
_TEACHING_ATTRIBUTES = frozenset({"id", "open", "scope", "tabindex", "role", "aria-label"})


@dataclass(frozen=True)
class TeachingPage:
    """A page of a module, rendered.

    html        safe to show as it stands
    terms       keys of the glossary that the page uses, in order of first use
    references  keys of the references that the page cites, in order of first use
    unknown     what it names and nobody defined: ``[[key]]`` or ``[@key]`` as written
    """

    html: Markup
    terms: tuple[str, ...]
    references: tuple[str, ...]
    unknown: tuple[str, ...]


def render(text: str) -> Markup:
    """What somebody wrote, as HTML: no images, no ids, no classes; tags they typed show as text.

    Raises RuleBroken for text that would take the renderer too long. A heavy text may keep it for
    some seconds: see `is_heavy`.
    """
    check_bounded(text)
    return clean(_converted(Markdown(extensions=list(_PLAIN_EXTENSIONS)), text))


def clean(html: str) -> Markup:
    """HTML from elsewhere (a Word file, say), down to what a text needs.

    Headings sink two levels, below those of the page that shows the text.
    """
    safe = _clean(html.translate(CONTROLS), _TAGS, _plain_attribute)
    sunk = _HEADING.sub(lambda tag: f"{tag[1]}{min(int(tag[2]) + 2, 6)}", safe)
    return Markup(sunk)  # noqa: S704 - sanitised two lines above


def render_teaching(
    text: str, glossary: Mapping[str, Term], references: Mapping[str, Reference]
) -> TeachingPage:
    """A page of a module as HTML, with its blocks, its terms and its references.

    Raises RuleBroken for text that would take the renderer too long.
    """
    check_bounded(text)
    if is_heavy(text):
        raise RuleBroken("This text takes too long to render. Break up its longest paragraphs.")
    marks = Marks(glossary, references)
    markdown = Markdown(extensions=[*_PLAIN_EXTENSIONS, "toc", Teaching(marks)])
    html = _clean(_converted(markdown, text), _TEACHING_TAGS, _teaching_attribute)
    return TeachingPage(
        Markup(html),  # noqa: S704 - sanitised in the line above
        tuple(marks.terms_used),
        tuple(marks.references_used),
        tuple(marks.unknown),
    )


def check_bounded(text: str) -> None:
    """Refuse a text that would keep the renderer busy for seconds; raises RuleBroken."""
    if len(text) > MOST_CHARACTERS:
        raise RuleBroken(f"This text is longer than {MOST_CHARACTERS:,} characters.")
    for sign, most in _MOST.items():
        if text.count(sign) > most:
            shown = sign.strip()
            raise RuleBroken(
                f"This text has more than {most:,} of the sign “{shown}”. Take some out."
            )
    if text.count("\n") >= _MOST_LINES:
        raise RuleBroken(f"This text has more than {_MOST_LINES:,} lines. Join some of them.")
    if _DEEP.search(text.expandtabs(4)):
        raise RuleBroken("This text has lists or quotations nested too deeply. Take some out.")


def is_heavy(text: str) -> bool:
    """Whether rendering could take seconds: such a text is rendered where it can be stopped."""
    paragraphs = _PARAGRAPH_END.split(text)
    return sum(len(each) * len(_SIGN.findall(each)) for each in paragraphs) > _LIGHT


def _converted(markdown: Markdown, text: str) -> str:
    try:
        return str(markdown.convert(text.removeprefix("\ufeff").translate(CONTROLS)))
    except RecursionError:
        raise RuleBroken("This text has parts nested too deeply. Take some out.") from None


def _clean(html: str, tags: frozenset[str], attribute: object) -> str:
    cleaned = bleach.clean(
        html,
        tags=tags,
        attributes=attribute,
        protocols={"https", "http", "mailto"},
        strip=False,
        strip_comments=True,
    )
    return str(cleaned)


def _plain_attribute(tag: str, name: str, value: str) -> bool:
    if name == "href" and not value.lower().startswith(_ELSEWHERE):
        return False  # a link of theirs to a page of ours could sign the reader out
    return name in _PLAIN_ATTRIBUTES.get(tag, ())


def _teaching_attribute(tag: str, name: str, value: str) -> bool:
    if name == "class":
        return set(value.split()) <= _CLASSES
    if tag == "a" and name == "href":
        return value.startswith("#")
    return name in _TEACHING_ATTRIBUTES or name in {"align", "start"}
