"""What stands in a piece of HTML, by a parser that isn't the sanitiser's own."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

# Written here by hand, from what a text needs; never taken from the code.
PLAIN = frozenset(
    "p br hr h3 h4 h5 h6 strong em del code pre blockquote ul ol li a table thead tbody tr th td "
    "sup sub".split()
)
PLAIN_ATTRIBUTES = {("a", "href"), ("ol", "start"), ("th", "align"), ("td", "align")}
TEACHING = PLAIN | {"h1", "h2", "div", "span", "details", "summary"}
TEACHING_ATTRIBUTES = {"id", "class", "open", "scope", "tabindex", "role", "aria-label", "href"}


@dataclass
class Found(HTMLParser):
    """Elements with their attributes, in order; and the text between them."""

    elements: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)  # comments, declarations, instructions

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def handle_comment(self, data: str) -> None:
        self.others.append(data)

    handle_decl = handle_pi = unknown_decl = handle_comment


def found_in(html: str) -> Found:
    """What a piece of HTML holds."""
    found = Found()
    found.feed(html)
    found.close()
    return found


def tags_in(html: str) -> list[str]:
    """Names of its elements, in order."""
    return [tag for tag, _ in found_in(html).elements]
