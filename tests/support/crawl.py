"""Walking everywhere that somebody can get to, by links and by every address there is."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import unescape
from itertools import product

from werkzeug.routing import Rule

from lms.db import Base, db
from tests.support.pages import Visitor

_LINK = re.compile(r'(?:href|action|formaction)="(/[^"#]*)')
_LEFT_OUT = ("/leave", "/sign-out", "/static/")
_REF = re.compile(r"[A-Z]{3}(-[0-9A-Z]{4}){4}")
MOST_PAGES = 400


@dataclass(frozen=True)
class Seen:
    """One answer as the browser got it."""

    path: str
    status: int
    headers: str
    text: str

    @property
    def everything(self) -> str:
        """All that a person, or a program of theirs, could read in it."""
        return f"{self.path}\n{self.headers}\n{self.text}"

    @property
    def words(self) -> str:
        """What the page says, without the numbers by which the tests name people."""
        plain = unescape(re.sub(r"<(style|script).*?</\1>|<[^>]+>", " ", self.text, flags=re.S))
        plain = re.sub(r"(Person|Organisation) \d+", r"\1", plain)
        return " ".join(plain.replace("\xa0", " ").split())


def see(visitor: Visitor, path: str) -> Seen:
    """One page."""
    with visitor.client.get(path) as answer:
        text = answer.get_data().decode("utf-8", errors="replace")
        headers = "\n".join(f"{name}: {value}" for name, value in answer.headers)
        return Seen(path, answer.status_code, headers, text)


def follow_links(
    visitor: Visitor, *start: str, within: str = "/", without: tuple[str, ...] = ()
) -> list[Seen]:
    """Every page that links lead to, beginning with these and the front page.

    within   how an address has to begin for a link to it to be followed
    without  beginnings of addresses that are left alone
    """
    todo, seen = ["/", *start], dict[str, Seen]()
    while todo and len(seen) < MOST_PAGES:
        path = todo.pop(0)
        if path in seen or path.startswith((*_LEFT_OUT, *without)):
            continue
        seen[path] = see(visitor, path)
        links = (unescape(link) for link in _LINK.findall(seen[path].text))
        todo += [link for link in links if link.startswith(within)]
        moved = re.search(r"^Location: (/.*)$", seen[path].headers, re.M)
        todo += [moved[1]] if moved else []
    return list(seen.values())


def try_addresses(visitor: Visitor, refs: Iterable[str]) -> list[Seen]:
    """Every address that answers a GET, with each of these references in every place."""
    names = sorted(refs)
    return [
        see(visitor, path)
        for rule in visitor.app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.rule.startswith(_LEFT_OUT)
        for path in _filled(rule, names)
    ]


def references() -> set[str]:
    """Every public reference that stands in the database."""
    found: set[str] = set()
    for table in Base.metadata.tables.values():
        if "ref" in table.c:
            found |= set(db.session.scalars(db.select(table.c.ref)))
    db.session.rollback()
    return {ref for ref in found if _REF.fullmatch(ref)}


def _filled(rule: Rule, names: list[str]) -> Iterable[str]:
    places = re.findall(r"<(?:\w+:)?(\w+)>", rule.rule)
    if len(places) > 1:  # every pair would be thousands
        names = names[:1]
    for chosen in product(names, repeat=len(places)) if places else [()]:
        path = rule.rule
        for name in chosen:
            path = re.sub(r"<[^>]+>", name, path, count=1)
        yield path
