"""Markdown to HTML that is safe to show. With its neighbours markup_*, sole user of the libraries.

Sanitising comes after rendering and trusts nothing before it; a strict content security policy
stands behind it (docs/adr/0002). Another sanitiser goes into `_clean`, and nowhere else.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import bleach
from markdown import Markdown
from markupsafe import Markup

from lms.errors import RuleBroken
from lms.markup_block import IN_A_PART
from lms.markup_blocks import Teaching
from lms.markup_inline import Sentences
from lms.markup_marks import Marks, QuestionText, Surroundings
from lms.markup_questions import Question, taken_apart
from lms.markup_tutors import TutorNotes, for_learners, for_tutors

RENDERER = "5"  # kept beside what was rendered; raise it when the HTML of a text would change
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
MOST_QUESTIONS = 40  # of a page: each part of a question is a text of its own
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
_TEACHING_TAGS = _TAGS | set("div details summary span figure figcaption img video".split())
_CLASSES = frozenset(
    "callout c-law c-practice c-caution c-safeguarding c-case c-reflection c-tutor c-objectives "
    "c-keypoints callout-title fold fold-keep code scroll table stack term "
    "cite figure question".split()
)
_TEACHING_ATTRIBUTES = frozenset(
    "id open scope data-label tabindex role aria-label align start alt width height loading "
    "controls preload".split()
)
_OWN_FILE = re.compile(r"files/[A-Za-z0-9][A-Za-z0-9._-]*")
_OWN_PAGE = re.compile(r"(\.\./)?[a-z0-9-]+(/[a-z0-9-]+)?")


@dataclass(frozen=True)
class TeachingPage:
    """A page of a module, rendered.

    html        safe to show as it stands; each question leaves only its place
    staff_html  the same with tutor notes; None where there are none
    questions   knowledge checks, with their answers
    terms       keys of the glossary that the page uses, in order of first use
    references  keys of the references that the page cites, in order of first use
    staff_terms, staff_references  the same, with those of its tutor notes
    media       files that it shows
    links       pages that it links to, as written, with the part they point to
    unknown     what it names and nobody defined: ``[[key]]`` or ``[@key]`` as written
    faults      what is wrong with its blocks and links, each after words to look for
    """

    html: Markup
    staff_html: Markup | None
    questions: tuple[Question, ...]
    terms: tuple[str, ...]
    references: tuple[str, ...]
    staff_terms: tuple[str, ...]
    staff_references: tuple[str, ...]
    media: tuple[str, ...]
    links: tuple[str, ...]
    unknown: tuple[str, ...]
    faults: tuple[tuple[str, str], ...]

    @property
    def parts(self) -> Iterator[Markup]:
        """All of its HTML that anybody may see: as learners, as staff, and each question."""
        yield self.html
        if self.staff_html is not None:
            yield self.staff_html
        for question in self.questions:
            yield question.ask
            for option in question.options:
                yield option.html
                yield option.why


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


def render_teaching(text: str, around: Surroundings) -> TeachingPage:
    """A page of a module as HTML, with its blocks, questions, terms and references.

    Raises RuleBroken for text that would take the renderer too long.
    """
    check_bounded(text)
    if is_heavy(text):
        raise RuleBroken("This text takes too long to render. Break up its longest paragraphs.")
    marks = Marks(around)
    extensions = [*_PLAIN_EXTENSIONS, "toc", Teaching(marks), Sentences(marks)]
    markdown = Markdown(extensions=extensions)
    # The library goes round for ever over a block in a list or quotation that another follows.
    whole = _cleaned(_converted(markdown, IN_A_PART.sub(r"\1&#47;", _plain(text))))
    tutors = markdown.treeprocessors[TutorNotes.NAME]
    asked = [each for each in marks.questions if each.key not in tutors.questions]
    questions = _questions(asked, marks)
    terms, references = tuple(marks.terms_used), tuple(marks.references_used)
    with _shallow():
        notes = list(map(_cleaned, tutors.rendered()))
    return TeachingPage(
        Markup(for_learners(whole)),  # noqa: S704 - parts of what is safe
        Markup(for_tutors(whole, notes)) if notes else None,  # noqa: S704 - safe, in safe
        questions,
        terms,
        references,
        tuple(marks.terms_used),
        tuple(marks.references_used),
        tuple(marks.media_used),
        tuple(marks.links_used),
        tuple(marks.unknown),
        tuple(dict.fromkeys(marks.faults)),
    )


def _questions(texts: list[QuestionText], marks: Marks) -> tuple[Question, ...]:
    """Each part of a question is a short text of its own: no blocks and no headings in it."""
    if not texts:
        return ()
    if len(texts) > MOST_QUESTIONS:
        raise RuleBroken(f"This page has more than {MOST_QUESTIONS} questions. Divide it.")
    markdown = Markdown(extensions=["sane_lists", Sentences(marks, anchored=False)])

    def rendered(text: str) -> Markup:
        return Markup(_cleaned(_converted(markdown.reset(), text)))  # noqa: S704 - just cleaned

    return tuple(taken_apart(text, rendered) for text in texts)


def _cleaned(html: str) -> str:
    return _clean(html, _TEACHING_TAGS, _teaching_attribute)


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
    with _shallow():
        return str(markdown.convert(_plain(text)))


def _plain(text: str) -> str:
    """A text as the parser takes it: with lines that end alike, and nothing that isn't shown."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return lines.translate(CONTROLS)


@contextmanager
def _shallow() -> Iterator[None]:
    """Refuse what the parser, which calls itself, can't follow; raises RuleBroken."""
    try:
        yield
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
    if name == "href":
        page, _hash, _part = value.partition("#")
        return tag == "a" and (not page or _OWN_PAGE.fullmatch(page) is not None)
    if name == "src":
        return tag in {"img", "video"} and _OWN_FILE.fullmatch(value) is not None
    return name in _TEACHING_ATTRIBUTES
