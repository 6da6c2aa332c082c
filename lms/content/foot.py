"""The foot of a page: the references it cites and the words it uses, as HTML."""

from collections.abc import Iterable, Mapping

from markupsafe import Markup

from lms.clock import day_in_words
from lms.content.shapes import ReferenceShape, TermShape
from lms.markup import TeachingPage
from lms.markup_inline import anchor

_KINDS = {
    "act": "Act",
    "secondary-legislation": "Secondary legislation",
    "treaty": "Treaty",
    "statutory-guidance": "Statutory guidance",
    "guidance": "Guidance",
    "statistic": "Statistics",
    "research": "Research",
    "standard": "Standard",
    "case-law": "Case-law",
}
_SECTION = Markup(
    '<section class="refs" aria-labelledby="{id}-h"><h2 id="{id}-h">{title}</h2>{body}</section>'
)
_SOURCE = Markup(
    '<li id="ref-{key}">{title}. {kind}{law}{checked}. '
    '<a href="{address}" rel="noreferrer noopener">{address}</a></li>'
)
_WORD = Markup('<div id="term-{key}"><dt>{term}</dt><dd>{meaning}{back}</dd></div>')
_BACK = Markup(
    ' <a href="#use-{key}">Back to the text<span class="hide"> after “{term}”</span></a>'
)


def with_foot(
    shown: TeachingPage,
    html: Markup,
    terms: Mapping[str, TermShape],
    references: Mapping[str, ReferenceShape],
) -> Markup:
    """A page's HTML with what it cites and uses below it.

    html  of the page, as learners or as tutors see it
    """
    parts = [html]
    cited = [k for k in shown.staff_references if k in shown.references or f'"#ref-{k}"' in html]
    used = [k for k in shown.staff_terms if k in shown.terms or f'"#term-{anchor(k)}"' in html]
    if cited:
        sources = (_source(key, references[key]) for key in cited)
        parts.append(_section("refs", "References", Markup("<ul>{}</ul>"), sources))
    if used:
        words = (_word(anchor(key), terms[key], html) for key in used)
        parts.append(_section("words", "Words on this page", Markup("<dl>{}</dl>"), words))
    return Markup("\n").join(parts)


def _section(name: str, title: str, around: Markup, items: Iterable[Markup]) -> Markup:
    return _SECTION.format(id=name, title=title, body=around.format(Markup("").join(items)))


def _word(key: str, word: TermShape, html: Markup) -> Markup:
    """A word of the glossary; a question, which is no part of the page, gives no way back."""
    back = _BACK.format(key=key, term=word.term) if f'id="use-{key}"' in html else ""
    return _WORD.format(key=key, term=word.term, meaning=word.meaning, back=back)


def _source(key: str, reference: ReferenceShape) -> Markup:
    law = f", law as at {day_in_words(reference.law_as_at)}" if reference.law_as_at else ""
    checked = (
        f", read {day_in_words(reference.checked_on)}"
        if reference.read
        else ", cited at second hand"
    )
    return _SOURCE.format(
        key=key,
        title=reference.title,
        kind=_KINDS[reference.kind],
        law=law,
        checked=checked,
        address=reference.address,
    )
