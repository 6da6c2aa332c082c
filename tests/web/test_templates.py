"""What holds for every template: it imports the macros it uses, and no others."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

LMS = Path(__file__).resolve().parents[2] / "lms"
TEMPLATES = {
    path.relative_to(folder).as_posix(): path
    for folder in sorted(LMS.glob("*/templates"))
    for path in sorted(folder.rglob("*.html"))
}


def tree(name: str) -> nodes.Template:
    return Environment(autoescape=True).parse(TEMPLATES[name].read_text(encoding="utf-8"))


def imported(template: nodes.Template) -> Iterator[str]:
    """The names under which macros are imported."""
    for each in template.find_all((nodes.FromImport, nodes.Import)):
        if isinstance(each, nodes.Import):
            yield each.target
        else:
            yield from (name if isinstance(name, str) else name[1] for name in each.names)


def used(template: nodes.Template) -> set[str]:
    return {each.name for each in template.find_all(nodes.Name) if each.ctx == "load"}


def macros(template: nodes.Template) -> set[str]:
    return {each.name for each in template.find_all(nodes.Macro)}


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_macro_that_is_imported_is_used(name: str) -> None:
    template = tree(name)
    names = list(imported(template))
    assert sorted(names) == sorted(set(names)), "imported twice"
    assert set(names) <= used(template), "imported and not used"


def test_what_is_included_imports_its_own_macros() -> None:
    """Else an import would seem unused where it is needed by what a template includes."""
    trees = {name: tree(name) for name in TEMPLATES}
    known = set().union(*(macros(each) for each in trees.values()))
    included = {
        each.template.value
        for template in trees.values()
        for each in template.find_all(nodes.Include)
        if isinstance(each.template, nodes.Const)
    }
    assert included
    for name in included:
        own = trees[name]
        set_there = {each.name for each in own.find_all(nodes.Name) if each.ctx != "load"}
        borrowed = used(own) & known - macros(own) - set(imported(own)) - set_there
        assert not borrowed, name
